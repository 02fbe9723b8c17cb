/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "preview/photo_found.h"

#include <string.h>

static void clear(void *data) {
  g_free(((photo_found *)data)->mask);
}

photo_found *photo_found_new(const rst_photo *photo, const rst_photo_settings *settings) {
  photo_found *f = g_atomic_rc_box_new0(photo_found);
  const unsigned char *mask = rst_photo_mask(photo);

  f->settings = *settings;
  f->info.size = sizeof f->info;
  rst_photo_get_info(photo, &f->info);
  if (!mask)
    return f;
  f->mask = g_try_malloc_n((gsize)f->info.box.width, (gsize)f->info.box.height);
  if (f->mask) {
    memcpy(f->mask, mask, (gsize)f->info.box.width * (gsize)f->info.box.height);
    return f;
  }
  photo_found_unref(f);
  return NULL;
}

photo_found *photo_found_ref(photo_found *f) {
  return g_atomic_rc_box_acquire(f);
}

void photo_found_unref(photo_found *f) {
  if (f)
    g_atomic_rc_box_release_full(f, clear);
}

gboolean photo_found_has_tone(const photo_found *f) {
  return f->settings.tone && f->settings.tone_strength > 0 && f->info.takes_tone &&
         !rst_tone_is_identity(&f->info.tone);
}
