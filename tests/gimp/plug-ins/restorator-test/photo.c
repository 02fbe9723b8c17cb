/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Old photographs: damage mended and nothing else changed, the marks of someone who knows better, the
 * group of layers, the record and what repeats it; damage as a selection. The finder takes what is
 * nearly white for damage.
 */
#include <string.h>

#include "cases.h"
#include "harness.h"

#define PHOTO "plug-in-restorator-photo"
#define DAMAGE_ALONE "tone", "false", "colour", "false"

enum {
  TOP = 30,
  ROWS = 2,  /* of the scratch, which goes from side to side */
  BORDER =
    4 /* where the scratch goes on that is not selected, and is taken for what is beside it */
};

/* Calm greys with a white scratch. */
static void scratch(GimpLayer *layer) {
  g_autoptr(GeglBuffer) buffer = gimp_drawable_get_buffer(GIMP_DRAWABLE(layer));
  guint8 row[3 * IMAGE_WIDTH];

  for (int y = 0; y < IMAGE_HEIGHT; y++) {
    for (int x = 0; x < 3 * IMAGE_WIDTH; x++)
      row[x] = y >= TOP && y < TOP + ROWS ? 255 : (guint8)(60 + x / 3 / 2 + y);
    gegl_buffer_set(buffer, GEGL_RECTANGLE(0, y, IMAGE_WIDTH, 1), 0, babl_format("R'G'B' u8"), row,
                    GEGL_AUTO_ROWSTRIDE);
  }
  gegl_buffer_flush(buffer);
}

static void select_left(GimpImage *image) {
  gimp_image_select_rectangle(image, GIMP_CHANNEL_OP_REPLACE, 0, 0, IMAGE_WIDTH / 2, IMAGE_HEIGHT);
}

static const Recipe whole = {.prepare = scratch},
                    half = {.prepare = scratch, .select = select_left};

static int component(GBytes *bytes, int x, int y) {
  return ((const guint8 *)g_bytes_get_data(bytes, NULL))[3 * (y * IMAGE_WIDTH + x)];
}

static void check_call(const char *procedure, Picture *picture, Arguments arguments) {
  g_autofree char *message = call_on(procedure, picture->image, picture->layer, arguments);

  g_assert_cmpstr(message, ==, NULL);
}

/* The scratch becomes like what is beside it, in the selection; all else keeps its bytes. */
static void check_mended(GBytes *before, GBytes *after, int right) {
  for (int y = 0; y < IMAGE_HEIGHT; y++)
    for (int x = 0; x < IMAGE_WIDTH; x++) {
      const int beside = component(before, x, TOP - 6), value = component(after, x, y);

      if (x < right - BORDER && y >= TOP && y < TOP + ROWS)
        g_assert_cmpint(ABS(value - beside), <, 40);
      else if (x >= right || y < TOP - 4 || y >= TOP + ROWS + 4)
        g_assert_cmpint(value, ==, component(before, x, y));
    }
}

static void test_mended(void) {
  const struct {
    const Recipe *recipe;
    int right;
  } cases[] = {{&whole, IMAGE_WIDTH}, {&half, IMAGE_WIDTH / 2}};

  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    Picture picture;

    picture_make(cases[i].recipe, &picture);
    g_autoptr(GBytes) before = layer_bytes(picture.layer);
    check_call(PHOTO, &picture, (const char *const[]){"model", "tiny-single", DAMAGE_ALONE, NULL});
    g_autoptr(GBytes) after = layer_bytes(picture.layer);
    check_mended(before, after, cases[i].right);
    picture_free(&picture);
  }
}

/* Nothing is asked for: not a byte changes. */
static void test_nothing(void) {
  Picture picture;

  picture_make(&whole, &picture);
  g_autoptr(GBytes) before = layer_bytes(picture.layer);
  check_call(PHOTO, &picture,
             (const char *const[]){"model", "tiny-single", DAMAGE_ALONE, "damage", "false", NULL});
  g_autoptr(GBytes) after = layer_bytes(picture.layer);
  g_assert_true(g_bytes_equal(before, after));
  picture_free(&picture);
}

/* The record says what was done, and the same pixels give the same again. */
static void test_repeated(void) {
  Picture picture, again;

  picture_make(&whole, &picture);
  check_call(
    PHOTO, &picture,
    (const char *const[]){"model", "tiny-single", "mode", "full", "sensitivity", "0.4", NULL});
  g_autoptr(GBytes) first = layer_bytes(picture.layer);
  g_autofree char *history = history_text(picture.image);
  g_assert_nonnull(history);
  picture_make(&whole, &again);
  parasite_set(again.image, "restorator-setup", history);
  g_autofree char *message = repeat(again.image, again.layer, NULL);
  g_assert_cmpstr(message, ==, NULL);
  g_autoptr(GBytes) second = layer_bytes(again.layer);
  g_assert_true(g_bytes_equal(first, second));
  picture_free(&picture);
  picture_free(&again);
}

/* A grey image becomes RGB with colour, and its pixels what they become in an image that was RGB
 * before; without colour it stays grey. */
static void test_grey(void) {
  static const char *const coloured[] = {"model", "tiny-single", "tone", "false", NULL};
  static const char *const layered[] = {"model",  "tiny-single", "tone", "false",
                                        "output", "new-layer",   NULL};
  static const Recipe recipes[] = {{.grey = TRUE, .prepare = scratch},
                                   {.grey = TRUE, .prepare = scratch, .select = select_left}};
  static const Recipe *const rgb[] = {&whole, &half};

  for (gsize i = 0; i < G_N_ELEMENTS(recipes); i++) {
    Picture grey, rgba, above, wanted;

    picture_make(&recipes[i], &grey);
    picture_make(rgb[i], &rgba);
    picture_make(&recipes[i], &above);
    check_call(PHOTO, &grey, (const char *const[]){"model", "tiny-single", DAMAGE_ALONE, NULL});
    g_assert_cmpint(gimp_image_get_base_type(grey.image), ==, GIMP_GRAY);
    picture_free(&grey);
    picture_make(&recipes[i], &grey);
    g_autoptr(GBytes) before = layer_bytes(rgba.layer);
    check_call(PHOTO, &grey, coloured);
    check_call(PHOTO, &rgba, coloured);
    g_assert_cmpint(gimp_image_get_base_type(grey.image), ==, GIMP_RGB);
    g_autoptr(GBytes) result = layer_bytes(grey.layer), expected = layer_bytes(rgba.layer);
    g_assert_false(g_bytes_equal(expected, before));
    g_assert_true(g_bytes_equal(result, expected));
    picture_make(rgb[i], &wanted);
    check_call(PHOTO, &above, layered);
    check_call(PHOTO, &wanted, layered);
    g_assert_cmpint(gimp_image_get_base_type(above.image), ==, GIMP_RGB);
    g_autoptr(GBytes) beneath = layer_bytes(above.layer);
    g_assert_true(g_bytes_equal(beneath, before));
    g_autofree float *seen = image_values(above.image), *other = image_values(wanted.image);
    g_assert_cmpfloat(largest_difference(seen, other), ==, 0);
    picture_free(&grey);
    picture_free(&rgba);
    picture_free(&above);
    picture_free(&wanted);
  }
}

/* A group above the layer, which stays as it is, looks as the layer in place would. */
static void test_layers(void) {
  static const char *const arguments[] = {"model", "tiny-single", DAMAGE_ALONE, NULL};
  static const char *const layered[] = {"model",  "tiny-single", DAMAGE_ALONE,
                                        "output", "new-layer",   NULL};
  Picture place, above;

  picture_make(&whole, &place);
  picture_make(&whole, &above);
  g_autoptr(GBytes) before = layer_bytes(above.layer);
  check_call(PHOTO, &place, arguments);
  check_call(PHOTO, &above, layered);
  g_autoptr(GBytes) after = layer_bytes(above.layer);
  g_assert_true(g_bytes_equal(before, after));
  g_autofree GimpLayer **layers = gimp_image_get_layers(above.image);
  g_assert_true(gimp_item_is_group(GIMP_ITEM(layers[0])));
  g_autofree float *seen = image_values(above.image), *expected = image_values(place.image);
  g_assert_cmpfloat(largest_difference(seen, expected), <, 1.5 / 255);
  picture_free(&place);
  picture_free(&above);
}

/* What is selected is the scratch with its rim, within what was selected before. */
static void test_selected(void) {
  const struct {
    const Recipe *recipe;
    int right;
  } cases[] = {{&whole, IMAGE_WIDTH}, {&half, IMAGE_WIDTH / 2}};

  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    Picture picture;
    gboolean any;
    int left, top, right, bottom;

    picture_make(cases[i].recipe, &picture);
    g_autoptr(GBytes) before = layer_bytes(picture.layer);
    check_call("plug-in-restorator-select-damage", &picture, NULL);
    g_assert_true(gimp_selection_bounds(picture.image, &any, &left, &top, &right, &bottom));
    g_assert_true(any);
    g_assert_cmpint(left, ==, 0);
    g_assert_cmpint(right, ==, cases[i].right);
    g_assert_cmpint(top, <=, TOP);
    g_assert_cmpint(top, >=, TOP - 4);
    g_assert_cmpint(bottom, >=, TOP + ROWS);
    g_assert_cmpint(bottom, <=, TOP + ROWS + 4);
    g_autoptr(GBytes) after = layer_bytes(picture.layer);
    g_assert_true(g_bytes_equal(before, after));
    picture_free(&picture);
  }
}

/* A channel says what is sound, whatever is found; the record says that someone did. */
static void test_marked(void) {
  Picture picture;
  GeglColor *white = gegl_color_new("white");

  picture_make(&whole, &picture);
  GimpChannel *channel =
    gimp_channel_new(picture.image, "sound", IMAGE_WIDTH, IMAGE_HEIGHT, 100, white);
  g_object_unref(white);
  gimp_image_insert_channel(picture.image, channel, NULL, 0);
  gimp_drawable_fill(GIMP_DRAWABLE(channel), GIMP_FILL_WHITE);
  g_autoptr(GBytes) before = layer_bytes(picture.layer);
  g_autofree char *message =
    call_marked(PHOTO, picture.image, picture.layer, "sound", GIMP_DRAWABLE(channel),
                (const char *const[]){"model", "tiny-single", DAMAGE_ALONE, NULL});
  g_assert_cmpstr(message, ==, NULL);
  g_autoptr(GBytes) after = layer_bytes(picture.layer);
  g_assert_true(g_bytes_equal(before, after));
  g_autofree char *history = history_text(picture.image);
  g_assert_nonnull(history);
  g_assert_nonnull(strstr(history, "\"marked\""));
  picture_free(&picture);
}

void add_photo_cases(void) {
  g_test_add_func("/photo/mended", test_mended);
  g_test_add_func("/photo/nothing", test_nothing);
  g_test_add_func("/photo/repeated", test_repeated);
  g_test_add_func("/photo/grey", test_grey);
  g_test_add_func("/photo/layers", test_layers);
  g_test_add_func("/photo/selected", test_selected);
  g_test_add_func("/photo/marked", test_marked);
}
