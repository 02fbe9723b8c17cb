/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The mailbox between the caller's thread and the worker's: requests go in, reports come out, and
 * the worker's demands for pixels come out too. Nothing else is shared under a lock.
 *
 * The caller changes `newest` and calls mailbox_send(). The worker takes the newest request as a
 * whole: what it computes for an older one is cancelled.
 *
 * The lock is pthread's own, since ThreadSanitizer does not see GLib's.
 */
#ifndef MAILBOX_H
#define MAILBOX_H

#include <pthread.h>

#include "pixel_trajectory.h"
#include "preview/contour.h"
#include "preview/photo_found.h"
#include "preview/request.h"
#include "preview/status.h"

/* What the worker has to report. */
typedef struct report {
  preview_status status;
  frame *frame;  /* the newest; or NULL */
  rst_plan plan; /* count 0: none */
  char faces[RST_FACES_TEXT]; /* that it is for */
  bool searched;              /* faces were looked for in the picture, … */
  char found[RST_FACES_TEXT]; /* … and these are there */
  rst_encoding *encodings[RST_PARTS_MAX];
  trajectory *trajectory; /* or NULL */
  bool suggested;         /* colours for the pixel that the newest request asks about */
  rst_swatch swatches[RST_SWATCHES_MAX];
  int swatch_count;
  contour *contour; /* or NULL */
  photo_found *photo; /* or NULL */
} report;

/* What the worker needs of the picture. */
typedef struct demand {
  bool waiting;       /* the worker sleeps until `area` is read */
  bool unreadable;    /* reading has failed for the request in work */
  rst_rectangle area;
  int needed;         /* tiles that the request missed at first; 0: not counted yet */
  gint64 reported_at; /* monotonic time of the last report on how far reading is */
} demand;

typedef struct mailbox {
  rst_cancel *cancel; /* set by each new request */
  void (*changed)(void *user);
  void *user;
  GSource *notice; /* calls `changed` on the caller's thread */

  pthread_mutex_t lock; /* of all that follows */
  pthread_cond_t wake;  /* for the worker: something of it has changed */
  bool quit;
  request newest;       /* changed by the caller's thread alone */
  guint64 sent, taken;  /* serial of `newest`; of the request in work */
  report report;
  demand demand;
} mailbox;

/* `changed` is called on the calling thread's main context; NULL: nobody is notified. False where
 * memory ran out; mailbox_clear() may be called then too. */
bool mailbox_init(mailbox *m, void (*changed)(void *user), void *user);
void mailbox_clear(mailbox *m);

void mailbox_lock(mailbox *m);
void mailbox_unlock(mailbox *m);

/* ---- under the lock ---- */

/* The newest request is complete: what runs for an older one is cancelled. */
void mailbox_send(mailbox *m);
/* Whether the request in work is no longer the newest, or the worker shall end. */
bool mailbox_is_superseded(const mailbox *m);
/* The worker sleeps, without the lock, until it is woken. */
void mailbox_wait(mailbox *m);
/* Wakes the worker. */
void mailbox_wake(mailbox *m);

/* ---- without the lock ---- */

/* The worker shall end. */
void mailbox_quit(mailbox *m);
/* Waits for a request newer than the one in work and copies it there. False: the worker ends. */
bool mailbox_take(mailbox *m, request *work);
/* Has `changed` called; several calls in quick succession may become one. Thread: any. */
void mailbox_notify(mailbox *m);

/* A source on the calling thread's main context, which any thread lets run by setting its ready
 * time. It has to be destroyed and unreferenced. */
GSource *mailbox_add_source(GSourceFunc callback, int priority, void *data);

#endif
