/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * SIGINT, SIGTERM and SIGHUP set one cancel token instead of ending the program, so that nothing
 * is left half written. A second one, by a person who has waited, ends it at once, whatever hangs.
 */
#ifndef CLI_INTERRUPT_H
#define CLI_INTERRUPT_H

#include "restorator.h"

/* Catches the signals from now on. The token lives as long as the program. */
rst_cancel *interrupt_catch(void);
/* From now on a program that its libraries end for want of memory says so, with exit status 1. */
void interrupt_catch_abort(void);
/* The number of the signal that came, 0 while none has. */
int interrupt_signal(void);

/* The file that a second signal removes, which is on its way; NULL: none. */
void interrupt_set_file(const char *path);

#endif
