/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * compare: the sheet's cells against what `restore` writes.
 */
#include <string.h>

#include "harness.h"
#include "restorator.h"

enum { SIDE = 48, GAP = 8, TOP = 54 }; /* of the sheet: between cells, above them */

static const char *write_picture(const char *name, int width, int height) {
  pixels *p = make_pixels(width, height, 3, 8);
  const char *path = write_pixels(p, name);
  pixels_free(p);
  return path;
}

/* How many values of a cell, whose top left pixel is at (x, y), differ from a picture file. */
static int differing_cell(const pixels *sheet, int x, int y, const char *path) {
  pixels *p = read_pixels(path);
  int count = 0;
  for (int row = 0; row < p->height; row++)
    for (int column = 0; column < p->width; column++)
      for (int c = 0; c < 3; c++)
        count += value_at(sheet, x + column, y + row, c) != value_at(p, column, row, c);
  pixels_free(p);
  return count;
}

static int left_of(int column) {
  return GAP + column * (SIDE + GAP);
}

/* Cells as large as the picture hold its pixels. */
static void test_cells(void) {
  const char *a = write_picture("a.png", SIDE, 40), *b = write_picture("b.png", 30, SIDE);
  const char *sheet = path_of("sheet.png"), *single = path_of("single.png");
  const char *diffusion = path_of("diffusion.png"), *tall = path_of("tall.png");
  run_well("compare", a, b, "-o", sheet, "--cell", "48", "--options", "--mode full --seed 7",
           "--with", "--model tiny-single", "--with",
           "Few steps: --model 'tiny-diffusion' --step-skip=50 --mode detail", NULL);
  run_well("restore", a, single, "--model", "tiny-single", "--mode", "full", NULL);
  run_well("restore", b, tall, "--model", "tiny-single", "--mode", "full", NULL);
  run_well("restore", a, diffusion, "--model", "tiny-diffusion", "--step-skip", "50", "--mode",
           "detail", "--seed", "7", NULL);
  pixels *p = read_pixels(sheet);
  g_assert_cmpint(p->width, ==, GAP + 3 * (SIDE + GAP));
  g_assert_cmpint(p->height, ==, TOP + 40 + GAP + SIDE + GAP);
  g_assert_cmpint(differing_cell(p, left_of(0), TOP, a), ==, 0);
  g_assert_cmpint(differing_cell(p, left_of(1), TOP, single), ==, 0);
  g_assert_cmpint(differing_cell(p, left_of(2), TOP, diffusion), ==, 0);
  g_assert_cmpint(differing_cell(p, left_of(0) + 9, TOP + 40 + GAP, b), ==, 0);
  g_assert_cmpint(differing_cell(p, left_of(1) + 9, TOP + 40 + GAP, tall), ==, 0);
  int ink[3] = {0};
  for (int c = 0; c < 3; c++)
    for (int y = 0; y < TOP - GAP; y++)
      for (int x = 0; x < SIDE; x++)
        ink[c] += value_at(p, left_of(c) + x, y, 0) < 128;
  for (int c = 0; c < 3; c++)
    g_assert_cmpint(ink[c], >, 10); /* captions */
  pixels_free(p);
}

/* A region at a size of its own, the original's too. */
static void test_region(void) {
  const char *input = write_picture("in.png", 64, 50), *sheet = path_of("region.png");
  const char *restored = path_of("restored.png"), *plain = path_of("plain.png");
  const char *const region = "12,8,16x20";
  run_well("compare", input, "-o", sheet, "--cell", "48", "--options",
           "--region 12,8,16x20 --size 36x48", "--with", "--model tiny-single", NULL);
  run_well("restore", input, restored, "--model", "tiny-single", "--region", region, "--size",
           "36x48", NULL);
  run_well("restore", input, plain, "--model", "tiny-single", "--region", region, "--size", "36x48",
           "--strength", "0", NULL);
  pixels *p = read_pixels(sheet);
  g_assert_cmpint(differing_cell(p, left_of(0) + 6, TOP, plain), ==, 0);
  g_assert_cmpint(differing_cell(p, left_of(1) + 6, TOP, restored), ==, 0);
  pixels_free(p);
}

static bool count_model(void *user, const char *id, const char *path) {
  (void)id;
  (void)path;
  ++*(int *)user;
  return true;
}

/* Without setups, every model that is found; what the network sees is grey. */
static void test_models(void) {
  const char *input = write_picture("in.png", SIDE, SIDE), *sheet = path_of("models.png");
  int models = 0;
  g_assert_cmpint(rst_list(RST_KIND_MODEL, count_model, &models, NULL), ==, RST_OK);
  g_assert_cmpint(models, >=, 2);
  run_well("compare", input, "-o", sheet, "--cell", "48", "--no-original", "--input", NULL);
  pixels *p = read_pixels(sheet);
  int coloured[2] = {0};
  g_assert_cmpint(p->width, ==, GAP + (1 + models) * (SIDE + GAP));
  for (int c = 0; c < 2; c++)
    for (int i = 0; i < SIDE * SIDE; i++) {
      int x = left_of(c) + i % SIDE, y = TOP + i / SIDE;
      coloured[c] += value_at(p, x, y, 0) != value_at(p, x, y, 2);
    }
  g_assert_cmpint(coloured[0], ==, 0);
  g_assert_cmpint(coloured[1], >, SIDE * SIDE / 2);
  pixels_free(p);
}

static void test_refused(void) {
  const char *input = write_picture("in.png", SIDE, SIDE), *sheet = path_of("refused.png");
  static const struct {
    const char *with;
    int status;
    const char *message;
  } wrong[] = {
    {"--model 'tiny-single", 2, "--with “--model 'tiny-single”"},
    {"--model nobody", 1, "nobody"},
    {"--model tiny-single --colour blue", 2, "--colour"},
    {"--model tiny-single --strength 3", 2, "strength"},
    {"Mine: --model tiny-single --output-dir x other.png", 2, "--output-dir"},
    {"--model tiny-single other.png", 2, "two files"},
    {"--model tiny-single --region 40,40,90x90", 1, "reaches beyond the picture"},
  };
  check_failed(run("compare", "-o", sheet, NULL), 2, "a picture is needed");
  check_failed(run("compare", input, NULL), 2, "--output is needed");
  check_failed(run("compare", input, "-o", sheet, "--cell", "5", NULL), 2, "--cell must be");
  check_failed(run("compare", input, "-o", "sheet.gif", NULL), 2, "must end in");
  check_failed(
    run("compare", path_of("nowhere.png"), "-o", sheet, "--with", "--model tiny-single", NULL), 1,
    "nowhere.png");
  for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++)
    check_failed(run("compare", input, "-o", sheet, "--with", wrong[i].with, NULL), wrong[i].status,
                 wrong[i].message);
  g_assert_false(g_file_test(sheet, G_FILE_TEST_EXISTS));
}

int main(int argc, char **argv) {
  harness_begin(&argc, &argv);
  g_test_add_func("/compare/cells", test_cells);
  g_test_add_func("/compare/region", test_region);
  g_test_add_func("/compare/models", test_models);
  g_test_add_func("/compare/refused", test_refused);
  return harness_run();
}
