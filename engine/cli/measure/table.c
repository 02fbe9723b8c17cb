/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "measure/table.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "io/text_file.h"
#include "target.h"

static const char header[] =
  "noise-stddev,stochasticity,step-skip,project,clip,passes,mse,bicubic,ratio,seconds,run\n";

enum { COLUMNS = 11, KEYS = 5 };

static const char *truth(bool value) {
  return value ? "true" : "false";
}

/* The columns that say which setup it is. */
static char *key_of(const cli_setup *s) {
  const char *stddev = rst_parameter_find("noise-stddev")->choices[s->noise_stddev];
  return g_strdup_printf("%s,%.1f,%d,%s,%s", stddev, s->stochasticity, s->step_skip,
                         truth(s->project), truth(s->clip));
}

static bool fail(GError **error, const char *path, int number, const char *why) {
  g_set_error(error, CLI_ERROR, CLI_FAILED, _("%s, line %d: %s"), path, number, why);
  return false;
}

static bool read_number(const char *text, double *value) {
  char *end;
  *value = g_ascii_strtod(text, &end);
  return end != text && *end == '\0';
}

static bool read_row(char **cells, cli_row *row) {
  double passes;
  row->done = read_number(cells[5], &passes) && read_number(cells[6], &row->mse) &&
              read_number(cells[7], &row->bicubic) && read_number(cells[9], &row->seconds) &&
              row->mse > 0 && row->bicubic > 0;
  row->passes = (int)passes;
  return row->done;
}

static bool read_line(const char *path, int number, const char *line, const char *run,
                      GHashTable *indices, cli_row rows[SETUPS], GError **error) {
  char **cells = g_strsplit(line, ",", -1);
  bool good = g_strv_length(cells) == COLUMNS;
  if (!good) {
    fail(error, path, number, _("is no row of a sweep"));
  } else if (strcmp(cells[COLUMNS - 1], run) != 0) {
    good = fail(error, path, number,
                _("is of another model, other pictures, pixels or seed; choose another file"));
  } else {
    char *rest = cells[KEYS];
    cells[KEYS] = NULL;
    g_autofree char *key = g_strjoinv(",", cells);
    cells[KEYS] = rest;
    void *index;
    good = (g_hash_table_lookup_extended(indices, key, NULL, &index) &&
            read_row(cells, &rows[GPOINTER_TO_INT(index)])) ||
           fail(error, path, number, _("is no row of a sweep"));
  }
  g_strfreev(cells);
  return good;
}

static bool read_lines(const char *path, const char *text, const char *run,
                       const cli_setup setups[SETUPS], cli_row rows[SETUPS], GError **error) {
  g_autoptr(GHashTable) indices = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  for (int i = 0; i < SETUPS; i++)
    g_hash_table_insert(indices, key_of(&setups[i]), GINT_TO_POINTER(i));
  char **lines = g_strsplit(text, "\n", -1);
  bool good = true;
  for (int i = 0; lines[i] && lines[i + 1] && good; i++) /* the last is empty */
    good = read_line(path, i + 2, lines[i], run, indices, rows, error);
  g_strfreev(lines);
  return good;
}

bool table_open(const char *path, const char *run, const cli_setup setups[SETUPS],
                cli_row rows[SETUPS], GError **error) {
  g_autofree char *text = NULL;
  GError *why = NULL;
  if (target_is_special(path)) {
    g_set_error(error, CLI_ERROR, CLI_FAILED, _("%s: is a device or a pipe and no file"), path);
    return false;
  }
  if (!g_file_get_contents(path, &text, NULL, &why)) {
    if (!g_error_matches(why, G_FILE_ERROR, G_FILE_ERROR_NOENT)) {
      g_propagate_error(error, why);
      return false;
    }
    g_error_free(why);
    return text_file_write(path, header, strlen(header), error);
  }
  char *end = strrchr(text, '\n');
  bool good = g_str_has_prefix(text, header) ||
              fail(error, path, 1, _("is not how a sweep's table begins; choose another file"));
  if (good && end[1] != '\0') {
    end[1] = '\0';
    good = text_file_write(path, text, strlen(text), error);
  }
  good = good && read_lines(path, text + strlen(header), run, setups, rows, error);
  return good;
}

bool table_add(const char *path, const char *run, const cli_setup *setup, const cli_row *row,
               GError **error) {
  g_autofree char *key = key_of(setup);
  FILE *file = fopen(path, "a");
  bool good = file && fprintf(file, "%s,%d,%.9g,%.9g,%.6f,%.3f,%s\n", key, row->passes, row->mse,
                              row->bicubic, row->mse / row->bicubic, row->seconds, run) > 0;
  if (file)
    good = fclose(file) == 0 && good;
  if (!good)
    g_set_error(error, CLI_ERROR, CLI_FAILED, "%s: %s", path, g_strerror(errno));
  return good;
}
