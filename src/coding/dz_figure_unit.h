/* What a number counts, and as of when. Private to coding/. */
#ifndef DZ_FIGURE_UNIT_H
#define DZ_FIGURE_UNIT_H

#include "dz_speakers.h"

struct dz_figure_unit {
    const char *unit;  /* passports people applications ... ; NULL: nothing of the campaign */
    struct dz_span at; /* words of the number and of the thing counted */
    bool carried;      /* the thing counted comes from the figure before */
    bool part;         /* "of them": a part of the figure before */
    bool unlisted;     /* a noun that no list of units knows */
};

/** Of quantity m in sentence s; last_unit is that of the figure in front in its paragraph, or
 *  NULL. */
struct dz_figure_unit
dz_figure_unit_of(const struct dz_compose *c, size_t s, const struct dz_mention *m,
                  const char *last_unit);

/** Who asserts the figure at these words; *ret_carried: was heard before in the paragraph, or the
 *  text itself. */
struct dz_voice
dz_figure_voice(const struct dz_voices *v, size_t s, struct dz_span at, const char *unit,
                bool *ret_carried);

/** EDTF of the date that belongs to number k of the n of sentence s; nothing when there is none. */
void
dz_figure_as_of(const struct dz_compose *c, size_t s, const struct dz_mention *const *numbers,
                size_t n, size_t k, struct dz_buf *out);

#endif
