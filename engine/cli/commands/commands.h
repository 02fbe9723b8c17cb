/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The subcommands: those that work on pictures, and others. These get their own name and arguments as
 * argc and argv, and return the exit status.
 */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include "commands/tool.h"

extern const cli_tool compare_tool, damage_tool, evaluate_tool, faces_tool, regions_tool,
  sweep_tool, trajectory_tool;

int info_command(int argc, char **argv);
int list_command(int argc, char **argv);
int preset_command(int argc, char **argv);
int restore_command(int argc, char **argv); /* and photo, by argv[0] */
int uncertainty_command(int argc, char **argv);

#endif
