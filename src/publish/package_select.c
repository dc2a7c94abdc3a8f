/* Which sources and facts go into a package. The rules are those of docs/format/package.md. */
#include <string.h>

#include "dz_json.h"
#include "dz_mem.h"
#include "dz_tr.h"
#include "package_impl.h"

const char *const dz_package_reasons[DZ_LEFT_REASONS] = {"access", "basis", "unstated", "names",
                                                          "file",   "inside"};

static enum pack_verdict
judge(const struct dz_source_row *row)
{
    if (row->access == NULL || strcmp(row->access, "open") != 0)
        return PACK_NOT_OPEN;
    /* A testimony or a private document leaves with a consent record only, and there is none
     * yet. */
    if (dz_basis_is_personal(row->basis))
        return PACK_NOT_BASIS;
    return dz_basis_is_public(row->basis) ? PACK_MAY : PACK_NOT_STATED;
}

static struct pack_source *
at(const struct pack *p, const json_t *index, const char *id)
{
    const json_t *ix = id != NULL ? json_object_get(index, id) : NULL;
    return ix != NULL ? &p->sources[json_integer_value(ix)] : NULL;
}

struct pack_source *
dz_pack_source(const struct pack *p, const char *id)
{
    return at(p, p->source_ix, id);
}

struct pack_fact *
dz_pack_fact(const struct pack *p, const char *id)
{
    const json_t *ix = id != NULL ? json_object_get(p->fact_ix, id) : NULL;
    return ix != NULL ? &p->facts[json_integer_value(ix)] : NULL;
}

void
dz_pack_text_path(const char *source, const char *sha256, struct dz_buf *out)
{
    dz_buf_addf(out, "data/texts/%s.%.12s.txt", source, sha256);
}

static bool
is_listed(const char *const *ids, size_t n, const char *id)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(ids[i], id) == 0)
            return true;
    return false;
}

static char *
copy(const char *s)
{
    return s != NULL ? dz_strdup(s) : NULL;
}

/* ---- sources ---- */

static json_t *
source_node(const struct dz_source_row *row)
{
    json_t *node = json_object();
    DZ_AUTO_FREE char *urn = dz_asprintf("urn:dokaz:%s", row->id);
    dz_json_set_str(node, "id", urn);
    dz_json_set_str(node, "type", "dokaz:Source");
    dz_json_set_str(node, "title", row->title);
    dz_json_set_str(node, "publisher", row->publisher);
    dz_json_set_str(node, "author", row->author_is_claim ? NULL : row->author);
    dz_json_set_str(node, "published", row->published);
    dz_json_set_str(node, "address", row->address);
    dz_json_set_str(node, "language", row->language);
    dz_json_set_str(node, "mediaType", row->media_type);
    dz_json_set_str(node, "basis", row->basis);
    dz_json_set_str(node, "sha256", row->sha256);
    dz_json_set_int(node, "size", (int64_t)row->size_bytes);
    return node;
}

/* Pictures, sound and film tell where, when and with whose device they were made. */
static bool
is_from_device(const char *media_type)
{
    static const char *const kinds[] = {"image/", "audio/", "video/"};
    for (size_t i = 0; media_type != NULL && i < sizeof kinds / sizeof *kinds; i++)
        if (strncmp(media_type, kinds[i], strlen(kinds[i])) == 0)
            return true;
    return false;
}

static enum dz_code
take_source(void *ctx, const struct dz_source_row *row, struct dz_err *err)
{
    struct pack *p = ctx;
    (void)err;
    p->sources = dz_grow(p->sources, &p->cap_sources, p->n_sources + 1, sizeof *p->sources);
    struct pack_source *s = &p->sources[p->n_sources];
    json_object_set_new(p->source_ix, row->id, json_integer((json_int_t)p->n_sources));
    p->n_sources++;
    memcpy(s->id, row->id, strnlen(row->id, DZ_ID_MAX - 1));
    s->verdict = judge(row);
    s->name = copy(row->name);
    s->sha256 = copy(row->sha256);
    s->object = copy(row->object);
    s->codec = copy(row->codec);
    s->text_sha256 = copy(row->text_sha256);
    s->language = copy(row->language);
    s->size = row->size_bytes;
    s->described = json_deep_copy(json_object_get(row->body, "described"));
    s->tells = p->o->for_publication &&
               (row->author_is_claim || is_from_device(row->media_type));
    s->node = source_node(row);
    return DZ_OK;
}

/* Facts are narrowed: then the sources follow from them, unless they were named. */
static bool
facts_decide(const struct pack *p)
{
    const struct dz_package_opts *o = p->o;
    return o->n_sources == 0 &&
           (o->n_facts > 0 || o->sphere != NULL || o->place != NULL || o->period != NULL);
}

static bool
is_asked_for(const struct pack *p, const struct pack_source *s)
{
    return p->o->n_sources == 0 || is_listed(p->o->sources, p->o->n_sources, s->id);
}

static void
tell_left_out(struct pack *p, const char *item, const char *name, const char *reason)
{
    if (p->report->told == NULL)
        return;
    json_t *one = json_object();
    dz_json_set_str(one, "item", item);
    dz_json_set_str(one, "name", name);
    dz_json_set_str(one, "reason", reason);
    json_array_append_new(json_object_get(p->report->told, "left_out"), one);
}

/* ---- files in files ---- */

/* Must a file in which this one lies stay here? In public also when nobody looked into it. */
static bool
stays(const struct pack *p, const struct pack_source *s)
{
    return s->verdict != PACK_MAY || (p->o->for_publication && !dz_pack_has_original(s));
}

struct climbing {
    struct pack *p;
    bool *seen;
    size_t *todo;
    size_t n;
};

static enum dz_code
mark_holder(void *ctx, const char *container, struct dz_err *err)
{
    struct climbing *k = ctx;
    struct pack_source *s = dz_pack_source(k->p, container);
    (void)err;
    if (s == NULL)
        return DZ_OK;
    s->holds = true;
    size_t ix = (size_t)(s - k->p->sources);
    if (!k->seen[ix])
        k->todo[k->n++] = ix;
    k->seen[ix] = true;
    return DZ_OK;
}

/* A mail is the bytes of its attachments, too: what must not leave by itself must not leave in
 * what holds it, at any depth. */
static enum dz_code
mark_holders(struct pack *p, struct dz_err *err)
{
    DZ_AUTO_FREE bool *seen = dz_alloc_array(p->n_sources + 1, sizeof *seen);
    DZ_AUTO_FREE size_t *todo = dz_alloc_array(p->n_sources + 1, sizeof *todo);
    struct climbing k = {.p = p, .seen = seen, .todo = todo};
    for (size_t i = 0; i < p->n_sources; i++) {
        seen[i] = stays(p, &p->sources[i]);
        if (seen[i])
            todo[k.n++] = i;
    }
    while (k.n > 0)
        DZ_TRY(dz_source_containers(p->v, p->sources[todo[--k.n]].id, mark_holder, &k, err));
    return DZ_OK;
}

/* A fact that was named and does not come along is told, whatever the cause. */
static void
tell_missing_facts(struct pack *p)
{
    for (size_t i = 0; i < p->o->n_facts; i++) {
        DZ_AUTO_FREE char *left = dz_asprintf("left|%s", p->o->facts[i]);
        if (dz_pack_fact(p, p->o->facts[i]) == NULL && json_object_get(p->wanted, left) == NULL)
            tell_left_out(p, p->o->facts[i], NULL, "choice");
    }
}

/* What was asked for and stays behind is counted by reason; the first reason counts. */
static void
count_left_out(struct pack *p)
{
    static const enum dz_package_reason reasons[] = {[PACK_NOT_OPEN] = DZ_LEFT_ACCESS,
                                                     [PACK_NOT_BASIS] = DZ_LEFT_BASIS,
                                                     [PACK_NOT_STATED] = DZ_LEFT_UNSTATED};
    bool narrowed = facts_decide(p);
    for (size_t i = 0; i < p->n_sources; i++) {
        const struct pack_source *s = &p->sources[i];
        if (s->chosen && !dz_pack_has_original(s)) {
            enum dz_package_reason why = s->tells  ? DZ_LEFT_FILE
                                         : s->bare ? DZ_LEFT_NAMES
                                                   : DZ_LEFT_INSIDE;
            p->report->left[why]++;
            tell_left_out(p, s->id, s->name, dz_package_reasons[why]);
        } else if (s->verdict != PACK_MAY && is_asked_for(p, s) && !narrowed) {
            p->report->left[reasons[s->verdict]]++;
            tell_left_out(p, s->id, s->name, dz_package_reasons[reasons[s->verdict]]);
        }
        p->report->n_sources += s->chosen;
    }
}

/* ---- facts ---- */

static void
want_texts(struct pack *p, const struct dz_fact_row *row)
{
    size_t i;
    const json_t *q;
    /* The version that the entry names, not the one where a passage was confirmed to stand now: the
     * proof of the entry vouches for the former. */
    json_array_foreach(json_object_get(row->body, "passages"), i, q)
    {
        const char *source = dz_json_str(q, "source"), *text = dz_json_str(q, "text");
        DZ_AUTO_FREE char *key = dz_asprintf("%s|%s", source ? source : "", text ? text : "");
        json_object_set_new(p->wanted, key, json_true());
    }
}

static enum dz_code
take_head(void *ctx, const struct dz_fact_version *fv, struct dz_err *err)
{
    struct pack *p = ctx;
    (void)err;
    if (fv->head && strcmp(fv->action, "withdrawn") != 0)
        json_object_set_new(p->heads, fv->ref, json_true());
    return DZ_OK;
}

static enum dz_code
keep_fact(struct pack *p, const struct dz_fact_row *row, struct dz_err *err)
{
    p->facts = dz_grow(p->facts, &p->cap_facts, p->n_facts + 1, sizeof *p->facts);
    struct pack_fact *f = &p->facts[p->n_facts];
    json_object_set_new(p->fact_ix, row->id, json_integer((json_int_t)p->n_facts));
    p->n_facts++;
    memcpy(f->id, row->id, strnlen(row->id, sizeof f->id - 1));
    memcpy(f->ref, row->ref, strnlen(row->ref, sizeof f->ref - 1));
    f->conflict = strcmp(row->state, "conflict") == 0;
    f->reviewed = row->reviewed;
    f->bulk = row->bulk;
    p->report->n_facts++;
    p->report->n_bulk += row->bulk;
    want_texts(p, row);
    json_object_set_new(p->heads, f->ref, json_true());
    return f->conflict ? dz_fact_history(p->v, f->id, take_head, p, err) : DZ_OK;
}

static enum dz_code
take_fact(void *ctx, const struct dz_fact_row *row, struct dz_err *err)
{
    struct pack *p = ctx;
    if (p->o->n_facts > 0 && !is_listed(p->o->facts, p->o->n_facts, row->id))
        return DZ_OK;
    if (p->o->without_bulk && row->bulk)
        return DZ_OK;
    bool narrowed = facts_decide(p), rests_on_chosen = false, may = true;
    for (size_t i = 0; i < row->n_passages; i++) {
        const struct pack_source *s = dz_pack_source(p, row->passages[i].source);
        may = may && s != NULL && s->verdict == PACK_MAY;
        rests_on_chosen = rests_on_chosen || (s != NULL && s->chosen);
    }
    if (!may && (narrowed || rests_on_chosen || p->o->n_sources == 0)) {
        DZ_AUTO_FREE char *left = dz_asprintf("left|%s", row->id);
        json_object_set_new(p->wanted, left, json_true());
        p->report->n_facts_left++;
        tell_left_out(p, row->id, NULL, "source");
    }
    if (!may || (!narrowed && !rests_on_chosen))
        return DZ_OK;
    for (size_t i = 0; narrowed && i < row->n_passages; i++) {
        struct pack_source *s = dz_pack_source(p, row->passages[i].source);
        if (s != NULL)
            s->chosen = true;
    }
    return keep_fact(p, row, err);
}

enum dz_code
dz_pack_select(struct pack *p, struct dz_err *err)
{
    DZ_TRY(dz_sources_each(p->v, NULL, take_source, p, err));
    for (size_t i = 0; i < p->n_sources; i++) {
        struct pack_source *s = &p->sources[i];
        s->chosen = s->verdict == PACK_MAY && is_asked_for(p, s) && !facts_decide(p);
    }
    struct dz_fact_filter filter = {.sphere = p->o->sphere,
                                    .place = p->o->place,
                                    .date = p->o->period,
                                    .rules = p->rules};
    DZ_TRY(dz_facts_each(p->v, &filter, take_fact, p, err));
    if (p->o->for_publication)
        DZ_TRY(dz_pack_learn_names(p, err));
    DZ_TRY(mark_holders(p, err));
    tell_missing_facts(p);
    count_left_out(p);
    if (p->report->n_sources == 0)
        return dz_fail(err, DZ_E_NOTFOUND,
                       "nothing that may leave was chosen: a source leaves when its access is open "
                       "and its basis published or official");
    return DZ_OK;
}
