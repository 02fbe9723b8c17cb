/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The main thread's stack, which a shell may have limited (ulimit -s).
 */
#ifndef STACK_H
#define STACK_H

#include <stdbool.h>

/* Raises the limit where it is too low; where that is not allowed it says so, and gives false. */
bool stack_is_enough(void);

#endif
