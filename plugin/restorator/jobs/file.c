/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "jobs/file.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>

#include "messages.h"

G_GNUC_PRINTF(3, 4)
static gboolean fail(GError **error, rst_status code, const char *format, ...) {
  va_list values;

  va_start(values, format);
  g_autofree char *text = g_strdup_vprintf(format, values);
  va_end(values);
  g_set_error_literal(error, RESTORATOR_ERROR, (int)code, text);
  return FALSE;
}

static GimpImage *load(const char *path, GError **error) {
  g_autoptr(GFile) file = g_file_new_for_path(path);
  GimpImage *image = gimp_file_load(GIMP_RUN_NONINTERACTIVE, file);

  if (!image)
    fail(error, RST_CANNOT_OPEN, _("GIMP could not open “%s”: %s"), path,
         gimp_pdb_get_last_error(gimp_get_pdb()));
  return image;
}

/* -------------------------------------------------------------------------------------------
 * Region
 */

/* All layers as they are seen, grey, over black. */
static gboolean read_mask(Region *region, const char *path, GError **error) {
  GimpImage *image = load(path, error);
  GimpLayer *seen;
  gsize count;

  if (!image)
    return FALSE;
  seen = gimp_layer_new_from_visible(image, image, "seen");
  if (!seen) {
    gimp_image_delete(image);
    return fail(error, RST_HOST_FAILED, _("GIMP did not show “%s”"), path);
  }
  region->mask_width = gimp_drawable_get_width(GIMP_DRAWABLE(seen));
  region->mask_height = gimp_drawable_get_height(GIMP_DRAWABLE(seen));
  count = (gsize)region->mask_width * region->mask_height;
  region->mask = g_new(float, count);

  g_autoptr(GeglBuffer) buffer = gimp_drawable_get_buffer(GIMP_DRAWABLE(seen));
  g_autofree float *values = g_new(float, 2 * count);
  gegl_buffer_get(buffer, NULL, 1.0, babl_format("Y'A float"), values, GEGL_AUTO_ROWSTRIDE,
                  GEGL_ABYSS_NONE);
  for (gsize i = 0; i < count; i++)
    region->mask[i] = CLAMP(values[2 * i] * values[2 * i + 1], 0, 1);
  gimp_image_delete(image);
  return TRUE;
}

gboolean region_set(Region *region, const char *box, const char *mask, GError **error) {
  GeglRectangle *to = &region->box;
  char rest;

  if (box && *box &&
      (sscanf(box, "%d,%d,%dx%d%c", &to->x, &to->y, &to->width, &to->height, &rest) != 4 ||
       to->width < 1 || to->height < 1))
    return fail(error, RST_BAD_CALL, _("The value “%s” of “%s” cannot be read: it has to be %s"),
                box, ARGUMENT_REGION, "X,Y,WxH");
  return !mask || !*mask || read_mask(region, mask, error);
}

void region_clear(Region *region) {
  g_clear_pointer(&region->mask, g_free);
}

/* A channel may be kept by a curve, linear or not, as the image's precision has it; a selection made
 * from it takes its values as they are kept. */
static const Babl *kept_as(GimpChannel *channel) {
  const Babl *format = gimp_drawable_get_format(GIMP_DRAWABLE(channel));
  const BablModelFlag flags = babl_get_model_flags(babl_format_get_model(format));

  return babl_format_with_space(flags & BABL_MODEL_FLAG_PERCEPTUAL  ? "Y~ float"
                                : flags & BABL_MODEL_FLAG_NONLINEAR ? "Y' float"
                                                                    : "Y float",
                                babl_format_get_space(format));
}

static gboolean select_mask(GimpImage *image, const Region *region) {
  GeglColor *black = gegl_color_new("black");
  GimpChannel *channel =
    gimp_channel_new(image, "mask", region->mask_width, region->mask_height, 100, black);
  gboolean done;

  g_object_unref(black);
  if (!channel || !gimp_image_insert_channel(image, channel, NULL, 0))
    return FALSE;
  g_autoptr(GeglBuffer) buffer = gimp_drawable_get_buffer(GIMP_DRAWABLE(channel));
  gegl_buffer_set(buffer, NULL, 0, kept_as(channel), region->mask, GEGL_AUTO_ROWSTRIDE);
  gegl_buffer_flush(buffer);
  done =
    gimp_drawable_update(GIMP_DRAWABLE(channel), 0, 0, region->mask_width, region->mask_height) &&
    gimp_image_select_item(image, GIMP_CHANNEL_OP_REPLACE, GIMP_ITEM(channel));
  return gimp_image_remove_channel(image, channel) && done;
}

static gboolean select_region(GimpImage *image, const Region *region, GError **error) {
  const int width = gimp_image_get_width(image), height = gimp_image_get_height(image);
  const GeglRectangle whole = {0, 0, width, height};
  const GeglRectangle *box = region->box.width > 0 ? &region->box : &whole;

  if (!gegl_rectangle_contains(&whole, box))
    return fail(error, RST_BAD_CALL,
                _("The region %d,%d,%dx%d reaches beyond the picture, which has %d × %d pixels"),
                box->x, box->y, box->width, box->height, width, height);
  if (region->mask && (region->mask_width != width || region->mask_height != height))
    return fail(error, RST_BAD_CALL,
                _("The mask has %d × %d pixels and the picture %d × %d: they have to be of one "
                  "size"),
                region->mask_width, region->mask_height, width, height);
  if ((!region->mask || select_mask(image, region)) &&
      gimp_image_select_rectangle(
        image, region->mask ? GIMP_CHANNEL_OP_INTERSECT : GIMP_CHANNEL_OP_REPLACE, box->x, box->y,
        box->width, box->height)) {
    /* Else nothing selected would stand for all. */
    return !gimp_selection_is_empty(image) ||
           fail(error, RST_EMPTY_REGION, _("The mask selects nothing of the picture"));
  }
  return fail(error, RST_HOST_FAILED, _("GIMP did not select the region"));
}

/* -------------------------------------------------------------------------------------------
 * One file
 */

/* With what GIMP would do unasked, but for a thumbnail: that would come back from a TIFF file as a
 * second page. */
static gboolean export(GimpImage *image, const char *path) {
  g_autoptr(GFile) file = g_file_new_for_path(path);
  g_autofree char *name = g_strdup_printf("file-%s-export", strrchr(path, '.') + 1);
  GimpProcedure *procedure = gimp_pdb_lookup_procedure(gimp_get_pdb(), name);
  GimpProcedureConfig *config;
  GimpValueArray *values;
  gboolean done;

  if (!procedure || !gimp_procedure_find_argument(procedure, "include-thumbnail"))
    return gimp_file_save(GIMP_RUN_NONINTERACTIVE, image, file, NULL);
  config = gimp_procedure_create_config(procedure);
  g_object_set(config, "run-mode", GIMP_RUN_NONINTERACTIVE, "image", image, "file", file,
               "include-thumbnail", FALSE, NULL);
  values = gimp_procedure_run_config(procedure, config);
  done = g_value_get_enum(gimp_value_array_index(values, 0)) == GIMP_PDB_SUCCESS;
  gimp_value_array_unref(values);
  g_object_unref(config);
  return done;
}

static gboolean save(GimpImage *image, const char *path, GError **error) {
  g_autofree char *folder = g_path_get_dirname(path);
  g_autofree char *base = g_path_get_basename(path);
  /* Of the same ending, which tells GIMP the format. */
  g_autofree char *begun = g_strdup_printf("%s/.restorator-%s", folder, base);

  if (export(image, begun)) {
    if (g_rename(begun, path) == 0)
      return TRUE;
    fail(error, RST_CANNOT_OPEN, _("“%s” could not be written: %s"), path, g_strerror(errno));
  } else {
    fail(error, RST_HOST_FAILED, _("GIMP could not save “%s”: %s"), path,
         gimp_pdb_get_last_error(gimp_get_pdb()));
  }
  g_unlink(begun);
  return FALSE;
}

static gboolean restore(const Job *job, const Region *region, GimpImage *image,
                        const rst_hooks *hooks, GError **error) {
  g_autofree GimpLayer **layers = gimp_image_get_layers(image);

  if (!layers || !layers[0] || layers[1])
    return fail(error, RST_BAD_CALL,
                _("The file has several layers or pages: open it in GIMP and choose one"));
  /* The same as the command line does. */
  if (gimp_image_get_base_type(image) == GIMP_GRAY && job->parameters.mode != RST_MODE_DETAIL &&
      !gimp_image_convert_rgb(image))
    return fail(error, RST_HOST_FAILED, _("GIMP did not convert the picture to RGB"));
  return select_region(image, region, error) &&
         job_restore(job, image, GIMP_DRAWABLE(layers[0]), OUTPUT_IN_PLACE, hooks, error);
}

gboolean file_restore(const Job *job, const Region *region, const char *from, const char *to,
                      const rst_hooks *hooks, GError **error) {
  GimpImage *image = load(from, error);
  gboolean done;

  if (!image)
    return FALSE;
  done = restore(job, region, image, hooks, error) && save(image, to, error);
  gimp_image_delete(image);
  return done;
}
