/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any bytes as a model file: refused, or a network that encodes and samples, and restores a region.
 */
#include "fuzz.h"

#include <stdlib.h>

#include "restorator.h"

/* A network that asks for much work would make each run slow and show nothing new. */
enum { INPUT_MAX = 16, STEPS = 2 };

static void use(rst_model *model, int input_size, int steps) {
  const rst_window window = {0, 0, 4};
  rst_session *session;
  rst_encoding *encoding;
  rst_parameters parameters;
  rst_grid grid;
  float *values = calloc((size_t)(input_size * input_size), sizeof *values), colours[12];

  rst_parameters_init(&parameters);
  parameters.step_skip = steps > 0 ? steps : 1;
  parameters.start = steps > STEPS ? STEPS : steps;
  rst_grid_pixels(&grid, 1, 1, 2, 2);
  if (rst_session_new(1, &session, NULL) != RST_OK)
    abort();
  if (rst_encode_values(session, model, values, &window, NULL, &encoding, NULL) != RST_OK ||
      rst_sample(session, encoding, &parameters, &grid, NULL, colours, NULL, NULL) != RST_OK)
    abort();
  rst_encoding_unref(encoding);
  rst_session_free(session);
  free(values);
}

/* All the way from a file to a region's pixels: hidden, filled and matched where the bytes
 * say so. */
static void restore(rst_model *model, int steps, size_t choice) {
  enum { WIDTH = 6, HEIGHT = 5 };
  float rgba[4 * WIDTH * HEIGHT], coverage[WIDTH * HEIGHT], result[3 * WIDTH * HEIGHT];
  rst_pixels pixels = {WIDTH, HEIGHT, rgba, coverage, result};
  rst_plan plan = {.size = sizeof plan};
  rst_session *session;
  rst_picture picture;
  rst_parameters parameters;

  for (int i = 0; i < 4 * WIDTH * HEIGHT; i++)
    rgba[i] = i % 4 == 3 ? 1 : (float)(i * 7 % 11) / 10;
  for (int i = 0; i < WIDTH * HEIGHT; i++)
    coverage[i] = i % WIDTH > 1 && i / WIDTH > 1 ? 1 : 0;
  rst_picture_from_memory(&picture, &pixels);
  rst_parameters_init(&parameters);
  parameters.step_skip = steps > 0 ? steps : 1;
  parameters.start = steps > STEPS ? STEPS : steps;
  parameters.context = 2;
  parameters.hide_region = choice % 2 == 1;
  parameters.match = choice % 4 > 1 ? RST_MATCH_ON : RST_MATCH_AUTO;
  if (rst_session_new(1, &session, NULL) != RST_OK ||
      rst_plan_region(&parameters, &picture, NULL, &plan, NULL) != RST_OK)
    abort();
  if (rst_restore(session, model, &parameters, &picture, &plan, NULL, NULL) != RST_OK)
    abort();
  rst_session_free(session);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  rst_error error = RST_ERROR_INIT;
  rst_model_info info = {.size = sizeof info};
  rst_model *model;

  if (rst_model_parse(data, size, &model, &error) != RST_OK) {
    if (error.code == RST_OK || error.message[0] == '\0')
      abort();
    return 0;
  }
  rst_model_get_info(model, &info);
  if (info.input_size <= INPUT_MAX) {
    use(model, info.input_size, info.steps);
    restore(model, info.steps, size);
  }
  rst_model_unref(model);
  return 0;
}
