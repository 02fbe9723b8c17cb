/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A program that was built with an older header, whose structs are smaller, runs with this library.
 */
#include <string.h>

#include "fixtures.h"
#include "program.h"

static void test_same(void) {
  outcome *older = g_new0(outcome, 1), *present = g_new0(outcome, 1);

  run_older(older);
  run_present(present);
  for (size_t i = 0; i + 1 < G_N_ELEMENTS(older->sizes); i++)
    g_assert_cmpuint(older->sizes[i], <, present->sizes[i]);
  g_assert_false(older->overwritten);
  g_assert_false(present->overwritten);
  g_test_message("%s", present->text);
  g_assert_cmpstr(older->text, ==, present->text);
  g_assert_null(strstr(present->text, "?"));
  for (int i = 0; i < PROGRAM_RUNS - 1; i++) {
    float sum = 0;

    for (int k = 0; k < 3 * PROGRAM_PIXELS; k++)
      sum += present->colours[i][k];
    g_assert_cmpfloat(sum, >, 0);
  }
  assert_same(&older->colours[0][0], &present->colours[0][0], PROGRAM_RUNS * 3 * PROGRAM_PIXELS);
  /* What a struct has no member for cannot be set. */
  g_assert_cmpint(older->hints_status, ==, RST_UNKNOWN_PARAMETER);
  g_assert_cmpint(present->hints_status, ==, RST_OK);
  g_free(older);
  g_free(present);
}

/* A newer program's struct may hold what this library knows nothing of. */
static void test_larger(void) {
  canvas *c = canvas_new(20, 20, 1);
  rst_model *model = network_model(&net_small);
  rst_session *session = new_session(1);
  rst_parameters parameters = new_parameters(NULL, NULL), other = parameters;
  rst_plan plan = {.size = sizeof plan}, made = plan;
  rst_hooks hooks = RST_HOOKS_INIT;
  rst_record record;
  rst_error error = RST_ERROR_INIT;
  char *text = NULL;

  assert_ok(rst_plan_region(&parameters, &c->picture, NULL, &plan, NULL));
  other.size += sizeof(void *);
  assert_status(rst_parameters_set(&other, "seed", "1", NULL), RST_BAD_CALL);
  assert_status(rst_parameters_check(&other, model, NULL), RST_BAD_CALL);
  assert_status(rst_restore(session, model, &other, &c->picture, &plan, NULL, NULL), RST_BAD_CALL);
  hooks.size += sizeof(void *);
  assert_status(rst_restore(session, model, &parameters, &c->picture, &plan, &hooks, NULL),
                RST_BAD_CALL);
  made.size += sizeof(void *);
  assert_status(rst_plan_region(&parameters, &c->picture, NULL, &made, NULL), RST_BAD_CALL);
  made = plan;
  made.size += sizeof(void *);
  assert_status(rst_restore(session, model, &parameters, &c->picture, &made, NULL, NULL),
                RST_BAD_CALL);
  c->picture.size += sizeof(void *);
  assert_status(rst_plan_region(&parameters, &c->picture, NULL, &plan, NULL), RST_BAD_CALL);
  rst_record_fill(&record, &parameters, &plan, NULL);
  record.size += sizeof(void *);
  assert_status(rst_record_append(NULL, &record, &text, NULL), RST_BAD_CALL);
  error.size += sizeof(void *);
  assert_status(rst_record_append(NULL, &record, &text, &error), RST_BAD_CALL);
  g_assert_cmpint(error.code, ==, RST_OK); /* not touched */
  rst_session_free(session);
  rst_model_unref(model);
  canvas_free(c);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/older/same", test_same);
  g_test_add_func("/older/larger", test_larger);
  return g_test_run();
}
