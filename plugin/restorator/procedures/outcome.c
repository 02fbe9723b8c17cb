/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "procedures/outcome.h"

#include "messages.h"
#include "visible.h"

static gboolean is_callers_fault(const GError *error) {
  switch (error->code) {
    case RST_BAD_CALL:
    case RST_UNKNOWN_PARAMETER:
    case RST_OUT_OF_RANGE:
    case RST_NOT_A_CHOICE:
    case RST_WRONG_TYPE:
    case RST_BAD_HINT:
    case RST_NO_SUCH_MODEL:
    case RST_NO_SUCH_PRESET:
    case RST_PRESET_MISFIT:
      return TRUE;
    default:
      return FALSE;
  }
}

/* GIMP shows the message as it is, in a terminal too. */
GimpValueArray *outcome_failed(GimpProcedure *procedure, GError *error) {
  char *message = error->message;

  error->message = visible_text(message);
  g_free(message);
  return gimp_procedure_new_return_values(
    procedure, is_callers_fault(error) ? GIMP_PDB_CALLING_ERROR : GIMP_PDB_EXECUTION_ERROR, error);
}
