/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A job for files: each is opened, its region selected, restored and saved elsewhere.
 */
#ifndef FILE_H
#define FILE_H

#include "jobs/job.h"

/* Which pixels of each file. */
typedef struct Region {
  GeglRectangle box; /* of width 0: all */
  float *mask;       /* (mask_height, mask_width), 0…1; NULL: all */
  int mask_width, mask_height;
} Region;

/* Sets the region from "X,Y,WxH" and from a picture's path; NULL or "" for none. `region` is all
 * zero before. */
gboolean region_set(Region *region, const char *box, const char *mask, GError **error);
void region_clear(Region *region);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Region, region_clear)

/* What is done to files, each by what it shows. */
typedef struct Jobs {
  Job usual, coloured; /* the second for coloured pictures where `automatic`, else all zero */
  gboolean automatic;
  GimpProcedureConfig *photo; /* what is done to old photographs, as which all are restored then; or
                               * NULL */
} Jobs;

void jobs_clear(Jobs *jobs);

/* Restores one file into another, whose name's ending says the format. That one is there only
 * when it is complete. */
gboolean file_restore(const Jobs *jobs, const Region *region, const char *from, const char *to,
                      const rst_hooks *hooks, GError **error);

#endif
