/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * restorator uncertainty: `restore` with --uncertainty, under a name that people look for.
 */
#include <glib.h>
#include <stdbool.h>
#include <string.h>

#include "commands/commands.h"

/* --seeds is what restore calls --uncertainty; eight where it is not given. */
int uncertainty_command(int argc, char **argv) {
  static const char seeds[] = "--seeds";
  g_autoptr(GPtrArray) words = g_ptr_array_new();
  g_autoptr(GPtrArray) made = g_ptr_array_new_with_free_func(g_free);
  bool given = false;
  for (int i = 0; i < argc; i++) {
    const char *rest = argv[i] + strlen(seeds);
    if (g_str_has_prefix(argv[i], seeds) && (*rest == '\0' || *rest == '=')) {
      g_ptr_array_add(made, g_strconcat("--uncertainty", rest, NULL));
      g_ptr_array_add(words, made->pdata[made->len - 1]);
      given = true;
    } else {
      g_ptr_array_add(words, argv[i]);
    }
  }
  if (!given) {
    g_ptr_array_add(made, g_strdup("--uncertainty=8"));
    g_ptr_array_insert(words, 1, made->pdata[made->len - 1]);
  }
  int count = (int)words->len;
  g_ptr_array_add(words, NULL);
  return restore_command(count, (char **)words->pdata);
}
