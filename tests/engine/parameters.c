/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The table of parameters, and values from and to text.
 */
#include "fixtures.h"

#include <float.h>
#include <locale.h>
#include <math.h>
#include <string.h>

static const rst_parameter *table(size_t i) {
  size_t count;
  const rst_parameter *entries = rst_parameter_table(&count);

  return i < count ? &entries[i] : NULL;
}

/* What hosts build their options, arguments and dialogs from. */
static void test_table(void) {
  static const char *const names[] = {
    "model",        "sampler",     "stochasticity", "step-skip",  "sequence", "start",    "end",
    "noise-stddev", "project",     "clip",          "seed",       "mode",     "strength", "context",
    "window",       "hide-region", "match",         "saturation", "hints",
  };
  const rst_parameter *entry;

  for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
    g_assert_nonnull(rst_parameter_find(names[i]));
  for (size_t i = 0; (entry = table(i)); i++) {
    rst_parameters parameters;
    char text[RST_TEXT_MAX];

    g_assert_true(rst_parameter_find(entry->name) == entry); /* so names are unique */
    g_assert_cmpstr(entry->title, !=, "");
    g_assert_cmpstr(entry->blurb, !=, "");
    g_assert_cmpuint(entry->offset, >=, sizeof(size_t));
    g_assert_cmpuint(entry->offset, <, sizeof(rst_parameters));
    g_assert_true((entry->choices != NULL) == (entry->type == RST_TYPE_CHOICE));
    g_assert_cmpuint(rst_parameter_stages(entry), !=, 0);
    rst_parameters_init(&parameters);
    assert_ok(rst_parameters_get(&parameters, entry->name, text, sizeof text, NULL));
    if (entry->type == RST_TYPE_REAL)
      g_assert_cmpfloat(g_ascii_strtod(text, NULL), ==, g_ascii_strtod(entry->initial, NULL));
    else
      g_assert_cmpstr(text, ==, entry->initial);
  }
  g_assert_null(rst_parameter_find("no-such"));
  g_assert_null(rst_parameter_find(""));
  g_assert_null(rst_parameter_find(NULL));
}

/* The contract's defaults, member by member. */
static void test_defaults(void) {
  rst_parameters p, old;

  memset(&p, 0xff, sizeof p);
  rst_parameters_init(&p);
  g_assert_cmpuint(p.size, ==, sizeof p);
  memset(&old, 0x55, sizeof old); /* a smaller struct: nothing is written behind it */
  rst_parameters_init_sized(&old, offsetof(rst_parameters, match));
  g_assert_cmpuint(old.size, ==, offsetof(rst_parameters, match));
  g_assert_cmpfloat(old.context, ==, 1.5);
  g_assert_cmpint((int)old.match, ==, 0x55555555);
  g_assert_cmpstr(p.model, ==, "portrait");
  g_assert_cmpint(p.sampler, ==, RST_SAMPLER_AUTO);
  g_assert_cmpfloat(p.stochasticity, ==, 1);
  g_assert_cmpint(p.step_skip, ==, 8);
  g_assert_cmpint(p.sequence, ==, RST_SEQUENCE_UNIFORM);
  g_assert_cmpint(p.start, ==, 0);
  g_assert_cmpint(p.end, ==, 0);
  g_assert_cmpint(p.noise_stddev, ==, RST_STDDEV_NORMAL);
  g_assert_true(p.project);
  g_assert_false(p.clip);
  g_assert_cmpint(p.seed, ==, 0);
  g_assert_cmpint(p.mode, ==, RST_MODE_AUTO);
  g_assert_cmpfloat(p.saturation, ==, 1);
  g_assert_cmpfloat(p.strength, ==, 1);
  g_assert_cmpfloat(p.context, ==, 1.5);
  g_assert_cmpint(p.window_kind, ==, RST_WINDOW_AUTO);
  g_assert_false(p.hide_region);
}

static void test_members(void) {
  const rst_parameters p =
    new_parameters("model=a/b", "sampler=ddpm", "stochasticity=.25", "step-skip=4000",
                   "sequence=quadratic", "start=7", "end=3", "noise-stddev=zero", "project=false",
                   "clip=true", "seed=2147483647", "mode=detail", "saturation=1.75", "strength=0",
                   "context=4", "window=-3,4,5", "hide-region=true", NULL);

  g_assert_cmpstr(p.model, ==, "a/b");
  g_assert_cmpint(p.sampler, ==, RST_SAMPLER_DDPM);
  g_assert_cmpfloat(p.stochasticity, ==, 0.25);
  g_assert_cmpint(p.step_skip, ==, 4000);
  g_assert_cmpint(p.sequence, ==, RST_SEQUENCE_QUADRATIC);
  g_assert_cmpint(p.start, ==, 7);
  g_assert_cmpint(p.end, ==, 3);
  g_assert_cmpint(p.noise_stddev, ==, RST_STDDEV_ZERO);
  g_assert_false(p.project);
  g_assert_true(p.clip);
  g_assert_cmpint(p.seed, ==, G_MAXINT32);
  g_assert_cmpint(p.mode, ==, RST_MODE_DETAIL);
  g_assert_cmpfloat(p.saturation, ==, 1.75);
  g_assert_cmpfloat(p.strength, ==, 0);
  g_assert_cmpfloat(p.context, ==, 4);
  g_assert_cmpint(p.window_kind, ==, RST_WINDOW_GIVEN);
  g_assert_true(p.window.x == -3 && p.window.y == 4 && p.window.side == 5);
  g_assert_true(p.hide_region);
}

static void check_use(const rst_parameters *p, const rst_model_info *model, const char *name,
                      rst_use use) {
  g_assert_cmpint(rst_parameter_use(rst_parameter_find(name), p, model), ==, use);
}

/* What counts beside what; that samplers do read what they say is seen in sample.c. */
static void test_use(void) {
  const rst_model_info single = {.size = sizeof single, .process = RST_SINGLE_PASS};
  const rst_model_info diffusion = {
    .size = sizeof diffusion, .process = RST_DIFFUSION, .steps = 100};
  rst_parameters p = new_parameters(NULL, NULL);
  const rst_parameter *entry;

  for (size_t i = 0; (entry = table(i)); i++) {
    const bool faces = strcmp(entry->name, "faces") == 0;
    const rst_use used = faces ? RST_UNUSED_FACES : RST_USED;

    check_use(&p, &diffusion, entry->name, used);
    check_use(&p, NULL, entry->name, used);
    check_use(&p, &single, entry->name,
              rst_parameter_stages(entry) == RST_STAGE_SAMPLE ? RST_UNUSED_SINGLE_PASS : used);
    g_assert_true(rst_parameter_in_presets(entry) == (strcmp(entry->name, "seed") != 0 &&
                                                      strcmp(entry->name, "hints") != 0 && !faces));
  }
  p = new_parameters("sequence=quadratic", NULL);
  check_use(&p, NULL, "step-skip", RST_UNUSED_SEQUENCE);
  p = new_parameters("sampler=ddpm", "sequence=quadratic", "stochasticity=0", NULL);
  check_use(&p, NULL, "step-skip", RST_UNUSED_SAMPLER);
  check_use(&p, NULL, "sequence", RST_UNUSED_SAMPLER);
  check_use(&p, NULL, "project", RST_UNUSED_SAMPLER);
  check_use(&p, NULL, "noise-stddev", RST_USED);
  p = new_parameters("stochasticity=0", NULL);
  check_use(&p, NULL, "noise-stddev", RST_UNUSED_NOISE);
  check_use(&p, NULL, "project", RST_UNUSED_NOISE);
  p = new_parameters("noise-stddev=zero", NULL);
  check_use(&p, NULL, "project", RST_UNUSED_NOISE);
  check_use(&p, NULL, "stochasticity", RST_USED);
  p = new_parameters("window=picture", NULL);
  check_use(&p, NULL, "context", RST_UNUSED_WINDOW);
  p = new_parameters("window=faces", NULL);
  check_use(&p, NULL, "context", RST_USED);
  check_use(&p, NULL, "faces", RST_USED);
  g_assert_cmpint(rst_resolve_sampler(&p), ==, RST_SAMPLER_DDIM);
  check_use(&p, NULL, "hints", RST_USED);
  p = new_parameters("mode=detail", NULL);
  check_use(&p, NULL, "hints", RST_UNUSED_MODE);
}

/* The stages that a change makes stale. */
static void test_compare(void) {
  static const struct {
    const char *from, *to;
    unsigned stages;
  } changes[] = {
    {"seed=0", "seed=1", RST_STAGE_SAMPLE},
    {"sampler=auto", "sampler=ddim", 0},
    {"sampler=auto", "sampler=ddpm", RST_STAGE_SAMPLE},
    {"start=0", "start=100", 0},
    {"start=0", "start=99", RST_STAGE_SAMPLE},
    {"mode=auto", "mode=full", RST_STAGE_MIX},
    {"saturation=1", "saturation=0.5", RST_STAGE_MIX},
    {"match=auto", "match=off", RST_STAGE_MIX},
    {"strength=1", "strength=0.5", RST_STAGE_BLEND},
    {"hints=", "hints=1,2,keep", RST_STAGE_HINT},
    {"context=1.5", "context=2", RST_STAGE_PLAN},
    {"window=auto", "window=picture", RST_STAGE_PLAN},
    {"window=1,2,30", "window=1,2,31", RST_STAGE_PLAN},
    {"hide-region=false", "hide-region=true", RST_STAGE_ENCODE | RST_STAGE_MIX},
    {"model=portrait", "model=repair", RST_STAGE_ENCODE | RST_STAGE_SAMPLE},
  };
  const rst_model_info model = {.size = sizeof model, .process = RST_DIFFUSION, .steps = 100};
  rst_parameters a, b;

  for (size_t i = 0; i < G_N_ELEMENTS(changes); i++) {
    a = new_parameters(changes[i].from, NULL);
    b = new_parameters(changes[i].to, NULL);
    g_assert_cmpuint(rst_parameters_compare(&a, &b, &model), ==, changes[i].stages);
    g_assert_cmpuint(rst_parameters_compare(&b, &a, &model), ==, changes[i].stages);
  }
  a = new_parameters("window=picture", "context=2", NULL); /* which is not used */
  b = new_parameters("window=picture", NULL);
  g_assert_cmpuint(rst_parameters_compare(&a, &b, &model), ==, 0);
  rst_parameters_reduce(&a, &model, &a);
  g_assert_cmpfloat(a.context, ==, 1.5);
  g_assert_cmpint(a.sampler, ==, RST_SAMPLER_DDIM);
  memset(&a, 0, sizeof a);
  g_assert_cmpuint(rst_parameters_compare(&a, &b, &model), ==, 63);
}

static void keep(const char *name, const char *text) {
  rst_parameters p = new_parameters(NULL, NULL), q = new_parameters(NULL, NULL);
  char written[RST_TEXT_MAX];

  assert_ok(rst_parameters_set(&p, name, text, NULL));
  assert_ok(rst_parameters_get(&p, name, written, sizeof written, NULL));
  assert_ok(rst_parameters_set(&q, name, written, NULL));
  assert_same(&q, &p, 1);
}

static void test_round_trips(void) {
  const rst_parameter *entry;

  for (size_t i = 0; (entry = table(i)); i++) {
    keep(entry->name, entry->initial);
    for (int j = 0; entry->choices && entry->choices[j]; j++)
      keep(entry->name, entry->choices[j]);
    if (entry->type == RST_TYPE_INT) {
      char text[16];

      g_snprintf(text, sizeof text, "%d", (int)entry->high);
      keep(entry->name, text);
      g_snprintf(text, sizeof text, "%d", (int)entry->low);
      keep(entry->name, text);
    }
  }
  keep("hints", "3,4,#aabbcc;5,6,keep,0.1");
  keep("window", "picture");
  keep("window", "faces");
  keep("faces", "1,2,3,4; -5,6,7,8");
  keep("faces", "");
  keep("window", "-16777216,16777216,16777216");
  keep("model", "\xc3\xa4 b/\"'\\,=");
}

/* Reals come back to the same bits. */
static void test_reals(void) {
  static const double special[] = {0,
                                   -0.0,
                                   1,
                                   0.1,
                                   0.3,
                                   1.0 / 3,
                                   2.0 / 3,
                                   DBL_MIN,
                                   5e-324,
                                   DBL_EPSILON,
                                   1 - DBL_EPSILON / 2,
                                   0.30000000000000004};
  dice d = {3};

  for (int i = 0; i < 20000; i++) {
    rst_parameters p = new_parameters(NULL, NULL), q = p;
    const double value = i < (int)G_N_ELEMENTS(special)
                           ? special[i]
                           : ldexp(dice_real(&d, 0.5, 1) + dice_next(&d) * 0x1p-60,
                                   -dice_int(&d, 0, i % 2 ? 3 : 1060));
    char text[64];

    p.strength = value;
    assert_ok(rst_parameters_get(&p, "strength", text, sizeof text, NULL));
    q.strength = 7;
    assert_ok(rst_parameters_set(&q, "strength", text, NULL));
    assert_same(&q.strength, &value, 1);
  }
}

static const struct {
  const char *name, *text;
  rst_status code;
  double low, high;
  const char *choices;
} bad_values[] = {
  {"stochasticity", "1.0000001", RST_OUT_OF_RANGE, 0, 1, ""},
  {"stochasticity", "-0.1", RST_OUT_OF_RANGE, 0, 1, ""},
  {"stochasticity", "1e308", RST_OUT_OF_RANGE, 0, 1, ""},
  {"stochasticity", "1e400", RST_WRONG_TYPE, 0, 0, NULL},
  {"stochasticity", "nan", RST_WRONG_TYPE, 0, 0, NULL},
  {"stochasticity", "inf", RST_WRONG_TYPE, 0, 0, NULL},
  {"stochasticity", "0,5", RST_WRONG_TYPE, 0, 0, NULL},
  {"stochasticity", "0.5x", RST_WRONG_TYPE, 0, 0, NULL},
  {"stochasticity", " 0.5", RST_WRONG_TYPE, 0, 0, NULL},
  {"stochasticity", "", RST_WRONG_TYPE, 0, 0, NULL},
  {"stochasticity", "0x1p-1", RST_WRONG_TYPE, 0, 0, NULL},
  {"stochasticity", "true", RST_WRONG_TYPE, 0, 0, NULL},
  {"saturation", "2.01", RST_OUT_OF_RANGE, 0, 2, ""},
  {"strength", "2", RST_OUT_OF_RANGE, 0, 1, ""},
  {"context", "0.99", RST_OUT_OF_RANGE, 1, 4, ""},
  {"context", "4.01", RST_OUT_OF_RANGE, 1, 4, ""},
  {"step-skip", "0", RST_OUT_OF_RANGE, 1, 4000, ""},
  {"step-skip", "4001", RST_OUT_OF_RANGE, 1, 4000, ""},
  {"step-skip", "-3", RST_OUT_OF_RANGE, 1, 4000, ""},
  {"step-skip", "8.0", RST_WRONG_TYPE, 0, 0, NULL},
  {"step-skip", "8 ", RST_WRONG_TYPE, 0, 0, NULL},
  {"step-skip", "1e1", RST_WRONG_TYPE, 0, 0, NULL},
  {"step-skip", "", RST_WRONG_TYPE, 0, 0, NULL},
  {"step-skip", "-", RST_WRONG_TYPE, 0, 0, NULL},
  {"start", "-1", RST_OUT_OF_RANGE, 0, 4000, ""},
  {"start", "4001", RST_OUT_OF_RANGE, 0, 4000, ""},
  {"end", "4000", RST_OUT_OF_RANGE, 0, 3999, ""},
  {"seed", "-1", RST_OUT_OF_RANGE, 0, 2147483647, ""},
  {"seed", "2147483648", RST_OUT_OF_RANGE, 0, 2147483647, ""},
  {"seed", "99999999999999999999999", RST_OUT_OF_RANGE, 0, 2147483647, ""},
  {"project", "1", RST_WRONG_TYPE, 0, 0, NULL},
  {"project", "True", RST_WRONG_TYPE, 0, 0, NULL},
  {"clip", "", RST_WRONG_TYPE, 0, 0, NULL},
  {"sampler", "DDIM", RST_NOT_A_CHOICE, 0, 0, NULL},
  {"sampler", "", RST_NOT_A_CHOICE, 0, 0, NULL},
  {"sequence", "cubic", RST_NOT_A_CHOICE, 0, 0, "uniform, quadratic"},
  {"noise-stddev", "norma", RST_NOT_A_CHOICE, 0, 0, "normal, squared, zero"},
  {"mode", "color", RST_NOT_A_CHOICE, 0, 0, "auto, full, colour, detail"},
  {"model", "", RST_WRONG_TYPE, 0, 0, NULL},
  {"window", "", RST_WRONG_TYPE, 0, 0, NULL},
  {"window", "automatic", RST_WRONG_TYPE, 0, 0, NULL},
  {"window", "1,2", RST_WRONG_TYPE, 0, 0, NULL},
  {"window", "1,2,3,4", RST_WRONG_TYPE, 0, 0, NULL},
  {"window", "1,2,3x", RST_WRONG_TYPE, 0, 0, NULL},
  {"window", "1.5,2,3", RST_WRONG_TYPE, 0, 0, NULL},
  {"window", "1,2,0", RST_OUT_OF_RANGE, 1, 16777216, ""},
  {"window", "1,2,-5", RST_OUT_OF_RANGE, 1, 16777216, ""},
  {"window", "1,2,16777217", RST_OUT_OF_RANGE, 1, 16777216, ""},
  {"window", "16777217,2,3", RST_OUT_OF_RANGE, -16777216, 16777216, ""},
  {"window", "-2147483648,2,3", RST_OUT_OF_RANGE, -16777216, 16777216, ""},
  {"window", "1,-2147483648,3", RST_OUT_OF_RANGE, -16777216, 16777216, ""},
  {"Seed", "1", RST_UNKNOWN_PARAMETER, 0, 0, ""},
  {"", "1", RST_UNKNOWN_PARAMETER, 0, 0, ""},
};

static void test_bad_values(void) {
  for (size_t i = 0; i < G_N_ELEMENTS(bad_values); i++) {
    const char *name = bad_values[i].name, *text = bad_values[i].text;
    rst_parameters p = new_parameters(NULL, NULL), before = p;
    rst_error error = RST_ERROR_INIT;

    if (rst_parameters_set(&p, name, text, &error) != bad_values[i].code)
      g_error("%s=%s: status %d, not %d", name, text, error.code, bad_values[i].code);
    assert_error(&error, bad_values[i].code, name);
    assert_same(&p, &before, 1);
    g_assert_nonnull(strstr(error.message, name));
    if (error.code == RST_UNKNOWN_PARAMETER)
      continue;
    g_assert_nonnull(strstr(error.message, text));
    g_assert_cmpstr(error.value, ==, text);
    g_assert_cmpfloat(error.low, ==, bad_values[i].low);
    g_assert_cmpfloat(error.high, ==, bad_values[i].high);
    if (bad_values[i].choices)
      g_assert_cmpstr(error.choices, ==, bad_values[i].choices);
    if (error.code == RST_NOT_A_CHOICE) {
      char *all = g_strjoinv(", ", (char **)rst_parameter_find(name)->choices);

      g_assert_cmpstr(error.choices, ==, all);
      g_free(all);
    }
    if (error.code == RST_OUT_OF_RANGE) { /* the range is told */
      char low[16], high[16];

      g_snprintf(low, sizeof low, "%d", (int)error.low);
      g_snprintf(high, sizeof high, "%d", (int)error.high);
      g_assert_nonnull(strstr(error.message, low));
      g_assert_nonnull(strstr(error.message, high));
    }
  }
}

static void test_long_values(void) {
  rst_parameters p = new_parameters(NULL, NULL);
  char *text = g_strnfill(5000, '1'), written[RST_TEXT_MAX];
  rst_error error = RST_ERROR_INIT;
  const rst_parameter *entry;

  for (size_t i = 0; (entry = table(i)); i++) {
    g_assert_cmpint(rst_parameters_set(&p, entry->name, text, &error), !=, RST_OK);
    assert_error(&error, error.code, strcmp(entry->name, "hints") == 0 ? "1" : entry->name);
  }
  text[1023] = '\0'; /* the longest path that a struct holds */
  assert_ok(rst_parameters_set(&p, "model", text, NULL));
  assert_ok(rst_parameters_get(&p, "model", written, sizeof written, NULL));
  g_assert_cmpstr(written, ==, text);
  assert_status(rst_parameters_get(&p, "model", written, 1023, &error), RST_BAD_CALL);
  assert_status(rst_parameters_get(&p, "strength", written, 3, &error), RST_BAD_CALL);
  assert_ok(rst_parameters_get(&p, "strength", written, 4, &error));
  g_assert_cmpstr(written, ==, "1.0");
  g_free(text);
}

static void test_calls(void) {
  rst_parameters p = new_parameters(NULL, NULL);
  rst_error error = RST_ERROR_INIT;
  rst_model *model = network_model(&net_small);
  char text[RST_TEXT_MAX];

  assert_status(rst_parameters_set(NULL, "seed", "1", NULL), RST_BAD_CALL);
  assert_status(rst_parameters_set(&p, NULL, "1", NULL), RST_BAD_CALL);
  assert_status(rst_parameters_set(&p, "seed", NULL, NULL), RST_BAD_CALL);
  assert_status(rst_parameters_get(&p, "seed", NULL, 5, NULL), RST_BAD_CALL);
  assert_status(rst_parameters_get(&p, "sead", text, sizeof text, &error), RST_UNKNOWN_PARAMETER);
  assert_error(&error, RST_UNKNOWN_PARAMETER, "sead");
  assert_status(rst_parameters_check(&p, NULL, NULL), RST_BAD_CALL);
  assert_status(rst_parameters_check(NULL, model, NULL), RST_BAD_CALL);
  p.step_skip = 20;
  assert_ok(rst_parameters_check(&p, model, NULL));
  p.mode = (rst_mode)17; /* filled by hand */
  g_assert_cmpint(rst_parameters_check(&p, model, NULL), !=, RST_OK);
  p.mode = RST_MODE_FULL;
  p.seed = -1;
  assert_status(rst_parameters_check(&p, model, &error), RST_OUT_OF_RANGE);
  assert_error(&error, RST_OUT_OF_RANGE, "seed");
  p.seed = 0;
  p.strength = NAN;
  g_assert_cmpint(rst_parameters_check(&p, model, NULL), !=, RST_OK);
  p.strength = 1;
  p.size++;
  assert_status(rst_parameters_check(&p, model, NULL), RST_BAD_CALL);
  assert_status(rst_parameters_set(&p, "seed", "1", NULL), RST_BAD_CALL);
  assert_status(rst_parameters_get(&p, "seed", text, sizeof text, NULL), RST_BAD_CALL);
  rst_model_unref(model);
}

/* Numbers are the same where the user's own have a comma. */
static void test_comma(void) {
  static const char *const locales[] = {"de_DE.UTF-8", "de_DE.utf8",  "fr_FR.UTF-8", "nl_NL.UTF-8",
                                        "ru_RU.UTF-8", "es_ES.UTF-8", "it_IT.UTF-8"};
  char text[32];
  bool comma = false;

  for (size_t i = 0; i < G_N_ELEMENTS(locales) && !comma; i++)
    comma = setlocale(LC_ALL, locales[i]) && localeconv()->decimal_point[0] == ',';
  if (!comma) {
    g_test_skip("no locale with a comma is installed");
    return;
  }
  g_snprintf(text, sizeof text, "%.1f", 0.5);
  g_assert_cmpstr(text, ==, "0,5");
  test_members();
  test_round_trips();
  test_reals();
  test_bad_values();
  setlocale(LC_ALL, "C");
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/parameters/table", test_table);
  g_test_add_func("/parameters/use", test_use);
  g_test_add_func("/parameters/compare", test_compare);
  g_test_add_func("/parameters/defaults", test_defaults);
  g_test_add_func("/parameters/members", test_members);
  g_test_add_func("/parameters/round trips", test_round_trips);
  g_test_add_func("/parameters/reals", test_reals);
  g_test_add_func("/parameters/bad values", test_bad_values);
  g_test_add_func("/parameters/long values", test_long_values);
  g_test_add_func("/parameters/calls", test_calls);
  g_test_add_func("/parameters/comma", test_comma);
  return g_test_run();
}
