/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L /* O_CLOEXEC */

#include "jobs/temporary.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>

char *temporary_make(const char *target) {
  g_autofree char *folder = g_path_get_dirname(target);
  char *path = g_strdup_printf("%s/.restorator-XXXXXX%s", folder, strrchr(target, '.'));
  const int fd = g_mkstemp_full(path, O_WRONLY | O_CLOEXEC, 0666);

  if (fd >= 0) {
    g_close(fd, NULL);
    return path;
  }
  g_free(path);
  return NULL;
}

gboolean temporary_finish(char *path, const char *target) {
  const gboolean done = g_rename(path, target) == 0;
  const int why = errno;

  if (done)
    g_free(path);
  else
    temporary_drop(path);
  errno = why;
  return done;
}

void temporary_drop(char *path) {
  g_unlink(path);
  g_free(path);
}
