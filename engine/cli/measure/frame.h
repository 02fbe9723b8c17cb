/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pictures in memory, as the engine takes them.
 */
#ifndef CLI_TOOLS_FRAME_H
#define CLI_TOOLS_FRAME_H

#include <glib.h>
#include <stdbool.h>

#include "restorator.h"

typedef struct cli_frame {
  int width, height;
  bool grey;   /* its file knows no colours */
  float *rgba; /* (height, width, 4), gamma-coded sRGB, 0…1 */
} cli_frame;

/* The picture files that the paths name: each a picture, or a folder of some, which come by name.
 * Free it with g_ptr_array_unref(). NULL and an error where a folder has none. */
GPtrArray *frame_list(char *const *paths, GError **error);

/* Reads a picture as displayed. Transparency is dropped. */
bool frame_read(cli_frame *frame, const char *path, rst_cancel *cancel, GError **error);
/* The same; refuses a grey picture, which is no truth to compare colours with. */
bool frame_read_truth(cli_frame *frame, const char *path, rst_cancel *cancel, GError **error);
/* The centred square of a frame. */
void frame_square(const cli_frame *frame, cli_frame *square);
/* The frame at another size, see resize(). */
void frame_resize(const cli_frame *frame, int width, int height, cli_frame *resized);
void frame_clear(cli_frame *frame);

/* Encodes a window of it. */
rst_status frame_encode(const cli_frame *frame, rst_session *session, rst_model *model,
                        const rst_window *window, rst_cancel *cancel, rst_encoding **encoding,
                        rst_error *error);

#endif
