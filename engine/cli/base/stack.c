/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/stack.h"

#include <glib/gi18n.h>
#include <sys/resource.h>

#include "base/error.h"

enum { NEEDED = 1024 /* kB; parameters, of 33 kB each, are most of it */ };

bool stack_is_enough(void) {
  const rlim_t needed = (rlim_t)NEEDED << 10;
  struct rlimit limit;
  if (getrlimit(RLIMIT_STACK, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY ||
      limit.rlim_cur >= needed)
    return true;
  const rlim_t allowed = limit.rlim_cur;
  limit.rlim_cur = needed;
  if ((limit.rlim_max == RLIM_INFINITY || limit.rlim_max >= needed) &&
      setrlimit(RLIMIT_STACK, &limit) == 0)
    return true;
  cli_say(_("the stack may have %d kB here and needs %d: see ulimit -s"), (int)(allowed >> 10),
          NEEDED);
  return false;
}
