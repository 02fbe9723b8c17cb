/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/record.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "io/file.h"
#include "io/xmp.h"

static const char *get_xmp(VipsImage *image, size_t *size) {
  const void *bytes = NULL;
  *size = 0;
  if (vips_image_get_typeof(image, VIPS_META_XMP_NAME) != 0)
    vips_image_get_blob(image, VIPS_META_XMP_NAME, &bytes, size);
  return bytes;
}

char *record_read(VipsImage *image) {
  size_t size;
  const char *xmp = get_xmp(image, &size);
  return xmp_get_history(xmp, size);
}

bool record_add(VipsImage *image, const rst_record *record, size_t limit, GError **error) {
  rst_error cause = RST_ERROR_INIT;
  char *before = record_read(image), *after = NULL;
  rst_status status = rst_record_append(before, record, &after, &cause);
  g_free(before);
  if (status != RST_OK)
    return cli_fail_engine(error, &cause);
  size_t size;
  const char *xmp = get_xmp(image, &size);
  g_autofree char *packet = xmp_set_history(xmp, size, after);
  free(after);
  if (!packet)
    g_set_error_literal(error, CLI_ERROR, CLI_FAILED, _("its XMP is malformed"));
  else if (strlen(packet) > limit)
    g_set_error_literal(error, CLI_ERROR, CLI_FAILED, _("its XMP is as long as it can be"));
  else
    vips_image_set_blob_copy(image, VIPS_META_XMP_NAME, packet, strlen(packet));
  return packet && strlen(packet) <= limit;
}

/* A later version may have understood the same words differently. */
static bool check_version(const rst_record *record, const char *path, GError **error) {
  int done[3], own[3];
  bool known = sscanf(record->version, "%d.%d.%d", &done[0], &done[1], &done[2]) == 3;
  sscanf(rst_version(), "%d.%d.%d", &own[0], &own[1], &own[2]);
  for (int i = 0; known && i < 3; i++)
    if (done[i] > own[i])
      break;
    else if (done[i] < own[i] || i == 2)
      return true;
  g_set_error(error, CLI_ERROR, CLI_FAILED,
              _("%s: was restored by version %s, which this one, %s, does not know"), path,
              record->version, rst_version());
  return false;
}

bool record_open(const char *path, rst_record *record, rst_parameters *parameters, GError **error) {
  rst_error cause = RST_ERROR_INIT;
  VipsImage *image = file_open(path, error);
  if (!image)
    return false;
  g_autofree char *history = record_read(image);
  g_object_unref(image);
  bool good = false;
  *record = (rst_record){.size = sizeof *record};
  rst_parameters_init(parameters);
  if (!history)
    g_set_error(error, CLI_ERROR, CLI_FAILED, _("%s: holds no record of what was restored"), path);
  else if (rst_record_read(history, -1, record, parameters, NULL, &cause) != RST_OK)
    cli_fail_engine(error, &cause);
  else
    good = check_version(record, path, error);
  return good;
}
