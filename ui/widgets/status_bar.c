/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "widgets/status_bar.h"

#include <glib/gi18n.h>
#include <inttypes.h>

#include "setup_text.h"
#include "widgets/accessible.h"

struct _RestoratorStatusBar {
  GtkBox parent;
  GtkWidget *progress, *text;
};

G_DEFINE_FINAL_TYPE(RestoratorStatusBar, restorator_status_bar, GTK_TYPE_BOX)

/* ---- in words ---- */

static char *time_text(const preview_status *s) {
  g_autofree char *passed = words_of_duration(s->seconds);
  g_autofree char *whole = words_of_duration(s->seconds + s->rest);

  if (s->phase == PREVIEW_EXACT)
    return g_strdup_printf(_("finished in %s"), passed);
  /* Translators: of durations: "3.2 s of about 5 min". */
  return s->rest > 0 ? g_strdup_printf(_("%s of about %s"), passed, whole) : g_strdup(_("working"));
}

/* What is being done, and for how long; NULL for nothing. */
static char *text_of_phase(const preview_status *s) {
  switch (s->phase) {
    case PREVIEW_WAITING:
    case PREVIEW_FAILED:
      return NULL;
    case PREVIEW_READING:
      return g_strdup_printf(_("reading the picture, %.0f %%"), 100 * s->read);
    case PREVIEW_PREPARING:
      return g_strdup_printf(_("looking for damage and mending it, %.0f %%"), 100 * s->read);
    case PREVIEW_ENCODING:
      return g_strdup(_("encoding"));
    case PREVIEW_STOPPED:
      return g_strdup(_("stopped"));
    default:
      return time_text(s);
  }
}

static gboolean is_read(const preview_status *s) {
  return s->phase != PREVIEW_READING && s->phase != PREVIEW_PREPARING;
}

/* How many of the pixels are restored, where that can be said. */
static char *text_of_pixels(const preview_status *s) {
  return s->points > 0 && is_read(s)
           ? g_strdup_printf(_("%'" PRId64 " of %'" PRId64 " pixels"), s->done, s->points)
           : NULL;
}

/* Of what is being done, 0…1. */
static double fraction_done(const preview_status *s) {
  if (!is_read(s))
    return s->read;
  return s->points > 0 ? (double)s->done / (double)s->points : s->phase == PREVIEW_EXACT ? 1 : 0;
}

void restorator_status_bar_show(RestoratorStatusBar *bar, const preview_status *s,
                                const char *more) {
  g_autofree char *phase = text_of_phase(s), *pixels = text_of_pixels(s), *text = NULL;
  const char *parts[4] = {NULL};
  int count = 0;

  /* What changes comes first: the line is cut where the space is too small. */
  if (pixels && phase)
    parts[count++] = pixels;
  if (phase)
    parts[count++] = phase;
  if (more)
    parts[count++] = more;
  text = g_strjoinv(" · ", (char **)parts);
  gtk_label_set_text(GTK_LABEL(bar->text), text);
  gtk_widget_set_tooltip_text(bar->text, text); /* where it is cut */
  gtk_progress_bar_set_fraction(GTK_PROGRESS_BAR(bar->progress), fraction_done(s));
}

const char *restorator_status_bar_get_text(RestoratorStatusBar *bar) {
  return gtk_label_get_text(GTK_LABEL(bar->text));
}

/* ---- the class ---- */

static void restorator_status_bar_class_init(RestoratorStatusBarClass *class) {
  (void)class;
}

static void restorator_status_bar_init(RestoratorStatusBar *bar) {
  gtk_orientable_set_orientation(GTK_ORIENTABLE(bar), GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing(GTK_BOX(bar), 6);
  bar->progress = gtk_progress_bar_new();
  bar->text = gtk_label_new(NULL);
  gtk_label_set_xalign(GTK_LABEL(bar->text), 0);
  gtk_label_set_ellipsize(GTK_LABEL(bar->text), PANGO_ELLIPSIZE_END);
  gtk_label_set_selectable(GTK_LABEL(bar->text), TRUE);
  gtk_box_pack_start(GTK_BOX(bar), bar->progress, FALSE, FALSE, 0);
  gtk_box_pack_start(GTK_BOX(bar), bar->text, FALSE, FALSE, 0);
}

GtkWidget *restorator_status_bar_new(const char *what) {
  RestoratorStatusBar *bar = g_object_new(RESTORATOR_TYPE_STATUS_BAR, NULL);

  accessible_describe(bar->progress, _("Progress"), what);
  return GTK_WIDGET(bar);
}
