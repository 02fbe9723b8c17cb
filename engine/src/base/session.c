/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* sched_getaffinity */
#include "base/session.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/status.h"

#define THREADS_MAX 256

/* Processors that this process may run on: a container or a batch system may allow few of many. */
static int processors(void) {
  long count;
#ifdef __linux__
  cpu_set_t set;

  if (sched_getaffinity(0, sizeof set, &set) == 0)
    return CPU_COUNT(&set);
#endif
  count = sysconf(_SC_NPROCESSORS_ONLN);
  return count < 1 ? 1 : (int)count;
}

rst_status rst_session_new(int threads, rst_session **session, rst_error *error) {
  rst_session *made;
  rst_status status;
  char text[16];

  if (!session)
    return rst_fail_call(error, "rst_session_new");
  if (threads < 0 || threads > THREADS_MAX) {
    snprintf(text, sizeof text, "%d", threads);
    return rst_fail_range(error, "threads", text, 0, THREADS_MAX);
  }
  if (threads == 0)
    threads = processors();
  if (threads > THREADS_MAX)
    threads = THREADS_MAX;
  made = calloc(1, sizeof *made);
  if (!made)
    return rst_fail_memory(error);
  status = rst_pool_new(threads, &made->pool, error);
  if (status == RST_OK)
    *session = made;
  else
    free(made);
  return status;
}

void rst_session_free(rst_session *session) {
  if (!session)
    return;
  rst_pool_free(session->pool);
  free(session->scratch);
  free(session);
}

int rst_session_threads(const rst_session *session) {
  return session ? rst_pool_threads(session->pool) : 0;
}

float *rst_session_scratch(rst_session *session, size_t count) {
  if (count > session->scratch_size) {
    free(session->scratch);
    session->scratch = rst_floats(count);
    session->scratch_size = session->scratch ? count : 0;
  }
  return session->scratch;
}

rst_cancel *rst_cancel_new(void) {
  rst_cancel *cancel = malloc(sizeof *cancel);

  if (cancel)
    atomic_init(&cancel->set, false);
  return cancel;
}

void rst_cancel_free(rst_cancel *cancel) {
  free(cancel);
}

void rst_cancel_set(rst_cancel *cancel) {
  atomic_store_explicit(&cancel->set, true, memory_order_relaxed);
}

void rst_cancel_reset(rst_cancel *cancel) {
  atomic_store_explicit(&cancel->set, false, memory_order_relaxed);
}

bool rst_cancel_is_set(const rst_cancel *cancel) {
  return rst_cancelled(cancel);
}
