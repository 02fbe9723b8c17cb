/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sheets and diagrams: pictures, boxes and texts on white, in 8 bits sRGB.
 */
#ifndef CLI_TOOLS_CANVAS_H
#define CLI_TOOLS_CANVAS_H

#include <glib.h>
#include <stdbool.h>
#include <vips/vips.h>

#include "restorator.h"

typedef struct cli_canvas {
  int width, height;
  guint8 *rgb; /* (height, width, 3) */
} cli_canvas;

/* Where a text lies about its x. Its middle is at y. */
typedef enum cli_align { ALIGN_LEFT, ALIGN_CENTRE, ALIGN_RIGHT } cli_align;

void canvas_init(cli_canvas *canvas, int width, int height);
void canvas_clear(cli_canvas *canvas);
/* What reaches beyond the canvas is cut off. Colours are 0xRRGGBB. */
void canvas_fill(cli_canvas *canvas, int x, int y, int width, int height, guint32 colour);
/* An outline, `thickness` pixels wide, within the box. */
void canvas_outline(cli_canvas *canvas, int x, int y, int width, int height, int thickness,
                    guint32 colour);
/* A text of fonts `size` pixels high. `wrap`: pixels after which it wraps, 0: never. */
bool canvas_text(cli_canvas *canvas, const char *text, int size, int wrap, int x, int y,
                 cli_align align, guint32 colour, GError **error);
/* Any image as 8 bits sRGB in memory, alpha laid on white. Unref it. NULL and an error on
 * failure. */
VipsImage *canvas_srgb(VipsImage *image, GError **error);
/* Draws any image that canvas_srgb() takes. */
bool canvas_image(cli_canvas *canvas, VipsImage *image, int x, int y, GError **error);
/* To a file whose suffix says the format. */
bool canvas_write(const cli_canvas *canvas, const char *path, rst_cancel *cancel, GError **error);

#endif
