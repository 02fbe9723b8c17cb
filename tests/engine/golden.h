/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One golden case: its tensors, and what results are compared with.
 */
#ifndef TESTS_GOLDEN_H
#define TESTS_GOLDEN_H

#include <yyjson.h>

#include "network/model.h"
#include "network/safetensors.h"

typedef struct {
  void *bytes;
  rst_safetensors table;
  yyjson_doc *json;
  yyjson_val *about;
  rst_model *model; /* NULL where the kind needs none */
  rst_session *session;
  double error;     /* the largest so far, in units of what is compared with `allowed` */
  double allowed;
  bool relative;
  char problem[512]; /* why the case cannot be read or run, "" */
} golden;

/* Notes why the case cannot be read or run; the first reason stays. Returns false. */
bool golden_complain(golden *g, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A tensor's values, `*count` of them; NULL where it is missing. Freed by the caller. */
double *golden_take(golden *g, const char *name, size_t *count);
float *golden_take_floats(golden *g, const char *name, size_t *count);

/* Compares `count` results with the tensor of that name. */
bool golden_compare(golden *g, const char *name, const double *results, size_t count);
bool golden_compare_floats(golden *g, const char *name, const float *results, size_t count);
bool golden_compare_ints(golden *g, const char *name, const int *results, size_t count);

/* The kind "regions". */
bool golden_run_regions(golden *g);

#endif
