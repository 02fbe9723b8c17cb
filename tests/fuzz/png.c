/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any bytes as a PNG file's chunks: texts that are the same when they are written and read again,
 * colour told in numbers, profiles in texts.
 */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "png_colour.h"

static const char signature[] = "\x89PNG\r\n\x1a\n";

/* What was read is whole, and gives the same in a file of its own. */
static void check_again(const GByteArray *texts) {
  g_autoptr(GByteArray) file = g_byte_array_new();
  g_byte_array_append(file, (const guint8 *)signature, 8);
  g_byte_array_append(file, texts->data, texts->len);
  cli_bytes bytes = {.fd = -1, .memory = file->data, .size = file->len};
  g_autoptr(GByteArray) again = png_texts(&bytes);
  if (again->len != texts->len ||
      (texts->len > 0 && memcmp(again->data, texts->data, texts->len) != 0))
    abort();
}

static void check_keywords(const GByteArray *texts) {
  g_auto(GStrv) keywords = png_keywords(texts);
  for (char **one = keywords; *one; one++) {
    g_autoptr(GByteArray) others = png_texts_without(texts, *one);
    g_autofree char *text = png_get_text(texts, *one), *left = png_get_text(others, *one);
    if (left || (text && !g_utf8_validate(text, -1, NULL)))
      abort();
  }
}

/* A profile that was read is read from what is written of it. */
static void check_profile(const GByteArray *texts) {
  g_autoptr(GBytes) profile = png_get_profile(texts, "iptc");
  if (!profile)
    return;
  g_autoptr(GByteArray) written = g_byte_array_new();
  png_put_profile(written, "iptc", profile);
  g_autoptr(GBytes) again = png_get_profile(written, "iptc");
  if (!again || !g_bytes_equal(profile, again))
    abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  cli_bytes bytes = {.fd = -1, .memory = data, .size = size};
  png_head head;
  png_read(&bytes, &head);
  for (int grey = 0; grey < 2; grey++) {
    g_autoptr(GBytes) profile = NULL;
    const png_colour colour = png_get_colour(&head, grey, &profile);
    if ((colour == PNG_COLOUR_PROFILE) != (profile != NULL))
      abort();
  }
  check_again(head.texts);
  check_keywords(head.texts);
  check_profile(head.texts);
  png_clear(&head);
  return 0;
}
