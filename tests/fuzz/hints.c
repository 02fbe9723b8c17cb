/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any bytes as the text of colour hints: refused, or written and read back to the same. What is read
 * is given to a picture made of the same bytes, which hold any floats.
 */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "restorator.h"

enum { SIDE = 24, PIXELS = SIDE * SIDE };

typedef struct {
  const uint8_t *data;
  size_t size;
} bytes;

static bool read_bytes(void *user, int x, int y, int w, int h, float *rgba) {
  const bytes *b = user;

  for (int i = 0; i < 4 * w * h; i++) {
    const size_t at = 4 * (size_t)((y + i / (4 * w)) * 4 * SIDE + 4 * x + i % (4 * w));

    rgba[i] = (float)(at % 251) / 250;
    if (at + sizeof *rgba <= b->size)
      memcpy(&rgba[i], b->data + at, sizeof *rgba);
  }
  return true;
}

/* Colours stay colours. */
static void give(const uint8_t *data, size_t size, const rst_hint *hints, int count) {
  static rst_session *session;
  static float rgba[4 * PIXELS], colours[3 * PIXELS], weights[PIXELS];
  bytes b = {data, size};
  const rst_picture picture = {
    .size = sizeof picture, .width = SIDE, .height = SIDE, .user = &b, .read = read_bytes};
  const rst_window window = {-(int)(size % 7), (int)(size % 5), SIDE + (int)(size % 11)};
  rst_hint_guide *guide;
  rst_hint_field *field;
  rst_rectangle changed;
  rst_grid grid;

  if (!session && rst_session_new(1, &session, NULL) != RST_OK)
    abort();
  if (rst_hint_guide_new(&picture, &window, NULL, &guide, NULL) != RST_OK ||
      rst_hint_field_new(session, guide, hints, count, NULL, &field, NULL) != RST_OK ||
      rst_hint_field_change(session, field, hints, count / 2, NULL, &changed, NULL) != RST_OK ||
      rst_hint_field_change(session, field, hints, count, NULL, &changed, NULL) != RST_OK)
    abort();
  read_bytes(&b, 0, 0, SIDE, SIDE, rgba);
  for (int i = 0; i < 3 * PIXELS; i++)
    colours[i] = (float)(i % 17) / 16;
  rst_grid_pixels(&grid, 0, 0, SIDE, SIDE);
  rst_hint_field_weigh(field, &grid, rgba, weights);
  rst_hint_field_apply(field, &grid, rgba, NULL, colours);
  for (int i = 0; i < PIXELS; i++)
    if (!(weights[i] >= 0 && weights[i] <= 1.0001f))
      abort();
  for (int i = 0; i < 3 * PIXELS; i++)
    if (!(colours[i] >= 0 && colours[i] <= 1))
      abort();
  rst_hint_field_free(field);
  rst_hint_guide_free(guide);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static rst_hint hints[RST_HINTS_MAX], again[RST_HINTS_MAX];
  rst_error error = RST_ERROR_INIT;
  char *text = malloc(size + 1), written[RST_HINTS_TEXT];
  int count, more;

  if (size > 0)
    memcpy(text, data, size);
  text[size] = '\0';
  if (rst_hints_parse(text, hints, &count, &error) != RST_OK) {
    if ((error.code != RST_BAD_HINT && error.code != RST_OUT_OF_RANGE) || error.message[0] == '\0')
      abort();
  } else {
    if (rst_hints_write(hints, count, written, sizeof written, NULL) != RST_OK ||
        rst_hints_parse(written, again, &more, NULL) != RST_OK || more != count)
      abort();
    for (int i = 0; i < count; i++)
      if (hints[i].x != again[i].x || hints[i].y != again[i].y || hints[i].keep != again[i].keep ||
          memcmp(hints[i].rgb, again[i].rgb, sizeof hints[i].rgb) != 0 ||
          hints[i].reach != again[i].reach)
        abort();
    give(data, size, hints, count);
  }
  free(text);
  return 0;
}
