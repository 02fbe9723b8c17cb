/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Memory runs out at every single allocation of everything that the engine does: it says so,
 * leaves nothing behind, and what it still gives is right. The linker puts the functions below in
 * the place of the C library's (--wrap), for the engine and this file alone.
 */
#include "fixtures.h"

#include <errno.h>
#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <glib/gstdio.h>

/* ---- an allocator that fails ---- */

static atomic_int count;   /* allocations since begin() */
static atomic_int live;    /* of these, not yet freed */
static int fail_at;        /* the one that fails, 0: none */
static bool fail_onwards;  /* and all after it */

void *__real_malloc(size_t size);
void *__real_calloc(size_t number, size_t size);
void *__real_realloc(void *memory, size_t size);
void *__real_aligned_alloc(size_t alignment, size_t size);
void __real_free(void *memory);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t number, size_t size);
void *__wrap_realloc(void *memory, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);
char *__wrap_strdup(const char *text);
char *__wrap_strndup(const char *text, size_t size);
void __wrap_free(void *memory);

static bool fails(void) {
  const int number = atomic_fetch_add(&count, 1) + 1;

  return fail_at > 0 && (fail_onwards ? number >= fail_at : number == fail_at);
}

static void *counted(void *memory) {
  atomic_fetch_add(&live, memory != NULL);
  return memory;
}

void *__wrap_malloc(size_t size) {
  return fails() ? NULL : counted(__real_malloc(size));
}

void *__wrap_calloc(size_t number, size_t size) {
  return fails() ? NULL : counted(__real_calloc(number, size));
}

void *__wrap_realloc(void *memory, size_t size) {
  if (fails())
    return NULL;
  return memory ? __real_realloc(memory, size) : counted(__real_malloc(size));
}

void *__wrap_aligned_alloc(size_t alignment, size_t size) {
  return fails() ? NULL : counted(__real_aligned_alloc(alignment, size));
}

char *__wrap_strndup(const char *text, size_t size) {
  const size_t length = strnlen(text, size);
  char *copy = __wrap_malloc(length + 1);

  if (copy) {
    memcpy(copy, text, length);
    copy[length] = '\0';
  }
  return copy;
}

char *__wrap_strdup(const char *text) {
  return __wrap_strndup(text, strlen(text));
}

void __wrap_free(void *memory) {
  atomic_fetch_sub(&live, memory != NULL);
  __real_free(memory);
}

/* ---- the system's calls ---- */

static int read_fault; /* errno of the next call; 0: none */
static size_t read_at_most; /* bytes of each call; 0: all */

ssize_t __real_read(int fd, void *bytes, size_t size);
ssize_t __wrap_read(int fd, void *bytes, size_t size);

ssize_t __wrap_read(int fd, void *bytes, size_t size) {
  if (read_fault != 0) {
    errno = read_fault;
    read_fault = 0;
    return -1;
  }
  return __real_read(fd, bytes, read_at_most > 0 && read_at_most < size ? read_at_most : size);
}

/* ---- everything that the engine does ---- */

static char *folder, *model_path, *finder_path, *damage_path;
static GByteArray *model_file, *seeing_file;

enum { SIDE = 24 };

typedef struct {
  float colours[3 * SIDE * SIDE];  /* of rst_sample() */
  float clean[3 * SIDE * SIDE];    /* of rst_sample_trajectory() */
  float result[3 * SIDE * SIDE];   /* of rst_restore() or rst_uncertainty() */
  rst_parameters parameters;       /* after a preset */
  int ids;
} outcome;

/* Each returns what the engine said; all that it made is freed. */
typedef rst_status (*scene)(outcome *o, rst_error *error);

static rst_status do_read(outcome *o, rst_error *error) {
  rst_model *model;
  const rst_status status = rst_model_read(model_path, &model, error);

  (void)o;
  if (status == RST_OK)
    rst_model_unref(model);
  return status;
}

static rst_status encode(rst_session *session, rst_model *model, rst_encoding **encoding,
                         rst_error *error) {
  static float rgba[4 * SIDE * SIDE];
  const rst_window window = {0, 0, SIDE};
  rst_input *input;
  rst_status status = rst_input_new(model, &window, SIDE, SIDE, &input, error);

  for (int i = 0; i < 4 * SIDE * SIDE; i++)
    rgba[i] = i % 4 == 3 ? 1 : (float)(i * 37 % 256) / 255;
  if (status != RST_OK)
    return status;
  status = rst_input_add(input, SIDE, rgba, NULL, error);
  if (status == RST_OK)
    status = rst_encode(session, model, input, NULL, encoding, error);
  rst_input_free(input);
  return status;
}

static rst_status do_sample(outcome *o, rst_error *error) {
  const rst_parameters parameters = new_parameters("step-skip=9", NULL);
  static const int steps[] = {3};
  const rst_trajectory last = {sizeof last, 1, steps, NULL, NULL, o->clean};
  rst_session *session = NULL;
  rst_model *model = NULL;
  rst_encoding *encoding = NULL;
  rst_grid grid;
  rst_status status = rst_session_new(3, &session, error);

  if (status == RST_OK)
    status = rst_model_parse(model_file->data, model_file->len, &model, error);
  if (status == RST_OK)
    status = encode(session, model, &encoding, error);
  rst_grid_pixels(&grid, 0, 0, SIDE, SIDE);
  if (status == RST_OK) {
    status = rst_sample(session, encoding, &parameters, &grid, NULL, o->colours, NULL, error);
    /* a session that ran out of memory once works on */
    if (status == RST_NO_MEMORY && !fail_onwards)
      assert_ok(rst_sample(session, encoding, &parameters, &grid, NULL, o->colours, NULL, NULL));
  }
  if (status == RST_OK)
    status = rst_sample_trajectory(session, encoding, &parameters, &grid, NULL, &last, NULL, error);
  rst_encoding_unref(encoding);
  rst_model_unref(model);
  rst_session_free(session);
  return status;
}

/* Colours that follow the luma; one point's is not known. */
static rst_status do_guided(outcome *o, rst_error *error) {
  const rst_parameters parameters = new_parameters(NULL, NULL);
  const rst_window window = {0, 0, SIDE};
  static float values[SIDE * SIDE], luma[SIDE * SIDE];
  rst_session *session = NULL;
  rst_model *model = NULL;
  rst_encoding *encoding = NULL;
  rst_grid grid;
  rst_status status = rst_session_new(3, &session, error);

  for (int i = 0; i < SIDE * SIDE; i++) {
    values[i] = (float)(i * 37 % 256) / 128 - 1;
    luma[i] = i == 5 ? NAN : (float)(i * 91 % 256) / 128 - 1;
  }
  if (status == RST_OK)
    status = rst_model_parse(seeing_file->data, seeing_file->len, &model, error);
  if (status == RST_OK)
    status = rst_encode_values(session, model, values, &window, NULL, &encoding, error);
  rst_grid_pixels(&grid, 0, 0, SIDE, SIDE);
  grid.luma = luma;
  if (status == RST_OK)
    status = rst_sample(session, encoding, &parameters, &grid, NULL, o->colours, NULL, error);
  rst_encoding_unref(encoding);
  rst_model_unref(model);
  rst_session_free(session);
  return status;
}

/* The file of a single pass that sees a pixel's own luma, with an input of SIDE. */
static GByteArray *make_seeing(void) {
  net shape = net_small;
  network *n;
  GByteArray *file;

  shape.input = SIDE;
  shape.process = "single pass";
  shape.condition = shape.residual = shape.pixel = true;
  shape.guided = 2;
  n = network_new(&shape);
  file = network_file(n);
  network_free(n);
  return file;
}

static rst_status restore(outcome *o, const char *match, int seeds, rst_error *error) {
  const rst_parameters parameters = new_parameters("step-skip=9", match, NULL);
  canvas *c = canvas_new(SIDE, SIDE, 4);
  rst_plan plan = {.size = sizeof plan};
  rst_session *session = NULL;
  rst_model *model = NULL;
  rst_status status;

  canvas_deselect(c);
  canvas_select(c, 2, 2, 7, 9, 1);
  canvas_select(c, 12, 13, 10, 8, 0.5f);
  for (int i = 0; i < 3 * SIDE * SIDE; i++)
    c->result[i] = 0;
  status = rst_plan_region(&parameters, &c->picture, NULL, &plan, error);
  if (status == RST_OK)
    status = rst_session_new(2, &session, error);
  if (status == RST_OK)
    status = rst_model_parse(model_file->data, model_file->len, &model, error);
  if (status == RST_OK)
    status = seeds == 1 ? rst_restore(session, model, &parameters, &c->picture, &plan, NULL, error)
                        : rst_uncertainty(session, model, &parameters, &c->picture, &plan, seeds,
                                          NULL, error);
  memcpy(o->result, c->result, sizeof o->result);
  rst_model_unref(model);
  rst_session_free(session);
  canvas_free(c);
  return status;
}

static rst_status do_restore(outcome *o, rst_error *error) {
  return restore(o, "match=off", 1, error);
}

static rst_status do_match(outcome *o, rst_error *error) {
  return restore(o, "match=on", 1, error);
}

/* With the fill, whose model has one, and the seam. */
static rst_status do_hide(outcome *o, rst_error *error) {
  return restore(o, "hide-region=true", 1, error);
}

static rst_status do_uncertainty(outcome *o, rst_error *error) {
  return restore(o, "match=on", 2, error);
}

static rst_status do_preset(outcome *o, rst_error *error) {
  static const char text[] =
    "{\"format\": 1, \"title\": \"t\", \"note\": \"n\", \"strength\": 0.3,"
    " \"context\": 2.5, \"model\": \"m\", \"window\": \"1,2,3\"}";
  rst_preset *preset;
  char *written = NULL;
  rst_status status;

  o->parameters = new_parameters(NULL, NULL);
  status = rst_preset_parse("p", text, strlen(text), &preset, error);
  if (status != RST_OK)
    return status;
  rst_preset_apply(preset, &o->parameters);
  status = rst_preset_write(&o->parameters, NULL, "t", "n", &written, error);
  free(written);
  rst_preset_free(preset);
  return status;
}

static bool found(void *user, const char *id, const char *path) {
  (void)id;
  (void)path;
  ++*(int *)user;
  return true;
}

static rst_status do_list(outcome *o, rst_error *error) {
  char path[4096];
  rst_status status;

  o->ids = 0;
  status = rst_list(RST_KIND_MODEL, found, &o->ids, error);
  return status == RST_OK ? rst_find(RST_KIND_MODEL, "model", path, sizeof path, error) : status;
}

static rst_status do_steps(outcome *o, rst_error *error) {
  rst_model *model;
  rst_status status = rst_model_parse(model_file->data, model_file->len, &model, error);

  (void)o;
  if (status != RST_OK)
    return status;
  {
    const rst_parameters parameters = new_parameters("step-skip=9", "strength=0.1", NULL);
    int passes;

    status = rst_parameters_steps(&parameters, model, NULL, &passes, error);
  }
  rst_model_unref(model);
  return status;
}

static rst_status do_record(outcome *o, rst_error *error) {
  const rst_parameters parameters = new_parameters("strength=0.1", NULL);
  rst_plan plan = {
    .size = sizeof plan, .count = 1, .parts = {{.box = {0, 0, 1, 1}, .window = {1, 2, 3}}}};
  rst_record *record = g_new0(rst_record, 1);
  rst_parameters read;
  char *one = NULL, *two = NULL;
  rst_status status;

  (void)o;
  rst_record_fill(record, &parameters, &plan, NULL);
  status = rst_record_append(NULL, record, &one, error);
  if (status == RST_OK)
    status = rst_record_append(one, record, &two, error);
  rst_parameters_init(&read);
  if (status == RST_OK)
    status = rst_record_read(two, 1, record, &read, NULL, error);
  free(one);
  free(two);
  g_free(record);
  return status;
}

static bool read_hinted(void *user, int x, int y, int w, int h, float *rgba) {
  (void)user;
  for (int i = 0; i < w * h; i++)
    for (int c = 0; c < 4; c++)
      rgba[4 * i + c] = c == 3 ? 1 : (float)((x + i % w) * 7 % 16 + (y + i / w)) / 64;
  return true;
}

/* Parameters of an older program, which are completed in a copy. */
static rst_status do_older(outcome *o, rst_error *error) {
  const rst_picture picture = {
    .size = sizeof picture, .width = SIDE, .height = SIDE, .read = read_hinted};
  rst_parameters older = new_parameters("start=20", NULL);
  rst_plan plan = {.size = sizeof plan};
  rst_model *model;
  rst_status status = rst_model_read(model_path, &model, error);

  if (status != RST_OK)
    return status;
  older.size = offsetof(rst_parameters, hints);
  status = rst_parameters_steps(&older, model, NULL, &o->ids, error);
  if (status == RST_OK)
    status = rst_plan_region(&older, &picture, NULL, &plan, error);
  rst_model_unref(model);
  return status;
}

static rst_status do_hints(outcome *o, rst_error *error) {
  const rst_picture picture = {
    .size = sizeof picture, .width = SIDE, .height = SIDE, .read = read_hinted};
  const rst_window window = {0, 0, SIDE};
  const rst_hint hints[] = {{.x = 3, .y = 4, .rgb = {0.3f, 0.5f, 0.4f}, .reach = 1},
                            {.x = 20, .y = 15, .keep = true, .reach = 0.5},
                            {.x = 11, .y = 8, .rgb = {0.5f, 0.4f, 0.3f}, .reach = 2}};
  static float rgba[4 * SIDE * SIDE];
  rst_hint_guide *guide = NULL;
  rst_hint_field *field = NULL;
  rst_session *session;
  rst_grid grid;
  rst_status status = rst_session_new(2, &session, error);

  if (status != RST_OK)
    return status;
  status = rst_hint_guide_new(&picture, &window, NULL, &guide, error);
  if (status == RST_OK)
    status = rst_hint_field_new(session, guide, hints, 2, NULL, &field, error);
  if (status == RST_OK)
    status = rst_hint_field_change(session, field, hints, 3, NULL, NULL, error);
  if (status == RST_OK)
    status = rst_hint_field_change(session, field, hints + 1, 2, NULL, NULL, error);
  if (status == RST_OK) {
    read_hinted(NULL, 0, 0, SIDE, SIDE, rgba);
    rst_grid_pixels(&grid, 0, 0, SIDE, SIDE);
    for (int i = 0; i < 3 * SIDE * SIDE; i++)
      o->result[i] = 0.5f;
    rst_hint_field_apply(field, &grid, rgba, NULL, o->result);
  }
  rst_hint_field_free(field);
  rst_hint_guide_free(guide);
  rst_session_free(session);
  return status;
}

/* A face is found in white pixels, with the finder that RESTORATOR_FINDERS leads to. */
static rst_status do_faces(outcome *o, rst_error *error) {
  canvas *c = canvas_new(2 * SIDE, 2 * SIDE, 3);
  rst_session *session;
  rst_status status = rst_session_new(2, &session, error);

  if (status == RST_OK) {
    for (int i = 0; i < 4 * 4 * SIDE * SIDE; i++)
      c->rgba[i] = i % 4 == 3 || i == 4 * (30 * 2 * SIDE + 20) ? 1 : 0;
    o->parameters = new_parameters("window=faces", NULL);
    status = rst_settle_faces(session, &o->parameters, &c->picture, NULL, NULL, error);
    g_assert_true((status == RST_OK) == (strcmp(o->parameters.faces, RST_FACES_AUTO) != 0));
    rst_session_free(session);
  }
  canvas_free(c);
  return status;
}

/* Damage that someone marks is mended, and faded tones are corrected. */
static rst_status do_photo(outcome *o, rst_error *error) {
  canvas *c = canvas_new(SIDE, SIDE, 3);
  unsigned char edits[SIDE * SIDE] = {0};
  rst_photo_settings settings;
  rst_session *session = NULL;
  rst_photo *photo = NULL;
  rst_status status;

  for (int i = 0; i < 4 * SIDE * SIDE; i++)
    c->rgba[i] = i % 4 == 3 ? 1 : 0.3f + 0.4f * (float)(i / 4 % SIDE) / SIDE;
  memset(edits + 5 * SIDE, RST_EDIT_ADD, 3 * SIDE);
  rst_photo_settings_init(&settings);
  status = rst_session_new(2, &session, error);
  if (status == RST_OK)
    status = rst_photo_new(&c->picture, NULL, &photo, error);
  if (status == RST_OK)
    status = rst_photo_set(session, photo, &settings, edits, NULL, error);
  if (status == RST_OK)
    status = rst_photo_write(photo, NULL, error);
  for (int i = 0; i < SIDE * SIDE && status == RST_OK; i++)
    for (int k = 0; k < 3; k++)
      o->result[3 * i + k] = c->written[i] ? c->result[3 * i + k] : 0;
  rst_photo_free(photo);
  rst_session_free(session);
  canvas_free(c);
  return status;
}

static const struct {
  const char *name;
  scene play;
} scenes[] = {
  {"read", do_read},   {"sample", do_sample}, {"restore", do_restore},
  {"match", do_match}, {"preset", do_preset}, {"list", do_list},
  {"steps", do_steps}, {"record", do_record}, {"uncertainty", do_uncertainty},
  {"hide", do_hide},   {"hints", do_hints},   {"faces", do_faces},
  {"photo", do_photo}, {"older", do_older},   {"guided", do_guided},
};

/* Of a call that failed nothing is written but what is right. */
static void check_written(const outcome *o, const outcome *expected) {
  for (size_t i = 0; i < G_N_ELEMENTS(o->result); i++)
    if (o->result[i] != 0)
      g_assert_cmpfloat(o->result[i], ==, expected->result[i]);
}

static void begin(int at, bool onwards) {
  atomic_store(&count, 0);
  fail_at = at;
  fail_onwards = onwards;
}

static void test_scene(gconstpointer data) {
  const scene play = scenes[GPOINTER_TO_SIZE(data)].play;
  outcome *expected = g_new0(outcome, 1), *o = g_new0(outcome, 1);
  const int before = atomic_load(&live);
  int allocations;

  begin(0, false);
  assert_ok(play(expected, NULL)); /* once, so that what is found out once per process is */
  begin(0, false);
  assert_ok(play(expected, NULL));
  allocations = atomic_load(&count);
  g_test_message("%d allocations", allocations);
  g_assert_cmpint(allocations, >=, 1);
  g_assert_cmpint(atomic_load(&live), ==, before);
  for (int onwards = 0; onwards < 2; onwards++)
    for (int at = 1; at <= allocations; at++) {
      rst_error error = RST_ERROR_INIT;
      rst_status status;

      memset(o, 0, sizeof *o);
      begin(at, onwards);
      status = play(o, &error);
      begin(0, false);
      if (status == RST_OK)
        assert_same(o, expected, 1); /* unharmed */
      else
        assert_error(&error, RST_NO_MEMORY, NULL);
      check_written(o, expected);
      if (atomic_load(&live) != before)
        g_error("allocation %d: %d blocks are left", at, atomic_load(&live) - before);
    }
  g_free(expected);
  g_free(o);
}

/* A file comes in pieces, with interruptions, or not at all. */
static void test_reading(void) {
  rst_error error = RST_ERROR_INIT;
  rst_model *model;

  read_at_most = 1000;
  read_fault = EINTR;
  assert_ok(rst_model_read(model_path, &model, &error));
  rst_model_unref(model);
  read_at_most = 0;
  read_fault = EIO;
  assert_status(rst_model_read(model_path, &model, &error), RST_CANNOT_OPEN);
  assert_error(&error, RST_CANNOT_OPEN, model_path);
  g_assert_cmpstr(error.value, ==, strerror(EIO));
}

static void test_cancel(void) {
  rst_cancel *cancel;

  begin(1, false);
  g_assert_null(rst_cancel_new());
  begin(0, false);
  cancel = rst_cancel_new();
  g_assert_nonnull(cancel);
  rst_cancel_free(cancel);
}

/* A misfit is told although the search for what fits ran out of memory. */
static void test_misfit(void) {
  static const char text[] = "{\"format\": 1, \"clip\": true}";
  net single = net_small;
  rst_model *model;
  rst_preset *preset;

  single.process = "single pass";
  model = network_model(&single);
  assert_ok(rst_preset_parse("p", text, strlen(text), &preset, NULL));
  for (int at = 0; at < 200; at++) {
    begin(at, at % 2);
    assert_status(rst_preset_check(preset, model, NULL), RST_PRESET_MISFIT);
  }
  begin(0, false);
  rst_preset_free(preset);
  rst_model_unref(model);
}

/* The file of a finder of damage with one layer, in the folder. */
static char *write_damage(void) {
  static const chain_layer layer = {3, 1, 1, 0};
  GByteArray *file =
    chain_file("\\\"finds\\\":\\\"damage\\\",\\\"threshold\\\":0.5,", 1, &layer, 1, 5, 0.1);
  char *path = g_build_filename(folder, "damage.safetensors", NULL);

  g_assert_true(g_file_set_contents(path, (const char *)file->data, file->len, NULL));
  g_byte_array_unref(file);
  return path;
}

int main(int argc, char **argv) {
  net shape = net_small;
  GByteArray *file;
  network *n;
  int status;

  shape.holes = true;
  shape.fill_reach = 2;
  shape.fill = (widths){1, {5}};
  n = network_new(&shape);
  g_test_init(&argc, &argv, NULL);
  model_file = network_file(n);
  seeing_file = make_seeing();
  folder = g_dir_make_tmp("restorator-XXXXXX", NULL);
  model_path = g_build_filename(folder, "model.safetensors", NULL);
  g_assert_true(
    g_file_set_contents(model_path, (const char *)model_file->data, model_file->len, NULL));
  g_setenv("RESTORATOR_MODELS", folder, TRUE);
  file = finder_file(NULL, NULL);
  finder_path = g_build_filename(folder, "faces.safetensors", NULL);
  g_assert_true(g_file_set_contents(finder_path, (const char *)file->data, file->len, NULL));
  g_byte_array_unref(file);
  g_setenv("RESTORATOR_FINDERS", folder, TRUE);
  damage_path = write_damage();
  for (size_t i = 0; i < G_N_ELEMENTS(scenes); i++) {
    char *path = g_strdup_printf("/memory/%s", scenes[i].name);

    g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_scene);
    g_free(path);
  }
  g_test_add_func("/memory/reading", test_reading);
  g_test_add_func("/memory/cancel", test_cancel);
  g_test_add_func("/memory/misfit", test_misfit);
  status = g_test_run();
  g_unlink(model_path);
  g_unlink(finder_path);
  g_unlink(damage_path);
  g_free(damage_path);
  g_rmdir(folder);
  g_free(model_path);
  g_free(finder_path);
  g_free(folder);
  g_byte_array_unref(model_file);
  g_byte_array_unref(seeing_file);
  network_free(n);
  return status;
}
