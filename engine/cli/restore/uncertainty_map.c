/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How much a result varies with the seed: measured, and drawn as a picture.
 */
#include "restore/uncertainty_map.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "base/error.h"

/* The engine's reading side is the picture's, its writing side the uncertainty's. */
typedef struct host {
  const rst_picture *view;
  cli_uncertainty *uncertainty;
} host;

static bool host_read(void *user, int x, int y, int width, int height, float *rgba) {
  const rst_picture *view = ((host *)user)->view;
  return view->read(view->user, x, y, width, height, rgba);
}

static bool host_read_coverage(void *user, int x, int y, int width, int height, float *coverage) {
  const rst_picture *view = ((host *)user)->view;
  return view->read_coverage(view->user, x, y, width, height, coverage);
}

static bool host_write(void *user, int x, int y, int width, int height, const float *deviations,
                       const float *coverage) {
  const cli_uncertainty *u = ((host *)user)->uncertainty;
  for (int row = y; row < y + height; row++)
    for (int column = x; column < x + width; column++, deviations += 3, coverage++)
      if (*coverage > 0)
        u->deviations[(gsize)(row - u->box.y) * u->box.width + (column - u->box.x)] =
          fmaxf(deviations[0], fmaxf(deviations[1], deviations[2]));
  return true;
}

/* How many of the pixels lie beyond. */
static int64_t count_beyond(const cli_uncertainty *u, double white) {
  int64_t count = 0;
  for (gsize i = 0; i < (gsize)u->box.width * u->box.height; i++)
    count += u->deviations[i] > white;
  return count;
}

static double choose_white(const cli_uncertainty *u, int64_t points) {
  static const double steps[] = {0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5};
  for (size_t i = 0; i < G_N_ELEMENTS(steps); i++)
    if (count_beyond(u, steps[i]) <= points / 100)
      return steps[i];
  return 1;
}

bool uncertainty_measure(cli_uncertainty *u, rst_session *session, rst_model *model,
                         const rst_parameters *parameters, const rst_picture *view,
                         const rst_plan *plan, const rst_rectangle *box, int seeds, double white,
                         const rst_hooks *hooks, GError **error) {
  host user = {view, u};
  rst_picture picture = *view;
  rst_model_info info = {.size = sizeof info};
  rst_error cause = RST_ERROR_INIT;
  rst_model_get_info(model, &info);
  if (info.process == RST_SINGLE_PASS) {
    g_set_error(error, CLI_ERROR, CLI_FAILED,
                _("%s is a single-pass model, whose result is the same with every seed"),
                parameters->model);
    return false;
  }
  *u = (cli_uncertainty){.box = *box};
  u->deviations = g_try_malloc0_n((gsize)box->width * box->height, sizeof *u->deviations);
  if (!u->deviations) {
    g_set_error_literal(error, CLI_ERROR, CLI_FAILED, _("memory ran out"));
    return false;
  }
  picture.user = &user;
  picture.read = host_read;
  picture.read_coverage = view->read_coverage ? host_read_coverage : NULL;
  picture.write = host_write;
  if (rst_uncertainty(session, model, parameters, &picture, plan, seeds, hooks, &cause) != RST_OK)
    return cli_fail_engine(error, &cause);
  u->white = white > 0 ? white : choose_white(u, plan->points);
  return true;
}

void uncertainty_clear(cli_uncertainty *u) {
  g_clear_pointer(&u->deviations, g_free);
}

VipsImage *uncertainty_picture(const cli_uncertainty *u, int width, int height, GError **error) {
  gsize count = (gsize)u->box.width * u->box.height;
  g_autofree guint16 *levels = g_try_new(guint16, count);
  if (!levels) {
    g_set_error_literal(error, CLI_ERROR, CLI_FAILED, _("memory ran out"));
    return NULL;
  }
  VipsImage *region = NULL, *whole = NULL;
  for (gsize i = 0; i < count; i++)
    levels[i] = (guint16)lrint(MIN(u->deviations[i] / u->white, 1) * 65535);
  region = vips_image_new_from_memory_copy(levels, count * sizeof *levels, u->box.width,
                                           u->box.height, 1, VIPS_FORMAT_USHORT);
  if (region)
    region->Type = VIPS_INTERPRETATION_GREY16;
  if (!region || vips_embed(region, &whole, u->box.x, u->box.y, width, height, NULL) != 0)
    cli_fail_vips(error, _("uncertainty"));
  g_clear_object(&region);
  return whole;
}
