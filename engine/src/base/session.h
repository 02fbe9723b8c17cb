/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Threads and scratch memory, kept between calls.
 */
#ifndef RST_SESSION_H
#define RST_SESSION_H

#include <stdatomic.h>

#include "base/pool.h"

struct rst_session {
  rst_pool *pool;
  float *scratch;
  size_t scratch_size; /* floats */
};

struct rst_cancel {
  atomic_bool set;
};

/* NULL is never set. */
static inline bool rst_cancelled(const rst_cancel *cancel) {
  return cancel && atomic_load_explicit(&cancel->set, memory_order_relaxed);
}

/* At least `count` floats, their contents undefined, valid until the next call; NULL where memory
 * ran out. */
float *rst_session_scratch(rst_session *session, size_t count);

#endif
