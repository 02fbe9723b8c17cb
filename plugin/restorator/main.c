/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The plug-in's registration: what GIMP asks for once per version of the executable.
 */
#include <glib/gi18n.h>
#include <libgimp/gimp.h>

#include "jobs/arguments.h"
#include "procedures/batch.h"
#include "procedures/photo.h"
#include "procedures/run.h"

#define PROCEDURE "plug-in-restorator"
#define REPEAT PROCEDURE "-repeat"
#define BATCH PROCEDURE "-batch"
#define OLD_PHOTO PROCEDURE "-photo"
#define SELECT_DAMAGE PROCEDURE "-select-damage"
#define ENHANCE "<Image>/Filters/Enhance"
#define ICON "restorator.svg"
#define MANUAL "help"
#define MANUAL_DOMAIN "restorator-help" /* help/…/gimp-help.xml has it too */

#define RESTORATOR_TYPE_PLUG_IN (restorator_plug_in_get_type())
G_DECLARE_FINAL_TYPE(RestoratorPlugIn, restorator_plug_in, RESTORATOR, PLUG_IN, GimpPlugIn)

struct _RestoratorPlugIn {
  GimpPlugIn parent_instance;
};

G_DEFINE_FINAL_TYPE(RestoratorPlugIn, restorator_plug_in, GIMP_TYPE_PLUG_IN)

/* babl takes the quickest of the ways to convert pixels whose error it tolerates, by a clock that
 * each process reads anew: the same run would come to other last bits another time. With no
 * tolerance only the exact ways are left. They are as quick, for what is used here. */
int main(int argc, char *argv[]) {
  g_setenv("BABL_TOLERANCE", "0", TRUE);
  return gimp_main(RESTORATOR_TYPE_PLUG_IN, argc, argv);
}

/* What lies beside the executable, wherever that was installed. */
static GFile *own_file(const char *name) {
  g_autofree char *folder = g_path_get_dirname(gimp_get_progname());

  return g_file_new_build_filename(folder, name, NULL);
}

static void set_menu(GimpProcedure *procedure, const char *path, const char *label) {
  g_autoptr(GFile) icon = own_file(ICON);

  gimp_procedure_set_menu_label(procedure, label);
  gimp_procedure_add_menu_path(procedure, path);
  gimp_procedure_set_icon_file(procedure, icon);
}

static void attribute(GimpProcedure *procedure) {
  gimp_procedure_set_attribution(procedure, "The Restorator developers",
                                 "The Restorator developers, GPL-3.0-or-later", "2026");
}

static GimpProcedure *new_procedure(GimpPlugIn *plug_in, const char *name, GimpRunImageFunc run) {
  GimpProcedure *procedure =
    gimp_image_procedure_new(plug_in, name, GIMP_PDB_PROC_TYPE_PLUGIN, run, NULL, NULL);

  gimp_procedure_set_image_types(procedure, "RGB*, GRAY*");
  gimp_procedure_set_sensitivity_mask(procedure, GIMP_PROCEDURE_SENSITIVE_DRAWABLE);
  attribute(procedure);
  return procedure;
}

static GimpProcedure *create_restore(GimpPlugIn *plug_in) {
  GimpProcedure *procedure = new_procedure(plug_in, PROCEDURE, restorator_run);

  set_menu(procedure, ENHANCE, _("Restore _Selection…"));
  gimp_procedure_set_documentation(
    procedure, _("Restore the selected part of a layer with a small neural network"),
    _("Restores detail and colour of the selected part of a layer, the whole layer where nothing "
      "is selected. The network sees a window round each selected area, shrunk to its own small "
      "input, and paints the selected pixels anew; feathered selections blend. Pixels that are "
      "not selected, and transparency everywhere, stay exactly as they are. Works on RGB and "
      "grey layers of every precision, on this computer alone. The same arguments and seed give "
      "the same pixels. The image keeps a record of what was done, the parasite "
      "“restorator-setup”, which plug-in-restorator-repeat reads."),
    PROCEDURE);
  arguments_add(procedure, "");
  arguments_add_hints_layer(procedure);
  arguments_add_output(procedure);
  return procedure;
}

static GimpProcedure *create_photo(GimpPlugIn *plug_in) {
  GimpProcedure *procedure = new_procedure(plug_in, OLD_PHOTO, photo_run);

  set_menu(procedure, ENHANCE, _("Restore Old P_hotograph…"));
  gimp_procedure_set_documentation(
    procedure, _("Mend the damage of an old photograph, correct its tone and give it colour"),
    _("Restores the selected part of a layer, the whole layer where nothing is selected, in one "
      "step: dust, hair, scratches, creases and spots are found and mended, fading is corrected, "
      "and a monochrome or toned photograph gets colour, faces seen from near. One that has "
      "colours keeps them; of a drawing only the damage is mended. A grey image becomes RGB where "
      "it gets colour. What is clean stays exactly as "
      "it is where it gets neither tone nor colour, and so do pixels that are not selected and "
      "transparency everywhere. The arguments beside damage, tone and colour are those of "
      "plug-in-restorator, and concern the colour."),
    OLD_PHOTO);
  arguments_add_photo(procedure);
  arguments_add_marks(procedure);
  arguments_add(procedure, "photo");
  arguments_add_hints_layer(procedure);
  arguments_add_photo_output(procedure);
  return procedure;
}

static GimpProcedure *create_select_damage(GimpPlugIn *plug_in) {
  GimpProcedure *procedure = new_procedure(plug_in, SELECT_DAMAGE, select_damage_run);

  set_menu(procedure, "<Image>/Select", _("Select _Damage…"));
  gimp_procedure_set_documentation(
    procedure, _("Select dust, hair, scratches, creases and spots of an old photograph"),
    _("Looks for damage in the selected part of a layer, the whole layer where nothing is "
      "selected, and selects it. No pixel is changed."),
    SELECT_DAMAGE);
  arguments_add_damage(procedure);
  return procedure;
}

static GimpProcedure *create_repeat(GimpPlugIn *plug_in) {
  GimpProcedure *procedure = new_procedure(plug_in, REPEAT, restorator_repeat);

  set_menu(procedure, ENHANCE, _("Repeat _Restoration"));
  gimp_procedure_set_documentation(
    procedure, _("Restore the selected part of a layer as the image was restored before"),
    _("Reads the image's record of what Restorator did to it, the parasite “restorator-setup”, and "
      "restores the selection with the parameters and the seed of one of those times. The same "
      "selection of the same pixels gives the same result. Refused where the model's file is "
      "another one by now."),
    REPEAT);
  arguments_add_index(procedure);
  arguments_add_output(procedure);
  return procedure;
}

static GimpProcedure *create_batch(GimpPlugIn *plug_in) {
  GimpProcedure *procedure =
    gimp_procedure_new(plug_in, BATCH, GIMP_PDB_PROC_TYPE_PLUGIN, batch_run, NULL, NULL);

  set_menu(procedure, ENHANCE, _("Restore _Many Files…"));
  gimp_procedure_set_sensitivity_mask(procedure, GIMP_PROCEDURE_SENSITIVE_ALWAYS);
  attribute(procedure);
  gimp_procedure_set_documentation(
    procedure, _("Restore many files with a small neural network"),
    _("Restores each file that the pattern matches, all of it or the region and what is white in "
      "the mask, and saves it in the output folder. Where neither a model nor a preset is given, "
      "each is restored as an old photograph: damage, tone and colour, as plug-in-restorator-photo "
      "does it. The model is read once. A file that cannot be restored does not end the run: its "
      "reason comes back. Files that are there already are skipped, so that a run that was stopped "
      "can be taken up again. Grey files that get colour become RGB."),
    BATCH);
  arguments_add_files(procedure);
  arguments_add_photo(procedure);
  arguments_add(procedure, "auto");
  batch_add_results(procedure);
  return procedure;
}

/* All that the plug-in registers. */
static const struct {
  const char *name;
  GimpProcedure *(*create)(GimpPlugIn *plug_in);
} procedures[] = {
  {PROCEDURE, create_restore}, {OLD_PHOTO, create_photo}, {SELECT_DAMAGE, create_select_damage},
  {REPEAT, create_repeat},     {BATCH, create_batch},
};

static GList *restorator_plug_in_query_procedures(GimpPlugIn *plug_in) {
  g_autoptr(GFile) manual = own_file(MANUAL);
  GList *list = NULL;

  gimp_plug_in_set_help_domain(plug_in, MANUAL_DOMAIN, manual);
  for (gsize i = 0; i < G_N_ELEMENTS(procedures); i++)
    list = g_list_append(list, g_strdup(procedures[i].name));
  return list;
}

static GimpProcedure *restorator_plug_in_create_procedure(GimpPlugIn *plug_in, const char *name) {
  for (gsize i = 0; i < G_N_ELEMENTS(procedures); i++)
    if (strcmp(name, procedures[i].name) == 0)
      return procedures[i].create(plug_in);
  return NULL;
}

static void restorator_plug_in_class_init(RestoratorPlugInClass *class) {
  GimpPlugInClass *plug_in_class = GIMP_PLUG_IN_CLASS(class);

  plug_in_class->query_procedures = restorator_plug_in_query_procedures;
  plug_in_class->create_procedure = restorator_plug_in_create_procedure;
}

static void restorator_plug_in_init(RestoratorPlugIn *plug_in) {
  (void)plug_in;
}
