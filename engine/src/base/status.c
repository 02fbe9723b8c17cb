/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/complete.h"

void rst_error_init_sized(rst_error *error, size_t size) {
  if (!error)
    return;
  memset(error, 0, size);
  error->size = size;
}

/* Bytes of the UTF-8 character at `at`, 0 where there is none (RFC 3629). */
static size_t character(const char *at) {
  const unsigned char *c = (const unsigned char *)at;
  const size_t length = c[0] < 0x80   ? 1
                        : c[0] < 0xc2 ? 0
                        : c[0] < 0xe0 ? 2
                        : c[0] < 0xf0 ? 3
                        : c[0] < 0xf5 ? 4
                                      : 0;

  for (size_t i = 1; i < length; i++)
    if ((c[i] & 0xc0) != 0x80) /* the end of the text, too */
      return 0;
  if ((c[0] == 0xe0 && c[1] < 0xa0) || (c[0] == 0xed && c[1] >= 0xa0) ||
      (c[0] == 0xf0 && c[1] < 0x90) || (c[0] == 0xf4 && c[1] >= 0x90))
    return 0; /* too long a form, half of a pair, beyond Unicode */
  return length;
}

/* Cuts at a whole character and puts "?" for bytes that are none, so that a text that came from a
 * file, a path or a cut can always be shown. */
static void copy_text(char *to, size_t size, const char *from) {
  size_t used = 0;

  while (from && *from != '\0') {
    const size_t length = character(from), bytes = length == 0 ? 1 : length;

    if (used + bytes >= size)
      break;
    if (length == 0)
      to[used] = '?';
    else
      memcpy(to + used, from, length);
    used += bytes;
    from += bytes;
  }
  to[used] = '\0';
}

rst_status rst_fail(rst_error *error, rst_status code, const char *subject, const char *value,
                    const char *choices, const char *format, ...) {
  char message[sizeof error->message * 2];
  rst_error all = {.code = code};
  va_list arguments;

  if (!rst_can_fill(error, sizeof *error))
    return code;
  va_start(arguments, format);
  vsnprintf(message, sizeof message, format, arguments);
  va_end(arguments);
  copy_text(all.subject, sizeof all.subject, subject);
  copy_text(all.value, sizeof all.value, value);
  copy_text(all.choices, sizeof all.choices, choices);
  copy_text(all.message, sizeof all.message, message);
  rst_hand_over(error, &all);
  return code;
}

rst_status rst_fail_range(rst_error *error, const char *name, const char *value, double low,
                          double high) {
  rst_fail(error, RST_OUT_OF_RANGE, name, value, NULL, "%s is %s, but must be %.10g to %.10g", name,
           value, low, high);
  if (rst_can_fill(error, sizeof *error)) {
    error->low = low;
    error->high = high;
  }
  return RST_OUT_OF_RANGE;
}

rst_status rst_fail_memory(rst_error *error) {
  return rst_fail(error, RST_NO_MEMORY, NULL, NULL, NULL, "not enough memory");
}

rst_status rst_fail_cancelled(rst_error *error) {
  return rst_fail(error, RST_CANCELLED, NULL, NULL, NULL, "cancelled");
}

rst_status rst_fail_call(rst_error *error, const char *what) {
  return rst_fail(error, RST_BAD_CALL, what, NULL, NULL, "wrong call of the engine: %s", what);
}

const char *rst_version(void) {
  return RST_VERSION;
}
