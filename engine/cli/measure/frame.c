/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "measure/frame.h"

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

GPtrArray *frame_list(char *const *paths, GError **error) {
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

bool frame_read(cli_frame *frame, const char *path, rst_cancel *cancel, GError **error) {
  cli_source source;
  cli_picture picture = {0};
  rst_parameters parameters;
  rst_picture view;
  rst_parameters_init(&parameters);
  bool good = source_open(&source, path, false, cancel, error);
  const rst_rectangle whole = {0, 0, source.width, source.height};
  good = good && picture_open(&picture, &source, &whole, &parameters, error);
  if (good) {
    picture_view(&picture, &view);
    *frame = (cli_frame){view.width, view.height, source.grey, new_pixels(view.width, view.height)};
    view.read(view.user, 0, 0, view.width, view.height, frame->rgba);
    for (gsize i = 0; i < (gsize)view.width * view.height; i++)
      frame->rgba[4 * i + 3] = 1;
  }
  picture_clear(&picture);
  source_clear(&source);
  return good;
}

bool frame_read_truth(cli_frame *frame, const char *path, rst_cancel *cancel, GError **error) {
  if (!frame_read(frame, path, cancel, error))
    return false;
  if (!frame->grey)
    return true;
  g_set_error(error, CLI_ERROR, CLI_FAILED,
              _("%s: is grey; only with a colour picture can colours be compared"), path);
  frame_clear(frame);
  return false;
}

void frame_square(const cli_frame *frame, cli_frame *square) {
  int side = MIN(frame->width, frame->height);
  int x = (frame->width - side) / 2, y = (frame->height - side) / 2;
  *square = (cli_frame){side, side, frame->grey, new_pixels(side, side)};
  for (int row = 0; row < side; row++)
    memcpy(square->rgba + (gsize)4 * row * side,
           frame->rgba + 4 * ((gsize)(y + row) * frame->width + x),
           sizeof(float) * 4 * (gsize)side);
}

void frame_resize(const cli_frame *frame, int width, int height, cli_frame *resized) {
  *resized = (cli_frame){width, height, frame->grey, new_pixels(width, height)};
  resize(frame->rgba, frame->width, frame->height, 4, resized->rgba, width, height);
}

void frame_clear(cli_frame *frame) {
  g_clear_pointer(&frame->rgba, g_free);
}

static bool read_frame(void *user, int x, int y, int w, int h, float *rgba) {
  const cli_frame *frame = user;
  for (int row = 0; row < h; row++)
    memcpy(rgba + (gsize)4 * row * w, frame->rgba + 4 * ((gsize)(y + row) * frame->width + x),
           sizeof(float) * 4 * (gsize)w);
  return true;
}

rst_status frame_encode(const cli_frame *frame, rst_session *session, rst_model *model,
                        const rst_window *window, rst_cancel *cancel, rst_encoding **encoding,
                        rst_error *error) {
  const rst_picture picture = {.size = sizeof picture,
                               .width = frame->width,
                               .height = frame->height,
                               .user = (void *)frame,
                               .read = read_frame};
  const rst_hooks hooks = {.size = sizeof hooks, .cancel = cancel};
  rst_parameters parameters;
  rst_parameters_init(&parameters);
  return rst_encode_window(session, model, &parameters, &picture, window, &hooks, encoding, error);
}
