/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Schedules, sequences of timesteps and samplers against closed forms.
 */
#include "fixtures.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "diffusion/course.h"
#include "diffusion/schedule.h"

#define PI 3.14159265358979323846264338327950288L

/* ---- schedules ---- */

static const int lengths[] = {2, 3, 10, 100, 1000, RST_STEPS_MAX};

static long double plain_beta(int kind, int t, int steps) {
  const long double a = 0.0001L, b = 0.02L, at = (long double)t / (steps - 1);
  long double now, next, beta;

  switch (kind) {
    case RST_SCHEDULE_LINEAR:
      return a + (b - a) * at;
    case RST_SCHEDULE_QUADRATIC:
      return powl(sqrtl(a) + (sqrtl(b) - sqrtl(a)) * at, 2);
    case RST_SCHEDULE_SIGMOID:
      return a + (b - a) / (1 + expl(-(-6 + 12 * at)));
    default:
      now = powl(cosl(((long double)t / steps + 0.008L) / 1.008L * PI / 2), 2);
      next = powl(cosl(((long double)(t + 1) / steps + 0.008L) / 1.008L * PI / 2), 2);
      beta = 1 - next / now;
      return beta < 0.0001L ? 0.0001L : beta > 0.9999L ? 0.9999L : beta;
  }
}

static void test_schedules(void) {
  for (int kind = 0; rst_schedule_names[kind]; kind++)
    for (size_t i = 0; i < G_N_ELEMENTS(lengths); i++) {
      const int steps = lengths[i];
      double *beta = g_new(double, steps), *alpha_bar = g_new(double, steps);
      long double product = 1;

      rst_schedule_fill((rst_schedule_kind)kind, steps, beta, alpha_bar);
      for (int t = 0; t < steps; t++) {
        const long double expected = plain_beta(kind, t, steps);

        product *= 1 - expected;
        g_assert_cmpfloat((double)fabsl(beta[t] - expected), <=, 1e-12);
        /* ᾱ is a product of what may be nearly lost to 1 − β: relative, as 1/√ᾱ is used */
        g_assert_cmpfloat((double)fabsl(alpha_bar[t] / product - 1), <=, 1e-9);
        g_assert_true(beta[t] > 0 && beta[t] < 1);
        g_assert_true(alpha_bar[t] > 0 && alpha_bar[t] < (t == 0 ? 1 : alpha_bar[t - 1]));
      }
      g_free(beta);
      g_free(alpha_bar);
    }
  g_assert_cmpfloat(rst_alpha_bar(NULL, -1), ==, 1);
}

/* ---- sequences ---- */

static void assert_sequence(rst_sequence kind, int skip, int start, int end, const int *expected,
                            int count) {
  int sequence[200];

  g_assert_cmpint(rst_sequence_fill(kind, skip, start, end, sequence), ==, count);
  for (int i = 0; i < count && expected; i++)
    g_assert_cmpint(sequence[i], ==, expected[i]);
}

static void test_examples(void) {
  static const int eight[] = {99, 97, 89, 81, 73, 65, 57, 49, 41, 33, 25, 17, 9, 1, 0};
  static const int quadratic[] = {99, 63, 31, 15, 7, 3, 1, 0};
  static const int one[] = {6}, two[] = {1, 0}, three[] = {4, 3, 2};

  assert_sequence(RST_SEQUENCE_UNIFORM, 1, 100, 0, NULL, 100);
  assert_sequence(RST_SEQUENCE_UNIFORM, 8, 100, 0, eight, 15);
  assert_sequence(RST_SEQUENCE_QUADRATIC, 8, 100, 0, quadratic, 8);
  assert_sequence(RST_SEQUENCE_QUADRATIC, 1, 100, 0, quadratic, 8);
  assert_sequence(RST_SEQUENCE_UNIFORM, 8, 7, 6, one, 1);
  assert_sequence(RST_SEQUENCE_QUADRATIC, 8, 7, 6, one, 1);
  assert_sequence(RST_SEQUENCE_UNIFORM, 100, 2, 0, two, 2);
  assert_sequence(RST_SEQUENCE_QUADRATIC, 8, 2, 0, two, 2);
  assert_sequence(RST_SEQUENCE_UNIFORM, 100, 5, 2, three, 3);
}

/* All of K, S, E for T up to 40, against the sets that the page describes. */
static void test_all_sequences(void) {
  for (int start = 1; start <= 40; start++)
    for (int end = 0; end < start; end++)
      for (int skip = 0; skip <= 41; skip++) { /* 0: quadratic */
        const rst_sequence kind = skip == 0 ? RST_SEQUENCE_QUADRATIC : RST_SEQUENCE_UNIFORM;
        bool taken[41] = {false};
        int sequence[40], count = rst_sequence_fill(kind, MAX(skip, 1), start, end, sequence);
        int expected = 0;

        taken[start - 1] = taken[end] = true;
        if (skip > 0)
          for (int t = end + 1; t < start - 1; t += skip)
            taken[t] = true;
        else
          for (int i = 0; i < (int)ceil(log2(start - end + 1)); i++)
            if (end - 1 + (1 << i) < start)
              taken[end - 1 + (1 << i)] = true;
        g_assert_cmpint(sequence[0], ==, start - 1);
        g_assert_cmpint(sequence[count - 1], ==, end);
        for (int i = 0; i < count; i++) {
          g_assert_true(taken[sequence[i]]);
          g_assert_true(i == 0 || sequence[i] < sequence[i - 1]);
        }
        for (int t = 0; t < 41; t++)
          expected += taken[t];
        g_assert_cmpint(count, ==, expected);
      }
}

static void test_passes(void) {
  rst_model *model = network_model(&net_small);
  net single = net_small;
  rst_model *other;
  rst_parameters q = new_parameters("step-skip=4", NULL);
  rst_error error = RST_ERROR_INIT;
  int steps[20], passes = 0;

  assert_ok(rst_parameters_steps(&q, model, NULL, &passes, NULL));
  g_assert_cmpint(passes, ==, 7); /* 19, 17, 13, 9, 5, 1, 0 */
  assert_ok(rst_parameters_steps(&q, model, steps, &passes, NULL));
  g_assert_cmpint(steps[1], ==, 17);
  q =
    new_parameters("sampler=ddpm", "step-skip=4", "sequence=quadratic", "start=15", "end=2", NULL);
  assert_ok(rst_parameters_steps(&q, model, steps, &passes, NULL));
  g_assert_cmpint(passes, ==, 13); /* ddpm takes them all */
  g_assert_cmpint(steps[0], ==, 14);
  g_assert_cmpint(steps[12], ==, 2);
  q = new_parameters("step-skip=21", NULL);
  assert_status(rst_parameters_steps(&q, model, steps, &passes, &error), RST_OUT_OF_RANGE);
  assert_error(&error, RST_OUT_OF_RANGE, "step-skip");
  g_assert_cmpfloat(error.low, ==, 1);
  g_assert_cmpfloat(error.high, ==, 20);
  q.sequence = RST_SEQUENCE_QUADRATIC; /* ignores step-skip */
  assert_ok(rst_parameters_steps(&q, model, steps, &passes, NULL));
  q = new_parameters("start=21", "step-skip=1", NULL);
  assert_status(rst_parameters_check(&q, model, &error), RST_OUT_OF_RANGE);
  assert_error(&error, RST_OUT_OF_RANGE, "start");
  q = new_parameters("start=5", "end=5", "step-skip=1", NULL);
  assert_status(rst_parameters_check(&q, model, &error), RST_OUT_OF_RANGE);
  assert_error(&error, RST_OUT_OF_RANGE, "end");
  g_assert_cmpfloat(error.high, ==, 4);
  q = new_parameters("end=20", "step-skip=1", NULL);
  assert_status(rst_parameters_check(&q, model, &error), RST_OUT_OF_RANGE);
  q = new_parameters("end=19", "step-skip=1", NULL);
  assert_ok(rst_parameters_check(&q, model, &error));

  single.process = "single pass";
  other = network_model(&single);
  q = new_parameters("start=4000", "end=3000", "step-skip=4000", NULL);
  passes = 0;
  assert_ok(rst_parameters_steps(&q, other, steps, &passes, NULL));
  g_assert_cmpint(passes, ==, 1);
  rst_model_unref(model);
  rst_model_unref(other);
}

/* ---- samplers ---- */

enum { POINTS = 7, STRIDE = 9, STEPS = 100 };

/* A network whose prediction is exact: the noise that lies between `clean` and the value. */
typedef struct {
  const char *name;
  const char *settings[8];
  double reach; /* how far the last value may lie from the clean one; negative: not looked at */
} ideal;

static rst_course make_course(const rst_parameters *parameters, const char *schedule) {
  const rst_model model = {
    .process = RST_DIFFUSION,
    .steps = STEPS,
    .schedule = schedule[0] == 'l' ? RST_SCHEDULE_LINEAR : RST_SCHEDULE_COSINE};
  rst_course course;

  assert_ok(rst_course_make(parameters, &model, &course, NULL));
  return course;
}

static rst_parameters apply(const char *const *settings) {
  rst_parameters parameters = new_parameters(NULL, NULL);

  for (int i = 0; i < 8 && settings[i]; i++) {
    char **pair = g_strsplit(settings[i], "=", 2);

    assert_ok(rst_parameters_set(&parameters, pair[0], pair[1], NULL));
    g_strfreev(pair);
  }
  return parameters;
}

/* Runs a course with exact predictions from the same noise; the last values. */
static void run_ideal(const rst_course *course, const char *schedule, const float *clean,
                      float *value) {
  double beta[STEPS], alpha_bar[STEPS];
  float *noise = random_floats(9, (STEPS + 1) * 3 * STRIDE, -1.7, 1.7);

  rst_schedule_fill(schedule[0] == 'l' ? RST_SCHEDULE_LINEAR : RST_SCHEDULE_COSINE, STEPS, beta,
                    alpha_bar);
  memcpy(value, noise, 3 * STRIDE * sizeof *value);
  for (int i = 0; i < course->count; i++) {
    const rst_step *step = &course->steps[i];
    const double now = alpha_bar[step->t];
    float prediction[3 * STRIDE];

    for (int j = 0; j < 3 * STRIDE; j++)
      prediction[j] = (float)((value[j] - sqrt(now) * clean[j]) / sqrt(1 - now));
    course->sampler->advance(step, POINTS, STRIDE, value, prediction,
                             noise + (size_t)(step->t + 1) * 3 * STRIDE);
  }
  g_free(noise);
}

static const ideal ideals[] = {
  /* with an exact prediction the step to the clean picture gives x̂₀ itself: rounding only */
  {"ddim", {"stochasticity=0", "project=false", "step-skip=1"}, 2e-5},
  {"ddim in leaps", {"stochasticity=0", "project=false", "step-skip=13"}, 2e-5},
  {"ddim quadratic", {"stochasticity=0", "project=false", "sequence=quadratic"}, 2e-5},
  {"ddim one step", {"stochasticity=0", "project=false", "start=1"}, 2e-5},
  {"ddim noisy", {"stochasticity=1", "project=false", "step-skip=1"}, 2e-5},
  {"ddim squared", {"noise-stddev=squared", "project=false", "step-skip=1"}, 2e-5},
  {"ddpm", {"sampler=ddpm"}, 2e-5},
  {"ddpm zero", {"sampler=ddpm", "noise-stddev=zero"}, 2e-5},
};

static void recover(gconstpointer data) {
  const ideal *i = data;
  const rst_parameters parameters = apply(i->settings);

  for (int s = 0; s < 2; s++) {
    const char *schedule = s ? "linear" : "cosine";
    rst_course course = make_course(&parameters, schedule);
    float *clean = random_floats(10, 3 * STRIDE, -1, 1), value[3 * STRIDE];
    double expected[3 * STRIDE];

    for (int j = 0; j < 3 * STRIDE; j++)
      expected[j] = clean[j];
    run_ideal(&course, schedule, clean, value);
    for (int c = 0; c < 3; c++)
      assert_close(value + c * STRIDE, expected + c * STRIDE, POINTS, i->reach);
    rst_course_clear(&course);
    g_free(clean);
  }
}

/* The same numbers from the same noise, though one is written by β and the other by ᾱ. */
static void test_ddpm_is_ddim(void) {
  static const char *const pairs[][2][8] = {
    {{"sampler=ddpm"}, {"step-skip=1", "stochasticity=1", "project=false"}},
    {{"sampler=ddpm", "start=80", "end=7"},
     {"step-skip=1", "project=false", "start=80", "end=7", "sampler=ddim"}},
    {{"sampler=ddpm", "noise-stddev=squared"},
     {"step-skip=1", "project=false", "noise-stddev=squared"}},
    {{"sampler=ddpm", "noise-stddev=zero"}, {"step-skip=1", "project=false", "noise-stddev=zero"}},
  };

  for (size_t i = 0; i < G_N_ELEMENTS(pairs); i++)
    for (int s = 0; s < 2; s++) {
      const char *schedule = s ? "linear" : "cosine";
      const rst_parameters a = apply(pairs[i][0]), b = apply(pairs[i][1]);
      rst_course ddpm = make_course(&a, schedule), ddim = make_course(&b, schedule);

      g_assert_true(ddpm.sampler != ddim.sampler);
      g_assert_cmpint(ddpm.count, ==, ddim.count);
      for (int j = 0; j < ddpm.count; j++) {
        const rst_step *p = &ddpm.steps[j], *q = &ddim.steps[j];

        g_assert_cmpint(p->t, ==, q->t);
        g_assert_cmpint(p->previous, ==, q->previous);
        g_assert_cmpfloat_with_epsilon(p->value, q->value, 1e-9 * fabs(p->value));
        g_assert_cmpfloat_with_epsilon(p->prediction, q->prediction, 1e-9 * fabs(p->prediction));
        g_assert_cmpfloat_with_epsilon(p->sigma, q->sigma, 1e-9);
      }
      rst_course_clear(&ddpm);
      rst_course_clear(&ddim);
    }
}

/* The projected value keeps p's distance from x̂₀ and lies in the direction of the noisy one. */
static void test_projection(void) {
  const rst_parameters plain_q = new_parameters("project=false", "step-skip=5", NULL);
  const rst_parameters projected_q = new_parameters("project=true", "step-skip=5", NULL);
  rst_course plain = make_course(&plain_q, "linear");
  rst_course projected = make_course(&projected_q, "linear");
  float *value = random_floats(1, 3 * STRIDE, -1, 1), *e = random_floats(2, 3 * STRIDE, -1.5, 1.5);
  float *z = random_floats(3, 3 * STRIDE, -1.7, 1.7);

  for (int i = 0; i < projected.count - 1; i++) {
    const rst_step *step = &projected.steps[i];
    float noisy[3 * STRIDE], put_back[3 * STRIDE];

    g_assert_true(step->project && step->noisy && !plain.steps[i].project);
    memcpy(noisy, value, sizeof noisy);
    memcpy(put_back, value, sizeof put_back);
    plain.sampler->advance(&plain.steps[i], POINTS, STRIDE, noisy, e, z);
    projected.sampler->advance(step, POINTS, STRIDE, put_back, e, z);
    for (int p = 0; p < POINTS; p++) {
      double radius = 0, distance = 0, length = 0, along = 0;

      for (int c = 0; c < 3; c++) {
        const int at = c * STRIDE + p;
        const double clean = step->clean_value * value[at] + step->clean_prediction * e[at];
        const double mean = step->value * value[at] + step->prediction * e[at];

        radius += (mean - clean) * (mean - clean);
        distance += (put_back[at] - clean) * (put_back[at] - clean);
        length += (noisy[at] - clean) * (noisy[at] - clean);
        along += (put_back[at] - clean) * (noisy[at] - clean);
      }
      g_assert_cmpfloat_with_epsilon(sqrt(distance), sqrt(radius), 1e-5);
      g_assert_cmpfloat_with_epsilon(along, sqrt(distance) * sqrt(length), 1e-5);
      g_assert_cmpfloat(fabs(sqrt(length) - sqrt(radius)), >, 1e-4); /* there was work to do */
    }
    for (int c = 0; c < 3; c++) /* what lies behind the count is not touched */
      assert_same(put_back + c * STRIDE + POINTS, value + c * STRIDE + POINTS, STRIDE - POINTS);
  }
  g_assert_false(projected.steps[projected.count - 1].noisy); /* the step to the clean picture */
  rst_course_clear(&plain);
  rst_course_clear(&projected);
  g_free(value);
  g_free(e);
  g_free(z);
}

/* p = x̂₀ and no noise: a vector of length 0 stays 0. */
static void test_projection_of_nothing(void) {
  const rst_step step = {.noisy = true,
                         .project = true,
                         .sigma = 1,
                         .value = 0.5,
                         .prediction = 0.25,
                         .clean_value = 0.5,
                         .clean_prediction = 0.25};
  float value[3] = {1, -0.5, 0}, zero[3] = {0, 0, 0}, prediction[3] = {1, 2, -4};
  const float expected[3] = {0.75, 0.25, -1};

  rst_sampler_ddim.advance(&step, 1, 1, value, prediction, zero);
  assert_same(value, expected, 3);
}

static void test_stddev(void) {
  g_assert_cmpfloat(rst_noise_stddev(RST_STDDEV_NORMAL, 0.25), ==, 0.5);
  g_assert_cmpfloat(rst_noise_stddev(RST_STDDEV_SQUARED, 0.25), ==, 0.25);
  g_assert_cmpfloat(rst_noise_stddev(RST_STDDEV_ZERO, 0.25), ==, 0);
  /* rounding may leave a variance just below 0 */
  g_assert_cmpfloat(rst_noise_stddev(RST_STDDEV_NORMAL, -1e-20), ==, 0);
  g_assert_cmpfloat(rst_noise_stddev(RST_STDDEV_SQUARED, -1e-20), ==, 0);
}

/* Which steps read noise, and that every coefficient of every setup is a finite number. */
static void test_coefficients(void) {
  static const char *const schedules[] = {"cosine", "linear"};

  for (int s = 0; s < 2; s++)
    for (int kind = 0; kind < 3; kind++)
      for (int eta = 0; eta <= 10; eta++)
        for (int skip = 1; skip <= 30; skip++) {
          rst_parameters q = new_parameters(NULL, NULL);
          rst_course course;

          q.noise_stddev = (rst_stddev)kind;
          q.stochasticity = eta / 10.0;
          q.step_skip = skip;
          course = make_course(&q, schedules[s]);
          for (int i = 0; i < course.count; i++) {
            const rst_step *step = &course.steps[i];
            const bool noisy = eta > 0 && kind != RST_STDDEV_ZERO && step->previous >= 0;

            g_assert_true(isfinite(step->value) && isfinite(step->prediction) &&
                          isfinite(step->clean_value) && isfinite(step->clean_prediction) &&
                          isfinite(step->sigma) && step->sigma >= 0);
            g_assert_true(step->noisy == noisy);
            g_assert_cmpfloat(step->time, ==, step->t / 99.0);
          }
          g_assert_cmpint(course.first_t, ==, STEPS);
          rst_course_clear(&course);
        }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/schedule/closed forms", test_schedules);
  g_test_add_func("/sequence/examples", test_examples);
  g_test_add_func("/sequence/all", test_all_sequences);
  g_test_add_func("/sequence/of a model", test_passes);
  for (size_t i = 0; i < G_N_ELEMENTS(ideals); i++) {
    char *path = g_strdup_printf("/sampler/exact prediction/%s", ideals[i].name);

    g_test_add_data_func(path, &ideals[i], recover);
    g_free(path);
  }
  g_test_add_func("/sampler/ddpm is ddim", test_ddpm_is_ddim);
  g_test_add_func("/sampler/projection", test_projection);
  g_test_add_func("/sampler/projection of nothing", test_projection_of_nothing);
  g_test_add_func("/sampler/stddev", test_stddev);
  g_test_add_func("/sampler/coefficients", test_coefficients);
  return g_test_run();
}
