/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The one way to a whole number in JSON: by a range, in 64 bits, so that none can wrap.
 */
#ifndef RST_INTEGER_H
#define RST_INTEGER_H

#include <stdbool.h>
#include <stdint.h>
#include <yyjson.h>

/* Whether a value (NULL: none) is a whole number, low … high; `number` is set where it is. */
static inline bool rst_read_integer(yyjson_val *value, int64_t low, int64_t high, int64_t *number) {
  if (!yyjson_is_int(value) || (yyjson_is_uint(value) && yyjson_get_uint(value) > INT64_MAX))
    return false;
  *number = yyjson_get_sint(value);
  return *number >= low && *number <= high;
}

#endif
