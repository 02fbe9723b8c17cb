/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Runs the program in a folder of its own and compares pictures by their pixels.
 */
#ifndef CLI_HARNESS_H
#define CLI_HARNESS_H

#include <glib.h>
#include <stdbool.h>
#include <vips/vips.h>
#include <yyjson.h>

/* Begins a test program: harness_begin(), g_test_add_func() …, return harness_run(). The command
 * line names the program to test and the folder of the test models. */
void harness_begin(int *argc, char ***argv);
int harness_run(void);

/* The path of a file in the test's folder. Valid until the end. */
const char *path_of(const char *name);
/* The path of a test model's file, or of another one by its way from there. Valid until the end. */
const char *data_path(const char *name);
/* Writes a text file there and returns its path. */
const char *write_text(const char *name, const char *text);
/* Writes a model file with another card in its place: the header grows and the tensors stay. */
void write_carded(const char *source, const char *path, const char *card);
/* The program's environment: the test's own models, presets and home. */
char **environment(void);
const char *program(void);

typedef struct outcome {
  int status; /* exit status, -1 where it was killed */
  char *out, *err;
} outcome;

/* Runs the program; arguments end with NULL. The outcome is valid until the next run. */
const outcome *run(const char *first, ...) G_GNUC_NULL_TERMINATED;
const outcome *run_arguments(const char *const *arguments);
/* Runs it and fails the test where it fails. */
#define run_well(...) check_done(run(__VA_ARGS__), G_STRLOC)
const outcome *check_done(const outcome *outcome, const char *where);
/* Fails where the exit status or the message differs; `message` is a part of standard error. */
#define check_failed(outcome, status, message) \
  check_failure((outcome), (status), (message), G_STRLOC)
void check_failure(const outcome *outcome, int status, const char *message, const char *where);

/* Starts the program, whose standard error nobody reads; the test waits for it. */
GPid start_program(const char *const *arguments);
/* Starts the program, waits until it has written `first` and, after that, `second` on standard
 * error, sends it a signal, and returns its wait status. `err`: standard error as it came. */
int interrupt_after(const char *const *arguments, const char *first, const char *second, int number,
                    GString *err);

/* Pixels: (height, width, bands), 0…255 or 0…65535. */
typedef struct pixels {
  int width, height, bands, bits;
  guint16 *values;
  VipsImage *image; /* with its metadata */
} pixels;

typedef struct rect {
  int x, y, width, height;
} rect;

/* A picture of smooth tones and a little texture, the same at every run. `bands` 1…4; alpha is
 * a ramp from 55 % up. */
pixels *make_pixels(int width, int height, int bands, int bits);
/* From a file, as stored. */
pixels *read_pixels(const char *path);
/* From an image of 8 or 16 bits, which stays the caller's. */
pixels *pixels_of(VipsImage *image);
void pixels_free(pixels *pixels);
/* Puts `values` into the image, after a change. */
void pixels_update(pixels *pixels);
/* To PNG or JPEG, by the suffix; returns the path. */
const char *write_pixels(const pixels *pixels, const char *name);

static inline int value_at(const pixels *p, int x, int y, int band) {
  return p->values[((gsize)y * p->width + x) * p->bands + band];
}

/* Values that differ, outside or inside a box. */
int differing_outside(const pixels *a, const pixels *b, rect box);
int differing_inside(const pixels *a, const pixels *b, rect box);
/* All values that differ; other sizes or depths fail the test. */
int differing(const pixels *a, const pixels *b);
/* The same of two files. */
int differing_files(const char *a, const char *b);
/* The largest difference of two values. */
int largest_difference(const pixels *a, const pixels *b);

/* ICC profiles made on the spot: primaries and white as xy, one gamma, as a formula or as a table
 * of samples. The bytes are the caller's. */
typedef struct icc {
  void *bytes;
  gsize size;
} icc;
icc make_rgb_profile(const double white[2], const double primaries[6], double gamma, bool sampled);
icc make_grey_profile(double gamma);
void attach_profile(pixels *pixels, icc profile);

/* Adds a chunk to the bytes of a PNG file. */
void append_chunk(GByteArray *png, const char *type, const guint8 *data, guint size);

/* Fails with both texts where `part` is not in `text`. */
/* That the three boys of docs/demo/boys.jpg are among the faces of a program's JSON. */
void check_boys(yyjson_val *faces);
void assert_contains(const char *text, const char *part);

#endif
