/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "network/safetensors.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <yyjson.h>

#include "base/integer.h"
#include "base/memory.h"
#include "base/status.h"

/* Files' numbers are used where they lie. */
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "a little-endian machine is needed");

/* JSON takes some twenty times its length once it is read; no table of tensors is this long. */
#define HEADER_MAX ((uint64_t)16 << 20)

/* ---- the table ---- */

static const struct {
  const char *name;
  size_t size;
} dtypes[] = {{"F32", 4}, {"F64", 8}, {"I32", 4}, {"F16", 2}, {"BF16", 2},
              {"I64", 8}, {"I16", 2}, {"I8", 1},  {"U8", 1},  {"BOOL", 1}};

static rst_status fail_file(rst_error *error, const char *subject, const char *how) {
  return rst_fail(error, RST_BAD_FILE, subject, how, NULL, "not a usable safetensors file: %s %s",
                  subject, how);
}

static rst_status fail_tensor(rst_error *error, const char *name, const char *how) {
  return rst_fail(error, RST_BAD_TENSOR, name, how, NULL, "tensor %s: %s", name, how);
}

static int by_name(const void *a, const void *b) {
  return strcmp(((const rst_tensor *)a)->name, ((const rst_tensor *)b)->name);
}

static int by_place(const void *a, const void *b) {
  const rst_tensor *s = a, *t = b;

  if (s->bytes != t->bytes)
    return s->bytes < t->bytes ? -1 : 1;
  return s->size < t->size ? -1 : s->size > t->size;
}

static bool has_zero_byte(yyjson_val *text) {
  return strlen(yyjson_get_str(text)) != yyjson_get_len(text);
}

static int by_text(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static rst_status parse_metadata(yyjson_val *metadata, rst_error *error) {
  yyjson_obj_iter iter = yyjson_obj_iter_with(metadata);
  yyjson_val *key;
  const char **keys;
  size_t count = 0;
  bool texts = true, twice = false;

  if (!yyjson_is_obj(metadata))
    return fail_file(error, "__metadata__", "is not an object");
  keys = rst_array(yyjson_obj_size(metadata), sizeof *keys);
  if (!keys)
    return rst_fail_memory(error);
  while (texts && (key = yyjson_obj_iter_next(&iter))) {
    yyjson_val *value = yyjson_obj_iter_get_val(key);

    texts = yyjson_is_str(value) && !has_zero_byte(value) && !has_zero_byte(key);
    keys[count++] = yyjson_get_str(key);
  }
  qsort(keys, count, sizeof *keys, by_text); /* there may be millions */
  for (size_t i = 1; texts && i < count; i++)
    twice = twice || strcmp(keys[i - 1], keys[i]) == 0;
  free(keys);
  if (!texts)
    return fail_file(error, "__metadata__", "holds something other than texts");
  return twice ? fail_file(error, "__metadata__", "names a key twice") : RST_OK;
}

static rst_status parse_tensor(yyjson_val *key, const unsigned char *data, size_t data_size,
                               rst_tensor *tensor, rst_error *error) {
  yyjson_val *about = yyjson_obj_iter_get_val(key), *dtype, *shape, *offsets, *number;
  yyjson_arr_iter iter;
  int64_t begin, end, size;
  size_t item = 0, bytes;

  memset(tensor, 0, sizeof *tensor);
  tensor->name = yyjson_get_str(key);
  if (has_zero_byte(key) || yyjson_get_len(key) == 0)
    return fail_file(error, NC_("subject", "a tensor's name"), "is empty or holds a zero byte");
  if (!yyjson_is_obj(about) || yyjson_obj_size(about) != 3)
    return fail_tensor(error, tensor->name, "wants exactly dtype, shape and data_offsets");
  dtype = yyjson_obj_get(about, "dtype");
  shape = yyjson_obj_get(about, "shape");
  offsets = yyjson_obj_get(about, "data_offsets");

  tensor->dtype = yyjson_get_str(dtype);
  for (size_t i = 0; tensor->dtype && i < sizeof dtypes / sizeof *dtypes; i++)
    if (strcmp(tensor->dtype, dtypes[i].name) == 0)
      item = dtypes[i].size;
  if (item == 0)
    return fail_tensor(error, tensor->name, "unknown dtype");

  if (!yyjson_is_arr(shape) || yyjson_arr_size(shape) > RST_DIMS_MAX)
    return fail_tensor(error, tensor->name, "its shape is not a list of at most 8 sizes");
  tensor->count = 1;
  iter = yyjson_arr_iter_with(shape);
  while ((number = yyjson_arr_iter_next(&iter))) {
    if (!rst_read_integer(number, 0, PTRDIFF_MAX, &size))
      return fail_tensor(error, tensor->name, "its shape holds something other than sizes");
    tensor->shape[tensor->dims] = (size_t)size;
    if (!rst_mul(tensor->count, tensor->shape[tensor->dims], &tensor->count))
      return fail_tensor(error, tensor->name, "its shape is too large");
    tensor->dims++;
  }
  if (!rst_mul(tensor->count, item, &bytes))
    return fail_tensor(error, tensor->name, "its shape is too large");

  if (!yyjson_is_arr(offsets) || yyjson_arr_size(offsets) != 2 ||
      !rst_read_integer(yyjson_arr_get(offsets, 0), 0, INT64_MAX, &begin) ||
      !rst_read_integer(yyjson_arr_get(offsets, 1), 0, INT64_MAX, &end))
    return fail_tensor(error, tensor->name, "its data_offsets are not two numbers");
  if (begin > end || (uint64_t)end > data_size)
    return fail_tensor(error, tensor->name, "its bytes lie outside the file");
  if ((uint64_t)(end - begin) != bytes)
    return fail_tensor(error, tensor->name, "its bytes do not fit its shape");
  tensor->bytes = data + begin;
  tensor->size = bytes;
  return RST_OK;
}

static rst_status check_tiling(rst_safetensors *table, const unsigned char *data, size_t data_size,
                               rst_error *error) {
  const unsigned char *expected = data;

  qsort(table->tensors, table->count, sizeof *table->tensors, by_place);
  for (size_t i = 0; i < table->count; i++) {
    const rst_tensor *tensor = &table->tensors[i];

    if (tensor->bytes < expected)
      return fail_tensor(error, tensor->name, "overlaps another tensor");
    if (tensor->bytes > expected)
      return fail_tensor(error, tensor->name, "lies behind a gap");
    expected += tensor->size;
  }
  if (expected != data + data_size)
    return fail_file(error, NC_("subject", "the data"), "goes on after the last tensor");
  qsort(table->tensors, table->count, sizeof *table->tensors, by_name);
  for (size_t i = 1; i < table->count; i++)
    if (strcmp(table->tensors[i - 1].name, table->tensors[i].name) == 0)
      return fail_tensor(error, table->tensors[i].name, "is there twice");
  return RST_OK;
}

static rst_status parse_header(const unsigned char *data, size_t data_size, rst_safetensors *table,
                               rst_error *error) {
  yyjson_val *root = yyjson_doc_get_root(table->header), *key;
  yyjson_obj_iter iter;
  bool metadata = false;

  if (!yyjson_is_obj(root))
    return fail_file(error, NC_("subject", "the header"), "is not an object");
  table->tensors = rst_array(yyjson_obj_size(root), sizeof *table->tensors);
  if (!table->tensors)
    return rst_fail_memory(error);
  iter = yyjson_obj_iter_with(root);
  while ((key = yyjson_obj_iter_next(&iter))) {
    rst_status status;

    if (yyjson_equals_str(key, "__metadata__")) {
      if (metadata)
        return fail_file(error, "__metadata__", "is there twice");
      metadata = true;
      status = parse_metadata(yyjson_obj_iter_get_val(key), error);
    } else {
      status = parse_tensor(key, data, data_size, &table->tensors[table->count++], error);
    }
    if (status != RST_OK)
      return status;
  }
  return check_tiling(table, data, data_size, error);
}

rst_status rst_safetensors_parse(const void *bytes, size_t size, rst_safetensors *table,
                                 rst_error *error) {
  const unsigned char *file = bytes;
  uint64_t header = 0;
  yyjson_read_err json;
  rst_status status;

  memset(table, 0, sizeof *table);
  if (size < 8)
    return fail_file(error, NC_("subject", "the file"), "is shorter than the header's length");
  for (int i = 7; i >= 0; i--)
    header = header << 8 | file[i];
  if (header > size - 8)
    return fail_file(error, NC_("subject", "the header"), "is longer than the file");
  if (header > HEADER_MAX)
    return fail_file(error, NC_("subject", "the header"), "is longer than 16 MiB");
  table->header =
    yyjson_read_opts((char *)(uintptr_t)(file + 8), (size_t)header, 0, rst_json_memory(), &json);
  if (!table->header) {
    if (json.code == YYJSON_READ_ERROR_MEMORY_ALLOCATION)
      return rst_fail_memory(error);
    return fail_file(error, NC_("subject", "the header"), json.msg);
  }
  status = parse_header(file + 8 + header, size - 8 - (size_t)header, table, error);
  if (status != RST_OK)
    rst_safetensors_clear(table);
  return status;
}

void rst_safetensors_clear(rst_safetensors *table) {
  free(table->tensors);
  yyjson_doc_free(table->header);
  memset(table, 0, sizeof *table);
}

rst_tensor *rst_safetensors_find(const rst_safetensors *table, const char *name) {
  const rst_tensor key = {.name = name};

  if (table->count == 0)
    return NULL;
  return bsearch(&key, table->tensors, table->count, sizeof *table->tensors, by_name);
}

const char *rst_safetensors_metadata(const rst_safetensors *table, const char *key) {
  yyjson_val *root = yyjson_doc_get_root(table->header);

  return yyjson_get_str(yyjson_obj_get(yyjson_obj_get(root, "__metadata__"), key));
}
