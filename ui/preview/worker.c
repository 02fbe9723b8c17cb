/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "preview/worker.h"

#include <sys/resource.h>

#include "failure.h"

enum {
  NICENESS = 15, /* of the worker and the session's threads: the main loop goes first … */
  BRIEF_NICENESS = 19 /* … and a brief preview last */
};

/* Forgets what is restored, which is another request's, and shows the picture without it. */
static rst_status show_unrestored(worker *w, rst_error *error) {
  const rst_rectangle visible = request_get_visible_area(&w->work);

  work_set_forget(&w->set);
  explorer_forget_inspected(&w->explorer);
  publisher_mark(&w->publisher, &visible);
  return publisher_show(&w->publisher, PREVIEW_REFINING, error);
}

/* What an old photograph was prepared to is the result. */
static rst_status show_prepared(worker *w, rst_error *error) {
  const rst_status status = tile_reader_require(w->reader, &w->work.region, error);

  return status == RST_OK && w->lattice.count > 0 ? show_unrestored(w, error) : status;
}

/* Restores the request; `phase` is what it ends in. */
static rst_status serve(worker *w, preview_phase *phase, rst_error *error) {
  const request *work = &w->work;
  rst_status status;

  work_set_forget_other_picture(&w->set);
  preparation_begin(&w->preparation);
  status = publisher_show_viewport(&w->publisher, error);
  if (status == RST_OK)
    status = preparation_settle(&w->preparation, w->session, error);
  if (status != RST_OK)
    return status;
  if (!work->model && work->is_photo) {
    *phase = PREVIEW_EXACT;
    return show_prepared(w, error);
  }
  *phase = work->model ? PREVIEW_STOPPED : PREVIEW_WAITING;
  if (!work->model || !work->running)
    return RST_OK;
  status = rst_parameters_check(&work->parameters, work->model, error);
  if (status == RST_OK)
    status = found_faces_settle(&w->faces, &w->work, w->reader, w->session, error);
  if (status == RST_OK)
    status = work_set_plan(&w->set, error);
  if (status == RST_OK)
    status = work_set_forget_stale(&w->set, error);
  if (status != RST_OK)
    return status;
  *phase = w->refiner.brief ? PREVIEW_SEEN : PREVIEW_EXACT;
  return refiner_run(&w->refiner, error);
}

static void show_failure(worker *w, const rst_error *error) {
  show_unrestored(w, NULL);
  mailbox_lock(w->mailbox);
  w->mailbox->report.status.error = *error;
  mailbox_unlock(w->mailbox);
  publisher_report(&w->publisher, PREVIEW_FAILED);
}

static void serve_and_report(worker *w) {
  const rst_rectangle area = request_get_first_area(&w->work);
  rst_error error = RST_ERROR_INIT;
  preview_phase phase = PREVIEW_WAITING;
  rst_status status = serve(w, &phase, &error);

  if (status == RST_OK) {
    publisher_report(&w->publisher, phase);
    if (phase == PREVIEW_EXACT) {
      publisher_finish(&w->publisher);
      status = explorer_deviate_rest(&w->explorer, &area, &error);
    }
  }
  if (status != RST_OK && status != RST_CANCELLED)
    show_failure(w, &error);
}

/* The session's threads inherit the niceness of the one that makes them; on Linux it is a
 * thread's own. */
static bool make_session(worker *w) {
  rst_error error = RST_ERROR_INIT;
  rst_status status;

  setpriority(PRIO_PROCESS, 0, w->refiner.brief ? BRIEF_NICENESS : NICENESS);
  status = rst_session_new(w->threads, &w->session, &error);
  w->lattice.session = w->session;
  mailbox_lock(w->mailbox);
  w->start_status = status;
  w->start_error = error;
  w->started = true;
  mailbox_wake(w->mailbox);
  mailbox_unlock(w->mailbox);
  return status == RST_OK;
}

static void *run(void *data) {
  worker *w = data;

  if (!make_session(w))
    return NULL;
  while (mailbox_take(w->mailbox, &w->work))
    serve_and_report(w);
  return NULL;
}

void worker_init(worker *w, mailbox *m, tile_reader *reader, int threads, bool brief) {
  lattice *l = &w->lattice;
  const request *work = &w->work;

  *w = (worker){.mailbox = m, .reader = reader, .threads = threads};
  *l = (lattice){.cancel = m->cancel};
  w->publisher = (publisher){.mailbox = m, .reader = reader, .lattice = l, .work = work};
  w->set = (work_set){
    .mailbox = m, .reader = reader, .lattice = l, .publisher = &w->publisher, .work = work};
  work_set_init(&w->set);
  w->preparation =
    (preparation){.mailbox = m, .reader = reader, .publisher = &w->publisher, .work = &w->work};
  w->explorer = (explorer){
    .mailbox = m, .lattice = l, .publisher = &w->publisher, .set = &w->set, .work = work};
  w->hints = (hint_fields){.mailbox = m,
                           .reader = reader,
                           .lattice = l,
                           .publisher = &w->publisher,
                           .set = &w->set,
                           .work = work};
  hint_fields_init(&w->hints);
  w->refiner = (refiner){l, &w->publisher, &w->set, &w->explorer, &w->hints, work, brief};
}

rst_status worker_start(worker *w, rst_error *error) {
  w->thread = g_thread_try_new("preview", run, w, NULL);
  if (!w->thread)
    return failure(error, RST_NO_THREAD, "a thread could not be started");
  mailbox_lock(w->mailbox);
  while (!w->started)
    mailbox_wait(w->mailbox);
  mailbox_unlock(w->mailbox);
  if (error)
    *error = w->start_error;
  return w->start_status;
}

void worker_clear(worker *w) {
  if (w->thread) {
    mailbox_quit(w->mailbox);
    g_thread_join(w->thread);
  }
  lattice_clear(&w->lattice);
  hint_fields_clear(&w->hints);
  work_set_clear(&w->set);
  preparation_clear(&w->preparation);
  publisher_clear(&w->publisher);
  request_clear(&w->work);
  rst_session_free(w->session);
}
