/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "widgets/undo_stack.h"

#include <string.h>

enum { SOON = G_USEC_PER_SEC, ENTRIES_MAX = 200 };

struct history {
  GArray *entries; /* of setting */
  guint at;        /* the one that holds now */
  const rst_parameter *last; /* what alone changed into it; NULL where that was more */
  gint64 time;
};

static bool differs(const rst_parameters *a, const rst_parameters *b, const char *name) {
  char here[RST_TEXT_MAX], there[RST_TEXT_MAX];

  rst_parameters_get(a, name, here, sizeof here, NULL);
  rst_parameters_get(b, name, there, sizeof there, NULL);
  return strcmp(here, there) != 0;
}

/* How much differs, and which parameter was the last of it. */
static int count_changes(const setting *a, const setting *b, const rst_parameter **changed) {
  int changes = g_strcmp0(a->output, b->output) != 0;
  size_t count;
  const rst_parameter *table = rst_parameter_table(&count);

  for (size_t i = 0; i < count; i++)
    if (differs(&a->parameters, &b->parameters, table[i].name)) {
      *changed = &table[i];
      changes++;
    }
  return changes;
}

static setting *entry(const history *h, guint i) {
  return &g_array_index(h->entries, setting, i);
}

history *history_new(const setting *now) {
  history *h = g_new0(history, 1);

  h->entries = g_array_new(FALSE, FALSE, sizeof *now);
  g_array_append_val(h->entries, *now);
  return h;
}

void history_free(history *h) {
  if (!h)
    return;
  g_array_unref(h->entries);
  g_free(h);
}

void history_note(history *h, const setting *now, gint64 time) {
  const rst_parameter *changed = NULL;
  const int changes = count_changes(entry(h, h->at), now, &changed);

  if (changes == 0)
    return;
  if (changes > 1)
    changed = NULL;
  const bool same = changed && changed == h->last && time - h->time < SOON;

  h->last = changed;
  h->time = time;
  g_array_set_size(h->entries, h->at + 1); /* what was undone is gone */
  if (same) {
    *entry(h, h->at) = *now;
    return;
  }
  g_array_append_val(h->entries, *now);
  if (h->entries->len > ENTRIES_MAX)
    g_array_remove_index(h->entries, 0);
  h->at = h->entries->len - 1;
}

void history_end_entry(history *h) {
  h->last = NULL;
}

bool history_can_undo(const history *h) {
  return h->at > 0;
}

bool history_can_redo(const history *h) {
  return h->at + 1 < h->entries->len;
}

static const setting *go(history *h, guint at) {
  h->at = at;
  h->last = NULL;
  return entry(h, at);
}

const setting *history_undo(history *h) {
  return history_can_undo(h) ? go(h, h->at - 1) : entry(h, h->at);
}

const setting *history_redo(history *h) {
  return history_can_redo(h) ? go(h, h->at + 1) : entry(h, h->at);
}
