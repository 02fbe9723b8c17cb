/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "jobs/photo_job.h"

#include <glib/gi18n.h>
#include <string.h>

#include "layers/commit.h"
#include "messages.h"
#include "widgets/photo_settings.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC(rst_photo, rst_photo_free)

/* -------------------------------------------------------------------------------------------
 * What is wished
 */

void photo_wishes_clear(PhotoWishes *wishes) {
  g_clear_pointer(&wishes->edits, g_bytes_unref);
}

/* Marks where a mask, of the image's size, is half or more. */
static void mark(guchar *edits, const Layer *layer, GeglBuffer *mask, int x, int y, rst_edit edit) {
  const GeglRectangle *box = &layer->box;
  g_autofree float *row = g_new(float, 2 * (gsize)box->width);

  for (int j = 0; j < box->height; j++) {
    const GeglRectangle there = {box->x + x, box->y + y + j, box->width, 1};

    gegl_buffer_get(mask, &there, 1.0, babl_format("YA float"), row, GEGL_AUTO_ROWSTRIDE,
                    GEGL_ABYSS_NONE);
    for (int i = 0; i < box->width; i++)
      if (row[2 * i] >= 0.5f)
        edits[(gsize)j * (gsize)box->width + (gsize)i] = (guchar)edit;
  }
}

static guchar *copy_edits(GBytes *before, const Layer *layer) {
  const gsize size = (gsize)layer->box.width * (gsize)layer->box.height;
  gsize length = 0;
  const guchar *from = before ? g_bytes_get_data(before, &length) : NULL;
  guchar *edits = g_malloc0(size);

  if (from && length == size)
    memcpy(edits, from, size);
  return edits;
}

GBytes *photo_marks_add(GBytes *before, const Layer *layer, rst_edit edit) {
  guchar *edits = copy_edits(before, layer);
  g_autoptr(GeglBuffer) selection =
    gimp_drawable_get_buffer(GIMP_DRAWABLE(gimp_image_get_selection(layer->image)));

  mark(edits, layer, selection, layer->x, layer->y, edit);
  return g_bytes_new_take(edits, (gsize)layer->box.width * (gsize)layer->box.height);
}

/* A drawable that says what is damage, wherever it lies in the image. */
static void take_marks(guchar *edits, const Layer *layer, GimpDrawable *drawable, rst_edit edit) {
  g_autoptr(GeglBuffer) mask = NULL;
  int x, y;

  if (!drawable)
    return;
  mask = gimp_drawable_get_buffer(drawable);
  gimp_drawable_get_offsets(drawable, &x, &y);
  mark(edits, layer, mask, layer->x - x, layer->y - y, edit);
}

void photo_wishes_read(PhotoWishes *wishes, GimpProcedureConfig *config, const Layer *layer) {
  g_autoptr(GimpDrawable) damaged = NULL, sound = NULL;
  guchar *edits;

  photo_settings_read(G_OBJECT(config), &wishes->settings);
  if (g_object_class_find_property(G_OBJECT_GET_CLASS(config), ARGUMENT_DAMAGED))
    g_object_get(config, ARGUMENT_DAMAGED, &damaged, ARGUMENT_SOUND, &sound, NULL);
  if (!damaged && !sound)
    return;
  edits = copy_edits(NULL, layer);
  take_marks(edits, layer, damaged, RST_EDIT_ADD);
  take_marks(edits, layer, sound, RST_EDIT_REMOVE);
  wishes->edits = g_bytes_new_take(edits, (gsize)layer->box.width * (gsize)layer->box.height);
}

/* -------------------------------------------------------------------------------------------
 * Restoring
 */

/* `parameters` get what is found out on the way. */
static gboolean colour(const Job *job, rst_session *session, const rst_photo *photo,
                       const rst_rectangle *box, const rst_hooks *hooks, rst_parameters *parameters,
                       rst_plan *plan, GError **error) {
  rst_error why = RST_ERROR_INIT;
  rst_picture prepared;

  rst_photo_picture(photo, &prepared);
  prepared.cancel = hooks->cancel;
  return (rst_settle_faces(session, parameters, &prepared, box, hooks, &why) == RST_OK &&
          rst_plan_region(parameters, &prepared, box, plan, &why) == RST_OK &&
          rst_restore(session, job->model, parameters, &prepared, plan, hooks, &why) == RST_OK) ||
         messages_fail(&why, error);
}

/* Of what was not coloured there is no plan: the box says where it was. */
static void fill_record(const Job *job, const rst_photo_settings *settings,
                        const rst_photo_info *info, const rst_parameters *parameters,
                        const rst_plan *plan, Output output, rst_record *record) {
  job_fill_record(job, parameters, plan, output, record);
  record->box = info->box;
  record->photo = true;
  record->damage = settings->damage;
  record->sensitivity = settings->sensitivity;
  record->tone = settings->tone;
  record->tone_strength = settings->tone_strength;
  record->colour = settings->colour;
  record->marked = info->marked;
}

/* What is kept of the steps, for layers of their own. */
static void keep_steps(PhotoSteps *steps, const rst_photo_info *info,
                       const rst_photo_settings *settings, const guchar *mask) {
  steps->mask = mask;
  steps->tone = info->tone;
  steps->tone_strength = settings->tone && info->takes_tone ? settings->tone_strength : 0;
}

static gboolean restore(const Job *job, const PhotoWishes *wishes, Layer *layer, Output output,
                        const rst_hooks *hooks, GError **error) {
  const guchar *edits = wishes->edits ? g_bytes_get_data(wishes->edits, NULL) : NULL;
  g_autoptr(rst_session) session = NULL;
  g_autoptr(rst_photo) photo = NULL;
  g_autofree rst_parameters *parameters = g_memdup2(&job->parameters, sizeof job->parameters);
  g_autofree rst_plan *plan = g_new0(rst_plan, 1);
  PhotoSteps steps = {0};
  Commit what = {.output = output, .name = job->name, .steps = &steps};
  rst_photo_info info = {.size = sizeof info};
  rst_error why = RST_ERROR_INIT;
  rst_picture picture;
  rst_rectangle box;
  gboolean done;

  plan->size = sizeof *plan;
  layer_get_picture(layer, &picture);
  picture.cancel = hooks->cancel;
  layer_get_box(layer, &box);
  if (rst_session_new(0, &session, &why) != RST_OK ||
      rst_photo_new(&picture, &box, &photo, &why) != RST_OK ||
      rst_photo_set(session, photo, &wishes->settings, edits, hooks, &why) != RST_OK)
    return messages_fail(&why, error);
  rst_photo_get_info(photo, &info);
  keep_steps(&steps, &info, &wishes->settings, rst_photo_mask(photo));
  steps.coloured =
    wishes->settings.colour && wishes->settings.colour_strength > 0 && info.takes_colour;
  layer_take_colour(layer, steps.coloured);
  layer_begin_result(layer, 1);
  if (rst_photo_write(photo, hooks, &why) != RST_OK)
    return messages_fail(&why, error);
  if (steps.coloured) {
    steps.prepared = g_steal_pointer(&layer->result);
    layer_begin_result(layer, 1);
  }
  done = !steps.coloured || colour(job, session, photo, &box, hooks, parameters, plan, error);
  fill_record(job, &wishes->settings, &info, parameters, plan, output, &what.record);
  done = done && commit(layer, &what, error);
  g_clear_object(&steps.prepared);
  return done;
}

gboolean photo_job_restore(const Job *job, GimpProcedureConfig *config, GimpImage *image,
                           GimpDrawable *drawable, Output output, const rst_hooks *hooks,
                           GError **error) {
  g_auto(PhotoWishes) wishes = {.settings = job->photo};
  g_autoptr(Layer) layer = NULL;

  if (!layer_check(drawable, output, error))
    return FALSE;
  layer = layer_open(image, drawable, error);
  if (!layer)
    return FALSE;
  if (config)
    photo_wishes_read(&wishes, config, layer);
  return restore(job, &wishes, layer, output, hooks, error);
}

static gboolean run(const Job *job, GimpProcedureConfig *config, GimpImage *image,
                    GimpDrawable *drawable, Output output, GError **error) {
  g_autofree char *name = gimp_item_get_name(GIMP_ITEM(drawable));
  g_autofree char *title = g_strdup_printf(_("Restoring “%s”"), name);
  rst_hooks hooks = RST_HOOKS_INIT;

  hooks.progress = job_show_progress;
  gimp_progress_init(title);
  if (!photo_job_restore(job, config, image, drawable, output, &hooks, error))
    return FALSE;
  gimp_progress_end();
  return TRUE;
}

gboolean photo_job_run(const Job *job, GimpProcedureConfig *config, GimpImage *image,
                       GimpDrawable *drawable, Output output, GError **error) {
  return run(job, config, image, drawable, output, error);
}

gboolean photo_job_redo(const Job *job, GimpImage *image, GimpDrawable *drawable, Output output,
                        GError **error) {
  if (job->marked)
    gimp_message(
      _("Damage had also been marked by hand, which is not recorded: what is found is "
        "mended, and no more"));
  return run(job, NULL, image, drawable, output, error);
}

/* -------------------------------------------------------------------------------------------
 * From a preview
 */

static rst_status take_steps(Layer *layer, preview *shown, PhotoSteps *steps, rst_error *why) {
  rst_status status;

  steps->coloured = preview_is_coloured(shown);
  layer_take_colour(layer, steps->coloured);
  layer_begin_result(layer, 1);
  status = preview_write_prepared(shown, why);
  if (status != RST_OK || !steps->coloured)
    return status;
  steps->prepared = g_steal_pointer(&layer->result);
  layer_begin_result(layer, 1);
  return preview_write(shown, why);
}

/* As it is once the preview is finished. */
static void describe(const Job *job, const photo_found *found, preview *shown, gboolean coloured,
                     Output output, rst_parameters *parameters, rst_record *record) {
  g_autofree rst_plan *plan = g_new0(rst_plan, 1);
  rst_photo_settings settings = found->settings;

  plan->size = sizeof *plan;
  *parameters = job->parameters;
  if (coloured && preview_get_plan(shown, plan))
    preview_get_faces(shown, parameters->faces);
  settings.colour = coloured;
  fill_record(job, &settings, &found->info, parameters, plan, output, record);
}

gboolean photo_job_write(const Job *job, Layer *layer, preview *shown, Output output,
                         GError **error) {
  g_autofree rst_parameters *parameters = g_new0(rst_parameters, 1);
  photo_found *found = preview_get_photo(shown);
  PhotoSteps steps = {0};
  Commit what = {.output = output, .name = job->name, .steps = &steps};
  rst_error why = RST_ERROR_INIT;
  gboolean done;

  if (found)
    keep_steps(&steps, &found->info, &found->settings, found->mask);
  done = take_steps(layer, shown, &steps, &why) == RST_OK || messages_fail(&why, error);
  if (done) {
    describe(job, found, shown, steps.coloured, output, parameters, &what.record);
    done = commit(layer, &what, error);
  }
  g_clear_object(&steps.prepared);
  photo_found_unref(found);
  return done;
}
