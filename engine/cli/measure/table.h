/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A sweep's CSV file: a row for each setup that is done, so that a later run goes on where an
 * earlier one stopped.
 */
#ifndef CLI_TOOLS_TABLE_H
#define CLI_TOOLS_TABLE_H

#include <glib.h>
#include <stdbool.h>

#include "measure/setups.h"

typedef struct cli_row {
  bool done;
  int passes;
  double mse, bicubic, seconds; /* `seconds`: that processors spent */
} cli_row;

/* Reads the rows that the file holds, where it is there, into `rows`, and begins it where it is
 * not. A last
 * line that was cut short is taken off. Rows of another `run` refuse the file: a text that differs
 * where the figures could. */
bool table_open(const char *path, const char *run, const cli_setup setups[SETUPS],
                cli_row rows[SETUPS], GError **error);
/* Adds a row at the end of the file. */
bool table_add(const char *path, const char *run, const cli_setup *setup, const cli_row *row,
               GError **error);

#endif
