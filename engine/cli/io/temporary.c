/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/temporary.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINKS_MAX = 40 }; /* as Linux has it */

char *temporary_target(const char *path) {
  char *at = g_strdup(path), *to;
  for (int i = 0; (to = g_file_read_link(at, NULL)) != NULL; i++) {
    char *folder = g_path_get_dirname(at);
    g_free(at);
    at = g_path_is_absolute(to) ? g_strdup(to) : g_build_filename(folder, to, NULL);
    g_free(folder);
    g_free(to);
    if (i == LINKS_MAX) {
      g_free(at);
      errno = ELOOP;
      return NULL;
    }
  }
  return at;
}

bool temporary_open(cli_temporary *t, const char *target) {
  char *folder = g_path_get_dirname(target);
  t->path = g_build_filename(folder, ".restorator-XXXXXX", NULL);
  t->fd = g_mkstemp_full(t->path, O_RDWR | O_CLOEXEC, 0666);
  g_free(folder);
  return t->fd >= 0;
}

/* The owner is another's to give away: where that is refused, the group alone, or neither. The
 * permissions come last, since a new owner takes some of them away. */
static bool take_over(int fd, const char *target) {
  GStatBuf before;
  if (g_stat(target, &before) != 0)
    return errno == ENOENT;
  if (fchown(fd, before.st_uid, before.st_gid) != 0 && fchown(fd, (uid_t)-1, before.st_gid) != 0)
    before.st_mode &= ~(mode_t)(S_ISUID | S_ISGID);
  return fchmod(fd, before.st_mode & 07777) == 0;
}

bool temporary_finish(cli_temporary *t, const char *target) {
  if (!take_over(t->fd, target) || fsync(t->fd) != 0 || g_rename(t->path, target) != 0)
    return false;
  g_clear_pointer(&t->path, g_free);
  return true;
}

void temporary_drop(cli_temporary *t) {
  if (t->fd >= 0)
    close(t->fd);
  if (t->fd >= 0 && t->path != NULL)
    g_unlink(t->path);
  g_clear_pointer(&t->path, g_free);
  t->fd = -1;
}
