/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "diffusion/course.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "diffusion/schedule.h"
#include "parameters/parameters.h"

/* Which of the model's timesteps a setup takes: every one with a sampler that cannot skip any. */
static int take_steps(const rst_parameters *parameters, const rst_model *model, int *sequence) {
  const int start = parameters->start == 0 ? model->steps : parameters->start;

  return rst_sequence_fill(
    rst_sampler_reads(parameters, "sequence") ? parameters->sequence : RST_SEQUENCE_UNIFORM,
    rst_sampler_reads(parameters, "step-skip") ? parameters->step_skip : 1, start, parameters->end,
    sequence);
}

rst_status rst_parameters_steps(const rst_parameters *parameters, const rst_model *model,
                                int *steps, int *passes, rst_error *error) {
  RST_FREED rst_parameters *own = NULL;
  rst_status status = rst_parameters_check(parameters, model, error);
  int *sequence;

  if (status == RST_OK)
    status = rst_whole_parameters(&parameters, &own, "rst_parameters_steps", error);
  if (status != RST_OK)
    return status;
  if (!passes)
    return rst_fail_call(error, "rst_parameters_steps");
  if (model->process == RST_SINGLE_PASS) {
    *passes = 1;
    return RST_OK;
  }
  sequence = rst_array((size_t)model->steps, sizeof *sequence);
  if (!sequence)
    return rst_fail_memory(error);
  *passes = take_steps(parameters, model, sequence);
  if (steps)
    memcpy(steps, sequence, (size_t)*passes * sizeof *steps);
  free(sequence);
  return RST_OK;
}

/* ---- the course ---- */

static rst_status make_single_pass(rst_course *course, rst_error *error) {
  course->sampler = &rst_sampler_single_pass;
  course->count = 1;
  course->steps = rst_array(1, sizeof *course->steps);
  if (!course->steps)
    return rst_fail_memory(error);
  course->steps[0].previous = -1;
  course->sampler->prepare(NULL, 0, 0, 0, course->steps);
  return RST_OK;
}

static rst_status make_diffusion(const rst_parameters *parameters, const rst_model *model,
                                 rst_course *course, rst_error *error) {
  const size_t steps = (size_t)model->steps;
  double *beta = rst_array(2 * steps, sizeof *beta), *alpha_bar = beta + steps;
  int *sequence = rst_array(steps, sizeof *sequence);

  course->steps = rst_array(steps, sizeof *course->steps);
  if (!beta || !sequence || !course->steps) {
    free(beta);
    free(sequence);
    rst_course_clear(course);
    return rst_fail_memory(error);
  }
  rst_schedule_fill(model->schedule, model->steps, beta, alpha_bar);
  course->sampler = rst_sampler_find(rst_resolve_sampler(parameters));
  course->first_noise = true;
  course->first_t = model->steps;
  course->clip = parameters->clip;
  course->count = take_steps(parameters, model, sequence);
  for (int i = 0; i < course->count; i++) {
    rst_step *step = &course->steps[i];

    step->t = sequence[i];
    step->previous = i + 1 < course->count ? sequence[i + 1] : parameters->end - 1;
    step->time = (double)step->t / (model->steps - 1);
    step->clip = parameters->clip;
    course->sampler->prepare(parameters, beta[step->t], alpha_bar[step->t],
                             rst_alpha_bar(alpha_bar, step->previous), step);
  }
  free(beta);
  free(sequence);
  return RST_OK;
}

rst_status rst_course_make(const rst_parameters *parameters, const rst_model *model,
                           rst_course *course, rst_error *error) {
  rst_status status = rst_parameters_check(parameters, model, error);

  memset(course, 0, sizeof *course);
  if (status != RST_OK)
    return status;
  return model->process == RST_SINGLE_PASS ? make_single_pass(course, error)
                                           : make_diffusion(parameters, model, course, error);
}

void rst_course_clear(rst_course *course) {
  free(course->steps);
  course->steps = NULL;
}
