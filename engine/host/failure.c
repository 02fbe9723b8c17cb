/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "failure.h"

#include <glib.h>

rst_status failure(rst_error *error, rst_status status, const char *message) {
  if (error) {
    rst_error_init(error);
    error->code = status;
    g_strlcpy(error->message, message, sizeof error->message);
  }
  return status;
}

rst_status failure_of_memory(rst_error *error) {
  return failure(error, RST_NO_MEMORY, "memory ran out");
}

rst_status failure_of_picture(rst_error *error) {
  return failure(error, RST_HOST_FAILED, "the picture could not be accessed");
}
