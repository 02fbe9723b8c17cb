/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/progress.h"

#include <glib.h>
#include <glib/gi18n.h>
#include <stdio.h>
#include <unistd.h>

enum { BAR = 40 };

void progress_init(cli_progress *p, bool wanted, bool quiet) {
  p->terminal = isatty(STDERR_FILENO);
  p->shown = !quiet && (wanted || p->terminal);
  p->percent = -1;
}

static const char *phase_name(rst_phase phase) {
  switch (phase) {
    case RST_PHASE_READING:
      return _("reading");
    case RST_PHASE_ENCODING:
      return _("encoding");
    case RST_PHASE_SAMPLING:
      return _("sampling");
    case RST_PHASE_FINDING:
      return _("finding damage");
    case RST_PHASE_MENDING:
      return _("mending");
  }
  return "";
}

void progress_update(void *user, rst_phase phase, double fraction) {
  cli_progress *p = user;
  int percent = (int)(fraction * 100);
  if (!p->shown || percent == p->percent)
    return;
  p->percent = percent;
  if (p->terminal) {
    char bar[BAR + 1];
    for (int i = 0; i < BAR; i++)
      bar[i] = i < fraction * BAR ? '#' : '.';
    bar[BAR] = '\0';
    fprintf(stderr, "\r[%s] %3d %% %s\033[K", bar, percent, phase_name(phase));
  } else {
    g_printerr("%3d %% %s\n", percent, phase_name(phase));
  }
}

void progress_end(cli_progress *p) {
  if (p->shown && p->terminal && p->percent >= 0)
    fputs("\r\033[K", stderr);
}
