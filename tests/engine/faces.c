/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Faces: their text, their windows, the file of a finder, finding; and what is seen through several
 * windows, against one window after the other.
 */
#include "fixtures.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/session.h"
#include "network/finder.h"

/* ---- text ---- */

static void test_text(void) {
  rst_face faces[RST_FACES_MAX], again[RST_FACES_MAX];
  char text[RST_FACES_TEXT];
  int count;

  assert_ok(rst_faces_parse(" 1,2 , 3,4; -5,-6,70,80 ;", faces, &count, NULL));
  g_assert_cmpint(count, ==, 2);
  g_assert_cmpint(faces[1].x, ==, -5);
  g_assert_cmpint(faces[1].height, ==, 80);
  g_assert_cmpfloat(faces[0].sure, ==, 1);
  assert_ok(rst_faces_write(faces, count, text, sizeof text, NULL));
  g_assert_cmpstr(text, ==, "1,2,3,4; -5,-6,70,80");
  for (int i = 0; i < RST_FACES_MAX; i++)
    faces[i] = (rst_face){-RST_SIDE_MAX, -RST_SIDE_MAX, RST_SIDE_MAX, RST_SIDE_MAX, 1};
  assert_ok(rst_faces_write(faces, RST_FACES_MAX, text, sizeof text, NULL));
  assert_ok(rst_faces_parse(text, again, &count, NULL));
  g_assert_cmpint(count, ==, RST_FACES_MAX);
  assert_status(rst_faces_write(faces, 2, text, 40, NULL), RST_BAD_CALL);
  for (const char *const *none = (const char *const[]){"", "  ", "auto", NULL}; *none; none++) {
    assert_ok(rst_faces_parse(*none, again, &count, NULL));
    g_assert_cmpint(count, ==, 0);
  }
}

static void test_bad_text(void) {
  static const char *const bad[] = {"1",
                                    "1,2,3",
                                    "1,2,0,4",
                                    "1,2,3,0",
                                    "1,2,3,4 5",
                                    "1,2,3,4,5",
                                    "a,2,3,4",
                                    "1,2,3,99999999999999",
                                    ";",
                                    "1,2,3,4;;",
                                    "1,2,3,4.5",
                                    "0x1,2,3,4",
                                    "16777217,0,1,1",
                                    "none"};
  rst_parameters parameters = new_parameters(NULL, NULL);
  GString *many = g_string_new(NULL);
  int count;

  for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
    rst_error error = RST_ERROR_INIT;

    assert_status(rst_faces_parse(bad[i], NULL, &count, &error), RST_WRONG_TYPE);
    assert_error(&error, RST_WRONG_TYPE, "faces");
    assert_status(rst_parameters_set(&parameters, "faces", bad[i], NULL), RST_WRONG_TYPE);
    g_assert_cmpstr(parameters.faces, ==, "auto");
  }
  for (int i = 0; i <= RST_FACES_MAX; i++)
    g_string_append(many, "1,2,3,4;");
  assert_status(rst_faces_parse(many->str, NULL, &count, NULL), RST_OUT_OF_RANGE);
  g_string_free(many, TRUE);
}

static void test_window(void) {
  static const struct {
    rst_face face;
    rst_window window;
  } cases[] = {
    {{100, 50, 40, 40, 1}, {85, 35, 70}},   /* 1.75 widths */
    {{100, 50, 40, 100, 1}, {50, 30, 140}}, /* 1.4 heights are more */
    {{-20, -20, 40, 40, 1}, {-35, -35, 70}},
    {{0, 0, 1, 1, 1}, {-1, -1, 2}},
  };

  for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
    rst_window window;

    rst_face_window(&cases[i].face, &window);
    g_assert_cmpint(window.x, ==, cases[i].window.x);
    g_assert_cmpint(window.y, ==, cases[i].window.y);
    g_assert_cmpint(window.side, ==, cases[i].window.side);
  }
}

/* ---- a finder that takes white pixels for faces ---- */

static rst_finder *white_finder(void) {
  GByteArray *file = finder_file(NULL, NULL);
  rst_error error = RST_ERROR_INIT;
  rst_finder *finder;

  if (rst_finder_parse(file->data, file->len, &finder, &error) != RST_OK)
    g_error("%s", error.message);
  g_byte_array_unref(file);
  return finder;
}

static void test_file(void) {
  static const char *const bad[][2] = {
    {"\\\"format\\\":1", "\\\"format\\\":2"},
    {"\\\"faces\\\"", "\\\"cats\\\""},
    {"0.5", "1"},
    {"0.5", "\\\"much\\\""},
    {"\\\"stride\\\":1", "\\\"stride\\\":3"},
    {"\\\"stride\\\":1", "\\\"step\\\":1"},
    {"\\\"channels\\\":5", "\\\"channels\\\":4"},
    {"\\\"kernel\\\":1", "\\\"kernel\\\":16"},
    {"\\\"kernel\\\":1", "\\\"kernel\\\":3"}, /* the tensor has another shape */
    {"[{\\\"kernel\\\":1,\\\"stride\\\":1,\\\"channels\\\":5}]", "[]"},
    {"[{\\\"kernel\\\":1,\\\"stride\\\":1,\\\"channels\\\":5}]", "7"},
  };
  GByteArray *file = finder_file(NULL, NULL);
  rst_finder *finder = NULL;

  for (guint size = 0; size < file->len; size++)
    g_assert_cmpint(rst_finder_parse(file->data, size, &finder, NULL), !=, RST_OK);
  for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
    GByteArray *other = finder_file(bad[i][0], bad[i][1]);
    rst_error error = RST_ERROR_INIT;
    const rst_status status = rst_finder_parse(other->data, other->len, &finder, &error);

    g_assert_true(status == RST_BAD_DESCRIPTION || status == RST_BAD_TENSOR);
    assert_error(&error, status, NULL);
    g_byte_array_unref(other);
  }
  g_assert_null(finder);
  g_byte_array_unref(file);
  assert_status(rst_finder_read("/nowhere", &finder, NULL), RST_CANNOT_OPEN);
  assert_status(rst_finder_read(NULL, &finder, NULL), RST_BAD_CALL);
  assert_status(rst_finder_parse(NULL, 1, &finder, NULL), RST_BAD_CALL);
}

/* A model of pictures is no finder, and the other way round. */
static void test_other_kinds(void) {
  network *n = network_new(&net_small);
  GByteArray *model = network_file(n), *file = finder_file(NULL, NULL);
  rst_finder *finder = NULL;
  rst_model *read = NULL;

  assert_status(rst_finder_parse(model->data, model->len, &finder, NULL), RST_BAD_DESCRIPTION);
  assert_status(rst_model_parse(file->data, file->len, &read, NULL), RST_BAD_DESCRIPTION);
  network_free(n);
  g_byte_array_unref(model);
  g_byte_array_unref(file);
}

/* It lives until the last one lets go, and a run of it ends when it is cancelled. */
static void test_shared(void) {
  GByteArray *file = finder_file(NULL, NULL);
  rst_session *session = new_session(1);
  rst_cancel *cancel = rst_cancel_new();
  rst_finder *finder = NULL;
  float *grey = g_new0(float, 64 * 64), *cells = NULL;

  assert_ok(rst_finder_parse(file->data, file->len, &finder, NULL));
  g_assert_true(rst_finder_ref(finder) == finder);
  rst_finder_unref(finder);
  assert_ok(rst_finder_run(finder, session->pool, grey, 64, 64, cancel, &cells, NULL));
  free(cells);
  cells = NULL;
  rst_cancel_set(cancel);
  assert_status(rst_finder_run(finder, session->pool, grey, 64, 64, cancel, &cells, NULL),
                RST_CANCELLED);
  g_assert_null(cells);
  rst_finder_unref(finder);
  rst_cancel_free(cancel);
  rst_session_free(session);
  g_byte_array_unref(file);
  g_free(grey);
}

/* ---- finding ---- */

static void paint(canvas *c, float value) {
  for (int i = 0; i < c->width * c->height; i++)
    for (int k = 0; k < 3; k++)
      c->rgba[4 * i + k] = value;
}

static void dot(canvas *c, int x, int y, int side) {
  for (int v = y; v < y + side; v++)
    for (int u = x; u < x + side; u++)
      for (int k = 0; k < 3; k++)
        c->rgba[4 * (v * c->width + u) + k] = 1;
}

/* Lets the finder go. sure: as rst_find_faces() has it. */
static int find_with(rst_finder *finder, double sure, const canvas *c, const rst_rectangle *box,
                     int threads, rst_face *faces) {
  rst_session *session = new_session(threads);
  int count;

  assert_ok(rst_find_faces(session, finder, &c->picture, box, sure, NULL, faces, &count, NULL));
  rst_finder_unref(finder);
  rst_session_free(session);
  return count;
}

static int find(const canvas *c, const rst_rectangle *box, int threads, rst_face *faces) {
  return find_with(white_finder(), 0, c, box, threads, faces);
}

static void check_face(const rst_face *face, int x, int y, int width, int height) {
  g_assert_cmpint(face->x, ==, x);
  g_assert_cmpint(face->y, ==, y);
  g_assert_cmpint(face->width, ==, width);
  g_assert_cmpint(face->height, ==, height);
}

/* Small things at the picture's own size, large ones at the scale where they are small. */
static void test_find(void) {
  canvas *c = canvas_new(300, 200, 3);
  rst_face faces[RST_FACES_MAX];
  const rst_rectangle box = {150, 20, 1000, 100}, beside = {400, 0, 9, 9};

  paint(c, 0);
  g_assert_cmpint(find(c, NULL, 1, faces), ==, 0);
  dot(c, 50, 140, 1);
  dot(c, 200, 40, 1);
  for (int threads = 1; threads <= 3; threads++) {
    g_assert_cmpint(find(c, NULL, threads, faces), ==, 2);
    check_face(&faces[0], 193, 33, 16, 16);
    check_face(&faces[1], 43, 133, 16, 16);
  }
  g_assert_cmpint(find(c, &box, 1, faces), ==, 1);
  check_face(&faces[0], 193, 33, 16, 16);
  g_assert_cmpint(find(c, &beside, 1, faces), ==, 0);
  /* what is transparent is nothing */
  c->rgba[4 * (40 * 300 + 200) + 3] = 0;
  g_assert_cmpint(find(c, NULL, 1, faces), ==, 1);
  canvas_free(c);
}

/* Boxes beside each other are of one face, whose place is their mean, by how sure they are; what is
 * less sure than a face has a say, and is no face. */
static void test_mean(void) {
  canvas *c = canvas_new(200, 200, 3);
  rst_face faces[RST_FACES_MAX];

  paint(c, 0);
  dot(c, 50, 140, 1);
  dot(c, 54, 140, 1);
  g_assert_cmpint(find(c, NULL, 1, faces), ==, 1);
  check_face(&faces[0], 45, 133, 16, 16);
  /* less bright: less sure than 0.95, and surer than what has no say */
  for (int k = 0; k < 3; k++)
    c->rgba[4 * (140 * 200 + 54) + k] = 0.757f;
  g_assert_cmpint(find_with(white_finder(), 0.95, c, NULL, 1, faces), ==, 1);
  g_assert_cmpint(faces[0].x, >=, 43);
  g_assert_cmpint(faces[0].x, <, 45);
  c->rgba[4 * (140 * 200 + 50)] = c->rgba[4 * (140 * 200 + 50) + 1] = 0;
  g_assert_cmpint(find_with(white_finder(), 0.95, c, NULL, 1, faces), ==, 0);
  canvas_free(c);
}

/* A picture that has to be shrunk: 2500 pixels to 1024 samples. What fills one of them is seen at that
 * scale alone; what fills more, at the next one too, and is between them in size. */
static void test_shrunk(void) {
  canvas *c = canvas_new(2500, 60, 3);
  rst_face faces[RST_FACES_MAX];
  const double factor = 2500 / 1024.0;

  paint(c, 0);
  dot(c, 1001, 19, 3);
  g_assert_cmpint(find_with(white_finder(), 0.99, c, NULL, 2, faces), ==, 1);
  g_assert_cmpfloat(fabs(faces[0].x + faces[0].width / 2.0 - 1002.5), <, 2);
  g_assert_cmpfloat(fabs(faces[0].width - 16 * factor), <=, 1);
  dot(c, 1000, 20, 12);
  g_assert_cmpint(find(c, NULL, 2, faces), >=, 1);
  g_assert_cmpfloat(fabs(faces[0].x + faces[0].width / 2.0 - 1006), <, 8);
  g_assert_cmpfloat(faces[0].width, >=, 16 * factor - 1);
  g_assert_cmpfloat(faces[0].width, <, 16 * factor * 1.42);
  canvas_free(c);
}

/* A finder that takes for a face what is half white, neither darker nor lighter: two layers, the first
 * of which tells how far a sample is above −0.1, and above 0. */
static rst_finder *grey_finder(void) {
  static const float values[] = {1, 1, 0.1f, 0, 300, 0, 0, 0, 0, -600, 0, 0, 0, 0, -20, 0, 0, 0, 0};
  GByteArray *data = g_byte_array_new(), *file;
  rst_finder *finder;

  g_byte_array_append(data, (const guint8 *)values, sizeof values);
  file = network_join(
    "{\"__metadata__\":{\"restorator\":\"{\\\"format\\\":1,\\\"name\\\":\\\"grey\\\","
    "\\\"finder\\\":"
    "{\\\"finds\\\":\\\"faces\\\",\\\"threshold\\\":0.5,\\\"layers\\\":["
    "{\\\"kernel\\\":1,\\\"stride\\\":1,\\\"channels\\\":2},"
    "{\\\"kernel\\\":1,\\\"stride\\\":1,\\\"channels\\\":5}]}}\"},"
    "\"finder.conv0.kernel\":{\"dtype\":\"F32\",\"shape\":[1,1,1,2],\"data_offsets\":[0,8]},"
    "\"finder.conv0.bias\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,16]},"
    "\"finder.conv1.kernel\":{\"dtype\":\"F32\",\"shape\":[1,1,2,5],\"data_offsets\":[16,56]},"
    "\"finder.conv1.bias\":{\"dtype\":\"F32\",\"shape\":[5],\"data_offsets\":[56,76]}}",
    data);
  assert_ok(rst_finder_parse(file->data, file->len, &finder, NULL));
  g_byte_array_unref(file);
  g_byte_array_unref(data);
  return finder;
}

/* Between the picture's own size and half of it: there a white pixel fills half of a sample. */
static void test_between(void) {
  canvas *c = canvas_new(60, 60, 3);
  rst_face faces[RST_FACES_MAX];

  paint(c, 0);
  dot(c, 10, 30, 1);
  g_assert_cmpint(find_with(grey_finder(), 0, c, NULL, 1, faces), ==, 1);
  check_face(&faces[0], -1, 19, 23, 23); /* 16 samples of 1.41 pixels, round sample (7, 21) */
  canvas_free(c);
  c = canvas_new(33, 33, 3); /* too small for a scale between */
  paint(c, 0);
  dot(c, 10, 30, 1);
  g_assert_cmpint(find_with(grey_finder(), 0, c, NULL, 1, faces), ==, 0);
  canvas_free(c);
}

/* More than there is room for: the surest, and in order. */
static void test_many(void) {
  canvas *c = canvas_new(700, 700, 3);
  rst_face faces[RST_FACES_MAX];
  int count;

  paint(c, 0);
  for (int y = 10; y < 690; y += 20)
    for (int x = 10; x < 690; x += 20)
      dot(c, x, y, 1);
  count = find(c, NULL, 2, faces);
  g_assert_cmpint(count, ==, RST_FACES_MAX);
  for (int i = 1; i < count; i++)
    g_assert_true(faces[i].y > faces[i - 1].y ||
                  (faces[i].y == faces[i - 1].y && faces[i].x >= faces[i - 1].x));
  canvas_free(c);
}

static void test_failures(void) {
  canvas *c = canvas_new(80, 60, 3);
  rst_session *session = new_session(1);
  rst_finder *finder = white_finder();
  rst_hooks hooks = RST_HOOKS_INIT;
  rst_face faces[RST_FACES_MAX];
  int count = 77;

  c->fail_at = 1;
  assert_status(rst_find_faces(session, finder, &c->picture, NULL, 0, NULL, faces, &count, NULL),
                RST_HOST_FAILED);
  c->fail_at = 0;
  hooks.cancel = rst_cancel_new();
  rst_cancel_set(hooks.cancel);
  assert_status(rst_find_faces(session, finder, &c->picture, NULL, 0, &hooks, faces, &count, NULL),
                RST_CANCELLED);
  assert_status(rst_find_faces(session, finder, &c->picture, NULL, 1, NULL, faces, &count, NULL),
                RST_BAD_CALL);
  g_assert_cmpint(count, ==, 77);
  rst_cancel_free(hooks.cancel);
  rst_finder_unref(finder);
  rst_session_free(session);
  canvas_free(c);
}

/* ---- several windows ---- */

typedef struct {
  canvas *c;
  rst_session *session;
  rst_model *model;
  rst_parameters parameters;
  rst_encoding *encoding;
} scene;

enum { WIDTH = 70, HEIGHT = 50 };
static const rst_window whole = {0, -10, 70};

static scene scene_new(const char *faces) {
  net shape = net_small;
  scene s = {.c = canvas_new(WIDTH, HEIGHT, 3), .session = new_session(2)};

  shape.condition = shape.pixel = true;
  s.model = network_model(&shape);
  s.parameters = new_parameters("step-skip=6", "window=faces", NULL);
  assert_ok(rst_parameters_set(&s.parameters, "faces", faces, NULL));
  assert_ok(rst_encode_window(s.session, s.model, &s.parameters, &s.c->picture, &whole, NULL,
                              &s.encoding, NULL));
  return s;
}

static void scene_clear(scene *s) {
  rst_encoding_unref(s->encoding);
  rst_model_unref(s->model);
  rst_session_free(s->session);
  canvas_free(s->c);
}

/* A box's colours as the engine gives them. */
static float *sample(const scene *s, const rst_encoding *encoding, int x, int y, int width,
                     int height, const float *wanted) {
  const size_t count = (size_t)width * (size_t)height;
  float *colours = g_new0(float, 3 * count), *luma = g_new(float, count);
  float *rgba = g_new(float, 4 * count);
  rst_grid grid;

  s->c->picture.read(s->c->picture.user, x, y, width, height, rgba);
  rst_pixel_luma(count, rgba, NULL, luma);
  rst_grid_pixels(&grid, x, y, width, height);
  grid.luma = luma;
  assert_ok(rst_sample(s->session, encoding, &s->parameters, &grid, wanted, colours, NULL, NULL));
  g_free(luma);
  g_free(rgba);
  return colours;
}

/* A face's weight: 1 up to half of half the side, 0 from its edge on. */
static double weight_of(const rst_window *w, int x, int y) {
  const double half = w->side / 2.0;
  const double u = (x + 0.5 - w->x - half) / half, v = (y + 0.5 - w->y - half) / half;
  const double t = (1 - sqrt(u * u + v * v)) / 0.5, share = t < 0 ? 0 : t > 1 ? 1 : t;

  return 3 * share * share - 2 * share * share * share;
}

static const char *const lists[] = {"30,20,8,10", "10,10,9,9; 16,12,9,9; 60,40,12,14",
                                    "-3,-3,8,8; 66,44,9,9", "500,500,9,9", ""};

/* Against each window on its own, blended here. */
static void test_views(gconstpointer data) {
  scene s = scene_new(data), plain = scene_new("");
  float *colours = sample(&s, s.encoding, 0, 0, WIDTH, HEIGHT, NULL);
  float *base = sample(&s, plain.encoding, 0, 0, WIDTH, HEIGHT, NULL);
  double *sum = g_new0(double, 4 * WIDTH * HEIGHT);
  rst_face faces[RST_FACES_MAX];
  int count, changed = 0;

  assert_ok(rst_faces_parse(data, faces, &count, NULL));
  for (int i = 0; i < count; i++) {
    rst_encoding *one;
    rst_window w;

    rst_face_window(&faces[i], &w);
    if (w.x >= WIDTH)
      continue;
    s.parameters.window_kind = RST_WINDOW_GIVEN;
    s.parameters.window = w;
    assert_ok(
      rst_encode_window(s.session, s.model, &s.parameters, &s.c->picture, &w, NULL, &one, NULL));
    for (int y = 0; y < HEIGHT; y++)
      for (int x = 0; x < WIDTH; x++) {
        const double weight = weight_of(&w, x, y);

        if (weight > 0) {
          float *colour = sample(&s, one, x, y, 1, 1, NULL);

          for (int k = 0; k < 3; k++)
            sum[4 * (y * WIDTH + x) + k] += weight * colour[k];
          sum[4 * (y * WIDTH + x) + 3] += weight;
          g_free(colour);
        }
      }
    rst_encoding_unref(one);
  }
  for (int i = 0; i < WIDTH * HEIGHT; i++) {
    if (sum[4 * i + 3] == 0) {
      assert_same(colours + 3 * i, base + 3 * i, 3);
      continue;
    }
    changed++;
    for (int k = 0; k < 3; k++) {
      const double rest = sum[4 * i + 3] < 1 ? 1 - sum[4 * i + 3] : 0;
      const double wanted = (rest * base[3 * i + k] + sum[4 * i + k]) / (rest + sum[4 * i + 3]);

      g_assert_cmpfloat(fabs(colours[3 * i + k] - wanted), <, 1e-4);
    }
  }
  g_assert_true((changed > 0) == (count > 0 && faces[0].x < WIDTH));
  g_free(sum);
  g_free(colours);
  g_free(base);
  scene_clear(&s);
  scene_clear(&plain);
}

/* Any cut gives the same bits. */
static void test_cuts(void) {
  scene s = scene_new(lists[1]);
  float *colours = sample(&s, s.encoding, 0, 0, WIDTH, HEIGHT, NULL);
  dice d = {7};

  for (int i = 0; i < 30; i++) {
    const int x = dice_int(&d, 0, WIDTH - 1), y = dice_int(&d, 0, HEIGHT - 1);
    const int width = dice_int(&d, 1, WIDTH - x), height = dice_int(&d, 1, HEIGHT - y);
    float *wanted = g_new(float, width *height);
    float *piece;

    for (int k = 0; k < width * height; k++)
      wanted[k] = dice_int(&d, 0, 1);
    piece = sample(&s, s.encoding, x, y, width, height, wanted);
    for (int k = 0; k < width * height; k++)
      if (wanted[k] > 0)
        assert_same(piece + 3 * k, colours + 3 * ((y + k / width) * WIDTH + x + k % width), 3);
    g_free(piece);
    g_free(wanted);
  }
  g_free(colours);
  scene_clear(&s);
}

/* Pixels as a host sees them come while they are restored are the finished ones. */
static void take_points(void *user, const uint32_t *points, size_t count) {
  float *const *arrays = user;

  for (size_t i = 0; i < count; i++)
    memcpy(arrays[1] + 3 * points[i], arrays[0] + 3 * points[i], 3 * sizeof(float));
}

static void test_batches(void) {
  scene s = scene_new(lists[1]);
  float *arrays[2] = {g_new0(float, 3 * WIDTH * HEIGHT), g_new0(float, 3 * WIDTH * HEIGHT)};
  rst_hooks hooks = RST_HOOKS_INIT;
  rst_grid grid;

  hooks.user = arrays;
  hooks.batch = take_points;
  rst_grid_pixels(&grid, 0, 0, WIDTH, HEIGHT);
  assert_ok(rst_sample(s.session, s.encoding, &s.parameters, &grid, NULL, arrays[0], &hooks, NULL));
  assert_same(arrays[1], arrays[0], 3 * WIDTH * HEIGHT);
  g_free(arrays[0]);
  g_free(arrays[1]);
  scene_clear(&s);
}

/* What is read for a face reaches beyond the region's own window. */
static void test_reach(void) {
  rst_parameters parameters = new_parameters("window=faces", "context=1", NULL);
  const rst_rectangle box = {100, 100, 20, 20};
  rst_rectangle reach;

  assert_ok(rst_parameters_set(&parameters, "faces", "95,95,30,30; 400,400,50,50", NULL));
  rst_reach(&parameters, 1000, 1000, &box, &reach);
  g_assert_cmpint(reach.x, <=, 84);
  g_assert_cmpint(reach.y, <=, 84);
  g_assert_cmpint(reach.x + reach.width, >=, 84 + 52);
  g_assert_cmpint(reach.x + reach.width, <, 340);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/faces/text", test_text);
  g_test_add_func("/faces/bad-text", test_bad_text);
  g_test_add_func("/faces/window", test_window);
  g_test_add_func("/faces/file", test_file);
  g_test_add_func("/faces/other-kinds", test_other_kinds);
  g_test_add_func("/faces/shared", test_shared);
  g_test_add_func("/faces/find", test_find);
  g_test_add_func("/faces/mean", test_mean);
  g_test_add_func("/faces/shrunk", test_shrunk);
  g_test_add_func("/faces/between", test_between);
  g_test_add_func("/faces/many", test_many);
  g_test_add_func("/faces/failures", test_failures);
  for (size_t i = 0; i < G_N_ELEMENTS(lists); i++) {
    char name[32];

    g_snprintf(name, sizeof name, "/faces/views/%zu", i);
    g_test_add_data_func(name, lists[i], test_views);
  }
  g_test_add_func("/faces/cuts", test_cuts);
  g_test_add_func("/faces/batches", test_batches);
  g_test_add_func("/faces/reach", test_reach);
  return g_test_run();
}
