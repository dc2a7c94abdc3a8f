/* What the facts layer does with journal entries: hand dz_facts_registry to dz_vault_open. */
#ifndef DZ_REGISTRY_H
#define DZ_REGISTRY_H

#include "dz_vault.h"

/** source.added source.described access.changed text.derived passage.confirmed fact.recorded
 * fact.revised fact.withdrawn suggestion.rejected item.purged settings.changed export.made;
 * docs/format/entries.md has their fields. */
extern const struct dz_registry dz_facts_registry;

#endif
