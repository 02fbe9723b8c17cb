/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/format.h"

#include <string.h>

#include "io/loader.h"

/* Bytes of pixels from which on a file is written without what costs memory for all of them. */
static const guint64 LARGE = 64 << 20;

/* What libvips is to write beside the pixels; the rest is metadata.h's. */
enum { KEPT = VIPS_FOREIGN_KEEP_ICC | VIPS_FOREIGN_KEEP_XMP };

/* XMP is metadata.h's too: libvips writes it as Latin-1. */
static int encode_png(VipsImage *image, VipsTarget *target) {
  return vips_pngsave_target(image, target, "bitdepth",
                             image->BandFmt == VIPS_FORMAT_USHORT ? 16 : 8, "keep",
                             VIPS_FOREIGN_KEEP_ICC, NULL);
}

static int encode_jpeg(VipsImage *image, VipsTarget *target) {
  /* Quality 95 keeps the colour at full resolution. Deeper pictures and those with alpha come here
   * by force only: alpha is laid on white. */
  const double white[] = {image->BandFmt == VIPS_FORMAT_USHORT ? 65535 : 255};
  VipsArrayDouble *background = vips_array_double_new(white, 1);
  int failed = vips_jpegsave_target(image, target, "Q", 95, "optimize_coding",
                                    VIPS_IMAGE_SIZEOF_IMAGE(image) < LARGE, "background",
                                    background, "keep", KEPT, NULL);
  vips_area_unref(VIPS_AREA(background));
  return failed;
}

static int encode_tiff(VipsImage *image, VipsTarget *target) {
  /* Offsets of 32 bits end at 4 GiB, which pixels that compress badly may exceed a little. */
  bool big = VIPS_IMAGE_SIZEOF_IMAGE(image) > (guint64)15 << 28;
  return vips_tiffsave_target(
    image, target, "compression", VIPS_FOREIGN_TIFF_COMPRESSION_DEFLATE, "predictor",
    image->BandFmt == VIPS_FORMAT_FLOAT ? VIPS_FOREIGN_TIFF_PREDICTOR_FLOAT
                                        : VIPS_FOREIGN_TIFF_PREDICTOR_HORIZONTAL,
    "bigtiff", big, NULL);
}

/* libvips 8.18 has a way to libwebp's exact mode; before, pixels of alpha 0 lose their colours. */
bool format_webp_is_exact(void) {
  g_autoptr(VipsOperation) save = vips_operation_new("webpsave_target");
  return save && g_object_class_find_property(G_OBJECT_GET_CLASS(save), "exact");
}

static int encode_webp(VipsImage *image, VipsTarget *target) {
  return format_webp_is_exact()
           ? vips_webpsave_target(image, target, "lossless", TRUE, "exact", TRUE, "keep", KEPT,
                                  NULL)
           : vips_webpsave_target(image, target, "lossless", TRUE, "keep", KEPT, NULL);
}

/* The one table of what is read and written; cameras' raw files come besides. */
static const cli_format formats[] = {
  {.name = "PNG",
   .suffixes = {".png"},
   .loader = "VipsForeignLoadPng",
   .metadata = METADATA_PNG,
   .depth = VIPS_FORMAT_USHORT,
   .alpha = true,
   .grey = true,
   .side = RST_SIDE_MAX,
   .xmp = G_MAXINT,
   .encode = encode_png},
  {.name = "JPEG",
   .suffixes = {".jpg", ".jpeg", ".jpe", ".jfif"},
   .loader = "VipsForeignLoadJpeg",
   .metadata = METADATA_JPEG,
   .lossy = true,
   .depth = VIPS_FORMAT_UCHAR,
   .grey = true,
   .side = 65500,
   .xmp = 60000,
   .encode = encode_jpeg},
  {.name = "TIFF",
   .suffixes = {".tif", ".tiff"},
   .loader = "VipsForeignLoadTiff",
   .metadata = METADATA_TIFF,
   .depth = VIPS_FORMAT_FLOAT,
   .alpha = true,
   .grey = true,
   .side = RST_SIDE_MAX,
   .xmp = G_MAXINT,
   .encode = encode_tiff},
  {.name = "WebP",
   .suffixes = {".webp"},
   .loader = "VipsForeignLoadWebp",
   .metadata = METADATA_WEBP,
   .depth = VIPS_FORMAT_UCHAR,
   .alpha = true,
   .side = 16383,
   .xmp = G_MAXINT,
   .encode = encode_webp},
  {.name = "HEIF", .suffixes = {".heic", ".heif", ".avif"}, .loader = "VipsForeignLoadHeif"},
};

const cli_format *format_of_suffix(const char *path) {
  g_autofree char *lower = g_ascii_strdown(path, -1);
  const cli_format *found = NULL;
  for (size_t i = 0; i < G_N_ELEMENTS(formats) && !found; i++)
    for (const char *const *suffix = formats[i].suffixes; *suffix; suffix++)
      if (g_str_has_suffix(lower, *suffix))
        found = &formats[i];
  return found;
}

void format_allow_loaders(void) {
  for (size_t i = 0; i < G_N_ELEMENTS(formats); i++)
    loader_allow(formats[i].loader);
}

/* Cameras' files are told by their names alone: outwardly many are TIFF, of a small preview. */
bool format_is_raw_name(const char *path) {
  static const char *const suffixes[] = {
    ".3fr", ".arw", ".cr2", ".cr3", ".crw", ".dcr", ".dng", ".erf", ".fff",
    ".iiq", ".k25", ".kdc", ".mef", ".mos", ".mrw", ".nef", ".nrw", ".orf",
    ".pef", ".raf", ".raw", ".rw2", ".rwl", ".sr2", ".srf", ".srw", ".x3f",
  };
  const char *suffix = strrchr(path, '.');
  for (size_t i = 0; i < G_N_ELEMENTS(suffixes) && suffix; i++)
    if (g_ascii_strcasecmp(suffix, suffixes[i]) == 0)
      return true;
  return false;
}
