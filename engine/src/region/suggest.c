/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Colours that the network proposes for a pixel, to choose a hint from (cf. Zhang et al. 2017,
 * Real-time user-guided image colorization with learned deep priors, who learn such suggestions).
 *
 * Diffusion knows more than one answer: some seeds' colours and, counting as several, the one among
 * them that is nearest to all others are clustered. A single pass has one answer, so beside it stand
 * paler and stronger ones and what it makes of other places.
 */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/session.h"
#include "base/status.h"
#include "network/encoder.h"
#include "parameters/parameters.h"
#include "region/colour.h"
#include "region/parts.h"

enum {
  SEEDS = 16,
  BEST_COUNTS = 4, /* seeds that the best guess counts as */
  PLACES = 8       /* on a side of the window, at which a single pass is asked */
};

static const double apart = 8; /* of a* and b*: nearer colours are one swatch */
static const double paler = 0.5, stronger = 1.6;

/* A colour of the pixel's L*, or the mean of some. */
typedef struct {
  double a, b, weight;
} proposal;

typedef struct {
  rst_session *session;
  const rst_encoding *encoding;
  rst_parameters *parameters; /* a copy, whose seed changes */
  const rst_picture *picture;
  rst_cancel *cancel;
  rst_error *error;
} asking;

/* The network's a* and b* at a pixel, at that pixel's own L*, whose colour goes into `rgba`. */
static rst_status ask(const asking *q, int seed, int x, int y, float rgba[4], proposal *answer) {
  const rst_hooks hooks = {sizeof hooks, NULL, NULL, NULL, q->cancel, NULL};
  rst_status status;
  rst_grid grid;
  float luma, colour[3];
  double lab[3];

  if (!q->picture->read(q->picture->user, x, y, 1, 1, rgba))
    return rst_fail_host(q->error);
  rst_pixel_luma(1, rgba, NULL, &luma);
  rst_grid_pixels(&grid, x, y, 1, 1);
  grid.luma = &luma;
  q->parameters->seed = seed;
  status =
    rst_sample(q->session, q->encoding, q->parameters, &grid, NULL, colour, &hooks, q->error);
  if (status != RST_OK)
    return status;
  rst_mix(RST_MODE_COLOUR, q->parameters->saturation, 1, rgba, colour, colour);
  rst_to_lab(colour, lab);
  *answer = (proposal){lab[1], lab[2], 1};
  return RST_OK;
}

static double distance(const proposal *one, const proposal *other) {
  return hypot(one->a - other->a, one->b - other->b);
}

/* The one with the least sum of distances to the others. */
static int find_best(const proposal *all, int count) {
  double least = INFINITY;
  int best = 0;

  for (int i = 0; i < count; i++) {
    double sum = 0;

    for (int j = 0; j < count; j++)
      sum += distance(&all[i], &all[j]);
    if (sum < least) {
      least = sum;
      best = i;
    }
  }
  return best;
}

static bool find_nearest(const proposal *all, int count, int pair[2], double *least) {
  *least = INFINITY;
  for (int i = 0; i < count; i++)
    for (int j = i + 1; j < count; j++)
      if (distance(&all[i], &all[j]) < *least) {
        *least = distance(&all[i], &all[j]);
        pair[0] = i;
        pair[1] = j;
      }
  return count > 1;
}

/* Joins the two that are nearest to one another, as long as they are near or too many; returns how
 * many are left, the heaviest first. */
static int cluster(proposal *all, int count, int most) {
  int pair[2] = {0, 1};
  double least;

  while (find_nearest(all, count, pair, &least) && (least < apart || count > most)) {
    proposal *to = &all[pair[0]], *from = &all[pair[1]];
    const double weight = to->weight + from->weight;

    to->a = (to->weight * to->a + from->weight * from->a) / weight;
    to->b = (to->weight * to->b + from->weight * from->b) / weight;
    to->weight = weight;
    *from = all[--count];
  }
  for (int i = 1; i < count; i++)
    for (int j = i; j > 0 && all[j].weight > all[j - 1].weight; j--) {
      const proposal heavier = all[j];

      all[j] = all[j - 1];
      all[j - 1] = heavier;
    }
  return count;
}

static rst_status ask_seeds(const asking *q, int x, int y, float rgba[4], proposal *all,
                            int *count) {
  int seed = q->parameters->seed;
  rst_status status = RST_OK;

  for (int i = 0; i < SEEDS && status == RST_OK; i++) {
    status = ask(q, seed, x, y, rgba, &all[i]);
    seed = rst_next_seed(seed);
  }
  if (status != RST_OK)
    return status;
  all[find_best(all, SEEDS)].weight += BEST_COUNTS;
  *count = cluster(all, SEEDS, RST_SWATCHES_MAX);
  return RST_OK;
}

/* What a single pass makes of places all over the window, inside the picture. */
static rst_status ask_places(const asking *q, int seed, proposal *all, int *count) {
  const rst_window *w = &q->encoding->window;
  rst_status status = RST_OK;
  float rgba[4];

  *count = 0;
  for (int i = 0; i < PLACES * PLACES && status == RST_OK; i++) {
    const int x = w->x + (int)((i % PLACES + 0.5) * w->side / PLACES);
    const int y = w->y + (int)((i / PLACES + 0.5) * w->side / PLACES);

    if (x < 0 || y < 0 || x >= q->picture->width || y >= q->picture->height)
      continue;
    status = ask(q, seed, x, y, rgba, &all[*count]);
    *count += status == RST_OK;
  }
  return status;
}

static rst_status ask_once(const asking *q, int x, int y, float rgba[4], proposal *all,
                           int *count) {
  proposal elsewhere[PLACES * PLACES], own;
  const int seed = q->parameters->seed;
  int others = 0;
  rst_status status = ask_places(q, seed, elsewhere, &others);

  if (status == RST_OK)
    status = ask(q, seed, x, y, rgba, &own);
  if (status != RST_OK)
    return status;
  others = cluster(elsewhere, others, PLACES * PLACES);
  all[0] = own;
  all[1] = (proposal){paler * own.a, paler * own.b, 0};
  all[2] = (proposal){stronger * own.a, stronger * own.b, 0};
  *count = 3;
  for (int i = 0; i < others && *count < RST_SWATCHES_MAX; i++)
    if (distance(&elsewhere[i], &own) >= apart) {
      all[*count] = elsewhere[i];
      all[(*count)++].weight = 0;
    }
  return RST_OK;
}

rst_status rst_suggest_colours(rst_session *session, const rst_encoding *encoding,
                               const rst_parameters *parameters, const rst_picture *picture, int x,
                               int y, rst_cancel *cancel, rst_swatch *swatches, int *count,
                               rst_error *error) {
  asking q = {session, encoding, NULL, NULL, cancel, error};
  RST_FREED rst_parameters *own = NULL, *copy = NULL;
  rst_picture all_picture;
  proposal all[SEEDS];
  double lab[3], sum = 0;
  float rgba[4];
  rst_status status;
  int found = 0;

  if (!session || !encoding || !swatches || !count || !rst_take_picture(&picture, &all_picture) ||
      x < 0 || y < 0 || x >= picture->width || y >= picture->height)
    return rst_fail_call(error, "rst_suggest_colours");
  status = rst_whole_parameters(&parameters, &own, "rst_suggest_colours", error);
  if (status != RST_OK)
    return status;
  copy = rst_parameters_copy(parameters);
  if (!copy)
    return rst_fail_memory(error);
  q.parameters = copy;
  q.picture = picture;
  status = encoding->model->process == RST_SINGLE_PASS ? ask_once(&q, x, y, rgba, all, &found)
                                                       : ask_seeds(&q, x, y, rgba, all, &found);
  if (status != RST_OK)
    return status;
  for (int i = 0; i < found; i++)
    sum += all[i].weight;
  rst_to_lab(rgba, lab);
  for (int i = 0; i < found; i++) {
    lab[1] = all[i].a;
    lab[2] = all[i].b;
    rst_from_lab(lab, swatches[i].rgb);
    swatches[i].share = all[i].weight / sum;
  }
  *count = found;
  return RST_OK;
}
