/* Redacted copies: what is taken out of a source before it is published, and what binds the copy to
 * the sealed original.
 *
 * A copy is made anew (dz_rebuild.h), never by covering the original. What is taken out: names of
 * private persons where the reading finds them (dz_mask.h), and what a person names. The copy comes
 * with a commitment to the original and itself under 32 random bytes that stay in the vault: who is
 * shown them and the original can check it, and nobody can try names against it without them. */
#ifndef DZ_REDACT_H
#define DZ_REDACT_H

#include <jansson.h>
#include <stdint.h>

#include "dz_buf.h"
#include "dz_err.h"
#include "dz_rules.h"
#include "dz_source.h"
#include "dz_vault.h"

#define DZ_REDACT_SPANS_MAX 10000
#define DZ_REDACT_SALT 32

/* What a person names: a stretch of the text, or a box on a page. */
struct dz_redact_spans {
    struct dz_redact_span {
        bool is_box;
        size_t start; /* code points */
        size_t end;
        int page; /* from 1 */
        int box[4]; /* x y width height: pixels of a picture, points of a page */
    } * v;
    size_t n;
    size_t cap;
};
/** Lines "span START END", "box PAGE X Y WIDTH HEIGHT", empty ones, and remarks after #. DZ_E_INPUT
 *  names the line. */
DZ_MUSTUSE enum dz_code
dz_redact_spans_parse(struct dz_view text, struct dz_redact_spans *ret, struct dz_err *err);
void
dz_redact_spans_done(struct dz_redact_spans *s);
#define DZ_AUTO_REDACT_SPANS DZ_CLEANUP(dz_redact_spans_done)

struct dz_redaction {
    struct dz_buf text; /* without what is taken out, with a line before each page */
    struct dz_buf mask; /* for dz_extract_rebuild_masked */
    size_t n_names;     /* stretches that the reading found */
    size_t n_spans;     /* that a person named */
    size_t n_boxes;
    size_t n_lost; /* stretches of which it is not known where they stand on a page */
};
/** Decide what is taken out of the current text of a source. DZ_E_INPUT: a span lies outside of the
 *  text, or nothing would be taken out. */
DZ_MUSTUSE enum dz_code
dz_redaction_plan(struct dz_vault *v, const struct dz_rules *rules, const struct dz_source_row *row,
                  const struct dz_redact_spans *spans, struct dz_redaction *ret,
                  struct dz_err *err);
void
dz_redaction_done(struct dz_redaction *r);
#define DZ_AUTO_REDACTION DZ_CLEANUP(dz_redaction_done)

/** HMAC-SHA-256 under the salt of "dokaz/v1/redaction", a zero byte, and the SHA-256 of original and
 *  copy (both as 32 bytes). docs/format/entries.md, redaction.made. */
void
dz_redaction_commit(const uint8_t salt[DZ_REDACT_SALT], const uint8_t original[32],
                    const uint8_t copy[32], uint8_t ret[32]);

#endif
