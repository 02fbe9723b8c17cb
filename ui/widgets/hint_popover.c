/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "widgets/hint_popover.h"

#include <glib/gi18n.h>
#include <string.h>

#include "widgets/accessible.h"
#include "widgets/hint_colours.h"
#include "widgets/hint_marks.h"
#include "widgets/widget_util.h"

struct hint_popover {
  RestoratorHints *hints;
  preview *preview;
  void (*pick)(gpointer user);
  gpointer user;
  int index; /* of the hint that a choice is for; −1: none */
  gboolean fresh, elsewhere; /* the hint is new; its colour is chosen outside of the popover */
  GtkWidget *widget, *proposed, *waiting;
  GtkWidget *chooser;
};

/* ---- the choice ---- */

static gboolean destroy(gpointer widget) {
  gtk_widget_destroy(widget);
  return G_SOURCE_REMOVE;
}

/* It goes with the view that it stands beside, at the latest. */
static void forget_widget(hint_popover *h) {
  h->widget = h->proposed = h->waiting = NULL;
}

static void close_widget(hint_popover *h) {
  GtkWidget *widget = h->widget;

  if (!widget)
    return;
  forget_widget(h);
  g_signal_handlers_disconnect_by_data(widget, h);
  preview_set_suggestion(h->preview, false, 0, 0);
  gtk_popover_popdown(GTK_POPOVER(widget));
  /* Not while it tells that it was closed, or one of its buttons that it was pressed. */
  g_idle_add_full(G_PRIORITY_DEFAULT_IDLE, destroy, g_object_ref(widget), g_object_unref);
}

static void end(hint_popover *h) {
  const gboolean fresh = h->fresh;

  h->index = -1;
  h->fresh = h->elsewhere = FALSE;
  g_clear_pointer(&h->chooser, gtk_widget_destroy);
  close_widget(h);
  if (fresh)
    restorator_hints_hold(h->hints, FALSE);
}

/* Undo may have taken the hint away meanwhile. */
static gboolean is_there(const hint_popover *h) {
  return h->index >= 0 && h->index < restorator_hints_get_count(h->hints);
}

void hint_popover_choose(hint_popover *h, const float rgb[3]) {
  rst_hint hint;

  if (is_there(h)) {
    hint = *restorator_hints_get(h->hints, h->index);
    hint.keep = !rgb;
    memset(hint.rgb, 0, sizeof hint.rgb);
    if (rgb) {
      memcpy(hint.rgb, rgb, sizeof hint.rgb);
      hint_colours_note(rgb);
    }
    if (!h->fresh)
      restorator_hints_begin(h->hints);
    restorator_hints_set(h->hints, h->index, &hint);
  }
  end(h);
}

void hint_popover_cancel(hint_popover *h) {
  if (h->fresh && is_there(h))
    restorator_hints_remove(h->hints, h->index);
  end(h);
}

static void take_swatch(hint_popover *h, GtkWidget *button) {
  float rgb[3];

  memcpy(rgb, g_object_get_data(G_OBJECT(button), "rgb"), sizeof rgb);
  hint_popover_choose(h, rgb);
}

static void take_pin(hint_popover *h) {
  hint_popover_choose(h, NULL);
}

static void take_remove(hint_popover *h) {
  if (!h->fresh && is_there(h)) {
    restorator_hints_begin(h->hints);
    restorator_hints_remove(h->hints, h->index);
  }
  hint_popover_cancel(h);
}

/* From the picture. */
static void take_place(hint_popover *h) {
  h->elsewhere = TRUE;
  close_widget(h);
  h->pick(h->user);
}

/* ---- any other colour ---- */

static void take_response(hint_popover *h, int response) {
  GdkRGBA colour;

  gtk_color_chooser_get_rgba(GTK_COLOR_CHOOSER(h->chooser), &colour);
  if (response == GTK_RESPONSE_OK)
    hint_popover_choose(
      h, (const float[]){(float)colour.red, (float)colour.green, (float)colour.blue});
  else
    hint_popover_cancel(h);
}

static void open_chooser(hint_popover *h) {
  const rst_hint *hint = restorator_hints_get(h->hints, h->index);
  const GdkRGBA colour = {hint->rgb[0], hint->rgb[1], hint->rgb[2], 1};
  GtkWidget *window = gtk_widget_get_toplevel(h->widget);

  h->elsewhere = TRUE;
  close_widget(h);
  h->chooser = gtk_color_chooser_dialog_new(_("The hint's colour"), GTK_WINDOW(window));
  gtk_color_chooser_set_use_alpha(GTK_COLOR_CHOOSER(h->chooser), FALSE);
  if (!hint->keep)
    gtk_color_chooser_set_rgba(GTK_COLOR_CHOOSER(h->chooser), &colour);
  gtk_window_set_modal(GTK_WINDOW(h->chooser), TRUE);
  g_signal_connect_swapped(h->chooser, "response", G_CALLBACK(take_response), h);
  gtk_window_present(GTK_WINDOW(h->chooser));
}

/* ---- swatches ---- */

static void add_swatch(hint_popover *h, GtkWidget *box, const float rgb[3], const char *text) {
  GtkWidget *button = gtk_button_new();
  cairo_surface_t *surface = hint_marks_new_swatch(box, rgb);
  g_autofree char *name =
    g_strdup_printf("#%02x%02x%02x", (guint)(rgb[0] * 255 + 0.5f), (guint)(rgb[1] * 255 + 0.5f),
                    (guint)(rgb[2] * 255 + 0.5f));

  gtk_button_set_image(GTK_BUTTON(button), gtk_image_new_from_surface(surface));
  cairo_surface_destroy(surface);
  accessible_describe(button, name, text);
  g_object_set_data_full(G_OBJECT(button), "rgb", g_memdup2(rgb, 3 * sizeof *rgb), g_free);
  g_signal_connect_swapped(button, "clicked", G_CALLBACK(take_swatch), h);
  gtk_container_add(GTK_CONTAINER(box), button);
  gtk_widget_show_all(button);
}

void hint_popover_update(hint_popover *h) {
  rst_swatch swatches[RST_SWATCHES_MAX];
  int count;

  if (!h->waiting || !preview_get_suggestions(h->preview, swatches, &count))
    return;
  for (int i = 0; i < count; i++) {
    g_autofree char *text =
      swatches[i].share > 0
        ? g_strdup_printf(_("The model proposes it: %.0f %%"), 100 * swatches[i].share)
        : g_strdup(_("Near to what the model proposes"));

    add_swatch(h, h->proposed, swatches[i].rgb, text);
  }
  if (count > 0)
    gtk_widget_hide(h->waiting);
  else
    gtk_label_set_text(GTK_LABEL(h->waiting), _("none here"));
  h->waiting = NULL; /* all is told */
}

static GtkWidget *add_line(GtkWidget *grid, int row, const char *text) {
  GtkWidget *label = gtk_label_new(text), *box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 2);

  gtk_label_set_xalign(GTK_LABEL(label), 0);
  gtk_grid_attach(GTK_GRID(grid), label, 0, row, 1, 1);
  gtk_grid_attach(GTK_GRID(grid), box, 1, row, 1, 1);
  return box;
}

static GtkWidget *make_swatches(hint_popover *h) {
  GtkWidget *grid = gtk_grid_new(), *box;
  float colours[HINT_COLOURS_MAX][3];
  const int count = hint_colours_read(colours);

  gtk_grid_set_column_spacing(GTK_GRID(grid), 12);
  gtk_grid_set_row_spacing(GTK_GRID(grid), 6);
  h->proposed = add_line(grid, 0, _("Proposed"));
  h->waiting = gtk_label_new(_("…"));
  gtk_container_add(GTK_CONTAINER(h->proposed), h->waiting);
  if (count == 0)
    return grid;
  box = add_line(grid, 1, _("Used last"));
  for (int i = 0; i < count; i++)
    add_swatch(h, box, colours[i], _("Used for a hint before"));
  return grid;
}

static void add_button(hint_popover *h, GtkWidget *box, const char *label, const char *text,
                       GCallback callback) {
  GtkWidget *button = gtk_button_new_with_label(label);

  accessible_describe(button, label, text);
  g_signal_connect_swapped(button, "clicked", callback, h);
  gtk_container_add(GTK_CONTAINER(box), button);
}

static GtkWidget *make_content(hint_popover *h) {
  const char *outside =
    restorator_hints_describe_place(restorator_hints_locate(h->hints, h->index));
  GtkWidget *content = gtk_box_new(GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *buttons = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *note = widget_note("dim-label");

  gtk_container_set_border_width(GTK_CONTAINER(content), 10);
  widget_set_note(note, outside ? outside : "");
  gtk_container_add(GTK_CONTAINER(content), note);
  gtk_container_add(GTK_CONTAINER(content), make_swatches(h));
  add_button(h, buttons, _("Other…"), _("Chooses any other colour"), G_CALLBACK(open_chooser));
  add_button(h, buttons, _("From the picture"),
             _("Takes the colour of a place that you click next, before or after; Escape ends it"),
             G_CALLBACK(take_place));
  add_button(h, buttons, _("Pin"), _("The restored colour stays there, whatever other hints say"),
             G_CALLBACK(take_pin));
  add_button(h, buttons, _("Remove"), _("Removes this hint (Delete)"), G_CALLBACK(take_remove));
  gtk_container_add(GTK_CONTAINER(content), buttons);
  return content;
}

/* ---- opening ---- */

/* Nothing was chosen. */
static void take_closed(hint_popover *h) {
  if (h->widget)
    hint_popover_cancel(h);
}

void hint_popover_open(hint_popover *h, int index, gboolean fresh, GtkWidget *beside,
                       const GdkRectangle *place) {
  const rst_hint *hint;
  GtkWidget *content;

  hint_popover_cancel(h);
  h->index = index;
  h->fresh = fresh;
  hint = restorator_hints_get(h->hints, index);
  h->widget = gtk_popover_new(beside);
  if (place)
    gtk_popover_set_pointing_to(GTK_POPOVER(h->widget), place);
  content = make_content(h);
  gtk_container_add(GTK_CONTAINER(h->widget), content);
  accessible_describe(h->widget, _("The hint's colour"), _("Chooses the colour of a hint"));
  gtk_widget_show_all(content);
  g_signal_connect_swapped(h->widget, "closed", G_CALLBACK(take_closed), h);
  g_signal_connect_swapped(h->widget, "destroy", G_CALLBACK(forget_widget), h);
  preview_set_suggestion(h->preview, true, hint->x, hint->y);
  gtk_popover_popup(GTK_POPOVER(h->widget));
}

int hint_popover_get_index(const hint_popover *h) {
  return h->index;
}

GtkWidget *hint_popover_get_widget(const hint_popover *h) {
  return h->widget;
}

hint_popover *hint_popover_new(RestoratorHints *hints, preview *p, void (*pick)(gpointer user),
                               gpointer user) {
  hint_popover *h = g_new0(hint_popover, 1);

  *h = (hint_popover){.hints = hints, .preview = p, .pick = pick, .user = user, .index = -1};
  return h;
}

void hint_popover_free(hint_popover *h) {
  hint_popover_cancel(h);
  g_free(h);
}
