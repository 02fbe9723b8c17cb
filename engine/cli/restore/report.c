/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "restore/report.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yyjson.h>

#include "base/error.h"
#include "io/picture_kind.h"

/* A choice's name, as on the command line. */
static const char *choice_name(const char *parameter, int value) {
  return rst_parameter_find(parameter)->choices[value];
}

void report_ignored(const cli_job *job) {
  const rst_parameters *parameters = &job->parameters;
  size_t count;
  const rst_parameter *table = rst_parameter_table(&count);
  for (size_t i = 0; i < count; i++) {
    const rst_parameter *p = &table[i];
    if (!g_hash_table_contains(job->options->given.values, p->name))
      continue;
    switch (rst_parameter_use(p, parameters, &job->info)) {
      case RST_UNUSED_SINGLE_PASS:
        cli_say(_("%s has no effect: %s is a single-pass model"), p->name, parameters->model);
        break;
      case RST_UNUSED_SAMPLER:
        cli_say(_("%s has no effect with the sampler %s"), p->name,
                choice_name("sampler", rst_resolve_sampler(parameters)));
        break;
      case RST_UNUSED_SEQUENCE:
        cli_say(_("%s has no effect: the quadratic sequence has its own steps"), p->name);
        break;
      case RST_UNUSED_NOISE:
        cli_say(_("%s has no effect: no step adds noise"), p->name);
        break;
      case RST_UNUSED_WINDOW:
        cli_say(_("%s has no effect: the window is given"), p->name);
        break;
      case RST_UNUSED_MODE:
        cli_say(_("%s has no effect: the mode detail keeps the picture's colours"), p->name);
        break;
      case RST_UNUSED_FACES:
        cli_say(_("%s has no effect: the window is not “faces”"), p->name);
        break;
      case RST_USED:
      default:
        break;
    }
  }
}

/* One parameter that is used, in words of its own; false where it has none. */
static bool add_worded(GString *text, const char *name, const rst_parameters *p) {
  if (strcmp(name, "stochasticity") == 0)
    g_string_append_printf(text, _(", stochasticity %g"), p->stochasticity);
  else if (strcmp(name, "noise-stddev") == 0)
    g_string_append_printf(text, _(", noise stddev %s"), choice_name(name, p->noise_stddev));
  else if (strcmp(name, "project") == 0)
    g_string_append(text, p->project ? _(", projected") : "");
  else if (strcmp(name, "clip") == 0)
    g_string_append(text, p->clip ? _(", clipped") : "");
  else if (strcmp(name, "seed") == 0)
    g_string_append_printf(text, _(", seed %d"), p->seed);
  else
    return false;
  return true;
}

/* Adds the parameters that these stages read and that are used. What has no words of its own is
 * called as on the command line, where it is not at its default. */
static void add_parameters(GString *text, const rst_parameters *parameters,
                           const rst_model_info *info, unsigned stages) {
  /* The report has these anyway: as what they come to. */
  static const char *const told[] = {"model",   "sampler", "step-skip", "sequence", "mode",
                                     "context", "window",  "match",     NULL};
  rst_parameters initial;
  size_t count;
  const rst_parameter *table = rst_parameter_table(&count);
  rst_parameters_init(&initial);
  for (size_t i = 0; i < count; i++) {
    const rst_parameter *p = &table[i];
    char value[1024], its[1024];
    if ((rst_parameter_stages(p) & stages) == 0 || g_strv_contains(told, p->name) ||
        rst_parameter_use(p, parameters, info) != RST_USED || add_worded(text, p->name, parameters))
      continue;
    if (rst_parameters_get(parameters, p->name, value, sizeof value, NULL) == RST_OK &&
        rst_parameters_get(&initial, p->name, its, sizeof its, NULL) == RST_OK &&
        strcmp(value, its) != 0)
      g_string_append_printf(text, ", %s %s", p->name, value);
  }
}

char *report_setup(const rst_parameters *p, const rst_model *model) {
  rst_model_info info = {.size = sizeof info};
  rst_model_get_info(model, &info);
  if (info.process == RST_SINGLE_PASS)
    return g_strdup(_("single pass"));
  int passes = 0;
  rst_parameters_steps(p, model, NULL, &passes, NULL);
  GString *text = g_string_new(NULL);
  g_string_append_printf(text, _("%s, %d of %d steps"),
                         choice_name("sampler", rst_resolve_sampler(p)), passes, info.steps);
  add_parameters(text, p, &info, RST_STAGE_SAMPLE);
  return g_string_free(text, FALSE);
}

/* How the parts were joined and what the network saw, in words: each mode in use, and the window,
 * or the range of the windows' sides. */
static char *parts_text(const rst_parameters *parameters, const rst_plan *plan) {
  GString *text = g_string_new(_("mode "));
  unsigned seen = 0;
  int smallest = plan->parts[0].window.side, largest = smallest;
  for (int i = 0; i < plan->count; i++) {
    const rst_part *part = &plan->parts[i];
    if ((seen & 1u << part->mode) == 0)
      g_string_append_printf(text, "%s%s", seen == 0 ? "" : "/", choice_name("mode", part->mode));
    seen |= 1u << part->mode;
    smallest = MIN(smallest, part->window.side);
    largest = MAX(largest, part->window.side);
  }
  if (rst_resolve_match(parameters))
    g_string_append(text, _(", matched to the surroundings"));
  add_parameters(text, parameters, NULL, (unsigned)~RST_STAGE_SAMPLE);
  if (plan->count == 1)
    g_string_append_printf(text, _(", window %d,%d,%d"), plan->parts[0].window.x,
                           plan->parts[0].window.y, plan->parts[0].window.side);
  else
    g_string_append_printf(text, _(", %d parts, windows of %d to %d pixels"), plan->count, smallest,
                           largest);
  return g_string_free(text, FALSE);
}

/* What an uncertainty's picture shows. */
static void report_uncertainty(const cli_job *job, const cli_item *item) {
  g_autofree char *setup = report_setup(&job->parameters, job->model);
  cli_say(_("%s: standard deviation of %" PRId64 " points over %d seeds with %s (%s), white is %g, "
            "in %.1f s"),
          item->output, item->points, job->options->uncertainty, job->parameters.model, setup,
          item->white, item->seconds);
}

/* What was found, and what was done to it. */
static char *photo_text(const cli_job *job, const cli_item *item) {
  const rst_photo_info *found = &item->found;
  GString *text = g_string_new(picture_kind_name(found->kind));
  if (job->settings.damage && found->damaged == 0)
    g_string_append(text, _(", no damage"));
  else if (job->settings.damage)
    g_string_append_printf(text, _(", damage on %.3g %% of it mended"),
                           100.0 * (double)found->damaged / (double)MAX(found->covered, 1));
  if (job->settings.tone && found->takes_tone)
    g_string_append(
      text, rst_tone_is_identity(&found->tone) ? _(", not faded") : _(", fading corrected"));
  if (job->settings.colour && !item->coloured)
    g_string_append(text, _(", its colours kept"));
  return g_string_free(text, FALSE);
}

static void report_photo(const cli_job *job, const cli_item *item) {
  g_autofree char *text = photo_text(job, item);
  if (!item->coloured) {
    cli_say(_("%s: %s, in %.1f s"), item->output, text, item->seconds);
    return;
  }
  g_autofree char *parts = parts_text(&item->parameters, item->plan);
  cli_say(_("%s: %s, coloured with %s, %s, in %.1f s"), item->output, text, job->parameters.model,
          parts, item->seconds);
}

void report_done(const cli_job *job, const cli_item *item) {
  if (job->options->uncertainty > 0) {
    report_uncertainty(job, item);
    return;
  }
  if (file_is_lossy(item->format))
    cli_say(_("%s: JPEG compresses anew, so that pixels outside the region change a little; "
              "PNG keeps them"),
            item->output);
  if (item->source.half && file_holds_floats(item->format))
    cli_say(_("%s: half floats are written as floats of 32 bits, which hold the same values"),
            item->output);
  if (job->photo) {
    report_photo(job, item);
    return;
  }
  g_autofree char *setup = report_setup(&job->parameters, job->model);
  g_autofree char *parts = parts_text(&job->parameters, item->plan);
  cli_say(_("%s: restored %" PRId64 " points with %s (%s), %s, in %.1f s"), item->output,
          item->points, job->parameters.model, setup, parts, item->seconds);
}

static void add_path(yyjson_mut_doc *doc, yyjson_mut_val *object, const char *key,
                     const char *path) {
  g_autofree char *name = g_filename_display_name(path);
  yyjson_mut_obj_add_strcpy(doc, object, key, name);
}

static void add_channels(yyjson_mut_doc *doc, yyjson_mut_val *object, const char *key,
                         const double channels[3]) {
  yyjson_mut_val *list = yyjson_mut_obj_add_arr(doc, object, key);
  for (int c = 0; c < 3; c++)
    yyjson_mut_arr_add_real(doc, list, channels[c]);
}

static void add_faces(yyjson_mut_doc *doc, yyjson_mut_val *object, const char *text) {
  rst_face faces[RST_FACES_MAX];
  int count = 0;
  yyjson_mut_val *list = yyjson_mut_obj_add_arr(doc, object, "faces");
  rst_faces_parse(text, faces, &count, NULL);
  for (int i = 0; i < count; i++) {
    yyjson_mut_val *one = yyjson_mut_arr_add_obj(doc, list);
    yyjson_mut_obj_add_int(doc, one, "x", faces[i].x);
    yyjson_mut_obj_add_int(doc, one, "y", faces[i].y);
    yyjson_mut_obj_add_int(doc, one, "width", faces[i].width);
    yyjson_mut_obj_add_int(doc, one, "height", faces[i].height);
  }
}

static void add_photo(yyjson_mut_doc *doc, yyjson_mut_val *object, const cli_item *item) {
  static const char *const kinds[] = {
    [RST_PICTURE_MONOCHROME] = "monochrome",
    [RST_PICTURE_TONED] = "toned",
    [RST_PICTURE_COLOURED] = "coloured",
    [RST_PICTURE_DRAWING] = "drawing",
  };
  const rst_photo_info *found = &item->found;
  const cli_job *job = item->job;
  yyjson_mut_obj_add_str(doc, object, "kind", kinds[found->kind]);
  if (job->settings.damage)
    yyjson_mut_obj_add_real(doc, object, "damaged",
                            (double)found->damaged / (double)MAX(found->covered, 1));
  if (!rst_tone_is_identity(&found->tone)) {
    yyjson_mut_val *tone = yyjson_mut_obj_add_obj(doc, object, "tone");
    add_channels(doc, tone, "black", found->tone.black);
    add_channels(doc, tone, "white", found->tone.white);
    add_channels(doc, tone, "middle", found->tone.middle);
  }
  yyjson_mut_obj_add_bool(doc, object, "coloured", item->coloured);
  if (item->coloured)
    add_faces(doc, object, item->parameters.faces);
  yyjson_mut_obj_add_real(doc, object, "prepared", item->prepared);
}

void report_json(const cli_item *item) {
  const char *status = item->skipped ? "skipped" : item->error ? "failed" : "done";
  yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
  yyjson_mut_val *object = yyjson_mut_obj(doc);
  yyjson_mut_doc_set_root(doc, object);
  add_path(doc, object, "input", item->input);
  add_path(doc, object, "output", item->output);
  yyjson_mut_obj_add_str(doc, object, "status", status);
  if (item->error) {
    add_path(doc, object, "message", item->error->message);
  } else if (!item->skipped) {
    yyjson_mut_obj_add_int(doc, object, "points", item->points);
    yyjson_mut_obj_add_real(doc, object, "seconds", item->seconds);
    if (item->job->photo)
      add_photo(doc, object, item);
    if (item->white > 0)
      yyjson_mut_obj_add_real(doc, object, "white", item->white);
  }
  char *line = yyjson_mut_write(doc, 0, NULL);
  /* JSON is UTF-8, whatever the locale's encoding; g_print() would convert it. */
  fputs(line, stdout);
  putchar('\n');
  fflush(stdout);
  free(line);
  yyjson_mut_doc_free(doc);
}
