/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A convolution as a product of matrices.
 */
#ifndef RST_CONVOLUTION_H
#define RST_CONVOLUTION_H

#include <stddef.h>

#include "network/layers.h"

/* Pixels a product: fixed, tails are padded. */
enum { RST_CONVOLUTION_ROWS = 64 };

/* Floats that convolutions of some maps need, the largest of each: what comes out, and scratch. */
typedef struct rst_convolution_sizes {
  size_t map, patches, products;
} rst_convolution_sizes;

/* The samples from the first that a kernel looks at to the last, on an axis. */
int rst_convolution_span(const rst_conv *conv);

/* How many samples come out where `size` go in. */
int rst_convolution_size(const rst_conv *conv, int size);

/* How many zeros lie before a map of `size` samples on an axis: of those that are needed the smaller
 * half (TensorFlow's SAME). */
int rst_convolution_before(const rst_conv *conv, int size);

/* Adds a convolution of a map of `width` × `height` to the sizes. */
void rst_convolution_measure(const rst_conv *conv, int width, int height,
                             rst_convolution_sizes *sizes);

/* in (height, width, conv->in) → out (⌈height / stride⌉, ⌈width / stride⌉, conv->out). Padding is
 * zeros; of those that are needed the smaller half lies before the map. `patches`, `products`:
 * scratch of the sizes' floats. */
void rst_convolve(const rst_conv *conv, const float *in, int width, int height, float *patches,
                  float *products, float *out);
/* The pixels `first` … `last` − 1 of `out` alone, counted row by row; `first` is a multiple of
 * RST_CONVOLUTION_ROWS, so that the bits are those of the whole. Any thread. */
void rst_convolve_pixels(const rst_conv *conv, const float *in, int width, int height, int first,
                         int last, float *patches, float *products, float *out);

/* The same of a part of a map: `in` (height, width) is what is needed of it, and beyond that there is
 * nothing but zeros. The patch of the part's pixel (x, y), in rows of `out_width`, begins at
 * (x · stride − left, y · stride − above) of `in`. Any thread. */
void rst_convolve_part(const rst_conv *conv, const float *in, int width, int height, int left,
                       int above, int out_width, int first, int last, float *patches,
                       float *products, float *out);

#endif
