/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A caller's thread may have a small stack: whatever is called there has to do with it.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "fixtures.h"
#include "program.h"

/* The sanitizer's frames are larger than those of a program as it is used. */
#ifdef __SANITIZE_ADDRESS__
#define STACK ((size_t)1 << 20)
#else
#define STACK ((size_t)128 << 10)
#endif

enum { W = 96, H = 80 };

static void *start(void *data) {
  void (*run)(void) = *(void (**)(void))data;

  run();
  return NULL;
}

static void run_on_small_stack(void (*run)(void)) {
  pthread_attr_t attributes;
  pthread_t thread;

  g_assert_cmpint(pthread_attr_init(&attributes), ==, 0);
  g_assert_cmpint(pthread_attr_setstacksize(&attributes, STACK), ==, 0);
  g_assert_cmpint(pthread_create(&thread, &attributes, start, &run), ==, 0);
  g_assert_cmpint(pthread_join(thread, NULL), ==, 0);
  pthread_attr_destroy(&attributes);
}

/* What is large itself lies elsewhere. */
static rst_parameters *make_parameters(void) {
  rst_parameters *made = g_new(rst_parameters, 1);

  rst_parameters_init(made);
  return made;
}

/* ---- programs with an older header and with this one ---- */

static void use_older(void) {
  outcome *o = g_new0(outcome, 1);

  run_older(o);
  g_assert_null(strstr(o->text, "?"));
  g_free(o);
}

static void use_present(void) {
  outcome *o = g_new0(outcome, 1);

  run_present(o);
  g_assert_null(strstr(o->text, "?"));
  g_free(o);
}

static void test_programs(void) {
  run_on_small_stack(use_older);
  run_on_small_stack(use_present);
}

/* ---- texts and files ---- */

static bool count_one(void *user, const char *id, const char *path) {
  (void)id;
  (void)path;
  ++*(int *)user;
  return true;
}

static void use_values(void) {
  rst_parameters *one = make_parameters(), *other = make_parameters();
  char *text = g_malloc(RST_TEXT_MAX), *faces = g_strdup("3,4,20,30; 50,40,12,12");
  rst_hint *hints = g_new(rst_hint, RST_HINTS_MAX);
  rst_face *found = g_new(rst_face, RST_FACES_MAX);
  const rst_parameter *entry;
  size_t count;
  int number;

  entry = rst_parameter_table(&count);
  for (size_t i = 0; i < count; i++) {
    assert_ok(rst_parameters_get(one, entry[i].name, text, RST_TEXT_MAX, NULL));
    assert_ok(rst_parameters_set(other, entry[i].name, text, NULL));
    rst_parameter_use(&entry[i], one, NULL);
  }
  assert_ok(rst_parameters_set(one, "faces", faces, NULL));
  assert_ok(rst_faces_parse(one->faces, found, &number, NULL));
  assert_ok(rst_faces_write(found, number, text, RST_TEXT_MAX, NULL));
  assert_ok(rst_hints_parse("1,2,keep; 3,4,#aabbcc,0.5", hints, &number, NULL));
  assert_ok(rst_hints_write(hints, number, text, RST_TEXT_MAX, NULL));
  assert_ok(rst_parameters_set(one, "hints", text, NULL));
  g_assert_cmpuint(rst_parameters_compare(one, other, NULL), ==, RST_STAGE_HINT);
  rst_parameters_reduce(one, NULL, other);
  g_assert_cmpuint(rst_parameters_compare(one, other, NULL), ==, 0);
  number = 0;
  assert_ok(rst_list(RST_KIND_MODEL, count_one, &number, NULL));
  g_assert_cmpint(number, >, 0);
  rst_settle_model(other, RST_PICTURE_TONED);
  g_free(one);
  g_free(other);
  g_free(text);
  g_free(faces);
  g_free(hints);
  g_free(found);
}

static void use_files(void) {
  static const char preset[] =
    "{\"format\": 1, \"title\": \"t\", \"hints\": \"1,2,keep\", \"start\": 7, \"mode\": \"full\"}";
  static const char history[] =
    "[{\"format\": 1, \"version\": \"1\", \"model\": {\"sha256\": \"0f\"}, \"box\": [1, 2, 3, 4], "
    "\"parameters\": {\"seed\": 3, \"hints\": \"1,2,keep\"}, \"windows\": [[0, 0, 9]], "
    "\"output\": \"in-place\"}]";
  network *n = network_new(&net_small);
  GByteArray *file = network_file(n), *finds = finder_file(NULL, NULL);
  rst_parameters *parameters = make_parameters();
  rst_record *record = g_new0(rst_record, 1);
  rst_error error = RST_ERROR_INIT;
  rst_finder *finder;
  rst_preset *read;
  rst_model *model;
  char *text;

  assert_ok(rst_model_parse(file->data, file->len, &model, &error));
  assert_ok(rst_finder_parse(finds->data, finds->len, &finder, &error));
  assert_status(rst_preset_parse("p", preset, sizeof preset - 1, &read, &error),
                RST_BAD_PRESET); /* hints belong to a picture */
  text = replace(preset, "\"hints\": \"1,2,keep\", ", "");
  assert_ok(rst_preset_parse("p", text, strlen(text), &read, &error));
  rst_preset_apply(read, parameters);
  g_assert_cmpint(parameters->start, ==, 7);
  assert_ok(rst_preset_check(read, model, &error));
  rst_preset_free(read);
  g_free(text);
  assert_ok(rst_preset_write(parameters, model, "t", "n", &text, &error));
  free(text);
  record->size = sizeof *record;
  assert_ok(rst_record_read(history, -1, record, parameters, NULL, &error));
  g_assert_cmpstr(parameters->hints, ==, "1,2,keep");
  assert_ok(rst_record_append(history, record, &text, &error));
  free(text);
  assert_status(rst_record_read("[{}]", 0, record, parameters, NULL, &error), RST_BAD_RECORD);
  rst_finder_unref(finder);
  rst_model_unref(model);
  network_free(n);
  g_byte_array_unref(file);
  g_byte_array_unref(finds);
  g_free(parameters);
  g_free(record);
}

static void test_texts(void) {
  run_on_small_stack(use_values);
  run_on_small_stack(use_files);
}

/* ---- pictures ---- */

/* Everything that a restoration reads: a match, hints, faces. */
static void use_picture(void) {
  canvas *c = canvas_new(W, H, 5);
  rst_model *model = network_model(&net_small);
  rst_session *session = new_session(2);
  rst_parameters *parameters = make_parameters();
  rst_plan *plan = g_new0(rst_plan, 1);
  rst_hint *hints = g_new(rst_hint, RST_HINTS_MAX);
  rst_rectangle changed;
  rst_hint_field *field;
  rst_hint_guide *guide;
  int count;

  canvas_deselect(c);
  canvas_select(c, 10, 12, 50, 40, 1);
  plan->size = sizeof *plan;
  assert_ok(rst_parameters_set(parameters, "window", "faces", NULL));
  assert_ok(rst_parameters_set(parameters, "faces", "12,12,20,24", NULL));
  assert_ok(rst_parameters_set(parameters, "hints", "20,20,#804020", NULL));
  assert_ok(rst_parameters_set(parameters, "match", "on", NULL));
  assert_ok(rst_plan_region(parameters, &c->picture, NULL, plan, NULL));
  assert_ok(rst_restore(session, model, parameters, &c->picture, plan, NULL, NULL));
  assert_ok(rst_uncertainty(session, model, parameters, &c->picture, plan, 2, NULL, NULL));
  assert_status(rst_hints_from_strokes(&c->picture, RST_HINTS_MAX, hints, &count, NULL, NULL),
                RST_OUT_OF_RANGE); /* every pixel of it is a stroke */
  assert_ok(rst_hints_parse("1,2,keep; 30,40,#aabbcc,0.5", hints, &count, NULL));
  assert_ok(rst_hint_guide_new(&c->picture, &plan->parts[0].window, NULL, &guide, NULL));
  assert_ok(rst_hint_field_new(session, guide, hints, count, NULL, &field, NULL));
  assert_ok(rst_hint_field_change(session, field, hints, 1, NULL, &changed, NULL));
  rst_hint_field_free(field);
  rst_hint_guide_free(guide);
  rst_session_free(session);
  rst_model_unref(model);
  g_free(parameters);
  g_free(hints);
  g_free(plan);
  canvas_free(c);
}

/* Faces and damage, found with the tests' finders. */
static void use_photo(void) {
  canvas *c = canvas_new(W, H, 3);
  rst_session *session = new_session(2);
  GByteArray *file = finder_file(NULL, NULL);
  rst_face *faces = g_new(rst_face, RST_FACES_MAX);
  unsigned char *edits = g_new0(unsigned char, W *H);
  rst_photo_settings settings;
  rst_finder *finder;
  rst_photo *photo;
  int count;

  assert_ok(rst_finder_parse(file->data, file->len, &finder, NULL));
  assert_ok(rst_find_faces(session, finder, &c->picture, NULL, 0, NULL, faces, &count, NULL));
  rst_finder_unref(finder);
  rst_photo_settings_init(&settings);
  memset(edits + 30 * W + 20, RST_EDIT_ADD, 9);
  assert_ok(rst_photo_new(&c->picture, NULL, &photo, NULL));
  assert_ok(rst_photo_set(session, photo, &settings, edits, NULL, NULL));
  assert_ok(rst_photo_write(photo, NULL, NULL));
  rst_photo_free(photo);
  rst_session_free(session);
  g_byte_array_unref(file);
  g_free(faces);
  g_free(edits);
  canvas_free(c);
}

static void test_pictures(void) {
  run_on_small_stack(use_picture);
  run_on_small_stack(use_photo);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/stack/programs", test_programs);
  g_test_add_func("/stack/texts", test_texts);
  g_test_add_func("/stack/pictures", test_pictures);
  return g_test_run();
}
