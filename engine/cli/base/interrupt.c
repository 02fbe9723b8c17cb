/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/interrupt.h"

#include <glib.h>
#include <signal.h>

static rst_cancel *token;
static volatile sig_atomic_t caught;

static void on_signal(int number) {
  caught = number;
  rst_cancel_set(token); /* an atomic store, which a signal handler may do */
}

rst_cancel *interrupt_catch(void) {
  static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
  if (token == NULL)
    token = rst_cancel_new();
  if (token == NULL)
    g_error("out of memory"); /* as GLib ends a program that runs out of it */
  for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
    struct sigaction before, action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    /* What the caller has us ignore stays ignored: nohup, a shell's background job. */
    if (sigaction(numbers[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
      sigaction(numbers[i], &action, NULL);
  }
  return token;
}

int interrupt_signal(void) {
  return caught;
}
