/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Progress on standard error: a bar on a terminal, else one line for each per cent.
 */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include "restorator.h"

typedef struct cli_progress {
  bool shown;
  bool terminal;
  int percent; /* the last one shown */
} cli_progress;

/* `wanted`: report even where standard error is no terminal. `quiet`: never report. */
void progress_init(cli_progress *progress, bool wanted, bool quiet);
/* A hook of the engine; `user` is the progress. */
void progress_update(void *user, rst_phase phase, double fraction);
/* Takes the bar away, so that other lines may follow. */
void progress_end(cli_progress *progress);

#endif
