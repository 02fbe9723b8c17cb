/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An old photograph up to its colour: the source, its damage mended, its tone corrected.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/complete.h"
#include "base/memory.h"
#include "base/session.h"
#include "base/status.h"
#include "photo/drawing.h"
#include "photo/mended.h"
#include "region/parts.h"

/* Pixels beyond the box whose damage is found too: mending must not take it for what is sound. */
enum { ROUND = 64 };

struct rst_photo {
  rst_picture source;
  rst_rectangle box, around; /* the box, and what is round it */
  rst_picture_kind kind;
  double kind_sure;
  rst_photo_settings settings;
  rst_finder *finder; /* NULL: not needed yet; and so on */
  unsigned char *sure;  /* of `around`, from rst_find_damage() */
  unsigned char *holes; /* of `around`: what is damaged by the settings and edits … */
  unsigned char *mask;  /* … and of the box, what of that is covered */
  rst_mended *mended;
  bool marked;   /* by edits */
  bool measured; /* the tone is, without what the mask has */
  rst_tone tone;
  int64_t covered, damaged;
};

static size_t pixels_of(const rst_rectangle *box) {
  return (size_t)box->width * (size_t)box->height;
}

/* ---- beginning ---- */

void rst_photo_settings_init_sized(rst_photo_settings *settings, size_t size) {
  static const rst_photo_settings initial = {sizeof initial, true, 0.5, true, 1, true, 1};

  if (size < sizeof size || size > sizeof initial)
    return;
  settings->size = size;
  rst_hand_over(settings, &initial);
}

rst_status rst_photo_new(const rst_picture *picture, const rst_rectangle *box, rst_photo **photo,
                         rst_error *error) {
  rst_picture all_picture;
  rst_rectangle whole;
  rst_photo *made;
  bool drawing = false;
  rst_status status;

  if (!rst_take_picture(&picture, &all_picture) || !photo || !rst_box_in(picture, &box, &whole))
    return rst_fail_call(error, "rst_photo_new");
  made = calloc(1, sizeof *made);
  if (!made)
    return rst_fail_memory(error);
  made->source = *picture;
  made->box = *box;
  rst_clip(picture,
           &(rst_rectangle){box->x - ROUND, box->y - ROUND, box->width + 2 * ROUND,
                            box->height + 2 * ROUND},
           &made->around);
  rst_photo_settings_init(&made->settings);
  made->settings.damage = made->settings.tone = false;
  status = rst_classify(picture, box, &made->kind, &made->kind_sure, error);
  if (status == RST_OK && made->kind != RST_PICTURE_COLOURED)
    status = rst_is_drawing(picture, box, &drawing, error);
  if (status != RST_OK) {
    free(made);
    return status;
  }
  made->kind = drawing ? RST_PICTURE_DRAWING : made->kind;
  *photo = made;
  return RST_OK;
}

void rst_photo_free(rst_photo *photo) {
  if (!photo)
    return;
  rst_finder_unref(photo->finder);
  rst_mended_free(photo->mended);
  free(photo->sure);
  free(photo->holes);
  free(photo->mask);
  free(photo);
}

/* ---- setting ---- */

/* One call's work: what becomes the photo's once all has gone well. */
typedef struct {
  rst_session *session;
  rst_photo *photo;
  const rst_photo_settings *settings;
  const unsigned char *edits;
  const rst_hooks *hooks;
  rst_hooks part; /* of the progress */
  double begin, share;
  unsigned char *holes, *mask; /* NULL: nothing is looked for */
  rst_mended *mended;
  rst_tone tone;
  int64_t covered, damaged;
  bool marked;
} change;

static void pass_progress(void *user, rst_phase phase, double fraction) {
  const change *c = user;

  if (c->hooks->progress)
    c->hooks->progress(c->hooks->user, phase, c->begin + fraction * c->share);
}

/* The hooks of a part of the work. */
static const rst_hooks *part_of(change *c, double begin, double end) {
  c->begin = begin;
  c->share = end - begin;
  c->part = (rst_hooks){.size = sizeof c->part,
                        .user = c,
                        .progress = pass_progress,
                        .cancel = c->hooks ? c->hooks->cancel : NULL};
  return c->hooks ? &c->part : NULL;
}

static rst_status read_finder(rst_photo *photo, rst_error *error) {
  char path[4096];
  rst_status status = RST_OK;

  if (!photo->finder) {
    status = rst_find(RST_KIND_FINDER, "damage", path, sizeof path, error);
    if (status == RST_OK)
      status = rst_finder_read(path, &photo->finder, error);
  }
  return status;
}

static rst_status look(change *c, rst_error *error) {
  rst_photo *photo = c->photo;
  unsigned char *sure;
  rst_status status;

  if (photo->sure)
    return RST_OK;
  sure = rst_zeros(pixels_of(&photo->around), 1);
  if (!sure)
    return rst_fail_memory(error);
  status = rst_find_damage(c->session, photo->finder, &photo->source, &photo->around,
                           part_of(c, 0, 0.5), sure, error);
  if (status == RST_OK)
    photo->sure = sure;
  else
    free(sure);
  return status;
}

/* A row of the box in `holes`. */
static unsigned char *holes_of(const change *c, int row) {
  const rst_rectangle *box = &c->photo->box, *around = &c->photo->around;

  return c->holes + (size_t)(box->y - around->y + row) * (size_t)around->width +
         (box->x - around->x);
}

static void edit(change *c) {
  const rst_rectangle *box = &c->photo->box;
  const unsigned char *edits = c->edits;

  for (int y = 0; y < box->height && edits; y++) {
    unsigned char *hole = holes_of(c, y);

    for (int x = 0; x < box->width; x++, edits++)
      if (*edits != RST_EDIT_NONE) {
        hole[x] = *edits == RST_EDIT_ADD ? 255 : 0;
        c->marked = true;
      }
  }
}

/* Counts what is covered of rows of the box, and puts what is damaged of it into the mask. */
static void cover_rows(change *c, int first, int count, const float *coverage) {
  const int width = c->photo->box.width;

  for (int y = first; y < first + count; y++) {
    const unsigned char *hole = c->holes ? holes_of(c, y) : NULL;
    unsigned char *mask = c->mask ? c->mask + (size_t)y * (size_t)width : NULL;

    for (int x = 0; x < width; x++, coverage++) {
      if (!(*coverage > 0))
        continue;
      c->covered++;
      if (hole && hole[x] > 0) {
        c->damaged++;
        mask[x] = 255;
      }
    }
  }
}

static rst_status cover(change *c, rst_error *error) {
  const rst_photo *photo = c->photo;
  const rst_rectangle *box = &photo->box;
  const int rows = rst_band_rows(box->width, box->height);
  const size_t room = (size_t)rows * (size_t)box->width;
  float *rgba = rst_floats(4 * room), *coverage = rst_floats(room);
  rst_status status = rgba && coverage ? RST_OK : rst_fail_memory(error);

  for (int y = 0; y < box->height && status == RST_OK; y += rows) {
    const int count = box->height - y < rows ? box->height - y : rows;

    if (rst_cancelled(c->hooks ? c->hooks->cancel : NULL))
      status = rst_fail_cancelled(error);
    else if (!rst_read_covered(&photo->source, box->x, box->y + y, box->width, count, rgba,
                               coverage))
      status = rst_fail_host(error);
    else
      cover_rows(c, y, count, coverage);
  }
  free(rgba);
  free(coverage);
  return status;
}

/* Whether the edits say of every pixel of the box what it is. */
static bool is_decided(const change *c) {
  return c->edits && !memchr(c->edits, RST_EDIT_NONE, pixels_of(&c->photo->box));
}

/* Puts what is found at the sensitivity into the holes. */
static rst_status find(change *c, rst_error *error) {
  const rst_photo *photo = c->photo;
  rst_status status = read_finder(c->photo, error);

  if (status == RST_OK)
    status = look(c, error);
  if (status == RST_OK)
    status = rst_damage_mask(photo->finder, photo->sure, photo->around.width, photo->around.height,
                             c->settings->sensitivity, part_of(c, 0.5, 0.5), c->holes, error);
  return status;
}

static rst_status make_mask(change *c, rst_error *error) {
  const rst_photo *photo = c->photo;
  rst_status status = RST_OK;

  if (c->settings->damage) {
    c->holes = rst_zeros(pixels_of(&photo->around), 1);
    c->mask = rst_zeros(pixels_of(&photo->box), 1);
    if (!c->holes || !c->mask)
      return rst_fail_memory(error);
    if (!is_decided(c))
      status = find(c, error);
    if (status != RST_OK)
      return status;
    edit(c);
  }
  return cover(c, error);
}

/* Whether it is the same as before that is damaged, and covered. */
static bool same_mask(const change *c) {
  const rst_photo *photo = c->photo;

  return c->mask && photo->mask ? memcmp(c->mask, photo->mask, pixels_of(&photo->box)) == 0 &&
                                    memcmp(c->holes, photo->holes, pixels_of(&photo->around)) == 0
                                : !c->mask && !photo->mask;
}

/* From what is sound beside the holes; what is not in the mask is left as it is. */
static rst_status mend(change *c, rst_error *error) {
  const rst_photo *photo = c->photo;
  const rst_status status = rst_mend(c->session, &photo->source, &photo->around, c->holes,
                                     part_of(c, 0.5, 1), &c->mended, error);

  if (status == RST_OK)
    rst_mended_keep(c->mended, &photo->box, c->mask);
  return status;
}

static bool takes_tone(const rst_photo *photo) {
  return photo->kind != RST_PICTURE_DRAWING;
}

static rst_status make_change(change *c, bool *same, rst_error *error) {
  rst_photo *photo = c->photo;
  rst_status status = make_mask(c, error);

  if (status != RST_OK)
    return status;
  *same = same_mask(c);
  if (!*same && c->damaged > 0)
    status = mend(c, error);
  c->tone = photo->tone;
  if (status == RST_OK && c->settings->tone && takes_tone(photo) && !(*same && photo->measured))
    status = rst_measure_tone(&photo->source, &photo->box, c->mask, photo->kind, part_of(c, 1, 1),
                              &c->tone, error);
  return status;
}

static rst_status check(const rst_photo_settings *s, rst_error *error) {
  const struct {
    const char *name;
    double value;
  } shares[] = {{"sensitivity", s->sensitivity},
                {"tone-strength", s->tone_strength},
                {"colour-strength", s->colour_strength}};

  for (size_t i = 0; i < sizeof shares / sizeof *shares; i++)
    if (!(shares[i].value >= 0 && shares[i].value <= 1)) {
      char text[32];

      snprintf(text, sizeof text, "%g", shares[i].value);
      return rst_fail_range(error, shares[i].name, text, 0, 1);
    }
  return RST_OK;
}

rst_status rst_photo_set(rst_session *session, rst_photo *photo, const rst_photo_settings *settings,
                         const unsigned char *edits, const rst_hooks *hooks, rst_error *error) {
  change c = {.session = session, .photo = photo, .edits = edits};
  rst_photo_settings all_settings;
  rst_hooks all_hooks;
  rst_status status;
  bool same = false;

  rst_photo_settings_init(&all_settings);
  if (settings)
    settings = rst_complete(settings, &all_settings, sizeof all_settings);
  if (!session || !photo || !settings || !rst_complete_hooks(&hooks, &all_hooks))
    return rst_fail_call(error, "rst_photo_set");
  c.settings = settings;
  c.hooks = hooks;
  status = check(settings, error);
  if (status == RST_OK)
    status = make_change(&c, &same, error);
  if (status != RST_OK) {
    rst_mended_free(c.mended);
    free(c.holes);
    free(c.mask);
    return status;
  }
  if (!same) {
    rst_mended_free(photo->mended);
    photo->mended = c.mended;
  }
  free(photo->holes);
  free(photo->mask);
  photo->holes = c.holes;
  photo->mask = c.mask;
  photo->measured = (same && photo->measured) || (settings->tone && takes_tone(photo));
  photo->tone = c.tone;
  photo->covered = c.covered;
  photo->damaged = c.damaged;
  photo->marked = c.marked;
  photo->settings = *settings;
  return RST_OK;
}

/* ---- the prepared picture ---- */

static bool has_tone(const rst_photo *photo) {
  return photo->settings.tone && photo->settings.tone_strength > 0 && photo->measured &&
         !rst_tone_is_identity(&photo->tone);
}

static bool is_identity(const rst_photo *photo) {
  return !photo->mended && !has_tone(photo);
}

static void prepare(const rst_photo *photo, int x, int y, int w, int h, float *rgba) {
  if (photo->mended)
    rst_mended_apply(photo->mended, x, y, w, h, rgba);
  if (has_tone(photo))
    rst_tone_apply(&photo->tone, photo->settings.tone_strength, (size_t)w * (size_t)h, rgba);
}

static bool read_prepared(void *user, int x, int y, int w, int h, float *rgba) {
  const rst_photo *photo = user;

  if (!photo->source.read(photo->source.user, x, y, w, h, rgba))
    return false;
  prepare(photo, x, y, w, h, rgba);
  return true;
}

static bool read_coverage(void *user, int x, int y, int w, int h, float *coverage) {
  const rst_photo *photo = user;

  return photo->source.read_coverage(photo->source.user, x, y, w, h, coverage);
}

/* Colours that come to a prepared pixel. */
static bool write_joined(void *user, int x, int y, int w, int h, const float *rgb,
                         const float *coverage) {
  const rst_photo *photo = user;
  const size_t count = (size_t)w * (size_t)h;
  float *rgba, *joined;
  bool good;

  if (!(photo->settings.colour_strength < 1))
    return photo->source.write(photo->source.user, x, y, w, h, rgb, coverage);
  rgba = rst_floats(4 * count);
  joined = rst_floats(3 * count);
  good = rgba && joined && read_prepared(user, x, y, w, h, rgba);
  for (size_t i = 0; i < count && good; i++)
    if (coverage[i] > 0)
      rst_apply_strength(photo->settings.colour_strength, 3, rgba + 4 * i, rgb + 3 * i,
                         joined + 3 * i);
  good = good && photo->source.write(photo->source.user, x, y, w, h, joined, coverage);
  free(rgba);
  free(joined);
  return good;
}

void rst_photo_picture_sized(const rst_photo *photo, rst_picture *picture, size_t size) {
  rst_picture all = photo->source;

  all.size = sizeof all;
  if (!is_identity(photo))
    all.rgba = NULL;
  if (!is_identity(photo) || photo->settings.colour_strength < 1) {
    all.user = (void *)photo;
    all.read = read_prepared;
    all.read_coverage = photo->source.read_coverage ? read_coverage : NULL;
    all.write = photo->source.write ? write_joined : NULL;
  }
  memset(picture, 0, size);
  picture->size = size;
  if (size <= sizeof all)
    rst_hand_over(picture, &all);
}

/* Hands over a band: coverage goes where nothing has changed. */
static bool write_band(const rst_photo *photo, int y, int rows, float *rgba, float *prepared,
                       float *coverage) {
  const rst_rectangle *box = &photo->box;
  const rst_picture *source = &photo->source;
  const size_t count = (size_t)box->width * (size_t)rows;
  bool some = false;

  if (!rst_read_covered(source, box->x, y, box->width, rows, rgba, coverage))
    return false;
  memcpy(prepared, rgba, 4 * count * sizeof *rgba);
  prepare(photo, box->x, y, box->width, rows, prepared);
  for (size_t i = 0; i < count; i++) {
    if (memcmp(prepared + 4 * i, rgba + 4 * i, 3 * sizeof *rgba) == 0)
      coverage[i] = 0;
    for (size_t c = 0; c < 3; c++) /* packed to the front: what is overwritten is done with */
      rgba[3 * i + c] = fminf(fmaxf(prepared[4 * i + c], 0), 1);
    some = some || coverage[i] > 0;
  }
  return !some || source->write(source->user, box->x, y, box->width, rows, rgba, coverage);
}

rst_status rst_photo_write(const rst_photo *photo, const rst_hooks *hooks, rst_error *error) {
  const rst_rectangle *box;
  rst_hooks all_hooks;
  rst_status status = RST_OK;
  float *room;
  size_t count;
  int rows;

  if (!photo || !rst_complete_hooks(&hooks, &all_hooks) || !photo->source.write)
    return rst_fail_call(error, "rst_photo_write");
  if (is_identity(photo))
    return RST_OK;
  box = &photo->box;
  rows = rst_band_rows(box->width, box->height);
  count = (size_t)rows * (size_t)box->width;
  room = rst_floats(9 * count);
  if (!room)
    return rst_fail_memory(error);
  for (int y = 0; y < box->height && status == RST_OK; y += rows) {
    const int some = box->height - y < rows ? box->height - y : rows;

    if (rst_cancelled(hooks ? hooks->cancel : NULL))
      status = rst_fail_cancelled(error);
    else if (!write_band(photo, box->y + y, some, room, room + 4 * count, room + 8 * count))
      status = rst_fail_host(error);
    else if (hooks && hooks->progress)
      hooks->progress(hooks->user, RST_PHASE_MENDING, (double)(y + some) / box->height);
  }
  free(room);
  return status;
}

const unsigned char *rst_photo_mask(const rst_photo *photo) {
  return photo->mask;
}

void rst_photo_get_info(const rst_photo *photo, rst_photo_info *info) {
  static const rst_tone none = {sizeof none, {0, 0, 0}, {1, 1, 1}, {0.5, 0.5, 0.5}};
  const rst_photo_info all = {
    .kind = photo->kind,
    .sure = photo->kind_sure,
    .box = photo->box,
    .takes_tone = takes_tone(photo),
    .takes_colour = photo->kind == RST_PICTURE_MONOCHROME || photo->kind == RST_PICTURE_TONED,
    .covered = photo->covered,
    .damaged = photo->damaged,
    .tone = has_tone(photo) ? photo->tone : none,
    .marked = photo->marked,
  };

  if (rst_can_fill(info, sizeof all))
    rst_hand_over(info, &all);
}
