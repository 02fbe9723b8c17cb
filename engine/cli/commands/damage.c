/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * damage: the damage in pictures, as a mask and drawn.
 */
#include <glib/gi18n.h>
#include <stddef.h>
#include <stdlib.h>
#include <yyjson.h>

#include "base/common_options.h"
#include "base/console.h"
#include "base/error.h"
#include "base/interrupt.h"
#include "commands/commands.h"
#include "commands/tool.h"
#include "io/file.h"
#include "io/image_source.h"
#include "io/picture.h"
#include "measure/drawing.h"

enum { MARK = 0xff2020 };

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

typedef struct finding {
  const options *options;
  rst_cancel *cancel;
  rst_session *session;
  rst_finder *finder;
  yyjson_mut_doc *json;
  yyjson_mut_val *pictures;
} finding;

static bool open_finder(finding *f, GError **error) {
  rst_error cause = RST_ERROR_INIT;
  char path[4096];

  return (rst_find(RST_KIND_FINDER, "damage", path, sizeof path, &cause) == RST_OK &&
          rst_finder_read(path, &f->finder, &cause) == RST_OK &&
          rst_session_new(f->options->threads, &f->session, &cause) == RST_OK) ||
         cli_fail_engine(error, &cause);
}

static gint64 count_damage(const guint8 *mask, const cli_image_source *source) {
  gint64 count = 0;

  for (gsize i = 0; i < (gsize)source->width * (gsize)source->height; i++)
    count += mask[i] > 0;
  return count;
}

static void tell(finding *f, gint64 damaged, const cli_image_source *source, bool many) {
  const double share = (double)damaged / ((double)source->width * source->height);
  g_autofree char *name = g_filename_display_name(source->path);

  if (many)
    g_print("%s: ", name);
  g_print(_("%.3g %% of the pixels\n"), 100 * share);
  if (f->json) {
    yyjson_mut_val *one = yyjson_mut_arr_add_obj(f->json, f->pictures);

    yyjson_mut_obj_add_strcpy(f->json, one, "picture", name);
    yyjson_mut_obj_add_int(f->json, one, "width", source->width);
    yyjson_mut_obj_add_int(f->json, one, "height", source->height);
    yyjson_mut_obj_add_real(f->json, one, "sensitivity", f->options->sensitivity);
    yyjson_mut_obj_add_int(f->json, one, "pixels", damaged);
    yyjson_mut_obj_add_real(f->json, one, "damaged", share);
  }
}

static bool draw(const finding *f, const guint8 *mask, const cli_image_source *source,
                 GError **error) {
  g_autoptr(VipsImage) image = image_source_stream(source, error);
  cli_drawing drawing;
  bool good;

  if (!image)
    return false;
  drawing_init(&drawing, source->width, source->height);
  good = drawing_image(&drawing, image, 0, 0, error);
  for (int y = 0; y < source->height && good; y++)
    for (int x = 0; x < source->width; x++, mask++)
      if (*mask > 0)
        drawing_fill(&drawing, x, y, 1, 1, MARK);
  good = good && drawing_write(&drawing, f->options->output, f->cancel, error);
  drawing_clear(&drawing);
  return good;
}

static bool write_mask(const finding *f, const guint8 *mask, const cli_image_source *source,
                       GError **error) {
  const cli_format *format = file_output_format(f->options->mask, error);
  g_autoptr(VipsImage) image =
    vips_image_new_from_memory(mask, (gsize)source->width * (gsize)source->height, source->width,
                               source->height, 1, VIPS_FORMAT_UCHAR);

  if (!format)
    return false;
  if (!image)
    return cli_fail_vips(error, f->options->mask);
  image->Type = VIPS_INTERPRETATION_B_W;
  return file_write(image, format, f->options->mask, f->cancel, error);
}

/* `sure` and `mask`: of all of the picture. */
static bool find_in(finding *f, const cli_image_source *source, guint8 *sure, guint8 *mask,
                    bool many, GError **error) {
  const rst_rectangle box = {0, 0, source->width, source->height};
  rst_hooks hooks = RST_HOOKS_INIT;
  rst_error cause = RST_ERROR_INIT;
  rst_parameters parameters;
  cli_picture picture = {0};
  rst_picture view;
  bool good;

  rst_parameters_init(&parameters);
  hooks.cancel = f->cancel;
  good = picture_open(&picture, source, &box, &parameters, error);
  if (good) {
    picture_view(&picture, &view);
    good = rst_find_damage(f->session, f->finder, &view, NULL, &hooks, sure, &cause) == RST_OK ||
           cli_fail_engine(error, &cause);
  }
  picture_clear(&picture);
  if (!good)
    return false;
  rst_damage_mask(f->finder, sure, source->width, source->height, f->options->sensitivity, mask);
  tell(f, count_damage(mask, source), source, many);
  return (!f->options->output || draw(f, mask, source, error)) &&
         (!f->options->mask || write_mask(f, mask, source, error));
}

static bool find(finding *f, const char *path, bool many, GError **error) {
  cli_image_source source = {NULL};
  bool good = image_source_open(&source, path, false, f->cancel, error);

  if (good) {
    const gsize pixels = (gsize)source.width * (gsize)source.height;
    g_autofree guint8 *sure = g_try_malloc(pixels), *mask = g_try_malloc(pixels);

    if (sure && mask) {
      good = find_in(f, &source, sure, mask, many, error);
    } else {
      g_set_error_literal(error, CLI_ERROR, CLI_FAILED, _("memory ran out"));
      good = false;
    }
  }
  image_source_clear(&source);
  return good;
}

static bool write_json(const finding *f, GError **error) {
  size_t size;
  char *text = yyjson_mut_write(f->json, YYJSON_WRITE_PRETTY, &size);
  const bool good = g_file_set_contents(f->options->json, text, (gssize)size, error);

  free(text);
  return good;
}

static bool run(const void *data, GError **error) {
  const options *o = data;
  finding f = {.options = o, .cancel = interrupt_catch()};
  bool good = (!o->output || file_output_format(o->output, error)) &&
              (!o->mask || file_output_format(o->mask, error)) && open_finder(&f, error);

  if (o->json) {
    f.json = yyjson_mut_doc_new(NULL);
    yyjson_mut_doc_set_root(f.json, yyjson_mut_obj(f.json));
    f.pictures = yyjson_mut_obj_add_arr(f.json, yyjson_mut_doc_get_root(f.json), "pictures");
  }
  for (char **path = o->paths; good && *path; path++)
    good = find(&f, *path, o->paths[1], error);
  good = good && (!o->json || write_json(&f, error));
  yyjson_mut_doc_free(f.json);
  rst_session_free(f.session);
  rst_finder_unref(f.finder);
  return good;
}

static void clear(void *data) {
  options *o = data;

  g_strfreev(o->paths);
  g_free(o->mask);
  g_free(o->output);
  g_free(o->json);
}

const cli_tool damage_tool = {sizeof(options), offsetof(options, threads), parse, run, clear};
