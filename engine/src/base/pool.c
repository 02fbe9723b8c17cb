/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/pool.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/status.h"

typedef struct {
  rst_pool *pool;
  int index;
  pthread_t thread;
} worker;

struct rst_pool {
  int threads;          /* the caller included */
  pthread_mutex_t lock; /* of all below */
  pthread_cond_t start, done;
  uint64_t round;       /* grows by one each run: a worker runs each round once */
  int busy;
  bool stop;
  void (*work)(void *job, int worker);
  void *job;
  int started;          /* workers running, for rst_pool_free() */
  worker workers[];     /* threads − 1 */
};

static void *wait_for_work(void *data) {
  worker *self = data;
  rst_pool *pool = self->pool;
  uint64_t seen = 0;

  pthread_mutex_lock(&pool->lock);
  for (;;) {
    while (!pool->stop && pool->round == seen)
      pthread_cond_wait(&pool->start, &pool->lock);
    if (pool->stop)
      break;
    seen = pool->round;
    pthread_mutex_unlock(&pool->lock);
    pool->work(pool->job, self->index);
    pthread_mutex_lock(&pool->lock);
    if (--pool->busy == 0)
      pthread_cond_signal(&pool->done);
  }
  pthread_mutex_unlock(&pool->lock);
  return NULL;
}

rst_status rst_pool_new(int threads, rst_pool **pool, rst_error *error) {
  rst_pool *made = calloc(1, sizeof *made + (size_t)(threads - 1) * sizeof(worker));
  sigset_t all, old;

  if (!made)
    return rst_fail_memory(error);
  made->threads = threads;
  pthread_mutex_init(&made->lock, NULL);
  pthread_cond_init(&made->start, NULL);
  pthread_cond_init(&made->done, NULL);
  /* The host's signal handlers run on the host's threads. */
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &old);
  for (int i = 0; i < threads - 1; i++) {
    worker *w = &made->workers[i];
    int problem;

    w->pool = made;
    w->index = i + 1;
    problem = pthread_create(&w->thread, NULL, wait_for_work, w);
    if (problem != 0) {
      pthread_sigmask(SIG_SETMASK, &old, NULL);
      rst_pool_free(made);
      return rst_fail(error, RST_NO_THREAD, NULL, strerror(problem), NULL,
                      "cannot start a thread: %s", strerror(problem));
    }
    made->started++;
  }
  pthread_sigmask(SIG_SETMASK, &old, NULL);
  *pool = made;
  return RST_OK;
}

void rst_pool_free(rst_pool *pool) {
  if (!pool)
    return;
  pthread_mutex_lock(&pool->lock);
  pool->stop = true;
  pthread_cond_broadcast(&pool->start);
  pthread_mutex_unlock(&pool->lock);
  for (int i = 0; i < pool->started; i++)
    pthread_join(pool->workers[i].thread, NULL);
  pthread_mutex_destroy(&pool->lock);
  pthread_cond_destroy(&pool->start);
  pthread_cond_destroy(&pool->done);
  free(pool);
}

int rst_pool_threads(const rst_pool *pool) {
  return pool->threads;
}

void rst_pool_run(rst_pool *pool, void (*work)(void *job, int worker), void *job) {
  pthread_mutex_lock(&pool->lock);
  pool->work = work;
  pool->job = job;
  pool->busy = pool->threads - 1;
  pool->round++;
  pthread_cond_broadcast(&pool->start);
  pthread_mutex_unlock(&pool->lock);
  work(job, 0);
  pthread_mutex_lock(&pool->lock);
  while (pool->busy > 0)
    pthread_cond_wait(&pool->done, &pool->lock);
  pthread_mutex_unlock(&pool->lock);
}
