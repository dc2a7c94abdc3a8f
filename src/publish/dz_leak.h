/* The leak scan: the last look at words before they leave.
 *
 * Names of protected persons are replaced by dz_mask.h; what that replaced counts as decided. This
 * looks through what is left, in the words of sources and in our own, for surnames of protected
 * persons that stand alone and for personal data (dz_personal.h). Each finding has an id that stays
 * the same as long as the same words stand in the same item, and somebody decides it: to be masked,
 * or to be kept for a reason. What is published with an undecided finding is stopped. */
#ifndef DZ_LEAK_H
#define DZ_LEAK_H

#include <stdbool.h>
#include <stddef.h>

#include "dz_buf.h"
#include "dz_mask.h"
#include "dz_rules.h"
#include "dz_vault.h"

#define DZ_LEAK_ID 21 /* "fnd-" and 16 digits, with the NUL */

enum dz_leak_state { DZ_LEAK_OPEN, DZ_LEAK_MASK, DZ_LEAK_KEEP };

struct dz_leak {
    char id[DZ_LEAK_ID];
    char item[DZ_ID_MAX]; /* the source or fact */
    char *field;          /* title, note, quote, text ...: where it was first met */
    const char *kind;     /* "surname", or an id of dz_personal.h; constant */
    size_t start;         /* in that field, code points */
    size_t end;
    enum dz_leak_state state;
    char *reason; /* of who decided; or NULL */
};

/* Names of persons of the vault, as the identities compartment gives them to whoever may read
 * them. */
struct dz_leak_names {
    const char *const *names;
    size_t n;
};

struct dz_leaks;
/** Begin a scan. names may be NULL; borrowed. mask_all: what nobody decided is masked. The caller
 *  frees. */
DZ_MUSTUSE enum dz_code
dz_leaks_new(struct dz_vault *v, const struct dz_leak_names *names, bool mask_all,
             struct dz_leaks **ret, struct dz_err *err);
void
dz_leaks_free(struct dz_leaks *l);
static inline void
dz_cleanup_leaks(struct dz_leaks **l)
{
    dz_leaks_free(*l);
}
#define DZ_AUTO_LEAKS DZ_CLEANUP(dz_cleanup_leaks)

/** Before texts are read for names: the recorded names join those that are masked. */
void
dz_leaks_teach(const struct dz_leaks *l, struct dz_masks *m);
/** After that: whose surnames are looked for. */
void
dz_leaks_learn(struct dz_leaks *l, const struct dz_masks *m);

/* Whose words they are. In the whole text of a published source telephones, e-mail addresses,
 * accounts and handles are those of newsrooms and offices; only what belongs to one person
 * counts. */
enum dz_leak_words { DZ_LEAK_FIELD, DZ_LEAK_SOURCE };

/** Look at one text (what masking left of it). Returns whether something in it has to be masked;
 *  out, which may be NULL, then gets the text with that replaced by "[withheld]", else the text as
 *  it is. */
bool
dz_leaks_look(struct dz_leaks *l, const char *item, const char *field, struct dz_view text,
              enum dz_leak_words words, struct dz_buf *out);

/** Those that nobody decided, and that mask_all does not mask. */
size_t
dz_leaks_open(const struct dz_leaks *l);
/** DZ_E_DENIED when there are such. */
DZ_MUSTUSE enum dz_code
dz_leaks_check(const struct dz_leaks *l, struct dz_err *err);
/** All findings, in the order in which they were met. */
const struct dz_leak *
dz_leaks_at(const struct dz_leaks *l, size_t ix);

/** Scan everything that could leave with --public, and write nothing. */
DZ_MUSTUSE enum dz_code
dz_leaks_scan(struct dz_vault *v, const struct dz_rules *rules, struct dz_leaks *l,
              const bool *cancel, struct dz_err *err);
/** Decide one: entry finding.decided. reason is required with DZ_LEAK_KEEP (up to 500 bytes);
 *  DZ_LEAK_OPEN takes a decision back. */
DZ_MUSTUSE enum dz_code
dz_leak_decide(struct dz_vault *v, const struct dz_leak *leak, enum dz_leak_state decision,
               const char *reason, struct dz_err *err);

/** What a kind is, in the language of the thread. */
const char *
dz_leak_words(const char *kind);

#endif
