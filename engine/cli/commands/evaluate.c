/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * evaluate: measures a model and a setup on pictures whose colours are known.
 */
#include <glib/gi18n.h>
#include <stddef.h>
#include <string.h>
#include <yyjson.h>

#include "commands/commands.h"
#include "base/common_options.h"
#include "base/error.h"
#include "io/image_source.h"
#include "io/file.h"
#include "io/text_file.h"
#include "measure/raster.h"
#include "base/parameter_options.h"
#include "base/interrupt.h"
#include "base/progress.h"
#include "restore/report.h"
#include "measure/trial.h"

enum { LABEL = 24, FIGURE = 12, BESIDE = 20 }; /* characters a column of the table */

typedef struct options {
  cli_parameter_options given;
  char **paths;
  char *protocol, *json;
  int pixels, hints, threads;
  gboolean progress;
} options;

typedef struct evaluation {
  rst_parameters parameters;
  rst_model *model;
  char *sha256;
  rst_session *session;
  rst_cancel *cancel;
  bool wanted[PROTOCOLS];
  GPtrArray *files;
  cli_figures *each; /* (files), of both protocols */
  int hints;         /* true ones to a picture; 0: none */
  char **given;      /* (files): these, as text */
} evaluation;

static const char *const protocol_names[PROTOCOLS] = {"reference", "colour"};

static bool take_protocol(const char *name, bool wanted[PROTOCOLS], GError **error) {
  bool found = false;
  for (int i = 0; i < PROTOCOLS; i++) {
    wanted[i] = !name || strcmp(name, protocol_names[i]) == 0;
    found = found || wanted[i];
  }
  if (!found)
    g_set_error(error, CLI_ERROR, CLI_WRONG_USAGE,
                _("--protocol is “%s”, must be reference or colour"), name);
  return found;
}

static bool check(const options *o, GError **error) {
  g_autofree char *fault = NULL;
  if (!o->paths)
    fault = g_strdup(_("a folder of pictures is needed, or pictures"));
  else if (o->pixels < 0)
    fault = g_strdup_printf(_("--pixels is %d, must be 1 or more"), o->pixels);
  else if (o->hints < 0 || o->hints > RST_HINTS_MAX)
    fault = g_strdup_printf(_("--hints is %d, must be 0..256"), o->hints);
  else if (o->hints > 0 && o->pixels > 0)
    fault = g_strdup(_("--hints and --pixels exclude each other"));
  return tool_check(fault, error);
}

static bool parse(void *data, int argc, char **argv, GError **error) {
  options *o = data;
  *o = (options){.pixels = 0};
  const GOptionEntry own[] = {
    {"protocol", 0, 0, G_OPTION_ARG_STRING, &o->protocol,
     N_("What to measure: the error of a small grey picture restored whole, or of the colour given "
        "to a picture of its own size [both]"),
     "reference|colour"},
    {"json", 0, 0, G_OPTION_ARG_FILENAME, &o->json,
     N_("Write all figures, of each picture too, into this file"), N_("FILE")},
    {"pixels", 0, 0, G_OPTION_ARG_INT, &o->pixels,
     N_("Compare that many random pixels of each picture [all]"), "N"},
    {"hints", 0, 0, G_OPTION_ARG_INT, &o->hints,
     N_("Help the protocol colour with that many true colour hints a picture, one after the other "
        "where the colours are the most wrong; the error without them stands beside [0]"),
     "0..256"},
    OPTION_MEGAPIXELS,
    OPTION_THREADS(&o->threads),
    OPTION_PROGRESS(&o->progress),
    OPTION_PATHS(&o->paths),
    G_OPTION_ENTRY_NULL,
  };
  const char *summary =
    _("Measures a model and its setup on colour pictures: files, and folders of them.\n"
      "\n"
      "reference  The truth is each picture's centred square at 178 × 178 pixels. The network\n"
      "           sees its grey, at 64 × 64 or what the model's input is, and restores all of it.\n"
      "           The mean squared error over R'G'B' stands beside that of the input enlarged\n"
      "           bicubically.\n"
      "colour     The truth is each picture at its own size. The network sees its grey and gives\n"
      "           the colour alone. The mean distance to the truth, CIEDE2000, stands beside that\n"
      "           of the grey picture, the mean chroma beside the truth's: pale ones have less.\n"
      "\n"
      "Mode, window and strength are the protocol's. Picture i has the noise of seed + i.");
  return parameter_options_parse(&o->given, _("DIR|PICTURE…"), summary, own, &argc, &argv, error) &&
         check(o, error);
}

/* With hints, they are kept as text. */
static rst_status measure_trial(const evaluation *e, const cli_trial *trial, int index,
                                cli_figures *figures, rst_error *cause) {
  if (trial->protocol == PROTOCOL_REFERENCE || e->hints == 0)
    return trial_measure(trial, e->session, &e->parameters, index, e->cancel, figures, cause);
  rst_hint hints[RST_HINTS_MAX];
  char text[RST_HINTS_TEXT];
  rst_status status = trial_measure_hinted(trial, e->session, &e->parameters, index, e->hints,
                                           e->cancel, hints, figures, cause);
  if (status == RST_OK)
    status = rst_hints_write(hints, e->hints, text, sizeof text, cause);
  if (status == RST_OK)
    e->given[index] = g_strdup(text);
  return status;
}

/* Both protocols on one picture. */
static bool measure(const evaluation *e, int index, int pixels, cli_figures *figures,
                    GError **error) {
  const char *path = e->files->pdata[index];
  rst_error cause = RST_ERROR_INIT;
  cli_raster raster;
  if (!raster_read_truth(&raster, path, e->cancel, error))
    return false;
  rst_status status = RST_OK;
  for (int i = 0; i < PROTOCOLS && status == RST_OK; i++) {
    cli_trial trial;
    cli_figures one;
    if (!e->wanted[i])
      continue;
    status = trial_init(&trial, i, &raster, pixels, index, e->session, e->model, e->cancel, &cause);
    if (status != RST_OK)
      break;
    status = measure_trial(e, &trial, index, &one, &cause);
    trial_clear(&trial);
    if (i == PROTOCOL_REFERENCE) {
      figures->mse = one.mse;
      figures->bicubic = one.bicubic;
    } else {
      figures->ciede2000 = one.ciede2000;
      figures->ciede2000_grey = one.ciede2000_grey;
      figures->ciede2000_unhinted = one.ciede2000_unhinted;
      figures->chroma = one.chroma;
      figures->chroma_truth = one.chroma_truth;
    }
    figures->seconds += one.seconds;
  }
  raster_clear(&raster);
  if (status == RST_CANCELLED)
    cli_fail_interrupted(error);
  else if (status != RST_OK)
    cli_fail_engine(error, &cause);
  return status == RST_OK;
}

/* Means over the pictures; seconds are summed. */
static cli_figures mean(const evaluation *e) {
  cli_figures sum = {0};
  double n = e->files->len;
  for (guint i = 0; i < e->files->len; i++) {
    const cli_figures *one = &e->each[i];
    sum.mse += one->mse / n;
    sum.bicubic += one->bicubic / n;
    sum.ciede2000 += one->ciede2000 / n;
    sum.ciede2000_grey += one->ciede2000_grey / n;
    sum.ciede2000_unhinted += one->ciede2000_unhinted / n;
    sum.chroma += one->chroma / n;
    sum.chroma_truth += one->chroma_truth / n;
    sum.seconds += one->seconds;
  }
  return sum;
}

/* ---- what is reported ---- */

/* A text in a column of the table; widths are counted in characters. */
static void print_cell(const char *text, int width) {
  g_print("%s%*s", text, (int)MAX(1, width - g_utf8_strlen(text, -1)), "");
}

static void print_row(const char *label, int decimals, double restored, double beside,
                      const char *what) {
  g_autofree char *first = g_strdup_printf("%.*f", decimals, restored);
  g_autofree char *second = g_strdup_printf("%.*f %s", decimals, beside, what);
  print_cell(label, LABEL);
  print_cell(first, FIGURE);
  print_cell(second, BESIDE);
  if (beside > 0)
    g_print("%.4f", restored / beside);
  g_print("\n");
}

static guint count_worse(const evaluation *e) {
  guint worse = 0;
  for (guint i = 0; i < e->files->len; i++)
    worse += e->each[i].ciede2000 > e->each[i].ciede2000_unhinted;
  return worse;
}

static void print_table(const evaluation *e, const cli_figures *f) {
  rst_model_info info = {.size = sizeof info};
  rst_model_get_info(e->model, &info);
  g_autofree char *setup = report_setup(&e->parameters, e->model);
  g_print(ngettext("%s (%s), %u picture\n\n", "%s (%s), %u pictures\n\n", e->files->len),
          e->parameters.model, setup, e->files->len);
  print_cell("", LABEL);
  print_cell(_("restored"), FIGURE);
  print_cell(_("beside it"), BESIDE);
  g_print("%s\n", _("ratio"));
  if (e->wanted[PROTOCOL_REFERENCE])
    print_row(_("RGB MSE, 178 × 178"), 6, f->mse, f->bicubic, _("bicubic"));
  if (e->wanted[PROTOCOL_COLOUR]) {
    print_row(_("CIEDE2000, mode colour"), 3, f->ciede2000, f->ciede2000_grey, _("grey"));
    if (e->hints > 0)
      print_row(_("the same, hinted"), 3, f->ciede2000, f->ciede2000_unhinted, _("without hints"));
    print_row(_("chroma, mode colour"), 3, f->chroma, f->chroma_truth, _("truth"));
  }
  if (e->hints > 0 && e->wanted[PROTOCOL_COLOUR]) {
    guint worse = count_worse(e);
    g_print(ngettext("\n%u picture got worse with %d hints\n",
                     "\n%u pictures got worse with %d hints\n", worse),
            worse, e->hints);
  }
  g_print(_("\nprocessor time of the points: %.2f s\n"), f->seconds);
  if (e->wanted[PROTOCOL_REFERENCE] && info.input_size != 64)
    g_print(_("The model's input is %d × %d: its errors cannot be compared with those of "
              "64 × 64.\n"),
            info.input_size, info.input_size);
}

/* What was not measured is null. */
static void add_number(yyjson_mut_doc *doc, yyjson_mut_val *object, const char *key, bool known,
                       double value) {
  if (known)
    yyjson_mut_obj_add_real(doc, object, key, value);
  else
    yyjson_mut_obj_add_null(doc, object, key);
}

static void add_figures(const evaluation *e, yyjson_mut_doc *doc, yyjson_mut_val *object,
                        const cli_figures *f) {
  bool reference = e->wanted[PROTOCOL_REFERENCE], colour = e->wanted[PROTOCOL_COLOUR];
  add_number(doc, object, "mse", reference, f->mse);
  add_number(doc, object, "bicubic", reference, f->bicubic);
  add_number(doc, object, "ratio", reference && f->bicubic > 0, f->mse / f->bicubic);
  add_number(doc, object, "ciede2000", colour, f->ciede2000);
  add_number(doc, object, "ciede2000_grey", colour, f->ciede2000_grey);
  if (e->hints > 0)
    add_number(doc, object, "ciede2000_unhinted", colour, f->ciede2000_unhinted);
  add_number(doc, object, "chroma", colour && f->chroma_truth > 0, f->chroma / f->chroma_truth);
  add_number(doc, object, "processor_seconds", true, f->seconds);
}

/* The sampler's parameters; null for a single pass. */
static void add_setup(const evaluation *e, yyjson_mut_doc *doc, yyjson_mut_val *root,
                      const rst_model_info *info) {
  int passes = 1;
  rst_parameters_steps(&e->parameters, e->model, NULL, &passes, NULL);
  yyjson_mut_obj_add_int(doc, root, "passes", passes);
  if (info->process == RST_SINGLE_PASS) {
    yyjson_mut_obj_add_null(doc, root, "setup");
    return;
  }
  yyjson_mut_val *setup = yyjson_mut_obj_add_obj(doc, root, "setup");
  const rst_model_info single_pass = {.size = sizeof single_pass, .process = RST_SINGLE_PASS};
  size_t count;
  const rst_parameter *table = rst_parameter_table(&count);
  for (size_t i = 0; i < count; i++) {
    char text[1024];
    if (rst_parameter_use(&table[i], &e->parameters, &single_pass) != RST_UNUSED_SINGLE_PASS ||
        rst_parameters_get(&e->parameters, table[i].name, text, sizeof text, NULL) != RST_OK)
      continue;
    yyjson_mut_obj_add_val(doc, setup, table[i].name,
                           table[i].type == RST_TYPE_CHOICE ? yyjson_mut_strcpy(doc, text)
                                                            : yyjson_mut_rawcpy(doc, text));
  }
}

static bool write_json(const evaluation *e, const options *o, const cli_figures *all,
                       GError **error) {
  yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
  yyjson_mut_val *root = yyjson_mut_obj(doc);
  rst_model_info info = {.size = sizeof info};
  rst_model_get_info(e->model, &info);
  yyjson_mut_doc_set_root(doc, root);
  char *name = g_filename_display_name(e->parameters.model);
  yyjson_mut_obj_add_str(doc, root, "model", name);
  yyjson_mut_obj_add_str(doc, root, "sha256", e->sha256);
  yyjson_mut_obj_add_str(doc, root, "process",
                         info.process == RST_SINGLE_PASS ? "single pass" : "diffusion");
  yyjson_mut_obj_add_int(doc, root, "input_size", info.input_size);
  add_setup(e, doc, root, &info);
  yyjson_mut_obj_add_uint(doc, root, "pictures", e->files->len);
  if (o->pixels > 0)
    yyjson_mut_obj_add_int(doc, root, "pixels", o->pixels);
  else
    yyjson_mut_obj_add_null(doc, root, "pixels");
  add_figures(e, doc, root, all);
  yyjson_mut_val *each = yyjson_mut_obj_add_arr(doc, root, "each");
  for (guint i = 0; i < e->files->len; i++) {
    yyjson_mut_val *one = yyjson_mut_arr_add_obj(doc, each);
    g_autofree char *file = g_filename_display_basename(e->files->pdata[i]);
    yyjson_mut_obj_add_strcpy(doc, one, "picture", file);
    add_figures(e, doc, one, &e->each[i]);
    if (e->given[i])
      yyjson_mut_obj_add_str(doc, one, "hints", e->given[i]);
  }
  size_t size;
  char *text = yyjson_mut_write(doc, YYJSON_WRITE_PRETTY | YYJSON_WRITE_INF_AND_NAN_AS_NULL, &size);
  bool good = text_file_write(o->json, text, size, error);
  free(text);
  g_free(name);
  yyjson_mut_doc_free(doc);
  return good;
}

static bool run(const void *data, GError **error) {
  const options *o = data;
  evaluation e = {.cancel = interrupt_catch()};
  rst_error cause = RST_ERROR_INIT;
  cli_progress progress;
  rst_parameters_init(&e.parameters);
  bool good =
    (!o->json || file_check_place(o->json, error)) && take_protocol(o->protocol, e.wanted, error) &&
    (e.files = raster_list(o->paths, error)) &&
    (e.model = parameter_options_open(&o->given, RST_PICTURE_MONOCHROME, &e.parameters, &e.sha256,
                                      NULL, error)) &&
    (rst_session_new(o->threads, &e.session, &cause) == RST_OK || cli_fail_engine(error, &cause));
  if (good) {
    e.each = g_new0(cli_figures, e.files->len);
    e.given = g_new0(char *, e.files->len + 1);
    e.hints = o->hints;
    progress_init(&progress, o->progress, false);
    for (guint i = 0; i < e.files->len && good; i++) {
      good = measure(&e, (int)i, o->pixels, &e.each[i], error);
      progress_update(&progress, RST_PHASE_SAMPLING, (i + 1.0) / e.files->len);
    }
    progress_end(&progress);
  }
  if (good) {
    cli_figures all = mean(&e);
    print_table(&e, &all);
    good = !o->json || write_json(&e, o, &all, error);
  }
  for (guint i = 0; e.given && i < e.files->len; i++)
    g_free(e.given[i]);
  g_free(e.given);
  g_free(e.each);
  g_free(e.sha256);
  rst_session_free(e.session);
  rst_model_unref(e.model);
  g_clear_pointer(&e.files, g_ptr_array_unref);
  return good;
}

static void clear(void *data) {
  options *o = data;
  parameter_options_clear(&o->given);
  g_strfreev(o->paths);
  g_free(o->protocol);
  g_free(o->json);
}

const cli_tool evaluate_tool = {sizeof(options), offsetof(options, threads), parse, run, clear};
