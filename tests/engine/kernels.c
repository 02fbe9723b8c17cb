/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The inner loops of every instruction set that this processor runs, and OpenBLAS, against sums in
 * double; the noise, bit by bit.
 */
#include "fixtures.h"

#include <dlfcn.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "kernels/blas.h"
#include "kernels/kernels.h"

static const int awkward[] = {1, 2, 3, 7, 8, 15, 16, 17, 31, 33, 63, 64, 65, 127, 200, 257};

/* The bound: a sum of n terms in float32, in any order, fused or not, is off by no more than
 * (n + 2) · 2⁻²³ of the sum of their magnitudes. */
typedef struct {
  double value, magnitude;
  int terms;
} sum;

static void add(sum *s, double term) {
  s->value += term;
  s->magnitude += fabs(term);
  s->terms++;
}

static void assert_sum(float value, const sum *s, bool relu) {
  const double expected = relu ? MAX(s->value, 0) : s->value;

  g_assert_cmpfloat(fabs(value - expected), <=, (s->terms + 2) * 0x1p-23 * s->magnitude);
}

static void for_each_set(void (*check)(const rst_kernels *set, int width)) {
  for (const rst_kernels *const *set = rst_kernels_all(); *set; set++)
    for (size_t i = 0; i < G_N_ELEMENTS(awkward); i++)
      check(*set, awkward[i]);
}

static void check_first_layer(const rst_kernels *set, int width) {
  const size_t values = (size_t)width * RST_BATCH;
  float *base = random_floats(1, values, -1, 1), *step = random_floats(2, (size_t)width, -1, 1);
  float *weight = random_floats(3, 6 * (size_t)width, -1, 1);
  float *input = random_floats(4, 6 * RST_BATCH, -2, 2), *out = g_new(float, values + 1);

  out[values] = 123;
  set->first_layer(width, base, step, weight, input, out);
  for (int o = 0; o < width; o++)
    for (int p = 0; p < RST_BATCH; p++) {
      sum s = {0, 0, 0};

      add(&s, base[o * RST_BATCH + p]);
      add(&s, step[o]);
      for (int j = 0; j < 6; j++)
        add(&s, (double)weight[j * width + o] * input[j * RST_BATCH + p]);
      assert_sum(out[o * RST_BATCH + p], &s, true);
    }
  g_assert_cmpfloat(out[values], ==, 123);
  g_free(base);
  g_free(step);
  g_free(weight);
  g_free(input);
  g_free(out);
}

/* Rows apart from each other: what lies between stays. */
static void check_product(const rst_kernels *set, int in, int out, bool with_bias,
                          bool only_positive) {
  const size_t stride = RST_BATCH + 3;
  float *weight = random_floats(5, (size_t)(in * out), -1, 1);
  float *bias = random_floats(6, (size_t)out, -1, 1);
  float *input = random_floats(14, (size_t)in * RST_BATCH, -2, 2);
  float *result = random_floats(15, (size_t)out * stride, -1, 1);
  float *before = g_memdup2(result, (size_t)out * stride * sizeof *result);

  set->product(in, out, weight, with_bias ? bias : NULL, only_positive, input, result, stride);
  for (int o = 0; o < out; o++)
    for (int p = 0; p < (int)stride; p++) {
      const size_t at = (size_t)o * stride + (size_t)p;
      sum s = {0, 0, 0};

      if (p >= RST_BATCH) {
        g_assert_cmpfloat(result[at], ==, before[at]);
        continue;
      }
      add(&s, with_bias ? bias[o] : 0);
      for (int i = 0; i < in; i++)
        add(&s, (double)weight[i * out + o] * input[i * RST_BATCH + p]);
      assert_sum(result[at], &s, only_positive);
    }
  g_free(weight);
  g_free(bias);
  g_free(input);
  g_free(result);
  g_free(before);
}

static void check_layer(const rst_kernels *set, int width) {
  check_product(set, 64, width, true, true);
  check_product(set, width, 7, false, false);
  check_product(set, width, width, true, false);
}

static void check_last_layer(const rst_kernels *set, int width) {
  float *weight = random_floats(7, 3 * (size_t)width, -1, 1), *bias = random_floats(8, 3, -1, 1);
  float *in = random_floats(9, (size_t)width * RST_BATCH, 0, 2);
  float *result = random_floats(10, 3 * RST_BATCH, -2, 2);
  float *before = g_memdup2(result, 3 * RST_BATCH * sizeof *result);

  set->last_layer(width, weight, bias, in, result);
  for (int c = 0; c < 3; c++)
    for (int p = 0; p < RST_BATCH; p++) {
      sum s = {0, 0, 0};

      add(&s, before[c * RST_BATCH + p]);
      add(&s, bias[c]);
      for (int o = 0; o < width; o++)
        add(&s, (double)weight[3 * o + c] * in[o * RST_BATCH + p]);
      assert_sum(result[c * RST_BATCH + p], &s, false);
    }
  g_free(weight);
  g_free(bias);
  g_free(in);
  g_free(result);
  g_free(before);
}

static void check_gather(const rst_kernels *set, int width) {
  float *maps = random_floats(11, 12 * (size_t)width, -1, 1);
  float *factor = random_floats(12, 12, 0, 1), *bias = random_floats(13, (size_t)width, -1, 1);
  float *out = g_new(float, (size_t)width + 1);
  const float *rows[12];

  for (int i = 0; i < 12; i++)
    rows[i] = maps + (11 - i) * width;
  for (int count = 0; count <= 12; count += 3) {
    out[width] = 123;
    set->gather(width, count, rows, factor, bias, out);
    for (int o = 0; o < width; o++) {
      sum s = {0, 0, 0};

      add(&s, bias[o]);
      for (int i = 0; i < count; i++)
        add(&s, (double)factor[i] * rows[i][o]);
      assert_sum(out[o], &s, true);
    }
    g_assert_cmpfloat(out[width], ==, 123);
  }
  g_free(maps);
  g_free(factor);
  g_free(bias);
  g_free(out);
}

static void test_first_layer(void) {
  for_each_set(check_first_layer);
}

static void test_layer(void) {
  for_each_set(check_layer);
}

static void test_last_layer(void) {
  for_each_set(check_last_layer);
}

static void test_gather(void) {
  for_each_set(check_gather);
}

static void test_sets(void) {
  const rst_kernels *const *sets = rst_kernels_all();
  int count = 0;

  g_assert_cmpstr(sets[0]->name, ==, "generic");
  while (sets[count])
    g_test_message("%s", sets[count++]->name);
  if (!g_getenv("RESTORATOR_KERNEL"))
    g_assert_true(rst_kernels_best() == sets[count - 1]);
}

/* A variable names the set, in a process of its own. */
static void test_forced(void) {
  const char *wanted = g_getenv("RESTORATOR_KERNEL");

  if (g_test_subprocess()) {
    g_assert_cmpstr(rst_kernels_best()->name, ==, wanted);
    return;
  }
  for (const rst_kernels *const *set = rst_kernels_all(); *set; set++) {
    char **variables = g_environ_setenv(g_get_environ(), "RESTORATOR_KERNEL", (*set)->name, TRUE);

    g_test_trap_subprocess_with_envp(NULL, (const char *const *)variables, 0,
                                     G_TEST_SUBPROCESS_DEFAULT);
    g_test_trap_assert_passed();
    g_test_message("%s: forced", (*set)->name);
    g_strfreev(variables);
  }
}

/* ---- products ---- */

static const struct {
  int m, n, k;
} shapes[] = {
  {1, 1, 1},     {1, 1, 64},     {3, RST_BATCH, 5},   {64, RST_BATCH, 64}, {64, RST_BATCH, 256},
  {5, 7, 9},     {65, 33, 17},   {64, 32, 9},         {64, 32, 800},       {256, RST_BATCH, 33},
  {33, 129, 31}, {127, 513, 63}, {1, RST_BATCH, 200}, {200, 1, 3},         {16, 16, 1025},
};

/* `choose` gives what multiplies products of a shape. */
static void check_gemm(rst_gemm_function (*choose)(const rst_gemm *shape, const rst_kernels *set),
                       const rst_kernels *set) {
  for (size_t i = 0; i < G_N_ELEMENTS(shapes); i++) {
    const rst_gemm s = {shapes[i].m, shapes[i].n, shapes[i].k};
    float *a = random_floats(20, (size_t)(s.m * s.k), -1, 1);
    float *b = random_floats(21, (size_t)(s.k * s.n), -1, 1);
    float *c = random_floats(22, (size_t)(s.m * s.n) + 1, -1, 1), beyond = c[s.m * s.n];

    choose(&s, set)(&s, a, b, c);
    g_assert_cmpfloat(c[s.m * s.n], ==, beyond);
    for (int row = 0; row < s.m; row++)
      for (int column = 0; column < s.n; column++) {
        sum total = {0, 0, 0};

        for (int l = 0; l < s.k; l++)
          add(&total, (double)a[row * s.k + l] * b[l * s.n + column]);
        assert_sum(c[row * s.n + column], &total, false);
      }
    g_free(a);
    g_free(b);
    g_free(c);
  }
}

static rst_gemm_function own_gemm(const rst_gemm *shape, const rst_kernels *set) {
  (void)shape;
  return set->gemm;
}

static void test_gemm(void) {
  for (const rst_kernels *const *set = rst_kernels_all(); *set; set++)
    check_gemm(own_gemm, *set);
}

/* ---- OpenBLAS, in processes of their own where the generic kernels are in use ---- */

static const rst_gemm usual = {64, 32, 288};

/* Whether this is that process; else it was run, with that library where one is named. */
static bool is_generic_process(const char *library) {
  char **variables;

  if (g_test_subprocess())
    return true;
  variables = g_environ_setenv(g_get_environ(), "RESTORATOR_KERNEL", "generic", TRUE);
  variables = library ? g_environ_setenv(variables, "RESTORATOR_OPENBLAS", library, TRUE)
                      : g_environ_unsetenv(variables, "RESTORATOR_OPENBLAS");
  g_test_trap_subprocess_with_envp(NULL, (const char *const *)variables, 60 * G_USEC_PER_SEC,
                                   G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed();
  g_strfreev(variables);
  return false;
}

static bool has_openblas(void) {
#ifdef RST_OPENBLAS
  void *library = dlopen(RST_OPENBLAS, RTLD_NOW | RTLD_LOCAL);

  if (library) {
    dlclose(library);
    return true;
  }
#endif
  g_test_skip("no OpenBLAS on this system, or built without");
  return false;
}

/* Lines of a file of /proc that have that word. */
static int count_lines(const char *path, const char *word) {
  char *text;
  int count = 0;

  g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
  for (const char *at = text; (at = strstr(at, word)); at++)
    count++;
  g_free(text);
  return count;
}

static rst_gemm_function blas_gemm(const rst_gemm *shape, const rst_kernels *set) {
  const rst_gemm_function gemm = rst_gemm_for(shape);

  g_assert_true(gemm != set->gemm);
  return gemm;
}

/* It comes with the first product, without threads of its own, and multiplies rightly. */
static void test_openblas(void) {
  if (!g_test_subprocess() && !has_openblas())
    return;
  if (!is_generic_process(NULL))
    return;
  g_assert_nonnull(strstr(rst_arithmetic(), "where found"));
  g_assert_cmpint(count_lines("/proc/self/maps", "openblas"), ==, 0);
  check_gemm(blas_gemm, rst_kernels_best());
  g_assert_cmpint(count_lines("/proc/self/maps", "openblas"), >, 0);
  g_assert_cmpint(count_lines("/proc/self/status", "Threads:\t1\n"), ==, 1);
  g_assert_nonnull(strstr(rst_arithmetic(), "products: OpenBLAS 0."));
}

enum { CALLERS = 4, REPEATS = 50 };

typedef struct {
  const float *a, *b, *expected;
} repeated;

static gpointer multiply_again(gpointer data) {
  const repeated *r = data;
  const size_t values = (size_t)(usual.m * usual.n);
  float *c = g_new(float, values + REPEATS);

  for (size_t i = 0; i < REPEATS; i++) {
    rst_gemm_for (&usual)(&usual, r->a, r->b, c + i);
    assert_same(c + i, r->expected, values);
  }
  g_free(c);
  return NULL;
}

/* The same bits again, by several callers at once, wherever the numbers lie. */
static void test_openblas_again(void) {
  const size_t a_size = (size_t)(usual.m * usual.k), b_size = (size_t)(usual.k * usual.n);
  GThread *threads[CALLERS];
  repeated jobs[CALLERS];
  float *a, *b, *expected;

  if (!g_test_subprocess() && !has_openblas())
    return;
  if (!is_generic_process(NULL))
    return;
  a = random_floats(40, a_size, -1, 1);
  b = random_floats(41, b_size, -1, 1);
  expected = g_new(float, usual.m *usual.n);
  blas_gemm(&usual, rst_kernels_best())(&usual, a, b, expected);
  for (size_t i = 0; i < CALLERS; i++) {
    float *a_copy = g_new(float, a_size + CALLERS), *b_copy = g_new(float, b_size + CALLERS);

    memcpy(a_copy + i, a, a_size * sizeof *a);
    memcpy(b_copy + i, b, b_size * sizeof *b);
    jobs[i] = (repeated){a_copy + i, b_copy + i, expected};
    threads[i] = g_thread_new("caller", multiply_again, &jobs[i]);
  }
  for (int i = 0; i < CALLERS; i++) {
    g_thread_join(threads[i]);
    g_free((float *)jobs[i].a - i);
    g_free((float *)jobs[i].b - i);
  }
  g_free(a);
  g_free(b);
  g_free(expected);
}

static void assert_own(const char *reason) {
  g_assert_true(rst_gemm_for(&usual) == rst_kernels_best()->gemm);
#ifdef RST_OPENBLAS
  g_assert_nonnull(strstr(rst_arithmetic(), reason));
#else
  g_assert_cmpstr(rst_arithmetic(), ==, "kernels generic");
  (void)reason;
#endif
}

static void test_openblas_missing(void) {
  if (is_generic_process("libnone.so.0"))
    assert_own("; no OpenBLAS (libnone.so.0)");
}

static void test_openblas_off(void) {
  if (is_generic_process(""))
    assert_own("switched off");
}

static void test_openblas_foreign(void) {
  if (is_generic_process("libm.so.6"))
    assert_own("no sgemm_ in libm.so.6");
}

static void test_openblas_wrong(void) {
  if (is_generic_process(WRONG_BLAS))
    assert_own("but for such as 64 × 32 × 288, which fail");
}

/* With less memory than OpenBLAS maps it would never come back. */
static void test_openblas_memory(void) {
  const struct rlimit limit = {(rlim_t)400 << 20, (rlim_t)400 << 20};

#ifdef __SANITIZE_ADDRESS__
  g_test_skip("the address sanitizer needs more addresses than any limit");
  return;
#endif
  if (!is_generic_process(NULL))
    return;
  g_assert_cmpint(setrlimit(RLIMIT_AS, &limit), ==, 0);
  assert_own("too little memory");
}

/* Kernels of the processor's own need none. */
static void test_openblas_unneeded(void) {
  const rst_kernels *best = rst_kernels_best();

  if (strcmp(best->name, "generic") == 0) {
    g_test_skip("the generic kernels are in use");
    return;
  }
  g_assert_true(rst_gemm_for(&usual) == best->gemm);
  g_assert_null(strstr(rst_arithmetic(), "BLAS"));
}

/* A point's bits must not depend on its place in a batch: the same numbers at every place give the
 * same results. */
static void check_places(const rst_kernels *set, int in) {
  for (size_t j = 0; j < G_N_ELEMENTS(awkward); j++) {
    const int out = awkward[j];
    float *weight = random_floats(30, (size_t)(in * out), -1, 1);
    float *values = random_floats(31, (size_t)in, -1, 1);
    float *points = g_new(float, in *RST_BATCH), *result = g_new(float, out *RST_BATCH);

    for (int i = 0; i < in * RST_BATCH; i++)
      points[i] = values[i / RST_BATCH];
    set->product(in, out, weight, NULL, false, points, result, RST_BATCH);
    for (int i = 0; i < out * RST_BATCH; i++)
      if (memcmp(&result[i], &result[i / RST_BATCH * RST_BATCH], sizeof *result) != 0)
        g_error("%s, %d x %d: place %d differs from place 0", set->name, in, out, i % RST_BATCH);
    g_free(weight);
    g_free(values);
    g_free(points);
    g_free(result);
  }
}

static void test_places(void) {
  for_each_set(check_places);
}

/* ---- noise ---- */

/* Philox 4×32-10 written anew from the paper. */
static void philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]) {
  uint32_t c0 = counter[0], c1 = counter[1], c2 = counter[2], c3 = counter[3];

  for (uint32_t round = 0; round < 10; round++) {
    const uint32_t k0 = key[0] + round * 0x9e3779b9u, k1 = key[1] + round * 0xbb67ae85u;
    const uint64_t p0 = (uint64_t)c0 * 0xd2511f53u, p1 = (uint64_t)c2 * 0xcd9e8d57u;
    const uint32_t n0 = (uint32_t)(p1 >> 32) ^ c1 ^ k0, n2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1;

    c0 = n0;
    c1 = (uint32_t)p1;
    c2 = n2;
    c3 = (uint32_t)p0;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
}

/* The known answers of Random123's kat_vectors: the generator that the next test relies on. */
static void test_known_answers(void) {
  static const struct {
    uint32_t counter[4], key[2], answer[4];
  } known[] = {
    {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
    {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
     {0xffffffff, 0xffffffff},
     {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
    {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
     {0xa4093822, 0x299f31d0},
     {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
  };

  for (size_t i = 0; i < G_N_ELEMENTS(known); i++) {
    uint32_t words[4];

    philox(known[i].counter, known[i].key, words);
    assert_same(words, known[i].answer, 4);
  }
}

/* The formula of the header, in double. */
static void test_noise_formula(void) {
  dice d = {5};

  for (int i = 0; i < 20000; i++) {
    const int edge[] = {0, 1, -1, INT32_MAX, INT32_MIN};
    const int seed = i < 5 ? abs(edge[i] == INT32_MIN ? 0 : edge[i]) : dice_int(&d, 0, 1 << 30);
    const int column = i < 25 ? edge[i % 5] : dice_int(&d, -3000, 100000);
    const int row = i < 25 ? edge[i / 5] : dice_int(&d, -3000, 100000);
    const int t = dice_int(&d, 0, 4000);
    const uint32_t counter[4] = {(uint32_t)column, (uint32_t)row, (uint32_t)t, 0};
    const uint32_t key[2] = {(uint32_t)seed, 0};
    uint32_t w[4];
    double radius[2], angle[2], expected[3];
    float z[3];

    philox(counter, key, w);
    for (int j = 0; j < 2; j++) {
      radius[j] = sqrt(-2 * log(((w[2 * j] >> 8) + 1) * 0x1p-24));
      angle[j] = 2 * G_PI * (w[2 * j + 1] * 0x1p-32);
    }
    expected[0] = radius[0] * cos(angle[0]);
    expected[1] = radius[0] * sin(angle[0]);
    expected[2] = radius[1] * cos(angle[1]);
    rst_noise(seed, column, row, t, z);
    assert_close(z, expected, 3, 2e-6);
  }
}

/* The same bits in every set, whatever else is in the batch. */
static void test_noise_sets(void) {
  dice d = {6};

  for (int round = 0; round < 50; round++) {
    int32_t column[RST_BATCH], row[RST_BATCH];
    const uint32_t seed = dice_next(&d) >> 1, t = dice_next(&d) % 4001;

    for (int p = 0; p < RST_BATCH; p++) {
      column[p] = (int32_t)dice_next(&d) >> (round % 32);
      row[p] = (int32_t)dice_next(&d) >> (round % 32);
    }
    for (const rst_kernels *const *set = rst_kernels_all(); *set; set++) {
      float z[3 * RST_BATCH], one[3];

      (*set)->noise(seed, t, column, row, z);
      for (int p = 0; p < RST_BATCH; p++) {
        rst_noise((int)seed, column[p], row[p], (int)t, one);
        for (int c = 0; c < 3; c++)
          assert_same(&z[c * RST_BATCH + p], &one[c], 1);
      }
    }
  }
}

/* Values recorded once: a picture restored today comes out the same on every platform and by every
 * later version. */
static void test_noise_recorded(void) {
  static const struct {
    int seed, column, row, t;
    uint32_t bits[3];
  } recorded[] = {
    {0, 0, 0, 100, {0xbf67d8ae, 0x3d878575, 0x3fc1cbd0}},
    {0, 0, 0, 0, {0x3f7dbb33, 0xbf6cb6b0, 0xbf1e1b9d}},
    {1, 0, 0, 100, {0x3fd2306d, 0x3fdcab78, 0x3fa88316}},
    {0, 1, 0, 100, {0xbf1259ff, 0x3f005007, 0x3f2229c3}},
    {0, 0, 1, 100, {0x3e48e816, 0x3f25430f, 0x3f5586fa}},
    {2147483647, -1, -1, 4000, {0xbf8f3f78, 0x3ef9300f, 0x3f9dbf89}},
    {42, 511, 300, 57, {0x3fe46193, 0x3f8e14a6, 0xbf508e58}},
    {123456789, 100000, -7, 1, {0xbf13b1f3, 0xbf033164, 0xbf33ed68}},
    {7, 16777215, 16777215, 99, {0x3d43e986, 0xbf82e843, 0xbf1de2c5}},
    {0, 178, 178, 13, {0xbd4a602a, 0x3fa0998a, 0x3f169fc7}},
  };

  for (size_t i = 0; i < G_N_ELEMENTS(recorded); i++) {
    float z[3];
    uint32_t bits[3];

    rst_noise(recorded[i].seed, recorded[i].column, recorded[i].row, recorded[i].t, z);
    memcpy(bits, z, sizeof bits);
    g_test_message("0x%08x, 0x%08x, 0x%08x", bits[0], bits[1], bits[2]);
    assert_same(bits, recorded[i].bits, 3);
  }
}

/* Moments, tails and independence of 10⁶ draws; bounds are five standard deviations. */
static void test_noise_statistics(void) {
  enum { SIDE = 1024 };
  const double n = SIDE * SIDE;
  const rst_kernels *kernels = rst_kernels_best();
  int32_t columns[RST_BATCH], rows[RST_BATCH];
  float batch[3 * RST_BATCH], next[3 * RST_BATCH], seeded[3 * RST_BATCH];
  double moment[3][5] = {{0}}, beyond[5] = {0}, cross[3] = {0}, beside[3] = {0}, below = 0;
  double steps = 0, seeds = 0;
  float *above = g_new0(float, SIDE);

  for (int row = 0; row < SIDE; row++) {
    float left[3] = {0, 0, 0};

    for (int column = 0; column < SIDE; column++) {
      const int p = column % RST_BATCH;
      float z[3];

      if (p == 0) {
        for (int i = 0; i < RST_BATCH; i++) {
          columns[i] = column + i;
          rows[i] = row;
        }
        kernels->noise(1, 40, columns, rows, batch);
        kernels->noise(1, 41, columns, rows, next);
        kernels->noise(2, 40, columns, rows, seeded);
      }
      for (int c = 0; c < 3; c++)
        z[c] = batch[c * RST_BATCH + p];
      for (int c = 0; c < 3; c++) {
        double power = 1;

        for (int k = 1; k < 5; k++)
          moment[c][k] += power *= z[c];
        for (int k = 1; k < 5; k++)
          beyond[k] += fabs(z[c]) > k;
        cross[c] += z[c] * z[(c + 1) % 3];
        beside[c] += z[c] * left[c];
        left[c] = z[c];
      }
      below += z[0] * above[column];
      above[column] = z[0];
      steps += z[0] * next[p];
      seeds += z[0] * seeded[p];
    }
  }
  for (int c = 0; c < 3; c++) {
    g_assert_cmpfloat(fabs(moment[c][1] / n), <, 5 / sqrt(n));
    g_assert_cmpfloat(fabs(moment[c][2] / n - 1), <, 5 * sqrt(2 / n));
    g_assert_cmpfloat(fabs(moment[c][3] / n), <, 5 * sqrt(15 / n));
    g_assert_cmpfloat(fabs(moment[c][4] / n - 3), <, 5 * sqrt(96 / n));
    g_assert_cmpfloat(fabs(cross[c] / n), <, 5 / sqrt(n));
    g_assert_cmpfloat(fabs(beside[c] / n), <, 5 / sqrt(n));
  }
  for (int k = 1; k < 5; k++) {
    const double share = erfc(k / sqrt(2));

    g_assert_cmpfloat(fabs(beyond[k] - 3 * n * share), <, 5 * sqrt(3 * n * share));
  }
  g_assert_cmpfloat(fabs(below / n), <, 5 / sqrt(n));
  g_assert_cmpfloat(fabs(steps / n), <, 5 / sqrt(n));
  g_assert_cmpfloat(fabs(seeds / n), <, 5 / sqrt(n));
  g_free(above);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/kernels/sets", test_sets);
  g_test_add_func("/kernels/first layer", test_first_layer);
  g_test_add_func("/kernels/layer", test_layer);
  g_test_add_func("/kernels/last layer", test_last_layer);
  g_test_add_func("/kernels/gather", test_gather);
  g_test_add_func("/kernels/forced", test_forced);
  g_test_add_func("/kernels/products", test_gemm);
  g_test_add_func("/kernels/places", test_places);
  g_test_add_func("/openblas/products", test_openblas);
  g_test_add_func("/openblas/again", test_openblas_again);
  g_test_add_func("/openblas/missing", test_openblas_missing);
  g_test_add_func("/openblas/switched off", test_openblas_off);
  g_test_add_func("/openblas/foreign", test_openblas_foreign);
  g_test_add_func("/openblas/wrong", test_openblas_wrong);
  g_test_add_func("/openblas/memory", test_openblas_memory);
  g_test_add_func("/openblas/unneeded", test_openblas_unneeded);
  g_test_add_func("/noise/known answers", test_known_answers);
  g_test_add_func("/noise/formula", test_noise_formula);
  g_test_add_func("/noise/sets", test_noise_sets);
  g_test_add_func("/noise/recorded", test_noise_recorded);
  g_test_add_func("/noise/statistics", test_noise_statistics);
  return g_test_run();
}
