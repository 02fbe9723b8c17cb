/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "layers/history.h"

#include <glib/gi18n.h>
#include <stdlib.h>

#include "messages.h"

#define NAME "restorator-setup"
#define FLAGS (GIMP_PARASITE_PERSISTENT | GIMP_PARASITE_UNDOABLE)

gboolean history_read(GimpImage *image, char **text, GError **error) {
  GimpParasite *parasite = gimp_image_get_parasite(image, NAME);
  guint32 size;
  const char *data;

  *text = NULL;
  if (!parasite)
    return TRUE;
  data = gimp_parasite_get_data(parasite, &size);
  /* Other programs may have ended it with a zero, as GIMP does its comments. */
  if (size > 0 && data[size - 1] == '\0')
    size--;
  if (size == 0 || g_utf8_validate_len(data, size, NULL))
    *text = g_strndup(size > 0 ? data : "", size);
  else
    g_set_error_literal(error, RESTORATOR_ERROR, RST_BAD_RECORD,
                        _("The record of what was done to the picture is damaged: it is not "
                          "text"));
  gimp_parasite_free(parasite);
  return *text != NULL;
}

gboolean history_extend(GimpImage *image, const rst_record *record, char **text, gboolean *damaged,
                        GError **error) {
  g_autofree char *before = NULL;
  rst_error why = RST_ERROR_INIT;
  char *after = NULL;

  *damaged = !history_read(image, &before, NULL);
  if (!*damaged && rst_record_append(before, record, &after, &why) == RST_BAD_RECORD)
    *damaged = TRUE;
  if (*damaged)
    rst_record_append(NULL, record, &after, &why);
  if (!after)
    return messages_fail(&why, error);
  *text = g_strdup(after);
  free(after);
  return TRUE;
}

static gboolean attach(GimpImage *image, const char *name, guint32 size, gconstpointer data) {
  GimpParasite *parasite = gimp_parasite_new(name, FLAGS, size, data);
  const gboolean done = gimp_image_attach_parasite(image, parasite);

  gimp_parasite_free(parasite);
  return done;
}

/* restorator-setup-damaged, or the first of -damaged-2 … that is free. */
static char *spare_name(GimpImage *image) {
  g_auto(GStrv) taken = gimp_image_get_parasite_list(image);
  char *name = g_strdup(NAME "-damaged");

  for (int i = 2; g_strv_contains((const char *const *)taken, name); i++) {
    g_free(name);
    name = g_strdup_printf(NAME "-damaged-%d", i);
  }
  return name;
}

static gboolean set_aside(GimpImage *image) {
  GimpParasite *parasite = gimp_image_get_parasite(image, NAME);
  g_autofree char *name = spare_name(image);
  g_autofree char *message = NULL;
  guint32 size;
  gconstpointer data;
  gboolean done;

  if (!parasite)
    return FALSE;
  data = gimp_parasite_get_data(parasite, &size);
  done = attach(image, name, size, data);
  gimp_parasite_free(parasite);
  message = g_strdup_printf(_("The record of what was done to the picture cannot be read. It was "
                              "kept as the parasite “%s”, and a new one begun"),
                            name);
  if (done)
    gimp_message(message);
  return done;
}

gboolean history_attach(GimpImage *image, const char *text, gboolean damaged) {
  return (!damaged || set_aside(image)) && attach(image, NAME, (guint32)strlen(text), text);
}
