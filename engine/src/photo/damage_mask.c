/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What counts as damage: pixels that are sure enough, less sure ones that join them, and the soft rim
 * of all of these.
 */
#include <math.h>
#include <string.h>

#include "base/complete.h"
#include "base/session.h"
#include "base/status.h"
#include "network/finder.h"
#include "photo/sureness.h"

/* Odds by which the threshold changes from one end of the sensitivity to the other, and by which a
 * pixel may be less sure that joins sure ones; logarithms. */
static const double sensitivity_odds = 8, weak_odds = 1.5;

/* The least of the bytes that is above a threshold. */
static int least(double odds) {
  const int value = (int)ceil(rst_sureness(odds));

  return value > 1 ? value : 1;
}

/* The neighbours of a pixel. */
static const int across[8] = {-1, 0, 1, -1, 1, -1, 0, 1}, down[8] = {-1, -1, -1, 0, 0, 1, 1, 1};

enum {
  FOUND = 255,
  BESIDE = 254,
  BACK = 1
}; /* mask values; BACK + i: on the way, from neighbour i */

enum { ASK = 1 << 16 }; /* steps on the way from one question for a cancel to the next */

/* One call's work. */
typedef struct {
  const unsigned char *sure;
  int width, height, strong, weak;
  unsigned char *mask;
  const rst_cancel *cancel;
  unsigned steps;
} marking;

static bool is_inside(const marking *m, int x, int y) {
  return x >= 0 && y >= 0 && x < m->width && y < m->height;
}

static size_t place_of(const marking *m, int x, int y) {
  return (size_t)y * (size_t)m->width + (size_t)x;
}

/* All weak pixels that join a sure one; false where it is cancelled. The way back lies in the mask
 * while it is gone, so that no memory is needed. */
static bool follow(marking *m, int x, int y) {
  int next = 0;

  m->mask[place_of(m, x, y)] = BACK + 8; /* the way ends here */
  while (++m->steps % ASK != 0 || !rst_cancelled(m->cancel)) {
    unsigned char *here = &m->mask[place_of(m, x, y)];

    for (; next < 8; next++) {
      const int u = x + across[next], v = y + down[next];

      if (is_inside(m, u, v) && m->mask[place_of(m, u, v)] == 0 &&
          m->sure[place_of(m, u, v)] >= m->weak) {
        m->mask[place_of(m, u, v)] = (unsigned char)(BACK + 7 - next); /* the neighbour opposite */
        x = u;
        y = v;
        break;
      }
    }
    if (next < 8) {
      next = 0;
      continue;
    }
    const int back = *here - BACK;

    *here = FOUND;
    if (back == 8)
      return true;
    x += across[back];
    y += down[back];
    next = 7 - back + 1;
  }
  return false;
}

static void clear_row(marking *m, int y) {
  memset(m->mask + place_of(m, 0, y), 0, (size_t)m->width);
}

static void follow_row(marking *m, int y) {
  for (int x = 0; x < m->width; x++)
    if (m->sure[place_of(m, x, y)] >= m->strong && m->mask[place_of(m, x, y)] == 0 &&
        !follow(m, x, y))
      return;
}

static void grow_row(marking *m, int y) {
  for (int x = 0; x < m->width; x++) {
    if (m->mask[place_of(m, x, y)] != FOUND)
      continue;
    for (int i = 0; i < 8; i++) {
      const int u = x + across[i], v = y + down[i];

      if (is_inside(m, u, v) && m->mask[place_of(m, u, v)] == 0)
        m->mask[place_of(m, u, v)] = BESIDE;
    }
  }
}

static void join_row(marking *m, int y) {
  unsigned char *row = m->mask + place_of(m, 0, y);

  for (int x = 0; x < m->width; x++)
    row[x] = row[x] == 0 ? 0 : FOUND;
}

rst_status rst_damage_mask(const rst_finder *finder, const unsigned char *sure, int width,
                           int height, double sensitivity, const rst_hooks *hooks,
                           unsigned char *mask, rst_error *error) {
  static void (*const passes[])(marking *m, int y) = {clear_row, follow_row, grow_row, join_row};
  rst_hooks all_hooks;
  marking m = {.sure = sure, .width = width, .height = height, .mask = mask};
  double odds;

  if (!finder || finder->finds != RST_FINDS_DAMAGE || !sure || width < 1 || height < 1 || !mask ||
      !rst_complete_hooks(&hooks, &all_hooks))
    return rst_fail_call(error, "rst_damage_mask");
  odds = rst_logit(finder->threshold) + (0.5 - fmin(fmax(sensitivity, 0), 1)) * sensitivity_odds;
  m.strong = least(odds);
  m.weak = least(odds - weak_odds);
  m.cancel = hooks ? hooks->cancel : NULL;
  for (size_t i = 0; i < sizeof passes / sizeof *passes; i++)
    for (int y = 0; y < height; y++) {
      if (rst_cancelled(m.cancel))
        return rst_fail_cancelled(error);
      passes[i](&m, y);
    }
  return rst_cancelled(m.cancel) ? rst_fail_cancelled(error) : RST_OK;
}
