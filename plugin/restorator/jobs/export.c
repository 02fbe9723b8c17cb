/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "jobs/export.h"

#include <gexiv2/gexiv2.h>
#include <string.h>

#define NAMESPACE "https://restorator.invalid/xmp/1.0/"
#define PROPERTY "Xmp.restorator.history"

/* -------------------------------------------------------------------------------------------
 * The record
 */

static GExiv2Metadata *open_metadata(const char *path) {
  GExiv2Metadata *metadata;

  if (!gexiv2_initialize())
    return NULL;
  gexiv2_metadata_try_register_xmp_namespace(NAMESPACE, "restorator", NULL);
  metadata = gexiv2_metadata_new();
  if (!gexiv2_metadata_open_path(metadata, path, NULL))
    g_clear_object(&metadata);
  return metadata;
}

char *export_read_record(const char *path) {
  g_autoptr(GExiv2Metadata) metadata = open_metadata(path);

  return metadata ? gexiv2_metadata_try_get_tag_string(metadata, PROPERTY, NULL) : NULL;
}

/* What GIMP knows nothing of, and leaves out. */
static void copy_tags(GExiv2Metadata *from, GExiv2Metadata *to) {
  static const char *const tags[] = {"XPTitle",       "XPComment",   "XPAuthor",      "XPKeywords",
                                     "XPSubject",     "Rating",      "RatingPercent", "PageName",
                                     "TargetPrinter", "DocumentName"};

  for (gsize i = 0; i < G_N_ELEMENTS(tags); i++) {
    g_autofree char *tag = g_strconcat("Exif.Image.", tags[i], NULL);
    g_autofree char *value = gexiv2_metadata_try_get_tag_string(from, tag, NULL);

    if (value && !gexiv2_metadata_try_has_tag(to, tag, NULL))
      gexiv2_metadata_try_set_tag_string(to, tag, value, NULL);
  }
}

gboolean export_write_record(const char *path, const char *record, const char *from) {
  g_autoptr(GExiv2Metadata) metadata = open_metadata(path), before = open_metadata(from);

  if (!metadata || !gexiv2_metadata_try_set_tag_string(metadata, PROPERTY, record, NULL))
    return FALSE;
  if (before && gimp_export_exif())
    copy_tags(before, metadata);
  return gexiv2_metadata_save_file(metadata, path, NULL);
}

/* -------------------------------------------------------------------------------------------
 * The image
 */

/* NULL where GIMP writes that format in no way that can be told anything. */
static GimpProcedure *find_procedure(const char *path) {
  static const char *const names[][2] = {
    {"jpg", "file-jpeg-export"}, {"tif", "file-tiff-export"}, {NULL, NULL}};
  const char *ending = strrchr(path, '.') + 1;
  g_autofree char *name = g_strdup_printf("file-%s-export", ending);
  GimpPDB *pdb = gimp_get_pdb();

  for (int i = 0; names[i][0]; i++)
    if (strcmp(ending, names[i][0]) == 0)
      return gimp_pdb_lookup_procedure(pdb, names[i][1]);
  return gimp_pdb_procedure_exists(pdb, name) ? gimp_pdb_lookup_procedure(pdb, name) : NULL;
}

static void set_boolean(GimpProcedure *procedure, GimpProcedureConfig *config, const char *name,
                        gboolean value) {
  if (gimp_procedure_find_argument(procedure, name))
    g_object_set(config, name, value, NULL);
}

/* The registered defaults drop everything. A thumbnail would come back from a TIFF file as a second
 * page, and shows what once was. */
static void set_kept(GimpImage *image, GimpProcedure *procedure, GimpProcedureConfig *config) {
  GimpParasite *comment = gimp_image_get_parasite(image, "gimp-comment");

  set_boolean(procedure, config, "include-color-profile", TRUE);
  set_boolean(procedure, config, "include-exif", gimp_export_exif());
  set_boolean(procedure, config, "include-iptc", gimp_export_iptc());
  set_boolean(procedure, config, "include-xmp", gimp_export_xmp());
  /* Without one of the picture's GIMP would write the user's own. */
  set_boolean(procedure, config, "include-comment", comment && gimp_export_comment());
  set_boolean(procedure, config, "include-thumbnail", FALSE);
  set_boolean(procedure, config, "save-transparent", TRUE); /* PNG */
  set_boolean(procedure, config, "save-transparent-pixels", TRUE); /* TIFF */
  if (comment)
    gimp_parasite_free(comment);
}

gboolean export_image(GimpImage *image, const char *path) {
  g_autoptr(GFile) file = g_file_new_for_path(path);
  GimpProcedure *procedure = find_procedure(path);
  GimpProcedureConfig *config;
  GimpValueArray *values;
  gboolean done;

  if (!procedure)
    return gimp_file_save(GIMP_RUN_NONINTERACTIVE, image, file, NULL);
  config = gimp_procedure_create_config(procedure);
  g_object_set(config, "run-mode", GIMP_RUN_NONINTERACTIVE, "image", image, "file", file, NULL);
  set_kept(image, procedure, config);
  values = gimp_procedure_run_config(procedure, config);
  done = g_value_get_enum(gimp_value_array_index(values, 0)) == GIMP_PDB_SUCCESS;
  gimp_value_array_unref(values);
  g_object_unref(config);
  return done;
}
