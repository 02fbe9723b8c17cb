/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is kept with a picture: written, appended, read back, refused.
 */
#include <string.h>

#include "fixtures.h"

/* What tests read parameters into. */
static rst_parameters into;

static rst_status read_entry(const char *history, int index, rst_record *record, int *count,
                             rst_error *error) {
  rst_parameters_init(&into);
  return rst_record_read(history, index, record, &into, count, error);
}

static rst_record *record_of(const rst_parameters *parameters) {
  rst_plan *plan = g_new0(rst_plan, 1);
  rst_record *record = g_new0(rst_record, 1);

  plan->size = sizeof *plan;
  plan->count = 2;
  plan->parts[0] = (rst_part){.box = {10, 20, 30, 40}, .window = {-5, 3, 60}};
  plan->parts[1] = (rst_part){.box = {2, 70, 5, 6}, .window = {0, 65, 9}};
  rst_record_fill(record, parameters, plan, "00ff");
  g_assert_cmpstr(record->preset, ==, "");
  g_assert_cmpint(record->width, ==, 0);
  g_free(plan);
  return record;
}

static void assert_same_parameters(const rst_parameters *a, const rst_parameters *b) {
  size_t count;
  const rst_parameter *table = rst_parameter_table(&count);

  for (size_t i = 0; i < count; i++) {
    char of_a[RST_TEXT_MAX], of_b[RST_TEXT_MAX];

    assert_ok(rst_parameters_get(a, table[i].name, of_a, sizeof of_a, NULL));
    assert_ok(rst_parameters_get(b, table[i].name, of_b, sizeof of_b, NULL));
    g_assert_cmpstr(of_a, ==, of_b);
  }
}

static rst_parameters unusual_parameters(void) {
  return new_parameters("model=/some/where \"quoted\" ä.safetensors", "sampler=ddpm",
                        "stochasticity=0.1", "step-skip=3", "sequence=quadratic", "start=77",
                        "end=4", "noise-stddev=squared", "project=false", "clip=true",
                        "seed=2147483647", "mode=detail", "saturation=1.9",
                        "strength=0.30000000000000004", "context=3.7", "window=-4,5,600",
                        "hide-region=true", "match=off", "hints=3,4,#aabbcc; 5,6,keep,0.25", NULL);
}

static void test_round_trip(void) {
  const rst_parameters unusual = unusual_parameters(), usual = new_parameters("seed=0", NULL);
  rst_record *first = record_of(&unusual), *second = record_of(&usual),
             *read = g_new0(rst_record, 1);
  char *one = NULL, *two = NULL;
  int count;

  read->size = sizeof *read;
  assert_ok(rst_record_append(NULL, first, &one, NULL));
  g_assert_nonnull(strstr(one, "\"hints\""));
  assert_ok(rst_record_append(one, second, &two, NULL));
  g_assert_null(strstr(strstr(two, "\"hints\"") + 1, "\"hints\"")); /* none: no key */
  assert_ok(read_entry(two, 0, read, &count, NULL));
  g_assert_cmpint(count, ==, 2);
  assert_same_parameters(read->parameters, &unusual);
  g_assert_cmpstr(read->version, ==, rst_version());
  g_assert_cmpstr(read->sha256, ==, "00ff");
  g_assert_cmpmem(&read->box, sizeof read->box, (&(rst_rectangle){2, 20, 38, 56}),
                  sizeof read->box);
  g_assert_cmpint(read->window_count, ==, 2);
  g_assert_cmpmem(read->windows, 2 * sizeof *read->windows, first->windows,
                  2 * sizeof *first->windows);
  assert_ok(read_entry(two, -1, read, NULL, NULL));
  assert_same_parameters(read->parameters, &usual);
  assert_ok(read_entry(two, -2, read, NULL, NULL));
  assert_same_parameters(read->parameters, &unusual);
  free(one);
  free(two);
  g_free(first);
  g_free(second);
  g_free(read);
}

static rst_record *written_and_read(const rst_record *record) {
  rst_record *read = g_new0(rst_record, 1);
  char *text = NULL;

  read->size = sizeof *read;
  assert_ok(rst_record_append(NULL, record, &text, NULL));
  assert_ok(read_entry(text, -1, read, NULL, NULL));
  free(text);
  return read;
}

/* What a host adds; its keys are missing where it adds nothing. */
static void test_options(void) {
  const rst_parameters usual = new_parameters("seed=0", NULL);
  rst_record *record = record_of(&usual), *read = written_and_read(record);
  char *text = NULL;

  g_assert_cmpint(read->output, ==, RST_OUTPUT_IN_PLACE);
  g_assert_cmpstr(read->preset, ==, "");
  g_assert_cmpstr(read->mask, ==, "");
  g_assert_cmpint(read->width, ==, 0);
  g_free(read);
  assert_ok(rst_record_append(NULL, record, &text, NULL));
  g_assert_null(strstr(text, "\"preset\""));
  g_assert_null(strstr(text, "\"mask\""));
  g_assert_null(strstr(text, "\"size\""));
  free(text);

  record->output = RST_OUTPUT_NEW_LAYER;
  g_strlcpy(record->preset, "b", sizeof record->preset);
  g_strlcpy(record->mask, "ä \"mask\".png", sizeof record->mask);
  g_strlcpy(record->mask_sha256, "abcd", sizeof record->mask_sha256);
  record->width = 1024;
  record->height = 7;
  read = written_and_read(record);
  g_assert_cmpint(read->output, ==, RST_OUTPUT_NEW_LAYER);
  g_assert_cmpstr(read->preset, ==, "b");
  g_assert_cmpstr(read->mask, ==, "ä \"mask\".png");
  g_assert_cmpstr(read->mask_sha256, ==, "abcd");
  g_assert_cmpint(read->width, ==, 1024);
  g_assert_cmpint(read->height, ==, 7);
  g_free(read);
  record->output = (rst_output)2;
  assert_status(rst_record_append(NULL, record, &text, NULL), RST_BAD_CALL);
  g_free(record);
}

/* How a photograph was prepared, and that someone marked its damage; without marks nothing is said of
 * them. */
static void test_photo(void) {
  const rst_parameters usual = new_parameters("seed=0", NULL);
  rst_record *record = record_of(&usual), *read;
  char *text = NULL;

  record->photo = record->damage = record->colour = true;
  record->sensitivity = 0.25;
  record->tone_strength = 0.75;
  read = written_and_read(record);
  g_assert_true(read->photo && read->damage && !read->tone && read->colour && !read->marked);
  g_assert_cmpfloat(read->sensitivity, ==, 0.25);
  g_assert_cmpfloat(read->tone_strength, ==, 0.75);
  g_free(read);
  assert_ok(rst_record_append(NULL, record, &text, NULL));
  g_assert_null(strstr(text, "\"marked\""));
  free(text);
  record->damage = false;
  record->marked = record->tone = true;
  read = written_and_read(record);
  g_assert_true(read->photo && !read->damage && read->tone && read->colour && read->marked);
  g_free(read);
  g_free(record);
}

/* What another version wrote is kept as it is. */
static void test_foreign_entries(void) {
  const rst_parameters usual = new_parameters("seed=0", NULL);
  rst_record *record = record_of(&usual);
  char *text = NULL;

  assert_ok(rst_record_append("[{\"format\": 3, \"news\": [1.5, null]}]", record, &text, NULL));
  g_assert_nonnull(strstr(text, "\"news\""));
  g_assert_cmpint(read_entry(text, 0, record, NULL, NULL), ==, RST_BAD_RECORD);
  assert_ok(read_entry(text, 1, record, NULL, NULL));
  free(text);
  g_free(record);
}

/* As format 1 was. */
#define OLD                                                     \
  "\"version\":\"0\",\"model\":{\"id\":\"m\",\"sha256\":\"\"}," \
  "\"parameters\":{\"seed\":5},\"box\":[0,0,1,1],\"windows\":[[0,0,1]]"

static void test_old_format(void) {
  rst_record *record = g_new0(rst_record, 1);

  record->size = sizeof *record;
  assert_ok(read_entry("[{\"format\":1," OLD "}]", -1, record, NULL, NULL));
  g_assert_cmpint(record->parameters->seed, ==, 5);
  g_assert_cmpint(record->output, ==, RST_OUTPUT_IN_PLACE);
  g_assert_cmpint(record->width, ==, 0);
  assert_status(read_entry("[{\"format\":3," OLD "}]", -1, record, NULL, NULL), RST_BAD_RECORD);
  g_free(record);
}

static void test_hostile(void) {
  static const char good[] = "[{\"format\":2," OLD
                             ",\"preset\":\"b\",\"mask\":{\"name\":\"n\",\"sha256\":\"a\"},"
                             "\"size\":[5,6],\"photo\":{\"damage\":true,\"sensitivity\":0.5,"
                             "\"tone\":false,\"tone-strength\":1,\"colour\":true,\"marked\":true},"
                             "\"output\":\"new-layer\"}]";
  static const char *const changes[][2] = {
    {"[{", "{"},
    {"\"format\":2", "\"format\":\"2\""},
    {"\"version\":\"0\"", "\"version\":0"},
    {"\"seed\":5", "\"seed\":-1"},
    {"\"seed\":5", "\"seed\":\"5\""},
    {"\"seed\":5", "\"sed\":5"},
    {"\"sha256\":\"\"", "\"sha\":\"\""},
    {"\"b\"", "7"},
    {"{\"name\":\"n\",", "{"},
    {"{\"name\":\"n\",", "{\"name\":\"a\\u0000b\","},
    {"\"sha256\":\"a\"", "\"sha256\":0"},
    {"[5,6]", "[5]"},
    {"[5,6]", "[5,0]"},
    {"[5,6]", "5"},
    {"[5,6]", "[16777217,1]"},
    {"[5,6]", "[65536,32768]"},
    {"[5,6]", "[5,18446744073709551615]"},
    {"\"format\":2", "\"format\":4294967298"},
    {"\"format\":2", "\"format\":18446744073709551614"},
    {"\"seed\":5", "\"seed\":4294967301"},
    {"\"seed\":5", "\"seed\":18446744073709551615"},
    {"\"damage\":true", "\"damage\":1"},
    {"\"tone\":false,", ""},
    {"\"colour\":true", "\"colour\":null"},
    {"\"marked\":true", "\"marked\":1"},
    {"\"sensitivity\":0.5", "\"sensitivity\":1.5"},
    {"\"tone-strength\":1", "\"tone-strength\":\"1\""},
    {"new-layer", "screen"},
    {"\"new-layer\"", "null"},
    {"[0,0,1,1]", "[0,0,1]"},
    {"[0,0,1,1]", "[0,0,1,1e9]"},
    {"[0,0,1,1]", "[-1,0,1,1]"},
    {"[0,0,1,1]", "[0,0,-1,1]"},
    {"[0,0,1,1]", "[0,0,1,0]"},
    {"[0,0,1,1]", "[0,0,1,16777217]"},
    {"[0,0,1,1]", "[0,18446744073709551615,1,1]"},
    {"[0,0,1,1]", "[0,-9223372036854775808,1,1]"},
    {"[[0,0,1]]", "[[-16777217,0,1]]"},
    {"[[0,0,1]]", "[[0,0,18446744073709551615]]"},
    {"[[0,0,1]]", "[[-9223372036854775808,0,1]]"},
    {"[[0,0,1]]", "[[0,0,0]]"},
    {"[[0,0,1]]", "[0]"},
    {"[[0,0,1]]", "3"},
    {"\"parameters\":{\"seed\":5}", "\"parameters\":[]"},
    {good, "[]"},
    {good, "[1]"},
  };
  rst_record *record = g_new0(rst_record, 1);

  record->size = sizeof *record;
  assert_ok(read_entry(good, -1, record, NULL, NULL));
  g_assert_cmpint(record->parameters->seed, ==, 5);
  for (gsize i = 0; i < G_N_ELEMENTS(changes); i++) {
    char *bad = replace(good, changes[i][0], changes[i][1]);
    rst_error error = RST_ERROR_INIT;

    assert_status(read_entry(bad, -1, record, NULL, &error), RST_BAD_RECORD);
    assert_error(&error, RST_BAD_RECORD, NULL);
    g_free(bad);
  }
  assert_status(read_entry(good, 1, record, NULL, NULL), RST_BAD_RECORD);
  assert_status(read_entry(good, -2, record, NULL, NULL), RST_BAD_RECORD);
  for (gsize length = 1; length < sizeof good - 1; length++) {
    char *cut = g_strndup(good, length), *text = NULL;

    assert_status(read_entry(cut, -1, record, NULL, NULL), RST_BAD_RECORD);
    assert_status(rst_record_append(cut, record, &text, NULL), RST_BAD_RECORD);
    g_free(cut);
  }
  g_free(record);
}

static void test_preset_written(void) {
  const rst_parameters unusual = unusual_parameters();
  rst_parameters read = new_parameters("seed=2147483647", "hints=3,4,#aabbcc; 5,6,keep,0.25", NULL);
  rst_preset *preset;
  char *text = NULL;

  assert_ok(rst_preset_write(&unusual, NULL, "A \"title\"", NULL, &text, NULL));
  assert_ok(rst_preset_parse("mine", text, strlen(text), &preset, NULL));
  g_assert_cmpstr(rst_preset_title(preset), ==, "A \"title\"");
  g_assert_cmpstr(rst_preset_note(preset), ==, "");
  g_assert_false(rst_preset_has(preset, "seed"));
  g_assert_false(rst_preset_has(preset, "hints"));
  rst_preset_apply(preset, &read);
  assert_same_parameters(&read, &unusual);
  rst_preset_free(preset);
  free(text);
  assert_status(rst_preset_write(&unusual, NULL, "\xff", NULL, &text, NULL), RST_BAD_CALL);
}

/* A preset written for a model fits it. */
static void test_preset_fits(void) {
  const rst_parameters unusual = unusual_parameters();
  net shape = net_small;
  rst_model *model;
  rst_preset *preset;
  char *text = NULL;

  shape.process = "single pass";
  model = network_model(&shape);
  assert_ok(rst_preset_write(&unusual, NULL, NULL, NULL, &text, NULL));
  assert_ok(rst_preset_parse("all", text, strlen(text), &preset, NULL));
  assert_status(rst_preset_check(preset, model, NULL), RST_PRESET_MISFIT);
  rst_preset_free(preset);
  free(text);
  assert_ok(rst_preset_write(&unusual, model, NULL, NULL, &text, NULL));
  assert_ok(rst_preset_parse("fitting", text, strlen(text), &preset, NULL));
  assert_ok(rst_preset_check(preset, model, NULL));
  g_assert_true(rst_preset_has(preset, "mode"));
  g_assert_false(rst_preset_has(preset, "start"));
  rst_preset_free(preset);
  free(text);
  rst_model_unref(model);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/record/round-trip", test_round_trip);
  g_test_add_func("/record/options", test_options);
  g_test_add_func("/record/photo", test_photo);
  g_test_add_func("/record/old-format", test_old_format);
  g_test_add_func("/record/foreign-entries", test_foreign_entries);
  g_test_add_func("/record/hostile", test_hostile);
  g_test_add_func("/record/preset-written", test_preset_written);
  g_test_add_func("/record/preset-fits", test_preset_fits);
  return g_test_run();
}
