/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "widgets/photo_panel.h"

#include <glib/gi18n.h>
#include <string.h>

#include "widgets/accessible.h"
#include "widgets/face_list.h"
#include "widgets/photo_settings.h"
#include "widgets/widget_util.h"

/* One thing that is done: its switch, and how much of it. */
typedef struct {
  const char *switched, *amount; /* properties */
  const char *label, *text;
  const char *amount_label, *amount_text;
} Deed;

static const Deed deeds[] = {
  {"damage", "sensitivity", N_("_Damage"),
   N_("Finds dust, hair, scratches, creases and spots, and continues what is beside them"),
   N_("Sensitivity"), N_("How much counts as damage: it is shown in red while you change this")},
  {"tone", "tone-strength", N_("_Tone"),
   N_("Takes back fading: grey shadows, dull lights and, of coloured pictures, casts"),
   N_("Strength of the tone"), N_("How much of the correction is applied")},
  {"colour", "strength", N_("Colou_r"),
   N_("Gives a monochrome or toned photograph plausible colours"), N_("Strength of the colour"),
   N_("How much of the colours is applied")},
};

enum { DAMAGE, TONE, COLOUR, DEEDS };

struct _RestoratorPhotoPanel {
  GtkBox parent;
  GObject *settings;
  RestoratorFaces *faces;
  GHashTable *controls; /* name → GtkWidget */
  GtkWidget *sentence, *share, *face_list;
  GtkWidget *amounts[DEEDS]; /* what is beside a switch */
  gboolean possible[DEEDS];
  gboolean grey; /* the picture's image, which becomes RGB with colour */
};

G_DEFINE_FINAL_TYPE(RestoratorPhotoPanel, restorator_photo_panel, GTK_TYPE_BOX)

static guint marked, more;

static gboolean is_on(RestoratorPhotoPanel *panel, int deed) {
  gboolean on;

  g_object_get(panel->settings, deeds[deed].switched, &on, NULL);
  return on && panel->possible[deed];
}

/* ---- what is shown ---- */

static void update(RestoratorPhotoPanel *panel) {
  for (int i = 0; i < DEEDS; i++) {
    gtk_widget_set_sensitive(g_hash_table_lookup(panel->controls, deeds[i].switched),
                             panel->possible[i]);
    gtk_widget_set_sensitive(panel->amounts[i], is_on(panel, i));
  }
  restorator_face_list_set_used(RESTORATOR_FACE_LIST(panel->face_list), is_on(panel, COLOUR));
  gtk_widget_set_visible(panel->face_list,
                         is_on(panel, COLOUR) && restorator_faces_are_known(panel->faces));
}

static const char *describe(const photo_found *found, gboolean grey) {
  switch (found->info.kind) {
    case RST_PICTURE_COLOURED:
      return _(
        "The photograph has colours of its own: its damage and its tone are restored, and "
        "the colours stay.");
    case RST_PICTURE_DRAWING:
      return _("This is a drawing, an engraving or print: only its damage is mended.");
    default:
      if (grey)
        return _(
          "The photograph is monochrome: its damage and its tone are restored, and it gets "
          "colour. The image is grey and becomes RGB with it.");
      return found->info.kind == RST_PICTURE_TONED
               ? _("The photograph is toned: its damage and its tone are restored, and it gets "
                   "colour.")
               : _("The photograph is monochrome: its damage and its tone are restored, and it "
                   "gets colour.");
  }
}

/* Of all that is covered, in per cent. A photograph of which more is damaged is rare. */
static const double much = 10;

static char *describe_share(const photo_found *found) {
  const rst_photo_info *info = &found->info;
  const double share =
    info->covered > 0 ? 100.0 * (double)info->damaged / (double)info->covered : 0;

  if (!found->mask)
    return g_strdup("");
  if (info->damaged == 0)
    return g_strdup(_("No damage was found"));
  if (share > much)
    return g_strdup_printf(
      _("%.0f %% counts as damage, which is much: lower the sensitivity, or say "
        "below what is none"),
      share);
  if (share < 0.01)
    /* xgettext:no-c-format */
    return g_strdup(_("Less than 0.01 % is damaged"));
  return g_strdup_printf(_("%.2f %% is damaged"), share);
}

static void show_share(RestoratorPhotoPanel *panel, const photo_found *found) {
  g_autofree char *text = describe_share(found);

  widget_set_note(panel->share, text);
}

void restorator_photo_panel_set_found(RestoratorPhotoPanel *panel, const photo_found *found) {
  panel->possible[TONE] = found->info.takes_tone;
  panel->possible[COLOUR] = found->info.takes_colour;
  gtk_label_set_text(GTK_LABEL(panel->sentence), describe(found, panel->grey));
  show_share(panel, found);
  update(panel);
}

void restorator_photo_panel_set_grey(RestoratorPhotoPanel *panel, gboolean grey) {
  panel->grey = grey;
  panel->possible[COLOUR] = TRUE; /* until something else is known */
  update(panel);
}

void restorator_photo_panel_set_marked(RestoratorPhotoPanel *panel, gboolean is_marked) {
  gtk_widget_set_sensitive(g_hash_table_lookup(panel->controls, "none"), is_marked);
}

const char *restorator_photo_panel_get_sentence(RestoratorPhotoPanel *panel) {
  return gtk_label_get_text(GTK_LABEL(panel->sentence));
}

void restorator_photo_panel_get_settings(RestoratorPhotoPanel *panel,
                                         rst_photo_settings *settings) {
  photo_settings_read(panel->settings, settings);
  settings->damage = is_on(panel, DAMAGE);
  settings->tone = is_on(panel, TONE);
  settings->colour = is_on(panel, COLOUR);
}

GtkWidget *restorator_photo_panel_get_control(RestoratorPhotoPanel *panel, const char *name) {
  return g_hash_table_lookup(panel->controls, name);
}

/* ---- what people do ---- */

static void mark(RestoratorPhotoPanel *panel, GtkWidget *button) {
  const char *const names[] = {
    [RST_EDIT_NONE] = "none", [RST_EDIT_ADD] = "add", [RST_EDIT_REMOVE] = "remove"};

  for (int i = 0; i < (int)G_N_ELEMENTS(names); i++)
    if (button == g_hash_table_lookup(panel->controls, names[i]))
      g_signal_emit(panel, marked, 0, i);
}

static void want_more(RestoratorPhotoPanel *panel) {
  g_signal_emit(panel, more, 0);
}

/* ---- building ---- */

static void keep(RestoratorPhotoPanel *panel, const char *name, GtkWidget *control) {
  g_hash_table_insert(panel->controls, (char *)name, control);
}

static void bind(RestoratorPhotoPanel *panel, const char *name, void *target,
                 const char *property) {
  g_object_bind_property(panel->settings, name, target, property,
                         G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE);
}

static GtkWidget *make_amount(RestoratorPhotoPanel *panel, const Deed *deed) {
  GtkWidget *box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6);
  GtkAdjustment *adjustment = gtk_adjustment_new(0, 0, 1, 0.01, 0.1, 0);
  GtkWidget *scale = gtk_scale_new(GTK_ORIENTATION_HORIZONTAL, adjustment);
  GtkWidget *spin = gtk_spin_button_new(adjustment, 0, 2);

  gtk_scale_set_draw_value(GTK_SCALE(scale), FALSE);
  gtk_widget_set_size_request(scale, 110, -1);
  gtk_spin_button_set_numeric(GTK_SPIN_BUTTON(spin), TRUE);
  gtk_entry_set_width_chars(GTK_ENTRY(spin), 5);
  accessible_describe(scale, _(deed->amount_label), _(deed->amount_text));
  accessible_describe(spin, _(deed->amount_label), _(deed->amount_text));
  bind(panel, deed->amount, adjustment, "value");
  gtk_box_pack_start(GTK_BOX(box), scale, TRUE, TRUE, 0);
  gtk_box_pack_start(GTK_BOX(box), spin, FALSE, FALSE, 0);
  keep(panel, deed->amount, spin);
  return box;
}

static void add_button(RestoratorPhotoPanel *panel, GtkWidget *box, const char *control,
                       const char *label, const char *name, const char *text) {
  GtkWidget *button = gtk_button_new_with_label(label);

  accessible_describe(button, name, text);
  g_signal_connect_swapped(button, "clicked", G_CALLBACK(mark), panel);
  gtk_box_pack_start(GTK_BOX(box), button, TRUE, TRUE, 0);
  keep(panel, control, button);
}

/* Under the sensitivity: marks by what is selected in the image. */
static GtkWidget *make_marks(RestoratorPhotoPanel *panel) {
  GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *buttons = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *label = gtk_label_new(_("What is selected in the image:"));

  gtk_label_set_xalign(GTK_LABEL(label), 0);
  panel->share = widget_note("dim-label");
  add_button(panel, buttons, "add", _("Is damage"), _("The selection is damage"),
             _("Mends what is selected in the image now as well: select it there while this is "
               "open"));
  add_button(panel, buttons, "remove", _("Is none"), _("The selection is no damage"),
             _("Leaves what is selected in the image now as it is: select it there while this is "
               "open"));
  add_button(panel, buttons, "none", _("Forget"), _("Forget what was marked"),
             _("Takes damage as it was found again"));
  gtk_box_pack_start(GTK_BOX(box), panel->share, FALSE, FALSE, 0);
  gtk_box_pack_start(GTK_BOX(box), label, FALSE, FALSE, 0);
  gtk_box_pack_start(GTK_BOX(box), buttons, FALSE, FALSE, 0);
  return box;
}

static GtkWidget *make_deed(RestoratorPhotoPanel *panel, int index) {
  const Deed *deed = &deeds[index];
  GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *button = gtk_check_button_new_with_mnemonic(_(deed->label));
  GtkWidget *amounts = gtk_box_new(GTK_ORIENTATION_VERTICAL, 6);
  g_autofree char *name = NULL;

  name = g_strdup(gtk_label_get_text(GTK_LABEL(gtk_bin_get_child(GTK_BIN(button)))));
  accessible_describe(button, name, _(deed->text));
  bind(panel, deed->switched, button, "active");
  keep(panel, deed->switched, button);
  gtk_widget_set_margin_start(amounts, 24);
  gtk_box_pack_start(GTK_BOX(amounts), make_amount(panel, deed), FALSE, FALSE, 0);
  if (index == DAMAGE)
    gtk_box_pack_start(GTK_BOX(amounts), make_marks(panel), FALSE, FALSE, 0);
  panel->amounts[index] = amounts;
  gtk_box_pack_start(GTK_BOX(box), button, FALSE, FALSE, 0);
  gtk_box_pack_start(GTK_BOX(box), amounts, FALSE, FALSE, 0);
  return box;
}

/* Where the host offers it. */
static void add_output(RestoratorPhotoPanel *panel) {
  GtkWidget *box, *combo, *label;

  if (!g_object_class_find_property(G_OBJECT_GET_CLASS(panel->settings), "output"))
    return;
  box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 12);
  combo = gtk_combo_box_text_new();
  label = gtk_label_new_with_mnemonic(_("O_utput"));
  gtk_combo_box_text_append(GTK_COMBO_BOX_TEXT(combo), "in-place", _("Into the layer"));
  gtk_combo_box_text_append(GTK_COMBO_BOX_TEXT(combo), "new-layer", _("As a group of layers"));
  gtk_label_set_mnemonic_widget(GTK_LABEL(label), combo);
  accessible_describe(
    combo, _("Output"),
    _("Where the restored pixels go: into the layer, or into a group of new layers "
      "above it, tone, damage and colour, which can be dimmed and masked"));
  bind(panel, "output", combo, "active-id");
  keep(panel, "output", combo);
  gtk_box_pack_start(GTK_BOX(box), label, FALSE, FALSE, 0);
  gtk_box_pack_start(GTK_BOX(box), combo, TRUE, TRUE, 0);
  gtk_box_pack_start(GTK_BOX(panel), box, FALSE, FALSE, 0);
}

static void build(RestoratorPhotoPanel *panel) {
  GtkWidget *all = gtk_button_new_with_mnemonic(_("_More…"));

  panel->sentence =
    gtk_label_new(_("What the picture is will be said as soon as it has been read."));
  gtk_label_set_line_wrap(GTK_LABEL(panel->sentence), TRUE);
  gtk_label_set_max_width_chars(GTK_LABEL(panel->sentence), 36);
  gtk_label_set_xalign(GTK_LABEL(panel->sentence), 0);
  gtk_box_pack_start(GTK_BOX(panel), panel->sentence, FALSE, FALSE, 0);
  for (int i = 0; i < DEEDS; i++)
    gtk_box_pack_start(GTK_BOX(panel), make_deed(panel, i), FALSE, FALSE, 0);
  panel->face_list = restorator_face_list_new(panel->faces);
  gtk_widget_set_margin_start(panel->face_list, 24);
  gtk_expander_set_expanded(GTK_EXPANDER(panel->face_list), TRUE);
  keep(panel, "faces", panel->face_list);
  gtk_box_pack_start(GTK_BOX(panel), panel->face_list, FALSE, FALSE, 0);
  add_output(panel);
  accessible_describe(all, _("More"),
                      _("Opens all parameters of the restoration, set as they are here"));
  g_signal_connect_swapped(all, "clicked", G_CALLBACK(want_more), panel);
  keep(panel, "more", all);
  gtk_widget_set_halign(all, GTK_ALIGN_START);
  gtk_box_pack_start(GTK_BOX(panel), all, FALSE, FALSE, 0);
  restorator_photo_panel_set_marked(panel, FALSE);
}

/* ---- the class ---- */

static void restorator_photo_panel_dispose(GObject *object) {
  RestoratorPhotoPanel *panel = RESTORATOR_PHOTO_PANEL(object);

  if (panel->settings)
    g_signal_handlers_disconnect_by_data(panel->settings, panel);
  if (panel->faces)
    g_signal_handlers_disconnect_by_data(panel->faces, panel);
  g_clear_object(&panel->settings);
  g_clear_object(&panel->faces);
  G_OBJECT_CLASS(restorator_photo_panel_parent_class)->dispose(object);
}

static void restorator_photo_panel_finalize(GObject *object) {
  g_hash_table_unref(RESTORATOR_PHOTO_PANEL(object)->controls);
  G_OBJECT_CLASS(restorator_photo_panel_parent_class)->finalize(object);
}

static void restorator_photo_panel_class_init(RestoratorPhotoPanelClass *class) {
  const GType type = G_TYPE_FROM_CLASS(class);

  G_OBJECT_CLASS(class)->dispose = restorator_photo_panel_dispose;
  G_OBJECT_CLASS(class)->finalize = restorator_photo_panel_finalize;
  marked = g_signal_new("marked", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                        G_TYPE_INT);
  more = g_signal_new("more", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void restorator_photo_panel_init(RestoratorPhotoPanel *panel) {
  gtk_orientable_set_orientation(GTK_ORIENTABLE(panel), GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing(GTK_BOX(panel), 12);
  panel->controls = g_hash_table_new(g_str_hash, g_str_equal);
  for (int i = 0; i < DEEDS; i++)
    panel->possible[i] = TRUE; /* until something else is known */
}

GtkWidget *restorator_photo_panel_new(GObject *settings, gboolean grey) {
  RestoratorPhotoPanel *panel = g_object_new(RESTORATOR_TYPE_PHOTO_PANEL, NULL);

  panel->settings = g_object_ref(settings);
  panel->faces = restorator_faces_new(settings);
  panel->grey = grey;
  build(panel);
  gtk_widget_show_all(GTK_WIDGET(panel));
  update(panel);
  g_signal_connect_swapped(settings, "notify", G_CALLBACK(update), panel);
  g_signal_connect_swapped(panel->faces, "changed", G_CALLBACK(update), panel);
  return GTK_WIDGET(panel);
}
