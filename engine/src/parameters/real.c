/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parameters/real.h"

#include <stdio.h>
#include <string.h>

#include <yyjson.h>

#include "base/memory.h"

bool rst_read_real(const char *text, double *number) {
  char padded[64];
  yyjson_val value;
  const char *end;

  if (strlen(text) > sizeof padded - 2)
    return false;
  snprintf(padded, sizeof padded, "%s%s", *text == '.' ? "0" : "", text);
  end = yyjson_read_number(padded, &value, 0, rst_json_memory(), NULL);
  if (!end || *end != '\0')
    return false;
  *number = yyjson_get_num(&value);
  return true;
}

/* In memory of its own: a value that is there must not get lost because memory ran out. */
bool rst_write_real(double number, char *text, size_t size) {
  char block[1024];
  yyjson_alc memory;
  yyjson_mut_val value = {0};
  const char *written;
  size_t length;

  yyjson_alc_pool_init(&memory, block, sizeof block);
  yyjson_mut_set_real(&value, number);
  written = yyjson_mut_val_write_opts(&value, 0, &memory, &length, NULL);
  if (!written || length >= size)
    return false;
  memcpy(text, written, length + 1);
  return true;
}
