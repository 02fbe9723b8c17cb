/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "network/network.h"

#include <stdlib.h>
#include <string.h>

#include <yyjson.h>

#include "base/file.h"
#include "base/sha256.h"
#include "base/status.h"
#include "network/description.h"
#include "network/safetensors.h"

/* What a card says is the hosts' to read; that it can be read is checked here. */
static rst_status check_card(const char *card, rst_error *error) {
  yyjson_doc *json;
  rst_status status = rst_parse_json(card, "card", &json, error);

  if (status == RST_OK && !yyjson_is_obj(yyjson_doc_get_root(json)))
    status = rst_fail(error, RST_BAD_DESCRIPTION, "card", NULL, "an object",
                      "the model's card is not an object");
  yyjson_doc_free(json);
  return status;
}

static rst_status parse_table(const rst_network_kind *kind, rst_safetensors *table,
                              rst_network *network, rst_error *error) {
  const char *description = rst_safetensors_metadata(table, "restorator");
  const char *card = rst_safetensors_metadata(table, "card"), *name;
  yyjson_doc *json;
  rst_status status;

  if (!description)
    return rst_fail(error, RST_BAD_DESCRIPTION, "restorator", "missing", NULL,
                    "the file holds no description of a model (metadata key \"restorator\")");
  network->description = strdup(description);
  network->card = strdup(card ? card : "{}");
  if (!network->description || !network->card)
    return rst_fail_memory(error);
  status = check_card(network->card, error);
  if (status == RST_OK)
    status = rst_parse_json(network->description, "restorator", &json, error);
  if (status != RST_OK)
    return status;
  status = kind->describe(yyjson_doc_get_root(json), network, &name, error);
  if (status == RST_OK) {
    network->name = strdup(name ? name : "");
    if (!network->name)
      status = rst_fail_memory(error);
  }
  yyjson_doc_free(json);
  if (status == RST_OK)
    status =
      rst_load_all(table, kind->load, network, &network->memory, &network->parameters, error);
  return status == RST_OK && kind->check ? kind->check(network, error) : status;
}

rst_status rst_network_parse(const rst_network_kind *kind, const void *bytes, size_t size,
                             rst_network **network, rst_error *error) {
  rst_safetensors table;
  rst_network *made;
  rst_status status = rst_safetensors_parse(bytes, size, &table, error);

  if (status != RST_OK)
    return status;
  made = calloc(1, kind->size);
  if (!made) {
    rst_safetensors_clear(&table);
    return rst_fail_memory(error);
  }
  atomic_init(&made->references, 1);
  rst_sha256(bytes, size, made->sha256);
  status = parse_table(kind, &table, made, error);
  rst_safetensors_clear(&table);
  if (status == RST_OK)
    *network = made;
  else
    rst_network_unref(made);
  return status;
}

rst_status rst_network_read(const rst_network_kind *kind, const char *path, rst_network **network,
                            rst_error *error) {
  rst_network *made;
  void *bytes;
  size_t size;
  rst_status status = rst_read_file(path, kind->file_max, &bytes, &size, error);

  if (status != RST_OK)
    return status;
  status = rst_network_parse(kind, bytes, size, &made, error);
  free(bytes);
  if (status != RST_OK)
    return status;
  made->path = strdup(path);
  if (!made->path) {
    rst_network_unref(made);
    return rst_fail_memory(error);
  }
  *network = made;
  return RST_OK;
}

void rst_network_ref(rst_network *network) {
  atomic_fetch_add_explicit(&network->references, 1, memory_order_relaxed);
}

void rst_network_unref(rst_network *network) {
  if (!network || atomic_fetch_sub_explicit(&network->references, 1, memory_order_acq_rel) != 1)
    return;
  free(network->name);
  free(network->description);
  free(network->card);
  free(network->path);
  free(network->memory);
  free(network);
}
