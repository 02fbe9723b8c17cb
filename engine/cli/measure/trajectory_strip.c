/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "measure/trajectory_strip.h"

#include <glib/gi18n.h>
#include <string.h>
#include <vips/vips.h>

#include "measure/drawing.h"
#include "base/error.h"
#include "io/file.h"

/* Pixels of the sheet; a strip of so many pictures is six unless they are asked for. */
enum { GAP = 8, CAPTION = 28, SIDE = 60, TEXT = 13, INK = 0x202020, USUAL = 6 };

typedef struct sheet {
  int passes, *timesteps; /* (passes) */
  bool single;
  GArray *states;   /* of int, ascending: 0 the noise … passes the result */
  int every;        /* picture's pixels a sample, each way */
  rst_grid grid;
  gsize floats;     /* of one picture, (rows, columns, 3) */
  float *luma;      /* (rows, columns) */
  float *first;
  GArray *recorded; /* of int: the steps whose values and x̂₀ are kept */
  float *values, *clean; /* (recorded, floats) */
} sheet;

static bool fail_steps(const cli_trajectory_strip *s, const sheet *t, GError **error) {
  g_set_error(error, CLI_ERROR, CLI_WRONG_USAGE,
              _("--steps is “%s”, must be numbers 0..%d in ascending order, such as 0,%d"),
              s->steps, t->passes, t->passes);
  return false;
}

static bool choose_states(const cli_trajectory_strip *s, sheet *t, GError **error) {
  int count = MIN(USUAL, t->passes + 1), last = -1;
  const char *rest = s->steps;
  if (!rest) {
    for (int i = 0; i < count; i++) {
      int state = count < 2 ? t->passes : i * t->passes / (count - 1);
      g_array_append_val(t->states, state);
    }
    return true;
  }
  for (;;) {
    char *end;
    gint64 number = g_ascii_strtoll(rest, &end, 10);
    int state = (int)CLAMP(number, -1, t->passes + 1);
    if (end == rest || (*end != ',' && *end != '\0') || state <= last || state > t->passes)
      return fail_steps(s, t, error);
    g_array_append_val(t->states, state);
    last = state;
    if (*end == '\0')
      return true;
    rest = end + 1;
  }
}

/* A state's value is what the step before it left; its x̂₀ is the step's that it goes into. */
static void choose_recorded(sheet *t) {
  for (int step = 0; step < t->passes; step++)
    for (guint i = 0; i < t->states->len; i++) {
      int state = g_array_index(t->states, int, i);
      if (state == step || state == step + 1) {
        g_array_append_val(t->recorded, step);
        break;
      }
    }
}

static const float *record_of(const sheet *t, const float *records, int step) {
  for (guint i = 0; i < t->recorded->len; i++)
    if (g_array_index(t->recorded, int, i) == step)
      return records + i * t->floats;
  return NULL;
}

static void place(const cli_trajectory_strip *s, sheet *t) {
  int longest = MAX(s->region.width, s->region.height);
  t->every = (longest + s->cell - 1) / s->cell;
  rst_grid_pixels(&t->grid, s->region.x, s->region.y, (s->region.width + t->every - 1) / t->every,
                  (s->region.height + t->every - 1) / t->every);
  t->grid.dx = t->grid.dy = t->grid.column_step = t->grid.row_step = t->every;
  t->floats = (gsize)3 * t->grid.columns * t->grid.rows;
}

/* The luma of the pixels that are shown, unless the region is hidden from the network. */
static void find_luma(const cli_trajectory_strip *s, sheet *t) {
  const rst_grid *grid = &t->grid;
  if (s->parameters->hide_region)
    return;
  for (int row = 0; row < grid->rows; row++)
    for (int column = 0; column < grid->columns; column++) {
      gsize pixel =
        (gsize)(s->region.y + row * t->every) * s->raster->width + s->region.x + column * t->every;
      rst_pixel_luma(1, s->raster->rgba + 4 * pixel, NULL,
                     t->luma + (gsize)row * grid->columns + column);
    }
  t->grid.luma = t->luma;
}

static bool sample(const cli_trajectory_strip *s, sheet *t, GError **error) {
  rst_error cause = RST_ERROR_INIT;
  rst_hooks hooks = {.size = sizeof hooks, .cancel = s->cancel};
  gsize records = t->recorded->len;
  t->luma = g_try_malloc_n(t->floats / 3, sizeof *t->luma);
  t->first = g_try_malloc_n(t->floats, sizeof *t->first);
  t->values = g_try_malloc_n(t->floats, sizeof *t->values * records);
  t->clean = g_try_malloc_n(t->floats, sizeof *t->clean * records);
  if (!t->luma || !t->first || !t->values || !t->clean) {
    g_set_error_literal(error, CLI_ERROR, CLI_FAILED, _("memory ran out"));
    return false;
  }
  find_luma(s, t);
  const rst_trajectory to = {sizeof to, (int)records, (const int *)(void *)t->recorded->data,
                             t->first,  t->values,    t->clean};
  return rst_sample_trajectory(s->session, s->encoding, s->parameters, &t->grid, NULL, &to, &hooks,
                               &cause) == RST_OK ||
         cli_fail_engine(error, &cause);
}

/* Colours, clamped to what a screen shows. */
static void draw_picture(cli_drawing *drawing, const sheet *t, const float *colours, int x, int y) {
  for (int row = 0; row < t->grid.rows; row++)
    for (int column = 0; column < t->grid.columns; column++, colours += 3) {
      guint32 colour = 0;
      for (int c = 0; c < 3; c++)
        colour = colour << 8 | (guint32)(CLAMP(colours[c], 0, 1) * 255 + 0.5f);
      drawing_fill(drawing, x + column, y + row, 1, 1, colour);
    }
}

static char *caption_of(const cli_trajectory_strip *s, const sheet *t, int state) {
  if (state < t->passes)
    return t->single ? g_strdup(_("nothing")) : g_strdup_printf("t = %d", t->timesteps[state]);
  return t->single || s->parameters->end == 0 ? g_strdup(_("result"))
                                              : g_strdup_printf("t = %d", s->parameters->end - 1);
}

static bool draw(const cli_trajectory_strip *s, const sheet *t, const char *path, GError **error) {
  int width = t->grid.columns, height = t->grid.rows, step = MAX(width, SIDE) + GAP;
  cli_drawing drawing;
  drawing_init(&drawing, SIDE + GAP + (int)t->states->len * step, CAPTION + 2 * (height + GAP));
  bool good = drawing_text(&drawing, _("value"), TEXT, 0, SIDE - GAP, CAPTION + height / 2,
                           ALIGN_RIGHT, INK, error) &&
              drawing_text(&drawing, "x̂₀", TEXT + 2, 0, SIDE - GAP,
                           CAPTION + height + GAP + height / 2, ALIGN_RIGHT, INK, error);
  for (guint i = 0; i < t->states->len && good; i++) {
    int state = g_array_index(t->states, int, i), x = SIDE + (int)i * step;
    g_autofree char *caption = caption_of(s, t, state);
    good = drawing_text(&drawing, caption, TEXT, 0, x + width / 2, CAPTION / 2, ALIGN_CENTRE, INK,
                        error);
    draw_picture(&drawing, t, state == 0 ? t->first : record_of(t, t->values, state - 1), x,
                 CAPTION);
    if (state < t->passes) /* the result has none */
      draw_picture(&drawing, t, record_of(t, t->clean, state), x, CAPTION + height + GAP);
  }
  good = good && drawing_write(&drawing, path, s->cancel, error);
  drawing_clear(&drawing);
  return good;
}

bool trajectory_strip_write(const cli_trajectory_strip *s, const char *path, GError **error) {
  rst_model_info info = {.size = sizeof info};
  rst_error cause = RST_ERROR_INIT;
  sheet t = {.states = g_array_new(FALSE, FALSE, sizeof(int)),
             .recorded = g_array_new(FALSE, FALSE, sizeof(int)),
             .timesteps = g_new0(int, RST_STEPS_MAX)};
  rst_model_get_info(s->model, &info);
  t.single = info.process == RST_SINGLE_PASS;
  bool good =
    file_output_format(path, error) &&
    (rst_parameters_steps(s->parameters, s->model, t.timesteps, &t.passes, &cause) == RST_OK ||
     cli_fail_engine(error, &cause)) &&
    choose_states(s, &t, error);
  if (good) {
    choose_recorded(&t);
    place(s, &t);
    good = sample(s, &t, error) && draw(s, &t, path, error);
  }
  g_array_unref(t.states);
  g_array_unref(t.recorded);
  g_free(t.timesteps);
  g_free(t.luma);
  g_free(t.first);
  g_free(t.values);
  g_free(t.clean);
  return good;
}
