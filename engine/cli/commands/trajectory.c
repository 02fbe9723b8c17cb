/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * trajectory: the way of pixels from noise to their colours, as data, as a diagram, and as a strip
 * of pictures.
 */
#include <glib/gi18n.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <yyjson.h>

#include "pixel_trajectory.h"
#include "commands/commands.h"
#include "base/common_options.h"
#include "base/error.h"
#include "io/image_source.h"
#include "base/numbers.h"
#include "io/text_file.h"
#include "measure/raster.h"
#include "base/parameter_options.h"
#include "base/interrupt.h"
#include "measure/plot.h"
#include "restore/report.h"
#include "measure/trajectory_strip.h"

enum { POINTS_MAX = 64 };

typedef struct options {
  cli_parameter_options given; /* first: see parameter_options_parse() */
  char **paths;
  char *csv, *json, *plot, *strip, *steps;
  bool has_region;
  rst_rectangle region;
  int count, points[POINTS_MAX][2];
  int cell, threads;
} options;

typedef struct walk {
  const options *options;
  rst_parameters parameters;
  rst_model *model;
  rst_session *session;
  rst_cancel *cancel;
  cli_raster raster;
  rst_rectangle region;
  rst_plan plan; /* of one part */
  rst_encoding *encoding;
  GPtrArray *ways; /* of trajectory, in the order of the points */
} walk;

static gboolean on_point(const char *option, const char *value, void *data, GError **error) {
  options *o = data;
  const char *fault = NULL;
  if (o->count == POINTS_MAX)
    fault = _("%s %s: no more than 64 points are taken");
  else if (!numbers_parse(value, ",", 2, o->points[o->count]))
    fault = _("%s is “%s”, must be X,Y in pixels, such as 120,80");
  if (fault) {
    g_autofree char *message = g_strdup_printf(fault, option, value);
    g_set_error_literal(error, CLI_ERROR, CLI_WRONG_USAGE, message);
    return FALSE;
  }
  o->count++;
  return TRUE;
}

static gboolean on_region(const char *option, const char *value, void *data, GError **error) {
  options *o = data;
  o->has_region = numbers_parse_region(option, value, &o->region, error);
  return o->has_region;
}

static bool check(const options *o, GError **error) {
  const char *fault = NULL;
  if (!o->paths || g_strv_length(o->paths) != 1)
    fault = _("one picture is needed");
  else if (o->count == 0 && !o->strip)
    fault = _("--point is needed: whose trajectory; or --strip");
  else if (o->count == 0 && (o->csv || o->json || o->plot))
    fault = _("--csv, --json and --plot need a --point");
  else if (o->steps && !o->strip)
    fault = _("--steps belongs to --strip");
  else
    fault = cell_fault(o->cell);
  return tool_check(fault, error);
}

static bool parse(void *data, int argc, char **argv, GError **error) {
  options *o = data;
  *o = (options){.cell = 160};
  const GOptionEntry own[] = {
    {"point", 0, 0, G_OPTION_ARG_CALLBACK, on_point,
     N_("A pixel of the picture as displayed, in the region; may be repeated"), "X,Y"},
    {"region", 'r', 0, G_OPTION_ARG_CALLBACK, on_region,
     N_("What is restored: this rectangle of the picture as displayed [all of it]"), "X,Y,WxH"},
    {"csv", 0, 0, G_OPTION_ARG_FILENAME, &o->csv,
     N_("Write a table into this file, - for standard output [where nothing else is asked for]"),
     N_("FILE")},
    {"json", 0, 0, G_OPTION_ARG_FILENAME, &o->json,
     N_("Write the same as JSON into this file, - for standard output"), N_("FILE")},
    {"plot", 0, 0, G_OPTION_ARG_FILENAME, &o->plot,
     N_("Write a diagram into this file: SVG, or another picture"), N_("FILE")},
    {"strip", 0, 0, G_OPTION_ARG_FILENAME, &o->strip,
     N_("Write pictures of the region at some steps, side by side, into this file"), N_("FILE")},
    {"steps", 0, 0, G_OPTION_ARG_STRING, &o->steps,
     N_("Which steps the strip shows, counted from the noise, which is 0 [six of them]"), "N,N…"},
    OPTION_CELL(
      &o->cell,
      N_("Show no more of the strip's pictures than every so many pixels fit into squares of this "
         "side [160]")),
    OPTION_MEGAPIXELS,
    OPTION_THREADS(&o->threads),
    OPTION_PATHS(&o->paths),
    G_OPTION_ENTRY_NULL,
  };
  const char *summary = _(
    "Shows how pixels come from noise to their colours: at each timestep that the sampler takes\n"
    "the value there, and x̂₀, the clean value that the network predicts from it. Both are the\n"
    "network's own, R'G'B' with 0…1 the range of sRGB, before mode, match and strength; the noise\n"
    "and early predictions reach far beyond it. The last row is the result, with the timestep -1\n"
    "where nothing of the noise is left. A single-pass model has that row alone.");
  return parameter_options_parse(&o->given, _("PICTURE --point X,Y"), summary, own, &argc, &argv,
                                 error) &&
         check(o, error);
}

/* ---- the picture as the engine's host ---- */

static bool on_read(void *user, int x, int y, int width, int height, float *rgba) {
  const cli_raster *raster = &((walk *)user)->raster;
  for (int row = y; row < y + height; row++, rgba += 4 * width)
    memcpy(rgba, raster->rgba + 4 * ((gsize)row * raster->width + x), sizeof(float) * 4 * width);
  return true;
}

static bool is_inside(const walk *w, int x, int y) {
  const rst_rectangle *r = &w->region;
  return x >= r->x && y >= r->y && x < r->x + r->width && y < r->y + r->height;
}

static bool on_read_coverage(void *user, int x, int y, int width, int height, float *coverage) {
  for (int row = y; row < y + height; row++)
    for (int column = x; column < x + width; column++)
      *coverage++ = is_inside(user, column, row);
  return true;
}

static bool check_region(walk *w, GError **error) {
  const options *o = w->options;
  const rst_rectangle whole = {0, 0, w->raster.width, w->raster.height};
  const rst_rectangle *r = &w->region;
  w->region = o->has_region ? o->region : whole;
  if (r->x < 0 || r->y < 0 || r->x + r->width > w->raster.width ||
      r->y + r->height > w->raster.height) {
    g_set_error(error, CLI_ERROR, CLI_FAILED,
                _("the region %d,%d,%dx%d reaches beyond the picture, which has %d × %d pixels"),
                r->x, r->y, r->width, r->height, w->raster.width, w->raster.height);
    return false;
  }
  for (int i = 0; i < o->count; i++)
    if (!is_inside(w, o->points[i][0], o->points[i][1])) {
      g_set_error(error, CLI_ERROR, CLI_FAILED,
                  _("the point %d,%d is not in the region %d,%d,%dx%d"), o->points[i][0],
                  o->points[i][1], r->x, r->y, r->width, r->height);
      return false;
    }
  return true;
}

static bool prepare(walk *w, GError **error) {
  const options *o = w->options;
  rst_error cause = RST_ERROR_INIT;
  rst_hooks hooks = {.size = sizeof hooks, .cancel = w->cancel};
  rst_parameters_init(&w->parameters);
  w->plan.size = sizeof w->plan;
  w->model =
    parameter_options_open(&o->given, RST_PICTURE_MONOCHROME, &w->parameters, NULL, NULL, error);
  if (!w->model || !raster_read(&w->raster, o->paths[0], w->cancel, error) ||
      !check_region(w, error))
    return false;
  const rst_picture picture = {.size = sizeof picture,
                               .width = w->raster.width,
                               .height = w->raster.height,
                               .user = w,
                               .read = on_read,
                               .read_coverage = on_read_coverage,
                               .cancel = w->cancel};
  return (rst_session_new(o->threads, &w->session, &cause) == RST_OK &&
          rst_plan_region(&w->parameters, &picture, &w->region, &w->plan, &cause) == RST_OK &&
          rst_encode_window(w->session, w->model, &w->parameters, &picture,
                            &w->plan.parts[0].window, &hooks, &w->encoding, &cause) == RST_OK) ||
         cli_fail_engine(error, &cause);
}

static bool follow(walk *w, GError **error) {
  const options *o = w->options;
  for (int i = 0; i < o->count; i++) {
    rst_error cause = RST_ERROR_INIT;
    const int *at = o->points[i];
    const float *rgba = w->raster.rgba + 4 * ((gsize)at[1] * w->raster.width + at[0]);
    const float hidden = w->parameters.hide_region;
    float luma;
    trajectory *way;
    rst_pixel_luma(1, rgba, &hidden, &luma);
    if (trajectory_new(w->session, w->model, w->encoding, &w->parameters, at[0], at[1], luma,
                       w->cancel, &way, &cause) != RST_OK)
      return cli_fail_engine(error, &cause);
    g_ptr_array_add(w->ways, way);
  }
  return true;
}

/* ---- what is reported ---- */

/* `path` NULL: not wanted; "-": standard output. */
static bool write_text(const char *path, const char *text, GError **error) {
  if (!path)
    return true;
  if (strcmp(path, "-") != 0)
    return text_file_write(path, text, strlen(text), error);
  g_print("%s", text);
  return true;
}

/* As many digits as a float has. */
static void add_numbers(GString *text, const float value[3]) {
  for (int c = 0; c < 3; c++)
    if (isnan(value[c]))
      g_string_append(text, ",");
    else
      g_string_append_printf(text, ",%.9g", value[c]);
}

static char *csv_text(const walk *w) {
  GString *text =
    g_string_new("x,y,step,timestep,red,green,blue,clean_red,clean_green,clean_blue\n");
  for (guint i = 0; i < w->ways->len; i++) {
    const trajectory *way = w->ways->pdata[i];
    for (int s = 0; s < way->count; s++) {
      g_string_append_printf(text, "%d,%d,%d,%d", way->x, way->y, s, way->timesteps[s]);
      add_numbers(text, way->values + 3 * s);
      add_numbers(text, way->clean + 3 * s);
      g_string_append_c(text, '\n');
    }
  }
  return g_string_free(text, FALSE);
}

static void add_colour(yyjson_mut_doc *doc, yyjson_mut_val *object, const char *key,
                       const float value[3]) {
  if (isnan(value[0])) {
    yyjson_mut_obj_add_null(doc, object, key);
    return;
  }
  yyjson_mut_val *list = yyjson_mut_obj_add_arr(doc, object, key);
  for (int c = 0; c < 3; c++)
    yyjson_mut_arr_add_real(doc, list, value[c]);
}

static char *json_text(const walk *w) {
  yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
  yyjson_mut_val *root = yyjson_mut_obj(doc);
  const rst_window *window = &w->plan.parts[0].window;
  yyjson_mut_doc_set_root(doc, root);
  char *name = g_filename_display_name(w->parameters.model);
  yyjson_mut_obj_add_strcpy(doc, root, "model", name);
  g_free(name);
  yyjson_mut_obj_add_int(doc, root, "seed", w->parameters.seed);
  yyjson_mut_val *place = yyjson_mut_obj_add_arr(doc, root, "window");
  yyjson_mut_arr_add_int(doc, place, window->x);
  yyjson_mut_arr_add_int(doc, place, window->y);
  yyjson_mut_arr_add_int(doc, place, window->side);
  yyjson_mut_val *points = yyjson_mut_obj_add_arr(doc, root, "points");
  for (guint i = 0; i < w->ways->len; i++) {
    const trajectory *way = w->ways->pdata[i];
    yyjson_mut_val *point = yyjson_mut_arr_add_obj(doc, points);
    yyjson_mut_obj_add_int(doc, point, "x", way->x);
    yyjson_mut_obj_add_int(doc, point, "y", way->y);
    yyjson_mut_val *states = yyjson_mut_obj_add_arr(doc, point, "trajectory");
    for (int s = 0; s < way->count; s++) {
      yyjson_mut_val *state = yyjson_mut_arr_add_obj(doc, states);
      yyjson_mut_obj_add_int(doc, state, "timestep", way->timesteps[s]);
      add_colour(doc, state, "value", way->values + 3 * s);
      add_colour(doc, state, "clean", way->clean + 3 * s);
    }
  }
  char *text = yyjson_mut_write(doc, YYJSON_WRITE_PRETTY, NULL), *copy;
  copy = g_strconcat(text, "\n", NULL);
  free(text);
  yyjson_mut_doc_free(doc);
  return copy;
}

static bool report(const walk *w, GError **error) {
  const options *o = w->options;
  bool nothing = !o->csv && !o->json && !o->plot && !o->strip;
  g_autofree char *csv = csv_text(w), *json = json_text(w);
  g_autofree char *setup = report_setup(&w->parameters, w->model);
  g_autofree char *model = g_filename_display_basename(w->parameters.model);
  g_autofree char *title = g_strdup_printf("%s (%s)", model, setup);
  return write_text(nothing ? "-" : o->csv, csv, error) && write_text(o->json, json, error) &&
         (!o->plot || plot_write(o->plot, title, w->ways, w->cancel, error));
}

static bool run(const void *data, GError **error) {
  const options *o = data;
  walk w = {.options = o,
            .cancel = interrupt_catch(),
            .ways = g_ptr_array_new_with_free_func((GDestroyNotify)trajectory_unref)};
  bool good = prepare(&w, error) && follow(&w, error) && report(&w, error);
  if (good && o->strip) {
    const cli_trajectory_strip strip = {w.session, w.model, w.encoding, &w.parameters, &w.raster,
                                        w.region,  o->cell, o->steps,   w.cancel};
    good = trajectory_strip_write(&strip, o->strip, error);
  }
  rst_encoding_unref(w.encoding);
  rst_session_free(w.session);
  rst_model_unref(w.model);
  raster_clear(&w.raster);
  g_ptr_array_unref(w.ways);
  return good;
}

static void clear(void *data) {
  options *o = data;
  parameter_options_clear(&o->given);
  g_strfreev(o->paths);
  g_free(o->csv);
  g_free(o->json);
  g_free(o->plot);
  g_free(o->strip);
  g_free(o->steps);
}

const cli_tool trajectory_tool = {sizeof(options), offsetof(options, threads), parse, run, clear};
