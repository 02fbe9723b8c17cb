/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L /* SIGKILL */

#include "meddle.h"

#include <signal.h>

static GimpLayer *first_layer(GimpImage *image) {
  g_autofree GimpLayer **layers = gimp_image_get_layers(image);

  return layers[0];
}

static void select_none(GimpImage *image) {
  gimp_selection_none(image);
}

static void select_less(GimpImage *image) {
  gimp_image_select_ellipse(image, GIMP_CHANNEL_OP_SUBTRACT, 40, 32, 5, 5);
}

/* Beyond the box of what was selected. */
static void select_more(GimpImage *image) {
  gimp_image_select_rectangle(image, GIMP_CHANNEL_OP_ADD, 2, 2, 4, 4);
}

/* All but a hole: the same box as without a selection. */
static void select_round_hole(GimpImage *image) {
  gimp_selection_all(image);
  select_less(image);
}

static void move_layer(GimpImage *image) {
  gimp_layer_set_offsets(first_layer(image), 1, 0);
}

static void remove_layer(GimpImage *image) {
  gimp_image_remove_layer(image, first_layer(image));
}

static void paint(GimpImage *image, int x, int y) {
  GeglColor *white = gegl_color_new("white");

  gimp_drawable_set_pixel(GIMP_DRAWABLE(first_layer(image)), x, y, white);
  g_object_unref(white);
}

static void paint_pixel(GimpImage *image) {
  paint(image, 45, 40);
}

/* Outside of what the cases select, where the network looks nevertheless. */
static void paint_beside(GimpImage *image) {
  paint(image, 10, 40);
}

static void lock_layer(GimpImage *image) {
  gimp_item_set_lock_content(GIMP_ITEM(first_layer(image)), TRUE);
}

/* To the right and beneath, where none of its pixels were. */
static void enlarge_layer(GimpImage *image) {
  GimpLayer *layer = first_layer(image);

  gimp_layer_resize(layer, gimp_drawable_get_width(GIMP_DRAWABLE(layer)) + 20,
                    gimp_drawable_get_height(GIMP_DRAWABLE(layer)) + 20, 0, 0);
}

static void convert_grey(GimpImage *image) {
  gimp_image_convert_grayscale(image);
}

static void convert_precision(GimpImage *image) {
  gimp_image_convert_precision(image, GIMP_PRECISION_U8_NON_LINEAR);
}

static void delete_image(GimpImage *image) {
  gimp_image_delete(image);
}

/* Cancel in GIMP's own progress bar does the same to a plug-in. */
static void die(GimpImage *image) {
  (void)image;
  raise(SIGKILL);
}

void meddle(const char *word, GimpImage *image) {
  static const struct {
    const char *word;
    void (*act)(GimpImage *image);
  } acts[] = {
    {"select-none", select_none},   {"select-less", select_less},
    {"select-more", select_more},   {"select-round-hole", select_round_hole},
    {"move-layer", move_layer},     {"remove-layer", remove_layer},
    {"paint-pixel", paint_pixel},   {"paint-beside", paint_beside},
    {"lock-layer", lock_layer},     {"enlarge-layer", enlarge_layer},
    {"convert-grey", convert_grey}, {"convert-precision", convert_precision},
    {"delete-image", delete_image}, {"die", die},
  };

  for (gsize i = 0; i < G_N_ELEMENTS(acts); i++)
    if (strcmp(word, acts[i].word) == 0)
      acts[i].act(image);
}
