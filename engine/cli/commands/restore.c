/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * restore and photo: one picture from file to file, or many into a folder.
 */
#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>

#include "commands/commands.h"
#include "base/error.h"
#include "base/interrupt.h"
#include "io/picture_kind.h"
#include "restore/job.h"
#include "restore/report.h"

static cli_item *new_item(const char *input, char *output) {
  cli_item *item = g_new0(cli_item, 1);
  item->input = g_strdup(input);
  item->output = output;
  return item;
}

/* The file in the folder that an input is written to: of its name, with the format's suffix. */
static char *output_path(const cli_options *o, const char *input) {
  char *name = g_path_get_basename(input);
  if (o->format) {
    char *dot = strrchr(name, '.');
    if (dot && dot != name)
      *dot = '\0';
    char *renamed = g_strconcat(name, file_suffix(o->format), NULL);
    g_free(name);
    name = renamed;
  }
  char *path = g_build_filename(o->output_dir, name, NULL);
  g_free(name);
  return path;
}

static bool is_same_file(const char *a, const char *b) {
  GStatBuf first, second;
  return g_stat(a, &first) == 0 && g_stat(b, &second) == 0 && first.st_dev == second.st_dev &&
         first.st_ino == second.st_ino;
}

/* Finds out how the output is to be written, and whether it may. */
static void begin_output(const cli_options *o, cli_item *item) {
  item->format = file_output_format(item->output, &item->error);
  if (item->format && !o->force)
    file_check_writable(item->output, &item->error);
}

/* Finds out what is to be done with a file of many. */
static void begin_item(const cli_options *o, cli_item *item) {
  if (is_same_file(item->input, item->output))
    g_set_error(&item->error, CLI_ERROR, CLI_FAILED,
                _("%s: would be replaced itself; choose another folder for the output"),
                item->input);
  else if (!o->overwrite && g_file_test(item->output, G_FILE_TEST_IS_REGULAR))
    item->skipped = true; /* files appear complete or not at all */
  else
    begin_output(o, item);
}

static bool list_many(const cli_options *o, GPtrArray *items, GError **error) {
  if (g_mkdir_with_parents(o->output_dir, 0777) != 0) {
    g_set_error(error, CLI_ERROR, CLI_FAILED, "%s: %s", o->output_dir, g_strerror(errno));
    return false;
  }
  g_autoptr(GHashTable) inputs = g_hash_table_new(g_str_hash, g_str_equal); /* by output */
  const char *other = NULL;
  for (char **input = o->inputs; *input && !other; input++) {
    cli_item *item = new_item(*input, output_path(o, *input));
    g_ptr_array_add(items, item);
    other = g_hash_table_lookup(inputs, item->output);
    if (other)
      g_set_error(error, CLI_ERROR, CLI_WRONG_USAGE, _("%s and %s would both be written to %s"),
                  other, *input, item->output);
    g_hash_table_insert(inputs, item->output, *input);
    begin_item(o, item);
  }
  return !other;
}

static bool list_items(const cli_options *o, GPtrArray *items, GError **error) {
  if (o->output_dir)
    return list_many(o, items, error);
  cli_item *item = new_item(o->inputs[0], g_strdup(o->output));
  g_ptr_array_add(items, item);
  begin_output(o, item);
  return true;
}

typedef struct counts {
  int done, skipped, failed;
  int status; /* of the program: of the last failure */
} counts;

/* Reports what became of an item, and counts it. One that a signal stopped is neither. */
static void end_item(const cli_job *job, cli_item *item, counts *c) {
  const cli_options *o = job->options;
  if (g_error_matches(item->error, CLI_ERROR, CLI_SIGNALLED + interrupt_signal()))
    return;
  if (o->json)
    report_json(item);
  if (item->skipped) {
    c->skipped++;
  } else if (item->error) {
    c->status = cli_report(g_steal_pointer(&item->error));
    c->failed++;
  } else {
    if (!o->quiet)
      report_done(job, item);
    c->done++;
  }
  g_clear_pointer(&item->plan, g_free);
}

/* What is done with files while a picture is computed. One thread does it, since libvips keeps
 * one record of what failed for all threads. */
typedef struct file_work {
  cli_job *jobs; /* see run() */
  cli_item *restored, *next; /* the one to write, the one to read; NULL: none */
} file_work;

/* What is around the region, as far as it is looked at; false: all of the picture is. */
static bool get_reach(const cli_job *job, VipsImage *image, rst_rectangle *reach) {
  const rst_rectangle *box = &job->region;
  rst_parameters without_faces = job->parameters; /* which may lie anywhere */
  int width, height;
  picture_kind_size(image, &width, &height);
  if (!job->has_region || box->x < 0 || box->y < 0 || box->x + box->width > width ||
      box->y + box->height > height)
    return false; /* a region beyond the picture is refused later */
  without_faces.faces[0] = '\0';
  rst_reach(&without_faces, width, height, box, reach);
  return true;
}

/* What is wrong with the file, the step says that reads it. */
static rst_picture_kind find_kind(const cli_job *job, const char *input) {
  rst_picture_kind kind = RST_PICTURE_MONOCHROME;
  double sure;
  rst_rectangle reach;
  g_autoptr(VipsImage) image = file_open(input, NULL);
  if (!image ||
      !picture_kind_read(image, get_reach(job, image, &reach) ? &reach : NULL, &kind, &sure, NULL))
    kind = RST_PICTURE_MONOCHROME;
  return kind;
}

static const cli_job *choose_job(cli_job jobs[2], const char *input) {
  const bool quiet = jobs->options->quiet;
  rst_picture_kind kind = RST_PICTURE_MONOCHROME;
  /* Of an old photograph it is asked later, and a coloured one keeps its colours. */
  if (!jobs->photo && (jobs->automatic || g_strcmp0(jobs->preset, "photo") == 0))
    kind = find_kind(jobs, input);
  if (kind == RST_PICTURE_COLOURED && !jobs->automatic && !quiet)
    cli_say(_("%s: is a colour picture, whose colours are replaced"), input);
  cli_job *job = &jobs[kind == RST_PICTURE_COLOURED && jobs->automatic];
  if (!job->reported && !quiet)
    report_ignored(job);
  job->reported = true;
  return job;
}

static void *do_file_work(void *data) {
  file_work *work = data;
  if (work->restored)
    item_write(work->restored->job, work->restored);
  if (work->next) {
    work->next->job = choose_job(work->jobs, work->next->input);
    item_read(work->next->job, work->next);
  }
  vips_thread_shutdown();
  return NULL;
}

/* In each turn, one picture is computed, the one before it written and the one after it read: at
 * once where there is a thread to be had. */
static void restore_items(cli_job jobs[2], GPtrArray *items, counts *c) {
  int count = (int)items->len;
  for (int i = -1; i <= count && interrupt_signal() == 0; i++) {
    file_work work = {
      .jobs = jobs,
      .restored = i > 0 ? items->pdata[i - 1] : NULL,
      .next = i + 1 < count ? items->pdata[i + 1] : NULL,
    };
    GThread *thread = g_thread_try_new("files", do_file_work, &work, NULL);
    if (i >= 0 && i < count)
      item_restore(((cli_item *)items->pdata[i])->job, items->pdata[i]);
    if (thread)
      g_thread_join(thread);
    else
      do_file_work(&work);
    if (work.restored)
      end_item(work.restored->job, work.restored, c);
  }
}

static bool run(cli_options *o, counts *c, GError **error) {
  rst_cancel *cancel = interrupt_catch();
  cli_job jobs[2] = {{.options = o}}; /* the second is for coloured pictures, where that differs */
  g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func(item_free);
  g_autoptr(GPtrArray) left = g_ptr_array_new();
  bool good = list_items(o, items, error);
  for (guint i = 0; i < items->len && good; i++) {
    cli_item *item = items->pdata[i];
    if (item->skipped || item->error)
      end_item(jobs, item, c);
    else
      g_ptr_array_add(left, item);
  }
  if (good && left->len > 0) {
    good = options_read_hints(o, cancel, error) &&
           job_open(&jobs[0], o, RST_PICTURE_MONOCHROME, cancel, error) &&
           (!jobs[0].automatic || jobs[0].photo ||
            job_open(&jobs[1], o, RST_PICTURE_COLOURED, cancel, error));
    if (good)
      restore_items(jobs, left, c);
    job_close(&jobs[0]);
    job_close(&jobs[1]);
  }
  if (good && o->output_dir && !o->quiet)
    cli_say(_("%d done, %d skipped, %d failed, of %u"), c->done, c->skipped, c->failed, items->len);
  if (good && c->done + c->skipped + c->failed < (int)items->len)
    good = o->output_dir ? cli_fail_midway(error) : cli_fail_interrupted(error);
  return good;
}

int restore_command(int argc, char **argv) {
  cli_options options;
  counts c = {.status = CLI_DONE};
  GError *error = NULL;
  bool good = options_parse(&options, argc, argv, &error) && file_init(options.threads, &error);
  if (good) {
    good = run(&options, &c, &error);
    vips_shutdown();
  }
  /* Of many files, how each failed was said. */
  if (c.failed > 0 && options.output_dir)
    c.status = CLI_FAILED;
  options_clear(&options);
  return good ? c.status : cli_report(error);
}
