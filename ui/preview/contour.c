/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "preview/contour.h"

contour *contour_new(const rst_rectangle *area, int width, int height) {
  contour *c = g_atomic_rc_box_alloc0(sizeof *c + (gsize)width * (gsize)height * sizeof(float));

  c->area = *area;
  c->width = width;
  c->height = height;
  return c;
}

contour *contour_ref(contour *c) {
  return g_atomic_rc_box_acquire(c);
}

void contour_unref(contour *c) {
  if (c)
    g_atomic_rc_box_release(c);
}
