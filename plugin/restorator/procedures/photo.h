/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The runs of the procedures for old photographs: GimpRunImageFunc each.
 */
#ifndef PHOTO_H
#define PHOTO_H

#include <libgimp/gimp.h>

/* Damage, tone and colour in one step. */
GimpValueArray *photo_run(GimpProcedure *procedure, GimpRunMode run_mode, GimpImage *image,
                          GimpDrawable **drawables, GimpProcedureConfig *config, void *data);
/* Selects the damage. */
GimpValueArray *select_damage_run(GimpProcedure *procedure, GimpRunMode run_mode, GimpImage *image,
                                  GimpDrawable **drawables, GimpProcedureConfig *config,
                                  void *data);

#endif
