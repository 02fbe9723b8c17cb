/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Failures of the program travel as GError and end in one line on standard error and an exit
 * status. In the domain CLI_ERROR the code is that status.
 */
#ifndef CLI_ERROR_H
#define CLI_ERROR_H

#include <glib.h>

#include "restorator.h"

enum {
  CLI_DONE = 0,
  CLI_FAILED = 1,      /* also the status of errors of other domains */
  CLI_WRONG_USAGE = 2, /* also the status of GOption's errors */
  CLI_SIGNALLED = 128  /* plus the signal's number */
};

#define CLI_ERROR cli_error_quark()
GQuark cli_error_quark(void);

/* A failure of the engine: wrong usage where a parameter is at fault. Returns false. */
bool cli_fail_engine(GError **error, const rst_error *cause);
/* A failure of libvips with the file of that path, and clears libvips' own record of it.
 * Returns false. */
bool cli_fail_vips(GError **error, const char *path);
/* The work was stopped by a signal. Returns false. */
bool cli_fail_interrupted(GError **error);

/* The same of work that the same command takes up again. Returns false. */
bool cli_fail_midway(GError **error);

/* Prints and frees the error; returns the exit status. */
int cli_report(GError *error);
/* Prints one line on standard error, headed by the program's name. */
void cli_say(const char *format, ...) G_GNUC_PRINTF(1, 2);

#endif
