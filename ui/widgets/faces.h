/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The faces that are seen from near: the property `faces` of the settings as a list of those that
 * were found and those that someone added, each of which may be switched off. It knows no toolkit.
 */
#ifndef FACES_H
#define FACES_H

#include <glib-object.h>
#include <restorator.h>

#define RESTORATOR_TYPE_FACES (restorator_faces_get_type())
G_DECLARE_FINAL_TYPE(RestoratorFaces, restorator_faces, RESTORATOR, FACES, GObject)

/* Signals: "changed" after the list, a switch or the selected one has become another; "begun"
 * before a change that is to be undone by itself. */
RestoratorFaces *restorator_faces_new(GObject *settings);

/* What was found, as the parameter has it. */
void restorator_faces_set_found(RestoratorFaces *faces, const char *found);
/* Whether faces were looked for at all. */
gboolean restorator_faces_are_known(RestoratorFaces *faces);
/* Whether those that are found are taken, whatever they are. */
gboolean restorator_faces_are_automatic(RestoratorFaces *faces);

int restorator_faces_get_count(RestoratorFaces *faces);
const rst_face *restorator_faces_get(RestoratorFaces *faces, int index);
/* Whether it is seen from near. */
gboolean restorator_faces_is_on(RestoratorFaces *faces, int index);
/* Whether someone added it. */
gboolean restorator_faces_is_added(RestoratorFaces *faces, int index);
/* −1: none. */
int restorator_faces_get_selected(RestoratorFaces *faces);
void restorator_faces_select(RestoratorFaces *faces, int index);

/* An added face that is switched off is gone; one that was found stays in the list. */
void restorator_faces_switch(RestoratorFaces *faces, int index, gboolean on);
/* Adds one, and selects it. FALSE where there are as many as there may be, or the same one, and as
 * long as those beside it are not known. */
gboolean restorator_faces_add(RestoratorFaces *faces, const rst_face *face);
/* All that are found, and none else. */
void restorator_faces_find(RestoratorFaces *faces);

/* A face in words: its number, where and how large it is, and whether it was added. To be freed. */
char *restorator_faces_describe(RestoratorFaces *faces, int index);

#endif
