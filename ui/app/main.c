/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * restorator-preview: restores a selection of a picture, seen at once. Takes every parameter as an
 * option, under its name.
 */
#include <glib/gi18n.h>
#include <string.h>

#include "language.h"
#include "messages.h"
#include "properties.h"
#include "app/viewer.h"

static int fail(const char *message) {
  g_printerr("restorator-preview: %s\n", message);
  return 1;
}

static gboolean set_parameter(const char *option, const char *value, void *data, GError **error) {
  rst_error why = RST_ERROR_INIT;

  return rst_parameters_set(data, option + strlen("--"), value, &why) == RST_OK ||
         messages_fail(&why, error);
}

/* One option a parameter. The group keeps the entries' strings, which live as long as the table. */
static GOptionGroup *parameter_options(rst_parameters *parameters) {
  GOptionGroup *group =
    g_option_group_new("parameters", _("Parameters:"), _("Show the parameters"), parameters, NULL);
  size_t count;
  const rst_parameter *table = rst_parameter_table(&count);

  for (size_t i = 0; i < count; i++) {
    const GOptionEntry entry[] = {
      {table[i].name, 0, 0, G_OPTION_ARG_CALLBACK, (void *)set_parameter, _(table[i].blurb),
       *table[i].initial ? table[i].initial : "TEXT"},
      G_OPTION_ENTRY_NULL,
    };

    g_option_group_add_entries(group, entry);
  }
  return group;
}

typedef struct {
  gboolean ended;
  int status;
} Outcome;

static void end_after_saving(gpointer user, const GError *error) {
  *(Outcome *)user = (Outcome){TRUE, error ? fail(error->message) : 0};
  if (gtk_main_level() > 0)
    gtk_main_quit();
}

static int show(Photo *photo, const rst_parameters *parameters, const char *save) {
  g_autoptr(GObject) settings = restorator_settings_new();
  rst_error error = RST_ERROR_INIT;
  GtkWidget *viewer;
  Outcome outcome = {FALSE, 0};

  values_write(settings, parameters);
  viewer = restorator_viewer_new(photo, settings, &error);
  if (!viewer) {
    g_autofree char *text = messages_text(&error);

    return fail(text);
  }
  g_signal_connect(viewer, "destroy", G_CALLBACK(gtk_main_quit), NULL);
  gtk_window_present(GTK_WINDOW(viewer));
  if (save)
    restorator_viewer_save(RESTORATOR_VIEWER(viewer), save, end_after_saving, &outcome);
  if (!outcome.ended)
    gtk_main();
  return outcome.status;
}

int main(int argc, char **argv) {
  g_autofree char *save = NULL;
  g_auto(GStrv) names = NULL;
  g_autoptr(GError) error = NULL;
  rst_parameters parameters;
  const GOptionEntry entries[] = {
    {"save", 0, 0, G_OPTION_ARG_FILENAME, &save, N_("Save the result there, and end"), N_("FILE")},
    {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &names, NULL, N_("PICTURE")},
    G_OPTION_ENTRY_NULL,
  };

  language_init();
  rst_parameters_init(&parameters);

  g_autoptr(GOptionContext) context = g_option_context_new(NULL);

  g_option_context_set_summary(context, _("Restores a selection of a picture, seen at once."));
  g_option_context_add_main_entries(context, entries, GETTEXT_PACKAGE);
  g_option_context_add_group(context, parameter_options(&parameters));
  g_option_context_add_group(context, gtk_get_option_group(FALSE));
  if (!g_option_context_parse(context, &argc, &argv, &error)) {
    fail(error->message);
    return 2;
  }
  if (!names || !names[0] || names[1]) {
    fail(_("one picture is needed"));
    return 2;
  }
  if (!gtk_init_check(NULL, NULL))
    return fail(_("there is no display"));

  Photo *photo = photo_read(names[0], &error);

  if (!photo)
    return fail(error->message);
  return show(photo, &parameters, save);
}
