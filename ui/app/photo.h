/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A picture from a file with a selection on it, for the engine and the preview.
 */
#ifndef PHOTO_H
#define PHOTO_H

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <restorator.h>

typedef enum PhotoShape { PHOTO_ELLIPSE, PHOTO_RECTANGLE } PhotoShape;

typedef struct Photo {
  int width, height;
  float *rgba;     /* (height, width, 4) */
  float *coverage; /* (height, width) */
  float *restored; /* (height, width, 3): what was written, where covered */
  PhotoShape shape;
  int x, y, w, h;  /* the selection's box */
  double feather;  /* pixels over which its edge falls off */
} Photo;

/* Reads what gdk-pixbuf can read, upright; an ellipse over 60 % of both sides is selected. */
Photo *photo_read(const char *path, GError **error);
void photo_free(Photo *photo);
/* Selects a shape in a box, which is cut to the picture; at least 2 × 2 pixels stay. */
void photo_select(Photo *photo, PhotoShape shape, int x, int y, int w, int h, double feather);
void photo_get_box(const Photo *photo, rst_rectangle *box);
/* The photo as the engine's picture; what is written is kept for saving. */
void photo_get_picture(Photo *photo, rst_picture *picture);
/* Writes the picture with what was restored, as the suffix says: PNG, JPEG or TIFF of 8 bits. */
gboolean photo_save(const Photo *photo, double strength, const char *path, GError **error);

#endif
