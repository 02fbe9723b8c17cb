/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "measure/axis.h"

#include <math.h>

double axis_first(double low, double unit) {
  return ceil(low / unit) * unit;
}

double axis_unit(double low, double high, int most) {
  static const double steps[] = {1, 2, 5};
  double unit = 0.5, power = 1;
  for (int i = 0; floor((high - axis_first(low, unit)) / unit) + 1 > most; i++) {
    if (i > 0 && i % 3 == 0)
      power *= 10;
    unit = steps[i % 3] * power;
  }
  return unit;
}
