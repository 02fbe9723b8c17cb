/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The work of `restore`: what all pictures of a run share, and a picture's way from file to file in
 * three steps, so that the files of one picture may be read and written while another is computed.
 */
#ifndef CLI_JOB_H
#define CLI_JOB_H

#include <glib.h>
#include <vips/vips.h>

#include "io/file.h"
#include "restore/options.h"
#include "io/picture.h"
#include "restorator.h"
#include "restore/uncertainty_map.h"

typedef struct cli_job {
  const cli_options *options;
  rst_parameters parameters;
  const char *preset;  /* that was applied; NULL: none */
  bool automatic;      /* pictures of another kind are done otherwise */
  bool reported;           /* what of the parameters has no effect */
  bool photo;          /* pictures are prepared as old photographs first … */
  rst_photo_settings settings; /* … in this way; of damage: whether it is looked for */
  bool has_region;
  rst_rectangle region;
  int size[2];         /* width and height of the output, 0: the picture's own */
  char *mask_sha256;   /* of the mask's file; NULL without, or where it can be read once only */
  rst_record *repeated; /* the record to repeat, NULL without */
  rst_model *model;
  char *sha256;        /* of its file */
  rst_model_info info;
  rst_session *session;
  rst_cancel *cancel;
} cli_job;

/* Reads preset or record, and the model, and starts the session, for pictures of that kind. The
 * options must outlive the job. */
bool job_open(cli_job *job, const cli_options *options, rst_picture_kind kind, rst_cancel *cancel,
              GError **error);
/* A job that is all zeros, or was not opened, is allowed. */
void job_close(cli_job *job);

/* One picture. */
typedef struct cli_item {
  const cli_job *job;       /* that it belongs to, from the first step on */
  char *input, *output;
  const cli_format *format; /* of the output */
  bool skipped;             /* it is finished since an earlier run */
  GError *error;            /* why it failed, NULL while it has not */
  double seconds;           /* spent on it */
  rst_parameters parameters; /* the job's, with the faces of this picture */
  rst_plan *plan;
  int64_t points;           /* restored */
  rst_photo_info found;     /* in an old photograph, after the second step */
  bool coloured;            /* it got colour */
  double prepared;          /* seconds until it did */
  double white;             /* of an uncertainty's picture, else 0 */
  /* between the first step and the third: */
  cli_image_source source;
  cli_picture picture;
  guint8 *edits;            /* of the box: an rst_edit for each pixel; NULL without marks */
  cli_picture sized;        /* where a size is asked for */
  cli_uncertainty uncertainty; /* after the second step, where it is asked for */
} cli_item;

/* The steps. Each does nothing where an earlier one failed or the item is skipped. Only the second
 * uses the session, and only the others libvips. */
void item_read(const cli_job *job, cli_item *item);
void item_restore(const cli_job *job, cli_item *item);
void item_write(const cli_job *job, cli_item *item);
/* The picture that the last step writes: as it was after the first step, restored after the
 * second. Unref it. NULL and an error on failure. */
VipsImage *item_picture(const cli_item *item, GError **error);
/* For g_ptr_array_new_with_free_func(). */
void item_free(void *data);

#endif
