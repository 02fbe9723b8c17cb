/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "network/convolution.h"

#include <string.h>

#include "kernels/blas.h"

enum { ROWS = RST_CONVOLUTION_ROWS };

static int conv_values(const rst_conv *conv) {
  return conv->size * conv->size * conv->in;
}

int rst_convolution_span(const rst_conv *conv) {
  return (conv->size - 1) * conv->dilation + 1;
}

int rst_convolution_size(const rst_conv *conv, int size) {
  return (size + conv->stride - 1) / conv->stride;
}

void rst_convolution_measure(const rst_conv *conv, int width, int height,
                             rst_convolution_sizes *sizes) {
  const size_t values = (size_t)rst_convolution_size(conv, width) *
                        (size_t)rst_convolution_size(conv, height) * (size_t)conv->out;
  const size_t patch = (size_t)ROWS * (size_t)conv_values(conv);
  const size_t product = (size_t)ROWS * (size_t)conv->out;

  sizes->map = values > sizes->map ? values : sizes->map;
  sizes->patches = patch > sizes->patches ? patch : sizes->patches;
  sizes->products = product > sizes->products ? product : sizes->products;
}

/* One pixel's neighbourhood as a row of (size, size, in) values, zeros beyond the map. */
static void take_patch(const rst_conv *conv, const float *in, int width, int height, int x, int y,
                       float *patch) {
  const size_t pixel = (size_t)conv->in * sizeof *in;
  const int step = conv->dilation, span = rst_convolution_span(conv);

  if (step == 1 && x >= 0 && y >= 0 && x + span <= width && y + span <= height) {
    const size_t row = (size_t)conv->size * (size_t)conv->in;

    for (int ky = 0; ky < conv->size; ky++)
      memcpy(patch + (size_t)ky * row,
             in + ((size_t)(y + ky) * (size_t)width + (size_t)x) * (size_t)conv->in,
             row * sizeof *in);
    return;
  }
  for (int ky = 0; ky < conv->size; ky++)
    for (int kx = 0; kx < conv->size; kx++, patch += conv->in) {
      const int u = x + kx * step, v = y + ky * step;

      if (u < 0 || u >= width || v < 0 || v >= height)
        memset(patch, 0, pixel);
      else
        memcpy(patch, in + ((size_t)v * (size_t)width + (size_t)u) * (size_t)conv->in, pixel);
    }
}

int rst_convolution_before(const rst_conv *conv, int size) {
  const int zeros =
    (rst_convolution_size(conv, size) - 1) * conv->stride + rst_convolution_span(conv) - size;

  return zeros > 0 ? zeros / 2 : 0;
}

void rst_convolve_part(const rst_conv *conv, const float *in, int width, int height, int left,
                       int above, int out_width, int first, int last, float *patches,
                       float *products, float *out) {
  const int values = conv_values(conv);
  rst_gemm shape = {.m = ROWS, .n = conv->out, .k = values};
  const rst_gemm_function gemm = rst_gemm_for(&shape);
  const bool any_count = gemm == rst_kernels_best()->gemm; /* its values do not depend on it */

  for (; first < last; first += ROWS) {
    const int count = last - first < ROWS ? last - first : ROWS;

    shape.m = any_count ? count : ROWS;

    for (int i = 0; i < count; i++) {
      const int x = (first + i) % out_width, y = (first + i) / out_width;

      take_patch(conv, in, width, height, x * conv->stride - left, y * conv->stride - above,
                 patches + (size_t)i * (size_t)values);
    }
    gemm(&shape, patches, conv->kernel, products);
    for (int i = 0; i < count; i++)
      for (int c = 0; c < conv->out; c++) {
        const float sum = products[i * conv->out + c] + conv->bias[c];

        out[(size_t)(first + i) * (size_t)conv->out + (size_t)c] =
          sum > 0 || conv->linear ? sum : 0;
      }
  }
}

void rst_convolve_pixels(const rst_conv *conv, const float *in, int width, int height, int first,
                         int last, float *patches, float *products, float *out) {
  rst_convolve_part(conv, in, width, height, rst_convolution_before(conv, width),
                    rst_convolution_before(conv, height), rst_convolution_size(conv, width), first,
                    last, patches, products, out);
}

void rst_convolve(const rst_conv *conv, const float *in, int width, int height, float *patches,
                  float *products, float *out) {
  rst_convolve_pixels(conv, in, width, height, 0,
                      rst_convolution_size(conv, width) * rst_convolution_size(conv, height),
                      patches, products, out);
}
