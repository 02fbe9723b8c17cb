/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Faces from and to text, and the windows round them.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/status.h"

/* A window is so many of a face's widths wide, or heights high. Of 174 faces in old photographs 160
 * came out skin-like with these, 151 with 2.3 widths and a middle a tenth of the height lower. */
static const double widths = 1.75, heights = 0.8 * 1.75;

/* Past spaces. */
static const char *skip(const char *at) {
  while (*at == ' ')
    at++;
  return at;
}

/* A whole number, `low` … RST_SIDE_MAX, and the byte that follows it; NULL where there is none. */
static const char *take(const char *at, int low, char follows, int *number) {
  char *end;
  long value;

  at = skip(at);
  if (*at != '-' && (*at < '0' || *at > '9'))
    return NULL;
  value = strtol(at, &end, 10);
  at = skip(end);
  if (value < low || value > RST_SIDE_MAX || (follows != '\0' && *at++ != follows))
    return NULL;
  *number = (int)value;
  return at;
}

static rst_status fail(rst_error *error, const char *text) {
  return rst_fail(error, RST_WRONG_TYPE, "faces", text, N_("auto, or X,Y,WIDTH,HEIGHT; …"),
                  "faces is \"%.100s\", but must be auto, or X,Y,WIDTH,HEIGHT for each", text);
}

rst_status rst_faces_parse(const char *text, rst_face *faces, int *count, rst_error *error) {
  const char *at;
  int found = 0;

  if (!text || !count)
    return rst_fail_call(error, "rst_faces_parse");
  at = strcmp(text, RST_FACES_AUTO) == 0 ? "" : skip(text);
  while (*at != '\0') {
    rst_face face = {.sure = 1};

    if (!(at = take(at, -RST_SIDE_MAX, ',', &face.x)) ||
        !(at = take(at, -RST_SIDE_MAX, ',', &face.y)) || !(at = take(at, 1, ',', &face.width)) ||
        !(at = take(at, 1, '\0', &face.height)) || (*at != '\0' && *at != ';'))
      return fail(error, text);
    at = skip(*at == ';' ? at + 1 : at);
    if (found == RST_FACES_MAX)
      return rst_fail_range(error, "faces", "more", 0, RST_FACES_MAX);
    if (faces)
      faces[found] = face;
    found++;
  }
  *count = found;
  return RST_OK;
}

rst_status rst_faces_write(const rst_face *faces, int count, char *text, size_t size,
                           rst_error *error) {
  size_t used = 0;

  if ((!faces && count > 0) || !text || size < 1)
    return rst_fail_call(error, "rst_faces_write");
  text[0] = '\0';
  for (int i = 0; i < count; i++) {
    const int written = snprintf(text + used, size - used, "%s%d,%d,%d,%d", i == 0 ? "" : "; ",
                                 faces[i].x, faces[i].y, faces[i].width, faces[i].height);

    if (written < 0 || (size_t)written >= size - used)
      return rst_fail_call(error, "rst_faces_write");
    used += (size_t)written;
  }
  return RST_OK;
}

void rst_face_window(const rst_face *face, rst_window *window) {
  const double side = fmax(widths * face->width, heights * face->height);
  const double x = face->x + face->width / 2.0;
  const double y = face->y + face->height / 2.0;

  window->side = side < 2 ? 2 : side > RST_SIDE_MAX ? RST_SIDE_MAX : (int)side;
  window->x = (int)floor(x - window->side / 2.0);
  window->y = (int)floor(y - window->side / 2.0);
}
