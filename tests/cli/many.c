/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Many pictures into a folder: names, bad files, second runs, interruption, JSON.
 */
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <yyjson.h>

#include "harness.h"

#define SINGLE "--model", "tiny-single"

static const char *write_picture(const char *name, int width) {
  pixels *p = make_pixels(width, 40, 3, 8);
  const char *path = write_pixels(p, name);
  pixels_free(p);
  return path;
}

static int count_files(const char *path) {
  GDir *entries = g_dir_open(path, 0, NULL);
  int count = 0;
  while (g_dir_read_name(entries))
    count++;
  g_dir_close(entries);
  return count;
}

static gint64 inode_of(const char *path) {
  GStatBuf status;
  g_assert_cmpint(g_stat(path, &status), ==, 0);
  return (gint64)status.st_ino;
}

static void assert_same_bytes(const char *a, const char *b) {
  char *first, *second;
  gsize first_size, second_size;
  g_assert_true(g_file_get_contents(a, &first, &first_size, NULL));
  g_assert_true(g_file_get_contents(b, &second, &second_size, NULL));
  g_assert_cmpmem(first, first_size, second, second_size);
  g_free(first);
  g_free(second);
}

/* Each picture is what it is when restored alone; the folder is made. */
static void test_each(void) {
  const char *one = write_picture("one.png", 48), *two = write_picture("two.jpg", 60);
  const char *three = write_picture("three.png", 33), *folder = path_of("new/each");
  const outcome *o = run_well("restore", "--output-dir", folder, SINGLE, one, two, three,
                              "--region", "4,5,20x30", NULL);
  assert_contains(o->err, "restorator: 3 done, 0 skipped, 0 failed, of 3\n");
  assert_contains(o->err, "new/each/three.png: restored 600 points");
  g_assert_cmpstr(o->out, ==, "");
  g_assert_cmpint(count_files(folder), ==, 3);
  static const char *const names[] = {"one.png", "two.jpg", "three.png"};
  for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
    char *alone = g_strdup_printf("alone-%s", names[i]);
    char *written = g_build_filename(folder, names[i], NULL);
    run_well("restore", path_of(names[i]), path_of(alone), SINGLE, "--region", "4,5,20x30", NULL);
    assert_same_bytes(written, path_of(alone));
    g_free(alone);
    g_free(written);
  }
}

/* A second run takes up what the first one left; --overwrite and --force do all anew. */
static void test_again(void) {
  const char *one = write_picture("one.png", 48), *two = write_picture("two.png", 60);
  const char *folder = path_of("again"), *first = path_of("again/one.png");
  run_well("restore", "--output-dir", folder, SINGLE, one, NULL);
  gint64 before = inode_of(first);
  const outcome *o = run_well("restore", "--output-dir", folder, SINGLE, one, two, NULL);
  assert_contains(o->err, "1 done, 1 skipped, 0 failed, of 2");
  g_assert_cmpint(inode_of(first), ==, before);
  o = run_well("restore", "--output-dir", folder, SINGLE, one, two, "--overwrite", NULL);
  assert_contains(o->err, "2 done, 0 skipped, 0 failed, of 2");
  g_assert_cmpint(inode_of(first), !=, before);
  before = inode_of(first);
  o = run_well("restore", "--output-dir", folder, SINGLE, one, two, "--force", NULL);
  assert_contains(o->err, "2 done, 0 skipped, 0 failed, of 2");
  g_assert_cmpint(inode_of(first), !=, before);
  /* With nothing left, the model is not even read. */
  o = run_well("restore", "--output-dir", folder, "--model", "nobody", one, two, NULL);
  assert_contains(o->err, "0 done, 2 skipped, 0 failed, of 2");
}

/* Giving up depth does not give up what is finished: that run too can be taken up again. */
static void test_reduced(void) {
  pixels *p = make_pixels(48, 40, 3, 16);
  const char *deep = write_pixels(p, "deep.png"), *folder = path_of("reduced");
  const char *plain = write_picture("plain.png", 48);
  pixels_free(p);
  const outcome *o =
    run("restore", "--output-dir", folder, SINGLE, "--format", "jpg", deep, plain, NULL);
  g_assert_cmpint(o->status, ==, 1);
  assert_contains(o->err,
                  "deep.jpg: JPEG holds 8 bits and the picture has 16; write PNG or TIFF, "
                  "or use --reduce\n");
  assert_contains(o->err, "1 done, 0 skipped, 1 failed, of 2");
  o = run_well("restore", "--output-dir", folder, SINGLE, "--format", "jpg", deep, plain,
               "--reduce", NULL);
  assert_contains(o->err, "1 done, 1 skipped, 0 failed, of 2");
  o = run_well("restore", "--output-dir", folder, SINGLE, "--format", "jpg", deep, plain,
               "--reduce", NULL);
  assert_contains(o->err, "0 done, 2 skipped, 0 failed, of 2");
  o = run_well("restore", "--output-dir", folder, SINGLE, "--format", "jpg", deep, plain, "--force",
               NULL);
  assert_contains(o->err, "2 done, 0 skipped, 0 failed, of 2");
}

static void test_format(void) {
  const char *folder = path_of("formats");
  const char *jpeg = write_picture("first.photo.jpg", 48), *png = write_picture("second.png", 48);
  const char *plain = path_of("plain");
  g_assert_cmpint(g_rename(write_picture("plain.png", 48), plain), ==, 0);
  run_well("restore", "--output-dir", folder, SINGLE, "--format", "png", jpeg, png, plain, NULL);
  g_assert_true(g_file_test(path_of("formats/first.photo.png"), G_FILE_TEST_EXISTS));
  g_assert_true(g_file_test(path_of("formats/second.png"), G_FILE_TEST_EXISTS));
  g_assert_true(g_file_test(path_of("formats/plain.png"), G_FILE_TEST_EXISTS));
  run_well("restore", "--output-dir", folder, SINGLE, "--format", "jpg", png, NULL);
  pixels *p = read_pixels(path_of("formats/second.jpg"));
  g_assert_cmpint(vips_image_get_typeof(p->image, "jpeg-multiscan"), !=, 0);
  pixels_free(p);
  check_failed(run("restore", "--output-dir", folder, SINGLE, plain, NULL), 1, "must end in .png");
  check_failed(run("restore", "--output-dir", folder, SINGLE, png, "--format", "gif", NULL), 2,
               "gif");
}

/* Bad files are told and counted, and the good ones between them are done. */
static void test_bad_files(void) {
  const char *folder = path_of("bad");
  const char *one = write_picture("one.png", 48), *two = write_picture("two.png", 48);
  const char *text = write_text("text.png", "only words"), *none = path_of("none.png");
  const char *small = write_picture("small.png", 10);
  const outcome *o = run("restore", "--output-dir", folder, SINGLE, none, one, text, small, two,
                         "--region", "0,0,20x20", "--quiet", NULL);
  g_assert_cmpint(o->status, ==, 1);
  assert_contains(o->err, "none.png: No such file or directory\n");
  assert_contains(o->err, "text.png: is neither PNG nor JPEG, TIFF, WebP, HEIF or AVIF\n");
  assert_contains(o->err, "0,0,20x20 reaches beyond the picture");
  g_assert_cmpint(count_files(folder), ==, 2);
  o = run("restore", "--output-dir", folder, SINGLE, none, one, text, small, two, "--region",
          "0,0,20x20", NULL);
  g_assert_cmpint(o->status, ==, 1);
  assert_contains(o->err, "restorator: 0 done, 2 skipped, 3 failed, of 5\n");
}

static void test_refused(void) {
  const char *one = write_picture("one.png", 48);
  g_mkdir(path_of("other"), 0777);
  const char *other = write_picture("other/one.png", 48), *folder = path_of("refused");
  const char *twin = write_picture("one.jpg", 48);
  check_failed(run("restore", "--output-dir", folder, SINGLE, one, other, NULL), 2,
               "would both be written to");
  check_failed(run("restore", "--output-dir", folder, SINGLE, one, twin, "--format", "png", NULL),
               2, "would both be written to");
  g_assert_cmpint(count_files(folder), ==, 0);
  check_failed(run("restore", "--output-dir", folder, SINGLE, one, one, NULL), 2,
               "would both be written to");
  check_failed(run("restore", "--output-dir", folder, SINGLE, NULL), 2, "at least one picture");
  check_failed(run("restore", "--output-dir", twin, SINGLE, one, NULL), 1,
               "one.jpg: Not a directory");
  check_failed(run("restore", one, path_of("x.png"), SINGLE, "--overwrite", NULL), 2,
               "belong to --output-dir");
  check_failed(run("restore", one, path_of("x.png"), SINGLE, "--format", "png", NULL), 2,
               "belong to --output-dir");
  check_failed(run("restore", one, "--output-dir", other, SINGLE, NULL), 1, "other/one.png: ");
  char *before, *after;
  gsize before_size, after_size;
  g_assert_true(g_file_get_contents(other, &before, &before_size, NULL));
  check_failed(run("restore", other, "--output-dir", path_of("other"), SINGLE, "--overwrite", NULL),
               1, "one.png: would be replaced itself");
  g_assert_true(g_file_get_contents(other, &after, &after_size, NULL));
  g_assert_cmpmem(before, before_size, after, after_size);
  g_free(before);
  g_free(after);
}

static const char *text_of(yyjson_doc *doc, const char *key) {
  return yyjson_get_str(yyjson_obj_get(yyjson_doc_get_root(doc), key));
}

static void test_json(void) {
  const char *folder = path_of("json"), *one = write_picture("one.png", 48);
  const char *two = write_picture("two “x\\\".png", 48), *text = write_text("text.png", "words");
  run_well("restore", "--output-dir", folder, SINGLE, one, NULL);
  const outcome *o = run("restore", "--output-dir", folder, SINGLE, "--json", "--quiet", "--region",
                         "0,0,5x8", one, text, two, NULL);
  g_assert_cmpint(o->status, ==, 1);
  static const char *const states[] = {"skipped", "failed", "done"};
  const char *inputs[] = {one, text, two};
  char **lines = g_strsplit(o->out, "\n", -1);
  g_assert_cmpuint(g_strv_length(lines), ==, 4);
  g_assert_cmpstr(lines[3], ==, "");
  for (int i = 0; i < 3; i++) {
    yyjson_doc *doc = yyjson_read(lines[i], strlen(lines[i]), 0);
    yyjson_val *root = yyjson_doc_get_root(doc);
    g_assert_cmpstr(text_of(doc, "input"), ==, inputs[i]);
    g_assert_cmpstr(text_of(doc, "status"), ==, states[i]);
    g_assert_true(g_str_has_prefix(text_of(doc, "output"), folder));
    if (i == 1)
      assert_contains(text_of(doc, "message"), "is neither PNG nor JPEG");
    if (i == 2) {
      g_assert_cmpint(yyjson_get_int(yyjson_obj_get(root, "points")), ==, 40);
      g_assert_cmpfloat(yyjson_get_real(yyjson_obj_get(root, "seconds")), >, 0);
    }
    yyjson_doc_free(doc);
  }
  g_strfreev(lines);
}

/* Starts a run over all inputs and stops it in its second file. Returns its wait status. */
static int stop_in_second(int number, const char *const *arguments) {
  GString *err = g_string_new(NULL);
  const int status = interrupt_after(arguments, "100 %", "sampling", number, err);
  assert_contains(err->str, " done, 0 skipped, 0 failed, of 3\n");
  g_assert_true(g_str_has_suffix(err->str,
                                 "interrupted; the same command goes on where it "
                                 "stopped\n"));
  g_string_free(err, TRUE);
  return status;
}

/* Nothing half written is left, and the same command finishes the rest, to the same bytes. */
static void test_interrupted(void) {
  static const char *const names[] = {"big-1.png", "big-2.png", "big-3.png"};
  const char *folder = path_of("interrupted"), *whole = path_of("whole");
  const char *arguments[] = {program(),    "restore",         "--output-dir",    folder,
                             "--model",    "tiny-diffusion",  "--step-skip",     "4",
                             "--progress", path_of(names[0]), path_of(names[1]), path_of(names[2]),
                             NULL};
  for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
    pixels *p = make_pixels(400 + (int)i, 400, 3, 8);
    write_pixels(p, names[i]);
    pixels_free(p);
  }
  int status = stop_in_second(SIGINT, arguments);
  g_assert_true(WIFEXITED(status));
  g_assert_cmpint(WEXITSTATUS(status), ==, 128 + SIGINT);
  int finished = count_files(folder);
  g_assert_cmpint(finished, <, 2); /* the first, where its encoding was done */
  g_assert_cmpint(g_file_test(path_of("interrupted/big-1.png"), G_FILE_TEST_EXISTS), ==, finished);
  char *expected = g_strdup_printf("%d done, %d skipped, 0 failed, of 3\n", 3 - finished, finished);
  assert_contains(check_done(run_arguments(arguments + 1), "resumed")->err, expected);
  arguments[3] = whole;
  check_done(run_arguments(arguments + 1), "whole");
  for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
    char *a = g_build_filename(folder, names[i], NULL);
    char *b = g_build_filename(whole, names[i], NULL);
    assert_same_bytes(a, b);
    g_free(a);
    g_free(b);
  }
  g_assert_cmpint(count_files(folder), ==, 3);
  g_free(expected);
}

int main(int argc, char **argv) {
  harness_begin(&argc, &argv);
  g_test_add_func("/many/each", test_each);
  g_test_add_func("/many/again", test_again);
  g_test_add_func("/many/reduced", test_reduced);
  g_test_add_func("/many/format", test_format);
  g_test_add_func("/many/bad-files", test_bad_files);
  g_test_add_func("/many/refused", test_refused);
  g_test_add_func("/many/json", test_json);
  g_test_add_func("/many/interrupted", test_interrupted);
  return harness_run();
}
