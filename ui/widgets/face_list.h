/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The faces as a list of switches, for those who use no mouse: the one with the focus stands out in
 * the picture.
 */
#ifndef FACE_LIST_H
#define FACE_LIST_H

#include <gtk/gtk.h>

#include "widgets/faces.h"

#define RESTORATOR_TYPE_FACE_LIST (restorator_face_list_get_type())
G_DECLARE_FINAL_TYPE(RestoratorFaceList, restorator_face_list, RESTORATOR, FACE_LIST, GtkExpander)

/* Hidden until faces have been looked for. Signal: "wanted" (gboolean) where a face is to be added
 * in the picture, or no longer. */
GtkWidget *restorator_face_list_new(RestoratorFaces *faces);
/* The faces that it lists (the list's). */
RestoratorFaces *restorator_face_list_get_faces(RestoratorFaceList *list);
/* Whether faces count with the window that is set. */
void restorator_face_list_set_used(RestoratorFaceList *list, gboolean used);
/* Whether a face is to be added. */
void restorator_face_list_set_wanted(RestoratorFaceList *list, gboolean wanted);

#endif
