/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dialogs/batch_dialog.h"

#include <glib/gi18n.h>
#include <libgimp/gimpui.h>

#include "dialogs/display.h"
#include "jobs/arguments.h"
#include "widgets/accessible.h"
#include "widgets/panel.h"
#include "widgets/widget_util.h"

#define EVERY_FILE "*.jpg" /* until people say otherwise */

typedef struct BatchDialog {
  GimpProcedureConfig *config;
  GtkWidget *window, *grid;
  GtkWidget *folder, *pattern; /* the argument `input` */
  GtkWidget *output, *mask;
  GtkWidget *automatic, *deeds, *panel;
  gboolean taking;             /* from the widgets: they are not to be changed meanwhile */
  int rows;
} BatchDialog;

/* -------------------------------------------------------------------------------------------
 * A folder's own name is no pattern
 */

static char *escape(const char *path) {
  GString *escaped = g_string_new(NULL);

  for (; *path; path++) {
    if (strchr("*?[\\", *path))
      g_string_append_c(escaped, '\\');
    g_string_append_c(escaped, *path);
  }
  return g_string_free(escaped, FALSE);
}

static char *unescape(const char *pattern) {
  GString *path = g_string_new(NULL);

  for (; *pattern; pattern++) {
    if (*pattern == '\\' && pattern[1])
      pattern++;
    g_string_append_c(path, *pattern);
  }
  return g_string_free(path, FALSE);
}

/* -------------------------------------------------------------------------------------------
 * Widgets and arguments
 */

static void choose(GtkWidget *chooser, const char *path) {
  if (path && *path)
    gtk_file_chooser_set_filename(GTK_FILE_CHOOSER(chooser), path);
  else
    gtk_file_chooser_unselect_all(GTK_FILE_CHOOSER(chooser));
}

/* Without a folder nothing is named: the pattern would stand for files of the root folder. */
static void take(BatchDialog *dialog) {
  const char *pattern = gtk_entry_get_text(GTK_ENTRY(dialog->pattern));
  g_autofree char *folder = gtk_file_chooser_get_filename(GTK_FILE_CHOOSER(dialog->folder));
  g_autofree char *output = gtk_file_chooser_get_filename(GTK_FILE_CHOOSER(dialog->output));
  g_autofree char *mask = gtk_file_chooser_get_filename(GTK_FILE_CHOOSER(dialog->mask));
  g_autofree char *escaped = folder ? escape(folder) : NULL;
  g_autofree char *input = folder && *pattern ? g_build_filename(escaped, pattern, NULL) : NULL;

  dialog->taking = TRUE;
  g_object_set(dialog->config, ARGUMENT_INPUT, input ? input : "", ARGUMENT_FOLDER,
               output ? output : "", ARGUMENT_MASK, mask ? mask : "", NULL);
  dialog->taking = FALSE;
  gtk_dialog_set_response_sensitive(GTK_DIALOG(dialog->window), GTK_RESPONSE_OK, input && output);
}

/* The last values, and the defaults again where people ask for them. */
static void show(BatchDialog *dialog) {
  g_autofree char *input = NULL, *output = NULL, *mask = NULL, *folder = NULL, *pattern = NULL;

  if (dialog->taking)
    return;
  g_object_get(dialog->config, ARGUMENT_INPUT, &input, ARGUMENT_FOLDER, &output, ARGUMENT_MASK,
               &mask, NULL);
  if (input && *input) {
    g_autofree char *escaped = g_path_get_dirname(input);

    folder = unescape(escaped);
    pattern = g_path_get_basename(input);
  }
  dialog->taking = TRUE;
  choose(dialog->folder, folder);
  choose(dialog->output, output);
  choose(dialog->mask, mask);
  gtk_entry_set_text(GTK_ENTRY(dialog->pattern), pattern ? pattern : EVERY_FILE);
  dialog->taking = FALSE;
  gtk_dialog_set_response_sensitive(GTK_DIALOG(dialog->window), GTK_RESPONSE_OK,
                                    folder && output && *output);
}

static void note_text(BatchDialog *dialog) {
  if (!dialog->taking)
    take(dialog);
}

/* The panel has one model and one set of parameters, which are for all of the files. */
static void show_automatic(BatchDialog *dialog) {
  const gboolean automatic = arguments_are_automatic(dialog->config);

  gtk_toggle_button_set_active(GTK_TOGGLE_BUTTON(dialog->automatic), automatic);
  gtk_widget_set_sensitive(dialog->deeds, automatic);
  gtk_widget_set_sensitive(dialog->panel, !automatic);
}

static void take_automatic(BatchDialog *dialog) {
  const gboolean wanted = gtk_toggle_button_get_active(GTK_TOGGLE_BUTTON(dialog->automatic));
  rst_parameters initial;

  if (wanted == arguments_are_automatic(dialog->config))
    return;
  rst_parameters_init(&initial);
  g_object_set(dialog->config, ARGUMENT_PRESET, wanted ? "auto" : "", "model", initial.model, NULL);
}

static void clear_mask(BatchDialog *dialog) {
  choose(dialog->mask, NULL);
  take(dialog);
}

/* -------------------------------------------------------------------------------------------
 * Building
 */

static GParamSpec *find_argument(const BatchDialog *dialog, const char *name) {
  return g_object_class_find_property(G_OBJECT_GET_CLASS(dialog->config), name);
}

static void add_row(BatchDialog *dialog, const char *title, const char *text, GtkWidget *control,
                    GtkWidget *companion) {
  GtkWidget *label = gtk_label_new(title);

  gtk_label_set_xalign(GTK_LABEL(label), 0);
  gtk_widget_set_hexpand(control, TRUE);
  accessible_describe(control, title, text);
  gtk_grid_attach(GTK_GRID(dialog->grid), label, 0, dialog->rows, 1, 1);
  gtk_grid_attach(GTK_GRID(dialog->grid), control, 1, dialog->rows, companion ? 1 : 2, 1);
  if (companion)
    gtk_grid_attach(GTK_GRID(dialog->grid), companion, 2, dialog->rows, 1, 1);
  dialog->rows++;
}

/* An argument's own words. */
static void add_argument(BatchDialog *dialog, const char *name, GtkWidget *control,
                         GtkWidget *companion) {
  GParamSpec *spec = find_argument(dialog, name);

  add_row(dialog, g_param_spec_get_nick(spec), g_param_spec_get_blurb(spec), control, companion);
}

static GtkWidget *make_chooser(BatchDialog *dialog, const char *title,
                               GtkFileChooserAction action) {
  GtkWidget *chooser = gtk_file_chooser_button_new(title, action);

  g_signal_connect_swapped(chooser, "file-set", G_CALLBACK(take), dialog);
  return chooser;
}

static void bind(BatchDialog *dialog, const char *name, GtkWidget *control, const char *property) {
  g_object_bind_property(dialog->config, name, control, property,
                         G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE);
}

static GtkWidget *make_formats(BatchDialog *dialog) {
  GtkWidget *combo = gtk_combo_box_text_new();

  for (const char *const *format = arguments_formats(); *format; format++) {
    g_autofree char *title = g_ascii_strup(*format, -1);

    gtk_combo_box_text_append(GTK_COMBO_BOX_TEXT(combo), *format, title);
  }
  bind(dialog, ARGUMENT_FORMAT, combo, "active-id");
  return combo;
}

static void add_overwrite(BatchDialog *dialog) {
  GParamSpec *spec = find_argument(dialog, ARGUMENT_OVERWRITE);
  GtkWidget *check = gtk_check_button_new_with_label(g_param_spec_get_nick(spec));

  accessible_describe(check, g_param_spec_get_nick(spec), g_param_spec_get_blurb(spec));
  bind(dialog, ARGUMENT_OVERWRITE, check, "active");
  gtk_grid_attach(GTK_GRID(dialog->grid), check, 0, dialog->rows++, 3, 1);
}

static void add_deed(BatchDialog *dialog, GtkWidget *box, const char *name) {
  GParamSpec *spec = find_argument(dialog, name);
  GtkWidget *check = gtk_check_button_new_with_label(g_param_spec_get_nick(spec));

  accessible_describe(check, g_param_spec_get_nick(spec), g_param_spec_get_blurb(spec));
  bind(dialog, name, check, "active");
  gtk_container_add(GTK_CONTAINER(box), check);
}

static void add_automatic(BatchDialog *dialog) {
  dialog->automatic = gtk_check_button_new_with_label(_("As old photographs"));
  accessible_describe(
    dialog->automatic, _("As old photographs"),
    _("Mends damage, corrects tone, and gives colour to what has none, each by what it shows; else "
      "all files are done as set beside"));
  g_signal_connect_swapped(dialog->automatic, "toggled", G_CALLBACK(take_automatic), dialog);
  gtk_grid_attach(GTK_GRID(dialog->grid), dialog->automatic, 0, dialog->rows++, 3, 1);
  dialog->deeds = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 12);
  gtk_widget_set_margin_start(dialog->deeds, 24);
  add_deed(dialog, dialog->deeds, ARGUMENT_DAMAGE);
  add_deed(dialog, dialog->deeds, ARGUMENT_TONE);
  add_deed(dialog, dialog->deeds, ARGUMENT_COLOUR);
  gtk_grid_attach(GTK_GRID(dialog->grid), dialog->deeds, 0, dialog->rows++, 3, 1);
}

static void add_files(BatchDialog *dialog) {
  GtkWidget *region = gtk_entry_new();
  GtkWidget *no_mask = widget_icon_button("edit-clear-symbolic", _("No mask"),
                                          _("Restores all of each file, or the region"));

  dialog->grid = gtk_grid_new();
  gtk_grid_set_row_spacing(GTK_GRID(dialog->grid), 6);
  gtk_grid_set_column_spacing(GTK_GRID(dialog->grid), 12);
  dialog->folder = make_chooser(dialog, _("Folder"), GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER);
  dialog->output = make_chooser(dialog, _("Output folder"), GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER);
  dialog->mask = make_chooser(dialog, _("Mask"), GTK_FILE_CHOOSER_ACTION_OPEN);
  dialog->pattern = gtk_entry_new();
  g_signal_connect_swapped(dialog->pattern, "changed", G_CALLBACK(note_text), dialog);
  g_signal_connect_swapped(no_mask, "clicked", G_CALLBACK(clear_mask), dialog);
  bind(dialog, ARGUMENT_REGION, region, "text");

  add_row(dialog, _("Folder"), _("Where the files to restore are"), dialog->folder, NULL);
  add_row(dialog, _("Files in it"), _("Which of its files, as a pattern: *.jpg"), dialog->pattern,
          NULL);
  add_argument(dialog, ARGUMENT_FOLDER, dialog->output, NULL);
  add_argument(dialog, ARGUMENT_FORMAT, make_formats(dialog), NULL);
  add_argument(dialog, ARGUMENT_MASK, dialog->mask, no_mask);
  add_argument(dialog, ARGUMENT_REGION, region, NULL);
  add_overwrite(dialog);
  add_automatic(dialog);
}

static void build(BatchDialog *dialog, GimpProcedure *procedure) {
  GtkWidget *area, *box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 24);

  dialog->window = gimp_procedure_dialog_new(procedure, dialog->config, _("Restore Many Files"));
  gtk_window_set_role(GTK_WINDOW(dialog->window), "restorator-batch");
  gimp_window_set_transient(GTK_WINDOW(dialog->window));
  add_files(dialog);
  area = gtk_dialog_get_content_area(GTK_DIALOG(dialog->window));
  gtk_container_set_border_width(GTK_CONTAINER(box), 12);
  gtk_box_pack_start(GTK_BOX(box), dialog->grid, TRUE, TRUE, 0);
  dialog->panel = restorator_panel_new(G_OBJECT(dialog->config));
  gtk_box_pack_start(GTK_BOX(box), dialog->panel, TRUE, TRUE, 0);
  gtk_box_pack_start(GTK_BOX(area), box, TRUE, TRUE, 0);
  gtk_widget_show_all(box);
  show(dialog);
  show_automatic(dialog);
  g_signal_connect_swapped(dialog->config, "notify", G_CALLBACK(show), dialog);
  g_signal_connect_swapped(dialog->config, "notify", G_CALLBACK(show_automatic), dialog);
}

gboolean batch_dialog_run(GimpProcedure *procedure, GimpProcedureConfig *config, GError **error) {
  g_auto(Arguments) arguments = {0};
  BatchDialog dialog = {.config = config};
  gboolean confirmed;

  if (!display_open(error) || !arguments_read(config, &arguments, error))
    return FALSE;
  if (!arguments_are_automatic(config))
    arguments_unfold(config, &arguments);
  build(&dialog, procedure);
  confirmed = gimp_procedure_dialog_run(GIMP_PROCEDURE_DIALOG(dialog.window));
  g_signal_handlers_disconnect_by_data(config, &dialog);
  gtk_widget_destroy(dialog.window);
  return confirmed;
}
