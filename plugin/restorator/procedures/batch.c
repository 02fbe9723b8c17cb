/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L /* glob(), pathconf() */

#include "procedures/batch.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <glob.h>
#include <string.h>
#include <unistd.h>

#include "dialogs/batch_dialog.h"
#include "jobs/file.h"
#include "messages.h"
#include "procedures/outcome.h"
#include "target.h"

typedef struct Batch {
  Jobs jobs;
  Region region;
  GPtrArray *inputs;
  char *folder;
  const char *format;
  gboolean overwrite;
  gboolean interactive;
  GHashTable *taken;   /* the outputs of the inputs until now */
  int done, skipped;
  GPtrArray *reasons;  /* of those that failed */
  guint at;            /* in `inputs` */
} Batch;

static void batch_clear(Batch *batch) {
  jobs_clear(&batch->jobs);
  region_clear(&batch->region);
  g_ptr_array_unref(batch->inputs);
  g_free(batch->folder);
  g_hash_table_unref(batch->taken);
  g_ptr_array_unref(batch->reasons);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Batch, batch_clear)

void batch_add_results(GimpProcedure *procedure) {
  gimp_procedure_add_int_return_value(procedure, "done", _("Done"), _("Files restored"), 0,
                                      G_MAXINT, 0, G_PARAM_READWRITE);
  gimp_procedure_add_int_return_value(procedure, "skipped", _("Skipped"),
                                      _("Files that were there already"), 0, G_MAXINT, 0,
                                      G_PARAM_READWRITE);
  gimp_procedure_add_int_return_value(procedure, "failed", _("Failed"),
                                      _("Files that could not be restored"), 0, G_MAXINT, 0,
                                      G_PARAM_READWRITE);
  gimp_procedure_add_string_array_return_value(procedure, "reasons", _("Reasons"),
                                               _("Of each file that failed: its path and why"),
                                               G_PARAM_READWRITE);
}

/* -------------------------------------------------------------------------------------------
 * Arguments
 */

/* A leading ~ is the home folder. */
static char *expand_home(const char *path) {
  return path && path[0] == '~' && (path[1] == '/' || path[1] == '\0')
           ? g_strconcat(g_get_home_dir(), path + 1, NULL)
           : g_strdup(path);
}

/* A folder's name as a pattern that stands for nothing else. */
static char *escape_pattern(const char *path) {
  GString *escaped = g_string_new(NULL);

  for (; *path; path++) {
    if (strchr("\\*?[", *path))
      g_string_append_c(escaped, '\\');
    g_string_append_c(escaped, *path);
  }
  return g_string_free(escaped, FALSE);
}

static void find_pattern(Batch *batch, const char *pattern) {
  glob_t found = {0};

  if (glob(pattern, 0, NULL, &found) == 0)
    for (size_t i = 0; i < found.gl_pathc; i++)
      g_ptr_array_add(batch->inputs, g_strdup(found.gl_pathv[i]));
  globfree(&found);
}

/* What is there is meant, whatever signs are in it; else the last part is a pattern, in a folder
 * that is there, or all of it is one. */
static gboolean find_inputs(Batch *batch, const char *input, GError **error) {
  g_autofree char *path = expand_home(input);

  if (!path || !*path) {
    g_set_error_literal(error, RESTORATOR_ERROR, RST_BAD_CALL,
                        _("No files are named: say which shall be restored"));
    return FALSE;
  }
  if (g_file_test(path, G_FILE_TEST_IS_REGULAR)) {
    g_ptr_array_add(batch->inputs, g_steal_pointer(&path));
    return TRUE;
  }
  g_autofree char *folder = g_path_get_dirname(path), *last = g_path_get_basename(path);
  g_autofree char *escaped = escape_pattern(folder);
  g_autofree char *pattern =
    strchr(path, '/') ? g_build_filename(escaped, last, NULL) : g_strdup(last);
  find_pattern(batch, g_file_test(folder, G_FILE_TEST_IS_DIR) ? pattern : path);
  if (batch->inputs->len > 0)
    return TRUE;
  g_set_error(error, RESTORATOR_ERROR, RST_BAD_CALL, _("There is no file “%s”"), input);
  return FALSE;
}

static gboolean make_folder(Batch *batch, GError **error) {
  if (!batch->folder || !*batch->folder) {
    g_set_error_literal(error, RESTORATOR_ERROR, RST_BAD_CALL,
                        _("There is no output folder: say where the restored files shall go"));
    return FALSE;
  }
  if (g_mkdir_with_parents(batch->folder, 0777) == 0)
    return TRUE;
  g_set_error(error, RESTORATOR_ERROR, RST_CANNOT_OPEN, _("The folder “%s” could not be made: %s"),
              batch->folder, g_strerror(errno));
  return FALSE;
}

static gboolean open_job(Job *job, GimpProcedureConfig *config, rst_picture_kind pictures,
                         const char *mask, GError **error) {
  g_auto(Arguments) arguments = {.pictures = pictures};

  return arguments_read(config, &arguments, error) && job_open(job, &arguments, error) &&
         job_set_mask(job, mask, error);
}

static gboolean open_jobs(Batch *batch, GimpProcedureConfig *config, const char *mask,
                          GError **error) {
  Jobs *jobs = &batch->jobs;

  jobs->automatic = arguments_are_automatic(config);
  jobs->photo = arguments_are_by_content(config) ? config : NULL;
  return open_job(&jobs->usual, config, RST_PICTURE_MONOCHROME, mask, error) &&
         (!jobs->automatic || open_job(&jobs->coloured, config, RST_PICTURE_COLOURED, mask, error));
}

/* The folder last: a run that is refused leaves none. */
static gboolean read_arguments(Batch *batch, GimpProcedureConfig *config, GError **error) {
  g_autofree char *input = NULL, *folder = NULL, *mask = NULL, *region = NULL;

  g_object_get(config, ARGUMENT_INPUT, &input, ARGUMENT_FOLDER, &folder, ARGUMENT_MASK, &mask,
               ARGUMENT_REGION, &region, ARGUMENT_OVERWRITE, &batch->overwrite, NULL);
  batch->folder = expand_home(folder);
  g_autofree char *mask_path = expand_home(mask);
  return arguments_read_format(config, &batch->format, error) &&
         open_jobs(batch, config, mask_path, error) && find_inputs(batch, input, error) &&
         region_set(&batch->region, region, mask_path, error) && make_folder(batch, error);
}

/* -------------------------------------------------------------------------------------------
 * Files
 */

static char *output_path(const Batch *batch, const char *input) {
  g_autofree char *base = g_path_get_basename(input);
  const char *end = strrchr(base, '.');
  const int length = end && end > base ? (int)(end - base) : (int)strlen(base);

  return g_strdup_printf("%s/%.*s.%s", batch->folder, length, base, batch->format);
}

static gboolean is_same_file(const char *a, const char *b) {
  GStatBuf one, other;

  return g_stat(a, &one) == 0 && g_stat(b, &other) == 0 && one.st_dev == other.st_dev &&
         one.st_ino == other.st_ino;
}

static void show_progress(void *user, rst_phase phase, double fraction) {
  const Batch *batch = user;

  (void)phase;
  gimp_progress_update((batch->at + fraction) / batch->inputs->len);
}

static gboolean refuse(const char *output, const char *why, GError **error) {
  g_autofree char *shown = g_filename_display_name(output);

  g_set_error(error, RESTORATOR_ERROR, RST_CANNOT_OPEN, _("“%s” could not be written: %s"), shown,
              why);
  return FALSE;
}

/* Known before the work is done. */
static gboolean check_place(const char *output, GError **error) {
  g_autofree char *target = target_follow(output);
  g_autofree char *shown = g_filename_display_name(output);

  if (!target)
    return refuse(output, g_strerror(errno), error);
  g_autofree char *folder = g_path_get_dirname(target), *name = g_path_get_basename(target);
  const long longest = pathconf(folder, _PC_NAME_MAX);
  if (longest > 0 && strlen(name) > (size_t)longest)
    return refuse(output, g_strerror(ENAMETOOLONG), error);
  if (target_is_special(target)) {
    g_set_error(error, RESTORATOR_ERROR, RST_CANNOT_OPEN,
                _("“%s” is a folder, a device or a pipe and no file"), shown);
    return FALSE;
  }
  return !target_is_closed(target) ||
         refuse(output, _("it is there, and must not be written to"), error);
}

static gboolean restore(Batch *batch, const char *input, const char *output, GError **error) {
  g_autofree char *shown = g_filename_display_name(output);
  rst_hooks hooks = RST_HOOKS_INIT;

  if (is_same_file(input, output)) {
    g_set_error(error, RESTORATOR_ERROR, RST_BAD_CALL,
                _("It would be replaced itself: choose another output folder"));
    return FALSE;
  }
  if (g_hash_table_contains(batch->taken, output)) {
    g_set_error(error, RESTORATOR_ERROR, RST_BAD_CALL,
                _("“%s” is what another of the files becomes: restore one of them elsewhere"),
                shown);
    return FALSE;
  }
  if (!check_place(output, error))
    return FALSE;
  hooks.user = batch;
  hooks.progress = show_progress;
  return file_restore(&batch->jobs, &batch->region, input, output, &hooks, error);
}

/* Finished files stay finished; but not so one that another file would come to as well. */
static gboolean is_finished(const Batch *batch, const char *input, const char *output) {
  return !batch->overwrite && !g_hash_table_contains(batch->taken, output) &&
         g_file_test(output, G_FILE_TEST_EXISTS) && !is_same_file(input, output);
}

/* Results are text, whatever bytes a name has. */
static void add_reason(Batch *batch, const char *input, const char *why) {
  g_autofree char *name = g_filename_display_name(input);
  g_autofree char *text = g_utf8_make_valid(why, -1);

  g_ptr_array_add(batch->reasons, g_strdup_printf("%s: %s", name, text));
}

static void take(Batch *batch, const char *input) {
  g_autofree char *output = output_path(batch, input);
  g_autofree char *name = g_filename_display_basename(input);
  g_autoptr(GError) why = NULL;

  /* Translators: a file's name, its number and how many there are. */
  gimp_progress_set_text_printf(_("Restoring “%s”, %u of %u"), name, batch->at + 1,
                                batch->inputs->len);
  if (is_finished(batch, input, output))
    batch->skipped++;
  else if (restore(batch, input, output, &why))
    batch->done++;
  else
    add_reason(batch, input, why->message);
  g_hash_table_add(batch->taken, g_steal_pointer(&output));
  gimp_progress_update((batch->at + 1.0) / batch->inputs->len);
}

/* Shows people how many files were restored, and why others were not; the reasons end with NULL. */
static void report(const Batch *batch, int failed) {
  g_autofree char *reasons = g_strjoinv("\n", (char **)batch->reasons->pdata);
  /* Translators: files. */
  g_autofree char *numbers = g_strdup_printf(
    _("%d restored, %d skipped (there already), %d failed"), batch->done, batch->skipped, failed);

  g_message("%s%s%s", numbers, failed > 0 ? "\n" : "", reasons);
}

static GimpValueArray *results(GimpProcedure *procedure, Batch *batch) {
  GimpValueArray *values = gimp_procedure_new_return_values(procedure, GIMP_PDB_SUCCESS, NULL);
  const int failed = (int)batch->reasons->len;

  g_ptr_array_add(batch->reasons, NULL);
  GIMP_VALUES_SET_INT(values, 1, batch->done);
  GIMP_VALUES_SET_INT(values, 2, batch->skipped);
  GIMP_VALUES_SET_INT(values, 3, failed);
  GIMP_VALUES_SET_STRV(values, 4, batch->reasons->pdata);
  if (batch->interactive)
    report(batch, failed);
  return values;
}

GimpValueArray *batch_run(GimpProcedure *procedure, GimpProcedureConfig *config, void *data) {
  g_auto(Batch) batch = {
    .inputs = g_ptr_array_new_with_free_func(g_free),
    .taken = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
    .reasons = g_ptr_array_new_with_free_func(g_free),
  };
  GimpRunMode run_mode;
  GError *error = NULL;

  (void)data;
  gegl_init(NULL, NULL);
  g_object_get(config, ARGUMENT_RUN_MODE, &run_mode, NULL);
  batch.interactive = run_mode == GIMP_RUN_INTERACTIVE;
  if (batch.interactive && !batch_dialog_run(procedure, config, &error) && !error)
    return gimp_procedure_new_return_values(procedure, GIMP_PDB_CANCEL, NULL);
  if (error || !read_arguments(&batch, config, &error))
    return outcome_failed(procedure, error);
  gimp_progress_init(_("Restoring files"));
  for (batch.at = 0; batch.at < batch.inputs->len; batch.at++)
    take(&batch, g_ptr_array_index(batch.inputs, batch.at));
  gimp_progress_end();
  return results(procedure, &batch);
}
