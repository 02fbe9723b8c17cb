/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Files that are written beside their places and then put there: two that write into one folder at
 * once do not take each other's.
 */
#include "io/temporary.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROUNDS = 400 };

/* Writes its own file again and again; the exit status is whether it always held its own number. */
static int write_often(const char *target, int number) {
  for (int i = 0; i < ROUNDS; i++) {
    g_autofree char *text = g_strdup_printf("%d %d", number, i), *there = NULL;
    cli_temporary t;
    const bool good = temporary_open(&t, target) &&
                      write(t.fd, text, strlen(text)) == (gssize)strlen(text) &&
                      temporary_finish(&t, target);
    temporary_drop(&t);
    if (!good || !g_file_get_contents(target, &there, NULL, NULL) || strcmp(there, text) != 0)
      return 1;
  }
  return 0;
}

static void test_two(void) {
  g_autofree char *folder = g_dir_make_tmp("restorator-XXXXXX", NULL);
  g_autofree char *one = g_build_filename(folder, "one", NULL);
  g_autofree char *two = g_build_filename(folder, "two", NULL);
  const char *const targets[2] = {one, two};
  pid_t children[2];
  for (int i = 0; i < 2; i++)
    if ((children[i] = fork()) == 0)
      _exit(write_often(targets[i], i));
  for (int i = 0; i < 2; i++) {
    int status;
    g_assert_cmpint(waitpid(children[i], &status, 0), ==, children[i]);
    g_assert_cmpint(status, ==, 0);
    g_assert_cmpint(g_unlink(targets[i]), ==, 0);
  }
  g_assert_cmpint(g_rmdir(folder), ==, 0); /* nothing else is left */
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/temporary/two", test_two);
  return g_test_run();
}
