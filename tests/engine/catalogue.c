/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where models and presets are looked for: the order of folders, first hit wins.
 */
#include "fixtures.h"

#include <string.h>

#include <glib/gstdio.h>

static char *top; /* a folder of this test's own */

static char *place(const char *path) {
  return g_build_filename(top, path, NULL);
}

static void put(const char *path) {
  char *file = place(path), *folder = g_path_get_dirname(file);

  g_assert_cmpint(g_mkdir_with_parents(folder, 0700), ==, 0);
  g_assert_true(g_file_set_contents(file, "", 0, NULL));
  g_free(folder);
  g_free(file);
}

static void set(const char *variable, const char *format) {
  char **parts;

  if (!format) {
    g_unsetenv(variable);
    return;
  }
  parts = g_strsplit(format, "@", -1); /* @ stands for the test's folder */
  {
    char *value = g_strjoinv(top, parts);

    g_setenv(variable, value, TRUE);
    g_free(value);
  }
  g_strfreev(parts);
}

static void set_all(const char *own, const char *xdg, const char *home) {
  set("RESTORATOR_MODELS", own);
  set("RESTORATOR_PRESETS", own);
  set("XDG_DATA_HOME", xdg);
  set("XDG_CONFIG_HOME", xdg);
  set("HOME", home);
}

static void assert_found(rst_kind kind, const char *id, const char *expected) {
  char path[4096] = "?", *wanted = expected ? place(expected) : NULL;
  rst_error error = RST_ERROR_INIT;
  const rst_status missing = kind == RST_KIND_MODEL ? RST_NO_SUCH_MODEL : RST_NO_SUCH_PRESET;

  if (!wanted) {
    assert_status(rst_find(kind, id, path, sizeof path, &error), missing);
    assert_error(&error, missing, id);
    g_assert_cmpstr(path, ==, "?");
  } else {
    if (rst_find(kind, id, path, sizeof path, &error) != RST_OK)
      g_error("%s", error.message);
    g_assert_cmpstr(path, ==, wanted);
  }
  g_free(wanted);
}

static void test_order(void) {
  static const struct {
    rst_kind kind;
    const char *folder, *suffix, *home;
  } kinds[] = {{RST_KIND_MODEL, "models", "safetensors", ".local/share"},
               {RST_KIND_PRESET, "presets", "json", ".config"}};

  for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
    const char *in[] = {"one", "two", "xdg/restorator", "home"};
    const char *ids[] = {"t-everywhere", "t-not-first", "t-user", "t-home"};
    char *user = g_strdup_printf("xdg/restorator/%s", kinds[i].folder);
    char *home = g_strdup_printf("home/%s/restorator/%s", kinds[i].home, kinds[i].folder);
    const char *folders[] = {in[0], in[1], user, home};
    char *expected[4];

    for (int folder = 0; folder < 4; folder++)
      for (int id = 0; id <= folder; id++) {
        char *path = g_strdup_printf("%s/%s.%s", folders[folder], ids[id], kinds[i].suffix);

        put(path);
        if (id == folder)
          expected[id] = g_strdup(path);
        g_free(path);
      }
    set_all("@/one:@/two", "@/xdg", "@/home");
    assert_found(kinds[i].kind, ids[0], expected[0]);
    assert_found(kinds[i].kind, ids[1], expected[1]);
    assert_found(kinds[i].kind, ids[2], expected[2]);
    assert_found(kinds[i].kind, ids[3], NULL); /* $HOME counts only without the XDG variable */
    set_all("::@/two::@/one:", "@/xdg", "@/home");
    {
      char *second = g_strdup_printf("two/%s.%s", ids[0], kinds[i].suffix);

      assert_found(kinds[i].kind, ids[0], second);
      g_free(second);
    }
    set_all(NULL, NULL, "@/home");
    assert_found(kinds[i].kind, ids[3], expected[3]);
    set_all("", "", "@/home");
    assert_found(kinds[i].kind, ids[3], expected[3]);
    set_all(NULL, "relative/path", "@/home"); /* to be ignored, the XDG specification says */
    assert_found(kinds[i].kind, ids[3], expected[3]);
    set_all(NULL, NULL, NULL);
    assert_found(kinds[i].kind, ids[3], NULL);
    for (int j = 0; j < 4; j++)
      g_free(expected[j]);
    g_free(user);
    g_free(home);
  }
}

typedef struct {
  GPtrArray *ids, *paths;
  guint stop_at;
} listing;

static bool found(void *user, const char *id, const char *path) {
  listing *l = user;

  g_ptr_array_add(l->ids, g_strdup(id));
  g_ptr_array_add(l->paths, g_strdup(path));
  return l->ids->len != l->stop_at;
}

static listing list(guint stop_at) {
  listing l = {g_ptr_array_new_with_free_func(g_free), g_ptr_array_new_with_free_func(g_free),
               stop_at};

  assert_ok(rst_list(RST_KIND_PRESET, found, &l, NULL));
  return l;
}

static void listing_clear(listing *l) {
  g_ptr_array_free(l->ids, TRUE);
  g_ptr_array_free(l->paths, TRUE);
}

/* Each id once, in order, with the path that wins; nothing that is no preset. */
static void test_list(void) {
  static const char *const files[] = {"l1/b.json",  "l1/A.json",       "l1/\xc3\xa4.json",
                                      "l1/.json",   "l1/.hidden.json", "l1/c.safetensors",
                                      "l1/d.json~", "l1/json",         "l2/a.json",
                                      "l2/b.json",  "l2/a.b.json"};
  int seen = 0;
  listing l;

  for (size_t i = 0; i < G_N_ELEMENTS(files); i++)
    put(files[i]);
  set_all("@/l1:@/l2:@/missing", "@/none", "@/none");
  l = list(0);
  for (guint i = 0; i < l.ids->len; i++) {
    const char *id = l.ids->pdata[i], *path = l.paths->pdata[i];

    if (i > 0)
      g_assert_cmpstr(l.ids->pdata[i - 1], <, id);
    if (g_str_has_prefix(path, top)) {
      char *expected = place(strcmp(id, "a") == 0 || strcmp(id, "a.b") == 0 ? "l2" : "l1");

      g_assert_true(g_str_has_prefix(path, expected));
      g_free(expected);
      g_assert_nonnull(strstr(" A a a.b b \xc3\xa4 ", id));
      seen++;
    }
  }
  g_assert_cmpint(seen, ==, 5);
  g_assert_cmpstr(l.ids->pdata[0], ==, "A");
  listing_clear(&l);
  l = list(2);
  g_assert_cmpuint(l.ids->len, ==, 2);
  listing_clear(&l);
}

/* A model that was given another name is found by both; `auto` stands for one. */
static void test_names(void) {
  static const struct {
    const char *files[2], *id, *found, *path;
    rst_picture_kind kind;
    bool old;
  } cases[] = {
    {{"n1/old-photo"}, "old-photo", "old-photo", "n1/old-photo", RST_PICTURE_TONED, false},
    {{"n1/old-photo"}, "photo", "old-photo", "n1/old-photo", RST_PICTURE_TONED, false},
    {{"n1/old-photo"}, "auto", "old-photo", "n1/old-photo", RST_PICTURE_TONED, false},
    {{"n2/photo"}, "old-photo", "photo", "n2/photo", RST_PICTURE_COLOURED, true},
    {{"n2/photo"}, "photo", "photo", "n2/photo", RST_PICTURE_COLOURED, false},
    {{"n2/photo"}, "auto", "photo", "n2/photo", RST_PICTURE_MONOCHROME, false},
    {{"n2/photo"}, "auto", "photo", "n2/photo", RST_PICTURE_TONED, false},
    {{"n3/photo", "n3/old-photo"}, "old-photo", "photo", "n3/photo", RST_PICTURE_TONED, true},
    {{"n4/portrait"}, "auto", "portrait", "n4/portrait", RST_PICTURE_COLOURED, false},
    {{"n4/portrait"}, "portrait", "portrait", "n4/portrait", RST_PICTURE_MONOCHROME, false},
    {{"n4/portrait"}, "./auto", "./auto", NULL, RST_PICTURE_MONOCHROME, false},
  };

  char path[4096];
  bool shipped;

  set_all("@/none", "@/none", "@/none");
  shipped = rst_find(RST_KIND_MODEL, "photo", path, sizeof path, NULL) == RST_OK &&
            g_str_has_suffix(path, "/photo.safetensors");
  for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
    rst_parameters parameters = new_parameters(NULL, NULL);
    char *folder = g_path_get_dirname(cases[i].files[0]);
    char *own = g_strconcat("@/", folder, NULL);

    if (shipped && strcmp(folder, "n1") == 0) { /* nowhere is it missing */
      g_free(folder);
      g_free(own);
      continue;
    }
    for (int k = 0; k < 2 && cases[i].files[k]; k++) {
      char *file = g_strconcat(cases[i].files[k], ".safetensors", NULL);

      put(file);
      g_free(file);
    }
    set_all(own, "@/none", "@/none");
    assert_ok(rst_parameters_set(&parameters, "model", cases[i].id, NULL));
    g_assert_true(rst_settle_model(&parameters, cases[i].kind) == cases[i].old);
    g_assert_cmpstr(parameters.model, ==, cases[i].found);
    if (cases[i].path) {
      char *file = g_strconcat(cases[i].path, ".safetensors", NULL);

      assert_found(RST_KIND_MODEL, parameters.model, file);
      if (strcmp(cases[i].id, "auto") != 0)
        assert_found(RST_KIND_MODEL, cases[i].id, file);
      g_free(file);
    }
    g_free(folder);
    g_free(own);
  }
  g_assert_cmpstr(rst_settle_preset("auto", RST_PICTURE_MONOCHROME), ==, "photo");
  g_assert_cmpstr(rst_settle_preset("auto", RST_PICTURE_TONED), ==, "photo");
  g_assert_null(rst_settle_preset("auto", RST_PICTURE_COLOURED));
  g_assert_cmpstr(rst_settle_preset("b", RST_PICTURE_COLOURED), ==, "b");
}

static void test_find(void) {
  char path[16];
  rst_error error = RST_ERROR_INIT;

  /* a name with '/' is a path, whether or not there is a file */
  assert_ok(rst_find(RST_KIND_MODEL, "./x", path, sizeof path, NULL));
  g_assert_cmpstr(path, ==, "./x");
  assert_status(rst_find(RST_KIND_MODEL, "/0123456789abcdef", path, sizeof path, NULL),
                RST_BAD_CALL);
  assert_status(rst_find(RST_KIND_MODEL, "/0123456789abcde", path, sizeof path, NULL),
                RST_BAD_CALL);
  assert_ok(rst_find(RST_KIND_MODEL, "/0123456789abcd", path, sizeof path, NULL));
  put("f/short.json");
  set_all("@/f", "@/none", "@/none");
  assert_status(rst_find(RST_KIND_PRESET, "short", path, sizeof path, NULL), RST_BAD_CALL);
  assert_status(rst_find(RST_KIND_PRESET, NULL, path, sizeof path, NULL), RST_BAD_CALL);
  assert_status(rst_find(RST_KIND_PRESET, "x", NULL, 0, NULL), RST_BAD_CALL);
  assert_status(rst_find(RST_KIND_PRESET, "sho", path, sizeof path, &error), RST_NO_SUCH_PRESET);
  g_assert_nonnull(strstr(error.choices, "short"));
  g_assert_nonnull(strstr(error.message, "short"));
  assert_status(rst_find((rst_kind)5, "x", path, sizeof path, NULL), RST_BAD_CALL);
  assert_status(rst_list((rst_kind)5, found, NULL, NULL), RST_BAD_CALL);
  assert_status(rst_list(RST_KIND_PRESET, NULL, NULL, NULL), RST_BAD_CALL);
}

/* More ids than an error holds, of more than one byte a character. */
static void test_many(void) {
  char path[4096];
  rst_error error = RST_ERROR_INIT;

  for (int i = 0; i < 60; i++) {
    char *file = g_strdup_printf("m/%.*s\xe5\xad\x97\xe5\xad\x97%d.json", i % 3, "xx", i);

    put(file);
    g_free(file);
  }
  set_all("@/m", "@/none", "@/none");
  assert_status(rst_find(RST_KIND_PRESET, "~", path, sizeof path, &error), RST_NO_SUCH_PRESET);
  assert_error(&error, RST_NO_SUCH_PRESET, "~");
}

static void remove_all(const char *path) {
  GDir *folder = g_dir_open(path, 0, NULL);
  const char *name;

  while (folder && (name = g_dir_read_name(folder))) {
    char *child = g_build_filename(path, name, NULL);

    remove_all(child);
    g_free(child);
  }
  if (folder)
    g_dir_close(folder);
  g_remove(path);
}

int main(int argc, char **argv) {
  int status;

  g_test_init(&argc, &argv, NULL);
  top = g_dir_make_tmp("restorator-XXXXXX", NULL);
  g_test_add_func("/catalogue/order", test_order);
  g_test_add_func("/catalogue/list", test_list);
  g_test_add_func("/catalogue/find", test_find);
  g_test_add_func("/catalogue/names", test_names);
  g_test_add_func("/catalogue/many", test_many);
  status = g_test_run();
  remove_all(top);
  g_free(top);
  return status;
}
