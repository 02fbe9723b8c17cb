/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * trajectory: its data, diagrams and strips against what `restore` writes.
 */
#include <math.h>
#include <string.h>
#include <yyjson.h>

#include "harness.h"
#include "restorator.h"

enum { WIDTH = 60, HEIGHT = 44, SIDE = 60, GAP = 8, TOP = 28 }; /* of the picture; of a strip */

static const char *picture(void) {
  pixels *p = make_pixels(WIDTH, HEIGHT, 3, 8);
  const char *path = write_pixels(p, "in.png");
  pixels_free(p);
  return path;
}

/* A table's row, empty fields as NaN. */
typedef struct row {
  int x, y, step, timestep;
  double value[3], clean[3];
} row;

static GArray *read_rows(const char *text) {
  GArray *rows = g_array_new(FALSE, FALSE, sizeof(row));
  char **lines = g_strsplit(text, "\n", -1);
  g_assert_cmpstr(lines[0], ==,
                  "x,y,step,timestep,red,green,blue,clean_red,clean_green,clean_blue");
  for (char **line = lines + 1; **line != '\0'; line++) {
    char **fields = g_strsplit(*line, ",", -1);
    g_assert_cmpuint(g_strv_length(fields), ==, 10);
    row r = {atoi(fields[0]), atoi(fields[1]), atoi(fields[2]), atoi(fields[3]), {0}, {0}};
    for (int c = 0; c < 3; c++) {
      r.value[c] = g_ascii_strtod(fields[4 + c], NULL);
      r.clean[c] = *fields[7 + c] == '\0' ? NAN : g_ascii_strtod(fields[7 + c], NULL);
    }
    g_array_append_val(rows, r);
    g_strfreev(fields);
  }
  g_strfreev(lines);
  return rows;
}

/* The last rows are the pixels that `restore` writes. */
static void check_result(const row *last, const char *restored) {
  pixels *p = read_pixels(restored);
  for (int c = 0; c < 3; c++)
    g_assert_cmpint(lrint(CLAMP(last->value[c], 0, 1) * 255), ==, value_at(p, last->x, last->y, c));
  pixels_free(p);
}

static void test_table(gconstpointer model) {
  const char *in = picture(), *out = path_of("out.png"), *csv = path_of("way.csv");
  char *text;
  run_well("restore", in, out, "--model", model, "--mode", "full", "--seed", "9", "--region",
           "10,8,40x30", "--step-skip", "30", NULL);
  run_well("trajectory", in, "--model", model, "--seed", "9", "--region", "10,8,40x30",
           "--step-skip", "30", "--point", "12,20", "--point", "49,37", "--csv", csv, NULL);
  g_assert_true(g_file_get_contents(csv, &text, NULL, NULL));
  GArray *rows = read_rows(text);
  static const int timesteps[] = {99, 91, 61, 31, 1, 0, -1};
  g_assert_cmpuint(rows->len, ==, 2 * G_N_ELEMENTS(timesteps));
  for (guint i = 0; i < rows->len; i++) {
    const row *r = &g_array_index(rows, row, i);
    int step = (int)(i % G_N_ELEMENTS(timesteps));
    bool last = step == G_N_ELEMENTS(timesteps) - 1;
    g_assert_cmpint(r->x, ==, i < G_N_ELEMENTS(timesteps) ? 12 : 49);
    g_assert_cmpint(r->y, ==, i < G_N_ELEMENTS(timesteps) ? 20 : 37);
    g_assert_cmpint(r->step, ==, step);
    g_assert_cmpint(r->timestep, ==, timesteps[step]);
    for (int c = 0; c < 3; c++)
      g_assert_true(isnan(r->clean[c]) == last);
    if (last) {
      check_result(r, out);
      for (int c = 0; c < 3; c++) /* DDIM's last step leads to its own x̂₀ */
        g_assert_cmpfloat(r->value[c], ==, (r - 1)->clean[c]);
    }
  }
  g_array_unref(rows);
  g_free(text);

  /* where nothing is asked for: the same on standard output, of the whole picture */
  const outcome *o = run_well("trajectory", in, "--model", "tiny-single", "--point", "5,6", NULL);
  rows = read_rows(o->out);
  g_assert_cmpuint(rows->len, ==, 1);
  g_assert_cmpint(g_array_index(rows, row, 0).timestep, ==, -1);
  run_well("restore", in, out, "--model", "tiny-single", "--mode", "full", NULL);
  check_result(&g_array_index(rows, row, 0), out);
  g_array_unref(rows);
}

static void test_json(void) {
  const char *in = picture();
  char *csv = g_strdup(run_well("trajectory", in, "--model", "tiny-diffusion", "--preset", "b",
                                "--point", "30,20", NULL)
                         ->out);
  const outcome *o = run_well("trajectory", in, "--model", "tiny-diffusion", "--preset", "b",
                              "--point", "30,20", "--json", "-", NULL);
  GArray *rows = read_rows(csv);
  yyjson_doc *doc = yyjson_read(o->out, strlen(o->out), 0);
  yyjson_val *root = yyjson_doc_get_root(doc);
  yyjson_val *point = yyjson_arr_get_first(yyjson_obj_get(root, "points"));
  yyjson_val *states = yyjson_obj_get(point, "trajectory"), *state;
  yyjson_arr_iter iter = yyjson_arr_iter_with(states);
  g_assert_cmpstr(yyjson_get_str(yyjson_obj_get(root, "model")), ==, "tiny-diffusion");
  g_assert_cmpint(yyjson_get_int(yyjson_obj_get(point, "x")), ==, 30);
  g_assert_cmpint(yyjson_get_int(yyjson_obj_get(point, "y")), ==, 20);
  g_assert_cmpuint(yyjson_arr_size(states), ==, rows->len);
  for (guint i = 0; (state = yyjson_arr_iter_next(&iter)); i++) {
    const row *r = &g_array_index(rows, row, i);
    yyjson_val *value = yyjson_obj_get(state, "value"), *clean = yyjson_obj_get(state, "clean");
    g_assert_cmpint(yyjson_get_int(yyjson_obj_get(state, "timestep")), ==, r->timestep);
    g_assert_true(yyjson_is_null(clean) == (i == rows->len - 1));
    for (size_t c = 0; c < 3; c++) {
      g_assert_cmpfloat((float)yyjson_get_num(yyjson_arr_get(value, c)), ==, (float)r->value[c]);
      if (!yyjson_is_null(clean))
        g_assert_cmpfloat((float)yyjson_get_num(yyjson_arr_get(clean, c)), ==, (float)r->clean[c]);
    }
  }
  yyjson_doc_free(doc);
  g_array_unref(rows);
  g_free(csv);
}

/* ---- diagrams ---- */

static void count_element(GMarkupParseContext *context, const char *name, const char **keys,
                          const char **values, void *user, GError **error) {
  (void)context;
  (void)error;
  if (strcmp(name, "polyline") != 0)
    return;
  ++*(int *)user;
  for (; *keys; keys++, values++)
    if (strcmp(*keys, "points") == 0)
      g_assert_nonnull(strchr(*values, ','));
}

static void test_plot(void) {
  static const GMarkupParser parser = {.start_element = count_element};
  const char *in = picture(), *svg = path_of("way.svg"), *png = path_of("way.png");
  char *text;
  int lines = 0;
  run_well("trajectory", in, "--model", "tiny-diffusion", "--point", "3,4", "--point", "30,20",
           "--plot", svg, NULL);
  g_assert_true(g_file_get_contents(svg, &text, NULL, NULL));
  GMarkupParseContext *context = g_markup_parse_context_new(&parser, 0, &lines, NULL);
  g_assert_true(g_markup_parse_context_parse(context, text, -1, NULL));
  g_assert_true(g_markup_parse_context_end_parse(context, NULL));
  g_markup_parse_context_free(context);
  g_assert_cmpint(lines, ==, 2 * 3 * 2); /* points, channels, value and x̂₀ */
  g_assert_nonnull(strstr(text, "pixel 30, 20"));
  g_assert_nonnull(strstr(text, "tiny-diffusion"));
  g_free(text);
  if (vips_type_find("VipsOperation", "svgload_buffer") == 0) {
    g_test_message("libvips reads no SVG here");
    return;
  }
  run_well("trajectory", in, "--model", "tiny-diffusion", "--point", "3,4", "--plot", png, NULL);
  pixels *p = read_pixels(png);
  int coloured[3] = {0};
  for (int y = 0; y < p->height; y++)
    for (int x = 0; x < p->width; x++)
      for (int c = 0; c < 3; c++)
        coloured[c] += value_at(p, x, y, c) > value_at(p, x, y, (c + 1) % 3) + 50 &&
                       value_at(p, x, y, c) > value_at(p, x, y, (c + 2) % 3) + 50;
  for (int c = 0; c < 3; c++)
    g_assert_cmpint(coloured[c], >, 100);
  pixels_free(p);
}

/* ---- strips ---- */

/* How many values of the strip's picture at (x, y) differ from a box of another one, shown at every
 * nth pixel. */
static int differing_cell(const pixels *strip, int x, int y, const pixels *p, rect box, int every) {
  int count = 0;
  for (int v = 0; v * every < box.height; v++)
    for (int u = 0; u * every < box.width; u++)
      for (int c = 0; c < 3; c++)
        count +=
          value_at(strip, x + u, y + v, c) != value_at(p, box.x + u * every, box.y + v * every, c);
  return count;
}

static void test_strip(gconstpointer model) {
  const char *in = picture(), *out = path_of("out.png"), *strip = path_of("strip.png");
  const rect box = {4, 2, 50, 36};
  run_well("restore", in, out, "--model", model, "--mode", "full", "--region", "4,2,50x36",
           "--step-skip", "30", NULL);
  pixels *result = read_pixels(out);
  for (int every = 1; every <= 2; every++) {
    int width = 50 / every, height = 36 / every, step = MAX(width, SIDE) + GAP;
    run_well("trajectory", in, "--model", model, "--region", "4,2,50x36", "--step-skip", "30",
             "--strip", strip, "--steps", "0,2,6", "--cell", every == 1 ? "50" : "25", NULL);
    pixels *p = read_pixels(strip);
    g_assert_cmpint(p->width, ==, SIDE + GAP + 3 * step);
    g_assert_cmpint(p->height, ==, TOP + 2 * (height + GAP));
    g_assert_cmpint(differing_cell(p, SIDE + 2 * step, TOP, result, box, every), ==, 0);
    g_assert_cmpint(differing_cell(p, SIDE, TOP, result, box, every), >, width * height);
    g_assert_cmpint(differing_cell(p, SIDE + step, TOP + height + GAP, result, box, every), >, 0);
    /* the result has no x̂₀ */
    for (int x = 0; x < width; x++)
      g_assert_cmpint(value_at(p, SIDE + 2 * step + x, TOP + height + GAP + height / 2, 0), ==,
                      255);
    pixels_free(p);
  }
  pixels_free(result);
  run_well("trajectory", in, "--model", model, "--strip", strip, NULL);
  result = read_pixels(strip);
  g_assert_cmpint(result->width, ==, SIDE + GAP + 6 * (WIDTH + GAP));
  pixels_free(result);
}

static void test_refusals(void) {
  const char *in = picture(), *file = path_of("no.png");
  check_failed(run("trajectory", in, NULL), 2, "--point is needed");
  check_failed(run("trajectory", "--point", "1,1", NULL), 2, "one picture is needed");
  check_failed(run("trajectory", in, "--point", "1;1", NULL), 2, "must be X,Y in pixels");
  check_failed(run("trajectory", in, "--point", "60,1", "--model", "tiny-single", NULL), 1,
               "the point 60,1 is not in the region 0,0,60x44");
  check_failed(
    run("trajectory", in, "--point", "1,1", "--region", "5,5,9x9", "--model", "tiny-single", NULL),
    1, "the point 1,1 is not in the region");
  check_failed(run("trajectory", in, "--point", "1,1", "--region", "50,5,11x9", "--model",
                   "tiny-single", NULL),
               1, "reaches beyond the picture");
  check_failed(run("trajectory", in, "--point", "1,1", "--steps", "1", NULL), 2,
               "--steps belongs to --strip");
  for (const char *const *steps = (const char *const[]){"3,2", "x", "0,", "0,99", "-1", NULL};
       *steps; steps++)
    check_failed(
      run("trajectory", in, "--strip", file, "--model", "tiny-diffusion", "--steps", *steps, NULL),
      2, "must be numbers 0..15 in ascending order");
  check_failed(run("trajectory", in, "--strip", file, "--cell", "3", NULL), 2,
               "--cell must be 16..4096");
  check_failed(run("trajectory", in, "--point", "1,1", "--stochasticity", "7", NULL), 2,
               "stochasticity");
  g_assert_false(g_file_test(file, G_FILE_TEST_EXISTS));
}

int main(int argc, char **argv) {
  harness_begin(&argc, &argv);
  g_test_add_data_func("/trajectory/table", "tiny-diffusion", test_table);
  g_test_add_data_func("/trajectory/table of pixels", "tiny-pixel", test_table);
  g_test_add_func("/trajectory/json", test_json);
  g_test_add_func("/trajectory/plot", test_plot);
  g_test_add_data_func("/trajectory/strip", "tiny-diffusion", test_strip);
  g_test_add_data_func("/trajectory/strip of pixels", "tiny-pixel", test_strip);
  g_test_add_func("/trajectory/refusals", test_refusals);
  return harness_run();
}
