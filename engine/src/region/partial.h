/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What restoring needs of a partial result beside its public calls.
 */
#ifndef RST_PARTIAL_H
#define RST_PARTIAL_H

#include "restorator.h"

enum { RST_LATTICE_BITS = 10 };

/* Restores all points, those of the boundary with them, band by band. Errors: as
 * rst_partial_refine(). */
rst_status rst_partial_finish(rst_session *session, rst_partial *partial, const rst_hooks *hooks,
                              rst_error *error);

#endif
