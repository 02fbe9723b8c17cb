/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "widgets/undo_stack.h"

#include "parameter_use.h"

enum { SOON = G_USEC_PER_SEC, ENTRIES_MAX = 200 };

struct history {
  GArray *entries; /* of setting */
  guint at;        /* the one that holds now */
  const char *last; /* the name of what alone changed into it; NULL where that was more */
  gint64 time;
};

/* Of what is done to an old photograph, each with a name. */
static int count_photo_changes(const rst_photo_settings *a, const rst_photo_settings *b,
                               const char **changed) {
  const struct {
    const char *name;
    bool differs;
  } all[] = {{"damage", a->damage != b->damage},
             {"sensitivity", a->sensitivity != b->sensitivity},
             {"tone", a->tone != b->tone},
             {"tone-strength", a->tone_strength != b->tone_strength},
             {"colour", a->colour != b->colour}};
  int changes = 0;

  for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
    if (all[i].differs) {
      *changed = all[i].name;
      changes++;
    }
  return changes;
}

/* How much differs, and what was the last of it that has a name. */
static int count_changes(const setting *a, const setting *b, const char **changed) {
  int changes = (g_strcmp0(a->output, b->output) != 0) + (a->edits != b->edits) +
                count_photo_changes(&a->photo, &b->photo, changed);
  size_t count;
  const rst_parameter *table = rst_parameter_table(&count);

  for (size_t i = 0; i < count; i++)
    if (!parameter_is_same(&a->parameters, &b->parameters, table[i].name)) {
      *changed = table[i].name;
      changes++;
    }
  return changes;
}

static void clear(void *data) {
  g_clear_pointer(&((setting *)data)->edits, g_bytes_unref);
}

static void append(history *h, const setting *now) {
  g_array_append_val(h->entries, *now);
  if (now->edits)
    g_bytes_ref(now->edits);
}

static setting *entry(const history *h, guint i) {
  return &g_array_index(h->entries, setting, i);
}

history *history_new(const setting *now) {
  history *h = g_new0(history, 1);

  h->entries = g_array_new(FALSE, FALSE, sizeof *now);
  g_array_set_clear_func(h->entries, clear);
  append(h, now);
  return h;
}

void history_free(history *h) {
  if (!h)
    return;
  g_array_unref(h->entries);
  g_free(h);
}

void history_note(history *h, const setting *now, gint64 time) {
  const char *changed = NULL;
  const int changes = count_changes(entry(h, h->at), now, &changed);

  if (changes == 0)
    return;
  if (changes > 1)
    changed = NULL;
  const bool same = changed && g_strcmp0(changed, h->last) == 0 && time - h->time < SOON;

  h->last = changed;
  h->time = time;
  g_array_set_size(h->entries, h->at + 1); /* what was undone is gone */
  if (same) {
    *entry(h, h->at) = *now; /* of the same edits */
    return;
  }
  append(h, now);
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
