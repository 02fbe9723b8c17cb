/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Old photographs: damage found, listed and drawn; mended, corrected, coloured; recorded and repeated,
 * one and many, and where nothing is wrong nothing changed.
 */
#include <glib/gstdio.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <yyjson.h>

#include "harness.h"

#define SINGLE "--model", "tiny-single"

/* Three boys before a wall, 590 pixels wide, and scratches and dust on them, as they were not. */
static const rect strokes[] = {{60, 0, 2, 320},   {330, 90, 3, 300}, {0, 250, 420, 2},
                               {500, 40, 2, 260}, {450, 300, 5, 5},  {220, 30, 4, 4},
                               {90, 300, 6, 4},   {300, 20, 4, 5}};

/* Darker than the finder of the tests takes for damage. */
static pixels *boys(void) {
  pixels *p = read_pixels(data_path("../../../docs/demo/boys.jpg"));

  for (int i = 0; i < p->width * p->height * p->bands; i++)
    p->values[i] = (guint16)(p->values[i] * 9 / 10);
  pixels_update(p);
  return p;
}

static bool is_stroke(int x, int y, int beyond) {
  for (gsize i = 0; i < G_N_ELEMENTS(strokes); i++) {
    const rect *s = &strokes[i];

    if (x >= s->x - beyond && y >= s->y - beyond && x < s->x + s->width + beyond &&
        y < s->y + s->height + beyond)
      return true;
  }
  return false;
}

static const char *write_scratched(const char *name) {
  pixels *p = boys();

  for (int y = 0; y < p->height; y++)
    for (int x = 0; x < p->width; x++)
      for (int c = 0; c < p->bands && is_stroke(x, y, 0); c++)
        p->values[((gsize)y * p->width + x) * p->bands + c] = 250;
  pixels_update(p);
  const char *path = write_pixels(p, name);

  pixels_free(p);
  return path;
}

/* Nothing wrong: colours in wide waves, black and white among them; with alpha, of which there are
 * all values, where there are four bands. */
static const char *write_waves(const char *name, int width, int height, int bands, int bits) {
  pixels *p = make_pixels(width, height, bands, bits);
  const double half = ((1 << bits) - 1) / 2.0;

  for (int i = 0; i < width * height; i++)
    for (int c = 0; c < bands; c++) {
      const double wave = sin(i % width / 23.0 + i / width / 31.0 + 2 * c);

      p->values[bands * i + c] = (guint16)(half + half * wave);
    }
  for (int i = 0; i < 20 * width && bands == 4; i++)
    p->values[4 * i + 3] = 0;
  pixels_update(p);
  const char *path = write_pixels(p, name);

  pixels_free(p);
  return path;
}

static const char *write_clean(const char *name, int width, int height) {
  return write_waves(name, width, height, 3, 8);
}

static yyjson_doc *read_json(const char *path) {
  char *text;
  gsize size;

  g_assert_true(g_file_get_contents(path, &text, &size, NULL));
  yyjson_doc *doc = yyjson_read(text, size, 0);

  g_free(text);
  g_assert_nonnull(doc);
  return doc;
}

static double damaged_share(const char *path, const char *sensitivity) {
  const char *json = path_of("share.json");

  run_well("damage", path, "--json", json, "--sensitivity", sensitivity, NULL);
  yyjson_doc *doc = read_json(json);
  yyjson_val *one = yyjson_arr_get_first(yyjson_obj_get(yyjson_doc_get_root(doc), "pictures"));
  const double share = yyjson_get_real(yyjson_obj_get(one, "damaged"));

  g_assert_cmpfloat(share * yyjson_get_int(yyjson_obj_get(one, "width")) *
                        yyjson_get_int(yyjson_obj_get(one, "height")) -
                      yyjson_get_int(yyjson_obj_get(one, "pixels")),
                    <, 0.5);
  yyjson_doc_free(doc);
  return share;
}

/* The mask and the red have what was drawn. */
static void test_damage(void) {
  const char *scratched = write_scratched("scratched.png"), *mask = path_of("mask.png");
  const char *drawn = path_of("drawn.png");

  run_well("damage", scratched, "--mask", mask, "--output", drawn, NULL);
  pixels *m = read_pixels(mask), *d = read_pixels(drawn), *p = read_pixels(scratched);
  int there = 0, found = 0, beside = 0;

  g_assert_cmpint(m->bands, ==, 1);
  for (int y = 0; y < m->height; y++)
    for (int x = 0; x < m->width; x++) {
      const int value = value_at(m, x, y, 0);

      g_assert_true(value == 0 || value == 255);
      there += is_stroke(x, y, 0);
      found += is_stroke(x, y, 0) && value;
      beside += !is_stroke(x, y, 3) && value;
      g_assert_cmpint(value_at(d, x, y, 0), ==, value ? 255 : value_at(p, x, y, 0));
      g_assert_cmpint(value_at(d, x, y, 2), ==,
                      value ? 32 : value_at(p, x, y, p->bands > 2 ? 2 : 0));
    }
  g_assert_cmpint(found * 100, >, there * 75);
  g_assert_cmpint(beside * 100, <, m->width * m->height);
  pixels_free(m);
  pixels_free(d);
  pixels_free(p);
  const double least = damaged_share(scratched, "0"), usual = damaged_share(scratched, "0.5");

  g_assert_cmpfloat(least, >, 0);
  g_assert_cmpfloat(least, <=, usual);
  g_assert_cmpfloat(usual, <=, damaged_share(scratched, "1"));
  g_assert_cmpfloat(damaged_share(write_clean("clean.png", 300, 200), "0.5"), ==, 0);
}

static void test_wrong(void) {
  const char *clean = write_clean("clean.png", 90, 70), *out = path_of("x.png");

  check_failed(run("damage", NULL), 2, "at least one picture");
  check_failed(run("damage", clean, clean, "-o", out, NULL), 2, "--output");
  check_failed(run("damage", clean, clean, "-m", out, NULL), 2, "--mask");
  check_failed(run("damage", clean, "--sensitivity", "1.1", NULL), 2, "--sensitivity");
  check_failed(run("damage", path_of("nowhere.png"), NULL), 1, "nowhere.png");
  check_failed(run("photo", clean, NULL), 2, "two files");
  check_failed(run("photo", clean, out, "--sensitivity", "-0.1", NULL), 2, "--sensitivity");
  check_failed(run("photo", clean, out, "--tone-strength", "nan", NULL), 2, "--tone-strength");
  check_failed(run("photo", clean, out, "--size", "10x10", NULL), 2, "--size");
  check_failed(run("restore", clean, out, "--no-damage", NULL), 2, "--no-damage");
  check_failed(run("restore", clean, out, "--damaged", clean, NULL), 2, "--damaged");
  check_failed(run("photo", clean, out, "--damaged", path_of("nowhere.png"), NULL), 1,
               "nowhere.png");
  check_failed(run("photo", clean, out, "--sound", write_clean("small.png", 90, 69), NULL), 1,
               "small.png: the mask has 90 × 69 pixels and the picture 90 × 70");
  g_assert_false(g_file_test(out, G_FILE_TEST_EXISTS));
}

/* How far two pictures are from one another where strokes are. */
static double distance(const pixels *a, const pixels *b) {
  double sum = 0;
  int count = 0;

  for (int y = 0; y < a->height; y++)
    for (int x = 0; x < a->width; x++)
      if (is_stroke(x, y, 0)) {
        sum += abs(value_at(a, x, y, 0) - value_at(b, x, y, 0));
        count++;
      }
  return sum / count;
}

/* What is damaged comes near to what was there; everything else keeps its values. */
static void test_mended(void) {
  const char *scratched = write_scratched("scratched.png"), *mask = path_of("mask.png");
  const char *mended = path_of("mended.png");

  run_well("damage", scratched, "--mask", mask, NULL);
  run_well("photo", scratched, mended, "--no-colour", "--no-tone", NULL);
  pixels *truth = boys(), *before = read_pixels(scratched), *after = read_pixels(mended);
  pixels *m = read_pixels(mask);

  for (int y = 0; y < m->height; y++)
    for (int x = 0; x < m->width; x++)
      for (int c = 0; c < after->bands && value_at(m, x, y, 0) == 0; c++)
        g_assert_cmpint(value_at(after, x, y, c), ==, value_at(before, x, y, c));
  g_assert_cmpfloat(distance(after, truth), <, 0.4 * distance(before, truth));
  pixels_free(truth);
  pixels_free(before);
  pixels_free(after);
  pixels_free(m);
  /* part of it, and no more */
  run_well("photo", scratched, mended, "--no-tone", SINGLE, "--region", "40,20,120x100", NULL);
  before = read_pixels(scratched);
  after = read_pixels(mended);
  if (before->bands == after->bands)
    g_assert_cmpint(differing_outside(before, after, (rect){40, 20, 120, 100}), ==, 0);
  pixels_free(before);
  pixels_free(after);
}

/* A mask that is white in a rectangle and black elsewhere. */
static const char *write_mask(const char *name, int width, int height, rect white, int bits) {
  pixels *p = make_pixels(width, height, 1, bits);

  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++) {
      const bool in =
        x >= white.x && y >= white.y && x < white.x + white.width && y < white.y + white.height;

      p->values[(gsize)y * width + x] = (guint16)(in ? (1 << bits) - 1 : (1 << bits) / 2 - 1);
    }
  pixels_update(p);
  const char *path = write_pixels(p, name);

  pixels_free(p);
  return path;
}

/* What someone marks as damaged is mended too, or alone; what is marked as sound is not, whatever is
 * found. The record says that there were marks, and a repetition that it has none. */
static void test_marked(void) {
  enum { W = 300, H = 200 };
  const rect spot = {100, 60, 7, 5}, left = {0, 0, 150, H};
  const char *clean = write_clean("clean.png", W, H), *out = path_of("marked.png");
  const char *damaged = write_mask("spot.png", W, H, spot, 16);
  const char *sound = write_mask("left.png", W, H, left, 8);

  run_well("photo", clean, out, "--no-tone", "--damaged", damaged, NULL);
  pixels *a = read_pixels(clean), *b = read_pixels(out);

  g_assert_cmpint(differing_outside(a, b, spot), ==, 0);
  g_assert_cmpint(differing_files(clean, out), >, spot.width * spot.height);
  pixels_free(a);
  pixels_free(b);
  assert_contains(run_well("info", out, NULL)->out,
                  "damage mended at the sensitivity 0.5, damage marked by hand");
  assert_contains(run_well("photo", "--repeat", out, clean, path_of("again.png"), NULL)->err,
                  "marked.png: its damage had also been marked by hand");
  g_assert_cmpint(differing_files(clean, path_of("again.png")), ==, 0);
  /* of a part of the picture; one that says both is sound */
  run_well("photo", clean, out, "--no-tone", "--damaged", damaged, "--region", "90,50,60x60", NULL);
  g_assert_cmpint(differing_files(clean, out), >, spot.width * spot.height);
  run_well("photo", clean, out, "--no-tone", "--damaged", damaged, "--sound", sound, NULL);
  g_assert_cmpint(differing_files(clean, out), ==, 0);

  const char *scratched = write_scratched("scratched.png"), *mended = path_of("mended.png");
  const rect none = {0, 0, 0, 0}, here = {60, 100, 2, 100};

  a = read_pixels(scratched);
  const char *all =
    write_mask("all.png", a->width, a->height, (rect){0, 0, a->width, a->height}, 8);

  run_well("photo", scratched, mended, "--no-colour", "--no-tone", "--sound", all, NULL);
  g_assert_cmpint(differing_files(scratched, mended), ==, 0);
  damaged = write_mask("here.png", a->width, a->height, here, 8);
  const outcome *o = run_well("photo", scratched, mended, "--no-colour", "--no-tone", "--no-damage",
                              "--damaged", damaged, "--quiet", NULL);

  g_assert_cmpstr(o->err, ==, "");
  b = read_pixels(mended);
  g_assert_cmpint(differing_outside(a, b, here), ==, 0);
  g_assert_cmpint(differing_files(scratched, mended), >, here.width * here.height / 2);
  pixels_free(b);
  assert_contains(run_well("info", mended, NULL)->out, "photograph    damage marked by hand");
  damaged = write_mask("none.png", a->width, a->height, none, 8);
  run_well("photo", scratched, mended, "--no-colour", "--no-tone", "--no-damage", "--damaged",
           damaged, NULL);
  g_assert_cmpint(differing_files(scratched, mended), ==, 0);
  pixels_free(a);
}

/* Nothing found: the same pixels, said so. */
static void test_clean(void) {
  const char *clean = write_clean("clean.png", 300, 200), *out = path_of("same.png");
  const outcome *o = run_well("photo", clean, out, "--json", NULL);
  yyjson_doc *doc = yyjson_read(o->out, strlen(o->out), 0);
  yyjson_val *root = yyjson_doc_get_root(doc);

  assert_contains(o->err, "coloured, no damage, not faded, its colours kept");
  g_assert_cmpstr(yyjson_get_str(yyjson_obj_get(root, "status")), ==, "done");
  g_assert_cmpstr(yyjson_get_str(yyjson_obj_get(root, "kind")), ==, "coloured");
  g_assert_cmpfloat(yyjson_get_real(yyjson_obj_get(root, "damaged")), ==, 0);
  g_assert_false(yyjson_get_bool(yyjson_obj_get(root, "coloured")));
  g_assert_true(yyjson_is_bool(yyjson_obj_get(root, "coloured")));
  g_assert_null(yyjson_obj_get(root, "tone"));
  g_assert_null(yyjson_obj_get(root, "faces"));
  yyjson_doc_free(doc);
  g_assert_cmpint(differing_files(clean, out), ==, 0);
}

/* Nor does a value change of 16 bits, or beside alpha, whatever it is. */
static void test_clean_kinds(void) {
  static const struct {
    int bands, bits;
    const char *suffix;
  } kinds[] = {{3, 16, "png"}, {4, 8, "png"}, {4, 16, "png"}, {3, 16, "tif"}, {4, 16, "tif"}};

  for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
    char *name = g_strdup_printf("same-%d.%s", (int)i, kinds[i].suffix);
    const char *clean = write_waves("waves.png", 300, 200, kinds[i].bands, kinds[i].bits);
    const char *out = path_of(name);

    assert_contains(run_well("photo", clean, out, NULL)->err,
                    "coloured, no damage, not faded, its colours kept");
    pixels *p = read_pixels(out);

    g_assert_cmpint(p->bands, ==, kinds[i].bands);
    g_assert_cmpint(p->bits, ==, kinds[i].bits);
    pixels_free(p);
    g_assert_cmpint(differing_files(clean, out), ==, 0);
    g_free(name);
  }
}

/* Everything: mended, coloured with each face seen, recorded, repeated. */
static void test_photo(void) {
  const char *scratched = write_scratched("scratched.png"), *out = path_of("out.png");
  const char *again = path_of("again.png");
  const outcome *o = run_well("photo", scratched, out, SINGLE, "--window", "faces", "--json", NULL);
  yyjson_doc *doc = yyjson_read(o->out, strlen(o->out), 0);
  yyjson_val *root = yyjson_doc_get_root(doc);

  assert_contains(o->err, "damage on ");
  assert_contains(o->err, "coloured with tiny-single");
  g_assert_true(yyjson_get_bool(yyjson_obj_get(root, "coloured")));
  g_assert_cmpfloat(yyjson_get_real(yyjson_obj_get(root, "damaged")), >, 0.001);
  g_assert_cmpint(yyjson_arr_size(yyjson_obj_get(root, "faces")), ==, 4); /* one is a hand */
  check_boys(yyjson_obj_get(root, "faces"));
  g_assert_cmpfloat(yyjson_get_real(yyjson_obj_get(root, "prepared")), <=,
                    yyjson_get_real(yyjson_obj_get(root, "seconds")));
  yyjson_doc_free(doc);
  run_well("photo", scratched, again, SINGLE, "--window", "faces", "--threads", "1", NULL);
  g_assert_cmpint(differing_files(out, again), ==, 0);
  run_well("restore", "--repeat", out, scratched, again, NULL);
  g_assert_cmpint(differing_files(out, again), ==, 0);
  run_well("photo", "--repeat", out, scratched, again, "--no-damage", NULL);
  g_assert_cmpint(differing_files(out, again), >, 500);
  o = run_well("info", again, NULL);
  assert_contains(o->out, "photograph");
  assert_contains(o->out, "tone corrected by 1");
  g_assert_null(strstr(o->out, "damage mended"));
  o = run_well("info", out, NULL);
  assert_contains(o->out, "damage mended at the sensitivity 0.5");
  /* colour of no strength is the prepared picture */
  run_well("photo", scratched, out, SINGLE, "--strength", "0", NULL);
  run_well("photo", scratched, again, SINGLE, "--no-colour", NULL);
  pixels *a = read_pixels(out), *b = read_pixels(again);

  for (int y = 0; y < a->height; y++)
    for (int x = 0; x < a->width; x++)
      g_assert_cmpint(value_at(a, x, y, 0), ==, value_at(b, x, y, 0));
  pixels_free(a);
  pixels_free(b);
}

/* A folder, killed at any moment and taken up again: the same as in one go. */
static void test_many(void) {
  enum { COUNT = 4 };
  const char *inputs[COUNT], *whole = path_of("whole"), *killed = path_of("killed");
  int status;

  for (int i = 0; i < COUNT; i++) {
    char *name = g_strdup_printf("many-%d.png", i);

    inputs[i] = i == 0 ? write_clean(name, 200, 100) : write_scratched(name);
    g_free(name);
  }
  const outcome *o = run_well("photo", "--output-dir", whole, SINGLE, inputs[0], inputs[1],
                              inputs[2], inputs[3], NULL);

  assert_contains(o->err, "4 done, 0 skipped, 0 failed");
  for (int k = 0; k < 3; k++) {
    const char *const arguments[] = {"photo",   "--output-dir", killed,    SINGLE,    inputs[0],
                                     inputs[1], inputs[2],      inputs[3], "--quiet", NULL};
    GPid pid = start_program(arguments);

    g_usleep((gulong)(100000 * (k + 1)));
    kill(pid, SIGKILL);
    waitpid(pid, &status, 0);
  }
  run_well("photo", "--output-dir", killed, SINGLE, inputs[0], inputs[1], inputs[2], inputs[3],
           NULL);
  for (int i = 0; i < COUNT; i++) {
    char *a = g_strdup_printf("%s/many-%d.png", whole, i);
    char *b = g_strdup_printf("%s/many-%d.png", killed, i);

    g_assert_cmpint(differing_files(a, b), ==, 0);
    g_free(a);
    g_free(b);
  }
  o = run_well("photo", "--output-dir", killed, SINGLE, inputs[0], inputs[1], inputs[2], inputs[3],
               NULL);
  assert_contains(o->err, "0 done, 4 skipped, 0 failed");
}

int main(int argc, char **argv) {
  harness_begin(&argc, &argv);
  g_test_add_func("/photo/damage", test_damage);
  g_test_add_func("/photo/wrong", test_wrong);
  g_test_add_func("/photo/mended", test_mended);
  g_test_add_func("/photo/marked", test_marked);
  g_test_add_func("/photo/clean", test_clean);
  g_test_add_func("/photo/clean-kinds", test_clean_kinds);
  g_test_add_func("/photo/photo", test_photo);
  g_test_add_func("/photo/many", test_many);
  return harness_run();
}
