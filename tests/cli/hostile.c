/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Files of strangers: none makes the program open another one, run a program or reach for a
 * network, and what changes or never ends while it is read ends in an error.
 */
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"

#define SINGLE "--model", "tiny-single"

static const char *hostile(const char *name) {
  char *part = g_strconcat("../hostile/", name, NULL);
  const char *path = data_path(part);
  g_free(part);
  g_assert_true(g_file_test(path, G_FILE_TEST_EXISTS));
  return path;
}

static void copy_file(const char *from, const char *to) {
  char *bytes;
  gsize size;
  g_assert_true(g_file_get_contents(from, &bytes, &size, NULL));
  g_assert_true(g_file_set_contents(to, bytes, (gssize)size, NULL));
  g_free(bytes);
}

/* ---- what is opened and run ---- */

static bool can_trace(void) {
  char *argv[] = {(char *)"strace", (char *)"-o", (char *)"/dev/null", (char *)"true", NULL};
  int status;
  return g_spawn_sync(NULL, argv, NULL,
                      G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL,
                      NULL, NULL, NULL, NULL, &status, NULL) &&
         status == 0;
}

/* The calls that the program makes to run others, to reach a network and to open files. */
static char *trace(const char *const *arguments) {
  const char *path = path_of("trace");
  GPtrArray *command = g_ptr_array_new();
  const char *const own[] = {"strace", "-f", "-s",
                             "4096",   "-e", "trace=execve,execveat,socket,connect,open,openat",
                             "-o",     path, program()};
  for (gsize i = 0; i < G_N_ELEMENTS(own); i++)
    g_ptr_array_add(command, (char *)own[i]);
  for (; *arguments; arguments++)
    g_ptr_array_add(command, (char *)*arguments);
  g_ptr_array_add(command, NULL);
  char *out, *err, *text;
  int status;
  g_assert_true(g_spawn_sync(path_of("."), (char **)command->pdata, environment(),
                             G_SPAWN_SEARCH_PATH, NULL, NULL, &out, &err, &status, NULL));
  g_ptr_array_free(command, TRUE);
  g_free(out);
  g_free(err);
  g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
  return text;
}

/* One line of a trace. `secret` is what a hostile file names. */
static void check_call(const char *line, bool first) {
  if (strstr(line, "execve") && !first)
    g_error("a program is run: %s", line);
  if (strstr(line, "socket(") || strstr(line, "connect("))
    g_error("a network is reached for: %s", line);
  if (strstr(line, "portrait.jpg"))
    g_error("a file is opened that only a file names: %s", line);
}

static void test_opens_nothing_else(void) {
  if (!can_trace()) {
    g_test_skip("strace does not run here");
    return;
  }
  static const char *const names[] = {"svg-reads-files.nef", "postscript.nef"};
  static const char *const suffixes[] = {".nef", ".png", ".jpg"};
  pixels *p = make_pixels(48, 40, 3, 8);
  const char *good = write_pixels(p, "good.png"), *folder = path_of("strange");
  write_pixels(p, "portrait.jpg"); /* it lies beside the hostile files */
  g_mkdir(folder, 0777);
  write_pixels(p, "strange/portrait.jpg");
  write_pixels(p, "strange/good.png");
  for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
    for (gsize k = 0; k < G_N_ELEMENTS(suffixes); k++) {
      char *name = g_strdup_printf("hostile-%zu%s", i, suffixes[k]);
      const char *file = path_of(name);
      copy_file(hostile(names[i]), file);
      const char *const restore[] = {"restore", file, "out.png", SINGLE, NULL};
      const char *const mask[] = {"restore", good, "out.png", SINGLE, "--mask", file, NULL};
      const char *const repeat[] = {"restore", "--repeat", file, good, "out.png", NULL};
      const char *const info[] = {"info", file, NULL};
      const char *const compare[] = {"compare", file, "-o", "sheet.png", "--with", "", NULL};
      const char *const evaluate[] = {"evaluate", file, SINGLE, NULL};
      const char *const photo[] = {"photo", file, "out.png", SINGLE, NULL};
      const char *const again[] = {"photo", "--repeat", file, good, "out.png", NULL};
      const char *const damage[] = {"damage", file, "-o", "out.png", NULL};
      const char *const faces[] = {"faces", file, "-o", "out.png", NULL};
      const char *const *runs[] = {restore, photo, damage,  mask,     repeat,
                                   again,   info,  compare, evaluate, faces};
      for (gsize r = 0; r < (k == 0 ? G_N_ELEMENTS(runs) : 1); r++) {
        char *text = trace(runs[r]), **lines = g_strsplit(text, "\n", -1);
        for (char **line = lines; *line; line++)
          check_call(*line, line == lines);
        g_strfreev(lines);
        g_free(text);
      }
      g_assert_false(g_file_test(path_of("out.png"), G_FILE_TEST_EXISTS));
      g_free(name);
    }
  pixels_free(p);
}

static void test_refused(void) {
  const char *output = path_of("refused.png");
  check_failed(run("restore", hostile("svg-reads-files.nef"), output, SINGLE, NULL), 1,
               "svg-reads-files.nef: is ");
  check_failed(run("restore", hostile("postscript.nef"), output, SINGLE, NULL), 1,
               "postscript.nef: is ");
  check_failed(run("restore", "/dev/zero", output, SINGLE, NULL), 1,
               "/dev/zero: is a device and no file");
  g_assert_false(g_file_test(output, G_FILE_TEST_EXISTS));
}

/* ---- what changes while it is read ---- */

/* Each kind of file through a pipe, from which nothing can be read twice. */
static void test_pipes(void) {
  static const char *const kinds[] = {"png", "jpg", "tif", "webp"};
  pixels *p = make_pixels(96, 80, 3, 8);
  for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
    char *name = g_strconcat("piped.", kinds[i], NULL), *command;
    const char *input = path_of(name), *from_pipe = path_of("from-pipe.png");
    const char *from_file = path_of("from-file.png");
    int status;
    g_assert_cmpint(vips_image_write_to_file(p->image, input, NULL), ==, 0);
    run_well("restore", input, from_file, SINGLE, NULL);
    command =
      g_strdup_printf("cat '%s' | timeout 60 '%s' restore /dev/stdin '%s' --model tiny-single",
                      input, program(), from_pipe);
    char *argv[] = {(char *)"sh", (char *)"-c", command, NULL};
    g_assert_true(g_spawn_sync(NULL, argv, environment(),
                               G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, NULL,
                               NULL, &status, NULL));
    g_assert_cmpint(status, ==, 0);
    g_assert_cmpint(differing_files(from_pipe, from_file), ==, 0);
    g_free(command);
    g_free(name);
  }
  pixels_free(p);
}

/* A file that is cut to a few bytes again and again while the program reads it. What it says does
 * not matter, only that it says something and lives. */
static void check_shrinking(const char *command, const char *const *options) {
  static const char *const kinds[] = {"jpg", "webp", "png", "tif"};
  pixels *p = make_pixels(1500, 1200, 3, 8);
  int refused = 0;
  for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
    char *name = g_strconcat("shrinking.", kinds[i], NULL), *bytes;
    const char *input = path_of(name);
    gsize size;
    g_assert_cmpint(vips_image_write_to_file(p->image, input, NULL), ==, 0);
    g_assert_true(g_file_get_contents(input, &bytes, &size, NULL));
    for (int k = 0; k < 4; k++) {
      char *argv[] = {(char *)program(),  (char *)command,    (char *)input,
                      (char *)options[0], (char *)options[1], (char *)options[2],
                      (char *)options[3], (char *)options[4], NULL};
      GPid pid;
      int status;
      g_assert_true(g_file_set_contents(input, bytes, (gssize)size, NULL));
      g_assert_true(g_spawn_async(NULL, argv, environment(),
                                  G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDERR_TO_DEV_NULL, NULL,
                                  NULL, &pid, NULL));
      g_usleep(20000 + 25000 * (gulong)k);
      g_assert_cmpint(truncate(input, 5000), ==, 0);
      g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
      if (!WIFEXITED(status))
        g_error("%s: killed by signal %d", input, WTERMSIG(status));
      refused += WEXITSTATUS(status) == 1;
    }
    g_free(bytes);
    g_free(name);
  }
  g_assert_cmpint(refused, >, 0);
  pixels_free(p);
}

static void test_shrinking(void) {
  const char *out = path_of("from-shrinking.png");
  const char *const restore[5] = {out, SINGLE, "--region", "0,0,16x16"};
  const char *const photo[5] = {out, SINGLE, "--region", "0,0,16x16"};
  const char *const damage[5] = {"-o", out};
  check_shrinking("restore", restore);
  check_shrinking("photo", photo);
  check_shrinking("damage", damage);
}

/* ---- what is printed and recorded ---- */

static void check_printable(const char *text) {
  for (const char *p = text; *p != '\0'; p++)
    if ((g_ascii_iscntrl(*p) && *p != '\n') || (*p == '\xc2' && (guchar)p[1] < 0xa0))
      g_error("a control character is printed: %s", text);
}

/* A terminal obeys them: they come from records, cards and names. */
static void test_control_characters(void) {
  const char *const card =
    "{\"title\": \"\\u001b]0;title\\u0007\", \"summary\": \"a\\u009b31mb\\u202ec\"}";
  const char *carded = path_of("carded.safetensors");
  const outcome *o = run_well("info", hostile("esc.jpg"), NULL);
  check_printable(o->out);
  assert_contains(o->out, "\\u001b]0;title\\u0007\\u001b[31m");
  write_carded(data_path("tiny-single.safetensors"), carded, card);
  o = run_well("info", carded, NULL);
  check_printable(o->out);
  assert_contains(o->out, "\\u001b]0;title\\u0007");
  assert_contains(o->out, "a\\u009b31mb\\u202ec");
  o = run("restore", path_of("none\033[31m\xff.png"), path_of("out.png"), SINGLE, NULL);
  check_printable(o->err);
  assert_contains(o->err, "none\\u001b[31m\\xff.png: No such file");
}

/* Records that were forged: refused by what is wrong with them, at once. */
static void test_records(void) {
  pixels *p = make_pixels(48, 40, 3, 8);
  const char *input = write_pixels(p, "plain.png"), *output = path_of("repeated.png");
  static const char *const commands[] = {"restore", "photo"};
  for (gsize i = 0; i < G_N_ELEMENTS(commands); i++) {
    check_failed(run(commands[i], "--repeat", hostile("negbox.jpg"), input, output, NULL), 1,
                 "box");
    check_failed(run(commands[i], "--repeat", hostile("i64box.jpg"), input, output, NULL), 1,
                 "box");
  }
  g_assert_false(g_file_test(output, G_FILE_TEST_EXISTS));
  pixels_free(p);
}

int main(int argc, char **argv) {
  harness_begin(&argc, &argv);
  g_test_add_func("/hostile/opens-nothing-else", test_opens_nothing_else);
  g_test_add_func("/hostile/refused", test_refused);
  g_test_add_func("/hostile/pipes", test_pipes);
  g_test_add_func("/hostile/shrinking", test_shrinking);
  g_test_add_func("/hostile/control-characters", test_control_characters);
  g_test_add_func("/hostile/records", test_records);
  return harness_run();
}
