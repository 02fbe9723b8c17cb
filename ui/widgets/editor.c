/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "widgets/editor.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <string.h>

#include "widgets/accessible.h"
#include "messages.h"
#include "widgets/face_layer.h"
#include "widgets/hint_layer.h"
#include "widgets/message_bar.h"
#include "widgets/pixel_inspector.h"
#include "widgets/status_bar.h"
#include "widgets/variant_strip.h"
#include "widgets/view_bar.h"
#include "widgets/widget_util.h"
#include "setup_text.h"

struct _RestoratorEditor {
  GtkBox parent;
  preview *preview;
  int width, height; /* of the picture */
  GtkWidget *strip;
  rst_picture picture; /* the strip's, once it is asked for, … */
  rst_rectangle box;          /* … and what of it is selected */
  hint_layer *hint_layer;
  face_layer *face_layer;
  rst_plan plan; /* whose windows hints were located in */
  GtkWidget *view, *inspector, *panel, *faces, *hints, *uncertainty, *status, *message;
  char *setup; /* in words */
};

enum { UNCERTAINTY_SEEDS = 8 };

G_DEFINE_FINAL_TYPE(RestoratorEditor, restorator_editor, GTK_TYPE_BOX)

static guint progressed;

/* -------------------------------------------------------------------------------------------
 * Status
 */

static char *setup_text(const rst_parameters *p, const rst_model *model) {
  rst_model_info info = {.size = sizeof info};
  g_autofree char *name = g_path_get_basename(p->model), *words = words_of_setup(p, model);

  rst_model_get_info(model, &info);
  /* Translators: the model's name, and the setup in words. */
  return info.process == RST_SINGLE_PASS
           ? g_strdup_printf(_("%s, %s"), name, words)
           : g_strdup_printf(_("%s, %s, seed %d"), name, words, p->seed);
}

static void update_status(RestoratorEditor *editor, const preview_status *s) {
  const int threads = preview_get_threads(editor->preview);
  g_autofree char *cpu =
    g_strdup_printf(ngettext("CPU, %d thread", "CPU, %d threads", (gulong)threads), threads);
  g_autofree char *more = editor->setup ? g_strdup_printf("%s · %s", editor->setup, cpu) : NULL;

  restorator_status_bar_show(RESTORATOR_STATUS_BAR(editor->status), s, more ? more : cpu);
}

void restorator_editor_say(RestoratorEditor *editor, GtkMessageType type, const char *text) {
  restorator_message_bar_say(RESTORATOR_MESSAGE_BAR(editor->message), type, text);
}

const char *restorator_editor_get_message(RestoratorEditor *editor) {
  return restorator_message_bar_get_text(RESTORATOR_MESSAGE_BAR(editor->message));
}

/* The newest answer, once there is one: what it is for may still be in work. */
static void show_trajectory(RestoratorEditor *editor, const preview_status *s) {
  trajectory *t = preview_get_trajectory(editor->preview);

  if (t || s->phase == PREVIEW_EXACT)
    restorator_pixel_inspector_set_trajectory(RESTORATOR_PIXEL_INSPECTOR(editor->inspector), t);
  trajectory_unref(t);
}

static gboolean is_strip_shown(RestoratorEditor *editor) {
  return gtk_widget_get_visible(editor->strip);
}

/* The strip follows what is looked at. */
static void show_scene(RestoratorEditor *editor) {
  RestoratorView *view = RESTORATOR_VIEW(editor->view);
  rst_plan plan = {.size = sizeof plan};
  double left, top, right, bottom;

  if (!is_strip_shown(editor) || !preview_get_plan(editor->preview, &plan))
    return;
  restorator_view_to_picture(view, 0, 0, &left, &top);
  restorator_view_to_picture(view, gtk_widget_get_allocated_width(editor->view),
                             gtk_widget_get_allocated_height(editor->view), &right, &bottom);
  const rst_rectangle seen = {(int)left, (int)top, (int)(right - left), (int)(bottom - top)};

  restorator_strip_set_scene(RESTORATOR_STRIP(editor->strip), &plan, &seen);
}

/* ---- where hints lie ---- */

static gboolean is_selected(const RestoratorEditor *editor, int x, int y) {
  const rst_picture *p = &editor->picture;
  float coverage = 1;

  if (!rect_contains(&editor->box, x, y))
    return FALSE;
  return !p->read_coverage || (p->read_coverage(p->user, x, y, 1, 1, &coverage) && coverage > 0);
}

static HintPlace locate_hint(gpointer user, const rst_hint *hint) {
  const RestoratorEditor *editor = user;
  HintPlace place = editor->plan.count > 0 ? HINT_NOWHERE : HINT_INSIDE;

  for (int i = 0; i < editor->plan.count; i++) {
    const rst_window *w = &editor->plan.parts[i].window;

    if (hint->x >= w->x && hint->y >= w->y && hint->x < w->x + w->side && hint->y < w->y + w->side)
      place = is_selected(editor, hint->x, hint->y) ? HINT_INSIDE : HINT_BESIDE;
  }
  return hint->x < 0 || hint->y < 0 || hint->x >= editor->width || hint->y >= editor->height
           ? HINT_NOWHERE
           : place;
}

static void take_plan(RestoratorEditor *editor) {
  rst_plan *plan = g_new0(rst_plan, 1);
  gboolean same;

  plan->size = sizeof *plan;
  same = !preview_get_plan(editor->preview, plan) || plan->count == editor->plan.count;
  for (int i = 0; i < plan->count && same; i++)
    same = memcmp(&plan->parts[i].window, &editor->plan.parts[i].window,
                  sizeof plan->parts[i].window) == 0;
  if (!same) {
    editor->plan = *plan;
    restorator_hints_relocate(restorator_panel_get_hints(RESTORATOR_PANEL(editor->panel)));
  }
  g_free(plan);
}

static void take_report(void *user) {
  RestoratorEditor *editor = user;
  preview_status status;

  preview_get_status(editor->preview, &status);
  restorator_view_update(RESTORATOR_VIEW(editor->view));
  update_status(editor, &status);
  show_scene(editor);
  show_trajectory(editor, &status);
  take_plan(editor);
  face_layer_update(editor->face_layer);
  hint_layer_update(editor->hint_layer);
  if (status.phase == PREVIEW_FAILED) {
    g_autofree char *text = messages_text(&status.error);

    restorator_editor_say(editor, GTK_MESSAGE_ERROR, text);
  }
  g_signal_emit(editor, progressed, 0);
}

static const char *uncertainty_text(void) {
  return _(
    "Shows how much each pixel varies with the seed, as colours: the standard deviation over "
    "several seeds");
}

/* Whether the seed counts at all. */
static void offer_uncertainty(RestoratorEditor *editor, const rst_model *model) {
  rst_model_info info = {.size = sizeof info};
  bool counts = true;

  if (model) {
    rst_model_get_info(model, &info);
    counts = info.process == RST_DIFFUSION;
  }
  gtk_widget_set_sensitive(editor->uncertainty, counts);
  accessible_describe(
    editor->uncertainty, _("Show the uncertainty"),
    counts ? uncertainty_text() : _("A single-pass model gives the same result with every seed"));
}

/* The panel says itself what is wrong with a setup. */
static void take_setup(RestoratorEditor *editor) {
  rst_parameters parameters;
  rst_model *model = NULL;

  rst_parameters_init(&parameters);
  restorator_editor_say(editor, GTK_MESSAGE_INFO, NULL);
  g_clear_pointer(&editor->setup, g_free);
  if (restorator_panel_get_setup(RESTORATOR_PANEL(editor->panel), &parameters, &model, NULL) !=
      RST_OK)
    model = NULL;
  if (model)
    editor->setup = setup_text(&parameters, model);
  offer_uncertainty(editor, model);
  face_layer_set_used(editor->face_layer, parameters.window_kind == RST_WINDOW_FACES);
  preview_set_running(editor->preview, true);
  preview_set_setup(editor->preview, model, &parameters);
  restorator_strip_update(RESTORATOR_STRIP(editor->strip));
}

/* -------------------------------------------------------------------------------------------
 * The bar above the view
 */

/* The strip has a preview of its own from the first time on that it is wanted. */
static void show_strip(RestoratorEditor *editor, GtkToggleButton *button) {
  const gboolean shown = gtk_toggle_button_get_active(button);
  rst_error error = RST_ERROR_INIT;

  if (shown && restorator_strip_open(RESTORATOR_STRIP(editor->strip), &editor->picture,
                                     &editor->box, &error) != RST_OK) {
    g_autofree char *text = messages_text(&error);

    restorator_editor_say(editor, GTK_MESSAGE_ERROR, text);
  }
  gtk_widget_set_visible(editor->strip, shown);
  show_scene(editor);
}

static void show_uncertainty(RestoratorEditor *editor, GtkToggleButton *button) {
  preview_set_uncertainty(editor->preview,
                          gtk_toggle_button_get_active(button) ? UNCERTAINTY_SEEDS : 0);
}

static void inspect_pixel(RestoratorEditor *editor, int x, int y) {
  restorator_view_set_mark(RESTORATOR_VIEW(editor->view), TRUE, x, y);
  restorator_pixel_inspector_set_pixel(RESTORATOR_PIXEL_INSPECTOR(editor->inspector), x, y);
  preview_set_inspected(editor->preview, true, x, y);
  gtk_widget_show(editor->inspector);
}

static void end_inspecting(RestoratorEditor *editor) {
  gtk_widget_hide(editor->inspector);
  restorator_view_set_mark(RESTORATOR_VIEW(editor->view), FALSE, 0, 0);
  preview_set_inspected(editor->preview, false, 0, 0);
  gtk_widget_grab_focus(editor->view);
}

static void show_windows(RestoratorEditor *editor, GtkToggleButton *button) {
  restorator_view_set_show_windows(RESTORATOR_VIEW(editor->view),
                                   gtk_toggle_button_get_active(button));
}

static void show_input(RestoratorEditor *editor, GtkToggleButton *button) {
  restorator_view_set_show_input(RESTORATOR_VIEW(editor->view),
                                 gtk_toggle_button_get_active(button));
}

static GtkWidget *add(RestoratorEditor *editor, GtkWidget *bar, GtkWidget *control,
                      const char *name, const char *text, const char *signal, GCallback callback) {
  accessible_describe(control, name, text);
  g_signal_connect_swapped(control, signal, callback, editor);
  gtk_container_add(GTK_CONTAINER(bar), control);
  return control;
}

static GtkWidget *make_comparisons(RestoratorEditor *editor) {
  GtkWidget *button = gtk_toggle_button_new();

  gtk_button_set_image(GTK_BUTTON(button),
                       gtk_image_new_from_icon_name("view-grid-symbolic", GTK_ICON_SIZE_BUTTON));
  accessible_describe(
    button, _("Thumbnails"),
    _("Shows what other seeds, or presets, would make of the middle, to choose from"));
  g_signal_connect_swapped(button, "toggled", G_CALLBACK(show_strip), editor);
  return view_bar_new_comparisons(RESTORATOR_VIEW(editor->view), button);
}

static GtkWidget *make_overlays(RestoratorEditor *editor) {
  GtkWidget *bar = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 4), *button;

  button = add(editor, bar, gtk_check_button_new_with_label(_("Window")), _("Show the window"),
               _("Shows the square of the picture that the network sees"), "toggled",
               G_CALLBACK(show_windows));
  gtk_toggle_button_set_active(GTK_TOGGLE_BUTTON(button), TRUE);
  button =
    add(editor, bar, gtk_check_button_new_with_label(_("Input")), _("Show the network's input"),
        _("Shows the small grey picture that the window becomes for the network"), "toggled",
        G_CALLBACK(show_input));
  gtk_toggle_button_set_active(GTK_TOGGLE_BUTTON(button), TRUE);
  editor->faces = face_layer_new_toggle();
  gtk_container_add(GTK_CONTAINER(bar), editor->faces);
  editor->hints = gtk_check_button_new_with_label(_("Hints"));
  accessible_describe(
    editor->hints, _("Colour hints"),
    _("Shows the colour hints, to be added with a click, dragged, and removed with Delete; "
      "the key H does the same in the view"));
  gtk_container_add(GTK_CONTAINER(bar), editor->hints);
  editor->uncertainty =
    add(editor, bar, gtk_check_button_new_with_label(_("Uncertainty")), _("Show the uncertainty"),
        uncertainty_text(), "toggled", G_CALLBACK(show_uncertainty));
  return bar;
}

static GtkWidget *make_bar(RestoratorEditor *editor) {
  GtkWidget *const groups[] = {view_bar_new_zooms(RESTORATOR_VIEW(editor->view)),
                               make_comparisons(editor), make_overlays(editor)};

  return view_bar_new(groups, G_N_ELEMENTS(groups));
}

/* -------------------------------------------------------------------------------------------
 * Building
 */

/* What fitting shows: the selection with about a window of surroundings. */
static rst_rectangle home_of(const RestoratorEditor *editor, const rst_rectangle *box) {
  const rst_rectangle picture = {0, 0, editor->width, editor->height};
  const int margin = MAX(box->width, box->height) / 3 + 8;
  const rst_rectangle around = {box->x - margin, box->y - margin, box->width + 2 * margin,
                                box->height + 2 * margin};

  return rect_intersect(&around, &picture);
}

/* The view, and what lies over it while someone asks about a pixel. */
static GtkWidget *make_stage(RestoratorEditor *editor) {
  GtkWidget *stage = gtk_overlay_new();

  editor->view = restorator_view_new();
  editor->inspector = restorator_pixel_inspector_new();
  gtk_widget_set_halign(editor->inspector, GTK_ALIGN_START);
  gtk_widget_set_valign(editor->inspector, GTK_ALIGN_END);
  gtk_widget_set_margin_start(editor->inspector, 8);
  gtk_widget_set_margin_bottom(editor->inspector, 8);
  gtk_widget_set_no_show_all(editor->inspector, TRUE);
  gtk_container_add(GTK_CONTAINER(stage), editor->view);
  gtk_overlay_add_overlay(GTK_OVERLAY(stage), editor->inspector);
  g_signal_connect_swapped(editor->view, "pixel-picked", G_CALLBACK(inspect_pixel), editor);
  g_signal_connect_swapped(editor->inspector, "closed", G_CALLBACK(end_inspecting), editor);
  return stage;
}

static GtkWidget *make_left(RestoratorEditor *editor) {
  GtkWidget *left = gtk_box_new(GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *stage = make_stage(editor);

  editor->message = restorator_message_bar_new();
  editor->status = restorator_status_bar_new(_("How much of the selection is restored"));
  gtk_box_pack_start(GTK_BOX(left), make_bar(editor), FALSE, FALSE, 0);
  gtk_box_pack_start(GTK_BOX(left), stage, TRUE, TRUE, 0);
  editor->strip = restorator_strip_new(RESTORATOR_PANEL(editor->panel));
  gtk_widget_set_no_show_all(editor->strip, TRUE);
  gtk_box_pack_start(GTK_BOX(left), editor->strip, FALSE, FALSE, 0);
  gtk_box_pack_start(GTK_BOX(left), editor->message, FALSE, FALSE, 0);
  gtk_box_pack_start(GTK_BOX(left), editor->status, FALSE, FALSE, 0);
  return left;
}

static void make_layers(RestoratorEditor *editor) {
  RestoratorView *view = RESTORATOR_VIEW(editor->view);
  RestoratorPanel *panel = RESTORATOR_PANEL(editor->panel);

  editor->face_layer = face_layer_new(
    view, editor->preview, RESTORATOR_FACE_LIST(restorator_panel_get_control(panel, "faces")),
    GTK_TOGGLE_BUTTON(editor->faces), GTK_TOGGLE_BUTTON(editor->hints));
  face_layer_set_size(editor->face_layer, editor->width, editor->height);
  editor->hint_layer =
    hint_layer_new(view, panel, editor->preview, GTK_TOGGLE_BUTTON(editor->hints));
  hint_layer_set_size(editor->hint_layer, editor->width, editor->height);
}

static void build(RestoratorEditor *editor, const rst_rectangle *box) {
  const rst_rectangle home = home_of(editor, box);

  gtk_box_pack_start(GTK_BOX(editor), make_left(editor), TRUE, TRUE, 0);
  gtk_box_pack_start(GTK_BOX(editor), widget_scrolled_column(editor->panel), FALSE, FALSE, 0);
  g_signal_connect_swapped(editor->panel, "setup-changed", G_CALLBACK(take_setup), editor);
  restorator_view_set_picture(RESTORATOR_VIEW(editor->view), editor->width, editor->height, &home);
  restorator_view_set_preview(RESTORATOR_VIEW(editor->view), editor->preview);
  g_signal_connect_swapped(restorator_panel_get_control(RESTORATOR_PANEL(editor->panel), "lock"),
                           "toggled", G_CALLBACK(restorator_strip_update), editor->strip);
  make_layers(editor);
  restorator_hints_set_locator(restorator_panel_get_hints(RESTORATOR_PANEL(editor->panel)),
                               locate_hint, editor);
  gtk_widget_show_all(GTK_WIDGET(editor));
}

/* -------------------------------------------------------------------------------------------
 * The class
 */

/* What none of the widgets inside has taken. */
static gboolean restorator_editor_key_press(GtkWidget *widget, GdkEventKey *event) {
  RestoratorPanel *panel = RESTORATOR_PANEL(RESTORATOR_EDITOR(widget)->panel);
  const int step = widget_undo_step(event);

  if (step < 0)
    restorator_panel_undo(panel);
  else if (step > 0)
    restorator_panel_redo(panel);
  else if (event->keyval == GDK_KEY_Escape &&
           (event->state & gtk_accelerator_get_default_mod_mask()) == 0 &&
           gtk_widget_get_visible(RESTORATOR_EDITOR(widget)->inspector))
    end_inspecting(RESTORATOR_EDITOR(widget));
  else
    return GDK_EVENT_PROPAGATE;
  return GDK_EVENT_STOP;
}

static void restorator_editor_dispose(GObject *object) {
  RestoratorEditor *editor = RESTORATOR_EDITOR(object);

  g_clear_pointer(&editor->hint_layer, hint_layer_free);
  g_clear_pointer(&editor->face_layer, face_layer_free);
  if (editor->preview) {
    restorator_hints_set_locator(restorator_panel_get_hints(RESTORATOR_PANEL(editor->panel)), NULL,
                                 NULL);
    restorator_view_set_preview(RESTORATOR_VIEW(editor->view), NULL);
  }
  g_clear_pointer(&editor->preview, preview_free);
  G_OBJECT_CLASS(restorator_editor_parent_class)->dispose(object);
}

static void restorator_editor_finalize(GObject *object) {
  g_free(RESTORATOR_EDITOR(object)->setup);
  G_OBJECT_CLASS(restorator_editor_parent_class)->finalize(object);
}

static void restorator_editor_class_init(RestoratorEditorClass *class) {
  G_OBJECT_CLASS(class)->dispose = restorator_editor_dispose;
  G_OBJECT_CLASS(class)->finalize = restorator_editor_finalize;
  GTK_WIDGET_CLASS(class)->key_press_event = restorator_editor_key_press;
  progressed = g_signal_new("progressed", G_TYPE_FROM_CLASS(class), G_SIGNAL_RUN_LAST, 0, NULL,
                            NULL, NULL, G_TYPE_NONE, 0);
}

static void restorator_editor_init(RestoratorEditor *editor) {
  gtk_box_set_spacing(GTK_BOX(editor), 12);
}

static void keep_picture(RestoratorEditor *editor, const rst_picture *picture,
                         const rst_rectangle *box) {
  editor->picture = *picture;
  editor->box = *box;
  editor->width = picture->width;
  editor->height = picture->height;
}

GtkWidget *restorator_editor_new(GObject *settings, const rst_picture *picture,
                                 const rst_rectangle *box, rst_error *error) {
  RestoratorEditor *editor = g_object_new(RESTORATOR_TYPE_EDITOR, NULL);

  if (preview_new(picture, box, 0, take_report, editor, &editor->preview, error) != RST_OK) {
    g_object_unref(g_object_ref_sink(editor));
    return NULL;
  }
  keep_picture(editor, picture, box);
  editor->panel = restorator_panel_new(settings);
  build(editor, box);
  take_setup(editor);
  return GTK_WIDGET(editor);
}

static void show_home(RestoratorEditor *editor, const rst_rectangle *box) {
  const rst_rectangle home = home_of(editor, box);

  restorator_editor_say(editor, GTK_MESSAGE_INFO, NULL);
  restorator_view_set_picture(RESTORATOR_VIEW(editor->view), editor->width, editor->height, &home);
}

void restorator_editor_set_region(RestoratorEditor *editor, const rst_rectangle *box) {
  show_home(editor, box);
  preview_set_region(editor->preview, box);
  editor->box = *box;
  restorator_hints_relocate(restorator_panel_get_hints(RESTORATOR_PANEL(editor->panel)));
  restorator_strip_set_region(RESTORATOR_STRIP(editor->strip), box);
}

rst_status restorator_editor_set_picture(RestoratorEditor *editor, const rst_picture *picture,
                                         const rst_rectangle *box, rst_error *error) {
  const rst_status status = preview_set_picture(editor->preview, picture, box, error);

  if (status == RST_OK) {
    keep_picture(editor, picture, box);
    hint_layer_set_size(editor->hint_layer, editor->width, editor->height);
    face_layer_set_size(editor->face_layer, editor->width, editor->height);
    restorator_hints_relocate(restorator_panel_get_hints(RESTORATOR_PANEL(editor->panel)));
    show_home(editor, box);
  }
  return status == RST_OK
           ? restorator_strip_renew(RESTORATOR_STRIP(editor->strip), picture, box, error)
           : status;
}

rst_status restorator_editor_check(RestoratorEditor *editor, rst_error *why) {
  RestoratorPanel *panel = RESTORATOR_PANEL(editor->panel);
  preview_status status;
  rst_parameters parameters;
  rst_model *model;

  restorator_panel_settle(panel);
  preview_get_status(editor->preview, &status);
  *why = status.error;
  return status.phase == PREVIEW_FAILED
           ? why->code
           : restorator_panel_get_setup(panel, &parameters, &model, why);
}

gboolean restorator_editor_is_finished(RestoratorEditor *editor) {
  preview_status status;

  restorator_panel_settle(RESTORATOR_PANEL(editor->panel));
  preview_get_status(editor->preview, &status);
  return status.phase == PREVIEW_EXACT;
}

double restorator_editor_get_rest(RestoratorEditor *editor) {
  preview_status status;

  preview_get_status(editor->preview, &status);
  return status.rest;
}

preview *restorator_editor_get_preview(RestoratorEditor *editor) {
  return editor->preview;
}

RestoratorView *restorator_editor_get_view(RestoratorEditor *editor) {
  return RESTORATOR_VIEW(editor->view);
}

RestoratorPanel *restorator_editor_get_panel(RestoratorEditor *editor) {
  return RESTORATOR_PANEL(editor->panel);
}

gboolean restorator_editor_takes_hints(RestoratorEditor *editor) {
  return gtk_toggle_button_get_active(GTK_TOGGLE_BUTTON(editor->hints));
}

GtkWidget *restorator_editor_get_popover(RestoratorEditor *editor) {
  return hint_layer_get_popover(editor->hint_layer);
}

const char *restorator_editor_get_status(RestoratorEditor *editor) {
  return restorator_status_bar_get_text(RESTORATOR_STATUS_BAR(editor->status));
}
