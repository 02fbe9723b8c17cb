/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Runs a fuzz target once over each file given, and over each file of each folder given.
 */
#include "fuzz.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

static int run_file(const char *path) {
  FILE *file = fopen(path, "rb");
  struct stat about;
  uint8_t *bytes;
  size_t size;

  if (!file || fstat(fileno(file), &about) != 0) {
    perror(path);
    exit(1);
  }
  bytes = malloc((size_t)about.st_size + 1);
  size = bytes ? fread(bytes, 1, (size_t)about.st_size, file) : 0;
  fclose(file);
  {
    /* of its very size, so that a read beyond the end is seen */
    uint8_t *exact = size == 0 ? NULL : realloc(bytes, size);

    LLVMFuzzerTestOneInput(exact, size);
    free(exact ? exact : bytes);
  }
  return 1;
}

static int run_folder(const char *path) {
  struct dirent **files;
  const int count = scandir(path, &files, NULL, alphasort);
  int runs = 0;

  for (int i = 0; i < count; i++) {
    char name[4096];

    if (files[i]->d_name[0] != '.') {
      snprintf(name, sizeof name, "%s/%s", path, files[i]->d_name);
      runs += run_file(name);
    }
    free(files[i]);
  }
  if (count >= 0)
    free(files);
  return runs;
}

int main(int argc, char **argv) {
  int runs = 0;

  for (int i = 1; i < argc; i++) {
    struct stat about;

    runs += stat(argv[i], &about) == 0 && S_ISDIR(about.st_mode) ? run_folder(argv[i])
                                                                 : run_file(argv[i]);
  }
  printf("%d runs\n", runs);
  return runs == 0;
}
