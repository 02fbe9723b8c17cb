/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/loader.h"

#include <string.h>

void loader_block_all(void) {
  vips_block_untrusted_set(TRUE);
  vips_operation_block_set("VipsForeignLoad", TRUE);
}

void loader_allow(const char *loader) {
  if (g_type_from_name(loader) != 0) /* libvips is built with or without */
    vips_operation_block_set(loader, FALSE);
}

const char *loader_find(VipsSource *source) {
  const char *loader = vips_foreign_find_load_source(source);
  vips_error_clear();
  return loader;
}

const char *loader_name_refused(VipsSource *source) {
  static const struct {
    const char *begin; /* of the file */
    size_t length;
    const char *name;
  } formats[] = {
    {"<svg", 4, "SVG"},
    {"<?xml", 5, "SVG"},
    {"GIF8", 4, "GIF"},
    {"%PDF", 4, "PDF"},
    {"P2", 2, "PPM"},
    {"P3", 2, "PPM"},
    {"P5", 2, "PPM"},
    {"P6", 2, "PPM"},
    {"BM", 2, "BMP"},
    {"8BPS", 4, "PSD"},
    {"\xff\x0a", 2, "JPEG XL"},
    {"gimp xcf", 8, "XCF"},
    {"\0\0\0\fJXL ", 8, "JPEG XL"},
    {"\0\0\0\fjP  ", 8, "JPEG 2000"},
  };
  enum { LONGEST = 8 };
  const guint8 *bytes = vips_source_sniff(source, LONGEST);
  for (size_t i = 0; i < G_N_ELEMENTS(formats) && bytes; i++)
    if (memcmp(bytes, formats[i].begin, formats[i].length) == 0)
      return formats[i].name;
  vips_error_clear(); /* of a file shorter than that */
  return NULL;
}

VipsImage *loader_open_raw(int fd, bool *known) {
  /* libvips 8.18 has LibRaw itself. Before, its ImageMagick may: with the coder named, since by
   * itself it goes by the content, which may be a text that opens files or a program to run. */
  static const struct {
    const char *operation, *coder;
  } loaders[] = {{"dcrawload", ""}, {"magickload", "dng:"}};
  VipsImage *image = NULL;
  *known = false;
  for (size_t i = 0; i < G_N_ELEMENTS(loaders) && !*known; i++) {
    GType type = vips_type_find("VipsOperation", loaders[i].operation);
    if (type == 0)
      continue;
    *known = true;
    /* The descriptor's name, since ImageMagick takes signs in a file's own for commands. */
    g_autofree char *path = g_strdup_printf("%s/proc/self/fd/%d", loaders[i].coder, fd);
    vips_operation_block_set(g_type_name(type), FALSE);
    vips_call(loaders[i].operation, path, &image, NULL);
    vips_operation_block_set(g_type_name(type), TRUE);
  }
  return image;
}

VipsImage *loader_open_svg(const GString *svg, bool *known) {
  GType type = vips_type_find("VipsOperation", "svgload_buffer");
  VipsImage *image = NULL;
  *known = type != 0;
  if (*known) {
    vips_operation_block_set(g_type_name(type), FALSE);
    vips_svgload_buffer((void *)svg->str, svg->len, &image, NULL);
    vips_operation_block_set(g_type_name(type), TRUE);
  }
  return image;
}
