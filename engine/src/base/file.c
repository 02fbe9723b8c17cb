/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/status.h"

static rst_status fail_open(rst_error *error, const char *path, int number) {
  return rst_fail(error, RST_CANNOT_OPEN, path, strerror(number), NULL, "cannot read %s: %s", path,
                  strerror(number));
}

static rst_status read_open_file(int fd, const char *path, size_t limit, void **bytes, size_t *size,
                                 rst_error *error) {
  struct stat about;
  unsigned char *memory;
  size_t total, done = 0;

  if (fstat(fd, &about) != 0)
    return fail_open(error, path, errno);
  if (!S_ISREG(about.st_mode))
    return rst_fail(error, RST_NOT_A_FILE, path, NULL, NULL, "%s is not a file", path);
  if (about.st_size < 0 || (uintmax_t)about.st_size > limit) {
    char number[32];

    snprintf(number, sizeof number, "%jd", (intmax_t)about.st_size);
    rst_fail(error, RST_FILE_TOO_LARGE, path, number, NULL,
             "%s has %s bytes, more than the %zu allowed", path, number, limit);
    if (error)
      error->high = (double)limit;
    return RST_FILE_TOO_LARGE;
  }
  total = (size_t)about.st_size;
  memory = malloc(total + 1);
  if (!memory)
    return rst_fail_memory(error);
  while (done < total) {
    ssize_t got = read(fd, memory + done, total - done);

    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0) {
      int number = errno;

      free(memory);
      return fail_open(error, path, number);
    }
    if (got == 0)
      break;
    done += (size_t)got;
  }
  memory[done] = 0;
  *bytes = memory;
  *size = done; /* a file that shrank meanwhile is as long as what was read */
  return RST_OK;
}

rst_status rst_read_file(const char *path, size_t limit, void **bytes, size_t *size,
                         rst_error *error) {
  /* Without O_NONBLOCK a named pipe would block for ever before fstat can tell what it is. */
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  rst_status status;

  if (fd < 0)
    return fail_open(error, path, errno);
  status = read_open_file(fd, path, limit, bytes, size, error);
  close(fd);
  return status;
}
