/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The preview's parts without its thread: a test does what the worker would, step by step.
 */
#ifndef COMPONENTS_H
#define COMPONENTS_H

#include <preview/worker.h>

#include "host.h"

typedef struct {
  photo *photo;
  rst_model *model;
  mailbox mailbox;
  tile_reader reader;
  worker worker; /* never started */
  int notices;
} components;

/* Takes over the photo, all of which may be selected, and reads it. */
components *components_new(photo *p, const char *model);
void components_free(components *p);
/* Sends a request for a setup. */
void components_send(components *p, const char *setup);
/* Likewise, and takes it for the worker. */
void components_take(components *p, const char *setup);
/* Reads the whole photo for the newest request. */
void components_read(components *p);

#endif
