/* data/facts.jsonld against the proofs and the texts: docs/format/package.md section 5 number 6. */
#include <string.h>

#include "dz_codec.h"
#include "dz_mem.h"
#include "dz_os.h"
#include "dz_tr.h"
#include "package_read_impl.h"

#define FACTS "data/facts.jsonld"
#define URN "urn:dokaz:"

/* The id behind "urn:dokaz:", or NULL. */
static const char *
id_of(const char *urn)
{
    size_t n = strlen(URN);
    return urn != NULL && strncmp(urn, URN, n) == 0 && urn[n] != '\0' ? urn + n : NULL;
}

static void
quote_finding(struct package *p, const char *item, const char *path, enum package_quote verdict)
{
    switch (verdict) {
    case PACKAGE_QUOTE_SAME:
        return;
    case PACKAGE_QUOTE_OTHER:
        dz_package_sayf(p, DZ_CHECK_FINDING, "quote", item,
                        N_("the words quoted from %s do not stand there"), path);
        return;
    case PACKAGE_QUOTE_SHORT:
        dz_package_sayf(p, DZ_CHECK_FINDING, "quote", item,
                        N_("the quote from %s lies behind the end of that text"), path);
        return;
    case PACKAGE_QUOTE_BEFORE:
        dz_package_sayf(p, DZ_CHECK_FINDING, "quote", item,
                        N_("other words stand in %s before the quote"), path);
        return;
    case PACKAGE_QUOTE_AFTER:
        dz_package_sayf(p, DZ_CHECK_FINDING, "quote", item,
                        N_("other words stand in %s behind the quote"), path);
        return;
    }
}

static enum dz_code
check_quote(struct package *p, const char *item, const char *path, const struct package_quote_at *q,
            struct dz_err *err)
{
    DZ_AUTO_FD int fd = -1;
    enum package_quote verdict = PACKAGE_QUOTE_OTHER;
    DZ_TRY(dz_os_open_inside(p->dir, path, &fd, err));
    DZ_TRY(dz_package_quote(fd, q, &verdict, err));
    quote_finding(p, item, path, verdict);
    if (verdict == PACKAGE_QUOTE_SAME)
        p->result.n_quotes++;
    return DZ_OK;
}

static const json_t *
selector_of(const json_t *target, const char *type)
{
    size_t i;
    const json_t *one;
    json_array_foreach(json_object_get(target, "selector"), i, one)
    {
        const char *is = dz_json_str(one, "type");
        if (is != NULL && strcmp(is, type) == 0)
            return one;
    }
    return NULL;
}

static bool
same_text(const json_t *a, const json_t *b, const char *key)
{
    /* Nothing stands before the first word of a text: absent and empty are the same. */
    const char *x = dz_json_str(a, key);
    const char *y = dz_json_str(b, key);
    return strcmp(x != NULL ? x : "", y != NULL ? y : "") == 0;
}

static bool
same_place(const json_t *passage, const json_t *position)
{
    return json_equal(json_object_get(passage, "start"), json_object_get(position, "start")) &&
           json_equal(json_object_get(passage, "end"), json_object_get(position, "end"));
}

/* A target says what its passage says, unless the words are masked. */
static bool
target_is_passage(const json_t *target, const json_t *passage)
{
    const char *source = id_of(dz_json_str(target, "source"));
    const char *of = dz_json_str(passage, "source");
    const json_t *quote = selector_of(target, "TextQuoteSelector");
    if (source == NULL || of == NULL || strcmp(source, of) != 0 ||
        !same_place(passage, selector_of(target, "TextPositionSelector")))
        return false;
    if (quote == NULL)
        return dz_json_str(target, "dokaz:masked") != NULL;
    return same_text(quote, passage, "exact") && same_text(quote, passage, "prefix") &&
           same_text(quote, passage, "suffix");
}

/* The text that a target names is one of the package, of this source, and the version that the
 * passage was taken from. */
static bool
text_fits(struct package *p, const char *item, const char *source, const char *path,
          const json_t *passage)
{
    struct dz_hash32 sha256;
    const char *hex = passage != NULL ? dz_json_str(passage, "text") : NULL;
    if (source == NULL || !dz_package_set_has(&p->texts, source, path)) {
        dz_package_sayf(p, DZ_CHECK_FINDING, "quote-text", item,
                        N_("a quote is said to stand in %s, which is no proven text of its source"),
                        path);
        return false;
    }
    if (passage == NULL)
        return true;
    if (hex != NULL && dz_hex_decode(dz_view_of(hex), sha256.b, sizeof sha256.b) &&
        dz_bag_compare(p->bag, path, &sha256) == DZ_BAG_SAME)
        return true;
    dz_package_sayf(p, DZ_CHECK_FINDING, "quote-text", item,
                    N_("a quote was taken from another version of the text than %s"), path);
    return false;
}

/* One target; passage is that of the record, or NULL where passages are withheld. */
static enum dz_code
check_target(struct package *p, const char *item, const json_t *target, const json_t *passage,
             struct dz_err *err)
{
    const char *path = dz_json_str(target, "dokaz:text");
    const json_t *quote = selector_of(target, "TextQuoteSelector");
    const json_t *position = selector_of(target, "TextPositionSelector");
    const char *exact = quote != NULL ? dz_json_str(quote, "exact") : NULL;
    if (passage != NULL && !target_is_passage(target, passage)) {
        dz_package_say(p, DZ_CHECK_FINDING, "quote-record", item,
                       _("a quote in facts.jsonld is not the one that the entry has"));
        return DZ_OK;
    }
    if (exact == NULL)
        return DZ_OK; /* masked: the words are not shown */
    if (path == NULL) {
        if (passage == NULL)
            dz_package_say(p, DZ_CHECK_NOTICE, "quote-unproven", item,
                           _("a quote is not proven: its text is not in the package, and the "
                             "entry's passages are withheld"));
        return DZ_OK;
    }
    if (!text_fits(p, item, id_of(dz_json_str(target, "source")), path, passage))
        return DZ_OK;
    struct package_quote_at q = {.start = dz_json_int(position, "start", -1),
                                 .end = dz_json_int(position, "end", -1),
                                 .exact = exact,
                                 .prefix = dz_json_str(quote, "prefix"),
                                 .suffix = dz_json_str(quote, "suffix")};
    return check_quote(p, item, path, &q, err);
}

static enum dz_code
check_targets(struct package *p, const char *item, const json_t *node, const struct dz_proof *proof,
              struct dz_err *err)
{
    const json_t *targets = json_object_get(node, "target");
    const json_t *passages = dz_proof_shown(proof, "passages");
    size_t i;
    const json_t *target;
    if (!json_is_array(targets) ||
        (passages != NULL && json_array_size(passages) != json_array_size(targets))) {
        dz_package_say(p, DZ_CHECK_FINDING, "quote-record", item,
                       _("its quotes in facts.jsonld are not as many as those of the entry"));
        return DZ_OK;
    }
    if (passages == NULL && !dz_proof_withholds(proof, "passages") && json_array_size(targets) > 0)
        dz_package_say(p, DZ_CHECK_FINDING, "quote-record", item,
                       _("facts.jsonld quotes something, and the entry has no passages"));
    json_array_foreach(targets, i, target)
    {
        DZ_TRY(check_target(p, item, target, json_array_get(passages, i), err));
    }
    return DZ_OK;
}

static enum dz_code
check_record(struct package *p, const char *item, const json_t *node, const struct dz_proof *proof,
             struct dz_err *err)
{
    DZ_AUTO_JSON json_t *shown = dz_package_shown(proof);
    if (!json_equal(json_object_get(node, "dokaz:record"), shown)) {
        dz_package_say(p, DZ_CHECK_FINDING, "fact-record", item,
                       _("facts.jsonld says something else than the entry"));
        return DZ_OK;
    }
    p->result.n_facts++;
    return check_targets(p, item, node, proof, err);
}

static enum dz_code
take_fact(struct package *p, const json_t *node, struct dz_err *err)
{
    const char *item = id_of(dz_json_str(node, "id"));
    const char *path = dz_json_str(node, "dokaz:proof");
    bool is_new = false;
    if (item == NULL || path == NULL || !dz_package_set_has(&p->facts, item, path)) {
        dz_package_say(p, DZ_CHECK_FINDING, "fact-node", item != NULL ? item : FACTS,
                       _("facts.jsonld has a fact that the index does not name so"));
        return DZ_OK;
    }
    DZ_TRY(dz_package_set_put(&p->nodes, item, path, &is_new, err));
    if (!is_new) {
        dz_package_say(p, DZ_CHECK_FINDING, "fact-node", item,
                       _("this fact stands in facts.jsonld twice"));
        return DZ_OK;
    }
    DZ_AUTO_PROOF struct dz_proof proof = {.index = 0};
    bool good = false;
    DZ_TRY(dz_package_proof(p, path, item, &proof, &good, err));
    return good ? check_record(p, item, node, &proof, err) : DZ_OK;
}

/* A source: its hash is what the entry has that preserved it. */
static void
take_source(struct package *p, const json_t *node)
{
    const char *item = id_of(dz_json_str(node, "id"));
    const char *sha256 = dz_json_str(node, "sha256");
    if (item == NULL || sha256 == NULL || !dz_package_set_has(&p->originals, item, sha256))
        dz_package_say(
            p, DZ_CHECK_FINDING, "source-node", item != NULL ? item : FACTS,
            _("no entry that holds has the SHA-256 that facts.jsonld gives this source"));
}

static enum dz_code
take_node(void *ctx, const char *key, const json_t *value, bool in_list, struct dz_err *err)
{
    struct package *p = ctx;
    const char *type = dz_json_str(value, "type");
    if (strcmp(key, "@graph") != 0)
        return DZ_OK;
    if (!in_list || type == NULL) {
        dz_package_say(p, DZ_CHECK_FINDING, "facts", FACTS, _("a node in it has no type"));
        return DZ_OK;
    }
    if (strcmp(type, "Annotation") == 0 || json_object_get(value, "dokaz:record") != NULL)
        return take_fact(p, value, err);
    if (strcmp(type, "dokaz:Source") == 0)
        take_source(p, value);
    return DZ_OK;
}

enum dz_code
dz_package_facts(struct package *p, struct dz_err *err)
{
    DZ_AUTO_FD int fd = -1;
    struct dz_err own = {0};
    if (!dz_package_path(p, FACTS, "data/", DZ_PACKAGE_INDEX))
        return DZ_OK;
    DZ_TRY(dz_os_open_inside(p->dir, FACTS, &fd, err));
    enum dz_code code = dz_package_json(fd, PACKAGE_JSON_ANY, take_node, p, &own);
    if (code == DZ_OK)
        return DZ_OK;
    if (code == DZ_E_INPUT || code == DZ_E_LIMIT) {
        dz_package_say(p, DZ_CHECK_FINDING, "facts", FACTS, own.msg);
        return DZ_OK;
    }
    if (err != NULL)
        *err = own;
    return code;
}
