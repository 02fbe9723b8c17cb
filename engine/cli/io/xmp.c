/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The packet is XML, of whatever prefixes and layout other programs wrote. It is parsed to find
 * the bytes to replace, and those alone change.
 */
#include "io/xmp.h"

#include <glib.h>
#include <string.h>

#define RDF "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
/* A name, which need not lead anywhere, and must never change. The project owns no domain that it
 * could be made of; one under .invalid (RFC 2606) can be no one else's either. */
#define OWN "https://restorator.invalid/xmp/1.0/"
#define PROPERTY "history"
#define TIFF "http://ns.adobe.com/tiff/1.0/"

#define PACKET_HEAD                                                      \
  "<?xpacket begin=\"\xEF\xBB\xBF\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n" \
  "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">\n"
#define PACKET_TAIL "</x:xmpmeta>\n<?xpacket end=\"w\"?>"
#define RDF_HEAD "<rdf:RDF xmlns:rdf=\"" RDF "\">\n"
#define RDF_TAIL "</rdf:RDF>\n"
#define DESCRIPTION_HEAD              \
  "<rdf:Description xmlns:rdf=\"" RDF \
  "\" rdf:about=\"\" "                \
  "xmlns:restorator=\"" OWN "\"><restorator:" PROPERTY ">"
#define DESCRIPTION_TAIL "</restorator:" PROPERTY "></rdf:Description>\n"

/* A prefix ("" for the default) bound to a namespace by an element at `depth`. */
typedef struct binding {
  int depth;
  char *prefix, *uri;
} binding;

/* Bytes of the packet to be replaced. They are the end “/>” of an empty element where `name`, its
 * name, is not NULL. */
typedef struct place {
  gsize start, end;
  char *name;
} place;

/* The parser is fed byte by byte, so that in a callback `at`, the number of bytes fed, says where
 * in the packet it is. */
typedef struct scan {
  const char *packet;
  const char *uri, *property; /* the one that is looked for, by its namespace */
  gsize at;
  gsize tag; /* `at` of the latest start tag */
  int depth; /* of open elements */
  int rdf_depth; /* of rdf:RDF while it is open, else 0 */
  GArray *bindings;
  place root, rdf, value; /* where content can be added, and the property's value; end 0: none */
  bool within; /* the property is open */
  GString *text; /* its value, decoded */
} scan;

static void clear_binding(void *data) {
  binding *b = data;
  g_free(b->prefix);
  g_free(b->uri);
}

static void set_place(place *p, gsize start, gsize end, const char *name) {
  g_free(p->name);
  *p = (place){start, end, g_strdup(name)};
}

static void bind_prefixes(scan *s, const char **names, const char **values) {
  for (; *names; names++, values++) {
    const char *prefix = g_str_has_prefix(*names, "xmlns:") ? *names + strlen("xmlns:")
                         : strcmp(*names, "xmlns") == 0     ? ""
                                                            : NULL;
    if (prefix) {
      binding b = {s->depth, g_strdup(prefix), g_strdup(*values)};
      g_array_append_val(s->bindings, b);
    }
  }
}

/* Whether a qualified name is `local` of the namespace. */
static bool is_named(const scan *s, const char *name, const char *uri, const char *local) {
  const char *colon = strchr(name, ':');
  gsize length = colon ? (gsize)(colon - name) : 0;
  if (strcmp(colon ? colon + 1 : name, local) != 0)
    return false;
  for (guint i = s->bindings->len; i-- > 0;) {
    const binding *b = &g_array_index(s->bindings, binding, i);
    if (strlen(b->prefix) == length && strncmp(b->prefix, name, length) == 0)
      return strcmp(b->uri, uri) == 0;
  }
  return false;
}

/* Where the tag that ends here begins: the parser lets “<” into values, which is an error of the
 * packet that shows later. */
static gsize tag_start(const scan *s) {
  gsize start = s->at - 1;
  while (s->packet[start] != '<')
    start--;
  return start;
}

/* The value of an attribute of the start tag that ends here. */
static void find_attribute(scan *s, const char *wanted) {
  static const char blank[] = " \t\r\n";
  const char *p = s->packet + tag_start(s), *end = s->packet + s->at;
  p += strcspn(p, " \t\r\n/>");
  while (p < end) {
    p += strspn(p, blank);
    const char *name = p;
    p += strcspn(p, " \t\r\n=");
    gsize length = (gsize)(p - name);
    p += strcspn(p, "\"'");
    const char *close = *p == '\0' ? NULL : strchr(p + 1, *p);
    if (!close || close >= end)
      return;
    if (length == strlen(wanted) && strncmp(name, wanted, length) == 0)
      set_place(&s->value, (gsize)(p + 1 - s->packet), (gsize)(close - s->packet), NULL);
    p = close + 1;
  }
}

static void on_start(GMarkupParseContext *context, const char *name, const char **names,
                     const char **values, void *data, GError **error) {
  scan *s = data;
  (void)context;
  if (s->depth == 0 && s->root.end > 0)
    g_set_error_literal(error, G_MARKUP_ERROR, G_MARKUP_ERROR_PARSE, "more than one root");
  s->depth++;
  s->tag = s->at;
  bind_prefixes(s, names, values);
  if (s->rdf_depth == 0 && is_named(s, name, RDF, "RDF")) {
    s->rdf_depth = s->depth;
  } else if (s->rdf_depth != 0 && s->depth == s->rdf_depth + 1) {
    for (; *names; names++, values++)
      if (strchr(*names, ':') && is_named(s, *names, s->uri, s->property)) {
        find_attribute(s, *names);
        g_string_assign(s->text, *values);
      }
  } else if (s->rdf_depth != 0 && s->depth == s->rdf_depth + 2 &&
             is_named(s, name, s->uri, s->property)) {
    s->within = true;
    set_place(&s->value, s->at, 0, NULL);
    g_string_truncate(s->text, 0);
  }
}

static void on_text(GMarkupParseContext *context, const char *text, gsize size, void *data,
                    GError **error) {
  scan *s = data;
  (void)context;
  (void)error;
  if (s->within)
    g_string_append_len(s->text, text, (gssize)size);
}

static void on_end(GMarkupParseContext *context, const char *name, void *data, GError **error) {
  scan *s = data;
  (void)context;
  (void)error;
  bool empty = s->at == s->tag + 1; /* a start tag is told at its slash */
  gsize content_end = empty ? s->at - 2 : tag_start(s);
  gsize end = empty ? s->at : content_end;
  const char *reopened = empty ? name : NULL;
  if (s->within && s->depth == s->rdf_depth + 2) {
    s->within = false;
    set_place(&s->value, empty ? content_end : s->value.start, end, reopened);
  } else if (s->depth == s->rdf_depth) {
    s->rdf_depth = 0;
    set_place(&s->rdf, content_end, end, reopened);
  }
  if (s->depth == 1)
    set_place(&s->root, content_end, end, reopened);
  while (s->bindings->len > 0 &&
         g_array_index(s->bindings, binding, s->bindings->len - 1).depth == s->depth)
    g_array_set_size(s->bindings, s->bindings->len - 1);
  s->depth--;
}

static void scan_clear(scan *s) {
  g_array_unref(s->bindings);
  g_string_free(s->text, TRUE);
  g_free(s->root.name);
  g_free(s->rdf.name);
  g_free(s->value.name);
}

/* False where the packet is malformed; clear the scan in any case. */
static bool scan_packet(scan *s, const char *packet, const char *uri, const char *property) {
  static const GMarkupParser parser = {on_start, on_end, on_text, NULL, NULL};
  *s = (scan){.packet = packet, .uri = uri, .property = property, .text = g_string_new(NULL)};
  s->bindings = g_array_new(FALSE, FALSE, sizeof(binding));
  g_array_set_clear_func(s->bindings, clear_binding);
  g_autoptr(GMarkupParseContext) context =
    g_markup_parse_context_new(&parser, G_MARKUP_TREAT_CDATA_AS_TEXT, s, NULL);
  bool good = true;
  while (good && packet[s->at] != '\0') {
    const char *byte = packet + s->at++;
    good = g_markup_parse_context_parse(context, byte, 1, NULL);
  }
  good = good && g_markup_parse_context_end_parse(context, NULL);
  return good;
}

/* A packet as a string: some programs fill up its end with zeros. */
static char *packet_text(const char *packet, size_t size) {
  while (size > 0 && packet[size - 1] == '\0')
    size--;
  return size == 0 || memchr(packet, '\0', size) ? NULL : g_strndup(packet, size);
}

char *xmp_get_history(const char *packet, size_t size) {
  char *text = packet_text(packet, size), *history = NULL;
  if (!text)
    return NULL;
  scan s;
  if (scan_packet(&s, text, OWN, PROPERTY) && s.value.end > 0)
    history = g_strdup(s.text->str);
  scan_clear(&s);
  g_free(text);
  return history;
}

static char *replace(const char *packet, const place *p, const char *content) {
  g_autofree char *head = g_strndup(packet, p->start);
  return p->name ? g_strconcat(head, ">", content, "</", p->name, ">", packet + p->end, NULL)
                 : g_strconcat(head, content, packet + p->end, NULL);
}

static char *add_history(const char *packet, const char *escaped) {
  scan s;
  char *result = NULL;
  if (scan_packet(&s, packet, OWN, PROPERTY)) {
    g_autofree char *rdf =
      g_strconcat(RDF_HEAD DESCRIPTION_HEAD, escaped, DESCRIPTION_TAIL RDF_TAIL, NULL);
    g_autofree char *description = g_strconcat(DESCRIPTION_HEAD, escaped, DESCRIPTION_TAIL, NULL);
    if (s.value.end > 0)
      result = replace(packet, &s.value, escaped);
    else if (s.rdf.end > 0)
      result = replace(packet, &s.rdf, description);
    else if (s.root.end > 0)
      result = replace(packet, &s.root, rdf);
  }
  scan_clear(&s);
  return result;
}

char *xmp_set_history(const char *packet, size_t size, const char *history) {
  char *escaped = g_markup_escape_text(history, -1), *text = NULL, *result = NULL;
  if (size == 0)
    result = g_strconcat(PACKET_HEAD RDF_HEAD DESCRIPTION_HEAD, escaped,
                         DESCRIPTION_TAIL RDF_TAIL PACKET_TAIL, NULL);
  else if ((text = packet_text(packet, size)))
    result = add_history(text, escaped);
  /* A packet that lies about its own structure would show here. */
  g_autofree char *kept = result ? xmp_get_history(result, strlen(result)) : NULL;
  if (g_strcmp0(kept, history) != 0)
    g_clear_pointer(&result, g_free);
  g_free(escaped);
  g_free(text);
  return result;
}

char *xmp_set_upright(const char *packet, size_t size) {
  char *text = packet_text(packet, size), *result = NULL;
  if (!text)
    return NULL;
  scan s;
  if (scan_packet(&s, text, TIFF, "Orientation") && s.value.end > 0)
    result = replace(text, &s.value, "1");
  scan_clear(&s);
  g_free(text);
  return result;
}
