/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What was done to a picture, kept with it: a JSON list, one object for each time, the last one
 * newest:
 *   [{"format": 2, "version": "0.1.0", "model": {"id": "portrait", "sha256": "…"},
 *     "preset": "b", "parameters": {NAME: VALUE, …}, "box": [x, y, width, height],
 *     "windows": [[x, y, side], …], "mask": {"name": "face.png", "sha256": "…"},
 *     "size": [width, height], "photo": {"damage": true, "sensitivity": 0.5, "tone": true,
 *     "tone-strength": 1, "colour": true, "marked": true}, "output": "in-place"}, …]
 * Without a preset, a mask, a size, hints, a photo or its marks their keys are missing; in format 1
 * they and `output` always are.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parameters/json.h"
#include "base/complete.h"
#include "base/integer.h"
#include "base/memory.h"
#include "base/status.h"
#include "parameters/parameters.h"

enum { FORMAT = 2 };

static const char *const outputs[] = {
  [RST_OUTPUT_IN_PLACE] = "in-place",
  [RST_OUTPUT_NEW_LAYER] = "new-layer",
};
enum { OUTPUTS = sizeof outputs / sizeof outputs[0] };

static rst_status fail_record(rst_error *error, const char *key, const char *how) {
  return rst_fail(error, RST_BAD_RECORD, key, how, NULL,
                  "the picture's record of what was restored: %s %s", key, how);
}

/* ---- writing ---- */

static bool add_numbers(yyjson_mut_doc *doc, yyjson_mut_val *list, const int *numbers, int count) {
  bool done = list != NULL;

  for (int i = 0; i < count; i++)
    done = done && yyjson_mut_arr_add_int(doc, list, numbers[i]);
  return done;
}

static bool add_mask(yyjson_mut_doc *doc, yyjson_mut_val *object, const rst_record *record) {
  yyjson_mut_val *mask = yyjson_mut_obj_add_obj(doc, object, "mask");

  return mask && yyjson_mut_obj_add_strcpy(doc, mask, "name", record->mask) &&
         yyjson_mut_obj_add_strcpy(doc, mask, "sha256", record->mask_sha256);
}

static bool add_photo(yyjson_mut_doc *doc, yyjson_mut_val *object, const rst_record *record) {
  yyjson_mut_val *photo = yyjson_mut_obj_add_obj(doc, object, "photo");

  return photo && yyjson_mut_obj_add_bool(doc, photo, "damage", record->damage) &&
         yyjson_mut_obj_add_real(doc, photo, "sensitivity", record->sensitivity) &&
         yyjson_mut_obj_add_bool(doc, photo, "tone", record->tone) &&
         yyjson_mut_obj_add_real(doc, photo, "tone-strength", record->tone_strength) &&
         yyjson_mut_obj_add_bool(doc, photo, "colour", record->colour) &&
         (!record->marked || yyjson_mut_obj_add_bool(doc, photo, "marked", true));
}

static bool add_record(yyjson_mut_doc *doc, yyjson_mut_val *list, const rst_record *record,
                       const rst_parameters *values) {
  size_t count;
  const rst_parameter *table = rst_parameter_table(&count);
  yyjson_mut_val *object = yyjson_mut_arr_add_obj(doc, list);
  const int box[4] = {record->box.x, record->box.y, record->box.width, record->box.height};
  yyjson_mut_val *model, *parameters, *windows;
  bool done = object && yyjson_mut_obj_add_int(doc, object, "format", FORMAT) &&
              yyjson_mut_obj_add_strcpy(doc, object, "version", record->version);

  model = done ? yyjson_mut_obj_add_obj(doc, object, "model") : NULL;
  done = model && yyjson_mut_obj_add_strcpy(doc, model, "id", values->model) &&
         yyjson_mut_obj_add_strcpy(doc, model, "sha256", record->sha256);
  if (done && record->preset[0] != '\0')
    done = yyjson_mut_obj_add_strcpy(doc, object, "preset", record->preset);
  parameters = done ? yyjson_mut_obj_add_obj(doc, object, "parameters") : NULL;
  done = parameters != NULL;
  for (size_t i = 0; i < count && done; i++)
    if (strcmp(table[i].name, "hints") != 0 || values->hints[0] != '\0')
      done = rst_json_write_parameter(doc, parameters, &table[i], values);
  done = done && add_numbers(doc, yyjson_mut_obj_add_arr(doc, object, "box"), box, 4);
  windows = done ? yyjson_mut_obj_add_arr(doc, object, "windows") : NULL;
  done = windows != NULL;
  for (int i = 0; i < record->window_count && done; i++) {
    const int numbers[3] = {record->windows[i].x, record->windows[i].y, record->windows[i].side};

    done = add_numbers(doc, yyjson_mut_arr_add_arr(doc, windows), numbers, 3);
  }
  if (done && record->mask[0] != '\0')
    done = add_mask(doc, object, record);
  if (done && record->width > 0) {
    const int numbers[2] = {record->width, record->height};

    done = add_numbers(doc, yyjson_mut_obj_add_arr(doc, object, "size"), numbers, 2);
  }
  if (done && record->photo)
    done = add_photo(doc, object, record);
  return done && yyjson_mut_obj_add_str(doc, object, "output", outputs[record->output]);
}

/* The list of a history, an empty one for none; NULL with `status` set. */
static yyjson_doc *read_history(const char *history, rst_status *status, rst_error *error) {
  yyjson_read_err problem = {0};
  yyjson_doc *json;

  if (!history || *history == '\0')
    history = "[]";
  json =
    yyjson_read_opts((char *)(uintptr_t)history, strlen(history), 0, rst_json_memory(), &problem);
  if (!json)
    *status = problem.code == YYJSON_READ_ERROR_MEMORY_ALLOCATION
                ? rst_fail_memory(error)
                : fail_record(error, NC_("subject", "the text"), problem.msg);
  else if (!yyjson_is_arr(yyjson_doc_get_root(json)))
    *status = fail_record(error, NC_("subject", "the text"), "must be a list");
  else
    return json;
  yyjson_doc_free(json);
  return NULL;
}

void rst_record_fill_sized(rst_record *record, size_t size, const rst_parameters *parameters,
                           const rst_plan *plan, const char *sha256) {
  rst_record all = {.parameters = parameters};
  int right = 0, bottom = 0;
  rst_plan storage;

  memset(record, 0, size);
  record->size = size;
  if (size > sizeof all || !rst_complete_plan(&plan, &storage) || plan->count > RST_PARTS_MAX)
    return;
  snprintf(all.version, sizeof all.version, "%s", rst_version());
  snprintf(all.sha256, sizeof all.sha256, "%s", sha256 ? sha256 : "");
  all.window_count = plan->count;
  all.box.x = plan->parts[0].box.x;
  all.box.y = plan->parts[0].box.y;
  for (int i = 0; i < plan->count; i++) {
    const rst_rectangle *box = &plan->parts[i].box;

    all.windows[i] = plan->parts[i].window;
    all.box.x = box->x < all.box.x ? box->x : all.box.x;
    all.box.y = box->y < all.box.y ? box->y : all.box.y;
    right = box->x + box->width > right ? box->x + box->width : right;
    bottom = box->y + box->height > bottom ? box->y + box->height : bottom;
  }
  all.box.width = right - all.box.x;
  all.box.height = bottom - all.box.y;
  rst_hand_over(record, &all);
}

rst_status rst_record_append(const char *history, const rst_record *record, char **text,
                             rst_error *error) {
  const rst_parameters *parameters = record ? record->parameters : NULL;
  RST_FREED rst_parameters *own = NULL;
  rst_status status = RST_OK;
  yyjson_doc *before;
  yyjson_mut_doc *doc;
  rst_record all;

  if (!rst_complete_record(&record, &all) || !text || record->window_count < 0 ||
      record->window_count > RST_PARTS_MAX || (unsigned)record->output >= OUTPUTS)
    return rst_fail_call(error, "rst_record_append");
  status = rst_whole_parameters(&parameters, &own, "rst_record_append", error);
  if (status != RST_OK)
    return status;
  before = read_history(history, &status, error);
  if (!before)
    return status;
  doc = yyjson_doc_mut_copy(before, rst_json_memory());
  yyjson_doc_free(before);
  status = doc && add_record(doc, yyjson_mut_doc_get_root(doc), record, parameters)
             ? rst_json_text(doc, text, error)
             : rst_fail_memory(error);
  yyjson_mut_doc_free(doc);
  return status;
}

/* ---- reading ---- */

/* So many places, `low` to RST_SIDE_MAX, then so many lengths, 1 to RST_SIDE_MAX. */
static bool read_numbers(yyjson_val *list, int *numbers, size_t places, int low, size_t lengths) {
  if (!yyjson_is_arr(list) || yyjson_arr_size(list) != places + lengths)
    return false;
  for (size_t i = 0; i < places + lengths; i++) {
    int64_t number;

    if (!rst_read_integer(yyjson_arr_get(list, i), i < places ? low : 1, RST_SIDE_MAX, &number))
      return false;
    numbers[i] = (int)number;
  }
  return true;
}

static rst_status read_parameters(yyjson_val *object, rst_parameters *parameters,
                                  rst_error *error) {
  rst_error inner = RST_ERROR_INIT;
  yyjson_obj_iter iter;
  yyjson_val *key;

  rst_parameters_init(parameters);
  if (!yyjson_is_obj(object))
    return fail_record(error, "parameters", "is not an object");
  iter = yyjson_obj_iter_with(object);
  while ((key = yyjson_obj_iter_next(&iter))) {
    const rst_parameter *entry = rst_parameter_find(yyjson_get_str(key));

    if (!entry || !rst_json_is_text(key))
      return fail_record(error, yyjson_get_str(key), "is no parameter of this version");
    if (rst_json_read_parameter(entry, yyjson_obj_iter_get_val(key), parameters, &inner) != RST_OK)
      return fail_record(error, entry->name, inner.message);
  }
  return RST_OK;
}

static bool read_text(yyjson_val *value, char *text, size_t size) {
  return rst_json_is_text(value) &&
         (size_t)snprintf(text, size, "%s", yyjson_get_str(value)) < size;
}

static rst_status read_windows(yyjson_val *windows, rst_record *record, rst_error *error) {
  yyjson_arr_iter iter;
  yyjson_val *window;

  if (!yyjson_is_arr(windows) || yyjson_arr_size(windows) > RST_PARTS_MAX)
    return fail_record(error, "windows", "must be a list of windows");
  iter = yyjson_arr_iter_with(windows);
  while ((window = yyjson_arr_iter_next(&iter))) {
    int numbers[3];

    if (!read_numbers(window, numbers, 2, -RST_SIDE_MAX, 1))
      return fail_record(error, "windows", "must hold lists of x, y and side");
    record->windows[record->window_count++] = (rst_window){numbers[0], numbers[1], numbers[2]};
  }
  return RST_OK;
}

static bool read_share(yyjson_val *value, double *share) {
  *share = yyjson_get_num(value);
  return yyjson_is_num(value) && *share >= 0 && *share <= 1;
}

static rst_status read_photo(yyjson_val *photo, rst_record *record, rst_error *error) {
  yyjson_val *damage = yyjson_obj_get(photo, "damage"), *tone = yyjson_obj_get(photo, "tone"),
             *colour = yyjson_obj_get(photo, "colour"), *marked = yyjson_obj_get(photo, "marked");

  if (!photo)
    return RST_OK;
  if (!yyjson_is_bool(damage) || !yyjson_is_bool(tone) || !yyjson_is_bool(colour) ||
      (marked && !yyjson_is_bool(marked)) ||
      !read_share(yyjson_obj_get(photo, "sensitivity"), &record->sensitivity) ||
      !read_share(yyjson_obj_get(photo, "tone-strength"), &record->tone_strength))
    return fail_record(error, "photo", "must have damage, tone, colour and shares 0 to 1");
  record->photo = true;
  record->damage = yyjson_get_bool(damage);
  record->tone = yyjson_get_bool(tone);
  record->colour = yyjson_get_bool(colour);
  record->marked = marked && yyjson_get_bool(marked);
  return RST_OK;
}

/* The keys that may be missing. */
static rst_status read_options(yyjson_val *object, rst_record *record, rst_error *error) {
  yyjson_val *preset = yyjson_obj_get(object, "preset"), *mask = yyjson_obj_get(object, "mask"),
             *size = yyjson_obj_get(object, "size"), *output = yyjson_obj_get(object, "output");
  int numbers[2] = {1, 1}, found = RST_OUTPUT_IN_PLACE;

  if (preset && !read_text(preset, record->preset, sizeof record->preset))
    return fail_record(error, "preset", "must be a name");
  if (mask &&
      (!read_text(yyjson_obj_get(mask, "name"), record->mask, sizeof record->mask) ||
       !read_text(yyjson_obj_get(mask, "sha256"), record->mask_sha256, sizeof record->mask_sha256)))
    return fail_record(error, "mask", "must have a name and a sha256");
  if (size && (!read_numbers(size, numbers, 0, 0, 2) || numbers[0] > INT_MAX / numbers[1]))
    return fail_record(error, "size", "must be a width and a height");
  while (output && found < OUTPUTS && !yyjson_equals_str(output, outputs[found]))
    found++;
  if (found == OUTPUTS)
    return fail_record(error, "output", "must be in-place or new-layer");
  record->output = (rst_output)found;
  record->width = size ? numbers[0] : 0;
  record->height = size ? numbers[1] : 0;
  return read_photo(yyjson_obj_get(object, "photo"), record, error);
}

static rst_status read_record(yyjson_val *object, rst_record *record, rst_parameters *parameters,
                              rst_error *error) {
  yyjson_val *model = yyjson_obj_get(object, "model");
  rst_status status;
  int64_t format;
  int box[4];

  if (!rst_read_integer(yyjson_obj_get(object, "format"), 1, FORMAT, &format))
    return fail_record(error, "format", "must be 1 or 2");
  status = read_parameters(yyjson_obj_get(object, "parameters"), parameters, error);
  if (status != RST_OK)
    return status;
  if (!read_text(yyjson_obj_get(object, "version"), record->version, sizeof record->version))
    return fail_record(error, "version", "must be a short text");
  if (!read_text(yyjson_obj_get(model, "sha256"), record->sha256, sizeof record->sha256))
    return fail_record(error, "sha256", "must be a text of at most 64 digits");
  if (!read_numbers(yyjson_obj_get(object, "box"), box, 2, 0, 2))
    return fail_record(error, "box", "must be four whole numbers");
  record->box = (rst_rectangle){box[0], box[1], box[2], box[3]};
  status = read_windows(yyjson_obj_get(object, "windows"), record, error);
  return status == RST_OK ? read_options(object, record, error) : status;
}

rst_status rst_record_read(const char *history, int index, rst_record *record,
                           rst_parameters *parameters, int *count, rst_error *error) {
  rst_record read = {.size = sizeof read, .parameters = parameters};
  RST_FREED rst_parameters *values = NULL;
  rst_status status = RST_OK;
  yyjson_doc *json;
  int size;

  if (!rst_can_fill(record, sizeof *record) || !rst_can_fill(parameters, sizeof *parameters))
    return rst_fail_call(error, "rst_record_read");
  values = malloc(sizeof *values);
  if (!values)
    return rst_fail_memory(error);
  json = read_history(history, &status, error);
  if (!json)
    return status;
  size = (int)yyjson_arr_size(yyjson_doc_get_root(json));
  if (index < 0)
    index += size;
  if (index < 0 || index >= size)
    status =
      fail_record(error, NC_("subject", "the list"), size == 0 ? "is empty" : "has no such entry");
  else
    status =
      read_record(yyjson_arr_get(yyjson_doc_get_root(json), (size_t)index), &read, values, error);
  yyjson_doc_free(json);
  if (status != RST_OK)
    return status;
  rst_hand_over(record, &read);
  rst_hand_over(parameters, values);
  if (count)
    *count = size;
  return RST_OK;
}
