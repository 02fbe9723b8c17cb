/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every parameter reaches the engine, presets too, and flags beat presets.
 */
#include <string.h>

#include "harness.h"
#include "restorator.h"

/* One case for each parameter of the engine's table: arguments that must change the picture. */
static const struct {
  const char *name;
  const char *arguments[5];
} cases[] = {
  {"model", {"--model", "tiny-single"}},
  {"sampler", {"--sampler", "ddpm"}},
  {"stochasticity", {"--stochasticity", "0.5"}},
  {"step-skip", {"--step-skip", "4"}},
  {"sequence", {"--sequence", "quadratic"}},
  {"start", {"--start", "12"}},
  {"end", {"--end", "3"}},
  {"noise-stddev", {"--noise-stddev", "zero"}},
  {"project", {"--no-project"}},
  {"clip", {"--clip"}},
  {"seed", {"--seed", "7"}},
  {"mode", {"--mode", "detail"}},
  {"saturation", {"--saturation", "0.5"}},
  {"strength", {"--strength", "0.5"}},
  {"context", {"--context", "1.1"}},
  {"window", {"--window", "picture"}},
  {"hide-region", {"--hide-region"}},
  {"match", {"--match", "on"}},
  {"hints", {"--hint", "20,15,#c02020"}},
  {"faces", {"--window", "faces", "--faces", "16,10,8,8"}},
};

static const rect region = {12, 8, 16, 20};
static const char *input;

/* Restores the region with the arguments, NULL-terminated, and returns the picture's path. The
 * test network's weights are random: from the noisiest timesteps on its values would leave 0…1
 * for good, where no parameter shows. */
static const char *restore(const char *name, const char *const *arguments) {
  const char *output = path_of(name);
  const char *all[16] = {"restore",        input,     output, "--region", "12,8,16x20", "--model",
                         "tiny-diffusion", "--start", "20"};
  int count = 9;
  while (*arguments)
    all[count++] = *arguments++;
  check_done(run_arguments(all), name);
  return output;
}

static const char *restore_plain(void) {
  return restore("plain.png", (const char *const[]){NULL});
}

static void make_input(void) {
  pixels *p = make_pixels(48, 40, 3, 8);
  input = write_pixels(p, "input.png");
  pixels_free(p);
}

static void test_each_parameter(void) {
  pixels *plain = read_pixels(restore_plain());
  size_t count;
  const rst_parameter *table = rst_parameter_table(&count);
  for (size_t i = 0; i < count; i++) {
    gsize k = 0;
    while (k < G_N_ELEMENTS(cases) && strcmp(cases[k].name, table[i].name) != 0)
      k++;
    if (k == G_N_ELEMENTS(cases))
      g_error("no case for the parameter %s", table[i].name);
    pixels *changed = read_pixels(restore("changed.png", cases[k].arguments));
    if (differing(plain, changed) == 0)
      g_error("%s changes nothing", table[i].name);
    g_assert_cmpint(differing_outside(plain, changed, region), ==, 0);
    pixels_free(changed);
  }
  pixels_free(plain);
}

/* The default, given in words, changes nothing. */
static void test_each_default(void) {
  const char *plain = restore_plain();
  size_t count;
  const rst_parameter *table = rst_parameter_table(&count);
  for (size_t i = 0; i < count; i++) {
    if (strcmp(table[i].name, "model") == 0 || strcmp(table[i].name, "hints") == 0)
      continue;
    char *option = g_strdup_printf("--%s", table[i].name);
    char *opposite = g_strdup_printf("--no-%s", table[i].name);
    bool off = strcmp(table[i].initial, "false") == 0;
    const char *arguments[3] = {option, table[i].initial};
    if (table[i].type == RST_TYPE_BOOL) {
      arguments[0] = off ? opposite : option;
      arguments[1] = NULL;
    }
    if (strcmp(table[i].name, "start") == 0)
      arguments[1] = "20";
    g_assert_cmpint(differing_files(plain, restore("default.png", arguments)), ==, 0);
    g_free(option);
    g_free(opposite);
  }
}

static void test_last_flag_wins(void) {
  const char *seven = restore("seven.png", (const char *const[]){"--seed", "7", NULL});
  const char *both =
    restore("both.png", (const char *const[]){"--seed=9", "--clip", "--seed=7", "--no-clip", NULL});
  g_assert_cmpint(differing_files(seven, both), ==, 0);
}

static void test_wrong_values(void) {
  const char *output = path_of("wrong.png");
  check_failed(run("restore", input, output, "--strength", "1.5", NULL), 2, "strength");
  check_failed(run("restore", input, output, "--strength", "1.5", NULL), 2, "1.5");
  check_failed(run("restore", input, output, "--context", "0.5", NULL), 2, "context");
  check_failed(run("restore", input, output, "--seed", "-1", NULL), 2, "seed");
  check_failed(run("restore", input, output, "--step-skip", "many", NULL), 2, "step-skip");
  check_failed(run("restore", input, output, "--mode", "sepia", NULL), 2, "colour");
  check_failed(run("restore", input, output, "--window", "1,2", NULL), 2, "window");
  check_failed(run("restore", input, output, "--hint", "1,2,red", NULL), 2, "hint 1");
  check_failed(run("restore", input, output, "--hint", "1,2,keep", "--hint", "1,2,#000000,9", NULL),
               2, "hint 2");
  check_failed(run("restore", input, output, "--no-seed", NULL), 2, "--no-seed");
  check_failed(run("restore", input, output, "--clip=false", NULL), 2, "--clip takes no value");
  check_failed(run("restore", input, output, "--no-clip=true", NULL), 2,
               "--no-clip takes no value");
  check_failed(run("restore", input, output, "--quiet=no", NULL), 2, "--quiet takes no value");
  /* Only the model can tell, and does so before the picture is read. */
  const char *none = path_of("none.png");
  check_failed(run("restore", none, output, "--model", "tiny-diffusion", "--start", "101", NULL), 2,
               "start");
  check_failed(
    run("restore", none, output, "--model", "tiny-diffusion", "--start", "20", "--end", "20", NULL),
    2, "end");
  g_assert_false(g_file_test(output, G_FILE_TEST_EXISTS));
}

static void test_ignored(void) {
  const char *plain = restore("single.png", (const char *const[]){"--model", "tiny-single", NULL});
  const char *output = path_of("ignored.png");
  const outcome *o = run_well("restore", input, output, "--region", "12,8,16x20", "--model",
                              "tiny-single", "--step-skip", "4", NULL);
  g_assert_nonnull(strstr(o->err,
                          "restorator: step-skip has no effect: tiny-single is a "
                          "single-pass model\n"));
  g_assert_cmpint(differing_files(plain, output), ==, 0);
  o = run_well("restore", input, output, "--model", "tiny-diffusion", "--sampler", "ddpm",
               "--project", "--clip", NULL);
  g_assert_nonnull(strstr(o->err, "restorator: project has no effect with the sampler ddpm\n"));
  g_assert_null(strstr(o->err, "clip has"));
  o = run_well("restore", input, output, "--model", "tiny-diffusion", "--sequence", "quadratic",
               "--step-skip", "4", "--stochasticity", "0", "--noise-stddev", "zero", "--window",
               "picture", "--context", "2", NULL);
  g_assert_nonnull(strstr(o->err, "step-skip has no effect: the quadratic sequence has its own"));
  g_assert_nonnull(strstr(o->err, "noise-stddev has no effect: no step adds noise\n"));
  g_assert_nonnull(strstr(o->err, "context has no effect: the window is given\n"));
  o = run_well("restore", input, output, "--model", "tiny-diffusion", "--step-skip", "4", NULL);
  g_assert_null(strstr(o->err, "no effect"));
}

static void test_preset(void) {
  const char *path = write_text("presets/mine.json",
                                "{\"format\": 1, \"title\": \"Mine\", \"step-skip\": 4, "
                                "\"strength\": 0.5, \"project\": false}");
  const char *flags = restore("flags.png", (const char *const[]){"--step-skip", "4", "--strength",
                                                                 "0.5", "--no-project", NULL});
  const char *by_id = restore("by-id.png", (const char *const[]){"--preset", "mine", NULL});
  const char *by_path = restore("by-path.png", (const char *const[]){"--preset", path, NULL});
  g_assert_cmpint(differing_files(flags, by_id), ==, 0);
  g_assert_cmpint(differing_files(flags, by_path), ==, 0);

  flags = restore("flags.png", (const char *const[]){"--strength", "0.5", "--no-project", NULL});
  const char *beaten =
    restore("beaten.png", (const char *const[]){"--step-skip", "8", "--preset", "mine", NULL});
  g_assert_cmpint(differing_files(flags, beaten), ==, 0);
  g_assert_cmpint(differing_files(beaten, by_id), >, 0);
}

/* A preset's model counts where no flag names another. */
static void test_preset_model(void) {
  write_text("presets/single.json",
             "{\"format\": 1, \"title\": \"Single\", "
             "\"model\": \"tiny-single\"}");
  const char *output = path_of("preset-model.png");
  run_well("restore", input, output, "--region", "12,8,16x20", "--preset", "single", NULL);
  const char *flags = restore("flags.png", (const char *const[]){"--model", "tiny-single", NULL});
  g_assert_cmpint(differing_files(flags, output), ==, 0);
}

static void test_preset_refused(void) {
  const char *output = path_of("refused.png");
  write_text("presets/sampler.json", "{\"format\": 1, \"title\": \"S\", \"step-skip\": 4}");
  const outcome *o =
    run("restore", input, output, "--preset", "sampler", "--model", "tiny-single", NULL);
  check_failed(o, 1, "does not fit the model");
  g_assert_nonnull(strstr(o->err, "tiny-diffusion")); /* one that fits */
  write_text("presets/odd.json", "{\"format\": 1, \"title\": \"O\", \"sharpness\": 4}");
  check_failed(run("restore", input, output, "--preset", "odd", NULL), 1, "sharpness");
  write_text("presets/high.json", "{\"format\": 1, \"title\": \"H\", \"strength\": 4}");
  check_failed(run("restore", input, output, "--preset", "high", NULL), 1, "strength");
  check_failed(run("restore", input, output, "--preset", "nobody", NULL), 1, "nobody");
  g_assert_false(g_file_test(output, G_FILE_TEST_EXISTS));
}

/* A picture's kind chooses; the record says what was chosen. */
static void test_auto(void) {
  pixels *grey = make_pixels(48, 40, 1, 8), *coloured = make_pixels(48, 40, 3, 8);
  for (int i = 0; i < 48 * 40; i++) /* stripes of clear colours */
    for (int c = 0; c < 3; c++)
      coloured->values[3 * i + c] = (guint16)((i / 5 + c) % 3 == 0 ? 220 : 40 + i % 48);
  pixels_update(coloured);
  const char *first = write_pixels(grey, "grey.png"), *second = write_pixels(coloured, "red.png");
  const char *folder = path_of("home/restorator/models"), *out = path_of("auto");
  const char *photo = path_of("home/restorator/models/photo.safetensors");
  char *bytes;
  gsize size;
  g_mkdir_with_parents(folder, 0700);
  g_assert_true(g_file_get_contents(data_path("tiny-single.safetensors"), &bytes, &size, NULL));
  g_assert_true(g_file_set_contents(photo, bytes, (gssize)size, NULL));
  g_free(bytes);
  const outcome *o =
    run_well("restore", first, second, "--output-dir", out, "--model", "auto", NULL);
  g_assert_nonnull(strstr(o->err, "grey.png: restored 1920 points with photo"));
  g_assert_nonnull(strstr(o->err, "red.png: restored 1920 points with portrait"));
  char *done = g_build_filename(out, "red.png", NULL),
       *other = g_build_filename(out, "grey.png", NULL);
  o = run_well("info", done, NULL);
  g_assert_nonnull(strstr(o->out, "model         portrait\n"));
  o = run_well("restore", first, other, "--preset", "auto", NULL);
  g_assert_nonnull(strstr(o->err, "with photo"));
  o = run_well("info", other, NULL);
  g_assert_nonnull(strstr(o->out, "model         photo\n"));
  g_assert_nonnull(strstr(o->out, "preset        photo\n"));
  o = run_well("restore", second, done, "--preset", "auto", NULL);
  o = run_well("info", done, NULL);
  g_assert_null(strstr(o->out, "preset "));
  o = run_well("restore", second, done, "--preset", "photo", NULL);
  g_assert_nonnull(strstr(o->err, "is a colour picture, whose colours are replaced"));
  o = run_well("restore", first, other, "--model", "old-photo", NULL);
  g_assert_nonnull(strstr(o->err, "the model old-photo is called photo today"));
  g_assert_nonnull(strstr(o->err, "with photo"));

  /* Nothing given begins so as well; what is given is all that counts. */
  o = run_well("restore", first, other, NULL);
  g_assert_nonnull(strstr(o->err, "with photo (single pass), mode colour"));
  o = run_well("info", other, NULL);
  g_assert_nonnull(strstr(o->out, "preset        photo\n"));
  o = run_well("restore", second, done, "--start", "1", NULL);
  g_assert_nonnull(strstr(o->err, "with portrait"));
  g_assert_null(strstr(o->err, "no effect")); /* as it would with photo */
  o = run_well("restore", first, other, "--mode", "detail", NULL);
  g_assert_nonnull(strstr(o->err, "with photo (single pass), mode detail"));
  o = run_well("restore", first, other, "--model", "tiny-single", "--mode", "full", NULL);
  g_assert_nonnull(strstr(o->err, "with tiny-single"));
  o = run_well("info", other, NULL);
  g_assert_null(strstr(o->out, "preset "));
  g_free(done);
  g_free(other);
  pixels_free(grey);
  pixels_free(coloured);
}

/* What is around the region counts, not what is elsewhere. */
static void test_auto_region(void) {
  pixels *both = make_pixels(120, 60, 3, 8);
  for (int i = 0; i < 120 * 60; i++) /* grey from 60 on */
    for (int c = 0; c < 3; c++)
      both->values[3 * i + c] = (guint16)(i % 120 >= 60          ? 40 + i % 60 * 3
                                          : (i / 5 + c) % 3 == 0 ? 220
                                                                 : 40 + i % 48);
  pixels_update(both);
  const char *picture = write_pixels(both, "both.png"), *output = path_of("part.png");
  const outcome *o = run_well("restore", picture, output, NULL);
  g_assert_nonnull(strstr(o->err, "with portrait"));
  o = run_well("restore", picture, output, "--region", "75,15,30x30", NULL);
  g_assert_nonnull(strstr(o->err, "with photo"));
  o = run_well("restore", picture, output, "--region", "15,15,30x30", NULL);
  g_assert_nonnull(strstr(o->err, "with portrait"));
  pixels_free(both);
}

int main(int argc, char **argv) {
  harness_begin(&argc, &argv);
  make_input();
  g_test_add_func("/parameters/auto", test_auto);
  g_test_add_func("/parameters/auto-region", test_auto_region);
  g_test_add_func("/parameters/each", test_each_parameter);
  g_test_add_func("/parameters/each-default", test_each_default);
  g_test_add_func("/parameters/last-flag-wins", test_last_flag_wins);
  g_test_add_func("/parameters/wrong-values", test_wrong_values);
  g_test_add_func("/parameters/ignored", test_ignored);
  g_test_add_func("/presets/applied", test_preset);
  g_test_add_func("/presets/model", test_preset_model);
  g_test_add_func("/presets/refused", test_preset_refused);
  return harness_run();
}
