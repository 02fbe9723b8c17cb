/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Presets as files.
 */
#include <glib/gstdio.h>
#include <presets.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char *folder; /* the user's configuration */

/* -------------------------------------------------------------------------------------------
 * Helpers
 */

static char *own_path(const char *name) {
  return g_build_filename(folder, "restorator", "presets", name, NULL);
}

static void write_text(const char *path, const char *text) {
  g_autofree char *parent = g_path_get_dirname(path);

  g_assert_cmpint(g_mkdir_with_parents(parent, 0700), ==, 0);
  g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

static char *read_text(const char *path) {
  char *text = NULL;

  g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
  return text;
}

static void empty_folder(const char *path) {
  g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name(dir))) {
    g_autofree char *inside = g_build_filename(path, name, NULL);

    if (g_file_test(inside, G_FILE_TEST_IS_DIR))
      empty_folder(inside);
    g_assert_cmpint(g_remove(inside), ==, 0);
  }
}

/* What is in the user's folder, temporary files included. */
static guint count_own_files(void) {
  g_autofree char *path = own_path("");
  g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
  guint count = 0;

  while (dir && g_dir_read_name(dir))
    count++;
  return count;
}

static guint count_own(const GPtrArray *presets) {
  guint count = 0;

  for (guint i = 0; i < presets->len; i++)
    count += ((const preset_file *)g_ptr_array_index(presets, i))->own != 0;
  return count;
}

static GPtrArray *read_all(void) {
  g_autoptr(GError) error = NULL;
  GPtrArray *presets = presets_read(&error);

  g_assert_no_error(error);
  return presets;
}

static const preset_file *get(const GPtrArray *presets, const char *id) {
  const preset_file *file = presets_find(presets, id);

  g_assert_nonnull(file);
  return file;
}

/* Saves with another strength; gives the id. */
static char *save(const char *title, const char *note, const char *strength) {
  g_autoptr(GPtrArray) presets = read_all();
  g_autoptr(GError) error = NULL;
  rst_parameters parameters;
  char *id = NULL;

  rst_parameters_init(&parameters);
  g_assert_cmpint(rst_parameters_set(&parameters, "strength", strength, NULL), ==, RST_OK);
  g_assert_true(presets_save(presets, title, note, &parameters, NULL, &id, &error));
  g_assert_no_error(error);
  return id;
}

static void assert_save_fails(const char *title) {
  g_autoptr(GPtrArray) presets = read_all();
  g_autoptr(GError) error = NULL;
  rst_parameters parameters;
  char *id = NULL;

  rst_parameters_init(&parameters);
  g_assert_false(presets_save(presets, title, "", &parameters, NULL, &id, &error));
  g_assert_nonnull(error);
  g_assert_null(id);
}

static double strength_of(const preset_file *file) {
  rst_parameters parameters;

  rst_parameters_init(&parameters);
  rst_preset_apply(file->preset, &parameters);
  return parameters.strength;
}

/* -------------------------------------------------------------------------------------------
 * Tests
 */

static void test_list(void) {
  static const char *const shipped[] = {"a",    "b",       "best",  "colour", "ddim",
                                        "ddpm", "nowhere", "photo", "repair", "single-pass"};
  g_autoptr(GPtrArray) presets = read_all();

  g_assert_cmpuint(presets->len, ==, G_N_ELEMENTS(shipped));
  for (guint i = 0; i < presets->len; i++) {
    const preset_file *file = g_ptr_array_index(presets, i);

    g_assert_cmpstr(file->id, ==, shipped[i]);
    g_assert_false(file->own);
    if (strcmp(file->id, "nowhere") != 0)
      g_assert_cmpstr(file->note, !=, "");
  }
  g_assert_true(!presets_find(presets, "c"));
  g_assert_true(presets_find_title(presets, "ddIM") == get(presets, "ddim"));
}

/* Which of the presets of one model is set can be told: none of them holds all that another sets. */
static void test_told_apart(void) {
  g_autoptr(GPtrArray) presets = read_all();
  int pairs = 0;

  for (guint i = 0; i < presets->len; i++) {
    const preset_file *one = g_ptr_array_index(presets, i);
    rst_parameters set, own;

    if (!rst_preset_has(one->preset, "model"))
      continue;
    rst_parameters_init(&set);
    rst_preset_apply(one->preset, &set);
    for (guint j = 0; j < presets->len; j++) {
      const preset_file *other = g_ptr_array_index(presets, j);

      rst_parameters_init(&own);
      rst_preset_apply(other->preset, &own);
      if (i == j || !rst_preset_has(other->preset, "model") || strcmp(set.model, own.model) != 0)
        continue;
      g_assert_false(presets_is_set(other->preset, &set));
      pairs++;
    }
  }
  g_assert_cmpint(pairs, >=, 2);
}

static void test_save(void) {
  g_autofree char *second = save("  Zorn's face\n", "For Zorn.", "0.25");
  g_autofree char *first = save("Café & Co.", "", "0.5");
  g_autoptr(GPtrArray) presets = read_all();
  const preset_file *file = g_ptr_array_index(presets, presets->len - 2);

  g_assert_cmpstr(second, ==, "zorn-s-face");
  g_assert_cmpstr(first, ==, "cafe-co");
  g_assert_cmpuint(count_own(presets), ==, 2);
  g_assert_cmpuint(count_own_files(), ==, 2);
  g_assert_cmpstr(file->id, ==, first); /* by title */
  g_assert_cmpfloat(strength_of(file), ==, 0.5);
  g_assert_cmpstr(file->note, ==, "");
  file = get(presets, second);
  g_assert_true(file->own);
  g_assert_cmpstr(file->title, ==, "Zorn's face");
  g_assert_cmpstr(file->note, ==, "For Zorn.");
  g_assert_cmpfloat(strength_of(file), ==, 0.25);
  g_assert_true(rst_preset_has(file->preset, "sampler"));
}

/* What only looks like another title takes the place of the old one, what is another does not. */
static void test_save_again(void) {
  g_autofree char *face = save("Face", "", "0.5"), *again = save("FACE ", "", "0.75");
  g_autofree char *other = save("Face!", "", "0.25");
  g_autoptr(GPtrArray) presets = read_all();

  g_assert_cmpstr(face, ==, again);
  g_assert_cmpstr(other, ==, "face-2");
  g_assert_cmpuint(count_own(presets), ==, 2);
  g_assert_cmpfloat(strength_of(get(presets, face)), ==, 0.75);
  g_assert_cmpfloat(strength_of(get(presets, other)), ==, 0.25);
}

/* Ids stay inside the folder and leave alone what ships and what is there. */
static void test_ids(void) {
  static const char *const titles[][2] = {
    {"../../../etc/passwd", "etc-passwd"},
    {"b", "b-2"},
    {"肖像", "preset"},
    {"...", "preset-2"},
    {"-rf *", "rf"},
    {"No. 5 — tést", "no-5-test"},
    {"broken", "broken-2"},
  };
  g_autofree char *broken = own_path("broken.json");

  write_text(broken, "{");
  for (gsize i = 0; i < G_N_ELEMENTS(titles); i++) {
    g_autoptr(GError) unread = NULL;
    g_autoptr(GPtrArray) presets = presets_read(&unread);
    g_autofree char *id = NULL;
    rst_parameters parameters;

    g_assert_nonnull(unread);
    g_assert_nonnull(strstr(unread->message, "broken.json"));
    rst_parameters_init(&parameters);
    g_assert_true(presets_save(presets, titles[i][0], "", &parameters, NULL, &id, NULL));
    g_assert_cmpstr(id, ==, titles[i][1]);
  }
  g_autofree char *text = read_text(broken);

  g_assert_cmpstr(text, ==, "{");
  g_assert_cmpuint(count_own_files(), ==, G_N_ELEMENTS(titles) + 1);
}

static void test_bad_titles(void) {
  assert_save_fails("");
  assert_save_fails(" \t\n");
  assert_save_fails("\xff");
  assert_save_fails("ddpm"); /* that of one that ships, "DDPM" */
  g_assert_cmpuint(count_own_files(), ==, 0);
}

/* A folder that cannot be made is said, and nothing is left behind. */
static void test_no_folder(void) {
  g_autofree char *path = g_build_filename(folder, "restorator", NULL);

  write_text(path, "a file where the folder should be");
  assert_save_fails("Face");
}

/* A renamed preset holds what it held, no more: here one parameter. */
static void test_rename(void) {
  g_autofree char *path = own_path("one.json"), *id = NULL;
  g_autofree char *taken = save("Taken", "", "1");
  g_autoptr(GError) error = NULL;

  write_text(path, "{\"format\": 1, \"note\": \"Once.\", \"strength\": 0.5}");
  g_autoptr(GPtrArray) presets = read_all();

  g_assert_false(presets_rename(presets, get(presets, "one"), "TAKEN", &id, &error));
  g_assert_nonnull(error);
  g_clear_error(&error);
  g_assert_false(presets_rename(presets, get(presets, "b"), "Mine", &id, &error));
  g_assert_nonnull(error);
  g_assert_cmpuint(count_own_files(), ==, 2);
  g_assert_true(presets_rename(presets, get(presets, "one"), "Number One", &id, NULL));
  g_assert_cmpstr(id, ==, "number-one");
  g_assert_cmpuint(count_own_files(), ==, 2);

  g_autoptr(GPtrArray) renamed = read_all();
  const preset_file *file = get(renamed, "number-one");
  g_autofree char *same = NULL;

  g_assert_cmpstr(file->title, ==, "Number One");
  g_assert_cmpstr(file->note, ==, "Once.");
  g_assert_cmpfloat(strength_of(file), ==, 0.5);
  g_assert_false(rst_preset_has(file->preset, "model"));
  g_assert_false(rst_preset_has(file->preset, "sampler"));
  /* Another title of the same id. */
  g_assert_true(presets_rename(renamed, file, "Number one", &same, NULL));
  g_assert_cmpstr(same, ==, "number-one");
  g_assert_cmpuint(count_own_files(), ==, 2);
}

static void test_delete(void) {
  g_autofree char *id = save("Face", "", "0.5");
  g_autoptr(GPtrArray) presets = read_all();
  g_autoptr(GError) error = NULL;

  g_assert_false(presets_delete(get(presets, "b"), &error));
  g_assert_nonnull(error);
  g_clear_error(&error);
  g_assert_true(g_file_test(get(presets, "b")->path, G_FILE_TEST_EXISTS));
  g_assert_true(presets_delete(get(presets, id), &error));
  g_assert_cmpuint(count_own_files(), ==, 0);
  g_assert_false(presets_delete(get(presets, id), &error)); /* it is gone already */
  g_assert_nonnull(error);
}

static char *import(const char *path) {
  g_autoptr(GPtrArray) presets = read_all();
  g_autoptr(GError) error = NULL;
  char *id = NULL;

  g_assert_true(presets_import(presets, path, &id, &error));
  g_assert_no_error(error);
  return id;
}

/* Out and in again: nothing is replaced. */
static void test_export_import(void) {
  g_autofree char *path = g_build_filename(folder, "out.json", NULL);
  g_autofree char *face = save("Face", "A note.", "0.5"), *again = NULL, *shipped = NULL;
  g_autoptr(GPtrArray) presets = read_all();

  write_text(path, "what was there");
  g_assert_true(presets_export(get(presets, face), path, NULL));
  again = import(path);
  g_assert_true(presets_export(get(presets, "ddim"), path, NULL));
  shipped = import(path);
  g_assert_cmpstr(again, ==, "face-2");
  g_assert_cmpstr(shipped, ==, "ddim-2");

  g_autoptr(GPtrArray) all = read_all();

  g_assert_cmpuint(count_own(all), ==, 3);
  g_assert_cmpstr(get(all, again)->title, ==, "Face (2)");
  g_assert_cmpstr(get(all, again)->note, ==, "A note.");
  g_assert_cmpfloat(strength_of(get(all, again)), ==, 0.5);
  g_assert_cmpstr(get(all, shipped)->title, ==, "DDIM (2)");
  g_assert_false(rst_preset_has(get(all, shipped)->preset, "model"));
}

/* Without a title its file's name is one, and a monstrous one is cut. */
static void test_import_titles(void) {
  g_autofree char *path = g_build_filename(folder, "Old tint.json", NULL), *monster = NULL;
  g_autofree char *text = NULL, *id = NULL, *second = NULL;

  write_text(path, "{\"format\": 1, \"strength\": 0.5}");
  id = import(path);
  monster = g_strnfill(100000, 'x');
  monster[3] = ' ';
  text = g_strdup_printf("{\"format\": 1, \"title\": \"%s\"}", monster);
  write_text(path, text);
  second = import(path);

  g_autoptr(GPtrArray) presets = read_all();

  g_assert_cmpstr(get(presets, id)->title, ==, "Old tint");
  g_assert_cmpuint(strlen(get(presets, second)->title), <=, 80);
  g_assert_cmpuint(strlen(second), <=, 60);
}

static void test_bad_imports(void) {
  static const char *const bad[] = {
    "",
    "{",
    "[]",
    "{\"title\": \"No format\"}",
    "{\"format\": 2, \"title\": \"Tomorrow's\"}",
    "{\"format\": 1, \"title\": \"Seed\", \"seed\": 1}",
    "{\"format\": 1, \"title\": \"Range\", \"strength\": 0.5, \"context\": 9}",
    "{\"format\": 1, \"title\": \"Type\", \"clip\": 1}",
    "{\"format\": 1, \"title\": \"Key\", \"stregth\": 1}",
    "{\"format\": 1, \"title\": \"Twice\", \"clip\": true, \"clip\": true}",
    "{\"format\": 1, \"title\": \"\xff\"}",
  };
  g_autofree char *path = g_build_filename(folder, "bad.json", NULL);
  g_autoptr(GPtrArray) presets = read_all();
  g_autofree char *blanks = g_strnfill(2 << 20, ' ');
  g_autofree char *huge = g_strdup_printf("{\"format\": 1, %s \"clip\": true}", blanks);

  for (gsize i = 0; i < G_N_ELEMENTS(bad) + 3; i++) {
    g_autoptr(GError) error = NULL;
    const char *from = i == G_N_ELEMENTS(bad)       ? "/nowhere.json"
                       : i == G_N_ELEMENTS(bad) + 1 ? folder
                                                    : path;
    char *id = NULL;

    write_text(path, i < G_N_ELEMENTS(bad) ? bad[i] : huge);
    g_assert_false(presets_import(presets, from, &id, &error));
    g_assert_nonnull(error);
    g_autofree char *name = g_path_get_basename(from);

    g_assert_nonnull(strstr(error->message, name));
    g_assert_null(id);
    g_assert_cmpuint(count_own_files(), ==, 0);
  }
}

/* What is in an exported file's place: a link stays one, a pipe stays there, a circle is told. */
static void test_export_places(void) {
  g_autofree char *path = g_build_filename(folder, "place.json", NULL);
  g_autofree char *there = g_build_filename(folder, "there.json", NULL);
  g_autoptr(GPtrArray) presets = read_all();
  g_autofree char *text = NULL;
  GStatBuf status;

  write_text(there, "old");
  g_assert_cmpint(symlink("there.json", path), ==, 0);
  g_assert_true(presets_export(get(presets, "ddim"), path, NULL));
  g_assert_true(g_file_test(path, G_FILE_TEST_IS_SYMLINK));
  text = read_text(there);
  g_assert_nonnull(strstr(text, "\"format\""));
  for (int circle = 0; circle < 2; circle++) {
    g_autoptr(GError) error = NULL;

    g_assert_cmpint(g_unlink(path), ==, 0);
    g_assert_cmpint(circle ? symlink("place.json", path) : mkfifo(path, 0666), ==, 0);
    g_assert_false(presets_export(get(presets, "ddim"), path, &error));
    g_assert_nonnull(strstr(error->message, "place.json"));
    g_assert_cmpint(g_lstat(path, &status), ==, 0);
    g_assert_false(S_ISREG(status.st_mode));
  }
}

/* Dialogs of several programs, each with the list that it read at its start, save at once: nobody's
 * preset takes the place of another's. */
static void test_several_programs(void) {
  enum { PROGRAMS = 6, EACH = 20 };
  g_autoptr(GPtrArray) presets = read_all();
  rst_parameters parameters;
  pid_t children[PROGRAMS];

  rst_parameters_init(&parameters);
  for (int i = 0; i < PROGRAMS; i++) {
    children[i] = fork();
    g_assert_cmpint(children[i], >=, 0);
    if (children[i] > 0)
      continue;
    for (int k = 0; k < EACH; k++) {
      g_autofree char *id = NULL;

      if (!presets_save(presets, "Same", "", &parameters, NULL, &id, NULL))
        _exit(1);
    }
    _exit(0);
  }
  for (int i = 0; i < PROGRAMS; i++) {
    int status;

    g_assert_cmpint(waitpid(children[i], &status, 0), ==, children[i]);
    g_assert_cmpint(status, ==, 0);
  }
  g_assert_cmpuint(count_own_files(), ==, PROGRAMS * EACH);
  g_autoptr(GPtrArray) after = read_all();

  g_assert_cmpuint(count_own(after), ==, PROGRAMS * EACH);
}

typedef struct {
  const char *name;
  void (*test)(void);
} Test;

/* Each begins without presets of its own. */
static void run_test(gconstpointer data) {
  empty_folder(folder);
  ((const Test *)data)->test();
}

int main(int argc, char **argv) {
  static const Test tests[] = {
    {"/ui/presets/list", test_list},
    {"/ui/presets/told-apart", test_told_apart},
    {"/ui/presets/save", test_save},
    {"/ui/presets/save-again", test_save_again},
    {"/ui/presets/ids", test_ids},
    {"/ui/presets/bad-titles", test_bad_titles},
    {"/ui/presets/no-folder", test_no_folder},
    {"/ui/presets/rename", test_rename},
    {"/ui/presets/delete", test_delete},
    {"/ui/presets/export-import", test_export_import},
    {"/ui/presets/export-places", test_export_places},
    {"/ui/presets/import-titles", test_import_titles},
    {"/ui/presets/bad-imports", test_bad_imports},
    {"/ui/presets/several-programs", test_several_programs},
  };
  int status = 0;

  folder = g_dir_make_tmp("restorator-presets-XXXXXX", NULL);
  g_assert_true(g_setenv("XDG_CONFIG_HOME", folder, TRUE));
  g_test_init(&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS(tests); i++)
    g_test_add_data_func(tests[i].name, &tests[i], run_test);
  status = g_test_run();
  empty_folder(folder);
  g_rmdir(folder);
  g_free(folder);
  return status;
}
