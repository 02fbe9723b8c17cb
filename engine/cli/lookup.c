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

/* The sum of a file that is known to be a model, and no larger than one may be. */
static bool hash_model(const char *path, char **sha256, GError **error) {
  char *bytes;
  gsize size;
  if (!g_file_get_contents(path, &bytes, &size, error))
    return false;
  *sha256 = g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *) bytes, size);
  g_free(bytes);
  return true;
}

rst_model *lookup_model(const rst_parameters *parameters, const rst_preset *preset, char **sha256,
                        GError **error) {
  char path[4096];
  rst_error cause = RST_ERROR_INIT;
  rst_model *model = NULL;
  if (rst_find(RST_KIND_MODEL, parameters->model, path, sizeof path, &cause) == RST_OK &&
      rst_model_read(path, &model, &cause) == RST_OK &&
      (preset == NULL || rst_preset_check(preset, model, &cause) == RST_OK) &&
      rst_parameters_check(parameters, model, &cause) == RST_OK) {
    if (sha256 == NULL || hash_model(path, sha256, error))
      return model;
  } else {
    cli_fail_engine(error, &cause);
  }
  rst_model_unref(model);
  return NULL;
}
