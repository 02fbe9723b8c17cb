/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The program ended at any moment, and what it may write to: nothing is half written, nothing is
 * left behind.
 *
 * RESTORATOR_KILLS=200 kills restore so often, and photo a quarter of that; 10 times without it.
 */
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"

#define SINGLE "--model", "tiny-single"

static int end(GPid pid) {
  int status;
  g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
  return status;
}

/* What of a folder is no picture of the batch. */
static int count_strange(const char *folder) {
  GDir *entries = g_dir_open(folder, 0, NULL);
  int count = 0;
  for (const char *name; (name = g_dir_read_name(entries));)
    count += !g_str_has_prefix(name, "picture-");
  g_dir_close(entries);
  return count;
}

/* A batch of large and small pictures, over ones that are there, killed after a random time:
 * every file is the whole old picture or the whole new one. */
static void check_killed(const char *command, const char *const *options, gsize option_count,
                         int share) {
  enum { PICTURES = 6 };
  const char *wish = g_getenv("RESTORATOR_KILLS"), *folder = path_of("batch");
  const int kills = (wish ? atoi(wish) : 10) / share;
  const char *sources[PICTURES], *done = path_of("done");
  pixels *before[PICTURES], *after[PICTURES];
  const char *arguments[PICTURES + 16] = {command, "--output-dir", done};
  int count = 3, killed = 0;
  g_mkdir(folder, 0777);
  g_mkdir(done, 0777);
  for (int i = 0; i < PICTURES; i++) {
    char *name = g_strdup_printf("picture-%d.png", i);
    pixels *p = make_pixels(60 + 150 * i, 50 + 100 * i, 3, 8);
    arguments[count++] = sources[i] = write_pixels(p, name);
    before[i] = p;
    g_free(name);
  }
  for (gsize i = 0; i < option_count; i++)
    arguments[count++] = options[i];
  gint64 begin = g_get_monotonic_time();
  g_assert_cmpint(end(start_program(arguments)), ==, 0);
  gint64 longest = g_get_monotonic_time() - begin;
  for (int i = 0; i < PICTURES; i++) {
    char *name = g_strdup_printf("%s/picture-%d.png", done, i);
    after[i] = read_pixels(name);
    g_free(name);
  }
  for (int i = 0; i < count; i++)
    if (arguments[i] == done)
      arguments[i] = folder;
  /* A run that ends before it is killed says that runs are shorter by now, as where a machine was busy
   * with something else before: a few more may be needed until one is killed. */
  for (int k = 0; k < kills || (killed == 0 && k < kills + 20); k++) {
    for (int i = 0; i < PICTURES; i++) {
      char *name = g_strdup_printf("batch/picture-%d.png", i);
      write_pixels(before[i], name);
      g_free(name);
    }
    GPid pid = start_program(arguments);
    g_usleep((gulong)g_random_double_range(0, (double)longest));
    kill(pid, SIGKILL);
    if (WIFSIGNALED(end(pid)))
      killed++;
    else if (killed == 0)
      longest = longest * 3 / 4;
    for (int i = 0; i < PICTURES; i++) {
      char *name = g_strdup_printf("%s/picture-%d.png", folder, i);
      pixels *now = read_pixels(name);
      if (differing(now, before[i]) != 0)
        g_assert_cmpint(differing(now, after[i]), ==, 0);
      pixels_free(now);
      g_free(name);
    }
    g_assert_cmpint(count_strange(folder), <=, 1); /* between two calls it has a name */
  }
  g_test_message("%s: %d of %d runs killed", command, killed, kills);
  g_assert_cmpint(killed, >, 0);
  g_assert_cmpint(end(start_program(arguments)), ==, 0); /* and what was left is cleared */
  g_assert_cmpint(count_strange(folder), ==, 0);
  for (int i = 0; i < PICTURES; i++) {
    pixels_free(before[i]);
    pixels_free(after[i]);
  }
}

static void test_killed(void) {
  static const char *const region[] = {"--quiet", SINGLE, "--region", "0,0,32x32", "--force"};
  static const char *const whole[] = {"--quiet", SINGLE, "--force"};
  check_killed("restore", region, G_N_ELEMENTS(region), 1);
  check_killed("photo", whole, G_N_ELEMENTS(whole), 4);
}

/* Files of killed runs, as they are where there are no nameless ones: cleared by the next run,
 * but for one that a run at work holds, and what only looks alike. */
static void test_swept(void) {
  pixels *p = make_pixels(48, 40, 3, 8);
  const char *input = write_pixels(p, "plain.png");
  g_mkdir(path_of("swept"), 0777);
  write_text("swept/.restorator-a1b2c3", "half a picture");
  write_text("swept/.restorator-settings", "somebody's");
  int held = g_open(write_text("swept/.restorator-d4e5f6", "half a picture"), O_RDWR, 0);
  g_assert_cmpint(flock(held, LOCK_EX), ==, 0);
  run_well("restore", input, path_of("swept/out.png"), SINGLE, NULL);
  g_assert_false(g_file_test(path_of("swept/.restorator-a1b2c3"), G_FILE_TEST_EXISTS));
  g_assert_true(g_file_test(path_of("swept/.restorator-settings"), G_FILE_TEST_EXISTS));
  g_assert_true(g_file_test(path_of("swept/.restorator-d4e5f6"), G_FILE_TEST_EXISTS));
  close(held);
  pixels_free(p);
}

/* A pipe that is full, and that nobody reads. */
static void make_full_pipe(int ends[2]) {
  g_assert_cmpint(pipe(ends), ==, 0);
  g_assert_cmpint(fcntl(ends[1], F_SETFL, O_NONBLOCK), ==, 0);
  while (write(ends[1], "full", 4) > 0)
    ;
  while (write(ends[1], "", 1) > 0)
    ;
  g_assert_cmpint(fcntl(ends[1], F_SETFL, 0), ==, 0);
}

enum { PATIENCE = 120 }; /* seconds */

/* Waits until a process is held up in writing to that file of its own; false where this system does
 * not tell what it does. */
static bool await_write(GPid pid, unsigned long fd) {
  g_autofree char *path = g_strdup_printf("/proc/%d/syscall", pid);
  for (int i = 0; i < PATIENCE * 100; i++) {
    g_autofree char *text = NULL;
    unsigned long to;
    long call;
    if (!g_file_get_contents(path, &text, NULL, NULL))
      return false;
    if (sscanf(text, "%ld %lx", &call, &to) == 2 && call == SYS_write && to == fd)
      return true;
    g_usleep(10000);
  }
  g_error("the process writes nothing");
}

/* Waits until a process has a file open. */
static void await_open(GPid pid, const char *file) {
  g_autofree char *path = g_strdup_printf("/proc/%d/fd", pid);
  for (int i = 0; i < PATIENCE * 100; i++) {
    g_autoptr(GDir) files = g_dir_open(path, 0, NULL);
    for (const char *name; files && (name = g_dir_read_name(files));) {
      g_autofree char *link = g_build_filename(path, name, NULL);
      g_autofree char *to = g_file_read_link(link, NULL);
      if (g_strcmp0(to, file) == 0)
        return;
    }
    g_usleep(10000);
  }
  g_error("the process does not open %s", file);
}

/* What it has to say holds the program up before it can ask. */
static void check_second_signal(const char *name) {
  static const int numbers[] = {SIGINT, SIGTERM};
  pixels *p = make_pixels(60, 50, 3, 8);
  const char *input = write_pixels(p, "held.png");
  char *command[] = {
    (char *)program(), (char *)name,          (char *)input,        (char *)path_of("out.png"),
    (char *)"--model", (char *)"tiny-single", (char *)"--progress", NULL};
  pixels_free(p);
  for (gsize i = 0; i < G_N_ELEMENTS(numbers); i++) {
    int status, ends[2];
    GPid pid;
    make_full_pipe(ends);
    g_assert_true(g_spawn_async_with_fds(NULL, command, environment(), G_SPAWN_DO_NOT_REAP_CHILD,
                                         NULL, NULL, &pid, -1, -1, ends[1], NULL));
    if (!await_write(pid, STDERR_FILENO)) {
      kill(pid, SIGKILL);
      end(pid);
      g_test_skip("this system does not tell what a process waits for");
      return;
    }
    kill(pid, numbers[i]);
    g_usleep(500000); /* a second one at once would be taken for the same */
    g_assert_cmpint(waitpid(pid, &status, WNOHANG), ==, 0); /* it hangs indeed */
    kill(pid, numbers[i]);
    status = end(pid);
    g_assert_true(WIFEXITED(status));
    g_assert_cmpint(WEXITSTATUS(status), ==, 128 + numbers[i]);
    close(ends[0]);
    close(ends[1]);
  }
  g_assert_false(g_file_test(path_of("out.png"), G_FILE_TEST_EXISTS));
}

static void test_second_signal(void) {
  check_second_signal("restore");
  check_second_signal("photo");
}

/* A pipe that nobody writes to is waited for until the first. */
static void check_waiting(const char *const *arguments, const char *input) {
  GPid pid = start_program(arguments);
  int status;
  await_open(pid, input);
  g_assert_cmpint(waitpid(pid, &status, WNOHANG), ==, 0); /* somebody may come yet */
  kill(pid, SIGTERM);
  status = end(pid);
  g_assert_true(WIFEXITED(status));
  g_assert_cmpint(WEXITSTATUS(status), ==, 128 + SIGTERM);
}

static void test_waiting(void) {
  const char *input = path_of("never.png"), *output = path_of("out.png");
  const char *const restore[] = {"restore", input, output, SINGLE, NULL};
  const char *const photo[] = {"photo", input, output, SINGLE, NULL};
  const char *const damage[] = {"damage", input, "-o", output, NULL};
  g_assert_cmpint(mkfifo(input, 0666), ==, 0);
  check_waiting(restore, input);
  check_waiting(photo, input);
  check_waiting(damage, input);
}

/* A rename would put a file in the place of a device, or of a link to one. */
static void test_special_outputs(void) {
  pixels *p = make_pixels(48, 40, 3, 8);
  const char *input = write_pixels(p, "in.png"), *output = path_of("special-out.png");
  const char *pipe = path_of("pipe.png"), *link = path_of("null.png");
  const char *svg = path_of("null.svg");
  const char *const special[] = {pipe, link};
  GStatBuf status;
  g_assert_cmpint(mkfifo(pipe, 0666), ==, 0);
  g_assert_cmpint(symlink("/dev/null", link), ==, 0);
  g_assert_cmpint(symlink("/dev/null", svg), ==, 0);
  for (gsize i = 0; i < G_N_ELEMENTS(special); i++) {
    const char *to = special[i];
    const char *const runs[][16] = {
      {"restore", input, to, SINGLE},
      {"photo", input, to, SINGLE},
      {"damage", input, "-o", to},
      {"damage", input, "-m", to},
      {"damage", input, "--json", to},
      {"faces", input, "-o", to},
      {"faces", input, "--json", to},
      {"evaluate", input, SINGLE, "--json", to},
      {"regions", input, "--json", to, "--with", "--model tiny-single", "--with",
       "--model tiny-single --strength 0.5"},
      {"trajectory", input, SINGLE, "--point", "9,9", "--json", to},
      {"trajectory", input, SINGLE, "--point", "9,9", "--csv", to},
      {"trajectory", input, SINGLE, "--point", "9,9", "--plot", i == 1 ? svg : to},
      {"sweep", input, "--output", to, "--model", "tiny-diffusion"},
    };
    for (gsize k = 0; k < G_N_ELEMENTS(runs); k++)
      check_failed(run_arguments(runs[k]), 1, "is a device or a pipe");
  }
  g_assert_false(g_file_test(output, G_FILE_TEST_EXISTS));
  g_assert_cmpint(g_stat(pipe, &status), ==, 0);
  g_assert_true(S_ISFIFO(status.st_mode));
  g_assert_cmpint(g_stat("/dev/null", &status), ==, 0);
  g_assert_true(S_ISCHR(status.st_mode));
  g_assert_true(g_file_test(link, G_FILE_TEST_IS_SYMLINK));
  pixels_free(p);
}

/* A table in the place of a link goes where it leads, and keeps whose it is. */
static void test_linked_texts(void) {
  pixels *p = make_pixels(48, 40, 3, 8);
  const char *input = write_pixels(p, "in.png"), *link = path_of("link.json");
  const char *real = write_text("real.json", "before");
  g_autofree char *text = NULL;
  GStatBuf status;
  g_assert_cmpint(symlink("real.json", link), ==, 0);
  g_assert_cmpint(g_chmod(real, 0640), ==, 0);
  run_well("damage", input, "--json", link, NULL);
  g_assert_true(g_file_test(link, G_FILE_TEST_IS_SYMLINK));
  g_assert_true(g_file_get_contents(real, &text, NULL, NULL));
  assert_contains(text, "\"damaged\"");
  g_assert_cmpint(g_stat(real, &status), ==, 0);
  g_assert_cmpint(status.st_mode & 0777, ==, 0640);
  pixels_free(p);
}

static gboolean run_shell(const char *script, const char *const *arguments, char **err,
                          int *status) {
  GPtrArray *command = g_ptr_array_new();
  const char *const own[] = {"unshare", "-rm", "sh", "-c", script};
  for (gsize i = 0; i < G_N_ELEMENTS(own); i++)
    g_ptr_array_add(command, (char *)own[i]);
  for (; *arguments; arguments++)
    g_ptr_array_add(command, (char *)*arguments);
  g_ptr_array_add(command, NULL);
  const gboolean done = g_spawn_sync(path_of("."), (char **)command->pdata, environment(),
                                     G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL,
                                     NULL, err, status, NULL);
  g_ptr_array_free(command, TRUE);
  return done;
}

/* A disk that is full in the middle of a batch: of the large picture nothing is there, and that is
 * said; the small ones before it and behind it are whole. */
static void check_full_disk(const char *command) {
  enum { PICTURES = 5, LARGE = 2 };
  static const char mount[] = "mount -t tmpfs -o size=300k none \"$0\" && ";
  const char *disk = path_of("disk"), *kept = path_of("kept"), *done = path_of("enough");
  const char *only[] = {disk, NULL};
  const char *arguments[PICTURES + 16] = {disk, kept, program(), command};
  char *script = g_strconcat(mount, "true", NULL), *err = NULL;
  int status, count = 4;
  g_mkdir(disk, 0777);
  g_mkdir(kept, 0777);
  g_mkdir(done, 0777);
  const gboolean can = run_shell(script, only, &err, &status) && status == 0;
  g_free(err);
  g_free(script);
  if (!can) {
    g_test_skip("no file system of its own can be mounted here");
    return;
  }
  for (int i = 0; i < PICTURES; i++) {
    char *name = g_strdup_printf("picture-%d.png", i);
    pixels *p = make_pixels(i == LARGE ? 900 : 50 + i, i == LARGE ? 800 : 40, 3, 8);
    arguments[count++] = write_pixels(p, name);
    pixels_free(p);
    g_free(name);
  }
  const char *const options[] = {"--output-dir", disk, SINGLE, "--region", "0,0,32x32"};
  for (gsize i = 0; i < G_N_ELEMENTS(options); i++)
    arguments[count++] = options[i];
  script = g_strconcat(mount,
                       "{ kept=$1; shift; \"$@\"; status=$?; cp -a \"$0\"/. \"$kept\"; "
                       "exit $status; }",
                       NULL);
  g_assert_true(run_shell(script, arguments, &err, &status));
  g_assert_true(WIFEXITED(status));
  g_assert_cmpint(WEXITSTATUS(status), ==, 1);
  assert_contains(err, "picture-2.png: ");
  assert_contains(err, "No space left");
  g_assert_cmpint(count_strange(kept), ==, 0);
  for (int i = 0; i < PICTURES; i++) {
    char *name = g_strdup_printf("picture-%d.png", i), *there = g_build_filename(kept, name, NULL);
    char *whole = g_build_filename(done, name, NULL);
    g_assert_true(g_file_test(there, G_FILE_TEST_EXISTS) == (i != LARGE));
    if (i != LARGE) {
      run_well(command, path_of(name), whole, SINGLE, "--region", "0,0,32x32", NULL);
      g_assert_cmpint(differing_files(there, whole), ==, 0);
    }
    g_free(name);
    g_free(there);
    g_free(whole);
  }
  g_free(err);
  g_free(script);
}

static void test_full_disk(void) {
  check_full_disk("restore");
  check_full_disk("photo");
}

/* Of a table that no room is left for nothing is there, nor of a mask. */
static void test_full_disk_of_found(void) {
  static const char script[] =
    "mount -t tmpfs -o size=4k none \"$0\" && { dd if=/dev/zero of=\"$0/room\" bs=4k count=1 "
    "2>/dev/null; cd \"$0\"; \"$1\" damage \"$2\" $3 found; status=$?; ls -A \"$0\" >&2; "
    "exit $status; }";
  static const char *const options[] = {"--json", "--mask found.png --json"};
  pixels *p = make_pixels(300, 200, 3, 8);
  const char *disk = path_of("tiny-disk");
  const char *only[] = {disk, NULL};
  g_autofree char *err = NULL;
  int status;
  g_mkdir(disk, 0777);
  if (!run_shell("mount -t tmpfs -o size=4k none \"$0\"", only, &err, &status) || status != 0) {
    g_test_skip("no file system of its own can be mounted here");
    pixels_free(p);
    return;
  }
  for (gsize i = 0; i < G_N_ELEMENTS(options); i++) {
    const char *arguments[] = {disk, program(), write_pixels(p, "found.png"), options[i], NULL};
    g_autofree char *said = NULL;
    g_assert_true(run_shell(script, arguments, &said, &status));
    g_assert_true(WIFEXITED(status));
    g_assert_cmpint(WEXITSTATUS(status), ==, 1);
    assert_contains(said, "No space left");
    g_assert_true(g_str_has_suffix(said, "room\n"));
    g_assert_null(strstr(said, ".restorator-"));
  }
  pixels_free(p);
}

int main(int argc, char **argv) {
  harness_begin(&argc, &argv);
  g_test_add_func("/kills/killed", test_killed);
  g_test_add_func("/kills/swept", test_swept);
  g_test_add_func("/kills/second-signal", test_second_signal);
  g_test_add_func("/kills/waiting", test_waiting);
  g_test_add_func("/kills/full-disk", test_full_disk);
  g_test_add_func("/kills/full-disk-of-found", test_full_disk_of_found);
  g_test_add_func("/kills/special-outputs", test_special_outputs);
  g_test_add_func("/kills/linked-texts", test_linked_texts);
  return harness_run();
}
