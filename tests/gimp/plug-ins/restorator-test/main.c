/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A plug-in that tests a plug-in: a batch interpreter whose commands are paths; it runs the cases
 * below and prints their results as TAP.
 */
#include <libgimp/gimp.h>

#include "cases.h"

#define PROCEDURE "plug-in-restorator-test"

#define TEST_TYPE_PLUG_IN (test_plug_in_get_type())
G_DECLARE_FINAL_TYPE(TestPlugIn, test_plug_in, TEST, PLUG_IN, GimpPlugIn)

struct _TestPlugIn {
  GimpPlugIn parent_instance;
};

G_DEFINE_FINAL_TYPE(TestPlugIn, test_plug_in, GIMP_TYPE_PLUG_IN)

/* What is expected here is converted as exactly as by the plug-in. */
int main(int argc, char *argv[]) {
  g_setenv("BABL_TOLERANCE", "0", TRUE);
  return gimp_main(TEST_TYPE_PLUG_IN, argc, argv);
}

static GimpValueArray *run(GimpProcedure *procedure, GimpRunMode run_mode, const char *path,
                           GimpProcedureConfig *config, void *data) {
  char *arguments[] = {"restorator-test", "--tap", "-r", (char *)path, NULL};
  char **argv = arguments;
  int argc = G_N_ELEMENTS(arguments) - 1;

  (void)run_mode, (void)config, (void)data;

  gegl_init(NULL, NULL);
  GLogLevelFlags fatal = g_log_set_always_fatal(0);
  g_test_init(&argc, &argv, NULL);
  g_test_set_nonfatal_assertions();
  add_pixel_cases();
  add_argument_cases();
  add_batch_cases();
  add_hint_cases();
  add_photo_cases();
  add_history_cases();
  add_drawable_cases();
  add_file_cases();
  add_host_cases();
  add_in_place_cases();
  add_manual_cases();
  add_output_cases();
  add_refusal_cases();
  add_run_cases();
  g_test_run();
  fputs("# all cases ran\n", stdout); /* for run-cases; g_print() belongs to the tests */
  fflush(stdout);
  /* GIMP may be gone before this process ends, which libgimp warns about. */
  g_log_set_always_fatal(fatal);
  return gimp_procedure_new_return_values(procedure, GIMP_PDB_SUCCESS, NULL);
}

static GList *test_plug_in_query_procedures(GimpPlugIn *plug_in) {
  (void)plug_in;
  return g_list_append(NULL, g_strdup(PROCEDURE));
}

static GimpProcedure *test_plug_in_create_procedure(GimpPlugIn *plug_in, const char *name) {
  GimpProcedure *procedure = gimp_batch_procedure_new(plug_in, name, "Restorator's tests",
                                                      GIMP_PDB_PROC_TYPE_PLUGIN, run, NULL, NULL);

  gimp_procedure_set_documentation(procedure, "Tests plug-in-restorator", NULL, NULL);
  return procedure;
}

static void test_plug_in_class_init(TestPlugInClass *class) {
  GimpPlugInClass *plug_in_class = GIMP_PLUG_IN_CLASS(class);

  plug_in_class->query_procedures = test_plug_in_query_procedures;
  plug_in_class->create_procedure = test_plug_in_create_procedure;
  plug_in_class->set_i18n = NULL;
}

static void test_plug_in_init(TestPlugIn *plug_in) {
  (void)plug_in;
}
