/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/metadata.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <string.h>

#include "base/error.h"
#include "io/exif.h"
#include "io/iptc.h"
#include "io/webp.h"
#include "io/xmp.h"

/* The image's fields. */
#define RECORDS "restorator-iptc"
#define RESOURCES "restorator-resources" /* Photoshop's */
#define COMMENT "restorator-comment"     /* of JPEG, UTF-8 */
#define EXTENSION "restorator-extension" /* of JPEG's XMP, whole segments */
#define TEXTS "restorator-texts"         /* of PNG, whole chunks */
#define GAMMA "restorator-gamma"         /* the same, of PNG that says so of sRGB */

/* What a segment of JPEG holds of XMP, whose head has 29 bytes. */
enum { JPEG_XMP_MAX = JPEG_SEGMENT_MAX - 29 };

static const char exif_head[] = {'E', 'x', 'i', 'f', 0, 0};
static const char photoshop_head[] = "Photoshop 3.0";

static void set(VipsImage *image, const char *name, const void *data, gsize size) {
  if (size > 0)
    vips_image_set_blob_copy(image, name, data, size);
}

/* NULL without. Unref it. */
static GBytes *get(VipsImage *image, const char *name) {
  const void *data;
  size_t size;
  return vips_image_get_typeof(image, name) != 0 &&
             vips_image_get_blob(image, name, &data, &size) == 0
           ? g_bytes_new(data, size)
           : NULL;
}

static void append(GByteArray *out, GBytes *bytes) {
  gsize size;
  const guint8 *data = g_bytes_get_data(bytes, &size);
  g_byte_array_append(out, data, (guint)size);
}

/* ---- reading ---- */

static void set_records(VipsImage *image, GBytes *records) {
  if (!records)
    return;
  records = iptc_unturned(records);
  set(image, RECORDS, g_bytes_get_data(records, NULL), g_bytes_get_size(records));
  g_bytes_unref(records);
}

/* Text of unknown origin as UTF-8. */
static void set_comment(VipsImage *image, const char *text, gsize size) {
  g_autofree char *converted =
    g_utf8_validate(text, (gssize)size, NULL)
      ? g_strndup(text, size)
      : g_convert(text, (gssize)size, "UTF-8", "ISO-8859-1", NULL, NULL, NULL);
  if (converted)
    set(image, COMMENT, converted, strlen(converted));
}

void metadata_from_jpeg(const jpeg_head *head, VipsImage *image) {
  set(image, RESOURCES, head->resources->data, head->resources->len);
  set(image, EXTENSION, head->extension->data, head->extension->len);
  set_records(image, iptc_find(head->resources->data, head->resources->len));
  set_comment(image, (const char *)head->comment->data, head->comment->len);
}

/* In one of Photoshop's resources, or bare. */
static GBytes *records_of_png(const GByteArray *texts) {
  static const char *const names[] = {"iptc", "8bim"};
  for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
    g_autoptr(GBytes) profile = png_get_profile(texts, names[i]);
    if (!profile)
      continue;
    gsize size;
    const guint8 *bytes = g_bytes_get_data(profile, &size);
    GBytes *found = iptc_find(bytes, size);
    if (found)
      return found;
    if (bytes[0] == IPTC_MARKER)
      return g_steal_pointer(&profile);
  }
  return NULL;
}

/* As programs wrote it before PNG had a chunk for it. */
static void set_old_exif(VipsImage *image, const GByteArray *texts) {
  static const char *const names[] = {"exif", "APP1"};
  for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
    g_autoptr(GBytes) profile = png_get_profile(texts, names[i]);
    if (profile && vips_image_get_typeof(image, VIPS_META_EXIF_NAME) == 0 &&
        g_bytes_get_size(profile) > sizeof exif_head &&
        memcmp(g_bytes_get_data(profile, NULL), exif_head, sizeof exif_head) == 0) {
      set(image, VIPS_META_EXIF_NAME, g_bytes_get_data(profile, NULL), g_bytes_get_size(profile));
      exif_set_orientation(image);
    }
  }
}

void metadata_from_png(const png_head *head, VipsImage *image) {
  g_autoptr(GByteArray) texts = png_texts_without_profiles(head->texts);
  g_autofree char *comment = png_get_text(texts, "Comment");
  set(image, TEXTS, texts->data, texts->len);
  if (comment)
    set_comment(image, comment, strlen(comment));
  set_records(image, records_of_png(head->texts));
  set_old_exif(image, head->texts);
  /* Else a profile says it, or what is above it. */
  if (vips_image_get_typeof(image, VIPS_META_ICC_NAME) == 0 && !head->srgb && !head->cicp)
    set(image, GAMMA, head->gamma->data, head->gamma->len);
}

/* The records' bytes are what counts, whatever type they are said to be of. */
static GBytes *read_records(const cli_tiff *t, guint64 directory) {
  tiff_entry e;
  guint64 offset;
  gsize size;
  if (!tiff_find(t, directory, TIFF_IPTC, &e) || !tiff_values(t, &e, &offset, &size))
    return NULL;
  guint8 *data = bytes_copy(t->bytes, offset, size);
  return data ? g_bytes_new_take(data, size) : NULL;
}

void metadata_from_tiff(const cli_tiff *t, guint64 directory, VipsImage *image) {
  GBytes *resources = get(image, VIPS_META_PHOTOSHOP_NAME), *records = read_records(t, directory);
  if (resources) {
    set(image, RESOURCES, g_bytes_get_data(resources, NULL), g_bytes_get_size(resources));
    if (!records)
      records = iptc_find(g_bytes_get_data(resources, NULL), g_bytes_get_size(resources));
    g_bytes_unref(resources);
  }
  set_records(image, records);
  exif_read_tiff(t, directory, image);
}

void metadata_set_profile(VipsImage *image, GBytes *profile) {
  vips_image_remove(image, VIPS_META_ICC_NAME);
  if (profile)
    set(image, VIPS_META_ICC_NAME, g_bytes_get_data(profile, NULL), g_bytes_get_size(profile));
}

void metadata_set_upright(VipsImage *image) {
  const void *packet;
  size_t size;
  if (vips_image_get_typeof(image, VIPS_META_XMP_NAME) == 0 ||
      vips_image_get_blob(image, VIPS_META_XMP_NAME, &packet, &size) != 0)
    return;
  g_autofree char *upright = xmp_set_upright(packet, size);
  if (upright)
    vips_image_set_blob_copy(image, VIPS_META_XMP_NAME, upright, strlen(upright));
}

/* ---- writing ---- */

static void *take_name(VipsImage *image, const char *name, GValue *value, void *names) {
  (void)image;
  (void)value;
  if (g_str_has_prefix(name, "png-comment-"))
    g_ptr_array_add(names, g_strdup(name));
  return NULL;
}

void metadata_hide(VipsImage *image) {
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
  vips_image_map(image, take_name, names);
  g_ptr_array_add(names, g_strdup("jpeg-thumbnail-data")); /* it shows the picture as it was */
  g_ptr_array_add(names, g_strdup(VIPS_META_IPTC_NAME));
  g_ptr_array_add(names, g_strdup(VIPS_META_PHOTOSHOP_NAME));
  for (guint i = 0; i < names->len; i++)
    vips_image_remove(image, names->pdata[i]);
}

/* What a format leaves out, for a line to people. */
typedef struct losses {
  GString *list;
} losses;

static void lose(losses *l, const char *what) {
  g_string_append_printf(l->list, "%s%s", l->list->len > 0 ? ", " : "", what);
}

static void lose_field(losses *l, VipsImage *image, const char *field, const char *what) {
  if (vips_image_get_typeof(image, field) != 0)
    lose(l, what);
}

/* PNG's texts, but for the comment where that is held. */
static void lose_texts(losses *l, VipsImage *image, bool comment) {
  GBytes *kept = get(image, TEXTS);
  if (!kept)
    return;
  g_autoptr(GByteArray) texts = g_bytes_unref_to_array(kept);
  g_auto(GStrv) keywords = png_keywords(texts);
  for (char **keyword = keywords; *keyword; keyword++)
    if (!comment || strcmp(*keyword, "Comment") != 0) {
      /* Translators: a text in a PNG file, of that name. */
      g_autofree char *what = g_strdup_printf(_("the text “%s”"), *keyword);
      lose(l, what);
    }
}

/* XMP is one packet everywhere but in JPEG, where a part of it may be beside that. */
static void lose_extension(losses *l, VipsImage *image) {
  lose_field(l, image, EXTENSION, _("the extension of XMP"));
}

static void tell(losses *l, const char *path, const char *format) {
  if (l->list->len > 0)
    /* Translators: a file, a format's name, and a list of what is lost. */
    cli_say(_("%s: %s does not hold all of the picture's metadata; left out: %s"), path, format,
            l->list->str);
  g_string_free(l->list, TRUE);
}

/* The block for a file of a format that holds so many bytes of it. */
static GBytes *get_exif(VipsImage *image, gsize limit, losses *l) {
  bool shortened, malformed;
  GBytes *block = exif_block(image, limit, &shortened, &malformed);
  if (malformed)
    lose(l, _("EXIF, which is malformed"));
  else if (shortened)
    lose(l, _("long values of EXIF"));
  return block;
}

GByteArray *metadata_for_jpeg(VipsImage *image, const char *path) {
  losses l = {g_string_new(NULL)};
  GByteArray *out = g_byte_array_new();
  g_autoptr(GBytes) exif = get_exif(image, JPEG_SEGMENT_MAX - sizeof exif_head, &l);
  g_autoptr(GBytes) records = get(image, RECORDS), kept = get(image, RESOURCES);
  g_autoptr(GBytes) resources = iptc_resources(kept, records), comment = get(image, COMMENT);
  g_autoptr(GBytes) extension = get(image, EXTENSION), xmp = get(image, VIPS_META_XMP_NAME);
  if (exif)
    jpeg_put_all(out, 0xe1, exif_head, sizeof exif_head, exif);
  if (extension)
    append(out, extension);
  if (resources)
    jpeg_put_all(out, 0xed, photoshop_head, sizeof photoshop_head, resources);
  if (comment)
    jpeg_put_all(out, 0xfe, "", 0, comment);
  if (xmp && g_bytes_get_size(xmp) > JPEG_XMP_MAX)
    lose(&l, "XMP");
  lose_texts(&l, image, comment);
  tell(&l, path, "JPEG");
  return out;
}

GByteArray *metadata_for_png(VipsImage *image, const char *path) {
  losses l = {g_string_new(NULL)};
  GByteArray *out = g_byte_array_new();
  g_autoptr(GBytes) exif = get_exif(image, G_MAXINT32, &l), records = get(image, RECORDS);
  g_autoptr(GBytes) gamma = get(image, GAMMA), texts = get(image, TEXTS);
  g_autoptr(GBytes) comment = get(image, COMMENT), xmp = get(image, VIPS_META_XMP_NAME);
  if (xmp)
    png_put_text(out, PNG_XMP, g_bytes_get_data(xmp, NULL), g_bytes_get_size(xmp));
  if (gamma && vips_image_get_typeof(image, VIPS_META_ICC_NAME) == 0)
    append(out, gamma);
  if (exif)
    png_put(out, "eXIf", g_bytes_get_data(exif, NULL), g_bytes_get_size(exif));
  if (records) {
    g_autoptr(GBytes) resource = iptc_resources(NULL, records);
    png_put_profile(out, "iptc", resource);
  }
  if (texts)
    append(out, texts);
  else if (comment)
    png_put_text(out, "Comment", g_bytes_get_data(comment, NULL), g_bytes_get_size(comment));
  lose_extension(&l, image);
  tell(&l, path, "PNG");
  return out;
}

void metadata_add_to_webp(GByteArray *file, VipsImage *image, const char *path) {
  losses l = {g_string_new(NULL)};
  g_autoptr(GBytes) exif = get_exif(image, G_MAXINT32, &l);
  if (exif)
    webp_add_exif(file, exif, image->Xsize, image->Ysize, vips_image_hasalpha(image));
  lose_field(&l, image, RECORDS, "IPTC");
  if (vips_image_get_typeof(image, TEXTS) == 0)
    lose_field(&l, image, COMMENT, _("the comment"));
  lose_texts(&l, image, false);
  lose_extension(&l, image);
  tell(&l, path, "WebP");
}

/* A comment becomes the description where the picture has none. */
static bool add_comment(GArray *more, VipsImage *image, GBytes *comment) {
  gsize size;
  const char *text = g_bytes_get_data(comment, &size);
  g_autofree char *ended = g_strndup(text, size);
  bool taken =
    exif_describes(image) || vips_image_get_typeof(image, VIPS_META_IMAGEDESCRIPTION) != 0;
  if (!taken)
    tiff_add(more, TIFF_DESCRIPTION, TIFF_TYPE_ASCII, (guint32)strlen(ended) + 1, ended,
             strlen(ended) + 1);
  return !taken;
}

bool metadata_add_to_tiff(int fd, VipsImage *image, const char *path) {
  int fault;
  losses l = {g_string_new(NULL)};
  g_autoptr(GArray) more = tiff_fields_new();
  g_autoptr(GBytes) records = get(image, RECORDS), kept = get(image, RESOURCES);
  g_autoptr(GBytes) resources = iptc_resources(kept, records), comment = get(image, COMMENT);
  if (records)
    tiff_add(more, TIFF_IPTC, TIFF_TYPE_UNDEFINED, (guint32)g_bytes_get_size(records),
             g_bytes_get_data(records, NULL), g_bytes_get_size(records));
  if (kept && resources)
    tiff_add(more, TIFF_PHOTOSHOP, TIFF_TYPE_BYTE, (guint32)g_bytes_get_size(resources),
             g_bytes_get_data(resources, NULL), g_bytes_get_size(resources));
  const bool described = comment && add_comment(more, image, comment);
  if (comment && !described && vips_image_get_typeof(image, TEXTS) == 0)
    lose(&l, _("the comment"));
  lose_texts(&l, image, described);
  if (!exif_add_to_tiff(fd, image, more, &fault) && fault == 0)
    lose(&l, _("EXIF, which is malformed"));
  lose_extension(&l, image);
  tell(&l, path, "TIFF");
  errno = fault;
  return fault == 0;
}
