/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parameter_use.h"

#include <string.h>

/* DDIM's σ is 0 with η, and any power of it. */
static bool adds_noise(const rst_parameters *now) {
  return now->stochasticity > 0 && now->noise_stddev != RST_STDDEV_ZERO;
}

static bool is_named(const rst_parameter *parameter, const char *name) {
  return strcmp(parameter->name, name) == 0;
}

setup_use setup_get_use(const rst_parameter *parameter, const rst_parameters *now,
                        const rst_model_info *info) {
  const bool ddpm = now->sampler == RST_SAMPLER_DDPM;

  if (is_named(parameter, "context"))
    return now->window_kind == RST_WINDOW_AUTO ? SETUP_USED : SETUP_WINDOW;
  if (!parameter->sampling)
    return SETUP_USED;
  if (info->process == RST_SINGLE_PASS)
    return SETUP_SINGLE_PASS;
  if (ddpm && !parameter->ddpm)
    return SETUP_DDPM;
  if (is_named(parameter, "step-skip") && now->sequence == RST_SEQUENCE_QUADRATIC)
    return SETUP_QUADRATIC;
  if (is_named(parameter, "project") && !adds_noise(now))
    return SETUP_NO_NOISE;
  if (is_named(parameter, "noise-stddev") && !ddpm && !(now->stochasticity > 0))
    return SETUP_NO_NOISE;
  return SETUP_USED;
}

static void copy_parameter(const rst_parameters *from, const char *name, rst_parameters *to) {
  char text[sizeof from->model];

  if (rst_parameters_get(from, name, text, sizeof text, NULL) == RST_OK)
    rst_parameters_set(to, name, text, NULL);
}

void setup_keep_read(const rst_parameters *from, const rst_model_info *info, rst_parameters *to) {
  size_t count;
  const rst_parameter *table = rst_parameter_table(&count);

  rst_parameters_init(to);
  for (size_t i = 0; i < count; i++)
    if (table[i].sampling && setup_get_use(&table[i], from, info) == SETUP_USED)
      copy_parameter(from, table[i].name, to);
  if (to->sampler == RST_SAMPLER_AUTO)
    to->sampler = RST_SAMPLER_DDIM;
  if (to->start == info->steps)
    to->start = 0;
}

int setup_count_changes(const rst_parameters *a, const rst_parameters *b,
                        const rst_model_info *info) {
  char mine[sizeof a->model], its[sizeof b->model];
  rst_parameters one, other;
  int changes = 0;
  size_t count;
  const rst_parameter *table = rst_parameter_table(&count);

  setup_keep_read(a, info, &one);
  setup_keep_read(b, info, &other);
  other.seed = one.seed;
  for (size_t i = 0; i < count; i++)
    if (rst_parameters_get(&one, table[i].name, mine, sizeof mine, NULL) == RST_OK &&
        rst_parameters_get(&other, table[i].name, its, sizeof its, NULL) == RST_OK)
      changes += strcmp(mine, its) != 0;
  return changes;
}
