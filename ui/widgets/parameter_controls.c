/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "widgets/parameter_controls.h"

#include <glib/gi18n.h>
#include <string.h>

#include "widgets/card_button.h"
#include "widgets/accessible.h"
#include "widgets/widget_util.h"

/* One control. Labels are written here for their mnemonics, which are unique all over a dialog: R,
 * C, L, S, H and O belong to its buttons, P, F and B to the panel. So some have none. */
typedef struct {
  const char *name;
  const char *label;
  const char *source; /* of its formula, and what that is; or NULL */
} Row;

/* "G. W. 2023" is the document that the network comes from, "Diffusion restorator
 * visualization". */
static const Row rows[] = {
  {"model", N_("_Model"), NULL},
  {"mode", N_("Mo_de"), N_("Tone is L*, colour a* and b* of CIELAB (CIE 1976, D65).")},
  {"saturation", N_("Saturation"), N_("Chroma of CIELAB (CIE 1976, D65).")},
  {"strength", N_("Stren_gth"), NULL},
  {"context", N_("Conte_xt"), NULL},
  {"window", N_("_Window"), NULL},
  {"match", N_("Match the surrou_ndings"),
   N_("Poisson image editing: Pérez, Gangnet and Blake 2003. The fill of a hidden region's border: "
      "Smith and Wessel 1990, Gridding with continuous curvature splines in tension.")},
  {"hide-region", N_("H_ide the region"), NULL},
  {"seed", N_("S_eed"), N_("Philox 4×32-10: Salmon et al. 2011; normal: Box and Muller 1958.")},
  {"sampler", N_("S_ampler"),
   N_("DDPM: Ho, Jain and Abbeel 2020, algorithm 2. DDIM: Song, Meng and Ermon 2021, equation "
      "12.")},
  {"stochasticity", N_("Stochasticit_y (η)"),
   N_("σ = η √((1 − ᾱₛ) / (1 − ᾱₜ)) √(1 − ᾱₜ / ᾱₛ), from step t to s: Song, Meng and Ermon 2021, "
      "equation 16.")},
  {"step-skip", N_("Step s_kipping (K)"),
   N_("Fewer steps: Song, Meng and Ermon 2021, section 4.2. S − 1, then E + 1, E + 1 + K, "
      "E + 1 + 2K … downwards, then E: G. W. 2023.")},
  {"sequence", N_("Se_quence"), N_("Quadratic: S − 1, then E − 1 + 2ⁱ downwards: G. W. 2023.")},
  {"start", N_("S_tart"), N_("S, the first step taken is S − 1: G. W. 2023.")},
  {"end", N_("End"), N_("E, the last step taken: G. W. 2023.")},
  {"noise-stddev", N_("Noise stdde_v"),
   N_("Normal adds σz, squared σ²z: G. W. 2023. σ² of DDPM is β̃: Ho, Jain and Abbeel 2020, "
      "equation 7.")},
  {"project", N_("Noise pro_jection"),
   N_("x̂₀ + L (p + σz − x̂₀) / |p + σz − x̂₀| with L = |p − x̂₀|, p the step without noise: G. W. "
      "2023.")},
  {"clip", N_("Clipping"), N_("To −1 … 1, the first value too: G. W. 2023.")},
};

/* How choices are called; their ids stay the engine's. */
static const char *const choice_names[][2] = {
  {"auto", N_("Automatic")},      {"full", N_("Everything")}, {"colour", N_("Colour only")},
  {"detail", N_("Detail only")},  {"on", N_("On")},           {"off", N_("Off")},
  {"ddpm", N_("DDPM")},           {"ddim", N_("DDIM")},       {"uniform", N_("Uniform")},
  {"quadratic", N_("Quadratic")}, {"normal", N_("Normal")},   {"squared", N_("Squared")},
  {"zero", N_("Zero")},
};

/* Those of the window that are no numbers. */
static const char *const window_names[][2] = {
  {"auto", N_("Automatic")}, {"picture", N_("Whole picture")}, {"faces", N_("With faces")}};

/* Of `output`, which is no parameter of the engine's. */
#define OUTPUT "output"
static const char *const outputs[][2] = {
  {"in-place", N_("Into the layer")},
  {"new-layer", N_("As a new layer")},
};

struct controls {
  GObject *settings;
  GtkSizeGroup *labels;
  GHashTable *controls; /* name → GtkWidget, the one with the value */
  GHashTable *cells; /* name → GPtrArray of all widgets of the row */
  GtkWidget *basic, *sampling, *passes, *card, *die, *lock;
  char *seed_unused; /* why the seed is; NULL where it is not */
};

/* -------------------------------------------------------------------------------------------
 * What follows the setup
 */

/* Why a parameter has no effect; NULL where it has. */
static char *why_unused(const rst_parameter *p, const rst_parameters *now,
                        const rst_model_info *info) {
  switch (rst_parameter_use(p, now, info)) {
    case RST_UNUSED_SINGLE_PASS:
      return g_strdup_printf(_("Not used: the model “%s” works in a single pass"), now->model);
    case RST_UNUSED_SAMPLER:
      return g_strdup(_("Not used by the sampler DDPM"));
    case RST_UNUSED_SEQUENCE:
      return g_strdup(_("Not used: the quadratic sequence has its own steps"));
    case RST_UNUSED_NOISE:
      return g_strdup(_("Not used: no step adds noise"));
    case RST_UNUSED_WINDOW:
      return g_strdup(_("Not used: the window is given"));
    case RST_UNUSED_MODE:
      return g_strdup(_("Not used: the mode “Detail only” keeps the picture's colours"));
    case RST_UNUSED_FACES:
      return g_strdup(_("Not used: the window is not “With faces”"));
    default:
      return NULL;
  }
}

/* What a parameter does, and whose formula it is. */
static char *make_tooltip(const rst_parameter *p) {
  const char *source = NULL;

  for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
    if (strcmp(rows[i].name, p->name) == 0)
      source = rows[i].source;
  return source ? g_strjoin("\n\n", _(p->blurb), _(source), NULL) : g_strdup(_(p->blurb));
}

static void describe_parameter(GtkWidget *widget, const rst_parameter *p) {
  g_autofree char *tooltip = make_tooltip(p);

  accessible_describe(widget, _(p->title), tooltip);
}

static void update_row(controls *c, const rst_parameter *p, const rst_parameters *now,
                       const rst_model_info *info) {
  g_autofree char *why = why_unused(p, now, info);
  g_autofree char *does = make_tooltip(p), *tooltip = g_strjoin("\n\n", does, why, NULL);
  GPtrArray *widgets = g_hash_table_lookup(c->cells, p->name);

  for (guint i = 0; widgets && i < widgets->len; i++) {
    GtkWidget *widget = g_ptr_array_index(widgets, i);

    gtk_widget_set_sensitive(widget, !why);
    gtk_widget_set_tooltip_text(widget, tooltip);
    if (!GTK_IS_LABEL(widget))
      atk_object_set_description(gtk_widget_get_accessible(widget), tooltip);
  }
}

/* Of the setup, what a model that works in a single pass does not read: the sampler's. */
static gboolean is_sampling(const rst_parameter *p) {
  const rst_model_info single_pass = {.size = sizeof single_pass, .process = RST_SINGLE_PASS};
  rst_parameters usual;

  rst_parameters_init(&usual);
  return rst_parameter_in_presets(p) &&
         rst_parameter_use(p, &usual, &single_pass) == RST_UNUSED_SINGLE_PASS;
}

GtkWidget *controls_get(const controls *c, const char *name) {
  return g_hash_table_lookup(c->controls, name);
}

static void set_upper(controls *c, const char *name, int upper) {
  GtkWidget *control = controls_get(c, name);

  gtk_adjustment_set_upper(gtk_spin_button_get_adjustment(GTK_SPIN_BUTTON(control)), upper);
}

/* Only the model knows how many steps there are. */
static void update_ranges(controls *c, const rst_parameters *now, const rst_model_info *info) {
  if (info->process != RST_DIFFUSION)
    return;
  set_upper(c, "step-skip", info->steps);
  set_upper(c, "start", info->steps);
  set_upper(c, "end", (now->start == 0 ? info->steps : now->start) - 1);
}

static void update_passes(controls *c, const rst_parameters *now, const rst_model *model) {
  int passes = 0;
  g_autofree char *text = NULL;

  rst_parameters_steps(now, model, NULL, &passes, NULL);
  text = g_strdup_printf(
    ngettext("%d network pass a pixel", "%d network passes a pixel", (gulong)passes), passes);
  gtk_label_set_text(GTK_LABEL(c->passes), text);
}

static void update_button(GtkWidget *button, const char *name, const char *text, const char *why) {
  g_autofree char *whole = g_strjoin("\n\n", text, why, NULL);

  gtk_widget_set_sensitive(button, !why);
  accessible_describe(button, name, whole);
}

static void update_seed_buttons(controls *c) {
  const char *locked = controls_is_locked(c) ? _("Not now: the seed is locked") : NULL;

  update_button(c->die, _("Throw the die"), _("Another seed by chance"),
                c->seed_unused ? c->seed_unused : locked);
  update_button(c->lock, _("Lock the seed"),
                _("Keeps the seed: neither the die nor a thumbnail, a preset or the way back to "
                  "the defaults changes it. It can still be typed"),
                c->seed_unused);
}

void controls_update(controls *c, const rst_parameters *now, const rst_model *model,
                     const GPtrArray *presets) {
  rst_model_info info = {.size = sizeof info};
  size_t count;
  const rst_parameter *table = rst_parameter_table(&count);

  card_button_set_model(c->card, model, presets);
  if (!model)
    return;
  rst_model_get_info(model, &info);
  update_ranges(c, now, &info);
  for (size_t i = 0; i < count; i++)
    update_row(c, &table[i], now, &info);
  update_passes(c, now, model);
  g_free(c->seed_unused);
  c->seed_unused = why_unused(rst_parameter_find("seed"), now, &info);
  update_seed_buttons(c);
}

static GParamSpec *find_output(const controls *c) {
  return g_object_class_find_property(G_OBJECT_GET_CLASS(c->settings), OUTPUT);
}

const char *controls_get_output(const controls *c) {
  g_autofree char *output = NULL;

  if (find_output(c))
    g_object_get(c->settings, OUTPUT, &output, NULL);
  return g_intern_string(output);
}

void controls_set_output(controls *c, const char *output) {
  GParamSpec *spec = find_output(c);

  if (spec && output)
    g_object_set(c->settings, OUTPUT, output, NULL);
  else if (spec)
    g_object_set_property(c->settings, OUTPUT, g_param_spec_get_default_value(spec));
}

gboolean controls_is_locked(const controls *c) {
  return gtk_toggle_button_get_active(GTK_TOGGLE_BUTTON(c->lock));
}

int controls_throw_die(void) {
  return g_random_int_range(0, 100000);
}

/* -------------------------------------------------------------------------------------------
 * Building
 */

static void throw_die(controls *c) {
  g_object_set(c->settings, "seed", controls_throw_die(), NULL);
}

/* Adds a widget of a row, for what concerns all of them. */
static void note_cell(controls *c, const char *name, GtkWidget *widget) {
  GPtrArray *widgets = g_hash_table_lookup(c->cells, name);

  if (!widgets) {
    widgets = g_ptr_array_new();
    g_hash_table_insert(c->cells, (char *)name, widgets);
  }
  g_ptr_array_add(widgets, widget);
}

static void bind(controls *c, const char *name, void *target, const char *property) {
  g_object_bind_property(c->settings, name, target, property,
                         G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE);
}

static GtkWidget *make_number(controls *c, const rst_parameter *p) {
  const gboolean real = p->type == RST_TYPE_REAL;
  GtkAdjustment *adjustment =
    gtk_adjustment_new(p->low, p->low, p->high, real ? 0.01 : 1, real ? 0.1 : 10, 0);
  GtkWidget *spin = gtk_spin_button_new(adjustment, 0, real ? 2 : 0);

  gtk_spin_button_set_numeric(GTK_SPIN_BUTTON(spin), TRUE);
  gtk_entry_set_width_chars(GTK_ENTRY(spin), 5);
  bind(c, p->name, adjustment, "value");
  return spin;
}

static const char *choice_name(const char *id) {
  for (guint i = 0; i < G_N_ELEMENTS(choice_names); i++)
    if (strcmp(choice_names[i][0], id) == 0)
      return _(choice_names[i][1]);
  return id;
}

static GtkWidget *make_choice(controls *c, const rst_parameter *p) {
  GtkWidget *combo = gtk_combo_box_text_new();

  for (const char *const *choice = p->choices; *choice; choice++)
    gtk_combo_box_text_append(GTK_COMBO_BOX_TEXT(combo), *choice, choice_name(*choice));
  bind(c, p->name, combo, "active-id");
  return combo;
}

static bool add_model(void *user, const char *id, const char *path) {
  (void)path;
  gtk_combo_box_text_append(GTK_COMBO_BOX_TEXT(user), id, id);
  return true;
}

/* The ids that there are, and the model set where that is another or a path. */
static GtkWidget *make_models(controls *c, const rst_parameter *p) {
  GtkWidget *combo = gtk_combo_box_text_new();
  g_autofree char *current = NULL;

  rst_list(RST_KIND_MODEL, add_model, combo, NULL);
  g_object_get(c->settings, p->name, &current, NULL);
  if (current && !gtk_combo_box_set_active_id(GTK_COMBO_BOX(combo), current))
    gtk_combo_box_text_append(GTK_COMBO_BOX_TEXT(combo), current, current);
  widget_shorten(combo);
  bind(c, p->name, combo, "active-id");
  return combo;
}

/* The parameter's words, as people read and may type them; anything else is meant as it is. */
static gboolean name_window(GBinding *binding, const GValue *from, GValue *to, gpointer data) {
  const char *value = g_value_get_string(from);

  (void)binding, (void)data;
  for (guint i = 0; value && i < G_N_ELEMENTS(window_names); i++)
    if (strcmp(value, window_names[i][0]) == 0)
      value = _(window_names[i][1]);
  g_value_set_string(to, value ? value : "");
  return TRUE;
}

static gboolean read_window(GBinding *binding, const GValue *from, GValue *to, gpointer data) {
  const char *text = g_value_get_string(from);

  (void)binding, (void)data;
  for (guint i = 0; text && i < G_N_ELEMENTS(window_names); i++)
    if (g_utf8_collate(text, _(window_names[i][1])) == 0)
      text = window_names[i][0];
  g_value_set_string(to, text);
  return TRUE;
}

static GtkWidget *make_window(controls *c, const rst_parameter *p) {
  GtkWidget *combo = gtk_combo_box_text_new_with_entry();
  GtkWidget *entry = gtk_bin_get_child(GTK_BIN(combo));

  for (guint i = 0; i < G_N_ELEMENTS(window_names); i++)
    gtk_combo_box_text_append(GTK_COMBO_BOX_TEXT(combo), NULL, _(window_names[i][1]));
  gtk_entry_set_width_chars(GTK_ENTRY(entry), 8);
  g_object_bind_property_full(c->settings, p->name, entry, "text",
                              G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE, name_window,
                              read_window, NULL, NULL);
  note_cell(c, p->name, entry);
  describe_parameter(entry, p);
  return combo;
}

static GtkWidget *make_control(controls *c, const rst_parameter *p, const char *label) {
  GtkWidget *control;

  switch (p->type) {
    case RST_TYPE_BOOL:
      control = gtk_check_button_new_with_mnemonic(label);
      bind(c, p->name, control, "active");
      return control;
    case RST_TYPE_CHOICE:
      return make_choice(c, p);
    case RST_TYPE_TEXT:
      return strcmp(p->name, "model") == 0 ? make_models(c, p) : make_window(c, p);
    default:
      return make_number(c, p);
  }
}

/* A die and a lock. */
static GtkWidget *make_seed_buttons(controls *c) {
  GtkWidget *box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6);

  c->die = gtk_button_new_from_icon_name("media-playlist-shuffle-symbolic", GTK_ICON_SIZE_BUTTON);
  g_signal_connect_swapped(c->die, "clicked", G_CALLBACK(throw_die), c);
  c->lock = gtk_toggle_button_new();
  gtk_button_set_image(GTK_BUTTON(c->lock), gtk_image_new_from_icon_name("changes-prevent-symbolic",
                                                                         GTK_ICON_SIZE_BUTTON));
  g_signal_connect_swapped(c->lock, "toggled", G_CALLBACK(update_seed_buttons), c);
  gtk_container_add(GTK_CONTAINER(box), c->die);
  gtk_container_add(GTK_CONTAINER(box), c->lock);
  update_seed_buttons(c);
  g_hash_table_insert(c->controls, (char *)"die", c->die);
  g_hash_table_insert(c->controls, (char *)"lock", c->lock);
  return box;
}

/* A slider beside a number, a button beside a model or the seed. */
static GtkWidget *make_companion(controls *c, const rst_parameter *p, GtkWidget *control) {
  GtkWidget *companion = NULL;

  if (p->type == RST_TYPE_REAL) {
    companion = gtk_scale_new(GTK_ORIENTATION_HORIZONTAL,
                              gtk_spin_button_get_adjustment(GTK_SPIN_BUTTON(control)));
    gtk_scale_set_draw_value(GTK_SCALE(companion), FALSE);
    gtk_widget_set_size_request(companion, 60, -1);
    gtk_widget_set_hexpand(companion, TRUE);
    describe_parameter(companion, p);
    note_cell(c, p->name, companion);
  } else if (strcmp(p->name, "seed") == 0) {
    companion = make_seed_buttons(c);
  } else if (strcmp(p->name, "model") == 0) {
    companion = c->card = card_button_new();
  }
  return companion;
}

/* `name`: of the parameter; or NULL. */
static void add_label(controls *c, GtkGrid *grid, int row, const char *name, const char *text,
                      GtkWidget *control) {
  GtkWidget *label = gtk_label_new_with_mnemonic(text);

  gtk_label_set_mnemonic_widget(GTK_LABEL(label), control);
  gtk_label_set_line_wrap(GTK_LABEL(label), TRUE);
  gtk_label_set_width_chars(GTK_LABEL(label), 12); /* Japanese could be broken at each letter */
  gtk_label_set_max_width_chars(GTK_LABEL(label), 14);
  gtk_label_set_xalign(GTK_LABEL(label), 0);
  gtk_size_group_add_widget(c->labels, label);
  gtk_grid_attach(grid, label, 0, row, 1, 1);
  if (name)
    note_cell(c, name, label);
}

static void add_row(controls *c, GtkGrid *grid, int row, const Row *what) {
  const rst_parameter *p = rst_parameter_find(what->name);
  GtkWidget *control = make_control(c, p, _(what->label));
  GtkWidget *companion = make_companion(c, p, control);
  GtkWidget *box = control;

  describe_parameter(control, p);
  g_hash_table_insert(c->controls, (char *)what->name, control);
  note_cell(c, what->name, control);
  if (companion) {
    box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6);
    gtk_box_pack_start(GTK_BOX(box), p->type == RST_TYPE_REAL ? companion : control, TRUE, TRUE, 0);
    gtk_box_pack_start(GTK_BOX(box), p->type == RST_TYPE_REAL ? control : companion, FALSE, FALSE,
                       0);
  }
  gtk_widget_set_hexpand(box, TRUE);
  gtk_widget_set_valign(box, GTK_ALIGN_CENTER);
  if (p->type == RST_TYPE_BOOL) {
    gtk_grid_attach(grid, box, 0, row, 2, 1);
  } else {
    add_label(c, grid, row, what->name, _(what->label), control);
    gtk_grid_attach(grid, box, 1, row, 1, 1);
  }
}

static void add_output(controls *c, int row) {
  GtkWidget *combo = gtk_combo_box_text_new();

  for (gsize i = 0; i < G_N_ELEMENTS(outputs); i++)
    gtk_combo_box_text_append(GTK_COMBO_BOX_TEXT(combo), outputs[i][0], _(outputs[i][1]));
  bind(c, OUTPUT, combo, "active-id");
  accessible_describe(
    combo, _("Output"),
    _("Where the restored pixels go: into the layer, or into a new layer above it whose "
      "alpha is the selection"));
  g_hash_table_insert(c->controls, (char *)OUTPUT, combo);
  add_label(c, GTK_GRID(c->basic), row, OUTPUT, _("O_utput"), combo);
  gtk_grid_attach(GTK_GRID(c->basic), combo, 1, row, 1, 1);
}

static GtkWidget *make_grid(void) {
  GtkWidget *grid = gtk_grid_new();

  gtk_grid_set_row_spacing(GTK_GRID(grid), 6);
  gtk_grid_set_column_spacing(GTK_GRID(grid), 12);
  return grid;
}

controls *controls_new(GObject *settings, GtkSizeGroup *labels) {
  controls *c = g_new0(controls, 1);
  int basic_rows = 0, sampling_rows = 0;

  c->settings = settings;
  c->labels = labels;
  c->controls = g_hash_table_new(g_str_hash, g_str_equal);
  c->cells =
    g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)g_ptr_array_unref);
  c->basic = make_grid();
  c->sampling = make_grid();
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    if (is_sampling(rst_parameter_find(rows[i].name)))
      add_row(c, GTK_GRID(c->sampling), sampling_rows++, &rows[i]);
    else
      add_row(c, GTK_GRID(c->basic), basic_rows++, &rows[i]);
    if (strcmp(rows[i].name, "step-skip") == 0) {
      c->passes = gtk_label_new(NULL);
      gtk_label_set_xalign(GTK_LABEL(c->passes), 0);
      gtk_style_context_add_class(gtk_widget_get_style_context(c->passes), "dim-label");
      gtk_grid_attach(GTK_GRID(c->sampling), c->passes, 1, sampling_rows++, 1, 1);
    }
  }
  if (find_output(c))
    add_output(c, basic_rows);
  return c;
}

void controls_add_first(controls *c, const char *label, GtkWidget *control, GtkWidget *mnemonic,
                        GtkWidget *below) {
  GtkGrid *grid = GTK_GRID(c->basic);

  gtk_grid_insert_row(grid, 0);
  gtk_grid_insert_row(grid, 0);
  gtk_widget_set_hexpand(control, TRUE);
  add_label(c, grid, 0, NULL, label, mnemonic);
  gtk_grid_attach(grid, control, 1, 0, 1, 1);
  gtk_grid_attach(grid, below, 0, 1, 2, 1);
}

void controls_free(controls *c) {
  if (!c)
    return;
  g_hash_table_unref(c->controls);
  g_hash_table_unref(c->cells);
  g_free(c->seed_unused);
  g_free(c);
}

GtkWidget *controls_get_basic(const controls *c) {
  return c->basic;
}

GtkWidget *controls_get_sampling(const controls *c) {
  return c->sampling;
}
