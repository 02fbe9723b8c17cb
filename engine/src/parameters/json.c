/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parameters/json.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "parameters/parameters.h"
#include "parameters/real.h"
#include "base/status.h"

bool rst_json_is_text(yyjson_val *value) {
  return yyjson_is_str(value) && strlen(yyjson_get_str(value)) == yyjson_get_len(value);
}

/* A number as the table reads it; false where it is none. */
static bool number_to_text(yyjson_val *value, char *text, size_t size) {
  if (yyjson_is_uint(value)) {
    snprintf(text, size, "%" PRIu64, yyjson_get_uint(value));
    return true;
  }
  if (yyjson_is_sint(value)) {
    snprintf(text, size, "%" PRId64, yyjson_get_sint(value));
    return true;
  }
  return yyjson_is_real(value) && rst_write_real(yyjson_get_real(value), text, size);
}

/* `text`, of `size` bytes, takes up what is none; NULL where it is of another type. */
static const char *to_text(const rst_parameter *entry, yyjson_val *value, char *text, size_t size) {
  switch (entry->type) {
    case RST_TYPE_BOOL:
      return !yyjson_is_bool(value) ? NULL : yyjson_get_bool(value) ? "true" : "false";
    case RST_TYPE_INT:
    case RST_TYPE_REAL:
      return number_to_text(value, text, size) ? text : NULL;
    case RST_TYPE_CHOICE:
    case RST_TYPE_TEXT:
    default:
      return rst_json_is_text(value) ? yyjson_get_str(value) : NULL;
  }
}

rst_status rst_json_read_parameter(const rst_parameter *entry, yyjson_val *value,
                                   rst_parameters *parameters, rst_error *error) {
  static const char *const wanted[] = {N_("true or false"), N_("a whole number"), N_("a number"),
                                       N_("a text"), N_("a text")};
  char number[RST_VALUE_MAX];
  const char *text = to_text(entry, value, number, sizeof number);

  if (!text)
    return rst_fail(error, RST_WRONG_TYPE, entry->name, yyjson_get_type_desc(value),
                    wanted[entry->type], "%s must be %s", entry->name, wanted[entry->type]);
  return rst_parameters_set(parameters, entry->name, text, error);
}

bool rst_json_write_parameter(yyjson_mut_doc *doc, yyjson_mut_val *object,
                              const rst_parameter *entry, const rst_parameters *parameters) {
  const char *member = (const char *)parameters + entry->offset;
  const char *whole = rst_parameters_text(parameters, entry);
  char text[RST_VALUE_MAX];

  switch (entry->type) {
    case RST_TYPE_BOOL:
      return yyjson_mut_obj_add_bool(doc, object, entry->name, *(const bool *)member);
    case RST_TYPE_INT:
      return yyjson_mut_obj_add_int(doc, object, entry->name, *(const int *)member);
    case RST_TYPE_REAL:
      return yyjson_mut_obj_add_real(doc, object, entry->name, *(const double *)member);
    case RST_TYPE_CHOICE:
    case RST_TYPE_TEXT:
    default:
      if (whole)
        return yyjson_mut_obj_add_strcpy(doc, object, entry->name, whole);
      return rst_parameters_get(parameters, entry->name, text, sizeof text, NULL) == RST_OK &&
             yyjson_mut_obj_add_strcpy(doc, object, entry->name, text);
  }
}

rst_status rst_json_text(yyjson_mut_doc *doc, char **text, rst_error *error) {
  yyjson_write_err problem;
  char *written =
    yyjson_mut_write_opts(doc, YYJSON_WRITE_PRETTY_TWO_SPACES, rst_json_memory(), NULL, &problem);

  if (!written)
    return problem.code == YYJSON_WRITE_ERROR_MEMORY_ALLOCATION
             ? rst_fail_memory(error)
             : rst_fail_call(error, "a text that is not UTF-8");
  *text = written;
  return RST_OK;
}
