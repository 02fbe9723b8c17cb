/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The values of parameters, from and to text.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parameters/parameters.h"
#include "parameters/real.h"
#include "base/complete.h"
#include "base/memory.h"
#include "base/status.h"

#define SAMPLER(name) #name,
static const char *const samplers[] = {"auto", RST_SAMPLERS NULL};
#undef SAMPLER
static const char *const sequences[] = {"uniform", "quadratic", NULL};
static const char *const stddevs[] = {"normal", "squared", "zero", NULL};
static const char *const matches[] = {"auto", "on", "off", NULL};
/* By rst_window_kind; one that is given has no name. */
static const char *const window_names[] = {
  [RST_WINDOW_AUTO] = "auto", [RST_WINDOW_PICTURE] = "picture", [RST_WINDOW_FACES] = "faces"};
static const char *const modes[] = {"auto", "full", "colour", "detail", NULL};

/* What hosts see of the table; use.c has the rest. */
#define PARAMETER(name, title, blurb, type, low, high, initial, choices, member, readers, unused) \
  {name, title, blurb, type, low, high, initial, choices, offsetof(rst_parameters, member)},
static const rst_parameter table[] = {
#include "parameters/table.h"
};
#undef PARAMETER

#define COUNT (sizeof table / sizeof *table)

const rst_parameter *rst_parameter_table(size_t *count) {
  if (count)
    *count = COUNT;
  return table;
}

const rst_parameter *rst_parameter_find(const char *name) {
  for (size_t i = 0; name && i < COUNT; i++)
    if (strcmp(table[i].name, name) == 0)
      return &table[i];
  return NULL;
}

/* ---- numbers, whatever the locale ---- */

static bool read_int(const char *text, const char **end, int *number) {
  char *stop;
  long value;

  errno = 0;
  value = strtol(text, &stop, 10);
  if (stop == text || errno != 0 || value < INT_MIN || value > INT_MAX)
    return false;
  *number = (int)value;
  *end = stop;
  return true;
}

static bool is_whole(const char *text) {
  if (*text == '-' || *text == '+')
    text++;
  return *text != '\0' && text[strspn(text, "0123456789")] == '\0';
}

/* ---- one value from text ---- */

static const char *const type_names[] = {N_("true or false"), N_("a whole number"), N_("a number"),
                                         N_("one of the choices"), N_("a text")};

static rst_status fail_type(const rst_parameter *entry, const char *text, const char *wanted,
                            rst_error *error) {
  return rst_fail(error, RST_WRONG_TYPE, entry->name, text, wanted, "%s is \"%s\", but must be %s",
                  entry->name, text, wanted);
}

static rst_status set_bool(const rst_parameter *entry, bool *to, const char *text,
                           rst_error *error) {
  if (strcmp(text, "true") != 0 && strcmp(text, "false") != 0)
    return fail_type(entry, text, type_names[entry->type], error);
  *to = text[0] == 't';
  return RST_OK;
}

static rst_status set_int(const rst_parameter *entry, int *to, const char *text, rst_error *error) {
  const char *end;
  int value;

  if (!is_whole(text))
    return fail_type(entry, text, type_names[entry->type], error);
  if (!read_int(text, &end, &value) || value < entry->low || value > entry->high)
    return rst_fail_range(error, entry->name, text, entry->low, entry->high);
  *to = value;
  return RST_OK;
}

static rst_status set_real(const rst_parameter *entry, double *to, const char *text,
                           rst_error *error) {
  double value;

  if (!rst_read_real(text, &value))
    return fail_type(entry, text, type_names[entry->type], error);
  if (!(value >= entry->low && value <= entry->high))
    return rst_fail_range(error, entry->name, text, entry->low, entry->high);
  *to = value;
  return RST_OK;
}

static rst_status set_choice(const rst_parameter *entry, int *to, const char *text,
                             rst_error *error) {
  char all[128] = "";

  for (int i = 0; entry->choices[i]; i++) {
    if (strcmp(entry->choices[i], text) == 0) {
      *to = i;
      return RST_OK;
    }
    snprintf(all + strlen(all), sizeof all - strlen(all), "%s%s", i == 0 ? "" : ", ",
             entry->choices[i]);
  }
  return rst_fail(error, RST_NOT_A_CHOICE, entry->name, text, all,
                  "%s is \"%s\", but must be one of %s", entry->name, text, all);
}

static rst_status check_model(const rst_parameter *entry, const char *text, size_t size,
                              rst_error *error) {
  return *text == '\0' || strlen(text) >= size ? fail_type(entry, text, "an id or a path", error)
                                               : RST_OK;
}

static rst_status check_length(const rst_parameter *entry, const char *text, size_t size,
                               rst_error *error) {
  return strlen(text) >= size ? fail_type(entry, text, N_("a shorter text"), error) : RST_OK;
}

static rst_status check_hints(const rst_parameter *entry, const char *text, size_t size,
                              rst_error *error) {
  int count;
  const rst_status status = rst_hints_parse(text, NULL, &count, error);

  return status == RST_OK ? check_length(entry, text, size, error) : status;
}

static rst_status check_faces(const rst_parameter *entry, const char *text, size_t size,
                              rst_error *error) {
  int count;
  const rst_status status = rst_faces_parse(text, NULL, &count, error);

  return status == RST_OK ? check_length(entry, text, size, error) : status;
}

/* What is a text and nothing else: its member, the bytes that it holds, and what it may say. */
#define TEXT(member, check) \
  {offsetof(rst_parameters, member), sizeof((rst_parameters *)NULL)->member, check}
static const struct text {
  size_t offset, size;
  rst_status (*check)(const rst_parameter *entry, const char *text, size_t size, rst_error *error);
} texts[] = {TEXT(model, check_model), TEXT(hints, check_hints), TEXT(faces, check_faces)};
#undef TEXT

/* NULL for what is none. */
static const struct text *find_text(const rst_parameter *entry) {
  for (size_t i = 0; entry->type == RST_TYPE_TEXT && i < sizeof texts / sizeof *texts; i++)
    if (texts[i].offset == entry->offset)
      return &texts[i];
  return NULL;
}

const char *rst_parameters_text(const rst_parameters *parameters, const rst_parameter *entry) {
  return find_text(entry) ? (const char *)parameters + entry->offset : NULL;
}

/* `what` of the window, a part of its text, is out of range. */
static rst_status fail_window(rst_error *error, const rst_parameter *entry, const char *text,
                              const char *what, int low) {
  rst_fail(error, RST_OUT_OF_RANGE, entry->name, text, NULL,
           "%s is %s, but its %s must be %d to %d", entry->name, text, what, low, RST_SIDE_MAX);
  if (error && error->size == sizeof *error) {
    error->low = low;
    error->high = RST_SIDE_MAX;
  }
  return RST_OUT_OF_RANGE;
}

static rst_status set_window(const rst_parameter *entry, rst_window_kind *kind, rst_window *to,
                             const char *text, rst_error *error) {
  const char *at = text;
  rst_window window;

  for (int named = RST_WINDOW_AUTO; named <= RST_WINDOW_FACES; named++)
    if (window_names[named] && strcmp(text, window_names[named]) == 0) {
      *kind = (rst_window_kind)named;
      return RST_OK;
    }
  if (!read_int(at, &at, &window.x) || *at++ != ',' || !read_int(at, &at, &window.y) ||
      *at++ != ',' || !read_int(at, &at, &window.side) || *at != '\0')
    return fail_type(entry, text, "auto, picture, faces or X,Y,SIDE", error);
  if (window.side < 1 || window.side > RST_SIDE_MAX)
    return fail_window(error, entry, text, "side", 1);
  if (window.x < -RST_SIDE_MAX || window.x > RST_SIDE_MAX || window.y < -RST_SIDE_MAX ||
      window.y > RST_SIDE_MAX)
    return fail_window(error, entry, text, "corner", -RST_SIDE_MAX);
  *kind = RST_WINDOW_GIVEN;
  *to = window;
  return RST_OK;
}

static rst_status fail_unknown(const char *name, rst_error *error) {
  return rst_fail(error, RST_UNKNOWN_PARAMETER, name, NULL, NULL, "there is no parameter %s", name);
}

/* Nothing but the member is touched, nor, of the window, what belongs to it. */
static rst_status set_value(rst_parameters *parameters, const rst_parameter *entry,
                            const char *text, rst_error *error) {
  char *member = (char *)parameters + entry->offset;
  const struct text *kind = find_text(entry);
  rst_status status;

  switch (entry->type) {
    case RST_TYPE_BOOL:
      return set_bool(entry, (bool *)member, text, error);
    case RST_TYPE_INT:
      return set_int(entry, (int *)member, text, error);
    case RST_TYPE_REAL:
      return set_real(entry, (double *)member, text, error);
    case RST_TYPE_CHOICE:
      return set_choice(entry, (int *)member, text, error);
    case RST_TYPE_TEXT:
    default:
      if (!kind)
        return set_window(entry, &parameters->window_kind, &parameters->window, text, error);
      status = kind->check(entry, text, kind->size, error);
      if (status == RST_OK)
        memmove(member, text, strlen(text) + 1);
      return status;
  }
}

rst_status rst_parameters_set(rst_parameters *parameters, const char *name, const char *text,
                              rst_error *error) {
  const rst_parameter *entry = rst_parameter_find(name);

  if (!rst_can_fill(parameters, sizeof *parameters) || !name || !text)
    return rst_fail_call(error, "rst_parameters_set");
  return entry && entry->offset < parameters->size ? set_value(parameters, entry, text, error)
                                                   : fail_unknown(name, error);
}

/* ---- values to text ---- */

static int choice_count(const rst_parameter *entry) {
  int count = 0;

  while (entry->choices[count])
    count++;
  return count;
}

static bool write_value(const rst_parameters *parameters, const rst_parameter *entry, char *text,
                        size_t size) {
  const char *member = (const char *)parameters + entry->offset;
  const rst_window *window = &parameters->window;
  int number;

  if (find_text(entry))
    number = snprintf(text, size, "%s", member);
  else

    switch (entry->type) {
      case RST_TYPE_BOOL:
        number = snprintf(text, size, "%s", *(const bool *)member ? "true" : "false");
        break;
      case RST_TYPE_INT:
        number = snprintf(text, size, "%d", *(const int *)member);
        break;
      case RST_TYPE_REAL:
        return rst_write_real(*(const double *)member, text, size);
      case RST_TYPE_CHOICE:
        number = *(const int *)member;
        if (number < 0 || number >= choice_count(entry))
          return false;
        number = snprintf(text, size, "%s", entry->choices[number]);
        break;
      case RST_TYPE_TEXT:
      default:
        if (parameters->window_kind == RST_WINDOW_GIVEN)
          number = snprintf(text, size, "%d,%d,%d", window->x, window->y, window->side);
        else
          number = snprintf(text, size, "%s", window_names[parameters->window_kind]);
    }
  return number >= 0 && (size_t)number < size;
}

rst_status rst_parameters_get(const rst_parameters *parameters, const char *name, char *text,
                              size_t size, rst_error *error) {
  const rst_parameter *entry = rst_parameter_find(name);
  bool done;

  if (!rst_can_fill(parameters, sizeof *parameters) || !name || !text)
    return rst_fail_call(error, "rst_parameters_get");
  if (!entry)
    return fail_unknown(name, error);
  if (entry->offset < parameters->size)
    done = write_value(parameters, entry, text, size);
  else
    done = (size_t)snprintf(text, size, "%s", entry->initial) < size;
  return done ? RST_OK : rst_fail_call(error, "rst_parameters_get");
}

void rst_parameters_init_sized(rst_parameters *parameters, size_t size) {
  const size_t known = size < sizeof *parameters ? size : sizeof *parameters;

  memset(parameters, 0, known);
  for (size_t i = 0; i < COUNT; i++)
    if (table[i].offset < known)
      set_value(parameters, &table[i], table[i].initial, NULL);
  parameters->size = size;
}

rst_status rst_whole_parameters(const rst_parameters **given, rst_parameters **own,
                                const char *call, rst_error *error) {
  const rst_parameters *theirs = *given;

  if (!rst_can_fill(theirs, sizeof *theirs))
    return rst_fail_call(error, call);
  if (theirs->size == sizeof *theirs)
    return RST_OK;
  *own = malloc(sizeof **own);
  if (!*own)
    return rst_fail_memory(error);
  rst_parameters_init(*own);
  *given = rst_complete(theirs, *own, sizeof **own);
  return RST_OK;
}

rst_parameters *rst_parameters_copy(const rst_parameters *parameters) {
  rst_parameters *copy = malloc(sizeof *copy);

  if (copy)
    *copy = *parameters;
  return copy;
}

/* ---- one value, as it is ---- */

/* Room for one that is no text. */
typedef union {
  bool truth;
  int number;
  double real;
  rst_window window;
} value;

/* Reads it as set_value() does, and forgets it. */
static rst_status check_text(const rst_parameter *entry, const char *text, rst_error *error) {
  rst_window_kind kind;
  value v;

  switch (entry->type) {
    case RST_TYPE_BOOL:
      return set_bool(entry, &v.truth, text, error);
    case RST_TYPE_INT:
      return set_int(entry, &v.number, text, error);
    case RST_TYPE_REAL:
      return set_real(entry, &v.real, text, error);
    case RST_TYPE_CHOICE:
      return set_choice(entry, &v.number, text, error);
    case RST_TYPE_TEXT:
    default:
      return set_window(entry, &kind, &v.window, text, error);
  }
}

rst_status rst_parameters_check_value(const rst_parameters *parameters, const rst_parameter *entry,
                                      rst_error *error) {
  const char *member = (const char *)parameters + entry->offset;
  const struct text *kind = find_text(entry);
  char text[RST_VALUE_MAX];

  if (kind)
    return memchr(member, '\0', kind->size) ? kind->check(entry, member, kind->size, error)
                                            : rst_fail_call(error, "rst_parameters_get");
  return write_value(parameters, entry, text, sizeof text)
           ? check_text(entry, text, error)
           : rst_fail_call(error, "rst_parameters_get");
}

rst_status rst_parameters_check_values(const rst_parameters *parameters, rst_error *error) {
  rst_status status = RST_OK;

  if (!rst_can_fill(parameters, sizeof *parameters))
    return rst_fail_call(error, "parameters");
  for (size_t i = 0; i < COUNT && status == RST_OK; i++)
    if (table[i].offset < parameters->size)
      status = rst_parameters_check_value(parameters, &table[i], error);
  return status;
}

bool rst_parameters_same(const rst_parameters *a, const rst_parameters *b,
                         const rst_parameter *entry) {
  char mine[RST_VALUE_MAX], its[RST_VALUE_MAX];

  if (find_text(entry))
    return strcmp(rst_parameters_text(a, entry),
                  b ? rst_parameters_text(b, entry) : entry->initial) == 0;
  return write_value(a, entry, mine, sizeof mine) &&
         (!b || write_value(b, entry, its, sizeof its)) &&
         strcmp(mine, b ? its : entry->initial) == 0;
}
