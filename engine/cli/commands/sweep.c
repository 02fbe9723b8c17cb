/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * sweep: the error of a diffusion model in every setup of the published sweep.
 */
#include <glib/gi18n.h>
#include <inttypes.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "commands/commands.h"
#include "base/common_options.h"
#include "base/error.h"
#include "io/image_source.h"
#include "io/file.h"
#include "measure/raster.h"
#include "measure/heat_map.h"
#include "base/interrupt.h"
#include "base/lookup.h"
#include "base/progress.h"
#include "measure/setups.h"
#include "measure/table.h"
#include "measure/trial.h"

enum { BEST = 10 }; /* setups listed at the end */

typedef struct options {
  char **paths;
  char *model, *output, *heat_map;
  int pictures, pixels, seed, threads;
  gboolean progress;
} options;

typedef struct sweep {
  const options *options;
  rst_parameters parameters;
  rst_model *model;
  rst_session *session;
  rst_cancel *cancel;
  cli_trial *trials;  /* (count): each picture's encoding and truth, made once */
  int count;
  char *run;          /* what the figures depend on */
  cli_setup setups[SETUPS];
  cli_row rows[SETUPS];
} sweep;

static bool check(const options *o, GError **error) {
  const char *fault = NULL;
  if (!o->paths)
    fault = _("a folder of pictures is needed, or pictures");
  else if (!o->output)
    fault = _("--output is needed: the table to write");
  else if (o->pictures < 0 || o->pixels < 0)
    fault = _("--pictures and --pixels must be 1 or more, or 0 for all");
  else if (o->seed < 0)
    fault = _("--seed must be 0 or more");
  return tool_check(fault, error);
}

static bool parse(void *data, int argc, char **argv, GError **error) {
  options *o = data;
  *o = (options){.pictures = 32, .pixels = 1024};
  const GOptionEntry entries[] = {
    {"output", 'o', 0, G_OPTION_ARG_FILENAME, &o->output,
     N_("Write this table, a row a setup; rows that it has already are not measured again"),
     N_("FILE.csv")},
    {"heat-map", 0, 0, G_OPTION_ARG_FILENAME, &o->heat_map, N_("Draw all setups in this picture"),
     N_("FILE")},
    {"model", 0, 0, G_OPTION_ARG_FILENAME, &o->model, N_("Diffusion model: id or path [portrait]"),
     "MODEL"},
    {"pictures", 0, 0, G_OPTION_ARG_INT, &o->pictures,
     N_("Measure on so many of the pictures, evenly taken; 0: all [32]"), "N"},
    {"pixels", 0, 0, G_OPTION_ARG_INT, &o->pixels,
     N_("Compare that many random pixels of each picture; 0: all [1024]"), "N"},
    {"seed", 0, 0, G_OPTION_ARG_INT, &o->seed, N_("Picture i has the noise of seed + i [0]"), "N"},
    OPTION_MEGAPIXELS,
    OPTION_THREADS(&o->threads),
    OPTION_PROGRESS(&o->progress),
    OPTION_PATHS(&o->paths),
    G_OPTION_ENTRY_NULL,
  };
  const char *summary =
    _("Measures a diffusion model by the reference's protocol (see evaluate) in 465 setups: noise\n"
      "stddev zero, normal, squared × stochasticity 1, 0.9 … 0 × step skipping 1…10; the same\n"
      "with clipping, without skipping; and with projection at stochasticity 0, 0.5, 1.\n"
      "A run that was stopped goes on by the same command.");
  return tool_parse(entries, _("DIR|PICTURE… --output FILE.csv"), summary, argc, argv, error) &&
         check(o, error);
}

static bool open_model(sweep *s, char **sum, GError **error) {
  const options *o = s->options;
  rst_error cause = RST_ERROR_INIT;
  rst_parameters_init(&s->parameters);
  s->parameters.seed = o->seed;
  if (o->model && rst_parameters_set(&s->parameters, "model", o->model, &cause) != RST_OK)
    return cli_fail_engine(error, &cause);
  s->model = lookup_model(&s->parameters, NULL, NULL, error);
  if (!s->model || !lookup_network_sum(s->parameters.model, sum, error))
    return false;
  rst_model_info info = {.size = sizeof info};
  rst_model_get_info(s->model, &info);
  if (info.process == RST_SINGLE_PASS) {
    g_set_error(error, CLI_ERROR, CLI_FAILED,
                _("%s is a single-pass model: it has no sampler whose setups could be swept"),
                s->parameters.model);
    return false;
  }
  for (int i = 0; i < SETUPS; i++) {
    rst_parameters parameters = s->parameters;
    setup_apply(&s->setups[i], &parameters);
    if (rst_parameters_steps(&parameters, s->model, NULL, &s->rows[i].passes, &cause) != RST_OK)
      return cli_fail_engine(error, &cause);
  }
  return rst_session_new(o->threads, &s->session, &cause) == RST_OK ||
         cli_fail_engine(error, &cause);
}

static bool open_picture(sweep *s, const char *path, GChecksum *sum, GError **error) {
  rst_error cause = RST_ERROR_INIT;
  cli_raster raster;
  if (!raster_read_truth(&raster, path, s->cancel, error))
    return false;
  cli_trial *trial = &s->trials[s->count];
  rst_status status = trial_init(trial, PROTOCOL_REFERENCE, &raster, s->options->pixels, s->count,
                                 s->session, s->model, s->cancel, &cause);
  raster_clear(&raster);
  if (status != RST_OK)
    return cli_fail_engine(error, &cause);
  s->count++;
  g_checksum_update(sum, (const guchar *)trial->truth.rgba,
                    sizeof(float) * 4 * TRIAL_SIDE * TRIAL_SIDE);
  return true;
}

/* Encodes every picture, once for all setups. */
static bool open_pictures(sweep *s, const char *model, GError **error) {
  const options *o = s->options;
  g_autoptr(GPtrArray) files = raster_list(o->paths, error);
  if (!files)
    return false;
  guint wanted = o->pictures == 0 ? files->len : MIN((guint)o->pictures, files->len);
  g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
  g_autofree char *settings = g_strdup_printf("%s %d %d", model, o->pixels, o->seed);
  g_checksum_update(sum, (const guchar *)settings, -1);
  s->trials = g_new0(cli_trial, wanted);
  bool good = true;
  for (guint i = 0; i < wanted && good; i++)
    good = open_picture(s, files->pdata[(guint64)i * files->len / wanted], sum, error);
  s->run = g_strndup(g_checksum_get_string(sum), 16);
  return good;
}

/* Means over the pictures. */
static bool measure(sweep *s, int index, GError **error) {
  cli_row row = {.done = true, .passes = s->rows[index].passes};
  for (int i = 0; i < s->count; i++) {
    rst_error cause = RST_ERROR_INIT;
    rst_parameters parameters = s->parameters;
    cli_figures figures;
    setup_apply(&s->setups[index], &parameters);
    rst_status status =
      trial_measure(&s->trials[i], s->session, &parameters, i, s->cancel, &figures, &cause);
    if (status == RST_CANCELLED)
      return cli_fail_midway(error);
    if (status != RST_OK)
      return cli_fail_engine(error, &cause);
    row.mse += figures.mse / s->count;
    row.bicubic += figures.bicubic / s->count;
    row.seconds += figures.seconds;
  }
  s->rows[index] = row;
  return table_add(s->options->output, s->run, &s->setups[index], &row, error);
}

/* How long a pass of all points takes a processor: of the first picture, in a setup of few. */
static double time_pass(const sweep *s) {
  rst_parameters parameters = s->parameters;
  cli_figures figures;
  int passes = 1;
  parameters.step_skip = 10;
  if (rst_parameters_steps(&parameters, s->model, NULL, &passes, NULL) != RST_OK ||
      trial_measure(&s->trials[0], s->session, &parameters, 0, s->cancel, &figures, NULL) != RST_OK)
    return 0;
  return figures.seconds * s->count / passes;
}

static bool measure_all(sweep *s, GError **error) {
  gint64 left = 0, passes = 0;
  int done = 0;
  cli_progress progress;
  bool good = true;
  for (int i = 0; i < SETUPS; i++) {
    left += s->rows[i].done ? 0 : s->rows[i].passes;
    done += s->rows[i].done;
  }
  cli_say(_("%s: %d setups, %d of them done; %d pictures, %" PRId64 " points of each"),
          s->options->output, SETUPS, done, s->count, s->trials[0].points);
  if (left > 0)
    cli_say(_("what is left takes about %.1f minutes of one processor"),
            time_pass(s) * (double)left / 60);
  progress_init(&progress, s->options->progress, false);
  for (int i = 0; i < SETUPS && good; i++) {
    if (s->rows[i].done)
      continue;
    passes += s->rows[i].passes;
    good = measure(s, i, error);
    if (good)
      progress_update(&progress, RST_PHASE_SAMPLING, (double)passes / (double)left);
  }
  progress_end(&progress);
  return good;
}

/* ---- what is reported ---- */

static const sweep *compared; /* by qsort() */

static int by_error(const void *a, const void *b) {
  double x = compared->rows[*(const int *)a].mse, y = compared->rows[*(const int *)b].mse;
  return x < y ? -1 : x > y;
}

static void print_result(const sweep *s) {
  int order[SETUPS], worse = 0;
  for (int i = 0; i < SETUPS; i++) {
    order[i] = i;
    worse += s->rows[i].mse > s->rows[i].bicubic;
  }
  compared = s;
  qsort(order, SETUPS, sizeof *order, by_error);
  g_print(_("%d of %d setups are worse than bicubic enlargement (%.6f)\n\n"), worse, SETUPS,
          s->rows[0].bicubic);
  g_print("%-10s %-9s %-13s %-9s %-10s %-5s %s\n", "mse", "ratio", "noise-stddev", "stochast.",
          "step-skip", "clip", "project");
  for (int i = 0; i < BEST; i++) {
    const cli_setup *setup = &s->setups[order[i]];
    const cli_row *row = &s->rows[order[i]];
    g_print("%.6f   %-9.4f %-13s %-9.1f %-10d %-5s %s\n", row->mse, row->mse / row->bicubic,
            rst_parameter_find("noise-stddev")->choices[setup->noise_stddev], setup->stochasticity,
            setup->step_skip, setup->clip ? "yes" : "no", setup->project ? "yes" : "no");
  }
}

static bool draw(const sweep *s, GError **error) {
  double ratios[SETUPS];
  for (int i = 0; i < SETUPS; i++)
    ratios[i] = s->rows[i].mse / s->rows[i].bicubic;
  g_autofree char *name = g_filename_display_name(s->parameters.model);
  g_autofree char *title = g_strdup_printf(_("%s, %d pictures, %" PRId64 " points of each"), name,
                                           s->count, s->trials[0].points);
  return heat_map_write(s->options->heat_map, title, s->setups, ratios, s->cancel, error);
}

static bool run(const void *data, GError **error) {
  const options *o = data;
  g_autofree sweep *s = g_new0(sweep, 1);
  char *model = NULL;
  s->options = o;
  s->cancel = interrupt_catch();
  setups_fill(s->setups);
  bool good = (!o->heat_map || file_output_format(o->heat_map, error)) &&
              open_model(s, &model, error) && open_pictures(s, model, error) &&
              table_open(o->output, s->run, s->setups, s->rows, error) && measure_all(s, error);
  if (good) {
    print_result(s);
    good = !o->heat_map || draw(s, error);
  }
  for (int i = 0; i < s->count; i++)
    trial_clear(&s->trials[i]);
  g_free(s->trials);
  g_free(s->run);
  g_free(model);
  rst_session_free(s->session);
  rst_model_unref(s->model);
  return good;
}

static void clear(void *data) {
  options *o = data;
  g_strfreev(o->paths);
  g_free(o->model);
  g_free(o->output);
  g_free(o->heat_map);
}

const cli_tool sweep_tool = {sizeof(options), offsetof(options, threads), parse, run, clear};
