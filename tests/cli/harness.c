/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "harness.h"

#include <glib/gstdio.h>
#include <lcms2.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char *program_path, *models_path;
static char *folder;
static char **variables;
static GPtrArray *kept;
static outcome latest;

static void remove_tree(const char *path) {
  if (g_file_test(path, G_FILE_TEST_IS_DIR) && !g_file_test(path, G_FILE_TEST_IS_SYMLINK)) {
    GDir *entries = g_dir_open(path, 0, NULL);
    for (const char *name; entries && (name = g_dir_read_name(entries));) {
      char *child = g_build_filename(path, name, NULL);
      remove_tree(child);
      g_free(child);
    }
    g_clear_pointer(&entries, g_dir_close);
  }
  g_remove(path);
}

/* libvips tells what it loads and how it works. */
static void ignore(const char *domain, GLogLevelFlags level, const char *message, void *data) {
  (void)domain;
  (void)level;
  (void)message;
  (void)data;
}

/* The folder, and after it those that the caller names: what ships, where the build does not look
 * into its own tree, as a package's. */
static const char *before(const char *variable, const char *path) {
  const char *others = g_getenv(variable);
  char *list = others ? g_strconcat(path, ":", others, NULL) : g_strdup(path);
  g_ptr_array_add(kept, list);
  return list;
}

void harness_begin(int *argc, char ***argv) {
  g_test_init(argc, argv, NULL);
  if (*argc != 3)
    g_error("usage: %s PROGRAM MODELS", (*argv)[0]);
  g_log_set_handler("VIPS", G_LOG_LEVEL_INFO | G_LOG_LEVEL_DEBUG, ignore, NULL);
  if (VIPS_INIT((*argv)[0]) != 0)
    g_error("%s", vips_error_buffer());
  vips_cache_set_max(0); /* it would hold files that were overwritten since */
  /* The program runs in another folder. */
  program_path = g_canonicalize_filename((*argv)[1], NULL);
  models_path = g_canonicalize_filename((*argv)[2], NULL);
  folder = g_dir_make_tmp("restorator-cli-XXXXXX", NULL);
  kept = g_ptr_array_new_with_free_func(g_free);
  variables = g_get_environ();
  char *finders =
    g_strconcat(data_path("../finders"), ":", data_path("../../../engine/finders"), NULL);
  g_ptr_array_add(kept, finders);
  const char *const own[][2] = {
    {"RESTORATOR_MODELS", before("RESTORATOR_MODELS", models_path)},
    {"RESTORATOR_FINDERS", before("RESTORATOR_FINDERS", finders)},
    {"RESTORATOR_PRESETS", before("RESTORATOR_PRESETS", path_of("presets"))},
    {"XDG_DATA_HOME", path_of("home")},
    {"XDG_CONFIG_HOME", path_of("home")},
    {"LC_ALL", "C.UTF-8"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(own); i++) {
    variables = g_environ_setenv(variables, own[i][0], own[i][1], TRUE);
    g_setenv(own[i][0], own[i][1], TRUE); /* for tests that call the engine themselves */
  }
  g_mkdir(path_of("presets"), 0777);
}

int harness_run(void) {
  int status = g_test_run();
  remove_tree(folder);
  g_free(folder);
  g_free(program_path);
  g_free(models_path);
  g_strfreev(variables);
  g_ptr_array_free(kept, TRUE);
  g_free(latest.out);
  g_free(latest.err);
  vips_shutdown();
  return status;
}

const char *path_of(const char *name) {
  char *path = g_build_filename(folder, name, NULL);
  g_ptr_array_add(kept, path);
  return path;
}

const char *data_path(const char *name) {
  char *path = g_build_filename(models_path, name, NULL);
  g_ptr_array_add(kept, path);
  return path;
}

const char *write_text(const char *name, const char *text) {
  const char *path = path_of(name);
  g_assert_true(g_file_set_contents(path, text, -1, NULL));
  return path;
}

char **environment(void) {
  return variables;
}

const char *program(void) {
  return program_path;
}

const outcome *run_arguments(const char *const *arguments) {
  GError *error = NULL;
  int status;
  g_free(latest.out);
  g_free(latest.err);
  GPtrArray *command = g_ptr_array_new();
  g_ptr_array_add(command, program_path);
  for (; *arguments; arguments++)
    g_ptr_array_add(command, (char *)*arguments);
  g_ptr_array_add(command, NULL);
  g_spawn_sync(folder, (char **)command->pdata, variables, G_SPAWN_DEFAULT, NULL, NULL, &latest.out,
               &latest.err, &status, &error);
  g_assert_no_error(error);
  g_ptr_array_free(command, TRUE);
  latest.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return &latest;
}

const outcome *run(const char *first, ...) {
  GPtrArray *arguments = g_ptr_array_new();
  va_list rest;
  va_start(rest, first);
  for (const char *one = first; one; one = va_arg(rest, const char *))
    g_ptr_array_add(arguments, (char *)one);
  va_end(rest);
  g_ptr_array_add(arguments, NULL);
  run_arguments((const char *const *)arguments->pdata);
  g_ptr_array_free(arguments, TRUE);
  return &latest;
}

const outcome *check_done(const outcome *o, const char *where) {
  if (o->status != 0)
    g_error("%s: exit status %d: %s", where, o->status, o->err);
  return o;
}

void check_failure(const outcome *o, int status, const char *message, const char *where) {
  if (o->status != status || !strstr(o->err, message) || !g_str_has_prefix(o->err, "restorator: "))
    g_error("%s: exit status %d instead of %d, and not “%s” but: %s", where, o->status, status,
            message, o->err);
}

static VipsInterpretation interpretation(int bands, int bits) {
  if (bands < 3)
    return bits == 16 ? VIPS_INTERPRETATION_GREY16 : VIPS_INTERPRETATION_B_W;
  return bits == 16 ? VIPS_INTERPRETATION_RGB16 : VIPS_INTERPRETATION_sRGB;
}

pixels *pixels_of(VipsImage *image) {
  VipsImage *deep;
  pixels *p = g_new0(pixels, 1);
  p->image = g_object_ref(image);
  p->width = image->Xsize;
  p->height = image->Ysize;
  p->bands = image->Bands;
  p->bits = image->BandFmt == VIPS_FORMAT_USHORT ? 16 : 8;
  if (vips_cast_ushort(image, &deep, NULL) != 0)
    g_error("%s", vips_error_buffer());
  gsize size;
  void *values = vips_image_write_to_memory(deep, &size);
  g_assert_nonnull(values);
  p->values = g_memdup2(values, size);
  g_free(values);
  g_object_unref(deep);
  return p;
}

void pixels_update(pixels *p) {
  gsize count = (gsize)p->width * p->height * p->bands;
  VipsImage *deep = vips_image_new_from_memory_copy(p->values, count * sizeof *p->values, p->width,
                                                    p->height, p->bands, VIPS_FORMAT_USHORT);
  VipsImage *cast, *image;
  int failed = p->bits == 16 ? vips_copy(deep, &cast, NULL) : vips_cast_uchar(deep, &cast, NULL);
  if (failed ||
      vips_copy(cast, &image, "interpretation", interpretation(p->bands, p->bits), NULL) != 0)
    g_error("%s", vips_error_buffer());
  g_object_unref(deep);
  g_object_unref(cast);
  g_clear_object(&p->image);
  p->image = image;
}

GPid start_program(const char *const *arguments) {
  GPtrArray *command = g_ptr_array_new();
  GPid pid;

  g_ptr_array_add(command, (char *)program());
  for (; *arguments; arguments++)
    g_ptr_array_add(command, (char *)*arguments);
  g_ptr_array_add(command, NULL);
  g_assert_true(g_spawn_async(NULL, (char **)command->pdata, environment(),
                              G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL,
                              &pid, NULL));
  g_ptr_array_free(command, TRUE);
  return pid;
}

int interrupt_after(const char *const *arguments, const char *first, const char *second, int number,
                    GString *err) {
  GPid child;
  int fd, status;
  GError *error = NULL;
  g_spawn_async_with_pipes(NULL, (char **)arguments, environment(), G_SPAWN_DO_NOT_REAP_CHILD, NULL,
                           NULL, &child, NULL, NULL, &fd, &error);
  g_assert_no_error(error);
  char buffer[4096];
  bool sent = false;
  for (gssize count; (count = read(fd, buffer, sizeof buffer)) > 0;) {
    g_string_append_len(err, buffer, count);
    const char *begun = strstr(err->str, first);
    if (!sent && begun && strstr(begun + strlen(first), second)) {
      g_assert_cmpint(kill(child, number), ==, 0);
      sent = true;
    }
  }
  close(fd);
  g_assert_cmpint(waitpid(child, &status, 0), ==, child);
  g_spawn_close_pid(child);
  g_assert_true(sent);
  return status;
}

pixels *make_pixels(int width, int height, int bands, int bits) {
  pixels *p = g_new0(pixels, 1);
  *p = (pixels){.width = width, .height = height, .bands = bands, .bits = bits};
  p->values = g_new(guint16, (gsize)width * height * bands);
  int colours = bands < 3 ? 1 : 3;
  double top = bits == 16 ? 65535 : 255;
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      for (int c = 0; c < bands; c++) {
        double u = (double)x / width, v = (double)y / height;
        double value =
          0.5 + 0.3 * sin(5 * u + c) * cos(4 * v - c) + 0.05 * sin(0.9 * x + 1.7 * y + c);
        if (c == colours)
          value = 0.55 + 0.4 * u;
        p->values[((gsize)y * width + x) * bands + c] = (guint16)lrint(value * top);
      }
  pixels_update(p);
  return p;
}

pixels *read_pixels(const char *path) {
  VipsImage *image = vips_image_new_from_file(path, NULL);
  if (!image)
    g_error("%s: %s", path, vips_error_buffer());
  pixels *p = pixels_of(image);
  g_object_unref(image);
  return p;
}

void pixels_free(pixels *p) {
  g_object_unref(p->image);
  g_free(p->values);
  g_free(p);
}

const char *write_pixels(const pixels *p, const char *name) {
  const char *path = path_of(name);
  if (vips_image_write_to_file(p->image, path, NULL) != 0)
    g_error("%s: %s", path, vips_error_buffer());
  return path;
}

static int differing_where(const pixels *a, const pixels *b, rect box, bool inside) {
  g_assert_cmpint(a->width, ==, b->width);
  g_assert_cmpint(a->height, ==, b->height);
  g_assert_cmpint(a->bands, ==, b->bands);
  g_assert_cmpint(a->bits, ==, b->bits);
  int count = 0;
  for (int y = 0; y < a->height; y++)
    for (int x = 0; x < a->width; x++) {
      bool within = x >= box.x && x < box.x + box.width && y >= box.y && y < box.y + box.height;
      for (int c = 0; c < a->bands && within == inside; c++)
        count += value_at(a, x, y, c) != value_at(b, x, y, c);
    }
  return count;
}

int differing_outside(const pixels *a, const pixels *b, rect box) {
  return differing_where(a, b, box, false);
}

int differing_inside(const pixels *a, const pixels *b, rect box) {
  return differing_where(a, b, box, true);
}

int differing(const pixels *a, const pixels *b) {
  return differing_inside(a, b, (rect){0, 0, a->width, a->height});
}

int differing_files(const char *a, const char *b) {
  pixels *first = read_pixels(a), *second = read_pixels(b);
  int count = differing(first, second);
  pixels_free(first);
  pixels_free(second);
  return count;
}

int largest_difference(const pixels *a, const pixels *b) {
  g_assert_cmpint(a->width, ==, b->width);
  g_assert_cmpint(a->height, ==, b->height);
  g_assert_cmpint(a->bands, ==, b->bands);
  int largest = 0;
  for (gsize i = 0; i < (gsize)a->width * a->height * a->bands; i++)
    largest = MAX(largest, ABS(a->values[i] - b->values[i]));
  return largest;
}

void append_chunk(GByteArray *png, const char *type, const guint8 *data, guint size) {
  guint32 length = GUINT32_TO_BE(size), sum = 0xffffffff;
  guint start = png->len + 4;
  g_byte_array_append(png, (const guint8 *)&length, 4);
  g_byte_array_append(png, (const guint8 *)type, 4);
  g_byte_array_append(png, data, size);
  for (guint i = start; i < png->len; i++) {
    sum ^= png->data[i];
    for (int bit = 0; bit < 8; bit++)
      sum = sum >> 1 ^ (sum & 1 ? 0xedb88320 : 0);
  }
  sum = GUINT32_TO_BE(~sum);
  g_byte_array_append(png, (const guint8 *)&sum, 4);
}

static icc save_profile(cmsHPROFILE handle) {
  cmsUInt32Number size = 0;
  g_assert_true(cmsSaveProfileToMem(handle, NULL, &size));
  icc made = {g_malloc(size), size};
  g_assert_true(cmsSaveProfileToMem(handle, made.bytes, &size));
  cmsCloseProfile(handle);
  return made;
}

icc make_rgb_profile(const double white[2], const double p[6], double gamma, bool sampled) {
  cmsCIExyY point = {white[0], white[1], 1};
  cmsCIExyYTRIPLE primaries = {{p[0], p[1], 1}, {p[2], p[3], 1}, {p[4], p[5], 1}};
  cmsUInt16Number samples[256];
  for (int i = 0; i < 256; i++)
    samples[i] = (cmsUInt16Number)lrint(pow(i / 255.0, gamma) * 65535);
  cmsToneCurve *curve =
    sampled ? cmsBuildTabulatedToneCurve16(NULL, 256, samples) : cmsBuildGamma(NULL, gamma);
  cmsToneCurve *curves[] = {curve, curve, curve};
  cmsHPROFILE handle = cmsCreateRGBProfile(&point, &primaries, curves);
  cmsFreeToneCurve(curve);
  return save_profile(handle);
}

icc make_grey_profile(double gamma) {
  cmsToneCurve *curve = cmsBuildGamma(NULL, gamma);
  cmsHPROFILE handle = cmsCreateGrayProfile(cmsD50_xyY(), curve);
  cmsFreeToneCurve(curve);
  return save_profile(handle);
}

void attach_profile(pixels *p, icc profile) {
  vips_image_set_blob_copy(p->image, VIPS_META_ICC_NAME, profile.bytes, profile.size);
}

/* The boxes of the faces as an eye sees them: x, y, width, height. */
static const rect boys[] = {{125, 131, 59, 73}, {236, 101, 60, 82}, {384, 126, 60, 84}};

static bool is_boy(const rect *boy, yyjson_val *face) {
  const int x = yyjson_get_int(yyjson_obj_get(face, "x"));
  const int y = yyjson_get_int(yyjson_obj_get(face, "y"));
  const int width = yyjson_get_int(yyjson_obj_get(face, "width"));
  const int height = yyjson_get_int(yyjson_obj_get(face, "height"));

  return abs(2 * x + width - 2 * boy->x - boy->width) < boy->width &&
         abs(2 * y + height - 2 * boy->y - boy->height) < boy->height && width > boy->width / 2 &&
         width < 2 * boy->width;
}

void check_boys(yyjson_val *faces) {
  for (gsize k = 0; k < G_N_ELEMENTS(boys); k++) {
    yyjson_val *face;
    bool found = false;
    size_t i, count;

    yyjson_arr_foreach(faces, i, count, face) found = found || is_boy(&boys[k], face);
    g_assert_true(found);
  }
}

void assert_contains(const char *text, const char *part) {
  if (!strstr(text, part))
    g_error("“%s” is not in: %s", part, text);
}

void write_carded(const char *source, const char *path, const char *card) {
  char *bytes;
  gsize size;
  g_assert_true(g_file_get_contents(source, &bytes, &size, NULL));
  guint64 length;
  memcpy(&length, bytes, 8);
  length = GUINT64_FROM_LE(length);
  char *escaped = g_strescape(card, NULL);
  char *header = g_strndup(bytes + 8, length);
  char **halves = g_strsplit(header, "\"__metadata__\":{", 2);
  if (!halves[1]) {
    g_strfreev(halves);
    halves = g_strsplit(header, "\"__metadata__\": {", 2);
  }
  g_assert_nonnull(halves[1]);
  char *grown =
    g_strdup_printf("%s\"__metadata__\":{\"card\":\"%s\",%s", halves[0], escaped, halves[1]);
  guint64 grown_length = GUINT64_TO_LE((guint64)strlen(grown));
  GByteArray *file = g_byte_array_new();
  g_byte_array_append(file, (guint8 *)&grown_length, 8);
  g_byte_array_append(file, (guint8 *)grown, (guint)strlen(grown));
  g_byte_array_append(file, (guint8 *)bytes + 8 + length, (guint)(size - 8 - length));
  g_assert_true(g_file_set_contents(path, (char *)file->data, file->len, NULL));
  g_byte_array_unref(file);
  g_strfreev(halves);
  g_free(grown);
  g_free(header);
  g_free(escaped);
  g_free(bytes);
}
