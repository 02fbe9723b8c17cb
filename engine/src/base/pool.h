/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Threads that wait for work. The caller is one of them.
 */
#ifndef RST_POOL_H
#define RST_POOL_H

#include "restorator.h"

typedef struct rst_pool rst_pool;

rst_status rst_pool_new(int threads, rst_pool **pool, rst_error *error);
void rst_pool_free(rst_pool *pool);
int rst_pool_threads(const rst_pool *pool);

/* Runs `work` once on each thread, worker 0 being the caller, and returns when all are done. */
void rst_pool_run(rst_pool *pool, void (*work)(void *job, int worker), void *job);

#endif
