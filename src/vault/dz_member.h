/* Members of a vault: who they are, what they may read, and what they may do.
 *
 * Reading is held by keys: a member's grant holds the keys of the compartments of their level.
 * All other rights are held by dokaz: an entry is refused where it is made, and `verify` tells of
 * entries that were made without the right (docs/format/vault.md section 2, SECURITY.md). */
#ifndef DZ_MEMBER_H
#define DZ_MEMBER_H

#include <stdbool.h>

#include "dz_secret.h"
#include "dz_vault.h"

enum dz_right {
    DZ_RIGHT_CODE = 1 << 0,       /* add and describe sources, record facts */
    DZ_RIGHT_REVIEW = 1 << 1,     /* decide on suggestions, passages, origins; correct facts */
    DZ_RIGHT_EXPORT = 1 << 2,     /* take something out */
    DZ_RIGHT_IDENTITIES = 1 << 3, /* open who a protected person is */
    DZ_RIGHT_ADMINISTER = 1 << 4, /* members, settings, destroying */
};
#define DZ_RIGHTS 5
#define DZ_RIGHTS_ALL ((1u << DZ_RIGHTS) - 1)
#define DZ_MEMBER_NAME_MAX 80 /* bytes */

/** The word of one right, constant. */
const char *
dz_right_word(enum dz_right r);
/** Rights in words between commas, "none" or "all"; *ret_bad (may be NULL) is the word that is
 *  none of them. */
bool
dz_rights_parse(const char *text, unsigned *ret, struct dz_view *ret_bad);
/** Which of these rights an entry needs, any one of them; 0: none. */
unsigned
dz_rights_of_entry(const char *kind, const json_t *fields);

struct dz_member_view {
    const char *id;
    const char *name; /* the id where none was given */
    unsigned rights;
    enum dz_compartment level; /* of reading */
    const char *since;
    const char *removed; /* when; NULL: is a member */
};
typedef enum dz_code
dz_member_fn(void *ctx, const struct dz_member_view *m, struct dz_err *err);
/** Everybody who is or was a member, in the order of their coming. */
DZ_MUSTUSE enum dz_code
dz_vault_each_member(struct dz_vault *v, dz_member_fn *fn, void *ctx, struct dz_err *err);
/** Of the acting member. */
unsigned
dz_vault_rights(const struct dz_vault *v);
enum dz_compartment
dz_vault_level(const struct dz_vault *v);
/** Name of a member for people, appended; the id where there is no name. */
void
dz_vault_member_name(struct dz_vault *v, const char *id, struct dz_buf *out);
/** DZ_E_DENIED, with who can grant it, unless the acting member has one of these rights. */
DZ_MUSTUSE enum dz_code
dz_vault_need_right(struct dz_vault *v, unsigned any_of, struct dz_err *err);

struct dz_member_new {
    const char *name;
    unsigned rights;
    enum dz_compartment level;
    const struct dz_secret *passphrase; /* theirs */
    enum dz_strength strength;
};
/** Make a member. Only what the acting member holds can be granted. DZ_E_EXISTS: the name is
 *  taken; DZ_E_DENIED; DZ_E_INPUT: no name. */
DZ_MUSTUSE enum dz_code
dz_member_add(struct dz_vault *v, const struct dz_member_new *m, char ret_id[17],
              struct dz_err *err);

struct dz_member_change {
    unsigned grant;
    unsigned revoke;
    bool set_level;
    enum dz_compartment level;
};
/** Change rights and level of a member (name or id). What is taken away of reading gets new keys:
 *  their grant opens nothing that comes after. DZ_E_NOTFOUND; DZ_E_DENIED: it is not the acting
 *  member's to give, or the last administrator, holder of identities or reader of a level would
 *  lose it. *ret_rekeyed (may be NULL): new keys were made. */
DZ_MUSTUSE enum dz_code
dz_member_alter(struct dz_vault *v, const char *who, const struct dz_member_change *change,
                bool *ret_rekeyed, struct dz_err *err);
/** Remove a member: new keys for all that they could read. */
DZ_MUSTUSE enum dz_code
dz_member_remove(struct dz_vault *v, const char *who, struct dz_err *err);

#endif
