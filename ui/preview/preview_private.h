/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The rooms of the preview, which nobody else sees: the caller's side (preview.c), reading the
 * picture (reading.c), what is kept between requests (planning.c), refining (worker.c), and what is
 * told of it (showing.c).
 *
 * Locks are pthread's own, since ThreadSanitizer does not see GLib's.
 */
#ifndef PREVIEW_PRIVATE_H
#define PREVIEW_PRIVATE_H

#include <pthread.h>

#include "preview/preview.h"

enum {
  COARSEST = 64, /* the largest step between points */
  BAND_PIXELS = 1 << 18 /* of the picture, handed over at a time */
};

typedef struct {
  rst_model *model;
  rst_parameters parameters;
  viewport view;
  plane *pixels, *coverage;
  rect region;
  guint64 pixels_serial, region_serial;
  guint64 result_serial; /* of setup or region: what the result depends on */
  gint64 changed_at;     /* monotonic, of the same */
  bool running;
  bool probing;          /* a trajectory is wanted, … */
  int probe_x, probe_y;  /* … of this pixel of the picture */
  guint64 probe_serial;
  int seeds;             /* of the uncertainty; below 2: not wanted */
} request;

typedef struct {
  rst_encoding *encoding;
  rst_model *model;
  rst_window window;
  bool hide;
} encoded;

struct preview {
  rst_picture picture;
  void (*changed)(void *user);
  void *user;
  GSource *notice, *reader; /* on the caller's context */
  rst_cancel *cancel;
  rst_session *session;
  int threads; /* asked for */
  bool brief;
  GThread *thread;
  void (*restored)(void *user, const canvas *c, int x, int y, int step);
  void *restored_user;

  pthread_mutex_t lock; /* of all down to `trajectory` */
  pthread_cond_t wake;
  bool quit, started;
  rst_status start_status;
  rst_error start_error;
  request wanted;
  guint64 serial, taken; /* of `wanted`; of the one in work */
  bool demanded, unreadable;
  rect demand; /* of the picture, for the worker */
  int needed;            /* tiles that the request missed at first; 0: not counted yet */
  gint64 reading_told_at; /* monotonic */
  preview_status status;
  frame *frame;
  rst_plan plan; /* count 0: none */
  rst_encoding *encodings[RST_PARTS_MAX];
  trajectory *trajectory;

  /* The worker's own. Between requests the main thread reads it under the lock. */
  request work;
  rst_plan *drawn; /* its plan, and what that is for */
  guint64 planned_pixels, planned_region;
  rst_parameters planned, sampled;
  rst_model *sampled_model;
  canvas *canvases[RST_PARTS_MAX];
  int count;
  GArray *cache; /* of encoded, the newest last */
  gint64 restored_points; /* told when something is published: the lock is held rarely, since a
                           * worker that waits for its turn with it holds up the main loop */
  frame *shown;
  plane *shown_pixels;
  rect dirty; /* of the picture: restored, but not shown yet */
  gint64 next_frame_at; /* monotonic */
  gint64 refining_at;   /* monotonic: refining began then, … */
  gint64 refining_from; /* … with so many points done */
  double pace;          /* points a second of this result; 0: not known */
  guint64 shown_result, exact_result; /* serials */
  guint64 probed_result, probed;      /* of the trajectory */
  int deviated_seeds; /* of the canvases' deviations */
  int soon;           /* the finest step of those that came before the result */
};

/* Whether the worker's request is no longer the newest; under the lock. */
static inline bool preview_is_superseded(const preview *p) {
  return p->quit || p->taken != p->serial;
}

/* ---- reading.c ---- */

rst_status preview_fail_host(rst_error *error);
/* The caller's sources for what follows. */
void preview_add_sources(preview *p);
/* Has the caller's thread call `changed`. */
void preview_notify(preview *p);
/* The selection's box with the ring that is matched. */
rect preview_ringed_region(const preview *p);
bool preview_is_read(preview *p, const rect *area);
/* The worker waits until an area of the picture is read. */
rst_status preview_require(preview *p, const rect *area, rst_error *error);

/* ---- planning.c: the worker's ---- */

void preview_forget_plan(preview *p);
void preview_forget_encodings(preview *p, bool all);
void preview_free_canvases(canvas **canvases, int count);
rst_status preview_make_plan(preview *p, rst_error *error);
/* Forgets the points that the request has made stale. */
void preview_forget_stale(preview *p);
/* The part's window is encoded afterwards. */
rst_status preview_need_encoding(preview *p, int index, rst_error *error);

/* ---- showing.c: the worker's ---- */

bool preview_is_matched(const preview *p);
rect preview_visible_area(const preview *p);
/* Points on the lattice of `step` in that area of the picture have become other ones. */
void preview_touch(preview *p, const rect *area, int step);
/* Refining begins: how fast it goes is measured from here on. */
void preview_begin_pace(preview *p);
/* Tells the status, and a frame where one is given. */
void preview_publish(preview *p, preview_phase phase, frame *shown);
/* Draws what has become dirty, and tells the phase. */
rst_status preview_show(preview *p, preview_phase phase, rst_error *error);
/* A new viewport or picture begins with a frame of its own, with what points there are. */
rst_status preview_show_viewport(preview *p, rst_error *error);
void preview_drop_frame(preview *p);

/* ---- exploring.c: the worker's, beside the result ---- */

/* The trajectory that the request wants, where that is not told yet. */
rst_status preview_probe(preview *p, rst_error *error);
void preview_forget_probe(preview *p);
/* The uncertainty in an area, where the request wants it: as much as comes soon, with its points
 * taking `passes` passes each; and all of it, once the result is exact. */
rst_status preview_deviate_soon(preview *p, const rect *area, int passes, rst_error *error);
rst_status preview_deviate(preview *p, const rect *area, rst_error *error);

/* ---- worker.c ---- */

/* One round of the engine, for canvases. */
canvas_job preview_job(preview *p);
/* The step whose lattice in the area is done soon, where a point takes that many passes. */
int preview_first_step(const preview *p, const rect *area, int passes);
/* Does something with all of a part that lies in an area, chunk by chunk of `side` samples of the
 * lattice. */
rst_status preview_work_in_chunks(preview *p, canvas *c, const rect *area, int step, int side,
                                  rst_status (*work)(preview *p, canvas *c, const rect *chunk,
                                                     int step, void *user, rst_error *error),
                                  void *user, rst_error *error);

/* The worker's thread; `data` is the preview. */
void *preview_work(void *data);

/* ---- preview.c ---- */

void preview_take_model(rst_model **to, rst_model *model);
void preview_clear_request(request *r);

#endif
