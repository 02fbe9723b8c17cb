/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One pixel's way from noise to its colour, for plots: it knows no toolkit.
 *
 * Threads: a trajectory that was handed out never changes; any thread may hold and release it.
 */
#ifndef TRAJECTORY_H
#define TRAJECTORY_H

#include <glib.h>
#include <restorator.h>

/* A state is a timestep with the value there and the x̂₀ that the network predicts from it, R'G'B',
 * 0…1 the range of sRGB and not clamped. The first is the noise, the last the result, which has no
 * x̂₀: NaN. A single pass has one state, its result. */
typedef struct trajectory {
  int x, y; /* the picture's pixel */
  int count; /* states */
  int *timesteps; /* (count): falling; −1 is the clean picture */
  float *values; /* (count, 3) */
  float *clean; /* (count, 3) */
} trajectory;

/* Computes it for the encoding's model, with the noise of that pixel and its luma as
 * rst_pixel_luma() has it (NaN: not known). The new trajectory has one reference. Errors: as
 * rst_sample_trajectory() has them. Thread: the session's caller. */
rst_status trajectory_new(rst_session *session, const rst_model *model,
                          const rst_encoding *encoding, const rst_parameters *parameters, int x,
                          int y, float luma, rst_cancel *cancel, trajectory **made,
                          rst_error *error);
trajectory *trajectory_ref(trajectory *t);
void trajectory_unref(trajectory *t); /* NULL is allowed */

/* The range of values worth showing: 0…1, with all values (not x̂₀, whose first ones may be
 * thousands) inside, in steps of ½. */
void trajectory_get_range(const trajectory *t, double *low, double *high);

#endif
