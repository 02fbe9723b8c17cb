/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "messages.h"

#include <glib/gi18n.h>

G_DEFINE_QUARK(restorator - error - quark, restorator_error)

/* Numbers look as they are typed: with a point in every language. */
static char *number(double value) {
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  return g_strdup(g_ascii_formatd(text, sizeof text, "%.10g", value));
}

const char *messages_words(const char *text) {
  return text && *text ? _(text) : text; /* "" is the catalogue's head */
}

/* What is wrong: a key of a file, as it is, or words of the engine. */
static const char *subject_words(const char *subject) {
  return *subject ? g_dpgettext2(NULL, "subject", subject) : subject;
}

char *messages_text(const rst_error *why) {
  const char *subject = why->subject;
  const char *value = why->value;
  const char *choices = why->choices;
  g_autofree char *low = number(why->low);
  g_autofree char *high = number(why->high);

  switch (why->code) {
    case RST_NO_MEMORY:
      return g_strdup(_("There is not enough memory: select less, or close other programs"));
    case RST_NO_THREAD:
      return g_strdup(_("The system did not start another thread: close other programs"));

    case RST_UNKNOWN_PARAMETER:
      return g_strdup_printf(_("There is no parameter “%s”"), subject);
    case RST_OUT_OF_RANGE:
      return g_strdup_printf(_("The value %s of “%s” is out of range: it has to be from %s to %s"),
                             value, subject, low, high);
    case RST_NOT_A_CHOICE:
      return g_strdup_printf(_("The value “%s” of “%s” is unknown: it has to be one of %s"), value,
                             subject, choices);
    case RST_BAD_HINT:
      return g_strdup_printf(_("Colour hint %s, “%s”, cannot be read: it has to be %s"), subject,
                             value, messages_words(choices));
    case RST_WRONG_TYPE:
      return g_strdup_printf(_("The value “%s” of “%s” cannot be read: it has to be %s"), value,
                             subject, messages_words(choices));

    case RST_CANNOT_OPEN:
      return g_strdup_printf(_("“%s” could not be opened: %s"), subject, value);
    case RST_NOT_A_FILE:
      return g_strdup_printf(_("“%s” is not a file"), subject);
    case RST_FILE_TOO_LARGE:
      return g_strdup_printf(_("“%s” is too large: it has %s bytes, and %s are allowed"), subject,
                             value, high);
    case RST_BAD_FILE:
      return g_strdup_printf(_("The model file is damaged: %s: %s"), subject_words(subject),
                             messages_words(value));
    case RST_BAD_DESCRIPTION:
      return g_strdup_printf(_("The model file describes a network that this version does not "
                               "know: %s: %s"),
                             subject, messages_words(value));
    case RST_BAD_TENSOR:
      return g_strdup_printf(_("The model file is damaged: tensor “%s”: %s"), subject,
                             messages_words(value));
    case RST_NO_SUCH_MODEL:
      if (!*choices)
        return g_strdup_printf(
          _("There is no model “%s”, and no other either: put model files into "
            "the folder restorator/models of your data folder"),
          subject);
      return g_strdup_printf(_("There is no model “%s”: choose one of %s"), subject, choices);
    case RST_NO_SUCH_PRESET:
      if (!*choices)
        return g_strdup_printf(_("There is no preset “%s”, and no other either"), subject);
      return g_strdup_printf(_("There is no preset “%s”: choose one of %s"), subject, choices);
    case RST_BAD_PRESET:
      return g_strdup_printf(_("The preset cannot be used: %s: %s"), subject_words(subject),
                             messages_words(value));
    case RST_PRESET_MISFIT:
      if (!*choices)
        return g_strdup_printf(_("The preset “%s” does not fit the model “%s”"), subject, value);
      return g_strdup_printf(_("The preset “%s” does not fit the model “%s”: choose one of %s"),
                             subject, value, choices);

    case RST_BAD_RECORD:
      return g_strdup_printf(_("The record of what was done to the picture cannot be used: %s: %s"),
                             subject_words(subject), messages_words(value));

    case RST_EMPTY_REGION:
      return g_strdup(
        _("Nothing is selected that could be restored: select more; fully transparent "
          "pixels do not count"));
    case RST_EMPTY_INPUT:
      return g_strdup(
        _("The network would see nothing of the picture: select less or raise the "
          "context"));
    case RST_OUTSIDE_WINDOW:
      return g_strdup_printf(_("The window %s does not hold the selection: select less, or set "
                               "“window” to “auto”"),
                             value);

    case RST_OK:
    case RST_CANCELLED:
    case RST_BAD_CALL:
    case RST_HOST_FAILED:
      break;
  }
  /* What only a fault of the program brings about is reported as the engine words it. */
  return g_strdup(why->message);
}

gboolean messages_fail(const rst_error *why, GError **error) {
  g_autofree char *text = messages_text(why);

  g_set_error_literal(error, RESTORATOR_ERROR, (int)why->code, text);
  return FALSE;
}
