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

/* Runs the program with arguments in one text, within the time and what a command of the shell limits.
 * Its exit status; a test fails where it is none or nothing is said. */
static int run_limited(const char *arguments, const char *limit) {
  char *command =
    g_strdup_printf("ulimit -c 0; %s; exec timeout -k 5 " LIMIT " '%s' restore --quiet %s", limit,
                    program(), arguments);
  char *argv[] = {(char *)"sh", (char *)"-c", command, NULL}, *err;
  int status;
  g_assert_true(g_spawn_sync(path_of("."), argv, environment(), G_SPAWN_SEARCH_PATH, NULL, NULL,
                             NULL, &err, &status, NULL));
  if (!WIFEXITED(status) || WEXITSTATUS(status) >= 124)
    g_error("status %x of restore %s (%s): %s", status, arguments, limit, err);
  if (status != 0 && *err == '\0')
    g_error("nothing is said: restore %s (%s)", arguments, limit);
  g_free(command);
  g_free(err);
  return WEXITSTATUS(status);
}

static void check_extreme(const char *name, const char *value) {
  char *arguments = g_strdup_printf("%s out.png --model tiny-diffusion --region 12,8,16x20 --%s=%s",
                                    input, name, value);
  const int status = run_limited(arguments, "true");
  if (status != 0 && status != 1 && status != 2)
    g_error("status %d: %s", status, arguments);
  g_free(arguments);
}

static void test_parameters(void) {
  size_t count;
  const rst_parameter *table = rst_parameter_table(&count);
  for (size_t i = 0; i < count; i++)
    if (table[i].type == RST_TYPE_INT || table[i].type == RST_TYPE_REAL) {
      const double values[] = {table[i].low, table[i].high};
      for (gsize k = 0; k < G_N_ELEMENTS(values); k++) {
        char *text = g_strdup_printf("%.17g", values[k]);
        check_extreme(table[i].name, text);
        g_free(text);
      }
      check_extreme(table[i].name, "1e308");
      check_extreme(table[i].name, "-18446744073709551616");
    } else if (table[i].type == RST_TYPE_CHOICE) {
      for (const char *const *choice = table[i].choices; *choice; choice++)
        check_extreme(table[i].name, *choice);
    }
}

/* Pictures of all shapes, windows and regions at their ends. */
static void test_shapes(void) {
  static const int shapes[][2] = {{1, 1}, {1, 20000}, {20000, 1}, {2, 3}, {4000, 2}};
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
      char *arguments = g_strdup_printf("%s out.png --model tiny-single %s", path, options[k]);
      run_limited(arguments, "true");
      g_free(arguments);
    }
    pixels_free(p);
  }
}

/* From too little memory to enough, in such steps: a message each time, and no file. */
static void check_memory(const char *arguments, const char *output, int step) {
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
    g_test_message("%d MB: %d", megabytes, status);
    g_assert_true(g_file_test(output, G_FILE_TEST_EXISTS) == done);
  }
  g_assert_true(done);
}

static void test_memory(void) {
  const char *output = path_of("memory.png");
  char *arguments = g_strdup_printf("%s %s --model tiny-diffusion --threads 2", input, output);
  check_memory(arguments, output, 50);
  g_free(arguments);
}

/* Of a picture of some megabytes, where a library may run out of memory at any allocation. */
static void test_memory_of_pixels(void) {
  pixels *p = make_pixels(1600, 2000, 3, 8);
  const char *large = write_pixels(p, "memory-large.png"), *output = path_of("memory-out.png");
  char *arguments = g_strdup_printf(
    "%s %s --model tiny-single --threads 2 --region 3,3,40x30 --window picture", large, output);
  check_memory(arguments, output, 10);
  g_free(arguments);
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
  arguments = g_strdup_printf("%s texts-out.png --model tiny-single", path);
  g_assert_cmpint(run_limited(arguments, "ulimit -t 10"), ==, 0);
  g_free(arguments);
  g_free(path);
  g_free(plain);
}

/* A stack that may not grow, from little to enough; and one whose limit the program may raise. */
static void test_stack(void) {
  const char *output = path_of("stack.png");
  char *arguments = g_strdup_printf(
    "%s %s --model tiny-diffusion --threads 2 --match on --hint 10,10,#804020", input, output);
  bool done = false;
  for (int size = 64; size <= 8192 && !done; size *= 2) {
    char *limit = g_strdup_printf("ulimit -s %d", size);
    done = run_limited(arguments, limit) == 0;
    g_test_message("%d kB: %d", size, done);
    g_assert_true(g_file_test(output, G_FILE_TEST_EXISTS) == done);
    g_free(limit);
  }
  g_assert_true(done);
  g_assert_cmpint(g_remove(output), ==, 0);
  g_assert_cmpint(run_limited(arguments, "ulimit -S -s 64"), ==, 0);
  g_free(arguments);
}

/* A file of a few kilobytes may hold pixels for minutes: refused by what its head says. */
static void test_pixels(void) {
  pixels *p = make_pixels(1200, 1000, 3, 8);
  const char *large = write_pixels(p, "large.png"), *output = path_of("large-out.png");
  check_failed(run("restore", large, output, "--model", "tiny-single", "--region", "0,0,8x8",
                   "--max-megapixels", "1", NULL),
               1, "large.png: has 1200 × 1000 pixels, more than 1 million");
  g_assert_false(g_file_test(output, G_FILE_TEST_EXISTS));
  check_failed(run("restore", large, output, "--max-megapixels", "0", NULL), 2, "at least 1");
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
