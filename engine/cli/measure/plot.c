/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "measure/plot.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>
#include <vips/vips.h>

#include "base/error.h"
#include "io/file.h"
#include "io/loader.h"
#include "io/text_file.h"
#include "measure/axis.h"

/* Of the drawing's own units: pixels where it is not scaled. */
enum {
  WIDTH = 720,
  HEADING = 44,
  PANEL = 250,  /* with its title and axes */
  LEFT = 50,    /* of the lines' box in a panel */
  RIGHT = 20,
  TOP = 26,
  BOTTOM = 34,
  TICKS = 10,   /* values told beside a panel, at most: 16 units apart at least */
  LABELS = 12,  /* timesteps told below a panel, at most */
  FAR = 99      /* beyond a panel: x̂₀ of the first steps may be thousands */
};

static const char *const colours[3] = {"#d6342a", "#1f9a3e", "#2f6fe0"};

/* Numbers in SVG have a point, whatever the language. */
static void add(GString *svg, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void add(GString *svg, const char *format, ...) {
  va_list list;
  va_start(list, format);
  g_string_append_vprintf(svg, format, list);
  va_end(list);
}

static void add_text(GString *svg, double x, double y, const char *anchor, const char *text) {
  g_autofree char *escaped = g_markup_escape_text(text, -1);
  add(svg, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>\n", x, y, anchor, escaped);
}

typedef struct panel {
  const trajectory *way;
  double top, low, high;
} panel;

static double x_of(const panel *p, int state) {
  double inner = WIDTH - LEFT - RIGHT;
  return LEFT + (p->way->count < 2 ? inner / 2 : inner * state / (p->way->count - 1));
}

static double y_of(const panel *p, double value) {
  double inner = PANEL - TOP - BOTTOM;
  return p->top + TOP +
         inner * (p->high - CLAMP(value, p->low - FAR, p->high + FAR)) / (p->high - p->low);
}

static void add_level(GString *svg, const panel *p, double value, const char *colour) {
  add(svg, "<line x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\" stroke=\"%s\"/>\n", LEFT,
      WIDTH - RIGHT, y_of(p, value), y_of(p, value), colour);
}

static void add_axes(GString *svg, const panel *p) {
  int count = p->way->count, every = 1 + (count - 1) / LABELS;
  double unit = axis_unit(p->low, p->high, TICKS), first = axis_first(p->low, unit);
  for (int i = 0; first + i * unit <= p->high; i++) {
    double value = first + i * unit;
    char text[16];
    add_level(svg, p, value, "#dddddd");
    g_snprintf(text, sizeof text, "%g", value);
    add_text(svg, LEFT - 6, y_of(p, value) + 4, "end", text);
  }
  add_level(svg, p, 0, "#808080"); /* where the colours of sRGB begin and end */
  add_level(svg, p, 1, "#808080");
  for (int i = 0; i < count; i++) {
    bool last = i == count - 1;
    char text[16];
    g_snprintf(text, sizeof text, "%d", p->way->timesteps[i]);
    if (last || (i % every == 0 && i + every / 2 + 1 < count))
      add_text(svg, x_of(p, i), p->top + PANEL - BOTTOM + 18, "middle",
               last && p->way->timesteps[i] < 0 ? _("result") : text);
  }
}

/* One channel, as far as it is known. */
static void add_line(GString *svg, const panel *p, const float *values, int channel, int clip,
                     bool dashed) {
  add(svg, "<polyline clip-path=\"url(#panel%d)\" fill=\"none\" stroke=\"%s\" %s points=\"", clip,
      colours[channel],
      dashed ? "stroke-width=\"1.2\" stroke-dasharray=\"4 3\"" : "stroke-width=\"1.8\"");
  for (int i = 0; i < p->way->count && !isnan(values[3 * i + channel]); i++)
    add(svg, "%.2f,%.2f ", x_of(p, i), y_of(p, values[3 * i + channel]));
  add(svg, "\"/>\n");
}

static void add_panel(GString *svg, const trajectory *way, int index) {
  panel p = {.way = way, .top = HEADING + index * PANEL};
  const float *last = way->values + 3 * (way->count - 1);
  g_autofree char *title = g_strdup_printf(_("pixel %d, %d: red %.3f, green %.3f, blue %.3f"),
                                           way->x, way->y, last[0], last[1], last[2]);
  trajectory_get_range(way, &p.low, &p.high);
  add(svg,
      "<clipPath id=\"panel%d\"><rect x=\"%d\" y=\"%.1f\" width=\"%d\" height=\"%d\"/>"
      "</clipPath>\n",
      index, LEFT - 4, p.top + TOP - 3, WIDTH - LEFT - RIGHT + 8, PANEL - TOP - BOTTOM + 6);
  add_text(svg, LEFT, p.top + TOP - 10, "start", title);
  add_axes(svg, &p);
  for (int c = 0; c < 3; c++) {
    add_line(svg, &p, way->clean, c, index, true);
    add_line(svg, &p, way->values, c, index, false);
    add(svg, "<circle cx=\"%.2f\" cy=\"%.2f\" r=\"3\" fill=\"%s\"/>\n", x_of(&p, way->count - 1),
        y_of(&p, last[c]), colours[c]);
  }
}

static GString *draw(const char *title, const GPtrArray *ways) {
  GString *svg = g_string_new(NULL);
  int height = HEADING + (int)ways->len * PANEL;
  add(svg,
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
      "viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"12\" fill=\"#202020\">\n"
      "<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>\n",
      WIDTH, height, WIDTH, height);
  add_text(svg, LEFT, 18, "start", title);
  add_text(svg, LEFT, 36, "start",
           _("over the timesteps — the value: solid; the predicted clean value x̂₀: dashed"));
  for (guint i = 0; i < ways->len; i++)
    add_panel(svg, ways->pdata[i], (int)i);
  add(svg, "</svg>\n");
  return svg;
}

/* As a picture of another kind. */
static bool write_drawn(const GString *svg, const char *path, rst_cancel *cancel, GError **error) {
  const cli_format *format = file_output_format(path, error);
  VipsImage *drawn, *opaque = NULL, *pixels = NULL;
  bool known;
  if (!format)
    return false;
  drawn = loader_open_svg(svg, &known);
  if (!known) {
    g_set_error(error, CLI_ERROR, CLI_FAILED,
                _("%s: this libvips cannot draw diagrams; a name that ends in .svg needs nothing"),
                path);
    return false;
  }
  if (drawn && vips_flatten(drawn, &opaque, NULL) == 0)
    pixels = vips_image_copy_memory(opaque);
  g_clear_object(&drawn);
  g_clear_object(&opaque);
  if (!pixels)
    return cli_fail_vips(error, path);
  bool good = file_write(pixels, format, path, cancel, error);
  g_object_unref(pixels);
  return good;
}

bool plot_write(const char *path, const char *title, const GPtrArray *ways, rst_cancel *cancel,
                GError **error) {
  g_autoptr(GString) svg = draw(title, ways);
  bool good = g_str_has_suffix(path, ".svg") ? text_file_write(path, svg->str, svg->len, error)
                                             : write_drawn(svg, path, cancel, error);
  return good;
}
