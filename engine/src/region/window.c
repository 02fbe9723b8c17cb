/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A window of a picture → its encoding: the one place where a window is read.
 */
#include <stdlib.h>

#include "base/complete.h"
#include "base/memory.h"
#include "base/session.h"
#include "base/status.h"
#include "network/encoder.h"
#include "parameters/parameters.h"
#include "region/input.h"
#include "region/parts.h"

rst_status rst_encode(rst_session *session, rst_model *model, const rst_input *input,
                      rst_cancel *cancel, rst_encoding **encoding, rst_error *error) {
  float *values;
  rst_status status;

  if (!session || !model || !input || !rst_input_is_complete(input, model))
    return rst_fail_call(error, "rst_encode");
  values = rst_floats((size_t)model->input_size * (size_t)model->input_size);
  if (!values)
    return rst_fail_memory(error);
  if (rst_input_finish(input, values))
    status =
      rst_encode_values(session, model, values, rst_input_window(input), cancel, encoding, error);
  else
    status = rst_fail(error, RST_EMPTY_INPUT, NULL, NULL, NULL,
                      "the network would see nothing: select less or raise the context");
  free(values);
  return status;
}

static void report(const rst_hooks *hooks, rst_phase phase) {
  if (hooks && hooks->progress)
    hooks->progress(hooks->user, phase, 0);
}

/* The window's pixels into an input; what is covered is kept from it where the region is hidden. */
static rst_status read_input(rst_input *input, const rst_picture *picture, bool hide,
                             const rst_hooks *hooks, rst_error *error) {
  rst_rectangle box;
  int rows;
  float *rgba, *hidden = NULL;
  rst_status status = RST_OK;

  rst_input_get_box(input, &box);
  rows = rst_band_rows(box.width, box.height);
  rgba = rst_floats((size_t)box.width * (size_t)rows * 5);
  if (!rgba)
    return rst_fail_memory(error);
  if (hide)
    hidden = rgba + (size_t)box.width * (size_t)rows * 4;
  for (int done = 0; done < box.height && status == RST_OK; done += rows) {
    const int count = box.height - done < rows ? box.height - done : rows;

    report(hooks, RST_PHASE_READING);
    if (hooks && rst_cancelled(hooks->cancel))
      status = rst_fail_cancelled(error);
    else if (hidden
               ? !rst_read_covered(picture, box.x, box.y + done, box.width, count, rgba, hidden)
               : !picture->read(picture->user, box.x, box.y + done, box.width, count, rgba))
      status = rst_fail_host(error);
    else
      status = rst_input_add(input, count, rgba, hidden, error);
  }
  free(rgba);
  return status;
}

/* One window's encoding. */
static rst_status encode_one(rst_session *session, rst_model *model,
                             const rst_parameters *parameters, const rst_picture *picture,
                             const rst_window *window, const rst_hooks *hooks,
                             rst_encoding **encoding, rst_error *error) {
  rst_input *input;
  rst_status status = rst_input_new(model, window, picture->width, picture->height, &input, error);

  if (status != RST_OK)
    return status;
  status = read_input(input, picture, parameters->hide_region, hooks, error);
  if (status == RST_OK) {
    report(hooks, RST_PHASE_ENCODING);
    status = rst_encode(session, model, input, hooks ? hooks->cancel : NULL, encoding, error);
  }
  rst_input_free(input);
  return status;
}

static bool touches(const rst_window *a, const rst_window *b) {
  return a->x < (int64_t)b->x + b->side && b->x < (int64_t)a->x + a->side &&
         a->y < (int64_t)b->y + b->side && b->y < (int64_t)a->y + a->side;
}

/* Whether a window shows anything of the picture. */
static bool is_inside(const rst_window *w, const rst_picture *picture) {
  return w->x < picture->width && w->y < picture->height && w->x + w->side > 0 &&
         w->y + w->side > 0;
}

/* The windows of the faces that the part's own one touches. One that would show nothing, since all
 * in it is hidden, is left out. */
static rst_status encode_faces(rst_session *session, rst_model *model,
                               const rst_parameters *parameters, const rst_picture *picture,
                               const rst_hooks *hooks, rst_encoding *whole, rst_error *error) {
  rst_face faces[RST_FACES_MAX];
  int count;
  rst_status status = rst_faces_parse(parameters->faces, faces, &count, error);

  if (status != RST_OK || count == 0)
    return status;
  whole->views = rst_array((size_t)count, sizeof *whole->views);
  if (!whole->views)
    return rst_fail_memory(error);
  for (int i = 0; i < count && status == RST_OK; i++) {
    rst_window window;

    rst_face_window(&faces[i], &window);
    if (!touches(&window, &whole->window) || !is_inside(&window, picture))
      continue;
    status = encode_one(session, model, parameters, picture, &window, hooks,
                        &whole->views[whole->view_count], error);
    whole->view_count += status == RST_OK;
    if (status == RST_EMPTY_INPUT)
      status = RST_OK;
  }
  return status;
}

rst_status rst_encode_window(rst_session *session, rst_model *model,
                             const rst_parameters *parameters, const rst_picture *picture,
                             const rst_window *window, const rst_hooks *hooks,
                             rst_encoding **encoding, rst_error *error) {
  RST_FREED rst_parameters *own = NULL;
  rst_picture all_picture;
  rst_hooks all_hooks;
  rst_encoding *made = NULL;
  rst_status status;

  if (!session || !rst_take_picture(&picture, &all_picture) ||
      !rst_complete_hooks(&hooks, &all_hooks) || !encoding)
    return rst_fail_call(error, "rst_encode_window");
  status = rst_whole_parameters(&parameters, &own, "rst_encode_window", error);
  if (status == RST_OK)
    status = encode_one(session, model, parameters, picture, window, hooks, &made, error);
  if (status == RST_OK && parameters->window_kind == RST_WINDOW_FACES)
    status = encode_faces(session, model, parameters, picture, hooks, made, error);
  if (status == RST_OK)
    *encoding = made;
  else
    rst_encoding_unref(made);
  return status;
}
