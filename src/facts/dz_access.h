/* Access as compartments (docs/format/vault.md section 4): which compartment an item or an entry
 * belongs in. */
#ifndef DZ_ACCESS_H
#define DZ_ACCESS_H

#include "dz_vault.h"

/** The compartment of an access level; NULL is open, an unknown one the strictest. */
enum dz_compartment
dz_access_in(const char *access);
/** Where a source or fact lies; open where it is not here. */
DZ_MUSTUSE enum dz_code
dz_item_in(struct dz_vault *v, const char *id, enum dz_compartment *ret, struct dz_err *err);
/** The strictest compartment of which a source is in the acting member's view. */
DZ_MUSTUSE enum dz_code
dz_strictest_in_view(struct dz_vault *v, enum dz_compartment *ret, struct dz_err *err);
/** Where an entry belongs: the strictest compartment of the items that its fields name, as far as
 *  they are committed. */
DZ_MUSTUSE enum dz_code
dz_entry_in(struct dz_vault *v, const json_t *fields, enum dz_compartment *ret, struct dz_err *err);
/** dz_batch_entry where it belongs. */
DZ_MUSTUSE enum dz_code
dz_put_entry(struct dz_batch *b, const char *kind, const json_t *fields,
             const char *const *objects, struct dz_err *err);

#endif
