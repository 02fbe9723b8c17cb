/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "harness.h"

/* -------------------------------------------------------------------------------------------
 * Pictures
 */

/* Between 0 and 1, without order. */
static double noise(int x, int y, int channel) {
  guint32 h = (guint32)x * 0x9e3779b1u ^ (guint32)y * 0x85ebca77u ^ (guint32)channel * 0xc2b2ae3du;

  h = (h ^ (h >> 15)) * 0x2c1b3c6du;
  h = (h ^ (h >> 12)) * 0x297a2d39u;
  return (h ^ (h >> 15)) / 4294967296.0;
}

static double colour(int x, int y, int channel) {
  const double wave = sin(x / 11.0 + channel) * cos(y / 13.0 - 0.7 * channel);

  return 0.5 + 0.35 * wave + 0.1 * (noise(x, y, channel) - 0.5);
}

static double patch(int x, int y) {
  static const double alphas[] = {0, 0.4981237123, 1, 1, 0.2512343456}; /* no float's */

  return alphas[(x / 7 + 2 * (y / 9)) % G_N_ELEMENTS(alphas)];
}

static void paint(GimpDrawable *layer, int width, int height, gboolean alpha) {
  g_autoptr(GeglBuffer) buffer = gimp_drawable_get_buffer(layer);
  const Babl *space = babl_format_get_space(gimp_drawable_get_format(layer));
  g_autofree double *rgba = g_new(double, 4 * (gsize)width * height);

  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++) {
      double *pixel = rgba + 4 * ((gsize)y * width + x);

      for (int c = 0; c < 3; c++)
        pixel[c] = colour(x, y, c);
      pixel[3] = alpha ? patch(x, y) : 1;
    }
  gegl_buffer_set(buffer, NULL, 0, babl_format_with_space("R~G~B~A double", space), rgba,
                  GEGL_AUTO_ROWSTRIDE);
  gegl_buffer_flush(buffer);
}

void picture_make(const Recipe *recipe, Picture *picture) {
  const GimpPrecision precision =
    recipe->precision ? recipe->precision : GIMP_PRECISION_U8_NON_LINEAR;
  const GimpImageType type = recipe->grey ? (recipe->alpha ? GIMP_GRAYA_IMAGE : GIMP_GRAY_IMAGE)
                                          : (recipe->alpha ? GIMP_RGBA_IMAGE : GIMP_RGB_IMAGE);
  GimpLayer *layer;

  picture->width = recipe->width ? recipe->width : IMAGE_WIDTH;
  picture->height = recipe->height ? recipe->height : IMAGE_HEIGHT;
  picture->image = gimp_image_new_with_precision(IMAGE_WIDTH, IMAGE_HEIGHT,
                                                 recipe->grey ? GIMP_GRAY : GIMP_RGB, precision);
  g_assert_nonnull(picture->image);
  if (recipe->profile) {
    g_autoptr(GimpColorProfile) profile = recipe->profile();

    g_assert_true(gimp_image_set_color_profile(picture->image, profile));
  }
  layer = gimp_layer_new(picture->image, "portrait", picture->width, picture->height, type, 100,
                         GIMP_LAYER_MODE_NORMAL);
  g_assert_true(gimp_image_insert_layer(picture->image, layer, NULL, 0));
  gimp_layer_set_offsets(layer, recipe->x, recipe->y);
  picture->layer = GIMP_DRAWABLE(layer);
  paint(picture->layer, picture->width, picture->height, recipe->alpha);
  if (recipe->select)
    recipe->select(picture->image);
  if (recipe->prepare)
    recipe->prepare(layer);
}

void picture_free(Picture *picture) {
  g_assert_true(gimp_image_delete(picture->image));
}

void select_feathered(GimpImage *image) {
  gimp_image_select_ellipse(image, GIMP_CHANNEL_OP_REPLACE, 28, 22, 40, 34);
  gimp_selection_feather(image, 8);
}

void select_rectangle(GimpImage *image) {
  gimp_image_select_rectangle(image, GIMP_CHANNEL_OP_REPLACE, 30, 20, 33, 41);
}

void select_corner(GimpImage *image) {
  gimp_image_select_ellipse(image, GIMP_CHANNEL_OP_REPLACE, -20, -16, 50, 44);
  gimp_selection_feather(image, 6);
}

void select_values(GimpImage *image, const guint8 *values) {
  GeglColor *black = gegl_color_new("black");
  GimpChannel *channel = gimp_channel_new(image, "values", IMAGE_WIDTH, IMAGE_HEIGHT, 100, black);
  const GeglRectangle all = {0, 0, IMAGE_WIDTH, IMAGE_HEIGHT};
  g_autofree guint8 *selected = g_malloc(IMAGE_WIDTH * IMAGE_HEIGHT);

  g_object_unref(black);
  g_assert_true(gimp_image_insert_channel(image, channel, NULL, 0));
  g_autoptr(GeglBuffer) buffer = gimp_drawable_get_buffer(GIMP_DRAWABLE(channel));
  const gboolean coded = strchr(babl_get_name(gegl_buffer_get_format(buffer)), '\'') != NULL;
  gegl_buffer_set(buffer, &all, 0, babl_format(coded ? "Y' u8" : "Y u8"), values,
                  GEGL_AUTO_ROWSTRIDE);
  gegl_buffer_flush(buffer);
  g_assert_true(gimp_image_select_item(image, GIMP_CHANNEL_OP_REPLACE, GIMP_ITEM(channel)));
  g_assert_true(gimp_image_remove_channel(image, channel));

  g_autoptr(GeglBuffer) selection =
    gimp_drawable_get_buffer(GIMP_DRAWABLE(gimp_image_get_selection(image)));
  gegl_buffer_get(selection, &all, 1.0, babl_format("Y u8"), selected, GEGL_AUTO_ROWSTRIDE,
                  GEGL_ABYSS_NONE);
  g_assert_cmpmem(selected, IMAGE_WIDTH * IMAGE_HEIGHT, values, IMAGE_WIDTH * IMAGE_HEIGHT);
}

void add_mask(GimpLayer *layer) {
  GimpLayerMask *mask = gimp_layer_create_mask(layer, GIMP_ADD_MASK_WHITE);

  g_assert_true(gimp_layer_add_mask(layer, mask));
  g_assert_true(gimp_drawable_fill(GIMP_DRAWABLE(mask), GIMP_FILL_CIELAB_MIDDLE_GRAY));
  gimp_layer_set_edit_mask(layer, FALSE);
}

void lock_alpha_and_position(GimpLayer *layer) {
  g_assert_true(gimp_layer_set_lock_alpha(layer, TRUE));
  g_assert_true(gimp_item_set_lock_position(GIMP_ITEM(layer), TRUE));
}

void hide(GimpLayer *layer) {
  g_assert_true(gimp_item_set_visible(GIMP_ITEM(layer), FALSE));
}

void put_into_group(GimpLayer *layer) {
  GimpImage *image = gimp_item_get_image(GIMP_ITEM(layer));
  GimpLayer *group = GIMP_LAYER(gimp_group_layer_new(image, "family"));

  g_assert_true(gimp_image_insert_layer(image, group, NULL, 0));
  g_assert_true(gimp_image_reorder_item(image, GIMP_ITEM(layer), GIMP_ITEM(group), 0));
}

GimpColorProfile *wide_profile(void) {
  const Babl *space = babl_space_from_chromaticities(
    "restorator-test-wide", 0.3457, 0.3585, 0.7347, 0.2653, 0.1596, 0.8404, 0.0366, 0.0001,
    babl_trc_gamma(1.8), NULL, NULL, BABL_SPACE_FLAG_EQUALIZE);
  int length;
  const char *icc = babl_space_get_icc(space, &length);
  GimpColorProfile *profile =
    gimp_color_profile_new_from_icc_profile((const guint8 *)icc, length, NULL);

  g_assert_nonnull(profile);
  return profile;
}

GBytes *layer_bytes(GimpDrawable *layer) {
  return layer_bytes_in(layer, gimp_drawable_get_format(layer));
}

GBytes *layer_bytes_in(GimpDrawable *layer, const Babl *format) {
  g_autoptr(GeglBuffer) buffer = gimp_drawable_get_buffer(layer);
  const gsize size = (gsize)gimp_drawable_get_width(layer) * gimp_drawable_get_height(layer) *
                     babl_format_get_bytes_per_pixel(format);
  guint8 *bytes = g_malloc(size);

  gegl_buffer_get(buffer, NULL, 1.0, format, bytes, GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
  return g_bytes_new_take(bytes, size);
}

float *image_values(GimpImage *image) {
  GimpDrawable *seen = GIMP_DRAWABLE(gimp_layer_new_from_visible(image, image, "seen"));
  g_autoptr(GeglBuffer) buffer = gimp_drawable_get_buffer(seen);
  float *values = g_new(float, 4 * IMAGE_WIDTH * IMAGE_HEIGHT);

  gegl_buffer_get(buffer, GEGL_RECTANGLE(0, 0, IMAGE_WIDTH, IMAGE_HEIGHT), 1.0,
                  babl_format_with_space("R~aG~aB~aA float",
                                         babl_format_get_space(gimp_drawable_get_format(seen))),
                  values, GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
  g_assert_true(gimp_item_delete(GIMP_ITEM(seen)));
  return values;
}

double largest_difference(const float *a, const float *b) {
  double largest = 0;

  for (gsize i = 0; i < 4 * IMAGE_WIDTH * IMAGE_HEIGHT; i++)
    largest = MAX(largest, fabs((double)a[i] - b[i]));
  return largest;
}

GimpImage *image_load(const char *path) {
  g_autoptr(GFile) file = g_file_new_for_path(path);
  GimpImage *image = gimp_file_load(GIMP_RUN_NONINTERACTIVE, file);

  if (!image)
    g_error("%s: %s", path, gimp_pdb_get_last_error(gimp_get_pdb()));
  return image;
}

char *parasite_text(GimpImage *image, const char *name) {
  GimpParasite *parasite = gimp_image_get_parasite(image, name);
  guint32 size;
  gconstpointer data;
  char *text;

  if (!parasite)
    return NULL;
  data = gimp_parasite_get_data(parasite, &size);
  text = g_strndup(data, size);
  gimp_parasite_free(parasite);
  return text;
}

char *history_text(GimpImage *image) {
  return parasite_text(image, "restorator-setup");
}

void parasite_set(GimpImage *image, const char *name, const char *text) {
  GimpParasite *parasite =
    gimp_parasite_new(name, GIMP_PARASITE_PERSISTENT, (guint32)strlen(text), text);

  g_assert_true(gimp_image_attach_parasite(image, parasite));
  gimp_parasite_free(parasite);
}

/* -------------------------------------------------------------------------------------------
 * The plug-in
 */

static void set_property(GimpProcedureConfig *config, const char *name, const char *text) {
  GParamSpec *spec = g_object_class_find_property(G_OBJECT_GET_CLASS(config), name);

  g_assert_nonnull(spec);
  if (G_IS_PARAM_SPEC_BOOLEAN(spec))
    g_object_set(config, name, strcmp(text, "true") == 0, NULL);
  else if (G_IS_PARAM_SPEC_INT(spec))
    g_object_set(config, name, (int)g_ascii_strtoll(text, NULL, 10), NULL);
  else if (G_IS_PARAM_SPEC_DOUBLE(spec))
    g_object_set(config, name, g_ascii_strtod(text, NULL), NULL);
  else
    g_object_set(config, name, text, NULL);
}

void arguments_set(GimpProcedureConfig *config, Arguments arguments) {
  for (; arguments && *arguments; arguments += 2)
    set_property(config, arguments[0], arguments[1]);
}

static char *call(const char *name, GimpRunMode mode, GimpImage *image,
                  GimpDrawable *const *drawables, int count, const char *extra, gpointer item,
                  Arguments arguments) {
  GimpProcedure *procedure = gimp_pdb_lookup_procedure(gimp_get_pdb(), name);
  g_autoptr(GimpProcedureConfig) config = NULL;
  GimpValueArray *values;
  GimpPDBStatusType status;
  char *message = NULL;

  g_assert_nonnull(procedure);
  config = gimp_procedure_create_config(procedure);
  g_object_set(config, "run-mode", mode, "image", image, NULL);
  gimp_procedure_config_set_core_object_array(config, "drawables", (GObject **)drawables, count);
  arguments_set(config, arguments);
  if (item)
    g_object_set(config, extra, item, NULL);

  values = gimp_procedure_run_config(procedure, config);
  status = g_value_get_enum(gimp_value_array_index(values, 0));
  if (status != GIMP_PDB_SUCCESS)
    message = g_strdup(gimp_value_array_length(values) > 1
                         ? g_value_get_string(gimp_value_array_index(values, 1))
                         : gimp_pdb_get_last_error(gimp_get_pdb()));
  gimp_value_array_unref(values);
  return message;
}

char *restore_all(GimpRunMode mode, GimpImage *image, GimpDrawable *const *drawables, int count,
                  Arguments arguments) {
  return call("plug-in-restorator", mode, image, drawables, count, NULL, NULL, arguments);
}

char *call_marked(const char *procedure, GimpImage *image, GimpDrawable *drawable,
                  const char *argument, gpointer item, Arguments arguments) {
  GimpDrawable *drawables[] = {drawable, NULL};

  return call(procedure, GIMP_RUN_NONINTERACTIVE, image, drawables, 1, argument, item, arguments);
}

char *call_on(const char *procedure, GimpImage *image, GimpDrawable *drawable,
              Arguments arguments) {
  return call_marked(procedure, image, drawable, NULL, NULL, arguments);
}

char *restore_hinted(GimpImage *image, GimpDrawable *drawable, GimpLayer *hints,
                     Arguments arguments) {
  return call_marked("plug-in-restorator", image, drawable, "hints-layer", hints, arguments);
}

char *restore(GimpImage *image, GimpDrawable *drawable, Arguments arguments) {
  GimpDrawable *drawables[] = {drawable, NULL};

  return restore_all(GIMP_RUN_NONINTERACTIVE, image, drawables, 1, arguments);
}

char *repeat(GimpImage *image, GimpDrawable *drawable, Arguments arguments) {
  return call_on("plug-in-restorator-repeat", image, drawable, arguments);
}

void arguments_to_parameters(Arguments arguments, rst_parameters *parameters) {
  rst_error error = RST_ERROR_INIT;

  rst_parameters_init(parameters);
  for (; arguments && *arguments; arguments += 2)
    if (rst_parameters_set(parameters, arguments[0], arguments[1], &error) != RST_OK)
      g_error("%s", error.message);
}
