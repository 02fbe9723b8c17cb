/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A drawable's pixels as they were once. GIMP does not lock an image for a plug-in, and ends one that
 * asks for pixels of a drawable that is gone. So GIMP copies a layer first, at once, since the copy
 * shares the pixels until one of both changes; it is in no image, where nobody can delete it. A
 * selection stays as long as its image, and a copy of it would have other values: it is read as it is.
 * The pixels come area by area, since a large picture takes longer to fetch than a dialog may stand
 * still; a selection's that came at different times belong together if none has changed by the end.
 *
 * Thread: the main thread.
 */
#ifndef SNAPSHOT_H
#define SNAPSHOT_H

#include <cairo.h>
#include <libgimp/gimp.h>

typedef struct Snapshot {
  GimpDrawable *drawable;
  GimpDrawable *source;  /* the layer's copy, or the selection itself */
  GeglBuffer *theirs;    /* the source's, which keeps the tiles that it has fetched */
  GeglBuffer *pixels;    /* what is known of it, of the drawable's format and extent */
  cairo_region_t *known; /* where it is filled */
  int width, height;     /* of the drawable */
} Snapshot;

/* Fetches nothing yet. NULL where the drawable is gone. */
Snapshot *snapshot_new(GimpDrawable *drawable);
void snapshot_free(Snapshot *snapshot); /* NULL is allowed */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Snapshot, snapshot_free)

/* Fetches what it lacks of an area inside the drawable. FALSE where that is a selection whose image is
 * closed, or has another size by now. */
gboolean snapshot_know(Snapshot *snapshot, const GeglRectangle *area);
/* Whether the drawable is there, with the size and the format that it had. */
gboolean snapshot_has_shape(const Snapshot *snapshot);
/* Whether the drawable still is as it was, as far as that is known. */
gboolean snapshot_is_current(const Snapshot *snapshot);

#endif
