/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L /* symlink() */

#include <glib/gstdio.h>
#include <unistd.h>

#include "cases.h"
#include "harness.h"

static GimpProcedure *procedure(void) {
  GimpProcedure *found = gimp_pdb_lookup_procedure(gimp_get_pdb(), "plug-in-restorator");

  g_assert_nonnull(found);
  return found;
}

static void check_argument(GParamSpec *spec, const rst_parameter *parameter) {
  const GValue *initial = g_param_spec_get_default_value(spec);

  switch (parameter->type) {
    case RST_TYPE_BOOL:
      g_assert_true(G_IS_PARAM_SPEC_BOOLEAN(spec));
      g_assert_cmpstr(g_value_get_boolean(initial) ? "true" : "false", ==, parameter->initial);
      break;
    case RST_TYPE_INT:
      g_assert_true(G_IS_PARAM_SPEC_INT(spec));
      g_assert_cmpfloat(G_PARAM_SPEC_INT(spec)->minimum, ==, parameter->low);
      g_assert_cmpfloat(G_PARAM_SPEC_INT(spec)->maximum, ==, parameter->high);
      g_assert_cmpint(g_value_get_int(initial), ==, atoi(parameter->initial));
      break;
    case RST_TYPE_REAL:
      g_assert_true(G_IS_PARAM_SPEC_DOUBLE(spec));
      g_assert_cmpfloat(G_PARAM_SPEC_DOUBLE(spec)->minimum, ==, parameter->low);
      g_assert_cmpfloat(G_PARAM_SPEC_DOUBLE(spec)->maximum, ==, parameter->high);
      g_assert_cmpfloat(g_value_get_double(initial), ==, g_ascii_strtod(parameter->initial, NULL));
      break;
    case RST_TYPE_CHOICE:
    case RST_TYPE_TEXT:
      g_assert_true(G_IS_PARAM_SPEC_STRING(spec));
      g_assert_cmpstr(g_value_get_string(initial), ==, parameter->initial);
      break;
  }
  for (const char *const *choice = parameter->choices; choice && *choice; choice++)
    g_assert_nonnull(strstr(g_param_spec_get_blurb(spec), *choice));
}

static void test_table(void) {
  int arguments;
  size_t count;
  const rst_parameter *table = rst_parameter_table(&count);

  gimp_procedure_get_arguments(procedure(), &arguments);
  /* run-mode, image, drawables, preset, hints-layer and output are beside the table. */
  g_assert_cmpint(arguments, ==, (int)count + 6);
  for (size_t i = 0; i < count; i++) {
    GParamSpec *spec = gimp_procedure_find_argument(procedure(), table[i].name);

    g_test_message("%s", table[i].name);
    g_assert_nonnull(spec);
    g_assert_cmpstr(g_param_spec_get_nick(spec), ==, table[i].title);
    check_argument(spec, &table[i]);
  }
  g_assert_true(G_IS_PARAM_SPEC_STRING(gimp_procedure_find_argument(procedure(), "preset")));
  g_assert_true(G_IS_PARAM_SPEC_STRING(gimp_procedure_find_argument(procedure(), "output")));
}

/* What the procedure browser shows of each. */
static void check_described(GParamSpec *const *specs, int count) {
  for (int i = 0; i < count; i++) {
    g_test_message("%s: %s", g_param_spec_get_name(specs[i]), g_param_spec_get_blurb(specs[i]));
    g_assert_cmpuint(strlen(g_param_spec_get_nick(specs[i])), >, 0);
    g_assert_cmpuint(strlen(g_param_spec_get_blurb(specs[i])), >, 0);
  }
}

static void test_described(void) {
  static const struct {
    const char *name;
    int arguments, values; /* at least */
  } procedures[] = {{"plug-in-restorator", 20, 0},
                    {"plug-in-restorator-repeat", 5, 0},
                    {"plug-in-restorator-batch", 20, 4}};

  for (gsize i = 0; i < G_N_ELEMENTS(procedures); i++) {
    GimpProcedure *found = gimp_pdb_lookup_procedure(gimp_get_pdb(), procedures[i].name);
    GParamSpec **arguments, **values;
    int argument_count, value_count;

    g_assert_nonnull(found);
    arguments = gimp_procedure_get_arguments(found, &argument_count);
    values = gimp_procedure_get_return_values(found, &value_count);
    g_assert_cmpint(argument_count, >=, procedures[i].arguments);
    g_assert_cmpint(value_count, >=, procedures[i].values);
    check_described(arguments, argument_count);
    check_described(values, value_count);
    g_assert_cmpuint(strlen(gimp_procedure_get_blurb(found)), >, 0);
    g_assert_cmpuint(strlen(gimp_procedure_get_help(found)), >, 0);
  }
}

/* A batch takes the same parameters. */
static void test_batch_table(void) {
  GimpProcedure *batch = gimp_pdb_lookup_procedure(gimp_get_pdb(), "plug-in-restorator-batch");
  size_t count;
  const rst_parameter *table = rst_parameter_table(&count);

  for (size_t i = 0; i < count; i++) {
    GParamSpec *spec = gimp_procedure_find_argument(batch, table[i].name);

    g_test_message("%s", table[i].name);
    g_assert_nonnull(spec);
    check_argument(spec, &table[i]);
  }
}

static void check_menu(GimpProcedure *found, const char *label) {
  GList *menus = gimp_procedure_get_menu_paths(found);

  g_assert_cmpuint(g_list_length(menus), ==, 1);
  g_assert_cmpstr(menus->data, ==, "<Image>/Filters/Enhance");
  g_assert_cmpstr(gimp_procedure_get_menu_label(found), ==, label);
}

static void test_registration(void) {
  GimpPDB *pdb = gimp_get_pdb();

  check_menu(procedure(), "Restore _Selection…");
  check_menu(gimp_pdb_lookup_procedure(pdb, "plug-in-restorator-repeat"), "Repeat _Restoration");
  check_menu(gimp_pdb_lookup_procedure(pdb, "plug-in-restorator-batch"), "Restore _Many Files…");
  g_assert_cmpstr(gimp_procedure_get_image_types(procedure()), ==, "RGB*, GRAY*");
  g_assert_cmpuint(strlen(gimp_procedure_get_blurb(procedure())), >, 0);
  g_assert_cmpuint(strlen(gimp_procedure_get_help(procedure())), >, 0);
  g_assert_cmpuint(strlen(gimp_procedure_get_copyright(procedure())), >, 0);
}

/* The layer's bytes after a run on a picture that is the same every time. */
static GBytes *run_in_mode(GimpRunMode mode, Arguments arguments) {
  static const Recipe recipe = {.select = select_feathered};
  Picture picture;
  GBytes *bytes;
  g_autofree char *message = NULL;

  picture_make(&recipe, &picture);
  message = restore_all(mode, picture.image, &picture.layer, 1, arguments);
  g_assert_cmpstr(message, ==, NULL);
  bytes = layer_bytes(picture.layer);
  picture_free(&picture);
  return bytes;
}

static GBytes *run(Arguments arguments) {
  return run_in_mode(GIMP_RUN_NONINTERACTIVE, arguments);
}

/* Two steps: after more, the model's random weights have driven all to black or white. */
#define ARGUMENTS(...) \
  ((const char *const[]){"model", "tiny-diffusion", "start", "2", __VA_ARGS__, NULL})

static void check(Arguments a, Arguments b, gboolean same) {
  g_autoptr(GBytes) first = run(a);
  g_autoptr(GBytes) second = run(b);

  g_assert_cmpint(g_bytes_equal(first, second), ==, same);
}

static void test_seed(void) {
  check(ARGUMENTS("seed", "5"), ARGUMENTS("seed", "5"), TRUE);
  check(ARGUMENTS("seed", "5"), ARGUMENTS("seed", "6"), FALSE);
}

static void test_null(void) {
  check(ARGUMENTS("sampler", NULL, "window", NULL), ARGUMENTS("sampler", "auto"), TRUE);
}

/* The preset's parameters stand in for the procedure's defaults, and nothing else. */
static void test_preset(void) {
  check(ARGUMENTS("preset", "half"), ARGUMENTS("strength", "0.5", "context", "3"), TRUE);
  check(ARGUMENTS("preset", "half"), ARGUMENTS("strength", "0.5"), FALSE);
  check(ARGUMENTS("preset", ""), ARGUMENTS("strength", "1"), TRUE);
}

static void test_preset_beaten(void) {
  check(ARGUMENTS("preset", "half", "strength", "0.25"),
        ARGUMENTS("strength", "0.25", "context", "3"), TRUE);
  /* A value that is the default cannot be told from one that was left out. */
  check(ARGUMENTS("preset", "half", "strength", "1"), ARGUMENTS("preset", "half"), TRUE);
}

static void test_preset_path(void) {
  g_autofree char *path = g_build_filename(g_getenv("RESTORATOR_PRESETS"), "half.json", NULL);

  check(ARGUMENTS("preset", path), ARGUMENTS("preset", "half"), TRUE);
}

/* A model of the default's name, in a folder that run-cases has put before the others. */
static void provide_default_model(void) {
  g_auto(GStrv) folders = g_strsplit(g_getenv("RESTORATOR_MODELS"), ":", -1);
  g_autofree char *from = g_build_filename(folders[1], "tiny-single.safetensors", NULL);
  g_autofree char *to = g_build_filename(folders[0], "portrait.safetensors", NULL);

  g_assert_cmpint(g_mkdir_with_parents(folders[0], 0777), ==, 0);
  if (!g_file_test(to, G_FILE_TEST_EXISTS))
    g_assert_cmpint(symlink(from, to), ==, 0);
}

/* Nobody has run it from the menu here: the last values are the defaults. */
static void test_last_values(void) {
  provide_default_model();
  g_autoptr(GBytes) defaults = run(NULL);
  g_autoptr(GBytes) last = run_in_mode(GIMP_RUN_WITH_LAST_VALS, NULL);

  g_assert_true(g_bytes_equal(defaults, last));
}

void add_argument_cases(void) {
  g_test_add_func("/arguments/table", test_table);
  g_test_add_func("/arguments/described", test_described);
  g_test_add_func("/arguments/batch-table", test_batch_table);
  g_test_add_func("/arguments/registration", test_registration);
  g_test_add_func("/arguments/seed", test_seed);
  g_test_add_func("/arguments/null", test_null);
  g_test_add_func("/arguments/preset", test_preset);
  g_test_add_func("/arguments/preset-beaten", test_preset_beaten);
  g_test_add_func("/arguments/preset-path", test_preset_path);
  g_test_add_func("/arguments/last-values", test_last_values);
}
