/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "widgets/status_text.h"

#include <glib/gi18n.h>
#include <inttypes.h>

#include "setup_text.h"

static char *time_text(const preview_status *s) {
  g_autofree char *passed = words_of_duration(s->seconds);
  g_autofree char *whole = words_of_duration(s->seconds + s->rest);

  if (s->phase == PREVIEW_EXACT)
    return g_strdup_printf(_("finished in %s"), passed);
  /* Translators: of durations: "3.2 s of about 5 min". */
  return s->rest > 0 ? g_strdup_printf(_("%s of about %s"), passed, whole) : g_strdup(_("working"));
}

char *status_text_of_phase(const preview_status *s) {
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

char *status_text_of_pixels(const preview_status *s) {
  return s->points > 0 && is_read(s)
           ? g_strdup_printf(_("%'" PRId64 " of %'" PRId64 " pixels"), s->done, s->points)
           : NULL;
}

double status_fraction(const preview_status *s) {
  if (!is_read(s))
    return s->read;
  return s->points > 0 ? (double)s->done / (double)s->points : s->phase == PREVIEW_EXACT ? 1 : 0;
}
