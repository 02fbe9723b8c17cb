/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "measure/raster.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/error.h"
#include "io/file.h"
#include "io/picture.h"
#include "measure/resize.h"

static int by_name(const void *a, const void *b) {
  return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool add_folder(GPtrArray *files, const char *folder, GError **error) {
  GDir *entries = g_dir_open(folder, 0, error);
  if (!entries)
    return false;
  g_autoptr(GPtrArray) found = g_ptr_array_new();
  for (const char *name; (name = g_dir_read_name(entries));)
    if (file_is_picture_name(name))
      g_ptr_array_add(found, g_build_filename(folder, name, NULL));
  g_dir_close(entries);
  g_ptr_array_sort(found, by_name);
  bool any = found->len > 0;
  for (guint i = 0; i < found->len; i++)
    g_ptr_array_add(files, found->pdata[i]);
  if (!any)
    g_set_error(error, CLI_ERROR, CLI_FAILED, _("%s: no pictures are in this folder"), folder);
  return any;
}

GPtrArray *raster_list(char *const *paths, GError **error) {
  GPtrArray *files = g_ptr_array_new_with_free_func(g_free);
  for (; *paths; paths++)
    if (!g_file_test(*paths, G_FILE_TEST_IS_DIR)) {
      g_ptr_array_add(files, g_strdup(*paths));
    } else if (!add_folder(files, *paths, error)) {
      g_ptr_array_unref(files);
      return NULL;
    }
  return files;
}

static float *new_pixels(int width, int height) {
  return g_new(float, (gsize)4 * width * height);
}

bool raster_read(cli_raster *raster, const char *path, rst_cancel *cancel, GError **error) {
  cli_image_source source;
  cli_picture picture = {0};
  rst_parameters parameters;
  rst_picture view;
  rst_parameters_init(&parameters);
  bool good = image_source_open(&source, path, false, cancel, error);
  const rst_rectangle whole = {0, 0, source.width, source.height};
  good = good && picture_open(&picture, &source, &whole, &parameters, error);
  if (good) {
    picture_view(&picture, &view);
    *raster =
      (cli_raster){view.width, view.height, source.grey, new_pixels(view.width, view.height)};
    view.read(view.user, 0, 0, view.width, view.height, raster->rgba);
    for (gsize i = 0; i < (gsize)view.width * view.height; i++)
      raster->rgba[4 * i + 3] = 1;
  }
  picture_clear(&picture);
  image_source_clear(&source);
  return good;
}

bool raster_read_truth(cli_raster *raster, const char *path, rst_cancel *cancel, GError **error) {
  if (!raster_read(raster, path, cancel, error))
    return false;
  if (!raster->grey)
    return true;
  g_set_error(error, CLI_ERROR, CLI_FAILED,
              _("%s: is grey; only with a colour picture can colours be compared"), path);
  raster_clear(raster);
  return false;
}

void raster_square(const cli_raster *raster, cli_raster *square) {
  int side = MIN(raster->width, raster->height);
  int x = (raster->width - side) / 2, y = (raster->height - side) / 2;
  *square = (cli_raster){side, side, raster->grey, new_pixels(side, side)};
  for (int row = 0; row < side; row++)
    memcpy(square->rgba + (gsize)4 * row * side,
           raster->rgba + 4 * ((gsize)(y + row) * raster->width + x),
           sizeof(float) * 4 * (gsize)side);
}

void raster_resize(const cli_raster *raster, int width, int height, cli_raster *resized) {
  *resized = (cli_raster){width, height, raster->grey, new_pixels(width, height)};
  resize(raster->rgba, raster->width, raster->height, 4, resized->rgba, width, height);
}

void raster_clear(cli_raster *raster) {
  g_clear_pointer(&raster->rgba, g_free);
}

static bool read_frame(void *user, int x, int y, int w, int h, float *rgba) {
  const cli_raster *raster = user;
  for (int row = 0; row < h; row++)
    memcpy(rgba + (gsize)4 * row * w, raster->rgba + 4 * ((gsize)(y + row) * raster->width + x),
           sizeof(float) * 4 * (gsize)w);
  return true;
}

rst_status raster_encode(const cli_raster *raster, rst_session *session, rst_model *model,
                         const rst_window *window, rst_cancel *cancel, rst_encoding **encoding,
                         rst_error *error) {
  const rst_picture picture = {.size = sizeof picture,
                               .width = raster->width,
                               .height = raster->height,
                               .user = (void *)raster,
                               .read = read_frame};
  const rst_hooks hooks = {.size = sizeof hooks, .cancel = cancel};
  rst_parameters parameters;
  rst_parameters_init(&parameters);
  return rst_encode_window(session, model, &parameters, &picture, window, &hooks, encoding, error);
}
