/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "restore/resample.h"

#include <glib/gi18n.h>

#include "base/error.h"
#include "failure.h"

enum { BAND = 1 << 18 }; /* pixels or samples at a time, at least a row */

/* Pixels of a view, and their coverage: 0 where they are transparent. */
static void read_rows(const rst_picture *view, int x, int y, int width, int rows, float *rgba,
                      float *coverage) {
  view->read(view->user, x, y, width, rows, rgba);
  for (int i = 0; i < width * rows; i++)
    coverage[i] = 1;
  if (view->read_coverage)
    view->read_coverage(view->user, x, y, width, rows, coverage);
  for (int i = 0; i < width * rows; i++)
    if (rgba[4 * i + 3] <= 0)
      coverage[i] = 0;
}

bool resample_restore(rst_session *session, rst_model *model, const rst_parameters *parameters,
                      cli_picture *picture, cli_picture *sized, const rst_plan *plan,
                      const rst_hooks *hooks, int64_t *points, GError **error) {
  rst_error cause = RST_ERROR_INIT;
  rst_picture view, samples;
  rst_grid grid;
  rst_encoding *encoding = NULL;
  rst_hint_field *hints = NULL;
  const rst_part *part = &plan->parts[0];
  picture_view(picture, &view);
  picture_view(sized, &samples);
  int width = samples.width, height = samples.height, band = CLAMP(BAND / width, 1, height);
  rst_grid_samples(&grid, picture->x, picture->y, picture->patch->Xsize, picture->patch->Ysize,
                   width, height);
  float *rgba = g_new(float, (size_t)4 * width * band);
  float *coverage = g_new(float, (size_t)width *band);
  float *colours = g_new(float, (size_t)3 * width * band);
  float *luma = g_new(float, (size_t)width *band);
  rst_hooks silent = {.size = sizeof silent, .cancel = hooks->cancel};
  /* Mode full draws what lies between the pixels; the others colour the resampled picture. */
  bool on_pixels = part->mode != RST_MODE_FULL ||
                   (width == picture->patch->Xsize && height == picture->patch->Ysize);
  bool good =
    rst_encode_window(session, model, parameters, &view, &part->window, &silent, &encoding,
                      &cause) == RST_OK &&
    rst_hint_field_read(session, parameters, &view, part, hooks->cancel, &hints, &cause) == RST_OK;
  *points = 0;
  for (int row = 0; row < height && good; row += band) {
    rst_grid rows = grid;
    rows.rows = MIN(band, height - row);
    rows.y = grid.y + row * grid.dy;
    rows.row = grid.row + row * grid.row_step;
    read_rows(&samples, 0, row, width, rows.rows, rgba, coverage);
    if (on_pixels) {
      rst_pixel_luma((size_t)width * (size_t)rows.rows, rgba,
                     parameters->hide_region ? coverage : NULL, luma);
      rows.luma = luma;
    }
    good = rst_sample(session, encoding, parameters, &rows, coverage, colours, &silent, &cause) ==
           RST_OK;
    if (!good)
      break;
    for (int i = 0; i < width * rows.rows; i++)
      if (coverage[i] > 0) {
        rst_mix(part->mode, parameters->saturation, 1, rgba + 4 * i, colours + 3 * i,
                colours + 3 * i);
        ++*points;
      }
    rst_hint_field_apply(hints, &rows, rgba, coverage, colours);
    samples.write(samples.user, 0, row, width, rows.rows, colours, coverage);
    hooks->progress(hooks->user, RST_PHASE_SAMPLING, (double)(row + rows.rows) / height);
  }
  g_free(rgba);
  g_free(coverage);
  g_free(colours);
  g_free(luma);
  rst_hint_field_free(hints);
  rst_encoding_unref(encoding);
  return good || cli_fail_engine(error, &cause);
}
