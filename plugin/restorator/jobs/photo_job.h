/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An old photograph restored in one step: damage mended, tone corrected, coloured.
 */
#ifndef PHOTO_JOB_H
#define PHOTO_JOB_H

#include "jobs/arguments.h"
#include "jobs/job.h"

/* What is done before it is coloured. */
typedef struct PhotoWishes {
  rst_photo_settings settings;
  GBytes *edits; /* an rst_edit for each pixel of the layer's box; NULL: none */
} PhotoWishes;

void photo_wishes_clear(PhotoWishes *wishes);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PhotoWishes, photo_wishes_clear)

/* Fills `wishes`, all zero before, from a run's arguments; the marks are for that layer. */
void photo_wishes_read(PhotoWishes *wishes, GimpProcedureConfig *config, const Layer *layer);

/* What the selection marks in the box of a layer, joined with earlier marks (NULL: none). */
GBytes *photo_marks_add(GBytes *before, const Layer *layer, rst_edit edit);

/* Restores the selected part of a layer into the image, which becomes RGB where it is grey and gets
 * colour. All is computed before anything is written. `job`: what gives it colour; `config`: a run's
 * arguments, which say what is done beside that; NULL: the job says it. */
gboolean photo_job_restore(const Job *job, GimpProcedureConfig *config, GimpImage *image,
                           GimpDrawable *drawable, Output output, const rst_hooks *hooks,
                           GError **error);
/* The same with progress, for people. */
gboolean photo_job_run(const Job *job, GimpProcedureConfig *config, GimpImage *image,
                       GimpDrawable *drawable, Output output, GError **error);
/* Does again what a job opened from a record of an old photograph says; marks are not recorded. */
gboolean photo_job_redo(const Job *job, GimpImage *image, GimpDrawable *drawable, Output output,
                        GError **error);
/* Writes into the image what a finished preview of that layer shows. `job`: what it is recorded as. */
gboolean photo_job_write(const Job *job, Layer *layer, preview *shown, Output output,
                         GError **error);

#endif
