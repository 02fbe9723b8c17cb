/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "widgets/setup_reader.h"

#include "properties.h"

struct setup_reader {
  GObject *settings;
  GHashTable *models; /* name → rst_model */
};

setup_reader *setup_reader_new(GObject *settings) {
  setup_reader *r = g_new0(setup_reader, 1);

  r->settings = g_object_ref(settings);
  r->models =
    g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)rst_model_unref);
  return r;
}

void setup_reader_free(setup_reader *r) {
  if (!r)
    return;
  g_object_unref(r->settings);
  g_hash_table_unref(r->models);
  g_free(r);
}

rst_model *setup_reader_get_model(setup_reader *r, const char *name, rst_error *error) {
  rst_model *model = g_hash_table_lookup(r->models, name);
  char path[4096];

  if (model)
    return model;
  if (rst_find(RST_KIND_MODEL, name, path, sizeof path, error) != RST_OK ||
      rst_model_read(path, &model, error) != RST_OK)
    return NULL;
  g_hash_table_insert(r->models, g_strdup(name), model);
  return model;
}

rst_status setup_reader_read(setup_reader *r, rst_parameters *parameters, rst_model **model,
                             rst_error *error) {
  rst_error why = RST_ERROR_INIT;
  rst_status status = values_read(r->settings, parameters, &why);

  if (status == RST_OK) {
    rst_settle_model(parameters, RST_PICTURE_MONOCHROME);
    *model = setup_reader_get_model(r, parameters->model, &why);
    status = *model ? rst_parameters_check(parameters, *model, &why) : why.code;
  }
  if (error)
    *error = why;
  return status;
}
