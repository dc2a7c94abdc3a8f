/* What the files of the extract layer share. */
#ifndef DZ_EXTRACT_PRIV_H
#define DZ_EXTRACT_PRIV_H

#include "dz_extract.h"

#define DZ_EXTRACT_META_MAX (256u << 10) /* bytes of all metadata of a document or a part */

/** What one worker has said so far, and what is still believed of it. */
struct dz_hearing {
    struct dz_extracted *x;
    const struct dz_part_sink *sink;
    uint64_t chars; /* of the text */
    size_t meta_bytes;
    bool greeted;
    bool done;
    bool in_part;
    bool part_open; /* the sink was told of it */
    bool sink_is_full;
    char *part_name;
    char *part_type;
    json_t *part_meta;
    size_t part_meta_bytes;
    uint64_t part_bytes;     /* of all parts */
    uint64_t part_bytes_max; /* beyond it is a bomb */
};
/** For dz_box_job: checks one frame and takes it in. DZ_E_CORRUPT: no honest worker says that;
 * errors of the sink; DZ_E_LIMIT: the text or the parts are too large (x->why says so). */
DZ_MUSTUSE enum dz_code
dz_hearing_frame(void *reading, enum dz_wire_type type, struct dz_view payload,
                 struct dz_err *err);
/** Close a part that was left open, give back what is held. */
void
dz_hearing_done(struct dz_hearing *r);

/** The status by its name and the constant of a reason; false when it is unknown. */
bool
dz_extract_status_of(struct dz_view name, enum dz_extract_status *ret);
/** NULL for an empty or unknown code. */
const char *
dz_extract_why(struct dz_view code);

/** A date or time as files state it (EDTF, ISO 8601, RFC 5322) as EDTF; NULL when there is none.
 * The day is the one that is written, whatever its zone. */
char *
dz_published_edtf(struct dz_view value);

#endif
