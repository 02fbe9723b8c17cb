/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whole numbers of pixels in the values of options.
 */
#ifndef CLI_NUMBERS_H
#define CLI_NUMBERS_H

#include <glib.h>
#include <stdbool.h>

#include "restorator.h"

/* Reads `count` numbers, −RST_SIDE_MAX … RST_SIDE_MAX, each with the character after it that
 * `separators` has, the last one '\0'; false where the text is something else. */
bool numbers_parse(const char *text, const char *separators, int count, int *numbers);
/* Reads the value "X,Y,WxH" of an option; false and an error that names it where it is none. */
bool numbers_parse_region(const char *option, const char *value, rst_rectangle *region,
                          GError **error);

#endif
