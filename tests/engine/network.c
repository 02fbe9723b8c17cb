/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The network against the same mathematics written out plainly: every sum in double, one point at
 * a time, nothing factored, nothing shared with the engine. Networks of many shapes.
 */
#include "fixtures.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "network/encoder.h"
#include "network/position_encoding.h"

#define TAU 6.283185307179586476925286766559L

/* ---- encodings of a scalar ---- */

static int by_size(const void *a, const void *b) {
  const long double s = *(const long double *)a, t = *(const long double *)b;

  return s < t ? -1 : s > t;
}

/* The ladder as it is defined: all of {1/f_i} ∪ {f_i}, sorted, what is there twice once. */
static void plain_learned(const network *n, const char *prefix, int bands, long double x,
                          double *out) {
  const float *shift = network_get(n, "%s.frequency", prefix);
  const float *weight = network_get(n, "%s.weight", prefix);
  const float *bias = network_get(n, "%s.bias", prefix), *gate = network_get(n, "%s.gate", prefix);
  const int half = bands / 2;
  long double *values = g_new(long double, 2 * half + 2);
  int count = 0, distinct = 1;

  for (int i = 0; i <= half; i++) {
    const long double f = powl(10000, (long double)i / (half + 1));

    values[count++] = 1 / f;
    values[count++] = f;
  }
  qsort(values, (size_t)count, sizeof *values, by_size);
  for (int i = 1; i < count; i++)
    if (values[i] != values[distinct - 1])
      values[distinct++] = values[i];
  g_assert_cmpint(distinct, ==, bands + 1);
  out[0] = (double)x;
  for (int j = 0; j < bands; j++) {
    const long double middle = (values[j] + values[j + 1]) / 2;
    const long double range = (values[j + 1] - values[j]) / 2;
    const long double f = middle + tanhl(shift[j]) * range;

    out[j + 1] = (double)((weight[2 * j] * sinl(TAU * f * x) +
                           weight[2 * j + 1] * cosl(TAU * f * x) + bias[j]) *
                          tanhl(gate[j]));
  }
  g_free(values);
}

static void plain_fixed(int bands, long double x, double *out) {
  for (int i = 0; i < bands / 2; i++) {
    const long double f = powl(10000, -2.0L * i / bands);

    out[i] = (double)sinl(x * f);
    out[bands / 2 + i] = (double)cosl(x * f);
  }
}

/* Appends; returns how many. */
static int plain_encode(const network *n, const char *kind, int bands, const char *prefix,
                        long double x, double *out) {
  if (strcmp(kind, "learned") == 0) {
    plain_learned(n, prefix, bands, x, out);
    return bands + 1;
  }
  plain_fixed(bands, x, out);
  return bands;
}

static void encode_scalars(void) {
  static const int bands[] = {2, 4, 32, 34, 256};

  for (size_t i = 0; i < G_N_ELEMENTS(bands); i++)
    for (int learned = 0; learned < 2; learned++) {
      net shape = net_small;
      network *n;
      rst_model *model;
      dice d = {i};

      shape.time_bands = bands[i];
      shape.time = learned ? "learned" : "fixed";
      n = network_new(&shape);
      model = network_model(&shape);
      g_assert_cmpint(model->time.width, ==, bands[i] + learned);
      for (int round = 0; round < 200; round++) {
        /* the axes' ends and middle first; phases reach 6·10⁴ */
        const double x = round < 3 ? round / 2.0 : dice_real(&d, 0, 1);
        double expected[RST_BANDS_MAX + 1], frequencies[RST_BANDS_MAX];
        float encoded[RST_BANDS_MAX + 1];

        plain_encode(n, shape.time, bands[i], "time", x, expected);
        rst_encoding_frequencies(&model->time, frequencies);
        rst_encode_scalar(&model->time, frequencies, x, encoded);
        assert_close(encoded, expected, (size_t)model->time.width, 2e-7);
      }
      rst_model_unref(model);
      network_free(n);
    }
}

/* ---- the encoder ---- */

typedef struct {
  int size, channels;
  double *values; /* (size, size, channels) */
} map;

static double at(const map *m, int row, int column, int channel) {
  if (row < 0 || column < 0 || row >= m->size || column >= m->size)
    return 0;
  return m->values[(row * m->size + column) * m->channels + channel];
}

/* SAME as the page states it: ⌈n/s⌉ outputs, p zeros in all, ⌊p/2⌋ of them before. */
static map plain_linear_conv(const network *n, const map *in, int stride, const char *prefix) {
  const weights *kernel = network_find(n, "%s.kernel", prefix);
  const float *bias = network_get(n, "%s.bias", prefix);
  const int k = kernel->shape[0], outputs = (in->size + stride - 1) / stride;
  const int zeros = MAX((outputs - 1) * stride + k - in->size, 0), before = zeros / 2;
  map out = {outputs, kernel->shape[3], NULL};

  out.values = g_new(double, outputs *outputs *out.channels);
  for (int row = 0; row < outputs; row++)
    for (int column = 0; column < outputs; column++)
      for (int o = 0; o < out.channels; o++) {
        double sum = bias[o];

        for (int y = 0; y < k; y++)
          for (int x = 0; x < k; x++)
            for (int i = 0; i < in->channels; i++)
              sum += at(in, row * stride + y - before, column * stride + x - before, i) *
                     kernel->values[((y * k + x) * in->channels + i) * out.channels + o];
        out.values[(row * outputs + column) * out.channels + o] = sum;
      }
  return out;
}

static map plain_conv(const network *n, const map *in, int stride, const char *prefix) {
  map out = plain_linear_conv(n, in, stride, prefix);

  for (int i = 0; i < out.size * out.size * out.channels; i++)
    out.values[i] = MAX(out.values[i], 0);
  return out;
}

static void plain_chain(const network *n, map *m, int count, int stage, const char *what) {
  for (int j = 0; j < count; j++) {
    char *prefix = g_strdup_printf("encoder.stage%d.%s%d", stage, what, j);
    map next = plain_conv(n, m, 1, prefix);

    g_free(m->values);
    *m = next;
    g_free(prefix);
  }
}

static void plain_dense(const network *n, const char *name, const double *in, bool relu,
                        double *out) {
  const weights *kernel = network_find(n, "%s.kernel", name);
  const float *bias = network_get(n, "%s.bias", name);

  for (int o = 0; o < kernel->shape[1]; o++) {
    double sum = bias[o];

    for (int i = 0; i < kernel->shape[0]; i++)
      sum += in[i] * kernel->values[i * kernel->shape[1] + o];
    out[o] = relu ? MAX(sum, 0) : sum;
  }
}

/* Layers prefix.dense0 … in place; all but, if `linear`, the last with ReLU. */
static void plain_stack(const network *n, const char *prefix, int count, bool linear,
                        double *values) {
  for (int j = 0; j < count; j++) {
    char *name = g_strdup_printf("%s.dense%d", prefix, j);
    double out[1024];

    plain_dense(n, name, values, !(linear && j == count - 1), out);
    memcpy(values, out, sizeof out);
    g_free(name);
  }
}

typedef struct {
  const network *n;
  const float *input;
  map seen, hidden; /* one channel */
  map maps[LIST_MAX];
  map luma;         /* ℓ, one channel */
  double pixel;     /* the luma of the pixel at the point at hand; NaN: not known */
  double global[1024];
} plain;

static double plain_interpolate(const map *m, double x, double y) {
  double sum = 0;

  for (int r = -15; r < m->size + 15; r++)
    for (int c = -15; c < m->size + 15; c++)
      sum += keys_weight(x * m->size - 0.5 - c) * keys_weight(y * m->size - 0.5 - r) *
             m->values[CLAMP(r, 0, m->size - 1) * m->size + CLAMP(c, 0, m->size - 1)];
  return sum;
}

static map new_map(int size, int channels) {
  return (map){size, channels, g_new0(double, size *size *channels)};
}

/* Pull-push: what is filled of a picture whose pixels weigh `weight`. */
static map plain_fill(const map *m, const map *weight) {
  const int side = (m->size + 1) / 2;
  map filled = new_map(m->size, 1), small = new_map(side, 1), small_weight = new_map(side, 1);

  if (m->size == 1)
    small.values[0] = m->values[0];
  for (int row = 0; row < m->size; row++)
    for (int column = 0; column < m->size; column++) {
      const int i = row / 2 * side + column / 2;

      small_weight.values[i] += at(weight, row, column, 0);
      small.values[i] += at(weight, row, column, 0) * at(m, row, column, 0);
    }
  for (int i = 0; i < side * side && m->size > 1; i++) {
    small.values[i] /= MAX(small_weight.values[i], 1e-9);
    small_weight.values[i] = MIN(small_weight.values[i], 1);
  }
  if (m->size > 1) {
    map whole = plain_fill(&small, &small_weight);

    g_free(small.values);
    small = whole;
  }
  for (int row = 0; row < m->size; row++)
    for (int column = 0; column < m->size; column++) {
      double enlarged = 0;

      for (int r = -1; r <= side; r++)
        for (int c = -1; c <= side; c++)
          enlarged += MAX(1 - fabs((row + 0.5) / 2 - 0.5 - r), 0) *
                      MAX(1 - fabs((column + 0.5) / 2 - 0.5 - c), 0) *
                      at(&small, CLAMP(r, 0, side - 1), CLAMP(c, 0, side - 1), 0);
      filled.values[row * m->size + column] = at(weight, row, column, 0) * at(m, row, column, 0) +
                                              (1 - at(weight, row, column, 0)) * enlarged;
    }
  g_free(small.values);
  g_free(small_weight.values);
  return filled;
}

/* The input as the network takes it: its luma, and where it was hidden. */
static void plain_see(plain *p) {
  const int size = p->n->shape.input;
  map shown = new_map(size, 1);

  p->seen = new_map(size, 1);
  p->hidden = new_map(size, 1);
  for (int i = 0; i < size * size; i++) {
    p->seen.values[i] = p->input[i];
    p->hidden.values[i] = p->input[i] == 0;
    shown.values[i] = 1 - p->hidden.values[i];
  }
  if (p->n->shape.holes) {
    map filled = plain_fill(&p->seen, &shown);

    g_free(p->seen.values);
    p->seen = filled;
  }
  g_free(shown.values);
}

/* ℓ as the description says it: what is seen, or the enlarger's picture of it. */
static void plain_enlarge(plain *p) {
  const net *s = &p->n->shape;
  const int factor = s->factor;
  map input = {s->input, 1, g_new(double, s->input * s->input)}, detail = input;

  for (int i = 0; i < s->input * s->input; i++)
    input.values[i] = p->seen.values[i];
  p->luma = input;
  if (factor == 0)
    return;
  for (int i = 0; i <= s->channels.count; i++) {
    char *prefix = g_strdup_printf("enlarger.conv%d", i);
    map next = i < s->channels.count ? plain_conv(p->n, &detail, 1, prefix)
                                     : plain_linear_conv(p->n, &detail, 1, prefix);

    if (i > 0)
      g_free(detail.values);
    detail = next;
    g_free(prefix);
  }
  p->luma = (map){factor * s->input, 1, NULL};
  p->luma.values = g_new(double, p->luma.size * p->luma.size);
  for (int row = 0; row < s->input; row++)
    for (int column = 0; column < s->input; column++)
      for (int j = 0; j < factor; j++)
        for (int i = 0; i < factor; i++)
          p->luma.values[(row * factor + j) * p->luma.size + column * factor + i] =
            plain_interpolate(&input, (column + (i + 0.5) / factor) / s->input,
                              (row + (j + 0.5) / factor) / s->input) +
            at(&detail, row, column, j * factor + i);
  g_free(detail.values);
  g_free(input.values);
}

static void plain_run_encoder(plain *p) {
  const net *s = &p->n->shape;
  const float *gamma = network_get(p->n, "encoder.norm.gamma");
  const float *beta = network_get(p->n, "encoder.norm.beta");
  const float *mean = network_get(p->n, "encoder.norm.mean");
  const float *variance = network_get(p->n, "encoder.norm.variance");
  map m = new_map(s->input, 1 + s->holes);

  for (int i = 0; i < s->input * s->input; i++)
    for (int c = 0; c < m.channels; c++)
      m.values[i * m.channels + c] =
        ((c == 0 ? p->seen : p->hidden).values[i] - mean[c]) / sqrt(variance[c] + 1e-3) * gamma[c] +
        beta[c];
  for (int i = 0; i < s->stages.count; i++) {
    char *prefix = g_strdup_printf("encoder.stage%d.down", i);
    map next = plain_conv(p->n, &m, 2, prefix);

    g_free(m.values);
    m = next;
    plain_chain(p->n, &m, s->before, i, "before");
    p->maps[i] = m;
    p->maps[i].values = g_memdup2(m.values, (gsize)(m.size * m.size * m.channels) * sizeof(double));
    plain_chain(p->n, &p->maps[i], s->local_before + 1, i, "local");
    plain_chain(p->n, &m, s->after, i, "after");
    g_free(prefix);
  }
  {
    map last = plain_conv(p->n, &m, 1, "encoder.global.conv");

    memcpy(p->global, last.values,
           (size_t)(last.size * last.size * last.channels) * sizeof(double));
    plain_stack(p->n, "encoder.global", s->global_dense.count + 1, false, p->global);
    g_free(last.values);
  }
  g_free(m.values);
}

static void plain_clear(plain *p) {
  g_free(p->seen.values);
  g_free(p->hidden.values);
  g_free(p->luma.values);
  for (int i = 0; i < p->n->shape.stages.count; i++)
    g_free(p->maps[i].values);
}

/* ---- one point ---- */

static double hat(double t) {
  return MAX(1 - fabs(t), 0);
}

static int plain_condition(const plain *p, double x, double y, double *out) {
  const net *s = &p->n->shape;
  double local[1024] = {0};
  int width = 0;

  for (int i = 0; i < s->stages.count; i++) {
    const map *m = &p->maps[i];

    for (int c = 0; c < s->latent; c++, width++)
      for (int row = 0; row < m->size; row++)
        for (int column = 0; column < m->size; column++)
          local[width] +=
            hat(x * m->size - 0.5 - column) * hat(y * m->size - 0.5 - row) * at(m, row, column, c);
  }
  plain_stack(p->n, "features", s->features.count + 1, false, local);
  memcpy(out, p->global, (size_t)s->latent * sizeof *out);
  memcpy(out + s->latent, local, (size_t)s->latent * sizeof *out);
  width = 2 * s->latent;
  for (int j = -s->reach; s->condition && j <= s->reach; j++)
    for (int i = -s->reach; i <= s->reach; i++)
      out[width++] =
        plain_interpolate(&p->luma, x + (double)i / s->input, y + (double)j / s->input);
  if (s->pixel)
    out[width++] = isnan(p->pixel) ? 0 : p->pixel - plain_interpolate(&p->luma, x, y);
  return width;
}

static void plain_predict(const plain *p, double x, double y, double time, const double value[3],
                          double result[3]) {
  const net *s = &p->n->shape;
  double in[1024], block[1024];
  int width = plain_condition(p, x, y, in);

  width += plain_encode(p->n, s->position, s->position_bands, "position.x", x, in + width);
  if (strcmp(s->axes, "xy") == 0)
    width += plain_encode(p->n, s->position, s->position_bands, "position.y", y, in + width);
  width += plain_encode(p->n, s->time, s->time_bands, "time", time, in + width);
  memcpy(in + width, value, 3 * sizeof *in);
  memcpy(result, value, 3 * sizeof *result);
  for (int k = 0; k < s->blocks; k++) {
    char *prefix = g_strdup_printf("decoder.block%d", k);

    memcpy(in + width + 3, result, 3 * sizeof *in);
    memcpy(block, in, sizeof block);
    plain_stack(p->n, prefix, s->dense.count + 1, true, block);
    for (int c = 0; c < 3; c++)
      result[c] = block[c] + (s->replace ? 0 : result[c]);
    g_free(prefix);
  }
}

/* ---- whole courses: linear schedule, so that no step magnifies rounding ---- */

typedef struct {
  const char *name;
  const char *settings[8];
} setup;

static double alpha_bar(int t, int steps) {
  double product = 1;

  for (int i = 0; i <= t; i++)
    product *= 1 - (0.0001 + (0.02 - 0.0001) * i / (steps - 1));
  return product;
}

static double beta_of(int t, int steps) {
  return 0.0001 + (0.02 - 0.0001) * t / (steps - 1);
}

static void plain_ddpm(const rst_parameters *q, int t, int steps, const double e[3],
                       const double z[3], double x[3]) {
  const double beta = beta_of(t, steps);
  const double variance = beta * (1 - alpha_bar(t - 1, steps)) / (1 - alpha_bar(t, steps));
  const double sigma = q->noise_stddev == RST_STDDEV_ZERO      ? 0
                       : q->noise_stddev == RST_STDDEV_SQUARED ? variance
                                                               : sqrt(variance);

  for (int c = 0; c < 3; c++)
    x[c] = (x[c] - beta / sqrt(1 - alpha_bar(t, steps)) * e[c]) / sqrt(1 - beta) + sigma * z[c];
}

static void plain_ddim(const rst_parameters *q, int t, int s, int steps, const double e[3],
                       const double z[3], double x[3]) {
  const double now = alpha_bar(t, steps), next = alpha_bar(s, steps), eta = q->stochasticity;
  const double variance = eta * eta * (1 - next) / (1 - now) * (1 - now / next);
  const double sigma = q->noise_stddev == RST_STDDEV_ZERO      ? 0
                       : q->noise_stddev == RST_STDDEV_SQUARED ? variance
                                                               : sqrt(variance);
  double clean[3], mean[3], radius = 0, length = 0;

  for (int c = 0; c < 3; c++) {
    clean[c] = (x[c] - sqrt(1 - now) * e[c]) / sqrt(now);
    mean[c] = sqrt(next) * clean[c] + sqrt(MAX(1 - next - variance, 0)) * e[c];
    x[c] = mean[c] + sigma * z[c];
    radius += (mean[c] - clean[c]) * (mean[c] - clean[c]);
    length += (x[c] - clean[c]) * (x[c] - clean[c]);
  }
  for (int c = 0; c < 3 && q->project; c++)
    x[c] = length > 0 ? clean[c] + sqrt(radius / length) * (x[c] - clean[c]) : clean[c];
}

static void plain_clip(const rst_parameters *q, double x[3]) {
  for (int c = 0; c < 3 && q->clip; c++)
    x[c] = CLAMP(x[c], -1, 1);
}

/* Colours of one point, red first; noise (1 + passes, 3), `stride` values from one to the next. */
static void plain_restore(const plain *p, const rst_parameters *q, const int *sequence, int passes,
                          double px, double py, const float *noise, size_t stride,
                          double colour[3]) {
  const net *s = &p->n->shape;
  const bool bgr = strcmp(s->colour, "bgr") == 0;
  double x[3] = {0, 0, 0}, e[3], z[3];

  if (strcmp(s->process, "single pass") == 0) {
    plain_predict(p, px, py, 0, x, e);
    memcpy(x, e, sizeof x);
  } else {
    for (int c = 0; c < 3; c++)
      x[c] = noise[bgr ? 2 - c : c];
    plain_clip(q, x);
    for (int i = 0; i < passes; i++) {
      const int t = sequence[i], previous = i + 1 < passes ? sequence[i + 1] : q->end - 1;

      for (int c = 0; c < 3; c++)
        z[c] = noise[(size_t)(i + 1) * stride + (size_t)(bgr ? 2 - c : c)];
      plain_predict(p, px, py, (double)t / (s->steps - 1), x, e);
      if (q->sampler == RST_SAMPLER_DDPM)
        plain_ddpm(q, t, s->steps, e, z, x);
      else
        plain_ddim(q, t, previous, s->steps, e, z, x);
      plain_clip(q, x);
    }
  }
  for (int c = 0; c < 3; c++) {
    const double light =
      s->pixel && !isnan(p->pixel) ? p->pixel : plain_interpolate(&p->luma, px, py);
    const double base = s->residual ? light : 0;
    const double value = x[bgr ? 2 - c : c] + base;

    colour[c] = value / 2 + 0.5;
  }
}

static void compare_sampling(const net *shape, const rst_parameters *parameters) {
  const rst_window window = {3, -5, 40};
  network *n = network_new(shape);
  rst_model *model = network_model(shape);
  rst_session *session = new_session(2);
  float *input = random_floats(77, (size_t)(shape->input * shape->input), -1, 1), *noise, *colours,
        *luma;
  plain p = {.n = n, .input = input};
  rst_encoding *encoding;
  rst_hooks hooks = RST_HOOKS_INIT;
  rst_grid grid;
  int sequence[100], passes = 1;
  size_t points;
  double largest = 0;
  rst_features features;

  if (shape->holes) /* a hole of many cells, one at the edge, and some of one */
    for (int i = 0; i < shape->input * shape->input; i++) {
      const int row = i / shape->input, column = i % shape->input;

      if ((row >= 2 && row < shape->input / 2 && column >= 3) || i % 11 == 0)
        input[i] = 0;
    }
  plain_see(&p);
  plain_run_encoder(&p);
  plain_enlarge(&p);
  assert_ok(rst_encoder_run(model, input, NULL, &features, NULL));
  assert_close(features.global, p.global, (size_t)shape->latent, 1e-5);
  for (int i = 0; i < shape->stages.count; i++)
    assert_close(features.maps[i], p.maps[i].values,
                 (size_t)(p.maps[i].size * p.maps[i].size * shape->latent), 1e-5);
  free(features.global);

  /* all of the window, its four corners included, and positions of no regularity in it */
  grid = (rst_grid){sizeof grid, 9, 7, 3, -5, 5, 40.0 / 6, 0, 0, 1, 1, NULL};
  points = (size_t)(grid.columns * grid.rows);
  assert_ok(rst_parameters_steps(parameters, model, sequence, &passes, NULL));
  noise = random_floats(78, points * 3 * (size_t)(passes + 1), -1.7, 1.7);
  colours = g_new(float, 3 * points);
  assert_ok(rst_encode_values(session, model, input, &window, NULL, &encoding, NULL));
  hooks.noise = noise;
  luma = random_floats(79, points, -1, 1); /* which a network without `luma.pixel` does not see */
  for (size_t i = 0; i < points; i += 4)
    luma[i] = NAN;
  grid.luma = luma;
  assert_ok(rst_sample(session, encoding, parameters, &grid, NULL, colours, &hooks, NULL));
  for (size_t i = 0; i < points; i++) {
    const double x = (grid.x + (int)(i % 9) * grid.dx - window.x) / window.side;
    const double y = (grid.y + (int)(i / 9) * grid.dy - window.y) / window.side;
    double expected[3];

    p.pixel = luma[i];
    plain_restore(&p, parameters, sequence, passes, x, y, noise + 3 * i, 3 * points, expected);
    for (int c = 0; c < 3; c++)
      largest = MAX(largest, fabs(expected[c]));
    assert_close(colours + 3 * i, expected, 3, 3e-5);
  }
  g_assert_cmpfloat(largest, <, 100); /* the bound above would mean little */
  plain_clear(&p);
  g_free(noise);
  g_free(luma);
  g_free(colours);
  g_free(input);
  rst_encoding_unref(encoding);
  rst_session_free(session);
  rst_model_unref(model);
  network_free(n);
}

/* ---- shapes ---- */

static net vary(int which) {
  net s = net_small;

  s.seed = 100 + (uint32_t)which;
  s.schedule = "linear";
  switch (which) {
    case 0:
      break;
    case 1:
      s.axes = "x";
      break;
    case 2:
      s.position = "fixed";
      s.position_bands = 6;
      break;
    case 3:
      s.time = "fixed";
      s.axes = "x";
      break;
    case 4:
      s.position = s.time = "fixed";
      break;
    case 5:
      s.condition = false;
      break;
    case 6:
      s.residual = false;
      break;
    case 7:
      s.condition = s.residual = false;
      s.input = 8;
      break;
    case 8:
      s.colour = "bgr";
      break;
    case 9:
      s.blocks = 1;
      s.dense = (widths){1, {5}};
      break;
    case 10:
      s.blocks = 3;
      s.dense = (widths){4, {16, 3, 17, 1}};
      break;
    case 11:
      s.features = (widths){3, {33, 2, 20}};
      s.latent = 13;
      break;
    case 12:
      s.features = (widths){2, {1, 65}};
      s.latent = 1;
      break;
    case 13:
      s.input = 64;
      s.stages = (widths){3, {4, 5, 3}};
      s.local_kernel = 5;
      break;
    case 14:
      s.input = 17;
      s.stages = (widths){5, {2, 2, 2, 2, 2}};
      break;
    case 15:
      s.input = 10;
      s.stages = (widths){1, {7}};
      s.before = 2;
      s.after = 0;
      break;
    case 16:
      s.before = 0;
      s.after = 3;
      s.local_before = 0;
      s.local_kernel = 1;
      break;
    case 17:
      s.local_kernel = 4;
      s.global_kernel = 2;
      break;
    case 18:
      s.local_kernel = 15;
      s.global_kernel = 1;
      s.global_dense = (widths){0, {0}};
      break;
    case 19:
      s.global_dense = (widths){3, {3, 130, 4}};
      s.latent = 70;
      break;
    case 20:
      s.position_bands = 32;
      s.time_bands = 32;
      s.features = (widths){1, {256}};
      break;
    case 21:
      s.reach = 1;
      break;
    case 22:
      s.reach = 2;
      s.latent = 70;
      s.colour = "bgr";
      break;
    case 23:
      s.factor = 2;
      s.channels = (widths){1, {3}};
      break;
    case 24:
      s.factor = 3;
      s.channels = (widths){3, {5, 4, 6}};
      s.reach = 1;
      break;
    case 25:
      s.factor = 4;
      s.channels = (widths){2, {3, 70}};
      s.reach = 2;
      break;
    case 26:
      s.factor = 3;
      s.channels = (widths){1, {4}};
      s.condition = false;
      break;
    case 27:
      s.holes = true;
      break;
    case 28:
      s.holes = true;
      s.input = 17;
      s.factor = 3;
      s.channels = (widths){1, {3}};
      break;
    case 29:
      s.holes = true;
      s.input = 64;
      s.stages = (widths){3, {4, 5, 3}};
      s.reach = 1;
      break;
    case 30:
      s.replace = true;
      s.blocks = 3;
      break;
    case 31:
      s.features = (widths){0, {0}};
      break;
    case 32:
      s.features = s.global_dense = (widths){0, {0}};
      s.latent = 13;
      s.reach = 1;
      break;
    case 33:
      s.dense = (widths){0, {0}};
      break;
    case 34:
      s.dense = s.features = s.global_dense = (widths){0, {0}};
      s.replace = true;
      s.blocks = 1;
      s.condition = s.residual = false;
      break;
    case 35:
      s.pixel = true;
      break;
    case 36:
      s.pixel = true;
      s.reach = 1;
      s.factor = 3;
      s.channels = (widths){1, {4}};
      s.colour = "bgr";
      break;
    case 37:
      s.pixel = true;
      s.reach = 2;
      s.residual = false;
      s.position_bands = s.time_bands = 2;
      break;
    default:
      g_assert_not_reached();
  }
  return s;
}

enum { SHAPES = 38, ANY = 24 };

static widths any_widths(dice *d, int low, int high, int widest) {
  widths w = {dice_int(d, low, high), {0}};

  for (int i = 0; i < w.count; i++)
    w.values[i] = dice_int(d, 1, widest);
  return w;
}

/* A network of sizes that nobody would choose: odd ones, 1, and lists without an entry. */
static net any_shape(int which) {
  dice d = {1000 + (uint64_t)which};
  net s = net_small;

  s.seed = 1000 + (uint32_t)which;
  s.schedule = "linear";
  s.input = dice_int(&d, 8, 33);
  s.stages = any_widths(&d, 1, 6, 7);
  s.before = dice_int(&d, 0, 2);
  s.after = dice_int(&d, 0, 2);
  s.latent = dice_int(&d, 1, 21);
  s.local_before = dice_int(&d, 0, 2);
  s.local_kernel = dice_int(&d, 1, 8);
  s.global_channels = dice_int(&d, 1, 5);
  s.global_kernel = dice_int(&d, 1, 8);
  s.global_dense = any_widths(&d, 0, 2, 35);
  s.features = any_widths(&d, 0, 2, 35);
  s.position = dice_int(&d, 0, 1) ? "learned" : "fixed";
  s.position_bands = 2 * dice_int(&d, 1, 19);
  s.axes = dice_int(&d, 0, 1) ? "x" : "xy";
  s.time = dice_int(&d, 0, 1) ? "learned" : "fixed";
  s.time_bands = 2 * dice_int(&d, 1, 19);
  s.blocks = dice_int(&d, 1, 4);
  s.dense = any_widths(&d, 0, 3, 35);
  s.replace = dice_int(&d, 0, 1);
  s.steps = dice_int(&d, 7, 41);
  s.condition = dice_int(&d, 0, 1);
  s.residual = dice_int(&d, 0, 1);
  s.reach = s.condition ? dice_int(&d, 0, 2) : 0;
  s.holes = dice_int(&d, 0, 1);
  if ((s.condition || s.residual) && dice_int(&d, 0, 1)) {
    s.factor = dice_int(&d, 2, 4);
    s.channels = any_widths(&d, 1, 2, 7);
  }
  s.pixel = s.condition && dice_int(&d, 0, 1);
  return s;
}

static void sample_single_pass(gconstpointer data) {
  net shape = vary(GPOINTER_TO_INT(data));
  const rst_parameters parameters = new_parameters(NULL, NULL);

  shape.process = "single pass";
  compare_sampling(&shape, &parameters);
}

static void sample_diffusion(gconstpointer data) {
  const net shape = vary(GPOINTER_TO_INT(data));
  const rst_parameters parameters = new_parameters("step-skip=7", NULL);

  compare_sampling(&shape, &parameters);
}

static void sample_any(gconstpointer data) {
  net shape = any_shape(GPOINTER_TO_INT(data));
  const rst_parameters parameters = new_parameters("step-skip=3", NULL);

  compare_sampling(&shape, &parameters);
  shape.process = "single pass";
  compare_sampling(&shape, &parameters);
}

static const setup setups[] = {
  {"ddpm", {"sampler=ddpm"}},
  {"ddpm squared clipped", {"sampler=ddpm", "noise-stddev=squared", "clip=true"}},
  {"ddpm part", {"sampler=ddpm", "start=12", "end=3", "noise-stddev=zero"}},
  {"ddim", {"stochasticity=0", "step-skip=1", "project=false"}},
  {"ddim half", {"stochasticity=0.5", "step-skip=3", "project=false"}},
  {"ddim squared", {"noise-stddev=squared", "step-skip=2", "project=false"}},
  {"ddim zero", {"noise-stddev=zero", "step-skip=2", "project=false"}},
  {"ddim clipped part", {"clip=true", "start=18", "end=5", "step-skip=4"}},
  {"projected", {"step-skip=1"}},
  {"projected squared", {"noise-stddev=squared", "step-skip=5", "stochasticity=0.7"}},
  {"projected zero", {"noise-stddev=zero", "step-skip=5"}},
  {"quadratic", {"sequence=quadratic"}},
  {"one step", {"start=5", "end=4", "step-skip=1"}},
};

static void sample_setup(gconstpointer data) {
  const setup *s = data;
  const net shape = vary(0);
  rst_parameters parameters = new_parameters(NULL, NULL);

  for (int i = 0; s->settings[i]; i++) {
    char **pair = g_strsplit(s->settings[i], "=", 2);

    assert_ok(rst_parameters_set(&parameters, pair[0], pair[1], NULL));
    g_strfreev(pair);
  }
  compare_sampling(&shape, &parameters);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/network/encodings", encode_scalars);
  for (int i = 0; i < SHAPES; i++) {
    char *single = g_strdup_printf("/network/single pass/%d", i);
    char *diffusion = g_strdup_printf("/network/diffusion/%d", i);

    g_test_add_data_func(single, GINT_TO_POINTER(i), sample_single_pass);
    g_test_add_data_func(diffusion, GINT_TO_POINTER(i), sample_diffusion);
    g_free(single);
    g_free(diffusion);
  }
  for (int i = 0; i < ANY; i++) {
    char *path = g_strdup_printf("/network/any/%d", i);

    g_test_add_data_func(path, GINT_TO_POINTER(i), sample_any);
    g_free(path);
  }
  for (size_t i = 0; i < G_N_ELEMENTS(setups); i++) {
    char *path = g_strdup_printf("/network/setup/%s", setups[i].name);

    g_test_add_data_func(path, &setups[i], sample_setup);
    g_free(path);
  }
  return g_test_run();
}
