/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tensor table → checked architecture. Every size comes from the file's description; every
 * tensor's shape follows from it and is checked against it before it is read.
 */
#ifndef RST_MODEL_H
#define RST_MODEL_H

#include "network/layers.h"
#include "network/network.h"
#include "restorator.h"

typedef enum rst_schedule_kind {
  RST_SCHEDULE_COSINE,
  RST_SCHEDULE_LINEAR,
  RST_SCHEDULE_QUADRATIC,
  RST_SCHEDULE_SIGMOID
} rst_schedule_kind;

/* The encoding of one scalar: learned (bands of δ, (w_sin, w_cos), b, g) or fixed. */
typedef struct rst_scalar_encoding {
  bool learned;
  int bands; /* N, even */
  int width; /* N + 1 learned, N fixed */
  const float *frequency, *weight, *bias, *gate; /* (N), (N, 2), (N), (N) */
} rst_scalar_encoding;

typedef struct rst_encoder_stage {
  int channels;
  int size;             /* of its maps, size × size */
  rst_conv down;        /* stride 2 */
  rst_conv_stack before, after;
  rst_conv_stack local; /* its last layer gives the local context, `latent` channels */
} rst_encoder_stage;

struct rst_model {
  rst_network network;

  int input_size;
  int channels; /* of the input: luma; or luma without holes, and where they were */
  int latent;
  const float *norm_gamma, *norm_beta, *norm_mean, *norm_variance; /* (channels) */
  int stage_count;
  rst_encoder_stage stages[RST_STAGES_MAX];
  rst_conv global_conv;
  rst_dense_stack global_dense; /* its last layer gives the global vector */
  rst_dense_stack features;     /* (stages · latent) → … → latent */

  int axes;                        /* 1: x, 2: x and y */
  rst_scalar_encoding position[2];
  int position_width;              /* of all axes */
  rst_scalar_encoding time;

  bool luma_condition, luma_residual;
  bool luma_pixel;  /* the condition has the pixel's own luma less ℓ */
  int guided_radius; /* of the filter that chroma follows the luma by, in input pixels; 0: none */
  double guided_epsilon; /* variance of luma, 0…1, that counts as none */
  int luma_reach;   /* ℓ is seen at the points up to so many input pixels away on each axis */
  int luma_columns; /* of the condition: ℓ's (2 luma_reach + 1)², one for the pixel's own luma */
  int luma_factor;  /* of the enlarger, 1 without one: how much finer ℓ is than the input */
  rst_conv_stack enlarger; /* its last layer gives the luma_factor² samples in an input pixel */
  int fill_reach;
  rst_dense_stack fill; /* (2 · (2 fill_reach + 1)²) → … → 1; none: no fill */
  int block_count;
  rst_dense_stack blocks[RST_BLOCKS_MAX];
  bool residual; /* a block's result is added to the running one; else it takes its place */

  rst_process process;
  rst_schedule_kind schedule;
  int steps; /* T; 0 for single pass */
  bool bgr;  /* the network holds a value's channels as blue, green, red */
};

#define RST_NORM_EPSILON 1e-3 /* of the batch normalisation */

/* "cosine", …; NULL-terminated, index = rst_schedule_kind. */
extern const char *const rst_schedule_names[];

#endif
