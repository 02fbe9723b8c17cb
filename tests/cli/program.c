/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The program without a picture: version, help, list, info, commands.
 */
#include <string.h>

#include "harness.h"
#include "restorator.h"

static void test_version(void) {
  const outcome *o = run_well("--version", NULL);
  char *expected = g_strdup_printf("restorator %s\n%s\n", rst_version(), rst_arithmetic());
  g_assert_cmpstr(o->out, ==, expected);
  g_assert_cmpstr(o->err, ==, "");
  g_free(expected);
}

static void test_help(void) {
  const outcome *o = run_well("--help", NULL);
  static const char *const commands[] = {"restore IN OUT", "info [MODEL|PICTURE]", "list",
                                         "preset ACTION"};
  for (gsize i = 0; i < G_N_ELEMENTS(commands); i++)
    assert_contains(o->out, commands[i]);
}

/* The line of the help on an option, its name followed by anything but a letter of a name. */
static char *help_line(char **lines, const char *option) {
  for (; *lines; lines++) {
    const char *found = strstr(*lines, option);
    if (found && !g_ascii_isalnum(found[strlen(option)]) && found[strlen(option)] != '-')
      return *lines;
  }
  g_error("the help does not list %s", option);
}

static void test_restore_help(void) {
  const outcome *o = run_well("restore", "--help", NULL);
  char **lines = g_strsplit(o->out, "\n", -1);
  size_t count;
  const rst_parameter *table = rst_parameter_table(&count);
  g_assert_cmpuint(count, >, 10);
  for (size_t i = 0; i < count; i++) {
    const rst_parameter *p = &table[i];
    if (strcmp(p->name, "hints") == 0) { /* given one by one, or as a picture */
      help_line(lines, "--hint");
      continue;
    }
    char *option = g_strdup_printf("--%s", p->name);
    char *initial = g_strdup_printf("[%s]", p->initial);
    char *line = help_line(lines, option);
    assert_contains(line, p->blurb);
    assert_contains(line, initial);
    if (p->type == RST_TYPE_CHOICE)
      for (const char *const *choice = p->choices; *choice; choice++)
        assert_contains(line, *choice);
    if (p->type == RST_TYPE_INT || p->type == RST_TYPE_REAL) {
      char *range = g_strdup_printf("=%.10g..%.10g", p->low, p->high);
      assert_contains(line, range);
      g_free(range);
    }
    if (p->type == RST_TYPE_BOOL) {
      char *opposite = g_strdup_printf("--no-%s", p->name);
      help_line(lines, opposite);
      g_free(opposite);
    }
    g_free(option);
    g_free(initial);
  }
  static const char *const own[] = {"--preset",   "--region",    "--mask",      "--threads",
                                    "--progress", "--force",     "--reduce",    "--quiet",
                                    "--size",     "--repeat",    "--no-record", "--output-dir",
                                    "--format",   "--overwrite", "--json"};
  for (gsize i = 0; i < G_N_ELEMENTS(own); i++)
    help_line(lines, own[i]);
  g_strfreev(lines);
}

static void test_list(void) {
  write_text("presets/mine.json", "{\"format\": 1, \"title\": \"My own\", \"strength\": 0.5}");
  write_text("presets/broken.json", "{\"format\": 1, \"stren");
  const outcome *o = run_well("list", NULL);
  assert_contains(o->out, "tiny-diffusion");
  assert_contains(o->out, "diffusion    golden luma\n");
  assert_contains(o->out, "tiny-single");
  assert_contains(o->out, "single pass  golden luma-single\n");
  assert_contains(o->out, "/tiny-single.safetensors\n");
  assert_contains(o->out, "My own\n");
  assert_contains(o->out, path_of("presets/mine.json"));
  assert_contains(o->out, "unreadable");
  g_assert_cmpint(strstr(o->out, "My own") > strstr(o->out, "Presets"), ==, 1);
}

static void test_preset_list(void) {
  write_text("presets/mine.json", "{\"format\": 1, \"title\": \"My own\", \"strength\": 0.5}");
  const outcome *o = run_well("preset", "list", NULL);
  assert_contains(o->out, "My own\n");
  g_assert_null(strstr(o->out, "tiny-diffusion"));
}

/* What it sets, and no other parameter. */
static void test_preset_show(void) {
  const char *path = write_text("presets/shown.json",
                                "{\"format\": 1, \"title\": \"A title\", \"note\": \"Some words\", "
                                "\"step-skip\": 4, \"clip\": true, \"model\": \"nobody\"}");
  char *expected = g_strdup_printf(
    "title         A title\nnote          Some words\n"
    "model         nobody\nstep-skip     4\nclip          true\n"
    "file          %s\n",
    path);
  g_assert_cmpstr(run_well("preset", "show", "shown", NULL)->out, ==, expected);
  g_assert_cmpstr(run_well("preset", "show", path, NULL)->out, ==, expected);
  check_failed(run("preset", "show", "nobody", NULL), 1, "nobody");
  g_free(expected);
}

/* Every bad file is named with what is wrong; the exit status tells. */
static void test_preset_check(void) {
  const char *good = write_text("good.json",
                                "{\"format\": 1, \"title\": \"G\", \"clip\": true, "
                                "\"model\": \"tiny-diffusion\"}");
  const char *odd = write_text("odd.json", "{\"format\": 1, \"title\": \"O\", \"sharp\": 1}");
  const char *misfit = write_text("misfit.json",
                                  "{\"format\": 1, \"title\": \"M\", \"model\": "
                                  "\"tiny-single\", \"step-skip\": 4}");
  const char *late = write_text("late.json",
                                "{\"format\": 1, \"title\": \"L\", \"model\": "
                                "\"tiny-diffusion\", \"start\": 101}");
  const outcome *o = run_well("preset", "check", good, "good.json", NULL);
  assert_contains(o->out, "/good.json: good, “G”\ngood.json: good, “G”\n");
  check_failed(run("preset", "check", odd, NULL), 1, "sharp");
  check_failed(run("preset", "check", misfit, NULL), 1, "does not fit the model");
  check_failed(run("preset", "check", late, NULL), 1, "late.json: The value 101 of “start”");
  check_failed(run("preset", "check", path_of("none.json"), NULL), 1, "none.json");
  const char *const bad[] = {odd, misfit, late, path_of("none.json")};
  for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) { /* named once */
    char **parts = g_strsplit(run("preset", "check", bad[i], NULL)->err, bad[i], -1);
    g_assert_cmpuint(g_strv_length(parts), ==, 2);
    g_strfreev(parts);
  }
  o = run("preset", "check", odd, good, misfit, NULL);
  g_assert_cmpint(o->status, ==, 1);
  assert_contains(o->out, "/good.json: good");
  assert_contains(o->err, "/odd.json: ");
  assert_contains(o->err, "/misfit.json");
}

static void test_preset_usage(void) {
  check_failed(run("preset", NULL), 2, "preset check FILE…, preset list, preset show ID");
  check_failed(run("preset", "chuck", NULL), 2, "one of these");
  check_failed(run("preset", "show", NULL), 2, "one of these");
  check_failed(run("preset", "list", "all", NULL), 2, "one of these");
  check_failed(run("preset", "check", NULL), 2, "one of these");
}

static void test_info(void) {
  const outcome *o = run_well("info", "tiny-diffusion", NULL);
  assert_contains(o->out, "name          golden luma\n");
  assert_contains(o->out, "process       diffusion, cosine schedule of 100 steps\n");
  assert_contains(o->out, "parameters    37581\n");
  assert_contains(o->out, "input         40 × 40, luma\n");
  assert_contains(o->out, "encoder       stages of 12, 16 channels, latent vectors of 18\n");
  assert_contains(o->out, "position      learned encoding of xy\n");
  assert_contains(o->out, "decoder       3 blocks of dense layers of 32, 32, 32\n");
  o = run_well("info", "tiny-single", NULL);
  assert_contains(o->out, "process       single pass\n");
}

static void test_card(void) {
  const char *source = data_path("tiny-single.safetensors");
  const char *carded = path_of("carded.safetensors");
  write_carded(source, carded,
               "{\"title\": \"A title\", \"summary\": \"One two three four five six seven eight "
               "nine ten eleven twelve thirteen fourteen.\", \"use\": \"faces\", \"limits\": "
               "\"no hats\", \"licence\": \"CC0-1.0\", \"data\": [\"first set\", \"second set\"], "
               "\"figures\": [{\"set\": \"val\", \"pictures\": 64, \"protocol\": \"reference\", "
               "\"input\": 32, \"output\": 178, \"grid\": 8, \"hidden\": 0.25, \"pixels\": 2000, "
               "\"model\": \"other\", \"setup\": \"b\", \"mse\": 0.0021, \"bicubic\": 0.0095, "
               "\"ratio\": 0.2211}, "
               "{\"set\": \"val\", \"pictures\": 64, \"protocol\": \"aged\", \"input\": 32, "
               "\"output\": 178, \"setup\": \"b\", \"mse\": 0.0021, \"bicubic\": 0.0095}, "
               "{\"protocol\": \"user\", \"output\": 256, \"setup\": \"b\", \"ciede2000\": 3.97, "
               "\"grey\": 12.84, \"ratio\": 0.309, \"chroma\": 0.92}, "
               "{\"set\": \"groups\", \"protocol\": \"old\", \"skin_like\": 39, \"faces\": 41, "
               "\"blotches\": 22.6},"
               "{\"set\": \"white hair\", \"protocol\": \"old\", \"white\": 2, \"heads\": 12},"
               "{\"set\": \"old\", \"protocol\": \"historic\", \"window\": 2.3, \"skin_like\": 77, "
               "\"faces\": 85}, "
               "{\"set\": \"val\", \"protocol\": \"my own\", \"mse\": 0.5, \"wide\": true}], "
               "\"discouraged\": [{\"setup\": \"DDIM\", \"mse\": 0.5}], "
               "\"unknown\": 1}");
  const outcome *o = run_well("info", carded, NULL);
  assert_contains(o->out, "title         A title\n");
  assert_contains(o->out,
                  "summary       One two three four five six seven eight nine ten eleven "
                  "twelve\n              thirteen fourteen.\n");
  assert_contains(o->out, "use           faces\n");
  assert_contains(o->out, "limits        no hats\n");
  assert_contains(o->out, "licence       CC0-1.0\n");
  assert_contains(o->out, "data          first set\n              second set\n");
  assert_contains(
    o->out,
    "figures       val (64), 32 × 32 grey to 178 × 178 RGB, 25 % of the cells of a 8\n"
    "              × 8 grid hidden, 2000 random pixels of each, by other, which was\n"
    "              trained without that, b: error 0.0021, bicubic enlargement 0.0095\n");
  assert_contains(o->out,
                  "              val (64), made old, 32 × 32 grey to 178 × 178 RGB, b: error\n"
                  "              0.0021, the old print enlarged 0.0095\n");
  assert_contains(o->out,
                  "              grey of 256 × 256 pixels in mode colour, b: colours off by 3.97\n"
                  "              (CIEDE2000), grey by 12.84, chroma 92 %\n");
  assert_contains(o->out,
                  "              old, windows of 2.3 face widths in mode colour: 77 of 85 faces\n"
                  "              like skin (median hue 25° to 75°, chroma at least 8)\n");
  assert_contains(o->out,
                  "              groups, old: 39 of 41 faces like skin (median hue 25° to 80°,\n"
                  "              chroma 7 to 40), blotches 22.6\n");
  assert_contains(
    o->out,
    "              white hair, old: 2 of 12 heads white (under half of the chroma of\n"
    "              the face beside the hair)\n");
  assert_contains(o->out, "              val, my own, mse 0.5, wide true\n");
  assert_contains(o->out, "discouraged   DDIM, mse 0.5\n");
  assert_contains(o->out, carded);
}

/* Without an argument, the default model; it is not among the test's own. */
static void test_info_default(void) {
  const outcome *named = run("info", "portrait", NULL);
  char *out = g_strdup(named->out), *err = g_strdup(named->err);
  const outcome *o = run("info", NULL);
  g_assert_cmpstr(o->out, ==, out);
  g_assert_cmpstr(o->err, ==, err);
  g_free(out);
  g_free(err);
}

static void test_wrong_usage(void) {
  check_failed(run_arguments((const char *const[]){NULL}), 2, "no command");
  check_failed(run("restort", NULL), 2, "unknown command “restort”");
  check_failed(run("--nonsense", NULL), 2, "--nonsense");
  check_failed(run("list", "all", NULL), 2, "list takes no arguments");
  check_failed(run("info", "a", "b", NULL), 2, "one model or picture at a time");
  check_failed(run("info", "nobody", NULL), 1, "nobody");
  check_failed(run("info", "nobody", NULL), 1, "tiny-diffusion");
}

int main(int argc, char **argv) {
  harness_begin(&argc, &argv);
  g_test_add_func("/program/version", test_version);
  g_test_add_func("/program/help", test_help);
  g_test_add_func("/program/restore-help", test_restore_help);
  g_test_add_func("/program/list", test_list);
  g_test_add_func("/program/preset-list", test_preset_list);
  g_test_add_func("/program/preset-show", test_preset_show);
  g_test_add_func("/program/preset-check", test_preset_check);
  g_test_add_func("/program/preset-usage", test_preset_usage);
  g_test_add_func("/program/info", test_info);
  g_test_add_func("/program/card", test_card);
  g_test_add_func("/program/info-default", test_info_default);
  g_test_add_func("/program/wrong-usage", test_wrong_usage);
  return harness_run();
}
