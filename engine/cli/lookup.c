/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lookup.h"

#include "error.h"

rst_preset *lookup_preset(const char *name, GError **error) {
  char path[4096];
  rst_error cause = RST_ERROR_INIT;
  rst_preset *preset = NULL;
  if (rst_find(RST_KIND_PRESET, name, path, sizeof path, &cause) != RST_OK ||
      rst_preset_read(path, &preset, &cause) != RST_OK)
    cli_fail_engine(error, &cause);
  return preset;
}

rst_model *lookup_model(const rst_parameters *parameters, const rst_preset *preset,
                        GError **error) {
  char path[4096];
  rst_error cause = RST_ERROR_INIT;
  rst_model *model = NULL;
  if (rst_find(RST_KIND_MODEL, parameters->model, path, sizeof path, &cause) == RST_OK &&
      rst_model_read(path, &model, &cause) == RST_OK &&
      (preset == NULL || rst_preset_check(preset, model, &cause) == RST_OK) &&
      rst_parameters_check(parameters, model, &cause) == RST_OK)
    return model;
  rst_model_unref(model);
  cli_fail_engine(error, &cause);
  return NULL;
}
