/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * regions: where the results of several setups for one picture differ most.
 */
#include <glib/gi18n.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <yyjson.h>

#include "measure/drawing.h"
#include "measure/column.h"
#include "commands/commands.h"
#include "base/common_options.h"
#include "base/error.h"
#include "io/file.h"
#include "io/text_file.h"
#include "base/interrupt.h"
#include "measure/search.h"
#include "io/image_source.h"

/* Pixels of the sheet. */
enum { GAP = 8, CAPTION = 46, TEXT = 13, CELL = 150, PICTURE = 480 };

enum { INK = 0x202020, MARK = 0xff2020, WHITE = 0xffffff };

enum { COUNT_MAX = 64 };

typedef struct options {
  char **paths, **with;
  char *common, *output, *json;
  int side, count, threads;
} options;

typedef struct regions {
  const options *options;
  rst_cancel *cancel;
  GPtrArray *results;  /* of VipsImage, 8 bits sRGB in memory, all of one size */
  GPtrArray *captions; /* theirs */
  VipsImage *shown;    /* the picture, or the first result */
  int side, found;
  cli_region regions[COUNT_MAX];
} regions;

static bool check(const options *o, GError **error) {
  guint count = o->paths ? g_strv_length(o->paths) : 0;
  const char *fault = NULL;
  if (!o->with && count < 2)
    fault = _("at least two results are needed, or one picture and setups to restore it --with");
  else if (o->with && count != 1)
    fault = _("one picture at a time is restored");
  else if (o->with && g_strv_length(o->with) < 2)
    fault = _("--with must be given twice at least: results are compared");
  else if (!o->with && o->common)
    fault = _("--options belongs to --with");
  else if (o->side < 0)
    fault = _("--side must be 1 or more");
  else if (o->count < 1 || o->count > COUNT_MAX)
    fault = _("--count must be 1..64");
  return tool_check(fault, error);
}

static bool parse(void *data, int argc, char **argv, GError **error) {
  options *o = data;
  *o = (options){.count = 4};
  const GOptionEntry entries[] = {
    {"with", 'w', 0, G_OPTION_ARG_FILENAME_ARRAY, &o->with,
     N_("Restore the picture so: options of restore in one text, after “CAPTION:” if it is to "
        "have one of its own; to be repeated"),
     N_("WORDS")},
    OPTION_COMMON(&o->common),
    {"side", 0, 0, G_OPTION_ARG_INT, &o->side,
     N_("Width and height of a region in pixels [a quarter of the shorter side]"), "N"},
    {"count", 0, 0, G_OPTION_ARG_INT, &o->count, N_("Regions to find [4]"), "1..64"},
    {"output", 'o', 0, G_OPTION_ARG_FILENAME, &o->output,
     N_("Write a sheet with the regions drawn into this file"), N_("FILE")},
    {"json", 0, 0, G_OPTION_ARG_FILENAME, &o->json, N_("Write the regions into this file"),
     N_("FILE")},
    OPTION_MEGAPIXELS,
    OPTION_THREADS(&o->threads),
    OPTION_PATHS(&o->paths),
    G_OPTION_ENTRY_NULL,
  };
  const char *summary =
    _("Finds the regions where several results for one picture differ most: pictures of one size,\n"
      "or what becomes of a picture under several setups. Regions are squares, shifted by eighths\n"
      "of their side; the score is the largest standard deviation that one result has within the\n"
      "region plus the mean, over its pixels, of the largest channel's standard deviation across\n"
      "the results, on a scale of 0…255. The best come first; none overlaps another.");
  return tool_parse(entries, _("RESULT RESULT… | PICTURE --with … --with …"), summary, argc, argv,
                    error) &&
         check(o, error);
}

/* ---- the results ---- */

/* Takes the reference. */
static bool add_result(regions *r, VipsImage *image, const char *caption, GError **error) {
  VipsImage *pixels = drawing_srgb(image, error);
  g_object_unref(image);
  if (!pixels)
    return false;
  const VipsImage *first = r->results->len == 0 ? pixels : r->results->pdata[0];
  bool same = pixels->Xsize == first->Xsize && pixels->Ysize == first->Ysize;
  if (!same)
    g_set_error(error, CLI_ERROR, CLI_FAILED,
                _("%s has %d × %d pixels and the first result %d × %d; they must be of one size"),
                caption, pixels->Xsize, pixels->Ysize, first->Xsize, first->Ysize);
  g_ptr_array_add(r->results, pixels);
  g_ptr_array_add(r->captions, g_filename_display_name(caption));
  return same;
}

static bool read_results(regions *r, GError **error) {
  bool good = true;
  for (char **path = r->options->paths; *path && good; path++) {
    cli_image_source source = {NULL};
    VipsImage *image = NULL;
    g_autofree char *name = g_path_get_basename(*path);
    good = image_source_open(&source, *path, false, r->cancel, error) &&
           (image = image_source_stream(&source, error)) && add_result(r, image, name, error);
    image_source_clear(&source);
  }
  if (good)
    r->shown = g_object_ref(r->results->pdata[0]);
  return good;
}

static bool restore_results(regions *r, GError **error) {
  const options *o = r->options;
  GPtrArray *columns = columns_open(o->with, o->common, o->threads, r->cancel, error);
  bool good = columns;
  for (guint i = 0; good && i < columns->len; i++) {
    const cli_column *column = columns->pdata[i];
    VipsImage *result = column_restore(column, o->paths[0], i == 0 ? &r->shown : NULL, NULL, error);
    good = result && add_result(r, result, column->caption, error);
  }
  if (columns)
    g_ptr_array_unref(columns);
  return good;
}

/* (height, width, 3), 0…255. */
static float *floats_of(const VipsImage *image) {
  float *values = g_new(float, (gsize)3 * image->Xsize * image->Ysize), *next = values;
  for (int y = 0; y < image->Ysize; y++) {
    const guint8 *row = VIPS_IMAGE_ADDR(image, 0, y);
    for (int i = 0; i < 3 * image->Xsize; i++)
      *next++ = row[i];
  }
  return values;
}

static bool search(regions *r, GError **error) {
  const VipsImage *first = r->results->pdata[0];
  int shorter = MIN(first->Xsize, first->Ysize);
  r->side = r->options->side == 0 ? MAX(shorter / 4, 1) : r->options->side;
  if (r->side > shorter) {
    g_set_error(error, CLI_ERROR, CLI_FAILED, _("--side is %d and the results have %d × %d pixels"),
                r->side, first->Xsize, first->Ysize);
    return false;
  }
  float **values = g_new(float *, r->results->len);
  for (guint i = 0; i < r->results->len; i++)
    values[i] = floats_of(r->results->pdata[i]);
  r->found = search_regions((const float *const *)values, (int)r->results->len, first->Xsize,
                            first->Ysize, r->side, r->options->count, r->regions);
  for (guint i = 0; i < r->results->len; i++)
    g_free(values[i]);
  g_free(values);
  if (r->found < 0)
    g_set_error_literal(error, CLI_ERROR, CLI_FAILED, _("memory ran out"));
  return r->found >= 0;
}

/* ---- what is reported ---- */

static void print_table(const regions *r) {
  g_print("%6s %6s %6s %10s\n", "x", "y", _("side"), _("score"));
  for (int i = 0; i < r->found; i++)
    g_print("%6d %6d %6d %10.3f\n", r->regions[i].x, r->regions[i].y, r->side, r->regions[i].score);
}

static bool write_json(const regions *r, GError **error) {
  yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
  yyjson_mut_val *root = yyjson_mut_obj(doc);
  yyjson_mut_doc_set_root(doc, root);
  yyjson_mut_val *results = yyjson_mut_obj_add_arr(doc, root, "results");
  for (guint i = 0; i < r->captions->len; i++)
    yyjson_mut_arr_add_str(doc, results, r->captions->pdata[i]);
  yyjson_mut_val *list = yyjson_mut_obj_add_arr(doc, root, "regions");
  for (int i = 0; i < r->found; i++) {
    yyjson_mut_val *one = yyjson_mut_arr_add_obj(doc, list);
    yyjson_mut_obj_add_int(doc, one, "x", r->regions[i].x);
    yyjson_mut_obj_add_int(doc, one, "y", r->regions[i].y);
    yyjson_mut_obj_add_int(doc, one, "width", r->side);
    yyjson_mut_obj_add_int(doc, one, "height", r->side);
    yyjson_mut_obj_add_real(doc, one, "score", r->regions[i].score);
  }
  size_t size;
  char *text = yyjson_mut_write(doc, YYJSON_WRITE_PRETTY, &size);
  bool good = text_file_write(r->options->json, text, size, error);
  free(text);
  yyjson_mut_doc_free(doc);
  return good;
}

/* The picture with all regions in it. */
static bool draw_picture(const regions *r, cli_drawing *drawing, GError **error) {
  g_autoptr(VipsImage) fitted = NULL;
  if (vips_thumbnail_image(r->shown, &fitted, PICTURE, "height", PICTURE, "size", VIPS_SIZE_BOTH,
                           NULL) != 0)
    return cli_fail_vips(error, _("sheet"));
  double scale = (double)fitted->Xsize / r->shown->Xsize;
  bool good = drawing_image(drawing, fitted, GAP, CAPTION, error);
  for (int i = 0; i < r->found && good; i++) {
    char number[8];
    int x = GAP + (int)(r->regions[i].x * scale), y = CAPTION + (int)(r->regions[i].y * scale);
    int side = MAX((int)(r->side * scale), 1);
    g_snprintf(number, sizeof number, "%d", i + 1);
    drawing_outline(drawing, x, y, side, side, 2, MARK);
    drawing_fill(drawing, x, y, 18, 18, MARK);
    good = drawing_text(drawing, number, TEXT, 0, x + 9, y + 9, ALIGN_CENTRE, WHITE, error);
  }
  return good;
}

/* One region of one result, enlarged. */
static bool draw_crop(cli_drawing *drawing, VipsImage *result, const cli_region *region, int side,
                      int x, int y, GError **error) {
  VipsImage *crop = NULL, *fitted = NULL;
  bool good = (vips_crop(result, &crop, region->x, region->y, side, side, NULL) == 0 &&
               vips_thumbnail_image(crop, &fitted, CELL, "height", CELL, "size", VIPS_SIZE_BOTH,
                                    NULL) == 0) ||
              cli_fail_vips(error, _("sheet"));
  good = good && drawing_image(drawing, fitted, x, y, error);
  g_clear_object(&crop);
  g_clear_object(&fitted);
  return good;
}

static bool draw(const regions *r, GError **error) {
  int step = CELL + GAP, columns = (int)r->results->len;
  cli_drawing drawing;
  drawing_init(&drawing, 3 * GAP + PICTURE + 24 + columns * step,
               CAPTION + MAX(PICTURE + GAP, r->found * step));
  bool good = draw_picture(r, &drawing, error);
  int left = 3 * GAP + PICTURE + 24;
  for (int c = 0; c < columns && good; c++)
    good = drawing_text(&drawing, r->captions->pdata[c], TEXT, CELL, left + c * step + CELL / 2,
                        CAPTION / 2, ALIGN_CENTRE, INK, error);
  for (int i = 0; i < r->found && good; i++) {
    char number[8];
    g_snprintf(number, sizeof number, "%d", i + 1);
    good = drawing_text(&drawing, number, TEXT + 3, 0, left - 16, CAPTION + i * step + CELL / 2,
                        ALIGN_CENTRE, MARK, error);
    for (int c = 0; c < columns && good; c++)
      good = draw_crop(&drawing, r->results->pdata[c], &r->regions[i], r->side, left + c * step,
                       CAPTION + i * step, error);
  }
  good = good && drawing_write(&drawing, r->options->output, r->cancel, error);
  drawing_clear(&drawing);
  return good;
}

static bool run(const void *data, GError **error) {
  const options *o = data;
  regions r = {
    .options = o,
    .cancel = interrupt_catch(),
    .results = g_ptr_array_new_with_free_func(g_object_unref),
    .captions = g_ptr_array_new_with_free_func(g_free),
  };
  bool good = (!o->output || file_output_format(o->output, error)) &&
              (!o->json || file_check_place(o->json, error)) &&
              (o->with ? restore_results(&r, error) : read_results(&r, error)) && search(&r, error);
  if (good) {
    print_table(&r);
    good = (!o->json || write_json(&r, error)) && (!o->output || draw(&r, error));
  }
  g_ptr_array_unref(r.results);
  g_ptr_array_unref(r.captions);
  g_clear_object(&r.shown);
  return good;
}

static void clear(void *data) {
  options *o = data;
  g_strfreev(o->paths);
  g_strfreev(o->with);
  g_free(o->common);
  g_free(o->output);
  g_free(o->json);
}

const cli_tool regions_tool = {sizeof(options), offsetof(options, threads), parse, run, clear};
