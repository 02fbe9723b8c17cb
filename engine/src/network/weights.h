/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A model file's tensors, each checked against the shape that the description asks for. A network
 * is walked twice: once to check and measure, once to copy.
 */
#ifndef RST_WEIGHTS_H
#define RST_WEIGHTS_H

#include "base/memory.h"
#include "network/layers.h"
#include "network/safetensors.h"

typedef struct rst_loader {
  rst_safetensors *table;
  rst_arena arena; /* without a base: measure */
  rst_error *error;
  rst_status status;
  int64_t parameters; /* counted while measuring */
} rst_loader;

/* The values of a tensor of that shape; NULL while measuring and once something has failed:
 * RST_BAD_TENSOR. */
const float *rst_load_tensor(rst_loader *l, const char *name, int dims, const int *shape);
/* `prefix`.`suffix`, (size). */
const float *rst_load_vector(rst_loader *l, const char *prefix, const char *suffix, int size);
/* A convolution's kernel and bias; `format` makes their prefix. */
void rst_load_conv(rst_loader *l, rst_conv *conv, const char *format, ...)
  __attribute__((format(printf, 3, 4)));
/* Loads all that `walk` asks for into new memory, `*memory`, which is refused where the file has
 * more than that. Errors: RST_BAD_TENSOR, RST_NO_MEMORY. */
rst_status rst_load_all(rst_safetensors *table, void (*walk)(rst_loader *l, void *network),
                        void *network, float **memory, int64_t *parameters, rst_error *error);

#endif
