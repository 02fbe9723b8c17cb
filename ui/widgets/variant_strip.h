/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Four thumbnails to choose from: what other seeds, or presets, would make of the middle of what is
 * seen.
 */
#ifndef STRIP_H
#define STRIP_H

#include <gtk/gtk.h>

#include "widgets/panel.h"
#include "preview/variants.h"

#define RESTORATOR_TYPE_STRIP (restorator_strip_get_type())
G_DECLARE_FINAL_TYPE(RestoratorStrip, restorator_strip, RESTORATOR, STRIP, GtkBox)

/* Hidden at first; nothing is computed unless it is shown. The panel gives what is set and takes
 * what is chosen; it has to outlive the strip. */
GtkWidget *restorator_strip_new(RestoratorPanel *panel);
/* From here on, if not before, it has a picture, which is read as long as the strip lives. Errors:
 * as variants_new(). */
rst_status restorator_strip_open(RestoratorStrip *strip, const rst_picture *picture,
                                 const rst_rectangle *box, rst_error *error);
/* The picture has changed; nothing where there is none yet. Errors: as preview_set_picture(). */
rst_status restorator_strip_renew(RestoratorStrip *strip, const rst_picture *picture,
                                  const rst_rectangle *box, rst_error *error);
/* The selection has changed. */
void restorator_strip_set_region(RestoratorStrip *strip, const rst_rectangle *box);
/* What is to be seen of it: the parts, and the rectangle of the picture that is looked at. */
void restorator_strip_set_scene(RestoratorStrip *strip, const rst_plan *plan,
                                const rst_rectangle *seen);
/* Something that is set has changed. */
void restorator_strip_update(RestoratorStrip *strip);

/* One of the thumbnails' buttons. */
GtkWidget *restorator_strip_get_tile(RestoratorStrip *strip, int index);
/* Whether it is shown and all thumbnails are there. */
gboolean restorator_strip_is_finished(RestoratorStrip *strip);

#endif
