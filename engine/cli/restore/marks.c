/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "restore/marks.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/error.h"
#include "io/mask.h"

/* Marks what is half white or more. A path of NULL marks nothing. */
static bool mark(guint8 *edits, const char *path, rst_edit edit, const cli_image_source *picture,
                 const rst_rectangle *box, rst_cancel *cancel, GError **error) {
  rst_rectangle all = *box;
  VipsImage *mask = path ? mask_read(path, picture, false, &all, cancel, error) : NULL;
  if (!mask)
    return !path;
  for (int y = 0; y < box->height; y++) {
    const void *row = VIPS_IMAGE_ADDR(mask, 0, y);
    for (int x = 0; x < box->width; x++, edits++)
      if (mask->BandFmt == VIPS_FORMAT_USHORT ? ((const guint16 *)row)[x] >= 32768
                                              : ((const guint8 *)row)[x] >= 128)
        *edits = (guint8)edit;
  }
  g_object_unref(mask);
  return true;
}

bool marks_read(const char *damaged, const char *sound, bool alone, const cli_image_source *picture,
                const rst_rectangle *box, rst_cancel *cancel, guint8 **edits, GError **error) {
  const gsize pixels = (gsize)box->width * (gsize)box->height;
  *edits = NULL;
  if (!damaged && !sound)
    return true;
  guint8 *made = g_try_malloc(pixels);
  if (!made) {
    g_set_error_literal(error, CLI_ERROR, CLI_FAILED, _("memory ran out"));
    return false;
  }
  memset(made, alone ? RST_EDIT_REMOVE : RST_EDIT_NONE, pixels);
  if (mark(made, damaged, RST_EDIT_ADD, picture, box, cancel, error) &&
      mark(made, sound, RST_EDIT_REMOVE, picture, box, cancel, error)) {
    *edits = made;
    return true;
  }
  g_free(made);
  return false;
}
