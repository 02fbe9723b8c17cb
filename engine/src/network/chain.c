/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "network/chain.h"

/* ---- the file ---- */

/* What lies before and beyond a cell that the layers look at: as many zeros as rst_convolve() pads with, in
 * samples of the first map. */
static void measure_reach(rst_chain *chain) {
  int before = 0, after = 0, step = 1;

  for (int j = 0; j < chain->layers.count; j++) {
    const rst_conv *conv = &chain->layers.layers[j];
    const int span = rst_convolution_span(conv);
    const int zeros = span > conv->stride ? span - conv->stride : 0;

    before += zeros / 2 * step;
    after += (span - 1 - zeros / 2) * step;
    step *= conv->stride;
  }
  chain->cell = step;
  after -= step - 1;
  chain->reach = ((before > after ? before : after) + step - 1) / step * step;
}

/* The widest kernel of a layer to which `in` channels come. */
static int widest(int in) {
  int size = RST_KERNEL_MAX;

  while (size * size * in > RST_CHAIN_PATCH_MAX)
    size--;
  return size;
}

/* The most channels of a layer whose samples are `step` wide. */
static int most_channels(int step) {
  const int most = RST_CHAIN_VALUES_MAX * step * step;

  return most < RST_CHAIN_CHANNELS_MAX ? most : RST_CHAIN_CHANNELS_MAX;
}

void rst_chain_describe(rst_description *r, yyjson_val *list, rst_chain *chain) {
  static const char *const keys[] = {"kernel", "stride", "dilation", "channels", NULL};
  rst_conv_stack *stack = &chain->layers;
  int in = 1, step = 1;

  if (r->status != RST_OK)
    return;
  if (!yyjson_is_arr(list) || yyjson_arr_size(list) < 1 || yyjson_arr_size(list) > RST_CHAIN_MAX) {
    rst_fail_key(r, "layers", "none or too many", "a list of 1 to 10 objects");
    return;
  }
  stack->count = (int)yyjson_arr_size(list);
  for (int j = 0; j < stack->count && r->status == RST_OK; j++) {
    yyjson_val *one = rst_get_object(r, yyjson_arr_get(list, (size_t)j), "layers", keys);
    rst_conv *conv = &stack->layers[j];

    conv->size = rst_get_int(r, one, "kernel", 1, widest(in));
    conv->stride = rst_get_int(r, one, "stride", 1, 2);
    conv->dilation = rst_get_int_or(r, one, "dilation", 1, RST_DILATION_MAX, 1);
    step *= conv->stride;
    conv->in = in;
    conv->out = in = rst_get_int(r, one, "channels", 1, most_channels(step));
    conv->linear = j == stack->count - 1;
  }
  if (r->status == RST_OK)
    measure_reach(chain);
  if (r->status == RST_OK && chain->cell > RST_CHAIN_CELL_MAX)
    rst_fail_key(r, "stride", "2 in too many layers", "2 in 6 layers at most");
  else if (r->status == RST_OK && chain->reach > RST_CHAIN_REACH_MAX)
    rst_fail_key(r, "layers", "together too wide", "looking no further than 256 samples");
}

int rst_chain_out(const rst_chain *chain) {
  return chain->layers.layers[chain->layers.count - 1].out;
}

/* ---- running it ---- */

enum { PIECE = 16 * RST_CONVOLUTION_ROWS }; /* pixels between two looks at the token */

void rst_chain_measure(const rst_chain *chain, int width, int height,
                       rst_convolution_sizes *sizes) {
  *sizes = (rst_convolution_sizes){0};
  for (int j = 0; j < chain->layers.count; j++) {
    const rst_conv *conv = &chain->layers.layers[j];

    rst_convolution_measure(conv, width, height, sizes);
    width = rst_convolution_size(conv, width);
    height = rst_convolution_size(conv, height);
  }
}

size_t rst_chain_scratch(const rst_chain *chain, int width, int height) {
  rst_convolution_sizes sizes;

  rst_chain_measure(chain, width, height, &sizes);
  return 2 * sizes.map + sizes.patches + sizes.products;
}

/* One axis of what a layer needs of a map of `size` samples for `count` of its own from `first` on. */
static void need(const rst_conv *conv, int size, int *first, int *count) {
  const int begin = *first * conv->stride - rst_convolution_before(conv, size);
  const int end = begin + (*count - 1) * conv->stride + rst_convolution_span(conv);

  *first = begin > 0 ? begin : 0;
  *count = (end < size ? end : size) - *first;
}

/* What each layer has to make: `parts`, one more than there are layers, the first of them of what goes
 * in. */
static void plan(const rst_chain *chain, int width, int height, const rst_rectangle *cells,
                 rst_rectangle *parts) {
  const int count = chain->layers.count;
  int widths[RST_CHAIN_MAX + 1] = {width}, heights[RST_CHAIN_MAX + 1] = {height};

  for (int j = 0; j < count; j++) {
    widths[j + 1] = rst_convolution_size(&chain->layers.layers[j], widths[j]);
    heights[j + 1] = rst_convolution_size(&chain->layers.layers[j], heights[j]);
  }
  parts[count] = *cells;
  for (int j = count - 1; j >= 0; j--) {
    parts[j] = parts[j + 1];
    need(&chain->layers.layers[j], widths[j], &parts[j].x, &parts[j].width);
    need(&chain->layers.layers[j], heights[j], &parts[j].y, &parts[j].height);
  }
  parts[0] = (rst_rectangle){0, 0, width, height}; /* all of it is there */
}

const float *rst_chain_run(const rst_chain *chain, const float *in, int width, int height,
                           const rst_rectangle *cells, const rst_cancel *cancel, float *scratch) {
  rst_rectangle parts[RST_CHAIN_MAX + 1];
  rst_convolution_sizes sizes;
  float *maps[2], *patches, *products;

  rst_chain_measure(chain, width, height, &sizes);
  plan(chain, width, height, cells, parts);
  patches = scratch;
  products = patches + sizes.patches;
  maps[0] = products + sizes.products;
  maps[1] = maps[0] + sizes.map;
  for (int j = 0; j < chain->layers.count; j++) {
    const rst_conv *conv = &chain->layers.layers[j];
    const rst_rectangle *from = &parts[j], *to = &parts[j + 1];
    const int left = rst_convolution_before(conv, width) + from->x - to->x * conv->stride;
    const int above = rst_convolution_before(conv, height) + from->y - to->y * conv->stride;
    const int pixels = to->width * to->height;

    for (int first = 0; first < pixels; first += PIECE) {
      if (rst_cancelled(cancel))
        return NULL;
      rst_convolve_part(conv, in, from->width, from->height, left, above, to->width, first,
                        pixels - first < PIECE ? pixels : first + PIECE, patches, products,
                        maps[j % 2]);
    }
    in = maps[j % 2];
    width = rst_convolution_size(conv, width);
    height = rst_convolution_size(conv, height);
  }
  return in;
}
