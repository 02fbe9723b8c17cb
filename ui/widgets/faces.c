/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "widgets/faces.h"

#include <glib/gi18n.h>
#include <string.h>

#define PROPERTY "faces"

struct _RestoratorFaces {
  GObject parent;
  GObject *settings;
  gboolean known;                        /* what is found is … */
  rst_face found[RST_FACES_MAX];         /* … this */
  int found_count;
  gboolean automatic;
  rst_face faces[2 * RST_FACES_MAX];     /* found, then added */
  gboolean on[2 * RST_FACES_MAX];
  int count, selected;
};

G_DEFINE_FINAL_TYPE(RestoratorFaces, restorator_faces, G_TYPE_OBJECT)

static guint changed, begun;

static gboolean is_same(const rst_face *a, const rst_face *b) {
  return a->x == b->x && a->y == b->y && a->width == b->width && a->height == b->height;
}

static int find(const rst_face *faces, int count, const rst_face *face) {
  for (int i = 0; i < count; i++)
    if (is_same(&faces[i], face))
      return i;
  return -1;
}

/* ---- from and to the settings ---- */

/* What is set: NULL where it is `auto`. What cannot be read is no face; the panel says why. */
static int read_set(RestoratorFaces *faces, rst_face *set) {
  g_autofree char *text = NULL;
  int count = 0;

  g_object_get(faces->settings, PROPERTY, &text, NULL);
  faces->automatic = !text || strcmp(text, RST_FACES_AUTO) == 0;
  if (!faces->automatic && rst_faces_parse(text, set, &count, NULL) != RST_OK)
    count = 0;
  return count;
}

static void read_settings(RestoratorFaces *faces) {
  rst_face set[RST_FACES_MAX];
  const int count = read_set(faces, set);

  faces->count = faces->found_count;
  memcpy(faces->faces, faces->found, sizeof faces->found);
  for (int i = 0; i < faces->count; i++)
    faces->on[i] = faces->automatic || find(set, count, &faces->found[i]) >= 0;
  for (int i = 0; i < count; i++)
    if (find(faces->found, faces->found_count, &set[i]) < 0) {
      faces->on[faces->count] = TRUE;
      faces->faces[faces->count++] = set[i];
    }
  faces->selected = MIN(faces->selected, faces->count - 1);
  g_signal_emit(faces, changed, 0);
}

/* Those that are on; `auto` where these are all that were found. */
static void write_settings(RestoratorFaces *faces) {
  rst_face set[2 * RST_FACES_MAX];
  char text[RST_FACES_TEXT];
  int count = 0, found = 0;

  for (int i = 0; i < faces->count; i++)
    if (faces->on[i]) {
      set[count++] = faces->faces[i];
      found += i < faces->found_count;
    }
  if (faces->known && found == faces->found_count && count == found)
    g_object_set(faces->settings, PROPERTY, RST_FACES_AUTO, NULL);
  else if (rst_faces_write(set, MIN(count, RST_FACES_MAX), text, sizeof text, NULL) == RST_OK)
    g_object_set(faces->settings, PROPERTY, text, NULL);
}

/* ---- the class ---- */

static void restorator_faces_dispose(GObject *object) {
  RestoratorFaces *faces = RESTORATOR_FACES(object);

  if (faces->settings)
    g_signal_handlers_disconnect_by_data(faces->settings, faces);
  g_clear_object(&faces->settings);
  G_OBJECT_CLASS(restorator_faces_parent_class)->dispose(object);
}

static void restorator_faces_class_init(RestoratorFacesClass *class) {
  const GType type = G_TYPE_FROM_CLASS(class);

  G_OBJECT_CLASS(class)->dispose = restorator_faces_dispose;
  changed = g_signal_new("changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  begun = g_signal_new("begun", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void restorator_faces_init(RestoratorFaces *faces) {
  faces->selected = -1;
}

RestoratorFaces *restorator_faces_new(GObject *settings) {
  RestoratorFaces *faces = g_object_new(RESTORATOR_TYPE_FACES, NULL);

  faces->settings = g_object_ref(settings);
  read_settings(faces);
  g_signal_connect_swapped(settings, "notify::" PROPERTY, G_CALLBACK(read_settings), faces);
  return faces;
}

/* ---- the list ---- */

void restorator_faces_set_found(RestoratorFaces *faces, const char *found) {
  rst_face now[RST_FACES_MAX];
  int count;

  if (rst_faces_parse(found, now, &count, NULL) != RST_OK)
    return;
  if (faces->known && count == faces->found_count &&
      memcmp(now, faces->found, (gsize)count * sizeof *now) == 0)
    return;
  faces->known = TRUE;
  faces->found_count = count;
  memcpy(faces->found, now, (gsize)count * sizeof *now);
  read_settings(faces);
}

gboolean restorator_faces_are_known(RestoratorFaces *faces) {
  return faces->known || !faces->automatic;
}

gboolean restorator_faces_are_automatic(RestoratorFaces *faces) {
  return faces->automatic;
}

int restorator_faces_get_count(RestoratorFaces *faces) {
  return faces->count;
}

const rst_face *restorator_faces_get(RestoratorFaces *faces, int index) {
  return &faces->faces[index];
}

gboolean restorator_faces_is_on(RestoratorFaces *faces, int index) {
  return faces->on[index];
}

gboolean restorator_faces_is_added(RestoratorFaces *faces, int index) {
  return index >= faces->found_count;
}

int restorator_faces_get_selected(RestoratorFaces *faces) {
  return faces->selected;
}

void restorator_faces_select(RestoratorFaces *faces, int index) {
  if (faces->selected == index)
    return;
  faces->selected = index;
  g_signal_emit(faces, changed, 0);
}

void restorator_faces_switch(RestoratorFaces *faces, int index, gboolean on) {
  if (faces->on[index] == on)
    return;
  g_signal_emit(faces, begun, 0);
  faces->on[index] = on;
  write_settings(faces);
}

static int count_on(const RestoratorFaces *faces) {
  int count = 0;

  for (int i = 0; i < faces->count; i++)
    count += faces->on[i] ? 1 : 0;
  return count;
}

gboolean restorator_faces_add(RestoratorFaces *faces, const rst_face *face) {
  if (!restorator_faces_are_known(faces) || count_on(faces) == RST_FACES_MAX ||
      find(faces->faces, faces->count, face) >= 0)
    return FALSE;
  g_signal_emit(faces, begun, 0);
  faces->on[faces->count] = TRUE;
  faces->faces[faces->count] = *face;
  faces->selected = faces->count++;
  write_settings(faces);
  return TRUE;
}

void restorator_faces_find(RestoratorFaces *faces) {
  g_signal_emit(faces, begun, 0);
  g_object_set(faces->settings, PROPERTY, RST_FACES_AUTO, NULL);
}

char *restorator_faces_describe(RestoratorFaces *faces, int index) {
  const rst_face *face = &faces->faces[index];

  /* Translators: its number, its middle's place in pixels, its size in pixels. */
  return g_strdup_printf(
    restorator_faces_is_added(faces, index) ? _("Face %d, added at %d, %d, %d × %d")
                                            : _("Face %d at %d, %d, %d × %d"),
    index + 1, face->x + face->width / 2, face->y + face->height / 2, face->width, face->height);
}
