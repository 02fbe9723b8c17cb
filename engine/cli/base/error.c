/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/error.h"

#include <glib/gi18n.h>
#include <vips/vips.h>

#include "messages.h"
#include "base/interrupt.h"

G_DEFINE_QUARK(cli - error - quark, cli_error)

bool cli_fail_engine(GError **error, const rst_error *cause) {
  if (cause->code == RST_CANCELLED)
    return cli_fail_interrupted(error);
  int status = CLI_FAILED;
  switch (cause->code) {
    case RST_UNKNOWN_PARAMETER:
    case RST_OUT_OF_RANGE:
    case RST_NOT_A_CHOICE:
    case RST_WRONG_TYPE:
    case RST_BAD_HINT:
      status = CLI_WRONG_USAGE;
      break;
    default:
      break;
  }
  g_autofree char *text = messages_text(cause);
  g_set_error_literal(error, CLI_ERROR, status, text);
  return false;
}

bool cli_fail_vips(GError **error, const char *path) {
  if (interrupt_signal() != 0) {
    vips_error_clear();
    return cli_fail_interrupted(error);
  }
  g_autofree char *reason = g_strdelimit(g_strstrip(vips_error_buffer_copy()), "\n", ';');
  g_set_error(error, CLI_ERROR, CLI_FAILED, "%s: %s", path, reason);
  return false;
}

bool cli_fail_interrupted(GError **error) {
  g_set_error_literal(error, CLI_ERROR, CLI_SIGNALLED + interrupt_signal(),
                      _("interrupted, nothing is written"));
  return false;
}

bool cli_fail_midway(GError **error) {
  g_set_error_literal(error, CLI_ERROR, CLI_SIGNALLED + interrupt_signal(),
                      _("interrupted; the same command goes on where it stopped"));
  return false;
}

int cli_report(GError *error) {
  int status = CLI_FAILED;
  if (error->domain == CLI_ERROR)
    status = error->code;
  else if (error->domain == G_OPTION_ERROR)
    status = CLI_WRONG_USAGE;
  cli_say("%s", error->message);
  g_error_free(error);
  return status;
}

void cli_say(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *text = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  g_printerr("restorator: %s\n", text);
}
