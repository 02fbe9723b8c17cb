/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The record that a picture keeps of what was done, and its repetition.
 */
#include <string.h>

#include "io/xmp.h"
#include "harness.h"
#include "restorator.h"

#define SINGLE "--model", "tiny-single"

static const char *write_picture(const char *name, int width) {
  pixels *p = make_pixels(width, 40, 3, 8);
  const char *path = write_pixels(p, name);
  pixels_free(p);
  return path;
}

/* A picture file with that XMP. */
static const char *write_xmp(const char *name, const char *xmp) {
  pixels *p = make_pixels(48, 40, 3, 8);
  vips_image_set_blob_copy(p->image, VIPS_META_XMP_NAME, xmp, strlen(xmp));
  const char *path = write_pixels(p, name);
  pixels_free(p);
  return path;
}

static char *xmp_of(const char *path) {
  pixels *p = read_pixels(path);
  const void *bytes = "";
  size_t size = 0;
  if (vips_image_get_typeof(p->image, VIPS_META_XMP_NAME) != 0)
    vips_image_get_blob(p->image, VIPS_META_XMP_NAME, &bytes, &size);
  char *text = g_strndup(bytes, size);
  pixels_free(p);
  return text;
}

/* Entry `index` of a picture's record, and how many there are; 0 without a record. Its parameters
 * are there until the next call. */
static int read_record(const char *path, int index, rst_record *record) {
  int count = 0;
  rst_error error = RST_ERROR_INIT;
  char *xmp = xmp_of(path), *history = xmp_get_history(xmp, strlen(xmp));
  static rst_parameters parameters;
  *record = (rst_record){.size = sizeof *record};
  rst_parameters_init(&parameters);
  if (history && rst_record_read(history, index, record, &parameters, &count, &error) != RST_OK)
    g_error("%s", error.message);
  g_free(history);
  g_free(xmp);
  return count;
}

static char *model_sum(const char *id) {
  char *bytes, *name = g_strdup_printf("%s.safetensors", id);
  gsize size;
  g_assert_true(g_file_get_contents(data_path(name), &bytes, &size, NULL));
  char *sum = g_compute_checksum_for_data(G_CHECKSUM_SHA256, (guchar *)bytes, size);
  g_free(name);
  g_free(bytes);
  return sum;
}

/* What was done is in the file, in each format, and a second time is added to the first. */
static void test_kept(void) {
  static const char *const suffixes[] = {"png", "jpg", "tif", "webp"};
  char *sum = model_sum("tiny-diffusion");
  for (gsize i = 0; i < G_N_ELEMENTS(suffixes); i++) {
    char *name = g_strdup_printf("once.%s", suffixes[i]);
    char *again = g_strdup_printf("twice.%s", suffixes[i]);
    const char *input = write_picture("in.png", 48), *once = path_of(name), *twice = path_of(again);
    rst_record record;
    run_well("restore", input, once, "--model", "tiny-diffusion", "--region", "12,8,16x20",
             "--seed", "9", "--context", "1.25", NULL);
    g_assert_cmpint(read_record(once, 0, &record), ==, 1);
    g_assert_cmpstr(record.parameters->model, ==, "tiny-diffusion");
    g_assert_cmpstr(record.sha256, ==, sum);
    g_assert_cmpstr(record.version, ==, rst_version());
    g_assert_cmpint(record.parameters->seed, ==, 9);
    g_assert_cmpfloat(record.parameters->context, ==, 1.25);
    g_assert_cmpint(record.box.x, ==, 12);
    g_assert_cmpint(record.box.height, ==, 20);
    g_assert_cmpint(record.window_count, ==, 1);
    g_assert_cmpint(record.windows[0].side, ==, 25);
    run_well("restore", once, twice, SINGLE, "--quiet", NULL);
    g_assert_cmpint(read_record(twice, 0, &record), ==, 2);
    g_assert_cmpint(record.parameters->seed, ==, 9);
    g_assert_cmpint(read_record(twice, 1, &record), ==, 2);
    g_assert_cmpstr(record.parameters->model, ==, "tiny-single");
    g_assert_cmpint(record.box.width, ==, 48);
    run_well("restore", input, once, SINGLE, "--no-record", NULL);
    g_assert_cmpint(read_record(once, 0, &record), ==, 0);
    g_free(name);
    g_free(again);
  }
  g_free(sum);
}

/* Other XMP stays, byte by byte; XMP that is none stays too, and the program says so. */
static void test_other_xmp(void) {
  static const char xmp[] =
    "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3."
    "org/1999/02/22-rdf-syntax-ns#'><rdf:Description rdf:about='' "
    "xmlns:dc='d' dc:title='&lt;A&#10;title>'/>";
  static const char tail[] = "</rdf:RDF></x:xmpmeta>";
  char *whole = g_strconcat(xmp, tail, NULL);
  const char *output = path_of("out.png");
  const outcome *o = run_well("restore", write_xmp("in.png", whole), output, SINGLE, NULL);
  g_assert_null(strstr(o->err, "record"));
  char *kept = xmp_of(output);
  g_assert_true(g_str_has_prefix(kept, xmp));
  g_assert_true(g_str_has_suffix(kept, tail));
  assert_contains(kept, "restorator:history");
  g_free(kept);
  o = run_well("restore", write_xmp("in.png", "<x> & </x>"), output, SINGLE, NULL);
  assert_contains(o->err,
                  "out.png: what was done is not recorded in the picture: its XMP is "
                  "malformed\n");
  kept = xmp_of(output);
  g_assert_cmpstr(kept, ==, "<x> & </x>");
  g_free(kept);
  g_free(whole);
}

/* A record that is damaged is kept as it is; one that would be too long for JPEG is not added, so
 * that libvips does not drop all of the XMP. */
static void test_not_kept(void) {
  char *damaged = xmp_set_history(NULL, 0, "[{\"format\": 1},");
  const char *output = path_of("out.png"), *jpeg = path_of("out.jpg");
  const char *input = write_xmp("in.png", damaged);
  const outcome *o = run_well("restore", input, output, SINGLE, NULL);
  assert_contains(o->err, "what was done is not recorded in the picture: ");
  char *kept = xmp_of(output);
  g_assert_cmpstr(kept, ==, damaged);
  g_free(kept);
  check_failed(run("restore", "--repeat", input, input, output, NULL), 1, "record");
  check_failed(run("info", input, NULL), 1, "record");
  char *filling = g_strnfill(59500, 'x');
  char *large = g_strdup_printf("<x>%s</x>", filling);
  input = write_xmp("large.png", large);
  o = run_well("restore", input, jpeg, SINGLE, NULL);
  assert_contains(o->err, "its XMP is as long as it can be");
  kept = xmp_of(jpeg);
  g_assert_cmpstr(kept, ==, large);
  g_free(kept);
  o = run_well("restore", input, output, SINGLE, NULL);
  g_assert_null(strstr(o->err, "recorded"));
  g_free(filling);
  g_free(large);
  g_free(damaged);
}

/* The same input gives the same bits, whatever was set. */
static void test_repeated(void) {
  const char *input = write_picture("in.png", 48), *done = path_of("done.png");
  const char *output = path_of("repeated.png"), *other = path_of("other.png");
  run_well("restore", input, done, "--model", "tiny-diffusion", "--start", "20", "--seed", "3",
           "--stochasticity", "0.3", "--region", "12,8,16x20", "--context", "2.3", "--no-project",
           "--strength", "0.7", NULL);
  const outcome *o = run_well("restore", "--repeat", done, input, output, NULL);
  g_assert_cmpint(differing_files(done, output), ==, 0);
  g_assert_null(strstr(o->err, "differ"));
  char *first = xmp_of(done), *second = xmp_of(output);
  g_assert_cmpstr(first, ==, second);
  g_free(first);
  g_free(second);
  /* What is given wins. */
  run_well("restore", "--repeat", done, input, other, "--seed", "4", NULL);
  g_assert_cmpint(differing_files(done, other), >, 0);
  o = run_well("restore", "--repeat", done, input, other, "--region", "0,0,9x9", NULL);
  assert_contains(o->err, "restored 81 points");
  assert_contains(o->err, "the windows differ from those recorded in ");
  /* Many, as one did. */
  run_well("restore", "--repeat", done, "--output-dir", path_of("all"), input,
           write_picture("wide.png", 60), NULL);
  g_assert_cmpint(differing_files(done, path_of("all/in.png")), ==, 0);
}

/* A transparent picture with strokes: red, and grey, which is a colour too. */
static const char *write_strokes(const char *name, int width) {
  pixels *strokes = make_pixels(width, 40, 4, 8);
  for (int i = 0; i < width * 40; i++) {
    const int x = i % width, y = i / width;
    const guint16 red[4] = {200, 30, 30, 255}, grey[4] = {128, 128, 128, 255}, none[4] = {0};
    memcpy(strokes->values + 4 * i,
           y == 12 && x > 14 && x < 24   ? red
           : y == 24 && x > 14 && x < 24 ? grey
                                         : none,
           sizeof none);
  }
  pixels_update(strokes);
  const char *path = write_pixels(strokes, name);
  pixels_free(strokes);
  return path;
}

/* Hints, one by one and painted, are in the record and repeated. */
static void test_repeated_hints(void) {
  pixels *p = make_pixels(48, 40, 3, 8);
  const char *input = write_pixels(p, "unhinted.png"), *strokes = write_strokes("strokes.png", 48);
  const char *plain = path_of("plain.png"), *one = path_of("one.png"), *two = path_of("two.png");
  const char *copy = path_of("copy.png");
  pixels_free(p);
  run_well("restore", input, plain, "--model", "tiny-single", NULL);
  run_well("restore", input, one, "--model", "tiny-single", "--hint", "20,20,#c02020,0.4", "--hint",
           "40,5,keep", NULL);
  run_well("restore", input, two, "--model", "tiny-single", "--hints", strokes, NULL);
  g_assert_cmpint(differing_files(plain, one), >, 0);
  g_assert_cmpint(differing_files(plain, two), >, 0);
  g_assert_cmpint(differing_files(one, two), >, 0);
  run_well("restore", input, copy, "--repeat", one, NULL);
  g_assert_cmpint(differing_files(one, copy), ==, 0);
  run_well("restore", input, copy, "--repeat", two, NULL);
  g_assert_cmpint(differing_files(two, copy), ==, 0);
  run_well("restore", input, copy, "--repeat", one, "--hints", strokes, NULL); /* wins */
  g_assert_cmpint(differing_files(two, copy), ==, 0);
  /* in a region, and at a size of its own */
  run_well("restore", input, copy, "--model", "tiny-single", "--region", "10,10,20x20", "--size",
           "40x40", "--hint", "20,20,#c02020", NULL);
  run_well("restore", input, one, "--model", "tiny-single", "--region", "10,10,20x20", "--size",
           "40x40", NULL);
  g_assert_cmpint(differing_files(one, copy), >, 0);

  check_failed(
    run("restore", input, copy, "--hints", write_strokes("narrow.png", 47), "--quiet", NULL), 1,
    "47 × 40");
  check_failed(run("restore", input, copy, "--hints", input, NULL), 1, "transparen");
  check_failed(run("restore", input, copy, "--hints", "none.png", NULL), 1, "none.png");
  /* more strokes than there may be hints */
  p = make_pixels(48, 40, 4, 8);
  for (int i = 0; i < 48 * 40; i++)
    for (int c = 0; c < 4; c++)
      p->values[4 * i + c] = (guint16)(c == 3 ? 255 : (i * 7919 + c * 97 + i / 3) & 255);
  pixels_update(p);
  check_failed(run("restore", input, copy, "--hints", write_pixels(p, "many.png"), NULL), 2,
               "The value 1920 of “hints” is out of range");
  pixels_free(p);
}

static const char *write_mask(const char *name, int right) {
  pixels *mask = make_pixels(48, 40, 1, 8);
  for (int i = 0; i < 48 * 40; i++) {
    int x = i % 48;
    mask->values[i] = (x > 3 && x < 12) || (x > 30 && x < right) ? 255 : 0;
  }
  pixels_update(mask);
  const char *path = write_pixels(mask, name);
  pixels_free(mask);
  return path;
}

/* The record tells which mask to give again; another one is said, and used. */
static void test_repeated_mask(void) {
  const char *input = write_picture("in.png", 48), *done = path_of("done.png");
  const char *output = path_of("masked.png"), *mask = write_mask("my mask.png", 44);
  const char *other = write_mask("other.png", 43), *copy = path_of("copy.png");
  rst_record record;
  char *bytes, *sum = NULL;
  gsize size;
  run_well("restore", input, done, SINGLE, "--mask", mask, NULL);
  g_assert_cmpint(read_record(done, 0, &record), ==, 1);
  g_assert_true(g_file_get_contents(mask, &bytes, &size, NULL));
  sum = g_compute_checksum_for_data(G_CHECKSUM_SHA256, (guchar *)bytes, size);
  g_assert_cmpstr(record.mask, ==, "my mask.png");
  g_assert_cmpstr(record.mask_sha256, ==, sum);
  g_assert_true(g_file_set_contents(copy, bytes, (gssize)size, NULL));
  char *asked = g_strdup_printf(
    "done.png: was restored with the mask “my mask.png” (SHA-256 %s); "
    "give it with --mask",
    sum);
  check_failed(run("restore", "--repeat", done, input, output, NULL), 1, asked);
  g_assert_false(g_file_test(output, G_FILE_TEST_EXISTS));
  const outcome *o = run_well("restore", "--repeat", done, input, output, "--mask", copy, NULL);
  g_assert_null(strstr(o->err, "another mask"));
  g_assert_null(strstr(o->err, "differ"));
  g_assert_cmpint(differing_files(done, output), ==, 0);
  o = run_well("restore", "--repeat", done, input, output, "--mask", other, NULL);
  assert_contains(o->err, "other.png: is another mask than “my mask.png”, with which ");
  g_assert_cmpint(differing_files(done, output), >, 0);
  o = run_well("info", done, NULL);
  char *shown = g_strdup_printf("mask          my mask.png, SHA-256\n              %s\n", sum);
  assert_contains(o->out, shown);
  g_free(shown);
  g_free(asked);
  g_free(bytes);
  g_free(sum);
}

/* A size is repeated, and another one given beside it wins; so is a preset's name. */
static void test_repeated_size(void) {
  static const char preset[] = "{\"format\": 1, \"model\": \"tiny-diffusion\", \"start\": 20}";
  const char *input = write_picture("in.png", 48), *done = path_of("done.png");
  const char *output = path_of("repeated.png"), *mask = write_mask("mask.png", 44);
  rst_record record;
  run_well("restore", input, done, "--preset", write_text("presets/mine.json", preset), "--seed",
           "5", "--region", "12,8,16x20", "--size", "50x70", NULL);
  g_assert_cmpint(read_record(done, 0, &record), ==, 1);
  g_assert_cmpint(record.width, ==, 50);
  g_assert_cmpint(record.height, ==, 70);
  g_assert_cmpstr(record.preset, ==, "mine");
  run_well("restore", "--repeat", done, input, output, NULL);
  g_assert_cmpint(differing_files(done, output), ==, 0);
  char *first = xmp_of(done), *second = xmp_of(output);
  g_assert_cmpstr(first, ==, second);
  const outcome *o = run_well("info", done, NULL);
  assert_contains(o->out, "\npreset        mine\n");
  assert_contains(o->out, "\nat the size   50x70\n");
  run_well("restore", "--repeat", done, input, output, "--size", "25x35", NULL);
  g_assert_cmpint(read_record(output, 0, &record), ==, 1);
  g_assert_cmpint(record.width, ==, 25);
  check_failed(
    run("restore", "--repeat", done, input, path_of("spread.png"), "--uncertainty", "2", NULL), 1,
    "done.png: was restored with --size, which --uncertainty excludes");
  g_assert_false(g_file_test(path_of("spread.png"), G_FILE_TEST_EXISTS));
  /* With a mask, the region is what was asked for, and not what was selected. */
  run_well("restore", input, done, SINGLE, "--mask", mask, "--size", "96x80", "--window", "picture",
           NULL);
  run_well("restore", "--repeat", done, input, output, "--mask", mask, NULL);
  g_assert_cmpint(differing_files(done, output), ==, 0);
  g_free(first);
  g_free(second);
}

/* A record like that of `path`, but for one text in it, in a new picture. */
static const char *write_changed(const char *path, const char *from, const char *to) {
  char *xmp = xmp_of(path), *history = xmp_get_history(xmp, strlen(xmp));
  char **parts = g_strsplit(history, from, -1);
  g_assert_cmpuint(g_strv_length(parts), >=, 2);
  char *changed = g_strjoinv(to, parts), *packet = xmp_set_history(NULL, 0, changed);
  const char *written = write_xmp("changed.png", packet);
  g_free(xmp);
  g_free(history);
  g_strfreev(parts);
  g_free(changed);
  g_free(packet);
  return written;
}

static void test_refused(void) {
  const char *input = write_picture("in.png", 48), *done = path_of("done.png");
  const char *output = path_of("refused.png");
  run_well("restore", input, done, SINGLE, NULL);
  check_failed(run("restore", "--repeat", input, input, output, NULL), 1,
               "in.png: holds no record of what was restored");
  check_failed(run("restore", "--repeat", path_of("none.png"), input, output, NULL), 1,
               "none.png: No such file");
  check_failed(run("restore", "--repeat", done, "--preset", "b", input, output, NULL), 2,
               "--repeat and --preset exclude each other");
  char *sum = model_sum("tiny-single"), *other = model_sum("tiny-diffusion");
  const char *changed = write_changed(done, sum, other);
  check_failed(run("restore", "--repeat", changed, input, output, NULL), 1,
               "another file of the model “tiny-single”: its SHA-256 was ");
  g_assert_false(g_file_test(output, G_FILE_TEST_EXISTS));
  run_well("restore", "--repeat", changed, "--model", "tiny-single", input, output, NULL);
  g_assert_cmpint(differing_files(done, output), ==, 0);
  changed = write_changed(done, rst_version(), "999.0.0");
  check_failed(run("restore", "--repeat", changed, input, output, NULL), 1,
               "was restored by version 999.0.0");
  changed = write_changed(done, "strength", "sharpness");
  check_failed(run("restore", "--repeat", changed, input, output, NULL), 1, "sharpness");
  g_free(sum);
  g_free(other);
}

static void test_info(void) {
  const char *input = write_picture("in.png", 48), *done = path_of("done.png");
  run_well("restore", input, done, "--model", "tiny-diffusion", "--region", "12,8,16x20", "--seed",
           "9", "--clip", NULL);
  run_well("restore", done, done, SINGLE, NULL);
  char *sum = model_sum("tiny-diffusion");
  const outcome *o = run_well("info", done, NULL);
  assert_contains(o->out, "size          48 × 40\nchannels      3 of 8 bits\n");
  char *first = g_strdup_printf(
    "restored      1 of 2, by version %s\n"
    "model         tiny-diffusion\nSHA-256       %s\n",
    rst_version(), sum);
  assert_contains(o->out, first);
  assert_contains(o->out,
                  "\nparameters    clip true, seed 9\nregion        12,8,16x20\n"
                  "windows       5,3,30\nrestored      2 of 2");
  assert_contains(o->out, "\nmodel         tiny-single\n");
  assert_contains(o->out, "\nparameters    the defaults\n");
  o = run_well("info", input, NULL);
  assert_contains(o->out, "restored      no record\n");
  pixels *grey = make_pixels(48, 40, 1, 8);
  o = run_well("info", write_pixels(grey, "grey.png"), NULL);
  assert_contains(o->out, "colours       monochrome (sure by 1.00 of 1)\n");
  pixels_free(grey);
  check_failed(run("info", path_of("none.png"), NULL), 1, "none.png: No such file");
  g_free(first);
  g_free(sum);
}

int main(int argc, char **argv) {
  harness_begin(&argc, &argv);
  g_test_add_func("/record/kept", test_kept);
  g_test_add_func("/record/other-xmp", test_other_xmp);
  g_test_add_func("/record/not-kept", test_not_kept);
  g_test_add_func("/record/repeated", test_repeated);
  g_test_add_func("/record/repeated-mask", test_repeated_mask);
  g_test_add_func("/record/repeated-hints", test_repeated_hints);
  g_test_add_func("/record/repeated-size", test_repeated_size);
  g_test_add_func("/record/refused", test_refused);
  g_test_add_func("/record/info", test_info);
  return harness_run();
}
