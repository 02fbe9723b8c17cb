/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "bytes.h"
#include "io/exif.h"
#include "io/file.h"
#include "io/format.h"
#include "io/input.h"
#include "io/loader.h"
#include "io/metadata.h"
#include "io/multiplied_alpha.h"

/* What is none of the formats. */
static void fail_format(const char *path, VipsSource *source, GError **error) {
  const char *name = loader_name_refused(source);
  if (!name)
    g_set_error(error, CLI_ERROR, CLI_FAILED,
                _("%s: is neither PNG nor JPEG, TIFF, WebP, HEIF or AVIF"), path);
  else
    /* Translators: the second %s is a format's name: GIF, PDF … */
    g_set_error(error, CLI_ERROR, CLI_FAILED,
                _("%s: is a %s file, which is not read; convert it to PNG first"), path, name);
}

/* A file while it is opened. */
typedef struct opening {
  const char *path;
  cli_bytes bytes;
  VipsSource *source;
  const char *loader; /* libvips' name of it */
} opening;

/* The source keeps what it reads from. Takes the memory. */
static void set_source(opening *o, void *memory, gsize size) {
  g_clear_object(&o->source);
  o->source = vips_source_new_from_memory(memory, size);
  g_object_set_data_full(G_OBJECT(o->source), "restorator-memory", memory, g_free);
}

static bool is_loader(const opening *o, const char *name) {
  return g_str_has_prefix(o->loader, name);
}

static VipsImage *load(const opening *o, int page, VipsFailOn fail_on) {
  char options[32] = "";
  if (page > 0)
    g_snprintf(options, sizeof options, "[page=%d]", page);
  return vips_image_new_from_source(o->source, options, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on",
                                    fail_on, NULL);
}

/* A file that holds one picture, whatever else, says so. */
static void set_single(VipsImage *image) {
  vips_image_remove(image, VIPS_META_N_PAGES);
}

/* ---- JPEG ---- */

/* A decoder takes a missing end marker for pixels that are missing, so it is put there; whatever
 * else is wrong then is an error. */
static VipsImage *open_jpeg(opening *o) {
  jpeg_head head;
  jpeg_read(&o->bytes, &head);
  if (!head.complete) {
    guint8 *ended = bytes_copy(&o->bytes, 0, (gsize)o->bytes.size);
    if (ended) {
      ended = g_realloc(ended, (gsize)o->bytes.size + 2);
      memcpy(ended + o->bytes.size, "\xff\xd9", 2);
      set_source(o, ended, (gsize)o->bytes.size + 2);
    }
  }
  VipsImage *image = load(o, 0, head.complete ? VIPS_FAIL_ON_ERROR : VIPS_FAIL_ON_WARNING);
  if (image)
    metadata_from_jpeg(&head, image);
  jpeg_clear(&head);
  return image;
}

/* ---- PNG ---- */

static VipsImage *open_png(const opening *o, GError **error) {
  png_head head;
  GBytes *profile = NULL;
  VipsImage *image = load(o, 0, VIPS_FAIL_ON_ERROR);
  if (!image)
    return NULL;
  png_read(&o->bytes, &head);
  switch (png_get_colour(&head, image->Bands < 3, &profile)) {
    case PNG_COLOUR_KEPT:
      break;
    case PNG_COLOUR_UNKNOWN:
      g_set_error(error, CLI_ERROR, CLI_FAILED,
                  _("%s: has colours that are not known here (cICP %d, %d, %d, %d), such as HDR's; "
                    "convert it to sRGB first"),
                  o->path, head.code_points[0], head.code_points[1], head.code_points[2],
                  head.code_points[3]);
      g_clear_object(&image);
      break;
    default:
      metadata_set_profile(image, profile);
  }
  if (image) {
    if (head.frames > 1) /* libvips shows the first */
      vips_image_set_int(image, VIPS_META_N_PAGES, head.frames);
    metadata_from_png(&head, image);
  }
  g_clear_pointer(&profile, g_bytes_unref);
  png_clear(&head);
  return image;
}

/* ---- TIFF ---- */

static guint64 first_value(const cli_tiff *t, guint64 directory, guint16 tag, guint64 initial) {
  tiff_entry e;
  guint64 value;
  return tiff_find(t, directory, tag, &e) && tiff_number(t, &e, &value) ? value : initial;
}

/* What libvips does not read is named as what it is. */
static void fail_tiff(const opening *o, const cli_tiff *t, guint64 directory, GError **error) {
  static const char *const kinds[] = {
    [1] = N_("unsigned integers"), [2] = N_("signed integers"),  [3] = N_("floats"),
    [4] = N_("values of no kind"), [5] = N_("complex integers"), [6] = N_("complex floats"),
  };
  const guint64 bits = first_value(t, directory, TIFF_BITS, 1);
  const guint64 kind = first_value(t, directory, TIFF_SAMPLE_FORMAT, 1);
  g_autofree char *cause = g_strchomp(g_strdup(vips_error_buffer()));
  vips_error_clear();
  g_set_error(error, CLI_ERROR, CLI_FAILED,
              /* Translators: a file, a number of bits, what they are, a decoder's message. */
              _("%s: is a TIFF file of %d-bit %s a channel, which is not read: %s"), o->path,
              (int)MIN(bits, 1024), _(kinds[kind >= 1 && kind < G_N_ELEMENTS(kinds) ? kind : 4]),
              cause);
}

/* Whether the colours are stored times alpha: then libvips is told that they are not, so that it
 * gives what the file has. */
static bool set_plain_alpha(opening *o, const cli_tiff *t, guint64 directory) {
  enum { MULTIPLIED = 1, PLAIN = 2 };
  guint8 plain[8] = {0};
  tiff_entry e;
  guint64 at, value;
  gsize size;
  if (!tiff_find(t, directory, TIFF_EXTRA_SAMPLES, &e) || !tiff_number(t, &e, &value) ||
      value != MULTIPLIED || !tiff_values(t, &e, &at, &size))
    return false;
  const gsize one = size / e.count;
  const bool big_end = t->swapped == (G_BYTE_ORDER == G_LITTLE_ENDIAN);
  plain[big_end ? one - 1 : 0] = PLAIN;
  g_object_unref(o->source);
  o->source = input_source_with(o->bytes.fd, (gint64)at, plain, one);
  return true;
}

static VipsImage *open_tiff(opening *o, GError **error) {
  cli_tiff t;
  tiff_pages pages;
  if (!tiff_open(&t, &o->bytes))
    return load(o, 0, VIPS_FAIL_ON_ERROR);
  if (tiff_find(&t, t.first, TIFF_DNG_VERSION, &(tiff_entry){0})) {
    g_set_error(error, CLI_ERROR, CLI_FAILED,
                _("%s: is a camera's raw file (DNG); its name must end in .dng"), o->path);
    return NULL;
  }
  tiff_find_pages(&t, &pages);
  const bool multiplied = set_plain_alpha(o, &t, pages.directory);
  VipsImage *image = load(o, pages.page, VIPS_FAIL_ON_ERROR);
  if (!image) {
    fail_tiff(o, &t, pages.directory, error);
    return NULL;
  }
  if (pages.pictures == 1) {
    set_single(image);
    if (pages.masks > 0)
      cli_say(_("%s: the mask of the picture's transparency, a page of its own, is left out"),
              o->path);
  }
  metadata_from_tiff(&t, pages.directory, image);
  return multiplied ? multiplied_alpha_divide(image) : image;
}

/* ---- HEIF ---- */

/* Of several pictures libvips takes the one that the file itself calls its primary. */
static VipsImage *open_heif(opening *o) {
  VipsImage *image = load(o, 0, VIPS_FAIL_ON_ERROR);
  if (image) {
    set_single(image);
    metadata_set_upright(image); /* libheif has turned it */
  }
  return image;
}

/* ---- all ---- */

static VipsImage *open_known(opening *o, GError **error) {
  VipsImage *image = is_loader(o, "VipsForeignLoadJpeg")   ? open_jpeg(o)
                     : is_loader(o, "VipsForeignLoadPng")  ? open_png(o, error)
                     : is_loader(o, "VipsForeignLoadTiff") ? open_tiff(o, error)
                     : is_loader(o, "VipsForeignLoadHeif") ? open_heif(o)
                                                           : load(o, 0, VIPS_FAIL_ON_ERROR);
  if (image)
    exif_set_resolution(image);
  else if (!error || !*error)
    cli_fail_vips(error, o->path);
  return image;
}

static VipsImage *open_by_content(const char *path, int fd, GError **error) {
  opening o = {.path = path, .bytes = bytes_in(fd), .source = input_source(fd)};
  VipsImage *image = NULL;
  o.loader = loader_find(o.source);
  if (!o.loader)
    fail_format(path, o.source, error);
  else
    image = open_known(&o, error);
  g_object_unref(o.source);
  return image;
}

static VipsImage *open_raw(const char *path, int fd, GError **error) {
  bool known;
  VipsImage *image = loader_open_raw(fd, &known);
  if (!known)
    g_set_error(error, CLI_ERROR, CLI_FAILED,
                _("%s: is a camera's raw file, which this libvips does not read"), path);
  else if (!image) /* what the loader says names the descriptor */
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
    format_is_raw_name(path) ? open_raw(path, fd, error) : open_by_content(path, fd, error);
  if (!image)
    close(fd);
  else
    g_object_set_data_full(G_OBJECT(image), "descriptor", GINT_TO_POINTER(fd), close_descriptor);
  return image;
}
