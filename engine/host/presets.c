/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "presets.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>
#include <yyjson.h>

#include "messages.h"
#include "parameter_use.h"
#include "target.h"

#define SUFFIX ".json"

enum {
  TITLE_MAX = 80, /* characters */
  ID_MAX = 60     /* bytes of an id before its number */
};

static gboolean fail(GError **error, GFileError code, const char *message) {
  g_set_error_literal(error, G_FILE_ERROR, (int)code, message);
  return FALSE;
}

/* Which file it is, where the engine's sentence says what of it is bad. */
static gboolean fail_file(GError **error, const char *path, const rst_error *why) {
  g_autofree char *name = g_filename_display_basename(path);

  messages_fail(why, error);
  if (why->code == RST_BAD_PRESET)
    g_prefix_error(error, "%s: ", name);
  return FALSE;
}

/* -------------------------------------------------------------------------------------------
 * Reading
 */

/* As the engine finds it: a relative $XDG_CONFIG_HOME is to be ignored. */
static char *own_folder(void) {
  const char *config = g_getenv("XDG_CONFIG_HOME");

  if (config && g_path_is_absolute(config))
    return g_build_filename(config, "restorator", "presets", NULL);
  return g_build_filename(g_get_home_dir(), ".config", "restorator", "presets", NULL);
}

static void free_file(void *data) {
  preset_file *file = data;

  g_free(file->id);
  g_free(file->path);
  g_free(file->title);
  g_free(file->note);
  rst_preset_free(file->preset);
  g_free(file);
}

typedef struct {
  GPtrArray *presets;
  char *own;
  GError *unread;
} Reading;

static char *for_people(const char *text, gboolean own) {
  return g_strdup(own || !*text ? text : _(text));
}

static bool add_file(void *user, const char *id, const char *path) {
  Reading *reading = user;
  g_autofree char *folder = g_path_get_dirname(path);
  const gboolean own = strcmp(folder, reading->own) == 0;
  rst_error why = RST_ERROR_INIT;
  rst_preset *preset;

  if (rst_preset_read(path, &preset, &why) != RST_OK) {
    if (own && !reading->unread)
      fail_file(&reading->unread, path, &why);
    return true;
  }
  preset_file *file = g_new0(preset_file, 1);
  const char *title = rst_preset_title(preset);

  file->id = g_strdup(id);
  file->path = g_strdup(path);
  file->title = for_people(*title ? title : id, own);
  file->note = for_people(rst_preset_note(preset), own);
  file->own = own;
  file->preset = preset;
  g_ptr_array_add(reading->presets, file);
  return true;
}

static int in_order(gconstpointer a, gconstpointer b) {
  const preset_file *p = *(const preset_file *const *)a, *q = *(const preset_file *const *)b;

  if (p->own != q->own)
    return p->own ? 1 : -1;
  return p->own ? g_utf8_collate(p->title, q->title) : strcmp(p->id, q->id);
}

GPtrArray *presets_read(GError **unread) {
  Reading reading = {g_ptr_array_new_with_free_func(free_file), own_folder(), NULL};

  rst_list(RST_KIND_PRESET, add_file, &reading, NULL);
  g_ptr_array_sort(reading.presets, in_order);
  g_free(reading.own);
  if (reading.unread)
    g_propagate_error(unread, reading.unread);
  return reading.presets;
}

const preset_file *presets_find(const GPtrArray *presets, const char *id) {
  for (guint i = 0; i < presets->len; i++) {
    const preset_file *file = g_ptr_array_index(presets, i);

    if (strcmp(file->id, id) == 0)
      return file;
  }
  return NULL;
}

static char *without_case(const char *title) {
  g_autofree char *folded = g_utf8_casefold(title, -1);

  return g_utf8_normalize(folded, -1, G_NORMALIZE_DEFAULT);
}

const preset_file *presets_find_title(const GPtrArray *presets, const char *title) {
  g_autofree char *wanted = without_case(title);

  for (guint i = 0; i < presets->len; i++) {
    const preset_file *file = g_ptr_array_index(presets, i);
    g_autofree char *its = without_case(file->title);

    if (strcmp(its, wanted) == 0)
      return file;
  }
  return NULL;
}

bool presets_is_set(const rst_preset *preset, const rst_parameters *now) {
  g_autofree rst_parameters *here = g_memdup2(now, sizeof *now);
  g_autofree rst_parameters *there = g_memdup2(now, sizeof *now);
  bool same = true;
  size_t count;
  const rst_parameter *table = rst_parameter_table(&count);

  rst_preset_apply(preset, there);
  here->sampler = rst_resolve_sampler(here);
  there->sampler = rst_resolve_sampler(there);
  for (size_t i = 0; i < count; i++)
    same = same && parameter_is_same(here, there, table[i].name);
  return same;
}

/* -------------------------------------------------------------------------------------------
 * Titles and ids
 */

/* Small letters, digits and single hyphens: "Façade, No. 2" becomes "facade-no-2". */
static char *id_stem(const char *title) {
  g_autofree char *ascii = g_str_to_ascii(title, "C");
  GString *id = g_string_new(NULL);

  for (const char *at = ascii; *at && id->len < ID_MAX; at++) {
    if (g_ascii_isalnum(*at))
      g_string_append_c(id, g_ascii_tolower(*at));
    else if (id->len > 0 && id->str[id->len - 1] != '-')
      g_string_append_c(id, '-');
  }
  if (id->len > 0 && id->str[id->len - 1] == '-')
    g_string_truncate(id, id->len - 1);
  return g_string_free(id->len > 0 ? id : g_string_assign(id, "preset"), FALSE);
}

static char *own_path(const char *id) {
  g_autofree char *folder = own_folder(), *name = g_strconcat(id, SUFFIX, NULL);

  return g_build_filename(folder, name, NULL);
}

/* Files that cannot be read stay too. `own`: whose id may be used again; NULL: none. */
static gboolean is_free_id(const GPtrArray *presets, const char *id, const preset_file *own) {
  g_autofree char *path = own_path(id);

  if (own && strcmp(own->id, id) == 0)
    return TRUE;
  return !presets_find(presets, id) && !g_file_test(path, G_FILE_TEST_EXISTS);
}

static char *free_id(const GPtrArray *presets, const char *title, const preset_file *own) {
  g_autofree char *stem = id_stem(title);
  char *id = g_strdup(stem);

  for (int i = 2; !is_free_id(presets, id, own); i++) {
    g_free(id);
    id = g_strdup_printf("%s-%d", stem, i);
  }
  return id;
}

static char *free_title(const GPtrArray *presets, const char *title) {
  char *free = g_strdup(title);

  for (int i = 2; presets_find_title(presets, free); i++) {
    g_free(free);
    free = g_strdup_printf("%s (%d)", title, i);
  }
  return free;
}

/* In one line of a length that menus have room for. To be freed. */
static char *tidy_title(const char *text) {
  g_autofree char *title = g_utf8_substring(text, 0, MIN(g_utf8_strlen(text, -1), TITLE_MAX));

  for (char *at = title; *at; at++)
    if (g_ascii_iscntrl(*at))
      *at = ' ';
  return g_strdup(g_strstrip(title));
}

/* The title as it is kept, to be freed; NULL where it is none. */
static char *read_title(const char *text, GError **error) {
  g_autofree char *title = g_utf8_validate(text, -1, NULL) ? tidy_title(text) : g_strdup("");

  if (*title)
    return g_steal_pointer(&title);
  fail(error, G_FILE_ERROR_INVAL, _("A preset needs a title"));
  return NULL;
}

/* What stands in the way of a change. */
static gboolean fail_taken(GError **error, const preset_file *file) {
  g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_EXIST,
              file->own ? _("There is a preset “%s” already: choose another title")
                        : _("The preset “%s” comes with Restorator and stays as it is"),
              file->title);
  return FALSE;
}

/* -------------------------------------------------------------------------------------------
 * Writing
 */

/* A link stays a link. */
static gboolean write_file(const char *path, const char *text, gssize length, GError **error) {
  g_autofree char *target = target_follow(path), *shown = g_filename_display_name(path);

  if (target && !target_is_special(target))
    return g_file_set_contents_full(target, text, length,
                                    G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
                                    0666, error);
  g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED,
              target ? _("“%s” is a folder, a device or a pipe and no file")
                     : _("“%s” is a link that leads nowhere"),
              shown);
  return FALSE;
}

/* Another program with a dialog may save too: from choosing an id until its file is there the
 * folder is one program's. Where there are no locks that is left to chance. */
typedef int folder_lock;

static folder_lock lock_folder(void) {
  g_autofree char *folder = own_folder();
  const int fd = g_mkdir_with_parents(folder, 0700) == 0
                   ? g_open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0)
                   : -1;

  if (fd >= 0)
    flock(fd, LOCK_EX);
  return fd;
}

static void unlock_folder(folder_lock fd) {
  close(fd);
}

G_DEFINE_AUTO_CLEANUP_FREE_FUNC(folder_lock, unlock_folder, -1)

static gboolean write_own(const char *id, const char *text, gssize length, GError **error) {
  g_autofree char *folder = own_folder(), *path = own_path(id);

  if (g_mkdir_with_parents(folder, 0700) != 0) {
    g_set_error(error, G_FILE_ERROR, (int)g_file_error_from_errno(errno),
                _("The folder “%s” could not be made: %s"), folder, g_strerror(errno));
    return FALSE;
  }
  return write_file(path, text, length, error);
}

gboolean presets_save(const GPtrArray *presets, const char *title, const char *note,
                      const rst_parameters *parameters, const rst_model *model, char **id,
                      GError **error) {
  g_autofree char *kept = read_title(title, error);
  rst_error why = RST_ERROR_INIT;
  char *text;

  if (!kept)
    return FALSE;

  const preset_file *old = presets_find_title(presets, kept);

  if (old && !old->own)
    return fail_taken(error, old);
  if (rst_preset_write(parameters, model, kept, *note ? note : NULL, &text, &why) != RST_OK)
    return messages_fail(&why, error);
  g_auto(folder_lock) lock = lock_folder();
  g_autofree char *chosen = old ? g_strdup(old->id) : free_id(presets, kept, NULL);
  const gboolean done = write_own(chosen, text, -1, error);

  free(text);
  if (done)
    *id = g_steal_pointer(&chosen);
  return done;
}

/* The same preset under another title; NULL where memory ran out. To be freed with free(). */
static char *retitle(const char *text, gsize length, const char *title) {
  yyjson_doc *doc = yyjson_read(text, length, 0);
  yyjson_mut_doc *changed = doc ? yyjson_doc_mut_copy(doc, NULL) : NULL;
  char *written = NULL;

  if (changed &&
      yyjson_mut_obj_put(yyjson_mut_doc_get_root(changed), yyjson_mut_str(changed, "title"),
                         yyjson_mut_str(changed, title)))
    written = yyjson_mut_write(changed, YYJSON_WRITE_PRETTY_TWO_SPACES, NULL);
  yyjson_mut_doc_free(changed);
  yyjson_doc_free(doc);
  return written;
}

static gboolean write_retitled(const char *id, const char *text, gsize length, const char *title,
                               GError **error) {
  char *changed = retitle(text, length, title);
  const gboolean done = changed ? write_own(id, changed, -1, error)
                                : fail(error, G_FILE_ERROR_NOMEM, _("Memory ran out"));

  free(changed);
  return done;
}

gboolean presets_delete(const preset_file *file, GError **error) {
  if (!file->own)
    return fail_taken(error, file);
  if (g_unlink(file->path) == 0)
    return TRUE;
  g_set_error(error, G_FILE_ERROR, (int)g_file_error_from_errno(errno),
              _("The file “%s” could not be deleted: %s"), file->path, g_strerror(errno));
  return FALSE;
}

gboolean presets_rename(const GPtrArray *presets, const preset_file *file, const char *title,
                        char **id, GError **error) {
  g_autofree char *kept = read_title(title, error), *text = NULL;
  gsize length;

  if (!kept)
    return FALSE;

  const preset_file *other = presets_find_title(presets, kept);

  if (!file->own || (other && other != file))
    return fail_taken(error, file->own ? other : file);
  g_auto(folder_lock) lock = lock_folder();
  g_autofree char *chosen = free_id(presets, kept, file);

  if (!g_file_get_contents(file->path, &text, &length, error) ||
      !write_retitled(chosen, text, length, kept, error))
    return FALSE;
  if (strcmp(chosen, file->id) != 0 && !presets_delete(file, error)) {
    g_autofree char *twin = own_path(chosen);

    g_unlink(twin);
    return FALSE;
  }
  *id = g_steal_pointer(&chosen);
  return TRUE;
}

/* The bytes of a good preset file. `title`: its own, or its file's name; to be freed. */
static gboolean read_good(const char *path, char **text, gsize *length, char **title,
                          GError **error) {
  rst_error why = RST_ERROR_INIT;
  rst_preset *preset;

  /* First by the engine, which opens files of a preset's size alone; then what will be written. */
  if (rst_preset_read(path, &preset, &why) != RST_OK)
    return fail_file(error, path, &why);
  rst_preset_free(preset);
  if (!g_file_get_contents(path, text, length, error))
    return FALSE;
  if (rst_preset_parse(path, *text, *length, &preset, &why) != RST_OK)
    return fail_file(error, path, &why);
  *title = tidy_title(rst_preset_title(preset));
  rst_preset_free(preset);
  if (!**title) {
    g_autofree char *name = g_path_get_basename(path);

    if (g_str_has_suffix(name, SUFFIX))
      name[strlen(name) - strlen(SUFFIX)] = '\0';
    g_autofree char *shown = g_filename_display_name(name);

    g_free(*title);
    *title = tidy_title(shown);
  }
  return TRUE;
}

gboolean presets_import(const GPtrArray *presets, const char *path, char **id, GError **error) {
  g_autofree char *text = NULL, *wanted = NULL;
  gsize length;

  if (!read_good(path, &text, &length, &wanted, error))
    return FALSE;
  g_autofree char *title = free_title(presets, wanted);
  g_auto(folder_lock) lock = lock_folder();
  g_autofree char *chosen = free_id(presets, title, NULL);

  if (!write_retitled(chosen, text, length, title, error))
    return FALSE;
  *id = g_steal_pointer(&chosen);
  return TRUE;
}

gboolean presets_export(const preset_file *file, const char *path, GError **error) {
  g_autofree char *text = NULL;
  gsize length;

  return g_file_get_contents(file->path, &text, &length, error) &&
         write_file(path, text, (gssize)length, error);
}
