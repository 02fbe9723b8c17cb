/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a restored layer has to look like: the engine called directly on the same pixels, and the
 * blending worked out here in double precision.
 */
#ifndef EXPECTATION_H
#define EXPECTATION_H

#include "harness.h"

typedef struct Expectation {
  GBytes *before;      /* the layer's bytes */
  gsize count;         /* pixels */
  int components;      /* of a pixel, alpha included */
  gboolean alpha;
  const Babl *native;  /* the layer's format */
  const Babl *values;  /* the same, with components in double precision */
  double *colours;     /* (count, components) in that format; alpha means nothing */
  float *coverage;     /* (count); 0 where nothing may change */
} Expectation;

/* To be called before the plug-in has changed the layer. */
void expectation_make(const Picture *picture, Arguments arguments, Expectation *expectation);
void expectation_free(Expectation *expectation);

/* Fails the test where the layer differs: by a bit in alpha or where nothing is covered, by more
 * than `tolerance` in a covered colour, in the units of the layer's own components. Also where
 * nothing is covered at all, or the restored colours are those from before. */
void expectation_check(const Expectation *expectation, const Picture *picture, double tolerance);

#endif
