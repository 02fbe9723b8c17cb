/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "widgets/panel.h"

#include <glib/gi18n.h>
#include <string.h>

#include "card.h"
#include "widgets/parameter_controls.h"
#include "widgets/accessible.h"
#include "widgets/face_list.h"
#include "widgets/hint_list.h"
#include "widgets/setup_reader.h"
#include "widgets/undo_stack.h"
#include "messages.h"
#include "widgets/widget_util.h"
#include "widgets/preset_bar.h"
#include "properties.h"

struct _RestoratorPanel {
  GtkBox parent;
  GObject *settings;
  controls *controls;
  setup_reader *reader;
  GtkWidget *presets, *message, *warning, *warning_text, *better, *expander;
  GtkSizeGroup *labels;
  RestoratorHints *hints;
  GtkWidget *hint_list;
  RestoratorFaces *faces;
  GtkWidget *face_list;
  gboolean held; /* changes are one entry of the history, which is still to come */
  history *history; /* NULL until the settings could be read */
  GtkWidget *undo, *redo, *defaults;
  rst_parameters better_setup; /* while the warning is shown */
  guint changed; /* idle source */
};

G_DEFINE_FINAL_TYPE(RestoratorPanel, restorator_panel, GTK_TYPE_BOX)

static guint setup_changed, hint_chosen, hint_wanted;

/* -------------------------------------------------------------------------------------------
 * Reading
 */

rst_model *restorator_panel_get_model(RestoratorPanel *panel, const char *name, rst_error *error) {
  return setup_reader_get_model(panel->reader, name, error);
}

rst_status restorator_panel_get_setup(RestoratorPanel *panel, rst_parameters *parameters,
                                      rst_model **model, rst_error *error) {
  return setup_reader_read(panel->reader, parameters, model, error);
}

GtkWidget *restorator_panel_get_control(RestoratorPanel *panel, const char *name) {
  const struct {
    const char *name;
    GtkWidget *widget;
  } own[] = {
    {"preset", restorator_preset_bar_get_combo(RESTORATOR_PRESET_BAR(panel->presets))},
    {"preset-menu", restorator_preset_bar_get_button(RESTORATOR_PRESET_BAR(panel->presets))},
    {"undo", panel->undo},
    {"redo", panel->redo},
    {"defaults", panel->defaults},
    {"expander", panel->expander},
    {"hints", panel->hint_list},
    {"faces", panel->face_list},
  };

  for (gsize i = 0; i < G_N_ELEMENTS(own); i++)
    if (strcmp(own[i].name, name) == 0)
      return own[i].widget;
  return controls_get(panel->controls, name);
}

RestoratorHints *restorator_panel_get_hints(RestoratorPanel *panel) {
  return panel->hints;
}

RestoratorFaces *restorator_panel_get_faces(RestoratorPanel *panel) {
  return panel->faces;
}

const GPtrArray *restorator_panel_get_presets(RestoratorPanel *panel) {
  return restorator_preset_bar_get_presets(RESTORATOR_PRESET_BAR(panel->presets));
}

gboolean restorator_panel_is_locked(RestoratorPanel *panel) {
  return controls_is_locked(panel->controls);
}

/* -------------------------------------------------------------------------------------------
 * What follows the settings
 */

static void set_message(RestoratorPanel *panel, const rst_error *error) {
  g_autofree char *text = error ? messages_text(error) : NULL;

  gtk_label_set_text(GTK_LABEL(panel->message), text ? text : "");
  gtk_widget_set_visible(panel->message, text != NULL);
}

static void offer_better(RestoratorPanel *panel, const card_warning *warning,
                         const rst_model *model) {
  g_autofree char *name = NULL, *label = NULL;

  gtk_widget_set_visible(panel->better, warning->has_better);
  if (!warning->has_better)
    return;
  name = card_setup_name(&warning->better, model);
  label = g_strdup_printf(_("Use “%s” instead"), name);
  gtk_label_set_text(GTK_LABEL(gtk_bin_get_child(GTK_BIN(panel->better))), label);
  accessible_describe(panel->better, label,
                      warning->better.preset
                        ? warning->better.preset->note
                        : _("Sets the sampler's parameters to those that were measured "
                            "to be good and differ in the fewest"));
  panel->better_setup = warning->better.parameters;
}

static void update_warning(RestoratorPanel *panel, const rst_parameters *now,
                           const rst_model *model) {
  g_autofree card_warning *warning = g_new(card_warning, 1);
  const gboolean warned = card_warns(model, now, restorator_panel_get_presets(panel), warning);
  g_autofree char *name = NULL, *text = NULL;

  gtk_widget_set_visible(panel->warning, warned);
  if (!warned)
    return;
  name = card_setup_name(&warning->setup, model);
  text = g_strdup_printf(_("Measured worse than plain enlargement: this setup (%s) has an error "
                           "of %.4f, bicubic enlargement %.4f."),
                         name, warning->mse, warning->bicubic);
  gtk_label_set_text(GTK_LABEL(panel->warning_text), text);
  offer_better(panel, warning, model);
}

static void update(RestoratorPanel *panel) {
  RestoratorPresetBar *bar = RESTORATOR_PRESET_BAR(panel->presets);
  rst_parameters now;
  rst_model *model = NULL;
  rst_error error = RST_ERROR_INIT;

  rst_parameters_init(&now);

  const rst_status status = restorator_panel_get_setup(panel, &now, &model, &error);

  set_message(panel, status == RST_OK ? NULL : &error);
  controls_update(panel->controls, &now, model, restorator_panel_get_presets(panel));
  restorator_preset_bar_show(bar, &now, status == RST_OK ? model : NULL);
  restorator_hint_list_set_used(
    RESTORATOR_HINT_LIST(panel->hint_list),
    rst_parameter_use(rst_parameter_find("hints"), &now, NULL) == RST_USED);
  restorator_face_list_set_used(
    RESTORATOR_FACE_LIST(panel->face_list),
    rst_parameter_use(rst_parameter_find("faces"), &now, NULL) == RST_USED);
  if (model)
    update_warning(panel, &now, model);
}

static void update_history(RestoratorPanel *panel) {
  setting now = {.output = controls_get_output(panel->controls)};

  /* What cannot be read, such as a window half typed, is no state to go back to. */
  if (values_read(panel->settings, &now.parameters, NULL) == RST_OK) {
    if (!panel->history)
      panel->history = history_new(&now);
    if (!panel->held)
      history_note(panel->history, &now, g_get_monotonic_time());
  }
  gtk_widget_set_sensitive(panel->undo, panel->history && history_can_undo(panel->history));
  gtk_widget_set_sensitive(panel->redo, panel->history && history_can_redo(panel->history));
}

static gboolean tell_changed(void *data) {
  RestoratorPanel *panel = data;

  panel->changed = 0;
  update(panel);
  update_history(panel);
  g_signal_emit(panel, setup_changed, 0);
  return G_SOURCE_REMOVE;
}

void restorator_panel_settle(RestoratorPanel *panel) {
  if (panel->changed == 0)
    return;
  g_source_remove(panel->changed);
  tell_changed(panel);
}

static void note_change(RestoratorPanel *panel, GParamSpec *spec) {
  if ((rst_parameter_find(spec->name) || strcmp(spec->name, "output") == 0) && panel->changed == 0)
    panel->changed = g_idle_add_full(G_PRIORITY_DEFAULT, tell_changed, panel, NULL);
}

/* -------------------------------------------------------------------------------------------
 * What people do
 */

void restorator_panel_apply(RestoratorPanel *panel, const preset_file *file) {
  rst_parameters parameters;
  rst_error error = RST_ERROR_INIT;
  rst_model *model;

  if (values_read(panel->settings, &parameters, NULL) != RST_OK)
    rst_parameters_init(&parameters);
  rst_preset_apply(file->preset, &parameters);
  model = restorator_panel_get_model(panel, parameters.model, &error);
  if (!model || rst_preset_check(file->preset, model, &error) != RST_OK) {
    update(panel); /* shows again what is set */
    set_message(panel, &error);
  } else {
    values_write(panel->settings, &parameters);
  }
}

static void use_better(RestoratorPanel *panel) {
  values_write(panel->settings, &panel->better_setup);
}

void restorator_panel_set_seed(RestoratorPanel *panel, int seed) {
  if (controls_is_locked(panel->controls))
    return;
  if (panel->history)
    history_end_entry(panel->history);
  g_object_set(panel->settings, "seed", seed, NULL);
}

static void begin_entry(RestoratorPanel *panel) {
  restorator_panel_settle(panel);
  if (panel->history)
    history_end_entry(panel->history);
}

static void hold_entry(RestoratorPanel *panel, gboolean held) {
  if (held)
    begin_entry(panel);
  panel->held = held;
  if (held)
    return;
  restorator_panel_settle(panel);
  update_history(panel);
}

static void choose_hint(RestoratorPanel *panel, int index, GtkWidget *beside) {
  g_signal_emit(panel, hint_chosen, 0, index, beside);
}

static void want_hint(RestoratorPanel *panel) {
  g_signal_emit(panel, hint_wanted, 0);
}

static void set(RestoratorPanel *panel, const setting *to) {
  values_write(panel->settings, &to->parameters);
  controls_set_output(panel->controls, to->output);
}

void restorator_panel_undo(RestoratorPanel *panel) {
  if (panel->history && !panel->held)
    set(panel, history_undo(panel->history));
}

void restorator_panel_redo(RestoratorPanel *panel) {
  if (panel->history && !panel->held)
    set(panel, history_redo(panel->history));
}

static void set_defaults(RestoratorPanel *panel) {
  setting defaults = {.output = NULL};
  rst_parameters now;

  rst_parameters_init(&defaults.parameters);
  if (controls_is_locked(panel->controls) && values_read(panel->settings, &now, NULL) == RST_OK)
    defaults.parameters.seed = now.seed;
  set(panel, &defaults);
}

/* -------------------------------------------------------------------------------------------
 * Building
 */

static void make_warning(RestoratorPanel *panel) {
  panel->warning = gtk_info_bar_new();
  gtk_info_bar_set_message_type(GTK_INFO_BAR(panel->warning), GTK_MESSAGE_WARNING);
  panel->warning_text = widget_note(NULL);
  gtk_widget_show(panel->warning_text);
  panel->better = gtk_button_new_with_label("");
  gtk_label_set_ellipsize(GTK_LABEL(gtk_bin_get_child(GTK_BIN(panel->better))),
                          PANGO_ELLIPSIZE_END);
  g_signal_connect_swapped(panel->better, "clicked", G_CALLBACK(use_better), panel);

  GtkWidget *area = gtk_info_bar_get_content_area(GTK_INFO_BAR(panel->warning));
  GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *icon = gtk_image_new_from_icon_name("dialog-warning-symbolic", GTK_ICON_SIZE_BUTTON);

  gtk_container_add(GTK_CONTAINER(box), panel->warning_text);
  gtk_container_add(GTK_CONTAINER(box), panel->better);
  gtk_widget_set_valign(icon, GTK_ALIGN_START);
  gtk_box_set_spacing(GTK_BOX(area), 6);
  gtk_box_pack_start(GTK_BOX(area), icon, FALSE, FALSE, 0);
  gtk_box_pack_start(GTK_BOX(area), box, TRUE, TRUE, 0);
  gtk_widget_show(icon);
  gtk_widget_show(box);
  gtk_widget_set_no_show_all(panel->warning, TRUE);
}

/* Undo, redo, and all the way back. */
static GtkWidget *make_buttons(RestoratorPanel *panel) {
  GtkWidget *box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6);

  panel->defaults = gtk_button_new_with_mnemonic(_("_Back to the defaults"));
  panel->undo = widget_icon_button("edit-undo-symbolic", _("Undo"),
                                   _("Takes back the last change of a parameter (Ctrl+Z)"));
  panel->redo =
    widget_icon_button("edit-redo-symbolic", _("Redo"), _("Makes the change again (Ctrl+Shift+Z)"));
  accessible_describe(panel->defaults, _("Back to the defaults"),
                      _("Sets every parameter to its default"));
  g_signal_connect_swapped(panel->undo, "clicked", G_CALLBACK(restorator_panel_undo), panel);
  g_signal_connect_swapped(panel->redo, "clicked", G_CALLBACK(restorator_panel_redo), panel);
  g_signal_connect_swapped(panel->defaults, "clicked", G_CALLBACK(set_defaults), panel);
  gtk_box_pack_start(GTK_BOX(box), panel->undo, FALSE, FALSE, 0);
  gtk_box_pack_start(GTK_BOX(box), panel->redo, FALSE, FALSE, 0);
  gtk_box_pack_start(GTK_BOX(box), panel->defaults, TRUE, TRUE, 0);
  return box;
}

/* A button that fades in as it becomes sensitive has the whole window measured anew at each frame
 * of that, at the cost of what is being restored. */
static void stop_transitions(GtkWidget *panel) {
  static GtkCssProvider *provider;

  gtk_style_context_add_class(gtk_widget_get_style_context(panel), "restorator-panel");
  if (provider)
    return;
  provider = gtk_css_provider_new();
  gtk_css_provider_load_from_data(provider, ".restorator-panel * { transition: none; }", -1, NULL);
  gtk_style_context_add_provider_for_screen(gtk_widget_get_screen(panel),
                                            GTK_STYLE_PROVIDER(provider),
                                            GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
}

static void build(RestoratorPanel *panel) {
  GtkWidget *sampling = controls_get_sampling(panel->controls);

  stop_transitions(GTK_WIDGET(panel));
  panel->presets = restorator_preset_bar_new();
  controls_add_first(panel->controls, _("_Preset"), panel->presets,
                     restorator_preset_bar_get_combo(RESTORATOR_PRESET_BAR(panel->presets)),
                     restorator_preset_bar_get_notes(RESTORATOR_PRESET_BAR(panel->presets)));
  g_signal_connect_swapped(panel->presets, "chosen", G_CALLBACK(restorator_panel_apply), panel);
  make_warning(panel);
  panel->message = widget_note("error");
  panel->expander = gtk_expander_new_with_mnemonic(_("_Fine control of the sampler"));
  accessible_describe(panel->expander, _("Fine control of the sampler"),
                      _("Shows the parameters of the sampler, as the papers name them"));
  gtk_widget_set_margin_top(sampling, 6);
  gtk_container_add(GTK_CONTAINER(panel->expander), sampling);

  gtk_box_pack_start(GTK_BOX(panel), controls_get_basic(panel->controls), FALSE, FALSE, 0);
  gtk_box_pack_start(GTK_BOX(panel), panel->message, FALSE, FALSE, 0);
  gtk_box_pack_start(GTK_BOX(panel), panel->warning, FALSE, FALSE, 0);
  panel->face_list = restorator_face_list_new(panel->faces);
  gtk_box_pack_start(GTK_BOX(panel), panel->face_list, FALSE, FALSE, 0);
  panel->hint_list = restorator_hint_list_new(panel->hints);
  g_signal_connect_swapped(panel->hint_list, "chosen", G_CALLBACK(choose_hint), panel);
  g_signal_connect_swapped(panel->hint_list, "wanted", G_CALLBACK(want_hint), panel);
  gtk_box_pack_start(GTK_BOX(panel), panel->hint_list, FALSE, FALSE, 0);
  gtk_box_pack_start(GTK_BOX(panel), panel->expander, FALSE, FALSE, 0);
  gtk_box_pack_start(GTK_BOX(panel), make_buttons(panel), FALSE, FALSE, 0);
}

/* -------------------------------------------------------------------------------------------
 * The class
 */

static void restorator_panel_dispose(GObject *object) {
  RestoratorPanel *panel = RESTORATOR_PANEL(object);

  g_clear_handle_id(&panel->changed, g_source_remove);
  if (panel->settings)
    g_signal_handlers_disconnect_by_data(panel->settings, panel);
  g_clear_object(&panel->settings);
  if (panel->hints)
    g_signal_handlers_disconnect_by_data(panel->hints, panel);
  g_clear_object(&panel->hints);
  if (panel->faces)
    g_signal_handlers_disconnect_by_data(panel->faces, panel);
  g_clear_object(&panel->faces);
  G_OBJECT_CLASS(restorator_panel_parent_class)->dispose(object);
}

static void restorator_panel_finalize(GObject *object) {
  RestoratorPanel *panel = RESTORATOR_PANEL(object);

  controls_free(panel->controls);
  setup_reader_free(panel->reader);
  g_object_unref(panel->labels);
  history_free(panel->history);
  G_OBJECT_CLASS(restorator_panel_parent_class)->finalize(object);
}

static void restorator_panel_class_init(RestoratorPanelClass *class) {
  G_OBJECT_CLASS(class)->dispose = restorator_panel_dispose;
  G_OBJECT_CLASS(class)->finalize = restorator_panel_finalize;
  setup_changed = g_signal_new("setup-changed", G_TYPE_FROM_CLASS(class), G_SIGNAL_RUN_LAST, 0,
                               NULL, NULL, NULL, G_TYPE_NONE, 0);
  hint_chosen = g_signal_new("hint-chosen", G_TYPE_FROM_CLASS(class), G_SIGNAL_RUN_LAST, 0, NULL,
                             NULL, NULL, G_TYPE_NONE, 2, G_TYPE_INT, GTK_TYPE_WIDGET);
  hint_wanted = g_signal_new("hint-wanted", G_TYPE_FROM_CLASS(class), G_SIGNAL_RUN_LAST, 0, NULL,
                             NULL, NULL, G_TYPE_NONE, 0);
}

static void restorator_panel_init(RestoratorPanel *panel) {
  gtk_orientable_set_orientation(GTK_ORIENTABLE(panel), GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing(GTK_BOX(panel), 12);
  panel->labels = gtk_size_group_new(GTK_SIZE_GROUP_HORIZONTAL);
}

GtkWidget *restorator_panel_new(GObject *settings) {
  RestoratorPanel *panel = g_object_new(RESTORATOR_TYPE_PANEL, NULL);

  panel->settings = g_object_ref(settings);
  panel->reader = setup_reader_new(settings);
  panel->controls = controls_new(settings, panel->labels);
  panel->hints = restorator_hints_new(settings);
  panel->faces = restorator_faces_new(settings);
  g_signal_connect_swapped(panel->faces, "begun", G_CALLBACK(begin_entry), panel);
  g_signal_connect_swapped(panel->hints, "begun", G_CALLBACK(begin_entry), panel);
  g_signal_connect_swapped(panel->hints, "held", G_CALLBACK(hold_entry), panel);
  build(panel);
  update(panel);
  update_history(panel);
  gtk_widget_show_all(GTK_WIDGET(panel));
  g_signal_connect_swapped(settings, "notify", G_CALLBACK(note_change), panel);
  return GTK_WIDGET(panel);
}
