/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The kind "regions": where several pictures differ most.
 */
#include <stdio.h>
#include <stdlib.h>

#include "golden.h"
#include "measure/search.h"

enum { PICTURES = 16, REGIONS = 64 };

/* "picture0", "picture1", …, all of the first one's size; how many there are. */
static int take_pictures(golden *g, float *pictures[PICTURES], int *width, int *height) {
  const rst_tensor *first = rst_safetensors_find(&g->table, "picture0");
  int count = 0;

  if (!first || first->dims != 3 || first->shape[2] != 3)
    return 0;
  for (; count < PICTURES; count++) {
    char name[16];
    size_t values;

    snprintf(name, sizeof name, "picture%d", count);
    if (!rst_safetensors_find(&g->table, name))
      break;
    pictures[count] = golden_take_floats(g, name, &values);
    if (values != first->count)
      golden_complain(g, "%s is of another size", name);
  }
  *height = (int)first->shape[0];
  *width = (int)first->shape[1];
  return count;
}

bool golden_run_regions(golden *g) {
  const int side = yyjson_get_int(yyjson_obj_get(g->about, "size"));
  const int wanted = yyjson_get_int(yyjson_obj_get(g->about, "count"));
  float *pictures[PICTURES];
  int width = 0, height = 0, count = take_pictures(g, pictures, &width, &height);
  bool fits = count > 1 && side > 0 && side <= width && side <= height && wanted <= REGIONS;

  if (!fits)
    golden_complain(g, "has no pictures of one size, or a region that does not fit them");
  if (fits && g->problem[0] == '\0') {
    cli_region found[REGIONS];
    int corners[4 * REGIONS];
    const int taken =
      search_regions((const float *const *)pictures, count, width, height, side, wanted, found);

    for (int i = 0; i < taken; i++) {
      corners[4 * i] = found[i].y;
      corners[4 * i + 1] = found[i].x;
      corners[4 * i + 2] = found[i].y + side;
      corners[4 * i + 3] = found[i].x + side;
    }
    fits = taken > 0 && golden_compare_ints(g, "regions", corners, 4 * (size_t)taken);
  }
  for (int i = 0; i < count; i++)
    free(pictures[i]);
  return fits;
}
