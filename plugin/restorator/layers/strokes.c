/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "layers/strokes.h"

#include <glib/gi18n.h>
#include <string.h>

#include "messages.h"

/* The layer of strokes, seen from the drawable: from its corner, and of its size. */
typedef struct {
  GeglBuffer *pixels, *mask; /* mask: NULL without */
  int x, y;                  /* of the drawable's corner in the layer */
} Strokes;

static bool read_strokes(void *user, int x, int y, int w, int h, float *rgba) {
  const Strokes *s = user;
  const GeglRectangle area = {s->x + x, s->y + y, w, h};

  gegl_buffer_get(s->pixels, &area, 1.0, babl_format("R'G'B'A float"), rgba, GEGL_AUTO_ROWSTRIDE,
                  GEGL_ABYSS_NONE);
  if (s->mask) {
    const gsize count = (gsize)w * (gsize)h;
    g_autofree float *values = g_new(float, 2 * count);

    gegl_buffer_get(s->mask, &area, 1.0, babl_format("YA float"), values, GEGL_AUTO_ROWSTRIDE,
                    GEGL_ABYSS_NONE);
    for (gsize i = 0; i < count; i++)
      rgba[4 * i + 3] *= values[2 * i];
  }
  return true;
}

static gboolean add_hints(const rst_hint *more, int count, rst_parameters *parameters,
                          rst_error *why) {
  rst_hint hints[2 * RST_HINTS_MAX];
  char text[RST_HINTS_TEXT];
  int before;

  if (rst_hints_parse(parameters->hints, hints, &before, why) != RST_OK)
    return FALSE;
  memcpy(hints + before, more, (gsize)count * sizeof *hints);
  return rst_hints_write(hints, before + count, text, sizeof text, why) == RST_OK &&
         rst_parameters_set(parameters, "hints", text, why) == RST_OK;
}

gboolean strokes_add(GimpLayer *layer, GimpDrawable *drawable, rst_parameters *parameters,
                     GError **error) {
  GimpLayerMask *mask = gimp_layer_get_apply_mask(layer) ? gimp_layer_get_mask(layer) : NULL;
  rst_error why = RST_ERROR_INIT;
  rst_hint hints[RST_HINTS_MAX];
  rst_picture picture = {.size = sizeof picture,
                         .width = gimp_drawable_get_width(drawable),
                         .height = gimp_drawable_get_height(drawable),
                         .read = read_strokes};
  Strokes s = {0};
  int left, top, before, count;
  gboolean good;

  if (!gimp_drawable_has_alpha(GIMP_DRAWABLE(layer)) && !mask) {
    g_autofree char *name = gimp_item_get_name(GIMP_ITEM(layer));

    g_set_error(error, RESTORATOR_ERROR, RST_BAD_CALL,
                _("“%s” has no transparency, so all of it would be a colour hint: paint them on a "
                  "transparent layer"),
                name);
    return FALSE;
  }
  gimp_drawable_get_offsets(drawable, &s.x, &s.y);
  gimp_drawable_get_offsets(GIMP_DRAWABLE(layer), &left, &top);
  s.x -= left;
  s.y -= top;
  s.pixels = gimp_drawable_get_buffer(GIMP_DRAWABLE(layer));
  s.mask = mask ? gimp_drawable_get_buffer(GIMP_DRAWABLE(mask)) : NULL;
  picture.user = &s;
  good =
    rst_hints_parse(parameters->hints, NULL, &before, &why) == RST_OK &&
    rst_hints_from_strokes(&picture, RST_HINTS_MAX - before, hints, &count, NULL, &why) == RST_OK &&
    add_hints(hints, count, parameters, &why);
  g_object_unref(s.pixels);
  g_clear_object(&s.mask);
  return good || messages_fail(&why, error);
}
