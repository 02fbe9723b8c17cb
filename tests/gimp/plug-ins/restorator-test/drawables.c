/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whatever can be chosen in GIMP: restored, in place or above, or refused by name.
 */
#include "cases.h"
#include "harness.h"

#define SINGLE "model", "tiny-single"

typedef enum Outcome { RESTORED, REFUSED } Outcome;

typedef struct DrawableCase {
  const char *name;
  Recipe recipe;
  /* Gives the drawable to choose; NULL where this GIMP has no such thing. */
  GimpDrawable *(*choose)(const Picture *picture);
  Outcome in_place, new_layer;
  const char *says; /* where it is refused */
} DrawableCase;

/* -------------------------------------------------------------------------------------------
 * What is chosen
 */

static GimpDrawable *choose_layer(const Picture *picture) {
  return picture->layer;
}

/* The value that the call of a procedure by name gives back, of GIMPs that have it. */
static GimpDrawable *call_for_layer(const char *name, const char *first, GObject *image,
                                    const char *second, gpointer value) {
  GimpProcedure *procedure = gimp_pdb_lookup_procedure(gimp_get_pdb(), name);
  g_autoptr(GimpProcedureConfig) config = NULL;
  GimpValueArray *values;
  GimpDrawable *layer;

  if (!procedure)
    return NULL;
  config = gimp_procedure_create_config(procedure);
  g_object_set(config, first, image, second, value, NULL);
  values = gimp_procedure_run_config(procedure, config);
  g_assert_cmpint(g_value_get_enum(gimp_value_array_index(values, 0)), ==, GIMP_PDB_SUCCESS);
  layer = g_value_get_object(gimp_value_array_index(values, 1));
  gimp_value_array_unref(values);
  g_assert_true(gimp_image_insert_layer(GIMP_IMAGE(image), GIMP_LAYER(layer), NULL, 0));
  return layer;
}

static GimpDrawable *choose_text(const Picture *picture) {
  GimpFont *font = gimp_context_get_font();
  GimpTextLayer *layer;

  if (!font)
    return NULL;
  layer = gimp_text_layer_new(picture->image, "HHH\nHHH", font, 36, gimp_unit_pixel());
  g_assert_true(gimp_image_insert_layer(picture->image, GIMP_LAYER(layer), NULL, 0));
  return GIMP_DRAWABLE(layer);
}

static GimpDrawable *choose_link(const Picture *picture) {
  g_autoptr(GFile) file =
    g_file_new_build_filename(g_getenv("RESTORATOR_TEST_FILES"), "linked.xcf", NULL);

  g_assert_true(gimp_file_save(GIMP_RUN_NONINTERACTIVE, picture->image, file, NULL));
  return call_for_layer("gimp-link-layer-new", "image", G_OBJECT(picture->image), "file", file);
}

static GimpDrawable *choose_vector(const Picture *picture) {
  static const double corners[] = {20, 20, 20, 20, 20, 20, 80, 20, 80,
                                   20, 80, 20, 80, 70, 80, 70, 80, 70};
  GimpPath *path = gimp_path_new(picture->image, "triangle");

  g_assert_true(gimp_image_insert_path(picture->image, path, NULL, 0));
  gimp_path_stroke_new_from_points(path, GIMP_PATH_STROKE_TYPE_BEZIER, G_N_ELEMENTS(corners),
                                   corners, TRUE);
  return call_for_layer("gimp-vector-layer-new", "image", G_OBJECT(picture->image), "path", path);
}

static GimpDrawable *choose_selection(const Picture *picture) {
  return GIMP_DRAWABLE(gimp_image_get_selection(picture->image));
}

static GimpDrawable *choose_below_floating(const Picture *picture) {
  GimpDrawable *drawables[] = {picture->layer, NULL};

  g_assert_nonnull(gimp_selection_float(picture->image, drawables, 0, 0));
  return picture->layer;
}

static GimpDrawable *choose_blurred(const Picture *picture) {
  gimp_drawable_append_new_filter(picture->layer, "gegl:gaussian-blur", NULL,
                                  GIMP_LAYER_MODE_REPLACE, 1.0, "std-dev-x", 2.0, NULL);
  return picture->layer;
}

static void edit_mask(GimpLayer *layer) {
  add_mask(layer);
  gimp_layer_set_edit_mask(layer, TRUE);
  gimp_layer_set_show_mask(layer, TRUE);
}

static void lock_visibility(GimpLayer *layer) {
  hide(layer);
  g_assert_true(gimp_item_set_lock_visibility(GIMP_ITEM(layer), TRUE));
}

#define FEATHERED .select = select_feathered

static const DrawableCase cases[] = {
  {"text", {0}, choose_text, RESTORED, RESTORED, NULL},
  /* GIMP makes pixels of them, which Layer ▸ Revert Rasterize takes back. */
  {"link", {FEATHERED}, choose_link, RESTORED, RESTORED, NULL},
  {"vector", {0}, choose_vector, RESTORED, RESTORED, NULL},
  {"selection", {FEATHERED}, choose_selection, REFUSED, REFUSED, "is a channel"},
  {"below-floating", {FEATHERED}, choose_below_floating, RESTORED, RESTORED, NULL},
  {"effects", {FEATHERED}, choose_blurred, RESTORED, REFUSED, "has layer effects"},
  {"mask-edited", {FEATHERED, .prepare = edit_mask}, choose_layer, RESTORED, RESTORED, NULL},
  {"visibility-locked",
   {FEATHERED, .prepare = lock_visibility},
   choose_layer,
   RESTORED,
   RESTORED,
   NULL},
};

/* -------------------------------------------------------------------------------------------
 * What comes of it
 */

static void check(const DrawableCase *test, const char *output, Outcome expected) {
  Picture picture;
  GimpDrawable *drawable;

  picture_make(&test->recipe, &picture);
  drawable = test->choose(&picture);
  if (!drawable) {
    g_test_skip("this GIMP has none");
    picture_free(&picture);
    return;
  }
  g_autoptr(GBytes) before = layer_bytes(drawable);
  gimp_image_clean_all(picture.image);
  g_autofree char *message =
    restore(picture.image, drawable, (const char *const[]){SINGLE, "output", output, NULL});
  g_autoptr(GBytes) after = layer_bytes(drawable);
  const gboolean changed = !g_bytes_equal(before, after);

  g_test_message("%s: %s, %s", output, message ? message : "done",
                 changed ? "changed" : "unchanged");
  g_assert_cmpint(!message, ==, expected == RESTORED);
  g_assert_cmpint(changed, ==, expected == RESTORED && strcmp(output, "in-place") == 0);
  g_assert_cmpint(gimp_image_is_dirty(picture.image), ==, expected == RESTORED);
  g_autofree char *history = history_text(picture.image);
  g_assert_cmpint(history != NULL, ==, expected == RESTORED);
  if (message && test->says && !strstr(message, test->says))
    g_test_fail_printf("does not say: %s", test->says);
  picture_free(&picture);
}

static void test_drawable(const void *data) {
  const DrawableCase *test = data;

  check(test, "in-place", test->in_place);
  check(test, "new-layer", test->new_layer);
}

void add_drawable_cases(void) {
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *path = g_strconcat("/drawables/", cases[i].name, NULL);

    g_test_add_data_func(path, &cases[i], test_drawable);
  }
}
