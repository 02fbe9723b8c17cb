/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Compiled once per instruction set, with RST_KERNELS naming the result. Plain loops along points,
 * which the compiler turns into that set's instructions.
 */
#include "kernels.h"

/* A vector of neighbouring points. Multiply-adds are fused where the set has them, explicitly, so
 * that the compiler has no choice of its own. ROWS × 2 sums of a product stay in registers. */
#if defined __AVX512F__
#include <immintrin.h>
typedef __m512 vector;
enum { LANES = 16, ROWS = 8 };
#define VECTOR_LOAD(from) _mm512_loadu_ps(from)
#define VECTOR_STORE(to, v) _mm512_storeu_ps(to, v)
#define VECTOR_ALL(number) _mm512_set1_ps(number)
#define VECTOR_MULTIPLY_ADD(a, b, c) _mm512_fmadd_ps(a, b, c)
#define VECTOR_RELU(v) _mm512_max_ps(v, _mm512_setzero_ps())
static vector load_some(const float *from, int count) {
  return _mm512_maskz_loadu_ps((__mmask16)((1u << count) - 1), from);
}
static void store_some(float *to, vector v, int count) {
  _mm512_mask_storeu_ps(to, (__mmask16)((1u << count) - 1), v);
}
#define HAS_MASKS
#elif defined __AVX2__ && defined __FMA__
#include <immintrin.h>
typedef __m256 vector;
enum { LANES = 8, ROWS = 4 };
#define VECTOR_LOAD(from) _mm256_loadu_ps(from)
#define VECTOR_STORE(to, v) _mm256_storeu_ps(to, v)
#define VECTOR_ALL(number) _mm256_set1_ps(number)
#define VECTOR_MULTIPLY_ADD(a, b, c) _mm256_fmadd_ps(a, b, c)
#define VECTOR_RELU(v) _mm256_max_ps(v, _mm256_setzero_ps())
static __m256i first_lanes(int count) {
  return _mm256_cmpgt_epi32(_mm256_set1_epi32(count), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}
static vector load_some(const float *from, int count) {
  return _mm256_maskload_ps(from, first_lanes(count));
}
static void store_some(float *to, vector v, int count) {
  _mm256_maskstore_ps(to, first_lanes(count), v);
}
#define HAS_MASKS
#elif defined __ARM_NEON && defined __ARM_FEATURE_FMA
#include <arm_neon.h>
typedef float32x4_t vector;
enum { LANES = 4, ROWS = 8 };
#define VECTOR_LOAD(from) vld1q_f32(from)
#define VECTOR_STORE(to, v) vst1q_f32(to, v)
#define VECTOR_ALL(number) vdupq_n_f32(number)
#define VECTOR_MULTIPLY_ADD(a, b, c) vfmaq_f32(c, a, b)
#define VECTOR_RELU(v) vmaxq_f32(v, vdupq_n_f32(0))
#else
typedef float vector __attribute__((vector_size(16), aligned(4)));
typedef int32_t mask __attribute__((vector_size(16), aligned(4)));
enum { LANES = 4, ROWS = 4 };
#define VECTOR_LOAD(from) (*(const vector *)(const void *)(from))
#define VECTOR_STORE(to, v) (*(vector *)(void *)(to) = (v))
#define VECTOR_ALL(number) ((vector){number, number, number, number})
#define VECTOR_MULTIPLY_ADD(a, b, c) ((a) * (b) + (c))
#define VECTOR_RELU(v) ((vector)((mask)((v) > 0) & (mask)(v)))
#endif

#if defined __FMA__ || defined __ARM_FEATURE_FMA
#define MULTIPLY_ADD(a, b, c) __builtin_fmaf(a, b, c)
#else
#define MULTIPLY_ADD(a, b, c) ((a) * (b) + (c))
#endif

#ifndef HAS_MASKS
/* The first `count` lanes; the others are 0. */
static vector load_some(const float *from, int count) {
  float lanes[LANES] = {0};

  for (int i = 0; i < count; i++)
    lanes[i] = from[i];
  return VECTOR_LOAD(lanes);
}

static void store_some(float *to, vector v, int count) {
  float lanes[LANES];

  VECTOR_STORE(lanes, v);
  for (int i = 0; i < count; i++)
    to[i] = lanes[i];
}
#endif

enum { GATHERED = 8 }; /* vectors */

static float relu(float x) {
  return x > 0 ? x : 0;
}

static void first_layer(int width, const float *restrict base, const float *restrict step,
                        const float *restrict weight, const float *restrict input,
                        float *restrict out) {
  for (int o = 0; o < width; o++) {
    const float w0 = weight[o], w1 = weight[width + o], w2 = weight[2 * width + o];
    const float w3 = weight[3 * width + o], w4 = weight[4 * width + o];
    const float w5 = weight[5 * width + o], s = step[o];

    for (int p = 0; p < RST_BATCH; p++) {
      float sum = base[o * RST_BATCH + p] + s;

      sum = MULTIPLY_ADD(w0, input[p], sum);
      sum = MULTIPLY_ADD(w1, input[RST_BATCH + p], sum);
      sum = MULTIPLY_ADD(w2, input[2 * RST_BATCH + p], sum);
      sum = MULTIPLY_ADD(w3, input[3 * RST_BATCH + p], sum);
      sum = MULTIPLY_ADD(w4, input[4 * RST_BATCH + p], sum);
      sum = MULTIPLY_ADD(w5, input[5 * RST_BATCH + p], sum);
      out[o * RST_BATCH + p] = relu(sum);
    }
  }
}

/* `rows` neighbouring outputs of 2 · LANES points: a constant where this is inlined, so that the
 * sums stay in registers. */
static inline __attribute__((always_inline)) void product_block(
  int rows, int in, int out, const float *weight, const float *bias, bool only_positive,
  const float *input, float *result, size_t stride) {
  vector sums[ROWS][2];

#pragma GCC unroll 8
  for (int r = 0; r < rows; r++)
    sums[r][0] = sums[r][1] = VECTOR_ALL(bias ? bias[r] : 0);
  for (int i = 0; i < in; i++, weight += out, input += RST_BATCH) {
    const vector low = VECTOR_LOAD(input), high = VECTOR_LOAD(input + LANES);

#pragma GCC unroll 8
    for (int r = 0; r < rows; r++) {
      const vector w = VECTOR_ALL(weight[r]);

      sums[r][0] = VECTOR_MULTIPLY_ADD(w, low, sums[r][0]);
      sums[r][1] = VECTOR_MULTIPLY_ADD(w, high, sums[r][1]);
    }
  }
#pragma GCC unroll 8
  for (int r = 0; r < rows; r++) {
    VECTOR_STORE(result + (size_t)r * stride, only_positive ? VECTOR_RELU(sums[r][0]) : sums[r][0]);
    VECTOR_STORE(result + (size_t)r * stride + LANES,
                 only_positive ? VECTOR_RELU(sums[r][1]) : sums[r][1]);
  }
}

static void product(int in, int out, const float *weight, const float *bias, bool only_positive,
                    const float *input, float *result, size_t stride) {
  for (int p = 0; p < RST_BATCH; p += 2 * LANES) {
    int o = 0;

    for (; o + ROWS <= out; o += ROWS)
      product_block(ROWS, in, out, weight + o, bias ? bias + o : NULL, only_positive, input + p,
                    result + (size_t)o * stride + p, stride);
    for (; o < out; o++)
      product_block(1, in, out, weight + o, bias ? bias + o : NULL, only_positive, input + p,
                    result + (size_t)o * stride + p, stride);
  }
}

/* `rows` rows and `columns` columns, more than LANES and at most twice as many where there are
 * two, of a product: each sum runs along k in one order, wherever it lies. */
static inline __attribute__((always_inline)) void gemm_block(const rst_gemm *s, int rows,
                                                             int columns, bool whole, bool two,
                                                             const float *a, const float *b,
                                                             float *c) {
  const int rest = two ? columns - LANES : columns;
  vector sums[ROWS][2];

#pragma GCC unroll 8
  for (int r = 0; r < rows; r++)
    sums[r][0] = sums[r][1] = VECTOR_ALL(0);
  for (int l = 0; l < s->k; l++, a++, b += s->n) {
    const float *end = two ? b + LANES : b;
    const vector first = two ? VECTOR_LOAD(b) : VECTOR_ALL(0),
                 last = whole ? VECTOR_LOAD(end) : load_some(end, rest);

#pragma GCC unroll 8
    for (int r = 0; r < rows; r++) {
      const vector w = VECTOR_ALL(a[(size_t)r * (size_t)s->k]);

      if (two)
        sums[r][0] = VECTOR_MULTIPLY_ADD(w, first, sums[r][0]);
      sums[r][1] = VECTOR_MULTIPLY_ADD(w, last, sums[r][1]);
    }
  }
#pragma GCC unroll 8
  for (int r = 0; r < rows; r++) {
    float *to = c + (size_t)r * (size_t)s->n;

    if (two) {
      VECTOR_STORE(to, sums[r][0]);
      to += LANES;
    }
    if (whole)
      VECTOR_STORE(to, sums[r][1]);
    else
      store_some(to, sums[r][1], rest);
  }
}

static inline __attribute__((always_inline)) void gemm_rows(const rst_gemm *s, int rows,
                                                            const float *a, const float *b,
                                                            float *c) {
  for (int j = 0; j < s->n;) {
    const int left = s->n - j;

    if (left >= 2 * LANES)
      gemm_block(s, rows, 2 * LANES, true, true, a, b + j, c + j);
    else if (left > LANES)
      gemm_block(s, rows, left, false, true, a, b + j, c + j);
    else if (left == LANES)
      gemm_block(s, rows, left, true, false, a, b + j, c + j);
    else
      gemm_block(s, rows, left, false, false, a, b + j, c + j);
    j += 2 * LANES;
  }
}

static void gemm(const rst_gemm *s, const float *a, const float *b, float *c) {
  int i = 0;

  for (; i + ROWS <= s->m; i += ROWS)
    gemm_rows(s, ROWS, a + (size_t)i * (size_t)s->k, b, c + (size_t)i * (size_t)s->n);
  for (; i < s->m; i++)
    gemm_rows(s, 1, a + (size_t)i * (size_t)s->k, b, c + (size_t)i * (size_t)s->n);
}

static void last_layer(int width, const float *restrict weight, const float *restrict bias,
                       const float *restrict in, float *restrict result) {
  enum { BLOCK = 32 }; /* points whose three sums stay in registers */

  for (int first = 0; first < RST_BATCH; first += BLOCK) {
    float sum[3][BLOCK];

    for (int c = 0; c < 3; c++)
      for (int p = 0; p < BLOCK; p++)
        sum[c][p] = bias[c];
    for (int o = 0; o < width; o++)
      for (int c = 0; c < 3; c++)
        for (int p = 0; p < BLOCK; p++)
          sum[c][p] = MULTIPLY_ADD(weight[o * 3 + c], in[o * RST_BATCH + first + p], sum[c][p]);
    for (int c = 0; c < 3; c++)
      for (int p = 0; p < BLOCK; p++)
        result[c * RST_BATCH + first + p] += sum[c][p];
  }
}

/* `vectors` neighbouring vectors of a gathered point, a constant where this is inlined, so that the
 * sums stay in registers. */
static inline __attribute__((always_inline)) void gather_block(int vectors, int first, int count,
                                                               const float *const *rows,
                                                               const float *factor,
                                                               const float *bias, float *out) {
  vector sums[GATHERED];

#pragma GCC unroll 8
  for (int j = 0; j < vectors; j++)
    sums[j] = VECTOR_LOAD(bias + first + j * LANES);
  for (int i = 0; i < count; i++) {
    const vector f = VECTOR_ALL(factor[i]);

#pragma GCC unroll 8
    for (int j = 0; j < vectors; j++)
      sums[j] = VECTOR_MULTIPLY_ADD(f, VECTOR_LOAD(rows[i] + first + j * LANES), sums[j]);
  }
#pragma GCC unroll 8
  for (int j = 0; j < vectors; j++)
    VECTOR_STORE(out + first + j * LANES, VECTOR_RELU(sums[j]));
}

static void gather(int width, int count, const float *const *rows, const float *restrict factor,
                   const float *restrict bias, float *restrict out) {
  int o = 0;

  for (; o + GATHERED * LANES <= width; o += GATHERED * LANES)
    gather_block(GATHERED, o, count, rows, factor, bias, out);
  for (; o + LANES <= width; o += LANES)
    gather_block(1, o, count, rows, factor, bias, out);
  for (; o < width; o++) {
    float sum = bias[o];

    for (int i = 0; i < count; i++)
      sum = MULTIPLY_ADD(factor[i], rows[i][o], sum);
    out[o] = relu(sum);
  }
}

/* ---- noise: no fused operations here, so that every build gives the same bits ---- */

static inline void philox_round(uint32_t c[4], uint32_t k0, uint32_t k1) {
  const uint64_t p0 = (uint64_t)0xd2511f53u * c[0], p1 = (uint64_t)0xcd9e8d57u * c[2];
  const uint32_t c1 = c[1], c3 = c[3];

  c[0] = (uint32_t)(p1 >> 32) ^ c1 ^ k0;
  c[1] = (uint32_t)p1;
  c[2] = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
  c[3] = (uint32_t)p0;
}

static inline void philox(uint32_t c[4], uint32_t k0, uint32_t k1) {
  for (int round = 0; round < 10; round++) {
    philox_round(c, k0, k1);
    k0 += 0x9e3779b9u; /* the golden ratio and √3 − 1, as the paper has them */
    k1 += 0xbb67ae85u;
  }
}

/* −2 ln u for u = ((w >> 8) + 1) · 2⁻²⁴ in (0, 1]: u = m · 2^e with m in [√½, √2), then the
 * Taylor series of 2 artanh(s) = ln m, s = (m − 1)/(m + 1), |s| < 0.172, to s⁹ (error below
 * 2·10⁻⁹ relative). */
static inline float minus_two_log(uint32_t w) {
  union {
    float f;
    uint32_t u;
  } bits = {.f = (float)(int32_t)((w >> 8) + 1)};
  uint32_t high;
  int32_t e;
  float m, s, t;

  high = bits.u - 0x3f3504f3u; /* the bits of √½ */
  e = (int32_t)high >> 23;
  bits.u = (high & 0x7fffffu) + 0x3f3504f3u;
  m = bits.f;
  s = (m - 1) / (m + 1);
  t = s * s;
  t = ((((t * (1.0f / 9) + 1.0f / 7) * t + 1.0f / 5) * t + 1.0f / 3) * t + 1.0f) * s;
  return -2.0f * (2.0f * t + (float)(e - 24) * 0.693147181f);
}

/* Sine and cosine of 2π · w · 2⁻³²: the quadrant from the top bits, the rest r within ±π/4 by
 * Taylor series (error below 4·10⁻⁸). */
static inline void sine_cosine(uint32_t w, float *sine, float *cosine) {
  const uint32_t quadrant = (w + 0x20000000u) >> 30;
  const int32_t rest = (int32_t)(w - (quadrant << 30));
  const float r = (float)rest * (6.283185307f / 4294967296.0f), t = r * r;
  const float s =
    ((((t * (1.0f / 362880) - 1.0f / 5040) * t + 1.0f / 120) * t - 1.0f / 6) * t + 1.0f) * r;
  const float c = (((t * (1.0f / 40320) - 1.0f / 720) * t + 1.0f / 24) * t - 0.5f) * t + 1.0f;
  const float a = quadrant & 1 ? c : s, b = quadrant & 1 ? s : c;

  *sine = quadrant & 2 ? -a : a;
  *cosine = (quadrant + 1) & 2 ? -b : b;
}

static void noise(uint32_t seed, uint32_t t, const int32_t *restrict column,
                  const int32_t *restrict row, float *restrict z) {
  for (int p = 0; p < RST_BATCH; p++) {
    uint32_t c[4] = {(uint32_t)column[p], (uint32_t)row[p], t, 0};
    float r0, r1, sine, cosine;

    philox(c, seed, 0);
    r0 = __builtin_sqrtf(minus_two_log(c[0]));
    r1 = __builtin_sqrtf(minus_two_log(c[2]));
    sine_cosine(c[1], &sine, &cosine);
    z[p] = r0 * cosine;
    z[RST_BATCH + p] = r0 * sine;
    sine_cosine(c[3], &sine, &cosine);
    z[2 * RST_BATCH + p] = r1 * cosine;
  }
}

const rst_kernels RST_KERNELS = {
  .name = RST_KERNELS_NAME,
  .first_layer = first_layer,
  .product = product,
  .gemm = gemm,
  .last_layer = last_layer,
  .gather = gather,
  .noise = noise,
};
