/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * faces: the faces in pictures, as a list and drawn.
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
    OPTION_MEGAPIXELS,
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

static void print(const rst_face *faces, int count, const char *path, bool many) {
  g_autofree char *name = g_filename_display_name(path);

  if (many)
    g_print("%s\n", name);
  g_print("%6s %6s %6s %6s %6s\n", "x", "y", _("width"), _("height"), _("sure"));
  for (int i = 0; i < count; i++)
    g_print("%6d %6d %6d %6d %6.2f\n", faces[i].x, faces[i].y, faces[i].width, faces[i].height,
            faces[i].sure);
}

static void list(finding *f, const rst_face *faces, int count, const cli_image_source *source) {
  yyjson_mut_val *one = finding_list(f, source);
  yyjson_mut_val *all = yyjson_mut_obj_add_arr(f->json, one, "faces");

  for (int i = 0; i < count; i++) {
    yyjson_mut_val *face = yyjson_mut_arr_add_obj(f->json, all);

    yyjson_mut_obj_add_int(f->json, face, "x", faces[i].x);
    yyjson_mut_obj_add_int(f->json, face, "y", faces[i].y);
    yyjson_mut_obj_add_int(f->json, face, "width", faces[i].width);
    yyjson_mut_obj_add_int(f->json, face, "height", faces[i].height);
    yyjson_mut_obj_add_real(f->json, face, "sure", faces[i].sure);
  }
}

typedef struct found {
  const rst_face *faces;
  int count, line; /* pixels that an outline is wide */
} found;

static void mark(cli_drawing *drawing, const void *data) {
  const found *all = data;

  for (const rst_face *face = all->faces; face < all->faces + all->count; face++)
    drawing_outline(drawing, face->x, face->y, face->width, face->height, all->line, FINDING_MARK);
}

static bool look(finding *f, const cli_image_source *source, const rst_picture *picture,
                 GError **error) {
  const options *o = f->options;
  rst_hooks hooks = RST_HOOKS_INIT;
  rst_error cause = RST_ERROR_INIT;
  rst_face faces[RST_FACES_MAX];
  found all = {faces, 0, MAX(MAX(source->width, source->height) / 400, 1)};

  hooks.cancel = f->cancel;
  if (rst_find_faces(f->session, f->finder, picture, NULL, o->sure, &hooks, faces, &all.count,
                     &cause) != RST_OK)
    return cli_fail_engine(error, &cause);
  print(faces, all.count, source->path, f->many);
  if (f->json)
    list(f, faces, all.count, source);
  return !o->output || finding_draw(f, source, o->output, mark, &all, error);
}

static bool run(const void *data, GError **error) {
  const options *o = data;

  return (!o->output || file_output_format(o->output, error)) &&
         finding_run(o, "faces", o->paths, o->threads, o->json, look, error);
}

static void clear(void *data) {
  options *o = data;

  g_strfreev(o->paths);
  g_free(o->output);
  g_free(o->json);
}

const cli_tool faces_tool = {sizeof(options), offsetof(options, threads), parse, run, clear};
