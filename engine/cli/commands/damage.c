/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * damage: the damage in pictures, as a mask and drawn.
 */
#include <glib/gi18n.h>
#include <stddef.h>

#include "base/common_options.h"
#include "base/console.h"
#include "base/error.h"
#include "io/image_source.h"
#include "commands/commands.h"
#include "commands/finding.h"
#include "commands/tool.h"
#include "io/file.h"

typedef struct options {
  char **paths;
  char *mask, *output, *json;
  double sensitivity;
  int threads;
} options;

static bool check(const options *o, GError **error) {
  const guint count = o->paths ? g_strv_length(o->paths) : 0;
  const char *fault = NULL;

  if (count < 1)
    fault = _("at least one picture is needed");
  else if ((o->output || o->mask) && count > 1)
    fault = _("--output and --mask are of one picture");
  else if (!(o->sensitivity >= 0 && o->sensitivity <= 1))
    fault = _("--sensitivity must be 0..1");
  return tool_check(fault, error);
}

static bool parse(void *data, int argc, char **argv, GError **error) {
  options *o = data;
  const GOptionEntry entries[] = {
    {"sensitivity", 0, 0, G_OPTION_ARG_DOUBLE, &o->sensitivity,
     N_("How much counts as damage: less towards 0, more towards 1 [0.5]"), "0..1"},
    {"mask", 'm', 0, G_OPTION_ARG_FILENAME, &o->mask,
     N_("Write a picture that is white where there is damage, else black"), N_("FILE")},
    {"output", 'o', 0, G_OPTION_ARG_FILENAME, &o->output,
     N_("Write the picture with its damage in red into this file"), N_("FILE")},
    {"json", 0, 0, G_OPTION_ARG_FILENAME, &o->json, N_("Write how much was found into this file"),
     N_("FILE")},
    OPTION_MEGAPIXELS,
    OPTION_THREADS(&o->threads),
    {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &o->paths, NULL, NULL},
    G_OPTION_ENTRY_NULL,
  };

  o->sensitivity = 0.5;
  return tool_parse(entries, _("PICTURE…"),
                    _("Finds dust, hairs, scratches, creases, spots and missing corners in "
                      "pictures.\nphoto mends them; restore takes such a mask too, as --mask."),
                    argc, argv, error) &&
         check(o, error);
}

static gint64 count_damage(const guint8 *mask, const cli_image_source *source) {
  gint64 count = 0;

  for (gsize i = 0; i < (gsize)source->width * (gsize)source->height; i++)
    count += mask[i] > 0;
  return count;
}

static void tell(finding *f, gint64 damaged, const cli_image_source *source) {
  const options *o = f->options;
  const double share = (double)damaged / ((double)source->width * source->height);
  g_autofree char *name = g_filename_display_name(source->path);

  if (f->many)
    g_print("%s: ", name);
  g_print(_("%.3g %% of the pixels\n"), 100 * share);
  if (f->json) {
    yyjson_mut_val *one = finding_list(f, source);

    yyjson_mut_obj_add_real(f->json, one, "sensitivity", o->sensitivity);
    yyjson_mut_obj_add_int(f->json, one, "pixels", damaged);
    yyjson_mut_obj_add_real(f->json, one, "damaged", share);
  }
}

typedef struct found {
  const guint8 *mask;
  int width, height;
  const rst_cancel *cancel;
} found;

static void mark(cli_drawing *drawing, const void *data) {
  const found *all = data;
  const guint8 *mask = all->mask;

  for (int y = 0; y < all->height && !rst_cancel_is_set(all->cancel); y++)
    for (int x = 0; x < all->width; x++)
      if (*mask++ > 0)
        drawing_fill(drawing, x, y, 1, 1, FINDING_MARK);
}

static bool write_mask(const finding *f, const guint8 *mask, const cli_image_source *source,
                       GError **error) {
  const options *o = f->options;
  const cli_format *format = file_output_format(o->mask, error);
  g_autoptr(VipsImage) image =
    vips_image_new_from_memory(mask, (gsize)source->width * (gsize)source->height, source->width,
                               source->height, 1, VIPS_FORMAT_UCHAR);

  if (!format)
    return false;
  if (!image)
    return cli_fail_vips(error, o->mask);
  image->Type = VIPS_INTERPRETATION_B_W;
  return file_write(image, format, o->mask, f->cancel, error);
}

static bool look(finding *f, const cli_image_source *source, const rst_picture *picture,
                 GError **error) {
  const options *o = f->options;
  const gsize pixels = (gsize)source->width * (gsize)source->height;
  g_autofree guint8 *sure = g_try_malloc(pixels), *mask = g_try_malloc(pixels);
  const found all = {mask, source->width, source->height, f->cancel};
  rst_hooks hooks = RST_HOOKS_INIT;
  rst_error cause = RST_ERROR_INIT;

  if (!sure || !mask) {
    g_set_error_literal(error, CLI_ERROR, CLI_FAILED, _("memory ran out"));
    return false;
  }
  hooks.cancel = f->cancel;
  if (rst_find_damage(f->session, f->finder, picture, NULL, &hooks, sure, &cause) != RST_OK ||
      rst_damage_mask(f->finder, sure, source->width, source->height, o->sensitivity, &hooks, mask,
                      &cause) != RST_OK)
    return cli_fail_engine(error, &cause);
  tell(f, count_damage(mask, source), source);
  return (!o->output || finding_draw(f, source, o->output, mark, &all, error)) &&
         (!o->mask || write_mask(f, mask, source, error));
}

static bool run(const void *data, GError **error) {
  const options *o = data;

  return (!o->output || file_output_format(o->output, error)) &&
         (!o->mask || file_output_format(o->mask, error)) &&
         finding_run(o, "damage", o->paths, o->threads, o->json, look, error);
}

static void clear(void *data) {
  options *o = data;

  g_strfreev(o->paths);
  g_free(o->mask);
  g_free(o->output);
  g_free(o->json);
}

const cli_tool damage_tool = {sizeof(options), offsetof(options, threads), parse, run, clear};
