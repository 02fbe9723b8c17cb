/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parameter_use.h"

#include <glib.h>

char *parameter_text(const rst_parameters *parameters, const char *name) {
  g_autofree char *text = g_malloc(RST_TEXT_MAX);

  return rst_parameters_get(parameters, name, text, RST_TEXT_MAX, NULL) == RST_OK
           ? g_steal_pointer(&text)
           : NULL;
}

bool parameter_is_same(const rst_parameters *a, const rst_parameters *b, const char *name) {
  g_autofree char *mine = parameter_text(a, name), *its = parameter_text(b, name);

  return g_strcmp0(mine, its) == 0;
}

bool setup_has(const rst_parameter *parameter) {
  const rst_model_info single_pass = {.size = sizeof single_pass, .process = RST_SINGLE_PASS};
  g_autofree rst_parameters *any = g_new(rst_parameters, 1);

  rst_parameters_init(any);
  return rst_parameter_in_presets(parameter) &&
         rst_parameter_use(parameter, any, &single_pass) == RST_UNUSED_SINGLE_PASS;
}

int setup_count_changes(const rst_parameters *a, const rst_parameters *b,
                        const rst_model_info *info) {
  g_autofree rst_parameters *one = g_memdup2(a, sizeof *a), *other = g_memdup2(b, sizeof *b);
  int changes = 0;
  size_t count;
  const rst_parameter *table = rst_parameter_table(&count);

  rst_parameters_reduce(one, info, one);
  rst_parameters_reduce(other, info, other);
  for (size_t i = 0; i < count; i++)
    changes += setup_has(&table[i]) && !parameter_is_same(one, other, table[i].name);
  return changes;
}
