/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "network/weights.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/status.h"

const float *rst_load_tensor(rst_loader *l, const char *name, int dims, const int *shape) {
  rst_tensor *tensor;
  char wanted[96] = "", found[160] = "";
  float *to;
  bool fits;

  if (l->status != RST_OK)
    return NULL;
  tensor = rst_safetensors_find(l->table, name);
  if (!tensor) {
    l->status = rst_fail(l->error, RST_BAD_TENSOR, name, "missing", NULL,
                         "the model lacks the tensor %s", name);
    return NULL;
  }
  fits = strcmp(tensor->dtype, "F32") == 0 && tensor->dims == dims;
  for (int i = 0; i < dims; i++) {
    fits = fits && tensor->shape[i] == (size_t)shape[i];
    snprintf(wanted + strlen(wanted), sizeof wanted - strlen(wanted), "%s%d", i ? ", " : "",
             shape[i]);
  }
  if (!fits) {
    for (int i = 0; i < tensor->dims; i++)
      snprintf(found + strlen(found), sizeof found - strlen(found), "%s%zu", i ? ", " : "",
               tensor->shape[i]);
    l->status = rst_fail(l->error, RST_BAD_TENSOR, name, "wrong shape or type", NULL,
                         "the model's tensor %s is %s (%s), but must be F32 (%s)", name,
                         tensor->dtype, found, wanted);
    return NULL;
  }
  tensor->used = true;
  to = rst_arena_take(&l->arena, tensor->count);
  if (!to) {
    l->parameters += (int64_t)tensor->count;
    return NULL;
  }
  memcpy(to, tensor->bytes, tensor->size);
  for (size_t i = 0; i < tensor->count; i++)
    if (!isfinite(to[i])) {
      l->status = rst_fail(l->error, RST_BAD_TENSOR, name, "not finite", NULL,
                           "the model's tensor %s holds a value that is not finite", name);
      return NULL;
    }
  return to;
}

const float *rst_load_vector(rst_loader *l, const char *prefix, const char *suffix, int size) {
  char name[96];

  snprintf(name, sizeof name, "%s.%s", prefix, suffix);
  return rst_load_tensor(l, name, 1, &size);
}

void rst_load_conv(rst_loader *l, rst_conv *conv, const char *format, ...) {
  const int shape[4] = {conv->size, conv->size, conv->in, conv->out};
  va_list arguments;
  char prefix[64], name[96];

  va_start(arguments, format);
  vsnprintf(prefix, sizeof prefix, format, arguments);
  va_end(arguments);
  snprintf(name, sizeof name, "%s.kernel", prefix);
  conv->kernel = rst_load_tensor(l, name, 4, shape);
  conv->bias = rst_load_vector(l, prefix, "bias", conv->out);
}

rst_status rst_load_all(rst_safetensors *table, void (*walk)(rst_loader *l, void *network),
                        void *network, float **memory, int64_t *parameters, rst_error *error) {
  rst_loader l = {.table = table, .error = error};

  walk(&l, network);
  if (l.status != RST_OK)
    return l.status;
  for (size_t i = 0; i < table->count; i++)
    if (!table->tensors[i].used)
      return rst_fail(error, RST_BAD_TENSOR, table->tensors[i].name, "unknown", NULL,
                      "the model has a tensor %s that its description does not name",
                      table->tensors[i].name);
  if (l.arena.overflow)
    return rst_fail_memory(error);
  *memory = rst_floats(l.arena.used);
  if (!*memory)
    return rst_fail_memory(error);
  *parameters = l.parameters;
  l.arena = (rst_arena){.base = *memory};
  walk(&l, network);
  return l.status;
}
