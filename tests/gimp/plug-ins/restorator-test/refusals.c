/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases.h"
#include "harness.h"

typedef struct Refusal {
  const char *name;
  Recipe recipe;
  /* Prepares the picture; gives the drawable to restore, NULL for the picture's layer. */
  GimpDrawable *(*prepare)(const Picture *picture);
  const char *arguments[7];
  const char *says[3]; /* parts of the message */
} Refusal;

static GimpDrawable *make_indexed(const Picture *picture) {
  g_assert_true(gimp_image_convert_indexed(picture->image, GIMP_CONVERT_DITHER_NONE,
                                           GIMP_CONVERT_PALETTE_GENERATE, 16, FALSE, FALSE, ""));
  return NULL;
}

static GimpDrawable *choose_group(const Picture *picture) {
  return GIMP_DRAWABLE(gimp_item_get_parent(GIMP_ITEM(picture->layer)));
}

static GimpDrawable *lock(const Picture *picture) {
  g_assert_true(gimp_item_set_lock_content(GIMP_ITEM(picture->layer), TRUE));
  return NULL;
}

static GimpDrawable *lock_group(const Picture *picture) {
  GimpItem *group = gimp_item_get_parent(GIMP_ITEM(picture->layer));

  g_assert_true(gimp_item_set_lock_content(group, TRUE));
  return NULL;
}

static GimpDrawable *choose_mask(const Picture *picture) {
  return GIMP_DRAWABLE(gimp_layer_get_mask(GIMP_LAYER(picture->layer)));
}

static GimpDrawable *choose_channel(const Picture *picture) {
  GeglColor *black = gegl_color_new("black");
  GimpChannel *channel =
    gimp_channel_new(picture->image, "spare", IMAGE_WIDTH, IMAGE_HEIGHT, 50, black);

  g_object_unref(black);
  g_assert_true(gimp_image_insert_channel(picture->image, channel, NULL, 0));
  return GIMP_DRAWABLE(channel);
}

static GimpDrawable *choose_floating(const Picture *picture) {
  GimpDrawable *drawables[] = {picture->layer, NULL};

  return GIMP_DRAWABLE(gimp_selection_float(picture->image, drawables, 0, 0));
}

static GimpDrawable *blur(const Picture *picture) {
  gimp_drawable_append_new_filter(picture->layer, "gegl:gaussian-blur", NULL,
                                  GIMP_LAYER_MODE_REPLACE, 1.0, "std-dev-x", 2.0, NULL);
  return NULL;
}

static GimpDrawable *clear(const Picture *picture) {
  g_assert_true(gimp_drawable_fill(picture->layer, GIMP_FILL_TRANSPARENT));
  return NULL;
}

#define SINGLE "model", "tiny-single"
#define DIFFUSION "model", "tiny-diffusion"
#define PLAIN {.select = select_feathered}
#define GROUPED {.select = select_feathered, .prepare = put_into_group}
#define MASKED {.select = select_feathered, .prepare = add_mask}

static const Refusal refusals[] = {
  {"model/missing", PLAIN, NULL, {"model", "nosuch"}, {"no model “nosuch”", "tiny-single"}},
  {"model/path",
   PLAIN,
   NULL,
   {"model", "/no/such.safetensors"},
   {"“/no/such.safetensors” could not be opened"}},
  {"model/folder", PLAIN, NULL, {"model", "/"}, {"“/” is not a file"}},
  {"arguments/sampler",
   PLAIN,
   NULL,
   {DIFFUSION, "sampler", "dimm"},
   {"“dimm” of “sampler”", "auto, ddpm, ddim"}},
  {"arguments/mode",
   PLAIN,
   NULL,
   {SINGLE, "mode", "Full"},
   {"“Full” of “mode”", "auto, full, colour, detail"}},
  {"arguments/sequence",
   PLAIN,
   NULL,
   {DIFFUSION, "sequence", "cubic"},
   {"“cubic” of “sequence”", "uniform, quadratic"}},
  {"arguments/noise-stddev",
   PLAIN,
   NULL,
   {DIFFUSION, "noise-stddev", "one"},
   {"“one” of “noise-stddev”", "normal, squared, zero"}},
  {"arguments/window", PLAIN, NULL, {SINGLE, "window", "1,2"}, {"“1,2” of “window”"}},
  {"arguments/window-elsewhere",
   PLAIN,
   NULL,
   {SINGLE, "window", "0,0,10"},
   {"does not hold the selection", "auto"}},
  {"arguments/step-skip",
   PLAIN,
   NULL,
   {DIFFUSION, "step-skip", "4000"},
   {"4000 of “step-skip”", "from 1 to "}},
  {"arguments/start", PLAIN, NULL, {DIFFUSION, "start", "4000"}, {"4000 of “start”", "from 0 to "}},
  {"arguments/end",
   PLAIN,
   NULL,
   {DIFFUSION, "start", "3", "end", "3"},
   {"3 of “end”", "from 0 to 2"}},
  {"arguments/output",
   PLAIN,
   NULL,
   {SINGLE, "output", "new_layer"},
   {"“new_layer” of “output”", "in-place, new-layer"}},
  {"preset/missing", PLAIN, NULL, {SINGLE, "preset", "nosuch"}, {"no preset “nosuch”", "half"}},
  {"preset/misspelt", PLAIN, NULL, {SINGLE, "preset", "misspelt"}, {"preset", "strengt"}},
  {"preset/misfit",
   PLAIN,
   NULL,
   {SINGLE, "preset", "steps"},
   {"“steps” does not fit the model “tiny-single”", "tiny-diffusion"}},
  {"drawable/indexed", PLAIN, make_indexed, {SINGLE}, {"indexed", "Image ▸ Mode ▸ RGB"}},
  {"drawable/group", GROUPED, choose_group, {SINGLE}, {"“family” is a layer group"}},
  {"drawable/locked", PLAIN, lock, {SINGLE}, {"“portrait” are locked", "unlock"}},
  {"drawable/locked-group", GROUPED, lock_group, {SINGLE}, {"“portrait” are locked", "unlock"}},
  {"drawable/mask", MASKED, choose_mask, {SINGLE}, {"is a layer mask"}},
  {"drawable/channel", PLAIN, choose_channel, {SINGLE}, {"“spare” is a channel"}},
  {"drawable/floating", PLAIN, choose_floating, {SINGLE}, {"is a floating selection", "anchor"}},
  {"drawable/effects",
   PLAIN,
   blur,
   {SINGLE, "output", "new-layer"},
   {"“portrait” has layer effects"}},
  {"region/outside",
   {.select = select_rectangle, .width = 20, .height = 20, .x = 70, .y = 58},
   NULL,
   {SINGLE},
   {"The selection lies outside of “portrait”", "Select ▸ None"}},
  {"region/transparent",
   {.alpha = TRUE, .select = select_feathered},
   clear,
   {SINGLE},
   {"fully transparent"}},
  {"region/all-hidden", {0}, NULL, {SINGLE, "hide-region", "true"}, {"select less"}},
  {"region/grey-colour",
   {.grey = TRUE, .select = select_feathered},
   NULL,
   {SINGLE, "mode", "colour"},
   {"grey", "Image ▸ Mode ▸ RGB"}},
};

static void check_message(const char *message, const char *const *says) {
  g_test_message("%s", message ? message : "not refused");
  g_assert_nonnull(message);
  for (; message && *says; says++)
    if (!strstr(message, *says)) {
      g_test_message("does not say: %s", *says);
      g_test_fail();
    }
}

static void test_refusal(const void *data) {
  const Refusal *refusal = data;
  Picture picture;
  GimpDrawable *drawable;
  g_autofree char *message = NULL;

  picture_make(&refusal->recipe, &picture);
  drawable = refusal->prepare ? refusal->prepare(&picture) : NULL;
  if (!drawable)
    drawable = picture.layer;

  g_autoptr(GBytes) layer = layer_bytes(picture.layer);
  g_autoptr(GBytes) before = layer_bytes(drawable);
  gimp_image_clean_all(picture.image);
  message = restore(picture.image, drawable, refusal->arguments);
  g_autoptr(GBytes) after = layer_bytes(drawable);
  g_autoptr(GBytes) layer_after = layer_bytes(picture.layer);

  check_message(message, refusal->says);
  g_assert_true(g_bytes_equal(before, after));
  g_assert_true(g_bytes_equal(layer, layer_after));
  /* Nothing to undo, and nothing recorded, either. */
  g_autofree char *history = history_text(picture.image);
  g_assert_null(history);
  g_assert_false(gimp_image_is_dirty(picture.image));
  picture_free(&picture);
}

static void test_several(void) {
  static const Recipe recipe = PLAIN;
  Picture picture;
  g_autofree char *message = NULL;
  static const char *const says[] = {"one layer at a time", NULL};

  picture_make(&recipe, &picture);
  GimpLayer *copy = gimp_layer_copy(GIMP_LAYER(picture.layer));
  g_assert_true(gimp_image_insert_layer(picture.image, copy, NULL, 0));
  GimpDrawable *both[] = {picture.layer, GIMP_DRAWABLE(copy), NULL};

  g_autoptr(GBytes) before = layer_bytes(picture.layer);
  message = restore_all(GIMP_RUN_NONINTERACTIVE, picture.image, both, 2,
                        (const char *const[]){SINGLE, NULL});
  g_autoptr(GBytes) after = layer_bytes(picture.layer);
  g_autoptr(GBytes) other = layer_bytes(GIMP_DRAWABLE(copy));
  check_message(message, says);
  g_assert_true(g_bytes_equal(before, after));
  g_assert_true(g_bytes_equal(before, other));
  picture_free(&picture);
}

static void test_no_display(void) {
  static const Recipe recipe = PLAIN;
  static const char *const says[] = {"no display", NULL};
  Picture picture;
  g_autofree char *message = NULL;

  picture_make(&recipe, &picture);
  g_autoptr(GBytes) before = layer_bytes(picture.layer);
  message = restore_all(GIMP_RUN_INTERACTIVE, picture.image, &picture.layer, 1, NULL);
  g_autoptr(GBytes) after = layer_bytes(picture.layer);
  check_message(message, says);
  g_assert_true(g_bytes_equal(before, after));
  picture_free(&picture);
}

void add_refusal_cases(void) {
  for (gsize i = 0; i < G_N_ELEMENTS(refusals); i++) {
    g_autofree char *path = g_strconcat("/refusals/", refusals[i].name, NULL);

    g_test_add_data_func(path, &refusals[i], test_refusal);
  }
  g_test_add_func("/refusals/drawable/several", test_several);
  g_test_add_func("/refusals/no-display", test_no_display);
}
