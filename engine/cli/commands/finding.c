/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/finding.h"

#include <stdlib.h>

#include "base/error.h"
#include "base/interrupt.h"
#include "io/file.h"
#include "io/picture.h"
#include "io/text_file.h"

static bool open_finder(finding *f, const char *name, int threads, GError **error) {
  rst_error cause = RST_ERROR_INIT;
  char path[4096];

  return (rst_find(RST_KIND_FINDER, name, path, sizeof path, &cause) == RST_OK &&
          rst_finder_read(path, &f->finder, &cause) == RST_OK &&
          rst_session_new(threads, &f->session, &cause) == RST_OK) ||
         cli_fail_engine(error, &cause);
}

static bool look_at(finding *f, const char *path, finding_look look, GError **error) {
  rst_parameters parameters;
  cli_image_source source = {NULL};
  cli_picture picture = {0};
  rst_picture view;
  bool good = image_source_open(&source, path, false, f->cancel, error);

  rst_parameters_init(&parameters);
  if (good) {
    const rst_rectangle box = {0, 0, source.width, source.height};

    good = picture_open(&picture, &source, &box, &parameters, error);
  }
  if (good) {
    picture_view(&picture, &view);
    good = look(f, &source, &view, error);
  }
  picture_clear(&picture);
  image_source_clear(&source);
  return good;
}

static bool write_json(const finding *f, const char *path, GError **error) {
  size_t size;
  char *text = yyjson_mut_write(f->json, YYJSON_WRITE_PRETTY, &size);
  const bool good = text_file_write(path, text, size, error);

  free(text);
  return good;
}

bool finding_run(const void *options, const char *finder, char *const *paths, int threads,
                 const char *json, finding_look look, GError **error) {
  struct finding f = {.options = options, .many = paths[1], .cancel = interrupt_catch()};
  bool good = (!json || file_check_place(json, error)) && open_finder(&f, finder, threads, error);

  if (json) {
    f.json = yyjson_mut_doc_new(NULL);
    yyjson_mut_doc_set_root(f.json, yyjson_mut_obj(f.json));
    yyjson_mut_obj_add_arr(f.json, yyjson_mut_doc_get_root(f.json), "pictures");
  }
  for (; good && *paths; paths++)
    good = look_at(&f, *paths, look, error);
  good = good && (!json || write_json(&f, json, error));
  yyjson_mut_doc_free(f.json);
  rst_session_free(f.session);
  rst_finder_unref(f.finder);
  return good;
}

yyjson_mut_val *finding_list(finding *f, const cli_image_source *source) {
  yyjson_mut_val *root = yyjson_mut_doc_get_root(f->json);
  yyjson_mut_val *one = yyjson_mut_arr_add_obj(f->json, yyjson_mut_obj_get(root, "pictures"));
  g_autofree char *name = g_filename_display_name(source->path);

  yyjson_mut_obj_add_strcpy(f->json, one, "picture", name);
  yyjson_mut_obj_add_int(f->json, one, "width", source->width);
  yyjson_mut_obj_add_int(f->json, one, "height", source->height);
  return one;
}

bool finding_draw(const finding *f, const cli_image_source *source, const char *path,
                  void (*mark)(cli_drawing *drawing, const void *data), const void *data,
                  GError **error) {
  g_autoptr(VipsImage) image = image_source_stream(source, error);
  cli_drawing drawing;
  bool good;

  if (!image || !drawing_init_over(&drawing, image, error))
    return false;
  mark(&drawing, data);
  good = drawing_write(&drawing, path, f->cancel, error);
  drawing_clear(&drawing);
  return good;
}
