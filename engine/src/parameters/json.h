/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Parameters as JSON: bools, numbers, texts, as presets and setups have them.
 */
#ifndef RST_JSON_H
#define RST_JSON_H

#include <yyjson.h>

#include "restorator.h"

/* Sets the parameter of that name from a JSON value. `error` is the caller's, whose message says
 * what is wrong with the value. Errors: RST_WRONG_TYPE, RST_OUT_OF_RANGE, RST_NOT_A_CHOICE. */
rst_status rst_json_read_parameter(const rst_parameter *entry, yyjson_val *value,
                                   rst_parameters *parameters, rst_error *error);

/* Adds the parameter to an object; false where memory ran out. */
bool rst_json_write_parameter(yyjson_mut_doc *doc, yyjson_mut_val *object,
                              const rst_parameter *entry, const rst_parameters *parameters);

/* The document as text, to be freed with free(). Errors: RST_NO_MEMORY; RST_BAD_CALL where a text
 * in it is not UTF-8. */
rst_status rst_json_text(yyjson_mut_doc *doc, char **text, rst_error *error);

/* Whether a JSON text holds no zero byte, so that it is a C string. */
bool rst_json_is_text(yyjson_val *value);

#endif
