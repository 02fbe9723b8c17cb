/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The worker's thread: takes the newest request from the mailbox and restores it, again and again.
 * It owns the engine's session and all points.
 */
#ifndef WORKER_H
#define WORKER_H

#include "preview/found_faces.h"
#include "preview/preparation.h"
#include "preview/refine.h"

typedef struct worker {
  mailbox *mailbox;
  tile_reader *reader;
  GThread *thread;
  int threads; /* of the session, as asked for */
  bool started; /* under the mailbox's lock, as the next two */
  rst_status start_status;
  rst_error start_error;

  /* The worker's thread's own. While it waits for a request, the caller's may read it under the
   * mailbox's lock. */
  rst_session *session;
  request work;
  lattice lattice;
  publisher publisher;
  work_set set;
  preparation preparation;
  found_faces faces;
  explorer explorer;
  hint_fields hints;
  refiner refiner;
} worker;

/* Prepares a worker without a thread; `brief`: as PREVIEW_BRIEF has it. */
void worker_init(worker *w, mailbox *m, tile_reader *reader, int threads, bool brief);
/* Starts its thread and waits for its session, which takes about a millisecond. Errors:
 * RST_NO_THREAD, RST_NO_MEMORY, RST_OUT_OF_RANGE. */
rst_status worker_start(worker *w, rst_error *error);
/* Ends the thread, if there is one, and frees all that it made. */
void worker_clear(worker *w);

#endif
