/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "preview/refine.h"

enum {
  CHUNK_SIDE = 32,    /* samples a side of a chunk, at least; */
  CHUNK_SAMPLES =
    512 /* some batches for each thread, and no more: frames are shown between chunks */
};

typedef struct {
  refiner *refiner;
  bool live; /* frames are shown between chunks */
} round_of;

static rst_status refine_chunk(void *user, part_points *part, const rst_rectangle *chunk, int step,
                               rst_error *error) {
  const round_of *round = user;
  publisher *p = round->refiner->publisher;
  const points_job job = lattice_get_job(round->refiner->lattice);
  bool changed = false;
  rst_status status = part_points_refine(part, &job, chunk, step, &changed, error);

  if (changed)
    publisher_mark_lattice(p, chunk, step);
  if (status == RST_OK && round->live && changed && publisher_is_due(p))
    status = publisher_show(p, PREVIEW_REFINING, error);
  return status;
}

/* All points of a part in an area on one lattice. */
static rst_status refine_part(refiner *r, int index, const rst_rectangle *area, int step, bool live,
                              rst_error *error) {
  part_points *part = r->lattice->parts[index];
  const rst_rectangle box = part->part.box;
  const rst_rectangle inside = rect_intersect(area, &box);
  const int side =
    live ? lattice_choose_side(r->lattice, CHUNK_SIDE, CHUNK_SAMPLES) : LATTICE_WHOLE;
  round_of round = {r, live};
  int64_t finished;
  rst_status status;

  if (rect_is_empty(&inside) || rst_partial_count(part->partial, &finished) == finished)
    return RST_OK;
  status = work_set_encode(r->set, index, error);
  if (status == RST_OK)
    status = lattice_walk(part, &inside, step, side, refine_chunk, &round, error);
  return status;
}

static rst_status refine_parts(refiner *r, const rst_rectangle *area, int step, bool live,
                               rst_error *error) {
  rst_status status = RST_OK;

  for (int i = 0; i < r->lattice->count && status == RST_OK; i++)
    status = refine_part(r, i, area, step, live, error);
  return status;
}

/* All of a part's boundary is restored before any more of its inside, since how it differs from the
 * picture there concerns all points. */
static rst_status match_parts(refiner *r, rst_error *error) {
  const points_job job = lattice_get_job(r->lattice);
  rst_status status = RST_OK;

  for (int i = 0; i < r->lattice->count && status == RST_OK && request_is_matched(r->work); i++) {
    part_points *part = r->lattice->parts[i];

    if (rst_partial_is_matched(part->partial))
      continue;
    status = work_set_encode(r->set, i, error);
    if (status == RST_OK)
      status = part_points_match(part, &job, error);
    publisher_mark(r->publisher, &part->box);
  }
  return status;
}

/* The finest step that is requested of what is visible. */
static int choose_last_step(const refiner *r) {
  int step = 1;

  while (r->brief && step < LATTICE_COARSEST && 2 * step * r->work->view.zoom <= 1.5)
    step *= 2;
  return step;
}

rst_status refiner_run(refiner *r, rst_error *error) {
  const rst_rectangle all = r->work->pixels->box, visible = request_get_first_area(r->work);
  const int last = choose_last_step(r);
  int passes = 1, first;
  rst_status status = RST_OK;

  rst_parameters_steps(&r->work->parameters, r->work->model, NULL, &passes, NULL);
  first = MAX(last, lattice_choose_step(r->lattice, &visible, passes));

  publisher_begin(r->publisher);
  status = explorer_suggest(r->explorer, error);
  if (status == RST_OK)
    status = hint_fields_update(r->hints, error);
  for (int step = first; step >= last && status == RST_OK; step /= 2) {
    status = refine_parts(r, &visible, step, step < first, error);
    if (status == RST_OK)
      status = publisher_show(r->publisher, PREVIEW_REFINING, error);
    if (status == RST_OK)
      publisher_finish_step(r->publisher, step);
    if (status == RST_OK && step == first)
      status = explorer_inspect(r->explorer, error);
    if (status == RST_OK && step == first)
      status = match_parts(r, error);
  }
  if (status == RST_OK)
    status = publisher_show(r->publisher, PREVIEW_REFINING, error);
  if (status == RST_OK)
    status = hint_fields_measure_contour(r->hints, error);
  if (status == RST_OK)
    status = explorer_deviate_first(r->explorer, &visible, passes, error);
  if (status == RST_OK && !r->brief)
    status = refine_parts(r, &all, 1, true, error);
  return status;
}
