/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "widgets/hint_colours.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#define GROUP "hints"
#define KEY "colours" /* of "rrggbb" */

static char *get_path(void) {
  return g_build_filename(g_get_user_state_dir(), "restorator", "colours", NULL);
}

static char **read_names(void) {
  g_autofree char *path = get_path();
  g_autoptr(GKeyFile) file = g_key_file_new();

  g_key_file_load_from_file(file, path, G_KEY_FILE_NONE, NULL);
  return g_key_file_get_string_list(file, GROUP, KEY, NULL, NULL);
}

int hint_colours_read(float colours[][3]) {
  g_auto(GStrv) names = read_names();
  int count = 0;

  for (char **name = names; name && *name && count < HINT_COLOURS_MAX; name++) {
    const guint64 value = g_ascii_strtoull(*name, NULL, 16);

    if (strlen(*name) != 6 || value > 0xffffff)
      continue;
    for (int c = 0; c < 3; c++)
      colours[count][c] = (float)(value >> (16 - 8 * c) & 255) / 255;
    count++;
  }
  return count;
}

void hint_colours_note(const float rgb[3]) {
  g_autofree char *path = get_path(), *folder = g_path_get_dirname(path);
  g_autofree char *noted =
    g_strdup_printf("%02x%02x%02x", (guint)(rgb[0] * 255 + 0.5f), (guint)(rgb[1] * 255 + 0.5f),
                    (guint)(rgb[2] * 255 + 0.5f));
  g_auto(GStrv) names = read_names();
  g_autoptr(GKeyFile) file = g_key_file_new();
  const char *list[HINT_COLOURS_MAX] = {noted};
  gsize count = 1;

  for (char **name = names; name && *name && count < HINT_COLOURS_MAX; name++)
    if (strcmp(*name, noted) != 0)
      list[count++] = *name;
  g_key_file_set_string_list(file, GROUP, KEY, list, count);
  if (g_mkdir_with_parents(folder, 0700) == 0)
    g_key_file_save_to_file(file, path, NULL);
}
