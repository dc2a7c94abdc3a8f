/* What the files of the text family share: the stream of decoded text, and lines of it. */
#ifndef TEXT_IMPL_H
#define TEXT_IMPL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dz_buf.h"
#include "dz_decode_stream.h"
#include "dz_err.h"
#include "dz_worker.h"

#define TEXT_BYTES_MAX ((uint64_t)64 << 20) /* of one text: no version of a text is longer */
#define TEXT_LINE_MAX ((size_t)4096)        /* of a line that is looked at whole (bytes) */
#define TEXT_LOCATORS_MAX 900000u           /* with its text each is two frames of two million */

/* The document as UTF-8, piece by piece. A first piece of DZ_DECODE_SAMPLE bytes or more is there
 * from the start, so that the kind of text can be judged by it. */
struct text_source {
    struct dz_work *w;
    struct dz_decoder *decoder;
    struct dz_buf head; /* decoded beginning, handed out first */
    struct dz_buf piece;
    uint64_t given; /* bytes of UTF-8 */
    bool head_given;
    bool at_end;
    bool any_word; /* something else than white space came */
    struct dz_decoded decoded;
};
/** DZ_E_INPUT: binary. Ended by text_source_done in any case. */
DZ_MUSTUSE enum dz_code
text_source_open(struct text_source *s, struct dz_work *w, struct dz_err *err);
void
text_source_done(struct text_source *s);
/** Next text, borrowed until the next call; ret->n 0 at the end. DZ_E_LIMIT: longer than any text
 * may be. */
DZ_MUSTUSE enum dz_code
text_source_next(struct text_source *s, struct dz_view *ret, struct dz_err *err);
/** Say encoding and repairs, and end the work: by code, or "text", or that there was no text. */
void
text_source_finish(struct text_source *s, enum dz_code code);

/* One line, or a part of one that is longer than TEXT_LINE_MAX: begins says whether it is its
 * beginning. The newline is part of it. */
typedef enum dz_code
text_line_fn(void *ctx, struct dz_view line, bool begins, struct dz_err *err);
DZ_MUSTUSE enum dz_code
text_lines(struct text_source *s, text_line_fn *line, void *ctx, struct dz_err *err);

/** Take the next line, with its newline, off the front of a text. False at the end. */
bool
text_take_line(struct dz_view *text, struct dz_view *ret);

/* A time in a recording. */
struct text_stamp {
    uint64_t ms;
    bool has_ms;
    bool has_hours;
};
/** Read "HH:MM:SS", "MM:SS", with ".mmm" or ",mmm" or without, off the front of v. */
bool
text_take_stamp(struct dz_view *v, struct text_stamp *ret);
void
text_say_time(struct dz_work *w, struct text_stamp t);

/** Whether lines of the beginning of a text begin with times that go on. */
bool
text_is_transcript(struct dz_view head);
DZ_MUSTUSE enum dz_code
text_read_transcript(struct text_source *s, struct dz_err *err);
DZ_MUSTUSE enum dz_code
text_read_subtitles(struct text_source *s, struct dz_err *err);
/** separator 0: find it out. */
DZ_MUSTUSE enum dz_code
text_read_csv(struct text_source *s, char separator, struct dz_err *err);

#endif
