/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * compare: a sheet of pictures under several models and setups, side by side.
 */
#include <glib/gi18n.h>
#include <stddef.h>
#include <string.h>

#include "measure/drawing.h"
#include "measure/column.h"
#include "commands/commands.h"
#include "base/common_options.h"
#include "base/error.h"
#include "io/image_source.h"
#include "io/file.h"
#include "measure/raster.h"
#include "base/interrupt.h"
#include "base/progress.h"

enum { GAP = 8, CAPTION = 46, TEXT = 13, INK = 0x202020 }; /* pixels */

typedef struct options {
  char **paths, **with;
  char *output, *common;
  int cell, threads;
  gboolean input, no_original, progress;
} options;

/* A row of the sheet: images in the order of the captions. */
typedef struct row {
  GPtrArray *images;
  int height;
} row;

static bool check(const options *o, GError **error) {
  const char *fault = NULL;
  if (!o->paths)
    fault = _("a picture is needed, or several");
  else if (!o->output)
    fault = _("--output is needed: the sheet to write");
  else
    fault = cell_fault(o->cell);
  return tool_check(fault, error);
}

static bool parse(void *data, int argc, char **argv, GError **error) {
  options *o = data;
  *o = (options){.cell = 256};
  const GOptionEntry entries[] = {
    {"output", 'o', 0, G_OPTION_ARG_FILENAME, &o->output, N_("Write the sheet into this file"),
     N_("FILE")},
    {"with", 'w', 0, G_OPTION_ARG_FILENAME_ARRAY, &o->with,
     N_("A column: options of restore in one text, after “CAPTION:” if it is to have one of its "
        "own; may be repeated [each model that is found]"),
     N_("WORDS")},
    OPTION_COMMON(&o->common),
    OPTION_CELL(&o->cell, N_("Fit pictures into squares of so many pixels [256]")),
    {"input", 0, 0, G_OPTION_ARG_NONE, &o->input,
     N_("Show what the network of the first column sees"), NULL},
    {"no-original", 0, 0, G_OPTION_ARG_NONE, &o->no_original,
     N_("Leave out the pictures as they are"), NULL},
    OPTION_MEGAPIXELS,
    OPTION_THREADS(&o->threads),
    OPTION_PROGRESS(&o->progress),
    OPTION_PATHS(&o->paths),
    G_OPTION_ENTRY_NULL,
  };
  const char *summary =
    _("Restores pictures under several models and setups and shows the results side by side: a\n"
      "row for each picture, a column for each setup. For example:\n"
      "restorator compare face.jpg -o sheet.jpg --with 'DDPM: --preset ddpm' --with '--preset b'");
  return tool_parse(entries, _("PICTURE… --output FILE"), summary, argc, argv, error) &&
         check(o, error);
}

static char *passes_text(const cli_column *column) {
  int passes = 1;
  if (column->job.info.process == RST_SINGLE_PASS)
    return g_strdup(_("single pass"));
  rst_parameters_steps(&column->job.parameters, column->job.model, NULL, &passes, NULL);
  return g_strdup_printf(ngettext("%d pass", "%d passes", (gulong)passes), passes);
}

static GPtrArray *make_captions(const options *o, const GPtrArray *columns) {
  GPtrArray *captions = g_ptr_array_new_with_free_func(g_free);
  const cli_column *first = columns->pdata[0];
  if (!o->no_original)
    g_ptr_array_add(captions, g_strdup(_("picture")));
  if (o->input)
    g_ptr_array_add(captions,
                    g_strdup_printf(_("what the network sees\n%d × %d"), first->job.info.input_size,
                                    first->job.info.input_size));
  for (guint i = 0; i < columns->len; i++) {
    g_autofree char *passes = passes_text(columns->pdata[i]);
    g_autofree char *name =
      g_filename_display_name(((const cli_column *)columns->pdata[i])->caption);
    g_ptr_array_add(captions, g_strdup_printf("%s\n%s", name, passes));
  }
  return captions;
}

/* What the encoder saw of the part's window, a grey square. */
static VipsImage *input_image(const cli_column *column, const char *path, const rst_plan *plan,
                              GError **error) {
  rst_error cause = RST_ERROR_INIT;
  rst_encoding *encoding = NULL;
  cli_raster raster;
  VipsImage *image = NULL;
  if (!raster_read(&raster, path, column->job.cancel, error))
    return NULL;
  if (raster_encode(&raster, column->job.session, column->job.model, &plan->parts[0].window,
                    column->job.cancel, &encoding, &cause) != RST_OK) {
    cli_fail_engine(error, &cause);
  } else {
    int size;
    const float *values = rst_encoding_input(encoding, &size);
    g_autofree guint8 *levels = g_malloc((gsize)size * size);
    for (int i = 0; i < size * size; i++)
      levels[i] = (guint8)(CLAMP((values[i] + 1) / 2, 0, 1) * 255 + 0.5f);
    image =
      vips_image_new_from_memory_copy(levels, (gsize)size * size, size, size, 1, VIPS_FORMAT_UCHAR);
    if (!image)
      cli_fail_vips(error, path);
    else
      image->Type = VIPS_INTERPRETATION_B_W;
  }
  rst_encoding_unref(encoding);
  raster_clear(&raster);
  return image;
}

/* Adds an image to the row, fitted into the cell. Takes the reference. */
static bool add_image(row *r, VipsImage *image, int cell, GError **error) {
  VipsImage *fitted = NULL, *pixels = NULL;
  if (vips_thumbnail_image(image, &fitted, cell, "height", cell, "size", VIPS_SIZE_BOTH, NULL) == 0)
    pixels = vips_image_copy_memory(fitted);
  g_clear_object(&fitted);
  g_object_unref(image);
  if (!pixels)
    return cli_fail_vips(error, _("sheet"));
  r->height = MAX(r->height, pixels->Ysize);
  g_ptr_array_add(r->images, pixels);
  return true;
}

static bool restore_row(const options *o, const GPtrArray *columns, const char *path, row *r,
                        GError **error) {
  bool good = true;
  for (guint i = 0; i < columns->len && good; i++) {
    const cli_column *column = columns->pdata[i];
    bool first = i == 0 && !o->no_original;
    VipsImage *before = NULL;
    rst_plan plan;
    VipsImage *result = column_restore(column, path, first ? &before : NULL, &plan, error);
    good = result && (!first || add_image(r, before, o->cell, error));
    if (good && i == 0 && o->input) {
      VipsImage *input = input_image(column, path, &plan, error);
      good = input && add_image(r, input, o->cell, error);
    }
    if (good)
      good = add_image(r, result, o->cell, error);
    else
      g_clear_object(&result);
  }
  return good;
}

static bool draw(const options *o, const GPtrArray *captions, const row *rows, int count,
                 rst_cancel *cancel, GError **error) {
  int step = o->cell + GAP, height = CAPTION + GAP;
  cli_drawing drawing;
  bool good = true;
  for (int i = 0; i < count; i++)
    height += rows[i].height + GAP;
  drawing_init(&drawing, (int)captions->len * step + GAP, height);
  for (guint i = 0; i < captions->len && good; i++)
    good =
      drawing_text(&drawing, captions->pdata[i], TEXT, o->cell, GAP + (int)i * step + o->cell / 2,
                   GAP / 2 + CAPTION / 2, ALIGN_CENTRE, INK, error);
  for (int i = 0, y = CAPTION + GAP; i < count; y += rows[i++].height + GAP)
    for (guint c = 0; c < captions->len && good; c++) {
      VipsImage *image = rows[i].images->pdata[c];
      good = drawing_image(&drawing, image, GAP + (int)c * step + (o->cell - image->Xsize) / 2,
                           y + (rows[i].height - image->Ysize) / 2, error);
    }
  good = good && drawing_write(&drawing, o->output, cancel, error);
  drawing_clear(&drawing);
  return good;
}

static bool run(const void *data, GError **error) {
  const options *o = data;
  rst_cancel *cancel = interrupt_catch();
  int count = (int)g_strv_length(o->paths);
  cli_progress progress;
  if (!file_output_format(o->output, error))
    return false;
  GPtrArray *columns = columns_open(o->with, o->common, o->threads, cancel, error);
  if (!columns)
    return false;
  if (columns->len == 0) {
    g_ptr_array_unref(columns);
    g_set_error_literal(error, CLI_ERROR, CLI_FAILED, _("no model is found"));
    return false;
  }
  g_autoptr(GPtrArray) captions = make_captions(o, columns);
  g_autofree row *rows = g_new0(row, count);
  bool good = true;
  progress_init(&progress, o->progress, false);
  for (int i = 0; i < count; i++)
    rows[i].images = g_ptr_array_new_with_free_func(g_object_unref);
  for (int i = 0; i < count && good; i++) {
    good = restore_row(o, columns, o->paths[i], &rows[i], error);
    progress_update(&progress, RST_PHASE_SAMPLING, (i + 1.0) / count);
  }
  progress_end(&progress);
  good = good && draw(o, captions, rows, count, cancel, error);
  for (int i = 0; i < count; i++)
    g_ptr_array_unref(rows[i].images);
  g_ptr_array_unref(columns);
  return good;
}

static void clear(void *data) {
  options *o = data;
  g_strfreev(o->paths);
  g_strfreev(o->with);
  g_free(o->output);
  g_free(o->common);
}

const cli_tool compare_tool = {sizeof(options), offsetof(options, threads), parse, run, clear};
