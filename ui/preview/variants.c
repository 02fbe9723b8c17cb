/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "preview/variants.h"

#include <string.h>

typedef struct {
  variant request; /* holds a reference to the model */
  frame *frame;
  bool finished;
  rst_error error;
} tile;

struct variants {
  preview *preview;
  void (*changed)(void *user);
  void *user;
  viewport view;
  tile tiles[VARIANTS];
  int at; /* the one in work; −1: none */
};

/* The frame stays, so that it is shown until the first one of the next setup is drawn. */
static void forget(tile *t) {
  t->finished = false;
  rst_error_init(&t->error);
}

static void take_frame(tile *t, frame *f) {
  frame_unref(t->frame);
  t->frame = f;
}

/* Begins with the first that is not finished. */
static void begin_next(variants *v) {
  g_autofree rst_parameters *none = NULL;

  for (int i = 0; i < VARIANTS; i++) {
    const tile *t = &v->tiles[i];

    if (t->finished || !t->request.model)
      continue;
    v->at = i;
    preview_set_setup(v->preview, t->request.model, &t->request.parameters);
    return;
  }
  v->at = -1;
  none = g_new(rst_parameters, 1);
  rst_parameters_init(none);
  preview_set_setup(v->preview, NULL, none);
}

static void take_report(void *user) {
  variants *v = user;
  tile *t = v->at < 0 ? NULL : &v->tiles[v->at];
  preview_status status;

  preview_get_status(v->preview, &status);
  /* Before the first step of a setup the frame still shows the setup before it. */
  if (!t || (status.step == 0 && status.phase != PREVIEW_FAILED))
    return;
  if (status.phase == PREVIEW_FAILED) {
    take_frame(t, NULL);
    t->error = status.error;
  } else {
    take_frame(t, preview_get_frame(v->preview));
  }
  t->finished = status.phase == PREVIEW_SEEN || status.phase == PREVIEW_FAILED;
  if (t->finished)
    begin_next(v);
  v->changed(v->user);
}

rst_status variants_new(const rst_picture *picture, const rst_rectangle *box,
                        void (*changed)(void *user), void *user, variants **made,
                        rst_error *error) {
  variants *v = g_new0(variants, 1);
  const rst_status status =
    preview_new(picture, box, PREVIEW_BRIEF, take_report, v, &v->preview, error);

  v->changed = changed;
  v->user = user;
  v->at = -1;
  if (status == RST_OK)
    *made = v;
  else
    g_free(v);
  return status;
}

void variants_free(variants *v) {
  if (!v)
    return;
  preview_free(v->preview);
  for (int i = 0; i < VARIANTS; i++) {
    take_frame(&v->tiles[i], NULL);
    rst_model_unref(v->tiles[i].request.model);
  }
  g_free(v);
}

static bool same_variant(const variant *a, const variant *b) {
  return a->model == b->model && memcmp(&a->parameters, &b->parameters, sizeof a->parameters) == 0;
}

void variants_set(variants *v, const variant requests[VARIANTS], const viewport *view) {
  const bool moved = !viewport_is_same(&v->view, view);
  bool begin = moved;

  for (int i = 0; i < VARIANTS; i++) {
    tile *t = &v->tiles[i];

    if (!moved && same_variant(&t->request, &requests[i]))
      continue;
    if (v->at < 0 || i <= v->at)
      begin = true;
    forget(t);
    rst_model_unref(t->request.model);
    t->request = requests[i];
    if (t->request.model)
      rst_model_ref(t->request.model);
    else
      take_frame(t, NULL);
  }
  v->view = *view;
  preview_set_viewport(v->preview, view);
  if (begin)
    begin_next(v);
}

void variants_stop(variants *v) {
  g_autofree variant *none = g_new0(variant, VARIANTS);

  variants_set(v, none, &v->view);
}

static void begin_anew(variants *v) {
  for (int i = 0; i < VARIANTS; i++)
    forget(&v->tiles[i]);
  begin_next(v);
}

void variants_set_region(variants *v, const rst_rectangle *box) {
  preview_set_region(v->preview, box);
  begin_anew(v);
}

rst_status variants_set_picture(variants *v, const rst_picture *picture, const rst_rectangle *box,
                                rst_error *error) {
  const rst_status status = preview_set_picture(v->preview, picture, box, error);

  begin_anew(v);
  return status;
}

frame *variants_get_frame(variants *v, int index) {
  return v->tiles[index].frame ? frame_ref(v->tiles[index].frame) : NULL;
}

bool variants_is_finished(const variants *v, int index) {
  return v->tiles[index].finished || !v->tiles[index].request.model;
}

const rst_error *variants_get_error(const variants *v, int index) {
  return &v->tiles[index].error;
}

viewport variants_choose_view(const rst_plan *plan, const rst_rectangle *seen, int side) {
  rst_rectangle shown = {0, 0, 0, 0};
  int64_t most = 0, largest = 0;

  for (int i = 0; i < plan->count; i++) {
    const rst_part *part = &plan->parts[i];
    const rst_rectangle inside = rect_intersect(&part->box, seen);
    const int64_t pixels = rect_is_empty(&inside) ? 0 : (int64_t)inside.width * inside.height;

    if (pixels > most) {
      most = pixels;
      shown = inside;
    } else if (most == 0 && part->points > largest) {
      largest = part->points;
      shown = part->box;
    }
  }
  const int length = MAX(1, MIN(shown.width, shown.height));

  return (viewport){side, side, shown.x + (shown.width - length) / 2.0,
                    shown.y + (shown.height - length) / 2.0, (double)side / length};
}
