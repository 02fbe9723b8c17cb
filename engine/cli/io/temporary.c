/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* O_TMPFILE */
#include "io/temporary.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/interrupt.h"
#include "target.h"

/* A file without a name leaves nothing behind, however the program ends. Where the file system has
 * none, the file has a name from the beginning, and whoever writes it holds a lock on it: what
 * nobody holds was left by a killed run. */
#define NAME ".restorator-"
#define UNIQUE "XXXXXX"

/* Removes what killed runs have left in a folder. */
static void sweep(const char *folder) {
  g_autoptr(GDir) entries = g_dir_open(folder, 0, NULL);
  for (const char *name; entries && (name = g_dir_read_name(entries));) {
    GStatBuf status;
    if (!g_str_has_prefix(name, NAME) || strlen(name) != strlen(NAME UNIQUE))
      continue;
    g_autofree char *path = g_build_filename(folder, name, NULL);
    int fd = g_open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0);
    if (fd >= 0 && fstat(fd, &status) == 0 && S_ISREG(status.st_mode) &&
        flock(fd, LOCK_EX | LOCK_NB) == 0)
      g_unlink(path);
    if (fd >= 0)
      close(fd);
  }
}

static bool open_nameless(cli_temporary *t, const char *folder) {
  t->fd = g_access("/proc/self/fd", X_OK) == 0
            ? g_open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0666)
            : -1;
  return t->fd >= 0;
}

/* A lock that another run's sweep has taken first comes with a file that it has removed. */
static bool open_named(cli_temporary *t, const char *folder) {
  GStatBuf status;
  do {
    if (t->fd >= 0)
      close(t->fd);
    g_free(t->path);
    t->path = g_build_filename(folder, NAME UNIQUE, NULL);
    t->fd = g_mkstemp_full(t->path, O_RDWR | O_CLOEXEC, 0666);
    if (t->fd < 0)
      return false;
  } while (flock(t->fd, LOCK_EX) == 0 && fstat(t->fd, &status) == 0 && status.st_nlink == 0);
  interrupt_set_file(t->path);
  return true;
}

bool temporary_open(cli_temporary *t, const char *target) {
  g_autofree char *folder = g_path_get_dirname(target);
  *t = (cli_temporary){.fd = -1};
  sweep(folder);
  return open_nameless(t, folder) || open_named(t, folder);
}

/* Gives a nameless file a name beside `target`, since no call puts it in another's place. */
static bool name(cli_temporary *t, const char *target) {
  g_autofree char *folder = g_path_get_dirname(target),
                  *content = g_strdup_printf("/proc/self/fd/%d", t->fd);
  bool named = false;
  flock(t->fd, LOCK_EX); /* where there are no locks nobody sweeps */
  errno = EEXIST;
  while (!named && errno == EEXIST) {
    char unique[sizeof UNIQUE];
    snprintf(unique, sizeof unique, "%06x", g_random_int() & 0xffffff);
    g_free(t->path);
    t->path = g_strconcat(folder, "/" NAME, unique, NULL);
    interrupt_set_file(t->path);
    named = linkat(AT_FDCWD, content, AT_FDCWD, t->path, AT_SYMLINK_FOLLOW) == 0;
  }
  if (!named)
    g_clear_pointer(&t->path, g_free);
  return named;
}

bool temporary_write(int fd, const void *bytes, size_t size) {
  for (size_t done = 0; done < size;) {
    const ssize_t now = write(fd, (const char *)bytes + done, size - done);
    if (now < 0 && errno != EINTR)
      return false;
    done += (size_t)MAX(now, 0);
  }
  return true;
}

bool temporary_finish(cli_temporary *t, const char *target) {
  if (!target_take_over(t->fd, target) || fsync(t->fd) != 0 || (!t->path && !name(t, target)) ||
      g_rename(t->path, target) != 0)
    return false;
  interrupt_set_file(NULL);
  g_clear_pointer(&t->path, g_free);
  return true;
}

void temporary_drop(cli_temporary *t) {
  if (t->fd >= 0)
    close(t->fd);
  if (t->fd >= 0 && t->path)
    g_unlink(t->path);
  interrupt_set_file(NULL);
  g_clear_pointer(&t->path, g_free);
  t->fd = -1;
}
