/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Colour hints from and to text.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/status.h"
#include "parameters/real.h"

/* What a hint has to be, said in its error. */
static const char form[] = N_("X,Y,#RRGGBB or X,Y,keep, with “,REACH” behind it or without");
static const char place[] = N_("at pixels from −16777216 to 16777216");
static const char range[] = N_("with a reach from 0.01 to 4");

/* Text from `at` to `end`, of one hint. */
typedef struct {
  const char *at, *end;
} span;

static bool take(span *s, const char *word) {
  const size_t length = strlen(word);

  if ((size_t)(s->end - s->at) < length || memcmp(s->at, word, length) != 0)
    return false;
  s->at += length;
  return true;
}

/* A whole number, cut at a magnitude beyond all pictures. */
static bool take_int(span *s, int *number) {
  const int limit = 2 * RST_SIDE_MAX;
  const bool negative = take(s, "-");
  const char *begin = s->at;
  int value = 0;

  for (; s->at < s->end && *s->at >= '0' && *s->at <= '9'; s->at++)
    value = value < limit / 10 ? value * 10 + (*s->at - '0') : limit;
  *number = negative ? -value : value;
  return s->at > begin;
}

static int hex_digit(char c) {
  return c >= '0' && c <= '9'   ? c - '0'
         : c >= 'a' && c <= 'f' ? c - 'a' + 10
         : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                : -1;
}

static bool take_colour(span *s, float rgb[3]) {
  if (!take(s, "#") || s->end - s->at < 6)
    return false;
  for (int c = 0; c < 3; c++, s->at += 2) {
    const int high = hex_digit(s->at[0]), low = hex_digit(s->at[1]);

    if (high < 0 || low < 0)
      return false;
    rgb[c] = (float)(16 * high + low) / 255;
  }
  return true;
}

/* Reads one hint; NULL, or what it has to be. */
static const char *read_hint(span s, rst_hint *hint) {
  char number[32];

  *hint = (rst_hint){.reach = RST_HINT_REACH};
  if (!take_int(&s, &hint->x) || !take(&s, ",") || !take_int(&s, &hint->y) || !take(&s, ","))
    return form;
  hint->keep = take(&s, "keep");
  if (!hint->keep && !take_colour(&s, hint->rgb))
    return form;
  if (take(&s, ",")) {
    if ((size_t)(s.end - s.at) >= sizeof number)
      return form;
    snprintf(number, sizeof number, "%.*s", (int)(s.end - s.at), s.at);
    if (!rst_read_real(number, &hint->reach))
      return form;
    if (!(hint->reach >= RST_HINT_REACH_MIN && hint->reach <= RST_HINT_REACH_MAX))
      return range;
    s.at = s.end;
  }
  if (s.at < s.end)
    return form;
  return abs(hint->x) > RST_SIDE_MAX || abs(hint->y) > RST_SIDE_MAX ? place : NULL;
}

/* Cuts the next hint off the text, without the spaces round it; empty where there is none. */
static span next_hint(const char **text) {
  static const char spaces[] = " \t\n\r";
  span s = {*text + strspn(*text, spaces), NULL};

  s.end = s.at + strcspn(s.at, ";");
  *text = *s.end == '\0' ? s.end : s.end + 1;
  while (s.end > s.at && strchr(spaces, s.end[-1]))
    s.end--;
  return s;
}

static rst_status fail_hint(int number, span s, const char *wanted, rst_error *error) {
  char name[16], text[64];

  snprintf(name, sizeof name, "%d", number);
  snprintf(text, sizeof text, "%.*s", (int)(s.end - s.at < 60 ? s.end - s.at : 60), s.at);
  return rst_fail(error, RST_BAD_HINT, name, text, wanted, "hint %s is \"%s\", but must be %s",
                  name, text, wanted);
}

rst_status rst_hints_parse(const char *text, rst_hint *hints, int *count, rst_error *error) {
  rst_hint hint;
  int found = 0;

  if (!text || !count)
    return rst_fail_call(error, "rst_hints_parse");
  while (*text != '\0') {
    const span s = next_hint(&text);
    const char *wanted;

    if (s.at == s.end && *text == '\0')
      break; /* behind the last ";" */
    wanted = read_hint(s, &hint);
    if (wanted)
      return fail_hint(found + 1, s, wanted, error);
    if (hints && found < RST_HINTS_MAX)
      hints[found] = hint;
    found++;
  }
  if (found > RST_HINTS_MAX) {
    char number[16];

    snprintf(number, sizeof number, "%d", found);
    return rst_fail_range(error, "hints", number, 0, RST_HINTS_MAX);
  }
  *count = found;
  return RST_OK;
}

static int level(float value) {
  return value > 0 ? (int)((value < 1 ? value : 1) * 255 + 0.5f) : 0;
}

rst_status rst_hints_write(const rst_hint *hints, int count, char *text, size_t size,
                           rst_error *error) {
  size_t used = 0;

  if (count < 0 || count > RST_HINTS_MAX || (count > 0 && !hints) || !text || size < 1)
    return rst_fail_call(error, "rst_hints_write");
  *text = '\0';
  for (int i = 0; i < count; i++) {
    const rst_hint *h = &hints[i];
    char colour[32] = "keep", number[32], one[128];

    if (!h->keep)
      snprintf(colour, sizeof colour, "#%02x%02x%02x", level(h->rgb[0]), level(h->rgb[1]),
               level(h->rgb[2]));
    if (!rst_write_real(h->reach, number, sizeof number))
      return rst_fail_call(error, "rst_hints_write");
    snprintf(one, sizeof one, "%s%d,%d,%s%s%s", i == 0 ? "" : "; ", h->x, h->y, colour,
             h->reach == RST_HINT_REACH ? "" : ",", h->reach == RST_HINT_REACH ? "" : number);
    if (used + strlen(one) >= size)
      return rst_fail_call(error, "rst_hints_write");
    strcpy(text + used, one);
    used += strlen(one);
  }
  return RST_OK;
}
