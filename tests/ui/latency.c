/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How soon the preview answers: restorator-preview's window on a 512 × 512 selection, one change
 * after the other. Arguments: PICTURE (at least that large) and MODEL. With a third one, SIDE: how
 * soon it follows a colour hint that moves, one of the dialog's reach and one of a tenth, on a
 * selection of that side; for a view of as many pixels the display has to be larger.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <app/viewer.h>

#include "properties.h"

enum { SIDE = 512, STOPS = 10, MOVES = 8 };

static RestoratorEditor *editor;
static double longest_spent, longest_passed; /* of a round of the main loop, milliseconds */
/* When the first was seen, in milliseconds of all threads on the processor; 0: not yet, below 0: what
 * is told is still the last change's. */
static double first_at;

static double milliseconds(clockid_t clock) {
  struct timespec now;

  clock_gettime(clock, &now);
  return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* Runs the main loop until that phase, or for so long. */
static preview_status run(preview_phase phase, double limit) {
  const double end = milliseconds(CLOCK_MONOTONIC) + limit;
  preview_status status;

  do {
    /* Waiting for something to do is no stall. */
    while (!g_main_context_pending(NULL) && milliseconds(CLOCK_MONOTONIC) < end)
      g_usleep(100);

    const double spent = milliseconds(CLOCK_THREAD_CPUTIME_ID);
    const double passed = milliseconds(CLOCK_MONOTONIC);

    g_main_context_iteration(NULL, FALSE);
    longest_spent = MAX(longest_spent, milliseconds(CLOCK_THREAD_CPUTIME_ID) - spent);
    longest_passed = MAX(longest_passed, milliseconds(CLOCK_MONOTONIC) - passed);
    preview_get_status(restorator_editor_get_preview(editor), &status);
    if (status.first == 0)
      first_at = MAX(first_at, 0);
    else if (first_at == 0)
      first_at = milliseconds(CLOCK_PROCESS_CPUTIME_ID);
  } while (status.phase != phase && milliseconds(CLOCK_MONOTONIC) < end);
  return status;
}

static void measure(GObject *settings, const char *name, const char *value) {
  const double begin = milliseconds(CLOCK_PROCESS_CPUTIME_ID);
  rst_parameters parameters;
  preview_status status;

  longest_spent = longest_passed = 0;
  first_at = -1;
  if (values_read(settings, &parameters, NULL) != RST_OK ||
      rst_parameters_set(&parameters, name, value, NULL) != RST_OK)
    g_error("%s %s", name, value);
  values_write(settings, &parameters);
  run(PREVIEW_REFINING, 20); /* the change is told in the main loop */
  status = run(PREVIEW_EXACT, 300e3);
  printf(
    "%-12s %-6s first %6.0f ms, of the processor %4.0f ms, exact %7.0f ms; longest round "
    "%5.1f ms, of the processor %4.1f ms\n",
    name, value, 1e3 * status.first, first_at - begin, 1e3 * status.seconds, longest_passed,
    longest_spent);
  fflush(stdout);
}

/* A hint beside another one, moved by a few pixels each time. */
static void measure_moves(GObject *settings, int width, int height, const char *reach) {
  for (int i = 0; i <= MOVES; i++) {
    g_autofree char *hints =
      g_strdup_printf("%d,%d,#604020%s; %d,%d,#208020%s", width / 3, height / 3, reach,
                      width / 2 + 7 * i, height / 2 + 3 * i, reach);

    measure(settings, "hints", hints);
  }
}

/* At different times after a change of the context. */
static void measure_stops(GObject *settings, const char *what) {
  preview *p = restorator_editor_get_preview(editor);
  double longest = 0;

  for (int i = 0; i < STOPS; i++) {
    g_object_set(settings, "context", 2 + 0.05 * i, NULL); /* encoding and restoring */
    run(PREVIEW_EXACT, 40 + 50 * i);

    const double begin = milliseconds(CLOCK_MONOTONIC);

    preview_set_running(p, false);
    run(PREVIEW_STOPPED, 10e3);
    longest = MAX(longest, milliseconds(CLOCK_MONOTONIC) - begin);
  }
  preview_set_running(p, true);
  printf("the longest of %d stops while %s %.1f ms\n", STOPS, what, longest);
}

/* What Cancel does while something is restored: the window goes, and the preview's thread. */
static void measure_closing(GObject *settings, GtkWidget *viewer) {
  g_object_set(settings, "hide-region", FALSE, "context", 1.8, NULL);
  run(PREVIEW_EXACT, 300);

  const double begin = milliseconds(CLOCK_MONOTONIC);

  gtk_widget_destroy(viewer);
  printf("closed while restoring in %.1f ms\n", milliseconds(CLOCK_MONOTONIC) - begin);
}

int main(int argc, char **argv) {
  g_autoptr(GObject) settings = NULL;
  g_autoptr(GError) error = NULL;
  rst_error why = RST_ERROR_INIT;
  Photo *photo;
  GtkWidget *viewer;

  gtk_init(&argc, &argv);
  if (argc != 3 && argc != 4) {
    fprintf(stderr, "usage: %s PICTURE MODEL [SIDE]\n", argv[0]);
    return 2;
  }
  photo = photo_read(argv[1], &error);
  if (!photo)
    g_error("%s", error->message);
  const int side = argc == 4 ? atoi(argv[3]) : SIDE;

  photo_select(photo, PHOTO_RECTANGLE, (photo->width - side) / 2, (photo->height - side) / 2, side,
               side, 0);
  settings = restorator_settings_new();
  g_object_set(settings, "model", argv[2], "mode", "colour", NULL);
  viewer = restorator_viewer_new(photo, settings, &why);
  if (!viewer)
    g_error("%s", why.message);
  editor = restorator_viewer_get_editor(RESTORATOR_VIEWER(viewer));
  if (argc == 4) /* beside the panel */
    gtk_window_resize(GTK_WINDOW(viewer), side + 600, side + 200);
  gtk_window_present(GTK_WINDOW(viewer));
  run(PREVIEW_EXACT, 300e3);
  if (argc == 4) {
    measure_moves(settings, photo->width, photo->height, ",0.9");
    measure_moves(settings, photo->width, photo->height, ",0.1");
    return 0;
  }
  measure(settings, "seed", "1");
  measure(settings, "seed", "2");
  measure(settings, "context", "1.6");
  measure(settings, "strength", "0.8");
  measure(settings, "saturation", "1.2");
  measure(settings, "mode", "full");
  measure(settings, "match", "on");
  measure(settings, "match", "off");
  measure_stops(settings, "restoring");
  measure(settings, "hide-region", "true");
  measure_stops(settings, "matching");
  measure_closing(settings, viewer);
  return 0;
}
