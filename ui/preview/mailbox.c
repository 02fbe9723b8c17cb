/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "preview/mailbox.h"

/* ---- sources ---- */

static gboolean dispatch(GSource *source, GSourceFunc callback, void *data) {
  (void)source;
  return callback(data);
}

GSource *mailbox_add_source(GSourceFunc callback, int priority, void *data) {
  static GSourceFuncs functions = {.dispatch = dispatch};
  GSource *source = g_source_new(&functions, sizeof *source);

  g_source_set_callback(source, callback, data, NULL);
  g_source_set_priority(source, priority);
  g_source_set_ready_time(source, -1);
  g_source_attach(source, g_main_context_get_thread_default());
  return source;
}

static gboolean give_notice(void *data) {
  mailbox *m = data;

  g_source_set_ready_time(m->notice, -1);
  m->changed(m->user);
  return G_SOURCE_CONTINUE;
}

void mailbox_notify(mailbox *m) {
  if (m->changed)
    g_source_set_ready_time(m->notice, 0);
}

/* ---- init and clear ---- */

bool mailbox_init(mailbox *m, void (*changed)(void *user), void *user) {
  *m = (mailbox){.changed = changed, .user = user};
  m->report.plan.size = sizeof m->report.plan;
  pthread_mutex_init(&m->lock, NULL);
  pthread_cond_init(&m->wake, NULL);
  m->notice = mailbox_add_source(give_notice, G_PRIORITY_DEFAULT, m);
  m->cancel = rst_cancel_new();
  return m->cancel;
}

void mailbox_clear(mailbox *m) {
  g_source_destroy(m->notice);
  g_source_unref(m->notice);
  request_clear(&m->newest);
  frame_unref(m->report.frame);
  for (int i = 0; i < RST_PARTS_MAX; i++)
    rst_encoding_unref(m->report.encodings[i]);
  trajectory_unref(m->report.trajectory);
  contour_unref(m->report.contour);
  photo_found_unref(m->report.photo);
  rst_cancel_free(m->cancel);
  pthread_cond_destroy(&m->wake);
  pthread_mutex_destroy(&m->lock);
}

/* ---- under the lock ---- */

void mailbox_lock(mailbox *m) {
  pthread_mutex_lock(&m->lock);
}

void mailbox_unlock(mailbox *m) {
  pthread_mutex_unlock(&m->lock);
}

void mailbox_send(mailbox *m) {
  m->sent++;
  rst_cancel_set(m->cancel);
  mailbox_wake(m);
}

bool mailbox_is_superseded(const mailbox *m) {
  return m->quit || m->taken != m->sent;
}

void mailbox_wait(mailbox *m) {
  pthread_cond_wait(&m->wake, &m->lock);
}

void mailbox_wake(mailbox *m) {
  pthread_cond_broadcast(&m->wake);
}

/* ---- the two sides ---- */

void mailbox_quit(mailbox *m) {
  mailbox_lock(m);
  m->quit = true;
  mailbox_send(m);
  mailbox_unlock(m);
}

bool mailbox_take(mailbox *m, request *work) {
  bool taken;

  mailbox_lock(m);
  while (!mailbox_is_superseded(m))
    mailbox_wait(m);
  taken = !m->quit;
  if (taken) {
    request_copy(work, &m->newest);
    m->taken = m->sent;
    m->report.status.phase = PREVIEW_REFINING;
    m->report.status.read = 0;
    m->demand.unreadable = false;
    m->demand.needed = 0;
    rst_cancel_reset(m->cancel);
  }
  mailbox_unlock(m);
  return taken;
}
