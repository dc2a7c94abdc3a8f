/* What the views print alike: counts, evidence, limits. */
#ifndef DZ_VIEW_H
#define DZ_VIEW_H

#include <jansson.h>

#include "dz_cmd.h"
#include "dz_matrix.h"
#include "dz_origin.h"

/** Append a part of a line, parted from what is there by a dot; nothing for NULL and "". */
void
dz_view_part(struct dz_buf *out, const char *text);
json_t *
dz_counts_json(const struct dz_counts *counts);
/** Facts with their passages, so that every number leads to its quotes. */
json_t *
dz_evidence_json(const struct dz_evidence *facts, size_t n, bool for_publication);
/* In tables, before facts that were accepted in bulk; dz_bulk_legend says below what it means. */
#define DZ_BULK_SIGN "◇\xC2\xA0"
/** The line of the legend; nothing when n such facts are none. */
void
dz_bulk_legend(struct dz_out *o, size_t n);
/** "2 sources, at most 1 origin" and the ids of the first facts, appended as parts. */
void
dz_evidence_words(const struct dz_evidence *facts, size_t n, const struct dz_counts *counts,
                  struct dz_buf *out);
/** Digits of a decimal in groups of three, appended. */
void
dz_number_words(const char *decimal, struct dz_buf *out);
/** A value with qualifier, range and unit, digits in groups of three. */
void
dz_value_words(struct dz_ctx *c, const char *qualifier, const char *value, const char *value_max,
               const char *unit, const char *what, struct dz_buf *out);
/** The line of counts under a view, and the words about what it does not mean. */
void
dz_counts_print(struct dz_out *o, const struct dz_counts *counts);
void
dz_limits_print(struct dz_ctx *c);

/** Names of --level and --step. DZ_E_USAGE. */
DZ_MUSTUSE enum dz_code
dz_matrix_choices(const char *level, const char *step, enum dz_matrix_level *ret_level,
                  enum dz_matrix_step *ret_step, enum dz_matrix_step usual, struct dz_err *err);

#endif
