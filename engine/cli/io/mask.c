/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/mask.h"

#include <glib/gi18n.h>

#include "base/error.h"

/* The box of a mask, as one channel: transparent pixels are black. */
static VipsImage *select_box(const cli_source *source, const int box[4], GError **error) {
  VipsImage *all = source_stream(source, error), *crop = NULL, *opaque = NULL, *grey = NULL;
  if (all == NULL)
    return NULL;
  bool deep = all->BandFmt == VIPS_FORMAT_USHORT;
  if (vips_crop(all, &crop, box[0], box[1], box[2], box[3], NULL) != 0 ||
      (vips_image_hasalpha(crop) ? vips_flatten(crop, &opaque, NULL)
                                 : vips_copy(crop, &opaque, NULL)) != 0 ||
      vips_colourspace(opaque, &grey, deep ? VIPS_INTERPRETATION_GREY16 : VIPS_INTERPRETATION_B_W,
                       NULL) != 0)
    cli_fail_vips(error, source->path);
  g_object_unref(all);
  g_clear_object(&crop);
  g_clear_object(&opaque);
  return grey;
}

/* The span of an axis (`begin`, `length`) shrinks to where `sums`, one value for each place in it,
 * are not 0. False where all are. */
static bool shrink_span(VipsImage *sums, int *begin, int *length) {
  const guint *values = (const guint *)VIPS_IMAGE_ADDR(sums, 0, 0);
  int first = 0, last = *length - 1;
  while (first <= last && values[first] == 0)
    first++;
  if (first > last)
    return false;
  while (values[last] == 0)
    last--;
  *begin += first;
  *length = last - first + 1;
  return true;
}

static bool shrink_box(const cli_source *source, int box[4], GError **error) {
  VipsImage *grey = select_box(source, box, error), *selected = NULL, *columns = NULL, *rows = NULL;
  if (grey == NULL)
    return false;
  bool good = (vips_moreeq_const1(grey, &selected, 1, NULL) == 0 &&
               vips_project(selected, &columns, &rows, NULL) == 0) ||
              cli_fail_vips(error, source->path);
  if (good && (!shrink_span(columns, &box[0], &box[2]) || !shrink_span(rows, &box[1], &box[3])))
    box[2] = box[3] = 1;
  g_object_unref(grey);
  g_clear_object(&selected);
  g_clear_object(&columns);
  g_clear_object(&rows);
  return good;
}

static bool check_mask(const cli_source *mask, const cli_source *picture, GError **error) {
  if (mask->format == VIPS_FORMAT_FLOAT) {
    g_set_error(error, CLI_ERROR, CLI_FAILED, _("%s: a mask has 8 or 16 bits, not floats"),
                mask->path);
    return false;
  }
  if (mask->width == picture->width && mask->height == picture->height)
    return true;
  g_set_error(error, CLI_ERROR, CLI_FAILED,
              _("the mask has %d × %d pixels and the picture %d × %d; they must be of one size"),
              mask->width, mask->height, picture->width, picture->height);
  return false;
}

VipsImage *mask_read(const char *path, const cli_source *picture, bool shrink, int box[4],
                     rst_cancel *cancel, GError **error) {
  cli_source source;
  VipsImage *mask = NULL, *pixels = NULL;
  if (source_open(&source, path, true, cancel, error) && check_mask(&source, picture, error) &&
      (!shrink || shrink_box(&source, box, error)))
    mask = select_box(&source, box, error);
  if (mask != NULL && (pixels = vips_image_copy_memory(mask)) == NULL)
    cli_fail_vips(error, path);
  g_clear_object(&mask);
  source_clear(&source);
  return pixels;
}
