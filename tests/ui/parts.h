/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The preview's parts without its thread: a test does what the worker would, step by step.
 */
#ifndef PARTS_H
#define PARTS_H

#include <preview/worker.h>

#include "host.h"

typedef struct {
  photo *photo;
  rst_model *model;
  mailbox mailbox;
  tile_reader reader;
  worker worker; /* never started */
  int notices;
} parts;

/* Takes over the photo, all of which may be selected, and reads it. */
parts *parts_new(photo *p, const char *model);
void parts_free(parts *p);
/* Sends a request for a setup. */
void parts_send(parts *p, const char *setup);
/* Likewise, and takes it for the worker. */
void parts_take(parts *p, const char *setup);
/* Reads the whole photo for the newest request. */
void parts_read(parts *p);

#endif
