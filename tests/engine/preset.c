/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Presets: those that ship, those that are refused, and those that do not fit a model.
 */
#include "fixtures.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <glib/gstdio.h>

/* ---- good ones ---- */

static void test_shipped(void) {
  static const struct {
    const char *id, *parameter, *value;
  } known[] = {
    {"ddpm", "sampler", "ddpm"},
    {"ddim", "stochasticity", "0.0"},
    {"a", "step-skip", "1"},
    {"b", "step-skip", "8"},
    {"single-pass", "model", "portrait-masking-8"},
    {"colour", "mode", "colour"},
    {"repair", "hide-region", "true"},
  };
  GDir *folder = g_dir_open(PRESETS, 0, NULL);
  const char *file;
  int count = 0;

  for (size_t i = 0; i < G_N_ELEMENTS(known); i++) {
    char *path = g_strdup_printf("%s/%s.json", PRESETS, known[i].id), value[1024];
    rst_parameters parameters = new_parameters(NULL, NULL);
    rst_error error = RST_ERROR_INIT;
    rst_preset *preset;

    if (rst_preset_read(path, &preset, &error) != RST_OK)
      g_error("%s", error.message);
    g_assert_true(rst_preset_has(preset, known[i].parameter));
    rst_preset_apply(preset, &parameters);
    assert_ok(rst_parameters_get(&parameters, known[i].parameter, value, sizeof value, NULL));
    g_assert_cmpstr(value, ==, known[i].value);
    rst_preset_free(preset);
    g_free(path);
  }
  while ((file = g_dir_read_name(folder))) { /* whatever else comes to ship */
    char *path = g_build_filename(PRESETS, file, NULL);
    rst_error error = RST_ERROR_INIT;
    rst_preset *preset;

    if (rst_preset_read(path, &preset, &error) != RST_OK)
      g_error("%s", error.message);
    g_assert_cmpstr(rst_preset_title(preset), !=, "");
    g_assert_cmpstr(rst_preset_note(preset), !=, "");
    rst_preset_free(preset);
    g_free(path);
    count++;
  }
  g_dir_close(folder);
  g_assert_cmpint(count, >=, (int)G_N_ELEMENTS(known));
}

static rst_preset *parse(const char *text) {
  rst_preset *preset;
  rst_error error = RST_ERROR_INIT;

  if (rst_preset_parse("test", text, strlen(text), &preset, &error) != RST_OK)
    g_error("%s", error.message);
  return preset;
}

/* A preset sets what it holds and nothing else. */
static void test_apply(void) {
  size_t count;
  const rst_parameter *table = rst_parameter_table(&count);
  rst_parameters p = new_parameters("seed=7", "context=2", "window=1,2,3", NULL), expected = p;
  rst_preset *preset = parse(
    "{\"format\": 1, \"step-skip\": 3, \"stochasticity\": 0.1, "
    "\"clip\": true, \"sampler\": \"ddim\", \"window\": \"picture\", "
    "\"strength\": 1e-3, \"context\": 4, \"start\": 50}");

  rst_preset_apply(preset, &p);
  expected.step_skip = 3;
  expected.stochasticity = 0.1;
  expected.clip = true;
  expected.sampler = RST_SAMPLER_DDIM;
  expected.window_kind = RST_WINDOW_PICTURE;
  expected.strength = 1e-3;
  expected.context = 4;
  expected.start = 50;
  assert_same(&p, &expected, 1);
  for (size_t i = 0; i < count; i++) {
    static const char *const held =
      " step-skip stochasticity clip sampler window strength context "
      "start ";
    char *name = g_strdup_printf(" %s ", table[i].name);

    g_assert_true(rst_preset_has(preset, table[i].name) == (strstr(held, name) != NULL));
    g_free(name);
  }
  g_assert_false(rst_preset_has(preset, "no-such"));
  g_assert_cmpstr(rst_preset_title(preset), ==, "");
  g_assert_cmpstr(rst_preset_note(preset), ==, "");
  rst_preset_free(preset);
  preset = parse(" {\"title\": \"\\u00c4\", \"note\": \"n\", \"format\": 1}\n");
  g_assert_cmpstr(rst_preset_title(preset), ==, "\xc3\x84");
  g_assert_cmpstr(rst_preset_note(preset), ==, "n");
  rst_preset_free(preset);
  rst_preset_free(NULL);
}

/* What is written is read back to the same values; the seed stays out. */
static void test_written(void) {
  const rst_parameters p = new_parameters(
    "model=/a \"b\"/c.safetensors", "sampler=ddpm", "stochasticity=0.1", "step-skip=3",
    "sequence=quadratic", "start=77", "end=4", "noise-stddev=squared", "project=false", "clip=true",
    "mode=detail", "saturation=0.1", "strength=0.30000000000000004", "context=3.7",
    "window=-4,5,600", "hide-region=true", "match=off", NULL);
  rst_parameters q = new_parameters("seed=9", NULL);
  rst_preset *preset;
  char *text;

  assert_ok(rst_preset_write(&p, NULL, "Title \"quoted\"", NULL, &text, NULL));
  preset = parse(text);
  g_assert_cmpstr(rst_preset_title(preset), ==, "Title \"quoted\"");
  g_assert_cmpstr(rst_preset_note(preset), ==, "");
  g_assert_false(rst_preset_has(preset, "seed"));
  rst_preset_apply(preset, &q);
  g_assert_cmpint(q.seed, ==, 9);
  q.seed = p.seed;
  assert_same(&q, &p, 1);
  rst_preset_free(preset);
  free(text);
}

/* ---- bad ones ---- */

static const struct {
  const char *name, *text, *subject;
} bad_presets[] = {
  {"empty", "", NULL},
  {"not JSON", "format: 1", NULL},
  {"cut", "{\"format\": 1", NULL},
  {"two", "{\"format\": 1}{\"format\": 1}", NULL},
  {"comment", "{\"format\": 1 /* one */}", NULL},
  {"trailing comma", "{\"format\": 1,}", NULL},
  {"not UTF-8", "{\"format\": 1, \"title\": \"\xff\"}", NULL},
  {"infinity", "{\"format\": 1, \"strength\": 1e999}", NULL},
  {"list", "[1]", "the file"},
  {"null", "null", "the file"},
  {"no format", "{}", "format"},
  {"format 2", "{\"format\": 2}", "format"},
  {"format 1.0", "{\"format\": 1.0}", "format"},
  {"format -1", "{\"format\": -1}", "format"},
  {"format text", "{\"format\": \"1\"}", "format"},
  {"format twice", "{\"format\": 1, \"format\": 1}", "format"},
  {"unknown key", "{\"format\": 1, \"steps\": 3}", "steps"},
  {"another case", "{\"format\": 1, \"Clip\": true}", "Clip"},
  {"underscore", "{\"format\": 1, \"step_skip\": 3}", "step_skip"},
  {"seed", "{\"format\": 1, \"seed\": 3}", "seed"},
  {"hints", "{\"format\": 1, \"hints\": \"1,2,keep\"}", "hints"},
  {"zero byte in a key", "{\"format\": 1, \"clip\\u0000\": true}", "a key"},
  {"key twice", "{\"format\": 1, \"clip\": true, \"clip\": true}", "clip"},
  {"title twice", "{\"format\": 1, \"title\": \"\", \"title\": \"\"}", "title"},
  {"title number", "{\"format\": 1, \"title\": 5}", "title"},
  {"note null", "{\"format\": 1, \"note\": null}", "note"},
  {"note with zero byte", "{\"format\": 1, \"note\": \"a\\u0000b\"}", "note"},
  {"bool text", "{\"format\": 1, \"clip\": \"true\"}", "clip"},
  {"bool number", "{\"format\": 1, \"clip\": 1}", "clip"},
  {"bool null", "{\"format\": 1, \"clip\": null}", "clip"},
  {"int text", "{\"format\": 1, \"step-skip\": \"3\"}", "step-skip"},
  {"int real", "{\"format\": 1, \"step-skip\": 3.5}", "step-skip"},
  {"int bool", "{\"format\": 1, \"step-skip\": true}", "step-skip"},
  {"int list", "{\"format\": 1, \"step-skip\": [3]}", "step-skip"},
  {"int too small", "{\"format\": 1, \"step-skip\": 0}", "step-skip"},
  {"int too large", "{\"format\": 1, \"step-skip\": 4001}", "step-skip"},
  {"int far too large", "{\"format\": 1, \"start\": 18446744073709551615}", "start"},
  {"int beyond all", "{\"format\": 1, \"start\": 99999999999999999999999}", "start"},
  {"int negative", "{\"format\": 1, \"end\": -1}", "end"},
  {"real text", "{\"format\": 1, \"strength\": \"0.5\"}", "strength"},
  {"real too large", "{\"format\": 1, \"strength\": 1.01}", "strength"},
  {"real far too large", "{\"format\": 1, \"strength\": 1e300}", "strength"},
  {"choice unknown", "{\"format\": 1, \"sampler\": \"euler\"}", "sampler"},
  {"choice number", "{\"format\": 1, \"sampler\": 1}", "sampler"},
  {"choice with zero byte", "{\"format\": 1, \"sampler\": \"ddim\\u0000\"}", "sampler"},
  {"window list", "{\"format\": 1, \"window\": [1, 2, 3]}", "window"},
  {"window wrong", "{\"format\": 1, \"window\": \"1,2\"}", "window"},
  {"model empty", "{\"format\": 1, \"model\": \"\"}", "model"},
  {"model number", "{\"format\": 1, \"model\": 1}", "model"},
};

static void refuse(const char *text, size_t size, const char *subject) {
  char *bytes = g_memdup2(text, size); /* of its very size */
  rst_error error = RST_ERROR_INIT;
  rst_preset *preset = NULL;

  assert_status(rst_preset_parse("name", bytes, size, &preset, &error), RST_BAD_PRESET);
  assert_error(&error, RST_BAD_PRESET, subject);
  g_assert_nonnull(strstr(error.message, "name"));
  g_assert_null(preset);
  assert_status(rst_preset_parse("name", bytes, size, &preset, NULL), RST_BAD_PRESET);
  g_free(bytes);
}

static void test_bad(gconstpointer data) {
  const size_t i = GPOINTER_TO_SIZE(data);

  refuse(bad_presets[i].text, strlen(bad_presets[i].text), bad_presets[i].subject);
}

static void test_long(void) {
  char *model = g_strnfill(1024, 'm'), *key = g_strnfill(100000, 'k');
  char *text = g_strdup_printf("{\"format\": 1, \"model\": \"%s\"}", model);

  refuse(text, strlen(text), "model");
  g_free(text);
  text = g_strdup_printf("{\"format\": 1, \"%s\": 1}", key);
  refuse(text, strlen(text), NULL);
  g_free(text);
  memset(key, '[', 100000); /* depth must not matter */
  refuse(key, 100000, NULL);
  g_free(model);
  g_free(key);
}

static void test_truncated(void) {
  char *path = g_build_filename(PRESETS, "b.json", NULL), *text;
  gsize size;

  g_assert_true(g_file_get_contents(path, &text, &size, NULL));
  g_strchomp(text);
  for (gsize i = 0; i < strlen(text); i++)
    refuse(text, i, NULL);
  g_free(text);
  g_free(path);
}

/* Whatever a changed byte makes of a preset: refused, or values in range. */
static void test_flipped(void) {
  char *path = g_build_filename(PRESETS, "b.json", NULL), *text;
  rst_model *model = network_model(&net_small);
  gsize size;

  g_assert_true(g_file_get_contents(path, &text, &size, NULL));
  for (gsize i = 0; i < size; i++)
    for (int mask = 1; mask < 256; mask++) {
      rst_parameters p = new_parameters(NULL, NULL);
      rst_error error = RST_ERROR_INIT;
      rst_preset *preset;

      text[i] ^= (char)mask;
      if (rst_preset_parse("flipped", text, size, &preset, &error) == RST_OK) {
        rst_preset_apply(preset, &p);
        p.step_skip = MIN(p.step_skip, 20);
        p.start = MIN(p.start, 20);
        p.end = 0;
        assert_ok(rst_parameters_check(&p, model, NULL));
        rst_preset_free(preset);
      } else {
        assert_error(&error, RST_BAD_PRESET, NULL);
      }
      text[i] ^= (char)mask;
    }
  rst_model_unref(model);
  g_free(text);
  g_free(path);
}

/* ---- files and models ---- */

static void test_files(void) {
  char *folder = g_dir_make_tmp("restorator-XXXXXX", NULL);
  char *large = g_build_filename(folder, "large.json", NULL);
  rst_error error = RST_ERROR_INIT;
  rst_preset *preset;

  assert_status(rst_preset_read(folder, &preset, &error), RST_NOT_A_FILE);
  assert_error(&error, RST_NOT_A_FILE, folder);
  assert_status(rst_preset_read(large, &preset, &error), RST_CANNOT_OPEN);
  g_assert_true(g_file_set_contents(large, "", 0, NULL));
  assert_status(rst_preset_read(large, &preset, &error), RST_BAD_PRESET);
  g_assert_cmpint(truncate(large, (1 << 20) + 1), ==, 0);
  assert_status(rst_preset_read(large, &preset, &error), RST_FILE_TOO_LARGE);
  assert_error(&error, RST_FILE_TOO_LARGE, large);
  g_assert_cmpfloat(error.high, ==, 1 << 20);
  assert_status(rst_preset_read(NULL, &preset, NULL), RST_BAD_CALL);
  assert_status(rst_preset_parse(NULL, "", 0, &preset, NULL), RST_BAD_CALL);
  assert_status(rst_preset_parse("n", NULL, 1, &preset, NULL), RST_BAD_CALL);
  assert_status(rst_preset_parse("n", "{}", 2, NULL, NULL), RST_BAD_CALL);
  g_unlink(large);
  g_rmdir(folder);
  g_free(large);
  g_free(folder);
}

static void save(const char *folder, const char *name, const net *shape) {
  network *n = network_new(shape);
  GByteArray *file = network_file(n);
  char *path = g_build_filename(folder, name, NULL);

  g_assert_true(g_file_set_contents(path, (const char *)file->data, file->len, NULL));
  g_free(path);
  g_byte_array_unref(file);
  network_free(n);
}

/* A sampler's settings for a network without sampler: the error names networks that have one. */
static void test_misfit(void) {
  char *folder = g_dir_make_tmp("restorator-XXXXXX", NULL);
  static const char *const files[] = {"0-broken.safetensors", "1-diffusion.safetensors",
                                      "2-single.safetensors", "3-diffusion.safetensors"};
  net single = net_small;
  rst_model *diffusion_model = network_model(&net_small), *single_model;
  rst_preset *sampling = parse("{\"format\": 1, \"step-skip\": 2}");
  rst_preset *other = parse("{\"format\": 1, \"mode\": \"full\", \"strength\": 0.5}");
  rst_error error = RST_ERROR_INIT;
  char **ids, *path;

  single.process = "single pass";
  single_model = network_model(&single);
  path = g_build_filename(folder, files[0], NULL);
  g_assert_true(g_file_set_contents(path, "broken", 6, NULL));
  g_free(path);
  save(folder, files[1], &net_small);
  save(folder, files[2], &single);
  save(folder, files[3], &net_small);
  g_setenv("RESTORATOR_MODELS", folder, TRUE);
  assert_ok(rst_preset_check(sampling, diffusion_model, NULL));
  assert_ok(rst_preset_check(other, diffusion_model, NULL));
  assert_ok(rst_preset_check(other, single_model, NULL));
  assert_status(rst_preset_check(sampling, single_model, &error), RST_PRESET_MISFIT);
  assert_error(&error, RST_PRESET_MISFIT, "test");
  g_assert_cmpstr(error.value, ==, "small");
  ids = g_strsplit(error.choices, ", ", -1);
  g_assert_true(g_strv_contains((const char *const *)ids, "1-diffusion"));
  g_assert_true(g_strv_contains((const char *const *)ids, "3-diffusion"));
  g_assert_false(g_strv_contains((const char *const *)ids, "2-single"));
  g_assert_false(g_strv_contains((const char *const *)ids, "0-broken"));
  g_assert_nonnull(strstr(error.message, "1-diffusion"));
  assert_status(rst_preset_check(NULL, single_model, NULL), RST_BAD_CALL);
  assert_status(rst_preset_check(other, NULL, NULL), RST_BAD_CALL);
  g_strfreev(ids);
  for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
    path = g_build_filename(folder, files[i], NULL);
    g_unlink(path);
    g_free(path);
  }
  g_rmdir(folder);
  g_free(folder);
  g_unsetenv("RESTORATOR_MODELS");
  rst_preset_free(sampling);
  rst_preset_free(other);
  rst_model_unref(diffusion_model);
  rst_model_unref(single_model);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/preset/shipped", test_shipped);
  g_test_add_func("/preset/apply", test_apply);
  g_test_add_func("/preset/written", test_written);
  for (size_t i = 0; i < G_N_ELEMENTS(bad_presets); i++) {
    char *path = g_strdup_printf("/preset/bad/%s", bad_presets[i].name);

    g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_bad);
    g_free(path);
  }
  g_test_add_func("/preset/long", test_long);
  g_test_add_func("/preset/truncated", test_truncated);
  g_test_add_func("/preset/flipped", test_flipped);
  g_test_add_func("/preset/files", test_files);
  g_test_add_func("/preset/misfit", test_misfit);
  return g_test_run();
}
