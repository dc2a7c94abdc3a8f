/* Any text through the whole reading: every suggestion lies inside the text, on character borders,
 * in order, with the words it claims and with the fields of its kind. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "dz_suggest.h"
#include "dz_utf8.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool holds)
{
    if (!holds)
        abort();
}

static void
check(const struct dz_document *d, const struct dz_suggestion *s)
{
    static const char *const kinds[] = {"act",  "measure", "figure", "statement",
                                        "date", "place",   "person"};
    bool known = false;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        known = known || strcmp(s->kind, kinds[i]) == 0;
    must(known && s->rule && s->rule[0] && s->score >= 0 && s->score <= 100);
    must(s->start < s->end && json_is_object(s->fields));
    size_t start = dz_utf8_byte_of(d->text, s->start);
    must(s->quote.p == d->text.p + start);
    must(start + s->quote.n == dz_utf8_byte_of(d->text, s->end));
    if (strcmp(s->kind, "act") == 0)
        must(json_is_string(json_object_get(s->fields, "sphere")) &&
             json_is_string(json_object_get(s->fields, "means")));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct dz_rules *rules;
    if (!rules && dz_rules_load(&rules, NULL) != DZ_OK)
        abort();
    DZ_AUTO_BUF struct dz_buf text = {0};
    (void)dz_utf8_repair(&text, (struct dz_view){(const char *)data, size});
    struct dz_document d;
    struct dz_suggestions s = {0};
    must(dz_document_init(&d, dz_buf_view(&text), NULL) == DZ_OK);
    struct dz_doc_info info = {.published = size % 2 ? "2024-05-01" : NULL};
    must(dz_suggest_document(rules, &d, &info, &s, NULL) == DZ_OK);
    for (size_t i = 0; i < s.n; i++) {
        check(&d, &s.items[i]);
        must(i == 0 || s.items[i - 1].start <= s.items[i].start);
    }
    dz_suggestions_done(&s);
    dz_document_done(&d);
    return 0;
}
