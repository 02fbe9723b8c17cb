/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dialogs/display.h"

#include <glib/gi18n.h>
#include <libgimp/gimpui.h>

#include "messages.h"

gboolean display_open(GError **error) {
  if (!gtk_init_check(NULL, NULL)) {
    g_set_error_literal(error, RESTORATOR_ERROR, RST_BAD_CALL,
                        _("There is no display for the dialog: run it without"));
    return FALSE;
  }
  gimp_ui_init("restorator");
  return TRUE;
}
