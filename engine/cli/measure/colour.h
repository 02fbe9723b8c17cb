/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How far colours lie apart, as people see it.
 */
#ifndef CLI_TOOLS_COLOUR_H
#define CLI_TOOLS_COLOUR_H

/* Gamma-coded sRGB, clamped to 0…1 → CIELAB (D65). */
void colour_lab(const float rgb[3], double lab[3]);
/* Their distance by CIEDE2000 (Sharma, Wu and Dalal 2005), with all weights 1. libvips' own
 * misses several of the published pairs, one by 4.7. */
double colour_difference(const double lab[3], const double other[3]);
/* √(a*² + b*²): 0 is grey. */
double colour_chroma(const double lab[3]);

#endif
