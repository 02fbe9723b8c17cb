/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What libFuzzer calls, and replay.c without it.
 */
#ifndef RST_FUZZ_H
#define RST_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
