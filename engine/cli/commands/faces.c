/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * faces: the faces in pictures, as a list and drawn.
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
  char *output, *json;
  double sure;
  int threads;
} options;

static bool check(const options *o, GError **error) {
  const guint count = o->paths ? g_strv_length(o->paths) : 0;
  const char *fault = NULL;

  if (count < 1)
    fault = _("at least one picture is needed");
  else if (o->output && count > 1)
    fault = _("--output draws one picture");
  else if (!(o->sure >= 0 && o->sure < 1))
    fault = _("--sure must be 0 or more and below 1");
  return tool_check(fault, error);
}

static bool parse(void *data, int argc, char **argv, GError **error) {
  options *o = data;
  const GOptionEntry entries[] = {
    {"sure", 0, 0, G_OPTION_ARG_DOUBLE, &o->sure,
     N_("How sure a face must be: fewer are found near 1, more near 0 [as the finder's file says]"),
     "0..1"},
    {"output", 'o', 0, G_OPTION_ARG_FILENAME, &o->output,
     N_("Write the picture with its faces drawn into this file"), N_("FILE")},
    {"json", 0, 0, G_OPTION_ARG_FILENAME, &o->json, N_("Write the faces into this file"),
     N_("FILE")},
    OPTION_THREADS(&o->threads),
    {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &o->paths, NULL, NULL},
    G_OPTION_ENTRY_NULL,
  };

  return tool_parse(
           entries, _("PICTURE…"),
           _("Finds the faces in pictures: the left and upper edge, width and height of "
             "each in\npixels, and how sure it is, 0…1. The window “faces” of restore "
             "sees each of them\nfrom near; --faces takes such a list, corrected by hand."),
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

  return (rst_find(RST_KIND_FINDER, "faces", path, sizeof path, &cause) == RST_OK &&
          rst_finder_read(path, &f->finder, &cause) == RST_OK &&
          rst_session_new(f->options->threads, &f->session, &cause) == RST_OK) ||
         cli_fail_engine(error, &cause);
}

static void print(const rst_face *faces, int count, const char *path, bool many) {
  g_autofree char *name = g_filename_display_name(path);

  if (many)
    g_print("%s\n", name);
  g_print("%6s %6s %6s %6s %6s\n", "x", "y", _("width"), _("height"), _("sure"));
  for (int i = 0; i < count; i++)
    g_print("%6d %6d %6d %6d %6.2f\n", faces[i].x, faces[i].y, faces[i].width, faces[i].height,
            faces[i].sure);
}

static void add_json(finding *f, const rst_face *faces, int count, const cli_image_source *source) {
  yyjson_mut_val *one = yyjson_mut_arr_add_obj(f->json, f->pictures);
  g_autofree char *name = g_filename_display_name(source->path);
  yyjson_mut_val *list;

  yyjson_mut_obj_add_strcpy(f->json, one, "picture", name);
  yyjson_mut_obj_add_int(f->json, one, "width", source->width);
  yyjson_mut_obj_add_int(f->json, one, "height", source->height);
  list = yyjson_mut_obj_add_arr(f->json, one, "faces");
  for (int i = 0; i < count; i++) {
    yyjson_mut_val *face = yyjson_mut_arr_add_obj(f->json, list);

    yyjson_mut_obj_add_int(f->json, face, "x", faces[i].x);
    yyjson_mut_obj_add_int(f->json, face, "y", faces[i].y);
    yyjson_mut_obj_add_int(f->json, face, "width", faces[i].width);
    yyjson_mut_obj_add_int(f->json, face, "height", faces[i].height);
    yyjson_mut_obj_add_real(f->json, face, "sure", faces[i].sure);
  }
}

static bool draw(const finding *f, const rst_face *faces, int count, const cli_image_source *source,
                 GError **error) {
  const int line = MAX(MAX(source->width, source->height) / 400, 1);
  g_autoptr(VipsImage) image = image_source_stream(source, error);
  cli_drawing drawing;
  bool good;

  if (!image)
    return false;
  drawing_init(&drawing, source->width, source->height);
  good = drawing_image(&drawing, image, 0, 0, error);
  for (int i = 0; i < count && good; i++)
    drawing_outline(&drawing, faces[i].x, faces[i].y, faces[i].width, faces[i].height, line, MARK);
  good = good && drawing_write(&drawing, f->options->output, f->cancel, error);
  drawing_clear(&drawing);
  return good;
}

static bool find(finding *f, const char *path, bool many, GError **error) {
  rst_hooks hooks = RST_HOOKS_INIT;
  rst_error cause = RST_ERROR_INIT;
  rst_face faces[RST_FACES_MAX];
  rst_parameters parameters;
  cli_image_source source = {NULL};
  cli_picture picture = {0};
  rst_picture view;
  int count = 0;
  bool good;

  rst_parameters_init(&parameters);
  hooks.cancel = f->cancel;
  good = image_source_open(&source, path, false, f->cancel, error);
  if (good) {
    const rst_rectangle box = {0, 0, source.width, source.height};

    good = picture_open(&picture, &source, &box, &parameters, error);
  }
  if (good) {
    picture_view(&picture, &view);
    good = rst_find_faces(f->session, f->finder, &view, NULL, f->options->sure, &hooks, faces,
                          &count, &cause) == RST_OK ||
           cli_fail_engine(error, &cause);
  }
  if (good) {
    print(faces, count, path, many);
    if (f->json)
      add_json(f, faces, count, &source);
    good = !f->options->output || draw(f, faces, count, &source, error);
  }
  picture_clear(&picture);
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
  bool good = (!o->output || file_output_format(o->output, error)) && open_finder(&f, error);

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
  g_free(o->output);
  g_free(o->json);
}

const cli_tool faces_tool = {sizeof(options), offsetof(options, threads), parse, run, clear};
