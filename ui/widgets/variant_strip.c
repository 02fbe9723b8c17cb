/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "widgets/variant_strip.h"

#include <glib/gi18n.h>
#include <string.h>

#include "widgets/parameter_controls.h"
#include "widgets/accessible.h"
#include "messages.h"
#include "widgets/widget_util.h"

enum { SIDE = 96 }; /* of a thumbnail, in logical pixels */

typedef enum { KIND_SEEDS, KIND_PRESETS } Kind;

typedef struct {
  GtkWidget *button, *image, *label;
  int seed;
  char *preset; /* id */
} Tile;

struct _RestoratorStrip {
  GtkBox parent;
  RestoratorPanel *panel;
  variants *variants; /* NULL until there is a picture */
  viewport view;      /* width 0: not known yet */
  GtkWidget *kind, *others, *note;
  Tile tiles[VARIANTS];
  gboolean sown; /* the tiles have seeds */
  guint first;   /* of the presets shown */
};

G_DEFINE_FINAL_TYPE(RestoratorStrip, restorator_strip, GTK_TYPE_BOX)

/* -------------------------------------------------------------------------------------------
 * What is there
 */

static void show_frame(RestoratorStrip *strip, int index) {
  const int scale = gtk_widget_get_scale_factor(GTK_WIDGET(strip));
  Tile *tile = &strip->tiles[index];
  frame *f = variants_get_frame(strip->variants, index);
  cairo_surface_t *surface =
    cairo_image_surface_create(CAIRO_FORMAT_ARGB32, SIDE * scale, SIDE * scale);
  const rst_error *error = variants_get_error(strip->variants, index);

  cairo_surface_set_device_scale(surface, scale, scale);
  if (f && f->viewport.width == SIDE * scale) {
    cairo_surface_flush(surface);
    for (int row = 0; row < f->viewport.height; row++)
      memcpy(cairo_image_surface_get_data(surface) +
               (gsize)row * (gsize)cairo_image_surface_get_stride(surface),
             f->after + (gsize)row * (gsize)f->viewport.width,
             (gsize)f->viewport.width * sizeof *f->after);
    cairo_surface_mark_dirty(surface);
  }
  gtk_image_set_from_surface(GTK_IMAGE(tile->image), surface);
  /* What is still to come is pale. */
  gtk_widget_set_opacity(tile->image, variants_is_finished(strip->variants, index) ? 1 : 0.5);
  if (error->code != RST_OK) {
    g_autofree char *text = messages_text(error);

    gtk_widget_set_tooltip_text(tile->button, text);
  }
  cairo_surface_destroy(surface);
  frame_unref(f);
}

static void show_frames(void *user) {
  RestoratorStrip *strip = user;

  for (int i = 0; i < VARIANTS; i++)
    show_frame(strip, i);
}

/* -------------------------------------------------------------------------------------------
 * What is requested
 */

static Kind get_kind(RestoratorStrip *strip) {
  return (Kind)gtk_combo_box_get_active(GTK_COMBO_BOX(strip->kind));
}

static gboolean has_seed(RestoratorStrip *strip, int seed) {
  for (int i = 0; i < VARIANTS; i++)
    if (strip->tiles[i].seed == seed)
      return TRUE;
  return FALSE;
}

/* The seed that is set is always among those shown. */
static void sow(RestoratorStrip *strip, int now) {
  for (int i = 0; !strip->sown && i < VARIANTS; i++)
    strip->tiles[i].seed = (int)(((gint64)now + i) % ((gint64)G_MAXINT + 1));
  strip->sown = TRUE;
  if (!has_seed(strip, now))
    strip->tiles[0].seed = now;
}

static void sow_others(RestoratorStrip *strip) {
  rst_parameters now;
  rst_model *model;

  if (restorator_panel_get_setup(strip->panel, &now, &model, NULL) != RST_OK)
    return;
  strip->tiles[0].seed = now.seed;
  for (int i = 1; i < VARIANTS; i++)
    strip->tiles[i].seed = controls_throw_die();
}

/* Why a choice of seeds would change nothing; NULL where it would. */
static char *why_no_seeds(RestoratorStrip *strip, const rst_parameters *now,
                          const rst_model *model) {
  rst_model_info info = {.size = sizeof info};

  rst_model_get_info(model, &info);
  if (info.process == RST_SINGLE_PASS)
    return g_strdup_printf(_("The model “%s” works in a single pass: seeds make no difference"),
                           now->model);
  return restorator_panel_is_locked(strip->panel) ? g_strdup(_("The seed is locked")) : NULL;
}

typedef enum { TILE_UNUSABLE, TILE_USABLE, TILE_CURRENT } TileState;

static void set_tile(Tile *tile, const char *title, const char *text, TileState state) {
  GtkStyleContext *style = gtk_widget_get_style_context(tile->button);

  gtk_label_set_text(GTK_LABEL(tile->label), title);
  accessible_describe(tile->button, title, text);
  gtk_widget_set_sensitive(tile->button, state != TILE_UNUSABLE);
  if (state == TILE_CURRENT)
    gtk_style_context_add_class(style, GTK_STYLE_CLASS_SUGGESTED_ACTION);
  else
    gtk_style_context_remove_class(style, GTK_STYLE_CLASS_SUGGESTED_ACTION);
}

static void request_seeds(RestoratorStrip *strip, const rst_parameters *now, rst_model *model,
                          variant requested[VARIANTS]) {
  g_autofree char *why = why_no_seeds(strip, now, model);

  sow(strip, now->seed);
  widget_set_note(strip->note, why ? why : "");
  for (int i = 0; i < VARIANTS; i++) {
    Tile *tile = &strip->tiles[i];
    g_autofree char *title = g_strdup_printf(_("Seed %d"), tile->seed);

    const gboolean current = tile->seed == now->seed;

    set_tile(tile, title,
             why       ? why
             : current ? _("This seed is set")
                       : _("Takes this seed"),
             why       ? TILE_UNUSABLE
             : current ? TILE_CURRENT
                       : TILE_USABLE);
    if (why)
      continue;
    requested[i] = (variant){model, *now};
    requested[i].parameters.seed = tile->seed;
  }
}

/* What a preset would make of the setup. False where it cannot. */
static gboolean apply(RestoratorStrip *strip, const preset_file *file, const rst_parameters *now,
                      variant *made) {
  made->parameters = *now;
  rst_preset_apply(file->preset, &made->parameters);
  made->model = restorator_panel_get_model(strip->panel, made->parameters.model, NULL);
  return made->model && rst_preset_check(file->preset, made->model, NULL) == RST_OK &&
         rst_parameters_check(&made->parameters, made->model, NULL) == RST_OK;
}

static void request_presets(RestoratorStrip *strip, const rst_parameters *now,
                            variant requested[VARIANTS]) {
  const GPtrArray *presets = restorator_panel_get_presets(strip->panel);
  guint at = strip->first;
  int filled = 0;

  widget_set_note(strip->note, "");
  for (guint i = 0; i < presets->len && filled < VARIANTS; i++, at++) {
    const preset_file *file = g_ptr_array_index(presets, at % presets->len);
    Tile *tile = &strip->tiles[filled];

    if (!apply(strip, file, now, &requested[filled]))
      continue;
    g_free(tile->preset);
    tile->preset = g_strdup(file->id);
    set_tile(tile, file->title, *file->note ? file->note : _("Takes this preset"),
             presets_is_set(file->preset, now) ? TILE_CURRENT : TILE_USABLE);
    filled++;
  }
  for (; filled < VARIANTS; filled++) {
    requested[filled].model = NULL;
    set_tile(&strip->tiles[filled], _("No preset"),
             _("There are no more presets that fit the model"), TILE_UNUSABLE);
  }
}

static void others(RestoratorStrip *strip) {
  if (get_kind(strip) == KIND_SEEDS)
    sow_others(strip);
  else
    strip->first += VARIANTS;
  restorator_strip_update(strip);
}

void restorator_strip_update(RestoratorStrip *strip) {
  g_autofree variant *requested = g_new0(variant, VARIANTS);
  g_autofree rst_parameters *now = g_new(rst_parameters, 1);
  rst_model *model = NULL;

  if (!strip->variants || strip->view.width == 0)
    return;
  if (!gtk_widget_get_visible(GTK_WIDGET(strip)) ||
      restorator_panel_get_setup(strip->panel, now, &model, NULL) != RST_OK) {
    variants_stop(strip->variants);
    return;
  }
  if (get_kind(strip) == KIND_SEEDS)
    request_seeds(strip, now, model, requested);
  else
    request_presets(strip, now, requested);
  variants_set(strip->variants, requested, &strip->view);
  show_frames(strip);
}

static void take(RestoratorStrip *strip, GtkWidget *button) {
  const GPtrArray *presets = restorator_panel_get_presets(strip->panel);

  for (int i = 0; i < VARIANTS; i++) {
    const Tile *tile = &strip->tiles[i];
    const preset_file *file;

    if (tile->button != button)
      continue;
    if (get_kind(strip) == KIND_SEEDS)
      restorator_panel_set_seed(strip->panel, tile->seed);
    else if (tile->preset && (file = presets_find(presets, tile->preset)))
      restorator_panel_apply(strip->panel, file);
  }
}

gboolean restorator_strip_is_finished(RestoratorStrip *strip) {
  gboolean finished =
    strip->variants && strip->view.width > 0 && gtk_widget_get_visible(GTK_WIDGET(strip));

  for (int i = 0; i < VARIANTS; i++)
    finished = finished && variants_is_finished(strip->variants, i);
  return finished;
}

/* -------------------------------------------------------------------------------------------
 * The picture
 */

rst_status restorator_strip_open(RestoratorStrip *strip, const rst_picture *picture,
                                 const rst_rectangle *box, rst_error *error) {
  return strip->variants ? RST_OK
                         : variants_new(picture, box, show_frames, strip, &strip->variants, error);
}

rst_status restorator_strip_renew(RestoratorStrip *strip, const rst_picture *picture,
                                  const rst_rectangle *box, rst_error *error) {
  return strip->variants ? variants_set_picture(strip->variants, picture, box, error) : RST_OK;
}

void restorator_strip_set_region(RestoratorStrip *strip, const rst_rectangle *box) {
  if (strip->variants)
    variants_set_region(strip->variants, box);
}

void restorator_strip_set_scene(RestoratorStrip *strip, const rst_plan *plan,
                                const rst_rectangle *seen) {
  const int scale = gtk_widget_get_scale_factor(GTK_WIDGET(strip));
  const viewport view = variants_choose_view(plan, seen, SIDE * scale);

  if (viewport_is_same(&view, &strip->view))
    return;
  strip->view = view;
  restorator_strip_update(strip);
}

/* -------------------------------------------------------------------------------------------
 * Building
 */

static void make_tile(RestoratorStrip *strip, Tile *tile) {
  GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 2);

  tile->button = gtk_button_new();
  tile->image = gtk_image_new();
  tile->label = gtk_label_new(NULL);
  gtk_widget_set_size_request(tile->image, SIDE, SIDE);
  gtk_label_set_ellipsize(GTK_LABEL(tile->label), PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars(GTK_LABEL(tile->label), 12);
  gtk_container_add(GTK_CONTAINER(box), tile->image);
  gtk_container_add(GTK_CONTAINER(box), tile->label);
  gtk_container_add(GTK_CONTAINER(tile->button), box);
  g_signal_connect_swapped(tile->button, "clicked", G_CALLBACK(take), strip);
  gtk_box_pack_start(GTK_BOX(strip), tile->button, FALSE, FALSE, 0);
}

static void make_choice(RestoratorStrip *strip) {
  GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 6);

  strip->kind = gtk_combo_box_text_new();
  gtk_combo_box_text_append(GTK_COMBO_BOX_TEXT(strip->kind), NULL, _("Seeds"));
  gtk_combo_box_text_append(GTK_COMBO_BOX_TEXT(strip->kind), NULL, _("Presets"));
  gtk_combo_box_set_active(GTK_COMBO_BOX(strip->kind), KIND_SEEDS);
  accessible_describe(strip->kind, _("What to compare"), _("What the thumbnails differ in"));
  g_signal_connect_swapped(strip->kind, "changed", G_CALLBACK(restorator_strip_update), strip);
  strip->others = widget_icon_button("media-playlist-shuffle-symbolic", _("Others"),
                                     _("Shows other seeds, or the next presets"));
  gtk_widget_set_halign(strip->others, GTK_ALIGN_START);
  g_signal_connect_swapped(strip->others, "clicked", G_CALLBACK(others), strip);
  strip->note = widget_note("dim-label");
  gtk_label_set_max_width_chars(GTK_LABEL(strip->note), 16);
  gtk_box_pack_start(GTK_BOX(box), strip->kind, FALSE, FALSE, 0);
  gtk_box_pack_start(GTK_BOX(box), strip->others, FALSE, FALSE, 0);
  gtk_box_pack_start(GTK_BOX(box), strip->note, FALSE, FALSE, 0);
  gtk_box_pack_start(GTK_BOX(strip), box, FALSE, FALSE, 0);
}

static void restorator_strip_dispose(GObject *object) {
  g_clear_pointer(&RESTORATOR_STRIP(object)->variants, variants_free);
  G_OBJECT_CLASS(restorator_strip_parent_class)->dispose(object);
}

static void restorator_strip_finalize(GObject *object) {
  for (int i = 0; i < VARIANTS; i++)
    g_free(RESTORATOR_STRIP(object)->tiles[i].preset);
  G_OBJECT_CLASS(restorator_strip_parent_class)->finalize(object);
}

static void restorator_strip_class_init(RestoratorStripClass *class) {
  G_OBJECT_CLASS(class)->dispose = restorator_strip_dispose;
  G_OBJECT_CLASS(class)->finalize = restorator_strip_finalize;
}

static void restorator_strip_init(RestoratorStrip *strip) {
  gtk_box_set_spacing(GTK_BOX(strip), 6);
  g_signal_connect(strip, "show", G_CALLBACK(restorator_strip_update), NULL);
  g_signal_connect(strip, "hide", G_CALLBACK(restorator_strip_update), NULL);
}

GtkWidget *restorator_strip_new(RestoratorPanel *panel) {
  RestoratorStrip *strip = g_object_new(RESTORATOR_TYPE_STRIP, NULL);

  strip->panel = panel;
  make_choice(strip);
  for (int i = 0; i < VARIANTS; i++)
    make_tile(strip, &strip->tiles[i]);
  gtk_widget_show_all(GTK_WIDGET(strip));
  gtk_widget_hide(GTK_WIDGET(strip));
  return GTK_WIDGET(strip);
}

GtkWidget *restorator_strip_get_tile(RestoratorStrip *strip, int index) {
  return strip->tiles[index].button;
}
