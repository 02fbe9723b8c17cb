/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the cases share: pictures made in memory, a call of the plug-in, the layer's own bytes.
 */
#ifndef HARNESS_H
#define HARNESS_H

#include <libgimp/gimp.h>
#include <restorator.h>

/* -------------------------------------------------------------------------------------------
 * Pictures
 */

/* What is zero or NULL has a plain meaning: RGB, opaque, u8 perceptual, no profile, a layer of the
 * image's size at (0, 0), nothing selected. */
typedef struct Recipe {
  gboolean grey, alpha;
  GimpPrecision precision;
  GimpColorProfile *(*profile)(void);
  int width, height;         /* of the layer; 0: of the image, 96 × 80 */
  int x, y;                  /* of the layer in the image */
  void (*select)(GimpImage *image);
  void (*prepare)(GimpLayer *layer); /* last */
} Recipe;

typedef struct Picture {
  GimpImage *image;
  GimpDrawable *layer;
  int width, height;         /* of the layer */
} Picture;

#define IMAGE_WIDTH 96
#define IMAGE_HEIGHT 80

/* Waves with noise on them, so that every bit of a component is in use; with alpha, patches that
 * are transparent, half and opaque, each with colour in them. */
void picture_make(const Recipe *recipe, Picture *picture);
void picture_free(Picture *picture);

void select_feathered(GimpImage *image);   /* an ellipse near the middle */
void select_rectangle(GimpImage *image);   /* sharp, inside */
void select_corner(GimpImage *image);      /* feathered round the image's left top corner */

/* (IMAGE_HEIGHT, IMAGE_WIDTH): each pixel selected by that much of 255. */
void select_values(GimpImage *image, const guint8 *values);

void add_mask(GimpLayer *layer);           /* a layer mask that shows half */
void lock_alpha_and_position(GimpLayer *layer);
void hide(GimpLayer *layer);
void put_into_group(GimpLayer *layer);     /* named "family" */

/* RIMM's primaries, D50 and a gamma of 1.8, as ProPhoto RGB has them. */
GimpColorProfile *wide_profile(void);

/* All of the layer's pixels as they are kept, read from GIMP anew. */
GBytes *layer_bytes(GimpDrawable *layer);
/* The same in another format. */
GBytes *layer_bytes_in(GimpDrawable *layer, const Babl *format);

/* What the whole image looks like, (IMAGE_HEIGHT, IMAGE_WIDTH, 4): coded by sRGB's curve, colours
 * times alpha. */
float *image_values(GimpImage *image);
double largest_difference(const float *a, const float *b); /* of two such */
/* Opens a file. */
GimpImage *image_load(const char *path);

/* What the image keeps of what was done to it, under that name; NULL where there is nothing. */
char *parasite_text(GimpImage *image, const char *name);
char *history_text(GimpImage *image); /* "restorator-setup" */
void parasite_set(GimpImage *image, const char *name, const char *text);

/* -------------------------------------------------------------------------------------------
 * The plug-in
 */

/* Name, value as text, name, value …, NULL, as rst_parameters_set() takes them; and `preset`. */
typedef const char *const *Arguments;

/* Calls plug-in-restorator, the first without interface. Gives NULL where it succeeds, else its
 * message. */
char *restore(GimpImage *image, GimpDrawable *drawable, Arguments arguments);
char *restore_all(GimpRunMode mode, GimpImage *image, GimpDrawable *const *drawables, int count,
                  Arguments arguments);

/* The same as the first, with strokes on a layer of hints; NULL: without. */
char *restore_hinted(GimpImage *image, GimpDrawable *drawable, GimpLayer *hints,
                     Arguments arguments);

/* Calls any procedure on a layer, without interface; the second with an item of the image as one of
 * its arguments (NULL: without). */
char *call_on(const char *procedure, GimpImage *image, GimpDrawable *drawable, Arguments arguments);
char *call_marked(const char *procedure, GimpImage *image, GimpDrawable *drawable,
                  const char *argument, gpointer item, Arguments arguments);

/* Sets a procedure's arguments of those names. */
void arguments_set(GimpProcedureConfig *config, Arguments arguments);

/* Calls plug-in-restorator-repeat, without interface. */
char *repeat(GimpImage *image, GimpDrawable *drawable, Arguments arguments);

/* The same arguments for the engine. */
void arguments_to_parameters(Arguments arguments, rst_parameters *parameters);

#endif
