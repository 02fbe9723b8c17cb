/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The columns of a sheet: each restores pictures as `restore` does with the same words on its
 * command line.
 */
#ifndef CLI_TOOLS_COLUMN_H
#define CLI_TOOLS_COLUMN_H

#include <glib.h>
#include <vips/vips.h>

#include "restore/job.h"
#include "restore/options.h"

typedef struct cli_column {
  char *caption;
  cli_options options;
  cli_job job;
} cli_column;

/* One column for each text of `with`: "[CAPTION:] --OPTION …", as a shell would read it; NULL: one
 * for each model that is found. `common`: options that all share, NULL without. Unref the array,
 * of cli_column. NULL and an error on failure. */
GPtrArray *columns_open(char *const *with, const char *common, int threads, rst_cancel *cancel,
                        GError **error);

/* Restores the picture file at `path`. `before` (NULL: not wanted) is what the column begins with:
 * the picture, or its region at the size that is asked for. `plan` (NULL: not wanted) is filled.
 * Unref the images, which are in memory. NULL and an error on failure. */
VipsImage *column_restore(const cli_column *column, const char *path, VipsImage **before,
                          rst_plan *plan, GError **error);

#endif
