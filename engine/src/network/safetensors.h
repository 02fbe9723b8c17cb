/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Bytes → tensor table. The file is treated as hostile: every size is checked before it is used,
 * the tensors must tile the data exactly.
 *
 *   8 bytes   n, unsigned little-endian: length of the header
 *   n bytes   JSON: {"name": {"dtype": …, "shape": […], "data_offsets": [begin, end]}, …,
 *             "__metadata__": {"key": "text", …}}
 *   the rest  the tensors' bytes, C order, little-endian, without gaps or overlaps
 */
#ifndef RST_SAFETENSORS_H
#define RST_SAFETENSORS_H

#include "restorator.h"

#define RST_DIMS_MAX 8

typedef struct rst_tensor {
  const char *name;
  const char *dtype; /* "F32", "F64", "I32", … */
  int dims;
  size_t shape[RST_DIMS_MAX];
  size_t count; /* elements */
  const unsigned char *bytes; /* not aligned */
  size_t size;
  bool used; /* for a reader that must use every tensor */
} rst_tensor;

typedef struct rst_safetensors {
  rst_tensor *tensors; /* sorted by name */
  size_t count;
  struct yyjson_doc *header; /* owns the strings */
} rst_safetensors;

/* The table points into `bytes`, which must outlive it.
 * Errors: RST_BAD_FILE, RST_BAD_TENSOR, RST_NO_MEMORY. */
rst_status rst_safetensors_parse(const void *bytes, size_t size, rst_safetensors *table,
                                 rst_error *error);
void rst_safetensors_clear(rst_safetensors *table);
/* NULL where there is no such tensor. */
rst_tensor *rst_safetensors_find(const rst_safetensors *table, const char *name);
/* A text of the metadata, NULL where there is none. */
const char *rst_safetensors_metadata(const rst_safetensors *table, const char *key);

#endif
