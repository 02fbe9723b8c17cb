/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/lookup.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yyjson.h>

#include "base/error.h"

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
  if (!file) {
    g_set_error(error, CLI_ERROR, CLI_FAILED, "%s: %s", path, g_strerror(errno));
    return false;
  }
  g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
  for (size_t count; (count = fread(bytes, 1, sizeof bytes, file)) > 0;)
    g_checksum_update(sum, bytes, (gssize)count);
  bool good = ferror(file) == 0;
  if (good)
    *sha256 = g_strdup(g_checksum_get_string(sum));
  else
    g_set_error(error, CLI_ERROR, CLI_FAILED, "%s: %s", path, g_strerror(errno));
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
      (!preset || rst_preset_check(preset, model, &cause) == RST_OK) &&
      rst_parameters_check(parameters, model, &cause) == RST_OK) {
    rst_model_info info = {.size = sizeof info};
    rst_model_get_info(model, &info);
    if (sha256)
      *sha256 = g_strdup(info.sha256);
    return model;
  }
  cli_fail_engine(error, &cause);
  rst_model_unref(model);
  return NULL;
}

/* The length of a model file's header, behind the 8 bytes that say it; 0 where there is none. */
static gsize header_size(const char *bytes, gsize size) {
  guint64 length;
  if (size < sizeof length)
    return 0;
  memcpy(&length, bytes, sizeof length);
  length = GUINT64_FROM_LE(length);
  return length <= size - sizeof length ? (gsize)length : 0;
}

/* A header with the description alone for metadata, to be freed; NULL where it is malformed. */
static char *strip_header(const char *text, gsize size) {
  yyjson_doc *read = yyjson_read(text, size, YYJSON_READ_NOFLAG);
  yyjson_mut_doc *doc = yyjson_doc_mut_copy(read, NULL);
  yyjson_mut_val *metadata = yyjson_mut_obj_get(yyjson_mut_doc_get_root(doc), "__metadata__");
  const char *description = yyjson_mut_get_str(yyjson_mut_obj_get(metadata, "restorator"));
  char *stripped = NULL;
  if (description) {
    yyjson_mut_obj_clear(metadata);
    yyjson_mut_obj_add_str(doc, metadata, "restorator", description);
    stripped = yyjson_mut_write(doc, YYJSON_WRITE_NOFLAG, NULL);
  }
  yyjson_mut_doc_free(doc);
  yyjson_doc_free(read);
  return stripped;
}

bool lookup_network_sum(const char *name, char **sha256, GError **error) {
  char path[4096];
  rst_error cause = RST_ERROR_INIT;
  g_autofree char *bytes = NULL;
  gsize size;
  if (rst_find(RST_KIND_MODEL, name, path, sizeof path, &cause) != RST_OK)
    return cli_fail_engine(error, &cause);
  if (!g_file_get_contents(path, &bytes, &size, error))
    return false;
  gsize start = sizeof(guint64), length = header_size(bytes, size);
  char *header = length > 0 ? strip_header(bytes + start, length) : NULL;
  if (header) {
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    g_checksum_update(sum, (const guchar *)header, -1);
    g_checksum_update(sum, (const guchar *)bytes + start + length, (gssize)(size - start - length));
    *sha256 = g_strdup(g_checksum_get_string(sum));
  } else { /* it was one when it was read */
    g_set_error(error, CLI_ERROR, CLI_FAILED, "%s: %s", path, g_strerror(ESTALE));
  }
  bool good = header;
  free(header);
  return good;
}
