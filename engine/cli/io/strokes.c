/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/strokes.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/error.h"
#include "io/picture.h"

static char *to_text(const rst_picture *view, rst_cancel *cancel, GError **error) {
  rst_error cause = RST_ERROR_INIT;
  rst_hint hints[RST_HINTS_MAX];
  char text[RST_HINTS_TEXT];
  int count;
  if (rst_hints_from_strokes(view, RST_HINTS_MAX, hints, &count, cancel, &cause) != RST_OK ||
      rst_hints_write(hints, count, text, sizeof text, &cause) != RST_OK) {
    cli_fail_engine(error, &cause);
    return NULL;
  }
  return g_strdup(text);
}

char *strokes_read(const char *path, rst_cancel *cancel, int size[2], GError **error) {
  cli_image_source source = {0};
  cli_picture picture = {0};
  rst_parameters parameters;
  rst_picture view;
  char *text = NULL;
  rst_parameters_init(&parameters);
  bool good = image_source_open(&source, path, false, cancel, error);
  const rst_rectangle whole = {0, 0, source.width, source.height};
  good = good && picture_open(&picture, &source, &whole, &parameters, error);
  if (good && !picture.alpha) {
    g_set_error(error, CLI_ERROR, CLI_FAILED,
                _("%s: has no transparency, so all of it would be a hint; paint the strokes on a "
                  "transparent picture"),
                path);
    good = false;
  }
  if (good) {
    picture_view(&picture, &view);
    text = to_text(&view, cancel, error);
    size[0] = source.width;
    size[1] = source.height;
  }
  picture_clear(&picture);
  image_source_clear(&source);
  return text;
}
