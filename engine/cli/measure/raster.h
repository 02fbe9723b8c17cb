/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pictures in memory, as the engine takes them.
 */
#ifndef CLI_RASTER_H
#define CLI_RASTER_H

#include <glib.h>
#include <stdbool.h>

#include "restorator.h"

typedef struct cli_raster {
  int width, height;
  bool grey;   /* its file knows no colours */
  float *rgba; /* (height, width, 4), gamma-coded sRGB, 0…1 */
} cli_raster;

/* The picture files that the paths name: each a picture, or a folder of some, which come by name.
 * Free it with g_ptr_array_unref(). NULL and an error where a folder has none. */
GPtrArray *raster_list(char *const *paths, GError **error);

/* Reads a picture as displayed. Transparency is dropped. */
bool raster_read(cli_raster *raster, const char *path, rst_cancel *cancel, GError **error);
/* The same; refuses a grey picture, which is no truth to compare colours with. */
bool raster_read_truth(cli_raster *raster, const char *path, rst_cancel *cancel, GError **error);
/* The centred square of a raster. */
void raster_square(const cli_raster *raster, cli_raster *square);
/* The raster at another size, see resize(). */
void raster_resize(const cli_raster *raster, int width, int height, cli_raster *resized);
void raster_clear(cli_raster *raster);

/* Encodes a window of it. */
rst_status raster_encode(const cli_raster *raster, rst_session *session, rst_model *model,
                         const rst_window *window, rst_cancel *cancel, rst_encoding **encoding,
                         rst_error *error);

#endif
