/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The lattice: every sample in exactly one chunk, and steps chosen by how much there is to do.
 */
#include "components.h"

#include <string.h>

enum { WIDTH = 150, HEIGHT = 130 };

static components *planned(void) {
  photo *p = photo_new(WIDTH, HEIGHT);
  components *made;

  select_ellipse(p, 13, 17, 110, 90);
  made = components_new(p, "tiny-diffusion");
  components_take(made, "start 12");
  g_assert_cmpint(work_set_plan(&made->worker.set, NULL), ==, RST_OK);
  g_assert_cmpint(made->worker.lattice.count, ==, 1);
  return made;
}

typedef struct {
  int step, chunks, fail_at, widest;
  guint8 times[HEIGHT][WIDTH];
} visited;

static rst_status visit(void *user, part_points *part, const rst_rectangle *chunk, int step,
                        rst_error *error) {
  visited *v = user;

  (void)part;
  (void)error;
  g_assert_cmpint(step, ==, v->step);
  v->chunks++;
  v->widest = MAX(v->widest, MAX(chunk->width, chunk->height) / step);
  for (int y = chunk->y; y < chunk->y + chunk->height; y++)
    for (int x = chunk->x; x < chunk->x + chunk->width; x++)
      v->times[y][x]++;
  return v->chunks == v->fail_at ? RST_NO_MEMORY : RST_OK;
}

static void test_walk(void) {
  static const rst_rectangle areas[] = {
    {0, 0, WIDTH, HEIGHT}, {50, 40, 33, 21}, {100, 20, 1, 70}, {13, 17, 1, 1}, {-20, -20, 60, 60}};
  components *p = planned();
  part_points *part = p->worker.lattice.parts[0];
  const rst_rectangle box = part->part.box;

  for (gsize a = 0; a < G_N_ELEMENTS(areas); a++)
    for (int step = 64; step >= 1; step /= 2)
      for (int side = 8; side <= 128; side *= 4) {
        visited v = {.step = step};

        g_assert_cmpint(lattice_walk(part, &areas[a], step, side, visit, &v, NULL), ==, RST_OK);
        for (int y = 0; y < HEIGHT; y++)
          for (int x = 0; x < WIDTH; x++)
            g_assert_cmpint(v.times[y][x], ==,
                            rect_contains(&areas[a], x, y) && rect_contains(&box, x, y));
        g_assert_cmpint(v.widest, <=, side + side / 2 + 1);
      }
  components_free(p);
}

static void test_ends(void) {
  const rst_rectangle all = {0, 0, WIDTH, HEIGHT}, beside = {140, 120, 10, 10};
  components *p = planned();
  visited v = {.step = 1, .fail_at = 3};

  g_assert_cmpint(lattice_walk(p->worker.lattice.parts[0], &all, 1, 16, visit, &v, NULL), ==,
                  RST_NO_MEMORY);
  g_assert_cmpint(v.chunks, ==, 3);
  v = (visited){.step = 1};
  g_assert_cmpint(lattice_walk(p->worker.lattice.parts[0], &beside, 1, 16, visit, &v, NULL), ==,
                  RST_OK);
  g_assert_cmpint(v.chunks, ==, 0);
  components_free(p);
}

/* Few points and passes are done at once, many begin coarsely. */
static void test_steps(void) {
  const rst_rectangle all = {0, 0, WIDTH, HEIGHT}, little = {60, 60, 10, 10},
                      nothing = {0, 0, 5, 5};
  components *p = planned();
  const lattice *l = &p->worker.lattice;
  int last = 1;

  g_assert_cmpint(lattice_choose_step(l, &little, 1), ==, 1);
  g_assert_cmpint(lattice_choose_step(l, &nothing, 4000), ==, 1);
  for (int passes = 1; passes <= 4000; passes *= 2) {
    const int step = lattice_choose_step(l, &all, passes);

    g_assert_cmpint(step, >=, last);
    g_assert_cmpint(step, <=, LATTICE_COARSEST);
    last = step;
  }
  g_assert_cmpint(last, >=, 32);
  components_free(p);
}

/* Each finished point is counted and traced once. */
static void test_counts(void) {
  components *p = planned();
  lattice *l = &p->worker.lattice;
  const points_job job = lattice_get_job(l);
  gint64 points, done;
  bool changed = false;

  lattice_count_points(l, &points, &done);
  g_assert_cmpint(points, ==, count_selected(p->photo));
  g_assert_cmpint(done, ==, 0);
  g_assert_cmpint(work_set_encode(&p->worker.set, 0, NULL), ==, RST_OK);
  g_assert_cmpint(part_points_refine(l->parts[0], &job, &l->parts[0]->box, 4, &changed, NULL), ==,
                  RST_OK);
  lattice_count_points(l, &points, &done);
  g_assert_cmpint(done, >, points / 20);
  g_assert_cmpint(done, <, points / 12);
  g_assert_cmpint(l->restored, ==, done);
  g_assert_cmpfloat(lattice_get_range(l, 2), ==, 0);
  components_free(p);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/lattice/walk", test_walk);
  g_test_add_func("/lattice/ends", test_ends);
  g_test_add_func("/lattice/steps", test_steps);
  g_test_add_func("/lattice/counts", test_counts);
  return g_test_run();
}
