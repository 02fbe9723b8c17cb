/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/photo.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "preview/frame.h"

static gsize pixel_count(const Photo *photo) {
  return (gsize)photo->width * (gsize)photo->height;
}

static void take_pixels(Photo *photo, const GdkPixbuf *pixbuf) {
  const guint8 *pixels = gdk_pixbuf_read_pixels(pixbuf);
  const int stride = gdk_pixbuf_get_rowstride(pixbuf);
  const int channels = gdk_pixbuf_get_n_channels(pixbuf);

  for (int y = 0; y < photo->height; y++)
    for (int x = 0; x < photo->width; x++) {
      const guint8 *from = pixels + (gsize)y * (gsize)stride + (gsize)(x * channels);
      float *to = photo->rgba + 4 * ((gsize)y * (gsize)photo->width + (gsize)x);

      for (int c = 0; c < 4; c++)
        to[c] = c < channels ? (float)from[c] / 255 : 1;
    }
}

Photo *photo_read(const char *path, GError **error) {
  g_autoptr(GdkPixbuf) stored = gdk_pixbuf_new_from_file(path, error);

  if (!stored)
    return NULL;
  g_autoptr(GdkPixbuf) pixbuf = gdk_pixbuf_apply_embedded_orientation(stored);
  Photo *photo = g_new0(Photo, 1);

  photo->width = gdk_pixbuf_get_width(pixbuf);
  photo->height = gdk_pixbuf_get_height(pixbuf);
  photo->rgba = g_new(float, 4 * pixel_count(photo));
  photo->coverage = g_new(float, pixel_count(photo));
  photo->restored = g_new0(float, 3 * pixel_count(photo));
  take_pixels(photo, pixbuf);
  photo_select(photo, PHOTO_ELLIPSE, photo->width / 5, photo->height / 5, photo->width * 3 / 5,
               photo->height * 3 / 5, MIN(photo->width, photo->height) / 20.0);
  return photo;
}

void photo_free(Photo *photo) {
  g_free(photo->rgba);
  g_free(photo->coverage);
  g_free(photo->restored);
  g_free(photo);
}

/* How far inside the shape's edge a point lies, in pixels, about. */
static double depth(const Photo *photo, double x, double y) {
  const double rx = photo->w / 2.0, ry = photo->h / 2.0;
  const double dx = fabs(x - photo->x - rx), dy = fabs(y - photo->y - ry);

  if (photo->shape == PHOTO_RECTANGLE)
    return fmin(rx - dx, ry - dy);
  return (1 - hypot(dx / rx, dy / ry)) * fmin(rx, ry);
}

void photo_select(Photo *photo, PhotoShape shape, int x, int y, int w, int h, double feather) {
  photo->shape = shape;
  photo->w = CLAMP(w, 2, photo->width);
  photo->h = CLAMP(h, 2, photo->height);
  photo->x = CLAMP(x, 0, photo->width - photo->w);
  photo->y = CLAMP(y, 0, photo->height - photo->h);
  photo->feather = feather;
  memset(photo->coverage, 0, pixel_count(photo) * sizeof *photo->coverage);
  for (int v = photo->y; v < photo->y + photo->h; v++)
    for (int u = photo->x; u < photo->x + photo->w; u++) {
      const double inside = depth(photo, u + 0.5, v + 0.5);

      photo->coverage[(gsize)v * (gsize)photo->width + (gsize)u] =
        (float)CLAMP(feather > 0 ? inside / feather : inside + 0.5, 0, 1);
    }
}

void photo_get_box(const Photo *photo, rst_rectangle *box) {
  *box = (rst_rectangle){photo->x, photo->y, photo->w, photo->h};
}

/* ---- the engine's callbacks ---- */

static void copy_out(const Photo *photo, const float *from, int channels, int x, int y, int w,
                     int h, float *to) {
  const gsize row = (gsize)w * (gsize)channels;

  for (int i = 0; i < h; i++)
    memcpy(to + (gsize)i * row,
           from + ((gsize)(y + i) * (gsize)photo->width + (gsize)x) * (gsize)channels,
           row * sizeof *to);
}

static bool read_pixels(void *user, int x, int y, int w, int h, float *rgba) {
  const Photo *photo = user;

  copy_out(photo, photo->rgba, 4, x, y, w, h, rgba);
  return true;
}

static bool read_coverage(void *user, int x, int y, int w, int h, float *coverage) {
  const Photo *photo = user;

  copy_out(photo, photo->coverage, 1, x, y, w, h, coverage);
  return true;
}

static bool write_pixels(void *user, int x, int y, int w, int h, const float *rgb,
                         const float *coverage) {
  Photo *photo = user;

  (void)coverage;
  for (int i = 0; i < h; i++)
    memcpy(photo->restored + 3 * ((gsize)(y + i) * (gsize)photo->width + (gsize)x),
           rgb + 3 * (gsize)i * (gsize)w, 3 * (gsize)w * sizeof *rgb);
  return true;
}

void photo_get_picture(Photo *photo, rst_picture *picture) {
  *picture = (rst_picture){.size = sizeof *picture,
                           .width = photo->width,
                           .height = photo->height,
                           .user = photo,
                           .read = read_pixels,
                           .read_coverage = read_coverage,
                           .write = write_pixels};
}

/* ---- saving ---- */

static const char *format_of(const char *path) {
  static const char *const formats[][2] = {
    {".png", "png"}, {".jpg", "jpeg"}, {".jpeg", "jpeg"}, {".tif", "tiff"}, {".tiff", "tiff"},
  };
  g_autofree char *lower = g_ascii_strdown(path, -1);

  for (guint i = 0; i < G_N_ELEMENTS(formats); i++)
    if (g_str_has_suffix(lower, formats[i][0]))
      return formats[i][1];
  return NULL;
}

static guint8 to_byte(float value) {
  return (guint8)(CLAMP(value, 0, 1) * 255 + 0.5f);
}

gboolean photo_save(const Photo *photo, double strength, const char *path, GError **error) {
  const char *format = format_of(path);

  if (!format) {
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                _("“%s”: the name has to end in .png, .jpg or .tif"), path);
    return FALSE;
  }
  g_autoptr(GdkPixbuf) pixbuf =
    gdk_pixbuf_new(GDK_COLORSPACE_RGB, TRUE, 8, photo->width, photo->height);

  if (!pixbuf) {
    g_set_error_literal(error, G_FILE_ERROR, G_FILE_ERROR_NOMEM, _("There is not enough memory"));
    return FALSE;
  }
  for (int y = 0; y < photo->height; y++)
    for (int x = 0; x < photo->width; x++) {
      const gsize i = (gsize)y * (gsize)photo->width + (gsize)x;
      guint8 *to = gdk_pixbuf_get_pixels(pixbuf) +
                   (gsize)y * (gsize)gdk_pixbuf_get_rowstride(pixbuf) + 4 * (gsize)x;
      float colour[3];

      memcpy(colour, photo->rgba + 4 * i, sizeof colour);
      if (photo->coverage[i] > 0 && photo->rgba[4 * i + 3] > 0)
        frame_blend(strength, photo->coverage[i], photo->restored + 3 * i, colour);
      for (int c = 0; c < 3; c++)
        to[c] = to_byte(colour[c]);
      to[3] = to_byte(photo->rgba[4 * i + 3]);
    }
  return gdk_pixbuf_save(pixbuf, path, format, error, NULL);
}
