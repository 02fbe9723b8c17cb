/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "file.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"

struct cli_format {
  const char *name;
  const char *suffixes[4]; /* NULL-terminated */
  const char *loader;      /* how the name of libvips' loader begins */
  bool lossy;
  bool deep, alpha, grey, exif; /* what it holds; deep: 16 bits */
  int side;                /* the most pixels a side */
  size_t xmp;              /* the most bytes of XMP */
  int (*encode)(VipsImage *image, void **bytes, size_t *size);
};

static int encode_png(VipsImage *image, void **bytes, size_t *size) {
  return vips_pngsave_buffer(image, bytes, size, "bitdepth",
                             image->BandFmt == VIPS_FORMAT_USHORT ? 16 : 8, NULL);
}

static int encode_jpeg(VipsImage *image, void **bytes, size_t *size) {
  /* Quality 95 keeps the colour at full resolution. Deeper pictures and those with alpha come here
   * by force only: alpha is laid on white. */
  const double white[] = {image->BandFmt == VIPS_FORMAT_USHORT ? 65535 : 255};
  VipsArrayDouble *background = vips_array_double_new(white, 1);
  int failed = vips_jpegsave_buffer(image, bytes, size, "Q", 95, "optimize_coding", TRUE,
                                    "background", background, NULL);
  vips_area_unref(VIPS_AREA(background));
  return failed;
}

static int encode_tiff(VipsImage *image, void **bytes, size_t *size) {
  return vips_tiffsave_buffer(image, bytes, size, "compression",
                              VIPS_FOREIGN_TIFF_COMPRESSION_DEFLATE, "predictor",
                              VIPS_FOREIGN_TIFF_PREDICTOR_HORIZONTAL, NULL);
}

static int encode_webp(VipsImage *image, void **bytes, size_t *size) {
  /* Pixels of alpha 0 lose their colour all the same: libvips 8.16 has no way to libwebp's exact
   * mode. */
  return vips_webpsave_buffer(image, bytes, size, "lossless", TRUE, NULL);
}

static const cli_format formats[] = {
  {.name = "PNG", .suffixes = {".png"}, .loader = "VipsForeignLoadPng", .deep = true,
   .alpha = true, .grey = true, .exif = true, .side = RST_SIDE_MAX, .xmp = G_MAXINT,
   .encode = encode_png},
  {.name = "JPEG", .suffixes = {".jpg", ".jpeg", ".jpe"}, .loader = "VipsForeignLoadJpeg",
   .lossy = true, .grey = true, .exif = true, .side = 65500, .xmp = 60000, .encode = encode_jpeg},
  {.name = "TIFF", .suffixes = {".tif", ".tiff"}, .loader = "VipsForeignLoadTiff", .deep = true,
   .alpha = true, .grey = true, .side = RST_SIDE_MAX, .xmp = G_MAXINT, .encode = encode_tiff},
  {.name = "WebP", .suffixes = {".webp"}, .loader = "VipsForeignLoadWebp", .alpha = true,
   .exif = true, .side = 16383, .xmp = G_MAXINT, .encode = encode_webp},
};

static void ignore_message(const char *domain, GLogLevelFlags level, const char *message,
                           void *data) {
  (void) domain;
  (void) level;
  (void) message;
  (void) data;
}

bool file_init(int threads, GError **error) {
  /* What is wrong with a file reaches the user as one error, not as a decoder's warnings too. */
  g_log_set_handler("VIPS", G_LOG_LEVEL_WARNING, ignore_message, NULL);
  if (VIPS_INIT(g_get_prgname()) != 0)
    return cli_fail_vips(error, "libvips");
  vips_cache_set_max(0); /* each operation runs once */
  if (threads > 0)
    vips_concurrency_set(threads);
  return true;
}

static const cli_format *format_of_suffix(const char *path) {
  char *lower = g_ascii_strdown(path, -1);
  const cli_format *found = NULL;
  for (size_t i = 0; i < G_N_ELEMENTS(formats) && found == NULL; i++)
    for (const char *const *suffix = formats[i].suffixes; *suffix != NULL; suffix++)
      if (g_str_has_suffix(lower, *suffix))
        found = &formats[i];
  g_free(lower);
  return found;
}

const cli_format *file_format_named(const char *name, GError **error) {
  char *suffix = g_strconcat(".", name, NULL);
  const cli_format *found = format_of_suffix(suffix);
  g_free(suffix);
  if (found == NULL)
    g_set_error(error, CLI_ERROR, CLI_WRONG_USAGE,
                _("--format is “%s”, must be png, jpg, tif or webp"), name);
  return found;
}

bool file_is_picture_name(const char *path) {
  return format_of_suffix(path) != NULL;
}

const char *file_suffix(const cli_format *f) {
  return f->suffixes[0];
}

const cli_format *file_output_format(const char *path, GError **error) {
  const cli_format *found = format_of_suffix(path);
  char *folder = g_path_get_dirname(path);
  if (g_file_test(path, G_FILE_TEST_IS_DIR)) {
    g_set_error(error, CLI_ERROR, CLI_FAILED, _("%s: is a folder"), path);
    found = NULL;
  } else if (found == NULL) {
    g_set_error(error, CLI_ERROR, CLI_WRONG_USAGE,
                _("%s: must end in .png, .jpg, .tif or .webp, which says what to write"), path);
  } else if (g_access(folder, W_OK | X_OK) != 0) {
    g_set_error(error, CLI_ERROR, CLI_FAILED, _("%s: cannot write into the folder %s: %s"), path,
                folder, g_strerror(errno));
    found = NULL;
  }
  g_free(folder);
  return found;
}

bool file_check_fit(const cli_format *f, VipsImage *image, bool force, const char *path,
                    GError **error) {
  if (image->BandFmt == VIPS_FORMAT_USHORT && !f->deep && !force)
    g_set_error(error, CLI_ERROR, CLI_FAILED,
                _("%s: %s holds 8 bits and the picture has 16; write PNG or TIFF, or use --force"),
                path, f->name);
  else if (vips_image_hasalpha(image) && !f->alpha && !force)
    g_set_error(error, CLI_ERROR, CLI_FAILED,
                _("%s: %s holds no transparency and the picture has some; write PNG, or use "
                  "--force to lay it on white"), path, f->name);
  else if (image->Bands < 3 && !f->grey)
    g_set_error(error, CLI_ERROR, CLI_FAILED,
                _("%s: %s holds no grey pictures, and in the mode detail this one stays grey; "
                  "write PNG"), path, f->name);
  else if (MAX(image->Xsize, image->Ysize) > f->side)
    g_set_error(error, CLI_ERROR, CLI_FAILED,
                _("%s: %s holds at most %d pixels a side and the picture has %d × %d; write PNG"),
                path, f->name, f->side, image->Xsize, image->Ysize);
  else
    return true;
  return false;
}

bool file_keeps_exif(const cli_format *f, VipsImage *image) {
  return f->exif || vips_image_get_typeof(image, VIPS_META_EXIF_NAME) == 0;
}

size_t file_xmp_limit(const cli_format *f) {
  return f->xmp;
}

bool file_is_lossy(const cli_format *f) {
  return f->lossy;
}

static void on_eval(VipsImage *image, VipsProgress *progress, void *cancel) {
  (void) progress;
  if (rst_cancel_is_set(cancel))
    vips_image_set_kill(image, TRUE);
}

/* libvips' pipelines ask as they go whether to stop. */
static void make_cancellable(VipsImage *image, rst_cancel *cancel) {
  vips_image_set_progress(image, TRUE);
  g_signal_connect(image, "eval", G_CALLBACK(on_eval), cancel);
}

static bool check_path(const char *path, GError **error) {
  GStatBuf status;
  const char *fault = NULL;
  if (g_stat(path, &status) != 0)
    fault = g_strerror(errno);
  else if (S_ISDIR(status.st_mode))
    fault = _("is a folder");
  else if (S_ISREG(status.st_mode) && status.st_size == 0)
    fault = _("the file is empty");
  if (fault != NULL)
    g_set_error(error, CLI_ERROR, CLI_FAILED, "%s: %s", path, fault);
  return fault == NULL;
}

static bool is_known_loader(const char *loader) {
  for (size_t i = 0; i < G_N_ELEMENTS(formats) && loader != NULL; i++)
    if (g_str_has_prefix(loader, formats[i].loader))
      return true;
  return false;
}

VipsImage *file_open(const char *path, GError **error) {
  if (!check_path(path, error))
    return NULL;
  /* A source, since libvips takes brackets in a plain file name for options. */
  VipsSource *source = vips_source_new_from_file(path);
  VipsImage *image = NULL;
  if (source == NULL) {
    cli_fail_vips(error, path);
  } else if (!is_known_loader(vips_foreign_find_load_source(source))) {
    vips_error_clear();
    g_set_error(error, CLI_ERROR, CLI_FAILED, _("%s: is neither PNG nor JPEG, TIFF or WebP"), path);
  } else {
    image = vips_image_new_from_source(source, "", "access", VIPS_ACCESS_SEQUENTIAL, "fail_on",
                                       VIPS_FAIL_ON_ERROR, NULL);
    if (image == NULL)
      cli_fail_vips(error, path);
  }
  g_clear_object(&source);
  return image;
}

static bool check_kind(VipsImage *image, const char *path, GError **error) {
  static const VipsInterpretation kinds[] = {
    VIPS_INTERPRETATION_B_W, VIPS_INTERPRETATION_GREY16, VIPS_INTERPRETATION_sRGB,
    VIPS_INTERPRETATION_RGB, VIPS_INTERPRETATION_RGB16,
  };
  const char *fault = NULL;
  bool known = image->Bands <= 4;
  for (size_t i = 0; known && i < G_N_ELEMENTS(kinds) && image->Type != kinds[i]; i++)
    known = i + 1 < G_N_ELEMENTS(kinds);
  if (image->Type == VIPS_INTERPRETATION_CMYK)
    fault = _("is a CMYK picture; convert it to RGB first");
  else if (vips_image_get_n_pages(image) > 1)
    fault = _("holds several pictures; take one out first");
  else if (image->BandFmt != VIPS_FORMAT_UCHAR && image->BandFmt != VIPS_FORMAT_USHORT)
    fault = _("has neither 8 nor 16 bits a channel");
  else if (!known)
    fault = _("is neither grey nor RGB");
  if (fault != NULL)
    g_set_error(error, CLI_ERROR, CLI_FAILED, "%s: %s", path, fault);
  return fault == NULL;
}

VipsImage *file_read(const char *path, rst_cancel *cancel, GError **error) {
  VipsImage *file = file_open(path, error);
  if (file == NULL)
    return NULL;
  VipsImage *upright = NULL, *pixels = NULL;
  if (check_kind(file, path, error)) {
    make_cancellable(file, cancel);
    pixels = vips_image_copy_memory(file);
    if (pixels == NULL) {
      cli_fail_vips(error, path);
    } else if (vips_image_get_orientation(pixels) > 1) {
      if (vips_autorot(pixels, &upright, NULL) != 0)
        cli_fail_vips(error, path);
      g_object_unref(pixels);
      pixels = upright == NULL ? NULL : vips_image_copy_memory(upright);
      g_clear_object(&upright);
    }
  }
  g_object_unref(file);
  return pixels;
}

/* Replaces the file, or the one that a link points to, by a temporary file beside it. GLib keeps
 * the permissions of the one before. */
static bool replace_file(const char *path, const void *bytes, size_t size, GError **error) {
  char *real = realpath(path, NULL);
  bool good = g_file_set_contents_full(real == NULL ? path : real, bytes, (gssize) size,
                                       G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
                                       0666, error);
  free(real);
  return good;
}

bool file_write(VipsImage *image, const cli_format *f, const char *path, rst_cancel *cancel,
                GError **error) {
  VipsImage *output;
  if (vips_copy(image, &output, NULL) != 0)
    return cli_fail_vips(error, path);
  vips_image_remove(output, "jpeg-thumbnail-data"); /* it shows the picture as it was */
  make_cancellable(output, cancel);
  void *bytes = NULL;
  size_t size = 0;
  bool good;
  if (f->encode(output, &bytes, &size) != 0)
    good = cli_fail_vips(error, path);
  else if (rst_cancel_is_set(cancel))
    good = cli_fail_interrupted(error);
  else
    good = replace_file(path, bytes, size, error);
  g_free(bytes);
  g_object_unref(output);
  return good;
}
