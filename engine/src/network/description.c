/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "network/description.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/integer.h"
#include "base/memory.h"
#include "base/status.h"
#include "network/layers.h"

rst_status rst_parse_json(const char *text, const char *what, yyjson_doc **json, rst_error *error) {
  yyjson_read_err problem;

  *json = yyjson_read_opts((char *)(uintptr_t)text, strlen(text), 0, rst_json_memory(), &problem);
  if (*json)
    return RST_OK;
  if (problem.code == YYJSON_READ_ERROR_MEMORY_ALLOCATION)
    return rst_fail_memory(error);
  return rst_fail(error, RST_BAD_DESCRIPTION, what, problem.msg, NULL,
                  "the metadata's key %s is not JSON: %s at byte %zu", what, problem.msg,
                  problem.pos);
}

void rst_fail_key(rst_description *r, const char *key, const char *found, const char *wanted) {
  if (r->status == RST_OK)
    r->status = rst_fail(r->error, RST_BAD_DESCRIPTION, key, found, wanted,
                         "the model's description: %s is %s, but must be %s", key, found, wanted);
}

/* What a value is, for a message. */
static const char *describe(yyjson_val *value, char text[64]) {
  if (!value)
    return "missing";
  if (yyjson_is_str(value))
    snprintf(text, 64, "\"%.50s\"", yyjson_get_str(value));
  else if (yyjson_is_uint(value))
    snprintf(text, 64, "%" PRIu64, yyjson_get_uint(value));
  else if (yyjson_is_sint(value))
    snprintf(text, 64, "%" PRId64, yyjson_get_sint(value));
  else if (yyjson_is_bool(value))
    return yyjson_get_bool(value) ? "true" : "false";
  else
    snprintf(text, 64, "of type %s", yyjson_get_type_desc(value));
  return text;
}

/* The object under `key`, all of whose keys must be in `known` (NULL-terminated) and unique. */
yyjson_val *rst_get_object(rst_description *r, yyjson_val *value, const char *key,
                           const char *const *known) {
  yyjson_obj_iter iter;
  yyjson_val *name;
  char text[64];

  if (r->status != RST_OK)
    return NULL;
  if (!yyjson_is_obj(value)) {
    rst_fail_key(r, key, describe(value, text), "an object");
    return NULL;
  }
  iter = yyjson_obj_iter_with(value);
  while ((name = yyjson_obj_iter_next(&iter))) {
    size_t i = 0;

    while (known[i] && !yyjson_equals_str(name, known[i]))
      i++;
    if (!known[i]) {
      r->status = rst_fail(r->error, RST_BAD_DESCRIPTION, yyjson_get_str(name), "unknown", NULL,
                           "the model's description: %s has an unknown key \"%s\"", key,
                           yyjson_get_str(name));
      return NULL;
    }
    if (yyjson_obj_get(value, known[i]) != yyjson_obj_iter_get_val(name)) {
      rst_fail_key(r, yyjson_get_str(name), "there twice", "there once");
      return NULL;
    }
  }
  return value;
}

int rst_get_int(rst_description *r, yyjson_val *object, const char *key, int low, int high) {
  yyjson_val *value = yyjson_obj_get(object, key);
  char text[64], wanted[64];
  int64_t number;

  if (rst_read_integer(value, low, high, &number))
    return (int)number;
  snprintf(wanted, sizeof wanted, "a whole number, %d to %d", low, high);
  rst_fail_key(r, key, describe(value, text), wanted);
  return low;
}

int rst_get_int_or(rst_description *r, yyjson_val *object, const char *key, int low, int high,
                   int missing) {
  return yyjson_obj_get(object, key) ? rst_get_int(r, object, key, low, high) : missing;
}

/* The index of a text among `choices`. */
int rst_get_choice(rst_description *r, yyjson_val *object, const char *key,
                   const char *const *choices) {
  yyjson_val *value = yyjson_obj_get(object, key);
  char text[64], wanted[128] = "";

  for (int i = 0; choices[i]; i++) {
    if (yyjson_equals_str(value, choices[i]))
      return i;
    snprintf(wanted + strlen(wanted), sizeof wanted - strlen(wanted), "%s\"%s\"",
             i == 0 ? "" : " or ", choices[i]);
  }
  rst_fail_key(r, key, describe(value, text), wanted);
  return 0;
}

/* A text that may be missing: NULL. */
const char *rst_get_text(rst_description *r, yyjson_val *object, const char *key) {
  yyjson_val *value = yyjson_obj_get(object, key);
  const char *text = yyjson_get_str(value);
  char found[64];

  if (value && (!text || strlen(text) != yyjson_get_len(value)))
    rst_fail_key(r, key, describe(value, found), "a text");
  return text;
}

bool rst_get_bool(rst_description *r, yyjson_val *object, const char *key) {
  yyjson_val *value = yyjson_obj_get(object, key);
  char text[64];

  if (!yyjson_is_bool(value))
    rst_fail_key(r, key, describe(value, text), "true or false");
  return yyjson_get_bool(value);
}

bool rst_get_bool_or(rst_description *r, yyjson_val *object, const char *key, bool missing) {
  return yyjson_obj_get(object, key) ? rst_get_bool(r, object, key) : missing;
}

double rst_get_share(rst_description *r, yyjson_val *object, const char *key) {
  yyjson_val *value = yyjson_obj_get(object, key);
  char text[64];

  if (yyjson_is_num(value) && yyjson_get_num(value) > 0 && yyjson_get_num(value) < 1)
    return yyjson_get_num(value);
  rst_fail_key(r, key, describe(value, text), "a number between 0 and 1");
  return 0.5;
}

/* A list of `low` to `high` widths; returns how many. */
int rst_get_widths(rst_description *r, yyjson_val *object, const char *key, int low, int high,
                   int *widths) {
  yyjson_val *value = yyjson_obj_get(object, key), *one;
  yyjson_arr_iter iter;
  char text[64], wanted[96];
  int64_t number;
  int count = 0;

  snprintf(wanted, sizeof wanted, "a list of %d to %d whole numbers, 1 to %d", low, high,
           RST_WIDTH_MAX);
  if (!yyjson_is_arr(value) || yyjson_arr_size(value) < (size_t)low ||
      yyjson_arr_size(value) > (size_t)high) {
    rst_fail_key(r, key, yyjson_is_arr(value) ? "of another length" : describe(value, text),
                 wanted);
    return 0;
  }
  iter = yyjson_arr_iter_with(value);
  while ((one = yyjson_arr_iter_next(&iter))) {
    if (!rst_read_integer(one, 1, RST_WIDTH_MAX, &number)) {
      rst_fail_key(r, key, describe(one, text), wanted);
      return 0;
    }
    widths[count++] = (int)number;
  }
  return count;
}
