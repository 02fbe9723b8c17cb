/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "measure/trial.h"

#include <string.h>
#include <time.h>

#include "measure/colour.h"
#include "measure/true_hints.h"
#include "measure/resize.h"

enum { BAND = 1 << 18 }; /* points at a time, at least a row */

static int64_t size_of(const cli_raster *raster) {
  return (int64_t)raster->width * raster->height;
}

/* Marks `pixels` of the points, each set of them as likely as any other. */
static void draw_points(cli_trial *t, int pixels, int seed) {
  int64_t left = size_of(&t->truth);
  t->points = left;
  if (pixels <= 0 || pixels >= left)
    return;
  t->points = pixels;
  t->coverage = g_new0(float, left);
  g_autoptr(GRand) random = g_rand_new_with_seed((guint32)seed);
  for (int64_t i = 0; pixels > 0; i++, left--)
    if (g_rand_double(random) * (double)left < pixels) {
      t->coverage[i] = 1;
      pixels--;
    }
}

static bool is_compared(const cli_trial *t, int64_t i) {
  return !t->coverage || t->coverage[i] > 0;
}

static double squared_error(const float *colour, const float *truth) {
  double sum = 0;
  for (int c = 0; c < 3; c++) {
    double difference = CLAMP(colour[c], 0, 1) - truth[c];
    sum += difference * difference / 3;
  }
  return sum;
}

static void measure_bicubic(cli_trial *t) {
  int size;
  const float *input = rst_encoding_input(t->encoding, &size);
  g_autofree float *grey = g_new(float, size *size);
  g_autofree float *enlarged = g_new(float, TRIAL_SIDE *TRIAL_SIDE);
  for (int i = 0; i < size * size; i++)
    grey[i] = (input[i] + 1) / 2;
  resize(grey, size, size, 1, enlarged, TRIAL_SIDE, TRIAL_SIDE);
  double sum = 0;
  for (int i = 0; i < TRIAL_SIDE * TRIAL_SIDE; i++)
    if (is_compared(t, i)) {
      const float colour[3] = {enlarged[i], enlarged[i], enlarged[i]};
      sum += squared_error(colour, t->truth.rgba + 4 * i);
    }
  t->bicubic = sum / (double)t->points;
}

static void make_grey(const cli_raster *raster, cli_raster *grey) {
  *grey = *raster;
  grey->rgba = g_new(float, 4 * size_of(raster));
  for (int64_t i = 0; i < size_of(raster); i++) {
    const float *from = raster->rgba + 4 * i;
    float *to = grey->rgba + 4 * i;
    to[0] = to[1] = to[2] = 0.2989f * from[0] + 0.5870f * from[1] + 0.1140f * from[2];
    to[3] = 1;
  }
}

rst_status trial_init(cli_trial *t, cli_protocol protocol, const cli_raster *raster, int pixels,
                      int seed, rst_session *session, rst_model *model, rst_cancel *cancel,
                      rst_error *error) {
  *t = (cli_trial){.protocol = protocol};
  int side = MAX(raster->width, raster->height);
  rst_window window = {(raster->width - side) / 2, (raster->height - side) / 2, side};
  cli_raster square;
  raster_square(raster, &square);
  if (protocol == PROTOCOL_REFERENCE) {
    raster_resize(&square, TRIAL_SIDE, TRIAL_SIDE, &t->truth);
    window = (rst_window){0, 0, TRIAL_SIDE};
  } else {
    t->truth = *raster;
    t->truth.rgba = g_memdup2(raster->rgba, sizeof(float) * 4 * (gsize)size_of(raster));
    make_grey(raster, &t->grey);
    t->luma = g_new(float, size_of(raster));
    rst_pixel_luma((size_t)size_of(raster), t->grey.rgba, NULL, t->luma);
  }
  raster_clear(&square);
  draw_points(t, pixels, seed);
  rst_status status = raster_encode(protocol == PROTOCOL_REFERENCE ? &t->truth : &t->grey, session,
                                    model, &window, cancel, &t->encoding, error);
  if (status != RST_OK)
    trial_clear(t);
  else if (protocol == PROTOCOL_REFERENCE)
    measure_bicubic(t);
  return status;
}

void trial_clear(cli_trial *t) {
  raster_clear(&t->truth);
  raster_clear(&t->grey);
  rst_encoding_unref(t->encoding);
  g_clear_pointer(&t->coverage, g_free);
  g_clear_pointer(&t->luma, g_free);
  t->encoding = NULL;
}

static double processor_seconds(void) {
  struct timespec time;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static void add_colour(const float *grey, const float *colour, const float *truth,
                       cli_figures *sums) {
  double restored[3], plain[3], true_lab[3];
  colour_lab(colour, restored);
  colour_lab(grey, plain);
  colour_lab(truth, true_lab);
  sums->ciede2000 += colour_difference(restored, true_lab);
  sums->ciede2000_grey += colour_difference(plain, true_lab);
  sums->chroma += colour_chroma(restored);
  sums->chroma_truth += colour_chroma(true_lab);
}

/* Restores some rows and joins them with the picture. */
static rst_status restore_rows(const cli_trial *t, rst_session *session,
                               const rst_parameters *parameters, int row, int rows, float *colours,
                               rst_cancel *cancel, cli_figures *sums, rst_error *error) {
  rst_hooks hooks = {.size = sizeof hooks, .cancel = cancel};
  rst_grid grid;
  int width = t->truth.width;
  int64_t first = (int64_t)row * width;
  rst_grid_pixels(&grid, 0, row, width, rows);
  if (t->luma)
    grid.luma = t->luma + first;
  double start = processor_seconds();
  rst_status status = rst_sample(session, t->encoding, parameters, &grid,
                                 t->coverage ? t->coverage + first : NULL, colours, &hooks, error);
  sums->seconds += processor_seconds() - start;
  for (int64_t i = 0; i < (int64_t)rows * width && status == RST_OK; i++)
    if (t->protocol == PROTOCOL_COLOUR && is_compared(t, first + i))
      rst_mix(RST_MODE_COLOUR, parameters->saturation, 1, t->grey.rgba + 4 * (first + i),
              colours + 3 * i, colours + 3 * i);
  return status;
}

/* Adds what some rows come to. */
static void add_rows(const cli_trial *t, int row, int rows, const float *colours,
                     cli_figures *sums) {
  int width = t->truth.width;
  int64_t first = (int64_t)row * width;
  for (int64_t i = 0; i < (int64_t)rows * width; i++) {
    const float *truth = t->truth.rgba + 4 * (first + i);
    if (!is_compared(t, first + i))
      continue;
    if (t->protocol == PROTOCOL_REFERENCE)
      sums->mse += squared_error(colours + 3 * i, truth);
    else
      add_colour(t->grey.rgba + 4 * (first + i), colours + 3 * i, truth, sums);
  }
}

/* Of a picture's sums. */
static cli_figures means(const cli_trial *t, const cli_figures *sums) {
  double points = (double)t->points;
  return (cli_figures){
    .mse = sums->mse / points,
    .bicubic = t->bicubic,
    .ciede2000 = sums->ciede2000 / points,
    .ciede2000_grey = sums->ciede2000_grey / points,
    .ciede2000_unhinted = sums->ciede2000_unhinted,
    .chroma = sums->chroma / points,
    .chroma_truth = sums->chroma_truth / points,
    .seconds = sums->seconds,
  };
}

static rst_parameters own_seed(const rst_parameters *parameters, int index) {
  rst_parameters own = *parameters;
  own.seed = (int)(((gint64)own.seed + index) & G_MAXINT32);
  return own;
}

rst_status trial_measure(const cli_trial *t, rst_session *session, const rst_parameters *parameters,
                         int index, rst_cancel *cancel, cli_figures *figures, rst_error *error) {
  int width = t->truth.width, height = t->truth.height, band = CLAMP(BAND / width, 1, height);
  float *colours = g_new(float, (gsize)3 * width * band);
  cli_figures sums = {0};
  rst_status status = RST_OK;
  rst_parameters own = own_seed(parameters, index);
  for (int row = 0; row < height && status == RST_OK; row += band) {
    int rows = MIN(band, height - row);
    status = restore_rows(t, session, &own, row, rows, colours, cancel, &sums, error);
    if (status == RST_OK)
      add_rows(t, row, rows, colours, &sums);
  }
  g_free(colours);
  *figures = means(t, &sums);
  return status;
}

rst_status trial_measure_hinted(const cli_trial *t, rst_session *session,
                                const rst_parameters *parameters, int index, int count,
                                rst_cancel *cancel, rst_hint *hints, cli_figures *figures,
                                rst_error *error) {
  int width = t->truth.width, height = t->truth.height, band = CLAMP(BAND / width, 1, height);
  float *colours = g_new(float, (gsize)3 * width * height);
  cli_figures sums = {0};
  rst_status status = RST_OK;
  rst_parameters own = own_seed(parameters, index);
  double ciede2000[2] = {0};
  for (int row = 0; row < height && status == RST_OK; row += band)
    status = restore_rows(t, session, &own, row, MIN(band, height - row),
                          colours + (gsize)3 * row * width, cancel, &sums, error);
  if (status == RST_OK)
    status = true_hints_give(&t->truth, &t->grey, count, session, cancel, colours, hints, ciede2000,
                             error);
  if (status == RST_OK)
    add_rows(t, 0, height, colours, &sums);
  sums.ciede2000_unhinted = ciede2000[0];
  g_free(colours);
  *figures = means(t, &sums);
  return status;
}
