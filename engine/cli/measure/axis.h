/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Ticks of a diagram's axis.
 */
#ifndef CLI_MEASURE_AXIS_H
#define CLI_MEASURE_AXIS_H

/* The distance of ticks, 1, 2 or 5 times a power of ten and at least ½, that puts no more than
 * `most` (2 at least) of them, which are its multiples, on low … high. */
double axis_unit(double low, double high, int most);
/* The first tick on it, low or above. */
double axis_first(double low, double unit);

#endif
