/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fixtures.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

/* ---- repeatable random numbers: SplitMix64 ---- */

uint32_t dice_next(dice *d) {
  uint64_t z = d->state += 0x9e3779b97f4a7c15u;

  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return (uint32_t)((z ^ (z >> 31)) >> 32);
}

double dice_real(dice *d, double low, double high) {
  return low + (high - low) * (dice_next(d) / 4294967296.0);
}

int dice_int(dice *d, int low, int high) {
  return low + (int)(dice_next(d) % (uint32_t)(high - low + 1));
}

/* ---- interpolation ---- */

double keys_weight(double t) {
  const double a = -0.5;

  t = fabs(t);
  if (t < 1)
    return (a + 2) * t * t * t - (a + 3) * t * t + 1;
  return t < 2 ? a * (t * t * t - 5 * t * t + 8 * t - 4) : 0;
}

/* ---- networks ---- */

const net net_small = {
  .input = 9,
  .stages = {2, {3, 4}},
  .before = 1,
  .after = 1,
  .latent = 5,
  .local_before = 1,
  .local_kernel = 3,
  .global_channels = 2,
  .global_kernel = 3,
  .global_dense = {1, {6}},
  .features = {1, {7}},
  .position = "learned",
  .position_bands = 4,
  .axes = "xy",
  .time = "learned",
  .time_bands = 6,
  .blocks = 2,
  .dense = {2, {9, 8}},
  .process = "diffusion",
  .schedule = "cosine",
  .steps = 20,
  .colour = "rgb",
  .condition = true,
  .residual = true,
  .seed = 1,
};

static void append_widths(GString *text, const widths *list) {
  g_string_append_c(text, '[');
  for (int i = 0; i < list->count; i++)
    g_string_append_printf(text, "%s%d", i ? ", " : "", list->values[i]);
  g_string_append_c(text, ']');
}

static char *describe(const net *s) {
  GString *t = g_string_new("{\"format\": 1, \"name\": \"small\", ");
  const bool diffusion = strcmp(s->process, "diffusion") == 0;

  g_string_append_printf(t,
                         "\"input\": {\"size\": %d, \"channels\": %d}, "
                         "\"encoder\": {\"stages\": ",
                         s->input, 1 + s->holes);
  append_widths(t, &s->stages);
  g_string_append_printf(t,
                         ", \"before\": %d, \"after\": %d, \"latent\": %d, "
                         "\"local\": {\"before\": %d, \"kernel\": %d}, "
                         "\"global\": {\"channels\": %d, \"kernel\": %d, \"dense\": ",
                         s->before, s->after, s->latent, s->local_before, s->local_kernel,
                         s->global_channels, s->global_kernel);
  append_widths(t, &s->global_dense);
  g_string_append(t, "}}, \"features\": {\"kind\": \"interpolate\", \"dense\": ");
  append_widths(t, &s->features);
  g_string_append_printf(t,
                         "}, \"position\": {\"kind\": \"%s\", \"bands\": %d, \"axes\": \"%s\"}, "
                         "\"time\": {\"kind\": \"%s\", \"bands\": %d}, "
                         "\"decoder\": {\"blocks\": %d, \"dense\": ",
                         s->position, s->position_bands, s->axes, s->time, s->time_bands,
                         s->blocks);
  append_widths(t, &s->dense);
  g_string_append_printf(t, ", \"residual\": %s}, \"process\": {\"kind\": \"%s\"",
                         s->replace ? "false" : "true", s->process);
  if (diffusion)
    g_string_append_printf(t, ", \"predicts\": \"noise\", \"schedule\": \"%s\", \"steps\": %d",
                           s->schedule, s->steps);
  g_string_append_printf(t, "}, \"colour\": \"%s\"", s->colour);
  if (s->condition || s->residual) {
    g_string_append_printf(t, ", \"luma\": {\"condition\": %s, \"residual\": %s",
                           s->condition ? "true" : "false", s->residual ? "true" : "false");
    if (s->reach > 0)
      g_string_append_printf(t, ", \"reach\": %d", s->reach);
    if (s->pixel)
      g_string_append(t, ", \"pixel\": true");
    if (s->guided)
      g_string_append_printf(t, ", \"guided\": {\"radius\": %d, \"epsilon\": 0.01}", s->guided);
    if (s->factor > 0) {
      g_string_append_printf(t, ", \"enlarger\": {\"factor\": %d, \"channels\": ", s->factor);
      append_widths(t, &s->channels);
      g_string_append_c(t, '}');
    }
    g_string_append_c(t, '}');
  }
  if (s->fill_reach > 0) {
    g_string_append_printf(t, ", \"fill\": {\"reach\": %d, \"dense\": ", s->fill_reach);
    append_widths(t, &s->fill);
    g_string_append_c(t, '}');
  }
  g_string_append_c(t, '}');
  return g_string_free(t, FALSE);
}

/* Random values about `middle`; those of a kernel such that a layer keeps its input's scale. */
static void add(network *n, dice *d, double middle, double spread, int dims, const int *shape,
                const char *format, ...) G_GNUC_PRINTF(7, 8);
static void add(network *n, dice *d, double middle, double spread, int dims, const int *shape,
                const char *format, ...) {
  weights w = {.dims = dims, .count = 1};
  va_list arguments;

  va_start(arguments, format);
  w.name = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  for (int i = 0; i < dims; i++) {
    w.shape[i] = shape[i];
    w.count *= (size_t)shape[i];
  }
  w.values = g_new(float, w.count);
  for (size_t i = 0; i < w.count; i++)
    w.values[i] = (float)dice_real(d, middle - spread, middle + spread);
  g_array_append_val(n->tensors, w);
}

static void add_vector(network *n, dice *d, double middle, double spread, int size,
                       const char *prefix, const char *suffix) {
  add(n, d, middle, spread, 1, &size, "%s.%s", prefix, suffix);
}

static void add_conv(network *n, dice *d, int kernel, int in, int out, const char *prefix) {
  const int shape[4] = {kernel, kernel, in, out};

  add(n, d, 0, sqrt(6.0 / (kernel * kernel * in)), 4, shape, "%s.kernel", prefix);
  add_vector(n, d, 0, 0.2, out, prefix, "bias");
}

static void add_dense(network *n, dice *d, int in, const widths *hidden, int out,
                      const char *prefix) {
  for (int i = 0; i <= hidden->count; i++) {
    const int shape[2] = {in, i < hidden->count ? hidden->values[i] : out};
    char *layer = g_strdup_printf("%s.dense%d", prefix, i);

    add(n, d, 0, sqrt(6.0 / in), 2, shape, "%s.kernel", layer);
    add_vector(n, d, 0, 0.2, shape[1], layer, "bias");
    in = shape[1];
    g_free(layer);
  }
}

static int add_scalar(network *n, dice *d, const char *kind, int bands, const char *prefix) {
  const int weight[2] = {bands, 2};

  if (strcmp(kind, "fixed") == 0)
    return bands;
  add_vector(n, d, 0, 1, bands, prefix, "frequency");
  add(n, d, 0, 0.5, 2, weight, "%s.weight", prefix);
  add_vector(n, d, 0, 0.2, bands, prefix, "bias");
  add_vector(n, d, 0, 1, bands, prefix, "gate");
  return bands + 1;
}

static void add_stage(network *n, dice *d, int stage, int in) {
  const net *s = &n->shape;
  const int out = s->stages.values[stage];
  char *prefix = g_strdup_printf("encoder.stage%d.down", stage);

  add_conv(n, d, 3, in, out, prefix);
  g_free(prefix);
  for (int j = 0; j < s->before + s->after; j++) {
    const bool before = j < s->before;

    prefix = g_strdup_printf("encoder.stage%d.%s%d", stage, before ? "before" : "after",
                             before ? j : j - s->before);
    add_conv(n, d, 3, out, out, prefix);
    g_free(prefix);
  }
  for (int j = 0; j <= s->local_before; j++) {
    prefix = g_strdup_printf("encoder.stage%d.local%d", stage, j);
    add_conv(n, d, s->local_kernel, out, j < s->local_before ? out : s->latent, prefix);
    g_free(prefix);
  }
}

static void add_enlarger(network *n, dice *d) {
  const net *s = &n->shape;
  int in = 1;

  for (int i = 0; s->factor > 0 && i <= s->channels.count; i++) {
    const int out = i < s->channels.count ? s->channels.values[i] : s->factor * s->factor;
    char *prefix = g_strdup_printf("enlarger.conv%d", i);

    add_conv(n, d, i == 0 ? 5 : 3, in, out, prefix);
    in = out;
    g_free(prefix);
  }
}

network *network_new(const net *shape) {
  network *n = g_new0(network, 1);
  dice d = {shape->seed};
  int size = shape->input, channels = 1 + shape->holes, in;

  n->shape = *shape;
  n->description = describe(shape);
  n->tensors = g_array_new(FALSE, FALSE, sizeof(weights));
  add_vector(n, &d, 1, 0.2, channels, "encoder.norm", "gamma");
  add_vector(n, &d, 0, 0.2, channels, "encoder.norm", "beta");
  add_vector(n, &d, 0, 0.2, channels, "encoder.norm", "mean");
  add_vector(n, &d, 0.5, 0.2, channels, "encoder.norm", "variance");
  for (int i = 0; i < shape->stages.count; i++) {
    add_stage(n, &d, i, channels);
    channels = shape->stages.values[i];
    size = (size + 1) / 2;
  }
  add_conv(n, &d, shape->global_kernel, channels, shape->global_channels, "encoder.global.conv");
  add_dense(n, &d, size * size * shape->global_channels, &shape->global_dense, shape->latent,
            "encoder.global");
  add_dense(n, &d, shape->stages.count * shape->latent, &shape->features, shape->latent,
            "features");
  in = 2 * shape->latent + shape->condition * (2 * shape->reach + 1) * (2 * shape->reach + 1) +
       shape->pixel + 6;
  for (const char *axis = shape->axes; *axis != '\0'; axis++) {
    char *prefix = g_strdup_printf("position.%c", *axis);

    in += add_scalar(n, &d, shape->position, shape->position_bands, prefix);
    g_free(prefix);
  }
  in += add_scalar(n, &d, shape->time, shape->time_bands, "time");
  add_enlarger(n, &d);
  for (int k = 0; k < shape->blocks; k++) {
    char *prefix = g_strdup_printf("decoder.block%d", k);

    add_dense(n, &d, in, &shape->dense, 3, prefix);
    g_free(prefix);
  }
  in = 2 * shape->fill_reach + 1;
  if (shape->fill_reach > 0) /* last: with it or without, the others are the same */
    add_dense(n, &d, 2 * in * in, &shape->fill, 1, "fill");
  return n;
}

void network_free(network *n) {
  for (guint i = 0; i < n->tensors->len; i++) {
    g_free(g_array_index(n->tensors, weights, i).name);
    g_free(g_array_index(n->tensors, weights, i).values);
  }
  g_array_free(n->tensors, TRUE);
  g_free(n->description);
  g_free(n->card);
  g_free(n);
}

static weights *find(const network *n, const char *name) {
  for (guint i = 0; i < n->tensors->len; i++)
    if (strcmp(g_array_index(n->tensors, weights, i).name, name) == 0)
      return &g_array_index(n->tensors, weights, i);
  return NULL;
}

weights *network_find(const network *n, const char *format, ...) {
  va_list arguments;
  char *name;
  weights *found;

  va_start(arguments, format);
  name = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  found = find(n, name);
  g_free(name);
  return found;
}

const float *network_get(const network *n, const char *format, ...) {
  va_list arguments;
  char *name;
  weights *found;

  va_start(arguments, format);
  name = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  found = find(n, name);
  if (!found)
    g_error("the network has no tensor %s", name);
  g_free(name);
  return found->values;
}

static void append_text(GString *to, const char *text) {
  g_string_append_c(to, '"');
  for (; *text != '\0'; text++) {
    if (*text == '"' || *text == '\\')
      g_string_append_c(to, '\\');
    g_string_append_c(to, *text);
  }
  g_string_append_c(to, '"');
}

char *network_header(const network *n) {
  GString *t = g_string_new("{\"__metadata__\": {\"restorator\": ");
  size_t offset = 0;

  append_text(t, n->description);
  if (n->card) {
    g_string_append(t, ", \"card\": ");
    append_text(t, n->card);
  }
  g_string_append_c(t, '}');
  for (guint i = 0; i < n->tensors->len; i++) {
    const weights *w = &g_array_index(n->tensors, weights, i);

    g_string_append_printf(t, ", \"%s\": {\"dtype\": \"F32\", \"shape\": [", w->name);
    for (int j = 0; j < w->dims; j++)
      g_string_append_printf(t, "%s%d", j ? ", " : "", w->shape[j]);
    g_string_append_printf(t, "], \"data_offsets\": [%zu, %zu]}", offset, offset + 4 * w->count);
    offset += 4 * w->count;
  }
  g_string_append_c(t, '}');
  return g_string_free(t, FALSE);
}

GByteArray *network_data(const network *n) {
  GByteArray *data = g_byte_array_new();

  for (guint i = 0; i < n->tensors->len; i++) {
    const weights *w = &g_array_index(n->tensors, weights, i);

    g_byte_array_append(data, (const guint8 *)w->values, (guint)(4 * w->count));
  }
  return data;
}

GByteArray *network_join(const char *header, const GByteArray *data) {
  const guint64 length = GUINT64_TO_LE((guint64)strlen(header));
  GByteArray *file = g_byte_array_new();

  g_byte_array_append(file, (const guint8 *)&length, 8);
  g_byte_array_append(file, (const guint8 *)header, (guint)strlen(header));
  g_byte_array_append(file, data->data, data->len);
  return file;
}

GByteArray *network_file(const network *n) {
  GByteArray *data = network_data(n), *file;
  char *header = network_header(n);

  file = network_join(header, data);
  g_byte_array_unref(data);
  g_free(header);
  return file;
}

rst_model *network_model(const net *shape) {
  network *n = network_new(shape);
  GByteArray *file = network_file(n);
  rst_error error = RST_ERROR_INIT;
  rst_model *model;

  if (rst_model_parse(file->data, file->len, &model, &error) != RST_OK)
    g_error("the network does not load: %s", error.message);
  g_byte_array_unref(file);
  network_free(n);
  return model;
}

char *replace(const char *text, const char *from, const char *to) {
  const char *at = strstr(text, from);

  if (!at)
    g_error("%s is not in %s", from, text);
  return g_strdup_printf("%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
}

/* ---- a finder ---- */

static const char finder_description[] =
  "{\\\"format\\\":1,\\\"name\\\":\\\"white\\\",\\\"finder\\\":{\\\"finds\\\":\\\"faces\\\","
  "\\\"threshold\\\":0.5,\\\"layers\\\":[{\\\"kernel\\\":1,\\\"stride\\\":1,\\\"channels\\\":5}]}}";

GByteArray *finder_file(const char *from, const char *to) {
  static const float values[10] = {40, 0, 0, 0, 0, -20, 0, 0, 0, 0};
  GByteArray *data = g_byte_array_new(), *file;
  char *described = from ? replace(finder_description, from, to) : g_strdup(finder_description);
  char *header = g_strdup_printf(
    "{\"__metadata__\":{\"restorator\":\"%s\"},"
    "\"finder.conv0.kernel\":{\"dtype\":\"F32\",\"shape\":[1,1,1,5],\"data_offsets\":[0,20]},"
    "\"finder.conv0.bias\":{\"dtype\":\"F32\",\"shape\":[5],\"data_offsets\":[20,40]}}",
    described);

  g_byte_array_append(data, (const guint8 *)values, sizeof values);
  file = network_join(header, data);
  g_byte_array_unref(data);
  g_free(header);
  g_free(described);
  return file;
}

/* What a file of chains is put together from. */
typedef struct {
  GByteArray *data;
  GString *tensors;
} chain_parts;

/* Adds a chain's tensors; its layers as the description has them, freed by the caller. */
static char *add_chain(chain_parts *parts, const char *prefix, int in, const chain_layer *layers,
                       int count, uint32_t seed, double scale) {
  GString *list = g_string_new(NULL);

  for (int j = 0; j < count; j++) {
    const chain_layer *l = &layers[j];
    const size_t values = (size_t)(l->kernel * l->kernel * in * l->channels);
    const double bound = sqrt(3.0 / (l->kernel * l->kernel * in)) * (j == count - 1 ? scale : 1.4);
    float *kernel = random_floats(seed + (uint32_t)j, values, -bound, bound);
    const double most = j == count - 1 ? fmin(scale, 1) / 10 : 0.1;
    float *bias = random_floats(seed + 100 + (uint32_t)j, (size_t)l->channels, -most, most);
    const guint begin = parts->data->len, middle = begin + (guint)(values * sizeof *kernel);
    const guint end = middle + (guint)((size_t)l->channels * sizeof *bias);

    g_string_append_printf(list, "%s{\\\"kernel\\\":%d,\\\"stride\\\":%d,\\\"channels\\\":%d",
                           j > 0 ? "," : "", l->kernel, l->stride, l->channels);
    if (l->dilation > 0)
      g_string_append_printf(list, ",\\\"dilation\\\":%d", l->dilation);
    g_string_append_c(list, '}');
    g_string_append_printf(parts->tensors,
                           ",\"%s.conv%d.kernel\":{\"dtype\":\"F32\",\"shape\":[%d,%d,%d,%d],"
                           "\"data_offsets\":[%u,%u]},\"%s.conv%d.bias\":{\"dtype\":\"F32\","
                           "\"shape\":[%d],\"data_offsets\":[%u,%u]}",
                           prefix, j, l->kernel, l->kernel, in, l->channels, begin, middle, prefix,
                           j, l->channels, middle, end);
    g_byte_array_append(parts->data, (const guint8 *)kernel, middle - begin);
    g_byte_array_append(parts->data, (const guint8 *)bias, end - middle);
    g_free(kernel);
    g_free(bias);
    in = l->channels;
  }
  return g_string_free(list, FALSE);
}

/* `described`: what the description of the finder has. */
static GByteArray *join_chains(chain_parts *parts, const char *described) {
  char *header = g_strdup_printf(
    "{\"__metadata__\":{\"restorator\":\"{\\\"format\\\":1,\\\"name\\\":"
    "\\\"chain\\\",\\\"finder\\\":{%s}}\"}%s}",
    described, parts->tensors->str);
  GByteArray *file = network_join(header, parts->data);

  g_free(header);
  g_string_free(parts->tensors, TRUE);
  g_byte_array_unref(parts->data);
  return file;
}

GByteArray *chain_file(const char *settings, int in, const chain_layer *layers, int count,
                       uint32_t seed, double scale) {
  chain_parts parts = {g_byte_array_new(), g_string_new(NULL)};
  char *list = add_chain(&parts, "finder", in, layers, count, seed, scale);
  char *described = g_strdup_printf("%s\\\"layers\\\":[%s]", settings, list);
  GByteArray *file = join_chains(&parts, described);

  g_free(list);
  g_free(described);
  return file;
}

GByteArray *areas_file(const char *settings, const char *areas_settings, const chain_layer *layers,
                       int count, uint32_t seed, double scale) {
  chain_parts parts = {g_byte_array_new(), g_string_new(NULL)};
  char *list = add_chain(&parts, "finder", 1, layers, count, seed, scale);
  char *areas = add_chain(&parts, "areas", 1, layers, count, seed + 50, scale);
  char *described = g_strdup_printf("%s\\\"layers\\\":[%s],\\\"areas\\\":{%s\\\"layers\\\":[%s]}",
                                    settings, list, areas_settings, areas);
  GByteArray *file = join_chains(&parts, described);

  g_free(list);
  g_free(areas);
  g_free(described);
  return file;
}

/* ---- values ---- */

float *random_floats(uint32_t seed, size_t count, double low, double high) {
  dice d = {seed};
  float *values = g_new(float, count + 1);

  for (size_t i = 0; i < count; i++)
    values[i] = (float)dice_real(&d, low, high);
  return values;
}

rst_session *new_session(int threads) {
  rst_session *session;

  assert_ok(rst_session_new(threads, &session, NULL));
  return session;
}

rst_encoding *new_encoding(rst_session *session, rst_model *model, const rst_window *window,
                           uint32_t seed) {
  rst_model_info info = {.size = sizeof info};
  rst_encoding *encoding;
  float *values;

  rst_model_get_info(model, &info);
  values = random_floats(seed, (size_t)(info.input_size * info.input_size), -1, 1);
  assert_ok(rst_encode_values(session, model, values, window, NULL, &encoding, NULL));
  g_free(values);
  return encoding;
}

rst_parameters new_parameters(const char *setting, ...) {
  rst_parameters parameters;
  rst_error error = RST_ERROR_INIT;
  va_list arguments;

  rst_parameters_init(&parameters);
  va_start(arguments, setting);
  for (; setting; setting = va_arg(arguments, const char *)) {
    char **pair = g_strsplit(setting, "=", 2);

    if (rst_parameters_set(&parameters, pair[0], pair[1], &error) != RST_OK)
      g_error("%s", error.message);
    g_strfreev(pair);
  }
  va_end(arguments);
  return parameters;
}

/* ---- a network that has seen a window ---- */

bench bench_new(const rst_window *window, const net *shape, int threads) {
  bench b;

  b.session = new_session(threads);
  b.model = network_model(shape);
  b.encoding = new_encoding(b.session, b.model, window, 5);
  b.parameters = new_parameters("step-skip=6", NULL);
  return b;
}

void bench_clear(bench *b) {
  rst_encoding_unref(b->encoding);
  rst_model_unref(b->model);
  rst_session_free(b->session);
}

float *bench_sample(const bench *b, const rst_grid *grid, const float *coverage) {
  const size_t count = 3 * (size_t)grid->columns * (size_t)grid->rows;
  float *colours = g_new(float, count);
  rst_error error = RST_ERROR_INIT;

  for (size_t i = 0; i < count; i++)
    colours[i] = NAN;
  if (rst_sample(b->session, b->encoding, &b->parameters, grid, coverage, colours, NULL, &error) !=
      RST_OK)
    g_error("%s", error.message);
  return colours;
}

/* ---- pictures in memory ---- */

static bool begin_call(canvas *c, int x, int y, int w, int h) {
  g_assert_true(c->thread == g_thread_self());
  g_assert_true(x >= 0 && y >= 0 && w >= 1 && h >= 1 && x + w <= c->width && y + h <= c->height);
  return ++c->calls != c->fail_at;
}

static bool read_pixels(void *user, int x, int y, int w, int h, float *rgba) {
  canvas *c = user;

  for (int r = 0; r < h; r++)
    memcpy(rgba + 4 * (size_t)r * (size_t)w,
           c->rgba + 4 * ((size_t)(y + r) * (size_t)c->width + (size_t)x),
           4 * (size_t)w * sizeof *rgba);
  return begin_call(c, x, y, w, h);
}

static bool read_coverage(void *user, int x, int y, int w, int h, float *coverage) {
  canvas *c = user;

  for (int r = 0; r < h; r++)
    memcpy(coverage + (size_t)r * (size_t)w, c->coverage + (size_t)(y + r) * (size_t)c->width + x,
           (size_t)w * sizeof *coverage);
  return begin_call(c, x, y, w, h);
}

static bool write_pixels(void *user, int x, int y, int w, int h, const float *rgb,
                         const float *coverage) {
  canvas *c = user;

  for (int r = 0; r < h; r++)
    for (int i = 0; i < w; i++) {
      const size_t from = (size_t)r * (size_t)w + (size_t)i;
      const size_t to = (size_t)(y + r) * (size_t)c->width + (size_t)(x + i);

      if (!(coverage[from] > 0))
        continue;
      memcpy(c->result + 3 * to, rgb + 3 * from, 3 * sizeof *rgb);
      c->written[to]++;
    }
  return begin_call(c, x, y, w, h);
}

void canvas_wipe(canvas *c) {
  const size_t pixels = (size_t)c->width * (size_t)c->height;

  for (size_t i = 0; i < 3 * pixels; i++)
    c->result[i] = NAN;
  memset(c->written, 0, pixels * sizeof *c->written);
  c->calls = 0;
}

canvas *canvas_new(int width, int height, uint32_t seed) {
  const size_t pixels = (size_t)width * (size_t)height;
  canvas *c = g_new0(canvas, 1);

  c->picture = (rst_picture){.size = sizeof c->picture,
                             .width = width,
                             .height = height,
                             .user = c,
                             .read = read_pixels,
                             .write = write_pixels};
  c->width = width;
  c->height = height;
  c->thread = g_thread_self();
  c->rgba = random_floats(seed, 4 * pixels, 0, 1);
  for (size_t i = 0; i < pixels; i++)
    c->rgba[4 * i + 3] = 1;
  c->result = g_new(float, 3 * pixels);
  c->written = g_new0(int, pixels);
  canvas_wipe(c);
  return c;
}

void canvas_free(canvas *c) {
  g_free(c->rgba);
  g_free(c->coverage);
  g_free(c->result);
  g_free(c->written);
  g_free(c);
}

void canvas_deselect(canvas *c) {
  g_free(c->coverage);
  c->coverage = g_new0(float, (size_t)c->width *(size_t)c->height);
  c->picture.read_coverage = read_coverage;
}

void canvas_select(canvas *c, int x, int y, int width, int height, float coverage) {
  for (int r = y; r < y + height; r++)
    for (int i = x; i < x + width; i++)
      c->coverage[(size_t)r * (size_t)c->width + (size_t)i] = coverage;
}

/* ---- comparisons ---- */

void assert_error(const rst_error *error, rst_status code, const char *subject) {
  g_assert_cmpint(error->code, ==, code);
  g_assert_cmpstr(error->message, !=, "");
  g_assert_true(g_utf8_validate(error->message, -1, NULL));
  g_assert_true(g_utf8_validate(error->subject, -1, NULL));
  g_assert_true(g_utf8_validate(error->value, -1, NULL));
  g_assert_true(g_utf8_validate(error->choices, -1, NULL));
  if (subject)
    g_assert_cmpstr(error->subject, ==, subject);
}

void assert_close_at(const float *values, const double *expected, size_t count, double allowed,
                     const char *file, int line) {
  for (size_t i = 0; i < count; i++)
    if (!(fabs(values[i] - expected[i]) <= allowed))
      g_error("%s:%d: value %zu of %zu is %.9g, not %.9g (allowed %g)", file, line, i, count,
              (double)values[i], expected[i], allowed);
}
