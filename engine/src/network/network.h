/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the files of all networks have in common: bytes → tensors, a description, a card; and the
 * references of what is read from them.
 */
#ifndef RST_NETWORK_H
#define RST_NETWORK_H

#include <stdatomic.h>

#include "network/weights.h"
#include "restorator.h"

struct yyjson_val;

/* The first member of a network's struct. */
typedef struct rst_network {
  atomic_int references;
  int64_t parameters;
  char *name, *description, *card; /* owned */
  char *path;                      /* owned; NULL: it was not read from a file */
  char sha256[65];                 /* of the file's bytes */
  float *memory;                   /* owned: all weights */
} rst_network;

/* A kind of networks. */
typedef struct rst_network_kind {
  size_t size;     /* of its struct */
  size_t file_max; /* bytes that a file may have */
  /* Takes the architecture from the description; `name` points into that. */
  rst_status (*describe)(struct yyjson_val *root, rst_network *network, const char **name,
                         rst_error *error);
  void (*load)(rst_loader *l, void *network); /* see rst_load_all() */
  /* Checks the weights; NULL: any will do. */
  rst_status (*check)(const rst_network *network, rst_error *error);
} rst_network_kind;

/* Reads a network from `size` bytes, which are copied, with one reference. Errors: those of
 * rst_model_parse(). */
rst_status rst_network_parse(const rst_network_kind *kind, const void *bytes, size_t size,
                             rst_network **network, rst_error *error);
/* The same from a file. Errors: those of rst_model_read(). */
rst_status rst_network_read(const rst_network_kind *kind, const char *path, rst_network **network,
                            rst_error *error);
void rst_network_ref(rst_network *network);
void rst_network_unref(rst_network *network); /* NULL is allowed */

#endif
