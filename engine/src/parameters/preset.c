/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Presets: {"format": 1, "title": "…", "note": "…", NAME: VALUE, …}, any subset of the parameters
 * but the seed. Read whole or refused whole.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parameters/json.h"
#include "base/integer.h"
#include "base/memory.h"
#include "base/file.h"
#include "parameters/parameters.h"
#include "base/status.h"

#define PRESET_FILE_MAX ((size_t)1 << 20)
#define PARAMETERS_MAX 64

struct rst_preset {
  char *name, *title, *note; /* owned */
  rst_parameters values;
  bool has[PARAMETERS_MAX];  /* in the table's order */
};

static rst_status fail_preset(rst_error *error, const char *name, const char *key,
                              const char *how) {
  return rst_fail(error, RST_BAD_PRESET, key, how, NULL, "preset %s: %s %s", name, key, how);
}

static rst_status take_parameter(rst_preset *preset, const char *key, yyjson_val *value,
                                 rst_error *error) {
  const rst_parameter *entry = rst_parameter_find(key), *table = rst_parameter_table(NULL);
  rst_error inner = RST_ERROR_INIT;

  if (!entry || !rst_parameter_in_presets(entry))
    return fail_preset(error, preset->name, key, "is not a key of presets");
  if (preset->has[entry - table])
    return fail_preset(error, preset->name, key, "is there twice");
  if (rst_json_read_parameter(entry, value, &preset->values, &inner) != RST_OK)
    return rst_fail(error, RST_BAD_PRESET, key, inner.value, inner.choices, "preset %s: %s",
                    preset->name, inner.message);
  preset->has[entry - table] = true;
  return RST_OK;
}

static rst_status take_text(rst_preset *preset, const char *key, yyjson_val *value, char **text,
                            rst_error *error) {
  if (*text)
    return fail_preset(error, preset->name, key, "is there twice");
  if (!rst_json_is_text(value))
    return fail_preset(error, preset->name, key, "must be a text");
  *text = strdup(yyjson_get_str(value));
  return *text ? RST_OK : rst_fail_memory(error);
}

static rst_status take_keys(rst_preset *preset, yyjson_val *root, rst_error *error) {
  yyjson_obj_iter iter;
  yyjson_val *key;
  bool format = false;

  if (!yyjson_is_obj(root))
    return fail_preset(error, preset->name, NC_("subject", "the file"), "must hold one object");
  iter = yyjson_obj_iter_with(root);
  while ((key = yyjson_obj_iter_next(&iter))) {
    const char *name = yyjson_get_str(key);
    yyjson_val *value = yyjson_obj_iter_get_val(key);
    rst_status status = RST_OK;
    int64_t version;

    if (!rst_json_is_text(key))
      return fail_preset(error, preset->name, NC_("subject", "a key"), "holds a zero byte");
    if (strcmp(name, "format") == 0) {
      if (format || !rst_read_integer(value, 1, 1, &version))
        return fail_preset(error, preset->name, "format", "must be 1, once");
      format = true;
    } else if (strcmp(name, "title") == 0) {
      status = take_text(preset, name, value, &preset->title, error);
    } else if (strcmp(name, "note") == 0) {
      status = take_text(preset, name, value, &preset->note, error);
    } else {
      status = take_parameter(preset, name, value, error);
    }
    if (status != RST_OK)
      return status;
  }
  return format ? RST_OK : fail_preset(error, preset->name, "format", "is missing");
}

rst_status rst_preset_parse(const char *name, const void *bytes, size_t size, rst_preset **preset,
                            rst_error *error) {
  rst_preset *made;
  yyjson_doc *json = NULL;
  yyjson_read_err problem = {0};
  rst_status status = RST_OK;

  if (!name || (!bytes && size > 0) || !preset)
    return rst_fail_call(error, "rst_preset_parse");
  made = calloc(1, sizeof *made);
  if (!made)
    return rst_fail_memory(error);
  rst_parameters_init(&made->values);
  made->name = strdup(name);
  if (!made->name) {
    status = rst_fail_memory(error);
  } else {
    json = yyjson_read_opts((char *)(uintptr_t)bytes, size, 0, rst_json_memory(), &problem);
    if (!json && problem.code == YYJSON_READ_ERROR_MEMORY_ALLOCATION)
      status = rst_fail_memory(error);
    else if (!json)
      status = rst_fail(error, RST_BAD_PRESET, name, problem.msg, NULL,
                        "preset %s is not JSON: %s at byte %zu", name, problem.msg, problem.pos);
    else
      status = take_keys(made, yyjson_doc_get_root(json), error);
  }
  yyjson_doc_free(json);
  if (status == RST_OK)
    *preset = made;
  else
    rst_preset_free(made);
  return status;
}

rst_status rst_preset_read(const char *path, rst_preset **preset, rst_error *error) {
  void *bytes;
  size_t size;
  rst_status status;

  if (!path || !preset)
    return rst_fail_call(error, "rst_preset_read");
  status = rst_read_file(path, PRESET_FILE_MAX, &bytes, &size, error);
  if (status != RST_OK)
    return status;
  status = rst_preset_parse(path, bytes, size, preset, error);
  free(bytes);
  return status;
}

void rst_preset_free(rst_preset *preset) {
  if (!preset)
    return;
  free(preset->name);
  free(preset->title);
  free(preset->note);
  free(preset);
}

const char *rst_preset_title(const rst_preset *preset) {
  return preset->title ? preset->title : "";
}

const char *rst_preset_note(const rst_preset *preset) {
  return preset->note ? preset->note : "";
}

bool rst_preset_has(const rst_preset *preset, const char *parameter) {
  const rst_parameter *entry = rst_parameter_find(parameter);

  return entry && preset->has[entry - rst_parameter_table(NULL)];
}

void rst_preset_apply(const rst_preset *preset, rst_parameters *parameters) {
  size_t count;
  const rst_parameter *table = rst_parameter_table(&count);
  char text[RST_VALUE_MAX];

  for (size_t i = 0; i < count; i++)
    if (preset->has[i]) {
      const char *whole = rst_parameters_text(&preset->values, &table[i]);

      if (whole ||
          rst_parameters_get(&preset->values, table[i].name, text, sizeof text, NULL) == RST_OK)
        rst_parameters_set(parameters, table[i].name, whole ? whole : text, NULL);
    }
}

rst_status rst_preset_write(const rst_parameters *parameters, const rst_model *model,
                            const char *title, const char *note, char **text, rst_error *error) {
  size_t count;
  const rst_parameter *table = rst_parameter_table(&count);
  yyjson_mut_doc *doc = yyjson_mut_doc_new(rst_json_memory());
  yyjson_mut_val *root = doc ? yyjson_mut_obj(doc) : NULL;
  bool done = root && yyjson_mut_obj_add_int(doc, root, "format", 1) &&
              (!title || yyjson_mut_obj_add_strcpy(doc, root, "title", title)) &&
              (!note || yyjson_mut_obj_add_strcpy(doc, root, "note", note));
  rst_model_info info = {.size = sizeof info, .process = RST_DIFFUSION};
  rst_status status;

  rst_model_get_info(model, &info);
  if (root)
    yyjson_mut_doc_set_root(doc, root);
  for (size_t i = 0; i < count && done; i++)
    if (rst_parameter_in_presets(&table[i]) &&
        rst_parameter_use(&table[i], parameters, &info) != RST_UNUSED_SINGLE_PASS)
      done = rst_json_write_parameter(doc, root, &table[i], parameters);
  status = done ? rst_json_text(doc, text, error) : rst_fail_memory(error);
  yyjson_mut_doc_free(doc);
  return status;
}

/* ---- fitting a model ---- */

/* Whether it sets what a single pass would not read. */
static bool wants_diffusion(const rst_preset *preset) {
  const rst_model_info single_pass = {.size = sizeof single_pass, .process = RST_SINGLE_PASS};
  size_t count;
  const rst_parameter *table = rst_parameter_table(&count);

  for (size_t i = 0; i < count; i++)
    if (preset->has[i] &&
        rst_parameter_use(&table[i], &preset->values, &single_pass) == RST_UNUSED_SINGLE_PASS)
      return true;
  return false;
}

typedef struct {
  char names[256];
} fitting;

static bool add_diffusion_model(void *user, const char *id, const char *path) {
  fitting *fits = user;
  rst_model *model;
  rst_model_info info = {.size = sizeof info};
  size_t used = strlen(fits->names);

  if (rst_model_read(path, &model, NULL) != RST_OK)
    return true;
  rst_model_get_info(model, &info);
  if (info.process == RST_DIFFUSION)
    snprintf(fits->names + used, sizeof fits->names - used, "%s%s", used == 0 ? "" : ", ", id);
  rst_model_unref(model);
  return true;
}

rst_status rst_preset_check(const rst_preset *preset, const rst_model *model, rst_error *error) {
  rst_model_info info = {.size = sizeof info};
  fitting fits = {""};

  if (!preset || !model)
    return rst_fail_call(error, "rst_preset_check");
  rst_model_get_info(model, &info);
  if (info.process == RST_DIFFUSION || !wants_diffusion(preset))
    return RST_OK;
  if (error) /* all models are read for it */
    rst_list(RST_KIND_MODEL, add_diffusion_model, &fits, NULL);
  return rst_fail(error, RST_PRESET_MISFIT, preset->name, info.name, fits.names,
                  "preset %s sets a diffusion sampler, but the model %s restores in a single "
                  "pass; models that fit: %s",
                  preset->name, info.name,
                  fits.names[0] == '\0' ? "none is installed" : fits.names);
}
