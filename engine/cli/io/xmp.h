/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Two properties in a picture's XMP packet (ISO 16684-1): one of our own, the history of what was
 * restored, as text; and the orientation. The rest of the packet keeps its bytes.
 */
#ifndef CLI_XMP_H
#define CLI_XMP_H

#include <stdbool.h>
#include <stddef.h>

/* The history in a packet; NULL where there is none, or the packet is malformed. Free it with
 * g_free(). `packet` may be NULL with size 0. */
char *xmp_get_history(const char *packet, size_t size);
/* The packet with that history in place of the one it has, NUL-terminated; a new packet where
 * there is none. Free it with g_free(). NULL where the packet is malformed. */
char *xmp_set_history(const char *packet, size_t size, const char *history);

/* The packet where it says that the picture stands upright, as it does once it is turned; NULL where
 * it says nothing of that, or is malformed. Free it with g_free(). */
char *xmp_set_upright(const char *packet, size_t size);

#endif
