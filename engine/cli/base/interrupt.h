/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * SIGINT, SIGTERM and SIGHUP set one cancel token instead of ending the program, so that nothing
 * is left half written.
 */
#ifndef CLI_INTERRUPT_H
#define CLI_INTERRUPT_H

#include "restorator.h"

/* Catches the signals from now on. The token lives as long as the program. */
rst_cancel *interrupt_catch(void);
/* The number of the signal that came, 0 while none has. */
int interrupt_signal(void);

#endif
