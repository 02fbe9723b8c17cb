/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The mended pixels of a picture, row by row.
 */
#ifndef RST_MENDED_H
#define RST_MENDED_H

#include "restorator.h"

struct rst_mended {
  int y, height;  /* rows that may have some */
  size_t *starts; /* (height + 1): of each row's, among all */
  int *columns;   /* ascending in each row */
  float *rgb;     /* (count, 3) */
};

/* Those of a mask (height, width) of a box that are above 0, black. Errors: RST_NO_MEMORY. */
rst_status rst_mended_new(const rst_rectangle *box, const unsigned char *mask, rst_mended **mended,
                          rst_error *error);
/* Leaves out what is not above 0 in a mask (height, width) of a box, or is beyond it. */
void rst_mended_keep(rst_mended *mended, const rst_rectangle *box, const unsigned char *mask);
/* The index of the first one of a row from column `x` on; the next row's first where there is none. */
size_t rst_mended_find(const rst_mended *mended, int x, int y);

#endif
