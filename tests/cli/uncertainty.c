/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * --uncertainty against the results of single seeds.
 */
#include <math.h>
#include <string.h>

#include "harness.h"
#include "restorator.h"

enum { WIDTH = 50, HEIGHT = 40, SEEDS = 4 };

static const rect box = {6, 5, 30, 28};

static const char *picture(const char *name, int bits) {
  pixels *p = make_pixels(WIDTH, HEIGHT, 3, bits);
  const char *path = write_pixels(p, name);
  pixels_free(p);
  return path;
}

static bool is_inside(int x, int y) {
  return x >= box.x && y >= box.y && x < box.x + box.width && y < box.y + box.height;
}

/* The largest channel's standard deviation of each pixel, 0…1, by what `restore` writes in 16
 * bits. */
static double *deviations_of(const char *in, const char *mode) {
  static double deviations[WIDTH * HEIGHT];
  pixels *results[SEEDS];
  for (int s = 0; s < SEEDS; s++) {
    const char *out = path_of("one.png");
    char *seed = g_strdup_printf("%d", 5 + s);
    run_well("restore", in, out, "--model", "tiny-diffusion", "--start", "12", "--mode", mode,
             "--seed", seed, "--region", "6,5,30x28", NULL);
    results[s] = read_pixels(out);
    g_assert_cmpint(results[s]->bits, ==, 16);
    g_free(seed);
  }
  memset(deviations, 0, sizeof deviations);
  for (int i = 0; i < WIDTH * HEIGHT; i++)
    for (int c = 0; c < 3; c++) {
      double mean = 0, squares = 0;
      for (int s = 0; s < SEEDS; s++)
        mean += value_at(results[s], i % WIDTH, i / WIDTH, c) / 65535.0 / SEEDS;
      for (int s = 0; s < SEEDS; s++)
        squares += pow(value_at(results[s], i % WIDTH, i / WIDTH, c) / 65535.0 - mean, 2);
      deviations[i] = fmax(deviations[i], sqrt(squares / (SEEDS - 1)));
    }
  for (int s = 0; s < SEEDS; s++)
    pixels_free(results[s]);
  return deviations;
}

static void check(const char *path, const double *deviations, double white) {
  pixels *p = read_pixels(path);
  g_assert_cmpint(p->width, ==, WIDTH);
  g_assert_cmpint(p->height, ==, HEIGHT);
  g_assert_cmpint(p->bands, ==, 1);
  g_assert_cmpint(p->bits, ==, 16);
  int grey = 0;
  for (int y = 0; y < HEIGHT; y++)
    for (int x = 0; x < WIDTH; x++) {
      int level = value_at(p, x, y, 0);
      double expected = fmin(deviations[y * WIDTH + x] / white, 1) * 65535;
      if (!is_inside(x, y))
        g_assert_cmpint(level, ==, 0);
      else /* of rounded colours: within a step */
        g_assert_cmpfloat(fabs(level - expected), <=, 2 / white);
      grey += level > 0 && level < 65535;
    }
  g_assert_cmpint(grey, >, 300);
  pixels_free(p);
}

static void test_values(void) {
  const char *in = picture("in.png", 16), *out = path_of("out.png"), *modes[] = {"full", "colour"};
  for (int i = 0; i < 2; i++) {
    const double *deviations = deviations_of(in, modes[i]);
    run_well("restore", in, out, "--model", "tiny-diffusion", "--start", "12", "--mode", modes[i],
             "--seed", "5", "--region", "6,5,30x28", "--uncertainty", "4", "--white", "1", NULL);
    check(out, deviations, 1);
  }
}

/* The command of that name is the same. */
static void test_command(void) {
  const char *in = picture("in.png", 8), *out = path_of("out.png"), *again = path_of("again.tif");
  const char *usual = path_of("usual.png"), *eight = path_of("eight.png");
  run_well("restore", in, out, "--model", "tiny-diffusion", "--start", "12", "--uncertainty", "3",
           NULL);
  run_well("uncertainty", in, again, "--model", "tiny-diffusion", "--start", "12", "--seeds=3",
           NULL);
  g_assert_cmpint(differing_files(out, again), ==, 0);
  run_well("uncertainty", in, again, "--seeds", "3", "--model", "tiny-diffusion", "--start", "12",
           NULL);
  g_assert_cmpint(differing_files(out, again), ==, 0);
  run_well("uncertainty", in, usual, "--model", "tiny-diffusion", "--start", "12", NULL);
  run_well("uncertainty", in, eight, "--model", "tiny-diffusion", "--start", "12", "--seeds", "8",
           NULL);
  g_assert_cmpint(differing_files(usual, eight), ==, 0);
  g_assert_cmpint(differing_files(usual, out), >, 0);
}

/* All but a hundredth of the pixels are within the white that is chosen and told. */
static void test_white(void) {
  const char *in = picture("in.png", 16), *out = path_of("out.png"), *plain = path_of("plain.png");
  const outcome *o = run_well("restore", in, out, "--model", "tiny-diffusion", "--start", "12",
                              "--mode", "full", "--uncertainty", "4", "--json", NULL);
  const char *told = strstr(o->out, "\"white\":"), *said = strstr(o->err, "white is ");
  g_assert_nonnull(told);
  g_assert_nonnull(said);
  double white = g_ascii_strtod(told + strlen("\"white\":"), NULL);
  g_assert_cmpfloat(white, ==, g_ascii_strtod(said + strlen("white is "), NULL));
  char *text = g_strdup_printf("%g", white);
  run_well("restore", in, plain, "--model", "tiny-diffusion", "--start", "12", "--mode", "full",
           "--uncertainty", "4", "--white", text, NULL);
  g_assert_cmpint(differing_files(out, plain), ==, 0);
  g_free(text);
  pixels *p = read_pixels(out);
  int beyond = 0, low = 0;
  for (int i = 0; i < WIDTH * HEIGHT; i++) {
    beyond += p->values[i] == 65535;
    low += p->values[i] <= 65535 / 2.6;
  }
  g_assert_cmpint(beyond, <=, WIDTH * HEIGHT / 100);
  g_assert_cmpint(low, <, WIDTH * HEIGHT - WIDTH * HEIGHT / 100); /* no smaller one would do */
  pixels_free(p);
}

/* A mask selects, other formats take what they can, and nothing is recorded. */
static void test_files(void) {
  const char *in = picture("in.png", 8), *out = path_of("out.png"), *jpeg = path_of("out.jpg");
  pixels *mask = make_pixels(WIDTH, HEIGHT, 1, 8);
  for (int i = 0; i < WIDTH * HEIGHT; i++)
    mask->values[i] = i % WIDTH > 25 ? 255 : 0;
  pixels_update(mask);
  const char *selected = write_pixels(mask, "mask.png");
  pixels_free(mask);
  run_well("uncertainty", in, out, "--model", "tiny-diffusion", "--start", "12", "--mask", selected,
           NULL);
  pixels *p = read_pixels(out);
  int seen = 0;
  for (int i = 0; i < WIDTH * HEIGHT; i++) {
    g_assert_true(i % WIDTH > 25 || p->values[i] == 0);
    seen += p->values[i] > 0;
  }
  g_assert_cmpint(seen, >, HEIGHT * (WIDTH - 26) / 2);
  pixels_free(p);
  g_assert_null(strstr(run_well("info", out, NULL)->out, "tiny-diffusion"));
  run_well("uncertainty", in, jpeg, "--model", "tiny-diffusion", NULL);
  p = read_pixels(jpeg);
  g_assert_cmpint(p->bits, ==, 8);
  pixels_free(p);
}

static void test_refusals(void) {
  const char *in = picture("in.png", 8), *out = path_of("none.png");
  check_failed(run("restore", in, out, "--model", "tiny-single", "--uncertainty", "3", NULL), 1,
               "tiny-single is a single-pass model");
  check_failed(run("restore", in, out, "--uncertainty", "1", NULL), 2, "2..10000");
  check_failed(run("uncertainty", in, out, "--seeds", "10001", NULL), 2, "2..10000");
  check_failed(run("restore", in, out, "--uncertainty", "3", "--size", "9x9", NULL), 2,
               "exclude each other");
  check_failed(run("restore", in, out, "--white", "0.5", NULL), 2, "belongs to --uncertainty");
  check_failed(run("uncertainty", in, out, "--white", "2", NULL), 2, "at most 1");
  check_failed(run("uncertainty", in, NULL), 2, "two files are needed");
  g_assert_false(g_file_test(out, G_FILE_TEST_EXISTS));
}

int main(int argc, char **argv) {
  harness_begin(&argc, &argv);
  g_test_add_func("/uncertainty/values", test_values);
  g_test_add_func("/uncertainty/command", test_command);
  g_test_add_func("/uncertainty/white", test_white);
  g_test_add_func("/uncertainty/files", test_files);
  g_test_add_func("/uncertainty/refusals", test_refusals);
  return harness_run();
}
