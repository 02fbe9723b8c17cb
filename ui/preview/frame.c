/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "preview/frame.h"

#include <math.h>
#include <pthread.h>
#include <string.h>

/* More taps a screen pixel and axis would show no more of a picture that is shrunk so far. */
enum { TAPS_MAX = 3, CHECK = 8 };
/* Blocks of a draft, at most, and of a finer one: a hundredth of a second, and a tenth. */
enum { DRAFT_BLOCKS = 12000, FINER_BLOCKS = 100000 };

rst_rectangle viewport_get_area(const viewport *v, const rst_rectangle *picture) {
  if (v->width < 1 || v->height < 1 || !(v->zoom > 0))
    return (rst_rectangle){0, 0, 0, 0};
  const double x0 = fmax(floor(v->x), picture->x), y0 = fmax(floor(v->y), picture->y);
  const double x1 = fmin(ceil(v->x + v->width / v->zoom), picture->x + picture->width);
  const double y1 = fmin(ceil(v->y + v->height / v->zoom), picture->y + picture->height);

  if (!(x1 > x0 && y1 > y0))
    return (rst_rectangle){0, 0, 0, 0};
  return (rst_rectangle){(int)x0, (int)y0, (int)(x1 - x0), (int)(y1 - y0)};
}

bool viewport_is_same(const viewport *a, const viewport *b) {
  return a->width == b->width && a->height == b->height && a->x == b->x && a->y == b->y &&
         a->zoom == b->zoom;
}

/* ---- memory ----
 *
 * The pixels before, after and of the overlay are layers of their own, and frames of a viewport share
 * those that are alike. What a layer leaves behind the next one gets: a large block that comes fresh
 * from the system costs more time than it takes to fill. */

/* Of the frames that come from one frame_new(). */
typedef struct {
  gsize size;           /* bytes of a layer */
  pthread_mutex_t lock; /* of `spare`; pthread's, as the mailbox's */
  guint32 *spare;       /* or NULL */
} stock;

struct frame_layer {
  stock *stock;
  guint32 *pixels;
};

static void clear_stock(void *data) {
  stock *s = data;

  pthread_mutex_destroy(&s->lock);
  g_free(s->spare);
}

/* Changes the spare block for another one. */
static guint32 *exchange(stock *s, guint32 *spare) {
  guint32 *had;

  pthread_mutex_lock(&s->lock);
  had = s->spare;
  s->spare = spare;
  pthread_mutex_unlock(&s->lock);
  return had;
}

static void clear_layer(void *data) {
  frame_layer *l = data;

  g_free(exchange(l->stock, l->pixels));
  g_atomic_rc_box_release_full(l->stock, clear_stock);
}

/* NULL where memory ran out. */
static frame_layer *layer_new(stock *s) {
  guint32 *spare = exchange(s, NULL);
  guint32 *pixels = spare ? spare : g_try_malloc(s->size);
  frame_layer *l;

  if (!pixels)
    return NULL;
  l = g_atomic_rc_box_new0(frame_layer);
  l->stock = g_atomic_rc_box_acquire(s);
  l->pixels = pixels;
  return l;
}

static void layer_unref(frame_layer *l) {
  if (l)
    g_atomic_rc_box_release_full(l, clear_layer);
}

static frame_layer *layer_copy(const frame_layer *l) {
  frame_layer *made = layer_new(l->stock);

  if (made)
    memcpy(made->pixels, l->pixels, l->stock->size);
  return made;
}

static void clear(void *data) {
  frame *f = data;

  for (int i = 0; i < FRAME_LAYERS; i++)
    layer_unref(f->layers[i]);
}

frame *frame_ref(frame *f) {
  return g_atomic_rc_box_acquire(f);
}

void frame_unref(frame *f) {
  if (f)
    g_atomic_rc_box_release_full(f, clear);
}

static frame *frame_of(const viewport *v, double range, frame_layer *before, frame_layer *after,
                       frame_layer *overlay) {
  frame *f = g_atomic_rc_box_new0(frame);

  f->viewport = *v;
  f->range = range;
  f->layers[0] = before;
  f->layers[1] = after;
  f->layers[2] = overlay;
  if (!before || !after || (range > 0 && !overlay)) {
    frame_unref(f);
    return NULL;
  }
  f->before = before->pixels;
  f->after = after->pixels;
  f->overlay = overlay ? overlay->pixels : NULL;
  return f;
}

/* ---- colours ---- */

static float to_linear(float v) {
  return v <= 0.04045f ? v / 12.92f : powf((v + 0.055f) / 1.055f, 2.4f);
}

static float from_linear(float v) {
  return v <= 0.0031308f ? v * 12.92f : 1.055f * powf(v, 1 / 2.4f) - 0.055f;
}

static float clamp(float v) {
  return v > 0 ? v < 1 ? v : 1 : 0; /* NaN is 0 */
}

void frame_blend(double strength, float coverage, const float restored[3], float colour[3]) {
  float result[3];

  rst_apply_strength(strength, 3, colour, restored, result);
  for (int k = 0; k < 3; k++) {
    if (coverage >= 1) {
      colour[k] = result[k];
    } else {
      const float from = to_linear(clamp(colour[k])), to = to_linear(clamp(result[k]));

      colour[k] = from_linear(from + coverage * (to - from));
    }
  }
}

/* The pixels of a row from (x, y) on as a host will have them: `colours` (count, 4) is the
 * picture's, before and after. */
static void restore_row(const frame_scene *s, int x, int y, int count, float *colours) {
  enum { PIECE = 128 };

  for (int i = 0; i < s->count; i++) {
    const rst_rectangle row = {x, y, count, 1};
    const rst_rectangle inside = rect_intersect(&s->parts[i]->box, &row);
    const int end = rect_is_empty(&inside) ? inside.x : inside.x + inside.width;

    for (int u = inside.x; u < end; u += PIECE) {
      float restored[3 * PIECE], coverage[PIECE];
      const int pixels = MIN(PIECE, end - u);

      rst_partial_read(s->parts[i]->partial, &(rst_rectangle){u, y, pixels, 1}, s->coarsest,
                       restored, coverage, NULL);
      for (int p = 0; p < pixels; p++)
        if (coverage[p] > 0)
          frame_blend(s->strength, coverage[p], restored + 3 * p, colours + 4 * (u + p - x));
    }
  }
}

/* ---- the overlay ---- */

enum { HEAT_LEVELS = 256, OVERLAY_ALPHA = 208 };

/* Dark violet to light yellow by way of red: lightness rises evenly, so that it reads without
 * colours too. */
guint32 frame_heat(double at) {
  static const guint8 stops[][3] = {{13, 8, 60},   {84, 15, 109},  {158, 40, 100}, {219, 80, 60},
                                    {249, 142, 9}, {246, 205, 70}, {252, 255, 200}};
  const double place = CLAMP(at, 0, 1) * (G_N_ELEMENTS(stops) - 1);
  const int i = MIN((int)place, (int)G_N_ELEMENTS(stops) - 2);
  guint32 colour = 0;

  for (int k = 0; k < 3; k++)
    colour =
      colour << 8 | (guint32)(stops[i][k] + (place - i) * (stops[i + 1][k] - stops[i][k]) + 0.5);
  return colour;
}

/* The same, premultiplied: the picture shines through. */
static guint32 overlay_colour(double at) {
  const guint32 colour = frame_heat(at);
  guint32 premultiplied = OVERLAY_ALPHA;

  for (int shift = 16; shift >= 0; shift -= 8)
    premultiplied = premultiplied << 8 | ((colour >> shift & 255) * OVERLAY_ALPHA + 127) / 255;
  return premultiplied;
}

/* ---- drawing ---- */

/* The picture's columns or rows that a screen's ones take part in. */
typedef struct {
  int count; /* taps each */
  int *at;   /* (screen pixels, taps); −1: beyond the picture */
} axis;

static void axis_init(axis *a, double begin, double zoom, int first, int last, int low, int high) {
  a->count = CLAMP((int)ceil(1 / zoom), 1, TAPS_MAX);
  a->at = g_new(int, (gsize)(last - first) * (gsize)a->count);
  for (int i = first; i < last; i++)
    for (int tap = 0; tap < a->count; tap++) {
      const double at = floor(begin + (i + (tap + 0.5) / a->count) / zoom);

      a->at[(i - first) * a->count + tap] = at >= low && at < high ? (int)at : -1;
    }
}

/* The picture's rows that were needed last, from their column `low` to `high`: premultiplied
 * R'G'B'A. A screen's pixel takes part in few of them, and the next one in the same. */
typedef struct {
  const frame_scene *scene;
  bool after;
  int low, high;           /* none where low > high */
  int y[TAPS_MAX + 1];     /* −1: not filled */
  float *rows[TAPS_MAX + 1];
} row_cache;

static void cache_init(row_cache *c, const frame_scene *s, const axis *columns, int width,
                       bool after) {
  *c = (row_cache){s, after, G_MAXINT, -1, {0}, {NULL}};
  for (int i = 0; i < width * columns->count; i++)
    if (columns->at[i] >= 0) {
      c->low = MIN(c->low, columns->at[i]);
      c->high = MAX(c->high, columns->at[i]);
    }
  for (gsize i = 0; i < G_N_ELEMENTS(c->y); i++) {
    c->y[i] = -1;
    c->rows[i] = c->low <= c->high ? g_new(float, 4 * ((gsize)(c->high - c->low) + 1)) : NULL;
  }
}

static void cache_clear(row_cache *c) {
  for (gsize i = 0; i < G_N_ELEMENTS(c->y); i++)
    g_free(c->rows[i]);
}

/* Rows are asked for from above to below: the uppermost is the one that is needed no more. */
static const float *cache_get(row_cache *c, int y) {
  const int count = c->high - c->low + 1;
  gsize slot = 0;
  float *row;

  for (gsize i = 0; i < G_N_ELEMENTS(c->y); i++) {
    if (c->y[i] == y)
      return c->rows[i];
    slot = c->y[i] < c->y[slot] ? i : slot;
  }
  row = c->rows[slot];
  c->y[slot] = y;
  memcpy(row, tiles_at(c->after ? c->scene->pixels : c->scene->source, c->low, y),
         4 * (gsize)count * sizeof *row);
  if (c->after)
    restore_row(c->scene, c->low, y, count, row);
  for (int i = 0; i < count; i++) {
    row[4 * i + 3] = clamp(row[4 * i + 3]);
    for (int k = 0; k < 3; k++)
      row[4 * i + k] = clamp(row[4 * i + k]) * row[4 * i + 3];
  }
  return row;
}

/* Transparency shows a chequerboard. `rows`: as many as there are taps; NULL beyond the picture. */
static guint32 draw_pixel(const row_cache *c, const axis *columns, int i, const float *const *rows,
                          int row_count, float board) {
  const int *xs = columns->at + i * columns->count;
  float sum[3] = {0, 0, 0};
  int taps = 0;

  for (int v = 0; v < row_count; v++)
    for (int u = 0; u < columns->count; u++) {
      if (xs[u] < 0 || !rows[v])
        continue;
      const float *pixel = rows[v] + 4 * (xs[u] - c->low);

      for (int k = 0; k < 3; k++)
        sum[k] += pixel[k] + board * (1 - pixel[3]);
      taps++;
    }
  if (taps == 0)
    return 0;
  const float scale = 255.0f / (float)taps;

  return 0xff000000u | (guint32)(sum[0] * scale + 0.5f) << 16 |
         (guint32)(sum[1] * scale + 0.5f) << 8 | (guint32)(sum[2] * scale + 0.5f);
}

/* Draws the screen's pixels in `part` of the frame. */
static void draw(const frame_scene *s, const viewport *v, const rst_rectangle *part, bool after,
                 guint32 *out) {
  const rst_rectangle *picture = &s->pixels->box;
  axis columns, rows;
  row_cache cache;

  axis_init(&columns, v->x, v->zoom, part->x, part->x + part->width, picture->x,
            picture->x + picture->width);
  axis_init(&rows, v->y, v->zoom, part->y, part->y + part->height, picture->y,
            picture->y + picture->height);
  cache_init(&cache, s, &columns, part->width, after);
  for (int j = 0; j < part->height; j++) {
    const int y = part->y + j;
    const float *taps[TAPS_MAX];

    for (int tap = 0; tap < rows.count; tap++) {
      const int at = rows.at[j * rows.count + tap];

      taps[tap] = at >= 0 && cache.low <= cache.high ? cache_get(&cache, at) : NULL;
    }
    for (int i = 0; i < part->width; i++) {
      const int x = part->x + i;
      const float board = ((x / CHECK + y / CHECK) & 1) ? 0.6f : 0.4f;

      out[(gsize)y * (gsize)v->width + (gsize)x] =
        draw_pixel(&cache, &columns, i, taps, rows.count, board);
    }
  }
  cache_clear(&cache);
  g_free(columns.at);
  g_free(rows.at);
}

/* Before one of the chequered board's two greys. */
static guint32 screen_colour(const float colour[4], float board) {
  const float alpha = clamp(colour[3]);
  guint32 pixel = 0xff;

  for (int k = 0; k < 3; k++)
    pixel = pixel << 8 | (guint32)((clamp(colour[k]) * alpha + board * (1 - alpha)) * 255 + 0.5f);
  return pixel;
}

/* Pixels on a block's side: some four, more where there would be too many blocks to be quick. */
static int draft_block(const rst_rectangle *part, frame_drawing drawing) {
  const int blocks = drawing == FRAME_DRAFT ? DRAFT_BLOCKS : FINER_BLOCKS;
  int block = 4;

  while ((gint64)part->width * part->height / (block * block) > blocks)
    block += 4;
  return block;
}

/* The same in blocks, each by the picture's pixel in its middle. */
static void draw_draft(const frame_scene *s, const viewport *v, const rst_rectangle *part,
                       frame_drawing drawing, guint32 *out) {
  const int block = draft_block(part, drawing);

  for (int top = part->y; top < part->y + part->height; top += block)
    for (int left = part->x; left < part->x + part->width; left += block) {
      const int x = (int)floor(v->x + (left + block / 2) / v->zoom);
      const int y = (int)floor(v->y + (top + block / 2) / v->zoom);
      const int right = MIN(left + block, part->x + part->width);
      const int bottom = MIN(top + block, part->y + part->height);
      float colour[4];
      guint32 pixels[2];

      if (!rect_contains(&s->pixels->box, x, y))
        continue;
      memcpy(colour, tiles_at(s->pixels, x, y), sizeof colour);
      restore_row(s, x, y, 1, colour);
      pixels[0] = screen_colour(colour, 0.4f);
      pixels[1] = screen_colour(colour, 0.6f);
      for (int j = top; j < bottom; j++)
        for (int i = left; i < right; i++)
          out[(gsize)j * (gsize)v->width + (gsize)i] = pixels[(i / CHECK + j / CHECK) & 1];
    }
}

/* Screen pixels in `part`, by the picture's pixel in the middle of each. */
static void draw_overlay(const frame_scene *s, const viewport *v, const rst_rectangle *part,
                         guint32 *out) {
  guint32 colours[HEAT_LEVELS];

  for (int i = 0; i < HEAT_LEVELS; i++)
    colours[i] = overlay_colour((double)i / (HEAT_LEVELS - 1));
  for (int j = part->y; j < part->y + part->height; j++)
    for (int i = part->x; i < part->x + part->width; i++) {
      const int x = (int)floor(v->x + (i + 0.5) / v->zoom);
      const int y = (int)floor(v->y + (j + 0.5) / v->zoom);
      guint32 *to = out + (gsize)j * (gsize)v->width + (gsize)i;
      float deviation = -1;

      for (int k = 0; k < s->count && deviation < 0; k++)
        if (rst_partial_get_coverage(s->parts[k]->partial, x, y) > 0)
          deviation = part_points_get_deviation(s->parts[k], s->seeds, x, y, s->coarsest);
      deviation /= (float)s->range;
      *to = deviation < 0 ? 0 : colours[(int)(clamp(deviation) * (HEAT_LEVELS - 1) + 0.5f)];
    }
}

frame *frame_new(const viewport *v) {
  stock *all = g_atomic_rc_box_new0(stock);
  frame *f;

  all->size = (gsize)v->width * (gsize)v->height * sizeof *f->before;
  pthread_mutex_init(&all->lock, NULL);
  f = frame_of(v, 0, layer_new(all), layer_new(all), NULL);
  g_atomic_rc_box_release_full(all, clear_stock); /* the layers hold it */
  if (!f)
    return NULL;
  memset(f->before, 0, all->size);
  memset(f->after, 0, all->size);
  return f;
}

/* Draws all of the overlay where the last one is of another range. */
static frame_layer *make_overlay(const frame *last, const frame_scene *scene) {
  const rst_rectangle all = {0, 0, last->viewport.width, last->viewport.height};
  frame_layer *overlay;

  if (!(scene->range > 0))
    return NULL;
  if (last->overlay && last->range == scene->range)
    return layer_copy(last->layers[2]);
  overlay = layer_new(last->layers[0]->stock);
  if (overlay)
    draw_overlay(scene, &last->viewport, &all, overlay->pixels);
  return overlay;
}

frame *frame_copy(const frame *last, const frame_scene *scene, frame_drawing drawing) {
  frame_layer *before =
    drawing == FRAME_BOTH ? layer_copy(last->layers[0]) : g_atomic_rc_box_acquire(last->layers[0]);

  return frame_of(&last->viewport, scene->range, before, layer_copy(last->layers[1]),
                  make_overlay(last, scene));
}

int64_t frame_draw(frame *f, const frame_scene *scene, const rst_rectangle *area,
                   frame_drawing drawing) {
  const viewport *v = &f->viewport;
  const rst_rectangle all = {0, 0, v->width, v->height};
  /* One more on each side for the taps. */
  const double x0 = floor((area->x - v->x) * v->zoom) - 1;
  const double y0 = floor((area->y - v->y) * v->zoom) - 1;
  const double x1 = ceil((area->x + area->width - v->x) * v->zoom) + 1;
  const double y1 = ceil((area->y + area->height - v->y) * v->zoom) + 1;

  if (x1 <= 0 || y1 <= 0 || x0 >= v->width || y0 >= v->height)
    return 0;
  const int left = (int)fmax(x0, 0), top = (int)fmax(y0, 0);
  const rst_rectangle drawn = {left, top, (int)fmin(x1, v->width) - left,
                               (int)fmin(y1, v->height) - top};
  const rst_rectangle part = rect_intersect(&drawn, &all);

  if (drawing == FRAME_BOTH)
    draw(scene, v, &part, false, f->before);
  if (drawing == FRAME_DRAFT || drawing == FRAME_FINER)
    draw_draft(scene, v, &part, drawing, f->after);
  else
    draw(scene, v, &part, true, f->after);
  if (f->overlay)
    draw_overlay(scene, v, &part, f->overlay);
  return (int64_t)part.width * part.height;
}
