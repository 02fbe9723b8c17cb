/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where models and presets lie.
 */
#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "base/status.h"

/* Set by the build. */
#ifndef RST_DATADIR
#define RST_DATADIR "/usr/share/restorator"
#endif
#ifndef RST_BUILD_TREE
#define RST_BUILD_TREE ""
#endif

enum { PATH_SIZE = 4096, FOLDERS_MAX = 32 };

typedef struct {
  const char *variable;       /* folders that come first */
  const char *home, *home_of; /* the user's: $home, or $HOME/home_of */
  const char *folder;         /* below both and below the data folder */
  const char *suffix;
  rst_status missing;
  const char *what;
} kind;

static const kind kinds[] = {
  [RST_KIND_MODEL] = {"RESTORATOR_MODELS", "XDG_DATA_HOME", ".local/share", "models",
                      ".safetensors", RST_NO_SUCH_MODEL, "model"},
  [RST_KIND_PRESET] = {"RESTORATOR_PRESETS", "XDG_CONFIG_HOME", ".config", "presets", ".json",
                       RST_NO_SUCH_PRESET, "preset"},
  [RST_KIND_FINDER] = {"RESTORATOR_FINDERS", "XDG_DATA_HOME", ".local/share", "finders",
                       ".safetensors", RST_NO_SUCH_MODEL, "finder"},
};

/* NULL where there is no such kind. */
static const kind *find_kind(rst_kind which) {
  return which >= RST_KIND_MODEL && which <= RST_KIND_FINDER ? &kinds[which] : NULL;
}

typedef struct {
  int count;
  char paths[FOLDERS_MAX][PATH_SIZE];
} folders;

__attribute__((format(printf, 2, 3))) static void add_folder(folders *list, const char *format,
                                                             ...) {
  va_list arguments;
  int length;

  if (list->count == FOLDERS_MAX)
    return;
  va_start(arguments, format);
  length = vsnprintf(list->paths[list->count], PATH_SIZE, format, arguments);
  va_end(arguments);
  if (length > 0 && length < PATH_SIZE)
    list->count++;
}

static void find_folders(const kind *k, folders *list) {
  const char *given = getenv(k->variable), *home = getenv(k->home), *user = getenv("HOME");

  list->count = 0;
  while (given && *given != '\0') {
    const size_t length = strcspn(given, ":");

    add_folder(list, "%.*s", (int)length, given);
    given += length + (given[length] == ':');
  }
  /* A relative path is to be ignored, the XDG specification says. */
  if (home && *home == '/')
    add_folder(list, "%s/restorator/%s", home, k->folder);
  else if (user && *user == '/')
    add_folder(list, "%s/%s/restorator/%s", user, k->home_of, k->folder);
  add_folder(list, "%s/%s", RST_DATADIR, k->folder);
  if (RST_BUILD_TREE[0] != '\0')
    add_folder(list, "%s/engine/%s", RST_BUILD_TREE, k->folder);
}

/* ---- entries ---- */

typedef struct {
  char *id;
  int folder;
} entry;

typedef struct {
  entry *entries;
  size_t count, capacity;
} entries;

static void clear_entries(entries *list) {
  for (size_t i = 0; i < list->count; i++)
    free(list->entries[i].id);
  free(list->entries);
}

static bool add_entry(entries *list, const char *id, size_t length, int folder) {
  if (list->count == list->capacity) {
    const size_t capacity = list->capacity == 0 ? 16 : 2 * list->capacity;
    entry *more = realloc(list->entries, capacity * sizeof *more);

    if (!more)
      return false;
    list->entries = more;
    list->capacity = capacity;
  }
  list->entries[list->count].folder = folder;
  list->entries[list->count].id = strndup(id, length);
  return list->entries[list->count++].id != NULL;
}

static bool read_folder(const kind *k, const char *path, int folder, entries *list) {
  DIR *dir = opendir(path);
  const size_t suffix = strlen(k->suffix);
  struct dirent *file;
  bool done = true;

  if (!dir)
    return true; /* most of the folders need not exist */
  while (done && (file = readdir(dir))) {
    const size_t length = strlen(file->d_name);

    if (file->d_name[0] != '.' && length > suffix &&
        strcmp(file->d_name + length - suffix, k->suffix) == 0)
      done = add_entry(list, file->d_name, length - suffix, folder);
  }
  closedir(dir);
  return done;
}

static int by_id(const void *a, const void *b) {
  const entry *s = a, *t = b;
  const int order = strcmp(s->id, t->id);

  return order != 0 ? order : s->folder - t->folder;
}

rst_status rst_list(rst_kind which, bool (*found)(void *user, const char *id, const char *path),
                    void *user, rst_error *error) {
  const kind *k = find_kind(which);
  folders *list;
  entries all = {NULL, 0, 0};
  bool done, more = true;
  char path[PATH_SIZE + 512];

  if (!k || !found)
    return rst_fail_call(error, "rst_list");
  list = rst_array(1, sizeof *list);
  done = list != NULL;
  if (list)
    find_folders(k, list);
  for (int i = 0; done && i < list->count; i++)
    done = read_folder(k, list->paths[i], i, &all);
  if (done && all.count > 0)
    qsort(all.entries, all.count, sizeof *all.entries, by_id);
  for (size_t i = 0; done && more && i < all.count; i++) {
    if (i > 0 && strcmp(all.entries[i - 1].id, all.entries[i].id) == 0)
      continue; /* an earlier folder wins */
    snprintf(path, sizeof path, "%s/%s%s", list->paths[all.entries[i].folder], all.entries[i].id,
             k->suffix);
    more = found(user, all.entries[i].id, path);
  }
  clear_entries(&all);
  free(list);
  return done ? RST_OK : rst_fail_memory(error);
}

/* ---- one entry ---- */

typedef struct {
  const char *wanted;
  char *path;
  size_t size;
  bool found, fits;
  char ids[256];
} search;

static bool match(void *user, const char *id, const char *path) {
  search *s = user;
  const size_t used = strlen(s->ids);

  snprintf(s->ids + used, sizeof s->ids - used, "%s%s", used == 0 ? "" : ", ", id);
  if (strcmp(id, s->wanted) != 0)
    return true;
  s->found = true;
  s->fits = strlen(path) < s->size;
  if (s->fits)
    strcpy(s->path, path);
  return false;
}

/* Models that go by another name today, the old one first: both ids find the new one's file, and
 * the old one's where that is missing. */
static const char *const renamed[][2] = {{"old-photo", "photo"}};

/* Looks for an id under the names that it has; `wanted` is then the one that was found. */
static rst_status look_for(rst_kind which, search *s, rst_error *error) {
  const char *names[2] = {s->wanted, NULL};
  rst_status status = RST_OK;

  for (size_t i = 0; which == RST_KIND_MODEL && i < sizeof renamed / sizeof *renamed; i++)
    if (strcmp(s->wanted, renamed[i][0]) == 0 || strcmp(s->wanted, renamed[i][1]) == 0) {
      names[0] = renamed[i][1];
      names[1] = renamed[i][0];
    }
  for (int k = 0; k < 2 && names[k] && !s->found && status == RST_OK; k++) {
    s->wanted = names[k];
    s->ids[0] = '\0';
    status = rst_list(which, match, s, error);
  }
  return status;
}

rst_status rst_find(rst_kind which, const char *name, char *path, size_t size, rst_error *error) {
  const kind *k = find_kind(which);
  search s = {.wanted = name, .path = path, .size = size};
  rst_status status;

  if (!k || !name || !path)
    return rst_fail_call(error, "rst_find");
  if (strchr(name, '/')) {
    if (strlen(name) >= size)
      return rst_fail_call(error, "rst_find");
    strcpy(path, name);
    return RST_OK;
  }
  status = look_for(which, &s, error);
  if (status != RST_OK)
    return status;
  if (!s.found)
    return rst_fail(error, k->missing, name, NULL, s.ids, "there is no %s \"%s\"; there %s %s",
                    k->what, name, strchr(s.ids, ',') ? "are" : "is",
                    s.ids[0] == '\0' ? "none" : s.ids);
  return s.fits ? RST_OK : rst_fail_call(error, "rst_find");
}

/* ---- names that stand for others ---- */

#define AUTO "auto"

/* The id that a model is found under; the same where it is found under none. */
static const char *name_of_today(const char *id) {
  char path[PATH_SIZE + 512];
  search s = {.wanted = id, .path = path, .size = sizeof path};

  if (strchr(id, '/') || look_for(RST_KIND_MODEL, &s, NULL) != RST_OK || !s.found)
    return id;
  return s.wanted;
}

bool rst_settle_model(rst_parameters *parameters, rst_picture_kind pictures) {
  const char *id = parameters->model, *now;
  bool old = false;

  if (strcmp(id, AUTO) == 0)
    id = pictures == RST_PICTURE_COLOURED ? "portrait" : "photo";
  now = name_of_today(id);
  for (size_t i = 0; i < sizeof renamed / sizeof *renamed; i++)
    old = old || (strcmp(id, renamed[i][0]) == 0 && strcmp(now, renamed[i][1]) == 0);
  if (now != parameters->model)
    snprintf(parameters->model, sizeof parameters->model, "%s", now);
  return old;
}

const char *rst_settle_preset(const char *id, rst_picture_kind pictures) {
  if (strcmp(id, AUTO) != 0)
    return id;
  return pictures == RST_PICTURE_COLOURED ? NULL : "photo";
}
