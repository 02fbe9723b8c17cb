/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/interrupt.h"

#include <glib.h>
#include <glib/gi18n.h>
#include <limits.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

/* What sends a signal may send it twice, as timeout does: to the program and to its group. */
static const int64_t SAME = 200; /* milliseconds */

static rst_cancel *token;
static volatile sig_atomic_t caught;
static int64_t since; /* the handler's own */
static char file[PATH_MAX];
static atomic_bool file_set;
static char no_memory[200]; /* the line to say, in the user's language */

static int64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Calls nothing that a signal handler may not call. */
static void on_signal(int number) {
  if (caught != 0 && now() - since > SAME) {
    if (atomic_load(&file_set))
      unlink(file);
    _exit(128 + number);
  }
  if (caught == 0)
    since = now();
  caught = number;
  rst_cancel_set(token); /* an atomic store */
}

/* GLib and the libraries above it abort where a small allocation fails: where there is no memory
 * indeed that is said and nothing is left behind; else it is a fault, which ends as it does. */
static void on_abort(int number) {
  enum { LITTLE = 1 << 20 };
  void *memory = mmap(NULL, LITTLE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) {
    if (atomic_load(&file_set))
      unlink(file);
    const ssize_t said = write(STDERR_FILENO, no_memory, strlen(no_memory));
    (void)said;
    _exit(1);
  }
  raise(number); /* by now in its usual way */
}

void interrupt_set_file(const char *path) {
  atomic_store(&file_set, false);
  if (path && g_strlcpy(file, path, sizeof file) < sizeof file)
    atomic_store(&file_set, true);
}

rst_cancel *interrupt_catch(void) {
  static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
  if (!token)
    token = rst_cancel_new();
  if (!token)
    g_error("out of memory"); /* as GLib ends a program that runs out of it */
  for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
    struct sigaction before, action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    for (size_t k = 0; k < sizeof numbers / sizeof numbers[0]; k++)
      sigaddset(&action.sa_mask, numbers[k]);
    /* What the caller has us ignore stays ignored: nohup, a shell's background job. */
    if (sigaction(numbers[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
      sigaction(numbers[i], &action, NULL);
  }
  return token;
}

void interrupt_catch_abort(void) {
  static const int numbers[] = {SIGABRT, SIGTRAP};
  const struct sigaction action = {.sa_handler = on_abort, .sa_flags = (int)SA_RESETHAND};
  g_snprintf(no_memory, sizeof no_memory, "restorator: %s\n", _("memory ran out"));
  for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
    sigaction(numbers[i], &action, NULL);
}

int interrupt_signal(void) {
  return caught;
}
