/* What stands in entries and facts as names and codes, in words of the language of messages. */
#ifndef DZ_FIELD_WORDS_H
#define DZ_FIELD_WORDS_H

#include <jansson.h>

#include "dz_cmd.h"

/** Name of a field of a fact or entry; the name itself when it has no words. Borrowed. */
const char *
dz_field_label(const char *name);
/** The value of a field of a fact in words, appended; codes of lists get their labels. */
void
dz_field_value(struct dz_ctx *c, const char *kind, const char *name, const json_t *value,
               struct dz_buf *out);
/** What became of the text of a source ("text", "empty", ...); NULL: not read yet. Borrowed. */
const char *
dz_text_status_words(const char *status);
/** What a version did: "recorded", "revised", "withdrawn". Borrowed. */
const char *
dz_action_words(const char *action);
/** A detail of an entry of the journal: codes in words, all else as it is. Borrowed. */
const char *
dz_entry_detail(struct dz_ctx *c, const char *name, const char *value);

#endif
