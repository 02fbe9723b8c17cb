/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Resampling as the network's input is made: the average of what lies under a cell, its edges by
 * the share that lies in it, where an axis shrinks; Catmull-Rom (Keys 1981, a = −½), edge repeated,
 * where it grows. libvips shrinks by whole numbers alone.
 */
#ifndef CLI_TOOLS_RESIZE_H
#define CLI_TOOLS_RESIZE_H

/* `from`: (height, width, channels); `to`: (rows, columns, channels), clamped to 0…1. */
void resize(const float *from, int width, int height, int channels, float *to, int columns,
            int rows);

#endif
