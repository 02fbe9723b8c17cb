/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "setup_text.h"

#include <glib/gi18n.h>
#include <string.h>

#include "parameter_use.h"

/* What the number of steps stands for. */
static bool is_among_steps(const char *name) {
  static const char *const names[] = {"sampler", "step-skip", "sequence", NULL};

  return g_strv_contains(names, name);
}

/* One parameter that is used; nothing where it goes without saying. */
static void append_parameter(GString *text, const rst_parameter *entry, const rst_parameters *p,
                             const rst_model_info *info) {
  if (strcmp(entry->name, "stochasticity") == 0) {
    g_string_append_printf(text, _(", η %g"), p->stochasticity);
  } else if (strcmp(entry->name, "noise-stddev") == 0) {
    if (p->noise_stddev == RST_STDDEV_SQUARED)
      g_string_append(text, _(", noise σ²"));
    else if (p->noise_stddev == RST_STDDEV_ZERO)
      g_string_append(text, _(", without noise"));
  } else if (strcmp(entry->name, "project") == 0) {
    if (p->project)
      g_string_append(text, _(", projected"));
  } else if (strcmp(entry->name, "clip") == 0) {
    if (p->clip)
      g_string_append(text, _(", clipped"));
  } else if (strcmp(entry->name, "start") == 0) {
    if (p->start != 0 && p->start != info->steps)
      g_string_append_printf(text, _(", start %d"), p->start);
  } else if (strcmp(entry->name, "end") == 0) {
    if (p->end != 0)
      g_string_append_printf(text, _(", end %d"), p->end);
  } else {
    g_autofree char *value = parameter_text(p, entry->name);

    if (value && strcmp(value, entry->initial) != 0)
      g_string_append_printf(text, ", %s %s", entry->name, value);
  }
}

char *words_of_setup(const rst_parameters *p, const rst_model *model) {
  rst_model_info info = {.size = sizeof info};
  const char *const *samplers = rst_parameter_find("sampler")->choices;
  GString *text;
  int passes = 0;
  size_t count;
  const rst_parameter *table = rst_parameter_table(&count);

  rst_model_get_info(model, &info);
  if (info.process == RST_SINGLE_PASS)
    return g_strdup(_("single pass"));
  rst_parameters_steps(p, model, NULL, &passes, NULL);
  text = g_string_new(NULL);
  g_autofree char *sampler = g_ascii_strup(samplers[rst_resolve_sampler(p)], -1);

  g_string_append_printf(text, _("%s, %d of %d steps"), sampler, passes, info.steps);
  for (size_t i = 0; i < count; i++)
    if (setup_has(&table[i]) && !is_among_steps(table[i].name) &&
        rst_parameter_use(&table[i], p, &info) == RST_USED)
      append_parameter(text, &table[i], p, &info);
  return g_string_free(text, FALSE);
}

char *words_of_duration(double seconds) {
  if (seconds < 9.95)
    return g_strdup_printf(_("%.1f s"), seconds);
  if (seconds < 99.5)
    return g_strdup_printf(_("%.0f s"), seconds);
  if (seconds < 99.5 * 60)
    return g_strdup_printf(_("%.0f min"), seconds / 60);
  return g_strdup_printf(_("%.1f h"), seconds / 3600);
}
