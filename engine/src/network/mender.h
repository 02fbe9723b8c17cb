/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A network that fills holes of a picture: a chain of convolutions over it, whose last map says of
 * each sample of its cells how much brighter it is than what a coarser picture gives.
 */
#ifndef RST_MENDER_H
#define RST_MENDER_H

#include "network/chain.h"
#include "network/network.h"
#include "restorator.h"

/* What it sees of a sample: luma, −1…1, and whether it is in a hole, 0 or 1. */
enum { RST_MENDER_CHANNELS = 2 };

struct rst_mender {
  rst_network network;
  rst_chain chain;
};

#endif
