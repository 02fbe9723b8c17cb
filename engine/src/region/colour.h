/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * CIELAB of sRGB.
 */
#ifndef RST_COLOUR_H
#define RST_COLOUR_H

/* Gamma-coded sRGB ↔ CIELAB of sRGB (D65). Values beyond 0…1 are allowed: the curve goes on as an
 * odd function. rst_from_lab() shrinks the chroma at constant L* and hue until the colour lies in
 * 0…1, and clamps L* to 0…100. */
void rst_to_lab(const float rgb[3], double lab[3]);
void rst_from_lab(const double lab[3], float rgb[3]);

#endif
