/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "widgets/photo_settings.h"

void photo_settings_read(GObject *from, rst_photo_settings *settings) {
  gboolean damage, tone, colour;

  rst_photo_settings_init(settings);
  g_object_get(from, "damage", &damage, "sensitivity", &settings->sensitivity, "tone", &tone,
               "tone-strength", &settings->tone_strength, "colour", &colour, "strength",
               &settings->colour_strength, NULL);
  settings->damage = damage;
  settings->tone = tone;
  settings->colour = colour;
}

void photo_settings_write(GObject *to, const rst_photo_settings *settings) {
  g_object_set(to, "damage", (gboolean)settings->damage, "sensitivity", settings->sensitivity,
               "tone", (gboolean)settings->tone, "tone-strength", settings->tone_strength, "colour",
               (gboolean)settings->colour, "strength", settings->colour_strength, NULL);
}
