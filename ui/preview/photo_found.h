/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What was found of an old photograph: what it is, its damage, its tone.
 *
 * Threads: one that was handed out never changes; any thread may hold and release it.
 */
#ifndef PHOTO_FOUND_H
#define PHOTO_FOUND_H

#include <glib.h>
#include <restorator.h>

typedef struct photo_found {
  rst_photo_info info;
  rst_photo_settings settings; /* that it was found with */
  guchar *mask; /* of info.box (height, width): 0 or 255; NULL where damage was not looked for */
} photo_found;

/* What a photo has found, with the settings that were set last. NULL where memory ran out. */
photo_found *photo_found_new(const rst_photo *photo, const rst_photo_settings *settings);
photo_found *photo_found_ref(photo_found *f);
void photo_found_unref(photo_found *f); /* NULL is allowed */

/* Whether its tone changes anything. */
gboolean photo_found_has_tone(const photo_found *f);

#endif
