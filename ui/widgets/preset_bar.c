/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "widgets/preset_bar.h"

#include <glib/gi18n.h>
#include <string.h>

#include "widgets/accessible.h"
#include "widgets/widget_util.h"

#define SEPARATOR "/" /* no id */

/* What the form below the menu is open for. */
typedef enum { FORM_SAVE, FORM_RENAME, FORM_DELETE } Form;

struct _RestoratorPresetBar {
  GtkBox parent;
  GPtrArray *presets; /* of preset_file */
  rst_parameters now;
  rst_model *model; /* NULL: nothing to save */
  GtkWidget *combo, *notes, *note, *message;
  GtkWidget *button, *save, *rename, *delete, *export; /* the menu */
  GtkWidget *popover, *title, *form_note, *form_message, *accept;
  Form form;
  gboolean sure;    /* asked whether to replace a preset */
  gboolean filling; /* the combo follows: nothing is chosen */
  GtkFileChooserNative *chooser;
};

G_DEFINE_FINAL_TYPE(RestoratorPresetBar, restorator_preset_bar, GTK_TYPE_BOX)

static guint chosen;

/* -------------------------------------------------------------------------------------------
 * What is shown
 */

/* Shows what went wrong, or nothing; takes over the error. */
static void report(RestoratorPresetBar *bar, GError *error) {
  widget_set_note(bar->message, error ? error->message : "");
  g_clear_error(&error);
}

/* The preset shown; NULL for none. */
static const preset_file *get_shown(RestoratorPresetBar *bar) {
  const char *id = gtk_combo_box_get_active_id(GTK_COMBO_BOX(bar->combo));

  return id ? presets_find(bar->presets, id) : NULL;
}

static void set_usable(GtkWidget *item, const char *why_not) {
  gtk_widget_set_sensitive(item, !why_not);
  gtk_widget_set_tooltip_text(item, why_not);
  atk_object_set_description(gtk_widget_get_accessible(item), why_not ? why_not : "");
}

static void update_menu(RestoratorPresetBar *bar, const preset_file *shown) {
  const char *unchangeable = !shown        ? _("Choose a preset first")
                             : !shown->own ? _("This preset comes with Restorator and stays as "
                                               "it is: save it under another title")
                                           : NULL;

  set_usable(bar->save, bar->model ? NULL : _("The parameters cannot be used as they are"));
  set_usable(bar->rename, unchangeable);
  set_usable(bar->delete, unchangeable);
  set_usable(bar->export, shown ? NULL : _("Choose a preset first"));
}

/* With the whole title: at large letters the combo cuts it. */
static void describe_combo(RestoratorPresetBar *bar, const preset_file *shown) {
  g_autofree char *text =
    g_strjoin("\n\n", _("A named set of parameters: choosing one sets all that it holds"),
              shown ? shown->title : NULL, NULL);

  accessible_describe(bar->combo, _("Preset"), text);
}

static void show_preset(RestoratorPresetBar *bar, const preset_file *shown) {
  bar->filling = TRUE;
  gtk_combo_box_set_active_id(GTK_COMBO_BOX(bar->combo), shown ? shown->id : "");
  bar->filling = FALSE;
  describe_combo(bar, shown);
  widget_set_note(bar->note, shown ? shown->note : "");
  update_menu(bar, shown);
}

void restorator_preset_bar_show(RestoratorPresetBar *bar, const rst_parameters *now,
                                rst_model *model) {
  const preset_file *active = get_shown(bar), *shown = NULL;
  rst_model *old = bar->model;

  bar->model = model ? rst_model_ref(model) : NULL;
  rst_model_unref(old);
  bar->now = *now;
  for (guint i = 0; model && i < bar->presets->len; i++) {
    const preset_file *file = g_ptr_array_index(bar->presets, i);

    if ((!shown || file == active) && presets_is_set(file->preset, now) &&
        rst_preset_check(file->preset, model, NULL) == RST_OK)
      shown = file;
  }
  show_preset(bar, shown);
}

/* Reads the files and fills the combo; shows the preset of that id. */
static void read_presets(RestoratorPresetBar *bar, const char *id) {
  GtkComboBoxText *combo = GTK_COMBO_BOX_TEXT(bar->combo);
  GError *unread = NULL;
  gboolean own = FALSE;

  g_clear_pointer(&bar->presets, g_ptr_array_unref);
  bar->presets = presets_read(&unread);
  report(bar, unread);
  bar->filling = TRUE;
  gtk_combo_box_text_remove_all(combo);
  gtk_combo_box_text_append(combo, "", _("Custom settings"));
  for (guint i = 0; i < bar->presets->len; i++) {
    const preset_file *file = g_ptr_array_index(bar->presets, i);

    if (file->own && !own)
      gtk_combo_box_text_append(combo, SEPARATOR, SEPARATOR);
    own = file->own;
    gtk_combo_box_text_append(combo, file->id, file->title);
  }
  bar->filling = FALSE;
  show_preset(bar, id ? presets_find(bar->presets, id) : NULL);
}

static gboolean is_separator(GtkTreeModel *model, GtkTreeIter *row, gpointer data) {
  g_autofree char *text = NULL;

  (void)data;
  gtk_tree_model_get(model, row, 0, &text, -1);
  return g_strcmp0(text, SEPARATOR) == 0;
}

static void choose(RestoratorPresetBar *bar) {
  const preset_file *file = get_shown(bar);

  if (bar->filling)
    return;
  report(bar, NULL);
  show_preset(bar, file);
  if (file)
    g_signal_emit(bar, chosen, 0, file);
}

/* -------------------------------------------------------------------------------------------
 * The form: a title to give, a question to answer
 */

static void open_form(RestoratorPresetBar *bar, Form form, const char *title, const char *message,
                      const char *accept) {
  bar->form = form;
  gtk_entry_set_text(GTK_ENTRY(bar->title), title);
  gtk_entry_set_text(GTK_ENTRY(bar->form_note), "");
  gtk_widget_set_visible(bar->title, form != FORM_DELETE);
  gtk_widget_set_visible(bar->form_note, form == FORM_SAVE);
  widget_set_note(bar->form_message, message);
  gtk_button_set_label(GTK_BUTTON(bar->accept), accept);
  bar->sure = FALSE;
  gtk_popover_popup(GTK_POPOVER(bar->popover));
  gtk_widget_grab_focus(form == FORM_DELETE ? bar->accept : bar->title);
}

static void open_save(RestoratorPresetBar *bar) {
  const preset_file *shown = get_shown(bar);

  open_form(bar, FORM_SAVE, shown && shown->own ? shown->title : "", "", _("Save"));
}

static void open_rename(RestoratorPresetBar *bar) {
  open_form(bar, FORM_RENAME, get_shown(bar)->title, "", _("Rename"));
}

static void open_delete(RestoratorPresetBar *bar) {
  g_autofree char *text =
    g_strdup_printf(_("Delete the preset “%s” for good?"), get_shown(bar)->title);

  open_form(bar, FORM_DELETE, "", text, _("Delete"));
}

/* Another title is another question. */
static void forget_question(RestoratorPresetBar *bar) {
  if (bar->sure)
    gtk_button_set_label(GTK_BUTTON(bar->accept), _("Save"));
  bar->sure = FALSE;
  widget_set_note(bar->form_message, "");
}

/* Whether saving replaces nothing, or may. Asks otherwise. */
static gboolean may_save(RestoratorPresetBar *bar, const char *title) {
  g_autofree char *stripped = g_strstrip(g_strdup(title)), *text = NULL;
  const preset_file *old = presets_find_title(bar->presets, stripped);

  if (bar->sure || !old || !old->own)
    return TRUE;
  text = g_strdup_printf(_("There is a preset “%s” already. Replace it?"), old->title);
  widget_set_note(bar->form_message, text);
  gtk_button_set_label(GTK_BUTTON(bar->accept), _("Replace"));
  bar->sure = TRUE;
  return FALSE;
}

static gboolean do_form(RestoratorPresetBar *bar, char **id, GError **error) {
  const char *title = gtk_entry_get_text(GTK_ENTRY(bar->title));
  const preset_file *shown = get_shown(bar);

  switch (bar->form) {
    case FORM_SAVE:
      return presets_save(bar->presets, title, gtk_entry_get_text(GTK_ENTRY(bar->form_note)),
                          &bar->now, bar->model, id, error);
    case FORM_RENAME:
      return presets_rename(bar->presets, shown, title, id, error);
    default:
      return presets_delete(shown, error);
  }
}

static void accept_form(RestoratorPresetBar *bar) {
  g_autofree char *id = NULL;
  g_autoptr(GError) error = NULL;

  if (bar->form == FORM_SAVE && !may_save(bar, gtk_entry_get_text(GTK_ENTRY(bar->title))))
    return;
  if (!do_form(bar, &id, &error)) {
    widget_set_note(bar->form_message, error->message);
    return;
  }
  gtk_popover_popdown(GTK_POPOVER(bar->popover));
  read_presets(bar, id);

  const rst_parameters now = bar->now;

  restorator_preset_bar_show(bar, &now, bar->model);
}

/* -------------------------------------------------------------------------------------------
 * Files
 */

void restorator_preset_bar_import(RestoratorPresetBar *bar, const char *path) {
  g_autofree char *id = NULL;
  GError *error = NULL;

  if (!presets_import(bar->presets, path, &id, &error)) {
    report(bar, error);
    return;
  }
  read_presets(bar, id);
  g_signal_emit(bar, chosen, 0, get_shown(bar));
}

void restorator_preset_bar_export(RestoratorPresetBar *bar, const char *path) {
  const preset_file *shown = get_shown(bar);
  GError *error = NULL;

  if (shown)
    presets_export(shown, path, &error);
  report(bar, error);
}

static void take_file(RestoratorPresetBar *bar, int response) {
  g_autofree char *path = gtk_file_chooser_get_filename(GTK_FILE_CHOOSER(bar->chooser));
  const gboolean imported =
    gtk_file_chooser_get_action(GTK_FILE_CHOOSER(bar->chooser)) == GTK_FILE_CHOOSER_ACTION_OPEN;

  if (response == GTK_RESPONSE_ACCEPT && path) {
    if (imported)
      restorator_preset_bar_import(bar, path);
    else
      restorator_preset_bar_export(bar, path);
  }
  g_clear_object(&bar->chooser);
}

static void open_chooser(RestoratorPresetBar *bar, const char *title, GtkFileChooserAction action,
                         const char *accept) {
  GtkWidget *window = gtk_widget_get_toplevel(GTK_WIDGET(bar));
  GtkFileFilter *filter = gtk_file_filter_new();

  g_clear_object(&bar->chooser);
  bar->chooser = gtk_file_chooser_native_new(title, GTK_WINDOW(window), action, accept, NULL);
  gtk_file_filter_set_name(filter, _("Presets"));
  gtk_file_filter_add_pattern(filter, "*.json");
  gtk_file_chooser_add_filter(GTK_FILE_CHOOSER(bar->chooser), filter);
  gtk_file_chooser_set_do_overwrite_confirmation(GTK_FILE_CHOOSER(bar->chooser), TRUE);
  gtk_native_dialog_set_modal(GTK_NATIVE_DIALOG(bar->chooser), TRUE);
  g_signal_connect_swapped(bar->chooser, "response", G_CALLBACK(take_file), bar);
}

static void open_import(RestoratorPresetBar *bar) {
  open_chooser(bar, _("Import a preset"), GTK_FILE_CHOOSER_ACTION_OPEN, _("_Import"));
  gtk_native_dialog_show(GTK_NATIVE_DIALOG(bar->chooser));
}

static void open_export(RestoratorPresetBar *bar) {
  const preset_file *shown = get_shown(bar);
  g_autofree char *name = g_path_get_basename(shown->path);

  open_chooser(bar, _("Export the preset"), GTK_FILE_CHOOSER_ACTION_SAVE, _("_Export"));
  gtk_file_chooser_set_current_name(GTK_FILE_CHOOSER(bar->chooser), name);
  gtk_native_dialog_show(GTK_NATIVE_DIALOG(bar->chooser));
}

/* -------------------------------------------------------------------------------------------
 * Building
 */

static GtkWidget *add_item(RestoratorPresetBar *bar, GtkWidget *menu, const char *label,
                           void (*open)(RestoratorPresetBar *bar)) {
  GtkWidget *item = gtk_menu_item_new_with_mnemonic(label);

  g_signal_connect_swapped(item, "activate", G_CALLBACK(open), bar);
  gtk_menu_shell_append(GTK_MENU_SHELL(menu), item);
  return item;
}

static void make_menu(RestoratorPresetBar *bar) {
  GtkWidget *menu = gtk_menu_new();

  bar->save = add_item(bar, menu, _("_Save as…"), open_save);
  bar->rename = add_item(bar, menu, _("_Rename…"), open_rename);
  bar->delete = add_item(bar, menu, _("_Delete…"), open_delete);
  gtk_menu_shell_append(GTK_MENU_SHELL(menu), gtk_separator_menu_item_new());
  add_item(bar, menu, _("_Import…"), open_import);
  bar->export = add_item(bar, menu, _("_Export…"), open_export);
  gtk_widget_show_all(menu);
  bar->button = gtk_menu_button_new();
  gtk_button_set_image(GTK_BUTTON(bar->button),
                       gtk_image_new_from_icon_name("open-menu-symbolic", GTK_ICON_SIZE_BUTTON));
  gtk_menu_button_set_popup(GTK_MENU_BUTTON(bar->button), menu);
  accessible_describe(
    bar->button, _("Presets of your own"),
    _("Saves the parameters as a preset; renames, deletes, imports and exports presets"));
}

static GtkWidget *make_entry(RestoratorPresetBar *bar, GtkWidget *box, const char *name,
                             const char *text) {
  GtkWidget *entry = gtk_entry_new();

  accessible_describe(entry, name, text);
  gtk_entry_set_placeholder_text(GTK_ENTRY(entry), name);
  gtk_entry_set_width_chars(GTK_ENTRY(entry), 28);
  gtk_container_add(GTK_CONTAINER(box), entry);
  g_signal_connect_swapped(entry, "activate", G_CALLBACK(accept_form), bar);
  return entry;
}

static void make_form(RestoratorPresetBar *bar) {
  GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 6);

  bar->popover = gtk_popover_new(bar->button);
  bar->title = make_entry(bar, box, _("Title"), _("What the preset is called"));
  bar->form_note =
    make_entry(bar, box, _("Note"), _("A sentence on what the preset is for; it may be left out"));
  bar->form_message = widget_note(NULL);
  bar->accept = gtk_button_new_with_label("");
  gtk_container_add(GTK_CONTAINER(box), bar->form_message);
  gtk_container_add(GTK_CONTAINER(box), bar->accept);
  g_object_set(box, "margin", 12, NULL);
  gtk_container_add(GTK_CONTAINER(bar->popover), box);
  gtk_widget_show_all(box);
  g_signal_connect_swapped(bar->title, "changed", G_CALLBACK(forget_question), bar);
  g_signal_connect_swapped(bar->accept, "clicked", G_CALLBACK(accept_form), bar);
}

static void make_combo(RestoratorPresetBar *bar) {
  bar->combo = gtk_combo_box_text_new();
  gtk_combo_box_set_row_separator_func(GTK_COMBO_BOX(bar->combo), is_separator, NULL, NULL);
  widget_shorten(bar->combo);
  g_signal_connect_swapped(bar->combo, "changed", G_CALLBACK(choose), bar);
}

/* -------------------------------------------------------------------------------------------
 * The class
 */

static void restorator_preset_bar_dispose(GObject *object) {
  g_clear_object(&RESTORATOR_PRESET_BAR(object)->chooser);
  G_OBJECT_CLASS(restorator_preset_bar_parent_class)->dispose(object);
}

static void restorator_preset_bar_finalize(GObject *object) {
  RestoratorPresetBar *bar = RESTORATOR_PRESET_BAR(object);

  g_ptr_array_unref(bar->presets);
  rst_model_unref(bar->model);
  G_OBJECT_CLASS(restorator_preset_bar_parent_class)->finalize(object);
}

static void restorator_preset_bar_class_init(RestoratorPresetBarClass *class) {
  G_OBJECT_CLASS(class)->dispose = restorator_preset_bar_dispose;
  G_OBJECT_CLASS(class)->finalize = restorator_preset_bar_finalize;
  chosen = g_signal_new("chosen", G_TYPE_FROM_CLASS(class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                        G_TYPE_NONE, 1, G_TYPE_POINTER);
}

static void restorator_preset_bar_init(RestoratorPresetBar *bar) {
  gtk_box_set_spacing(GTK_BOX(bar), 6);
  rst_parameters_init(&bar->now);
}

GtkWidget *restorator_preset_bar_new(void) {
  RestoratorPresetBar *bar = g_object_new(RESTORATOR_TYPE_PRESET_BAR, NULL);

  make_combo(bar);
  make_menu(bar);
  make_form(bar);
  bar->notes = gtk_box_new(GTK_ORIENTATION_VERTICAL, 6);
  bar->note = widget_note("dim-label");
  bar->message = widget_note("error");
  gtk_container_add(GTK_CONTAINER(bar->notes), bar->note);
  gtk_container_add(GTK_CONTAINER(bar->notes), bar->message);
  gtk_box_pack_start(GTK_BOX(bar), bar->combo, TRUE, TRUE, 0);
  gtk_box_pack_start(GTK_BOX(bar), bar->button, FALSE, FALSE, 0);
  read_presets(bar, NULL);
  return GTK_WIDGET(bar);
}

GtkWidget *restorator_preset_bar_get_notes(RestoratorPresetBar *bar) {
  return bar->notes;
}

const GPtrArray *restorator_preset_bar_get_presets(RestoratorPresetBar *bar) {
  return bar->presets;
}

GtkWidget *restorator_preset_bar_get_combo(RestoratorPresetBar *bar) {
  return bar->combo;
}

GtkWidget *restorator_preset_bar_get_button(RestoratorPresetBar *bar) {
  return bar->button;
}
