/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What shall be done to a layer: the parameters, and the model they ask for, read once.
 */
#ifndef JOB_H
#define JOB_H

#include "jobs/arguments.h"
#include "layers/layer.h"
#include "preview/preview.h"

typedef struct Job {
  rst_parameters parameters;
  char *name;       /* of a layer that it makes: the model's, and the preset's */
  char *preset;     /* its id, "" without */
  rst_model *model;
  char *sha256;     /* of the model's file, hexadecimal */
  char *mask;       /* the name of the file that selects; NULL without */
  char *mask_sha256; /* of that file */
  gboolean is_photo;  /* an old photograph is restored again, … */
  rst_photo_settings photo; /* … in this way … */
  gboolean marked;          /* … but for marks of its damage, which are not recorded */
} Job;

/* Reads the model, and checks the arguments against it. `job` is all zero before. */
gboolean job_open(Job *job, const Arguments *arguments, GError **error);
/* The same job once more. Refuses records of later versions, and another model file. */
gboolean job_reopen(Job *job, const rst_record *record, GError **error);
/* Says in what is recorded that the mask at `path` selects; NULL or "" for none. */
gboolean job_set_mask(Job *job, const char *path, GError **error);
/* Says in `record` what was done. */
void job_fill_record(const Job *job, const rst_parameters *parameters, const rst_plan *plan,
                     Output output, rst_record *record);
void job_clear(Job *job);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Job, job_clear)

/* A hook for progress: shows it in GIMP's bar. */
void job_show_progress(void *user, rst_phase phase, double fraction);

/* Restores the selected part of a layer into the image. All is computed before anything is
 * written, so that a job that fails or is killed leaves the image as it was. */
gboolean job_restore(const Job *job, GimpImage *image, GimpDrawable *drawable, Output output,
                     const rst_hooks *hooks, GError **error);
/* Writes into the image what a finished preview of that layer and those parameters shows. */
gboolean job_write(const Job *job, Layer *layer, preview *shown, Output output, GError **error);
/* The same as job_restore() with progress, and a hint where the layer is grey, for people. */
gboolean job_run(const Job *job, GimpImage *image, GimpDrawable *drawable, Output output,
                 GError **error);

#endif
