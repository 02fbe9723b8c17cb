/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "job.h"

#include <glib/gi18n.h>
#include <string.h>

#include "error.h"
#include "progress.h"
#include "record.h"
#include "sized.h"

/* The parameters that the picture's record holds, and its box. */
static bool take_record(cli_job *job, GError **error) {
  const cli_options *o = job->options;
  job->repeated = g_new(rst_setup, 1);
  if (!record_open(o->repeat, job->repeated, error))
    return false;
  job->parameters = job->repeated->parameters;
  if (!job->has_region)
    memcpy(job->region, job->repeated->box, sizeof job->region);
  job->has_region = true;
  return true;
}

/* Where the sum was not known, or another model is asked for, the name has to do. */
static bool check_sum(const cli_job *job, GError **error) {
  if (job->repeated == NULL || *job->repeated->sha256 == '\0' ||
      g_hash_table_contains(job->options->given.values, "model") ||
      g_ascii_strcasecmp(job->repeated->sha256, job->sha256) == 0)
    return true;
  g_set_error(error, CLI_ERROR, CLI_FAILED,
              _("%s: was restored with another file of the model “%s”: its SHA-256 was %s, and the "
                "one found has %s; --model takes it all the same"),
              job->options->repeat, job->parameters.model, job->repeated->sha256, job->sha256);
  return false;
}

bool job_open(cli_job *job, const cli_options *o, rst_cancel *cancel, GError **error) {
  rst_error cause = RST_ERROR_INIT;
  *job = (cli_job) {.options = o, .has_region = o->has_region,
                    .info = {.size = sizeof job->info}, .cancel = cancel};
  memcpy(job->region, o->region, sizeof job->region);
  rst_parameters_init(&job->parameters);
  if (o->repeat != NULL && !take_record(job, error))
    return false;
  job->model = given_open(&o->given, &job->parameters, &job->sha256, error);
  if (job->model == NULL || !check_sum(job, error))
    return false;
  rst_model_get_info(job->model, &job->info);
  return rst_session_new(o->threads, &job->session, &cause) == RST_OK ||
         cli_fail_engine(error, &cause);
}

void job_close(cli_job *job) {
  rst_session_free(job->session);
  rst_model_unref(job->model);
  g_free(job->sha256);
  g_free(job->repeated);
}

static bool is_over(const cli_item *item) {
  return item->error != NULL || item->skipped;
}

static double seconds_since(gint64 start) {
  return (double) (g_get_monotonic_time() - start) / G_USEC_PER_SEC;
}

/* The region to restore: the rectangle given, or the whole picture. */
static bool get_box(const cli_job *job, const VipsImage *image, int box[4], GError **error) {
  const int whole[4] = {0, 0, image->Xsize, image->Ysize};
  memcpy(box, job->has_region ? job->region : whole, sizeof whole);
  /* Sizes are at most 2²⁴, so that the sums fit. */
  if (box[0] >= 0 && box[1] >= 0 && box[0] + box[2] <= image->Xsize &&
      box[1] + box[3] <= image->Ysize)
    return true;
  g_set_error(error, CLI_ERROR, CLI_FAILED,
              _("the region %d,%d,%dx%d reaches beyond the picture, which has %d × %d pixels"),
              box[0], box[1], box[2], box[3], image->Xsize, image->Ysize);
  return false;
}

/* The picture that is written. */
static cli_picture *shown_picture(cli_item *item) {
  return item->sized.image != NULL ? &item->sized : &item->picture;
}

static bool load_picture(const cli_job *job, cli_item *item, GError **error) {
  const cli_options *o = job->options;
  int box[4];
  VipsImage *mask = NULL;
  VipsImage *image = file_read(item->input, job->cancel, error);
  bool good = image != NULL &&
              picture_init(&item->picture, image, job->parameters.mode == RST_MODE_DETAIL, error);
  if (good && o->mask != NULL) {
    mask = file_read(o->mask, job->cancel, error);
    good = mask != NULL && picture_set_mask(&item->picture, mask, error);
  }
  good = good && get_box(job, item->picture.image, box, error) &&
         picture_begin(&item->picture, box, job->parameters.strength, error) &&
         (o->size[0] == 0 ||
          picture_sample(&item->sized, &item->picture, o->size[0], o->size[1], error)) &&
         file_check_fit(item->format, shown_picture(item)->image, o->force, item->output, error);
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

/* At a size of its own, a region has no pixels around it to be matched with, nor parts. */
static bool check_sized(const cli_job *job, const rst_plan *plan, GError **error) {
  if (plan->count > 1)
    g_set_error(error, CLI_ERROR, CLI_FAILED,
                _("--size restores one area and %d are selected: give a region, or --window, with "
                  "which they are one"), plan->count);
  else if (rst_resolve_match(&job->parameters))
    g_set_error_literal(error, CLI_ERROR, CLI_FAILED,
                        _("--size cannot match the region to its surroundings: give --match off"));
  else
    return true;
  return false;
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
              (item->sized.image != NULL ||
               rst_restore(job->session, job->model, &job->parameters, &view, item->plan, &hooks,
                           &cause) == RST_OK);
  if (!good)
    cli_fail_engine(error, &cause);
  item->points = item->plan->points;
  if (good && item->sized.image != NULL)
    good = check_sized(job, item->plan, error) &&
           sized_restore(job->session, job->model, &job->parameters, &item->picture, &item->sized,
                         item->plan, &hooks, &item->points, error);
  progress_end(&progress);
  return good;
}

/* Whether the picture fell into the windows of the record that is repeated. */
static bool is_repeated(const rst_setup *setup, const rst_plan *plan) {
  bool same = setup->window_count == plan->count;
  for (int i = 0; i < plan->count && same; i++)
    same = memcmp(&setup->windows[i], &plan->parts[i].window, sizeof setup->windows[i]) == 0;
  return same;
}

/* A picture whose record cannot be kept is written all the same. */
static void add_record(const cli_job *job, cli_item *item) {
  GError *why = NULL;
  rst_setup setup;
  rst_setup_fill(&setup, &job->parameters, item->plan, job->sha256);
  if (!record_add(item->result, &setup, file_xmp_limit(item->format), &why))
    cli_say(_("%s: what was done is not recorded in the picture: %s"), item->output, why->message);
  g_clear_error(&why);
}

void item_restore(const cli_job *job, cli_item *item) {
  if (is_over(item))
    return;
  gint64 start = g_get_monotonic_time();
  if (run_engine(job, item, &item->error))
    item->result = picture_result(shown_picture(item), &item->error);
  picture_clear(&item->picture);
  picture_clear(&item->sized);
  if (item->result != NULL && !job->options->no_record)
    add_record(job, item);
  if (item->result != NULL && !job->options->quiet && !file_keeps_exif(item->format, item->result))
    cli_say(_("%s: its EXIF is not kept in this format"), item->output);
  if (item->result != NULL && job->repeated != NULL && !is_repeated(job->repeated, item->plan))
    cli_say(_("%s: the windows differ from those recorded in %s: another picture, region or mask"),
            item->output, job->options->repeat);
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
  picture_clear(&item->sized);
  g_clear_object(&item->result);
  g_clear_error(&item->error);
  g_free(item->plan);
  g_free(item->input);
  g_free(item->output);
  g_free(item);
}
