/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Restores a picture in memory.
 */
#include <restorator.h>
#include <stdio.h>
#include <stdlib.h>

static bool restore(int width, int height, const float *rgba, float *result) {
  rst_pixels pixels = {width, height, rgba, NULL, result};
  rst_error error = RST_ERROR_INIT;
  rst_plan plan = {.size = sizeof plan};
  rst_session *session = NULL;
  rst_model *model = NULL;
  rst_parameters parameters;
  rst_picture picture;
  char path[4096];

  rst_parameters_init(&parameters);
  rst_picture_from_memory(&picture, &pixels);
  if (rst_session_new(0, &session, &error) != RST_OK ||
      rst_find(RST_KIND_MODEL, parameters.model, path, sizeof path, &error) != RST_OK ||
      rst_model_read(path, &model, &error) != RST_OK ||
      rst_plan_region(&parameters, &picture, NULL, &plan, &error) != RST_OK ||
      rst_restore(session, model, &parameters, &picture, &plan, NULL, &error) != RST_OK)
    fprintf(stderr, "%s\n", error.message);
  rst_model_unref(model);
  rst_session_free(session);
  return error.code == RST_OK;
}

int main(void) {
  enum { SIDE = 48, PIXELS = SIDE * SIDE };
  static float rgba[4 * PIXELS], result[3 * PIXELS];

  for (int i = 0; i < 4 * PIXELS; i++) /* grey, lighter to the right, opaque */
    rgba[i] = i % 4 == 3 ? 1 : 0.2f + 0.6f * (float)(i / 4 % SIDE) / SIDE;
  if (!restore(SIDE, SIDE, rgba, result))
    return EXIT_FAILURE;
  printf("the pixel in the middle is now %.3f %.3f %.3f\n", result[3 * (PIXELS + SIDE) / 2],
         result[3 * (PIXELS + SIDE) / 2 + 1], result[3 * (PIXELS + SIDE) / 2 + 2]);
  return EXIT_SUCCESS;
}
