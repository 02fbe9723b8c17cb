/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * sweep: its table, how it goes on, its heat map.
 */
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <yyjson.h>

#include "harness.h"

enum { SETUPS = 465 };

#define TINY "--model", "tiny-diffusion", "--pictures", "2", "--pixels", "20"

static const char *write_folder(void) {
  const char *folder = path_of("pictures");
  g_mkdir(folder, 0777);
  for (int i = 0; i < 4; i++) {
    char *name = g_strdup_printf("pictures/%d.png", i);
    pixels *p = make_pixels(40 + 7 * i, 36, 3, 8);
    write_pixels(p, name);
    pixels_free(p);
    g_free(name);
  }
  return folder;
}

/* The lines of a table, its heading first. Free them. */
static char **lines_of(const char *path) {
  char *text;
  g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
  g_assert_true(g_str_has_suffix(text, "\n"));
  text[strlen(text) - 1] = '\0';
  char **lines = g_strsplit(text, "\n", -1);
  g_free(text);
  return lines;
}

/* The row of a setup, named by the columns that say which; its cells. */
static char **find_row(char **lines, const char *setup) {
  for (; *lines; lines++)
    if (g_str_has_prefix(*lines, setup))
      return g_strsplit(*lines, ",", -1);
  g_error("no row of %s", setup);
}

/* Where two tables differ but for the time that a row took, -1 where they do not. */
static int differing_line(char **a, char **b) {
  for (int i = 0;; i++) {
    if (!a[i] || !b[i])
      return a[i] == b[i] ? -1 : i;
    char **x = g_strsplit(a[i], ",", -1), **y = g_strsplit(b[i], ",", -1);
    bool same = true;
    for (int c = 0; c < 11; c++)
      same = same && (c == 9 || strcmp(x[c], y[c]) == 0);
    g_strfreev(x);
    g_strfreev(y);
    if (!same)
      return i;
  }
}

static double evaluated(const char *const *setup) {
  const char *json = path_of("evaluated.json");
  GPtrArray *arguments = g_ptr_array_new();
  const char *const first[] = {"evaluate",
                               path_of("pictures/0.png"),
                               path_of("pictures/2.png"),
                               "--model",
                               "tiny-diffusion",
                               "--pixels",
                               "20",
                               "--seed",
                               "5",
                               "--protocol",
                               "reference",
                               "--json",
                               json};
  for (gsize i = 0; i < G_N_ELEMENTS(first); i++)
    g_ptr_array_add(arguments, (char *)first[i]);
  for (; *setup; setup++)
    g_ptr_array_add(arguments, (char *)*setup);
  g_ptr_array_add(arguments, NULL);
  check_done(run_arguments((const char *const *)arguments->pdata), G_STRLOC);
  g_ptr_array_free(arguments, TRUE);
  yyjson_doc *doc = yyjson_read_file(json, 0, NULL, NULL);
  double mse = yyjson_get_num(yyjson_obj_get(yyjson_doc_get_root(doc), "mse"));
  yyjson_doc_free(doc);
  return mse;
}

/* Every setup once, with the figure that `evaluate` has for the same pictures and points. */
static void test_table(void) {
  static const struct {
    const char *row;
    const char *passes;
    const char *setup[9];
  } known[] = {
    {"normal,1.0,8,true,false,", "15", {"--preset", "b"}},
    {"normal,1.0,1,true,false,", "100", {"--preset", "a"}},
    {"normal,0.0,1,false,false,", "100", {"--preset", "ddim"}},
    {"zero,0.3,6,false,false,",
     "19",
     {"--no-project", "--noise-stddev", "zero", "--stochasticity", "0.3", "--step-skip", "6"}},
    {"squared,0.5,30,true,false,",
     "6",
     {"--noise-stddev", "squared", "--stochasticity", "0.5", "--step-skip", "30"}},
    {"squared,0.7,1,false,true,",
     "100",
     {"--no-project", "--noise-stddev", "squared", "--clip", "--stochasticity", "0.7",
      "--step-skip=1"}},
  };
  const char *table = path_of("table.csv");
  const outcome *o = run_well("sweep", write_folder(), TINY, "--seed", "5", "-o", table, NULL);
  assert_contains(o->err, "465 setups, 0 of them done; 2 pictures, 20 points of each");
  assert_contains(o->out, "of 465 setups are worse than bicubic");
  char **lines = lines_of(table);
  g_assert_cmpuint(g_strv_length(lines), ==, 1 + SETUPS);
  GHashTable *seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  int worse = 0, projected = 0, clipped = 0;
  for (int i = 1; i <= SETUPS; i++) {
    char **cells = g_strsplit(lines[i], ",", -1);
    g_assert_cmpuint(g_strv_length(cells), ==, 11);
    g_assert_true(g_hash_table_add(
      seen, g_strjoin(",", cells[0], cells[1], cells[2], cells[3], cells[4], NULL)));
    worse += g_ascii_strtod(cells[8], NULL) > 1;
    projected += strcmp(cells[3], "true") == 0;
    clipped += strcmp(cells[4], "true") == 0;
    g_strfreev(cells);
  }
  g_assert_cmpint(projected, ==, 102);
  g_assert_cmpint(clipped, ==, 33);
  char *told = g_strdup_printf("%d of 465", worse);
  o = run_well("sweep", path_of("pictures"), TINY, "--seed", "5", "-o", table, NULL);
  assert_contains(o->out, told);
  assert_contains(o->err, "465 of them done");
  for (gsize i = 0; i < G_N_ELEMENTS(known); i++) {
    char **cells = find_row(lines, known[i].row);
    g_assert_cmpstr(cells[5], ==, known[i].passes);
    double mse = evaluated(known[i].setup);
    g_assert_cmpfloat_with_epsilon(g_ascii_strtod(cells[6], NULL), mse, 1e-6 * mse);
    g_strfreev(cells);
  }
  g_free(told);
  g_hash_table_unref(seen);
  g_strfreev(lines);
}

/* A table that was cut short is completed, and what it has is not measured again. */
static void test_goes_on(void) {
  const char *whole = path_of("whole.csv"), *cut = path_of("cut.csv");
  write_folder();
  run_well("sweep", path_of("pictures"), TINY, "-o", whole, NULL);
  char **lines = lines_of(whole);
  char *kept = lines[301];
  lines[301] = NULL;
  char *start = g_strjoinv("\n", lines);
  char *short_of = g_strdup_printf("%s\n%.*s", start, (int)strlen(kept) / 2, kept);
  g_assert_true(g_file_set_contents(cut, short_of, -1, NULL));
  lines[301] = kept;
  const outcome *o =
    run_well("sweep", path_of("pictures"), TINY, "-o", cut, "--threads", "1", NULL);
  assert_contains(o->err, "465 setups, 300 of them done");
  char **completed = lines_of(cut);
  g_assert_cmpint(differing_line(lines, completed), ==, -1);
  for (int i = 1; i <= 300; i++)
    g_assert_cmpstr(lines[i], ==, completed[i]); /* times too */
  g_strfreev(completed);
  g_strfreev(lines);
  g_free(start);
  g_free(short_of);
}

/* A signal leaves whole rows, and the same command goes on. */
static void test_interrupted(void) {
  const char *table = path_of("interrupted.csv");
  const char *const command[] = {
    program(), "sweep", path_of("pictures"), "--model", "tiny-diffusion", "--pixels", "300", "-o",
    table,     NULL};
  GPid child;
  int status;
  write_folder();
  g_assert_true(g_spawn_async(
    NULL, (char **)command, environment(),
    G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL,
    &child, NULL));
  for (GStatBuf file = {0}; file.st_size < 400; g_usleep(1000)) /* a few rows */
    if (g_stat(table, &file) != 0)
      file.st_size = 0;
  kill(child, SIGINT);
  g_assert_cmpint(waitpid(child, &status, 0), ==, child);
  g_assert_true(WIFEXITED(status));
  g_assert_cmpint(WEXITSTATUS(status), ==, 128 + SIGINT);
  char **lines = lines_of(table);
  guint done = g_strv_length(lines) - 1;
  g_assert_cmpuint(done, >, 1);
  g_assert_cmpuint(done, <, SETUPS);
  const outcome *o = run_well("sweep", path_of("pictures"), "--model", "tiny-diffusion", "--pixels",
                              "300", "-o", table, NULL);
  char *told = g_strdup_printf("465 setups, %u of them done; 4 pictures", done);
  assert_contains(o->err, told);
  char **completed = lines_of(table);
  g_assert_cmpuint(g_strv_length(completed), ==, 1 + SETUPS);
  g_strfreev(completed);
  g_strfreev(lines);
  g_free(told);
}

/* A copy of tiny-diffusion, its last weight's sign turned. */
static const char *write_turned(const char *name) {
  const char *path = path_of(name);
  char *bytes;
  gsize size;
  g_assert_true(g_file_get_contents(data_path("tiny-diffusion.safetensors"), &bytes, &size, NULL));
  bytes[size - 1] ^= (char)0x80;
  g_assert_true(g_file_set_contents(path, bytes, (gssize)size, NULL));
  g_free(bytes);
  return path;
}

/* What is told of a model does not make it another one; its weights do. */
static void test_card(void) {
  const char *table = path_of("card.csv"), *folder = write_folder();
  const char *told = path_of("told.safetensors"), *other = write_turned("other.safetensors");
  write_carded(data_path("tiny-diffusion.safetensors"), told, "{\"title\": \"Measured\"}");
  run_well("sweep", folder, TINY, "-o", table, NULL);
  const outcome *o = run_well("sweep", folder, TINY, "--model", told, "-o", table, NULL);
  assert_contains(o->err, "465 setups, 465 of them done");
  check_failed(run("sweep", folder, TINY, "--model", other, "-o", table, NULL), 1,
               "card.csv, line 2: is of another model, other pictures");
}

static void test_heat_map(void) {
  const char *map = path_of("map.png"), *table = path_of("map.csv");
  write_folder();
  run_well("sweep", path_of("pictures"), TINY, "-o", table, "--heat-map", map, NULL);
  pixels *drawn = read_pixels(map);
  char **lines = lines_of(table);
  /* Of the first panel's first row: step skipping 1, and, with projection, none at 0.9. */
  char **cells = find_row(lines, "zero,1.0,1,false,false,");
  bool better = g_ascii_strtod(cells[8], NULL) < 1;
  int red = value_at(drawn, 64, 124, 0), blue = value_at(drawn, 64, 124, 2);
  g_assert_true(better ? blue > red : red > blue);
  g_assert_cmpint(value_at(drawn, 546, 124, 0) + value_at(drawn, 546, 124, 2), <, 2 * 255);
  g_assert_cmpint(value_at(drawn, 546, 146, 0) + value_at(drawn, 546, 146, 2), ==, 2 * 255);
  g_strfreev(cells);
  g_strfreev(lines);
  pixels_free(drawn);
}

static void test_refused(void) {
  const char *folder = write_folder(), *table = path_of("refused.csv");
  check_failed(run("sweep", NULL), 2, "a folder of pictures is needed");
  check_failed(run("sweep", folder, NULL), 2, "--output is needed");
  check_failed(run("sweep", folder, "-o", table, "--pixels", "-1", NULL), 2, "--pixels");
  check_failed(run("sweep", folder, TINY, "-o", "/dev/zero", NULL), 1,
               "/dev/zero: is a device or a pipe");
  check_failed(run("sweep", folder, "-o", table, "--model", "tiny-single", NULL), 1,
               "tiny-single is a single-pass model");
  check_failed(run("sweep", folder, "-o", table, TINY, "--heat-map", "map.doc", NULL), 2,
               "map.doc: must end in");
  g_assert_false(g_file_test(table, G_FILE_TEST_EXISTS));

  write_text("refused.csv", "a,table,of,something,else\n1,2,3,4,5\n");
  check_failed(run("sweep", folder, "-o", table, TINY, NULL), 1, "line 1: is not how a sweep's");
  run_well("sweep", folder, "-o", path_of("mine.csv"), TINY, NULL);
  check_failed(run("sweep", folder, "-o", path_of("mine.csv"), TINY, "--seed", "1", NULL), 1,
               "mine.csv, line 2: is of another model, other pictures");
  char **lines = lines_of(path_of("mine.csv"));
  char *bad = g_strdup_printf("%s\n%s\nzero,1.0,99%s\n", lines[0], lines[1], lines[2] + 10);
  g_assert_true(g_file_set_contents(table, bad, -1, NULL));
  check_failed(run("sweep", folder, "-o", table, TINY, NULL), 1, "line 3: is no row of a sweep");
  g_strfreev(lines);
  g_free(bad);
}

int main(int argc, char **argv) {
  harness_begin(&argc, &argv);
  g_test_add_func("/sweep/table", test_table);
  g_test_add_func("/sweep/goes-on", test_goes_on);
  g_test_add_func("/sweep/interrupted", test_interrupted);
  g_test_add_func("/sweep/card", test_card);
  g_test_add_func("/sweep/heat-map", test_heat_map);
  g_test_add_func("/sweep/refused", test_refused);
  return harness_run();
}
