/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * restorator-golden DIR: runs every NAME.case.safetensors of a folder against the engine. A case
 * says in its metadata (key "case", JSON) of which kind it is, which model beside it it needs and
 * how far results may differ; so new cases need no code.
 */
#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "network/decoder.h"
#include "network/encoder.h"
#include "network/position_encoding.h"
#include "golden.h"
#include "diffusion/guided.h"
#include "diffusion/sample.h"
#include "diffusion/course.h"
#include "diffusion/schedule.h"
#include "base/session.h"

#define FILE_MAX ((size_t)1 << 28)

/* ---- kinds ---- */

static bool run_encoder(golden *g) {
  size_t count;
  float *input = golden_take_floats(g, "input", &count);
  rst_features features;
  bool fits;

  if (!input)
    return false;
  if (rst_encoder_run(g->model, input, NULL, &features, NULL) != RST_OK)
    return golden_complain(g, "the encoder failed");
  fits = golden_compare_floats(g, "global", features.global, (size_t)g->model->latent);
  for (int i = 0; i < g->model->stage_count && fits; i++) {
    const size_t size = (size_t)g->model->stages[i].size;
    char name[16];

    snprintf(name, sizeof name, "map%d", i);
    fits = golden_compare_floats(g, name, features.maps[i], size * size * (size_t)g->model->latent);
  }
  free(features.global);
  free(input);
  return fits;
}

/* Any list of points as a set: point p at column p, row p. */
typedef struct {
  rst_point_set set;
  double *x, *y;
  uint32_t *points;
  rst_encoding *encoding;
} points;

static bool take_points(golden *g, points *p) {
  const rst_window whole = {0, 0, 1};
  size_t inputs, count;
  float *input = golden_take_floats(g, "input", &inputs);
  double *position = golden_take(g, "position", &count);

  if (!input || !position)
    return false;
  count /= 2;
  if (inputs != (size_t)g->model->input_size * (size_t)g->model->input_size)
    return golden_complain(g, "the input does not fit the model");
  if (rst_encode_values(g->session, g->model, input, &whole, NULL, &p->encoding, NULL) != RST_OK)
    return golden_complain(g, "the encoder failed");
  p->x = calloc(count, sizeof *p->x);
  p->y = calloc(count, sizeof *p->y);
  p->points = calloc(count, sizeof *p->points);
  for (size_t i = 0; i < count; i++) {
    p->x[i] = position[2 * i];
    p->y[i] = position[2 * i + 1];
    p->points[i] = (uint32_t)(i * count + i);
  }
  p->set = (rst_point_set){.count = count,
                           .columns = (int)count,
                           .rows = (int)count,
                           .x = p->x,
                           .y = p->y,
                           .points = p->points,
                           .column_step = 1,
                           .row_step = 1};
  free(input);
  free(position);
  return true;
}

static void clear_points(points *p) {
  rst_encoding_unref(p->encoding);
  free(p->x);
  free(p->y);
  free(p->points);
}

static void take_decoder(rst_arena *arena, const rst_model *model, rst_axis axes[2],
                         rst_decoder_scratch *scratch) {
  for (int i = 0; i < 2; i++)
    rst_axis_take(arena, model, i, &axes[i]);
  rst_decoder_take(arena, model, scratch);
}

/* The condition of the batch's points as the case has it: global, local, ℓ. */
static void store_condition(const rst_encoding *encoding, const rst_decoder_scratch *scratch,
                            int count, float *to) {
  const rst_model *model = encoding->model;

  for (int i = 0; i < count; i++) {
    for (int j = 0; j < model->latent; j++)
      *to++ = encoding->global[j];
    for (int j = 0; j < model->latent; j++)
      *to++ = scratch->feature[0][j * RST_BATCH + i];
    for (int j = 0; j < model->luma_columns; j++)
      *to++ = scratch->luma[j * RST_BATCH + i];
  }
}

static bool run_condition(golden *g) {
  const size_t width = 2 * (size_t)g->model->latent + (size_t)g->model->luma_columns;
  points p = {{0}};
  rst_axis axes[2] = {{0}};
  rst_decoder_scratch scratch;
  rst_arena arena = {NULL};
  float *condition;
  bool fits;

  if (!take_points(g, &p))
    return false;
  axes[0] = (rst_axis){.count = p.set.columns, .positions = p.x};
  axes[1] = (rst_axis){.count = p.set.rows, .positions = p.y};
  take_decoder(&arena, g->model, axes, &scratch);
  arena = (rst_arena){.base = rst_floats(arena.used)};
  take_decoder(&arena, g->model, axes, &scratch);
  condition = calloc(p.set.count * width, sizeof *condition);
  for (size_t first = 0; first < p.set.count; first += RST_BATCH) {
    const size_t left = p.set.count - first;
    rst_batch_points batch = {.count = left < RST_BATCH ? (int)left : RST_BATCH};

    for (int i = 0; i < batch.count; i++)
      batch.column[i] = batch.row[i] = (uint32_t)first + (uint32_t)i;
    rst_decoder_local(p.encoding, rst_kernels_best(), axes, &batch, &scratch);
    store_condition(p.encoding, &scratch, batch.count, condition + first * width);
  }
  fits = golden_compare_floats(g, "condition", condition, p.set.count * width);
  free(condition);
  free(arena.base);
  clear_points(&p);
  return fits;
}

static void encode_all(const rst_scalar_encoding *encoding, const double *values, size_t count,
                       size_t step, float *out, size_t out_step) {
  double frequencies[RST_BANDS_MAX];

  rst_encoding_frequencies(encoding, frequencies);
  for (size_t i = 0; i < count; i++)
    rst_encode_scalar(encoding, frequencies, values[i * step], out + i * out_step);
}

static bool run_encoding(golden *g) {
  const size_t position_width = (size_t)g->model->position_width;
  const size_t time_width = (size_t)g->model->time.width;
  size_t position_count, time_count;
  double *position = golden_take(g, "position", &position_count),
         *time = golden_take(g, "time", &time_count);
  float *encoded;
  bool fits;

  if (!position || !time)
    return false;
  position_count /= 2;
  encoded = calloc(position_count * position_width + time_count * time_width, sizeof *encoded);
  for (int axis = 0; axis < g->model->axes; axis++)
    encode_all(&g->model->position[axis], position + axis, position_count, 2,
               encoded + axis * g->model->position[0].width, position_width);
  fits = golden_compare_floats(g, "position_encoded", encoded, position_count * position_width);
  encode_all(&g->model->time, time, time_count, 1, encoded, time_width);
  fits = fits && golden_compare_floats(g, "time_encoded", encoded, time_count * time_width);
  free(encoded);
  free(position);
  free(time);
  return fits;
}

typedef struct {
  golden *g;
  size_t count;
  bool fits;
} block_check;

static void check_block(void *user, int block, const float *result) {
  block_check *check = user;
  float *values = calloc(check->count * 3, sizeof *values);
  char name[16];

  for (size_t i = 0; i < check->count; i++)
    for (size_t c = 0; c < 3; c++)
      values[3 * i + c] = result[c * RST_BATCH + i];
  snprintf(name, sizeof name, "block%d", block);
  check->fits = golden_compare_floats(check->g, name, values, check->count * 3) && check->fits;
  free(values);
}

/* The first layers' products with what the case gives encoded, by plain sums: what the factored
 * layer is checked against is the whole of it, in the kinds that sample. */
static void fill_base(const rst_model *model, size_t count, const double *condition,
                      const double *position, const double *time, rst_decoder_scratch *scratch,
                      float *step) {
  const size_t condition_width = 2 * (size_t)model->latent + (size_t)model->luma_columns;
  const size_t position_width = (size_t)model->position_width;

  for (int k = 0; k < model->block_count; k++) {
    const rst_dense *layer = &model->blocks[k].layers[0];
    const size_t width = (size_t)layer->out;

    for (size_t o = 0; o < width; o++) {
      double sum = layer->bias[o];

      for (size_t i = 0; i < (size_t)model->time.width; i++)
        sum += time[i] * layer->kernel[(condition_width + position_width + i) * width + o];
      *step++ = (float)sum;
      for (size_t p = 0; p < count; p++) {
        sum = 0;
        for (size_t i = 0; i < condition_width; i++)
          sum += condition[p * condition_width + i] * layer->kernel[i * width + o];
        for (size_t i = 0; i < position_width; i++)
          sum +=
            position[p * position_width + i] * layer->kernel[(condition_width + i) * width + o];
        scratch->base[k][o * RST_BATCH + p] = (float)sum;
      }
    }
  }
}

static bool run_decoder(golden *g) {
  size_t count, ignored;
  double *condition = golden_take(g, "condition", &ignored);
  double *position = golden_take(g, "position_encoded", &ignored);
  double *time = golden_take(g, "time_encoded", &ignored), *value = golden_take(g, "value", &count);
  rst_decoder_scratch scratch;
  rst_arena arena = {NULL};
  block_check check = {g, count / 3, true};
  float *step;

  count /= 3;
  if (!condition || !position || !time || !value)
    return false;
  if (count > RST_BATCH)
    return golden_complain(g, "has more than %d points", RST_BATCH);
  rst_decoder_take(&arena, g->model, &scratch);
  arena = (rst_arena){.base = rst_floats(arena.used)};
  rst_decoder_take(&arena, g->model, &scratch);
  step = rst_floats(rst_decoder_step_size(g->model));
  fill_base(g->model, count, condition, position, time, &scratch, step);
  for (size_t i = 0; i < count; i++)
    for (size_t c = 0; c < 3; c++)
      scratch.input[c * RST_BATCH + i] = (float)value[3 * i + c];
  rst_decoder_run(g->model, rst_kernels_best(), step, &scratch, check_block, &check);
  free(step);
  free(arena.base);
  free(condition);
  free(position);
  free(time);
  free(value);
  return check.fits;
}

/* ---- sampling ---- */

/* A setup's short names → parameters. */
static bool read_setup(golden *g, yyjson_val *setup, rst_parameters *parameters) {
  static const char *const names[][2] = {
    {"sampler", "sampler"}, {"eta", "stochasticity"},  {"K", "step-skip"},
    {"steps", "sequence"},  {"noise", "noise-stddev"}, {"project", "project"},
    {"clip", "clip"},       {"start", "start"},        {"end", "end"}};
  yyjson_obj_iter iter = yyjson_obj_iter_with(setup);
  yyjson_val *key;
  rst_error error = RST_ERROR_INIT;

  rst_parameters_init(parameters);
  rst_parameters_set(parameters, "step-skip", "1", NULL);
  rst_parameters_set(parameters, "project", "false", NULL);
  while ((key = yyjson_obj_iter_next(&iter))) {
    yyjson_val *value = yyjson_obj_iter_get_val(key);
    const char *name = NULL;
    char *text;
    rst_status status;

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
      if (yyjson_equals_str(key, names[i][0]))
        name = names[i][1];
    if (!name)
      return golden_complain(g, "the setup has an unknown key %s", yyjson_get_str(key));
    text = yyjson_is_str(value) ? strdup(yyjson_get_str(value)) : yyjson_val_write(value, 0, NULL);
    status = rst_parameters_set(parameters, name, text, &error);
    free(text);
    if (status != RST_OK)
      return golden_complain(g, "%s", error.message);
  }
  return true;
}

typedef struct {
  size_t count;
  float *trajectory; /* (steps, count, 3) */
} watch;

static void on_moment(void *user, const rst_sample_moment *m) {
  watch *w = user;

  for (int p = 0; p < m->count && m->step >= 0; p++)
    for (int c = 0; c < 3; c++)
      w->trajectory[((size_t)m->step * w->count + m->first + (size_t)p) * 3 + (size_t)c] =
        m->values[c * RST_BATCH + p];
}

/* Colours of the engine, 0…1 and scattered, as the case has them, in their place: −1…1 in the points'
 * order. */
static void gather(const golden *g, const points *p, float *colours) {
  for (size_t i = 0; i < p->set.count; i++)
    for (size_t c = 0; c < 3; c++)
      colours[3 * i + c] =
        (float)(2.0 * colours[3 * p->points[i] + (g->model->bgr ? 2 - c : c)] - 1);
}

/* The engine's colours of the points, as the case has them; NULL where it failed. */
static float *restore(golden *g, points *p, const rst_parameters *parameters, const float *noise,
                      watch *w) {
  const rst_hooks hooks = {.size = sizeof hooks, .noise = noise};
  const rst_sample_observer observer = {w, on_moment};
  float *colours = calloc(p->set.count * p->set.count * 3, sizeof *colours);
  rst_error error = RST_ERROR_INIT;

  if (rst_sample_points(g->session, p->encoding, parameters, &p->set, colours, &hooks,
                        w ? &observer : NULL, &error) != RST_OK) {
    free(colours);
    golden_complain(g, "%s", error.message);
    return NULL;
  }
  gather(g, p, colours);
  return colours;
}

static bool run_single_pass(golden *g) {
  rst_parameters parameters;
  points p = {{0}};
  float *colours;
  bool fits;

  rst_parameters_init(&parameters);
  if (!take_points(g, &p))
    return false;
  colours = restore(g, &p, &parameters, NULL, NULL);
  fits = colours && golden_compare_floats(g, "output", colours, p.set.count * 3);
  free(colours);
  clear_points(&p);
  return fits;
}

/* A single pass whose chroma follows the luma of the pixels. */
static bool run_guided(golden *g) {
  rst_parameters parameters;
  rst_error error = RST_ERROR_INIT;
  points p = {{0}};
  size_t count;
  double *pixel = golden_take(g, "pixel", &count);
  float *colours, *luma;
  bool fits;

  rst_parameters_init(&parameters);
  if (!pixel || !take_points(g, &p))
    return false;
  colours = calloc(p.set.count * p.set.count * 3, sizeof *colours);
  luma = calloc(p.set.count * p.set.count, sizeof *luma);
  for (size_t i = 0; i < p.set.count && i < count; i++)
    luma[p.points[i]] = (float)pixel[i];
  p.set.luma = luma;
  if (rst_guided_points(g->session, p.encoding, &parameters, &p.set, colours, NULL, &error) ==
      RST_OK) {
    gather(g, &p, colours);
    fits = golden_compare_floats(g, "output", colours, p.set.count * 3);
  } else {
    fits = golden_complain(g, "%s", error.message);
  }
  free(pixel);
  free(colours);
  free(luma);
  clear_points(&p);
  return fits;
}

static bool compare_course(golden *g, const rst_parameters *parameters, const rst_model *model,
                           const char *prefix) {
  rst_course course;
  rst_error error = RST_ERROR_INIT;
  int *steps;
  char name[32];
  bool fits;

  if (rst_course_make(parameters, model, &course, &error) != RST_OK)
    return golden_complain(g, "%s", error.message);
  steps = calloc((size_t)course.count, sizeof *steps);
  for (int i = 0; i < course.count; i++)
    steps[i] = course.steps[i].t;
  snprintf(name, sizeof name, "%ssteps", prefix);
  fits = golden_compare_ints(g, name, steps, (size_t)course.count);
  for (int i = 0; i < course.count; i++)
    steps[i] = course.steps[i].previous;
  snprintf(name, sizeof name, "%sprevious", prefix);
  fits = fits && golden_compare_ints(g, name, steps, (size_t)course.count);
  free(steps);
  rst_course_clear(&course);
  return fits;
}

static bool run_sampling(golden *g) {
  rst_parameters parameters;
  points p = {{0}};
  watch w;
  size_t start_count, noise_count;
  float *start, *noise, *colours;
  bool fits;

  if (!read_setup(g, yyjson_obj_get(g->about, "setup"), &parameters) || !take_points(g, &p) ||
      !compare_course(g, &parameters, g->model, ""))
    return false;
  start = golden_take_floats(g, "start", &start_count);
  noise = golden_take_floats(g, "noise", &noise_count);
  if (!start || !noise)
    return false;
  if (start_count != p.set.count * 3 || noise_count % start_count != 0)
    return golden_complain(g, "start or noise do not fit the points");
  start = realloc(start, (start_count + noise_count) * sizeof *start);
  memcpy(start + start_count, noise, noise_count * sizeof *noise);
  w = (watch){p.set.count, calloc(noise_count, sizeof(float))};
  colours = restore(g, &p, &parameters, start, &w);
  fits = colours && golden_compare_floats(g, "output", colours, p.set.count * 3);
  if (fits && rst_safetensors_find(&g->table, "trajectory"))
    fits = golden_compare_floats(g, "trajectory", w.trajectory, noise_count);
  free(w.trajectory);
  free(colours);
  free(start);
  free(noise);
  clear_points(&p);
  return fits;
}

/* ---- schedules and steps ---- */

static bool run_schedule(golden *g) {
  bool fits = g->table.count > 0;

  for (size_t i = 0; i < g->table.count && fits; i++) {
    const rst_tensor *tensor = &g->table.tensors[i];
    char kind[32], which[32];
    int steps, k = 0;
    double *beta;

    if (sscanf(tensor->name, "%31[a-z].%d.%31s", kind, &steps, which) != 3 || steps < 2 ||
        steps > RST_STEPS_MAX)
      return golden_complain(g, "tensor %s is not SCHEDULE.T.beta or .alpha_bar", tensor->name);
    while (rst_schedule_names[k] && strcmp(rst_schedule_names[k], kind) != 0)
      k++;
    if (!rst_schedule_names[k] || (strcmp(which, "beta") != 0 && strcmp(which, "alpha_bar") != 0))
      return golden_complain(g, "tensor %s is not SCHEDULE.T.beta or .alpha_bar", tensor->name);
    beta = calloc(2 * (size_t)steps, sizeof *beta);
    rst_schedule_fill((rst_schedule_kind)k, steps, beta, beta + steps);
    fits = golden_compare(g, tensor->name, which[0] == 'b' ? beta : beta + steps, (size_t)steps);
    free(beta);
  }
  return fits;
}

static bool run_steps(golden *g) {
  const rst_model model = {.process = RST_DIFFUSION, .steps = 100};
  yyjson_val *setups = yyjson_obj_get(g->about, "setups"), *setup;
  yyjson_arr_iter iter = yyjson_arr_iter_with(setups);
  bool fits = yyjson_arr_size(setups) > 0;

  for (int i = 0; fits && (setup = yyjson_arr_iter_next(&iter)); i++) {
    rst_parameters parameters;
    char prefix[16];

    snprintf(prefix, sizeof prefix, "%d.", i);
    fits = read_setup(g, setup, &parameters) && compare_course(g, &parameters, &model, prefix);
  }
  return fits || golden_complain(g, "has no setups");
}

static const struct {
  const char *name;
  bool model;
  bool (*run)(golden *g);
} kinds[] = {
  {"encoder", true, run_encoder},
  {"condition", true, run_condition},
  {"encoding", true, run_encoding},
  {"decoder", true, run_decoder},
  {"single pass", true, run_single_pass},
  {"guided", true, run_guided},
  {"sampling", true, run_sampling},
  {"schedule", false, run_schedule},
  {"steps", false, run_steps},
  {"regions", false, golden_run_regions},
};

/* ---- one case ---- */

typedef enum { HELD, FAILED } outcome;

static bool read_model(golden *g, const char *folder) {
  const char *name = yyjson_get_str(yyjson_obj_get(g->about, "model"));
  rst_error error = RST_ERROR_INIT;
  char path[4096];

  if (!name || strchr(name, '/'))
    return golden_complain(g, "names no model beside it");
  snprintf(path, sizeof path, "%s/%s", folder, name);
  return rst_model_read(path, &g->model, &error) == RST_OK ||
         golden_complain(g, "%s", error.message);
}

static outcome run_kind(golden *g, const char *folder) {
  const char *kind = yyjson_get_str(yyjson_obj_get(g->about, "kind"));
  yyjson_val *relative = yyjson_obj_get(g->about, "relative");
  yyjson_val *tolerance = yyjson_obj_get(g->about, "tolerance");

  g->relative = relative != NULL;
  g->allowed = yyjson_get_num(relative ? relative : tolerance);
  for (size_t i = 0; kind && i < sizeof kinds / sizeof *kinds; i++) {
    if (strcmp(kind, kinds[i].name) != 0)
      continue;
    if (kinds[i].model && !read_model(g, folder))
      return FAILED;
    if (!kinds[i].run(g))
      golden_complain(g, "could not be compared");
    return g->problem[0] == '\0' && g->error <= g->allowed ? HELD : FAILED;
  }
  golden_complain(g, "is of an unknown kind: %s", kind ? kind : "none");
  return FAILED;
}

static outcome run_case(golden *g, const char *folder, const char *file) {
  rst_error error = RST_ERROR_INIT;
  const char *about;
  char path[4096];
  size_t size;

  snprintf(path, sizeof path, "%s/%s", folder, file);
  if (rst_read_file(path, FILE_MAX, &g->bytes, &size, &error) != RST_OK ||
      rst_safetensors_parse(g->bytes, size, &g->table, &error) != RST_OK) {
    golden_complain(g, "%s", error.message);
    return FAILED;
  }
  about = rst_safetensors_metadata(&g->table, "case");
  g->json = about ? yyjson_read(about, strlen(about), 0) : NULL;
  g->about = yyjson_doc_get_root(g->json);
  if (!g->about) {
    golden_complain(g, "does not say what it is (metadata key \"case\")");
    return FAILED;
  }
  return run_kind(g, folder);
}

static outcome report_case(rst_session *session, const char *folder, const char *file) {
  golden g = {.session = session};
  const outcome result = run_case(&g, folder, file);
  const int stem = (int)(strlen(file) - strlen(".case.safetensors"));

  printf("%-6s %-26.*s ", result == HELD ? "ok" : "FAILED", stem, file);
  if (g.problem[0] != '\0')
    printf("%s\n", g.problem);
  else if (g.allowed == 0)
    printf("%s\n", g.error == 0 ? "exact" : "differs, must be exact");
  else
    printf("error %.2e, allowed %.2e%s\n", g.error, g.allowed, g.relative ? " (relative)" : "");
  rst_model_unref(g.model);
  rst_safetensors_clear(&g.table);
  yyjson_doc_free(g.json);
  free(g.bytes);
  return result;
}

static int is_case(const struct dirent *file) {
  const char *end = ".case.safetensors";
  const size_t length = strlen(file->d_name);

  return length > strlen(end) && strcmp(file->d_name + length - strlen(end), end) == 0;
}

int main(int argc, char **argv) {
  struct dirent **files;
  rst_session *session;
  int count, failed = 0;

  if (argc != 2) {
    fputs("usage: restorator-golden DIR\n", stderr);
    return 2;
  }
  count = scandir(argv[1], &files, is_case, alphasort);
  if (count < 1) {
    fprintf(stderr, "restorator-golden: no *.case.safetensors in %s\n", argv[1]);
    return 1;
  }
  if (rst_session_new(0, &session, NULL) != RST_OK)
    return 1;
  for (int i = 0; i < count; i++) {
    failed += report_case(session, argv[1], files[i]->d_name) == FAILED;
    free(files[i]);
  }
  free(files);
  rst_session_free(session);
  printf("%s\n%d cases, %d failed\n", rst_arithmetic(), count, failed);
  return failed > 0;
}
