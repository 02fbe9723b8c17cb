/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "network/finder.h"

#include <stdlib.h>
#include <string.h>

#include <yyjson.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/session.h"
#include "base/status.h"
#include "network/convolution.h"
#include "network/description.h"
#include "network/safetensors.h"
#include "network/weights.h"

#define FILE_MAX ((size_t)16 << 20)

/* ---- the file ---- */

static void describe_layers(rst_description *r, yyjson_val *list, rst_finder *finder) {
  static const char *const keys[] = {"kernel", "stride", "channels", NULL};
  rst_conv_stack *stack = &finder->layers;
  int channels = 1;

  if (r->status != RST_OK)
    return;
  if (!yyjson_is_arr(list) || yyjson_arr_size(list) < 1 ||
      yyjson_arr_size(list) > RST_LAYERS_MAX + 1) {
    rst_fail_key(r, "layers", "none or too many", "a list of 1 to 9 objects");
    return;
  }
  stack->count = (int)yyjson_arr_size(list);
  finder->cell = 1;
  for (int j = 0; j < stack->count && r->status == RST_OK; j++) {
    yyjson_val *one = rst_get_object(r, yyjson_arr_get(list, (size_t)j), "layers", keys);
    const bool last = j == stack->count - 1;
    rst_conv *conv = &stack->layers[j];

    conv->size = rst_get_int(r, one, "kernel", 1, RST_KERNEL_MAX);
    conv->stride = rst_get_int(r, one, "stride", 1, 2);
    conv->in = channels;
    conv->out = channels = rst_get_int(r, one, "channels", 1, last ? RST_FINDER_VALUES : 256);
    conv->linear = last;
    finder->cell *= conv->stride;
  }
  if (r->status == RST_OK && channels != RST_FINDER_VALUES)
    rst_fail_key(r, "channels", "not 5 in the last layer", "5 there");
  if (r->status == RST_OK && finder->cell > RST_FINDER_CELL_MAX)
    rst_fail_key(r, "stride", "2 in too many layers", "2 in 6 layers at most");
}

/* `name` points into the JSON. */
static rst_status describe(yyjson_val *root, rst_finder *finder, const char **name,
                           rst_error *error) {
  static const char *const keys[] = {"format", "name", "parameters", "finder", NULL};
  static const char *const finder_keys[] = {"finds", "threshold", "layers", NULL};
  static const char *const things[] = {"faces", NULL};
  rst_description r = {error, RST_OK};
  yyjson_val *object;

  root = rst_get_object(&r, root, "the whole", keys);
  object = rst_get_object(&r, yyjson_obj_get(root, "finder"), "finder", finder_keys);
  if (r.status != RST_OK)
    return r.status;
  rst_get_int(&r, root, "format", 1, 1);
  *name = rst_get_text(&r, root, "name");
  rst_get_choice(&r, object, "finds", things);
  finder->threshold = rst_get_share(&r, object, "threshold");
  describe_layers(&r, yyjson_obj_get(object, "layers"), finder);
  return r.status;
}

static void load_layers(rst_loader *l, void *network) {
  rst_finder *finder = network;

  for (int j = 0; j < finder->layers.count; j++)
    rst_load_conv(l, &finder->layers.layers[j], "finder.conv%d", j);
}

static rst_status parse_table(rst_safetensors *table, rst_finder *finder, rst_error *error) {
  const char *description = rst_safetensors_metadata(table, "restorator"), *name = NULL;
  const char *card = rst_safetensors_metadata(table, "card");
  yyjson_doc *json;
  rst_status status;

  if (!description)
    return rst_fail(error, RST_BAD_DESCRIPTION, "restorator", "missing", NULL,
                    "the file holds no description of a model (metadata key \"restorator\")");
  status = rst_parse_json(description, "restorator", &json, error);
  if (status != RST_OK)
    return status;
  status = describe(yyjson_doc_get_root(json), finder, &name, error);
  if (status == RST_OK) {
    finder->name = strdup(name ? name : "");
    finder->card = strdup(card ? card : "{}");
    if (!finder->name || !finder->card)
      status = rst_fail_memory(error);
  }
  yyjson_doc_free(json);
  return status == RST_OK
           ? rst_load_all(table, load_layers, finder, &finder->memory, &finder->parameters, error)
           : status;
}

rst_status rst_finder_parse(const void *bytes, size_t size, rst_finder **finder, rst_error *error) {
  rst_safetensors table;
  rst_finder *made;
  rst_status status;

  if ((!bytes && size > 0) || !finder)
    return rst_fail_call(error, "rst_finder_parse");
  status = rst_safetensors_parse(bytes, size, &table, error);
  if (status != RST_OK)
    return status;
  made = calloc(1, sizeof *made);
  if (!made) {
    rst_safetensors_clear(&table);
    return rst_fail_memory(error);
  }
  atomic_init(&made->references, 1);
  status = parse_table(&table, made, error);
  rst_safetensors_clear(&table);
  if (status == RST_OK)
    *finder = made;
  else
    rst_finder_unref(made);
  return status;
}

rst_status rst_finder_read(const char *path, rst_finder **finder, rst_error *error) {
  void *bytes;
  size_t size;
  rst_status status;

  if (!path || !finder)
    return rst_fail_call(error, "rst_finder_read");
  status = rst_read_file(path, FILE_MAX, &bytes, &size, error);
  if (status != RST_OK)
    return status;
  status = rst_finder_parse(bytes, size, finder, error);
  free(bytes);
  return status;
}

rst_finder *rst_finder_ref(rst_finder *finder) {
  atomic_fetch_add_explicit(&finder->references, 1, memory_order_relaxed);
  return finder;
}

void rst_finder_unref(rst_finder *finder) {
  if (!finder || atomic_fetch_sub_explicit(&finder->references, 1, memory_order_acq_rel) != 1)
    return;
  free(finder->name);
  free(finder->card);
  free(finder->memory);
  free(finder);
}

/* ---- running it ---- */

enum { PIECE = 16 * RST_CONVOLUTION_ROWS }; /* pixels that a thread takes at a time */

typedef struct {
  const rst_conv *conv;
  const float *in;
  float *out;
  int width, height; /* of `in` */
  int pixels;        /* of `out` */
  const rst_cancel *cancel;
  float *scratch; /* of each worker: patches, then products */
  rst_convolution_sizes sizes;
  atomic_int next;
} layer;

static void run_pieces(void *data, int worker) {
  layer *l = data;
  float *patches = l->scratch + (size_t)worker * (l->sizes.patches + l->sizes.products);

  while (!rst_cancelled(l->cancel)) {
    const int first = atomic_fetch_add_explicit(&l->next, PIECE, memory_order_relaxed);

    if (first >= l->pixels)
      break;
    rst_convolve_pixels(l->conv, l->in, l->width, l->height, first,
                        l->pixels - first < PIECE ? l->pixels : first + PIECE, patches,
                        patches + l->sizes.patches, l->out);
  }
}

rst_status rst_finder_run(const rst_finder *finder, rst_pool *pool, const float *grey, int width,
                          int height, const rst_cancel *cancel, float **cells, rst_error *error) {
  layer l = {.in = grey, .width = width, .height = height, .cancel = cancel};
  float *maps[2];
  int w = width, h = height;

  for (int j = 0; j < finder->layers.count; j++) {
    const rst_conv *conv = &finder->layers.layers[j];

    rst_convolution_measure(conv, w, h, &l.sizes);
    w = rst_convolution_size(conv, w);
    h = rst_convolution_size(conv, h);
  }
  maps[0] = rst_floats(l.sizes.map);
  maps[1] = rst_floats(l.sizes.map);
  l.scratch = rst_floats((size_t)rst_pool_threads(pool) * (l.sizes.patches + l.sizes.products));
  if (!maps[0] || !maps[1] || !l.scratch) {
    free(maps[0]);
    free(maps[1]);
    free(l.scratch);
    return rst_fail_memory(error);
  }
  for (int j = 0; j < finder->layers.count; j++) {
    l.conv = &finder->layers.layers[j];
    l.out = maps[j % 2];
    l.pixels = rst_convolution_size(l.conv, l.width) * rst_convolution_size(l.conv, l.height);
    atomic_store(&l.next, 0);
    rst_pool_run(pool, run_pieces, &l);
    l.width = rst_convolution_size(l.conv, l.width);
    l.height = rst_convolution_size(l.conv, l.height);
    l.in = l.out;
  }
  free(l.scratch);
  free(maps[finder->layers.count % 2]);
  if (rst_cancelled(cancel)) {
    free(l.out);
    return rst_fail_cancelled(error);
  }
  *cells = l.out;
  return RST_OK;
}
