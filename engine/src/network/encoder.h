/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The encoder: the network's input → feature maps and one global vector, and the window's
 * encoding, which keeps of them what the decoder needs.
 */
#ifndef RST_ENCODER_H
#define RST_ENCODER_H

#include <pthread.h>
#include <stdatomic.h>

#include "network/model.h"

/* What the encoder gives: `maps[i]` (size, size, latent) of each stage, `global` (latent) and
 * `luma` (luma_factor · input_size)²: ℓ before it is interpolated. */
typedef struct rst_features {
  float *maps[RST_STAGES_MAX];
  float *global, *luma;
} rst_features;

/* Runs the encoder on `input` (input_size, input_size), −1…1, 0 where it is hidden. The features'
 * arrays are new memory of one block: free (features->global). Errors: RST_CANCELLED,
 * RST_NO_MEMORY. */
rst_status rst_encoder_run(const rst_model *model, const float *input, const rst_cancel *cancel,
                           rst_features *features, rst_error *error);

/* What diffusion/guided.c makes of the network's colours of a window, which depends on nothing but the
 * window and stays as long as its encoding. */
typedef struct rst_line_store {
  pthread_mutex_t lock; /* of the pointer; the values do not change */
  float *values; /* NULL before they are asked for */
} rst_line_store;

struct rst_encoding {
  atomic_int references;
  rst_model *model;
  rst_window window;
  float *memory; /* owned: all below */
  float *input; /* (input_size, input_size) */
  float *luma; /* ℓ, (luma_factor · input_size)²: the input, without holes or enlarged */
  float *global; /* (latent) */
  /* The first feature layer applied to the maps: interpolation and the layer are both linear, so
   * their order may change. Bias not added: beyond the border the maps are zero, the bias is not.
   * (size, size, features.layers[0].out) of each stage. */
  float *mixed[RST_STAGES_MAX];
  rst_line_store *lines; /* owned */
  /* What else shows the same part: windows round the faces in it. Owned. */
  int view_count;
  rst_encoding **views; /* (view_count) */
};

#endif
