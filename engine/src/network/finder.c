/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "network/finder.h"

#include <stdio.h>
#include <stdlib.h>

#include <yyjson.h>

#include "base/memory.h"
#include "base/session.h"
#include "base/status.h"
#include "network/convolution.h"
#include "network/description.h"

/* ---- the file ---- */

/* Of faces a cell has RST_FINDER_VALUES; of damage each of its samples has one. */
static void check_values(rst_description *r, rst_thing finds, const rst_chain *chain) {
  const int values = finds == RST_FINDS_FACES ? RST_FINDER_VALUES : chain->cell * chain->cell;
  char found[48], wanted[32];

  if (r->status != RST_OK || rst_chain_out(chain) == values)
    return;
  snprintf(found, sizeof found, "not %d in the last layer", values);
  snprintf(wanted, sizeof wanted, "%d there", values);
  rst_fail_key(r, "channels", found, wanted);
}

static void describe_areas(rst_description *r, yyjson_val *finder, rst_areas *areas) {
  static const char *const keys[] = {"side", "threshold", "layers", NULL};
  yyjson_val *object = yyjson_obj_get(finder, "areas");

  if (!object || r->status != RST_OK)
    return;
  object = rst_get_object(r, object, "areas", keys);
  areas->side = rst_get_int(r, object, "side", RST_AREAS_LEAST, RST_AREAS_MOST);
  areas->threshold = rst_get_share(r, object, "threshold");
  rst_chain_describe(r, yyjson_obj_get(object, "layers"), &areas->chain);
  check_values(r, RST_FINDS_DAMAGE, &areas->chain);
}

/* `name` points into the JSON. */
static rst_status describe(yyjson_val *root, rst_network *network, const char **name,
                           rst_error *error) {
  rst_finder *finder = (rst_finder *)network;
  static const char *const keys[] = {"format", "name", "parameters", "finder", NULL};
  static const char *const finder_keys[] = {"finds", "threshold", "layers", "areas", NULL};
  static const char *const things[] = {"faces", "damage", NULL};
  rst_description r = {error, RST_OK};
  yyjson_val *object;

  root = rst_get_object(&r, root, "the whole", keys);
  object = rst_get_object(&r, yyjson_obj_get(root, "finder"), "finder", finder_keys);
  if (r.status != RST_OK)
    return r.status;
  rst_get_int(&r, root, "format", 1, 1);
  *name = rst_get_text(&r, root, "name");
  finder->finds = (rst_thing)rst_get_choice(&r, object, "finds", things);
  finder->threshold = rst_get_share(&r, object, "threshold");
  rst_chain_describe(&r, yyjson_obj_get(object, "layers"), &finder->chain);
  check_values(&r, finder->finds, &finder->chain);
  if (finder->finds == RST_FINDS_DAMAGE)
    describe_areas(&r, object, &finder->areas);
  return r.status;
}

static void load_layers(rst_loader *l, void *network) {
  rst_finder *finder = network;

  for (int j = 0; j < finder->chain.layers.count; j++)
    rst_load_conv(l, &finder->chain.layers.layers[j], "finder.conv%d", j);
  for (int j = 0; j < finder->areas.chain.layers.count; j++)
    rst_load_conv(l, &finder->areas.chain.layers.layers[j], "areas.conv%d", j);
}

static const rst_network_kind finders = {
  sizeof(rst_finder), (size_t)16 << 20, describe, load_layers, NULL,
};

rst_status rst_finder_parse(const void *bytes, size_t size, rst_finder **finder, rst_error *error) {
  rst_network *made;
  rst_status status;

  if ((!bytes && size > 0) || !finder)
    return rst_fail_call(error, "rst_finder_parse");
  status = rst_network_parse(&finders, bytes, size, &made, error);
  if (status == RST_OK)
    *finder = (rst_finder *)made;
  return status;
}

rst_status rst_finder_read(const char *path, rst_finder **finder, rst_error *error) {
  rst_network *made;
  rst_status status;

  if (!path || !finder)
    return rst_fail_call(error, "rst_finder_read");
  status = rst_network_read(&finders, path, &made, error);
  if (status == RST_OK)
    *finder = (rst_finder *)made;
  return status;
}

rst_finder *rst_finder_ref(rst_finder *finder) {
  rst_network_ref(&finder->network);
  return finder;
}

void rst_finder_unref(rst_finder *finder) {
  rst_network_unref((rst_network *)finder);
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

  rst_chain_measure(&finder->chain, width, height, &l.sizes);
  maps[0] = rst_floats(l.sizes.map);
  maps[1] = rst_floats(l.sizes.map);
  l.scratch = rst_floats((size_t)rst_pool_threads(pool) * (l.sizes.patches + l.sizes.products));
  if (!maps[0] || !maps[1] || !l.scratch) {
    free(maps[0]);
    free(maps[1]);
    free(l.scratch);
    return rst_fail_memory(error);
  }
  for (int j = 0; j < finder->chain.layers.count; j++) {
    l.conv = &finder->chain.layers.layers[j];
    l.out = maps[j % 2];
    l.pixels = rst_convolution_size(l.conv, l.width) * rst_convolution_size(l.conv, l.height);
    atomic_store(&l.next, 0);
    rst_pool_run(pool, run_pieces, &l);
    l.width = rst_convolution_size(l.conv, l.width);
    l.height = rst_convolution_size(l.conv, l.height);
    l.in = l.out;
  }
  free(l.scratch);
  free(maps[finder->chain.layers.count % 2]);
  if (rst_cancelled(cancel)) {
    free(l.out);
    return rst_fail_cancelled(error);
  }
  *cells = l.out;
  return RST_OK;
}
