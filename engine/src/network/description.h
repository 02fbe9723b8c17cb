/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reading a model file's description: JSON that may be anything. Each of these does nothing once
 * something has failed, so that a whole description is read in one go and its first fault told.
 */
#ifndef RST_DESCRIPTION_H
#define RST_DESCRIPTION_H

#include <yyjson.h>

#include "restorator.h"

/* The JSON of a text of the metadata, whose key there is `what`; free with yyjson_doc_free().
 * Errors: RST_BAD_DESCRIPTION, RST_NO_MEMORY. */
rst_status rst_parse_json(const char *text, const char *what, yyjson_doc **json, rst_error *error);

typedef struct rst_description {
  rst_error *error;
  rst_status status;
} rst_description;

/* Something of the description is `found` in place of `wanted`. */
void rst_fail_key(rst_description *r, const char *key, const char *found, const char *wanted);
/* The object under `key`, all of whose keys must be in `known` (NULL-terminated) and unique; NULL
 * where it is none. */
yyjson_val *rst_get_object(rst_description *r, yyjson_val *value, const char *key,
                           const char *const *known);
/* A whole number, `low` … `high`; `low` where it is none. */
int rst_get_int(rst_description *r, yyjson_val *object, const char *key, int low, int high);
int rst_get_int_or(rst_description *r, yyjson_val *object, const char *key, int low, int high,
                   int missing);
/* The index of a text among `choices` (NULL-terminated). */
int rst_get_choice(rst_description *r, yyjson_val *object, const char *key,
                   const char *const *choices);
/* A text that may be missing: NULL. It belongs to the JSON. */
const char *rst_get_text(rst_description *r, yyjson_val *object, const char *key);
bool rst_get_bool(rst_description *r, yyjson_val *object, const char *key);
bool rst_get_bool_or(rst_description *r, yyjson_val *object, const char *key, bool missing);
/* A number above 0 and below 1; 0.5 where it is none. */
double rst_get_share(rst_description *r, yyjson_val *object, const char *key);
/* A list of `low` to `high` widths, 1 to RST_WIDTH_MAX; returns how many. */
int rst_get_widths(rst_description *r, yyjson_val *object, const char *key, int low, int high,
                   int *widths);

#endif
