/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * restorator-bench MODEL [SIDE [THREADS [RUNS [PRESET]]]]: seconds and memory of a SIDE × SIDE
 * region in one window, from reading the model to the last pixel. Prints one line a phase: the
 * fastest and the median run. RESULTS.md has the figures.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include <restorator.h>

enum { PHASES = 4, RUNS_MAX = 100 };

static const char *const phases[PHASES] = {"model", "input", "encode", "sample"};

static double now(void) {
  struct timespec t;

  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void check(rst_status status, const rst_error *error) {
  if (status == RST_OK)
    return;
  fprintf(stderr, "restorator-bench: %s\n", error->message);
  exit(1);
}

static int by_size(const void *a, const void *b) {
  const double *s = a, *t = b;

  return *s < *t ? -1 : *s > *t;
}

static void print(const char *name, double *seconds, int runs) {
  qsort(seconds, (size_t)runs, sizeof *seconds, by_size);
  printf("%-8s fastest %8.4f s, median %8.4f s\n", name, seconds[0], seconds[runs / 2]);
}

/* A smooth picture with edges: what it shows does not change the time. */
static float *make_picture(int side) {
  float *rgba = malloc((size_t)side * (size_t)side * 4 * sizeof *rgba);

  for (int y = 0; y < side; y++)
    for (int x = 0; x < side; x++) {
      float *pixel = rgba + 4 * ((size_t)y * (size_t)side + (size_t)x);

      pixel[0] = pixel[1] = pixel[2] = (float)((x ^ y) % 256) / 255;
      pixel[3] = 1;
    }
  return rgba;
}

static void run(const char *path, const rst_parameters *parameters, rst_session *session, int side,
                const float *picture, float *colours, double seconds[PHASES]) {
  const rst_window window = {0, 0, side};
  rst_error error = RST_ERROR_INIT;
  rst_encoding *encoding;
  rst_model *model;
  rst_input *input;
  rst_grid grid;
  double times[PHASES + 1];

  times[0] = now();
  check(rst_model_read(path, &model, &error), &error);
  times[1] = now();
  check(rst_input_new(model, &window, side, side, &input, &error), &error);
  check(rst_input_add(input, side, picture, NULL, &error), &error);
  times[2] = now();
  check(rst_encode(session, model, input, NULL, &encoding, &error), &error);
  times[3] = now();
  rst_grid_pixels(&grid, 0, 0, side, side);
  check(rst_sample(session, encoding, parameters, &grid, NULL, colours, NULL, &error), &error);
  times[4] = now();
  for (int i = 0; i < PHASES; i++)
    seconds[i] = times[i + 1] - times[i];
  rst_encoding_unref(encoding);
  rst_input_free(input);
  rst_model_unref(model);
}

static int argument(int argc, char **argv, int index, int missing, int low, int high) {
  const int value = argc > index ? atoi(argv[index]) : missing;

  if (value < low || value > high) {
    fprintf(stderr, "restorator-bench: argument %d must be %d to %d\n", index, low, high);
    exit(2);
  }
  return value;
}

int main(int argc, char **argv) {
  const int side = argument(argc, argv, 2, 512, 1, 16384);
  const int threads = argument(argc, argv, 3, 0, 0, 256);
  const int runs = argument(argc, argv, 4, 5, 1, RUNS_MAX);
  static double seconds[PHASES + 1][RUNS_MAX];
  rst_error error = RST_ERROR_INIT;
  rst_parameters parameters;
  rst_session *session;
  struct rusage usage;
  float *picture, *colours;
  int passes;
  rst_model *model;

  if (argc < 2) {
    fputs("usage: restorator-bench MODEL [SIDE [THREADS [RUNS [PRESET]]]]\n", stderr);
    return 2;
  }
  rst_parameters_init(&parameters);
  if (argc > 5) {
    rst_preset *preset;

    check(rst_preset_read(argv[5], &preset, &error), &error);
    rst_preset_apply(preset, &parameters);
    rst_preset_free(preset);
  }
  check(rst_model_read(argv[1], &model, &error), &error);
  check(rst_parameters_steps(&parameters, model, NULL, &passes, &error), &error);
  rst_model_unref(model);
  check(rst_session_new(threads, &session, &error), &error);
  picture = make_picture(side);
  colours = malloc((size_t)side * (size_t)side * 3 * sizeof *colours);
  for (int i = 0; i < runs; i++) {
    double times[PHASES], total = 0;

    run(argv[1], &parameters, session, side, picture, colours, times);
    for (int p = 0; p < PHASES; p++) {
      seconds[p][i] = times[p];
      total += times[p];
    }
    seconds[PHASES][i] = total;
  }
  printf("%d × %d points, %d passes, %d threads, %s\n", side, side, passes,
         rst_session_threads(session), rst_arithmetic());
  for (int p = 0; p < PHASES; p++)
    print(phases[p], seconds[p], runs);
  print("all", seconds[PHASES], runs);
  getrusage(RUSAGE_SELF, &usage);
  printf("memory   %ld MB at most\n", usage.ru_maxrss / 1024);
  rst_session_free(session);
  free(picture);
  free(colours);
  return 0;
}
