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

static rst_status set_model(const rst_parameter *entry, char *to, size_t size, const char *text,
                            rst_error *error) {
  if (*text == '\0' || strlen(text) >= size)
    return fail_type(entry, text, "an id or a path", error);
  strcpy(to, text);
  return RST_OK;
}

static rst_status set_hints(const rst_parameter *entry, char *to, size_t size, const char *text,
                            rst_error *error) {
  int count;
  rst_status status = rst_hints_parse(text, NULL, &count, error);

  if (status == RST_OK && strlen(text) >= size)
    return fail_type(entry, text, N_("a shorter text"), error);
  if (status == RST_OK)
    strcpy(to, text);
  return status;
}

static rst_status set_faces(const rst_parameter *entry, char *to, size_t size, const char *text,
                            rst_error *error) {
  int count;
  rst_status status = rst_faces_parse(text, NULL, &count, error);

  if (status == RST_OK && strlen(text) >= size)
    return fail_type(entry, text, N_("a shorter text"), error);
  if (status == RST_OK)
    strcpy(to, text);
  return status;
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

static rst_status set_window(const rst_parameter *entry, rst_parameters *parameters,
                             const char *text, rst_error *error) {
  const char *at = text;
  rst_window window;

  for (int kind = RST_WINDOW_AUTO; kind <= RST_WINDOW_FACES; kind++)
    if (window_names[kind] && strcmp(text, window_names[kind]) == 0) {
      parameters->window_kind = (rst_window_kind)kind;
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
  parameters->window_kind = RST_WINDOW_GIVEN;
  parameters->window = window;
  return RST_OK;
}

static rst_status fail_unknown(const char *name, rst_error *error) {
  return rst_fail(error, RST_UNKNOWN_PARAMETER, name, NULL, NULL, "there is no parameter %s", name);
}

static rst_status set_value(rst_parameters *parameters, const rst_parameter *entry,
                            const char *text, rst_error *error) {
  char *member = (char *)parameters + entry->offset;

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
      if (member == parameters->model)
        return set_model(entry, parameters->model, sizeof parameters->model, text, error);
      if (member == parameters->hints)
        return set_hints(entry, parameters->hints, sizeof parameters->hints, text, error);
      if (member == parameters->faces)
        return set_faces(entry, parameters->faces, sizeof parameters->faces, text, error);
      return set_window(entry, parameters, text, error);
  }
}

rst_status rst_parameters_set(rst_parameters *parameters, const char *name, const char *text,
                              rst_error *error) {
  const rst_parameter *entry = rst_parameter_find(name);
  const rst_parameters *whole = parameters;
  rst_parameters storage;
  rst_status status;

  if (!rst_complete_parameters(&whole, &storage) || !name || !text)
    return rst_fail_call(error, "rst_parameters_set");
  if (!entry || entry->offset >= parameters->size)
    return fail_unknown(name, error);
  if (whole == parameters)
    return set_value(parameters, entry, text, error);
  status = set_value(&storage, entry, text, error);
  if (status == RST_OK)
    rst_hand_over(parameters, &storage);
  return status;
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
      if (member == parameters->model)
        number = snprintf(text, size, "%s", parameters->model);
      else if (member == parameters->hints)
        number = snprintf(text, size, "%s", parameters->hints);
      else if (member == parameters->faces)
        number = snprintf(text, size, "%s", parameters->faces);
      else if (parameters->window_kind == RST_WINDOW_GIVEN)
        number = snprintf(text, size, "%d,%d,%d", window->x, window->y, window->side);
      else
        number = snprintf(text, size, "%s", window_names[parameters->window_kind]);
  }
  return number >= 0 && (size_t)number < size;
}

rst_status rst_parameters_get(const rst_parameters *parameters, const char *name, char *text,
                              size_t size, rst_error *error) {
  const rst_parameter *entry = rst_parameter_find(name);
  rst_parameters storage;

  if (!rst_complete_parameters(&parameters, &storage) || !name || !text)
    return rst_fail_call(error, "rst_parameters_get");
  if (!entry)
    return fail_unknown(name, error);
  return write_value(parameters, entry, text, size) ? RST_OK
                                                    : rst_fail_call(error, "rst_parameters_get");
}

static void set_defaults(rst_parameters *parameters) {
  memset(parameters, 0, sizeof *parameters);
  parameters->size = sizeof *parameters;
  for (size_t i = 0; i < COUNT; i++)
    set_value(parameters, &table[i], table[i].initial, NULL);
}

void rst_parameters_init_sized(rst_parameters *parameters, size_t size) {
  rst_parameters all;

  set_defaults(&all);
  memcpy(parameters, &all, size < sizeof all ? size : sizeof all);
  parameters->size = size;
}

bool rst_complete_parameters(const rst_parameters **given, rst_parameters *storage) {
  if (*given && (*given)->size != sizeof *storage)
    set_defaults(storage);
  *given = rst_complete(*given, storage, sizeof *storage);
  return *given != NULL;
}

rst_status rst_parameters_check_values(const rst_parameters *parameters, rst_error *error) {
  rst_parameters storage, copy;
  char text[RST_TEXT_MAX];

  if (!rst_complete_parameters(&parameters, &storage))
    return rst_fail_call(error, "parameters");
  copy = *parameters;
  for (size_t i = 0; i < COUNT; i++) {
    rst_status status = rst_parameters_get(parameters, table[i].name, text, sizeof text, error);

    if (status == RST_OK)
      status = rst_parameters_set(&copy, table[i].name, text, error);
    if (status != RST_OK)
      return status;
  }
  return RST_OK;
}
