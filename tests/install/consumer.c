/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * consumer MODEL: a program of someone else's, built with pkg-config alone. Restores one point of a
 * grey window and prints it.
 */
#include <restorator.h>
#include <stdio.h>
#include <stdlib.h>

static int fail(const rst_error *error) {
  fprintf(stderr, "%s\n", error->message);
  return 1;
}

int main(int argc, char **argv) {
  rst_error error = RST_ERROR_INIT;
  rst_parameters parameters;
  rst_window window = {0, 0, 64};
  rst_model_info info = {.size = sizeof info};
  rst_model *model;
  rst_session *session;
  rst_encoding *encoding;
  rst_grid grid;
  float colour[3] = {-1, -1, -1};
  float *values;

  rst_parameters_init(&parameters);
  if (argc != 2 || rst_model_read(argv[1], &model, &error) != RST_OK ||
      rst_session_new(1, &session, &error) != RST_OK)
    return fail(&error);
  rst_model_get_info(model, &info);
  values = calloc((size_t)info.input_size * (size_t)info.input_size, sizeof *values);
  if (rst_encode_values(session, model, values, &window, NULL, &encoding, &error) != RST_OK)
    return fail(&error);
  rst_grid_pixels(&grid, 31, 31, 1, 1);
  if (rst_sample(session, encoding, &parameters, &grid, NULL, colour, NULL, &error) != RST_OK)
    return fail(&error);
  printf("%s %.3f %.3f %.3f\n", rst_version(), colour[0], colour[1], colour[2]);
  free(values);
  rst_encoding_unref(encoding);
  rst_session_free(session);
  rst_model_unref(model);
  return 0;
}
