/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/image_source.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "io/colour_space.h"
#include "io/file.h"
#include "io/metadata.h"
#include "io/store.h"

enum { HELD = 64 << 20 }; /* bytes of pixels; larger pictures are read in strips */

static bool fail(GError **error, const char *path, const char *fault) {
  g_set_error(error, CLI_ERROR, CLI_FAILED, "%s: %s", path, fault);
  return false;
}

static gint64 limit = 1000; /* millions of pixels */

gboolean source_set_limit(const char *option, const char *value, void *data, GError **error) {
  (void)option;
  (void)data;
  if (g_ascii_string_to_signed(value, 10, 1, G_MAXINT, &limit, NULL))
    return TRUE;
  g_set_error_literal(error, CLI_ERROR, CLI_WRONG_USAGE, _("--max-megapixels must be at least 1"));
  return FALSE;
}

static bool check_size(VipsImage *image, const char *path, GError **error) {
  const gint64 pixels = (gint64)image->Xsize * image->Ysize;
  if (pixels <= limit * 1000000)
    return true;
  g_set_error(error, CLI_ERROR, CLI_FAILED,
              _("%s: has %d × %d pixels, more than %d million; --max-megapixels allows more"), path,
              image->Xsize, image->Ysize, (int)limit);
  return false;
}

/* What is not worked on. */
static const char *values_name(VipsBandFormat format) {
  switch (format) {
    case VIPS_FORMAT_CHAR:
      return _("signed integers of 8 bits");
    case VIPS_FORMAT_SHORT:
      return _("signed integers of 16 bits");
    case VIPS_FORMAT_INT:
      return _("signed integers of 32 bits");
    case VIPS_FORMAT_UINT:
      return _("integers of 32 bits");
    case VIPS_FORMAT_DOUBLE:
      return _("64-bit floats");
    default:
      return _("complex numbers");
  }
}

static bool check_kind(VipsImage *image, const char *path, GError **error) {
  static const VipsInterpretation kinds[] = {
    VIPS_INTERPRETATION_B_W, VIPS_INTERPRETATION_GREY16, VIPS_INTERPRETATION_sRGB,
    VIPS_INTERPRETATION_RGB, VIPS_INTERPRETATION_RGB16,  VIPS_INTERPRETATION_scRGB,
  };
  bool known = image->Bands <= 4;
  for (size_t i = 0; known && i < G_N_ELEMENTS(kinds) && image->Type != kinds[i]; i++)
    known = i + 1 < G_N_ELEMENTS(kinds);
  if (image->Type == VIPS_INTERPRETATION_CMYK)
    return fail(error, path, _("is a CMYK picture; convert it to RGB first"));
  if (vips_image_get_n_pages(image) > 1)
    return fail(error, path, _("holds several pictures; take one out first"));
  if (image->BandFmt != VIPS_FORMAT_UCHAR && image->BandFmt != VIPS_FORMAT_USHORT &&
      image->BandFmt != VIPS_FORMAT_FLOAT) {
    g_set_error(error, CLI_ERROR, CLI_FAILED,
                /* Translators: a file, and what its values are. */
                _("%s: has %s a channel, neither 8 or 16 bits nor 32-bit floats"), path,
                values_name(image->BandFmt));
    return false;
  }
  return known || fail(error, path, _("is neither grey nor RGB"));
}

static void on_eval(VipsImage *image, VipsProgress *progress, void *cancel) {
  (void)progress;
  if (rst_cancel_is_set(cancel))
    vips_image_set_kill(image, TRUE);
}

/* libvips' pipelines ask as they go whether to stop. */
static void make_cancellable(VipsImage *image, rst_cancel *cancel) {
  vips_image_set_progress(image, TRUE);
  g_signal_connect(image, "eval", G_CALLBACK(on_eval), cancel);
}

/* Without a profile a tone is the same in grey and in sRGB. */
static int repeat_tone(VipsImage *grey, VipsImage **rgb) {
  g_autoptr(VipsImage) tone = NULL, alpha = NULL, joined = NULL;
  int failed = vips_extract_band(grey, &tone, 0, NULL) != 0 ||
               vips_extract_band(grey, &alpha, grey->Bands - 1, NULL) != 0;
  VipsImage *bands[] = {tone, tone, tone, alpha};
  failed = failed || vips_bandjoin(bands, &joined, grey->Bands + 2, NULL) != 0 ||
           vips_copy(joined, rgb, "interpretation", VIPS_INTERPRETATION_scRGB, NULL) != 0;
  return failed;
}

/* What a grey picture's profile says of its tones; NULL and libvips' error where it cannot be used. */
static cli_colour_space *grey_space(VipsImage *grey) {
  const void *profile;
  size_t size;
  g_autoptr(GError) error = NULL;
  if (vips_image_get_blob(grey, VIPS_META_ICC_NAME, &profile, &size) != 0)
    return NULL;
  cli_colour_space *space = colour_space_new(profile, size, 1, &error);
  if (!space)
    vips_error("profile", "%s", error->message);
  return space;
}

/* What each tone is in sRGB, as a table for vips_maplut(); NULL and libvips' error without. */
static VipsImage *tone_table(VipsImage *grey) {
  const bool deep = grey->BandFmt == VIPS_FORMAT_USHORT;
  const int count = deep ? 65536 : 256;
  cli_colour_space *space = grey_space(grey);
  if (!space)
    return NULL;
  g_autofree float *tones = g_new(float, count), *rgb = g_new(float, 3 * (gsize)count);
  g_autofree guint16 *values = g_new(guint16, 3 * (gsize)count);
  for (int i = 0; i < count; i++)
    tones[i] = (float)i / (float)(count - 1);
  colour_space_to_srgb(space, count, tones, rgb);
  for (int i = 0; i < 3 * count; i++)
    values[i] = (guint16)lrintf(CLAMP(rgb[i], 0, 1) * (float)(count - 1));
  g_autoptr(VipsImage) deep_table = vips_image_new_from_memory_copy(
    values, sizeof *values * 3 * (gsize)count, count, 1, 3, VIPS_FORMAT_USHORT);
  VipsImage *table = NULL;
  if (deep_table)
    vips_cast(deep_table, &table, grey->BandFmt, NULL);
  colour_space_free(space);
  return table;
}

/* One of libvips' threads: a row of tones and what they become. */
typedef struct toning {
  VipsRegion *from;
  float *tones, *rgb;
} toning;

static int stop_toning(void *sequence, void *grey, void *space) {
  toning *t = sequence;
  (void)grey;
  (void)space;
  g_clear_object(&t->from);
  g_free(t->tones);
  g_free(t->rgb);
  g_free(t);
  return 0;
}

static void *start_toning(VipsImage *rgb, void *grey, void *space) {
  toning *t = g_new0(toning, 1);
  (void)space;
  t->from = vips_region_new(grey);
  t->tones = g_new(float, rgb->Xsize);
  t->rgb = g_new(float, 3 * (gsize)rgb->Xsize);
  return t;
}

/* What is no number, or infinite, stays what it is. */
static int make_tones(VipsRegion *out, void *sequence, void *grey, void *space, gboolean *stop) {
  toning *t = sequence;
  const VipsRect *box = &out->valid;
  const int bands = ((VipsImage *)grey)->Bands;
  (void)stop;
  if (vips_region_prepare(t->from, box) != 0)
    return -1;
  for (int y = box->top; y < box->top + box->height; y++) {
    const float *from = (const float *)VIPS_REGION_ADDR(t->from, box->left, y);
    float *to = (float *)VIPS_REGION_ADDR(out, box->left, y);
    for (int x = 0; x < box->width; x++)
      t->tones[x] = isfinite(from[x * bands]) ? from[x * bands] : 0;
    colour_space_to_srgb(space, box->width, t->tones, t->rgb);
    for (int x = 0; x < box->width; x++, from += bands, to += bands + 2) {
      for (int c = 0; c < 3; c++)
        to[c] = isfinite(*from) ? t->rgb[3 * x + c] : *from;
      if (bands > 1)
        to[3] = from[1];
    }
  }
  return 0;
}

static void on_close(VipsImage *image, void *space) {
  (void)image;
  colour_space_free(space);
}

/* Floats have no table. */
static int compute_tones(VipsImage *grey, VipsImage **rgb) {
  cli_colour_space *space = grey_space(grey);
  if (!space)
    return -1;
  *rgb = vips_image_new();
  g_signal_connect(*rgb, "close", G_CALLBACK(on_close), space);
  /* The rows come as they are read. */
  if (vips_image_pipelinev(*rgb, VIPS_DEMAND_STYLE_THINSTRIP, grey, NULL) != 0)
    return -1;
  (*rgb)->Bands = grey->Bands + 2;
  (*rgb)->Type = VIPS_INTERPRETATION_scRGB;
  g_object_ref(grey);
  g_object_set_data_full(G_OBJECT(*rgb), "restorator-grey", grey, g_object_unref);
  return vips_image_generate(*rgb, start_toning, make_tones, stop_toning, grey, space);
}

static int map_tones(VipsImage *grey, VipsImage **rgb) {
  const bool deep = grey->BandFmt == VIPS_FORMAT_USHORT;
  g_autoptr(VipsImage) table = tone_table(grey), tone = NULL, alpha = NULL, mapped = NULL;
  g_autoptr(VipsImage) joined = NULL;
  if (!table || vips_extract_band(grey, &tone, 0, NULL) != 0 ||
      vips_extract_band(grey, &alpha, grey->Bands - 1, NULL) != 0 ||
      vips_maplut(tone, &mapped, table, NULL) != 0 ||
      (grey->Bands > 1 ? vips_bandjoin2(mapped, alpha, &joined, NULL)
                       : vips_copy(mapped, &joined, NULL)) != 0)
    return -1;
  return vips_copy(joined, rgb, "interpretation",
                   deep ? VIPS_INTERPRETATION_RGB16 : VIPS_INTERPRETATION_sRGB, NULL);
}

/* By the picture's profile, which leads to sRGB's. */
static int see_tones(VipsImage *grey, VipsImage **rgb) {
  const bool floats = grey->BandFmt == VIPS_FORMAT_FLOAT;
  VipsBlob *srgb = NULL;
  if ((floats ? compute_tones(grey, rgb) : map_tones(grey, rgb)) != 0)
    return -1;
  if (vips_profile_load("srgb", &srgb, NULL) == 0) {
    size_t size;
    const void *bytes = vips_blob_get(srgb, &size);
    vips_image_set_blob_copy(*rgb, VIPS_META_ICC_NAME, bytes, size);
    vips_area_unref(VIPS_AREA(srgb));
  }
  return 0;
}

static int grey_to_srgb(VipsImage *grey, VipsImage **rgb) {
  bool deep = grey->BandFmt == VIPS_FORMAT_USHORT;
  if (vips_image_get_typeof(grey, VIPS_META_ICC_NAME) != 0)
    return see_tones(grey, rgb);
  if (grey->BandFmt == VIPS_FORMAT_FLOAT)
    return repeat_tone(grey, rgb);
  return vips_colourspace(grey, rgb, deep ? VIPS_INTERPRETATION_RGB16 : VIPS_INTERPRETATION_sRGB,
                          NULL);
}

/* All pixels in memory. Takes the reference. */
static VipsImage *hold(VipsImage *image) {
  VipsImage *pixels = vips_image_copy_memory(image);
  g_object_unref(image);
  return pixels;
}

/* The steps from the file to the program's form. Each takes the reference and gives the next. */

/* To turn a picture, all of it is needed. */
static VipsImage *turn_upright(VipsImage *image) {
  VipsImage *upright = NULL, *pixels = hold(image);
  if (pixels && vips_autorot(pixels, &upright, NULL) == 0)
    metadata_set_upright(upright);
  g_clear_object(&pixels);
  return upright;
}

static VipsImage *colour(VipsImage *grey) {
  VipsImage *rgb = NULL;
  if (grey_to_srgb(grey, &rgb) != 0)
    g_clear_object(&rgb);
  g_object_unref(grey);
  return rgb;
}

/* `grey`: the file knows no colours. `turned`: its pixels are in memory already, to be turned. */
static VipsImage *open_pipeline(const cli_image_source *s, bool *grey, bool *turned,
                                GError **error) {
  VipsImage *image = file_open(s->path, error);
  if (!image)
    return NULL;
  *grey = image->Bands < 3;
  bool coloured = *grey && !s->keep_grey;
  if (!check_size(image, s->path, error) || !check_kind(image, s->path, error)) {
    g_object_unref(image);
    return NULL;
  }
  make_cancellable(image, s->cancel);
  *turned = vips_image_get_orientation(image) > 1;
  if (*turned)
    image = turn_upright(image);
  if (image && coloured)
    image = colour(image);
  if (!image)
    cli_fail_vips(error, s->path);
  return image;
}

/* libvips knows no half floats: it makes floats of them. */
static bool is_half(VipsImage *image) {
  int bits = 0;
  return image->BandFmt == VIPS_FORMAT_FLOAT &&
         vips_image_get_typeof(image, VIPS_META_BITS_PER_SAMPLE) != 0 &&
         vips_image_get_int(image, VIPS_META_BITS_PER_SAMPLE, &bits) == 0 && bits == 16;
}

bool image_source_open(cli_image_source *s, const char *path, bool keep_grey, rst_cancel *cancel,
                       GError **error) {
  *s = (cli_image_source){.path = g_strdup(path), .keep_grey = keep_grey, .cancel = cancel};
  bool turned;
  VipsImage *image = open_pipeline(s, &s->grey, &turned, error);
  if (!image)
    return false;
  s->width = image->Xsize;
  s->height = image->Ysize;
  s->format = image->BandFmt;
  s->half = is_half(image);
  bool again = g_stat(path, &s->status) == 0 && S_ISREG(s->status.st_mode);
  if (again && !turned && VIPS_IMAGE_SIZEOF_IMAGE(image) > HELD) {
    g_object_unref(image);
    return true;
  }
  s->pixels = hold(image);
  return s->pixels || cli_fail_vips(error, path);
}

void image_source_clear(cli_image_source *s) {
  g_clear_object(&s->pixels);
  g_clear_pointer(&s->path, g_free);
}

/* What is read now must be what was read before. */
static bool check_unchanged(const cli_image_source *s, GError **error) {
  GStatBuf now;
  if (g_stat(s->path, &now) != 0)
    return fail(error, s->path, g_strerror(errno));
  return (now.st_ino == s->status.st_ino && now.st_size == s->status.st_size &&
          now.st_mtim.tv_sec == s->status.st_mtim.tv_sec &&
          now.st_mtim.tv_nsec == s->status.st_mtim.tv_nsec) ||
         fail(error, s->path, _("was changed while it was worked on"));
}

VipsImage *image_source_stream(const cli_image_source *s, GError **error) {
  if (s->pixels)
    return g_object_ref(s->pixels);
  bool grey, turned;
  return check_unchanged(s, error) ? open_pipeline(s, &grey, &turned, error) : NULL;
}

VipsImage *image_source_read(const cli_image_source *s, const rst_rectangle *box, int *x, int *y,
                             GError **error) {
  *x = *y = 0;
  if (s->pixels)
    return g_object_ref(s->pixels);
  VipsImage *all = image_source_stream(s, error), *crop, *pixels = NULL;
  if (!all)
    return NULL;
  if (vips_crop(all, &crop, box->x, box->y, box->width, box->height, NULL) == 0) {
    pixels = store_new(crop);
    g_object_unref(crop);
  }
  g_object_unref(all);
  if (!pixels)
    cli_fail_vips(error, s->path);
  *x = box->x;
  *y = box->y;
  return pixels;
}
