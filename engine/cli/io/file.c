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
#include "io/loader.h"
#include "io/metadata.h"
#include "io/temporary.h"
#include "target.h"

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
  format_allow_loaders();
  vips_cache_set_max(0); /* each operation runs once */
  if (threads > 0)
    vips_concurrency_set(threads);
  return true;
}

const cli_format *file_format_named(const char *name, GError **error) {
  g_autofree char *suffix = g_strconcat(".", name, NULL);
  const cli_format *found = format_of_suffix(suffix);
  if (found && found->encode)
    return found;
  g_set_error(error, CLI_ERROR, CLI_WRONG_USAGE,
              _("--format is “%s”, must be png, jpg, tif or webp"), name);
  return NULL;
}

bool file_is_picture_name(const char *path) {
  return format_of_suffix(path) || format_is_raw_name(path);
}

const char *file_suffix(const cli_format *f) {
  return f->suffixes[0];
}

static bool fail_system(const char *path, GError **error) {
  g_set_error(error, CLI_ERROR, CLI_FAILED, "%s: %s", path, g_strerror(errno));
  return false;
}

/* Whether a file of that path, which leads to `target`, can be made in its folder: known before
 * the work is done. */
static bool check_folder(const char *path, const char *target, GError **error) {
  g_autofree char *folder = g_path_get_dirname(target), *name = g_path_get_basename(target);
  const long longest = pathconf(folder, _PC_NAME_MAX);
  bool good = true;
  if (g_access(folder, W_OK | X_OK) != 0) {
    g_set_error(error, CLI_ERROR, CLI_FAILED, _("%s: cannot write into the folder %s: %s"), path,
                folder, g_strerror(errno));
    good = false;
  } else if (longest > 0 && strlen(name) > (size_t)longest) {
    errno = ENAMETOOLONG;
    good = fail_system(path, error);
  }
  return good;
}

static bool check_kind(const char *path, GError **error) {
  if (g_file_test(path, G_FILE_TEST_IS_DIR))
    g_set_error(error, CLI_ERROR, CLI_FAILED, _("%s: is a folder"), path);
  else if (target_is_special(path))
    g_set_error(error, CLI_ERROR, CLI_FAILED, _("%s: is a device or a pipe and no file"), path);
  else
    return true;
  return false;
}

bool file_check_place(const char *path, GError **error) {
  if (!check_kind(path, error))
    return false;
  g_autofree char *target = target_follow(path);
  return target ? check_folder(path, target, error) : fail_system(path, error);
}

const cli_format *file_output_format(const char *path, GError **error) {
  const cli_format *found = format_of_suffix(path);
  if (!check_kind(path, error))
    return NULL;
  if (!found || !found->encode) {
    g_set_error(error, CLI_ERROR, CLI_WRONG_USAGE,
                _("%s: must end in .png, .jpg, .tif or .webp, which says what to write"), path);
    return NULL;
  }
  return file_check_place(path, error) ? found : NULL;
}

bool file_check_writable(const char *path, GError **error) {
  if (!target_is_closed(path))
    return true;
  g_set_error(error, CLI_ERROR, CLI_FAILED,
              _("%s: is there and must not be written to; --force replaces it all the same"), path);
  return false;
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

static void on_eval(VipsImage *image, VipsProgress *progress, void *cancel) {
  (void)progress;
  if (rst_cancel_is_set(cancel))
    vips_image_set_kill(image, TRUE);
}

/* For the formats that hold no floats. */
static int to_integers(VipsImage *image, VipsImage **integers) {
  VipsInterpretation kind =
    image->Bands < 3 ? VIPS_INTERPRETATION_GREY16 : VIPS_INTERPRETATION_RGB16;
  g_autoptr(VipsImage) scaled = NULL, cast = NULL;
  return vips_linear1(image, &scaled, 65535, 0.5, NULL) != 0 ||
         vips_cast_ushort(scaled, &cast, NULL) != 0 ||
         vips_copy(cast, integers, "interpretation", kind, NULL) != 0;
}

/* What goes into a file behind its first bytes, as libvips writes it. */
typedef struct insertion {
  int fd;
  const GByteArray *bytes;
  gsize (*place)(const guint8 *begin, gsize size); /* 0: more has to be seen */
  GByteArray *begin; /* until the place is known */
  int fault; /* errno of what was not written; 0: none */
  const rst_cancel *cancel;
} insertion;

/* libvips goes on for a while, and errno with it. */
static gint64 note_written(insertion *i, bool good, gint64 length) {
  if (!good && i->fault == 0)
    i->fault = errno;
  return good ? length : -1;
}

static gint64 on_write(VipsTargetCustom *target, const void *data, gint64 length, void *user) {
  insertion *i = user;
  (void)target;
  if (rst_cancel_is_set(i->cancel)) /* the encoder has many rows before libvips asks again */
    return -1;
  if (!i->begin)
    return note_written(i, temporary_write(i->fd, data, (gsize)length), length);
  g_byte_array_append(i->begin, data, (guint)length);
  const gsize place = i->place(i->begin->data, i->begin->len);
  if (place == 0 || place > i->begin->len)
    return length;
  const bool good = temporary_write(i->fd, i->begin->data, place) &&
                    temporary_write(i->fd, i->bytes->data, i->bytes->len) &&
                    temporary_write(i->fd, i->begin->data + place, i->begin->len - place);
  const gint64 written = note_written(i, good, length);
  g_clear_pointer(&i->begin, g_byte_array_unref);
  return written;
}

static gsize png_place(const guint8 *begin, gsize size) {
  (void)begin;
  return size < PNG_PLACE ? 0 : PNG_PLACE;
}

/* What was not written is told as the system's own reason: libvips and libtiff do not know it. */
static bool encode_through(VipsImage *image, const cli_format *f, VipsTargetCustom *target,
                           insertion *i, const char *path, GError **error) {
  g_signal_connect(target, "write", G_CALLBACK(on_write), i);
  const bool encoded = f->encode(image, VIPS_TARGET(target)) == 0;
  if (i->fault != 0) {
    vips_error_clear();
    errno = i->fault;
    return fail_system(path, error);
  }
  return encoded || cli_fail_vips(error, path);
}

static bool encode_with(VipsImage *image, const cli_format *f, const GByteArray *bytes,
                        gsize (*place)(const guint8 *, gsize), int fd, const char *path,
                        const rst_cancel *cancel, GError **error) {
  insertion i = {fd, bytes, place, g_byte_array_new(), 0, cancel};
  g_autoptr(VipsTargetCustom) target = vips_target_custom_new();
  const bool good = encode_through(image, f, target, &i, path, error);
  g_clear_pointer(&i.begin, g_byte_array_unref);
  return good;
}

/* Whether pixels that are transparent have colours. */
static bool hides_colours(VipsImage *image) {
  g_autoptr(VipsImage) alpha = NULL, clear = NULL, colours = NULL, hidden = NULL;
  double largest = 0;
  return vips_extract_band(image, &alpha, image->Bands - 1, NULL) == 0 &&
         vips_equal_const1(alpha, &clear, 0, NULL) == 0 &&
         vips_extract_band(image, &colours, 0, "n", image->Bands - 1, NULL) == 0 &&
         vips_multiply(colours, clear, &hidden, NULL) == 0 &&
         vips_max(hidden, &largest, NULL) == 0 && largest > 0;
}

/* A WebP file is made in memory anyway, and so are the pixels where they are looked at first. */
static bool encode_webp(VipsImage *image, const cli_format *f, int fd, const char *path,
                        GError **error) {
  const bool lossy = vips_image_hasalpha(image) && !format_webp_is_exact();
  g_autoptr(VipsImage) pixels = lossy ? vips_image_copy_memory(image) : g_object_ref(image);
  g_autoptr(VipsTarget) target = vips_target_new_to_memory();
  VipsBlob *blob = NULL;
  size_t size = 0;
  bool good = pixels && f->encode(pixels, target) == 0;
  g_object_get(target, "blob", &blob, NULL);
  if (good && blob) {
    g_autoptr(GByteArray) file = g_byte_array_new();
    const guint8 *bytes = vips_blob_get(blob, &size);
    g_byte_array_append(file, bytes, (guint)size);
    metadata_add_to_webp(file, image, path);
    good = temporary_write(fd, file->data, file->len) || fail_system(path, error);
  } else {
    good = cli_fail_vips(error, path);
  }
  if (good && lossy && hides_colours(pixels))
    cli_say(_("%s: WebP does not keep the colours of transparent pixels; PNG does"), path);
  if (blob)
    vips_area_unref(VIPS_AREA(blob));
  return good;
}

static gint64 on_read(VipsTargetCustom *target, void *data, gint64 length, void *user) {
  const insertion *i = user;
  (void)target;
  return read(i->fd, data, (gsize)length);
}

static gint64 on_seek(VipsTargetCustom *target, gint64 offset, int whence, void *user) {
  const insertion *i = user;
  (void)target;
  return lseek(i->fd, offset, whence);
}

/* Its directories come last, and say where they are at the beginning. */
static bool encode_tiff(VipsImage *image, const cli_format *f, int fd, const char *path,
                        const rst_cancel *cancel, GError **error) {
  insertion i = {.fd = fd, .cancel = cancel};
  g_autoptr(VipsTargetCustom) target = vips_target_custom_new();
  g_signal_connect(target, "read", G_CALLBACK(on_read), &i);
  g_signal_connect(target, "seek", G_CALLBACK(on_seek), &i);
  return encode_through(image, f, target, &i, path, error) &&
         (metadata_add_to_tiff(fd, image, path) || fail_system(path, error));
}

static bool encode_as(VipsImage *image, const cli_format *f, int fd, const char *path,
                      const rst_cancel *cancel, GError **error) {
  g_autoptr(GByteArray) more = NULL;
  bool good = false;
  switch (f->metadata) {
    case METADATA_JPEG:
      more = metadata_for_jpeg(image, path);
      good = encode_with(image, f, more, jpeg_place, fd, path, cancel, error);
      break;
    case METADATA_PNG:
      more = metadata_for_png(image, path);
      good = encode_with(image, f, more, png_place, fd, path, cancel, error);
      break;
    case METADATA_TIFF:
      good = encode_tiff(image, f, fd, path, cancel, error);
      break;
    case METADATA_WEBP:
      good = encode_webp(image, f, fd, path, error);
      break;
  }
  return good;
}

/* What is to be written to `fd`. */
static bool write_all(VipsImage *image, const cli_format *f, int fd, const char *path,
                      rst_cancel *cancel, GError **error) {
  VipsImage *output;
  bool integers = image->BandFmt == VIPS_FORMAT_FLOAT && f->depth != VIPS_FORMAT_FLOAT;
  if (integers ? to_integers(image, &output) : vips_copy(image, &output, NULL))
    return cli_fail_vips(error, path);
  metadata_hide(output);
  vips_image_set_progress(output, TRUE);
  gulong handler = g_signal_connect(output, "eval", G_CALLBACK(on_eval), cancel);
  bool good = encode_as(output, f, fd, path, cancel, error);
  g_signal_handler_disconnect(output, handler);
  g_object_unref(output);
  if (good && rst_cancel_is_set(cancel))
    return cli_fail_interrupted(error);
  return good;
}

bool file_write(VipsImage *image, const cli_format *f, const char *path, rst_cancel *cancel,
                GError **error) {
  cli_temporary temporary = {.fd = -1};
  char *target = target_follow(path); /* a link stays a link */
  bool good = (target && temporary_open(&temporary, target)) || fail_system(path, error);
  good = good && write_all(image, f, temporary.fd, path, cancel, error) &&
         (temporary_finish(&temporary, target) || fail_system(path, error));
  temporary_drop(&temporary);
  g_free(target);
  return good;
}
