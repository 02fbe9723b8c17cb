/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A history goes into any XMP packet and comes out, and nothing else of the packet changes.
 */
#include <glib.h>
#include <string.h>

#include "io/xmp.h"

#define RDF "xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\""
#define OWN "=\"https://restorator.invalid/xmp/1.0/\""
#define ODD "[{\"a\": \"<&>'é\\n]]>\"}]"

static void assert_history(const char *packet, const char *expected) {
  char *history = xmp_get_history(packet, strlen(packet));
  g_assert_cmpstr(history, ==, expected);
  g_free(history);
}

/* The packet is whole XML. */
static void assert_well_formed(const char *packet) {
  GMarkupParser nothing = {NULL, NULL, NULL, NULL, NULL};
  GMarkupParseContext *context = g_markup_parse_context_new(&nothing, 0, NULL, NULL);
  GError *error = NULL;
  g_assert_true(g_markup_parse_context_parse(context, packet, -1, &error) &&
                g_markup_parse_context_end_parse(context, &error));
  g_markup_parse_context_free(context);
}

/* Sets a history twice; without what was put in, the packet is what it was. `head` and `tail`:
 * all that is before and after it. */
static void check_set(const char *head, const char *tail) {
  char *packet = g_strconcat(head, tail, NULL);
  char *first = xmp_set_history(packet, strlen(packet), ODD);
  g_assert_nonnull(first);
  assert_well_formed(first);
  assert_history(first, ODD);
  g_assert_true(g_str_has_prefix(first, head));
  g_assert_true(g_str_has_suffix(first, tail));
  char *second = xmp_set_history(first, strlen(first), "[]");
  assert_well_formed(second);
  assert_history(second, "[]");
  g_assert_true(g_str_has_prefix(second, head));
  g_assert_true(g_str_has_suffix(second, tail));
  g_assert_cmpuint(strlen(second), <, strlen(first));
  char *third = xmp_set_history(second, strlen(second), ODD);
  g_assert_cmpstr(third, ==, first);
  g_free(packet);
  g_free(first);
  g_free(second);
  g_free(third);
}

static void test_new(void) {
  char *packet = xmp_set_history(NULL, 0, ODD);
  assert_well_formed(packet);
  assert_history(packet, ODD);
  g_assert_true(g_str_has_prefix(packet, "<?xpacket begin=\"\xEF\xBB\xBF\" id=\""));
  g_assert_true(g_str_has_suffix(packet, "<?xpacket end=\"w\"?>"));
  g_free(packet);
  g_assert_null(xmp_get_history(NULL, 0));
}

static void test_layouts(void) {
  check_set("<?xpacket begin='' id='x'?><x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF " RDF
            ">\n"
            "<rdf:Description rdf:about='' dc:x='&#10;' xmlns:dc='d'><dc:t> a\r\n</dc:t>"
            "</rdf:Description>",
            "</rdf:RDF ></x:xmpmeta>\n   \n<?xpacket end='w'?>");
  /* Other prefixes, the default namespace, no xmpmeta, a comment that looks like an end. */
  check_set("<r:RDF xmlns:r='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>",
            "</r:RDF><!-- </r:RDF> <restorator:history> -->");
  check_set(
    "<RDF xmlns='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><!-- </RDF> -->"
    "<![CDATA[</RDF>]]>",
    "</RDF>");
  check_set("<x:xmpmeta xmlns:x='adobe:ns:meta/'>kept", "</x:xmpmeta>");
}

/* Elements without content are opened, and closed again. */
static void test_empty_elements(void) {
  static const char *const packets[] = {
    "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF " RDF " /></x:xmpmeta>",
    "<x:xmpmeta xmlns:x='adobe:ns:meta/'/>",
    "<rdf:RDF " RDF "><rdf:Description xmlns:r" OWN "><r:history/></rdf:Description></rdf:RDF>",
    "<rdf:RDF " RDF "><rdf:Description xmlns:r" OWN
    "><r:history></r:history></rdf:Description>"
    "</rdf:RDF>",
  };
  for (gsize i = 0; i < G_N_ELEMENTS(packets); i++) {
    char *packet = xmp_set_history(packets[i], strlen(packets[i]), ODD);
    g_assert_nonnull(packet);
    assert_well_formed(packet);
    assert_history(packet, ODD);
    g_free(packet);
  }
}

/* Other programs turn an element into an attribute, and choose a prefix. */
static void test_attributes(void) {
  static const char head[] = "<rdf:RDF " RDF "><rdf:Description a='r:history=\"no\"' xmlns:r" OWN
                             " r:history2 = '1' r:history\n= '";
  check_set(head, "' r:hist='1' rdf:about=\"\"/></rdf:RDF>");
  check_set(head, "'></rdf:Description></rdf:RDF>");
}

/* What only looks like the property is left alone. */
static void test_others(void) {
  static const char *const packets[] = {
    "<rdf:RDF " RDF
    "><rdf:Description xmlns:restorator='other'><restorator:history>no"
    "</restorator:history></rdf:Description></rdf:RDF>",
    "<rdf:RDF " RDF "><rdf:Description xmlns:r" OWN
    "><r:deeper><r:history>no</r:history>"
    "</r:deeper></rdf:Description></rdf:RDF>",
    "<rdf:RDF " RDF "><rdf:Description history='no' xmlns" OWN "/></rdf:RDF>",
    "<rdf:RDF " RDF "><rdf:Description xmlns:r" OWN
    "><a xmlns:r='x'/><b xmlns:r='y'>"
    "<r:history>no</r:history></b></rdf:Description></rdf:RDF>",
    "<x xmlns:r" OWN "><y><r:history>no</r:history></y></x>",
  };
  for (gsize i = 0; i < G_N_ELEMENTS(packets); i++) {
    assert_history(packets[i], NULL);
    char *packet = xmp_set_history(packets[i], strlen(packets[i]), ODD);
    assert_history(packet, ODD);
    g_assert_nonnull(strstr(packet, "no"));
    g_assert_cmpuint(strlen(packet), >, strlen(packets[i]) + strlen(ODD));
    g_free(packet);
  }
}

/* Refused, and nothing read beyond the end. */
static void test_malformed(void) {
  static const char *const packets[] = {
    "",
    "words",
    "<x>",
    "<x></y>",
    "<x/><y/>",
    "</x>",
    "<x a=b/>",
    "<",
    "<x><!-- ",
    "\xFF\xFE<x/>",
    "<rdf:RDF " RDF "><rdf:Description xmlns:r" OWN " r:history='",
    "<x>&unknown;</x>",
    "<rdf:RDF " RDF "><rdf:Description xmlns:r" OWN " r:history='1' a='<'/></rdf:RDF",
    /* A value that looks like a tag. */
    "<rdf:RDF " RDF "><rdf:Description xmlns:r" OWN
    " r:history='1' "
    "a=\"< r:history='5' \"/></rdf:RDF>",
  };
  for (gsize i = 0; i < G_N_ELEMENTS(packets); i++) {
    gsize size = MAX(1, strlen(packets[i]));
    g_assert_null(xmp_set_history(packets[i], size, ODD));
    if (!strstr(packets[i], "r:history='1'"))
      g_assert_null(xmp_get_history(packets[i], size));
  }
  static const char zero[] = "<x>\0</x>", filled[] = "<x/>\n\0\0\0";
  g_assert_null(xmp_set_history(zero, sizeof zero - 1, ODD));
  char *packet = xmp_set_history(filled, sizeof filled, ODD);
  assert_history(packet, ODD);
  g_free(packet);
}

/* Whatever byte is put wherever: the packet is refused, or the history is in it. */
static void test_damaged(void) {
  static const char bytes[] = "<>/\"' =:&a!";
  static const char before[] = "<rdf:RDF " RDF "><rdf:Description xmlns:r" OWN
                               " b='2' "
                               "r:history='1'><r:c/></rdf:Description></rdf:RDF>";
  char *packet = xmp_set_history(before, sizeof before - 1, ODD);
  gsize size = strlen(packet);
  int good = 0;
  for (gsize i = 0; i < size; i++)
    for (gsize k = 0; k < sizeof bytes - 1; k++) {
      char *damaged = g_strdup(packet);
      damaged[i] = bytes[k];
      char *result = xmp_set_history(damaged, size, "[7]");
      if (result) {
        assert_well_formed(result);
        assert_history(result, "[7]");
        good++;
      }
      g_free(result);
      g_free(damaged);
    }
  g_assert_cmpint(good, >, 0);
  g_free(packet);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/xmp/new", test_new);
  g_test_add_func("/xmp/layouts", test_layouts);
  g_test_add_func("/xmp/empty-elements", test_empty_elements);
  g_test_add_func("/xmp/attributes", test_attributes);
  g_test_add_func("/xmp/others", test_others);
  g_test_add_func("/xmp/malformed", test_malformed);
  g_test_add_func("/xmp/damaged", test_damaged);
  return g_test_run();
}
