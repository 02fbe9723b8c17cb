/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A request: which result the caller wants of which picture, and what of it is visible.
 *
 * It is a plain value with references to a model and to two copies of the picture. Two requests
 * are told apart by serial numbers, since comparing pixels would take long.
 *
 * Thread: any, one at a time.
 */
#ifndef REQUEST_H
#define REQUEST_H

#include <restorator.h>

#include "preview/frame.h"

typedef struct request {
  rst_model *model; /* NULL: nothing is to be restored */
  rst_parameters parameters;
  viewport view;
  tiles *pixels, *coverage; /* of the picture; of the selection in `region` */
  bool is_photo; /* an old photograph, which is prepared first, … */
  rst_photo_settings photo; /* … in this way, … */
  GBytes *edits; /* … an rst_edit for each pixel of `region`; NULL: none */
  tiles *prepared; /* the worker's: what it has become, in place of `pixels`; NULL: not yet */
  rst_rectangle region;
  guint64 pixels_serial, region_serial;
  guint64 result_serial; /* of setup, region and picture: what the result depends on */
  gint64 changed_at;     /* monotonic time at which that serial changed */
  bool running;
  bool inspecting;         /* a trajectory is requested, … */
  int inspect_x, inspect_y; /* … of this pixel of the picture */
  guint64 inspect_serial;
  int seeds; /* of the uncertainty; below 2: none is requested */
  bool suggesting;          /* colours are requested for … */
  int suggest_x, suggest_y; /* … this pixel of the picture */
  guint64 suggest_serial;
  bool contouring; /* how far that hint reaches is requested */
  rst_hint contour_hint;
  guint64 contour_serial;
} request;

/* Releases what the request holds. */
void request_clear(request *r);
/* Makes `to` the same request, with references of its own. */
void request_copy(request *to, const request *from);
/* NULL is allowed. */
void request_set_model(request *r, rst_model *model);
/* Gives the request an empty copy of the selection in `box` and, with `pixels`, of the picture.
 * False where memory ran out; then the request is as before. */
bool request_set_picture(request *r, const rst_picture *picture, const rst_rectangle *box,
                         bool pixels);
/* The result has become another one, from now on. */
void request_change_result(request *r);

/* What is to be restored: the picture, or what it was prepared to. */
const tiles *request_get_pixels(const request *r);
/* The same as the engine reads it until it is cancelled; valid as long as the request. What is not
 * read yet must not be looked at. */
rst_picture request_get_picture(const request *r, const rst_cancel *cancel);
/* The picture as it was before. */
rst_picture request_get_source(const request *r, const rst_cancel *cancel);
/* Whether parts are matched to their surroundings. */
bool request_is_matched(const request *r);
/* The visible part of the picture. */
rst_rectangle request_get_visible_area(const request *r);
/* The visible part, or the whole picture where nothing is visible. */
rst_rectangle request_get_first_area(const request *r);
/* The selection's box with the pixels beside it, where the boundary is. It may reach beyond the
 * picture. */
rst_rectangle request_get_bordered_region(const request *r);

#endif
