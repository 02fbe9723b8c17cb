/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "network/model.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <yyjson.h>

#include "network/interpolation.h"
#include "base/memory.h"
#include "network/description.h"
#include "base/status.h"

const char *const rst_schedule_names[] = {"cosine", "linear", "quadratic", "sigmoid", NULL};

/* ---- from the description to layers without weights ---- */

static void set_conv(rst_conv *conv, int size, int stride, int in, int out) {
  *conv = (rst_conv){.size = size, .stride = stride, .dilation = 1, .in = in, .out = out};
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

static void describe_encoder(rst_description *r, yyjson_val *object, rst_model *model) {
  static const char *const keys[] = {"stages", "before", "after", "latent",
                                     "local",  "global", NULL};
  static const char *const local_keys[] = {"before", "kernel", NULL};
  static const char *const global_keys[] = {"channels", "kernel", "dense", NULL};
  yyjson_val *encoder = rst_get_object(r, object, "encoder", keys);
  yyjson_val *local = rst_get_object(r, yyjson_obj_get(encoder, "local"), "local", local_keys);
  yyjson_val *global = rst_get_object(r, yyjson_obj_get(encoder, "global"), "global", global_keys);
  int widths[RST_STAGES_MAX], dense[RST_LAYERS_MAX];
  int before, after, local_before, kernel, channels = model->channels;
  int size = model->input_size, count;

  if (r->status != RST_OK)
    return;
  model->stage_count = rst_get_widths(r, encoder, "stages", 1, RST_STAGES_MAX, widths);
  before = rst_get_int_or(r, encoder, "before", 0, RST_LAYERS_MAX, 0);
  after = rst_get_int_or(r, encoder, "after", 0, RST_LAYERS_MAX, 2);
  model->latent = rst_get_int(r, encoder, "latent", 1, RST_WIDTH_MAX);
  local_before = rst_get_int(r, local, "before", 0, RST_LAYERS_MAX);
  kernel = rst_get_int(r, local, "kernel", 1, RST_KERNEL_MAX);
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
  set_conv(&model->global_conv, rst_get_int(r, global, "kernel", 1, RST_KERNEL_MAX), 1, channels,
           rst_get_int(r, global, "channels", 1, RST_WIDTH_MAX));
  count = rst_get_widths(r, global, "dense", 0, RST_LAYERS_MAX, dense);
  set_dense(&model->global_dense, size * size * model->global_conv.out, dense, count,
            model->latent);
}

static void describe_scalar(rst_description *r, yyjson_val *object, rst_scalar_encoding *encoding) {
  static const char *const kinds[] = {"learned", "fixed", NULL};
  char text[32];

  encoding->learned = rst_get_choice(r, object, "kind", kinds) == 0;
  encoding->bands = rst_get_int(r, object, "bands", 2, RST_BANDS_MAX);
  encoding->width = encoding->learned ? encoding->bands + 1 : encoding->bands;
  if (encoding->bands % 2 != 0) {
    snprintf(text, sizeof text, "%d", encoding->bands);
    rst_fail_key(r, "bands", text, "even");
  }
}

static void describe_enlarger(rst_description *r, yyjson_val *luma, rst_model *model) {
  static const char *const keys[] = {"factor", "channels", NULL};
  rst_conv_stack *stack = &model->enlarger;
  yyjson_val *enlarger = yyjson_obj_get(luma, "enlarger");
  int widths[RST_LAYERS_MAX], channels = 1;

  if (r->status != RST_OK || !enlarger)
    return;
  if (!model->luma_condition && !model->luma_residual)
    rst_fail_key(r, "enlarger", "given without condition and residual", "left out");
  enlarger = rst_get_object(r, enlarger, "enlarger", keys);
  model->luma_factor = rst_get_int(r, enlarger, "factor", 2, RST_STEP_MAX);
  stack->count = rst_get_widths(r, enlarger, "channels", 1, RST_LAYERS_MAX, widths) + 1;
  for (int i = 0; i < stack->count; i++) {
    const bool last = i == stack->count - 1;

    set_conv(&stack->layers[i], i == 0 ? 5 : 3, 1, channels,
             last ? model->luma_factor * model->luma_factor : widths[i]);
    stack->layers[i].linear = last;
    channels = stack->layers[i].out;
  }
}

static void describe_guided(rst_description *r, yyjson_val *luma, rst_model *model) {
  static const char *const keys[] = {"radius", "epsilon", NULL};
  yyjson_val *guided = yyjson_obj_get(luma, "guided");

  if (r->status != RST_OK || !guided)
    return;
  if (!model->luma_pixel)
    rst_fail_key(r, "guided", "given without pixel", "left out");
  guided = rst_get_object(r, guided, "guided", keys);
  model->guided_radius = rst_get_int(r, guided, "radius", 1, RST_GUIDED_RADIUS_MAX);
  model->guided_epsilon = rst_get_share(r, guided, "epsilon");
}

static void describe_fill(rst_description *r, yyjson_val *root, rst_model *model) {
  static const char *const keys[] = {"reach", "dense", NULL};
  yyjson_val *fill = yyjson_obj_get(root, "fill");
  int widths[RST_LAYERS_MAX], count, side;

  if (r->status != RST_OK || !fill)
    return;
  fill = rst_get_object(r, fill, "fill", keys);
  model->fill_reach = rst_get_int(r, fill, "reach", 1, RST_FILL_REACH_MAX);
  count = rst_get_widths(r, fill, "dense", 1, RST_LAYERS_MAX, widths);
  side = 2 * model->fill_reach + 1;
  set_dense(&model->fill, 2 * side * side, widths, count, 1);
}

static void describe_points(rst_description *r, yyjson_val *root, rst_model *model) {
  static const char *const feature_keys[] = {"kind", "dense", NULL};
  static const char *const feature_kinds[] = {"interpolate", NULL};
  static const char *const position_keys[] = {"kind", "bands", "axes", NULL};
  static const char *const time_keys[] = {"kind", "bands", NULL};
  static const char *const axes[] = {"x", "xy", NULL};
  static const char *const luma_keys[] = {"condition", "residual", "reach", "pixel",
                                          "enlarger",  "guided",   NULL};
  yyjson_val *features =
    rst_get_object(r, yyjson_obj_get(root, "features"), "features", feature_keys);
  yyjson_val *position =
    rst_get_object(r, yyjson_obj_get(root, "position"), "position", position_keys);
  yyjson_val *time = rst_get_object(r, yyjson_obj_get(root, "time"), "time", time_keys);
  yyjson_val *luma = yyjson_obj_get(root, "luma");
  int dense[RST_LAYERS_MAX], count;

  if (r->status != RST_OK)
    return;
  rst_get_choice(r, features, "kind", feature_kinds);
  count = rst_get_widths(r, features, "dense", 0, RST_LAYERS_MAX, dense);
  set_dense(&model->features, model->stage_count * model->latent, dense, count, model->latent);
  describe_scalar(r, position, &model->position[0]);
  model->position[1] = model->position[0];
  model->axes = rst_get_choice(r, position, "axes", axes) + 1;
  model->position_width = model->axes * model->position[0].width;
  describe_scalar(r, time, &model->time);
  model->luma_factor = 1;
  if (luma) {
    luma = rst_get_object(r, luma, "luma", luma_keys);
    model->luma_condition = rst_get_bool_or(r, luma, "condition", false);
    model->luma_residual = rst_get_bool_or(r, luma, "residual", false);
    model->luma_reach = rst_get_int_or(r, luma, "reach", 0, RST_REACH_MAX, 0);
    if (model->luma_reach > 0 && !model->luma_condition)
      rst_fail_key(r, "reach", "given without condition", "left out");
    model->luma_pixel = rst_get_bool_or(r, luma, "pixel", false);
    if (model->luma_pixel && !model->luma_condition)
      rst_fail_key(r, "pixel", "given without condition", "left out");
    describe_enlarger(r, luma, model);
    describe_guided(r, luma, model);
    if (model->luma_condition)
      model->luma_columns =
        (2 * model->luma_reach + 1) * (2 * model->luma_reach + 1) + model->luma_pixel;
  }
}

static void describe_decoder(rst_description *r, yyjson_val *root, rst_model *model) {
  static const char *const keys[] = {"blocks", "dense", "residual", NULL};
  yyjson_val *decoder = rst_get_object(r, yyjson_obj_get(root, "decoder"), "decoder", keys);
  int dense[RST_LAYERS_MAX], count;
  /* condition (global, local, ℓ, the pixel's luma), position, time, value, running result */
  const int in =
    2 * model->latent + model->luma_columns + model->position_width + model->time.width + 3 + 3;

  if (r->status != RST_OK)
    return;
  model->block_count = rst_get_int(r, decoder, "blocks", 1, RST_BLOCKS_MAX);
  count = rst_get_widths(r, decoder, "dense", 0, RST_LAYERS_MAX, dense);
  model->residual = rst_get_bool(r, decoder, "residual");
  for (int k = 0; k < model->block_count; k++)
    set_dense(&model->blocks[k], in, dense, count, 3);
}

static void describe_process(rst_description *r, yyjson_val *root, rst_model *model) {
  static const char *const keys[] = {"kind", "predicts", "schedule", "steps", NULL};
  static const char *const kinds[] = {"single pass", "diffusion", NULL};
  static const char *const predictions[] = {"noise", NULL};
  static const char *const colours[] = {"rgb", "bgr", NULL};
  yyjson_val *process = rst_get_object(r, yyjson_obj_get(root, "process"), "process", keys);

  if (r->status != RST_OK)
    return;
  model->process = rst_get_choice(r, process, "kind", kinds) == 0 ? RST_SINGLE_PASS : RST_DIFFUSION;
  if (model->process == RST_DIFFUSION) {
    rst_get_choice(r, process, "predicts", predictions);
    model->schedule = (rst_schedule_kind)rst_get_choice(r, process, "schedule", rst_schedule_names);
    model->steps = rst_get_int(r, process, "steps", 2, RST_STEPS_MAX);
  }
  if (model->process != RST_SINGLE_PASS && model->guided_radius > 0)
    rst_fail_key(r, "guided", "given for diffusion", "left out");
  model->bgr = rst_get_choice(r, root, "colour", colours) == 1;
}

/* `name` points into the description's JSON. */
static rst_status describe(yyjson_val *root, rst_network *network, const char **name,
                           rst_error *error) {
  rst_model *model = (rst_model *)network;
  static const char *const keys[] = {"format",   "name",     "parameters", "input",   "encoder",
                                     "features", "position", "time",       "decoder", "process",
                                     "colour",   "luma",     "fill",       NULL};
  static const char *const input_keys[] = {"size", "channels", NULL};
  rst_description r = {error, RST_OK};
  yyjson_val *input;

  root = rst_get_object(&r, root, "the whole", keys);
  input = rst_get_object(&r, yyjson_obj_get(root, "input"), "input", input_keys);
  if (r.status != RST_OK)
    return r.status;
  rst_get_int(&r, root, "format", 1, 1);
  *name = rst_get_text(&r, root, "name");
  model->input_size = rst_get_int(&r, input, "size", RST_INPUT_MIN, RST_INPUT_MAX);
  model->channels = rst_get_int(&r, input, "channels", 1, RST_CHANNELS_MAX);
  describe_encoder(&r, yyjson_obj_get(root, "encoder"), model);
  describe_points(&r, root, model);
  describe_fill(&r, root, model);
  describe_decoder(&r, root, model);
  describe_process(&r, root, model);
  return r.status;
}

/* ---- weights ---- */

static void load_convs(rst_loader *l, rst_conv_stack *stack, int stage, const char *what) {
  for (int j = 0; j < stack->count; j++)
    rst_load_conv(l, &stack->layers[j], "encoder.stage%d.%s%d", stage, what, j);
}

static void load_dense(rst_loader *l, rst_dense_stack *stack, const char *prefix) {
  for (int j = 0; j < stack->count; j++) {
    rst_dense *dense = &stack->layers[j];
    const int shape[2] = {dense->in, dense->out};
    char layer[64], name[96];

    snprintf(layer, sizeof layer, "%s.dense%d", prefix, j);
    snprintf(name, sizeof name, "%s.kernel", layer);
    dense->kernel = rst_load_tensor(l, name, 2, shape);
    dense->bias = rst_load_vector(l, layer, "bias", dense->out);
  }
}

static void load_scalar(rst_loader *l, rst_scalar_encoding *encoding, const char *prefix) {
  const int weight[2] = {encoding->bands, 2};
  char name[64];

  if (!encoding->learned)
    return;
  snprintf(name, sizeof name, "%s.weight", prefix);
  encoding->frequency = rst_load_vector(l, prefix, "frequency", encoding->bands);
  encoding->weight = rst_load_tensor(l, name, 2, weight);
  encoding->bias = rst_load_vector(l, prefix, "bias", encoding->bands);
  encoding->gate = rst_load_vector(l, prefix, "gate", encoding->bands);
}

static void load_tensors(rst_loader *l, void *network) {
  static const char *const axes[] = {"position.x", "position.y"};
  rst_model *model = network;

  model->norm_gamma = rst_load_vector(l, "encoder.norm", "gamma", model->channels);
  model->norm_beta = rst_load_vector(l, "encoder.norm", "beta", model->channels);
  model->norm_mean = rst_load_vector(l, "encoder.norm", "mean", model->channels);
  model->norm_variance = rst_load_vector(l, "encoder.norm", "variance", model->channels);
  for (int i = 0; i < model->stage_count; i++) {
    rst_load_conv(l, &model->stages[i].down, "encoder.stage%d.down", i);
    load_convs(l, &model->stages[i].before, i, "before");
    load_convs(l, &model->stages[i].after, i, "after");
    load_convs(l, &model->stages[i].local, i, "local");
  }
  rst_load_conv(l, &model->global_conv, "encoder.global.conv");
  load_dense(l, &model->global_dense, "encoder.global");
  load_dense(l, &model->features, "features");
  for (int i = 0; i < model->axes; i++)
    load_scalar(l, &model->position[i], axes[i]);
  load_scalar(l, &model->time, "time");
  for (int j = 0; j < model->enlarger.count; j++)
    rst_load_conv(l, &model->enlarger.layers[j], "enlarger.conv%d", j);
  load_dense(l, &model->fill, "fill");
  for (int k = 0; k < model->block_count; k++) {
    char prefix[32];

    snprintf(prefix, sizeof prefix, "decoder.block%d", k);
    load_dense(l, &model->blocks[k], prefix);
  }
}

static rst_status check_weights(const rst_network *network, rst_error *error) {
  const rst_model *model = (const rst_model *)network;

  for (int c = 0; c < model->channels; c++)
    if (!(model->norm_variance[c] >= 0))
      return rst_fail(error, RST_BAD_TENSOR, "encoder.norm.variance", "negative", NULL,
                      "the model's tensor encoder.norm.variance is negative");
  return RST_OK;
}

/* ---- the public calls ---- */

static const rst_network_kind models = {
  sizeof(rst_model), (size_t)256 << 20, describe, load_tensors, check_weights,
};

rst_status rst_model_parse(const void *bytes, size_t size, rst_model **model, rst_error *error) {
  rst_network *made;
  rst_status status;

  if ((!bytes && size > 0) || !model)
    return rst_fail_call(error, "rst_model_parse");
  status = rst_network_parse(&models, bytes, size, &made, error);
  if (status == RST_OK)
    *model = (rst_model *)made;
  return status;
}

rst_status rst_model_read(const char *path, rst_model **model, rst_error *error) {
  rst_network *made;
  rst_status status;

  if (!path || !model)
    return rst_fail_call(error, "rst_model_read");
  status = rst_network_read(&models, path, &made, error);
  if (status == RST_OK)
    *model = (rst_model *)made;
  return status;
}

rst_model *rst_model_ref(rst_model *model) {
  rst_network_ref(&model->network);
  return model;
}

void rst_model_unref(rst_model *model) {
  rst_network_unref((rst_network *)model);
}

void rst_model_get_info(const rst_model *model, rst_model_info *info) {
  rst_model_info all;

  if (!model || !info || info->size < offsetof(rst_model_info, sha256))
    return;
  all = (rst_model_info){
    .size = info->size,
    .name = model->network.name,
    .process = model->process,
    .schedule = model->process == RST_DIFFUSION ? rst_schedule_names[model->schedule] : "",
    .steps = model->steps,
    .input_size = model->input_size,
    .parameters = model->network.parameters,
    .description = model->network.description,
    .card = model->network.card,
    .sha256 = model->network.sha256,
    .path = model->network.path ? model->network.path : "",
  };
  /* A program that was built with an older header gets what it knows. */
  memcpy(info, &all, info->size < sizeof all ? info->size : sizeof all);
}
