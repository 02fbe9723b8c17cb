/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How far a preview is.
 */
#ifndef PREVIEW_STATUS_H
#define PREVIEW_STATUS_H

#include <restorator.h>

typedef enum preview_phase {
  PREVIEW_WAITING,  /* for a model and parameters */
  PREVIEW_READING,  /* of the picture */
  PREVIEW_PREPARING, /* an old photograph: its damage and tone */
  PREVIEW_ENCODING, /* of a window */
  PREVIEW_REFINING,
  PREVIEW_EXACT,    /* all points are restored */
  PREVIEW_SEEN,     /* all that a brief preview restores */
  PREVIEW_STOPPED,  /* by preview_set_running() */
  PREVIEW_FAILED    /* the next request starts anew */
} preview_phase;

typedef struct preview_status {
  preview_phase phase;
  rst_error error;      /* PREVIEW_FAILED: why */
  double read; /* PREVIEW_READING, PREVIEW_PREPARING: how much of what is waited for, 0…1 */
  int64_t points, done; /* of the region; finished */
  int step; /* of the finest lattice finished all over the visible part; 0: none yet */
  double first; /* seconds from the last change to the first of its points shown; or 0 */
  double seconds; /* since the last change of setup or region, until it was exact */
  double rest; /* seconds until it is, as things go; 0 while that is not known */
  int64_t restored; /* points that the network has restored, ever */
  int64_t drawn; /* pixels of frames that were drawn, ever */
  int encoded; /* windows that it has encoded, ever */
  int seeds; /* of the uncertainty shown; 0: none is */
  int deviated; /* step of its finest lattice finished all over the visible part; or 0 */
  double range; /* what the overlay's colours reach to, a standard deviation; or 0 */
} preview_status;

#endif
