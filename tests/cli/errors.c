/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What goes wrong with files and signals: the message, the exit status, and nothing left behind.
 */
#include <glib/gstdio.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"

#define SINGLE "--model", "tiny-single"

static const char *input;

static void make_input(void) {
  pixels *p = make_pixels(48, 40, 3, 8);
  input = write_pixels(p, "input.png");
  pixels_free(p);
}

static void test_arguments(void) {
  const char *output = path_of("out.png");
  check_failed(run("restore", NULL), 2, "two files are needed");
  check_failed(run("restore", input, NULL), 2, "two files are needed");
  check_failed(run("restore", input, output, output, NULL), 2, "two files are needed");
  check_failed(run("restore", input, output, "--sharpen", NULL), 2, "--sharpen");
  check_failed(run("restore", input, output, "--seed", NULL), 2, "--seed");
  check_failed(run("restore", input, output, "--threads", "two", NULL), 2, "--threads");
  check_failed(run("restore", input, output, SINGLE, "--threads", "257", NULL), 2, "threads");
  check_failed(run("restore", input, output, SINGLE, "--threads", "-1", NULL), 2, "threads");
  g_assert_false(g_file_test(output, G_FILE_TEST_EXISTS));
}

/* What a shell says of `program` with these arguments and its own: the status. */
static int run_in_shell(const char *before, const char *arguments, char **err) {
  g_autofree char *command =
    g_strdup_printf("%s; ulimit -c 0; exec '%s' %s", before, program(), arguments);
  char *argv[] = {(char *)"sh", (char *)"-c", command, NULL};
  int status;
  g_assert_true(g_spawn_sync(path_of("."), argv, environment(), G_SPAWN_SEARCH_PATH, NULL, NULL,
                             NULL, err, &status, NULL));
  g_assert_true(WIFEXITED(status));
  return WEXITSTATUS(status);
}

/* Where results go is full. */
static void test_standard_output(void) {
  static const char *const arguments[] = {"list",           "--version",        "--help",
                                          "restore --help", "info tiny-single", "preset list"};
  for (gsize i = 0; i < G_N_ELEMENTS(arguments); i++) {
    g_autofree char *full = g_strconcat(arguments[i], " >/dev/full", NULL), *err = NULL;
    g_assert_cmpint(run_in_shell("true", full, &err), ==, 1);
    assert_contains(err, "standard output: No space left on device");
  }
}

/* Restores a picture into a file that must not have more than so many blocks of 512 bytes. */
static void check_limited(const char *from, const char *name, gsize blocks) {
  g_autofree char *err = NULL, *limit = g_strdup_printf("ulimit -f %" G_GSIZE_FORMAT, blocks);
  g_autofree char *arguments =
    g_strdup_printf("restore '%s' %s --model tiny-single --mode full --region 0,0,9x9", from, name);
  g_autofree char *expected = g_strdup_printf("restorator: %s: File too large\n", name);
  g_assert_cmpint(run_in_shell(limit, arguments, &err), ==, 1);
  g_assert_cmpstr(err, ==, expected);
  g_assert_false(g_file_test(path_of(name), G_FILE_TEST_EXISTS));
}

/* A file that grows longer than the shell allows: said in the system's words. */
static void test_limited_file(void) {
  static const char *const kinds[] = {"png", "jpg", "tif", "webp"};
  pixels *p = make_pixels(400, 300, 3, 8);
  const char *large = write_pixels(p, "limited-input.png");
  for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
    g_autofree char *name = g_strconcat("limited.", kinds[i], NULL);
    check_limited(large, name, 4);
  }
  pixels_free(p);
}

/* The pixels fit, and what describes them does not. */
static void test_limited_metadata(void) {
  enum { LONG = 20000 };
  g_autofree char *text = g_strnfill(LONG, 'x');
  pixels *p = make_pixels(60, 50, 3, 8);
  const char *described = path_of("described.jpg"), *whole = path_of("whole.tif");
  GStatBuf status;
  vips_image_set_string(p->image, "exif-ifd0-ImageDescription", text);
  g_assert_cmpint(vips_jpegsave(p->image, described, NULL), ==, 0);
  run_well("restore", described, whole, SINGLE, "--mode", "full", "--region", "0,0,9x9", NULL);
  g_assert_cmpint(g_stat(whole, &status), ==, 0);
  g_assert_cmpint(status.st_size, >, LONG);
  for (gsize size = LONG / 8; size < LONG; size += LONG / 4)
    check_limited(described, "part.tif", ((gsize)status.st_size - size) / 512);
  pixels_free(p);
}

static void test_models(void) {
  const char *output = path_of("out.png");
  const outcome *o = run("restore", input, output, "--model", "nobody", NULL);
  check_failed(o, 1, "nobody");
  g_assert_nonnull(strstr(o->err, "tiny-single")); /* those there are */
  check_failed(run("restore", input, output, "--model", "./none.safetensors", NULL), 1,
               "./none.safetensors");
  write_text("text.safetensors", "This is a text and no network.");
  check_failed(run("restore", input, output, "--model", path_of("text.safetensors"), NULL), 1, "");
  g_assert_false(g_file_test(output, G_FILE_TEST_EXISTS));
}

static void test_inputs(void) {
  const char *output = path_of("out.png");
  check_failed(run("restore", path_of("none.png"), output, SINGLE, NULL), 1,
               "none.png: No such file or directory");
  check_failed(run("restore", path_of("presets"), output, SINGLE, NULL), 1, "presets: is a folder");
  check_failed(run("restore", write_text("empty.png", ""), output, SINGLE, NULL), 1,
               "empty.png: the file is empty");
  check_failed(
    run("restore", write_text("text.png", "no picture at all, only words"), output, SINGLE, NULL),
    1, "text.png: is neither PNG nor JPEG, TIFF, WebP, HEIF or AVIF");
  pixels *p = make_pixels(48, 40, 3, 8);
  const char *ppm = path_of("picture.ppm");
  g_assert_cmpint(vips_ppmsave(p->image, ppm, NULL), ==, 0);
  check_failed(run("restore", ppm, output, SINGLE, NULL), 1,
               "picture.ppm: is a PPM file, which is not read; convert it to PNG first");
  pixels_free(p);
  g_assert_false(g_file_test(output, G_FILE_TEST_EXISTS));
}

static void test_truncated(void) {
  static const char *const names[] = {"whole.png", "whole.jpg"};
  const char *output = path_of("out.png");
  pixels *p = make_pixels(300, 200, 3, 8);
  for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
    char *bytes;
    gsize size;
    g_assert_true(g_file_get_contents(write_pixels(p, names[i]), &bytes, &size, NULL));
    const gsize lengths[] = {size / 2, size * 9 / 10, 40, 3};
    for (gsize k = 0; k < G_N_ELEMENTS(lengths); k++) {
      char *name = g_strdup_printf("cut-%s", names[i]);
      const char *cut = path_of(name);
      g_assert_true(g_file_set_contents(cut, bytes, (gssize)lengths[k], NULL));
      check_failed(run("restore", cut, output, SINGLE, "--region", "0,0,20x20", NULL), 1, cut);
      g_free(name);
    }
    g_free(bytes);
  }
  pixels_free(p);
  g_assert_false(g_file_test(output, G_FILE_TEST_EXISTS));
}

/* Bytes in the middle of the compressed pixels are not what they were. */
static void test_damaged(void) {
  char *bytes;
  gsize size;
  pixels *p = make_pixels(300, 200, 3, 8);
  const char *damaged = path_of("damaged.png"), *output = path_of("out.png");
  g_assert_true(g_file_get_contents(write_pixels(p, "whole.png"), &bytes, &size, NULL));
  memset(bytes + size / 2, 0x5a, 64);
  g_assert_true(g_file_set_contents(damaged, bytes, (gssize)size, NULL));
  check_failed(run("restore", damaged, output, SINGLE, "--region", "0,0,20x20", NULL), 1, damaged);
  g_assert_false(g_file_test(output, G_FILE_TEST_EXISTS));
  g_free(bytes);
  pixels_free(p);
}

static void test_cmyk(void) {
  pixels *p = make_pixels(48, 40, 4, 8);
  VipsImage *cmyk;
  g_assert_cmpint(vips_copy(p->image, &cmyk, "interpretation", VIPS_INTERPRETATION_CMYK, NULL), ==,
                  0);
  const char *path = path_of("cmyk.jpg"), *output = path_of("out.png");
  g_assert_cmpint(vips_jpegsave(cmyk, path, NULL), ==, 0);
  check_failed(run("restore", path, output, SINGLE, NULL), 1,
               "cmyk.jpg: is a CMYK picture; convert it to RGB first");
  g_assert_false(g_file_test(output, G_FILE_TEST_EXISTS));
  g_object_unref(cmyk);
  pixels_free(p);
}

static void test_outputs(void) {
  check_failed(run("restore", input, path_of("out.gif"), SINGLE, NULL), 2,
               "out.gif: must end in .png, .jpg, .tif or .webp");
  check_failed(run("restore", input, path_of("presets"), SINGLE, NULL), 1, "presets: is a folder");
  check_failed(run("restore", input, path_of("none/out.png"), SINGLE, NULL), 1,
               "none/out.png: cannot write into the folder");
  if (geteuid() != 0) { /* nothing is closed to root */
    g_assert_cmpint(g_mkdir(path_of("closed"), 0555), ==, 0);
    check_failed(run("restore", input, path_of("closed/out.png"), SINGLE, NULL), 1,
                 "closed/out.png: cannot write into the folder");
  }
}

/* A file that cannot be written to its end: nothing of it is left, and what was there stays. */
static void test_no_room(void) {
  static const char *const suffixes[] = {"png", "jpg", "tif", "webp"};
  pixels *p = make_pixels(400, 300, 3, 8);
  g_assert_cmpint(g_mkdir(path_of("room"), 0777), ==, 0);
  const char *source = write_pixels(p, "large.png"), *folder = path_of("room");
  for (gsize i = 0; i < G_N_ELEMENTS(suffixes); i++) {
    char *name = g_strdup_printf("room/out.%s", suffixes[i]), *kept, *err;
    const char *output = write_text(name, "before");
    const char *arguments[] = {
      "/bin/sh", "-c", "ulimit -f 4; exec \"$@\"", "sh", program(), "restore", source, output,
      SINGLE,    NULL};
    GError *error = NULL;
    int status;
    g_spawn_sync(NULL, (char **)arguments, environment(), G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL,
                 NULL, &err, &status, &error);
    g_assert_no_error(error);
    g_assert_true(WIFEXITED(status));
    g_assert_cmpint(WEXITSTATUS(status), ==, 1);
    assert_contains(err, output);
    assert_contains(err, "File too large");
    g_assert_true(g_file_get_contents(output, &kept, NULL, NULL));
    g_assert_cmpstr(kept, ==, "before");
    g_remove(output);
    GDir *entries = g_dir_open(folder, 0, NULL);
    g_assert_cmpstr(g_dir_read_name(entries), ==, NULL);
    g_dir_close(entries);
    g_free(name);
    g_free(kept);
    g_free(err);
  }
  pixels_free(p);
}

/* Per cent after per cent, from the lines that a program without a terminal prints. */
static void test_progress(void) {
  const outcome *o =
    run_well("restore", input, path_of("out.png"), "--model", "tiny-diffusion", "--progress", NULL);
  char **lines = g_strsplit(o->err, "\n", -1);
  int last = -1, count = 0;
  for (char **line = lines; *line; line++) {
    int percent;
    char phase[16];
    if (sscanf(*line, "%d %% %15s", &percent, phase) == 2) {
      g_assert_cmpint(percent, >, last);
      g_assert_true(strcmp(phase, "reading") == 0 || strcmp(phase, "encoding") == 0 ||
                    strcmp(phase, "sampling") == 0);
      last = percent;
      count++;
    }
  }
  g_assert_cmpint(last, ==, 100);
  g_assert_cmpint(count, >, 3);
  g_strfreev(lines);
  o = run_well("restore", input, path_of("out.png"), SINGLE, NULL);
  g_assert_null(strstr(o->err, "%"));
}

/* Starts a long restoration, waits for its first samples, and sends a signal. Returns the wait
 * status. `err`: standard error as it came. */
static int interrupt(int number, const char *from, const char *to, GString *err) {
  const char *arguments[] = {program(),        "restore",     from, to,           "--model",
                             "tiny-diffusion", "--step-skip", "1",  "--progress", NULL};
  return interrupt_after(arguments, "", "sampling", number, err);
}

static void test_signals(void) {
  static const int numbers[] = {SIGINT, SIGTERM};
  pixels *p = make_pixels(1500, 1500, 3, 8);
  g_assert_cmpint(g_mkdir(path_of("signals"), 0777), ==, 0);
  const char *source = write_pixels(p, "signals/in.png"), *output = path_of("signals/out.png");
  char *before, *after;
  gsize before_size, after_size;
  g_assert_true(g_file_get_contents(source, &before, &before_size, NULL));
  for (gsize i = 0; i < G_N_ELEMENTS(numbers); i++)
    for (int in_place = 0; in_place < 2; in_place++) {
      GString *err = g_string_new(NULL);
      int status = interrupt(numbers[i], source, in_place ? source : output, err);
      g_assert_true(WIFEXITED(status));
      g_assert_cmpint(WEXITSTATUS(status), ==, 128 + numbers[i]);
      g_assert_true(g_str_has_suffix(err->str, "restorator: interrupted, nothing is written\n"));
      g_string_free(err, TRUE);
      GDir *entries = g_dir_open(path_of("signals"), 0, NULL);
      g_assert_cmpstr(g_dir_read_name(entries), ==, "in.png");
      g_assert_cmpstr(g_dir_read_name(entries), ==, NULL);
      g_dir_close(entries);
      g_assert_true(g_file_get_contents(source, &after, &after_size, NULL));
      g_assert_cmpmem(before, before_size, after, after_size);
      g_free(after);
    }
  g_free(before);
  pixels_free(p);
}

int main(int argc, char **argv) {
  harness_begin(&argc, &argv);
  make_input();
  g_test_add_func("/errors/arguments", test_arguments);
  g_test_add_func("/errors/standard-output", test_standard_output);
  g_test_add_func("/errors/limited-file", test_limited_file);
  g_test_add_func("/errors/limited-metadata", test_limited_metadata);
  g_test_add_func("/errors/models", test_models);
  g_test_add_func("/errors/inputs", test_inputs);
  g_test_add_func("/errors/truncated", test_truncated);
  g_test_add_func("/errors/damaged", test_damaged);
  g_test_add_func("/errors/cmyk", test_cmyk);
  g_test_add_func("/errors/outputs", test_outputs);
  g_test_add_func("/errors/no-room", test_no_room);
  g_test_add_func("/errors/progress", test_progress);
  g_test_add_func("/errors/signals", test_signals);
  return harness_run();
}
