/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lookup.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdio.h>

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

bool lookup_sum(const char *path, char **sha256, GError **error) {
  guint8 bytes[1 << 14];
  FILE *file = g_fopen(path, "rb");
  if (file == NULL) {
    g_set_error(error, CLI_ERROR, CLI_FAILED, "%s: %s", path, g_strerror(errno));
    return false;
  }
  GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);
  for (size_t count; (count = fread(bytes, 1, sizeof bytes, file)) > 0;)
    g_checksum_update(sum, bytes, (gssize) count);
  bool good = ferror(file) == 0;
  if (good)
    *sha256 = g_strdup(g_checksum_get_string(sum));
  else
    g_set_error(error, CLI_ERROR, CLI_FAILED, "%s: %s", path, g_strerror(errno));
  g_checksum_free(sum);
  fclose(file);
  return good;
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
    if (sha256 == NULL || lookup_sum(path, sha256, error))
      return model;
  } else {
    cli_fail_engine(error, &cause);
  }
  rst_model_unref(model);
  return NULL;
}
