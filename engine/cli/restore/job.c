/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "restore/job.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/error.h"
#include "base/lookup.h"
#include "io/mask.h"
#include "base/progress.h"
#include "io/record.h"
#include "restore/marks.h"
#include "restore/resample.h"

/* The parameters that the picture's record holds, its box and its size. */
static bool take_record(cli_job *job, GError **error) {
  const cli_options *o = job->options;
  job->repeated = g_new(rst_record, 1);
  if (!record_open(o->repeat, job->repeated, &job->parameters, error))
    return false;
  if (job->repeated->width > 0 && o->uncertainty > 0) {
    g_set_error(error, CLI_ERROR, CLI_FAILED,
                _("%s: was restored with --size, which --uncertainty excludes; give its region and "
                  "parameters in place of --repeat"),
                o->repeat);
    return false;
  }
  if (job->repeated->marked && !o->damaged && !o->sound)
    cli_say(_("%s: its damage had also been marked by hand, which is not in the record: “photo” "
              "with --damaged and --sound can mark it again"),
            o->repeat);
  if (!job->has_region)
    job->region = job->repeated->box;
  job->has_region = true;
  if (job->size[0] == 0) {
    job->size[0] = job->repeated->width;
    job->size[1] = job->repeated->height;
  }
  return true;
}

/* A mask is asked for where the record has one; another one than that is the caller's choice. */
static bool check_mask(const cli_job *job, GError **error) {
  const rst_record *r = job->repeated;
  const cli_options *o = job->options;
  if (!r || *r->mask == '\0')
    return true;
  if (!o->mask) {
    g_set_error(error, CLI_ERROR, CLI_FAILED,
                _("%s: was restored with the mask “%s” (SHA-256 %s); give it with --mask"),
                o->repeat, r->mask, *r->mask_sha256 == '\0' ? "?" : r->mask_sha256);
    return false;
  }
  if (job->mask_sha256 && *r->mask_sha256 != '\0' &&
      g_ascii_strcasecmp(r->mask_sha256, job->mask_sha256) != 0)
    cli_say(_("%s: is another mask than “%s”, with which %s was restored"), o->mask, r->mask,
            o->repeat);
  return true;
}

/* Where the sum was not known, or another model is asked for, the name has to do. */
static bool check_sum(const cli_job *job, GError **error) {
  if (!job->repeated || *job->repeated->sha256 == '\0' ||
      g_hash_table_contains(job->options->given.values, "model") ||
      g_ascii_strcasecmp(job->repeated->sha256, job->sha256) == 0)
    return true;
  g_set_error(error, CLI_ERROR, CLI_FAILED,
              _("%s: was restored with another file of the model “%s”: its SHA-256 was %s, and the "
                "one found has %s; --model takes it all the same"),
              job->options->repeat, job->parameters.model, job->repeated->sha256, job->sha256);
  return false;
}

/* What the options say, or the record where they do not. */
static void set_photo(cli_job *job) {
  const cli_options *o = job->options;
  const rst_record *r = job->repeated;
  rst_photo_settings *s = &job->settings;
  rst_photo_settings_init(s);
  job->photo = o->photo || (r && r->photo);
  if (r && r->photo) {
    s->damage = r->damage;
    s->sensitivity = r->sensitivity;
    s->tone = r->tone;
    s->tone_strength = r->tone_strength;
    s->colour = r->colour;
  }
  s->damage = s->damage && !o->no_damage;
  s->tone = s->tone && !o->no_tone;
  s->colour = s->colour && !o->no_colour;
  s->sensitivity = o->sensitivity >= 0 ? o->sensitivity : s->sensitivity;
  s->tone_strength = o->tone_strength >= 0 ? o->tone_strength : s->tone_strength;
}

bool job_open(cli_job *job, const cli_options *o, rst_picture_kind kind, rst_cancel *cancel,
              GError **error) {
  rst_error cause = RST_ERROR_INIT;
  *job = (cli_job){.options = o,
                   .preset = o->given.preset ? rst_settle_preset(o->given.preset, kind) : NULL,
                   .has_region = o->has_region,
                   .region = o->region,
                   .info = {.size = sizeof job->info},
                   .cancel = cancel};
  memcpy(job->size, o->size, sizeof job->size);
  rst_parameters_init(&job->parameters);
  if (o->mask && g_file_test(o->mask, G_FILE_TEST_IS_REGULAR) &&
      !lookup_sum(o->mask, &job->mask_sha256, error))
    return false;
  if (o->repeat && !(take_record(job, error) && check_mask(job, error)))
    return false;
  set_photo(job);
  job->model =
    parameter_options_open(&o->given, kind, &job->parameters, &job->sha256, &job->automatic, error);
  if (!job->model || !check_sum(job, error))
    return false;
  rst_model_get_info(job->model, &job->info);
  job->settings.colour_strength = job->parameters.strength;
  return rst_session_new(o->threads, &job->session, &cause) == RST_OK ||
         cli_fail_engine(error, &cause);
}

void job_close(cli_job *job) {
  rst_session_free(job->session);
  rst_model_unref(job->model);
  g_free(job->sha256);
  g_free(job->mask_sha256);
  g_free(job->repeated);
}

static bool is_over(const cli_item *item) {
  return item->error || item->skipped;
}

static double seconds_since(gint64 start) {
  return (double)(g_get_monotonic_time() - start) / G_USEC_PER_SEC;
}

/* The region to restore: the rectangle given, or the whole picture. */
static bool get_box(const cli_job *job, const cli_image_source *source, rst_rectangle *box,
                    GError **error) {
  *box = job->has_region ? job->region : (rst_rectangle){0, 0, source->width, source->height};
  /* Sizes are at most 2²⁴, so that the sums fit. */
  if (box->x >= 0 && box->y >= 0 && box->x + box->width <= source->width &&
      box->y + box->height <= source->height)
    return true;
  g_set_error(error, CLI_ERROR, CLI_FAILED,
              _("the region %d,%d,%dx%d reaches beyond the picture, which has %d × %d pixels"),
              box->x, box->y, box->width, box->height, source->width, source->height);
  return false;
}

/* Strokes fit the picture that they were painted over. */
static bool check_hints(const cli_options *o, const cli_image_source *source, GError **error) {
  const int *size = o->hints_size;
  if (!o->hints || (size[0] == source->width && size[1] == source->height))
    return true;
  g_set_error(error, CLI_ERROR, CLI_FAILED,
              _("the picture of hints has %d × %d pixels and the picture %d × %d; they must be of "
                "one size"),
              size[0], size[1], source->width, source->height);
  return false;
}

static bool is_sized(const cli_item *item) {
  return item->sized.patch;
}

/* The picture of an uncertainty fits everywhere. */
static bool check_fit(const cli_job *job, const cli_item *item, GError **error) {
  if (job->options->uncertainty > 0)
    return true;
  const cli_picture *shown = is_sized(item) ? &item->sized : &item->picture;
  return file_check_fit(item->format, shown->patch, shown->width, shown->height,
                        job->options->reduce, item->output, error);
}

/* What of the picture is looked at, and how it is written. Of an old photograph all may count for what
 * is mended, and how strong its colour is says the engine. */
static rst_parameters reading_parameters(const cli_job *job) {
  rst_parameters parameters = job->parameters;
  if (job->photo) {
    parameters.window_kind = RST_WINDOW_PICTURE;
    parameters.strength = 1;
  }
  return parameters;
}

/* With a mask and a size, the region as it was given is what is shown. */
static bool load_picture(const cli_job *job, cli_item *item, GError **error) {
  const cli_options *o = job->options;
  const bool sized = job->size[0] > 0;
  const bool keep_grey =
    job->parameters.mode == RST_MODE_DETAIL || (job->photo && !job->settings.colour);
  const rst_parameters reading = reading_parameters(job);
  rst_rectangle box;
  VipsImage *mask = NULL;
  bool good =
    image_source_open(&item->source, item->input, keep_grey, job->cancel, error) &&
    check_hints(o, &item->source, error) && get_box(job, &item->source, &box, error) &&
    (!o->mask || (mask = mask_read(o->mask, &item->source, !sized, &box, job->cancel, error))) &&
    picture_open(&item->picture, &item->source, &box, &reading, error);
  if (good && mask)
    picture_select(&item->picture, mask);
  g_clear_object(&mask);
  return good &&
         marks_read(o->damaged, o->sound, !job->settings.damage, &item->source, &box, job->cancel,
                    &item->edits, error) &&
         (!sized ||
          picture_sample(&item->sized, &item->picture, job->size[0], job->size[1], error)) &&
         check_fit(job, item, error);
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
                  "which they are one"),
                plan->count);
  else if (rst_resolve_match(&job->parameters))
    g_set_error_literal(error, CLI_ERROR, CLI_FAILED,
                        _("--size cannot match the region to its surroundings: give --match off"));
  else
    return true;
  return false;
}

/* Prepares the picture, and gives it colour where it takes any. */
static bool run_photo(const cli_job *job, cli_item *item, const rst_picture *view,
                      const rst_rectangle *box, const rst_hooks *hooks, rst_error *cause) {
  gint64 start = g_get_monotonic_time();
  rst_photo_settings settings = job->settings;
  rst_photo *photo = NULL;
  rst_picture prepared;
  settings.damage = settings.damage || item->edits;
  bool good = rst_photo_new(view, box, &photo, cause) == RST_OK &&
              rst_photo_set(job->session, photo, &settings, item->edits, hooks, cause) == RST_OK;
  if (good) {
    item->found.size = sizeof item->found;
    rst_photo_get_info(photo, &item->found);
    item->coloured = job->settings.colour && item->found.takes_colour;
    item->prepared = seconds_since(start);
    rst_photo_picture(photo, &prepared);
  }
  if (good && item->coloured)
    good =
      rst_settle_faces(job->session, &item->parameters, &prepared, box, hooks, cause) == RST_OK &&
      rst_plan_region(&item->parameters, &prepared, box, item->plan, cause) == RST_OK &&
      rst_restore(job->session, job->model, &item->parameters, &prepared, item->plan, hooks,
                  cause) == RST_OK;
  else if (good)
    good = rst_photo_write(photo, hooks, cause) == RST_OK;
  rst_photo_free(photo);
  return good;
}

static bool run_region(const cli_job *job, cli_item *item, const rst_picture *view,
                       const rst_rectangle *box, const rst_hooks *hooks, rst_error *cause) {
  return rst_settle_faces(job->session, &item->parameters, view, box, hooks, cause) == RST_OK &&
         rst_plan_region(&item->parameters, view, box, item->plan, cause) == RST_OK &&
         (is_sized(item) || job->options->uncertainty > 0 ||
          rst_restore(job->session, job->model, &item->parameters, view, item->plan, hooks,
                      cause) == RST_OK);
}

static bool run_engine(const cli_job *job, cli_item *item, GError **error) {
  rst_picture view;
  rst_error cause = RST_ERROR_INIT;
  rst_hooks hooks = RST_HOOKS_INIT;
  cli_progress progress;
  const VipsImage *patch = item->picture.patch;
  const rst_rectangle box = {item->picture.x, item->picture.y, patch->Xsize, patch->Ysize};
  progress_init(&progress, job->options->progress, job->options->quiet);
  picture_view(&item->picture, &view);
  view.cancel = job->cancel;
  hooks.user = &progress;
  hooks.progress = progress_update;
  hooks.cancel = job->cancel;
  item->plan = g_new0(rst_plan, 1);
  item->plan->size = sizeof *item->plan;
  const int seeds = job->options->uncertainty;
  item->parameters = job->parameters;
  bool good = job->photo ? run_photo(job, item, &view, &box, &hooks, &cause)
                         : run_region(job, item, &view, &box, &hooks, &cause);
  if (!good)
    cli_fail_engine(error, &cause);
  item->points = item->plan->points;
  if (good && is_sized(item))
    good = check_sized(job, item->plan, error) &&
           resample_restore(job->session, job->model, &item->parameters, &item->picture,
                            &item->sized, item->plan, &hooks, &item->points, error);
  if (good && seeds > 0)
    good = uncertainty_measure(&item->uncertainty, job->session, job->model, &item->parameters,
                               &view, item->plan, &box, seeds, job->options->white, &hooks, error);
  item->white = item->uncertainty.white;
  progress_end(&progress);
  return good;
}

/* Whether the picture fell into the windows of the record that is repeated. */
static bool is_repeated(const rst_record *record, const rst_plan *plan) {
  bool same = record->window_count == plan->count;
  for (int i = 0; i < plan->count && same; i++)
    same = memcmp(&record->windows[i], &plan->parts[i].window, sizeof record->windows[i]) == 0;
  return same;
}

void item_restore(const cli_job *job, cli_item *item) {
  if (is_over(item))
    return;
  gint64 start = g_get_monotonic_time();
  run_engine(job, item, &item->error);
  item->seconds += seconds_since(start);
}

/* A file's name without its folder, as text that can be shown. */
static void set_name(char *to, size_t size, const char *path) {
  g_autofree char *name = g_filename_display_basename(path);
  g_strlcpy(to, name, size);
}

/* An id, or of a path what would be its id. */
static void set_preset(rst_record *record, const char *preset) {
  set_name(record->preset, sizeof record->preset, preset);
  if (strchr(preset, '/') && g_str_has_suffix(record->preset, ".json"))
    record->preset[strlen(record->preset) - strlen(".json")] = '\0';
}

static void fill_record(const cli_job *job, const cli_item *item, rst_record *record) {
  const cli_options *o = job->options;
  rst_record_fill(record, &item->parameters, item->plan, job->sha256);
  if (job->preset)
    set_preset(record, job->preset);
  else if (job->repeated)
    g_strlcpy(record->preset, job->repeated->preset, sizeof record->preset);
  if (o->mask) {
    set_name(record->mask, sizeof record->mask, o->mask);
    g_strlcpy(record->mask_sha256, job->mask_sha256 ? job->mask_sha256 : "",
              sizeof record->mask_sha256);
  }
  if (job->photo) {
    record->photo = true;
    record->damage = job->settings.damage;
    record->sensitivity = job->settings.sensitivity;
    record->tone = job->settings.tone;
    record->tone_strength = job->settings.tone_strength;
    record->colour = job->settings.colour;
    record->marked = item->found.marked;
    record->box = item->found.box;
  }
  if (is_sized(item)) {
    const cli_picture *p = &item->picture;
    record->box = (rst_rectangle){p->x, p->y, p->patch->Xsize, p->patch->Ysize};
    record->width = job->size[0];
    record->height = job->size[1];
  }
}

/* A picture whose record cannot be kept is written all the same. */
static void add_record(const cli_job *job, const cli_item *item, VipsImage *result) {
  g_autoptr(GError) why = NULL;
  rst_record record;
  fill_record(job, item, &record);
  if (!record_add(result, &record, file_xmp_limit(item->format), &why))
    cli_say(_("%s: what was done is not recorded in the picture: %s"), item->output, why->message);
}

VipsImage *item_picture(const cli_item *item, GError **error) {
  if (item->uncertainty.deviations)
    return uncertainty_picture(&item->uncertainty, item->source.width, item->source.height, error);
  return is_sized(item) ? picture_result(&item->sized, NULL, error)
                        : picture_result(&item->picture, &item->source, error);
}

static bool write_picture(const cli_job *job, cli_item *item, GError **error) {
  g_autoptr(VipsImage) result = item_picture(item, error);
  if (!result)
    return false;
  if (!job->options->no_record && job->options->uncertainty == 0)
    add_record(job, item, result);
  if (job->repeated && !is_repeated(job->repeated, item->plan))
    cli_say(_("%s: the windows differ from those recorded in %s: another picture, region or mask"),
            item->output, job->options->repeat);
  bool good = file_write(result, item->format, item->output, job->cancel, error);
  if (!good && !is_sized(item) && !item->source.pixels)
    g_prefix_error(error, "%s: ", item->input); /* either file may be at fault */
  return good;
}

static void drop_pictures(cli_item *item) {
  picture_clear(&item->picture);
  picture_clear(&item->sized);
  image_source_clear(&item->source);
  uncertainty_clear(&item->uncertainty);
  g_clear_pointer(&item->edits, g_free);
}

void item_write(const cli_job *job, cli_item *item) {
  gint64 start = g_get_monotonic_time();
  if (!is_over(item))
    write_picture(job, item, &item->error);
  drop_pictures(item);
  item->seconds += seconds_since(start);
}

void item_free(void *data) {
  g_autofree cli_item *item = data;
  drop_pictures(item);
  g_clear_error(&item->error);
  g_free(item->plan);
  g_free(item->input);
  g_free(item->output);
}
