/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Parameters as an object's properties, and what they were.
 */
#include <widgets/undo_stack.h>
#include <string.h>
#include <properties.h>

/* -------------------------------------------------------------------------------------------
 * Values
 */

static void test_values(void) {
  g_autoptr(GObject) settings = restorator_settings_new();
  rst_parameters parameters, back;
  rst_error error = RST_ERROR_INIT;

  rst_parameters_init(&parameters);
  g_assert_cmpint(values_read(settings, &back, &error), ==, RST_OK);
  g_assert_cmpmem(&back, sizeof back, &parameters, sizeof parameters);

  rst_parameters_set(&parameters, "seed", "77", NULL);
  rst_parameters_set(&parameters, "strength", "0.125", NULL);
  rst_parameters_set(&parameters, "clip", "true", NULL);
  rst_parameters_set(&parameters, "window", "-3,4,50", NULL);
  rst_parameters_set(&parameters, "noise-stddev", "squared", NULL);
  values_write(settings, &parameters);
  g_assert_cmpint(values_read(settings, &back, &error), ==, RST_OK);
  g_assert_cmpmem(&back, sizeof back, &parameters, sizeof parameters);

  g_object_set(settings, "sampler", "dpm", NULL);
  g_assert_cmpint(values_read(settings, &back, &error), ==, RST_NOT_A_CHOICE);
  g_assert_cmpstr(error.subject, ==, "sampler");
}

/* -------------------------------------------------------------------------------------------
 * Undo
 */

static setting with(setting from, const char *name, const char *value) {
  g_assert_cmpint(rst_parameters_set(&from.parameters, name, value, NULL), ==, RST_OK);
  return from;
}

static void test_history(void) {
  const gint64 second = G_USEC_PER_SEC;
  setting a = {.output = "in-place"};

  rst_parameters_init(&a.parameters);
  const setting b = with(a, "strength", "0.5"), c = with(b, "strength", "0.25");
  const setting d = with(c, "seed", "3"), e = with(d, "seed", "4");
  history *h = history_new(&a);

  g_assert_false(history_can_undo(h));
  g_assert_cmpmem(history_undo(h), sizeof a, &a, sizeof a);
  history_note(h, &a, second);
  g_assert_false(history_can_undo(h));
  history_note(h, &b, second);
  history_note(h, &c, second + second / 10); /* the same slider: one entry */
  history_note(h, &d, second + second / 5);
  history_note(h, &e, 9 * second); /* the same parameter, but later */
  g_assert_cmpmem(history_undo(h), sizeof d, &d, sizeof d);
  g_assert_cmpmem(history_undo(h), sizeof c, &c, sizeof c);
  g_assert_cmpmem(history_undo(h), sizeof a, &a, sizeof a);
  g_assert_false(history_can_undo(h));
  g_assert_cmpmem(history_redo(h), sizeof c, &c, sizeof c);
  g_assert_cmpmem(history_redo(h), sizeof d, &d, sizeof d);
  history_note(h, &d, 9 * second); /* what undo itself brings about */
  g_assert_true(history_can_redo(h));
  history_note(h, &b, 10 * second);
  g_assert_false(history_can_redo(h));
  g_assert_cmpmem(history_undo(h), sizeof d, &d, sizeof d);
  for (int i = 0; i < 1000; i++) {
    g_autofree char *seed = g_strdup_printf("%d", i);
    const setting next = with(a, "seed", seed);

    history_note(h, &next, (20 + 2 * i) * second);
  }
  for (int i = 0; i < 100; i++)
    history_undo(h);
  g_assert_cmpint(history_undo(h)->parameters.seed, ==, 898);
  history_free(h);
}

/* Where the result goes can be taken back too, however soon it changes. */
static void test_output(void) {
  setting a = {.output = "in-place"}, b;
  history *h;

  rst_parameters_init(&a.parameters);
  b = a;
  b.output = "new-layer";
  h = history_new(&a);
  history_note(h, &b, 1);
  history_note(h, &a, 2);
  g_assert_cmpstr(history_undo(h)->output, ==, "new-layer");
  g_assert_cmpstr(history_undo(h)->output, ==, "in-place");
  g_assert_false(history_can_undo(h));
  g_assert_cmpstr(history_redo(h)->output, ==, "new-layer");
  history_free(h);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/ui/values", test_values);
  g_test_add_func("/ui/history", test_history);
  g_test_add_func("/ui/history/output", test_output);
  return g_test_run();
}
