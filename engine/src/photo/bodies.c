/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "photo/bodies.h"

#include "base/memory.h"
#include "base/status.h"
#include "photo/sureness.h"

/* By how much the odds' logarithm is lowered. */
static const double doubt = 3;

/* How far a body reaches below the top of its face, in heights of that: to the hands in its lap. */
static const double from_top = 0.9, to_hands = 4.3;

/* The faces of the whole picture; none where no finder of faces is there. */
static rst_status find_faces(rst_session *session, const rst_picture *picture,
                             const rst_hooks *hooks, rst_face *faces, int *count,
                             rst_error *error) {
  const rst_hooks quiet = {.size = sizeof quiet, .cancel = hooks ? hooks->cancel : NULL};
  rst_finder *finder;
  char path[4096];
  rst_status status;

  *count = 0;
  if (rst_find(RST_KIND_FINDER, "faces", path, sizeof path, NULL) != RST_OK)
    return RST_OK;
  status = rst_finder_read(path, &finder, error);
  if (status != RST_OK)
    return status;
  status = rst_find_faces(session, finder, picture, NULL, 0, &quiet, faces, count, error);
  rst_finder_unref(finder);
  return status;
}

/* Whether a pixel is below a face, within its width on both sides of its middle. */
static bool is_below(const rst_face *face, double x, double y) {
  const double middle = face->x + face->width / 2.0;

  return x >= middle - face->width && x < middle + face->width &&
         y >= face->y + from_top * face->height && y < face->y + to_hands * face->height;
}

static bool is_body(const rst_face *faces, int count, double x, double y) {
  for (int i = 0; i < count; i++)
    if (is_below(&faces[i], x, y))
      return true;
  return false;
}

/* Takes what is less sure as not found; whether anything is left. */
static bool cut(unsigned char *sure, size_t count, unsigned char least) {
  bool any = false;

  for (size_t i = 0; i < count; i++)
    if (sure[i] >= least)
      any = true;
    else if (sure[i] > 0)
      sure[i] = 1;
  return any;
}

rst_status rst_spare_bodies(rst_session *session, const rst_picture *picture, int factor,
                            const rst_rectangle *samples, double least, const rst_hooks *hooks,
                            unsigned char *sure, rst_error *error) {
  const unsigned char bottom = rst_to_byte(least);
  RST_FREED rst_face *faces = NULL;
  rst_status status;
  int count;

  if (!cut(sure, (size_t)samples->width * (size_t)samples->height, bottom))
    return RST_OK;
  faces = rst_array(RST_FACES_MAX, sizeof *faces);
  if (!faces)
    return rst_fail_memory(error);
  status = find_faces(session, picture, hooks, faces, &count, error);
  for (int y = samples->y; y < samples->y + samples->height && status == RST_OK; y++)
    for (int x = samples->x; x < samples->x + samples->width; x++, sure++)
      if (*sure >= bottom && is_body(faces, count, (x + 0.5) * factor, (y + 0.5) * factor)) {
        const unsigned char less = rst_to_byte(rst_odds(*sure) - doubt);

        *sure = less >= bottom ? less : 1;
      }
  return status;
}
