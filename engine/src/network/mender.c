/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "network/mender.h"

#include <stdio.h>

#include <yyjson.h>

#include "base/status.h"
#include "network/description.h"

/* `name` points into the JSON. */
static rst_status describe(yyjson_val *root, rst_network *network, const char **name,
                           rst_error *error) {
  rst_mender *mender = (rst_mender *)network;
  static const char *const keys[] = {"format", "name", "parameters", "mender", NULL};
  static const char *const mender_keys[] = {"layers", NULL};
  rst_description r = {error, RST_OK};
  yyjson_val *object;
  char wanted[32];

  root = rst_get_object(&r, root, "the whole", keys);
  object = rst_get_object(&r, yyjson_obj_get(root, "mender"), "mender", mender_keys);
  if (r.status != RST_OK)
    return r.status;
  rst_get_int(&r, root, "format", 1, 1);
  *name = rst_get_text(&r, root, "name");
  rst_chain_describe(&r, yyjson_obj_get(object, "layers"), RST_MENDER_CHANNELS, &mender->chain);
  if (r.status == RST_OK &&
      rst_chain_out(&mender->chain) != mender->chain.cell * mender->chain.cell) {
    snprintf(wanted, sizeof wanted, "%d there", mender->chain.cell * mender->chain.cell);
    rst_fail_key(&r, "channels", "not one for each sample of a cell in the last layer", wanted);
  }
  return r.status;
}

static void load_layers(rst_loader *l, void *network) {
  rst_mender *mender = network;

  rst_chain_load(l, &mender->chain, "mender");
}

static const rst_network_kind menders = {
  sizeof(rst_mender), (size_t)16 << 20, describe, load_layers, NULL,
};

rst_status rst_mender_parse(const void *bytes, size_t size, rst_mender **mender, rst_error *error) {
  rst_network *made;
  rst_status status;

  if (!bytes || !mender)
    return rst_fail_call(error, "rst_mender_parse");
  status = rst_network_parse(&menders, bytes, size, &made, error);
  if (status == RST_OK)
    *mender = (rst_mender *)made;
  return status;
}

rst_status rst_mender_read(const char *path, rst_mender **mender, rst_error *error) {
  rst_network *made;
  rst_status status;

  if (!path || !mender)
    return rst_fail_call(error, "rst_mender_read");
  status = rst_network_read(&menders, path, &made, error);
  if (status == RST_OK)
    *mender = (rst_mender *)made;
  return status;
}

rst_mender *rst_mender_ref(rst_mender *mender) {
  rst_network_ref(&mender->network);
  return mender;
}

void rst_mender_unref(rst_mender *mender) {
  rst_network_unref((rst_network *)mender);
}
