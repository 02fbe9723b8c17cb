/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What comes from a pipe, whatever the system's calls answer: all of it, or an error that says why.
 */
#define _GNU_SOURCE /* memfd_create() */
#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "io/input.h"

/* ---- the calls of io/input.c alone, by the linker ---- */

static int write_fault, read_fault, memory_fault; /* errno of the next call; 0: none */
static gsize write_at_most; /* bytes of each call; 0: all */
static gint64 endless;      /* so many bytes more come from nowhere, and go there */

ssize_t __real_write(int fd, const void *bytes, size_t size);
ssize_t __wrap_write(int fd, const void *bytes, size_t size);
ssize_t __real_read(int fd, void *bytes, size_t size);
ssize_t __wrap_read(int fd, void *bytes, size_t size);
int __real_memfd_create(const char *name, unsigned flags);
int __wrap_memfd_create(const char *name, unsigned flags);

static bool take_fault(int *fault) {
  errno = *fault;
  *fault = 0;
  return errno != 0;
}

ssize_t __wrap_write(int fd, const void *bytes, size_t size) {
  if (take_fault(&write_fault))
    return -1;
  if (endless > 0)
    return (ssize_t)size;
  return __real_write(fd, bytes, write_at_most > 0 ? MIN(write_at_most, size) : size);
}

ssize_t __wrap_read(int fd, void *bytes, size_t size) {
  if (take_fault(&read_fault))
    return -1;
  if (endless > 0) {
    endless -= (gint64)size;
    return (ssize_t)size;
  }
  return __real_read(fd, bytes, size);
}

int __wrap_memfd_create(const char *name, unsigned flags) {
  return take_fault(&memory_fault) ? -1 : __real_memfd_create(name, flags);
}

/* ---- pipes ---- */

static const char text[] = "what somebody has to say, in a few words";

/* A pipe that holds the text, of which the other end is closed; its path, to be freed. */
static char *filled_pipe(int ends[2]) {
  g_assert_cmpint(pipe(ends), ==, 0);
  g_assert_cmpint(__real_write(ends[1], text, sizeof text), ==, sizeof text);
  g_assert_cmpint(close(ends[1]), ==, 0);
  return g_strdup_printf("/proc/self/fd/%d", ends[0]);
}

static void check_whole(void) {
  int ends[2];
  g_autofree char *path = filled_pipe(ends);
  g_autoptr(GError) error = NULL;
  char read[2 * sizeof text];
  const int fd = input_open(path, &error);
  g_assert_no_error(error);
  g_assert_cmpint(pread(fd, read, sizeof read, 0), ==, sizeof text);
  g_assert_cmpstr(read, ==, text);
  close(fd);
  close(ends[0]);
}

static void check_fault(const char *why) {
  int ends[2];
  g_autofree char *path = filled_pipe(ends), *expected = g_strconcat(path, ": ", why, NULL);
  g_autoptr(GError) error = NULL;
  g_assert_cmpint(input_open(path, &error), ==, -1);
  g_assert_nonnull(error);
  g_assert_cmpstr(error->message, ==, expected);
  close(ends[0]);
}

static void test_whole(void) {
  check_whole();
  write_at_most = 7;
  check_whole();
  write_at_most = 0;
  write_fault = EINTR;
  check_whole();
  read_fault = EINTR;
  check_whole();
  read_fault = EAGAIN;
  check_whole();
}

static void test_faults(void) {
  read_fault = EIO;
  check_fault(g_strerror(EIO));
  write_fault = ENOSPC;
  check_fault(g_strerror(ENOSPC));
  memory_fault = EMFILE;
  check_fault(g_strerror(EMFILE));
}

/* A pipe of more than fits in memory ends. */
static void test_endless(void) {
  endless = G_MAXINT64;
  check_fault("gives more than 1 GiB; write it into a file first");
  endless = 0;
}

static void test_empty(void) {
  int ends[2];
  g_autoptr(GError) error = NULL;
  g_assert_cmpint(pipe(ends), ==, 0);
  close(ends[1]);
  g_autofree char *path = g_strdup_printf("/proc/self/fd/%d", ends[0]);
  g_assert_cmpint(input_open(path, &error), ==, -1);
  g_assert_nonnull(strstr(error->message, "the file is empty"));
  close(ends[0]);
}

int main(int argc, char **argv) {
  g_setenv("LC_ALL", "C.UTF-8", TRUE);
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/pipe/whole", test_whole);
  g_test_add_func("/pipe/faults", test_faults);
  g_test_add_func("/pipe/endless", test_endless);
  g_test_add_func("/pipe/empty", test_empty);
  return g_test_run();
}
