/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which stages read a parameter, whether it counts beside what the others are set to, and whether a
 * model allows its value.
 */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "network/model.h"
#include "parameters/parameters.h"
#include "samplers/sampler.h"

/* Readers, as the table has them: stages, and conditions beyond them. */
enum {
  PLAN = RST_STAGE_PLAN,
  ENCODE = RST_STAGE_ENCODE,
  SAMPLE = RST_STAGE_SAMPLE,
  MIX = RST_STAGE_MIX,
  BLEND = RST_STAGE_BLEND,
  HINT = RST_STAGE_HINT,
  STAGES = PLAN | ENCODE | SAMPLE | MIX | BLEND | HINT,
  DIFFUSION = 1 << 8,   /* a single pass does not read it */
  BY_SAMPLER = 1 << 9,  /* a sampler that does says so */
  NO_PRESET = 1 << 10   /* presets do not hold it */
};

static bool is_noiseless(const rst_parameters *now) {
  const rst_sampler_traits *traits = rst_sampler_get_traits(rst_resolve_sampler(now));

  return traits && traits->is_noiseless && traits->is_noiseless(now);
}

static rst_use unused_step_skip(const rst_parameters *now) {
  return now->sequence == RST_SEQUENCE_QUADRATIC ? RST_UNUSED_SEQUENCE : RST_USED;
}

static rst_use unused_noise_stddev(const rst_parameters *now) {
  return is_noiseless(now) ? RST_UNUSED_NOISE : RST_USED;
}

static rst_use unused_project(const rst_parameters *now) {
  return is_noiseless(now) || now->noise_stddev == RST_STDDEV_ZERO ? RST_UNUSED_NOISE : RST_USED;
}

static rst_use unused_context(const rst_parameters *now) {
  return now->window_kind == RST_WINDOW_AUTO || now->window_kind == RST_WINDOW_FACES
           ? RST_USED
           : RST_UNUSED_WINDOW;
}

static rst_use unused_faces(const rst_parameters *now) {
  return now->window_kind == RST_WINDOW_FACES ? RST_USED : RST_UNUSED_FACES;
}

static rst_use unused_hints(const rst_parameters *now) {
  return now->mode == RST_MODE_DETAIL ? RST_UNUSED_MODE : RST_USED;
}

#define PARAMETER(name, title, blurb, type, low, high, initial, choices, member, readers, unused) \
  {readers, unused},
static const struct {
  unsigned readers;
  rst_use (*unused)(const rst_parameters *now);
} table[] = {
#include "parameters/table.h"
};
#undef PARAMETER

#define COUNT (sizeof table / sizeof *table)

static size_t index_of(const rst_parameter *parameter) {
  return (size_t)(parameter - rst_parameter_table(NULL));
}

unsigned rst_parameter_stages(const rst_parameter *parameter) {
  return table[index_of(parameter)].readers & STAGES;
}

bool rst_parameter_in_presets(const rst_parameter *parameter) {
  return (table[index_of(parameter)].readers & NO_PRESET) == 0;
}

rst_sampler rst_resolve_sampler(const rst_parameters *parameters) {
  return parameters->sampler == RST_SAMPLER_AUTO ? RST_SAMPLER_DDIM : parameters->sampler;
}

bool rst_sampler_reads(const rst_parameters *parameters, const char *name) {
  const rst_sampler_traits *traits = rst_sampler_get_traits(rst_resolve_sampler(parameters));

  for (const char *const *read = traits ? traits->reads : NULL; read && *read; read++)
    if (strcmp(*read, name) == 0)
      return true;
  return false;
}

rst_use rst_parameter_use(const rst_parameter *parameter, const rst_parameters *now,
                          const rst_model_info *model) {
  const size_t i = index_of(parameter);
  RST_FREED rst_parameters *own = NULL;

  if (rst_whole_parameters(&now, &own, "rst_parameter_use", NULL) != RST_OK)
    return RST_USED;
  if ((table[i].readers & DIFFUSION) != 0 && model && model->process == RST_SINGLE_PASS)
    return RST_UNUSED_SINGLE_PASS;
  if ((table[i].readers & BY_SAMPLER) != 0 && !rst_sampler_reads(now, parameter->name))
    return RST_UNUSED_SAMPLER;
  return table[i].unused ? table[i].unused(now) : RST_USED;
}

/* What a parameter counts as: NULL stands for its default, where it is not used or cannot be what it
 * is. */
static const rst_parameters *counting(const rst_parameter *entry, const rst_parameters *from,
                                      const rst_model_info *model) {
  return rst_parameter_use(entry, from, model) == RST_USED &&
             rst_parameters_check_value(from, entry, NULL) == RST_OK
           ? from
           : NULL;
}

static int start_of(const rst_parameters *parameters, const rst_model_info *model) {
  return !parameters || (model && parameters->start == model->steps) ? 0 : parameters->start;
}

static bool is_same(const rst_parameter *entry, const rst_parameters *mine,
                    const rst_parameters *its, const rst_model_info *model) {
  if (entry->offset == offsetof(rst_parameters, start))
    return start_of(mine, model) == start_of(its, model);
  if (entry->offset == offsetof(rst_parameters, sampler) && mine && its)
    return rst_resolve_sampler(mine) == rst_resolve_sampler(its);
  return mine ? rst_parameters_same(mine, its, entry)
              : !its || rst_parameters_same(its, NULL, entry);
}

void rst_parameters_reduce(const rst_parameters *parameters, const rst_model_info *model,
                           rst_parameters *reduced) {
  const rst_parameter *entries = rst_parameter_table(NULL);
  RST_FREED rst_parameters *own = NULL;
  const rst_parameters *whole = parameters;
  bool counts[COUNT];

  if (rst_whole_parameters(&whole, &own, "rst_parameters_reduce", NULL) != RST_OK)
    return;
  for (size_t i = 0; i < COUNT; i++)
    counts[i] = counting(&entries[i], whole, model) != NULL;
  memmove(reduced, parameters, parameters->size);
  for (size_t i = 0; i < COUNT; i++)
    if (!counts[i])
      rst_parameters_set(reduced, entries[i].name, entries[i].initial, NULL);
  if (!model || model->process != RST_SINGLE_PASS)
    reduced->sampler = rst_resolve_sampler(reduced);
  reduced->start = start_of(reduced, model);
}

unsigned rst_parameters_compare(const rst_parameters *a, const rst_parameters *b,
                                const rst_model_info *model) {
  const rst_parameter *entry = rst_parameter_table(NULL);
  RST_FREED rst_parameters *own_a = NULL, *own_b = NULL;
  unsigned stages = 0;

  if (rst_whole_parameters(&a, &own_a, "rst_parameters_compare", NULL) != RST_OK ||
      rst_whole_parameters(&b, &own_b, "rst_parameters_compare", NULL) != RST_OK)
    return STAGES;
  for (size_t i = 0; i < COUNT; i++, entry++)
    if (!is_same(entry, counting(entry, a, model), counting(entry, b, model), model))
      stages |= table[i].readers & STAGES;
  return stages;
}

/* ---- against a model ---- */

static rst_status check_steps(const char *name, int value, int low, int high, rst_error *error) {
  char text[16];

  if (value >= low && value <= high)
    return RST_OK;
  snprintf(text, sizeof text, "%d", value);
  return rst_fail_range(error, name, text, low, high);
}

rst_status rst_parameters_check(const rst_parameters *parameters, const rst_model *model,
                                rst_error *error) {
  RST_FREED rst_parameters *own = NULL;
  rst_status status = rst_parameters_check_values(parameters, error);

  if (status == RST_OK)
    status = rst_whole_parameters(&parameters, &own, "rst_parameters_check", error);
  if (status != RST_OK)
    return status;
  if (!model)
    return rst_fail_call(error, "rst_parameters_check");
  if (model->process == RST_SINGLE_PASS)
    return RST_OK;
  if (rst_parameter_use(rst_parameter_find("step-skip"), parameters, NULL) == RST_USED) {
    status = check_steps("step-skip", parameters->step_skip, 1, model->steps, error);
    if (status != RST_OK)
      return status;
  }
  status = check_steps("start", parameters->start, 0, model->steps, error);
  if (status != RST_OK)
    return status;
  return check_steps("end", parameters->end, 0,
                     (parameters->start == 0 ? model->steps : parameters->start) - 1, error);
}
