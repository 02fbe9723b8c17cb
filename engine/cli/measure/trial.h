/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One picture by one of two protocols, whose truth is the picture itself.
 *
 * reference: the truth is the centred square at 178 × 178, averaged by area; the network sees its
 * grey at the input's own size and restores all of it; colours are clipped to 0…1. Beside it stands
 * the input, enlarged bicubically.
 *
 * colour: the truth is the picture at its own size; the network sees its grey, the window being the
 * whole picture, and gives the colour alone (mode colour). Beside it stands the grey picture.
 */
#ifndef CLI_TOOLS_TRIAL_H
#define CLI_TOOLS_TRIAL_H

#include "measure/raster.h"
#include "restorator.h"

typedef enum cli_protocol { PROTOCOL_REFERENCE, PROTOCOL_COLOUR, PROTOCOLS } cli_protocol;

enum { TRIAL_SIDE = 178 };

typedef struct cli_trial {
  cli_protocol protocol;
  cli_raster truth;
  cli_raster grey;       /* colour: what is restored */
  rst_encoding *encoding;
  float *coverage;      /* (height, width), 0 or 1: the points compared; NULL: all */
  float *luma;          /* (height, width): of the picture that the network colours; NULL: not
                         * known, of points between pixels */
  int64_t points;       /* how many these are */
  double bicubic;       /* reference: the baseline's squared error, see below */
} cli_trial;

/* Means over the points. */
typedef struct cli_figures {
  double mse, bicubic;                 /* reference: squared errors over R'G'B', 0…1 */
  double ciede2000, ciede2000_grey;    /* colour: distance to the truth, restored and grey */
  double chroma, chroma_truth;         /* colour: restored and the truth's */
  double ciede2000_unhinted; /* colour: the same before the hints, where there are some */
  double seconds; /* that processors spent on the points */
} cli_figures;

/* Encodes the picture. Of its points, `pixels` are compared, drawn by `seed`; 0: all of them. */
rst_status trial_init(cli_trial *trial, cli_protocol protocol, const cli_raster *raster, int pixels,
                      int seed, rst_session *session, rst_model *model, rst_cancel *cancel,
                      rst_error *error);
void trial_clear(cli_trial *trial);

/* Restores the points with these parameters, whose mode, window and strength do not count, and the
 * noise of seed + `index`, so that pictures do not share theirs. Only the protocol's own figures
 * are set, the others are 0. */
rst_status trial_measure(const cli_trial *trial, rst_session *session,
                         const rst_parameters *parameters, int index, rst_cancel *cancel,
                         cli_figures *figures, rst_error *error);
/* The same of the protocol colour with all its points, helped by so many true hints, 1 …
 * RST_HINTS_MAX, which also go into `hints` (count). */
rst_status trial_measure_hinted(const cli_trial *trial, rst_session *session,
                                const rst_parameters *parameters, int index, int count,
                                rst_cancel *cancel, rst_hint *hints, cli_figures *figures,
                                rst_error *error);

#endif
