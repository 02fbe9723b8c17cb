/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The ends of what can be asked for: every parameter's, region's and picture's extremes end within
 * a time, and so does every address space, however small.
 */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/wait.h>

#include "harness.h"
#include "restorator.h"

#define LIMIT "60" /* seconds; the longest takes one on an idle machine */

static const char *input;

/* What begins a command, from a picture to one; and options that it needs to be quick and certain. */
typedef struct {
  const char *name, *from_to, *options;
} command;

static const command restore = {"restore", "restore --quiet %s %s", "--model tiny-diffusion"};
static const command photo = {"photo", "photo --quiet %s %s", "--model tiny-diffusion"};
static const command damage = {"damage", "damage %s --output %s", ""};
static const command *const commands[] = {&restore, &photo, &damage};

/* Its arguments in one text, to be freed. */
static char *arguments_of(const command *c, const char *from, const char *to, const char *more) {
  g_autofree char *begin = NULL;
  const char *mark = strstr(c->from_to, "%s"), *second = strstr(mark + 2, "%s");
  begin = g_strdup_printf("%.*s'%s'%.*s'%s'", (int)(mark - c->from_to), c->from_to, from,
                          (int)(second - mark - 2), mark + 2, to);
  return g_strdup_printf("%s %s %s", begin, c->options, more);
}

/* Runs the program with arguments in one text, within the time and what a command of the shell limits.
 * Its exit status; a test fails where it is none or nothing is said. */
static int run_limited(const char *arguments, const char *limit) {
  char *line = g_strdup_printf("ulimit -c 0; %s; exec timeout -k 5 " LIMIT " '%s' %s", limit,
                               program(), arguments);
  char *argv[] = {(char *)"sh", (char *)"-c", line, NULL}, *err;
  int status;
  g_assert_true(g_spawn_sync(path_of("."), argv, environment(),
                             G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL,
                             &err, &status, NULL));
  if (!WIFEXITED(status) || WEXITSTATUS(status) >= 124)
    g_error("status %x of %s (%s): %s", status, arguments, limit, err);
  if (status != 0 && *err == '\0')
    g_error("nothing is said: %s (%s)", arguments, limit);
  g_free(line);
  g_free(err);
  return WEXITSTATUS(status);
}

static void check_extreme(const command *c, const char *more, const char *name, const char *value) {
  g_autofree char *option = g_strdup_printf("%s --%s=%s", more, name, value);
  g_autofree char *arguments = arguments_of(c, input, "out.png", option);
  const int status = run_limited(arguments, "true");
  if (status != 0 && status != 1 && status != 2)
    g_error("status %d: %s", status, arguments);
}

static void check_extremes(const command *c, const char *more, const char *name, double low,
                           double high) {
  const double values[] = {low, high};
  for (gsize k = 0; k < G_N_ELEMENTS(values); k++) {
    g_autofree char *text = g_strdup_printf("%.17g", values[k]);
    check_extreme(c, more, name, text);
  }
  check_extreme(c, more, name, "1e308");
  check_extreme(c, more, name, "-18446744073709551616");
  check_extreme(c, more, name, "nan");
}

#define REGION_GIVEN "--region 12,8,16x20"

static void test_parameters(void) {
  size_t count;
  const rst_parameter *table = rst_parameter_table(&count);
  for (size_t i = 0; i < count; i++)
    for (gsize k = 0; k < 2; k++) {
      const command *c = commands[k];
      if (table[i].type == RST_TYPE_INT || table[i].type == RST_TYPE_REAL)
        check_extremes(c, REGION_GIVEN, table[i].name, table[i].low, table[i].high);
      for (const char *const *choice = table[i].choices; choice && *choice; choice++)
        check_extreme(c, REGION_GIVEN, table[i].name, *choice);
    }
  check_extremes(&photo, REGION_GIVEN, "sensitivity", 0, 1);
  check_extremes(&photo, REGION_GIVEN, "tone-strength", 0, 1);
  check_extremes(&damage, "", "sensitivity", 0, 1);
}

/* Pictures of all shapes, windows and regions at their ends. */
static void test_shapes(void) {
  static const int shapes[][2] = {{1, 1}, {1, 20000}, {20000, 1}, {2, 3}, {4000, 2}};
  static const struct {
    const command *command;
    const char *options;
  } other[] = {{&photo, ""},
               {&photo, "--window 0,0,16777216"},
               {&photo, "--region 0,0,1x1"},
               {&photo, "--no-colour --sensitivity 1"},
               {&photo, "--window faces --context 4"},
               {&damage, ""},
               {&damage, "--sensitivity 1 --mask mask.png --json found.json"}};
  static const char *const options[] = {
    "",
    "--window picture",
    "--window 0,0,16777216",
    "--window=-16777215,-16777215,16777216",
    "--window 0,0,1",
    "--window 0,0,262144 --hide-region",
    "--region 0,0,1x1",
    "--context 4",
    "--mode full",
    "--mode detail --match on",
    "--region 0,0,1x1 --size 1x1",
    "--region 0,0,1x1 --size 3000x1",
  };
  for (gsize i = 0; i < G_N_ELEMENTS(shapes); i++) {
    pixels *p = make_pixels(shapes[i][0], shapes[i][1], 3, 8);
    const char *path = write_pixels(p, "shape.png");
    for (gsize k = 0; k < G_N_ELEMENTS(options); k++) {
      g_autofree char *more = g_strconcat("--model tiny-single ", options[k], NULL);
      g_autofree char *arguments = arguments_of(&restore, path, "out.png", more);
      run_limited(arguments, "true");
    }
    for (gsize k = 0; k < G_N_ELEMENTS(other); k++) {
      g_autofree char *arguments =
        arguments_of(other[k].command, path, "out.png", other[k].options);
      const int status = run_limited(arguments, "true");
      if (status != 0 && !strstr(arguments, "--window 0,0"))
        g_error("status %d: %s", status, arguments);
    }
    pixels_free(p);
  }
}

/* From too little memory to enough, in such steps: a message each time, and no file. */
static void check_memory(const command *c, const char *arguments, const char *output, int step) {
  bool done = false;
  if (g_getenv("ASAN_OPTIONS") && strstr(program(), "sanitize")) {
    g_test_skip("the address sanitizer needs more addresses than any limit");
    return;
  }
  for (int megabytes = 100; megabytes <= 2000 && !done; megabytes += step) {
    char *limit = g_strdup_printf("ulimit -v %d", megabytes << 10);
    const int status = run_limited(arguments, limit);
    g_free(limit);
    done = status == 0;
    g_test_message("%s: %d MB: %d", c->name, megabytes, status);
    g_assert_true(g_file_test(output, G_FILE_TEST_EXISTS) == done);
  }
  g_assert_true(done);
}

static void test_memory(void) {
  for (gsize k = 0; k < G_N_ELEMENTS(commands); k++) {
    g_autofree char *name = g_strconcat(commands[k]->name, "-memory.png", NULL);
    const char *output = path_of(name);
    g_autofree char *arguments = arguments_of(commands[k], input, output, "--threads 2");
    check_memory(commands[k], arguments, output, 50);
  }
}

/* Of a picture of some megabytes, where a library may run out of memory at any allocation. */
static void test_memory_of_pixels(void) {
  pixels *p = make_pixels(1600, 2000, 3, 8);
  const char *large = write_pixels(p, "memory-large.png");
  for (gsize k = 0; k < G_N_ELEMENTS(commands); k++) {
    const command *c = commands[k];
    g_autofree char *name = g_strconcat(c->name, "-memory-large.png", NULL);
    const char *output = path_of(name);
    g_autofree char *arguments =
      arguments_of(c, large, output,
                   c == &restore ? "--model tiny-single --threads 2 --region 3,3,40x30 "
                                   "--window picture"
                   : c == &photo ? "--model tiny-single --threads 2 --region 3,3,400x300"
                                 : "--threads 2");
    check_memory(c, arguments, output, c == &restore ? 10 : 25);
  }
  pixels_free(p);
}

/* Adds a compressed text, of a comment that is a little too long, as a chunk without its sum. */
static void put_long_text(GByteArray *file) {
  enum { LONG = (16 << 20) + 5000 };
  static guint8 packed[1 << 15];
  static gsize size;
  const char head[] = "zTXtComment\0";
  if (size == 0) {
    g_autoptr(GZlibCompressor) zlib = g_zlib_compressor_new(G_ZLIB_COMPRESSOR_FORMAT_ZLIB, 9);
    g_autofree char *text = g_strnfill(LONG, 'x');
    gsize read;
    g_assert_cmpint(g_converter_convert(G_CONVERTER(zlib), text, LONG, packed, sizeof packed,
                                        G_CONVERTER_INPUT_AT_END, &read, &size, NULL),
                    ==, G_CONVERTER_FINISHED);
  }
  const guint32 length = GUINT32_TO_BE((guint32)(sizeof head - 4 + size));
  g_byte_array_append(file, (const guint8 *)&length, 4);
  g_byte_array_append(file, (const guint8 *)head, sizeof head);
  g_byte_array_append(file, packed, (guint)size);
  g_byte_array_append(file, (const guint8 *)"\0\0\0", 4);
}

/* Behind the pixels, where libpng does not look: all of them together would be 15 GB. */
static void test_texts(void) {
  enum { TEXTS = 900, END = 12 /* bytes of the last chunk */ };
  g_autoptr(GByteArray) file = g_byte_array_new();
  char *plain, *path = g_strdup(path_of("texts.png")), *arguments;
  gsize size;
  g_assert_true(g_file_get_contents(input, &plain, &size, NULL));
  g_byte_array_append(file, (const guint8 *)plain, (guint)size - END);
  for (int i = 0; i < TEXTS; i++)
    put_long_text(file);
  g_byte_array_append(file, (const guint8 *)plain + size - END, END);
  g_assert_true(g_file_set_contents(path, (const char *)file->data, (gssize)file->len, NULL));
  arguments = g_strdup_printf("restore --quiet %s texts-out.png --model tiny-single", path);
  g_assert_cmpint(run_limited(arguments, "ulimit -t 10"), ==, 0);
  g_free(arguments);
  g_free(path);
  g_free(plain);
}

/* A stack that may not grow, from little to enough; and one whose limit the program may raise. */
static void check_stack(const command *c) {
  const char *output = path_of("stack.png");
  g_autofree char *arguments = arguments_of(
    c, input, output, c == &damage ? "--threads 2" : "--threads 2 --match on --hint 10,10,#804020");
  bool done = false;
  for (int size = 64; size <= 8192 && !done; size *= 2) {
    char *limit = g_strdup_printf("ulimit -s %d", size);
    done = run_limited(arguments, limit) == 0;
    g_test_message("%s: %d kB: %d", c->name, size, done);
    g_assert_true(g_file_test(output, G_FILE_TEST_EXISTS) == done);
    g_free(limit);
  }
  g_assert_true(done);
  g_assert_cmpint(g_remove(output), ==, 0);
  g_assert_cmpint(run_limited(arguments, "ulimit -S -s 64"), ==, 0);
  g_assert_cmpint(g_remove(output), ==, 0);
}

static void test_stack(void) {
  for (gsize k = 0; k < G_N_ELEMENTS(commands); k++)
    check_stack(commands[k]);
}

/* A file of a few kilobytes may hold pixels for minutes: refused by what its head says. */
static void test_pixels(void) {
  pixels *p = make_pixels(1200, 1000, 3, 8);
  const char *large = write_pixels(p, "large.png"), *output = path_of("large-out.png");
  check_failed(run("restore", large, output, "--model", "tiny-single", "--region", "0,0,8x8",
                   "--max-megapixels", "1", NULL),
               1, "large.png: has 1200 × 1000 pixels, more than 1 million");
  g_assert_false(g_file_test(output, G_FILE_TEST_EXISTS));
  check_failed(run("photo", large, output, "--model", "tiny-single", "--region", "0,0,8x8",
                   "--max-megapixels", "1", NULL),
               1, "large.png: has 1200 × 1000 pixels, more than 1 million");
  const char *const others[][16] = {
    {"damage", large, "-o", output, "--max-megapixels"},
    {"faces", large, "-o", output, "--max-megapixels"},
    {"compare", large, "-o", output, "--with", "--model tiny-single", "--max-megapixels"},
    {"regions", large, "-o", output, "--with", "--model tiny-single", "--with",
     "--model tiny-single --seed 2", "--max-megapixels"},
    {"evaluate", large, "--model", "tiny-single", "--max-megapixels"},
    {"trajectory", large, "--model", "tiny-diffusion", "--point", "9,9", "--max-megapixels"},
    {"sweep", large, "-o", "sweep.csv", "--model", "tiny-diffusion", "--max-megapixels"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(others); i++) {
    const char *arguments[18] = {NULL};
    gsize count = 0;
    for (; others[i][count]; count++)
      arguments[count] = others[i][count];
    arguments[count] = "1";
    check_failed(run_arguments(arguments), 1, "more than 1 million; --max-megapixels allows more");
    arguments[count] = "0";
    check_failed(run_arguments(arguments), 2, "--max-megapixels must be at least 1");
  }
  run_well("damage", large, "-o", output, "--max-megapixels", "2", NULL);
  g_assert_cmpint(g_remove(output), ==, 0);
  check_failed(run("restore", large, output, "--max-megapixels", "0", NULL), 2, "at least 1");
  check_failed(run("restore", large, output, "--max-megapixels", "x", NULL), 2, "at least 1");
  run_well("restore", large, output, "--model", "tiny-single", "--region", "0,0,8x8",
           "--max-megapixels", "2", NULL);
  pixels_free(p);
}

int main(int argc, char **argv) {
  harness_begin(&argc, &argv);
  pixels *p = make_pixels(48, 40, 3, 8);
  input = write_pixels(p, "input.png");
  pixels_free(p);
  g_test_add_func("/limits/parameters", test_parameters);
  g_test_add_func("/limits/shapes", test_shapes);
  g_test_add_func("/limits/memory", test_memory);
  g_test_add_func("/limits/memory-of-pixels", test_memory_of_pixels);
  g_test_add_func("/limits/texts", test_texts);
  g_test_add_func("/limits/stack", test_stack);
  g_test_add_func("/limits/pixels", test_pixels);
  return harness_run();
}
