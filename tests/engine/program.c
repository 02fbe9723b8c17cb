/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Calls whatever takes a struct that may grow. RUN names the function; nothing but the header's
 * includes tells which header this is built with.
 */
#include <restorator.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "program.h"

enum { GUARD = 1 << 15, MARK = 0x5a };

/* A struct with memory behind it that nobody may write. */
#define GUARDED(type, name)     \
  struct {                      \
    type value;                 \
    unsigned char guard[GUARD]; \
  } *name = new_guarded(sizeof *name)

#define CHECK(name) check_guard(o, (name)->guard)

static void *new_guarded(size_t size) {
  void *made = malloc(size);

  memset(made, MARK, size);
  return made;
}

static void check_guard(outcome *o, const unsigned char *guard) {
  for (size_t i = 0; i < GUARD; i++)
    o->overwritten = o->overwritten || guard[i] != MARK;
}

static void note(outcome *o, const char *format, ...) {
  const size_t used = strlen(o->text);
  va_list arguments;

  va_start(arguments, format);
  vsnprintf(o->text + used, sizeof o->text - used, format, arguments);
  va_end(arguments);
}

/* ---- a picture ---- */

static float rgba[4 * PROGRAM_PIXELS], coverage[PROGRAM_PIXELS];

static void draw(void) {
  for (int i = 0; i < PROGRAM_PIXELS; i++) {
    const int x = i % PROGRAM_SIDE, y = i / PROGRAM_SIDE;

    for (int c = 0; c < 4; c++)
      rgba[4 * i + c] = c == 3 ? 1 : (float)((x * (3 + c) + y * 5) % 64) / 64;
    coverage[i] = x >= 9 && x < 27 && y >= 7 && y < 30 ? 1 : 0;
  }
}

/* ---- what takes structs ---- */

static void use_errors(outcome *o) {
  GUARDED(rst_error, error);
  GUARDED(rst_parameters, parameters);

  rst_error_init(&error->value);
  rst_parameters_init(&parameters->value);
  note(o, "%d ", rst_parameters_set(&parameters->value, "no-such", "1", &error->value));
  note(o, "%d %s\n", error->value.code, error->value.subject);
  note(o, "%d ", rst_parameters_set(&parameters->value, "strength", "7", &error->value));
  note(o, "%d %s %s %g %g\n", error->value.code, error->value.subject, error->value.value,
       error->value.low, error->value.high);
  CHECK(error);
  CHECK(parameters);
  free(error);
  free(parameters);
}

static void choose(outcome *o, rst_parameters *parameters) {
  static const char *const values[][2] = {
    {"model", "tiny-diffusion"}, {"seed", "5"},          {"start", "12"},        {"step-skip", "4"},
    {"mode", "colour"},          {"saturation", "1.25"}, {"hide-region", "true"}};
  char text[RST_TEXT_MAX];

  rst_parameters_init(parameters);
  for (size_t i = 0; i < sizeof values / sizeof *values; i++)
    note(o, "%d ", rst_parameters_set(parameters, values[i][0], values[i][1], NULL));
  for (size_t i = 0; i < sizeof values / sizeof *values; i++)
    note(o, "%d %s ", rst_parameters_get(parameters, values[i][0], text, sizeof text, NULL), text);
  note(o, "%d %s\n", rst_parameters_get(parameters, "match", text, sizeof text, NULL), text);
  o->hints_status = rst_parameters_set(parameters, "hints", "1,2,#aabbcc", NULL);
  rst_parameters_set(parameters, "hints", "", NULL);
}

static void use_parameters(outcome *o, const rst_parameters *parameters, const rst_model *model) {
  GUARDED(rst_parameters, reduced);
  GUARDED(rst_model_info, info);
  const rst_window window = {0, 0, 500};
  rst_preset *preset;
  char text[RST_TEXT_MAX], *written;
  int passes;

  info->value.size = sizeof info->value;
  rst_model_get_info(model, &info->value);
  note(o, "%s %d ", info->value.name, info->value.steps);
  rst_parameters_reduce(parameters, &info->value, &reduced->value);
  note(
    o, "%d %s ", reduced->value.size == sizeof reduced->value,
    rst_parameters_get(&reduced->value, "sampler", text, sizeof text, NULL) == RST_OK ? text : "?");
  note(o, "%u ", rst_parameters_compare(parameters, &reduced->value, &info->value));
  reduced->value.seed = 6;
  note(o, "%u ", rst_parameters_compare(parameters, &reduced->value, &info->value));
  note(o, "%d ", rst_parameter_use(rst_parameter_find("step-skip"), parameters, &info->value));
  note(o, "%d ", rst_resolve_sampler(parameters));
  note(o, "%d ", rst_resolve_mode(parameters, &window));
  note(o, "%d ", rst_resolve_match(parameters));
  note(o, "%d ", rst_parameters_check(parameters, model, NULL));
  note(o, "%d ", rst_parameters_steps(parameters, model, NULL, &passes, NULL));
  note(o, "%d\n", passes);

  note(o, "%d ", rst_preset_write(parameters, model, "t", NULL, &written, NULL));
  note(o, "%d ", rst_preset_parse("p", written, strlen(written), &preset, NULL));
  rst_parameters_init(&reduced->value);
  rst_preset_apply(preset, &reduced->value);
  note(o, "%d %g\n", reduced->value.start, reduced->value.saturation);
  note(o, "%d %s\n", rst_settle_model(&reduced->value, RST_PICTURE_TONED), reduced->value.model);
  rst_preset_free(preset);
  free(written);
  CHECK(reduced);
  CHECK(info);
  free(reduced);
  free(info);
}

static void count(void *user, rst_phase phase, double fraction) {
  (void)phase;
  (void)fraction;
  ++*(int *)user;
}

typedef struct {
  rst_session *session;
  rst_model *model;
  const rst_parameters *parameters;
  const rst_picture *picture;
  const rst_plan *plan;
  const rst_hooks *hooks;
  rst_encoding *encoding;
} work;

static void use_partial(outcome *o, const work *w) {
  const rst_part *part = &w->plan->parts[0];
  rst_rectangle area;
  float weights[PROGRAM_PIXELS];
  rst_partial *partial;

  note(o, "%d ", rst_partial_new(w->parameters, NULL, w->picture, part, NULL, &partial, NULL));
  note(o, "%d ", rst_partial_set_encoding(partial, w->encoding, NULL));
  note(o, "%d ", rst_partial_set(partial, w->parameters, NULL));
  note(o, "%d ", rst_partial_refine(w->session, partial, NULL, 1, w->hooks, NULL));
  note(o, "%d ", rst_partial_match(w->session, partial, w->hooks, NULL));
  note(o, "%d ", rst_partial_deviate(w->session, partial, 2, NULL, 8, w->hooks, NULL));
  rst_partial_get_area(partial, &area);
  note(o, "%d %d %d %d ", area.x, area.y, area.width, area.height);
  note(o, "%d %g\n", rst_partial_read(partial, &area, 1, o->colours[2], weights, NULL),
       rst_partial_get_deviation(partial, 16, 16, 1));
  rst_partial_free(partial);
}

static void use_points(outcome *o, const work *w) {
  GUARDED(rst_grid, grid);
  GUARDED(rst_trajectory, trajectory);
  rst_swatch swatches[RST_SWATCHES_MAX];
  rst_hint_field *field;
  int found = 0;

  rst_grid_pixels(&grid->value, 9, 7, 10, 10);
  note(o, "%d ",
       rst_sample(w->session, w->encoding, w->parameters, &grid->value, NULL, o->colours[3],
                  w->hooks, NULL));
  rst_grid_samples(&grid->value, 9, 7, 5, 5, 10, 10);
  trajectory->value =
    (rst_trajectory){.size = sizeof trajectory->value, .count = 1, .values = o->colours[4]};
  note(o, "%d ",
       rst_sample_trajectory(w->session, w->encoding, w->parameters, &grid->value, NULL,
                             &trajectory->value, w->hooks, NULL));
  note(o, "%d ",
       rst_hint_field_read(w->session, w->parameters, w->picture, &w->plan->parts[0], NULL, &field,
                           NULL));
  rst_hint_field_free(field);
  note(o, "%d ",
       rst_suggest_colours(w->session, w->encoding, w->parameters, w->picture, 12, 12, NULL,
                           swatches, &found, NULL));
  note(o, "%d\n", found);
  CHECK(grid);
  CHECK(trajectory);
  free(grid);
  free(trajectory);
}

static void use_record(outcome *o, const work *w) {
  GUARDED(rst_record, record);
  GUARDED(rst_parameters, parameters);
  char *text;

  rst_record_fill(&record->value, w->parameters, w->plan, "00ff");
  note(o, "%d ", rst_record_append(NULL, &record->value, &text, NULL));
  rst_parameters_init(&parameters->value);
  note(o, "%d ", rst_record_read(text, -1, &record->value, &parameters->value, NULL, NULL));
  note(o, "%d %d %d %s %d %g\n", record->value.box.x, record->value.box.height,
       record->value.window_count, record->value.sha256, record->value.parameters->seed,
       parameters->value.saturation);
  free(text);
  CHECK(record);
  CHECK(parameters);
  free(record);
  free(parameters);
}

static void use_picture(outcome *o, const rst_parameters *parameters, rst_model *model) {
  GUARDED(rst_picture, picture);
  GUARDED(rst_plan, plan);
  GUARDED(rst_hooks, hooks);
  rst_pixels pixels = {PROGRAM_SIDE, PROGRAM_SIDE, rgba, coverage, o->colours[0]};
  const rst_rectangle box = {2, 3, 30, 33};
  rst_rectangle reach;
  work w = {.model = model, .parameters = parameters};
  rst_picture_kind kind;
  double sure;
  int calls = 0;

  rst_picture_from_memory(&picture->value, &pixels);
  plan->value.size = sizeof plan->value;
  hooks->value = (rst_hooks){.size = sizeof hooks->value, .user = &calls, .progress = count};
  w.picture = &picture->value;
  w.plan = &plan->value;
  w.hooks = &hooks->value;
  note(o, "%d ", rst_session_new(1, &w.session, NULL));
  note(o, "%d ", rst_classify(w.picture, NULL, &kind, &sure, NULL));
  note(o, "%d ", kind);
  rst_reach(parameters, PROGRAM_SIDE, PROGRAM_SIDE, &box, &reach);
  note(o, "%d %d %d %d ", reach.x, reach.y, reach.width, reach.height);
  note(o, "%d ", rst_plan_region(parameters, w.picture, &box, &plan->value, NULL));
  /* A struct that does not tell its size keeps its layout. */
  note(o, "%zu %zu %zu %zu ", offsetof(rst_part, window), offsetof(rst_part, mode),
       offsetof(rst_part, points), sizeof(rst_part));
  note(o, "%d %d %d ", w.plan->count, (int)w.plan->points, w.plan->parts[0].window.side);
  note(o, "%d ", rst_restore(w.session, model, parameters, w.picture, w.plan, w.hooks, NULL));
  note(o, "%d\n", calls > 0);
  pixels.result = o->colours[1];
  note(o, "%d ",
       rst_uncertainty(w.session, model, parameters, w.picture, w.plan, 2, w.hooks, NULL));
  note(o, "%d\n",
       rst_encode_window(w.session, model, parameters, w.picture, &w.plan->parts[0].window, w.hooks,
                         &w.encoding, NULL));
  use_partial(o, &w);
  use_points(o, &w);
  use_record(o, &w);
  rst_encoding_unref(w.encoding);
  rst_session_free(w.session);
  CHECK(picture);
  CHECK(plan);
  CHECK(hooks);
  free(picture);
  free(plan);
  free(hooks);
}

void RUN(outcome *o) {
  const size_t sizes[] = {sizeof(rst_error),   sizeof(rst_parameters), sizeof(rst_model_info),
                          sizeof(rst_hooks),   sizeof(rst_grid),       sizeof(rst_trajectory),
                          sizeof(rst_picture), sizeof(rst_record),     sizeof(rst_plan)};
  GUARDED(rst_parameters, parameters);
  rst_model *model = NULL;
  char path[4096] = "";

  memcpy(o->sizes, sizes, sizeof sizes);
  draw();
  use_errors(o);
  choose(o, &parameters->value);
  note(o, "%d ", rst_find(RST_KIND_MODEL, parameters->value.model, path, sizeof path, NULL));
  note(o, "%d\n", rst_model_read(path, &model, NULL));
  use_parameters(o, &parameters->value, model);
  use_picture(o, &parameters->value, model);
  rst_model_unref(model);
  CHECK(parameters);
  free(parameters);
}
