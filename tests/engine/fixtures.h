/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the engine's tests share: small networks made in memory, pictures in memory, repeatable
 * random numbers, comparisons.
 */
#ifndef RST_TEST_FIXTURES_H
#define RST_TEST_FIXTURES_H

#include <glib.h>

#include "restorator.h"

/* ---- repeatable random numbers ---- */

typedef struct {
  uint64_t state;
} dice;

uint32_t dice_next(dice *d);
double dice_real(dice *d, double low, double high);
int dice_int(dice *d, int low, int high); /* both included */

/* ---- interpolation ---- */

/* A sample's weight at the distance t: Catmull-Rom as Keys (1981) has it, a = −½, by its two
 * pieces; the engine's own is written otherwise. */
double keys_weight(double t);

/* ---- networks ---- */

enum { LIST_MAX = 8 };

typedef struct {
  int count;
  int values[LIST_MAX];
} widths;

/* A description, member by member as the model file has it. */
typedef struct {
  int input;
  widths stages;
  int before, after, latent;
  int local_before, local_kernel;
  int global_channels, global_kernel;
  widths global_dense;
  widths features;
  const char *position; /* "learned", "fixed" */
  int position_bands;
  const char *axes;
  const char *time;
  int time_bands;
  int blocks;
  widths dense;
  bool replace;         /* a block's result takes the running one's place */
  const char *process;  /* "diffusion", "single pass" */
  const char *schedule;
  int steps;
  const char *colour;   /* "rgb", "bgr" */
  bool condition, residual;
  int reach;            /* 0: not mentioned */
  bool pixel;           /* false: not mentioned */
  int guided;           /* its radius, with an epsilon of 0.01; 0: not mentioned */
  bool holes;           /* the input has two channels */
  int factor;           /* of the enlarger; 0: none */
  widths channels;      /* of the enlarger */
  int fill_reach;       /* 0: no fill */
  widths fill;
  uint32_t seed;        /* of the weights */
} net;

/* A small network of every feature, whose file is under 20 kB. */
extern const net net_small;

typedef struct {
  char *name;
  int dims;
  int shape[4];
  size_t count;
  float *values;
} weights;

/* A network before it becomes a file: description and weights may be meddled with. */
typedef struct {
  net shape;
  char *description; /* JSON; owned by g_malloc */
  char *card;        /* JSON, NULL: none */
  GArray *tensors;   /* of weights, in the file's order */
} network;

network *network_new(const net *shape);
void network_free(network *n);
/* NULL where there is none of that name. */
weights *network_find(const network *n, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* The weights of that name, which must exist. */
const float *network_get(const network *n, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* The header's JSON text, and the file. */
char *network_header(const network *n);
GByteArray *network_data(const network *n);
GByteArray *network_join(const char *header, const GByteArray *data);
GByteArray *network_file(const network *n);
/* The model of that shape. */
rst_model *network_model(const net *shape);
/* `text` with its first `from` replaced, which must be there; freed by the caller. */
char *replace(const char *text, const char *from, const char *to);

/* The file of a finder that takes white pixels for faces; `from`, where it is not NULL, replaced by
 * `to` in its description. */
GByteArray *finder_file(const char *from, const char *to);

/* A layer of a chain of convolutions. */
typedef struct {
  int kernel, stride, channels;
  int dilation; /* 0: the description has none */
} chain_layer;

/* The file of a finder with random weights, to which `in` channels come: `settings` is what its
 * description has before the layers, such as "\"threshold\":0.5,". `scale`: of the last layer's weights;
 * 0: it says nothing. */
GByteArray *chain_file(const char *settings, int in, const chain_layer *layers, int count,
                       uint32_t seed, double scale);
/* The same with such layers for lost areas beside them, of other weights: `areas_settings` is what
 * these have before the layers. */
GByteArray *areas_file(const char *settings, const char *areas_settings, const chain_layer *layers,
                       int count, uint32_t seed, double scale);

/* ---- values ---- */

float *random_floats(uint32_t seed, size_t count, double low, double high);
rst_session *new_session(int threads);
/* A random input of the model, encoded; the whole of it is `window`. */
rst_encoding *new_encoding(rst_session *session, rst_model *model, const rst_window *window,
                           uint32_t seed);
/* Defaults, then "name=value" pairs up to NULL. */
rst_parameters new_parameters(const char *setting, ...) G_GNUC_NULL_TERMINATED;

/* ---- a network that has seen a window ---- */

typedef struct {
  rst_session *session;
  rst_model *model;
  rst_encoding *encoding;
  rst_parameters parameters; /* defaults, with 6 for the step skipping */
} bench;

bench bench_new(const rst_window *window, const net *shape, int threads);
void bench_clear(bench *b);
/* Colours of a grid (rows, columns, 3), NaN where nothing came. */
float *bench_sample(const bench *b, const rst_grid *grid, const float *coverage);

/* ---- pictures in memory ---- */

typedef struct {
  rst_picture picture; /* its user is this struct */
  int width, height;
  float *rgba; /* (height, width, 4) */
  float *coverage; /* (height, width), NULL: all */
  float *result; /* (height, width, 3), NaN where nothing was written */
  int *written; /* (height, width): how many times */
  int calls; /* callbacks so far */
  int fail_at; /* the callback that fails, 0: none */
  GThread *thread; /* that made it: callbacks may come on no other */
} canvas;

/* Random colours, alpha 1, everything selected. */
canvas *canvas_new(int width, int height, uint32_t seed);
void canvas_free(canvas *c);
/* Nothing selected but what these add. */
void canvas_deselect(canvas *c);
void canvas_select(canvas *c, int x, int y, int width, int height, float coverage);
/* Forgets what was written. */
void canvas_wipe(canvas *c);

/* ---- comparisons ---- */

#define assert_status(call, wanted)                                                              \
  do {                                                                                           \
    rst_status status_ = (call);                                                                 \
    if (status_ != (wanted))                                                                     \
      g_error("%s:%d: %s gave status %d, not %d", __FILE__, __LINE__, #call, status_, (wanted)); \
  } while (0)

#define assert_ok(call) assert_status(call, RST_OK)

/* A failure told well: `code`, a message in UTF-8, and the subject (NULL: any). */
void assert_error(const rst_error *error, rst_status code, const char *subject);

/* Each value within `allowed`; a NaN fails. */
#define assert_close(values, expected, count, allowed) \
  assert_close_at(values, expected, count, allowed, __FILE__, __LINE__)
void assert_close_at(const float *values, const double *expected, size_t count, double allowed,
                     const char *file, int line);
/* The same bits. */
#define assert_same(values, expected, count)                            \
  g_assert_cmpmem(values, (size_t)(count) * sizeof *(values), expected, \
                  (size_t)(count) * sizeof *(expected))

#endif
