/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/tool.h"

#include <vips/vips.h>

#include "base/error.h"
#include "io/file.h"

int tool_main(const cli_tool *tool, void *options, const int *threads, int argc, char **argv) {
  GError *error = NULL;
  bool good = tool->parse(options, argc, argv, &error) && file_init(*threads, &error);
  if (good) {
    good = tool->run(options, &error);
    vips_shutdown();
  }
  tool->clear(options);
  return good ? CLI_DONE : cli_report(error);
}
