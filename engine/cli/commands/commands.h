/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The subcommands. Each gets its own name and arguments as argc and argv, and returns the exit
 * status.
 */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

int compare_command(int argc, char **argv);
int evaluate_command(int argc, char **argv);
int info_command(int argc, char **argv);
int list_command(int argc, char **argv);
int preset_command(int argc, char **argv);
int regions_command(int argc, char **argv);
int restore_command(int argc, char **argv);
int sweep_command(int argc, char **argv);
int trajectory_command(int argc, char **argv);
int uncertainty_command(int argc, char **argv);

#endif
