/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Model files: what is read from a good one, and that no bad one does any harm.
 */
#include "fixtures.h"

#include <glib/gstdio.h>
#include <stddef.h>

#include "base/sha256.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>

/* ---- good files ---- */

static void read_good(void) {
  network *n = network_new(&net_small);
  GByteArray *file;
  rst_model_info info = {.size = sizeof info};
  rst_model *model, *second;
  size_t count = 0;

  n->card = g_strdup("{\"title\": \"A card\", \"new key\": [1, 2]}");
  for (guint i = 0; i < n->tensors->len; i++)
    count += g_array_index(n->tensors, weights, i).count;
  file = network_file(n);
  g_assert_cmpuint(file->len, <, 20000);
  assert_ok(rst_model_parse(file->data, file->len, &model, NULL));
  memset(file->data, 0xee, file->len); /* the model keeps nothing of it */
  g_byte_array_unref(file);
  rst_model_get_info(model, &info);
  g_assert_cmpstr(info.name, ==, "small");
  g_assert_cmpint(info.process, ==, RST_DIFFUSION);
  g_assert_cmpstr(info.schedule, ==, "cosine");
  g_assert_cmpint(info.steps, ==, 20);
  g_assert_cmpint(info.input_size, ==, 9);
  g_assert_cmpint(info.parameters, ==, (gint64)count);
  g_assert_cmpstr(info.description, ==, n->description);
  g_assert_cmpstr(info.card, ==, n->card);
  second = rst_model_ref(model);
  rst_model_unref(model);
  rst_model_get_info(second, &info);
  g_assert_cmpstr(info.name, ==, "small");
  rst_model_unref(second);
  rst_model_unref(NULL);
  network_free(n);
}

static void read_single_pass(void) {
  net shape = net_small;
  rst_model_info info = {.size = sizeof info};
  rst_model *model;

  shape.process = "single pass";
  model = network_model(&shape);
  rst_model_get_info(model, &info);
  g_assert_cmpint(info.process, ==, RST_SINGLE_PASS);
  g_assert_cmpstr(info.schedule, ==, "");
  g_assert_cmpint(info.steps, ==, 0);
  g_assert_cmpstr(info.card, ==, "{}");
  rst_model_unref(model);
}

/* `before` is 0 and `after` 2 where a description is silent. */
static void read_silent(void) {
  net shape = net_small;
  network *n;
  GByteArray *file;
  rst_model *model;
  rst_error error = RST_ERROR_INIT;
  char *description;

  shape.before = 0;
  shape.after = 2;
  n = network_new(&shape);
  description = n->description;
  n->description = replace(description, "\"before\": 0, \"after\": 2, ", "");
  g_free(description);
  file = network_file(n);
  if (rst_model_parse(file->data, file->len, &model, &error) != RST_OK)
    g_error("%s", error.message);
  rst_model_unref(model);
  g_byte_array_unref(file);
  network_free(n);
}

/* ---- bad files ---- */

typedef enum { DESCRIPTION, CARD, HEADER, WEIGHT, LENGTH, APPEND } place;

typedef struct {
  const char *name;
  place where;
  const char *from, *to; /* what is replaced; from NULL: all of it. WEIGHT: tensor, value of its
                          * last weight. LENGTH: to, the header's stated length; "+N": N more */
  rst_status code;
  const char *subject;
} bad_file;

#define GAMMA "\"encoder.norm.gamma\": {"
#define ADDED(text) GAMMA, text ", " GAMMA

static const bad_file bad_files[] = {
  /* the container */
  {"length/one more", LENGTH, NULL, "+1", RST_BAD_FILE, "the header"},
  {"length/one less", LENGTH, NULL, "-1", RST_BAD_FILE, "the header"},
  {"length/0", LENGTH, NULL, "0", RST_BAD_FILE, "the header"},
  {"length/beyond the file", LENGTH, NULL, "1000000", RST_BAD_FILE, "the header"},
  {"length/2^63", LENGTH, NULL, "9223372036854775808", RST_BAD_FILE, "the header"},
  {"length/2^64-1", LENGTH, NULL, "18446744073709551615", RST_BAD_FILE, "the header"},
  {"length/2^64-8", LENGTH, NULL, "18446744073709551608", RST_BAD_FILE, "the header"},
  {"data/trailing byte", APPEND, NULL, "x", RST_BAD_FILE, "the data"},
  {"header/empty", HEADER, NULL, "", RST_BAD_FILE, "the header"},
  {"header/not JSON", HEADER, NULL, "{nonsense", RST_BAD_FILE, "the header"},
  {"header/not UTF-8", HEADER, "encoder.norm", "encoder\xff.norm", RST_BAD_FILE, "the header"},
  {"header/list", HEADER, NULL, "[]", RST_BAD_FILE, "the header"},
  {"header/null", HEADER, NULL, "null", RST_BAD_FILE, "the header"},
  {"header/two objects", HEADER, NULL, "{}{}", RST_BAD_FILE, "the header"},
  {"header/no tensor", HEADER, NULL, "{}", RST_BAD_FILE, "the data"},
  {"metadata/list", HEADER, NULL, "{\"__metadata__\": []}", RST_BAD_FILE, "__metadata__"},
  {"metadata/null", HEADER, NULL, "{\"__metadata__\": null}", RST_BAD_FILE, "__metadata__"},
  {"metadata/twice", HEADER, ADDED("\"__metadata__\": {}"), RST_BAD_FILE, "__metadata__"},
  {"metadata/key twice", HEADER, "{\"restorator\"", "{\"restorator\": \"\", \"restorator\"",
   RST_BAD_FILE, "__metadata__"},
  {"metadata/number", HEADER, "{\"restorator\"", "{\"n\": 1, \"restorator\"", RST_BAD_FILE,
   "__metadata__"},
  {"metadata/object", HEADER, "{\"restorator\"", "{\"n\": {}, \"restorator\"", RST_BAD_FILE,
   "__metadata__"},
  {"metadata/zero byte", HEADER, "{\"restorator\"", "{\"n\": \"a\\u0000b\", \"restorator\"",
   RST_BAD_FILE, "__metadata__"},
  {"metadata/zero byte in key", HEADER, "{\"restorator\"", "{\"a\\u0000\": \"\", \"restorator\"",
   RST_BAD_FILE, "__metadata__"},
  {"metadata/no description", HEADER, "{\"restorator\"", "{\"other\"", RST_BAD_DESCRIPTION,
   "restorator"},

  /* one tensor's entry */
  {"tensor/twice", HEADER, "encoder.norm.beta", "encoder.norm.gamma", RST_BAD_TENSOR,
   "encoder.norm.gamma"},
  {"tensor/number", HEADER, ADDED("\"extra\": 1"), RST_BAD_TENSOR, "extra"},
  {"tensor/empty object", HEADER, ADDED("\"extra\": {}"), RST_BAD_TENSOR, "extra"},
  {"tensor/extra key", HEADER, GAMMA, GAMMA "\"extra\": 1, ", RST_BAD_TENSOR, "encoder.norm.gamma"},
  {"tensor/dtype twice", HEADER, GAMMA, GAMMA "\"dtype\": \"F32\", ", RST_BAD_TENSOR,
   "encoder.norm.gamma"},
  {"tensor/dtype for shape", HEADER, "\"shape\"", "\"dtype\"", RST_BAD_TENSOR,
   "encoder.norm.gamma"},
  {"tensor/name empty", HEADER, "encoder.norm.gamma", "", RST_BAD_FILE, "a tensor's name"},
  {"tensor/name with zero byte", HEADER, "encoder.norm.gamma", "encoder.norm.gamma\\u0000",
   RST_BAD_FILE, "a tensor's name"},
  {"dtype/unknown", HEADER, "\"F32\"", "\"F8\"", RST_BAD_TENSOR, "encoder.norm.gamma"},
  {"dtype/number", HEADER, "\"F32\"", "32", RST_BAD_TENSOR, "encoder.norm.gamma"},
  {"dtype/lower case", HEADER, "\"F32\"", "\"f32\"", RST_BAD_TENSOR, "encoder.norm.gamma"},
  {"dtype/integer", HEADER, "\"F32\"", "\"I32\"", RST_BAD_TENSOR, "encoder.norm.gamma"},
  {"dtype/half", HEADER, "\"F32\"", "\"F16\"", RST_BAD_TENSOR, "encoder.norm.gamma"},
  {"dtype/double", HEADER, "\"F32\"", "\"F64\"", RST_BAD_TENSOR, "encoder.norm.gamma"},
  {"shape/number", HEADER, "[1]", "1", RST_BAD_TENSOR, "encoder.norm.gamma"},
  {"shape/text", HEADER, "[1]", "\"1\"", RST_BAD_TENSOR, "encoder.norm.gamma"},
  {"shape/negative", HEADER, "[1]", "[-1]", RST_BAD_TENSOR, "encoder.norm.gamma"},
  {"shape/fraction", HEADER, "[1]", "[1.5]", RST_BAD_TENSOR, "encoder.norm.gamma"},
  {"shape/of texts", HEADER, "[1]", "[\"1\"]", RST_BAD_TENSOR, "encoder.norm.gamma"},
  {"shape/nine sizes", HEADER, "[1]", "[1, 1, 1, 1, 1, 1, 1, 1, 1]", RST_BAD_TENSOR,
   "encoder.norm.gamma"},
  {"shape/elements overflow", HEADER, "[1]", "[4294967296, 4294967297]", RST_BAD_TENSOR,
   "encoder.norm.gamma"},
  {"shape/bytes overflow", HEADER, "[1]", "[4611686018427387905]", RST_BAD_TENSOR,
   "encoder.norm.gamma"},
  {"shape/beyond 64 bits", HEADER, "[1]", "[18446744073709551616]", RST_BAD_TENSOR,
   "encoder.norm.gamma"},
  {"shape/zero", HEADER, "[1]", "[0]", RST_BAD_TENSOR, "encoder.norm.gamma"},
  {"shape/none", HEADER, "[1]", "[]", RST_BAD_TENSOR, "encoder.norm.gamma"},
  {"shape/more dimensions", HEADER, "[1]", "[1, 1]", RST_BAD_TENSOR, "encoder.norm.gamma"},
  {"shape/transposed", HEADER, "[3, 3, 1, 3]", "[3, 3, 3, 1]", RST_BAD_TENSOR,
   "encoder.stage0.down.kernel"},
  {"offsets/text", HEADER, "[0, 4]", "\"0, 4\"", RST_BAD_TENSOR, "encoder.norm.gamma"},
  {"offsets/one", HEADER, "[0, 4]", "[0]", RST_BAD_TENSOR, "encoder.norm.gamma"},
  {"offsets/three", HEADER, "[0, 4]", "[0, 4, 8]", RST_BAD_TENSOR, "encoder.norm.gamma"},
  {"offsets/negative", HEADER, "[0, 4]", "[-4, 0]", RST_BAD_TENSOR, "encoder.norm.gamma"},
  {"offsets/fraction", HEADER, "[0, 4]", "[0, 4.0]", RST_BAD_TENSOR, "encoder.norm.gamma"},
  {"offsets/backwards", HEADER, "[0, 4]", "[4, 0]", RST_BAD_TENSOR, "encoder.norm.gamma"},
  {"offsets/outside", HEADER, "[0, 4]", "[1000000, 1000004]", RST_BAD_TENSOR, "encoder.norm.gamma"},
  {"offsets/far outside", HEADER, "[0, 4]", "[18446744073709551608, 18446744073709551612]",
   RST_BAD_TENSOR, "encoder.norm.gamma"},
  {"offsets/too many bytes", HEADER, "[0, 4]", "[0, 8]", RST_BAD_TENSOR, "encoder.norm.gamma"},
  {"offsets/overlap", HEADER, "[4, 8]", "[0, 4]", RST_BAD_TENSOR, NULL},
  {"offsets/gap", HEADER, "[0, 4]", "[4, 8]", RST_BAD_TENSOR, NULL},

  /* the set of tensors, and weights */
  {"tensor/missing", HEADER, "encoder.norm.gamma", "encoder.norm.delta", RST_BAD_TENSOR,
   "encoder.norm.gamma"},
  {"tensor/unknown", HEADER,
   ADDED("\"extra\": {\"dtype\": \"F32\", \"shape\": [0], \"data_offsets\": [0, 0]}"),
   RST_BAD_TENSOR, "extra"},
  {"tensor/last missing", HEADER, "decoder.block1.dense2.bias", "decoder.block2.dense2.bias",
   RST_BAD_TENSOR, "decoder.block1.dense2.bias"},
  {"weight/nan", WEIGHT, "decoder.block1.dense2.bias", "nan", RST_BAD_TENSOR,
   "decoder.block1.dense2.bias"},
  {"weight/infinite", WEIGHT, "encoder.stage1.local0.kernel", "inf", RST_BAD_TENSOR,
   "encoder.stage1.local0.kernel"},
  {"weight/minus infinite", WEIGHT, "time.gate", "-inf", RST_BAD_TENSOR, "time.gate"},
  {"weight/negative variance", WEIGHT, "encoder.norm.variance", "-1e-30", RST_BAD_TENSOR,
   "encoder.norm.variance"},

  /* the description as a whole */
  {"description/empty", DESCRIPTION, NULL, "", RST_BAD_DESCRIPTION, "restorator"},
  {"description/not JSON", DESCRIPTION, NULL, "{", RST_BAD_DESCRIPTION, "restorator"},
  {"description/list", DESCRIPTION, NULL, "[]", RST_BAD_DESCRIPTION, "the whole"},
  {"description/of nothing", DESCRIPTION, NULL, "{}", RST_BAD_DESCRIPTION, NULL},
  {"card/not JSON", CARD, NULL, "{", RST_BAD_DESCRIPTION, "card"},
  {"card/list", CARD, NULL, "[]", RST_BAD_DESCRIPTION, "card"},

  /* unknown keys, keys that are there twice */
  {"key/unknown", DESCRIPTION, "{\"format\"", "{\"extra\": 1, \"format\"", RST_BAD_DESCRIPTION,
   "extra"},
  {"key/unknown in input", DESCRIPTION, "{\"size\"", "{\"extra\": 1, \"size\"", RST_BAD_DESCRIPTION,
   "extra"},
  {"key/unknown in encoder", DESCRIPTION, "{\"stages\"", "{\"extra\": 1, \"stages\"",
   RST_BAD_DESCRIPTION, "extra"},
  {"key/unknown in local", DESCRIPTION, "\"local\": {", "\"local\": {\"extra\": 1, ",
   RST_BAD_DESCRIPTION, "extra"},
  {"key/unknown in global", DESCRIPTION, "\"global\": {", "\"global\": {\"extra\": 1, ",
   RST_BAD_DESCRIPTION, "extra"},
  {"key/unknown in features", DESCRIPTION, "\"features\": {", "\"features\": {\"extra\": 1, ",
   RST_BAD_DESCRIPTION, "extra"},
  {"key/unknown in position", DESCRIPTION, "\"position\": {", "\"position\": {\"extra\": 1, ",
   RST_BAD_DESCRIPTION, "extra"},
  {"key/unknown in time", DESCRIPTION, "\"time\": {", "\"time\": {\"extra\": 1, ",
   RST_BAD_DESCRIPTION, "extra"},
  {"key/unknown in decoder", DESCRIPTION, "\"decoder\": {", "\"decoder\": {\"extra\": 1, ",
   RST_BAD_DESCRIPTION, "extra"},
  {"key/unknown in process", DESCRIPTION, "\"process\": {", "\"process\": {\"extra\": 1, ",
   RST_BAD_DESCRIPTION, "extra"},
  {"key/unknown in luma", DESCRIPTION, "\"luma\": {", "\"luma\": {\"extra\": 1, ",
   RST_BAD_DESCRIPTION, "extra"},
  {"key/axes of time", DESCRIPTION, "\"time\": {", "\"time\": {\"axes\": \"x\", ",
   RST_BAD_DESCRIPTION, "axes"},
  {"key/twice", DESCRIPTION, "{\"format\"", "{\"format\": 1, \"format\"", RST_BAD_DESCRIPTION,
   "format"},
  {"key/twice in time", DESCRIPTION, "\"time\": {", "\"time\": {\"bands\": 6, ",
   RST_BAD_DESCRIPTION, "bands"},

  /* values */
  {"format/2", DESCRIPTION, "\"format\": 1", "\"format\": 2", RST_BAD_DESCRIPTION, "format"},
  {"format/text", DESCRIPTION, "\"format\": 1", "\"format\": \"1\"", RST_BAD_DESCRIPTION, "format"},
  {"format/real", DESCRIPTION, "\"format\": 1", "\"format\": 1.0", RST_BAD_DESCRIPTION, "format"},
  {"format/huge", DESCRIPTION, "\"format\": 1", "\"format\": 18446744073709551615",
   RST_BAD_DESCRIPTION, "format"},
  {"format/missing", DESCRIPTION, "\"format\": 1, ", "", RST_BAD_DESCRIPTION, "format"},
  {"name/number", DESCRIPTION, "\"name\": \"small\"", "\"name\": 5", RST_BAD_DESCRIPTION, "name"},
  {"name/zero byte", DESCRIPTION, "\"small\"", "\"a\\u0000b\"", RST_BAD_DESCRIPTION, "name"},
  {"input/missing", DESCRIPTION, "\"input\": {\"size\": 9, \"channels\": 1}, ", "",
   RST_BAD_DESCRIPTION, "input"},
  {"input/size 7", DESCRIPTION, "\"size\": 9", "\"size\": 7", RST_BAD_DESCRIPTION, "size"},
  {"input/size 1025", DESCRIPTION, "\"size\": 9", "\"size\": 1025", RST_BAD_DESCRIPTION, "size"},
  {"input/size -9", DESCRIPTION, "\"size\": 9", "\"size\": -9", RST_BAD_DESCRIPTION, "size"},
  {"input/two channels' weights", DESCRIPTION, "\"channels\": 1}", "\"channels\": 2}",
   RST_BAD_TENSOR, "encoder.norm.gamma"},
  {"input/three channels", DESCRIPTION, "\"channels\": 1}", "\"channels\": 3}", RST_BAD_DESCRIPTION,
   "channels"},
  {"stages/none", DESCRIPTION, "[3, 4]", "[]", RST_BAD_DESCRIPTION, "stages"},
  {"stages/nine", DESCRIPTION, "[3, 4]", "[1, 1, 1, 1, 1, 1, 1, 1, 1]", RST_BAD_DESCRIPTION,
   "stages"},
  {"stages/zero", DESCRIPTION, "[3, 4]", "[3, 0]", RST_BAD_DESCRIPTION, "stages"},
  {"stages/too wide", DESCRIPTION, "[3, 4]", "[3, 4097]", RST_BAD_DESCRIPTION, "stages"},
  {"stages/text", DESCRIPTION, "[3, 4]", "\"3, 4\"", RST_BAD_DESCRIPTION, "stages"},
  {"stages/of texts", DESCRIPTION, "[3, 4]", "[\"3\"]", RST_BAD_DESCRIPTION, "stages"},
  {"stages/null", DESCRIPTION, "[3, 4]", "null", RST_BAD_DESCRIPTION, "stages"},
  {"encoder/text", DESCRIPTION, "\"encoder\": {", "\"encoder\": \"x\", \"input\": {",
   RST_BAD_DESCRIPTION, NULL},
  {"encoder/before 9", DESCRIPTION, "\"before\": 1, \"after\"", "\"before\": 9, \"after\"",
   RST_BAD_DESCRIPTION, "before"},
  {"encoder/after -1", DESCRIPTION, "\"after\": 1", "\"after\": -1", RST_BAD_DESCRIPTION, "after"},
  {"encoder/latent 0", DESCRIPTION, "\"latent\": 5", "\"latent\": 0", RST_BAD_DESCRIPTION,
   "latent"},
  {"encoder/latent of another size", DESCRIPTION, "\"latent\": 5", "\"latent\": 6", RST_BAD_TENSOR,
   "encoder.stage0.local1.kernel"},
  {"local/kernel 0", DESCRIPTION, "\"kernel\": 3", "\"kernel\": 0", RST_BAD_DESCRIPTION, "kernel"},
  {"local/kernel 16", DESCRIPTION, "\"kernel\": 3", "\"kernel\": 16", RST_BAD_DESCRIPTION,
   "kernel"},
  {"global/channels 0", DESCRIPTION, "\"channels\": 2", "\"channels\": 0", RST_BAD_DESCRIPTION,
   "channels"},
  {"features/kind", DESCRIPTION, "\"interpolate\"", "\"attend\"", RST_BAD_DESCRIPTION, "kind"},
  {"features/no layer", DESCRIPTION, "[7]", "[]", RST_BAD_TENSOR, "features.dense0.kernel"},
  {"position/kind", DESCRIPTION, "\"learned\"", "\"guessed\"", RST_BAD_DESCRIPTION, "kind"},
  {"position/kind not text", DESCRIPTION, "\"learned\"", "1", RST_BAD_DESCRIPTION, "kind"},
  {"position/odd bands", DESCRIPTION, "\"bands\": 4", "\"bands\": 5", RST_BAD_DESCRIPTION, "bands"},
  {"position/no bands", DESCRIPTION, "\"bands\": 4", "\"bands\": 0", RST_BAD_DESCRIPTION, "bands"},
  {"position/many bands", DESCRIPTION, "\"bands\": 4", "\"bands\": 258", RST_BAD_DESCRIPTION,
   "bands"},
  {"position/axes", DESCRIPTION, "\"xy\"", "\"yx\"", RST_BAD_DESCRIPTION, "axes"},
  {"position/axes missing", DESCRIPTION, ", \"axes\": \"xy\"", "", RST_BAD_DESCRIPTION, "axes"},
  {"position/one axis less", DESCRIPTION, "\"xy\"", "\"x\"", RST_BAD_TENSOR, NULL},
  {"time/odd bands", DESCRIPTION, "\"bands\": 6", "\"bands\": 7", RST_BAD_DESCRIPTION, "bands"},
  {"decoder/no block", DESCRIPTION, "\"blocks\": 2", "\"blocks\": 0", RST_BAD_DESCRIPTION,
   "blocks"},
  {"decoder/17 blocks", DESCRIPTION, "\"blocks\": 2", "\"blocks\": 17", RST_BAD_DESCRIPTION,
   "blocks"},
  {"decoder/no layer", DESCRIPTION, "[9, 8]", "[]", RST_BAD_TENSOR, "decoder.block0.dense0.kernel"},
  {"decoder/residual a number", DESCRIPTION, "\"residual\": true}, \"process\"",
   "\"residual\": 1}, \"process\"", RST_BAD_DESCRIPTION, "residual"},
  {"decoder/residual missing", DESCRIPTION, ", \"residual\": true}, \"process\"", "}, \"process\"",
   RST_BAD_DESCRIPTION, "residual"},
  {"process/kind", DESCRIPTION, "\"diffusion\"", "\"magic\"", RST_BAD_DESCRIPTION, "kind"},
  {"process/predicts", DESCRIPTION, "\"noise\"", "\"picture\"", RST_BAD_DESCRIPTION, "predicts"},
  {"process/schedule", DESCRIPTION, "\"cosine\"", "\"cubic\"", RST_BAD_DESCRIPTION, "schedule"},
  {"process/1 step", DESCRIPTION, "\"steps\": 20", "\"steps\": 1", RST_BAD_DESCRIPTION, "steps"},
  {"process/4001 steps", DESCRIPTION, "\"steps\": 20", "\"steps\": 4001", RST_BAD_DESCRIPTION,
   "steps"},
  {"colour/unknown", DESCRIPTION, "\"rgb\"", "\"grb\"", RST_BAD_DESCRIPTION, "colour"},
  {"colour/missing", DESCRIPTION, ", \"colour\": \"rgb\"", "", RST_BAD_DESCRIPTION, "colour"},
  {"luma/reach too far", DESCRIPTION, "\"luma\": {", "\"luma\": {\"reach\": 3, ",
   RST_BAD_DESCRIPTION, "reach"},
  {"luma/reach without condition", DESCRIPTION, "\"luma\": {\"condition\": true",
   "\"luma\": {\"reach\": 1, \"condition\": false", RST_BAD_DESCRIPTION, "reach"},
  {"luma/pixel without condition", DESCRIPTION, "\"luma\": {\"condition\": true",
   "\"luma\": {\"pixel\": true, \"condition\": false", RST_BAD_DESCRIPTION, "pixel"},
  {"luma/pixel of another type", DESCRIPTION, "\"luma\": {", "\"luma\": {\"pixel\": 1, ",
   RST_BAD_DESCRIPTION, "pixel"},
  {"luma/pixel without weights", DESCRIPTION, "\"luma\": {", "\"luma\": {\"pixel\": true, ",
   RST_BAD_TENSOR, "decoder.block0.dense0.kernel"},
  {"luma/guided without pixel", DESCRIPTION, "\"luma\": {",
   "\"luma\": {\"guided\": {\"radius\": 2, \"epsilon\": 0.1}, ", RST_BAD_DESCRIPTION, "guided"},
  {"luma/guided for diffusion", DESCRIPTION, "\"luma\": {",
   "\"luma\": {\"pixel\": true, \"guided\": {\"radius\": 2, \"epsilon\": 0.1}, ",
   RST_BAD_DESCRIPTION, "guided"},
  {"luma/guided by 0", DESCRIPTION, "\"luma\": {",
   "\"luma\": {\"pixel\": true, \"guided\": {\"radius\": 0, \"epsilon\": 0.1}, ",
   RST_BAD_DESCRIPTION, "radius"},
  {"luma/guided by 65", DESCRIPTION, "\"luma\": {",
   "\"luma\": {\"pixel\": true, \"guided\": {\"radius\": 65, \"epsilon\": 0.1}, ",
   RST_BAD_DESCRIPTION, "radius"},
  {"luma/guided without epsilon", DESCRIPTION, "\"luma\": {",
   "\"luma\": {\"pixel\": true, \"guided\": {\"radius\": 2, \"epsilon\": 0}, ", RST_BAD_DESCRIPTION,
   "epsilon"},
  {"luma/guided of another key", DESCRIPTION, "\"luma\": {",
   "\"luma\": {\"pixel\": true, \"guided\": {\"radius\": 2, \"epsilon\": 0.1, \"reach\": 1}, ",
   RST_BAD_DESCRIPTION, "reach"},
  {"luma/enlarger by 1", DESCRIPTION, "\"luma\": {",
   "\"luma\": {\"enlarger\": {\"factor\": 1, \"channels\": [4]}, ", RST_BAD_DESCRIPTION, "factor"},
  {"luma/enlarger by 5", DESCRIPTION, "\"luma\": {",
   "\"luma\": {\"enlarger\": {\"factor\": 5, \"channels\": [4]}, ", RST_BAD_DESCRIPTION, "factor"},
  {"luma/enlarger without channels", DESCRIPTION, "\"luma\": {",
   "\"luma\": {\"enlarger\": {\"factor\": 2, \"channels\": []}, ", RST_BAD_DESCRIPTION, "channels"},
  {"fill/reach 0", DESCRIPTION, "\"luma\": {",
   "\"fill\": {\"reach\": 0, \"dense\": [4]}, \"luma\": {", RST_BAD_DESCRIPTION, "reach"},
  {"fill/reach 9", DESCRIPTION, "\"luma\": {",
   "\"fill\": {\"reach\": 9, \"dense\": [4]}, \"luma\": {", RST_BAD_DESCRIPTION, "reach"},
  {"fill/without layers", DESCRIPTION, "\"luma\": {",
   "\"fill\": {\"reach\": 2, \"dense\": []}, \"luma\": {", RST_BAD_DESCRIPTION, "dense"},
  {"fill/unknown in it", DESCRIPTION, "\"luma\": {",
   "\"fill\": {\"reach\": 2, \"dense\": [4], \"ends\": 3}, \"luma\": {", RST_BAD_DESCRIPTION,
   "ends"},
  {"fill/without weights", DESCRIPTION, "\"luma\": {",
   "\"fill\": {\"reach\": 2, \"dense\": [4]}, \"luma\": {", RST_BAD_TENSOR, "fill.dense0.kernel"},
  {"luma/unknown in enlarger", DESCRIPTION, "\"luma\": {",
   "\"luma\": {\"enlarger\": {\"kernel\": 3}, ", RST_BAD_DESCRIPTION, "kernel"},
  {"luma/enlarger without weights", DESCRIPTION, "\"luma\": {",
   "\"luma\": {\"enlarger\": {\"factor\": 2, \"channels\": [4]}, ", RST_BAD_TENSOR,
   "enlarger.conv0.kernel"},
  {"luma/enlarger of nothing", DESCRIPTION, "\"luma\": {\"condition\": true, \"residual\": true",
   "\"luma\": {\"enlarger\": {\"factor\": 2, \"channels\": [4]}", RST_BAD_DESCRIPTION, "enlarger"},
  {"luma/null", DESCRIPTION, "\"luma\": {", "\"luma\": null, \"luma\": {", RST_BAD_DESCRIPTION,
   "luma"},
  {"luma/number", DESCRIPTION, "\"condition\": true", "\"condition\": 1", RST_BAD_DESCRIPTION,
   "condition"},
};

static GByteArray *meddle(const bad_file *bad) {
  network *n = network_new(&net_small);
  GByteArray *data, *file;
  char *header;

  if (bad->where == DESCRIPTION) {
    char *changed = bad->from ? replace(n->description, bad->from, bad->to) : g_strdup(bad->to);

    g_free(n->description);
    n->description = changed;
  } else if (bad->where == CARD) {
    n->card = g_strdup(bad->to);
  } else if (bad->where == WEIGHT) {
    weights *w = network_find(n, "%s", bad->from);

    w->values[w->count - 1] = strtof(bad->to, NULL);
  }
  header = network_header(n);
  if (bad->where == HEADER) {
    char *changed = bad->from ? replace(header, bad->from, bad->to) : g_strdup(bad->to);

    g_free(header);
    header = changed;
  }
  data = network_data(n);
  file = network_join(header, data);
  if (bad->where == LENGTH) {
    const bool relative = bad->to[0] == '+' || bad->to[0] == '-';
    const guint64 length = relative ? strlen(header) + (guint64)g_ascii_strtoll(bad->to, NULL, 10)
                                    : g_ascii_strtoull(bad->to, NULL, 10);

    for (int i = 0; i < 8; i++)
      file->data[i] = (guint8)(length >> (8 * i));
  } else if (bad->where == APPEND) {
    g_byte_array_append(file, (const guint8 *)bad->to, (guint)strlen(bad->to));
  }
  g_byte_array_unref(data);
  g_free(header);
  network_free(n);
  return file;
}

static void refuse(gconstpointer data) {
  const bad_file *bad = data;
  GByteArray *file = meddle(bad);
  rst_error error = RST_ERROR_INIT;
  rst_model *model = NULL;

  assert_status(rst_model_parse(file->data, file->len, &model, &error), bad->code);
  assert_error(&error, bad->code, bad->subject);
  g_assert_null(model);
  assert_status(rst_model_parse(file->data, file->len, &model, NULL), bad->code);
  g_byte_array_unref(file);
}

/* Many keys must not take quadratic time: a file of 256 MiB could hold millions. */
static void refuse_many_keys(void) {
  GString *header = g_string_new("{\"__metadata__\": {");
  GByteArray *data = g_byte_array_new(), *file;
  rst_error error = RST_ERROR_INIT;
  rst_model *model;

  for (int i = 0; i < 100000; i++)
    g_string_append_printf(header, "\"%d\": \"\", ", i);
  g_string_append(header, "\"0\": \"\"}}");
  file = network_join(header->str, data);
  assert_status(rst_model_parse(file->data, file->len, &model, &error), RST_BAD_FILE);
  assert_error(&error, RST_BAD_FILE, "__metadata__");
  g_byte_array_unref(file);
  g_byte_array_unref(data);
  g_string_free(header, TRUE);
}

/* A JSON text takes many times its length once it is read. */
static void refuse_long_header(void) {
  const size_t size = (size_t)17 << 20;
  GByteArray *file = g_byte_array_sized_new((guint)size);
  rst_error error = RST_ERROR_INIT;
  rst_model *model;

  g_byte_array_set_size(file, (guint)size);
  memset(file->data, ' ', size);
  for (int i = 0; i < 8; i++)
    file->data[i] = (guint8)((size - 8) >> (8 * i));
  file->data[size - 2] = '{';
  file->data[size - 1] = '}';
  assert_status(rst_model_parse(file->data, file->len, &model, &error), RST_BAD_FILE);
  assert_error(&error, RST_BAD_FILE, "the header");
  g_byte_array_unref(file);
}

/* Texts of a file may be cut for a message, not inside a character. */
static void keep_messages_readable(void) {
  for (int shift = 0; shift < 4; shift++) {
    GString *kind = g_string_new("\"");
    bad_file bad = {"", DESCRIPTION, "\"diffusion\"", NULL, RST_BAD_DESCRIPTION, "kind"};

    for (int i = 0; i < shift; i++)
      g_string_append_c(kind, 'x');
    for (int i = 0; i < 400; i++)
      g_string_append(kind, "\xf0\x9f\x98\x80");
    g_string_append_c(kind, '"');
    bad.to = kind->str;
    refuse(&bad);
    bad = (bad_file){"", DESCRIPTION, "\"format\"", kind->str, RST_BAD_DESCRIPTION, NULL};
    refuse(&bad);
    bad = (bad_file){"", HEADER, "\"encoder.norm.gamma\"", kind->str, RST_BAD_TENSOR, NULL};
    refuse(&bad);
    g_string_free(kind, TRUE);
  }
}

/* ---- every byte ---- */

static void truncate_everywhere(void) {
  network *n = network_new(&net_small);
  GByteArray *file = network_file(n);

  for (guint size = 0; size < file->len; size++) {
    rst_error error = RST_ERROR_INIT;
    rst_model *model;
    /* of its very size, so that a read beyond the end is seen */
    guint8 *bytes = g_memdup2(file->data, size);

    if (rst_model_parse(bytes, size, &model, &error) == RST_OK)
      g_error("the first %u of %u bytes were accepted", size, file->len);
    g_assert_true(error.code == RST_BAD_FILE || error.code == RST_BAD_TENSOR);
    g_free(bytes);
  }
  g_byte_array_unref(file);
  network_free(n);
}

/* Whatever a flipped byte makes of a file: refused, or a model that can be used. */
static void flip_everywhere(void) {
  static const guint8 masks[] = {0x01, 0x20, 0x80};
  network *n = network_new(&net_small);
  GByteArray *file = network_file(n);
  rst_session *session = new_session(1);
  const rst_window window = {0, 0, 9};
  rst_parameters parameters = new_parameters("step-skip=20", NULL);
  int refused = 0, loaded = 0;
  rst_grid grid;

  rst_grid_pixels(&grid, 0, 0, 3, 3);
  for (guint at = 0; at < file->len; at++)
    for (size_t i = 0; i < G_N_ELEMENTS(masks); i++) {
      rst_error error = RST_ERROR_INIT;
      rst_model *model;

      file->data[at] ^= masks[i];
      if (rst_model_parse(file->data, file->len, &model, &error) != RST_OK) {
        assert_error(&error, error.code, NULL);
        g_assert_cmpint(error.code, >=, RST_BAD_FILE);
        g_assert_cmpint(error.code, <=, RST_BAD_TENSOR);
        refused++;
      } else {
        if (loaded++ % 16 == 0) {
          float colours[27];
          rst_model_info info = {.size = sizeof info};
          rst_encoding *encoding;

          rst_model_get_info(model, &info);
          if (info.input_size == 9) {
            encoding = new_encoding(session, model, &window, 1);
            parameters.step_skip = info.steps > 0 ? info.steps : 1;
            assert_ok(rst_sample(session, encoding, &parameters, &grid, NULL, colours, NULL, NULL));
            rst_encoding_unref(encoding);
          }
        }
        rst_model_unref(model);
      }
      file->data[at] ^= masks[i];
    }
  g_assert_cmpint(refused, >, 1000);
  g_assert_cmpint(loaded, >, 1000);
  rst_session_free(session);
  g_byte_array_unref(file);
  network_free(n);
}

/* ---- paths ---- */

static void read_paths(void) {
  char *folder = g_dir_make_tmp("restorator-XXXXXX", NULL);
  char *good = g_build_filename(folder, "good", NULL), *pipe = g_build_filename(folder, "p", NULL);
  char *large = g_build_filename(folder, "large", NULL);
  char *missing = g_build_filename(folder, "missing", NULL);
  char *below = g_build_filename(good, "below", NULL);
  network *n = network_new(&net_small);
  GByteArray *file = network_file(n);
  const struct {
    const char *path;
    rst_status code;
  } cases[] = {
    {folder, RST_NOT_A_FILE},      {pipe, RST_NOT_A_FILE},      {"/dev/zero", RST_NOT_A_FILE},
    {"/dev/null", RST_NOT_A_FILE}, {large, RST_FILE_TOO_LARGE}, {missing, RST_CANNOT_OPEN},
    {below, RST_CANNOT_OPEN},      {"", RST_CANNOT_OPEN},
  };
  rst_error error = RST_ERROR_INIT;
  rst_model *model;

  g_assert_true(g_file_set_contents(good, (const char *)file->data, file->len, NULL));
  assert_ok(rst_model_read(good, &model, NULL));
  rst_model_unref(model);
  g_assert_cmpint(mkfifo(pipe, 0600), ==, 0);
  g_assert_true(g_file_set_contents(large, "", 0, NULL));
  g_assert_cmpint(truncate(large, ((off_t)256 << 20) + 1), ==, 0);
  for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
    rst_error_init(&error);
    model = NULL;
    assert_status(rst_model_read(cases[i].path, &model, &error), cases[i].code);
    assert_error(&error, cases[i].code, cases[i].path);
    g_assert_null(model);
  }
  assert_status(rst_model_read(large, &model, &error), RST_FILE_TOO_LARGE);
  g_assert_cmpfloat(error.high, ==, 268435456.0);
  g_assert_cmpstr(error.value, ==, "268435457");
  assert_status(rst_model_read(missing, &model, &error), RST_CANNOT_OPEN);
  g_assert_cmpstr(error.value, ==, g_strerror(ENOENT));
  g_unlink(good);
  g_unlink(pipe);
  g_unlink(large);
  g_rmdir(folder);
  g_byte_array_unref(file);
  network_free(n);
  g_free(folder);
  g_free(good);
  g_free(pipe);
  g_free(large);
  g_free(missing);
  g_free(below);
}

static void refuse_calls(void) {
  rst_error error = RST_ERROR_INIT, small = {.size = 1};
  rst_model *model;

  assert_status(rst_model_parse(NULL, 5, &model, &error), RST_BAD_CALL);
  assert_status(rst_model_parse(NULL, 0, &model, &error), RST_BAD_FILE);
  assert_status(rst_model_parse("", 0, NULL, &error), RST_BAD_CALL);
  assert_status(rst_model_read(NULL, &model, &error), RST_BAD_CALL);
  /* another program's idea of the struct is left alone */
  assert_status(rst_model_parse(NULL, 0, &model, &small), RST_BAD_FILE);
  g_assert_cmpint(small.code, ==, RST_OK);
  g_assert_cmpstr(small.message, ==, "");
}

/* The exact file, by its sum and its path; a program with an older header gets what it knows. */
static void test_file(void) {
  network *n = network_new(&net_small);
  GByteArray *bytes = network_file(n);
  char *path = g_build_filename(g_get_tmp_dir(), "restorator-sum.safetensors", NULL);
  char *sum = g_compute_checksum_for_data(G_CHECKSUM_SHA256, bytes->data, bytes->len);
  struct {
    rst_model_info info;
    char behind[8];
  } old = {{.size = offsetof(rst_model_info, sha256)}, "behind"};
  rst_model_info info = {.size = sizeof info};
  rst_model *model;

  g_assert_true(g_file_set_contents(path, (const char *)bytes->data, bytes->len, NULL));
  assert_ok(rst_model_parse(bytes->data, bytes->len, &model, NULL));
  rst_model_get_info(model, &info);
  g_assert_cmpstr(info.sha256, ==, sum);
  g_assert_cmpstr(info.path, ==, "");
  rst_model_unref(model);
  assert_ok(rst_model_read(path, &model, NULL));
  rst_model_get_info(model, &info);
  g_assert_cmpstr(info.sha256, ==, sum);
  g_assert_cmpstr(info.path, ==, path);
  rst_model_get_info(model, &old.info);
  g_assert_cmpint(old.info.input_size, ==, info.input_size);
  g_assert_cmpuint(old.info.size, ==, offsetof(rst_model_info, sha256));
  g_assert_null(old.info.sha256);
  rst_model_unref(model);
  for (gsize size = 0; size < 200; size++) { /* each padding */
    char mine[65], *its = g_compute_checksum_for_data(G_CHECKSUM_SHA256, bytes->data, size);

    rst_sha256(bytes->data, size, mine);
    g_assert_cmpstr(mine, ==, its);
    g_free(its);
  }
  g_remove(path);
  g_free(path);
  g_free(sum);
  g_byte_array_unref(bytes);
  network_free(n);
}

static void test_version(void) {
  char *version =
    g_strdup_printf("%d.%d.%d", RST_VERSION_MAJOR, RST_VERSION_MINOR, RST_VERSION_MICRO);

  g_assert_cmpstr(version, ==, rst_version());
  g_assert_true(RST_CHECK_VERSION(0, 1, 0));
  g_assert_false(RST_CHECK_VERSION(RST_VERSION_MAJOR, RST_VERSION_MINOR, RST_VERSION_MICRO + 1));
  g_assert_false(RST_CHECK_VERSION(RST_VERSION_MAJOR + 1, 0, 0));
  g_free(version);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/model/good", read_good);
  g_test_add_func("/model/single pass", read_single_pass);
  g_test_add_func("/model/silent description", read_silent);
  for (size_t i = 0; i < G_N_ELEMENTS(bad_files); i++) {
    char *path = g_strdup_printf("/model/bad/%s", bad_files[i].name);

    g_test_add_data_func(path, &bad_files[i], refuse);
    g_free(path);
  }
  g_test_add_func("/model/many keys", refuse_many_keys);
  g_test_add_func("/model/long header", refuse_long_header);
  g_test_add_func("/model/readable messages", keep_messages_readable);
  g_test_add_func("/model/truncated everywhere", truncate_everywhere);
  g_test_add_func("/model/flipped everywhere", flip_everywhere);
  g_test_add_func("/model/paths", read_paths);
  g_test_add_func("/model/calls", refuse_calls);
  g_test_add_func("/model/file", test_file);
  g_test_add_func("/model/version", test_version);
  return g_test_run();
}
