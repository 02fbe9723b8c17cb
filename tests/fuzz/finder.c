/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any bytes as the file of a finder: refused, or one that finds boxes in a picture, from top to bottom,
 * which can be written, read again and looked at through windows; or one that finds damage, the more
 * of it the more sensitive it is.
 */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "restorator.h"

enum { SIDE = 40 };

static bool read_rows(void *user, int x, int y, int w, int h, float *rgba) {
  (void)user;
  for (int i = 0; i < w * h; i++)
    for (int c = 0; c < 4; c++)
      rgba[4 * i + c] = c == 3 ? 1 : (float)((x + i % w) * (y + i / w) * (c + 3) % 17) / 16;
  return true;
}

static void check_faces(const rst_face *faces, int count) {
  static rst_face again[RST_FACES_MAX];
  static char text[RST_FACES_TEXT];
  int read;

  for (int i = 0; i < count; i++) {
    rst_window window;

    if (faces[i].width < 1 || faces[i].height < 1 || !(faces[i].sure >= 0 && faces[i].sure <= 1) ||
        (i > 0 && faces[i].y < faces[i - 1].y))
      abort();
    rst_face_window(&faces[i], &window);
    if (window.side < 1)
      abort();
  }
  if (rst_faces_write(faces, count, text, sizeof text, NULL) != RST_OK ||
      rst_faces_parse(text, again, &read, NULL) != RST_OK || read != count)
    abort();
  for (int i = 0; i < count; i++)
    if (faces[i].x != again[i].x || faces[i].y != again[i].y || faces[i].width != again[i].width ||
        faces[i].height != again[i].height)
      abort();
}

static void find_damage(rst_session *session, const rst_finder *finder, const rst_picture *picture,
                        const rst_rectangle *box) {
  static unsigned char sure[SIDE * SIDE], masks[3][SIDE * SIDE];

  if (rst_find_damage(session, finder, picture, box, NULL, sure, NULL) != RST_OK)
    abort();
  for (int i = 0; i < 3; i++)
    if (rst_damage_mask(finder, sure, box->width, box->height, i / 2.0, NULL, masks[i], NULL) !=
        RST_OK)
      abort();
  for (int i = 0; i < box->width * box->height; i++)
    if (masks[0][i] > masks[1][i] || masks[1][i] > masks[2][i])
      abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const rst_picture picture = {
    .size = sizeof picture, .width = SIDE, .height = SIDE, .read = read_rows};
  const rst_rectangle box = {(int)(size % 5), (int)(size % 3), SIDE - 7, SIDE - 5};
  static rst_face faces[RST_FACES_MAX];
  static rst_session *session;
  rst_error error = RST_ERROR_INIT;
  rst_finder *finder;
  int count;

  if (!session && rst_session_new(1, &session, NULL) != RST_OK)
    abort();
  if (rst_finder_parse(data, size, &finder, &error) != RST_OK) {
    if (error.code == RST_OK || error.message[0] == '\0')
      abort();
    return 0;
  }
  const bool faces_only =
    rst_find_faces(session, finder, &picture, &box, 0.5, NULL, faces, &count, NULL) == RST_OK;
  if (!faces_only)
    find_damage(session, finder, &picture, &box);
  for (int all = 0; all < 2 && faces_only; all++) {
    if (rst_find_faces(session, finder, &picture, all ? NULL : &box, all ? 0 : 0.01, NULL, faces,
                       &count, NULL) != RST_OK ||
        count < 0 || count > RST_FACES_MAX)
      abort();
    check_faces(faces, count);
  }
  rst_finder_unref(finder);
  return 0;
}
