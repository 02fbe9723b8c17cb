/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What networks are made of: layers whose weights lie elsewhere, and the bounds of their sizes.
 */
#ifndef RST_LAYERS_H
#define RST_LAYERS_H

#include <stdbool.h>

/* Bounds of what a description may ask for: far above any sensible network, low enough that no
 * product of sizes can overflow and that a hostile file cannot ask for endless work. */
enum {
  RST_INPUT_MIN = 8,
  RST_INPUT_MAX = 1024,
  RST_CHANNELS_MAX = 2,
  RST_STAGES_MAX = 8,
  RST_LAYERS_MAX = 8,   /* dense layers in a row, convolutions in a row */
  RST_CHAIN_MAX = 10,   /* convolutions of a chain: of all rows of them the longest */
  RST_BLOCKS_MAX = 16,
  RST_WIDTH_MAX = 4096, /* channels, dense layers' widths */
  RST_KERNEL_MAX = 15,
  RST_BANDS_MAX = 256,
  RST_FILL_REACH_MAX = 8,
  RST_GUIDED_RADIUS_MAX = 64
};

/* Kernel (in, out), bias (out). */
typedef struct rst_dense {
  int in, out;
  const float *kernel, *bias;
} rst_dense;

/* Kernel (size, size, in, out), bias (out); ReLU unless linear. The samples that it looks at lie
 * `dilation` apart (Yu and Koltun 2016): as many see farther. */
typedef struct rst_conv {
  int size, stride, dilation, in, out;
  bool linear;
  const float *kernel, *bias;
} rst_conv;

typedef struct rst_dense_stack {
  int count;
  rst_dense layers[RST_LAYERS_MAX + 1];
} rst_dense_stack;

typedef struct rst_conv_stack {
  int count;
  rst_conv layers[RST_CHAIN_MAX];
} rst_conv_stack;

#endif
