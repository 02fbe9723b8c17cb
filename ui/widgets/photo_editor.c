/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "widgets/photo_editor.h"

#include <glib/gi18n.h>

#include "messages.h"
#include "properties.h"
#include "widgets/accessible.h"
#include "widgets/damage_layer.h"
#include "widgets/face_layer.h"
#include "widgets/message_bar.h"
#include "widgets/photo_settings.h"
#include "widgets/setup_reader.h"
#include "widgets/status_bar.h"
#include "widgets/undo_stack.h"
#include "widgets/view_bar.h"
#include "widgets/widget_util.h"

struct _RestoratorPhotoEditor {
  GtkBox parent;
  GObject *settings;
  preview *preview;
  GBytes *edits;
  history *history; /* NULL until the settings could be read */
  rst_photo_settings prepared; /* that was asked for last, … */
  gboolean asked;              /* … once it was */
  setup_reader *reader;
  rst_error problem;           /* of the settings; RST_OK: none */
  photo_found *found;          /* as it is shown */
  face_layer *face_layer;
  damage_layer *damage_layer;
  GtkWidget *view, *panel, *faces, *damage, *message, *status;
  guint changed;               /* idle source */
};

G_DEFINE_FINAL_TYPE(RestoratorPhotoEditor, restorator_photo_editor, GTK_TYPE_BOX)

static guint progressed, marked, more;

static RestoratorPhotoPanel *panel_of(RestoratorPhotoEditor *editor) {
  return RESTORATOR_PHOTO_PANEL(editor->panel);
}

void restorator_photo_editor_say(RestoratorPhotoEditor *editor, GtkMessageType type,
                                 const char *text) {
  restorator_message_bar_say(RESTORATOR_MESSAGE_BAR(editor->message), type, text);
}

const char *restorator_photo_editor_get_message(RestoratorPhotoEditor *editor) {
  return restorator_message_bar_get_text(RESTORATOR_MESSAGE_BAR(editor->message));
}

/* ---- what the preview reports ---- */

static void take_found(RestoratorPhotoEditor *editor) {
  photo_found *found = preview_get_photo(editor->preview);

  if (!found || found == editor->found) {
    photo_found_unref(found);
    return;
  }
  photo_found_unref(editor->found);
  editor->found = found;
  restorator_photo_panel_set_found(panel_of(editor), found);
  damage_layer_set_found(editor->damage_layer, found);
}

static void take_report(void *user) {
  RestoratorPhotoEditor *editor = user;
  preview_status status;

  preview_get_status(editor->preview, &status);
  restorator_view_update(RESTORATOR_VIEW(editor->view));
  restorator_status_bar_show(RESTORATOR_STATUS_BAR(editor->status), &status, NULL);
  take_found(editor);
  face_layer_update(editor->face_layer);
  if (status.phase == PREVIEW_FAILED) {
    g_autofree char *text = messages_text(&status.error);

    restorator_photo_editor_say(editor, GTK_MESSAGE_ERROR, text);
  }
  g_signal_emit(editor, progressed, 0);
}

/* ---- what is asked for ---- */

static gboolean is_same(const rst_photo_settings *a, const rst_photo_settings *b) {
  return a->damage == b->damage && a->sensitivity == b->sensitivity && a->tone == b->tone &&
         a->tone_strength == b->tone_strength;
}

/* Preparing takes longest: only what changes it has it done anew. */
static void ask_for_photo(RestoratorPhotoEditor *editor, const rst_photo_settings *now) {
  rst_photo_settings wanted = *now;

  wanted.colour = true; /* the setup's matter */
  wanted.colour_strength = 1;
  if (editor->asked && is_same(&wanted, &editor->prepared))
    return;
  if (editor->asked && wanted.damage)
    damage_layer_flash(editor->damage_layer);
  editor->prepared = wanted;
  editor->asked = TRUE;
  preview_set_photo(editor->preview, &wanted, editor->edits);
}

static void show_edits(RestoratorPhotoEditor *editor, GBytes *edits) {
  GBytes *before = editor->edits;

  editor->edits = edits ? g_bytes_ref(edits) : NULL;
  g_bytes_unref(before);
  restorator_photo_panel_set_marked(panel_of(editor), edits != NULL);
  preview_set_photo(editor->preview, &editor->prepared, edits);
  damage_layer_flash(editor->damage_layer);
}

static void take_settings(RestoratorPhotoEditor *editor) {
  g_autofree rst_parameters *parameters = g_new0(rst_parameters, 1);
  rst_model *model = NULL;
  rst_photo_settings now;

  rst_parameters_init(parameters);
  rst_error_init(&editor->problem);
  restorator_photo_editor_say(editor, GTK_MESSAGE_INFO, NULL);
  restorator_photo_panel_get_settings(panel_of(editor), &now);
  if (now.colour &&
      setup_reader_read(editor->reader, parameters, &model, &editor->problem) != RST_OK) {
    g_autofree char *text = messages_text(&editor->problem);

    model = NULL;
    restorator_photo_editor_say(editor, GTK_MESSAGE_ERROR, text);
  }
  ask_for_photo(editor, &now);
  face_layer_set_used(editor->face_layer,
                      now.colour && parameters->window_kind == RST_WINDOW_FACES);
  preview_set_setup(editor->preview, model, parameters);
}

/* ---- undo ---- */

static gboolean has_output(RestoratorPhotoEditor *editor) {
  return restorator_photo_panel_get_control(panel_of(editor), "output") != NULL;
}

/* What cannot be read is no state to go back to. */
static void note_setting(RestoratorPhotoEditor *editor) {
  g_autofree setting *now = g_new0(setting, 1);
  g_autofree char *output = NULL;

  if (values_read(editor->settings, &now->parameters, NULL) != RST_OK)
    return;
  photo_settings_read(editor->settings, &now->photo);
  if (has_output(editor))
    g_object_get(editor->settings, "output", &output, NULL);
  now->output = g_intern_string(output);
  now->edits = editor->edits;
  if (editor->history)
    history_note(editor->history, now, g_get_monotonic_time());
  else
    editor->history = history_new(now);
}

static gboolean take_change(gpointer data) {
  RestoratorPhotoEditor *editor = data;

  editor->changed = 0;
  take_settings(editor);
  note_setting(editor);
  return G_SOURCE_REMOVE;
}

static void note_change(RestoratorPhotoEditor *editor) {
  if (editor->changed == 0)
    editor->changed = g_idle_add_full(G_PRIORITY_DEFAULT, take_change, editor, NULL);
}

static void settle(RestoratorPhotoEditor *editor) {
  if (editor->changed == 0)
    return;
  g_source_remove(editor->changed);
  take_change(editor);
}

static void begin_entry(RestoratorPhotoEditor *editor) {
  settle(editor);
  if (editor->history)
    history_end_entry(editor->history);
}

static void set(RestoratorPhotoEditor *editor, const setting *to) {
  g_object_freeze_notify(editor->settings);
  values_write(editor->settings, &to->parameters);
  photo_settings_write(editor->settings, &to->photo);
  if (has_output(editor))
    g_object_set(editor->settings, "output", to->output, NULL);
  g_object_thaw_notify(editor->settings);
  if (to->edits != editor->edits)
    show_edits(editor, to->edits);
}

static gboolean restorator_photo_editor_key_press(GtkWidget *widget, GdkEventKey *event) {
  RestoratorPhotoEditor *editor = RESTORATOR_PHOTO_EDITOR(widget);
  const int step = widget_undo_step(event);

  if (step == 0)
    return GDK_EVENT_PROPAGATE;
  settle(editor);
  if (editor->history && gtk_widget_is_sensitive(editor->panel))
    set(editor, step < 0 ? history_undo(editor->history) : history_redo(editor->history));
  return GDK_EVENT_STOP;
}

static void pass_mark(RestoratorPhotoEditor *editor, int edit) {
  g_signal_emit(editor, marked, 0, edit);
}

static void pass_more(RestoratorPhotoEditor *editor) {
  g_signal_emit(editor, more, 0);
}

/* ---- building ---- */

static GtkWidget *make_bar(RestoratorPhotoEditor *editor) {
  RestoratorView *view = RESTORATOR_VIEW(editor->view);
  GtkWidget *overlays = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 4);
  GtkWidget *groups[] = {view_bar_new_zooms(view), view_bar_new_comparisons(view, NULL), overlays};

  editor->damage = gtk_check_button_new_with_label(_("Damage"));
  accessible_describe(editor->damage, _("Show the damage"),
                      _("Shows in red what is mended; it is shown for a while after every change, "
                        "too"));
  editor->faces = face_layer_new_toggle();
  gtk_container_add(GTK_CONTAINER(overlays), editor->damage);
  gtk_container_add(GTK_CONTAINER(overlays), editor->faces);
  return view_bar_new(groups, G_N_ELEMENTS(groups));
}

static GtkWidget *make_left(RestoratorPhotoEditor *editor) {
  GtkWidget *left = gtk_box_new(GTK_ORIENTATION_VERTICAL, 6);

  editor->view = restorator_view_new();
  restorator_view_set_show_windows(RESTORATOR_VIEW(editor->view), FALSE);
  restorator_view_set_show_input(RESTORATOR_VIEW(editor->view), FALSE);
  editor->message = restorator_message_bar_new();
  editor->status = restorator_status_bar_new(_("How much of the photograph is restored"));
  gtk_box_pack_start(GTK_BOX(left), make_bar(editor), FALSE, FALSE, 0);
  gtk_box_pack_start(GTK_BOX(left), editor->view, TRUE, TRUE, 0);
  gtk_box_pack_start(GTK_BOX(left), editor->message, FALSE, FALSE, 0);
  gtk_box_pack_start(GTK_BOX(left), editor->status, FALSE, FALSE, 0);
  return left;
}

static void show_picture(RestoratorPhotoEditor *editor, const rst_picture *picture,
                         const rst_rectangle *box) {
  restorator_view_set_picture(RESTORATOR_VIEW(editor->view), picture->width, picture->height, box);
  face_layer_set_size(editor->face_layer, picture->width, picture->height);
}

static void build(RestoratorPhotoEditor *editor) {
  RestoratorFaceList *list =
    RESTORATOR_FACE_LIST(restorator_photo_panel_get_control(panel_of(editor), "faces"));
  RestoratorView *view;

  gtk_box_pack_start(GTK_BOX(editor), make_left(editor), TRUE, TRUE, 0);
  gtk_box_pack_start(GTK_BOX(editor), widget_scrolled_column(editor->panel), FALSE, FALSE, 0);
  view = RESTORATOR_VIEW(editor->view);
  restorator_view_set_preview(view, editor->preview);
  editor->damage_layer = damage_layer_new(view, GTK_TOGGLE_BUTTON(editor->damage));
  editor->face_layer =
    face_layer_new(view, editor->preview, list, GTK_TOGGLE_BUTTON(editor->faces), NULL);
  g_signal_connect_object(restorator_face_list_get_faces(list), "begun", G_CALLBACK(begin_entry),
                          editor, G_CONNECT_SWAPPED);
  g_signal_connect_swapped(editor->panel, "marked", G_CALLBACK(pass_mark), editor);
  g_signal_connect_swapped(editor->panel, "more", G_CALLBACK(pass_more), editor);
  gtk_widget_show_all(GTK_WIDGET(editor));
}

/* ---- the class ---- */

static void restorator_photo_editor_dispose(GObject *object) {
  RestoratorPhotoEditor *editor = RESTORATOR_PHOTO_EDITOR(object);

  g_clear_handle_id(&editor->changed, g_source_remove);
  if (editor->settings)
    g_signal_handlers_disconnect_by_data(editor->settings, editor);
  g_clear_object(&editor->settings);
  g_clear_pointer(&editor->face_layer, face_layer_free);
  g_clear_pointer(&editor->damage_layer, damage_layer_free);
  if (editor->preview && editor->view)
    restorator_view_set_preview(RESTORATOR_VIEW(editor->view), NULL);
  g_clear_pointer(&editor->preview, preview_free);
  G_OBJECT_CLASS(restorator_photo_editor_parent_class)->dispose(object);
}

static void restorator_photo_editor_finalize(GObject *object) {
  RestoratorPhotoEditor *editor = RESTORATOR_PHOTO_EDITOR(object);

  history_free(editor->history);
  g_clear_pointer(&editor->edits, g_bytes_unref);
  photo_found_unref(editor->found);
  setup_reader_free(editor->reader);
  G_OBJECT_CLASS(restorator_photo_editor_parent_class)->finalize(object);
}

static void restorator_photo_editor_class_init(RestoratorPhotoEditorClass *class) {
  const GType type = G_TYPE_FROM_CLASS(class);

  G_OBJECT_CLASS(class)->dispose = restorator_photo_editor_dispose;
  G_OBJECT_CLASS(class)->finalize = restorator_photo_editor_finalize;
  GTK_WIDGET_CLASS(class)->key_press_event = restorator_photo_editor_key_press;
  progressed =
    g_signal_new("progressed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  marked = g_signal_new("marked", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                        G_TYPE_INT);
  more = g_signal_new("more", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void restorator_photo_editor_init(RestoratorPhotoEditor *editor) {
  gtk_box_set_spacing(GTK_BOX(editor), 12);
}

GtkWidget *restorator_photo_editor_new(GObject *settings, const rst_picture *picture,
                                       const rst_rectangle *box, gboolean grey, rst_error *error) {
  RestoratorPhotoEditor *editor = g_object_new(RESTORATOR_TYPE_PHOTO_EDITOR, NULL);

  if (preview_new(picture, box, 0, take_report, editor, &editor->preview, error) != RST_OK) {
    g_object_unref(g_object_ref_sink(editor));
    return NULL;
  }
  editor->settings = g_object_ref(settings);
  editor->reader = setup_reader_new(settings);
  editor->panel = restorator_photo_panel_new(settings, grey);
  build(editor);
  show_picture(editor, picture, box);
  g_signal_connect_swapped(settings, "notify", G_CALLBACK(note_change), editor);
  take_settings(editor);
  note_setting(editor);
  return GTK_WIDGET(editor);
}

rst_status restorator_photo_editor_set_picture(RestoratorPhotoEditor *editor,
                                               const rst_picture *picture, const rst_rectangle *box,
                                               gboolean grey, rst_error *error) {
  const rst_status status = preview_set_picture(editor->preview, picture, box, error);

  if (status != RST_OK)
    return status;
  restorator_photo_panel_set_grey(panel_of(editor), grey);
  show_picture(editor, picture, box);
  damage_layer_set_found(editor->damage_layer, NULL);
  show_edits(editor, NULL);
  take_settings(editor);
  /* Earlier marks are of another picture. */
  g_clear_pointer(&editor->history, history_free);
  note_setting(editor);
  return RST_OK;
}

void restorator_photo_editor_set_edits(RestoratorPhotoEditor *editor, GBytes *edits) {
  settle(editor);
  show_edits(editor, edits);
  note_setting(editor);
}

GBytes *restorator_photo_editor_get_edits(RestoratorPhotoEditor *editor) {
  return editor->edits;
}

rst_status restorator_photo_editor_check(RestoratorPhotoEditor *editor, rst_error *why) {
  preview_status status;

  settle(editor);
  preview_get_status(editor->preview, &status);
  *why = status.phase == PREVIEW_FAILED ? status.error : editor->problem;
  return why->code;
}

gboolean restorator_photo_editor_is_finished(RestoratorPhotoEditor *editor) {
  preview_status status;

  settle(editor);
  preview_get_status(editor->preview, &status);
  return status.phase == PREVIEW_EXACT;
}

const char *restorator_photo_editor_get_status(RestoratorPhotoEditor *editor) {
  return restorator_status_bar_get_text(RESTORATOR_STATUS_BAR(editor->status));
}

preview *restorator_photo_editor_get_preview(RestoratorPhotoEditor *editor) {
  return editor->preview;
}

RestoratorView *restorator_photo_editor_get_view(RestoratorPhotoEditor *editor) {
  return RESTORATOR_VIEW(editor->view);
}

RestoratorPhotoPanel *restorator_photo_editor_get_panel(RestoratorPhotoEditor *editor) {
  return panel_of(editor);
}
