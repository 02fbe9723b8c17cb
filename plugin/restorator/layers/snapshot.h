/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A drawable's pixels as they were when they were first asked for: GIMP does not lock an image for
 * a plug-in, and a large one takes longer to copy than a dialog may stand still, so it is copied
 * area by area. What was copied at different times belongs together if none of it has changed by
 * the end.
 *
 * Thread: the main thread.
 */
#ifndef SNAPSHOT_H
#define SNAPSHOT_H

#include <cairo.h>
#include <libgimp/gimp.h>

typedef struct Snapshot {
  GimpDrawable *drawable;
  GeglBuffer *theirs;    /* GIMP's, which keeps the tiles that it has fetched */
  GeglBuffer *pixels;    /* the copy, of the drawable's format and extent */
  cairo_region_t *known; /* where it is filled */
  int width, height;     /* of the drawable */
} Snapshot;

/* Copies nothing yet. */
Snapshot *snapshot_new(GimpDrawable *drawable);
void snapshot_free(Snapshot *snapshot); /* NULL is allowed */

/* Copies what it lacks of an area inside the drawable. FALSE where that is gone, or has another
 * size or format by now. */
gboolean snapshot_know(Snapshot *snapshot, const GeglRectangle *area);
/* Whether the drawable is there, with the size and the format that it had. */
gboolean snapshot_has_shape(const Snapshot *snapshot);
/* Whether the drawable still is as it was, as far as that is known. */
gboolean snapshot_is_current(const Snapshot *snapshot);

#endif
