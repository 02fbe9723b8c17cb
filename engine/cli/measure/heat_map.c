/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "measure/heat_map.h"

#include <glib/gi18n.h>
#include <math.h>

#include "measure/drawing.h"

/* Pixels. A panel for each noise stddev, one below the other; in a row of it, one stochasticity:
 * the step skippings, clipping, and the step skippings with projection. */
enum {
  CELL_WIDTH = 40,
  CELL_HEIGHT = 22,
  LEFT = 60,                                  /* of the first cell */
  CLIPPED = LEFT + 10 * CELL_WIDTH + 12,      /* of the column with clipping */
  PROJECTED = CLIPPED + CELL_WIDTH + 30,      /* of the first cell with projection */
  WIDTH = PROJECTED + 14 * CELL_WIDTH + 20,
  TOP = 70,                                   /* of the first panel */
  HEADING = 52,                               /* a panel's, above its cells */
  PANEL = HEADING + 11 * CELL_HEIGHT + 18,
  HEIGHT = TOP + 3 * PANEL + 34,
  TEXT = 12,
};

enum { INK = 0x202020, WHITE = 0xffffff };

/* The scale's ends and middle: RdBu of ColorBrewer (Brewer 2003). */
static const double best_colour[3] = {33, 102, 172}, even_colour[3] = {247, 247, 247};
static const double worst_colour[3] = {178, 24, 43}, worse_colour[3] = {253, 219, 199};

static guint32 between(const double from[3], const double to[3], double share) {
  guint32 colour = 0;
  for (int i = 0; i < 3; i++)
    colour = colour << 8 | (guint32)lrint(from[i] + CLAMP(share, 0, 1) * (to[i] - from[i]));
  return colour;
}

/* On logarithmic scales: from the best ratio to 1, and from 1 to the worst. */
static guint32 colour_of(double ratio, double best, double worst) {
  if (ratio < 1)
    return between(even_colour, best_colour, log(ratio) / log(MIN(best, 0.999)));
  return between(worse_colour, worst_colour, log(ratio) / log(MAX(worst, 1.001)));
}

/* A panel's place among the others. */
static int panel_of(rst_stddev stddev) {
  return stddev == RST_STDDEV_ZERO ? 0 : stddev == RST_STDDEV_NORMAL ? 1 : 2;
}

static void place(const cli_setup *s, int *x, int *y) {
  /* After ten columns of 1…10 come 15, 20, 25, 30. */
  int column = s->step_skip <= 10 ? s->step_skip - 1 : 7 + s->step_skip / 5;
  *x = s->clip ? CLIPPED : (s->project ? PROJECTED : LEFT) + column * CELL_WIDTH;
  *y = TOP + panel_of(s->noise_stddev) * PANEL + HEADING +
       (int)lrint(10 * (1 - s->stochasticity)) * CELL_HEIGHT;
}

static bool draw_cell(cli_drawing *c, const cli_setup *setup, double ratio, double best,
                      double worst, GError **error) {
  char text[16];
  int x, y;
  place(setup, &x, &y);
  guint32 colour = colour_of(ratio, best, worst);
  bool dark = (colour >> 8 & 255) < 130; /* most of a colour's lightness is its green */
  g_snprintf(text, sizeof text, ratio < 9.995 ? "%.2f" : ratio < 999.5 ? "%.0f" : ">999", ratio);
  drawing_fill(c, x, y, CELL_WIDTH - 1, CELL_HEIGHT - 1, colour);
  if (ratio == best)
    drawing_outline(c, x, y, CELL_WIDTH - 1, CELL_HEIGHT - 1, 2, INK);
  return drawing_text(c, text, TEXT, 0, x + CELL_WIDTH / 2, y + CELL_HEIGHT / 2, ALIGN_CENTRE,
                      dark ? WHITE : INK, error);
}

static bool draw_numbers(cli_drawing *c, int x, int y, bool more, GError **error) {
  bool good = true;
  for (int i = 0; i < (more ? 14 : 10) && good; i++) {
    char text[8];
    g_snprintf(text, sizeof text, "%d", i < 10 ? i + 1 : 5 * (i - 7));
    good = drawing_text(c, text, TEXT, 0, x + i * CELL_WIDTH + CELL_WIDTH / 2, y, ALIGN_CENTRE, INK,
                        error);
  }
  return good;
}

/* What is the same whatever came out. */
static bool draw_axes(cli_drawing *c, int panel, GError **error) {
  static const char *const names[] = {"zero", "normal", "squared"};
  int top = TOP + panel * PANEL, numbers = top + HEADING - 10;
  g_autofree char *heading = g_strdup_printf(_("noise stddev %s: step skipping →"), names[panel]);
  g_autofree char *projected =
    g_strdup_printf(_("noise stddev %s, projection: step skipping →"), names[panel]);
  bool good =
    drawing_text(c, heading, TEXT + 1, 0, LEFT, top + 20, ALIGN_LEFT, INK, error) &&
    drawing_text(c, projected, TEXT + 1, 0, PROJECTED, top + 20, ALIGN_LEFT, INK, error) &&
    drawing_text(c, _("1, clip"), TEXT, 0, CLIPPED + CELL_WIDTH / 2, numbers, ALIGN_CENTRE, INK,
                 error) &&
    draw_numbers(c, LEFT, numbers, false, error) &&
    draw_numbers(c, PROJECTED, numbers, panel == 2, error);
  for (int i = 0; i <= 10 && good; i++) {
    char text[16];
    g_snprintf(text, sizeof text, i == 0 ? "η %.1f" : "%.1f", 1 - i / 10.0);
    good = drawing_text(c, text, TEXT, 0, LEFT - 8,
                        top + HEADING + i * CELL_HEIGHT + CELL_HEIGHT / 2, ALIGN_RIGHT, INK, error);
  }
  return good;
}

bool heat_map_write(const char *path, const char *title, const cli_setup setups[SETUPS],
                    const double ratios[SETUPS], rst_cancel *cancel, GError **error) {
  cli_drawing drawing;
  double best = INFINITY, worst = 0;
  for (int i = 0; i < SETUPS; i++) {
    best = MIN(best, ratios[i]);
    worst = MAX(worst, ratios[i]);
  }
  drawing_init(&drawing, WIDTH, HEIGHT);
  bool good = drawing_text(&drawing, title, TEXT + 4, WIDTH - 40, 20, 36, ALIGN_LEFT, INK, error) &&
              drawing_text(&drawing,
                           _("RGB MSE ÷ that of bicubic enlargement: blue is better, red is worse; "
                             "η is the stochasticity; the frame marks the best"),
                           TEXT, 0, 20, HEIGHT - 22, ALIGN_LEFT, INK, error);
  for (int i = 0; i < 3 && good; i++)
    good = draw_axes(&drawing, i, error);
  for (int i = 0; i < SETUPS && good; i++)
    good = draw_cell(&drawing, &setups[i], ratios[i], best, worst, error);
  good = good && drawing_write(&drawing, path, cancel, error);
  drawing_clear(&drawing);
  return good;
}
