/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A picture's colour space: the way to and from the engine's sRGB, and its linear light.
 */
#ifndef CLI_SPACE_H
#define CLI_SPACE_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct cli_colour_space cli_colour_space;

/* `channels`: 1 grey, 3 R'G'B'. `profile`: the bytes of an ICC profile; sRGB is meant where it is
 * NULL, and taken where it is malformed or of another kind of picture, as viewers do, which is said.
 * A profile that has no way from sRGB, as a scanner's, is inverted numerically. NULL and an error
 * that names the profile where it has no way to sRGB either. */
cli_colour_space *colour_space_new(const void *profile, size_t size, int channels, GError **error);
void colour_space_free(cli_colour_space *space);

/* `count` colours, gamma-coded. `native`: (count, channels); `rgb`: (count, 3) sRGB. Both ways
 * may leave 0…1 where one space is smaller than the other. */
void colour_space_to_srgb(const cli_colour_space *space, int count, const float *native,
                          float *rgb);
void colour_space_from_srgb(const cli_colour_space *space, int count, const float *rgb,
                            float *native);

/* Interpolates in linear light from `original` to `restored`, both gamma-coded (count, channels)
 * in 0…1, by `coverage` (count), and writes the result into `restored`. Exact at coverage 1 and
 * where both are equal. */
void colour_space_blend(const cli_colour_space *space, int count, const float *coverage,
                        const float *original, float *restored);

#endif
