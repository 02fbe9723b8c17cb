/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/info_picture.h"

#include <glib/gi18n.h>

#include "base/error.h"
#include "base/fields.h"
#include "io/file.h"
#include "io/picture_kind.h"
#include "io/record.h"

/* What is not a parameter's default, "NAME VALUE" each. */
static char *parameters_text(const rst_parameters *parameters) {
  size_t count;
  const rst_parameter *table = rst_parameter_table(&count);
  rst_parameters defaults;
  rst_parameters_init(&defaults);
  GString *text = g_string_new(NULL);
  for (size_t i = 0; i < count; i++) {
    char value[RST_TEXT_MAX], initial[RST_TEXT_MAX];
    rst_parameters_get(parameters, table[i].name, value, sizeof value, NULL);
    rst_parameters_get(&defaults, table[i].name, initial, sizeof initial, NULL);
    if (table[i].type != RST_TYPE_TEXT && g_strcmp0(value, initial) != 0)
      g_string_append_printf(text, "%s%s %s", text->len == 0 ? "" : ", ", table[i].name, value);
  }
  return g_string_free(text, FALSE);
}

static char *windows_text(const rst_record *record) {
  GString *text = g_string_new(NULL);
  for (int i = 0; i < record->window_count; i++)
    g_string_append_printf(text, "%s%d,%d,%d", i == 0 ? "" : " ", record->windows[i].x,
                           record->windows[i].y, record->windows[i].side);
  return g_string_free(text, FALSE);
}

/* What was done before the picture got colour; NULL: nothing. */
static char *photo_text(const rst_record *record) {
  GString *text = g_string_new(NULL);
  if (record->damage)
    g_string_append_printf(text, _("damage mended at the sensitivity %g"), record->sensitivity);
  if (record->marked)
    g_string_append_printf(text, _("%sdamage marked by hand"), text->len > 0 ? ", " : "");
  if (record->tone)
    g_string_append_printf(text, _("%stone corrected by %g"), text->len > 0 ? ", " : "",
                           record->tone_strength);
  if (record->photo && !record->colour)
    g_string_append_printf(text, _("%sno colour"), text->len > 0 ? ", " : "");
  return g_string_free(text, text->len == 0);
}

static void print_record(const rst_record *record, int number, int count) {
  g_autofree char *heading =
    g_strdup_printf(_("%d of %d, by version %s"), number, count, record->version);
  g_autofree char *parameters = parameters_text(record->parameters);
  g_autofree char *box = g_strdup_printf("%d,%d,%dx%d", record->box.x, record->box.y,
                                         record->box.width, record->box.height);
  g_autofree char *windows = windows_text(record);
  g_autofree char *mask =
    *record->mask == '\0' || *record->mask_sha256 == '\0'
      ? g_strdup(record->mask)
      : g_strdup_printf(_("%s, SHA-256 %s"), record->mask, record->mask_sha256);
  g_autofree char *size =
    record->width == 0 ? NULL : g_strdup_printf("%dx%d", record->width, record->height);
  print_field(_("restored"), heading);
  g_autofree char *photo = photo_text(record);
  print_field(_("photograph"), photo);
  print_field(_("model"), record->parameters->model);
  print_field(_("SHA-256"), record->sha256);
  print_field(_("preset"), record->preset);
  print_field(_("parameters"), *parameters == '\0' ? _("the defaults") : parameters);
  print_field(_("region"), box);
  print_field(_("windows"), windows);
  print_field(_("mask"), mask);
  print_field(_("at the size"), size);
  print_field(_("output"), record->output == RST_OUTPUT_NEW_LAYER ? _("a new layer") : NULL);
}

static bool print_history(const char *history, GError **error) {
  rst_error cause = RST_ERROR_INIT;
  int count = 1;
  for (int i = 0; i < count; i++) {
    rst_record record = {.size = sizeof record};
    rst_parameters parameters;
    rst_parameters_init(&parameters);
    if (rst_record_read(history, i, &record, &parameters, &count, &cause) != RST_OK)
      return cli_fail_engine(error, &cause);
    print_record(&record, i + 1, count);
  }
  return true;
}

/* Of a picture that cannot be read it is left out; its header may say enough. */
static void print_kind(VipsImage *image) {
  rst_picture_kind kind;
  double sure;
  if (!picture_kind_read(image, NULL, &kind, &sure, NULL))
    return;
  g_autofree char *text =
    g_strdup_printf(_("%s (sure by %.2f of 1)"), picture_kind_name(kind), sure);
  print_field(_("colours"), text);
}

bool info_picture(const char *path, GError **error) {
  g_autoptr(VipsImage) image = file_open(path, error);
  if (!image)
    return false;
  g_autofree char *size = g_strdup_printf(_("%d × %d"), image->Xsize, image->Ysize);
  g_autofree char *channels =
    g_strdup_printf(_("%d of %d bits"), image->Bands, 8 * (int)vips_format_sizeof(image->BandFmt));
  g_autofree char *history = record_read(image);
  print_field(_("file"), path);
  print_field(_("size"), size);
  print_field(_("channels"), channels);
  print_kind(image);
  bool good = true;
  if (!history)
    print_field(_("restored"), _("no record"));
  else
    good = print_history(history, error);
  return good;
}
