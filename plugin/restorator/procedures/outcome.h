/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How a run that failed answers its caller.
 */
#ifndef OUTCOME_H
#define OUTCOME_H

#include <libgimp/gimp.h>

/* A calling error where the caller could have known, as of a bad argument; an execution error where
 * something failed on the way. Takes over the error. */
GimpValueArray *outcome_failed(GimpProcedure *procedure, GError *error);

#endif
