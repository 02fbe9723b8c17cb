/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "network/model.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <yyjson.h>

#include "base/integer.h"
#include "network/interpolation.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/sha256.h"
#include "network/safetensors.h"
#include "base/status.h"

#define MODEL_FILE_MAX ((size_t)256 << 20)

const char *const rst_schedule_names[] = {"cosine", "linear", "quadratic", "sigmoid", NULL};

/* ---- the description: each getter does nothing once something has failed ---- */

typedef struct {
  rst_error *error;
  rst_status status;
} reader;

static void fail_key(reader *r, const char *key, const char *found, const char *wanted) {
  if (r->status == RST_OK)
    r->status = rst_fail(r->error, RST_BAD_DESCRIPTION, key, found, wanted,
                         "the model's description: %s is %s, but must be %s", key, found, wanted);
}

/* What a value is, for a message. */
static const char *describe(yyjson_val *value, char text[64]) {
  if (value == NULL)
    return "missing";
  if (yyjson_is_str(value))
    snprintf(text, 64, "\"%.50s\"", yyjson_get_str(value));
  else if (yyjson_is_uint(value))
    snprintf(text, 64, "%" PRIu64, yyjson_get_uint(value));
  else if (yyjson_is_sint(value))
    snprintf(text, 64, "%" PRId64, yyjson_get_sint(value));
  else if (yyjson_is_bool(value))
    return yyjson_get_bool(value) ? "true" : "false";
  else
    snprintf(text, 64, "of type %s", yyjson_get_type_desc(value));
  return text;
}

/* The object under `key`, all of whose keys must be in `known` (NULL-terminated) and unique. */
static yyjson_val *get_object(reader *r, yyjson_val *value, const char *key,
                              const char *const *known) {
  yyjson_obj_iter iter;
  yyjson_val *name;
  char text[64];

  if (r->status != RST_OK)
    return NULL;
  if (!yyjson_is_obj(value)) {
    fail_key(r, key, describe(value, text), "an object");
    return NULL;
  }
  iter = yyjson_obj_iter_with(value);
  while ((name = yyjson_obj_iter_next(&iter)) != NULL) {
    size_t i = 0;

    while (known[i] != NULL && !yyjson_equals_str(name, known[i]))
      i++;
    if (known[i] == NULL) {
      r->status = rst_fail(r->error, RST_BAD_DESCRIPTION, yyjson_get_str(name), "unknown", NULL,
                           "the model's description: %s has an unknown key \"%s\"", key,
                           yyjson_get_str(name));
      return NULL;
    }
    if (yyjson_obj_get(value, known[i]) != yyjson_obj_iter_get_val(name)) {
      fail_key(r, yyjson_get_str(name), "there twice", "there once");
      return NULL;
    }
  }
  return value;
}

static int get_int(reader *r, yyjson_val *object, const char *key, int low, int high) {
  yyjson_val *value = yyjson_obj_get(object, key);
  char text[64], wanted[64];
  int64_t number;

  if (rst_read_integer(value, low, high, &number))
    return (int)number;
  snprintf(wanted, sizeof wanted, "a whole number, %d to %d", low, high);
  fail_key(r, key, describe(value, text), wanted);
  return low;
}

static int get_int_or(reader *r, yyjson_val *object, const char *key, int low, int high,
                      int missing) {
  return yyjson_obj_get(object, key) == NULL ? missing : get_int(r, object, key, low, high);
}

/* The index of a text among `choices`. */
static int get_choice(reader *r, yyjson_val *object, const char *key, const char *const *choices) {
  yyjson_val *value = yyjson_obj_get(object, key);
  char text[64], wanted[128] = "";

  for (int i = 0; choices[i] != NULL; i++) {
    if (yyjson_equals_str(value, choices[i]))
      return i;
    snprintf(wanted + strlen(wanted), sizeof wanted - strlen(wanted), "%s\"%s\"",
             i == 0 ? "" : " or ", choices[i]);
  }
  fail_key(r, key, describe(value, text), wanted);
  return 0;
}

/* A text that may be missing: NULL. */
static const char *get_text(reader *r, yyjson_val *object, const char *key) {
  yyjson_val *value = yyjson_obj_get(object, key);
  const char *text = yyjson_get_str(value);
  char found[64];

  if (value != NULL && (text == NULL || strlen(text) != yyjson_get_len(value)))
    fail_key(r, key, describe(value, found), "a text");
  return text;
}

static bool get_bool(reader *r, yyjson_val *object, const char *key) {
  yyjson_val *value = yyjson_obj_get(object, key);
  char text[64];

  if (!yyjson_is_bool(value))
    fail_key(r, key, describe(value, text), "true or false");
  return yyjson_get_bool(value);
}

static bool get_bool_or(reader *r, yyjson_val *object, const char *key, bool missing) {
  return yyjson_obj_get(object, key) == NULL ? missing : get_bool(r, object, key);
}

/* A list of `low` to `high` widths; returns how many. */
static int get_widths(reader *r, yyjson_val *object, const char *key, int low, int high,
                      int *widths) {
  yyjson_val *value = yyjson_obj_get(object, key), *one;
  yyjson_arr_iter iter;
  char text[64], wanted[96];
  int64_t number;
  int count = 0;

  snprintf(wanted, sizeof wanted, "a list of %d to %d whole numbers, 1 to %d", low, high,
           RST_WIDTH_MAX);
  if (!yyjson_is_arr(value) || yyjson_arr_size(value) < (size_t)low ||
      yyjson_arr_size(value) > (size_t)high) {
    fail_key(r, key, yyjson_is_arr(value) ? "of another length" : describe(value, text), wanted);
    return 0;
  }
  iter = yyjson_arr_iter_with(value);
  while ((one = yyjson_arr_iter_next(&iter)) != NULL) {
    if (!rst_read_integer(one, 1, RST_WIDTH_MAX, &number)) {
      fail_key(r, key, describe(one, text), wanted);
      return 0;
    }
    widths[count++] = (int)number;
  }
  return count;
}

/* ---- from the description to layers without weights ---- */

static void set_conv(rst_conv *conv, int size, int stride, int in, int out) {
  *conv = (rst_conv){.size = size, .stride = stride, .in = in, .out = out};
}

/* Dense layers in → widths[0] → … → out. */
static void set_dense(rst_dense_stack *stack, int in, const int *widths, int count, int out) {
  stack->count = count + 1;
  for (int i = 0; i <= count; i++) {
    stack->layers[i] = (rst_dense){.in = in, .out = i < count ? widths[i] : out};
    in = stack->layers[i].out;
  }
}

static void set_convs(rst_conv_stack *stack, int count, int size, int channels) {
  stack->count = count;
  for (int i = 0; i < count; i++)
    set_conv(&stack->layers[i], size, 1, channels, channels);
}

static void describe_encoder(reader *r, yyjson_val *object, rst_model *model) {
  static const char *const keys[] = {"stages", "before", "after", "latent",
                                     "local",  "global", NULL};
  static const char *const local_keys[] = {"before", "kernel", NULL};
  static const char *const global_keys[] = {"channels", "kernel", "dense", NULL};
  yyjson_val *encoder = get_object(r, object, "encoder", keys);
  yyjson_val *local = get_object(r, yyjson_obj_get(encoder, "local"), "local", local_keys);
  yyjson_val *global = get_object(r, yyjson_obj_get(encoder, "global"), "global", global_keys);
  int widths[RST_STAGES_MAX], dense[RST_LAYERS_MAX];
  int before, after, local_before, kernel, channels = model->channels;
  int size = model->input_size, count;

  if (r->status != RST_OK)
    return;
  model->stage_count = get_widths(r, encoder, "stages", 1, RST_STAGES_MAX, widths);
  before = get_int_or(r, encoder, "before", 0, RST_LAYERS_MAX, 0);
  after = get_int_or(r, encoder, "after", 0, RST_LAYERS_MAX, 2);
  model->latent = get_int(r, encoder, "latent", 1, RST_WIDTH_MAX);
  local_before = get_int(r, local, "before", 0, RST_LAYERS_MAX);
  kernel = get_int(r, local, "kernel", 1, RST_KERNEL_MAX);
  for (int i = 0; i < model->stage_count; i++) {
    rst_encoder_stage *stage = &model->stages[i];

    size = (size + 1) / 2;
    stage->channels = widths[i];
    stage->size = size;
    set_conv(&stage->down, 3, 2, channels, widths[i]);
    channels = widths[i];
    set_convs(&stage->before, before, 3, channels);
    set_convs(&stage->after, after, 3, channels);
    set_convs(&stage->local, local_before + 1, kernel, channels);
    stage->local.layers[local_before].out = model->latent;
  }
  set_conv(&model->global_conv, get_int(r, global, "kernel", 1, RST_KERNEL_MAX), 1, channels,
           get_int(r, global, "channels", 1, RST_WIDTH_MAX));
  count = get_widths(r, global, "dense", 0, RST_LAYERS_MAX, dense);
  set_dense(&model->global_dense, size * size * model->global_conv.out, dense, count,
            model->latent);
}

static void describe_scalar(reader *r, yyjson_val *object, rst_scalar_encoding *encoding) {
  static const char *const kinds[] = {"learned", "fixed", NULL};
  char text[32];

  encoding->learned = get_choice(r, object, "kind", kinds) == 0;
  encoding->bands = get_int(r, object, "bands", 2, RST_BANDS_MAX);
  encoding->width = encoding->learned ? encoding->bands + 1 : encoding->bands;
  if (encoding->bands % 2 != 0) {
    snprintf(text, sizeof text, "%d", encoding->bands);
    fail_key(r, "bands", text, "even");
  }
}

static void describe_enlarger(reader *r, yyjson_val *luma, rst_model *model) {
  static const char *const keys[] = {"factor", "channels", NULL};
  rst_conv_stack *stack = &model->enlarger;
  yyjson_val *enlarger = yyjson_obj_get(luma, "enlarger");
  int widths[RST_LAYERS_MAX], channels = 1;

  if (r->status != RST_OK || enlarger == NULL)
    return;
  if (!model->luma_condition && !model->luma_residual)
    fail_key(r, "enlarger", "given without condition and residual", "left out");
  enlarger = get_object(r, enlarger, "enlarger", keys);
  model->luma_factor = get_int(r, enlarger, "factor", 2, RST_STEP_MAX);
  stack->count = get_widths(r, enlarger, "channels", 1, RST_LAYERS_MAX, widths) + 1;
  for (int i = 0; i < stack->count; i++) {
    const bool last = i == stack->count - 1;

    set_conv(&stack->layers[i], i == 0 ? 5 : 3, 1, channels,
             last ? model->luma_factor * model->luma_factor : widths[i]);
    stack->layers[i].linear = last;
    channels = stack->layers[i].out;
  }
}

static void describe_fill(reader *r, yyjson_val *root, rst_model *model) {
  static const char *const keys[] = {"reach", "dense", NULL};
  yyjson_val *fill = yyjson_obj_get(root, "fill");
  int widths[RST_LAYERS_MAX], count, side;

  if (r->status != RST_OK || fill == NULL)
    return;
  fill = get_object(r, fill, "fill", keys);
  model->fill_reach = get_int(r, fill, "reach", 1, RST_FILL_REACH_MAX);
  count = get_widths(r, fill, "dense", 1, RST_LAYERS_MAX, widths);
  side = 2 * model->fill_reach + 1;
  set_dense(&model->fill, 2 * side * side, widths, count, 1);
}

static void describe_points(reader *r, yyjson_val *root, rst_model *model) {
  static const char *const feature_keys[] = {"kind", "dense", NULL};
  static const char *const feature_kinds[] = {"interpolate", NULL};
  static const char *const position_keys[] = {"kind", "bands", "axes", NULL};
  static const char *const time_keys[] = {"kind", "bands", NULL};
  static const char *const axes[] = {"x", "xy", NULL};
  static const char *const luma_keys[] = {"condition", "residual", "reach",
                                          "pixel",     "enlarger", NULL};
  yyjson_val *features = get_object(r, yyjson_obj_get(root, "features"), "features", feature_keys);
  yyjson_val *position = get_object(r, yyjson_obj_get(root, "position"), "position", position_keys);
  yyjson_val *time = get_object(r, yyjson_obj_get(root, "time"), "time", time_keys);
  yyjson_val *luma = yyjson_obj_get(root, "luma");
  int dense[RST_LAYERS_MAX], count;

  if (r->status != RST_OK)
    return;
  get_choice(r, features, "kind", feature_kinds);
  count = get_widths(r, features, "dense", 0, RST_LAYERS_MAX, dense);
  set_dense(&model->features, model->stage_count * model->latent, dense, count, model->latent);
  describe_scalar(r, position, &model->position[0]);
  model->position[1] = model->position[0];
  model->axes = get_choice(r, position, "axes", axes) + 1;
  model->position_width = model->axes * model->position[0].width;
  describe_scalar(r, time, &model->time);
  model->luma_factor = 1;
  if (luma != NULL) {
    luma = get_object(r, luma, "luma", luma_keys);
    model->luma_condition = get_bool_or(r, luma, "condition", false);
    model->luma_residual = get_bool_or(r, luma, "residual", false);
    model->luma_reach = get_int_or(r, luma, "reach", 0, RST_REACH_MAX, 0);
    if (model->luma_reach > 0 && !model->luma_condition)
      fail_key(r, "reach", "given without condition", "left out");
    model->luma_pixel = get_bool_or(r, luma, "pixel", false);
    if (model->luma_pixel && !model->luma_condition)
      fail_key(r, "pixel", "given without condition", "left out");
    describe_enlarger(r, luma, model);
    if (model->luma_condition)
      model->luma_columns =
        (2 * model->luma_reach + 1) * (2 * model->luma_reach + 1) + model->luma_pixel;
  }
}

static void describe_decoder(reader *r, yyjson_val *root, rst_model *model) {
  static const char *const keys[] = {"blocks", "dense", "residual", NULL};
  yyjson_val *decoder = get_object(r, yyjson_obj_get(root, "decoder"), "decoder", keys);
  int dense[RST_LAYERS_MAX], count;
  /* condition (global, local, ℓ, the pixel's luma), position, time, value, running result */
  const int in =
    2 * model->latent + model->luma_columns + model->position_width + model->time.width + 3 + 3;

  if (r->status != RST_OK)
    return;
  model->block_count = get_int(r, decoder, "blocks", 1, RST_BLOCKS_MAX);
  count = get_widths(r, decoder, "dense", 0, RST_LAYERS_MAX, dense);
  model->residual = get_bool(r, decoder, "residual");
  for (int k = 0; k < model->block_count; k++)
    set_dense(&model->blocks[k], in, dense, count, 3);
}

static void describe_process(reader *r, yyjson_val *root, rst_model *model) {
  static const char *const keys[] = {"kind", "predicts", "schedule", "steps", NULL};
  static const char *const kinds[] = {"single pass", "diffusion", NULL};
  static const char *const predictions[] = {"noise", NULL};
  static const char *const colours[] = {"rgb", "bgr", NULL};
  yyjson_val *process = get_object(r, yyjson_obj_get(root, "process"), "process", keys);

  if (r->status != RST_OK)
    return;
  model->process = get_choice(r, process, "kind", kinds) == 0 ? RST_SINGLE_PASS : RST_DIFFUSION;
  if (model->process == RST_DIFFUSION) {
    get_choice(r, process, "predicts", predictions);
    model->schedule = (rst_schedule_kind)get_choice(r, process, "schedule", rst_schedule_names);
    model->steps = get_int(r, process, "steps", 2, RST_STEPS_MAX);
  }
  model->bgr = get_choice(r, root, "colour", colours) == 1;
}

/* `name` points into the description's JSON. */
static rst_status describe_model(yyjson_val *root, rst_model *model, const char **name,
                                 rst_error *error) {
  static const char *const keys[] = {"format",   "name",     "parameters", "input",   "encoder",
                                     "features", "position", "time",       "decoder", "process",
                                     "colour",   "luma",     "fill",       NULL};
  static const char *const input_keys[] = {"size", "channels", NULL};
  reader r = {error, RST_OK};
  yyjson_val *input;

  root = get_object(&r, root, "the whole", keys);
  input = get_object(&r, yyjson_obj_get(root, "input"), "input", input_keys);
  if (r.status != RST_OK)
    return r.status;
  get_int(&r, root, "format", 1, 1);
  *name = get_text(&r, root, "name");
  model->input_size = get_int(&r, input, "size", RST_INPUT_MIN, RST_INPUT_MAX);
  model->channels = get_int(&r, input, "channels", 1, RST_CHANNELS_MAX);
  describe_encoder(&r, yyjson_obj_get(root, "encoder"), model);
  describe_points(&r, root, model);
  describe_fill(&r, root, model);
  describe_decoder(&r, root, model);
  describe_process(&r, root, model);
  return r.status;
}

/* ---- weights ---- */

/* Walks all tensors of a model twice: once to check and measure, once to copy. */
typedef struct {
  rst_safetensors *table;
  rst_arena arena;
  rst_error *error;
  rst_status status;
  int64_t parameters;
} loader;

static const float *load(loader *l, const char *name, int dims, const int *shape) {
  rst_tensor *tensor;
  char wanted[96] = "", found[160] = "";
  float *to;
  bool fits;

  if (l->status != RST_OK)
    return NULL;
  tensor = rst_safetensors_find(l->table, name);
  if (tensor == NULL) {
    l->status = rst_fail(l->error, RST_BAD_TENSOR, name, "missing", NULL,
                         "the model lacks the tensor %s", name);
    return NULL;
  }
  fits = strcmp(tensor->dtype, "F32") == 0 && tensor->dims == dims;
  for (int i = 0; i < dims; i++) {
    fits = fits && tensor->shape[i] == (size_t)shape[i];
    snprintf(wanted + strlen(wanted), sizeof wanted - strlen(wanted), "%s%d", i ? ", " : "",
             shape[i]);
  }
  if (!fits) {
    for (int i = 0; i < tensor->dims; i++)
      snprintf(found + strlen(found), sizeof found - strlen(found), "%s%zu", i ? ", " : "",
               tensor->shape[i]);
    l->status = rst_fail(l->error, RST_BAD_TENSOR, name, "wrong shape or type", NULL,
                         "the model's tensor %s is %s (%s), but must be F32 (%s)", name,
                         tensor->dtype, found, wanted);
    return NULL;
  }
  tensor->used = true;
  to = rst_arena_take(&l->arena, tensor->count);
  if (to == NULL) {
    l->parameters += (int64_t)tensor->count;
    return NULL;
  }
  memcpy(to, tensor->bytes, tensor->size);
  for (size_t i = 0; i < tensor->count; i++)
    if (!isfinite(to[i])) {
      l->status = rst_fail(l->error, RST_BAD_TENSOR, name, "not finite", NULL,
                           "the model's tensor %s holds a value that is not finite", name);
      return NULL;
    }
  return to;
}

static const float *load_vector(loader *l, const char *prefix, const char *suffix, int size) {
  char name[96];

  snprintf(name, sizeof name, "%s.%s", prefix, suffix);
  return load(l, name, 1, &size);
}

__attribute__((format(printf, 3, 4))) static void load_conv(loader *l, rst_conv *conv,
                                                            const char *format, ...) {
  const int shape[4] = {conv->size, conv->size, conv->in, conv->out};
  va_list arguments;
  char prefix[64], name[96];

  va_start(arguments, format);
  vsnprintf(prefix, sizeof prefix, format, arguments);
  va_end(arguments);
  snprintf(name, sizeof name, "%s.kernel", prefix);
  conv->kernel = load(l, name, 4, shape);
  conv->bias = load_vector(l, prefix, "bias", conv->out);
}

static void load_convs(loader *l, rst_conv_stack *stack, int stage, const char *what) {
  for (int j = 0; j < stack->count; j++)
    load_conv(l, &stack->layers[j], "encoder.stage%d.%s%d", stage, what, j);
}

static void load_dense(loader *l, rst_dense_stack *stack, const char *prefix) {
  for (int j = 0; j < stack->count; j++) {
    rst_dense *dense = &stack->layers[j];
    const int shape[2] = {dense->in, dense->out};
    char layer[64], name[96];

    snprintf(layer, sizeof layer, "%s.dense%d", prefix, j);
    snprintf(name, sizeof name, "%s.kernel", layer);
    dense->kernel = load(l, name, 2, shape);
    dense->bias = load_vector(l, layer, "bias", dense->out);
  }
}

static void load_scalar(loader *l, rst_scalar_encoding *encoding, const char *prefix) {
  const int weight[2] = {encoding->bands, 2};
  char name[64];

  if (!encoding->learned)
    return;
  snprintf(name, sizeof name, "%s.weight", prefix);
  encoding->frequency = load_vector(l, prefix, "frequency", encoding->bands);
  encoding->weight = load(l, name, 2, weight);
  encoding->bias = load_vector(l, prefix, "bias", encoding->bands);
  encoding->gate = load_vector(l, prefix, "gate", encoding->bands);
}

static void load_tensors(loader *l, rst_model *model) {
  static const char *const axes[] = {"position.x", "position.y"};

  model->norm_gamma = load_vector(l, "encoder.norm", "gamma", model->channels);
  model->norm_beta = load_vector(l, "encoder.norm", "beta", model->channels);
  model->norm_mean = load_vector(l, "encoder.norm", "mean", model->channels);
  model->norm_variance = load_vector(l, "encoder.norm", "variance", model->channels);
  for (int i = 0; i < model->stage_count; i++) {
    load_conv(l, &model->stages[i].down, "encoder.stage%d.down", i);
    load_convs(l, &model->stages[i].before, i, "before");
    load_convs(l, &model->stages[i].after, i, "after");
    load_convs(l, &model->stages[i].local, i, "local");
  }
  load_conv(l, &model->global_conv, "encoder.global.conv");
  load_dense(l, &model->global_dense, "encoder.global");
  load_dense(l, &model->features, "features");
  for (int i = 0; i < model->axes; i++)
    load_scalar(l, &model->position[i], axes[i]);
  load_scalar(l, &model->time, "time");
  for (int j = 0; j < model->enlarger.count; j++)
    load_conv(l, &model->enlarger.layers[j], "enlarger.conv%d", j);
  load_dense(l, &model->fill, "fill");
  for (int k = 0; k < model->block_count; k++) {
    char prefix[32];

    snprintf(prefix, sizeof prefix, "decoder.block%d", k);
    load_dense(l, &model->blocks[k], prefix);
  }
}

static rst_status load_model(rst_safetensors *table, rst_model *model, rst_error *error) {
  loader l = {.table = table, .error = error};

  load_tensors(&l, model);
  if (l.status != RST_OK)
    return l.status;
  for (size_t i = 0; i < table->count; i++)
    if (!table->tensors[i].used)
      return rst_fail(error, RST_BAD_TENSOR, table->tensors[i].name, "unknown", NULL,
                      "the model has a tensor %s that its description does not name",
                      table->tensors[i].name);
  if (l.arena.overflow)
    return rst_fail_memory(error);
  model->memory = rst_floats(l.arena.used);
  if (model->memory == NULL)
    return rst_fail_memory(error);
  model->parameters = l.parameters;
  l.arena = (rst_arena){.base = model->memory};
  load_tensors(&l, model);
  for (int c = 0; c < model->channels && l.status == RST_OK; c++)
    if (!(model->norm_variance[c] >= 0))
      return rst_fail(error, RST_BAD_TENSOR, "encoder.norm.variance", "negative", NULL,
                      "the model's tensor encoder.norm.variance is negative");
  return l.status;
}

/* ---- the public calls ---- */

/* `what` is the metadata's key of the JSON text. */
static rst_status parse_json(const char *text, const char *what, yyjson_doc **json,
                             rst_error *error) {
  yyjson_read_err problem;

  *json = yyjson_read_opts((char *)(uintptr_t)text, strlen(text), 0, rst_json_memory(), &problem);
  if (*json != NULL)
    return RST_OK;
  if (problem.code == YYJSON_READ_ERROR_MEMORY_ALLOCATION)
    return rst_fail_memory(error);
  return rst_fail(error, RST_BAD_DESCRIPTION, what, problem.msg, NULL,
                  "the metadata's key %s is not JSON: %s at byte %zu", what, problem.msg,
                  problem.pos);
}

/* What a card says is the hosts' to read; that it can be read is checked here. */
static rst_status check_card(const char *card, rst_error *error) {
  yyjson_doc *json;
  rst_status status = parse_json(card, "card", &json, error);

  if (status == RST_OK && !yyjson_is_obj(yyjson_doc_get_root(json)))
    status = rst_fail(error, RST_BAD_DESCRIPTION, "card", NULL, "an object",
                      "the model's card is not an object");
  yyjson_doc_free(json);
  return status;
}

static rst_status parse_table(rst_safetensors *table, rst_model *model, rst_error *error) {
  const char *description = rst_safetensors_metadata(table, "restorator");
  const char *card = rst_safetensors_metadata(table, "card"), *name;
  yyjson_doc *json;
  rst_status status;

  if (description == NULL)
    return rst_fail(error, RST_BAD_DESCRIPTION, "restorator", "missing", NULL,
                    "the file holds no description of a model (metadata key \"restorator\")");
  model->description = strdup(description);
  model->card = strdup(card == NULL ? "{}" : card);
  if (model->description == NULL || model->card == NULL)
    return rst_fail_memory(error);
  status = check_card(model->card, error);
  if (status == RST_OK)
    status = parse_json(model->description, "restorator", &json, error);
  if (status != RST_OK)
    return status;
  status = describe_model(yyjson_doc_get_root(json), model, &name, error);
  if (status == RST_OK) {
    model->name = strdup(name == NULL ? "" : name);
    if (model->name == NULL)
      status = rst_fail_memory(error);
  }
  yyjson_doc_free(json);
  return status == RST_OK ? load_model(table, model, error) : status;
}

rst_status rst_model_parse(const void *bytes, size_t size, rst_model **model, rst_error *error) {
  rst_safetensors table;
  rst_model *made;
  rst_status status;

  if ((bytes == NULL && size > 0) || model == NULL)
    return rst_fail_call(error, "rst_model_parse");
  status = rst_safetensors_parse(bytes, size, &table, error);
  if (status != RST_OK)
    return status;
  made = calloc(1, sizeof *made);
  if (made == NULL) {
    rst_safetensors_clear(&table);
    return rst_fail_memory(error);
  }
  atomic_init(&made->references, 1);
  rst_sha256(bytes, size, made->sha256);
  status = parse_table(&table, made, error);
  rst_safetensors_clear(&table);
  if (status == RST_OK)
    *model = made;
  else
    rst_model_unref(made);
  return status;
}

rst_status rst_model_read(const char *path, rst_model **model, rst_error *error) {
  rst_model *made;
  void *bytes;
  size_t size;
  rst_status status;

  if (path == NULL || model == NULL)
    return rst_fail_call(error, "rst_model_read");
  status = rst_read_file(path, MODEL_FILE_MAX, &bytes, &size, error);
  if (status != RST_OK)
    return status;
  status = rst_model_parse(bytes, size, &made, error);
  free(bytes);
  if (status != RST_OK)
    return status;
  made->path = strdup(path);
  if (made->path == NULL) {
    rst_model_unref(made);
    return rst_fail_memory(error);
  }
  *model = made;
  return RST_OK;
}

rst_model *rst_model_ref(rst_model *model) {
  atomic_fetch_add_explicit(&model->references, 1, memory_order_relaxed);
  return model;
}

void rst_model_unref(rst_model *model) {
  if (model == NULL || atomic_fetch_sub_explicit(&model->references, 1, memory_order_acq_rel) != 1)
    return;
  free(model->name);
  free(model->description);
  free(model->card);
  free(model->path);
  free(model->memory);
  free(model);
}

void rst_model_get_info(const rst_model *model, rst_model_info *info) {
  rst_model_info all;

  if (model == NULL || info == NULL || info->size < offsetof(rst_model_info, sha256))
    return;
  all = (rst_model_info){
    .size = info->size,
    .name = model->name,
    .process = model->process,
    .schedule = model->process == RST_DIFFUSION ? rst_schedule_names[model->schedule] : "",
    .steps = model->steps,
    .input_size = model->input_size,
    .parameters = model->parameters,
    .description = model->description,
    .card = model->card,
    .sha256 = model->sha256,
    .path = model->path == NULL ? "" : model->path,
  };
  /* A program that was built with an older header gets what it knows. */
  memcpy(info, &all, info->size < sizeof all ? info->size : sizeof all);
}
