/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * IPTC's records (IIM 4.2): TIFF has them in a field of their own; JPEG as one of Photoshop's
 * resources, which begin with "8BIM" each (Photoshop File Formats, Image Resource Blocks).
 */
#ifndef CLI_IPTC_H
#define CLI_IPTC_H

#include <glib.h>

enum { IPTC_MARKER = 0x1c }; /* the first byte of each record */

/* The records in a list of resources; NULL where there are none. Unref them. */
GBytes *iptc_find(const guint8 *resources, gsize size);
/* The resources, which may be NULL, for a picture that is written: with those records, which may be
 * NULL too, and without thumbnails, which show the picture as it was. NULL for none. Unref them. */
GBytes *iptc_resources(GBytes *resources, GBytes *records);
/* Records as they were: some programs turn them round as if they were whole numbers, and fill them
 * up with zeros. Takes the bytes' reference. */
GBytes *iptc_unturned(GBytes *records);

#endif
