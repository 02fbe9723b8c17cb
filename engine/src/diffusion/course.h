/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A setup's course: the steps from noise to picture with their coefficients.
 */
#ifndef RST_COURSE_H
#define RST_COURSE_H

#include "samplers/sampler.h"

/* The whole way from noise to picture for one setup. */
typedef struct rst_course {
  const rst_sampler_class *sampler;
  bool first_noise;  /* the first value is noise, else 0 */
  int first_t;       /* its timestep, T */
  bool clip;         /* the first value is clipped too */
  int count;
  rst_step *steps;   /* owned */
} rst_course;

/* Errors: RST_OUT_OF_RANGE, RST_NO_MEMORY. */
rst_status rst_course_make(const rst_parameters *parameters, const rst_model *model,
                           rst_course *course, rst_error *error);
void rst_course_clear(rst_course *course);

#endif
