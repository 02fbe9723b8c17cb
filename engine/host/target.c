/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "target.h"

#include <errno.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINKS_MAX = 40 }; /* as Linux has it */

char *target_follow(const char *path) {
  char *at = g_strdup(path), *to;

  for (int i = 0; (to = g_file_read_link(at, NULL)); i++) {
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

bool target_is_special(const char *target) {
  GStatBuf there;

  return g_stat(target, &there) == 0 && !S_ISREG(there.st_mode);
}

bool target_is_closed(const char *target) {
  GStatBuf there;

  return g_stat(target, &there) == 0 &&
         ((there.st_mode & (S_IWUSR | S_IWGRP | S_IWOTH)) == 0 || g_access(target, W_OK) != 0);
}

/* The owner is another's to give away: where that is refused, the group alone, or neither. The
 * permissions come last, since a new owner takes some of them away. */
bool target_take_over(int fd, const char *target) {
  GStatBuf before;

  if (g_stat(target, &before) != 0)
    return errno == ENOENT;
  if (fchown(fd, before.st_uid, before.st_gid) != 0 && fchown(fd, (uid_t)-1, before.st_gid) != 0)
    before.st_mode &= ~(mode_t)(S_ISUID | S_ISGID);
  return fchmod(fd, before.st_mode & 07777) == 0;
}
