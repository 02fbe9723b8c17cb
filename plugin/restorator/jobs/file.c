/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L /* O_CLOEXEC */

#include "jobs/file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>

#include "jobs/export.h"
#include "jobs/photo_job.h"
#include "jobs/temporary.h"
#include "layers/history.h"
#include "layers/selection.h"
#include "messages.h"
#include "png_colour.h"
#include "target.h"
#include "tiff_directory.h"

G_GNUC_PRINTF(3, 4)
static gboolean fail(GError **error, rst_status code, const char *format, ...) {
  va_list values;

  va_start(values, format);
  g_autofree char *text = g_strdup_vprintf(format, values);
  va_end(values);
  g_set_error_literal(error, RESTORATOR_ERROR, (int)code, text);
  return FALSE;
}

/* A path for people: names may be of bytes that are no text. */
static char *shown(const char *path) {
  return g_filename_display_name(path);
}

/* The code points of a PNG file's colours (cICP) are above its profile, and GIMP 3.0 does not know
 * them. */
static gboolean take_colour(GimpImage *image, const char *path, GError **error) {
  const int fd = g_open(path, O_RDONLY | O_CLOEXEC, 0);
  const cli_bytes bytes = bytes_in(fd);
  g_autofree char *name = shown(path);
  g_autoptr(GimpColorProfile) profile = NULL;
  GBytes *icc = NULL;
  png_colour colour = PNG_COLOUR_KEPT;
  png_head head;
  gboolean good = TRUE;

  if (fd < 0)
    return TRUE;
  png_read(&bytes, &head);
  g_close(fd, NULL);
  if (head.cicp)
    colour = png_get_colour(&head, gimp_image_get_base_type(image) == GIMP_GRAY, &icc);
  if (icc)
    profile = gimp_color_profile_new_from_icc_profile(g_bytes_get_data(icc, NULL),
                                                      g_bytes_get_size(icc), NULL);
  if (colour == PNG_COLOUR_UNKNOWN)
    good = fail(error, RST_BAD_CALL,
                _("%s: has colours that are not known here (cICP %d, %d, %d, %d), such as HDR's; "
                  "convert it to sRGB first"),
                name, head.code_points[0], head.code_points[1], head.code_points[2],
                head.code_points[3]);
  else if (colour != PNG_COLOUR_KEPT)
    good = gimp_image_set_color_profile(image, profile) ||
           fail(error, RST_HOST_FAILED, _("GIMP did not take the colours of “%s”"), name);
  g_clear_pointer(&icc, g_bytes_unref);
  png_clear(&head);
  return good;
}

/* As every viewer shows it: turned by what EXIF says. */
static GimpImage *load(const char *path, GError **error) {
  g_autoptr(GFile) file = g_file_new_for_path(path);
  g_autofree char *name = shown(path);
  GimpImage *image = gimp_file_load(GIMP_RUN_NONINTERACTIVE, file);

  if (!image)
    fail(error, RST_CANNOT_OPEN, _("GIMP could not open “%s”: %s"), name,
         gimp_pdb_get_last_error(gimp_get_pdb()));
  else if (!gimp_image_policy_rotate(image, FALSE))
    fail(error, RST_HOST_FAILED, _("GIMP did not turn “%s” upright"), name);
  else if (take_colour(image, path, error))
    return image;
  if (image)
    gimp_image_delete(image);
  return NULL;
}

/* Which of a TIFF file's directories the picture is, where all the others are smaller copies of it,
 * such as thumbnails; −1 otherwise. */
static int find_page(const char *path, int *directories) {
  const int fd = g_open(path, O_RDONLY | O_CLOEXEC, 0);
  const cli_bytes bytes = bytes_in(fd);
  g_autofree char *name = shown(path), *message = NULL;
  tiff_pages pages = {0};
  cli_tiff tiff;

  if (fd < 0)
    return -1;
  if (tiff_open(&tiff, &bytes))
    tiff_find_pages(&tiff, &pages);
  g_close(fd, NULL);
  *directories = pages.directories;
  if (pages.pictures != 1)
    return -1;
  if (pages.masks > 0) {
    message = g_strdup_printf(
      _("“%s”: the mask of the picture's transparency, a page of its own, is left out"), name);
    gimp_message(message);
  }
  return pages.page;
}

/* The file's picture, with everything else removed from the image: GIMP makes a layer of each
 * directory of a TIFF file, the first at the bottom. NULL where there are several pictures. */
static GimpLayer *take_picture(GimpImage *image, const char *path) {
  g_autofree GimpLayer **layers = gimp_image_get_layers(image);
  int count = 0, directories = 0, page;

  while (layers && layers[count])
    count++;
  if (count == 1)
    return layers[0];
  page = find_page(path, &directories);
  if (count == 0 || page < 0 || directories != count)
    return NULL;
  for (int i = 0; i < count; i++)
    if (i != count - 1 - page && !gimp_image_remove_layer(image, layers[i]))
      return NULL;
  return gimp_image_resize_to_layers(image) ? layers[count - 1 - page] : NULL;
}

/* -------------------------------------------------------------------------------------------
 * Region
 */

/* All layers as they are seen, grey, over black. */
static gboolean read_mask(Region *region, const char *path, GError **error) {
  GimpImage *image = load(path, error);
  g_autofree char *name = shown(path);
  GimpLayer *seen;
  gsize count;

  if (!image)
    return FALSE;
  seen = gimp_layer_new_from_visible(image, image, "seen");
  if (!seen) {
    gimp_image_delete(image);
    return fail(error, RST_HOST_FAILED, _("GIMP did not show “%s”"), name);
  }
  region->mask_width = gimp_drawable_get_width(GIMP_DRAWABLE(seen));
  region->mask_height = gimp_drawable_get_height(GIMP_DRAWABLE(seen));
  count = (gsize)region->mask_width * region->mask_height;
  region->mask = g_new(float, count);

  g_autoptr(GeglBuffer) buffer = gimp_drawable_get_buffer(GIMP_DRAWABLE(seen));
  g_autofree float *values = g_new(float, 2 * count);
  gegl_buffer_get(buffer, NULL, 1.0, babl_format("Y'A float"), values, GEGL_AUTO_ROWSTRIDE,
                  GEGL_ABYSS_NONE);
  for (gsize i = 0; i < count; i++) {
    const float value = values[2 * i] * values[2 * i + 1];

    region->mask[i] = value > 0 ? MIN(value, 1) : 0; /* no number is black */
  }
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

/* The caller's context, a feather above all, bends selections. */
static gboolean select_plainly(GimpImage *image, const Region *region, const GeglRectangle *box) {
  gboolean done = gimp_context_push() && gimp_context_set_defaults() &&
                  (!region->mask || selection_replace(image, region->mask, region->mask_width,
                                                      region->mask_height)) &&
                  gimp_image_select_rectangle(
                    image, region->mask ? GIMP_CHANNEL_OP_INTERSECT : GIMP_CHANNEL_OP_REPLACE,
                    box->x, box->y, box->width, box->height);

  return gimp_context_pop() && done;
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
  if (select_plainly(image, region, box)) {
    /* Else nothing selected would stand for all. */
    return !gimp_selection_is_empty(image) ||
           fail(error, RST_EMPTY_REGION, _("The mask selects nothing of the picture"));
  }
  return fail(error, RST_HOST_FAILED, _("GIMP did not select the region"));
}

/* -------------------------------------------------------------------------------------------
 * One file
 */

/* Files of GIMP's own hold the record as the image does. */
static void add_record(GimpImage *image, const char *begun, const char *path, const char *from) {
  g_autofree char *record = NULL, *name = shown(path), *message = NULL;

  if (g_str_has_suffix(path, ".xcf") || !history_read(image, &record, NULL) || !record ||
      export_write_record(begun, record, from))
    return;
  /* Translators: a file. */
  message = g_strdup_printf(_("What was done is not recorded in “%s”"), name);
  gimp_message(message);
}

/* GIMP knows nothing of them. Files of its own hold them no more than others. */
static void add_texts(const char *begun, const char *path, const char *from) {
  g_autofree char *lost = export_copy_texts(begun, from);
  g_autofree char *name = shown(path), *message = NULL;

  if (!lost)
    return;
  /* Translators: a file, and a list of what is lost. */
  message = g_strdup_printf(_("“%s” does not hold all of the picture's metadata; left out: %s"),
                            name, lost);
  gimp_message(message);
}

/* What the format has no place for. */
static void tell_reduced(GimpImage *image, const char *path) {
  const GimpPrecision precision = gimp_image_get_precision(image);
  const gboolean jpeg = g_str_has_suffix(path, ".jpg") || g_str_has_suffix(path, ".jpeg");
  const gboolean png = g_str_has_suffix(path, ".png");
  g_autofree GimpLayer **layers = gimp_image_get_layers(image);
  g_autofree char *name = shown(path), *message = NULL;
  g_autoptr(GString) lost = g_string_new(NULL);

  if (jpeg && gimp_drawable_has_alpha(GIMP_DRAWABLE(layers[0])))
    g_string_append(lost, _("transparency, which is laid on white"));
  if ((jpeg && precision >= GIMP_PRECISION_U16_LINEAR) ||
      (png && precision >= GIMP_PRECISION_U32_LINEAR))
    g_string_append_printf(lost, "%s%s", lost->len > 0 ? ", " : "",
                           jpeg ? _("what is finer than 8 bits a channel")
                                : _("what is finer than 16 bits a channel, or beyond white"));
  if (lost->len == 0)
    return;
  /* Translators: a file, and a list of what is lost. */
  message =
    g_strdup_printf(_("“%s” does not hold all of the picture; left out: %s"), name, lost->str);
  gimp_message(message);
}

static gboolean fail_written(GError **error, const char *path) {
  const int why = errno;
  g_autofree char *name = shown(path);

  return fail(error, RST_CANNOT_OPEN, _("“%s” could not be written: %s"), name, g_strerror(why));
}

static gboolean write_file(GimpImage *image, Temporary *begun, const char *path, const char *target,
                           const char *from, GError **error) {
  g_autofree char *name = shown(path);

  if (!temporary_open(begun, target, strrchr(path, '.')))
    return fail_written(error, path);
  if (!export_image(image, begun->path))
    return fail(error, RST_HOST_FAILED, _("GIMP could not save “%s”: %s"), name,
                gimp_pdb_get_last_error(gimp_get_pdb()));
  add_record(image, begun->path, path, from);
  add_texts(begun->path, path, from);
  return temporary_finish(begun, target) || fail_written(error, path);
}

static gboolean save(GimpImage *image, const char *path, const char *from, GError **error) {
  g_autofree char *target = target_follow(path); /* a link stays a link */
  Temporary begun;
  gboolean done;

  tell_reduced(image, path);
  if (!target)
    return fail_written(error, path);
  done = write_file(image, &begun, path, target, from, error);
  temporary_drop(&begun);
  return done;
}

static gboolean make_rgb(GimpImage *image, GError **error) {
  return gimp_image_convert_rgb(image) ||
         fail(error, RST_HOST_FAILED, _("GIMP did not convert the picture to RGB"));
}

/* One with a palette can be restored in colours alone. */
static gboolean convert_palette(GimpImage *image, const char *path, GError **error) {
  g_autofree char *name = shown(path), *message = NULL;

  if (gimp_image_get_base_type(image) != GIMP_INDEXED)
    return TRUE;
  if (!make_rgb(image, error))
    return FALSE;
  message = g_strdup_printf(_("“%s” had a palette and becomes RGB"), name);
  gimp_message(message);
  return TRUE;
}

/* The same as the command line does: a grey picture gets colour where it is wanted. */
static gboolean convert_grey(const Job *job, GimpImage *image, GError **error) {
  return gimp_image_get_base_type(image) != GIMP_GRAY || job->parameters.mode == RST_MODE_DETAIL ||
         make_rgb(image, error);
}

/* What was done before is in the file as the program writes it, too. */
static void take_record(GimpImage *image, const char *path) {
  g_autofree char *own = NULL, *record = NULL;

  if (!history_read(image, &own, NULL) || own)
    return;
  record = export_read_record(path);
  if (record)
    history_attach(image, record, FALSE);
}

void jobs_clear(Jobs *jobs) {
  job_clear(&jobs->usual);
  job_clear(&jobs->coloured);
}

/* The job for what is around the region, as far as the network would look at it. */
static const Job *choose_job(const Jobs *jobs, GimpImage *image, GimpLayer *layer, GError **error) {
  rst_picture_kind kind;

  if (!jobs->automatic || gimp_image_get_base_type(image) == GIMP_GRAY)
    return &jobs->usual;
  if (!layer_look(image, GIMP_DRAWABLE(layer), &jobs->usual.parameters, &kind, error))
    return NULL;
  return kind == RST_PICTURE_COLOURED ? &jobs->coloured : &jobs->usual;
}

static gboolean restore(const Jobs *jobs, const Region *region, GimpImage *image, const char *from,
                        const rst_hooks *hooks, GError **error) {
  GimpLayer *layer = take_picture(image, from);
  const Job *job;

  if (!layer)
    return fail(error, RST_BAD_CALL,
                _("The file has several layers or pages: open it in GIMP and choose one"));
  take_record(image, from);
  if (!convert_palette(image, from, error) || !select_region(image, region, error))
    return FALSE;
  if (jobs->photo)
    return photo_job_restore(&jobs->usual, jobs->photo, image, GIMP_DRAWABLE(layer),
                             OUTPUT_IN_PLACE, hooks, error);
  job = choose_job(jobs, image, layer, error);
  return job && convert_grey(job, image, error) &&
         job_restore(job, image, GIMP_DRAWABLE(layer), OUTPUT_IN_PLACE, hooks, error);
}

gboolean file_restore(const Jobs *jobs, const Region *region, const char *from, const char *to,
                      const rst_hooks *hooks, GError **error) {
  GimpImage *image = load(from, error);
  gboolean done;

  if (!image)
    return FALSE;
  done = restore(jobs, region, image, from, hooks, error) && save(image, to, from, error);
  gimp_image_delete(image);
  return done;
}
