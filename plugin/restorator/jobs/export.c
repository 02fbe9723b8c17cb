/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L /* O_CLOEXEC */

#include "jobs/export.h"

#include <fcntl.h>
#include <gexiv2/gexiv2.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>

#include "png_chunks.h"

#define NAMESPACE "https://restorator.invalid/xmp/1.0/"
#define PROPERTY "Xmp.restorator.history"

/* -------------------------------------------------------------------------------------------
 * The record
 */

/* gexiv2 0.16 has other names; 0.14 these alone. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

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
#pragma GCC diagnostic pop

/* -------------------------------------------------------------------------------------------
 * PNG's texts
 */

/* Those of a file but for what comes to GIMP: the comment, and what describes the picture. None where
 * it is no PNG. */
static GByteArray *read_texts(const char *path) {
  const int fd = g_open(path, O_RDONLY | O_CLOEXEC, 0);
  const cli_bytes bytes = bytes_in(fd);

  if (fd < 0)
    return g_byte_array_new();
  g_autoptr(GByteArray) all = png_texts(&bytes);
  g_close(fd, NULL);
  g_autoptr(GByteArray) texts = png_texts_without_profiles(all);
  return png_texts_without(texts, "Comment");
}

static gboolean insert(const char *path, const GByteArray *chunks) {
  g_autofree char *bytes = NULL;
  gsize size;

  if (!g_file_get_contents(path, &bytes, &size, NULL) || size < PNG_PLACE)
    return FALSE;
  g_autoptr(GByteArray) file = g_byte_array_sized_new((guint)(size + chunks->len));
  g_byte_array_append(file, (const guint8 *)bytes, PNG_PLACE);
  g_byte_array_append(file, chunks->data, chunks->len);
  g_byte_array_append(file, (const guint8 *)bytes + PNG_PLACE, (guint)(size - PNG_PLACE));
  /* The file is a temporary one itself. */
  return g_file_set_contents_full(path, (const char *)file->data, (gssize)file->len,
                                  G_FILE_SET_CONTENTS_NONE, 0666, NULL);
}

char *export_copy_texts(const char *path, const char *from) {
  g_autoptr(GByteArray) texts = read_texts(from);

  if (g_str_has_suffix(path, ".png")) {
    g_autoptr(GByteArray) there = read_texts(path);
    g_auto(GStrv) written = png_keywords(there);

    for (char **keyword = written; *keyword; keyword++) {
      GByteArray *others = png_texts_without(texts, *keyword);

      g_byte_array_unref(texts);
      texts = others;
    }
  }
  if (texts->len == 0 || !gimp_export_comment() ||
      (g_str_has_suffix(path, ".png") && insert(path, texts)))
    return NULL;
  g_auto(GStrv) keywords = png_keywords(texts);
  GString *lost = g_string_new(NULL);
  for (char **keyword = keywords; *keyword; keyword++) {
    /* Translators: a text in a PNG file, of that name. */
    g_autofree char *what = g_strdup_printf(_("the text “%s”"), *keyword);

    g_string_append_printf(lost, "%s%s", lost->len > 0 ? ", " : "", what);
  }
  return g_string_free(lost, FALSE);
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

/* PNG would get 8 bits of what is deeper than 16. */
static void set_depth(GimpImage *image, GimpProcedure *procedure, GimpProcedureConfig *config) {
  g_autofree GimpLayer **layers = gimp_image_get_layers(image);
  const gboolean grey = gimp_image_get_base_type(image) == GIMP_GRAY;
  const gboolean alpha = layers && layers[0] && gimp_drawable_has_alpha(GIMP_DRAWABLE(layers[0]));

  if (strcmp(gimp_procedure_get_name(procedure), "file-png-export") == 0 &&
      gimp_image_get_precision(image) >= GIMP_PRECISION_U32_LINEAR)
    g_object_set(config, "format",
                 grey ? (alpha ? "graya16" : "gray16") : (alpha ? "rgba16" : "rgb16"), NULL);
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
  set_depth(image, procedure, config);
  if (comment)
    gimp_parasite_free(comment);
}

static gboolean write_image(GimpImage *image, const char *path) {
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

/* What is transparent is laid on the context's background, where the format has no place for it. */
gboolean export_image(GimpImage *image, const char *path) {
  const gboolean done = gimp_context_push() && gimp_context_set_defaults() &&
                        gimp_context_set_default_colors() && write_image(image, path);

  return gimp_context_pop() && done;
}
