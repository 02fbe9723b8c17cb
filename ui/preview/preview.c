/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The caller's side: requests are put into the mailbox, reports are taken out of it.
 */
#include "preview/preview.h"

#include <string.h>

#include "failure.h"
#include "preview/worker.h"

enum { BAND_PIXELS = 1 << 18 /* of the result, handed over at a time */ };

struct preview {
  mailbox mailbox;
  tile_reader reader;
  worker worker;
};

/* ---- new and free ---- */

rst_status preview_new(const rst_picture *picture, const rst_rectangle *box, int threads,
                       void (*changed)(void *user), void *user, preview **made, rst_error *error) {
  const bool brief = threads == PREVIEW_BRIEF;
  preview *p = g_new0(preview, 1);
  mailbox *m = &p->mailbox;
  rst_status status;

  if (mailbox_init(m, changed, user) && request_set_picture(&m->newest, picture, box, true))
    status = RST_OK;
  else
    status = failure_of_memory(error);
  m->newest.running = true;
  tile_reader_init(&p->reader, m, &p->worker.work, picture);
  worker_init(&p->worker, m, &p->reader, brief ? 1 : threads, brief);
  if (status == RST_OK)
    status = worker_start(&p->worker, error);
  if (status == RST_OK)
    *made = p;
  else
    preview_free(p);
  return status;
}

void preview_free(preview *p) {
  if (!p)
    return;
  worker_clear(&p->worker);
  tile_reader_clear(&p->reader);
  mailbox_clear(&p->mailbox);
  g_free(p);
}

int preview_get_threads(const preview *p) {
  return rst_session_threads(p->worker.session);
}

/* ---- requests ---- */

/* Under the lock: what is reported from here on is of another result. */
static void change_result(mailbox *m) {
  preview_status *status = &m->report.status;

  request_change_result(&m->newest);
  status->step = 0;
  status->first = 0;
  status->deviated = 0;
  mailbox_send(m);
}

void preview_set_setup(preview *p, rst_model *model, const rst_parameters *parameters) {
  mailbox *m = &p->mailbox;

  mailbox_lock(m);
  request_set_model(&m->newest, model);
  m->newest.parameters = *parameters;
  change_result(m);
  mailbox_unlock(m);
}

void preview_set_viewport(preview *p, const viewport *v) {
  mailbox *m = &p->mailbox;

  mailbox_lock(m);
  if (!viewport_is_same(&m->newest.view, v)) {
    m->newest.view = *v;
    mailbox_send(m);
  }
  mailbox_unlock(m);
}

static bool change_picture(mailbox *m, const rst_picture *picture, const rst_rectangle *box,
                           bool pixels) {
  bool changed;

  mailbox_lock(m);
  changed = request_set_picture(&m->newest, picture, box, pixels);
  if (changed)
    change_result(m);
  if (changed) /* they are of another region */
    g_clear_pointer(&m->newest.edits, g_bytes_unref);
  if (changed && pixels)
    m->report.searched = false;
  mailbox_unlock(m);
  return changed;
}

void preview_set_region(preview *p, const rst_rectangle *box) {
  /* Where memory runs out the older region stays, and stays valid. */
  change_picture(&p->mailbox, &p->reader.picture, box, false);
}

rst_status preview_set_picture(preview *p, const rst_picture *picture, const rst_rectangle *box,
                               rst_error *error) {
  if (!change_picture(&p->mailbox, picture, box, true))
    return failure_of_memory(error);
  p->reader.picture = *picture;
  return RST_OK;
}

void preview_set_photo(preview *p, const rst_photo_settings *settings, GBytes *edits) {
  mailbox *m = &p->mailbox;
  request *r = &m->newest;

  mailbox_lock(m);
  r->is_photo = settings != NULL;
  if (settings)
    r->photo = *settings;
  g_clear_pointer(&r->edits, g_bytes_unref);
  r->edits = edits ? g_bytes_ref(edits) : NULL;
  r->pixels_serial++; /* for all that comes after it is another picture */
  change_result(m);
  mailbox_unlock(m);
}

void preview_set_running(preview *p, bool running) {
  mailbox *m = &p->mailbox;

  mailbox_lock(m);
  if (m->newest.running != running) {
    m->newest.running = running;
    mailbox_send(m);
  }
  mailbox_unlock(m);
}

void preview_set_inspected(preview *p, bool inspecting, int x, int y) {
  mailbox *m = &p->mailbox;
  request *r = &m->newest;

  mailbox_lock(m);
  if (r->inspecting != inspecting || (inspecting && (r->inspect_x != x || r->inspect_y != y))) {
    r->inspecting = inspecting;
    r->inspect_x = x;
    r->inspect_y = y;
    r->inspect_serial++;
    mailbox_send(m);
  }
  if (!inspecting)
    g_clear_pointer(&m->report.trajectory, trajectory_unref);
  mailbox_unlock(m);
}

void preview_set_uncertainty(preview *p, int seeds) {
  mailbox *m = &p->mailbox;

  mailbox_lock(m);
  if (m->newest.seeds != seeds) {
    m->newest.seeds = seeds;
    m->report.status.deviated = 0;
    mailbox_send(m);
  }
  mailbox_unlock(m);
}

void preview_set_suggestion(preview *p, bool wanted, int x, int y) {
  mailbox *m = &p->mailbox;
  request *r = &m->newest;

  mailbox_lock(m);
  m->report.suggested = false;
  r->suggesting = wanted;
  if (wanted) {
    r->suggest_x = x;
    r->suggest_y = y;
    r->suggest_serial++;
    mailbox_send(m);
  }
  mailbox_unlock(m);
}

void preview_set_contour(preview *p, const rst_hint *hint) {
  mailbox *m = &p->mailbox;
  request *r = &m->newest;

  mailbox_lock(m);
  r->contouring = hint != NULL;
  if (hint) {
    r->contour_hint = *hint;
    r->contour_serial++;
    mailbox_send(m);
  } else {
    g_clear_pointer(&m->report.contour, contour_unref);
  }
  mailbox_unlock(m);
}

void preview_set_trace(preview *p,
                       void (*restored)(void *user, const part_points *c, int x, int y, int step),
                       void *user) {
  p->worker.lattice.trace = restored;
  p->worker.lattice.trace_user = user;
}

/* ---- reports ---- */

void preview_get_status(preview *p, preview_status *status) {
  mailbox *m = &p->mailbox;

  mailbox_lock(m);
  *status = m->report.status;
  /* The last report is still of an older request. */
  if (mailbox_is_superseded(m))
    status->phase = PREVIEW_REFINING;
  mailbox_unlock(m);
}

/* What is reported as `field` now, for the caller to unreference; NULL for nothing. */
#define DEFINE_GET(type, name, field)                    \
  type *preview_get_##name(preview *p) {                 \
    report *from = &p->mailbox.report;                   \
    type *held;                                          \
                                                         \
    mailbox_lock(&p->mailbox);                           \
    held = from->field ? type##_ref(from->field) : NULL; \
    mailbox_unlock(&p->mailbox);                         \
    return held;                                         \
  }

DEFINE_GET(frame, frame, frame)
DEFINE_GET(trajectory, trajectory, trajectory)
DEFINE_GET(contour, contour, contour)
DEFINE_GET(photo_found, photo, photo)

bool preview_get_plan(preview *p, rst_plan *plan) {
  mailbox *m = &p->mailbox;
  bool found;

  mailbox_lock(m);
  found = m->report.plan.count > 0;
  if (found)
    *plan = m->report.plan;
  mailbox_unlock(m);
  return found;
}

/* Under the lock, which it releases. */
static bool copy_faces(mailbox *m, bool known, const char *from, char *faces) {
  if (known)
    g_strlcpy(faces, from, RST_FACES_TEXT);
  mailbox_unlock(m);
  return known;
}

bool preview_get_faces(preview *p, char *faces) {
  mailbox *m = &p->mailbox;

  mailbox_lock(m);
  return copy_faces(m, m->report.plan.count > 0, m->report.faces, faces);
}

bool preview_get_found_faces(preview *p, char *faces) {
  mailbox *m = &p->mailbox;

  mailbox_lock(m);
  return copy_faces(m, m->report.searched, m->report.found, faces);
}

rst_encoding *preview_get_encoding(preview *p, int part) {
  mailbox *m = &p->mailbox;
  rst_encoding *encoding = NULL;

  mailbox_lock(m);
  if (part >= 0 && part < m->report.plan.count && m->report.encodings[part])
    encoding = rst_encoding_ref(m->report.encodings[part]);
  mailbox_unlock(m);
  return encoding;
}

bool preview_get_suggestions(preview *p, rst_swatch *swatches, int *count) {
  mailbox *m = &p->mailbox;
  bool found;

  mailbox_lock(m);
  found = m->report.suggested;
  if (found) {
    *count = m->report.swatch_count;
    memcpy(swatches, m->report.swatches, (gsize)*count * sizeof *swatches);
  }
  mailbox_unlock(m);
  return found;
}

/* ---- the result ---- */

/* A band of what is handed over. */
typedef struct {
  rst_rectangle box;
  float *rgb, *coverage, *before, *after; /* (…, 3), (…), (…, 4), (…, 4) */
} band;

static bool band_init(band *b, const rst_rectangle *box) {
  const gsize rows = (gsize)MAX(1, BAND_PIXELS / box->width);
  const gsize pixels = (gsize)box->width * rows;

  *b = (band){.box = {box->x, box->y, box->width, (int)rows}};
  b->rgb = g_try_malloc0_n(pixels, 3 * sizeof *b->rgb);
  b->coverage = g_try_malloc_n(pixels, sizeof *b->coverage);
  b->before = g_try_malloc_n(pixels, 4 * sizeof *b->before);
  b->after = g_try_malloc_n(pixels, 4 * sizeof *b->after);
  return b->rgb && b->coverage && b->before && b->after;
}

static void band_clear(band *b) {
  g_free(b->rgb);
  g_free(b->coverage);
  g_free(b->before);
  g_free(b->after);
}

static gsize count_pixels(const band *b) {
  return (gsize)b->box.width * (gsize)b->box.height;
}

/* What a photograph's points become, joined with what it was prepared to. */
static void apply_strength(const request *work, band *b) {
  tiles_read(work->prepared, &b->box, b->after);
  for (gsize i = 0; i < count_pixels(b); i++)
    rst_apply_strength(work->parameters.strength, 3, b->after + 4 * i, b->rgb + 3 * i,
                       b->rgb + 3 * i);
}

static rst_status read_points(const request *work, const part_points *c, band *b,
                              rst_error *error) {
  const rst_status status = rst_partial_read(c->partial, &b->box, 1, b->rgb, b->coverage, error);

  if (status == RST_OK && work->prepared)
    apply_strength(work, b);
  return status;
}

/* Pixels that stayed as they were are not covered. */
static rst_status read_prepared(const request *work, const part_points *c, band *b,
                                rst_error *error) {
  (void)c, (void)error;
  tiles_read(work->pixels, &b->box, b->before);
  tiles_read(work->prepared, &b->box, b->after);
  tiles_read(work->coverage, &b->box, b->coverage);
  for (gsize i = 0; i < count_pixels(b); i++) {
    for (gsize k = 0; k < 3; k++)
      b->rgb[3 * i + k] = CLAMP(b->after[4 * i + k], 0, 1);
    if (memcmp(b->before + 4 * i, b->after + 4 * i, 3 * sizeof *b->rgb) == 0)
      b->coverage[i] = 0;
  }
  return RST_OK;
}

static rst_status write_box(const rst_picture *picture, const request *work,
                            const rst_rectangle *box, const part_points *c,
                            rst_status (*read)(const request *work, const part_points *c, band *b,
                                               rst_error *error),
                            rst_error *error) {
  rst_status status = RST_OK;
  band b;

  if (!band_init(&b, box))
    status = failure_of_memory(error);
  for (int y = box->y, rows = b.box.height; y < box->y + box->height && status == RST_OK;
       y += rows) {
    b.box.y = y;
    b.box.height = MIN(rows, box->y + box->height - y);
    status = read(work, c, &b, error);
    if (status == RST_OK && !picture->write(picture->user, b.box.x, b.box.y, b.box.width,
                                            b.box.height, b.rgb, b.coverage))
      status = failure_of_picture(error);
  }
  band_clear(&b);
  return status;
}

/* Whether an old photograph is not restored any further. Under the lock. */
static bool is_prepared_alone(const preview *p) {
  return p->worker.work.is_photo && !p->worker.work.model;
}

/* After an exact result the worker changes no colour while this holds the lock: it takes no new
 * request. */
static rst_status write_exact(preview *p, bool prepared, rst_error *error) {
  const rst_picture *picture = &p->reader.picture;
  const request *work = &p->worker.work;
  const lattice *l = &p->worker.lattice;
  mailbox *m = &p->mailbox;
  rst_status status = RST_OK;

  mailbox_lock(m);
  prepared = prepared || is_prepared_alone(p);
  if (mailbox_is_superseded(m) || m->report.status.phase != PREVIEW_EXACT || !picture->write ||
      (prepared && !work->prepared))
    status = failure(error, RST_BAD_CALL, "the result is not finished");
  else if (prepared)
    status = write_box(picture, work, &work->region, NULL, read_prepared, error);
  for (int i = 0; i < l->count && status == RST_OK && !prepared; i++)
    status = write_box(picture, work, &l->parts[i]->part.box, l->parts[i], read_points, error);
  mailbox_unlock(m);
  return status;
}

bool preview_is_coloured(preview *p) {
  mailbox *m = &p->mailbox;
  bool coloured;

  mailbox_lock(m);
  coloured = m->report.status.phase == PREVIEW_EXACT && p->worker.work.model;
  mailbox_unlock(m);
  return coloured;
}

rst_status preview_write(preview *p, rst_error *error) {
  return write_exact(p, false, error);
}

rst_status preview_write_prepared(preview *p, rst_error *error) {
  return write_exact(p, true, error);
}
