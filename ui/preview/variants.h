/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Several setups of one picture, each seen small: restored one after the other by a brief preview,
 * behind everything else. It knows no toolkit.
 *
 * Thread: as a preview has it.
 */
#ifndef VARIANTS_H
#define VARIANTS_H

#include "preview/preview.h"

enum { VARIANTS = 4 };

typedef struct variant {
  rst_model *model; /* NULL: there is none */
  rst_parameters parameters;
} variant;

typedef struct variants variants;

/* As preview_new(); the picture's `write` is never called. */
rst_status variants_new(const rst_picture *picture, const rst_rectangle *box,
                        void (*changed)(void *user), void *user, variants **made, rst_error *error);
void variants_free(variants *v); /* NULL is allowed */

/* Requests setups, and a part of the picture. The newest request wins; what is
 * finished of it stays. */
void variants_set(variants *v, const variant requests[VARIANTS], const viewport *view);
/* Ends all requests. */
void variants_stop(variants *v);
/* The selection has changed; the picture. Errors: as preview_set_picture(). */
void variants_set_region(variants *v, const rst_rectangle *box);
rst_status variants_set_picture(variants *v, const rst_picture *picture, const rst_rectangle *box,
                                rst_error *error);

/* The newest frame of a variant, to be unreferenced; NULL where there is none yet. Until the
 * first of it is there, this is what was there before. */
frame *variants_get_frame(variants *v, int index);
/* Whether its frame will not become finer, or none is requested. */
bool variants_is_finished(const variants *v, int index);
/* Why there is none. Code RST_OK where there may be one. */
const rst_error *variants_get_error(const variants *v, int index);

/* What to show of a picture in squares of `side` screen pixels: the middle of what is seen of the
 * parts (`seen`: empty for nothing), else that of the largest part. */
viewport variants_choose_view(const rst_plan *plan, const rst_rectangle *seen, int side);

#endif
