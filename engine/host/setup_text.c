/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "setup_text.h"

#include <glib/gi18n.h>

#include "parameter_use.h"

static bool is_read(const char *name, const rst_parameters *p, const rst_model_info *info) {
  return setup_get_use(rst_parameter_find(name), p, info) == SETUP_USED;
}

static void append_noise(GString *text, const rst_parameters *p, const rst_model_info *info) {
  if (!is_read("noise-stddev", p, info))
    return;
  if (p->noise_stddev == RST_STDDEV_SQUARED)
    g_string_append(text, _(", noise σ²"));
  else if (p->noise_stddev == RST_STDDEV_ZERO)
    g_string_append(text, _(", without noise"));
}

char *words_of_setup(const rst_parameters *p, const rst_model *model) {
  rst_model_info info = {.size = sizeof info};
  GString *text;
  int passes = 0;

  rst_model_get_info(model, &info);
  if (info.process == RST_SINGLE_PASS)
    return g_strdup(_("single pass"));
  rst_parameters_steps(p, model, NULL, &passes, NULL);
  text = g_string_new(NULL);
  g_string_append_printf(text, _("%s, %d of %d steps"),
                         p->sampler == RST_SAMPLER_DDPM ? "DDPM" : "DDIM", passes, info.steps);
  if (p->start != 0 && p->start != info.steps)
    g_string_append_printf(text, _(", start %d"), p->start);
  if (p->end != 0)
    g_string_append_printf(text, _(", end %d"), p->end);
  if (is_read("stochasticity", p, &info))
    g_string_append_printf(text, _(", η %g"), p->stochasticity);
  append_noise(text, p, &info);
  if (is_read("project", p, &info) && p->project)
    g_string_append(text, _(", projected"));
  if (p->clip)
    g_string_append(text, _(", clipped"));
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
