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

/* Of commands that read pictures, by io/image_source.h. */
#define OPTION_MEGAPIXELS \
  {"max-megapixels", 0, 0, G_OPTION_ARG_CALLBACK, source_set_limit, \
   N_("Refuse pictures of more millions of pixels [1000]"), "N"}

/* `to`: a gboolean. */
#define OPTION_PROGRESS(to) \
  {"progress", 0, 0, G_OPTION_ARG_NONE, (to), \
   N_("Report progress even where standard error is no terminal"), NULL}

/* `to`: a char *; of commands with several setups. */
#define OPTION_COMMON(to) \
  {"options", 0, 0, G_OPTION_ARG_FILENAME, (to), \
   N_("Options of restore that all share, in one text"), N_("WORDS")}

/* `to`: an int, of which cell_fault() finds out whether it is of use; `blurb`: what it is for. */
#define OPTION_CELL(to, blurb) \
  {"cell", 0, 0, G_OPTION_ARG_INT, (to), (blurb), "16..4096"}

/* `to`: a char **, for what is no option. */
#define OPTION_PATHS(to) \
  {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, (to), NULL, NULL}
/* clang-format on */

static inline const char *cell_fault(int side) {
  return side < 16 || side > 4096 ? _("--cell must be 16..4096") : NULL;
}

#endif
