/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A viewer with a small photo on a screen, and what people do to it: run under Xvfb, any GTK
 * warning fails.
 */
#ifndef FIXTURE_H
#define FIXTURE_H

#include <app/viewer.h>

enum { WIDTH = 160, HEIGHT = 120 }; /* of the photo */

extern char *folder;  /* the tests' own, where the user's presets lie too */
extern char *program; /* restorator-preview */

/* Takes the arguments PROGRAM and SCREENSHOTS. */
void fixture_init(int *argc, char ***argv);
/* Runs the tests, and removes the folder. */
int fixture_run(void);

typedef struct {
  GObject *settings;
  GtkWidget *window;
  RestoratorEditor *editor;
  RestoratorView *view;
  RestoratorPanel *panel;
  Photo *photo;
} Fixture;

/* A window whose preview is exact: of a small photo made for it, or of a file. */
Fixture *fixture_new(const char *model);
Fixture *fixture_open(const char *path, const char *model);
void fixture_free(Fixture *b);

/* The path of a photo, to be freed. */
char *write_photo(void);
/* The id of a model whose card holds measured figures. */
const char *write_judged_model(void);

/* A timer's callback that only wakes the main loop. */
gboolean tick(gpointer data);
/* Runs the main loop until `done`; until there is nothing to do; until the preview is exact. */
void run_until(gboolean (*done)(gpointer data), gpointer data);
void settle(void);
void finish(Fixture *b);

/* Runs the main loop for so many milliseconds. */
void run_for(int milliseconds);

/* A control of the panel. */
GtkWidget *control(Fixture *b, const char *name);
/* The widget with that accessible name, which has to be there. */
GtkWidget *find_named(Fixture *b, const char *name);
GtkWidget *find_named_in(GtkWidget *widget, const char *name);
/* The first visible label with that text in it; NULL where there is none. */
GtkWidget *find_text(GtkWidget *widget, const char *text);

/* The window as it is on the screen; kept as a file for people. */
GdkPixbuf *shoot(Fixture *b);
void keep_shot(Fixture *b, const char *name);
/* Keeps pictures of one size beside and below one another, as NAME.jpg. */
void keep_sheet(GdkPixbuf **pictures, int count, int columns, const char *name);
/* The colour at a place of the view, 0xRRGGBB. */
guint32 colour_at(Fixture *b, const GdkPixbuf *shot, double x, double y);

void press_key(GtkWidget *widget, guint key, GdkModifierType state, gboolean down);
/* A press, a move, a release; of GDK_SCROLL `button` 1 is up and 0 is down. */
void use_mouse(GtkWidget *widget, GdkEventType type, guint button, GdkModifierType state, double x,
               double y);
void click_mouse(GtkWidget *widget, guint button, double x, double y);
void drag(GtkWidget *widget, double x, double y, double u, double v);

#endif
