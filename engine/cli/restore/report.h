/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is said of the work: lines on standard error for people, on standard output JSON
 * for programs.
 */
#ifndef CLI_REPORT_H
#define CLI_REPORT_H

#include "restore/job.h"

/* The sampler's settings in words, to be freed. */
char *report_setup(const rst_parameters *parameters, const rst_model *model);
/* Says which parameters given have no effect. */
void report_ignored(const cli_job *job);
/* What became of a picture that was restored. */
void report_done(const cli_job *job, const cli_item *item);
/* One line of JSON, whatever became of it. Strings of the line: input, output, status (done,
 * skipped, failed), and why it failed: message; numbers: points (pixels restored), seconds, and of
 * an uncertainty white, the standard deviation shown so. Of an old photograph: kind; damaged, a share
 * of the pixels, where it was looked for; tone, black, white and middle of each channel, where it was
 * corrected; coloured, true or false; faces, in coloured ones; prepared, the seconds before colour. A file name that is not UTF-8 is shown as
 * GLib displays it. */
void report_json(const cli_item *item);

#endif
