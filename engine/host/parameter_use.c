/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parameter_use.h"

#include <string.h>

bool setup_has(const rst_parameter *parameter) {
  const rst_model_info single_pass = {.size = sizeof single_pass, .process = RST_SINGLE_PASS};
  rst_parameters any;

  rst_parameters_init(&any);
  return rst_parameter_in_presets(parameter) &&
         rst_parameter_use(parameter, &any, &single_pass) == RST_UNUSED_SINGLE_PASS;
}

int setup_count_changes(const rst_parameters *a, const rst_parameters *b,
                        const rst_model_info *info) {
  char mine[RST_TEXT_MAX], its[RST_TEXT_MAX];
  rst_parameters one, other;
  int changes = 0;
  size_t count;
  const rst_parameter *table = rst_parameter_table(&count);

  rst_parameters_reduce(a, info, &one);
  rst_parameters_reduce(b, info, &other);
  for (size_t i = 0; i < count; i++)
    if (setup_has(&table[i]) &&
        rst_parameters_get(&one, table[i].name, mine, sizeof mine, NULL) == RST_OK &&
        rst_parameters_get(&other, table[i].name, its, sizeof its, NULL) == RST_OK)
      changes += strcmp(mine, its) != 0;
  return changes;
}
