/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "io/exif.h"
#include "io/input.h"
#include "io/loader.h"

struct cli_format {
  const char *name;
  const char *suffixes[4]; /* NULL-terminated */
  const char *loader;      /* the class of libvips' loaders, whose descendants' names begin so */
  bool lossy;
  bool alpha, grey;        /* what it holds */
  VipsBandFormat depth;    /* the deepest values that it holds */
  int side;                /* the most pixels a side */
  size_t xmp;              /* the most bytes of XMP */
  int (*encode)(VipsImage *image, VipsTarget *target); /* NULL: it is read and not written */
};

/* Bytes of pixels from which on a file is written without what costs memory for all of them. */
static const guint64 LARGE = 64 << 20;

static int encode_png(VipsImage *image, VipsTarget *target) {
  return vips_pngsave_target(image, target, "bitdepth",
                             image->BandFmt == VIPS_FORMAT_USHORT ? 16 : 8, NULL);
}

static int encode_jpeg(VipsImage *image, VipsTarget *target) {
  /* Quality 95 keeps the colour at full resolution. Deeper pictures and those with alpha come here
   * by force only: alpha is laid on white. */
  const double white[] = {image->BandFmt == VIPS_FORMAT_USHORT ? 65535 : 255};
  VipsArrayDouble *background = vips_array_double_new(white, 1);
  int failed =
    vips_jpegsave_target(image, target, "Q", 95, "optimize_coding",
                         VIPS_IMAGE_SIZEOF_IMAGE(image) < LARGE, "background", background, NULL);
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

static int encode_webp(VipsImage *image, VipsTarget *target) {
  /* Pixels of alpha 0 lose their colour all the same: libvips 8.16 has no way to libwebp's exact
   * mode. */
  return vips_webpsave_target(image, target, "lossless", TRUE, NULL);
}

/* The one table of what is read and written; cameras' raw files come besides. */
static const cli_format formats[] = {
  {.name = "PNG",
   .suffixes = {".png"},
   .loader = "VipsForeignLoadPng",
   .depth = VIPS_FORMAT_USHORT,
   .alpha = true,
   .grey = true,
   .side = RST_SIDE_MAX,
   .xmp = G_MAXINT,
   .encode = encode_png},
  {.name = "JPEG",
   .suffixes = {".jpg", ".jpeg", ".jpe"},
   .loader = "VipsForeignLoadJpeg",
   .lossy = true,
   .depth = VIPS_FORMAT_UCHAR,
   .grey = true,
   .side = 65500,
   .xmp = 60000,
   .encode = encode_jpeg},
  {.name = "TIFF",
   .suffixes = {".tif", ".tiff"},
   .loader = "VipsForeignLoadTiff",
   .depth = VIPS_FORMAT_FLOAT,
   .alpha = true,
   .grey = true,
   .side = RST_SIDE_MAX,
   .xmp = G_MAXINT,
   .encode = encode_tiff},
  {.name = "WebP",
   .suffixes = {".webp"},
   .loader = "VipsForeignLoadWebp",
   .depth = VIPS_FORMAT_UCHAR,
   .alpha = true,
   .side = 16383,
   .xmp = G_MAXINT,
   .encode = encode_webp},
  {.name = "HEIF", .suffixes = {".heic", ".heif", ".avif"}, .loader = "VipsForeignLoadHeif"},
};

static void ignore_message(const char *domain, GLogLevelFlags level, const char *message,
                           void *data) {
  (void)domain;
  (void)level;
  (void)message;
  (void)data;
}

bool file_init(int threads, GError **error) {
  signal(SIGXFSZ, SIG_IGN); /* a file that grows too long is an error, as is a full disc */
  /* What is wrong with a file reaches the user as one error, not as a decoder's warnings too. */
  g_log_set_handler("VIPS", G_LOG_LEVEL_WARNING, ignore_message, NULL);
  if (VIPS_INIT(g_get_prgname()) != 0)
    return cli_fail_vips(error, "libvips");
  loader_block_all();
  for (size_t i = 0; i < G_N_ELEMENTS(formats); i++)
    loader_allow(formats[i].loader);
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
  if (found != NULL && found->encode != NULL)
    return found;
  g_set_error(error, CLI_ERROR, CLI_WRONG_USAGE,
              _("--format is “%s”, must be png, jpg, tif or webp"), name);
  return NULL;
}

/* Cameras' files are told by their names alone: outwardly many are TIFF, of a small preview. */
static bool is_raw_name(const char *path) {
  static const char *const suffixes[] = {
    ".3fr", ".arw", ".cr2", ".cr3", ".crw", ".dcr", ".dng", ".erf", ".fff",
    ".iiq", ".k25", ".kdc", ".mef", ".mos", ".mrw", ".nef", ".nrw", ".orf",
    ".pef", ".raf", ".raw", ".rw2", ".rwl", ".sr2", ".srf", ".srw", ".x3f",
  };
  const char *suffix = strrchr(path, '.');
  for (size_t i = 0; i < G_N_ELEMENTS(suffixes) && suffix != NULL; i++)
    if (g_ascii_strcasecmp(suffix, suffixes[i]) == 0)
      return true;
  return false;
}

bool file_is_picture_name(const char *path) {
  return format_of_suffix(path) != NULL || is_raw_name(path);
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
  } else if (found == NULL || found->encode == NULL) {
    found = NULL;
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

bool file_check_fit(const cli_format *f, VipsImage *image, int width, int height, bool reduce,
                    const char *path, GError **error) {
  if (image->BandFmt == VIPS_FORMAT_FLOAT && f->depth != VIPS_FORMAT_FLOAT && !reduce)
    g_set_error(error, CLI_ERROR, CLI_FAILED,
                _("%s: %s holds no floats and the picture has them; write TIFF, or use --reduce"),
                path, f->name);
  else if (image->BandFmt == VIPS_FORMAT_USHORT && f->depth == VIPS_FORMAT_UCHAR && !reduce)
    g_set_error(error, CLI_ERROR, CLI_FAILED,
                _("%s: %s holds 8 bits and the picture has 16; write PNG or TIFF, or use --reduce"),
                path, f->name);
  else if (vips_image_hasalpha(image) && !f->alpha && !reduce)
    g_set_error(error, CLI_ERROR, CLI_FAILED,
                _("%s: %s holds no transparency and the picture has some; write PNG, or use "
                  "--reduce to lay it on white"),
                path, f->name);
  else if (image->Bands < 3 && !f->grey)
    g_set_error(error, CLI_ERROR, CLI_FAILED,
                _("%s: %s holds no grey pictures, and in the mode detail this one stays grey; "
                  "write PNG"),
                path, f->name);
  else if (MAX(width, height) > f->side)
    g_set_error(error, CLI_ERROR, CLI_FAILED,
                _("%s: %s holds at most %d pixels a side and the picture has %d × %d; write PNG"),
                path, f->name, f->side, width, height);
  else
    return true;
  return false;
}

size_t file_xmp_limit(const cli_format *f) {
  return f->xmp;
}

bool file_is_lossy(const cli_format *f) {
  return f->lossy;
}

bool file_holds_floats(const cli_format *f) {
  return f->depth == VIPS_FORMAT_FLOAT;
}

/* What is none of the formats. */
static void fail_format(const char *path, VipsSource *source, GError **error) {
  const char *name = loader_name_refused(source);
  if (name == NULL)
    g_set_error(error, CLI_ERROR, CLI_FAILED,
                _("%s: is neither PNG nor JPEG, TIFF, WebP, HEIF or AVIF"), path);
  else
    /* Translators: the second %s is a format's name: GIF, PDF … */
    g_set_error(error, CLI_ERROR, CLI_FAILED,
                _("%s: is a %s file, which is not read; convert it to PNG first"), path, name);
}

static guint32 big_endian(const guint8 *bytes) {
  guint32 value;
  memcpy(&value, bytes, sizeof value);
  return GUINT32_FROM_BE(value);
}

/* How many pictures an animated PNG's control chunk announces; it comes before the first pixels.
 * libvips knows nothing of it. */
static int count_frames(const char *path) {
  guint8 head[12]; /* a chunk's length and type, and where there is one the number of frames */
  int frames = 1;
  FILE *file = g_fopen(path, "rb");
  if (file == NULL)
    return frames;
  bool more = fseek(file, 8, SEEK_SET) == 0;
  while (more && fread(head, 1, 8, file) == 8 && memcmp(head + 4, "IDAT", 4) != 0) {
    guint32 length = big_endian(head);
    more = length <= G_MAXINT32 && fseek(file, (long)length + 4, SEEK_CUR) == 0;
    if (more && memcmp(head + 4, "acTL", 4) == 0 && length >= 4) {
      more = fseek(file, -(long)length - 4, SEEK_CUR) == 0 && fread(head + 8, 1, 4, file) == 4;
      frames = more ? (int)MIN(big_endian(head + 8), G_MAXINT32) : 1;
      more = false;
    }
  }
  fclose(file);
  return frames;
}

/* What libvips does not tell. */
static void add_metadata(VipsImage *image, const char *loader, const char *path) {
  if (g_str_has_prefix(loader, "VipsForeignLoadPng") && count_frames(path) > 1)
    vips_image_set_int(image, VIPS_META_N_PAGES, count_frames(path));
  else if (g_str_has_prefix(loader, "VipsForeignLoadTiff"))
    exif_read_tiff(path, image);
}

static VipsImage *open_by_content(const char *path, int fd, GError **error) {
  char *content = g_strdup_printf("/proc/self/fd/%d", fd); /* the path may lead elsewhere by now */
  VipsSource *source = input_source(fd);
  const char *loader = loader_find(source);
  VipsImage *image = NULL;
  if (loader == NULL) {
    fail_format(path, source, error);
  } else if (g_str_has_prefix(loader, "VipsForeignLoadTiff") && exif_is_dng(content)) {
    g_set_error(error, CLI_ERROR, CLI_FAILED,
                _("%s: is a camera's raw file (DNG); its name must end in .dng"), path);
  } else {
    image = vips_image_new_from_source(source, "", "access", VIPS_ACCESS_SEQUENTIAL, "fail_on",
                                       VIPS_FAIL_ON_ERROR, NULL);
    if (image == NULL)
      cli_fail_vips(error, path);
    else
      add_metadata(image, loader, content);
  }
  g_object_unref(source);
  g_free(content);
  return image;
}

static VipsImage *open_raw(const char *path, int fd, GError **error) {
  bool known;
  VipsImage *image = loader_open_raw(fd, &known);
  if (!known)
    g_set_error(error, CLI_ERROR, CLI_FAILED,
                _("%s: is a camera's raw file, which this libvips does not read"), path);
  else if (image == NULL) /* what the loader says names the descriptor */
    g_set_error(error, CLI_ERROR, CLI_FAILED, _("%s: is no camera's raw file that can be read"),
                path);
  vips_error_clear();
  return image;
}

static void close_descriptor(gpointer fd) {
  close(GPOINTER_TO_INT(fd));
}

VipsImage *file_open(const char *path, GError **error) {
  int fd = input_open(path, error);
  if (fd < 0)
    return NULL;
  VipsImage *image =
    is_raw_name(path) ? open_raw(path, fd, error) : open_by_content(path, fd, error);
  if (image == NULL)
    close(fd);
  else
    g_object_set_data_full(G_OBJECT(image), "descriptor", GINT_TO_POINTER(fd), close_descriptor);
  return image;
}

static void on_eval(VipsImage *image, VipsProgress *progress, void *cancel) {
  (void)progress;
  if (rst_cancel_is_set(cancel))
    vips_image_set_kill(image, TRUE);
}

/* For the formats that hold no floats. */
static int to_integers(VipsImage *image, VipsImage **integers) {
  VipsInterpretation kind =
    image->Bands < 3 ? VIPS_INTERPRETATION_GREY16 : VIPS_INTERPRETATION_RGB16;
  VipsImage *scaled = NULL, *cast = NULL;
  int failed = vips_linear1(image, &scaled, 65535, 0.5, NULL) != 0 ||
               vips_cast_ushort(scaled, &cast, NULL) != 0 ||
               vips_copy(cast, integers, "interpretation", kind, NULL) != 0;
  g_clear_object(&scaled);
  g_clear_object(&cast);
  return failed;
}

static bool encode(VipsImage *image, const cli_format *f, VipsTarget *target, const char *path,
                   rst_cancel *cancel, GError **error) {
  VipsImage *output;
  bool integers = image->BandFmt == VIPS_FORMAT_FLOAT && f->depth != VIPS_FORMAT_FLOAT;
  if (integers ? to_integers(image, &output) : vips_copy(image, &output, NULL))
    return cli_fail_vips(error, path);
  vips_image_remove(output, "jpeg-thumbnail-data"); /* it shows the picture as it was */
  vips_image_set_progress(output, TRUE);
  gulong handler = g_signal_connect(output, "eval", G_CALLBACK(on_eval), cancel);
  bool good = f->encode(output, target) == 0 || cli_fail_vips(error, path);
  g_signal_handler_disconnect(output, handler);
  g_object_unref(output);
  return good;
}

static bool fail_system(const char *path, GError **error) {
  g_set_error(error, CLI_ERROR, CLI_FAILED, "%s: %s", path, g_strerror(errno));
  return false;
}

/* What is to be written to `fd`, on the disc when this returns. A file there was keeps its
 * permissions. */
static bool write_all(VipsImage *image, const cli_format *f, int fd, const char *path,
                      rst_cancel *cancel, GError **error) {
  GStatBuf before;
  VipsTarget *target = vips_target_new_to_descriptor(fd);
  if (target == NULL)
    return cli_fail_vips(error, path);
  bool good = encode(image, f, target, path, cancel, error);
  g_object_unref(target);
  if (!good)
    return false;
  if (rst_cancel_is_set(cancel))
    return cli_fail_interrupted(error);
  if (f->encode == encode_tiff && !exif_add_to_tiff(fd, image))
    cli_say(_("%s: its EXIF is malformed and not kept"), path);
  if (g_stat(path, &before) == 0 && fchmod(fd, before.st_mode & 07777) != 0)
    return fail_system(path, error);
  return fsync(fd) == 0 || fail_system(path, error);
}

bool file_write(VipsImage *image, const cli_format *f, const char *path, rst_cancel *cancel,
                GError **error) {
  char *linked = realpath(path, NULL); /* a link stays a link */
  const char *real = linked == NULL ? path : linked;
  char *folder = g_path_get_dirname(real), *name = g_path_get_basename(real);
  char *temporary = g_strdup_printf("%s/.%s.XXXXXX", folder, name);
  int fd = g_mkstemp_full(temporary, O_RDWR | O_CLOEXEC, 0666);
  bool good = fd >= 0 || fail_system(path, error);
  if (fd >= 0) {
    good = write_all(image, f, fd, real, cancel, error);
    close(fd);
    good = good && (g_rename(temporary, real) == 0 || fail_system(path, error));
    if (!good)
      g_unlink(temporary);
  }
  free(linked);
  g_free(folder);
  g_free(name);
  g_free(temporary);
  return good;
}
