/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* O_DIRECTORY, flock() */

#include "jobs/temporary.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "target.h"

#define NAME ".restorator-"
#define UNIQUE "XXXXXX"

static int open_folder(const char *path) {
  return g_open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0);
}

/* The files in an open folder, and then itself. */
static void remove_folder(int folder, const char *path) {
  const int again = dup(folder);
  DIR *entries = again < 0 ? NULL : fdopendir(again);

  for (struct dirent *entry; entries && (entry = readdir(entries));)
    if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
      unlinkat(folder, entry->d_name, 0);
  if (entries)
    closedir(entries);
  else if (again >= 0)
    close(again);
  g_rmdir(path);
}

/* Removes what killed programs have left in a folder: nobody holds it. */
static void sweep(const char *folder) {
  g_autoptr(GDir) entries = g_dir_open(folder, 0, NULL);

  for (const char *name; entries && (name = g_dir_read_name(entries));) {
    if (!g_str_has_prefix(name, NAME) || strlen(name) != strlen(NAME UNIQUE))
      continue;
    g_autofree char *path = g_build_filename(folder, name, NULL);
    const int fd = open_folder(path);

    if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0)
      remove_folder(fd, path);
    if (fd >= 0)
      close(fd);
  }
}

/* A lock that another program's sweep has taken first comes with a folder that it has removed. */
static gboolean make_folder(Temporary *t, const char *beside) {
  GStatBuf status;

  do {
    if (t->lock >= 0)
      close(t->lock);
    g_free(t->folder);
    t->folder = g_build_filename(beside, NAME UNIQUE, NULL);
    if (!g_mkdtemp(t->folder)) {
      t->lock = -1;
      g_clear_pointer(&t->folder, g_free);
      return FALSE;
    }
    t->lock = open_folder(t->folder);
  } while (t->lock < 0 ? errno == ENOENT
                       : flock(t->lock, LOCK_EX) == 0 && fstat(t->lock, &status) == 0 &&
                           status.st_nlink == 0);
  return t->lock >= 0;
}

gboolean temporary_open(Temporary *t, const char *target, const char *ending) {
  g_autofree char *beside = g_path_get_dirname(target);
  int fd, why;

  *t = (Temporary){.lock = -1};
  sweep(beside);
  if (!make_folder(t, beside))
    return FALSE;
  t->path = g_strconcat(t->folder, "/picture", ending, NULL);
  fd = g_open(t->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  why = errno;
  if (fd >= 0)
    close(fd);
  errno = why;
  return fd >= 0;
}

gboolean temporary_finish(Temporary *t, const char *target) {
  const int fd = g_open(t->path, O_RDWR | O_CLOEXEC, 0);
  const gboolean done =
    fd >= 0 && target_take_over(fd, target) && fsync(fd) == 0 && g_rename(t->path, target) == 0;
  const int why = errno;

  if (fd >= 0)
    close(fd);
  errno = why;
  return done;
}

void temporary_drop(Temporary *t) {
  if (t->lock >= 0) {
    remove_folder(t->lock, t->folder);
    close(t->lock);
  }
  g_clear_pointer(&t->path, g_free);
  g_clear_pointer(&t->folder, g_free);
  t->lock = -1;
}
