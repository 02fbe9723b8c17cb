/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * restore IN OUT: one picture from file to file.
 */
#include <glib/gi18n.h>
#include <inttypes.h>
#include <string.h>

#include "commands.h"
#include "error.h"
#include "file.h"
#include "interrupt.h"
#include "options.h"
#include "picture.h"
#include "progress.h"

/* A choice's name, as on the command line. */
static const char *choice_name(const char *parameter, int value) {
  return rst_parameter_find(parameter)->choices[value];
}

static rst_preset *read_preset(const char *name, GError **error) {
  char path[4096];
  rst_error cause = RST_ERROR_INIT;
  rst_preset *preset = NULL;
  if (rst_find(RST_KIND_PRESET, name, path, sizeof path, &cause) != RST_OK ||
      rst_preset_read(path, &preset, &cause) != RST_OK)
    cli_fail_engine(error, &cause);
  return preset;
}

static rst_model *read_model(const rst_parameters *parameters, const rst_preset *preset,
                             GError **error) {
  char path[4096];
  rst_error cause = RST_ERROR_INIT;
  rst_model *model = NULL;
  if (rst_find(RST_KIND_MODEL, parameters->model, path, sizeof path, &cause) == RST_OK &&
      rst_model_read(path, &model, &cause) == RST_OK &&
      (preset == NULL || rst_preset_check(preset, model, &cause) == RST_OK) &&
      rst_parameters_check(parameters, model, &cause) == RST_OK)
    return model;
  rst_model_unref(model);
  cli_fail_engine(error, &cause);
  return NULL;
}

/* Parameters given on the command line that this model, or this sampler, does not read. */
static void say_ignored(const cli_options *o, const rst_parameters *parameters,
                        const rst_model_info *info) {
  size_t count;
  const rst_parameter *table = rst_parameter_table(&count);
  for (size_t i = 0; i < count; i++) {
    const rst_parameter *p = &table[i];
    if (!p->sampling || !g_hash_table_contains(o->given, p->name))
      continue;
    if (info->process == RST_SINGLE_PASS)
      cli_say(_("%s has no effect: %s is a single-pass model"), p->name, parameters->model);
    else if (parameters->sampler == RST_SAMPLER_DDPM && !p->ddpm)
      cli_say(_("%s has no effect with the sampler ddpm"), p->name);
  }
}

/* The region to restore: the rectangle given, or the whole picture. */
static bool get_box(const cli_options *o, const VipsImage *image, int box[4], GError **error) {
  const int whole[4] = {0, 0, image->Xsize, image->Ysize};
  memcpy(box, o->has_region ? o->region : whole, sizeof whole);
  /* Sizes are at most 2²⁴, so that the sums fit. */
  if (box[0] >= 0 && box[1] >= 0 && box[0] + box[2] <= image->Xsize &&
      box[1] + box[3] <= image->Ysize)
    return true;
  g_set_error(error, CLI_ERROR, CLI_FAILED,
              _("the region %d,%d,%dx%d reaches beyond the picture, which has %d × %d pixels"),
              box[0], box[1], box[2], box[3], image->Xsize, image->Ysize);
  return false;
}

/* The sampler's settings in words. */
static char *setup_text(const rst_parameters *p, const rst_model *model,
                        const rst_model_info *info) {
  if (info->process == RST_SINGLE_PASS)
    return g_strdup(_("single pass"));
  int passes = 0;
  rst_parameters_steps(p, model, NULL, &passes, NULL);
  bool ddpm = p->sampler == RST_SAMPLER_DDPM;
  GString *text = g_string_new(NULL);
  g_string_append_printf(text, _("%s, %d of %d steps"), ddpm ? "ddpm" : "ddim", passes,
                         info->steps);
  if (!ddpm)
    g_string_append_printf(text, _(", stochasticity %g"), p->stochasticity);
  g_string_append_printf(text, _(", noise stddev %s"),
                         choice_name("noise-stddev", p->noise_stddev));
  if (!ddpm && p->project)
    g_string_append(text, _(", projected"));
  if (p->clip)
    g_string_append(text, _(", clipped"));
  g_string_append_printf(text, _(", seed %d"), p->seed);
  return g_string_free(text, FALSE);
}

/* How the parts were joined and what the network saw, in words: each mode in use, and the window,
 * or the range of the windows' sides. */
static char *parts_text(const rst_parameters *parameters, const rst_plan *plan) {
  GString *text = g_string_new(_("mode "));
  unsigned seen = 0;
  int smallest = plan->parts[0].window.side, largest = smallest;
  for (int i = 0; i < plan->count; i++) {
    const rst_part *part = &plan->parts[i];
    if ((seen & 1u << part->mode) == 0)
      g_string_append_printf(text, "%s%s", seen == 0 ? "" : "/",
                             choice_name("mode", part->mode));
    seen |= 1u << part->mode;
    smallest = MIN(smallest, part->window.side);
    largest = MAX(largest, part->window.side);
  }
  if (rst_resolve_match(parameters))
    g_string_append(text, _(", matched to the surroundings"));
  if (plan->count == 1)
    g_string_append_printf(text, _(", window %d,%d,%d"), plan->parts[0].window.x,
                           plan->parts[0].window.y, plan->parts[0].window.side);
  else
    g_string_append_printf(text, _(", %d parts, windows of %d to %d pixels"), plan->count, smallest,
                           largest);
  return g_string_free(text, FALSE);
}

static void say_done(const cli_options *o, const rst_parameters *parameters, const rst_model *model,
                     const rst_model_info *info, const rst_plan *plan, double seconds) {
  char *setup = setup_text(parameters, model, info);
  char *parts = parts_text(parameters, plan);
  cli_say(_("%s: restored %" PRId64 " points with %s (%s), %s, in %.1f s"), o->output,
          plan->points, parameters->model, setup, parts, seconds);
  g_free(setup);
  g_free(parts);
}

/* From the picture in memory to the plan carried out. */
static bool run_engine(const cli_options *o, const rst_parameters *parameters, rst_model *model,
                       cli_picture *picture, rst_plan *plan, rst_cancel *cancel, GError **error) {
  int box[4];
  if (!get_box(o, picture->image, box, error) ||
      !picture_begin(picture, box, parameters->strength, error))
    return false;
  rst_picture view;
  picture_view(picture, &view);
  cli_progress progress;
  progress_init(&progress, o->progress, o->quiet);
  rst_hooks hooks = RST_HOOKS_INIT;
  hooks.user = &progress;
  hooks.progress = progress_update;
  hooks.cancel = cancel;
  rst_session *session = NULL;
  rst_error cause = RST_ERROR_INIT;
  bool good = rst_session_new(o->threads, &session, &cause) == RST_OK &&
              rst_plan_region(parameters, &view, box, plan, &cause) == RST_OK &&
              rst_restore(session, model, parameters, &view, plan, &hooks, &cause) == RST_OK;
  progress_end(&progress);
  rst_session_free(session);
  return good || cli_fail_engine(error, &cause);
}

static bool load_picture(const cli_options *o, const cli_format *format, bool keep_grey,
                         cli_picture *picture, rst_cancel *cancel, GError **error) {
  VipsImage *image = file_read(o->input, cancel, error);
  VipsImage *mask = NULL;
  bool good = image != NULL &&
              (o->force || file_check_fit(format, image, o->output, error)) &&
              picture_init(picture, image, keep_grey, error);
  if (good && o->mask != NULL) {
    mask = file_read(o->mask, cancel, error);
    good = mask != NULL && picture_set_mask(picture, mask, error);
  }
  g_clear_object(&image);
  g_clear_object(&mask);
  return good;
}

static bool restore_file(const cli_options *o, GError **error) {
  gint64 start = g_get_monotonic_time();
  rst_cancel *cancel = interrupt_catch();
  rst_preset *preset = NULL;
  rst_model *model = NULL;
  VipsImage *result = NULL;
  cli_picture picture = {NULL};
  rst_plan *plan = g_new0(rst_plan, 1);
  plan->size = sizeof *plan;
  rst_parameters parameters;
  rst_model_info info = {.size = sizeof info};

  const cli_format *format = file_output_format(o->output, error);
  bool good = format != NULL &&
              (o->preset == NULL || (preset = read_preset(o->preset, error)) != NULL) &&
              options_apply(o, preset, &parameters, error) &&
              (model = read_model(&parameters, preset, error)) != NULL;
  if (good) {
    rst_model_get_info(model, &info);
    if (!o->quiet)
      say_ignored(o, &parameters, &info);
    good = load_picture(o, format, parameters.mode == RST_MODE_DETAIL, &picture, cancel, error) &&
           run_engine(o, &parameters, model, &picture, plan, cancel, error) &&
           (result = picture_result(&picture, error)) != NULL &&
           file_write(result, format, o->output, cancel, error);
  }
  if (good && !o->quiet) {
    if (file_is_lossy(format))
      cli_say(_("%s: JPEG compresses anew, so that pixels outside the region change a little; "
                "PNG keeps them"), o->output);
    say_done(o, &parameters, model, &info, plan,
             (double) (g_get_monotonic_time() - start) / G_USEC_PER_SEC);
  }
  g_clear_object(&result);
  picture_clear(&picture);
  g_free(plan);
  rst_model_unref(model);
  rst_preset_free(preset);
  return good;
}

int restore_command(int argc, char **argv) {
  cli_options options;
  GError *error = NULL;
  bool good = options_parse(&options, argc, argv, &error) && file_init(options.threads, &error);
  if (good) {
    good = restore_file(&options, &error);
    vips_shutdown();
  }
  options_clear(&options);
  return good ? CLI_DONE : cli_report(error);
}
