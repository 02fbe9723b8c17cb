/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "language.h"

#include <locale.h>

#include <glib.h>
#include <libintl.h>

/* The folder with the catalogues: that of the build tree for a program that runs there, which an
 * installed one may never see. */
static const char *catalogues(void) {
#ifdef BUILD_ROOT
  g_autofree char *path = g_file_read_link("/proc/self/exe", NULL);

  if (path && g_str_has_prefix(path, BUILD_ROOT "/"))
    return BUILD_ROOT "/po";
#endif
  return LOCALEDIR;
}

void language_init(void) {
  setlocale(LC_ALL, "");
  bindtextdomain(GETTEXT_PACKAGE, catalogues());
  bind_textdomain_codeset(GETTEXT_PACKAGE, "UTF-8");
  textdomain(GETTEXT_PACKAGE);
}
