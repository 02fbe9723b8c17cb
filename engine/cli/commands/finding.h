/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What faces and damage share: a finder that goes through pictures, their list in JSON, and a picture
 * in which is drawn what was found.
 */
#ifndef CLI_FINDING_H
#define CLI_FINDING_H

#include <restorator.h>
#include <stdbool.h>
#include <yyjson.h>

#include "io/image_source.h"
#include "measure/drawing.h"

enum { FINDING_MARK = 0xff2020 }; /* the colour of what was found */

typedef struct finding {
  const void *options; /* the command's */
  bool many;           /* pictures, so that their names are said */
  rst_cancel *cancel;
  rst_session *session;
  rst_finder *finder;
  yyjson_mut_doc *json; /* NULL: none is wanted */
} finding;

/* Looks at one picture, tells what is found, and lists and draws it where that is wanted. */
typedef bool (*finding_look)(finding *f, const cli_image_source *source, const rst_picture *picture,
                             GError **error);

/* Opens the finder of that name and looks at the pictures in turn, until one of them fails. `json`:
 * the file for the list, NULL for none; it is written when all has gone well. */
bool finding_run(const void *options, const char *finder, char *const *paths, int threads,
                 const char *json, finding_look look, GError **error);
/* A picture's entry in the list, with its name and size. */
yyjson_mut_val *finding_list(finding *f, const cli_image_source *source);
/* Writes the picture with what `mark` draws over it into a file. */
bool finding_draw(const finding *f, const cli_image_source *source, const char *path,
                  void (*mark)(cli_drawing *drawing, const void *data), const void *data,
                  GError **error);

#endif
