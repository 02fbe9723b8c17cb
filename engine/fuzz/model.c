/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any bytes as a model file: refused, or a network that encodes and samples.
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
  if (info.input_size <= INPUT_MAX)
    use(model, info.input_size, info.steps);
  rst_model_unref(model);
  return 0;
}
