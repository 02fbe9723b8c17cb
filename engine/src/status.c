/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void rst_error_init(rst_error *error) {
  if (error == NULL)
    return;
  memset(error, 0, sizeof *error);
  error->size = sizeof *error;
}

/* Cuts at a whole UTF-8 character, so that a cut text can still be shown. */
static void copy_text(char *to, size_t size, const char *from) {
  size_t n;

  if (from == NULL)
    from = "";
  n = strlen(from);
  if (n >= size) {
    n = size - 1;
    while (n > 0 && ((unsigned char)from[n] & 0xc0) == 0x80)
      n--;
  }
  memcpy(to, from, n);
  to[n] = '\0';
}

rst_status rst_fail(rst_error *error, rst_status code, const char *subject, const char *value,
                    const char *choices, const char *format, ...) {
  va_list arguments;
  char message[sizeof error->message * 2];

  if (error == NULL || error->size != sizeof *error)
    return code;
  va_start(arguments, format);
  vsnprintf(message, sizeof message, format, arguments);
  va_end(arguments);
  error->code = code;
  copy_text(error->subject, sizeof error->subject, subject);
  copy_text(error->value, sizeof error->value, value);
  copy_text(error->choices, sizeof error->choices, choices);
  copy_text(error->message, sizeof error->message, message);
  error->low = error->high = 0;
  return code;
}

rst_status rst_fail_range(rst_error *error, const char *name, const char *value, double low,
                          double high) {
  rst_fail(error, RST_OUT_OF_RANGE, name, value, NULL, "%s is %s, but must be %.10g to %.10g",
           name, value, low, high);
  if (error != NULL && error->size == sizeof *error) {
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
