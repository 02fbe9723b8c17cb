/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "panel.h"

#include <glib/gi18n.h>
#include <string.h>

#include "card.h"
#include "describe.h"
#include "history.h"
#include "messages.h"
#include "values.h"

/* One control. Labels are written here for their mnemonics; R, C, L, S, H and O belong to the
 * buttons of dialogs. */
typedef struct {
  const char *name;
  const char *label;
  gboolean sampling; /* in the expander */
} Row;

static const Row rows[] = {
  {"model", N_("_Model"), FALSE},
  {"mode", N_("Mo_de"), FALSE},
  {"strength", N_("Stren_gth"), FALSE},
  {"context", N_("Conte_xt"), FALSE},
  {"window", N_("_Window"), FALSE},
  {"match", N_("Match the s_urroundings"), FALSE},
  {"hide-region", N_("H_ide the region"), FALSE},
  {"seed", N_("S_eed"), FALSE},
  {"sampler", N_("S_ampler"), TRUE},
  {"stochasticity", N_("Stochasticit_y (η)"), TRUE},
  {"step-skip", N_("Step s_kipping (K)"), TRUE},
  {"sequence", N_("Se_quence"), TRUE},
  {"start", N_("S_tart"), TRUE},
  {"end", N_("E_nd"), TRUE},
  {"noise-stddev", N_("Noise stdde_v"), TRUE},
  {"project", N_("Noise pro_jection"), TRUE},
  {"clip", N_("Cli_pping"), TRUE},
};

/* How choices are called; their ids stay the engine's. */
static const char *const choice_names[][2] = {
  {"auto", N_("Automatic")},     {"full", N_("Everything")},     {"colour", N_("Colour only")},
  {"detail", N_("Detail only")}, {"on", N_("On")},               {"off", N_("Off")},
  {"ddpm", N_("DDPM")},          {"ddim", N_("DDIM")},           {"uniform", N_("Uniform")},
  {"quadratic", N_("Quadratic")}, {"normal", N_("Normal")},      {"squared", N_("Squared")},
  {"zero", N_("Zero")},
};

typedef struct {
  char *id;
  rst_preset *preset;
} Preset;

struct _RestoratorPanel {
  GtkBox parent;
  GObject *settings;
  GHashTable *controls; /* name → GtkWidget, the one with the value */
  GHashTable *cells;    /* name → GPtrArray of all widgets of the row */
  GHashTable *models;   /* name → rst_model */
  GArray *presets;      /* of Preset */
  GtkWidget *preset_note, *card_button, *card, *passes, *message, *warning, *warning_text,
    *better;
  GtkSizeGroup *labels;
  const rst_model *card_of; /* one of `models`, which stay */
  history *history; /* NULL until the settings could be read */
  GtkWidget *undo, *redo;
  char *better_setup;
  gboolean choosing; /* the preset shown follows the settings: nothing is applied */
  guint changed;     /* idle source */
};

G_DEFINE_FINAL_TYPE(RestoratorPanel, restorator_panel, GTK_TYPE_BOX)

static guint setup_changed;

/* -------------------------------------------------------------------------------------------
 * Reading
 */

static rst_model *get_model(RestoratorPanel *panel, const char *name, rst_error *error) {
  rst_model *model = g_hash_table_lookup(panel->models, name);
  char path[4096];

  if (model)
    return model;
  if (rst_find(RST_KIND_MODEL, name, path, sizeof path, error) != RST_OK ||
      rst_model_read(path, &model, error) != RST_OK)
    return NULL;
  g_hash_table_insert(panel->models, g_strdup(name), model);
  return model;
}

rst_status restorator_panel_get_setup(RestoratorPanel *panel, rst_parameters *parameters,
                                      rst_model **model, rst_error *error) {
  rst_error why = RST_ERROR_INIT;
  rst_status status = values_read(panel->settings, parameters, &why);

  if (status == RST_OK) {
    *model = get_model(panel, parameters->model, &why);
    status = *model ? rst_parameters_check(parameters, *model, &why) : why.code;
  }
  if (error)
    *error = why;
  return status;
}

GtkWidget *restorator_panel_get_control(RestoratorPanel *panel, const char *name) {
  return g_hash_table_lookup(panel->controls, name);
}

/* -------------------------------------------------------------------------------------------
 * What follows the settings
 */

static void set_message(RestoratorPanel *panel, const rst_error *error) {
  g_autofree char *text = error ? messages_text(error) : NULL;

  gtk_label_set_text(GTK_LABEL(panel->message), text ? text : "");
  gtk_widget_set_visible(panel->message, text != NULL);
}

/* Why a parameter has no effect; NULL where it has. */
static char *why_unused(const rst_parameter *p, const rst_parameters *now,
                        const rst_model_info *info) {
  if (!p->sampling)
    return NULL;
  if (info->process == RST_SINGLE_PASS)
    return g_strdup_printf(_("Not used: the model “%s” works in a single pass"), now->model);
  if (!p->ddpm && now->sampler == RST_SAMPLER_DDPM)
    return g_strdup(_("Not used by the sampler DDPM"));
  if (strcmp(p->name, "step-skip") == 0 && now->sequence == RST_SEQUENCE_QUADRATIC)
    return g_strdup(_("Not used: the quadratic sequence has its own steps"));
  return NULL;
}

static void update_row(RestoratorPanel *panel, const rst_parameter *p, const rst_parameters *now,
                       const rst_model_info *info) {
  g_autofree char *why = why_unused(p, now, info);
  g_autofree char *tooltip = g_strjoin("\n\n", _(p->blurb), why, NULL);
  GPtrArray *widgets = g_hash_table_lookup(panel->cells, p->name);

  for (guint i = 0; widgets && i < widgets->len; i++) {
    GtkWidget *widget = g_ptr_array_index(widgets, i);

    gtk_widget_set_sensitive(widget, !why);
    gtk_widget_set_tooltip_text(widget, tooltip);
    if (!GTK_IS_LABEL(widget))
      atk_object_set_description(gtk_widget_get_accessible(widget), tooltip);
  }
}

static void set_upper(RestoratorPanel *panel, const char *name, int upper) {
  GtkWidget *control = restorator_panel_get_control(panel, name);

  gtk_adjustment_set_upper(gtk_spin_button_get_adjustment(GTK_SPIN_BUTTON(control)), upper);
}

/* Only the model knows how many steps there are. */
static void update_ranges(RestoratorPanel *panel, const rst_parameters *now,
                          const rst_model_info *info) {
  if (info->process != RST_DIFFUSION)
    return;
  set_upper(panel, "step-skip", info->steps);
  set_upper(panel, "start", info->steps);
  set_upper(panel, "end", (now->start == 0 ? info->steps : now->start) - 1);
}

static void update_passes(RestoratorPanel *panel, const rst_parameters *now,
                          const rst_model *model) {
  int passes = 0;
  g_autofree char *text = NULL;

  rst_parameters_steps(now, model, NULL, &passes, NULL);
  text = g_strdup_printf(ngettext("%d network pass a pixel", "%d network passes a pixel",
                                  (gulong)passes), passes);
  gtk_label_set_text(GTK_LABEL(panel->passes), text);
}

static void update_warning(RestoratorPanel *panel, const rst_parameters *now,
                           const rst_model *model) {
  card_warning warning;
  const gboolean warned = card_warns(model, now, &warning);
  g_autofree char *text = NULL, *label = NULL;

  gtk_widget_set_visible(panel->warning, warned);
  if (!warned)
    return;
  text = g_strdup_printf(_("Measured worse than plain enlargement: this setup (%s) has an error "
                           "of %.4f, bicubic enlargement %.4f."),
                         warning.setup, warning.mse, warning.bicubic);
  label = g_strdup_printf(_("_Use “%s” instead"), warning.better);
  gtk_label_set_text(GTK_LABEL(panel->warning_text), text);
  gtk_button_set_label(GTK_BUTTON(panel->better), label);
  gtk_widget_set_visible(panel->better, warning.better[0] != '\0');
  g_free(panel->better_setup);
  panel->better_setup = g_strdup(warning.better);
}

/* Whether a preset would change nothing; the sampler auto is ddim. */
static gboolean leaves(const rst_preset *preset, const rst_parameters *settings) {
  rst_parameters now = *settings, applied;
  char here[1024], there[1024];
  size_t count;
  const rst_parameter *table = rst_parameter_table(&count);

  if (now.sampler == RST_SAMPLER_AUTO)
    now.sampler = RST_SAMPLER_DDIM;
  applied = now;
  rst_preset_apply(preset, &applied);
  for (size_t i = 0; i < count; i++) {
    rst_parameters_get(&now, table[i].name, here, sizeof here, NULL);
    rst_parameters_get(&applied, table[i].name, there, sizeof there, NULL);
    if (strcmp(here, there) != 0)
      return FALSE;
  }
  return TRUE;
}

/* The preset that the settings hold: the one chosen while it does, else the first. */
static void update_preset(RestoratorPanel *panel, const rst_parameters *now,
                          const rst_model *model) {
  GtkComboBox *combo = GTK_COMBO_BOX(restorator_panel_get_control(panel, "preset"));
  const char *active = gtk_combo_box_get_active_id(combo);
  const Preset *shown = NULL;

  for (guint i = 0; i < panel->presets->len; i++) {
    const Preset *p = &g_array_index(panel->presets, Preset, i);

    if (leaves(p->preset, now) && rst_preset_check(p->preset, model, NULL) == RST_OK &&
        (!shown || g_strcmp0(p->id, active) == 0))
      shown = p;
  }
  panel->choosing = TRUE;
  gtk_combo_box_set_active_id(combo, shown ? shown->id : "");
  panel->choosing = FALSE;

  const char *note = shown ? rst_preset_note(shown->preset) : "";

  gtk_label_set_text(GTK_LABEL(panel->preset_note), *note ? _(note) : "");
  gtk_widget_set_visible(panel->preset_note, *note != '\0');
}

/* A card is long: laying it out at every step of a slider would be felt. */
static void update_card(RestoratorPanel *panel, const rst_model *model) {
  g_autofree char *markup = NULL;

  gtk_widget_set_sensitive(panel->card_button, model != NULL);
  if (!model || model == panel->card_of)
    return;
  markup = card_markup(model);
  gtk_label_set_markup(GTK_LABEL(panel->card), markup);
  panel->card_of = model;
}

static void update(RestoratorPanel *panel) {
  rst_parameters now;
  rst_model *model = NULL;
  rst_error error = RST_ERROR_INIT;
  rst_model_info info = {.size = sizeof info};
  size_t count;
  const rst_parameter *table = rst_parameter_table(&count);

  const rst_status status = restorator_panel_get_setup(panel, &now, &model, &error);

  set_message(panel, status == RST_OK ? NULL : &error);
  update_card(panel, model);
  if (!model)
    return;
  rst_model_get_info(model, &info);
  update_ranges(panel, &now, &info);
  for (size_t i = 0; i < count; i++)
    update_row(panel, &table[i], &now, &info);
  update_passes(panel, &now, model);
  update_preset(panel, &now, model);
  update_warning(panel, &now, model);
}

static void update_history(RestoratorPanel *panel) {
  rst_parameters now;

  /* What cannot be read, such as a window half typed, is no state to go back to. */
  if (values_read(panel->settings, &now, NULL) == RST_OK) {
    if (!panel->history)
      panel->history = history_new(&now);
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
  if (rst_parameter_find(spec->name) && panel->changed == 0)
    panel->changed = g_idle_add_full(G_PRIORITY_DEFAULT, tell_changed, panel, NULL);
}

/* -------------------------------------------------------------------------------------------
 * What people do
 */

/* All of the preset or nothing. */
static void apply_preset(RestoratorPanel *panel, const char *id) {
  rst_parameters parameters;
  rst_error error = RST_ERROR_INIT;

  for (guint i = 0; i < panel->presets->len; i++) {
    const Preset *p = &g_array_index(panel->presets, Preset, i);
    rst_model *model;

    if (strcmp(p->id, id) != 0)
      continue;
    if (values_read(panel->settings, &parameters, NULL) != RST_OK)
      rst_parameters_init(&parameters);
    rst_preset_apply(p->preset, &parameters);
    model = get_model(panel, parameters.model, &error);
    if (!model || rst_preset_check(p->preset, model, &error) != RST_OK) {
      update(panel); /* shows again what is set */
      set_message(panel, &error);
    } else {
      values_write(panel->settings, &parameters);
    }
  }
}

static void choose_preset(RestoratorPanel *panel, GtkComboBox *combo) {
  const char *id = gtk_combo_box_get_active_id(combo);

  if (!panel->choosing && id && *id)
    apply_preset(panel, id);
}

static void use_better(RestoratorPanel *panel) {
  apply_preset(panel, panel->better_setup);
}

static void throw_die(RestoratorPanel *panel) {
  g_object_set(panel->settings, "seed", g_random_int_range(0, G_MAXINT), NULL);
}

void restorator_panel_undo(RestoratorPanel *panel) {
  if (panel->history)
    values_write(panel->settings, history_undo(panel->history));
}

void restorator_panel_redo(RestoratorPanel *panel) {
  if (panel->history)
    values_write(panel->settings, history_redo(panel->history));
}

static void set_defaults(RestoratorPanel *panel) {
  rst_parameters defaults;

  rst_parameters_init(&defaults);
  values_write(panel->settings, &defaults);
}

/* -------------------------------------------------------------------------------------------
 * Building
 */

static GtkWidget *button_with_icon(const char *icon, const char *name, const char *text) {
  GtkWidget *button = gtk_button_new_from_icon_name(icon, GTK_ICON_SIZE_BUTTON);

  describe(button, name, text);
  return button;
}

/* Adds a widget of a row, for what concerns all of them. */
static void note_cell(RestoratorPanel *panel, const char *name, GtkWidget *widget) {
  GPtrArray *widgets = g_hash_table_lookup(panel->cells, name);

  if (!widgets) {
    widgets = g_ptr_array_new();
    g_hash_table_insert(panel->cells, (char *)name, widgets);
  }
  g_ptr_array_add(widgets, widget);
}

static void bind(RestoratorPanel *panel, const char *name, void *target, const char *property) {
  g_object_bind_property(panel->settings, name, target, property,
                         G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE);
}

static GtkWidget *make_number(RestoratorPanel *panel, const rst_parameter *p) {
  const gboolean real = p->type == RST_TYPE_REAL;
  GtkAdjustment *adjustment = gtk_adjustment_new(p->low, p->low, p->high, real ? 0.01 : 1,
                                                 real ? 0.1 : 10, 0);
  GtkWidget *spin = gtk_spin_button_new(adjustment, 0, real ? 2 : 0);

  gtk_spin_button_set_numeric(GTK_SPIN_BUTTON(spin), TRUE);
  gtk_entry_set_width_chars(GTK_ENTRY(spin), 5);
  bind(panel, p->name, adjustment, "value");
  return spin;
}

static const char *choice_name(const char *id) {
  for (guint i = 0; i < G_N_ELEMENTS(choice_names); i++)
    if (strcmp(choice_names[i][0], id) == 0)
      return _(choice_names[i][1]);
  return id;
}

static GtkWidget *make_choice(RestoratorPanel *panel, const rst_parameter *p) {
  GtkWidget *combo = gtk_combo_box_text_new();

  for (const char *const *choice = p->choices; *choice; choice++)
    gtk_combo_box_text_append(GTK_COMBO_BOX_TEXT(combo), *choice, choice_name(*choice));
  bind(panel, p->name, combo, "active-id");
  return combo;
}

/* Long titles and paths do not widen the panel. */
static void shorten(GtkWidget *combo) {
  g_autoptr(GList) cells = gtk_cell_layout_get_cells(GTK_CELL_LAYOUT(combo));

  g_object_set(cells->data, "ellipsize", PANGO_ELLIPSIZE_MIDDLE, "width-chars", 14, NULL);
}

static bool add_model(void *user, const char *id, const char *path) {
  (void)path;
  gtk_combo_box_text_append(GTK_COMBO_BOX_TEXT(user), id, id);
  return true;
}

/* The ids that there are, and the model set where that is another or a path. */
static GtkWidget *make_models(RestoratorPanel *panel, const rst_parameter *p) {
  GtkWidget *combo = gtk_combo_box_text_new();
  g_autofree char *current = NULL;

  rst_list(RST_KIND_MODEL, add_model, combo, NULL);
  g_object_get(panel->settings, p->name, &current, NULL);
  if (current && !gtk_combo_box_set_active_id(GTK_COMBO_BOX(combo), current))
    gtk_combo_box_text_append(GTK_COMBO_BOX_TEXT(combo), current, current);
  shorten(combo);
  bind(panel, p->name, combo, "active-id");
  return combo;
}

static GtkWidget *make_window(RestoratorPanel *panel, const rst_parameter *p) {
  GtkWidget *combo = gtk_combo_box_text_new_with_entry();
  GtkWidget *entry = gtk_bin_get_child(GTK_BIN(combo));

  gtk_combo_box_text_append(GTK_COMBO_BOX_TEXT(combo), NULL, "auto");
  gtk_combo_box_text_append(GTK_COMBO_BOX_TEXT(combo), NULL, "picture");
  gtk_entry_set_width_chars(GTK_ENTRY(entry), 8);
  bind(panel, p->name, entry, "text");
  note_cell(panel, p->name, entry);
  describe(entry, _(p->title), _(p->blurb));
  return combo;
}

static GtkWidget *make_control(RestoratorPanel *panel, const rst_parameter *p, const char *label) {
  GtkWidget *control;

  switch (p->type) {
  case RST_TYPE_BOOL:
    control = gtk_check_button_new_with_mnemonic(label);
    bind(panel, p->name, control, "active");
    return control;
  case RST_TYPE_CHOICE:
    return make_choice(panel, p);
  case RST_TYPE_TEXT:
    return strcmp(p->name, "model") == 0 ? make_models(panel, p) : make_window(panel, p);
  default:
    return make_number(panel, p);
  }
}

/* A slider beside a number, a button beside a model or the seed. */
static GtkWidget *make_companion(RestoratorPanel *panel, const rst_parameter *p,
                                 GtkWidget *control) {
  GtkWidget *companion = NULL;

  if (p->type == RST_TYPE_REAL) {
    companion = gtk_scale_new(GTK_ORIENTATION_HORIZONTAL,
                              gtk_spin_button_get_adjustment(GTK_SPIN_BUTTON(control)));
    gtk_scale_set_draw_value(GTK_SCALE(companion), FALSE);
    gtk_widget_set_size_request(companion, 60, -1);
    gtk_widget_set_hexpand(companion, TRUE);
    describe(companion, _(p->title), _(p->blurb));
    note_cell(panel, p->name, companion);
  } else if (strcmp(p->name, "seed") == 0) {
    companion = button_with_icon("media-playlist-shuffle-symbolic", _("Throw the die"),
                                 _("Another seed by chance"));
    g_signal_connect_swapped(companion, "clicked", G_CALLBACK(throw_die), panel);
    note_cell(panel, p->name, companion);
  } else if (strcmp(p->name, "model") == 0) {
    companion = panel->card_button;
  }
  return companion;
}

static void add_label(RestoratorPanel *panel, GtkGrid *grid, int row, const char *name,
                      const char *text, GtkWidget *control) {
  GtkWidget *label = gtk_label_new_with_mnemonic(text);

  gtk_label_set_mnemonic_widget(GTK_LABEL(label), control);
  gtk_label_set_line_wrap(GTK_LABEL(label), TRUE);
  gtk_label_set_max_width_chars(GTK_LABEL(label), 14);
  gtk_label_set_xalign(GTK_LABEL(label), 0);
  gtk_size_group_add_widget(panel->labels, label);
  gtk_grid_attach(grid, label, 0, row, 1, 1);
  note_cell(panel, name, label);
}

static void add_row(RestoratorPanel *panel, GtkGrid *grid, int row, const Row *what) {
  const rst_parameter *p = rst_parameter_find(what->name);
  GtkWidget *control = make_control(panel, p, _(what->label));
  GtkWidget *companion = make_companion(panel, p, control);
  GtkWidget *box = control;

  describe(control, _(p->title), _(p->blurb));
  g_hash_table_insert(panel->controls, (char *)what->name, control);
  note_cell(panel, what->name, control);
  if (companion) {
    box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6);
    gtk_box_pack_start(GTK_BOX(box), p->type == RST_TYPE_REAL ? companion : control, TRUE, TRUE,
                       0);
    gtk_box_pack_start(GTK_BOX(box), p->type == RST_TYPE_REAL ? control : companion, FALSE, FALSE,
                       0);
  }
  gtk_widget_set_hexpand(box, TRUE);
  gtk_widget_set_valign(box, GTK_ALIGN_CENTER);
  if (p->type == RST_TYPE_BOOL) {
    gtk_grid_attach(grid, box, 0, row, 2, 1);
  } else {
    add_label(panel, grid, row, what->name, _(what->label), control);
    gtk_grid_attach(grid, box, 1, row, 1, 1);
  }
}

static GtkWidget *make_note(void) {
  GtkWidget *label = gtk_label_new(NULL);

  gtk_label_set_line_wrap(GTK_LABEL(label), TRUE);
  gtk_label_set_max_width_chars(GTK_LABEL(label), 30);
  gtk_label_set_xalign(GTK_LABEL(label), 0);
  gtk_widget_set_no_show_all(label, TRUE);
  return label;
}

static GtkWidget *make_grid(void) {
  GtkWidget *grid = gtk_grid_new();

  gtk_grid_set_row_spacing(GTK_GRID(grid), 6);
  gtk_grid_set_column_spacing(GTK_GRID(grid), 12);
  return grid;
}

static bool add_preset(void *user, const char *id, const char *path) {
  RestoratorPanel *panel = user;
  Preset p = {NULL, NULL};

  /* A file that cannot be read is no preset to choose. */
  if (rst_preset_read(path, &p.preset, NULL) != RST_OK)
    return true;
  p.id = g_strdup(id);
  g_array_append_val(panel->presets, p);
  return true;
}

static void add_presets(RestoratorPanel *panel, GtkGrid *grid) {
  GtkWidget *combo = gtk_combo_box_text_new();
  const char *blurb = _("A named set of parameters: choosing one sets all that it holds");

  rst_list(RST_KIND_PRESET, add_preset, panel, NULL);
  gtk_combo_box_text_append(GTK_COMBO_BOX_TEXT(combo), "", _("My own settings"));
  for (guint i = 0; i < panel->presets->len; i++) {
    const Preset *p = &g_array_index(panel->presets, Preset, i);
    const char *title = rst_preset_title(p->preset);

    gtk_combo_box_text_append(GTK_COMBO_BOX_TEXT(combo), p->id, *title ? _(title) : p->id);
  }
  shorten(combo);
  g_hash_table_insert(panel->controls, (char *)"preset", combo);
  describe(combo, _("Preset"), blurb);
  gtk_widget_set_hexpand(combo, TRUE);
  add_label(panel, grid, 0, "preset", _("_Preset"), combo);
  gtk_grid_attach(grid, combo, 1, 0, 1, 1);
  panel->preset_note = make_note();
  gtk_style_context_add_class(gtk_widget_get_style_context(panel->preset_note), "dim-label");
  gtk_grid_attach(grid, panel->preset_note, 0, 1, 2, 1);
  g_signal_connect_swapped(combo, "changed", G_CALLBACK(choose_preset), panel);
}

static void make_card(RestoratorPanel *panel) {
  const char *text = _("What the model is for, what it was trained on, and its measured error");
  GtkWidget *popover = gtk_popover_new(NULL);
  GtkWidget *scrolled = gtk_scrolled_window_new(NULL, NULL);

  panel->card_button = gtk_menu_button_new();
  gtk_button_set_image(GTK_BUTTON(panel->card_button),
                       gtk_image_new_from_icon_name("dialog-information-symbolic",
                                                    GTK_ICON_SIZE_BUTTON));
  describe(panel->card_button, _("Model card"), text);
  gtk_menu_button_set_popover(GTK_MENU_BUTTON(panel->card_button), popover);
  panel->card = gtk_label_new(NULL);
  gtk_label_set_line_wrap(GTK_LABEL(panel->card), TRUE);
  gtk_label_set_selectable(GTK_LABEL(panel->card), TRUE);
  gtk_label_set_max_width_chars(GTK_LABEL(panel->card), 52);
  gtk_label_set_xalign(GTK_LABEL(panel->card), 0);
  g_object_set(panel->card, "margin", 12, NULL);
  gtk_scrolled_window_set_policy(GTK_SCROLLED_WINDOW(scrolled), GTK_POLICY_NEVER,
                                 GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height(GTK_SCROLLED_WINDOW(scrolled), TRUE);
  gtk_scrolled_window_set_max_content_height(GTK_SCROLLED_WINDOW(scrolled), 420);
  gtk_container_add(GTK_CONTAINER(scrolled), panel->card);
  gtk_container_add(GTK_CONTAINER(popover), scrolled);
  gtk_widget_show_all(scrolled);
}

static void make_warning(RestoratorPanel *panel) {
  panel->warning = gtk_info_bar_new();
  gtk_info_bar_set_message_type(GTK_INFO_BAR(panel->warning), GTK_MESSAGE_WARNING);
  panel->warning_text = make_note();
  gtk_widget_show(panel->warning_text);
  panel->better = gtk_button_new_with_mnemonic("");
  g_signal_connect_swapped(panel->better, "clicked", G_CALLBACK(use_better), panel);

  GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 6);

  gtk_container_add(GTK_CONTAINER(box), panel->warning_text);
  gtk_container_add(GTK_CONTAINER(box), panel->better);
  gtk_container_add(GTK_CONTAINER(gtk_info_bar_get_content_area(GTK_INFO_BAR(panel->warning))),
                    box);
  gtk_widget_show(box);
  gtk_widget_set_no_show_all(panel->warning, TRUE);
}

/* Undo, redo, and all the way back. */
static GtkWidget *make_buttons(RestoratorPanel *panel) {
  GtkWidget *box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *defaults = gtk_button_new_with_mnemonic(_("_Back to the defaults"));

  panel->undo = button_with_icon("edit-undo-symbolic", _("Undo"),
                                 _("Takes back the last change of a parameter (Ctrl+Z)"));
  panel->redo = button_with_icon("edit-redo-symbolic", _("Redo"),
                                 _("Makes the change again (Ctrl+Shift+Z)"));
  describe(defaults, _("Back to the defaults"), _("Sets every parameter to its default"));
  g_signal_connect_swapped(panel->undo, "clicked", G_CALLBACK(restorator_panel_undo), panel);
  g_signal_connect_swapped(panel->redo, "clicked", G_CALLBACK(restorator_panel_redo), panel);
  g_signal_connect_swapped(defaults, "clicked", G_CALLBACK(set_defaults), panel);
  gtk_box_pack_start(GTK_BOX(box), panel->undo, FALSE, FALSE, 0);
  gtk_box_pack_start(GTK_BOX(box), panel->redo, FALSE, FALSE, 0);
  gtk_box_pack_start(GTK_BOX(box), defaults, TRUE, TRUE, 0);
  g_hash_table_insert(panel->controls, (char *)"undo", panel->undo);
  g_hash_table_insert(panel->controls, (char *)"redo", panel->redo);
  g_hash_table_insert(panel->controls, (char *)"defaults", defaults);
  return box;
}

static void build(RestoratorPanel *panel) {
  GtkWidget *basic = make_grid(), *sampling = make_grid();
  GtkWidget *expander = gtk_expander_new_with_mnemonic(_("_Fine control of the sampler"));
  int basic_rows = 2, sampling_rows = 0;

  make_card(panel);
  make_warning(panel);
  add_presets(panel, GTK_GRID(basic));
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    if (rows[i].sampling)
      add_row(panel, GTK_GRID(sampling), sampling_rows++, &rows[i]);
    else
      add_row(panel, GTK_GRID(basic), basic_rows++, &rows[i]);
    if (strcmp(rows[i].name, "step-skip") == 0) {
      panel->passes = gtk_label_new(NULL);
      gtk_label_set_xalign(GTK_LABEL(panel->passes), 0);
      gtk_style_context_add_class(gtk_widget_get_style_context(panel->passes), "dim-label");
      gtk_grid_attach(GTK_GRID(sampling), panel->passes, 1, sampling_rows++, 1, 1);
    }
  }
  panel->message = make_note();
  gtk_style_context_add_class(gtk_widget_get_style_context(panel->message), "error");
  gtk_widget_set_margin_top(sampling, 6);
  gtk_container_add(GTK_CONTAINER(expander), sampling);

  gtk_box_pack_start(GTK_BOX(panel), basic, FALSE, FALSE, 0);
  gtk_box_pack_start(GTK_BOX(panel), panel->message, FALSE, FALSE, 0);
  gtk_box_pack_start(GTK_BOX(panel), panel->warning, FALSE, FALSE, 0);
  gtk_box_pack_start(GTK_BOX(panel), expander, FALSE, FALSE, 0);
  gtk_box_pack_start(GTK_BOX(panel), make_buttons(panel), FALSE, FALSE, 0);
  g_hash_table_insert(panel->controls, (char *)"expander", expander);
}

/* -------------------------------------------------------------------------------------------
 * The class
 */

static void clear_preset(void *data) {
  Preset *p = data;

  g_free(p->id);
  rst_preset_free(p->preset);
}

static void restorator_panel_dispose(GObject *object) {
  RestoratorPanel *panel = RESTORATOR_PANEL(object);

  g_clear_handle_id(&panel->changed, g_source_remove);
  if (panel->settings)
    g_signal_handlers_disconnect_by_data(panel->settings, panel);
  g_clear_object(&panel->settings);
  G_OBJECT_CLASS(restorator_panel_parent_class)->dispose(object);
}

static void restorator_panel_finalize(GObject *object) {
  RestoratorPanel *panel = RESTORATOR_PANEL(object);

  g_hash_table_unref(panel->controls);
  g_hash_table_unref(panel->cells);
  g_hash_table_unref(panel->models);
  g_array_unref(panel->presets);
  g_object_unref(panel->labels);
  history_free(panel->history);
  g_free(panel->better_setup);
  G_OBJECT_CLASS(restorator_panel_parent_class)->finalize(object);
}

static void restorator_panel_class_init(RestoratorPanelClass *class) {
  G_OBJECT_CLASS(class)->dispose = restorator_panel_dispose;
  G_OBJECT_CLASS(class)->finalize = restorator_panel_finalize;
  setup_changed = g_signal_new("setup-changed", G_TYPE_FROM_CLASS(class), G_SIGNAL_RUN_LAST, 0,
                               NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void restorator_panel_init(RestoratorPanel *panel) {
  gtk_orientable_set_orientation(GTK_ORIENTABLE(panel), GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing(GTK_BOX(panel), 12);
  panel->controls = g_hash_table_new(g_str_hash, g_str_equal);
  panel->cells = g_hash_table_new_full(g_str_hash, g_str_equal, NULL,
                                       (GDestroyNotify)g_ptr_array_unref);
  panel->models = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                        (GDestroyNotify)rst_model_unref);
  panel->labels = gtk_size_group_new(GTK_SIZE_GROUP_HORIZONTAL);
  panel->presets = g_array_new(FALSE, FALSE, sizeof(Preset));
  g_array_set_clear_func(panel->presets, clear_preset);
}

GtkWidget *restorator_panel_new(GObject *settings) {
  RestoratorPanel *panel = g_object_new(RESTORATOR_TYPE_PANEL, NULL);

  panel->settings = g_object_ref(settings);
  build(panel);
  update(panel);
  update_history(panel);
  gtk_widget_show_all(GTK_WIDGET(panel));
  g_signal_connect_swapped(settings, "notify", G_CALLBACK(note_change), panel);
  return GTK_WIDGET(panel);
}
