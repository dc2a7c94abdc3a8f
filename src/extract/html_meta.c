#include <string.h>
#include <strings.h>

#include "dz_edtf.h"
#include "dz_extract_priv.h"
#include "dz_json.h"
#include "dz_utf8.h"

/* What a page says about itself: OpenGraph and article tags first, then schema.org in JSON-LD,
 * then older conventions. */

#define VALUE_MAX_CP 1000
#define JSON_LD_MAX (1u << 20)
#define JSON_LD_NODES 2000

void
dz_html_meta_done(struct dz_html_meta *m)
{
    for (int i = 0; i < DZ_META_RANKS; i++) {
        dz_free(m->title[i]);
        dz_free(m->author[i]);
        dz_free(m->published[i]);
        dz_free(m->site[i]);
        dz_free(m->address[i]);
        dz_free(m->language[i]);
    }
    *m = (struct dz_html_meta){0};
}

void
dz_meta_set(char **slot, struct dz_view value)
{
    value = dz_view_trim(value);
    if (*slot || value.n == 0)
        return;
    DZ_AUTO_BUF struct dz_buf line = DZ_BUF(8 * VALUE_MAX_CP);
    dz_utf8_line(&line, value, VALUE_MAX_CP);
    /* Line breaks in the middle have become runs of spaces. */
    DZ_AUTO_BUF struct dz_buf tidy = DZ_BUF(8 * VALUE_MAX_CP);
    for (size_t i = 0; i < line.n; i++) {
        if (line.p[i] != ' ' || (tidy.n > 0 && tidy.p[tidy.n - 1] != ' '))
            dz_buf_addc(&tidy, line.p[i]);
    }
    *slot = dz_buf_take(&tidy);
}

struct named {
    const char *name; /* lower case */
    size_t field;     /* offset in dz_html_meta of the array of ranks */
    enum dz_meta_rank rank;
};
#define FIELD(f) offsetof(struct dz_html_meta, f)
static const struct named names[] = {
    {"og:title", FIELD(title), DZ_META_STRONG},
    {"twitter:title", FIELD(title), DZ_META_LAST},
    {"dc.title", FIELD(title), DZ_META_LAST},
    {"article:published_time", FIELD(published), DZ_META_STRONG},
    {"og:article:published_time", FIELD(published), DZ_META_STRONG},
    {"datepublished", FIELD(published), DZ_META_WEAK},
    {"date", FIELD(published), DZ_META_WEAK},
    {"pubdate", FIELD(published), DZ_META_WEAK},
    {"publish-date", FIELD(published), DZ_META_WEAK},
    {"dc.date", FIELD(published), DZ_META_WEAK},
    {"dc.date.issued", FIELD(published), DZ_META_WEAK},
    {"dcterms.issued", FIELD(published), DZ_META_WEAK},
    {"author", FIELD(author), DZ_META_STRONG},
    {"article:author", FIELD(author), DZ_META_WEAK},
    {"dc.creator", FIELD(author), DZ_META_LAST},
    {"og:site_name", FIELD(site), DZ_META_STRONG},
    {"application-name", FIELD(site), DZ_META_LAST},
    {"og:url", FIELD(address), DZ_META_WEAK},
    {"content-language", FIELD(language), DZ_META_WEAK},
    {"og:locale", FIELD(language), DZ_META_LAST},
};

static char **
slot_of(struct dz_html_meta *m, const struct named *n)
{
    char *base = (char *)m + n->field;
    return &((char **)(void *)base)[n->rank];
}

void
dz_meta_named(struct dz_html_meta *m, struct dz_view name, struct dz_view content)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (name.n == strlen(names[i].name) && strncasecmp(name.p, names[i].name, name.n) == 0)
            dz_meta_set(slot_of(m, &names[i]), content);
    }
}

/* ---- JSON-LD ---- */

/* A name, an object with a name, or a list of either. */
static void
set_named(char **slot, const json_t *value)
{
    if (json_is_array(value)) {
        DZ_AUTO_BUF struct dz_buf all = DZ_BUF(4096);
        size_t i;
        const json_t *item;
        json_array_foreach(value, i, item)
        {
            const char *name =
                json_is_string(item) ? json_string_value(item) : dz_json_str(item, "name");
            if (name)
                dz_buf_addf(&all, "%s%s", all.n ? ", " : "", name);
        }
        dz_meta_set(slot, dz_buf_view(&all));
        return;
    }
    const char *name =
        json_is_string(value) ? json_string_value(value) : dz_json_str(value, "name");
    dz_meta_set(slot, dz_view_of(name));
}

static void
read_object(struct dz_html_meta *m, const json_t *object)
{
    /* Only what describes the article: a page also describes its site, its logo, its
     * breadcrumbs. */
    if (!json_object_get(object, "datePublished") && !json_object_get(object, "headline"))
        return;
    dz_meta_set(&m->published[DZ_META_LINKED], dz_view_of(dz_json_str(object, "datePublished")));
    dz_meta_set(&m->title[DZ_META_LINKED], dz_view_of(dz_json_str(object, "headline")));
    set_named(&m->author[DZ_META_LINKED], json_object_get(object, "author"));
    set_named(&m->site[DZ_META_LINKED], json_object_get(object, "publisher"));
    dz_meta_set(&m->language[DZ_META_LINKED], dz_view_of(dz_json_str(object, "inLanguage")));
}

void
dz_meta_json_ld(struct dz_html_meta *m, struct dz_view text)
{
    if (text.n == 0 || text.n > JSON_LD_MAX)
        return;
    DZ_AUTO_JSON json_t *root = NULL;
    if (dz_json_parse(text, &root, NULL) != DZ_OK)
        return;
    /* Breadth first through lists and @graph, with a bound on how much is looked at. */
    DZ_AUTO_FREE const json_t **queue = dz_alloc_array(JSON_LD_NODES, sizeof *queue);
    size_t n = 0;
    queue[n++] = root;
    for (size_t at = 0; at < n; at++) {
        const json_t *value = queue[at];
        size_t i;
        const json_t *item;
        if (json_is_object(value)) {
            read_object(m, value);
            value = json_object_get(value, "@graph");
        }
        json_array_foreach(value, i, item)
        {
            if (n < JSON_LD_NODES)
                queue[n++] = item;
        }
    }
}

/* ---- choosing ---- */

static char *
best(char **ranks)
{
    for (int i = 0; i < DZ_META_RANKS; i++) {
        if (ranks[i]) {
            char *value = ranks[i];
            ranks[i] = NULL;
            return value;
        }
    }
    return NULL;
}

/* The day, month or year at the head of a date or time; NULL when there is none. The day is the
 * one that the page states, whatever its zone. */
static char *
edtf_of(const char *value)
{
    static const size_t lengths[] = {10, 7, 4};
    struct dz_view v = dz_view_of(value);
    for (size_t i = 0; i < 3; i++) {
        struct dz_view head = {v.p, lengths[i]};
        if (v.n < head.n || (v.n > head.n && head.n < 10))
            continue;
        struct dz_edtf *e = NULL;
        bool is_date =
            head.p[0] >= '0' && head.p[0] <= '9' && dz_edtf_parse(head, &e, NULL) == DZ_OK;
        dz_edtf_free(e);
        if (is_date)
            return dz_strndup(head.p, head.n);
    }
    return NULL;
}

static bool
is_web_address(const char *s)
{
    return strncasecmp(s, "http://", 7) == 0 || strncasecmp(s, "https://", 8) == 0;
}

void
dz_meta_take(struct dz_html_meta *m, struct dz_extracted *ret)
{
    ret->title = best(m->title);
    ret->site = best(m->site);
    for (int i = 0; i < DZ_META_RANKS && !ret->published; i++)
        ret->published = m->published[i] ? edtf_of(m->published[i]) : NULL;
    for (int i = 0; i < DZ_META_RANKS; i++) {
        /* Some pages give the author's profile instead of a name; relative addresses lead
         * nowhere. */
        if (m->author[i] && !is_web_address(m->author[i]) && !ret->author)
            ret->author = dz_strdup(m->author[i]);
        if (m->address[i] && is_web_address(m->address[i]) && !ret->address)
            ret->address = dz_strdup(m->address[i]);
    }
    ret->language = best(m->language);
    for (char *c = ret->language; c && *c; c++) {
        if (*c == '_')
            *c = '-';
        else if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    }
    if (ret->language && strlen(ret->language) > 35) {
        dz_free(ret->language);
        ret->language = NULL;
    }
}
