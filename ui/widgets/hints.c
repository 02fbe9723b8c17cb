/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "widgets/hints.h"

#include <glib/gi18n.h>
#include <string.h>

#define PROPERTY "hints"

struct _RestoratorHints {
  GObject parent;
  GObject *settings;
  rst_hint hints[RST_HINTS_MAX];
  HintPlace places[RST_HINTS_MAX];
  int count, selected;
  HintPlace (*locate)(gpointer user, const rst_hint *hint);
  gpointer user;
};

G_DEFINE_FINAL_TYPE(RestoratorHints, restorator_hints, G_TYPE_OBJECT)

static guint changed, begun, held;

/* ---- from and to the settings ---- */

static void find_places(RestoratorHints *hints) {
  for (int i = 0; i < hints->count; i++)
    hints->places[i] = hints->locate ? hints->locate(hints->user, &hints->hints[i]) : HINT_INSIDE;
}

/* What cannot be read is no hints; the panel says why. */
static void read_settings(RestoratorHints *hints) {
  g_autofree char *text = NULL;

  g_object_get(hints->settings, PROPERTY, &text, NULL);
  if (!text || rst_hints_parse(text, hints->hints, &hints->count, NULL) != RST_OK)
    hints->count = 0;
  hints->selected = MIN(hints->selected, hints->count - 1);
  find_places(hints);
  g_signal_emit(hints, changed, 0);
}

static void write_settings(RestoratorHints *hints) {
  char text[RST_HINTS_TEXT];

  if (rst_hints_write(hints->hints, hints->count, text, sizeof text, NULL) == RST_OK)
    g_object_set(hints->settings, PROPERTY, text, NULL);
}

/* ---- the class ---- */

static void restorator_hints_dispose(GObject *object) {
  RestoratorHints *hints = RESTORATOR_HINTS(object);

  if (hints->settings)
    g_signal_handlers_disconnect_by_data(hints->settings, hints);
  g_clear_object(&hints->settings);
  G_OBJECT_CLASS(restorator_hints_parent_class)->dispose(object);
}

static void restorator_hints_class_init(RestoratorHintsClass *class) {
  const GType type = G_TYPE_FROM_CLASS(class);

  G_OBJECT_CLASS(class)->dispose = restorator_hints_dispose;
  changed = g_signal_new("changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  begun = g_signal_new("begun", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  held = g_signal_new("held", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                      G_TYPE_BOOLEAN);
}

static void restorator_hints_init(RestoratorHints *hints) {
  hints->selected = -1;
}

RestoratorHints *restorator_hints_new(GObject *settings) {
  RestoratorHints *hints = g_object_new(RESTORATOR_TYPE_HINTS, NULL);

  hints->settings = g_object_ref(settings);
  read_settings(hints);
  g_signal_connect_swapped(settings, "notify::" PROPERTY, G_CALLBACK(read_settings), hints);
  return hints;
}

/* ---- the list ---- */

int restorator_hints_get_count(RestoratorHints *hints) {
  return hints->count;
}

const rst_hint *restorator_hints_get(RestoratorHints *hints, int index) {
  return &hints->hints[index];
}

int restorator_hints_get_selected(RestoratorHints *hints) {
  return hints->selected;
}

void restorator_hints_select(RestoratorHints *hints, int index) {
  if (hints->selected == index)
    return;
  hints->selected = index;
  g_signal_emit(hints, changed, 0);
}

int restorator_hints_add(RestoratorHints *hints, const rst_hint *hint) {
  if (hints->count == RST_HINTS_MAX)
    return -1;
  hints->hints[hints->count] = *hint;
  hints->selected = hints->count++;
  write_settings(hints);
  return hints->count - 1;
}

void restorator_hints_set(RestoratorHints *hints, int index, const rst_hint *hint) {
  hints->hints[index] = *hint;
  write_settings(hints);
}

void restorator_hints_remove(RestoratorHints *hints, int index) {
  hints->count--;
  memmove(hints->hints + index, hints->hints + index + 1,
          (gsize)(hints->count - index) * sizeof *hints->hints);
  if (hints->selected == index)
    hints->selected = -1;
  else if (hints->selected > index)
    hints->selected--;
  write_settings(hints);
}

void restorator_hints_begin(RestoratorHints *hints) {
  g_signal_emit(hints, begun, 0);
}

void restorator_hints_hold(RestoratorHints *hints, gboolean hold) {
  g_signal_emit(hints, held, 0, hold);
}

/* ---- where they are ---- */

void restorator_hints_set_locator(RestoratorHints *hints,
                                  HintPlace (*locate)(gpointer user, const rst_hint *hint),
                                  gpointer user) {
  hints->locate = locate;
  hints->user = user;
  restorator_hints_relocate(hints);
}

void restorator_hints_relocate(RestoratorHints *hints) {
  find_places(hints);
  g_signal_emit(hints, changed, 0);
}

HintPlace restorator_hints_locate(RestoratorHints *hints, int index) {
  return hints->places[index];
}

const char *restorator_hints_describe_place(HintPlace place) {
  switch (place) {
    case HINT_BESIDE:
      return _("Outside the selection: it colours what it reaches inside");
    case HINT_NOWHERE:
      return _("Outside the window: it has no effect");
    default:
      return NULL;
  }
}

char *restorator_hints_describe(const rst_hint *hint) {
  if (hint->keep)
    return g_strdup_printf(_("Pin at %d, %d: the colour there stays"), hint->x, hint->y);
  return g_strdup_printf(_("Hint at %d, %d: colour #%02x%02x%02x"), hint->x, hint->y,
                         (guint)(hint->rgb[0] * 255 + 0.5f), (guint)(hint->rgb[1] * 255 + 0.5f),
                         (guint)(hint->rgb[2] * 255 + 0.5f));
}
