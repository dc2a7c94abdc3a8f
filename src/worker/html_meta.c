#include <string.h>
#include <strings.h>

#include "dz_edtf.h"
#include "dz_json.h"
#include "dz_utf8.h"
#include "html_impl.h"

/* What a page says about itself: OpenGraph and article tags first, then schema.org in JSON-LD,
 * then older conventions. */

#define VALUE_MAX_CP 1000
#define JSON_LD_MAX (1u << 20)
#define JSON_LD_NODES 2000

void
html_meta_done(struct html_meta *m)
{
    for (int i = 0; i < HTML_RANKS; i++) {
        dz_free(m->title[i]);
        dz_free(m->author[i]);
        dz_free(m->published[i]);
        dz_free(m->site[i]);
        dz_free(m->address[i]);
        dz_free(m->language[i]);
    }
    *m = (struct html_meta){0};
}

void
html_meta_set(char **slot, struct dz_view value)
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
    enum html_rank rank;
};
#define FIELD(f) offsetof(struct html_meta, f)
static const struct named names[] = {
    {"og:title", FIELD(title), HTML_STRONG},
    {"twitter:title", FIELD(title), HTML_LAST},
    {"dc.title", FIELD(title), HTML_LAST},
    {"dcterms.title", FIELD(title), HTML_LAST},
    {"headline", FIELD(title), HTML_LAST},
    {"article:published_time", FIELD(published), HTML_STRONG},
    {"og:article:published_time", FIELD(published), HTML_STRONG},
    {"datepublished", FIELD(published), HTML_WEAK},
    {"date", FIELD(published), HTML_WEAK},
    {"pubdate", FIELD(published), HTML_WEAK},
    {"publish-date", FIELD(published), HTML_WEAK},
    {"dc.date", FIELD(published), HTML_WEAK},
    {"dc.date.issued", FIELD(published), HTML_WEAK},
    {"dcterms.issued", FIELD(published), HTML_WEAK},
    {"dcterms.created", FIELD(published), HTML_LAST},
    {"dcterms.date", FIELD(published), HTML_LAST},
    {"author", FIELD(author), HTML_STRONG},
    {"article:author", FIELD(author), HTML_WEAK},
    {"dc.creator", FIELD(author), HTML_LAST},
    {"dcterms.creator", FIELD(author), HTML_LAST},
    {"og:site_name", FIELD(site), HTML_STRONG},
    {"dc.publisher", FIELD(site), HTML_LAST},
    {"application-name", FIELD(site), HTML_LAST},
    {"og:url", FIELD(address), HTML_WEAK},
    {"content-language", FIELD(language), HTML_WEAK},
    {"dc.language", FIELD(language), HTML_LAST},
    {"og:locale", FIELD(language), HTML_LAST},
};

static char **
slot_of(struct html_meta *m, const struct named *n)
{
    char *base = (char *)m + n->field;
    return &((char **)(void *)base)[n->rank];
}

void
html_meta_named(struct html_meta *m, struct dz_view name, struct dz_view content)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (name.n == strlen(names[i].name) && strncasecmp(name.p, names[i].name, name.n) == 0)
            html_meta_set(slot_of(m, &names[i]), content);
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
        html_meta_set(slot, dz_buf_view(&all));
        return;
    }
    const char *name =
        json_is_string(value) ? json_string_value(value) : dz_json_str(value, "name");
    html_meta_set(slot, dz_view_of(name));
}

static void
read_object(struct html_meta *m, const json_t *object)
{
    /* Only what describes the article: a page also describes its site, its logo, its
     * breadcrumbs. */
    if (!json_object_get(object, "datePublished") && !json_object_get(object, "headline"))
        return;
    html_meta_set(&m->published[HTML_LINKED], dz_view_of(dz_json_str(object, "datePublished")));
    html_meta_set(&m->title[HTML_LINKED], dz_view_of(dz_json_str(object, "headline")));
    set_named(&m->author[HTML_LINKED], json_object_get(object, "author"));
    set_named(&m->site[HTML_LINKED], json_object_get(object, "publisher"));
    html_meta_set(&m->language[HTML_LINKED], dz_view_of(dz_json_str(object, "inLanguage")));
    html_meta_set(&m->address[HTML_LINKED], dz_view_of(dz_json_str(object, "url")));
}

void
html_meta_json_ld(struct html_meta *m, struct dz_view text)
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

static const char *
best(char *const *ranks)
{
    for (int i = 0; i < HTML_RANKS; i++) {
        if (ranks[i])
            return ranks[i];
    }
    return NULL;
}

/* How much of the head of a date or time is the day, month or year that the page states, whatever
 * its zone; 0 when there is none. */
static size_t
edtf_length(const char *value)
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
            return head.n;
    }
    return 0;
}

static bool
is_web_address(struct dz_view v)
{
    return (v.n > 7 && strncasecmp(v.p, "http://", 7) == 0) ||
           (v.n > 8 && strncasecmp(v.p, "https://", 8) == 0);
}

static void
say_language(const char *value, struct dz_work *w)
{
    char tag[36];
    size_t n = 0;
    for (; value && value[n] && n < sizeof tag; n++) {
        char c = value[n];
        tag[n] = (char)(c == '_' ? '-' : c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    }
    if (n > 0 && n < sizeof tag)
        dz_work_field(w, "language", (struct dz_view){tag, n});
}

void
html_meta_say(const struct html_meta *m, struct dz_view base, struct dz_work *w)
{
    dz_work_field(w, "title", dz_view_of(best(m->title)));
    for (int i = 0; i < HTML_RANKS; i++) {
        /* Some pages give the author's profile instead of a name. */
        struct dz_view author = dz_view_of(m->author[i]);
        if (!is_web_address(author))
            dz_work_field(w, "author", author);
    }
    for (int i = 0; i < HTML_RANKS; i++) {
        size_t n = m->published[i] ? edtf_length(m->published[i]) : 0;
        if (n > 0)
            dz_work_field(w, "published", (struct dz_view){m->published[i], n});
    }
    say_language(best(m->language), w);
    for (int i = 0; i < HTML_RANKS; i++) {
        if (!m->address[i])
            continue;
        DZ_AUTO_BUF struct dz_buf address = DZ_BUF(16384);
        html_resolve(base, dz_view_of(m->address[i]), &address);
        /* What stays relative leads nowhere. */
        if (is_web_address(dz_buf_view(&address)))
            dz_work_field(w, "address", dz_buf_view(&address));
    }
    dz_work_field(w, "site", dz_view_of(best(m->site)));
}
