/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A preview on a photo in memory, without a toolkit.
 */
#ifndef HOST_H
#define HOST_H

#include <glib.h>
#include <preview/preview.h>

/* Read on its own thread alone. */
typedef struct {
  GThread *thread;
  int width, height;
  float *rgba, *coverage;
  float *result; /* (height, width, 3), NaN where nothing was written */
  int *written;  /* (height, width) */
  bool broken;
  int pause;   /* microseconds that reading takes longer */
  int reads;   /* of an area */
} photo;

/* Smooth colours, a transparent edge, nothing selected. */
photo *photo_new(int width, int height);
void photo_free(photo *p);
/* Selects a feathered ellipse besides what is selected. */
void select_ellipse(photo *p, int x, int y, int w, int h);
int64_t count_selected(const photo *p);
rst_picture picture_of(photo *p);
/* All of it. */
rst_rectangle whole(const photo *p);

/* The model of that id. */
rst_model *read_model(const char *id);
/* "name value name value …" */
rst_parameters parameters_of(const char *text);

typedef struct {
  int x, y, step;
} point;

typedef struct {
  photo *photo;
  preview *preview;
  rst_model *model;
  GArray *points; /* of point, in the order restored; the worker's until it is exact */
  int notices;
} preview_fixture;

/* Takes over the photo; all of it may be selected. */
preview_fixture *preview_fixture_new(photo *p, const char *model);
void preview_fixture_free(preview_fixture *b);
void set(preview_fixture *b, const char *setup);

/* A timer's callback that only wakes the main loop. */
gboolean tick(void *data);
/* Runs the main loop until the preview gets there; other ends fail. */
preview_status reach(preview_fixture *b, preview_phase phase);
preview_status finish(preview_fixture *b, const char *setup);

/* The same setup straight through rst_restore(), compared bit by bit. */
void check_exact(preview_fixture *b, const char *setup);
/* No point was restored twice. */
void check_once(const preview_fixture *b);

#endif
