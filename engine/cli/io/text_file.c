/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/text_file.h"

#include <errno.h>
#include <glib/gi18n.h>

#include "base/error.h"
#include "io/file.h"
#include "io/temporary.h"
#include "target.h"

bool text_file_write(const char *path, const char *text, gsize size, GError **error) {
  cli_temporary temporary = {.fd = -1};
  if (!text) {
    g_set_error_literal(error, CLI_ERROR, CLI_FAILED, _("memory ran out"));
    return false;
  }
  if (!file_check_place(path, error))
    return false;
  g_autofree char *target = target_follow(path);
  const bool good = target && temporary_open(&temporary, target) &&
                    temporary_write(temporary.fd, text, size) &&
                    temporary_finish(&temporary, target);
  if (!good)
    g_set_error(error, CLI_ERROR, CLI_FAILED, "%s: %s", path, g_strerror(errno));
  temporary_drop(&temporary);
  return good;
}
