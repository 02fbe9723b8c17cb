/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Old photographs: damage found, mended, the tone corrected, and the chain of them; against slow
 * references that hold whole pictures.
 */
#include "fixtures.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <glib/gstdio.h>

#include "network/finder.h"
#include "photo/bodies.h"
#include "photo/surround.h"
#include "photo/sureness.h"

#define AREAS(side, threshold) "\\\"side\\\":" #side ",\\\"threshold\\\":" #threshold ","
#define FINDS_DAMAGE "\\\"finds\\\":\\\"damage\\\",\\\"threshold\\\":0.5,"

static const chain_layer layers[] = {{5, 2, 6, 0}, {3, 2, 8, 0}, {3, 1, 8, 4}, {1, 1, 16, 0}};

static rst_finder *parsed(GByteArray *file) {
  rst_error error = RST_ERROR_INIT;
  rst_finder *finder;

  if (rst_finder_parse(file->data, file->len, &finder, &error) != RST_OK)
    g_error("%s", error.message);
  g_byte_array_unref(file);
  return finder;
}

static rst_finder *new_finder(const char *settings, const chain_layer *list, int count,
                              double scale) {
  return parsed(chain_file(settings, 1, list, count, 7, scale));
}

/* ---- files ---- */

static void test_files(void) {
  static const chain_layer faces[] = {{1, 1, 5, 0}}, odd[] = {{3, 2, 4, 0}, {1, 1, 5, 0}},
                           wide[] = {{15, 2, 4, 0}, {15, 2, 4, 0}, {15, 2, 4, 0},  {15, 2, 4, 0},
                                     {15, 2, 4, 0}, {15, 2, 4, 0}, {1, 1, 4096, 0}};
  static const chain_layer many[11] = {{1, 1, 1, 0}, {1, 1, 1, 0}, {1, 1, 1, 0}, {1, 1, 1, 0},
                                       {1, 1, 1, 0}, {1, 1, 1, 0}, {1, 1, 1, 0}, {1, 1, 1, 0},
                                       {1, 1, 1, 0}, {1, 1, 1, 0}, {1, 1, 1, 0}};
  GByteArray *good = chain_file(FINDS_DAMAGE, 1, layers, G_N_ELEMENTS(layers), 1, 1);
  GByteArray *bad[] = {
    chain_file(FINDS_DAMAGE, 1, many, 11, 1, 1),
    chain_file(FINDS_DAMAGE, 2, layers, G_N_ELEMENTS(layers), 1, 1), /* a channel more */
    chain_file(FINDS_DAMAGE, 1, odd, G_N_ELEMENTS(odd), 1, 1), /* 5 values, 4 samples */
    chain_file(FINDS_DAMAGE, 1, wide, G_N_ELEMENTS(wide), 1, 1),
    chain_file("\\\"finds\\\":\\\"gold\\\",\\\"threshold\\\":0.5,", 1, layers, G_N_ELEMENTS(layers),
               1, 1),
    areas_file(FINDS_DAMAGE, AREAS(63, 0.5), layers, G_N_ELEMENTS(layers), 1, 1),
    areas_file(FINDS_DAMAGE, AREAS(1025, 0.5), layers, G_N_ELEMENTS(layers), 1, 1),
    areas_file(FINDS_DAMAGE, AREAS(64, 1), layers, G_N_ELEMENTS(layers), 1, 1),
    areas_file(FINDS_DAMAGE, "\\\"side\\\":64,", layers, G_N_ELEMENTS(layers), 1, 1),
    areas_file(FINDS_DAMAGE, AREAS(64, 0.5) "\\\"depth\\\":1,", layers, G_N_ELEMENTS(layers), 1, 1),
    chain_file(FINDS_DAMAGE "\\\"areas\\\":{" AREAS(64, 0.5) "\\\"layers\\\":[]},", 1, layers,
               G_N_ELEMENTS(layers), 1, 1),
    chain_file(
      FINDS_DAMAGE "\\\"areas\\\":{" AREAS(
        64, 0.5) "\\\"layers\\\":[{\\\"kernel\\\":1,\\\"stride\\\":2,\\\"channels\\\":5}]},",
      1, layers, G_N_ELEMENTS(layers), 1, 1), /* 5 values, 4 samples */
    chain_file(
      FINDS_DAMAGE "\\\"areas\\\":{" AREAS(
        64, 0.5) "\\\"layers\\\":[{\\\"kernel\\\":1,\\\"stride\\\":1,\\\"channels\\\":1}]},",
      1, layers, G_N_ELEMENTS(layers), 1, 1), /* without its tensors */
    areas_file("\\\"finds\\\":\\\"faces\\\",\\\"threshold\\\":0.5,", AREAS(64, 0.5), faces, 1, 1,
               1)};
  rst_finder *read = NULL;

  for (guint size = 0; size < good->len; size += size < 1000 ? 1 : 97)
    g_assert_cmpint(rst_finder_parse(good->data, size, &read, NULL), !=, RST_OK);
  for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
    rst_error error = RST_ERROR_INIT;
    const rst_status status = rst_finder_parse(bad[i]->data, bad[i]->len, &read, &error);

    g_assert_true(status == RST_BAD_DESCRIPTION || status == RST_BAD_TENSOR);
    assert_error(&error, status, NULL);
    g_byte_array_unref(bad[i]);
  }
  g_assert_null(read);
  g_byte_array_unref(good);
  rst_finder_unref(new_finder(FINDS_DAMAGE, many, 10, 1));
}

/* Wide layers of large maps, and large patches, would take much memory. */
static void test_wide_files(void) {
  static const struct {
    chain_layer layers[2];
    bool good;
  } cases[] = {
    {{{3, 1, 8, 0}, {3, 2, 5, 0}}, true},    {{{3, 1, 9, 0}, {3, 2, 5, 0}}, false},
    {{{3, 1, 256, 0}, {3, 2, 5, 0}}, false}, {{{3, 2, 32, 0}, {3, 2, 5, 0}}, true},
    {{{3, 2, 33, 0}, {3, 2, 5, 0}}, false},  {{{1, 2, 32, 0}, {11, 1, 5, 0}}, true},
    {{{1, 2, 32, 0}, {12, 1, 5, 0}}, false},
  };

  for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
    GByteArray *file =
      chain_file("\\\"finds\\\":\\\"faces\\\",\\\"threshold\\\":0.5,", 1, cases[i].layers, 2, 1, 1);
    rst_error error = RST_ERROR_INIT;
    rst_finder *finder = NULL;
    const rst_status status = rst_finder_parse(file->data, file->len, &finder, &error);

    g_test_message("%s", error.message);
    assert_status(status, cases[i].good ? RST_OK : RST_BAD_DESCRIPTION);
    if (cases[i].good) { /* what rst_find_faces() takes at most */
      rst_convolution_sizes sizes;

      rst_chain_measure(&finder->chain, 1024, 1024, &sizes);
      g_assert_cmpuint(2 * sizes.map * sizeof(float), <=, (size_t)64 << 20);
      g_assert_cmpuint((sizes.patches + sizes.products) * sizeof(float), <=, (size_t)2 << 20);
    } else {
      assert_error(&error, status, NULL);
    }
    rst_finder_unref(finder);
    g_byte_array_unref(file);
  }
}

/* One layer over a whole map (height, width, in), padded with zeros: `out` is new. */
static float *run_layer(const rst_conv *conv, const float *in, int width, int height) {
  const int w = (width + conv->stride - 1) / conv->stride;
  const int h = (height + conv->stride - 1) / conv->stride;
  const int span = (conv->size - 1) * conv->dilation + 1;
  const int left = MAX((w - 1) * conv->stride + span - width, 0) / 2;
  const int above = MAX((h - 1) * conv->stride + span - height, 0) / 2;
  float *out = g_new(float, (size_t)(w * h * conv->out));

  for (int i = 0; i < w * h * conv->out; i++) {
    const int c = i % conv->out, x = i / conv->out % w, y = i / conv->out / w;
    double sum = conv->bias[c];

    for (int k = 0; k < conv->size * conv->size * conv->in; k++) {
      const int of = k % conv->in, kx = k / conv->in % conv->size, ky = k / conv->in / conv->size;
      const int u = x * conv->stride - left + kx * conv->dilation;
      const int v = y * conv->stride - above + ky * conv->dilation;

      if (u >= 0 && v >= 0 && u < width && v < height)
        sum += (double)conv->kernel[k * conv->out + c] * in[(v * width + u) * conv->in + of];
    }
    out[i] = sum > 0 || conv->linear ? (float)sum : 0;
  }
  return out;
}

/* Layers whose samples lie apart, against sums taken one by one; a part of the last map has the whole's
 * bits, and how far they look is the reach. */
static void test_dilation(void) {
  enum { SIDE = 64, CELL = 4 };
  static const chain_layer apart[] = {
    {5, 2, 4, 0}, {3, 2, 6, 2}, {3, 1, 6, 3}, {2, 1, 6, 5}, {3, 1, CELL * CELL, 1}};
  rst_finder *finder = new_finder(FINDS_DAMAGE, apart, G_N_ELEMENTS(apart), 3);
  const rst_chain *chain = &finder->chain;
  float *luma = random_floats(9, SIDE * SIDE, -1, 1);
  float *scratch = g_new(float, rst_chain_scratch(chain, SIDE, SIDE)), *in = NULL;
  const float *out, *some;
  const rst_rectangle whole = {0, 0, SIDE / CELL, SIDE / CELL}, part = {5, 9, 3, 2};
  float *all;
  int side = SIDE;

  out = rst_chain_run(chain, luma, SIDE, SIDE, &whole, NULL, scratch);
  for (int j = 0; j < chain->layers.count; j++) {
    float *next = run_layer(&chain->layers.layers[j], in ? in : luma, side, side);

    g_free(in);
    in = next;
    side = (side + chain->layers.layers[j].stride - 1) / chain->layers.layers[j].stride;
  }
  g_assert_cmpint(side, ==, SIDE / CELL);
  for (int i = 0; i < SIDE * SIDE; i++)
    g_assert_cmpfloat(fabsf(out[i] - in[i]), <, 1e-4f);
  all = g_memdup2(out, SIDE * SIDE * sizeof *out);
  some = rst_chain_run(chain, luma, SIDE, SIDE, &part, NULL, scratch);
  for (int y = 0; y < part.height; y++)
    g_assert_cmpmem(some + y * part.width * CELL * CELL, sizeof *some * (size_t)part.width * 16,
                    all + ((part.y + y) * SIDE / CELL + part.x) * CELL * CELL,
                    sizeof *some * (size_t)part.width * 16);
  /* After a cell's last sample: 3, 2 · 3, 4 · 3, 4 · 3 and 4, less the cell's other samples. */
  g_assert_cmpint(chain->reach, ==, 36);
  g_free(all);
  g_free(in);
  g_free(scratch);
  g_free(luma);
  rst_finder_unref(finder);
}

/* What finds faces finds no damage, nor the other way round. */
static void test_other_things(void) {
  static const chain_layer faces[] = {{3, 2, 5, 0}};
  rst_finder *face = new_finder("\\\"finds\\\":\\\"faces\\\",\\\"threshold\\\":0.5,", faces, 1, 1);
  rst_finder *damage = new_finder(FINDS_DAMAGE, layers, G_N_ELEMENTS(layers), 1);
  canvas *c = canvas_new(40, 30, 1);
  rst_session *session = new_session(1);
  rst_face found[RST_FACES_MAX];
  unsigned char sure[40 * 30];
  int count;

  assert_status(rst_find_damage(session, face, &c->picture, NULL, NULL, sure, NULL), RST_BAD_CALL);
  assert_status(rst_find_faces(session, damage, &c->picture, NULL, 0, NULL, found, &count, NULL),
                RST_BAD_CALL);
  rst_session_free(session);
  canvas_free(c);
  rst_finder_unref(face);
  rst_finder_unref(damage);
}

/* ---- finding ---- */

/* The chain over all of a picture at once. */
static float *run_whole(const rst_chain *chain, const float *in, int channels, int width,
                        int height) {
  const int cell = chain->cell, w = (width + cell - 1) / cell * cell,
            h = (height + cell - 1) / cell * cell;
  float *padded = g_new(float, (size_t)(w * h * channels));
  float *scratch = g_new(float, rst_chain_scratch(chain, w, h));
  float *values = g_new(float, (size_t)(width * height));
  const float *out;

  for (int y = 0; y < h; y++)
    for (int x = 0; x < w; x++)
      for (int k = 0; k < channels; k++)
        padded[(y * w + x) * channels + k] =
          in[(MIN(y, height - 1) * width + MIN(x, width - 1)) * channels + k];
  out =
    rst_chain_run(chain, padded, w, h, &(rst_rectangle){0, 0, w / cell, h / cell}, NULL, scratch);
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      values[y * width + x] =
        out[((y / cell) * (w / cell) + x / cell) * cell * cell + y % cell * cell + x % cell];
  g_free(padded);
  g_free(scratch);
  return values;
}

/* Luma of a picture whose samples are `factor` pixels wide. */
static float *luma_of(const canvas *c, int factor, int *width, int *height) {
  float *luma;

  *width = (c->width + factor - 1) / factor;
  *height = (c->height + factor - 1) / factor;
  luma = g_new(float, (size_t)(*width * *height));
  for (int y = 0; y < *height; y++)
    for (int x = 0; x < *width; x++) {
      double sum = 0, count = 0;

      for (int v = y * factor; v < MIN((y + 1) * factor, c->height); v++)
        for (int u = x * factor; u < MIN((x + 1) * factor, c->width); u++, count++) {
          const float *p = c->rgba + 4 * (v * c->width + u);

          sum += 2 * (0.2989 * (double)p[0] + 0.587 * (double)p[1] + 0.114 * (double)p[2]) - 1;
        }
      luma[y * *width + x] = (float)(sum / count);
    }
  return luma;
}

static double share_of(float odds) {
  return 255 / (1 + exp(-(double)odds / 3));
}

/* Odds (height, width) less ten times the mean probability, each at most 0.6, of the 49 × 49 round
 * each, by sums of all that is above and to the left. */
static void suppress(float *odds, int width, int height) {
  double *sums = g_new0(double, (size_t)((width + 1) * (height + 1)));

  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      sums[(y + 1) * (width + 1) + x + 1] =
        MIN(0.6, 1 / (1 + exp(-(double)odds[y * width + x]))) + sums[y * (width + 1) + x + 1] +
        sums[(y + 1) * (width + 1) + x] - sums[y * (width + 1) + x];
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++) {
      const int top = MAX(y - 24, 0), bottom = MIN(y + 25, height);
      const int left = MAX(x - 24, 0), right = MIN(x + 25, width);
      const double sum = sums[bottom * (width + 1) + right] - sums[top * (width + 1) + right] -
                         sums[bottom * (width + 1) + left] + sums[top * (width + 1) + left];

      odds[y * width + x] -= (float)(10 * sum / ((bottom - top) * (right - left)));
    }
  g_free(sums);
}

/* The sureness of a shrunk picture's samples at a pixel: bilinear, so much less sure. */
static double shrunk_at(const float *odds, int w, int h, int factor, double doubt, int x, int y) {
  const double v = (y + 0.5) / factor - 0.5, u = (x + 0.5) / factor - 0.5;
  const int top = MAX((int)floor(v), 0), left = MAX((int)floor(u), 0);
  const int below = MIN((int)floor(v) + 1, h - 1), right = MIN((int)floor(u) + 1, w - 1);
  const double s = u - floor(u), t = v - floor(v);

  return (1 - t) * ((1 - s) * share_of(odds[top * w + left] - (float)doubt) +
                    s * share_of(odds[top * w + right] - (float)doubt)) +
         t * ((1 - s) * share_of(odds[below * w + left] - (float)doubt) +
              s * share_of(odds[below * w + right] - (float)doubt));
}

/* Against the whole picture at once, at all densities; and the same bytes of any box. shrunk: how many
 * times it is shrunk. areas: pixels of a sample's side where lost areas are looked for, or 0. */
static void check_find(int width, int height, int shrunk, int areas) {
  canvas *c = canvas_new(width, height, 5);
  rst_finder *finder =
    areas > 0 ? parsed(areas_file(FINDS_DAMAGE, AREAS(64, 0.8), layers, G_N_ELEMENTS(layers), 7, 3))
              : new_finder(FINDS_DAMAGE, layers, G_N_ELEMENTS(layers), 3);
  rst_session *session = new_session(2);
  const size_t pixels = (size_t)(width * height);
  unsigned char *sure = g_new(unsigned char, pixels), *some = g_new(unsigned char, pixels);
  float *odds[3], *lost = NULL;
  int w[3], h[3], lost_w = 0, lost_h = 0;
  const rst_rectangle boxes[] = {{0, 0, width, height},
                                 {width / 3, height / 4, MIN(77, width / 2), MIN(51, height / 2)},
                                 {width - 9, height - 11, 9, 11},
                                 {width / 2 - 1, 1, 3, 3}};

  for (int i = 0; i <= shrunk; i++) {
    float *luma = luma_of(c, 1 << i, &w[i], &h[i]);

    odds[i] = run_whole(&finder->chain, luma, 1, w[i], h[i]);
    suppress(odds[i], w[i], h[i]);
    g_free(luma);
  }
  if (areas > 0) {
    float *luma = luma_of(c, areas, &lost_w, &lost_h);

    lost = run_whole(&finder->areas.chain, luma, 1, lost_w, lost_h);
    g_free(luma);
  }
  assert_ok(rst_find_damage(session, finder, &c->picture, NULL, NULL, sure, NULL));
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++) {
      double expected = share_of(odds[0][y * width + x]);

      for (int i = 1; i <= shrunk; i++)
        expected = MAX(expected, shrunk_at(odds[i], w[i], h[i], 1 << i, 1, x, y));
      if (lost) /* as sure of 0.8 as the rest is of 0.5 */
        expected = MAX(expected, shrunk_at(lost, lost_w, lost_h, areas, log(4), x, y));
      g_assert_cmpfloat(fabs(sure[y * width + x] - expected), <, 1.6);
    }
  for (size_t i = 0; i < G_N_ELEMENTS(boxes); i++)
    for (int threads = 1; threads <= 3; threads += 2) {
      rst_session *other = new_session(threads);
      const rst_rectangle *box = &boxes[i];

      assert_ok(rst_find_damage(other, finder, &c->picture, box, NULL, some, NULL));
      for (int y = 0; y < box->height; y++)
        g_assert_cmpmem(some + y * box->width, (size_t)box->width,
                        sure + (box->y + y) * width + box->x, (size_t)box->width);
      rst_session_free(other);
    }
  g_free(sure);
  g_free(some);
  for (int i = 0; i <= shrunk; i++)
    g_free(odds[i]);
  g_free(lost);
  rst_session_free(session);
  rst_finder_unref(finder);
  canvas_free(c);
}

static void test_find(void) {
  check_find(191, 90, 0, 0);
  check_find(101, 192, 1, 0);
  check_find(811, 397, 2, 0);
}

static void test_find_areas(void) {
  check_find(64, 40, 0, 1);
  check_find(191, 90, 0, 3);
  check_find(317, 811, 2, 13);
}

/* Lets a function run while a file is the finder of faces that is found. */
static void with_faces(GByteArray *file, void (*run)(void *data), void *data) {
  g_autofree char *folder = g_dir_make_tmp("restorator-XXXXXX", NULL);
  g_autofree char *path = g_build_filename(folder, "faces.safetensors", NULL);
  g_autofree char *before = g_strdup(g_getenv("RESTORATOR_FINDERS"));

  g_assert_true(g_file_set_contents(path, (const char *)file->data, (gssize)file->len, NULL));
  g_setenv("RESTORATOR_FINDERS", folder, TRUE);
  run(data);
  g_setenv("RESTORATOR_FINDERS", before, TRUE);
  g_unlink(path);
  g_rmdir(folder);
}

/* What is below a face is less sure to be lost, by three of the odds' logarithm; what was nearly not
 * found is not found then, nor what is less sure than that anywhere. */
typedef struct {
  canvas *c;
  rst_session *session;
  rst_rectangle samples;
  unsigned char sure[40 * 50];
  rst_status status;
} sparing;

static void spare(void *data) {
  sparing *s = data;

  s->status = rst_spare_bodies(s->session, &s->c->picture, 3, &s->samples, -2, NULL, s->sure, NULL);
}

static void test_bodies(void) {
  const double odds[] = {6, 1.5, 0.9, -1.9, -2.5};
  sparing s = {.c = canvas_new(120, 150, 1), .session = new_session(2)};
  GByteArray *file = finder_file(NULL, NULL);
  rst_finder *faces = parsed(finder_file(NULL, NULL));
  rst_face found[RST_FACES_MAX];
  int count, lowered = 0;

  for (int i = 0; i < 120 * 150; i++)
    for (int k = 0; k < 3; k++)
      s.c->rgba[4 * i + k] = i == 12 * 120 + 40 || i == 20 * 120 + 90;
  assert_ok(rst_find_faces(s.session, faces, &s.c->picture, NULL, 0, NULL, found, &count, NULL));
  g_assert_cmpint(count, ==, 2);
  s.samples = (rst_rectangle){1, 0, 38, 50};
  for (int i = 0; i < 38 * 50; i++)
    s.sure[i] = i % 7 == 6 ? 0 : rst_to_byte(odds[i % 5]);
  with_faces(file, spare, &s);
  assert_ok(s.status);
  for (int y = 0; y < 50; y++)
    for (int x = 0; x < 38; x++) {
      const int i = y * 38 + x;
      const double across = 3 * (x + 1) + 1.5, down = 3 * y + 1.5;
      int expected = i % 7 == 6 ? 0 : odds[i % 5] < -2 ? 1 : rst_to_byte(odds[i % 5]);
      bool below = false;

      for (int k = 0; k < count; k++)
        below |= fabs(across - found[k].x - found[k].width / 2.0) < found[k].width &&
                 down >= found[k].y + 0.9 * found[k].height &&
                 down < found[k].y + 4.3 * found[k].height;
      if (below && expected > 1)
        expected = odds[i % 5] < 1 ? 1 : rst_to_byte(odds[i % 5] - 3);
      lowered += below;
      g_assert_cmpint(abs(s.sure[i] - expected), <=, expected > 1);
    }
  g_assert_cmpint(lowered, >, 100);
  g_assert_cmpint(lowered, <, 1200);
  /* a face's pixels are read where something is found alone */
  memset(s.sure, 1, sizeof s.sure);
  s.c->fail_at = s.c->calls + 1;
  with_faces(file, spare, &s);
  assert_ok(s.status);
  s.sure[5] = 200;
  with_faces(file, spare, &s);
  assert_status(s.status, RST_HOST_FAILED);
  g_assert_cmpint(s.sure[5], ==, 200);
  /* a file that is broken is told */
  s.c->fail_at = 0;
  g_byte_array_set_size(file, file->len / 2);
  with_faces(file, spare, &s);
  assert_status(s.status, RST_BAD_FILE);
  g_byte_array_unref(file);
  rst_finder_unref(faces);
  rst_session_free(s.session);
  canvas_free(s.c);
}

/* What is transparent is not damaged, and failures are told. */
static void test_find_failures(void) {
  static const chain_layer white[] = {{1, 1, 1, 0}};
  rst_finder *finder = new_finder(FINDS_DAMAGE, white, 1, 0);
  canvas *c = canvas_new(60, 40, 3);
  rst_session *session = new_session(1);
  rst_hooks hooks = RST_HOOKS_INIT;
  unsigned char sure[60 * 40];
  const rst_rectangle beyond = {30, 0, 31, 40};

  c->rgba[4 * (7 * 60 + 9) + 3] = 0;
  assert_ok(rst_find_damage(session, finder, &c->picture, NULL, NULL, sure, NULL));
  g_assert_cmpint(sure[7 * 60 + 9], ==, 0);
  g_assert_cmpint(sure[7 * 60 + 10], >, 0);
  assert_status(rst_find_damage(session, finder, &c->picture, &beyond, NULL, sure, NULL),
                RST_BAD_CALL);
  c->fail_at = c->calls + 1;
  assert_status(rst_find_damage(session, finder, &c->picture, NULL, NULL, sure, NULL),
                RST_HOST_FAILED);
  hooks.cancel = rst_cancel_new();
  rst_cancel_set(hooks.cancel);
  assert_status(rst_find_damage(session, finder, &c->picture, NULL, &hooks, sure, NULL),
                RST_CANCELLED);
  rst_cancel_free(hooks.cancel);
  rst_session_free(session);
  rst_finder_unref(finder);
  canvas_free(c);
}

/* Once it is cancelled not a sample is looked at. */
static void test_suppress_cancelled(void) {
  const rst_rectangle all = {0, 0, 40, 30};
  unsigned char found[40 * 30], sure[40 * 30] = {0};
  rst_cancel *cancel = rst_cancel_new();

  memset(found, 200, sizeof found);
  assert_ok(rst_suppress(found, &all, &all, cancel, sure, NULL));
  g_assert_cmpint(sure[0], >, 0);
  memset(sure, 0, sizeof sure);
  rst_cancel_set(cancel);
  assert_status(rst_suppress(found, &all, &all, cancel, sure, NULL), RST_CANCELLED);
  for (size_t i = 0; i < sizeof sure; i++)
    g_assert_cmpint(sure[i], ==, 0);
  rst_cancel_free(cancel);
}

/* ---- the mask ---- */

static double odds_of(double share) {
  return log(share / (1 - share));
}

/* By looking at all pixels until nothing changes. */
static void slow_mask(const unsigned char *sure, int width, int height, double sensitivity,
                      unsigned char *mask) {
  const double odds = odds_of(0.5) + (0.5 - sensitivity) * 8;
  const double strong = 255 / (1 + exp(-odds / 3));
  const double weak = 255 / (1 + exp(-(odds - 1.5) / 3));
  unsigned char *found = g_new0(unsigned char, (size_t)(width * height));
  bool changed = true;

  for (int i = 0; i < width * height; i++)
    found[i] = sure[i] >= MAX(strong, 1);
  while (changed) {
    changed = false;
    for (int i = 0; i < width * height; i++)
      for (int v = MAX(i / width - 1, 0); v <= MIN(i / width + 1, height - 1) && !found[i]; v++)
        for (int u = MAX(i % width - 1, 0); u <= MIN(i % width + 1, width - 1) && !found[i]; u++)
          if (found[v * width + u] && sure[i] >= MAX(weak, 1))
            found[i] = changed = true;
  }
  for (int i = 0; i < width * height; i++) {
    mask[i] = 0;
    for (int v = MAX(i / width - 1, 0); v <= MIN(i / width + 1, height - 1); v++)
      for (int u = MAX(i % width - 1, 0); u <= MIN(i % width + 1, width - 1); u++)
        if (found[v * width + u])
          mask[i] = 255;
  }
  g_free(found);
}

static void test_mask(void) {
  enum { W = 67, H = 43 };
  rst_finder *finder = new_finder(FINDS_DAMAGE, layers, G_N_ELEMENTS(layers), 1);
  dice d = {4};
  unsigned char sure[W * H], mask[W * H], expected[W * H], before[W * H] = {0};

  for (int round = 0; round < 6; round++) {
    for (int i = 0; i < W * H; i++) /* many weak pixels, so that long ways are gone */
      sure[i] = (unsigned char)(dice_int(&d, 0, 3) == 0 ? dice_int(&d, 0, 255)
                                                        : dice_int(&d, 10 * round, 110));
    for (int step = 0; step <= 10; step++) {
      assert_ok(rst_damage_mask(finder, sure, W, H, step / 10.0, NULL, mask, NULL));
      slow_mask(sure, W, H, step / 10.0, expected);
      g_assert_cmpmem(mask, sizeof mask, expected, sizeof expected);
      for (int i = 0; i < W * H && step > 0; i++)
        g_assert_true(mask[i] >= before[i]); /* the more sensitive, the more is found */
      memcpy(before, mask, sizeof before);
    }
  }
  memset(sure, 0, sizeof sure);
  assert_ok(rst_damage_mask(finder, sure, W, H, 1, NULL, mask, NULL));
  for (int i = 0; i < W * H; i++)
    g_assert_cmpint(mask[i], ==, 0);
  rst_finder_unref(finder);
}

/* Cancels once the thread that it looks at has worked for a while. */
typedef struct {
  clockid_t clock; /* that thread's */
  rst_cancel *cancel;
  double at; /* seconds of its processor */
} canceller;

static double seconds(clockid_t clock) {
  struct timespec now;

  clock_gettime(clock, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static gpointer cancel_soon(gpointer data) {
  canceller *c = data;
  const double begin = seconds(c->clock);

  while (seconds(c->clock) < begin + 0.1)
    g_usleep(500);
  rst_cancel_set(c->cancel);
  c->at = seconds(c->clock);
  return NULL;
}

/* One region so large that it takes seconds to go round in it. */
static void test_mask_cancelled(void) {
  enum { SIDE = 6000 };
  rst_finder *finder = new_finder(FINDS_DAMAGE, layers, G_N_ELEMENTS(layers), 1);
  unsigned char *sure = g_malloc(SIDE * SIDE), *mask = g_malloc0(SIDE * SIDE);
  rst_hooks hooks = RST_HOOKS_INIT;
  canceller c = {.cancel = rst_cancel_new()};
  GThread *thread;

  memset(sure, 255, SIDE * SIDE);
  hooks.cancel = c.cancel;
  g_assert_cmpint(pthread_getcpuclockid(pthread_self(), &c.clock), ==, 0);
  thread = g_thread_new("cancel", cancel_soon, &c);
  assert_status(rst_damage_mask(finder, sure, SIDE, SIDE, 0.5, &hooks, mask, NULL), RST_CANCELLED);
  const double end = seconds(c.clock);

  g_thread_join(thread);
  g_test_message("%.1f ms", 1000 * (end - c.at));
  g_assert_cmpfloat(end - c.at, <, 0.05);
  rst_cancel_free(c.cancel);
  g_free(sure);
  g_free(mask);
  rst_finder_unref(finder);
}

/* ---- mending ---- */

/* A level of the reference's pyramid. */
typedef struct {
  int width, height;
  float *rgb; /* 0…1 */
  bool *hole;
} layer;

static layer halved(const layer *l) {
  layer h = {(l->width + 1) / 2, (l->height + 1) / 2, NULL, NULL};

  h.rgb = g_new0(float, (size_t)(3 * h.width * h.height));
  h.hole = g_new0(bool, (size_t)(h.width * h.height));
  for (int y = 0; y < h.height; y++)
    for (int x = 0; x < h.width; x++) {
      int known = 0;

      for (int v = 2 * y; v < MIN(2 * y + 2, l->height); v++)
        for (int u = 2 * x; u < MIN(2 * x + 2, l->width); u++)
          if (!l->hole[v * l->width + u]) {
            known++;
            for (int k = 0; k < 3; k++)
              h.rgb[3 * (y * h.width + x) + k] += l->rgb[3 * (v * l->width + u) + k];
          }
      h.hole[y * h.width + x] = known == 0;
      for (int k = 0; k < 3 && known > 0; k++)
        h.rgb[3 * (y * h.width + x) + k] /= (float)known;
    }
  return h;
}

static bool has_holes(const layer *l) {
  for (int i = 0; i < l->width * l->height; i++)
    if (l->hole[i])
      return true;
  return false;
}

static void fill_mean(layer *l) {
  double sums[3] = {0}, known = 0;

  for (int i = 0; i < l->width * l->height; i++)
    for (int k = 0; k < 3 && !l->hole[i]; k++) {
      sums[k] += (double)l->rgb[3 * i + k];
      known += k == 0;
    }
  for (int i = 0; i < l->width * l->height; i++)
    for (int k = 0; k < 3 && l->hole[i]; k++)
      l->rgb[3 * i + k] = (float)(sums[k] / known);
}

static float at(const layer *l, double x, double y, int channel) {
  const double u = (x + 0.5) / 2 - 0.5, v = (y + 0.5) / 2 - 0.5;
  double sum = 0;

  for (int j = 0; j < 2; j++)
    for (int i = 0; i < 2; i++) {
      const int column = CLAMP((int)floor(u) + i, 0, l->width - 1);
      const int row = CLAMP((int)floor(v) + j, 0, l->height - 1);
      const double s = u - floor(u), t = v - floor(v);

      sum +=
        (i ? s : 1 - s) * (j ? t : 1 - t) * (double)l->rgb[3 * (row * l->width + column) + channel];
    }
  return (float)sum;
}

/* Δ of a plane, mirrored at its edges. */
static double *laplacian(const double *plane, int width, int height) {
  double *to = g_new(double, (size_t)(width * height));

  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      to[y * width + x] = plane[y * width + ABS(x - 1)] + plane[ABS(y - 1) * width + x] +
                          plane[y * width + (x + 1 < width ? x + 1 : width - 2)] +
                          plane[(y + 1 < height ? y + 1 : height - 2) * width + x] -
                          4 * plane[y * width + x];
  return to;
}

/* Chebyshev's iteration on (−Δ + 3 Δ²) / 64, of eigenvalues 0.02 to 3.3, by Chebyshev's polynomials
 * themselves: sixteen rounds of the three-term recurrence. */
static void settle(layer *l, int channel) {
  const int count = l->width * l->height;
  const double centre = 1.66, radius = 1.64, sigma = centre / radius;
  double *u = g_new(double, (size_t)count), *before = g_new(double, (size_t)count);
  double rho = 1 / sigma;

  for (int i = 0; i < count; i++)
    u[i] = before[i] = (double)l->rgb[3 * i + channel];
  for (int round = 0; round < 16; round++) {
    double *once = laplacian(u, l->width, l->height);
    double *twice = laplacian(once, l->width, l->height);
    const double next = 1 / (2 * sigma - rho);

    for (int i = 0; i < count; i++) {
      const double pull = (once[i] - 3 * twice[i]) / 64, now = u[i];

      if (!l->hole[i])
        continue;
      u[i] = round == 0 ? now + pull / centre
                        : now + rho * next * (now - before[i]) + 2 * next / radius * pull;
      before[i] = now;
    }
    rho = round == 0 ? rho : next;
    g_free(once);
    g_free(twice);
  }
  for (int i = 0; i < count; i++)
    l->rgb[3 * i + channel] = (float)u[i];
  g_free(u);
  g_free(before);
}

/* A value of a plane, the edge's beyond it. */
static double edge_at(const layer *l, const double *plane, int x, int y) {
  return plane[CLAMP(y, 0, l->height - 1) * l->width + CLAMP(x, 0, l->width - 1)];
}

/* D of each pixel: the product of the luma's slopes, averaged by a Gaussian of 3 pixels as far as 6, has
 * the way of a line as one of its axes; 1 is kept along it, less across. */
static void find_lines(const layer *l, double *xx, double *xy, double *yy) {
  double *luma = g_new(double, (size_t)(l->width * l->height));

  for (int i = 0; i < l->width * l->height; i++)
    luma[i] = 0.2989 * (double)l->rgb[3 * i] + 0.5870 * (double)l->rgb[3 * i + 1] +
              0.1140 * (double)l->rgb[3 * i + 2];
  for (int y = 0; y < l->height; y++)
    for (int x = 0; x < l->width; x++) {
      double a = 0, b = 0, c = 0, whole = 0, angle, strong, across;

      for (int v = -6; v <= 6; v++)
        for (int u = -6; u <= 6; u++) {
          const double weight = exp(-(u * u + v * v) / 18.0);
          const double gx =
            (edge_at(l, luma, x + u + 1, y + v) - edge_at(l, luma, x + u - 1, y + v)) / 2;
          const double gy =
            (edge_at(l, luma, x + u, y + v + 1) - edge_at(l, luma, x + u, y + v - 1)) / 2;

          a += weight * gx * gx;
          b += weight * gx * gy;
          c += weight * gy * gy;
          whole += weight;
        }
      a /= whole;
      b /= whole;
      c /= whole;
      angle = atan2(2 * b, a - c) / 2; /* across the line */
      strong = (a + c) / 2 + sqrt((a - c) * (a - c) / 4 + b * b);
      across = 1 / sqrt(1 + strong / (0.003 * 0.003));
      xx[y * l->width + x] = across * cos(angle) * cos(angle) + sin(angle) * sin(angle);
      yy[y * l->width + x] = across * sin(angle) * sin(angle) + cos(angle) * cos(angle);
      xy[y * l->width + x] = (across - 1) * sin(angle) * cos(angle);
    }
  g_free(luma);
}

/* 24 rounds of div(D ∇u), 0.24 of each, 0.8 of what they change. */
static void follow(layer *l) {
  const int count = l->width * l->height;
  double *all = g_new(double, (size_t)(5 * count)), *u = all + 3 * count, *next = all + 4 * count;
  double *xx = all, *xy = all + count, *yy = all + 2 * count;

  find_lines(l, xx, xy, yy);
  for (int k = 0; k < 3; k++) {
    for (int i = 0; i < count; i++)
      u[i] = (double)l->rgb[3 * i + k];
    for (int round = 0; round < 24; round++) {
      for (int i = 0; i < count; i++) {
        const int x = i % l->width, y = i / l->width;
        double sum = 0;

        for (int way = -1; way <= 1; way += 2) {
          /* D ∇u beside and below: the means of both sides' slopes for it, those at the neighbour for xy */
          sum += (edge_at(l, xx, x + way, y) + xx[i]) / 2 * (edge_at(l, u, x + way, y) - u[i]);
          sum += (edge_at(l, yy, x, y + way) + yy[i]) / 2 * (edge_at(l, u, x, y + way) - u[i]);
          sum += way * edge_at(l, xy, x + way, y) / 4 *
                 (edge_at(l, u, x + way, y + 1) - edge_at(l, u, x + way, y - 1));
          sum += way * edge_at(l, xy, x, y + way) / 4 *
                 (edge_at(l, u, x + 1, y + way) - edge_at(l, u, x - 1, y + way));
        }
        next[i] = u[i] + (l->hole[i] ? 0.24 * sum : 0);
      }
      memcpy(u, next, (size_t)count * sizeof *u);
    }
    for (int i = 0; i < count; i++)
      l->rgb[3 * i + k] += (float)(0.8 * (u[i] - (double)l->rgb[3 * i + k]));
  }
  g_free(all);
}

/* Level by level, each held whole. */
static void slow_mend(layer *l, int number) {
  layer coarse;

  if (!has_holes(l))
    return;
  if (number == 8 || (number > 0 && MIN(l->width, l->height) < 8)) {
    fill_mean(l);
  } else {
    coarse = halved(l);
    slow_mend(&coarse, number + 1);
    for (int y = 0; y < l->height; y++)
      for (int x = 0; x < l->width; x++)
        for (int k = 0; k < 3 && l->hole[y * l->width + x]; k++)
          l->rgb[3 * (y * l->width + x) + k] = at(&coarse, x, y, k);
    g_free(coarse.rgb);
    g_free(coarse.hole);
    for (int k = 0; k < 3; k++)
      settle(l, k);
    follow(l);
  }
}

/* Specks, hairs, and what is so wide that only coarse levels know what is beside it. */
static unsigned char *new_mask(int width, int height, int widest, uint32_t seed) {
  unsigned char *mask = g_new0(unsigned char, (size_t)(width * height));
  dice d = {seed};

  for (int i = 0; i < 12; i++) {
    const int w = dice_int(&d, 1, i < 2 ? widest : 9), h = dice_int(&d, 1, i < 2 ? widest : 9);
    const int x = dice_int(&d, -3, width), y = dice_int(&d, -3, height);

    for (int v = MAX(y, 0); v < MIN(y + h, height); v++)
      for (int u = MAX(x, 0); u < MIN(x + w, width); u++)
        mask[v * width + u] = 255;
  }
  return mask;
}

static void smooth(canvas *c) {
  for (int y = 0; y < c->height; y++)
    for (int x = 0; x < c->width; x++)
      for (int k = 0; k < 3; k++) {
        float *value = &c->rgba[4 * (y * c->width + x) + k];

        *value = 0.5f + 0.3f * sinf((float)(x * (k + 1) + 2 * y) / 40);
      }
}

static void check_mend(int width, int height, int widest, uint32_t seed) {
  canvas *c = canvas_new(width, height, seed);
  unsigned char *mask = new_mask(width, height, widest, seed);
  layer l = {width, height, g_new(float, (size_t)(3 * width * height)),
             g_new(bool, (size_t)(width * height))};
  float *first = NULL;

  smooth(c);
  for (int i = 0; i < width * height; i++) {
    l.hole[i] = mask[i];
    memcpy(l.rgb + 3 * i, c->rgba + 4 * i, 3 * sizeof(float));
  }
  slow_mend(&l, 0);
  for (int threads = 1; threads <= 3; threads++) {
    rst_session *session = new_session(threads);
    float *rgba = g_memdup2(c->rgba, 4 * (size_t)(width * height) * sizeof *rgba);
    rst_mended *mended;
    int64_t count = 0;

    assert_ok(rst_mend(session, &c->picture, NULL, mask, NULL, &mended, NULL));
    rst_mended_apply(mended, 0, 0, width, height, rgba);
    for (int i = 0; i < width * height; i++) {
      count += mask[i] > 0;
      for (int k = 0; k < 4; k++)
        if (!mask[i] || k == 3)
          g_assert_cmpmem(&rgba[4 * i + k], sizeof *rgba, &c->rgba[4 * i + k], sizeof *rgba);
        else
          g_assert_cmpfloat(fabs((double)rgba[4 * i + k] - CLAMP((double)l.rgb[3 * i + k], 0, 1)),
                            <, 2e-4);
    }
    g_assert_cmpint(rst_mended_count(mended), ==, count);
    if (!first) {
      first = rgba;
    } else {
      assert_same(rgba, first, 4 * width * height);
      g_free(rgba);
    }
    /* any piece of it is the whole's */
    float piece[4 * 5 * 7];

    c->picture.read(c->picture.user, width / 2, 2, 5, 7, piece);
    rst_mended_apply(mended, width / 2, 2, 5, 7, piece);
    for (int y = 0; y < 7; y++)
      assert_same(piece + 20 * y, first + 4 * ((2 + y) * width + width / 2), 20);
    rst_mended_free(mended);
    rst_session_free(session);
  }
  g_free(first);
  g_free(l.rgb);
  g_free(l.hole);
  g_free(mask);
  canvas_free(c);
}

static void test_mend(void) {
  check_mend(64, 64, 20, 1);
  check_mend(301, 203, 90, 2);
  check_mend(37, 18, 30, 3);
  check_mend(610, 333, 320, 4);
  check_mend(12, 9, 5, 5);
}

/* A slope goes on under a scratch: it is no mean of what is beside it. */
static void test_mend_slope(void) {
  enum { W = 90, H = 70 };
  canvas *c = canvas_new(W, H, 3);
  rst_session *session = new_session(2);
  unsigned char mask[W * H];
  rst_mended *mended;

  for (int i = 0; i < W * H; i++) {
    mask[i] = abs(i % W - i / W - 20) < 2;
    for (int k = 0; k < 3; k++)
      c->rgba[4 * i + k] = mask[i] ? 1 : 0.1f + 0.008f * (float)(i % W) + 0.002f * (float)(i / W);
  }
  assert_ok(rst_mend(session, &c->picture, NULL, mask, NULL, &mended, NULL));
  rst_mended_apply(mended, 0, 0, W, H, c->rgba);
  rst_mended_free(mended);
  for (int i = 0; i < W * H; i++)
    if (i % W > 3 && i % W < W - 4 && i / W > 3 && i / W < H - 4)
      g_assert_cmpfloat(fabs((double)c->rgba[4 * i] - 0.1 - 0.008 * (i % W) - 0.002 * (i / W)), <,
                        0.002);
  rst_session_free(session);
  canvas_free(c);
}

/* A grey picture stays grey, an even one even, to the bit. */
static void test_mend_grey(void) {
  canvas *c = canvas_new(90, 70, 3);
  rst_session *session = new_session(2);
  unsigned char *mask = new_mask(90, 70, 40, 8);
  rst_mended *mended;

  for (int i = 0; i < 90 * 70; i++)
    c->rgba[4 * i + 1] = c->rgba[4 * i + 2] = c->rgba[4 * i];
  assert_ok(rst_mend(session, &c->picture, NULL, mask, NULL, &mended, NULL));
  rst_mended_apply(mended, 0, 0, 90, 70, c->rgba);
  rst_mended_free(mended);
  for (int i = 0; i < 90 * 70; i++) {
    g_assert_cmpfloat(c->rgba[4 * i], ==, c->rgba[4 * i + 1]);
    g_assert_cmpfloat(c->rgba[4 * i], ==, c->rgba[4 * i + 2]);
  }
  for (int i = 0; i < 90 * 70; i++)
    for (int k = 0; k < 3; k++)
      c->rgba[4 * i + k] = mask[i] ? 0.9f : 0.25f;
  assert_ok(rst_mend(session, &c->picture, NULL, mask, NULL, &mended, NULL));
  rst_mended_apply(mended, 0, 0, 90, 70, c->rgba);
  rst_mended_free(mended);
  for (int i = 0; i < 90 * 70; i++)
    g_assert_cmpfloat(fabsf(c->rgba[4 * i] - 0.25f), <, 1e-6f);
  /* what is transparent has no colour that could run in */
  for (int i = 0; i < 90 * 70; i++) {
    const bool outside = i % 90 > 45 + i / 90 / 3;

    c->rgba[4 * i + 3] = outside ? 0 : 1;
    for (int k = 0; k < 3; k++)
      c->rgba[4 * i + k] = outside || mask[i] ? 0.9f : 0.25f;
  }
  assert_ok(rst_mend(session, &c->picture, NULL, mask, NULL, &mended, NULL));
  rst_mended_apply(mended, 0, 0, 90, 70, c->rgba);
  rst_mended_free(mended);
  for (int i = 0; i < 90 * 70; i++)
    if (c->rgba[4 * i + 3] > 0)
      g_assert_cmpfloat(fabsf(c->rgba[4 * i] - 0.25f), <, 1e-5f);
  g_free(mask);
  rst_session_free(session);
  canvas_free(c);
}

/* Variance of what is beyond the mean of 3 × 3, and how much neighbours have in common. */
static void look_fine(const float *rgba, int width, rst_rectangle box, double *variance,
                      double *correlation) {
  double squares = 0, products = 0;
  float *fine = g_new0(float, (size_t)(box.width * box.height));

  for (int y = 0; y < box.height; y++)
    for (int x = 0; x < box.width; x++) {
      const float *p = rgba + 4 * ((box.y + y) * width + box.x + x);
      const int down = 4 * width;

      fine[y * box.width + x] = p[0] - (4 * p[0] + 2 * (p[4] + p[-4] + p[down] + p[-down]) +
                                        p[down + 4] + p[down - 4] + p[-down + 4] + p[-down - 4]) /
                                         16;
    }
  for (int y = 0; y < box.height; y++)
    for (int x = 0; x + 1 < box.width; x++) {
      const double one = (double)fine[y * box.width + x];

      squares += one * one;
      products += one * (double)fine[y * box.width + x + 1];
    }
  *variance = squares;
  *correlation = products / squares;
  g_free(fine);
}

/* White noise, and coarse noise: a hole gets as much of it, and as coarse, as there is beside it. */
static void test_grain(void) {
  enum { W = 160, H = 120 };
  const rst_rectangle hole = {60, 40, 24, 18}, inside = {61, 41, 22, 16}, away = {100, 60, 22, 16};

  for (int coarse = 0; coarse < 3; coarse++) {
    canvas *c = canvas_new(W, H, 11);
    float *white = random_floats(5, (W + 2) * (H + 2), -0.05, 0.05);
    unsigned char *mask = g_new0(unsigned char, W *H);
    rst_session *session = new_session(2);
    rst_mended *mended;
    double its, its_correlation, there, there_correlation;

    for (int i = 0; i < W * H; i++) {
      const float *w = white + (i / W + 1) * (W + 2) + i % W + 1;
      const float share = 0.25f * (float)coarse;
      const float noise = w[0] + share * (w[1] + w[-1] + w[W + 2] + w[-W - 2]) +
                          share * share * (w[W + 3] + w[W + 1] + w[-W - 1] + w[-W - 3]);

      for (int k = 0; k < 3; k++)
        c->rgba[4 * i + k] = 0.5f + noise;
      mask[i] = i % W >= hole.x && i % W < hole.x + hole.width && i / W >= hole.y &&
                i / W < hole.y + hole.height;
    }
    assert_ok(rst_mend(session, &c->picture, NULL, mask, NULL, &mended, NULL));
    rst_mended_apply(mended, 0, 0, W, H, c->rgba);
    look_fine(c->rgba, W, inside, &its, &its_correlation);
    look_fine(c->rgba, W, away, &there, &there_correlation);
    g_test_message("variance %.2f, correlations %.2f and %.2f", its / there, its_correlation,
                   there_correlation);
    g_assert_cmpfloat(its / there, >, 0.6);
    g_assert_cmpfloat(its / there, <, 1.5);
    g_assert_cmpfloat(fabs(its_correlation - there_correlation), <, 0.2);
    rst_mended_free(mended);
    rst_session_free(session);
    g_free(mask);
    g_free(white);
    canvas_free(c);
  }
}

static void on_progress(void *user, rst_phase phase, double fraction) {
  double *last = user;

  g_assert_true(phase == RST_PHASE_FINDING || phase == RST_PHASE_MENDING);
  g_assert_cmpfloat(fraction, >=, *last);
  g_assert_cmpfloat(fraction, <=, 1);
  *last = fraction;
}

static void test_mend_failures(void) {
  canvas *c = canvas_new(200, 120, 3);
  rst_session *session = new_session(1);
  const rst_rectangle box = {20, 10, 50, 40}, beyond = {160, 0, 50, 40};
  unsigned char *mask = new_mask(50, 40, 30, 8), none[50 * 40] = {0};
  rst_hooks hooks = RST_HOOKS_INIT;
  rst_mended *mended = NULL;
  double last = 0;
  int calls;

  assert_status(rst_mend(session, &c->picture, &beyond, mask, NULL, &mended, NULL), RST_BAD_CALL);
  assert_status(rst_mend(session, &c->picture, &box, NULL, NULL, &mended, NULL), RST_BAD_CALL);
  hooks.progress = on_progress;
  hooks.user = &last;
  assert_ok(rst_mend(session, &c->picture, &box, mask, &hooks, &mended, NULL));
  g_assert_cmpfloat(last, ==, 1);
  calls = c->calls;
  rst_mended_free(mended);
  mended = NULL;
  for (int i = 1; i <= calls; i++) {
    c->calls = 0;
    c->fail_at = i;
    assert_status(rst_mend(session, &c->picture, &box, mask, NULL, &mended, NULL), RST_HOST_FAILED);
  }
  hooks.cancel = rst_cancel_new();
  rst_cancel_set(hooks.cancel);
  c->fail_at = 0;
  assert_status(rst_mend(session, &c->picture, &box, mask, &hooks, &mended, NULL), RST_CANCELLED);
  g_assert_null(mended);
  assert_ok(rst_mend(session, &c->picture, &box, none, NULL, &mended, NULL));
  g_assert_cmpint(rst_mended_count(mended), ==, 0);
  rst_mended_free(mended);
  rst_cancel_free(hooks.cancel);
  g_free(mask);
  rst_session_free(session);
  canvas_free(c);
}

/* ---- tone ---- */

/* Grey that rises and falls between two values, evenly. */
static canvas *spread(double low, double high) {
  canvas *c = canvas_new(200, 160, 6);

  for (int i = 0; i < 200 * 160; i++) {
    const double value = low + (high - low) * abs(i % 200 % 50 - 25) / 25.0;

    for (int k = 0; k < 3; k++)
      c->rgba[4 * i + k] = (float)value;
  }
  return c;
}

static rst_tone tone_of(const canvas *c, rst_picture_kind kind) {
  rst_tone tone;

  assert_ok(rst_measure_tone(&c->picture, NULL, NULL, kind, NULL, &tone, NULL));
  return tone;
}

static void test_tone(void) {
  canvas *good = spread(0, 1), *faded = spread(0.25, 0.8), *night = spread(0, 0.3);
  rst_tone tone = tone_of(good, RST_PICTURE_MONOCHROME);
  float *before = g_memdup2(good->rgba, 4 * 200 * 160 * sizeof(float));

  g_assert_true(rst_tone_is_identity(&tone));
  rst_tone_apply(&tone, 1, 200 * 160, good->rgba);
  assert_same(good->rgba, before, 4 * 200 * 160);

  tone = tone_of(faded, RST_PICTURE_MONOCHROME);
  g_assert_false(rst_tone_is_identity(&tone));
  rst_tone_apply(&tone, 0, 200 * 160, faded->rgba);
  rst_tone_apply(&tone, 1, 200 * 160, faded->rgba);
  float low = 1, high = 0;

  for (int i = 0; i < 200 * 160; i++) {
    low = fminf(low, faded->rgba[4 * i]);
    high = fmaxf(high, faded->rgba[4 * i]);
    g_assert_cmpfloat(faded->rgba[4 * i], ==, faded->rgba[4 * i + 2]); /* grey stays grey */
  }
  g_assert_cmpfloat(low, <, 0.1f);
  g_assert_cmpfloat(high, >, 0.87f);

  /* night stays night, and drawings as they are */
  tone = tone_of(night, RST_PICTURE_MONOCHROME);
  g_assert_cmpfloat(tone.white[0], >=, 0.75);
  tone = tone_of(faded, RST_PICTURE_DRAWING);
  g_assert_true(rst_tone_is_identity(&tone));
  g_free(before);
  canvas_free(good);
  canvas_free(faded);
  canvas_free(night);
}

/* A cast is lessened; what the mask has does not count. */
static void test_cast(void) {
  canvas *c = spread(0.1, 0.9);
  unsigned char *mask = g_new0(unsigned char, 200 * 160);
  rst_tone tone, masked;
  double before = 0, after = 0;

  for (int i = 0; i < 200 * 160; i++)
    c->rgba[4 * i] = 0.14f + 0.86f * c->rgba[4 * i];
  tone = tone_of(c, RST_PICTURE_COLOURED);
  for (int i = 0; i < 200 * 160; i++) {
    before += (double)(c->rgba[4 * i] - c->rgba[4 * i + 2]);
    rst_tone_apply(&tone, 1, 1, c->rgba + 4 * i);
    after += (double)(c->rgba[4 * i] - c->rgba[4 * i + 2]);
  }
  g_assert_cmpfloat(fabs(after), <, 0.6 * before);
  canvas_free(c);
  c = spread(0.25, 0.8);
  tone = tone_of(c, RST_PICTURE_MONOCHROME);
  for (int i = 0; i < 200 * 160; i += 7) {
    c->rgba[4 * i] = c->rgba[4 * i + 1] = c->rgba[4 * i + 2] = i % 2;
    mask[i] = 255;
  }
  assert_ok(rst_measure_tone(&c->picture, NULL, mask, RST_PICTURE_MONOCHROME, NULL, &masked, NULL));
  g_assert_cmpfloat(fabs(masked.black[0] - tone.black[0]), <, 0.01);
  masked = tone_of(c, RST_PICTURE_MONOCHROME);
  g_assert_cmpfloat(fabs(masked.black[0] - tone.black[0]), >, 0.1);
  g_free(mask);
  canvas_free(c);
}

/* Faded sepia gets its tones back, and no more tint than it has. */
static void test_tint(void) {
  static const float tint[3] = {0.07f, 0.01f, -0.09f};
  canvas *c = spread(0.3, 0.7);
  double before = 0, after = 0;
  float low = 1, high = 0;
  rst_tone tone;

  for (int i = 0; i < 200 * 160; i++)
    for (int k = 0; k < 3; k++)
      c->rgba[4 * i + k] += tint[k];
  tone = tone_of(c, RST_PICTURE_TONED);
  for (int i = 0; i < 200 * 160; i++) {
    before += (double)(c->rgba[4 * i] - c->rgba[4 * i + 2]);
    rst_tone_apply(&tone, 1, 1, c->rgba + 4 * i);
    after += (double)(c->rgba[4 * i] - c->rgba[4 * i + 2]);
    low = fminf(low, c->rgba[4 * i + 1]);
    high = fmaxf(high, c->rgba[4 * i + 1]);
  }
  g_assert_cmpfloat(low, <, 0.25f);
  g_assert_cmpfloat(high, >, 0.82f);
  g_assert_cmpfloat(after / before, >, 0.85);
  g_assert_cmpfloat(after / before, <, 1.1);
  canvas_free(c);
}

/* ---- the chain ---- */

/* Finders that ship. */
static rst_photo *new_photo(const canvas *c, const rst_rectangle *box) {
  rst_photo *photo;

  assert_ok(rst_photo_new(&c->picture, box, &photo, NULL));
  return photo;
}

static float *read_all(const rst_picture *p) {
  float *rgba = g_new(float, (size_t)(4 * p->width * p->height));

  g_assert_true(p->read(p->user, 0, 0, p->width, p->height, rgba));
  return rgba;
}

static rst_picture_kind kind_of(canvas *c, float (*tone)(int x, int y)) {
  rst_photo_info info = {.size = sizeof info};
  rst_photo *photo;

  for (int i = 0; i < c->width * c->height; i++)
    for (int k = 0; k < 3; k++)
      c->rgba[4 * i + k] = tone(i % c->width, i / c->width);
  photo = new_photo(c, NULL);
  rst_photo_get_info(photo, &info);
  rst_photo_free(photo);
  return info.kind;
}

/* Lines of ink on paper, and a coat of ink that is worn unevenly. */
static float engraving(int x, int y) {
  if (y > 220)
    return x / 16 % 2 ? 0.46f : 0.56f;
  return y > 100 && (x + y) % 6 < 2 ? 0.46f : 0.98f;
}

/* A dark coat in sharp folds and a white shirt before a wall of middle grey, which is most of it. */
static float portrait(int x, int y) {
  if (y > 200 && abs(x - 150) < 40)
    return 0.9f;
  if (y > 190)
    return x / 5 % 2 ? 0.05f : 0.45f;
  return 0.5f;
}

/* The wall is no paper, since the shirt is brighter. */
static void test_drawing(void) {
  canvas *c = canvas_new(300, 320, 3);

  g_assert_cmpint(kind_of(c, engraving), ==, RST_PICTURE_DRAWING);
  g_assert_cmpint(kind_of(c, portrait), ==, RST_PICTURE_MONOCHROME);
  canvas_free(c);
}

/* What is damaged is what was found, and edits, where it is covered; nothing else changes. */
static void test_photo(void) {
  enum { W = 120, H = 90 };
  canvas *c = canvas_new(W, H, 3);
  rst_session *session = new_session(2);
  const rst_rectangle box = {10, 5, 100, 80};
  rst_photo_settings settings;
  rst_photo_info info = {.size = sizeof info};
  unsigned char *edits = g_new0(unsigned char, 100 * 80);
  const unsigned char *mask;
  rst_picture prepared;
  rst_photo *photo;
  float *rgba;
  int calls;

  smooth(c);
  canvas_deselect(c);
  canvas_select(c, 0, 0, 70, H, 0.5f);
  photo = new_photo(c, &box);
  rst_photo_settings_init(&settings);
  g_assert_true(settings.damage && settings.tone && settings.colour);
  settings.tone = false;
  memset(edits + 30 * 100 + 20, RST_EDIT_ADD, 9);
  memset(edits + 40 * 100 + 65, RST_EDIT_ADD, 9); /* beyond what is covered */
  assert_ok(rst_photo_set(session, photo, &settings, edits, NULL, NULL));
  mask = rst_photo_mask(photo);
  g_assert_nonnull(mask);
  g_assert_cmpint(mask[30 * 100 + 24], ==, 255);
  g_assert_cmpint(mask[40 * 100 + 66], ==, 0);
  rst_photo_get_info(photo, &info);
  g_assert_cmpint(info.kind, ==, RST_PICTURE_COLOURED);
  g_assert_false(info.takes_colour);
  g_assert_cmpint(info.covered, ==, 60 * 80);
  g_assert_cmpint(info.damaged, >=, 9);
  g_assert_true(info.marked);
  rst_photo_picture(photo, &prepared);
  rgba = read_all(&prepared);
  for (int i = 0; i < W * H; i++) {
    const int x = i % W - box.x, y = i / W - box.y;
    const bool damaged = x >= 0 && y >= 0 && x < 100 && y < 80 && mask[y * 100 + x];
    const bool same = memcmp(rgba + 4 * i, c->rgba + 4 * i, 4 * sizeof *rgba) == 0;

    g_assert_true(same || damaged);
    if (x == 24 && y == 30)
      g_assert_false(same);
  }
  /* in the picture's own place: only what has changed */
  assert_ok(rst_photo_write(photo, NULL, NULL));
  for (int i = 0; i < W * H; i++) {
    const bool same = memcmp(rgba + 4 * i, c->rgba + 4 * i, 4 * sizeof *rgba) == 0;

    g_assert_cmpint(c->written[i], ==, !same);
    if (!same)
      assert_same(c->result + 3 * i, rgba + 4 * i, 3);
  }
  /* another strength or sensitivity does not look for damage again */
  calls = c->calls;
  settings.tone_strength = 0.5;
  assert_ok(rst_photo_set(session, photo, &settings, edits, NULL, NULL));
  g_assert_cmpint(c->calls - calls, <=, 4); /* pixels and coverage are looked at */
  /* all of it taken back: the source itself */
  memset(edits, RST_EDIT_REMOVE, 100 * 80);
  assert_ok(rst_photo_set(session, photo, &settings, edits, NULL, NULL));
  rst_photo_picture(photo, &prepared);
  g_assert_true(prepared.user == c->picture.user && prepared.read == c->picture.read);
  settings.damage = false;
  assert_ok(rst_photo_set(session, photo, &settings, NULL, NULL, NULL));
  g_assert_null(rst_photo_mask(photo));
  rst_photo_get_info(photo, &info);
  g_assert_false(info.marked);
  canvas_wipe(c);
  assert_ok(rst_photo_write(photo, NULL, NULL));
  for (int i = 0; i < W * H; i++)
    g_assert_cmpint(c->written[i], ==, 0);
  g_free(rgba);
  g_free(edits);
  rst_photo_free(photo);
  rst_session_free(session);
  canvas_free(c);
}

/* Where someone says of every pixel whether it is damaged, nothing is looked for, and no finder is
 * needed; where a row is left open, what is found there is damaged. */
static void test_photo_decided(void) {
  enum { W = 60, H = 50 };
  canvas *c = canvas_new(W, H, 3);
  rst_session *session = new_session(1);
  rst_photo_settings settings;
  unsigned char *edits = g_malloc(W * H);
  g_autofree char *finders = g_strdup(g_getenv("RESTORATOR_FINDERS"));
  const unsigned char *mask;
  rst_photo *photo;

  smooth(c);
  for (int i = 20 * W; i < 22 * W; i++)
    for (int k = 0; k < 3; k++)
      c->rgba[4 * i + k] = 1; /* what would be found */
  photo = new_photo(c, NULL);
  rst_photo_settings_init(&settings);
  settings.tone = false;
  memset(edits, RST_EDIT_REMOVE, W * H);
  memset(edits + 30 * W + 5, RST_EDIT_ADD, 7);
  g_setenv("RESTORATOR_FINDERS", "/nowhere", TRUE);
  assert_ok(rst_photo_set(session, photo, &settings, edits, NULL, NULL));
  mask = rst_photo_mask(photo);
  for (int i = 0; i < W * H; i++)
    g_assert_cmpint(mask[i], ==, edits[i] == RST_EDIT_ADD ? 255 : 0);
  g_setenv("RESTORATOR_FINDERS", finders, TRUE);
  memset(edits + 20 * W, RST_EDIT_NONE, W);
  assert_ok(rst_photo_set(session, photo, &settings, edits, NULL, NULL));
  mask = rst_photo_mask(photo);
  for (int i = 0; i < W * H; i++)
    if (edits[i] != RST_EDIT_NONE)
      g_assert_cmpint(mask[i], ==, edits[i] == RST_EDIT_ADD ? 255 : 0);
  g_assert_cmpint(mask[20 * W + W / 2], ==, 255);
  rst_photo_free(photo);
  rst_session_free(session);
  g_free(edits);
  canvas_free(c);
}

/* A scratch that goes on beyond the selection, and beyond its box, is no source of what is mended; only
 * what is selected of it is. */
static void test_photo_edge(void) {
  enum { W = 150, H = 90, TOP = 40, BOTTOM = 43 };
  const rst_rectangle box = {30, 5, 90, 80}, selected = {30, 5, 40, 80};
  canvas *c = canvas_new(W, H, 3);
  rst_session *session = new_session(2);
  rst_photo_settings settings;
  rst_picture prepared;
  rst_photo *photo;
  float *truth, *rgba;

  smooth(c);
  truth = g_memdup2(c->rgba, 4 * W * H * sizeof *truth);
  for (int i = TOP * W; i < BOTTOM * W; i++)
    for (int k = 0; k < 3; k++)
      c->rgba[4 * i + k] = 1;
  canvas_deselect(c);
  canvas_select(c, selected.x, selected.y, selected.width, selected.height, 1);
  photo = new_photo(c, &box);
  rst_photo_settings_init(&settings);
  settings.tone = false;
  assert_ok(rst_photo_set(session, photo, &settings, NULL, NULL, NULL));
  rst_photo_picture(photo, &prepared);
  rgba = read_all(&prepared);
  for (int y = TOP; y < BOTTOM; y++)
    for (int x = 0; x < W; x++) {
      const int i = 4 * (y * W + x);

      if (x < selected.x || x >= selected.x + selected.width)
        assert_same(rgba + i, c->rgba + i, 4);
      else
        for (int k = 0; k < 3; k++)
          g_assert_cmpfloat(fabsf(rgba[i + k] - truth[i + k]), <, 0.02f);
    }
  g_free(truth);
  g_free(rgba);
  rst_photo_free(photo);
  rst_session_free(session);
  canvas_free(c);
}

/* Colour comes to the prepared picture by its strength. */
static void test_colour_strength(void) {
  canvas *c = spread(0.25, 0.8);
  rst_session *session = new_session(1);
  rst_photo *photo = new_photo(c, NULL);
  rst_photo_settings settings;
  rst_photo_info info = {.size = sizeof info};
  rst_picture prepared;
  float colours[3 * 8], coverage[8], *rgba;

  rst_photo_settings_init(&settings);
  settings.damage = false;
  settings.colour_strength = 0.25;
  assert_ok(rst_photo_set(session, photo, &settings, NULL, NULL, NULL));
  rst_photo_get_info(photo, &info);
  g_assert_false(rst_tone_is_identity(&info.tone));
  rst_photo_picture(photo, &prepared);
  rgba = read_all(&prepared);
  for (int i = 0; i < 8; i++) {
    coverage[i] = 1;
    for (int k = 0; k < 3; k++)
      colours[3 * i + k] = k == 0 ? 1 : 0;
  }
  g_assert_true(prepared.write(prepared.user, 5, 4, 8, 1, colours, coverage));
  for (int i = 0; i < 8; i++)
    for (int k = 0; k < 3; k++) {
      const float was = rgba[4 * (4 * 200 + 5 + i) + k];

      g_assert_cmpfloat(
        fabsf(c->result[3 * (4 * 200 + 5 + i) + k] - (was + 0.25f * ((k == 0 ? 1 : 0) - was))), <,
        1e-6f);
    }
  settings.colour_strength = 1.5;
  assert_status(rst_photo_set(session, photo, &settings, NULL, NULL, NULL), RST_OUT_OF_RANGE);
  settings.colour_strength = (double)NAN;
  assert_status(rst_photo_set(session, photo, &settings, NULL, NULL, NULL), RST_OUT_OF_RANGE);
  g_free(rgba);
  rst_photo_free(photo);
  rst_session_free(session);
  canvas_free(c);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/photo/files", test_files);
  g_test_add_func("/photo/wide-files", test_wide_files);
  g_test_add_func("/photo/dilation", test_dilation);
  g_test_add_func("/photo/other-things", test_other_things);
  g_test_add_func("/photo/find", test_find);
  g_test_add_func("/photo/find-areas", test_find_areas);
  g_test_add_func("/photo/bodies", test_bodies);
  g_test_add_func("/photo/find-failures", test_find_failures);
  g_test_add_func("/photo/suppress-cancelled", test_suppress_cancelled);
  g_test_add_func("/photo/mask", test_mask);
  g_test_add_func("/photo/mask-cancelled", test_mask_cancelled);
  g_test_add_func("/photo/mend", test_mend);
  g_test_add_func("/photo/mend-grey", test_mend_grey);
  g_test_add_func("/photo/mend-slope", test_mend_slope);
  g_test_add_func("/photo/grain", test_grain);
  g_test_add_func("/photo/mend-failures", test_mend_failures);
  g_test_add_func("/photo/tone", test_tone);
  g_test_add_func("/photo/cast", test_cast);
  g_test_add_func("/photo/tint", test_tint);
  g_test_add_func("/photo/drawing", test_drawing);
  g_test_add_func("/photo/photo", test_photo);
  g_test_add_func("/photo/photo-edge", test_photo_edge);
  g_test_add_func("/photo/decided", test_photo_decided);
  g_test_add_func("/photo/colour-strength", test_colour_strength);
  return g_test_run();
}
