/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Colour hints as text and as strokes on a layer.
 */
#include "cases.h"
#include "harness.h"

#define MODEL "model", "tiny-single"

static const Recipe recipe = {
  .select = select_rectangle, .width = 90, .height = 70, .x = 4, .y = 6};

/* A transparent layer of that box in the image, red in that rectangle of it. */
static GimpLayer *add_strokes(const Picture *picture, const GeglRectangle *box,
                              const GeglRectangle *red, GimpImageType type) {
  GimpLayer *layer = gimp_layer_new(picture->image, "strokes", box->width, box->height, type, 100,
                                    GIMP_LAYER_MODE_NORMAL);
  const guint8 paint[4] = {0xcc, 0x1a, 0x1a, 255};
  GeglColor *colour = gegl_color_new(NULL);
  GeglBuffer *buffer;

  gegl_color_set_pixel(colour, babl_format("R'G'B'A u8"), paint);
  g_assert_true(gimp_image_insert_layer(picture->image, layer, NULL, 0));
  gimp_layer_set_offsets(layer, box->x, box->y);
  gimp_item_set_visible(GIMP_ITEM(layer), FALSE);
  buffer = gimp_drawable_get_buffer(GIMP_DRAWABLE(layer));
  gegl_buffer_set_color(buffer, red, colour);
  g_object_unref(buffer);
  g_object_unref(colour);
  return layer;
}

/* The picture's bytes after a run with hints as text and those of a layer (NULL allowed), and what
 * the image then keeps of it. */
static GBytes *hinted(const char *text, const GeglRectangle *box, const GeglRectangle *red,
                      gboolean masked, char **history) {
  Picture picture;
  GimpLayer *layer = NULL;
  GBytes *bytes, *before = NULL, *after = NULL;
  g_autofree char *message = NULL;

  picture_make(&recipe, &picture);
  if (box) {
    layer = add_strokes(&picture, box, red, GIMP_RGBA_IMAGE);
    if (masked)
      gimp_layer_add_mask(layer, gimp_layer_create_mask(layer, GIMP_ADD_MASK_BLACK));
    before = layer_bytes(GIMP_DRAWABLE(layer));
  }
  message = restore_hinted(picture.image, picture.layer, layer,
                           (const char *const[]){MODEL, "hints", text, NULL});
  g_assert_cmpstr(message, ==, NULL);
  bytes = layer_bytes(picture.layer);
  if (history)
    *history = history_text(picture.image);
  if (layer) {
    after = layer_bytes(GIMP_DRAWABLE(layer));
    g_assert_true(g_bytes_equal(before, after));
    g_assert_false(gimp_item_get_visible(GIMP_ITEM(layer)));
    g_bytes_unref(before);
    g_bytes_unref(after);
  }
  picture_free(&picture);
  return bytes;
}

static void check_equal(GBytes *a, GBytes *b, gboolean equal) {
  g_assert_true(g_bytes_equal(a, b) == equal);
}

/* A layer elsewhere and of another size says what the same pixel says as text; one whose mask hides
 * it says nothing. */
static void test_layer(void) {
  const GeglRectangle box = {30, 20, 40, 90}, red = {14, 22, 1, 1};
  g_autofree char *history = NULL;
  g_autoptr(GBytes) plain = hinted("", NULL, NULL, FALSE, NULL);
  g_autoptr(GBytes) text = hinted("40,36,#cc1a1a", NULL, NULL, FALSE, NULL);
  g_autoptr(GBytes) layer = hinted("", &box, &red, FALSE, &history);
  g_autoptr(GBytes) masked = hinted("", &box, &red, TRUE, NULL);

  check_equal(text, plain, FALSE);
  check_equal(layer, text, TRUE);
  check_equal(masked, plain, TRUE);
  g_assert_nonnull(strstr(history, "40,36,#cc1a1a"));
}

/* Both count, and what was painted is repeated without its layer. */
static void test_repeated(void) {
  const GeglRectangle box = {0, 0, 96, 80}, red = {30, 30, 20, 2};
  g_autofree char *history = NULL, *message = NULL;
  g_autoptr(GBytes) layer = hinted("", &box, &red, FALSE, NULL);
  g_autoptr(GBytes) both = hinted("50,60,#2020c0", &box, &red, FALSE, &history);
  g_autoptr(GBytes) again = NULL;
  Picture picture;

  check_equal(layer, both, FALSE);
  picture_make(&recipe, &picture);
  parasite_set(picture.image, "restorator-setup", history);
  message = repeat(picture.image, picture.layer, NULL);
  g_assert_cmpstr(message, ==, NULL);
  again = layer_bytes(picture.layer);
  check_equal(again, both, TRUE);
  picture_free(&picture);
}

static void test_refused(void) {
  const GeglRectangle box = {0, 0, 96, 80}, none = {0, 0, 1, 1};
  g_autofree char *opaque = NULL, *bad = NULL;
  g_autoptr(GBytes) before = NULL, after = NULL;
  Picture picture;
  GimpLayer *layer;

  picture_make(&recipe, &picture);
  layer = add_strokes(&picture, &box, &none, GIMP_RGB_IMAGE);
  before = layer_bytes(picture.layer);
  opaque = restore_hinted(picture.image, picture.layer, layer, (const char *const[]){MODEL, NULL});
  g_assert_nonnull(opaque);
  g_assert_nonnull(strstr(opaque, "“strokes” has no transparency"));
  bad = restore(picture.image, picture.layer,
                (const char *const[]){MODEL, "hints", "1,2,keep; 3,4,red", NULL});
  g_assert_nonnull(bad);
  g_assert_nonnull(strstr(bad, "hint 2"));
  after = layer_bytes(picture.layer);
  check_equal(before, after, TRUE);
  picture_free(&picture);
}

void add_hint_cases(void) {
  g_test_add_func("/hints/layer", test_layer);
  g_test_add_func("/hints/repeated", test_repeated);
  g_test_add_func("/hints/refused", test_refused);
}
