/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A drawable's pixels as they were once. GIMP does not lock an image for a plug-in, and ends one that
 * asks for pixels of a drawable that is gone. So they come from the drawable's counterpart in a copy of
 * the image, which nobody sees and nobody can close; copies share their pixels until one changes. They
 * come area by area, since a large picture takes longer to fetch than a dialog may stand still.
 *
 * Thread: the main thread.
 */
#ifndef SNAPSHOT_H
#define SNAPSHOT_H

#include <cairo.h>
#include <libgimp/gimp.h>

typedef struct Snapshot {
  GeglBuffer *theirs;    /* the counterpart's, which keeps the tiles that it has fetched */
  GeglBuffer *pixels;    /* what is known of it, of the drawable's format and extent */
  cairo_region_t *known; /* where it is filled */
  int width, height;     /* of the drawable */
} Snapshot;

/* Fetches nothing yet. `copied`: the counterpart, which has to outlive the snapshot. */
Snapshot *snapshot_new(GimpDrawable *copied);
void snapshot_free(Snapshot *snapshot); /* NULL is allowed */

/* Fetches what it lacks of an area inside the drawable. */
void snapshot_know(Snapshot *snapshot, const GeglRectangle *area);
/* Whether a drawable has the size and the format that this one had. */
gboolean snapshot_has_shape(const Snapshot *snapshot, GimpDrawable *drawable);
/* Whether the drawable, by its counterpart in a copy of the image as it is now, holds the pixels that
 * are known of it. */
gboolean snapshot_is_current(const Snapshot *snapshot, GimpDrawable *copied);

#endif
