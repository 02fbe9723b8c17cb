/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Linked into a copy of the plug-in in place of libgimp's progress functions: writes down each
 * call, and when all is computed does to the picture what the tests ask for. (GIMP 3.0 refuses
 * progress callbacks of a caller, so that the tests cannot look in from outside.)
 */
#include <stdio.h>

#include "meddle.h"

gboolean __real_gimp_progress_init(const char *message);
gboolean __real_gimp_progress_update(double fraction);
gboolean __real_gimp_progress_end(void);
gboolean __wrap_gimp_progress_init(const char *message);
gboolean __wrap_gimp_progress_update(double fraction);
gboolean __wrap_gimp_progress_end(void);

static char *path_of(const char *name) {
  return g_build_filename(g_getenv("RESTORATOR_TEST_FILES"), name, NULL);
}

static void note(const char *call, const char *value) {
  g_autofree char *path = path_of("progress");
  FILE *file = fopen(path, "a");

  fprintf(file, "%s %s\n", call, value);
  fclose(file);
}

/* The newest but one: the newest is the plug-in's copy of it. */
static GimpImage *picture(void) {
  g_autofree GimpImage **images = gimp_get_images();
  GimpImage *newest = NULL, *next = NULL;

  for (int i = 0; images[i]; i++)
    if (!newest || gimp_image_get_id(images[i]) > gimp_image_get_id(newest)) {
      next = newest;
      newest = images[i];
    } else if (!next || gimp_image_get_id(images[i]) > gimp_image_get_id(next)) {
      next = images[i];
    }
  return next;
}

static void meddle_once(void) {
  static gboolean done;
  g_autofree char *path = path_of("meddle");
  g_autofree char *word = NULL;

  if (!done && g_file_get_contents(path, &word, NULL, NULL))
    meddle(word, picture());
  done = TRUE;
}

gboolean __wrap_gimp_progress_init(const char *message) {
  note("init", message);
  return __real_gimp_progress_init(message);
}

gboolean __wrap_gimp_progress_update(double fraction) {
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  note("update", g_ascii_dtostr(text, sizeof text, fraction));
  if (fraction >= 1)
    meddle_once();
  return __real_gimp_progress_update(fraction);
}

gboolean __wrap_gimp_progress_end(void) {
  note("end", "");
  return __real_gimp_progress_end();
}
