/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A program's language: that of its user. The plug-in's is set by GIMP.
 */
#ifndef LANGUAGE_H
#define LANGUAGE_H

#include <glib.h>
#include <libintl.h>
#include <locale.h>

/* The folder with the catalogues: that of the build tree for a program that runs there, which an
 * installed one may never see. */
static inline const char *language_folder(void) {
#ifdef BUILD_ROOT
  g_autofree char *path = g_file_read_link("/proc/self/exe", NULL);

  if (path && g_str_has_prefix(path, BUILD_ROOT "/"))
    return BUILD_ROOT "/po";
#endif
  return LOCALEDIR;
}

/* To be called first of all. */
static inline void language_init(void) {
  setlocale(LC_ALL, "");
  bindtextdomain(GETTEXT_PACKAGE, language_folder());
  bind_textdomain_codeset(GETTEXT_PACKAGE, "UTF-8");
  textdomain(GETTEXT_PACKAGE);
}

#endif
