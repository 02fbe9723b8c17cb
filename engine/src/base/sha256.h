/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * SHA-256 (FIPS 180-4), for the name of a model's exact file.
 */
#ifndef RST_SHA256_H
#define RST_SHA256_H

#include <stddef.h>

/* The sum of `size` bytes in hexadecimal, lower case. */
void rst_sha256(const void *bytes, size_t size, char sum[65]);

#endif
