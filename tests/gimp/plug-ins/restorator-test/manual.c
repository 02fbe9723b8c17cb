/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The manual tells of everything that there is, and GIMP finds it.
 */
#include "cases.h"
#include "harness.h"

#define DOMAIN "restorator-help"

/* -------------------------------------------------------------------------------------------
 * What a page says
 */

typedef struct Page {
  GHashTable *ids;    /* to what the element of class "values" after it says */
  GHashTable *codes;  /* the texts of `code` elements */
  GPtrArray *links;   /* href, src and ref */
  GPtrArray *help;    /* help ids */
  char *id;           /* the last one */
  gboolean in_values, in_code;
} Page;

static void start_element(GMarkupParseContext *context, const char *element, const char **names,
                          const char **values, void *data, GError **error) {
  Page *page = data;

  (void)context, (void)error;
  page->in_code = strcmp(element, "code") == 0;
  for (; *names; names++, values++)
    if (strcmp(*names, "id") == 0) {
      if (!g_hash_table_insert(page->ids, g_strdup(*values), g_strdup("")))
        g_test_fail_printf("twice the same id: %s", *values);
      g_free(page->id);
      page->id = g_strdup(*values);
    } else if (strcmp(*names, "restorator:id") == 0) {
      g_ptr_array_add(page->help, g_strdup(*values));
    } else if (strcmp(*names, "class") == 0) {
      page->in_values = strcmp(*values, "values") == 0;
    } else if (strcmp(*names, "href") == 0 || strcmp(*names, "src") == 0 ||
               strcmp(*names, "ref") == 0) {
      g_ptr_array_add(page->links, g_strdup(*values));
    }
}

static void end_element(GMarkupParseContext *context, const char *element, void *data,
                        GError **error) {
  Page *page = data;

  (void)context, (void)element, (void)error;
  page->in_values = page->in_code = FALSE;
}

static void take_text(GMarkupParseContext *context, const char *text, gsize length, void *data,
                      GError **error) {
  Page *page = data;

  (void)context, (void)error;
  if (page->in_values)
    g_hash_table_insert(page->ids, g_strdup(page->id), g_strndup(text, length));
  if (page->in_code)
    g_hash_table_add(page->codes, g_strndup(text, length));
}

static char *path_to(const char *name) {
  return g_build_filename(g_getenv("RESTORATOR_MANUAL"), "en", name, NULL);
}

static void page_read(Page *page, const char *name) {
  static const GMarkupParser parser = {start_element, end_element, take_text, NULL, NULL};
  g_autofree char *path = path_to(name);
  g_autofree char *text = NULL;
  g_autoptr(GError) error = NULL;
  GMarkupParseContext *context = g_markup_parse_context_new(&parser, 0, page, NULL);
  gsize size;

  page->ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  page->codes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  page->links = g_ptr_array_new_with_free_func(g_free);
  page->help = g_ptr_array_new_with_free_func(g_free);
  if (!g_file_get_contents(path, &text, &size, &error) ||
      !g_markup_parse_context_parse(context, text, (gssize)size, &error) ||
      !g_markup_parse_context_end_parse(context, &error))
    g_error("%s: %s", path, error->message);
  g_markup_parse_context_free(context);
}

static void page_clear(Page *page) {
  g_hash_table_unref(page->ids);
  g_hash_table_unref(page->codes);
  g_ptr_array_unref(page->links);
  g_ptr_array_unref(page->help);
  g_free(page->id);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Page, page_clear)

/* -------------------------------------------------------------------------------------------
 * What there is
 */

/* A parameter's values in the words of the manual. */
static char *values_of(const rst_parameter *parameter) {
  g_autofree char *choices =
    parameter->choices ? g_strjoinv(", ", (char **)parameter->choices) : NULL;

  switch (parameter->type) {
    case RST_TYPE_BOOL:
      return g_strdup_printf("true or false; default %s", parameter->initial);
    case RST_TYPE_INT:
    case RST_TYPE_REAL:
      return g_strdup_printf("%.0f to %.0f; default %s", parameter->low, parameter->high,
                             parameter->initial);
    case RST_TYPE_CHOICE:
      return g_strdup_printf("%s; default %s", choices, parameter->initial);
    case RST_TYPE_TEXT:
      break;
  }
  return g_strdup_printf("text; default %s", parameter->initial);
}

static void test_parameters(void) {
  g_auto(Page) page = {0};
  size_t count;
  const rst_parameter *table = rst_parameter_table(&count);

  page_read(&page, "index.html");
  for (size_t i = 0; i < count; i++) {
    g_autofree char *values = values_of(&table[i]);

    g_test_message("%s", table[i].name);
    g_assert_cmpstr(g_hash_table_lookup(page.ids, table[i].name), ==, values);
    g_assert_true(g_hash_table_contains(page.codes, table[i].name));
  }
}

/* What GIMP itself adds, and what keeps the dialog's size, is not for people. */
static gboolean is_for_people(const char *name) {
  static const char *const others[] = {"run-mode", "image", "drawables", NULL};

  return !g_strv_contains(others, name);
}

static void check_arguments(const Page *page, const char *name) {
  GimpProcedure *procedure = gimp_pdb_lookup_procedure(gimp_get_pdb(), name);
  g_autofree char *help = g_strdup_printf(DOMAIN "?%s", name);
  GParamSpec **arguments;
  int count;

  g_assert_nonnull(procedure);
  g_assert_cmpstr(gimp_procedure_get_help_id(procedure), ==, help);
  arguments = gimp_procedure_get_arguments(procedure, &count);
  for (int i = 0; i < count; i++) {
    g_test_message("%s", g_param_spec_get_name(arguments[i]));
    if (is_for_people(g_param_spec_get_name(arguments[i])))
      g_assert_true(g_hash_table_contains(page->ids, g_param_spec_get_name(arguments[i])));
  }
}

static void test_arguments(void) {
  g_auto(Page) page = {0};

  page_read(&page, "index.html");
  check_arguments(&page, "plug-in-restorator");
  check_arguments(&page, "plug-in-restorator-photo");
  check_arguments(&page, "plug-in-restorator-select-damage");
  check_arguments(&page, "plug-in-restorator-repeat");
  check_arguments(&page, "plug-in-restorator-batch");
}

/* Each file's id, of those that come with Restorator. */
static void check_shipped(const Page *page, const char *folder, const char *ending) {
  g_autofree char *path = g_build_filename(g_getenv("RESTORATOR_SHIPPED"), folder, NULL);
  g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
  const char *name;
  int found = 0;

  g_assert_nonnull(dir);
  while (dir && (name = g_dir_read_name(dir)))
    if (g_str_has_suffix(name, ending)) {
      g_autofree char *id = g_strndup(name, strlen(name) - strlen(ending));

      g_test_message("%s", id);
      g_assert_true(g_hash_table_contains(page->codes, id));
      found++;
    }
  g_assert_cmpint(found, >, 0);
}

static void test_shipped(void) {
  g_auto(Page) page = {0};

  page_read(&page, "index.html");
  check_shipped(&page, "models", ".safetensors");
  check_shipped(&page, "presets", ".json");
}

/* A place in the page, or a file beside it and a place in that. */
static void check_link(const Page *page, const char *link) {
  g_auto(GStrv) parts = g_strsplit(link, "#", 2);
  g_autofree char *path = path_to(parts[0]);

  g_test_message("%s", link);
  g_assert_true(!*parts[0] || g_file_test(path, G_FILE_TEST_IS_REGULAR));
  g_assert_true(!parts[1] || g_hash_table_contains(page->ids, parts[1]));
}

static void test_links(void) {
  g_auto(Page) page = {0};
  g_auto(Page) map = {0};

  page_read(&page, "index.html");
  page_read(&map, "gimp-help.xml");
  for (guint i = 0; i < page.links->len; i++)
    check_link(&page, page.links->pdata[i]);
  for (guint i = 0; i < map.links->len; i++)
    check_link(&page, map.links->pdata[i]);
  for (guint i = 0; i < map.help->len; i++) {
    g_test_message("%s", (char *)map.help->pdata[i]);
    g_assert_nonnull(gimp_pdb_lookup_procedure(gimp_get_pdb(), map.help->pdata[i]));
  }
  g_assert_cmpuint(map.help->len, ==, 5);
}

/* -------------------------------------------------------------------------------------------
 * Help
 */

/* GIMP's Help gives the page's address to the system's browser, which is a program that notes it
 * (run-cases). */
static void test_opened(void) {
  g_autofree char *notes = g_build_filename(g_getenv("RESTORATOR_TEST_FILES"), "opened", NULL);
  g_autofree char *text = NULL;
  const gint64 end = g_get_monotonic_time() + 120 * G_USEC_PER_SEC;

  g_assert_true(gimp_help(DOMAIN, "plug-in-restorator-repeat"));
  while (!(g_file_get_contents(notes, &text, NULL, NULL) && strchr(text, '\n')) &&
         g_get_monotonic_time() < end) {
    g_clear_pointer(&text, g_free);
    g_usleep(G_USEC_PER_SEC / 10);
  }
  g_test_message("%s", text ? text : "nothing was opened");
  g_assert_nonnull(text);
  g_assert_true(text && strstr(text, "/help/en/index.html"));
}

void add_manual_cases(void) {
  g_test_add_func("/manual/parameters", test_parameters);
  g_test_add_func("/manual/arguments", test_arguments);
  g_test_add_func("/manual/shipped", test_shipped);
  g_test_add_func("/manual/links", test_links);
  g_test_add_func("/help/opened", test_opened);
}
