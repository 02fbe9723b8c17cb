/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * restorator-bench-photo [WIDTH [HEIGHT [THREADS [SHARE]]]]: how long an old photograph takes before
 * it gets colour: damage found, SHARE (0.02) of the pixels mended, the tone measured. The picture is
 * painted as it is read: patches, waves, grain, and lines and specks that are damaged. Wall-clock
 * seconds, and the processor's.
 */
#define _GNU_SOURCE
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "restorator.h"

static uint32_t mix(uint32_t x, uint32_t y) {
  uint32_t h = x * 0x9e3779b1u ^ y * 0x85ebca77u;

  h = (h ^ h >> 15) * 0x2c1b3c6du;
  return h ^ h >> 12;
}

static bool paint(void *user, int x, int y, int w, int h, float *rgba) {
  (void)user;
  for (int v = y; v < y + h; v++)
    for (int u = x; u < x + w; u++, rgba += 4) {
      const float patch = (float)(mix((uint32_t)(u / 170), (uint32_t)(v / 130)) % 100) / 200;
      const int wave = (u + 2 * v) % 400 - 200;
      const float grain = (float)(mix((uint32_t)u, (uint32_t)v) & 255) / 255;

      rgba[0] = rgba[1] = rgba[2] = 0.2f + patch + 0.0006f * (float)abs(wave) + 0.05f * grain;
      rgba[3] = 1;
    }
  return true;
}

/* Specks of 2 to 13 pixels, and scratches two pixels wide, until enough is damaged. */
static void damage(unsigned char *mask, int width, int height, double share) {
  const int64_t wanted = (int64_t)(share * width * height);
  int64_t done = 0;

  for (uint32_t i = 0; done < wanted; i++) {
    const bool line = i % 8 == 0;
    const int w = line ? 2 : 2 + (int)(mix(i, 1) % 12), h = line ? 900 : 2 + (int)(mix(i, 2) % 12);
    const int x = (int)(mix(i, 3) % (uint32_t)width), y = (int)(mix(i, 4) % (uint32_t)height);

    for (int v = y; v < y + h && v < height; v++)
      for (int u = x; u < x + w && u < width; u++) {
        unsigned char *at = &mask[(size_t)v * (size_t)width + (size_t)u];

        done += *at == 0;
        *at = 255;
      }
  }
}

static double now(clockid_t clock) {
  struct timespec time;

  clock_gettime(clock, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static double wall, spent;

static void begin(void) {
  wall = now(CLOCK_MONOTONIC);
  spent = now(CLOCK_PROCESS_CPUTIME_ID);
}

static void end(const char *what, rst_status status, const rst_error *error) {
  if (status != RST_OK) {
    fprintf(stderr, "%s\n", error->message);
    exit(1);
  }
  printf("%-8s %7.2f s  %7.2f s of the processor\n", what, now(CLOCK_MONOTONIC) - wall,
         now(CLOCK_PROCESS_CPUTIME_ID) - spent);
}

static int number(int argc, char **argv, int at, int otherwise) {
  return argc > at ? atoi(argv[at]) : otherwise;
}

int main(int argc, char **argv) {
  const int width = number(argc, argv, 1, 6000), height = number(argc, argv, 2, 4000);
  const rst_picture picture = {
    .size = sizeof picture, .width = width, .height = height, .read = paint};
  unsigned char *sure = calloc((size_t)width, (size_t)height);
  unsigned char *mask = calloc((size_t)width, (size_t)height);
  rst_error error = RST_ERROR_INIT;
  rst_session *session;
  rst_finder *finder;
  rst_mended *mended;
  rst_tone tone;
  char path[4096];

  if (!sure || !mask || rst_session_new(number(argc, argv, 3, 0), &session, &error) != RST_OK ||
      rst_find(RST_KIND_FINDER, "damage", path, sizeof path, &error) != RST_OK ||
      rst_finder_read(path, &finder, &error) != RST_OK) {
    fprintf(stderr, "%s\n", error.message);
    return 1;
  }
  begin();
  end("finding", rst_find_damage(session, finder, &picture, NULL, NULL, sure, &error), &error);
  begin();
  end("mask", rst_damage_mask(finder, sure, width, height, 0.5, NULL, mask, &error), &error);
  memset(mask, 0, (size_t)width * (size_t)height);
  damage(mask, width, height, argc > 4 ? atof(argv[4]) : 0.02);
  begin();
  end("mending", rst_mend(session, &picture, NULL, mask, NULL, &mended, &error), &error);
  begin();
  end("tone", rst_measure_tone(&picture, NULL, mask, RST_PICTURE_MONOCHROME, NULL, &tone, &error),
      &error);
  rst_mended_free(mended);
  rst_finder_unref(finder);
  rst_session_free(session);
  free(sure);
  free(mask);
  return 0;
}
