/* Trying the codebook: pages of examples, and faults of the phrase patterns.
 *
 * A page has one example a line: "sphere means, sphere means | text"; "a/b" leaves a choice, and
 * "nothing" means that no act is to be found. Lines that begin with # are remarks. */
#ifndef DZ_EXAMPLES_H
#define DZ_EXAMPLES_H

#include "dz_rules.h"

struct dz_example {
    size_t line;         /* of the page, from 1 */
    struct dz_view want; /* as written */
    struct dz_view text;
    struct dz_view found; /* "sphere means, ..." as found; empty: nothing */
    bool ok;
};
typedef void (*dz_example_fn)(void *ctx, const struct dz_example *e);

/** Read every example of a page and compare. fn is told each. DZ_E_INPUT names a line that is no
 *  example or a code that the codebook does not have. */
DZ_MUSTUSE enum dz_code
dz_examples_run(const struct dz_rules *r, struct dz_view page, dz_example_fn fn, void *ctx,
                struct dz_err *err);

/* What is wrong with a concept of data/phrases, or with an entry of the codebook. */
struct dz_lint {
    const char *what; /* constant: "unknown-id", "never-matches", "shadowed", "label" */
    const char *id;   /* of the concept or entry */
    const char *text; /* the pattern, the id or the language that is meant */
};
typedef void (*dz_lint_fn)(void *ctx, const struct dz_lint *l);

/** Look for ids that the codebook does not have, patterns that can match nothing, words that
 *  another pattern of the same concept already covers, and labels that a language lacks. */
DZ_MUSTUSE enum dz_code
dz_codebook_lint(const struct dz_rules *r, dz_lint_fn fn, void *ctx, struct dz_err *err);

#endif
