/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "golden.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool golden_complain(golden *g, const char *format, ...) {
  va_list arguments;

  va_start(arguments, format);
  if (g->problem[0] == '\0')
    vsnprintf(g->problem, sizeof g->problem, format, arguments);
  va_end(arguments);
  return false;
}

double *golden_take(golden *g, const char *name, size_t *count) {
  const rst_tensor *tensor = rst_safetensors_find(&g->table, name);
  double *values;

  if (!tensor) {
    golden_complain(g, "has no tensor %s", name);
    return NULL;
  }
  values = calloc(tensor->count + 1, sizeof *values);
  for (size_t i = 0; i < tensor->count; i++) {
    if (strcmp(tensor->dtype, "F32") == 0) {
      float v;

      memcpy(&v, tensor->bytes + 4 * i, 4);
      values[i] = v;
    } else if (strcmp(tensor->dtype, "F64") == 0) {
      memcpy(&values[i], tensor->bytes + 8 * i, 8);
    } else if (strcmp(tensor->dtype, "I32") == 0) {
      int32_t v;

      memcpy(&v, tensor->bytes + 4 * i, 4);
      values[i] = v;
    } else {
      golden_complain(g, "tensor %s is %s", name, tensor->dtype);
    }
  }
  *count = tensor->count;
  return values;
}

float *golden_take_floats(golden *g, const char *name, size_t *count) {
  double *values = golden_take(g, name, count);
  float *floats;

  if (!values)
    return NULL;
  floats = calloc(*count + 1, sizeof *floats);
  for (size_t i = 0; i < *count; i++)
    floats[i] = (float)values[i];
  free(values);
  return floats;
}

bool golden_compare(golden *g, const char *name, const double *results, size_t count) {
  size_t expected_count;
  double *expected = golden_take(g, name, &expected_count);
  bool fits = expected && expected_count == count;

  if (expected && !fits)
    golden_complain(g, "tensor %s has %zu values, the engine gives %zu", name, expected_count,
                    count);
  for (size_t i = 0; fits && i < count; i++) {
    double error = fabs(results[i] - expected[i]);

    if (g->relative)
      error /= fabs(expected[i]);
    if (!(error <= g->error)) /* a NaN too */
      g->error = isnan(error) ? INFINITY : error;
  }
  free(expected);
  return fits;
}

bool golden_compare_floats(golden *g, const char *name, const float *results, size_t count) {
  double *values = calloc(count + 1, sizeof *values);
  bool fits;

  for (size_t i = 0; i < count; i++)
    values[i] = results[i];
  fits = golden_compare(g, name, values, count);
  free(values);
  return fits;
}

bool golden_compare_ints(golden *g, const char *name, const int *results, size_t count) {
  double *values = calloc(count + 1, sizeof *values);
  bool fits;

  for (size_t i = 0; i < count; i++)
    values[i] = results[i];
  fits = golden_compare(g, name, values, count);
  free(values);
  return fits;
}
