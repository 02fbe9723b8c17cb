/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "expectation.h"

/* -------------------------------------------------------------------------------------------
 * The engine on plain memory
 */

typedef struct Memory {
  int width;
  const float *rgba, *coverage;
  float *rgb, *covered;
} Memory;

static bool memory_read(void *user, int x, int y, int w, int h, float *rgba) {
  const Memory *memory = user;

  for (int row = 0; row < h; row++)
    memcpy(rgba + 4 * (gsize)row * w, memory->rgba + 4 * ((gsize)(y + row) * memory->width + x),
           4 * sizeof(float) * (gsize)w);
  return true;
}

static bool memory_read_coverage(void *user, int x, int y, int w, int h, float *coverage) {
  const Memory *memory = user;

  for (int row = 0; row < h; row++)
    memcpy(coverage + (gsize)row * w, memory->coverage + (gsize)(y + row) * memory->width + x,
           sizeof(float) * (gsize)w);
  return true;
}

static bool memory_write(void *user, int x, int y, int w, int h, const float *rgb,
                         const float *coverage) {
  const Memory *memory = user;

  for (int row = 0; row < h; row++)
    for (int column = 0; column < w; column++) {
      const gsize from = (gsize)row * w + column;
      const gsize to = (gsize)(y + row) * memory->width + x + column;

      if (coverage[from] > 0) {
        memory->covered[to] = coverage[from];
        memcpy(memory->rgb + 3 * to, rgb + 3 * from, 3 * sizeof(float));
      }
    }
  return true;
}

static void run_engine(const Picture *layer, const rst_parameters *parameters, Memory *memory) {
  rst_error error = RST_ERROR_INIT;
  rst_picture picture = {
    .size = sizeof picture,
    .width = layer->width,
    .height = layer->height,
    .user = memory,
    .read = memory_read,
    .read_coverage = memory->coverage ? memory_read_coverage : NULL,
    .write = memory_write,
  };
  g_autofree rst_plan *plan = g_new0(rst_plan, 1);
  rst_model *model = NULL;
  rst_session *session = NULL;
  char path[4096];

  plan->size = sizeof *plan;
  if (rst_find(RST_KIND_MODEL, parameters->model, path, sizeof path, &error) != RST_OK ||
      rst_model_read(path, &model, &error) != RST_OK ||
      rst_session_new(1, &session, &error) != RST_OK ||
      rst_plan_region(parameters, &picture, NULL, plan, &error) != RST_OK ||
      rst_restore(session, model, parameters, &picture, plan, NULL, &error) != RST_OK)
    g_error("%s", error.message);
  rst_session_free(session);
  rst_model_unref(model);
}

/* -------------------------------------------------------------------------------------------
 * Making
 */

/* The layer's format with doubles for components: its model is the part before the type. */
static const Babl *in_double(GimpDrawable *layer, const Babl *native) {
  const gboolean grey = gimp_drawable_is_gray(layer);
  const gboolean alpha = gimp_drawable_has_alpha(layer);
  const char *model;

  switch (gimp_image_get_precision(gimp_item_get_image(GIMP_ITEM(layer))) % 100) {
    case 0:
      model = grey ? (alpha ? "YA double" : "Y double") : (alpha ? "RGBA double" : "RGB double");
      break;
    case 50:
      model =
        grey ? (alpha ? "Y'A double" : "Y' double") : (alpha ? "R'G'B'A double" : "R'G'B' double");
      break;
    default:
      model =
        grey ? (alpha ? "Y~A double" : "Y~ double") : (alpha ? "R~G~B~A double" : "R~G~B~ double");
      break;
  }
  return babl_format_with_space(model, babl_format_get_space(native));
}

static float *read_selection(const Picture *picture) {
  g_autoptr(GeglBuffer) selection =
    gimp_drawable_get_buffer(GIMP_DRAWABLE(gimp_image_get_selection(picture->image)));
  float *coverage = g_new(float, (gsize)picture->width * picture->height);
  int x, y;

  gimp_drawable_get_offsets(picture->layer, &x, &y);
  gegl_buffer_get(selection, GEGL_RECTANGLE(x, y, picture->width, picture->height), 1.0,
                  babl_format("Y float"), coverage, GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
  return coverage;
}

/* Strength mixes gamma-coded values, coverage linear ones, both of the picture's own space. */
static void blend(Expectation *expectation, gboolean grey, double strength, const float *rgb) {
  const Babl *space = babl_format_get_space(expectation->native);
  const Babl *coded = babl_format_with_space(grey ? "Y~ double" : "R~G~B~ double", space);
  const Babl *linear = babl_format_with_space(grey ? "Y double" : "RGB double", space);
  const gsize values = expectation->count * (grey ? 1 : 3);
  g_autofree double *original = g_new(double, values);
  g_autofree double *restored = g_new(double, values);
  g_autofree double *from = g_new(double, values);
  g_autofree double *to = g_new(double, values);
  const void *before = g_bytes_get_data(expectation->before, NULL);

  babl_process(babl_fish(expectation->native, coded), before, original, expectation->count);
  babl_process(babl_fish(babl_format("R'G'B' float"), coded), rgb, restored, expectation->count);
  for (gsize i = 0; i < values; i++)
    restored[i] = original[i] + strength * (restored[i] - original[i]);

  babl_process(babl_fish(coded, linear), original, from, expectation->count);
  babl_process(babl_fish(coded, linear), restored, to, expectation->count);
  for (gsize i = 0; i < values; i++)
    from[i] += expectation->coverage[i / (grey ? 1 : 3)] * (to[i] - from[i]);
  babl_process(babl_fish(linear, expectation->values), from, expectation->colours,
               expectation->count);
}

void expectation_make(const Picture *picture, Arguments arguments, Expectation *expectation) {
  const gsize count = (gsize)picture->width * picture->height;
  g_autoptr(GeglBuffer) buffer = gimp_drawable_get_buffer(picture->layer);
  g_autofree float *rgba = g_new(float, 4 * count);
  g_autofree float *rgb = g_new0(float, 3 * count);
  g_autofree float *coverage = NULL;
  rst_parameters parameters;

  expectation->native = gimp_drawable_get_format(picture->layer);
  expectation->values = in_double(picture->layer, expectation->native);
  expectation->components = babl_format_get_n_components(expectation->native);
  expectation->alpha = babl_format_has_alpha(expectation->native);
  expectation->count = count;
  expectation->before = layer_bytes(picture->layer);
  expectation->colours = g_new(double, count * expectation->components);
  expectation->coverage = g_new0(float, count);

  arguments_to_parameters(arguments, &parameters);
  gegl_buffer_get(buffer, NULL, 1.0, babl_format("R'G'B'A float"), rgba, GEGL_AUTO_ROWSTRIDE,
                  GEGL_ABYSS_NONE);
  if (!gimp_selection_is_empty(picture->image))
    coverage = read_selection(picture);
  run_engine(picture, &parameters,
             &(Memory){picture->width, rgba, coverage, rgb, expectation->coverage});
  blend(expectation, gimp_drawable_is_gray(picture->layer), parameters.strength, rgb);
}

void expectation_free(Expectation *expectation) {
  g_bytes_unref(expectation->before);
  g_free(expectation->colours);
  g_free(expectation->coverage);
}

/* -------------------------------------------------------------------------------------------
 * Checking
 */

void expectation_check(const Expectation *expectation, const Picture *picture, double tolerance) {
  g_autoptr(GBytes) after = layer_bytes(picture->layer);
  const guint8 *old = g_bytes_get_data(expectation->before, NULL);
  const guint8 *new = g_bytes_get_data(after, NULL);
  const int bytes = babl_format_get_bytes_per_pixel(expectation->native);
  const int depth = bytes / expectation->components;
  const int colours = expectation->components - expectation->alpha;
  g_autofree double *was = g_new(double, expectation->count * expectation->components);
  g_autofree double *is = g_new(double, expectation->count * expectation->components);
  gsize covered = 0, uncovered_changed = 0, alpha_changed = 0;
  double largest = 0, change = 0;

  babl_process(babl_fish(expectation->native, expectation->values), old, was, expectation->count);
  babl_process(babl_fish(expectation->native, expectation->values), new, is, expectation->count);
  for (gsize i = 0; i < expectation->count; i++) {
    const gsize at = i * bytes;

    if (expectation->alpha && memcmp(old + at + bytes - depth, new + at + bytes - depth, depth))
      alpha_changed++;
    if (expectation->coverage[i] == 0) {
      uncovered_changed += memcmp(old + at, new + at, bytes) != 0;
      continue;
    }
    covered++;
    for (int c = 0; c < colours; c++) {
      const gsize k = i * expectation->components + c;

      largest = MAX(largest, fabs(is[k] - expectation->colours[k]));
      change = MAX(change, fabs(is[k] - was[k]));
    }
  }
  g_test_message("%zu of %zu pixels covered, largest difference %.3g of %.3g allowed, change %.3g",
                 (size_t)covered, (size_t)expectation->count, largest, tolerance, change);
  g_assert_cmpuint(covered, >, 0);
  g_assert_cmpuint(uncovered_changed, ==, 0);
  g_assert_cmpuint(alpha_changed, ==, 0);
  g_assert_cmpfloat(largest, <=, tolerance);
  g_assert_cmpfloat(change, >, 0.05);
}
