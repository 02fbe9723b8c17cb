/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "jobs/job.h"

#include <glib/gi18n.h>
#include <stdio.h>

#include "layers/commit.h"
#include "messages.h"

/* -------------------------------------------------------------------------------------------
 * The model
 */

/* The id, or of a path what would be its id. */
static char *short_name(const char *name) {
  g_autofree char *base = g_path_get_basename(name);
  const char *end = strchr(name, '/') ? strrchr(base, '.') : NULL;

  return end && end > base ? g_strndup(base, (gsize)(end - base)) : g_steal_pointer(&base);
}

static char *layer_name(const char *name, const char *preset) {
  g_autofree char *model = short_name(name);

  /* Translators: a new layer's name: a model's and a preset's. */
  return *preset ? g_strdup_printf(_("%s, %s"), model, preset) : g_steal_pointer(&model);
}

/* A misfit is told in the words that were asked for, not by the preset's path and by the name
 * inside the model's file. */
static gboolean check_preset(const Arguments *arguments, const rst_model *model, rst_error *why) {
  if (!arguments->preset || rst_preset_check(arguments->preset, model, why) == RST_OK)
    return TRUE;
  if (why->code == RST_PRESET_MISFIT) {
    g_strlcpy(why->subject, arguments->preset_name, sizeof why->subject);
    g_strlcpy(why->value, arguments->parameters.model, sizeof why->value);
  }
  return FALSE;
}

static gboolean read_model(Job *job, GError **error) {
  rst_model_info info = {.size = sizeof info};
  rst_error why = RST_ERROR_INIT;
  char path[4096];

  if (rst_find(RST_KIND_MODEL, job->parameters.model, path, sizeof path, &why) != RST_OK ||
      rst_model_read(path, &job->model, &why) != RST_OK)
    return messages_fail(&why, error);
  rst_model_get_info(job->model, &info);
  job->sha256 = g_strdup(info.sha256);
  return TRUE;
}

gboolean job_open(Job *job, const Arguments *arguments, GError **error) {
  const char *preset = arguments->preset_name;
  rst_error why = RST_ERROR_INIT;

  job->parameters = arguments->parameters;
  job->preset = preset && *preset ? short_name(preset) : g_strdup("");
  job->name = layer_name(job->parameters.model, job->preset);
  if (!read_model(job, error))
    return FALSE;
  if (!check_preset(arguments, job->model, &why) ||
      rst_parameters_check(&job->parameters, job->model, &why) != RST_OK)
    return messages_fail(&why, error);
  return TRUE;
}

/* A later version may have understood the same words differently. */
static gboolean check_version(const rst_record *record, GError **error) {
  int done[3], own[3];
  const gboolean known = sscanf(record->version, "%d.%d.%d", &done[0], &done[1], &done[2]) == 3;

  sscanf(rst_version(), "%d.%d.%d", &own[0], &own[1], &own[2]);
  for (int i = 0; known && i < 3; i++)
    if (done[i] > own[i])
      break;
    else if (done[i] < own[i] || i == 2)
      return TRUE;
  g_set_error(error, RESTORATOR_ERROR, RST_BAD_RECORD,
              _("The picture was restored by version %s, which this version, %s, does not know: "
                "repeat it with that one, or a later one"),
              record->version, rst_version());
  return FALSE;
}

/* Where the sum was not known, the name has to do. */
static gboolean check_model(const Job *job, const rst_record *record, GError **error) {
  if (!*record->sha256 || g_ascii_strcasecmp(record->sha256, job->sha256) == 0)
    return TRUE;
  g_set_error(error, RESTORATOR_ERROR, RST_BAD_RECORD,
              _("The picture was restored with another file of the model “%s”: its SHA-256 was %s, "
                "and the one found has %s"),
              record->parameters->model, record->sha256, job->sha256);
  return FALSE;
}

static void take_photo(Job *job, const rst_record *record) {
  rst_photo_settings_init(&job->photo);
  job->photo.damage = record->damage;
  job->photo.sensitivity = record->sensitivity;
  job->photo.tone = record->tone;
  job->photo.tone_strength = record->tone_strength;
  job->photo.colour = record->colour;
  job->photo.colour_strength = record->parameters->strength;
}

gboolean job_reopen(Job *job, const rst_record *record, GError **error) {
  rst_error why = RST_ERROR_INIT;

  job->parameters = *record->parameters;
  job->preset = g_strdup(record->preset);
  job->name = layer_name(job->parameters.model, job->preset);
  job->is_photo = record->photo;
  job->marked = record->marked;
  take_photo(job, record);
  if (!check_version(record, error) || !read_model(job, error) || !check_model(job, record, error))
    return FALSE;
  if (rst_parameters_check(&job->parameters, job->model, &why) != RST_OK)
    return messages_fail(&why, error);
  return TRUE;
}

gboolean job_set_mask(Job *job, const char *path, GError **error) {
  g_autofree char *bytes = NULL;
  g_autoptr(GError) cause = NULL;
  gsize size;

  if (!path || !*path)
    return TRUE;
  if (!g_file_get_contents(path, &bytes, &size, &cause)) {
    g_set_error_literal(error, RESTORATOR_ERROR, RST_CANNOT_OPEN, cause->message);
    return FALSE;
  }
  job->mask = g_filename_display_basename(path);
  job->mask_sha256 = g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)bytes, size);
  return TRUE;
}

void job_clear(Job *job) {
  g_clear_pointer(&job->mask, g_free);
  g_clear_pointer(&job->mask_sha256, g_free);
  g_clear_pointer(&job->name, g_free);
  g_clear_pointer(&job->preset, g_free);
  g_clear_pointer(&job->model, rst_model_unref);
  g_clear_pointer(&job->sha256, g_free);
}

/* -------------------------------------------------------------------------------------------
 * Restoring
 */

/* In the mode `colour` tone is the picture's own, and a grey layer has nothing else. */
static gboolean check_grey(const Layer *layer, const rst_plan *plan, GError **error) {
  if (!layer_is_grey(layer))
    return TRUE;
  for (int i = 0; i < plan->count; i++)
    if (plan->parts[i].mode != RST_MODE_COLOUR)
      return TRUE;
  g_set_error_literal(error, RESTORATOR_ERROR, RST_BAD_CALL,
                      _("The layer is grey, and the mode “colour” keeps its tone: convert the "
                        "image with Image ▸ Mode ▸ RGB to get colour, or choose the mode “full” "
                        "or “detail”"));
  return FALSE;
}

void job_fill_record(const Job *job, const rst_parameters *parameters, const rst_plan *plan,
                     Output output, rst_record *record) {
  rst_record_fill(record, parameters, plan, job->sha256);
  g_strlcpy(record->preset, job->preset, sizeof record->preset);
  if (job->mask) {
    g_strlcpy(record->mask, job->mask, sizeof record->mask);
    g_strlcpy(record->mask_sha256, job->mask_sha256, sizeof record->mask_sha256);
  }
  record->output = output == OUTPUT_NEW_LAYER ? RST_OUTPUT_NEW_LAYER : RST_OUTPUT_IN_PLACE;
}

/* Says in `record` what it did; that looks at `parameters`, which begin as the job's and get what is
 * found out on the way. */
static gboolean restore(const Job *job, Layer *layer, Output output, const rst_hooks *hooks,
                        rst_parameters *parameters, rst_record *record, GError **error) {
  g_autoptr(rst_session) session = NULL;
  g_autofree rst_plan *plan = g_new0(rst_plan, 1);
  rst_error why = RST_ERROR_INIT;
  rst_picture picture;
  rst_rectangle box;

  *parameters = job->parameters;
  plan->size = sizeof *plan;
  layer_get_picture(layer, &picture);
  picture.cancel = hooks->cancel;
  layer_begin_result(layer, parameters->strength);
  layer_get_box(layer, &box);
  if (rst_session_new(0, &session, &why) != RST_OK ||
      rst_settle_faces(session, parameters, &picture, &box, hooks, &why) != RST_OK ||
      rst_plan_region(parameters, &picture, &box, plan, &why) != RST_OK)
    return messages_fail(&why, error);
  if (!check_grey(layer, plan, error))
    return FALSE;
  if (rst_restore(session, job->model, parameters, &picture, plan, hooks, &why) != RST_OK)
    return messages_fail(&why, error);
  job_fill_record(job, parameters, plan, output, record);
  return TRUE;
}

gboolean job_restore(const Job *job, GimpImage *image, GimpDrawable *drawable, Output output,
                     const rst_hooks *hooks, GError **error) {
  g_autoptr(Layer) layer = NULL;
  rst_parameters parameters;
  Commit what = {.output = output, .name = job->name};

  if (!layer_check(drawable, output, error))
    return FALSE;
  layer = layer_open(image, drawable, error);
  return layer && restore(job, layer, output, hooks, &parameters, &what.record, error) &&
         commit(layer, &what, error);
}

gboolean job_write(const Job *job, Layer *layer, preview *shown, Output output, GError **error) {
  g_autofree rst_plan *plan = g_new0(rst_plan, 1);
  rst_parameters parameters = job->parameters;
  Commit what = {.output = output, .name = job->name};
  rst_error why = RST_ERROR_INIT;

  plan->size = sizeof *plan;
  if (preview_get_plan(shown, plan) && !check_grey(layer, plan, error))
    return FALSE;
  layer_begin_result(layer, job->parameters.strength);
  if (preview_write(shown, &why) != RST_OK)
    return messages_fail(&why, error);
  preview_get_faces(shown, parameters.faces);
  job_fill_record(job, &parameters, plan, output, &what.record);
  return commit(layer, &what, error);
}

/* libgimp drops what comes too often. */
void job_show_progress(void *user, rst_phase phase, double fraction) {
  (void)user, (void)phase;
  gimp_progress_update(fraction);
}

gboolean job_run(const Job *job, GimpImage *image, GimpDrawable *drawable, Output output,
                 GError **error) {
  g_autofree char *name = gimp_item_get_name(GIMP_ITEM(drawable));
  g_autofree char *title = g_strdup_printf(_("Restoring “%s”"), name);
  rst_hooks hooks = RST_HOOKS_INIT;

  hooks.progress = job_show_progress;
  gimp_progress_init(title);
  if (!job_restore(job, image, drawable, output, &hooks, error))
    return FALSE;
  gimp_progress_end();
  if (gimp_drawable_is_gray(drawable))
    gimp_message(
      _("The layer is grey, so that its tone alone was restored: convert the image "
        "with Image ▸ Mode ▸ RGB to get colour"));
  return TRUE;
}
