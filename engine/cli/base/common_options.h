/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Entries of a GOptionEntry table that mean the same in every command.
 */
#ifndef CLI_COMMON_OPTIONS_H
#define CLI_COMMON_OPTIONS_H

#include <glib/gi18n.h>

/* clang-format off */
/* `to`: an int. */
#define OPTION_THREADS(to) \
  {"threads", 't', 0, G_OPTION_ARG_INT, (to), \
   N_("Threads to work with [as many as there are processors]"), "1..256"}

/* `to`: a gboolean. */
#define OPTION_PROGRESS(to) \
  {"progress", 0, 0, G_OPTION_ARG_NONE, (to), \
   N_("Report progress even where standard error is no terminal"), NULL}
/* clang-format on */

#endif
