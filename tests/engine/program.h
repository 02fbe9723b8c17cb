/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A program of the engine, built with an older header and with the present one: see program.c. What
 * both give has to be the same.
 */
#ifndef RST_TEST_PROGRAM_H
#define RST_TEST_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>

enum { PROGRAM_SIDE = 40, PROGRAM_PIXELS = PROGRAM_SIDE * PROGRAM_SIDE, PROGRAM_RUNS = 6 };

typedef struct {
  char text[8192]; /* statuses and values, in words */
  float colours[PROGRAM_RUNS][3 * PROGRAM_PIXELS]; /* by rst_restore() and others */
  size_t sizes[9];   /* of the structs that may grow */
  int hints_status;  /* of setting a parameter that the older header does not know */
  bool overwritten;  /* memory behind a struct */
} outcome;

void run_older(outcome *o);
void run_present(outcome *o);

#endif
