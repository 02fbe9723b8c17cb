/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "preview/request.h"

void request_clear(request *r) {
  g_clear_pointer(&r->model, rst_model_unref);
  g_clear_pointer(&r->pixels, tiles_unref);
  g_clear_pointer(&r->coverage, tiles_unref);
  g_clear_pointer(&r->prepared, tiles_unref);
  g_clear_pointer(&r->edits, g_bytes_unref);
}

void request_copy(request *to, const request *from) {
  if (from->model)
    rst_model_ref(from->model);
  if (from->pixels)
    tiles_ref(from->pixels);
  if (from->coverage)
    tiles_ref(from->coverage);
  if (from->prepared)
    tiles_ref(from->prepared);
  if (from->edits)
    g_bytes_ref(from->edits);
  request_clear(to);
  *to = *from;
}

void request_set_model(request *r, rst_model *model) {
  rst_model *old = r->model;

  r->model = model ? rst_model_ref(model) : NULL;
  rst_model_unref(old);
}

bool request_set_picture(request *r, const rst_picture *picture, const rst_rectangle *box,
                         bool pixels) {
  const rst_rectangle whole = {0, 0, picture->width, picture->height};
  const rst_rectangle region = rect_intersect(box, &whole);
  tiles *coverage = tiles_new(&region, 1);
  tiles *copy = pixels ? tiles_new(&whole, 4) : tiles_ref(r->pixels);

  if (!coverage || !copy) {
    tiles_unref(coverage);
    tiles_unref(copy);
    return false;
  }
  tiles_unref(r->coverage);
  tiles_unref(r->pixels);
  r->coverage = coverage;
  r->pixels = copy;
  r->region = region;
  r->region_serial++;
  r->pixels_serial += pixels;
  return true;
}

void request_change_result(request *r) {
  r->result_serial++;
  r->changed_at = g_get_monotonic_time();
}

static bool copied_read(void *user, int x, int y, int w, int h, float *rgba) {
  tiles_read(request_get_pixels(user), &(rst_rectangle){x, y, w, h}, rgba);
  return true;
}

static bool source_read(void *user, int x, int y, int w, int h, float *rgba) {
  tiles_read(((const request *)user)->pixels, &(rst_rectangle){x, y, w, h}, rgba);
  return true;
}

static bool copied_coverage(void *user, int x, int y, int w, int h, float *coverage) {
  tiles_read(((const request *)user)->coverage, &(rst_rectangle){x, y, w, h}, coverage);
  return true;
}

const tiles *request_get_pixels(const request *r) {
  return r->prepared ? r->prepared : r->pixels;
}

rst_picture request_get_source(const request *r, const rst_cancel *cancel) {
  return (rst_picture){.size = sizeof(rst_picture),
                       .width = r->pixels->box.width,
                       .height = r->pixels->box.height,
                       .user = (void *)(guintptr)r,
                       .read = source_read,
                       .read_coverage = copied_coverage,
                       .rgba = r->pixels->values,
                       .cancel = cancel};
}

rst_picture request_get_picture(const request *r, const rst_cancel *cancel) {
  rst_picture picture = request_get_source(r, cancel);

  picture.read = copied_read;
  picture.rgba = request_get_pixels(r)->values;
  return picture;
}

bool request_is_matched(const request *r) {
  return rst_resolve_match(&r->parameters);
}

rst_rectangle request_get_visible_area(const request *r) {
  return viewport_get_area(&r->view, &r->pixels->box);
}

rst_rectangle request_get_first_area(const request *r) {
  const rst_rectangle visible = request_get_visible_area(r);

  return rect_is_empty(&visible) ? r->pixels->box : visible;
}

rst_rectangle request_get_bordered_region(const request *r) {
  return (rst_rectangle){r->region.x - 1, r->region.y - 1, r->region.width + 2,
                         r->region.height + 2};
}
