/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * restorator-bench-hints [SIDE [HINTS [THREADS]]]: how long colour hints take on a square picture of
 * patches, waves and grain: reading the guide, measuring the hints, colouring all pixels. Wall-clock
 * seconds, and the processor's, of the best of five runs.
 */
#define _GNU_SOURCE
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "restorator.h"

enum { RUNS = 5, PHASES = 3 };

static const char *const phases[PHASES] = {"guide", "hints", "pixels"};

typedef struct {
  int side;
  float *rgba;
} square;

static bool read_square(void *user, int x, int y, int w, int h, float *rgba) {
  const square *s = user;

  for (int row = 0; row < h; row++)
    memcpy(rgba + (size_t)4 * (size_t)row * (size_t)w,
           s->rgba + 4 * ((size_t)(y + row) * (size_t)s->side + (size_t)x),
           (size_t)w * 4 * sizeof *rgba);
  return true;
}

static void paint(square *s) {
  uint32_t state = 1;

  for (int y = 0; y < s->side; y++)
    for (int x = 0; x < s->side; x++) {
      const float u = (float)x / (float)s->side, v = (float)y / (float)s->side;
      const int patch = (int)(5 * u) * 7 + (int)(6 * v) * 3;
      float *pixel = s->rgba + 4 * ((size_t)y * (size_t)s->side + (size_t)x), luma;

      state = state * 1664525u + 1013904223u;
      luma = 0.2f + 0.06f * (float)(patch % 10) + 0.05f * sinf(60 * u + 20 * v) +
             0.03f * (float)(state >> 16) / 65536;
      pixel[0] = pixel[1] = pixel[2] = luma;
      pixel[3] = 1;
    }
}

static double now(clockid_t clock) {
  struct timespec time;

  clock_gettime(clock, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static void check(rst_status status, const rst_error *error) {
  if (status == RST_OK)
    return;
  fprintf(stderr, "restorator-bench-hints: %s\n", error->message);
  exit(1);
}

int main(int argc, char **argv) {
  const int side = argc > 1 ? atoi(argv[1]) : 2000, threads = argc > 3 ? atoi(argv[3]) : 0;
  const int count = argc > 2 ? atoi(argv[2]) : 1;
  const rst_window window = {0, 0, side};
  rst_picture picture = {.size = sizeof picture, .width = side, .height = side};
  double wall[PHASES], processor[PHASES];
  rst_error error = RST_ERROR_INIT;
  rst_hint hints[RST_HINTS_MAX];
  rst_session *session;
  float *colours;
  square s = {side, NULL};

  if (side < 1 || side > 16384 || count < 1 || count > RST_HINTS_MAX) {
    fputs("usage: restorator-bench-hints [SIDE [HINTS [THREADS]]]\n", stderr);
    return 2;
  }
  s.rgba = malloc((size_t)side * (size_t)side * 4 * sizeof *s.rgba);
  colours = malloc((size_t)side * (size_t)side * 3 * sizeof *colours);
  paint(&s);
  picture.user = &s;
  picture.read = read_square;
  for (int i = 0; i < count; i++)
    hints[i] = (rst_hint){.x = (int)((i * 37 + 50) % 100 * (side - 1) / 100),
                          .y = (int)((i * 61 + 50) % 100 * (side - 1) / 100),
                          .rgb = {0.6f, 0.4f, 0.3f},
                          .reach = RST_HINT_REACH};
  check(rst_session_new(threads, &session, &error), &error);
  for (int run = 0; run < RUNS; run++) {
    rst_hint_guide *guide;
    rst_hint_field *field;
    double at[PHASES + 1], spent[PHASES + 1];
    rst_grid grid;

    for (size_t i = 0; i < 3 * (size_t)side * (size_t)side; i++)
      colours[i] = 0.5f;
    at[0] = now(CLOCK_MONOTONIC);
    spent[0] = now(CLOCK_PROCESS_CPUTIME_ID);
    check(rst_hint_guide_new(&picture, &window, NULL, &guide, &error), &error);
    at[1] = now(CLOCK_MONOTONIC);
    spent[1] = now(CLOCK_PROCESS_CPUTIME_ID);
    check(rst_hint_field_new(session, guide, hints, count, NULL, &field, &error), &error);
    at[2] = now(CLOCK_MONOTONIC);
    spent[2] = now(CLOCK_PROCESS_CPUTIME_ID);
    rst_grid_pixels(&grid, 0, 0, side, side);
    rst_hint_field_apply(field, &grid, s.rgba, NULL, colours);
    at[3] = now(CLOCK_MONOTONIC);
    spent[3] = now(CLOCK_PROCESS_CPUTIME_ID);
    for (int p = 0; p < PHASES; p++)
      if (spent[p + 1] - spent[p] < processor[p] || run == 0) {
        wall[p] = at[p + 1] - at[p];
        processor[p] = spent[p + 1] - spent[p];
      }
    rst_hint_field_free(field);
    rst_hint_guide_free(guide);
  }
  printf("%d × %d pixels, %d hints, %d threads\n", side, side, count, rst_session_threads(session));
  for (int p = 0; p < PHASES; p++)
    printf("%-8s %.4f s, processor %.4f s\n", phases[p], wall[p], processor[p]);
  rst_session_free(session);
  free(s.rgba);
  free(colours);
  return 0;
}
