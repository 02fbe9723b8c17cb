/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "job.h"

#include <glib/gi18n.h>
#include <string.h>

#include "error.h"
#include "lookup.h"
#include "progress.h"

bool job_open(cli_job *job, const cli_options *o, rst_cancel *cancel, GError **error) {
  rst_preset *preset = NULL;
  rst_error cause = RST_ERROR_INIT;
  *job = (cli_job) {.options = o, .info = {.size = sizeof job->info}, .cancel = cancel};
  bool good = (o->preset == NULL || (preset = lookup_preset(o->preset, error)) != NULL) &&
              options_apply(o, preset, &job->parameters, error) &&
              (job->model = lookup_model(&job->parameters, preset, error)) != NULL;
  rst_preset_free(preset);
  if (!good)
    return false;
  rst_model_get_info(job->model, &job->info);
  return rst_session_new(o->threads, &job->session, &cause) == RST_OK ||
         cli_fail_engine(error, &cause);
}

void job_close(cli_job *job) {
  rst_session_free(job->session);
  rst_model_unref(job->model);
}

static bool is_over(const cli_item *item) {
  return item->error != NULL || item->skipped;
}

static double seconds_since(gint64 start) {
  return (double) (g_get_monotonic_time() - start) / G_USEC_PER_SEC;
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

static bool load_picture(const cli_job *job, cli_item *item, GError **error) {
  const cli_options *o = job->options;
  int box[4];
  VipsImage *mask = NULL;
  VipsImage *image = file_read(item->input, job->cancel, error);
  bool good = image != NULL &&
              (o->force || file_check_fit(item->format, image, item->output, error)) &&
              picture_init(&item->picture, image, job->parameters.mode == RST_MODE_DETAIL, error);
  if (good && o->mask != NULL) {
    mask = file_read(o->mask, job->cancel, error);
    good = mask != NULL && picture_set_mask(&item->picture, mask, error);
  }
  good = good && get_box(o, item->picture.image, box, error) &&
         picture_begin(&item->picture, box, job->parameters.strength, error);
  g_clear_object(&image);
  g_clear_object(&mask);
  return good;
}

void item_read(const cli_job *job, cli_item *item) {
  if (is_over(item))
    return;
  gint64 start = g_get_monotonic_time();
  load_picture(job, item, &item->error);
  item->seconds += seconds_since(start);
}

static bool run_engine(const cli_job *job, cli_item *item, GError **error) {
  rst_picture view;
  rst_error cause = RST_ERROR_INIT;
  rst_hooks hooks = RST_HOOKS_INIT;
  cli_progress progress;
  const VipsImage *patch = item->picture.patch;
  const int box[4] = {item->picture.x, item->picture.y, patch->Xsize, patch->Ysize};
  progress_init(&progress, job->options->progress, job->options->quiet);
  picture_view(&item->picture, &view);
  hooks.user = &progress;
  hooks.progress = progress_update;
  hooks.cancel = job->cancel;
  item->plan = g_new0(rst_plan, 1);
  item->plan->size = sizeof *item->plan;
  bool good = rst_plan_region(&job->parameters, &view, box, item->plan, &cause) == RST_OK &&
              rst_restore(job->session, job->model, &job->parameters, &view, item->plan, &hooks,
                          &cause) == RST_OK;
  progress_end(&progress);
  return good || cli_fail_engine(error, &cause);
}

void item_restore(const cli_job *job, cli_item *item) {
  if (is_over(item))
    return;
  gint64 start = g_get_monotonic_time();
  if (run_engine(job, item, &item->error))
    item->result = picture_result(&item->picture, &item->error);
  picture_clear(&item->picture);
  item->seconds += seconds_since(start);
}

void item_write(const cli_job *job, cli_item *item) {
  if (is_over(item))
    return;
  gint64 start = g_get_monotonic_time();
  file_write(item->result, item->format, item->output, job->cancel, &item->error);
  g_clear_object(&item->result);
  item->seconds += seconds_since(start);
}

void item_free(void *data) {
  cli_item *item = data;
  picture_clear(&item->picture);
  g_clear_object(&item->result);
  g_clear_error(&item->error);
  g_free(item->plan);
  g_free(item->input);
  g_free(item->output);
  g_free(item);
}
