#define _GNU_SOURCE /* memrchr */

#include <string.h>

#include "dz_codec.h"
#include "dz_mem.h"
#include "dz_office.h"

#define RELS_MAX 100000
#define TYPES_MAX 100000

static char *
dup_view(struct dz_view v)
{
    return dz_strndup(v.p != NULL ? v.p : "", v.n);
}

/* "%20" and its like undone, in place. */
static void
unescape(char *s)
{
    char *to = s;
    for (const char *from = s; *from != '\0'; from++) {
        int high = from[0] == '%' ? dz_hex_digit(from[1]) : -1;
        int low = high >= 0 ? dz_hex_digit(from[2]) : -1;
        if (low < 0 || (high == 0 && low == 0)) {
            *to++ = *from;
            continue;
        }
        *to++ = (char)(high << 4 | low);
        from += 2;
    }
    *to = '\0';
}

char *
dz_office_resolve(const char *base, struct dz_view target)
{
    DZ_AUTO_FREE char *wanted = dup_view(target);
    wanted[strcspn(wanted, "#")] = '\0';
    unescape(wanted);
    DZ_AUTO_BUF struct dz_buf path = DZ_BUF((size_t)2 * DZ_ZIP_NAME_MAX);
    if (wanted[0] != '/')
        dz_buf_adds(&path, base);
    for (const char *at = wanted; *at != '\0';) {
        size_t n = strcspn(at, "/");
        if (n == 2 && memcmp(at, "..", 2) == 0) {
            /* One folder up: what is left ends with a slash, or is nothing. */
            size_t end = path.n > 0 ? path.n - 1 : 0;
            while (end > 0 && path.p[end - 1] != '/')
                end--;
            dz_buf_cut(&path, end);
        } else if (n > 0 && !(n == 1 && at[0] == '.')) {
            dz_buf_add(&path, at, n);
            if (at[n] == '/')
                dz_buf_addc(&path, '/');
        }
        at += n + (at[n] == '/');
    }
    return dz_buf_take(&path);
}

/* The folder of a member, with its slash. */
static char *
folder_of(const char *member)
{
    const char *slash = strrchr(member, '/');
    return dz_strndup(member, slash != NULL ? (size_t)(slash - member) + 1 : 0);
}

/* ---- relations ---- */

static void
on_relation(void *ctx, const char *name, const struct dz_xml_attrs *a)
{
    struct dz_rels *r = ctx;
    if (strcmp(name, "Relationship") != 0 || r->n >= RELS_MAX)
        return;
    r->list = dz_grow(r->list, &r->cap, r->n + 1, sizeof *r->list);
    struct dz_rel *rel = &r->list[r->n++];
    struct dz_view type = dz_xml_attr(a, "Type");
    const char *slash = type.n > 0 ? memrchr(type.p, '/', type.n) : NULL;
    if (slash != NULL) {
        type.n -= (size_t)(slash + 1 - type.p);
        type.p = slash + 1;
    }
    rel->id = dup_view(dz_xml_attr(a, "Id"));
    rel->type = dup_view(type);
    rel->external = dz_xml_attr_is(a, "TargetMode", "External");
    struct dz_view target = dz_xml_attr(a, "Target");
    rel->target = rel->external ? dup_view(target) : dz_office_resolve(r->base, target);
}

void
dz_rels_load(struct dz_rels *r, struct dz_office *o, const char *member)
{
    static const struct dz_xml_events events = {.start = on_relation};
    r->base = folder_of(member);
    DZ_AUTO_FREE char *name = dz_asprintf("%s_rels/%s.rels", r->base, member + strlen(r->base));
    dz_office_xmls(o, name, &events, r);
}

void
dz_rels_done(struct dz_rels *r)
{
    for (size_t i = 0; i < r->n; i++) {
        dz_free(r->list[i].id);
        dz_free(r->list[i].type);
        dz_free(r->list[i].target);
    }
    dz_free(r->list);
    dz_free(r->base);
    *r = (struct dz_rels){0};
}

const struct dz_rel *
dz_rels_find(const struct dz_rels *r, struct dz_view id)
{
    for (size_t i = 0; id.n > 0 && i < r->n; i++) {
        if (dz_view_is(id, r->list[i].id))
            return &r->list[i];
    }
    return NULL;
}

/* ---- types ---- */

static void
on_type(void *ctx, const char *name, const struct dz_xml_attrs *a)
{
    struct dz_types *t = ctx;
    if (strcmp(name, "Override") != 0 || t->n >= TYPES_MAX)
        return;
    t->list = dz_grow(t->list, &t->cap, t->n + 1, sizeof *t->list);
    struct dz_typed *typed = &t->list[t->n++];
    typed->member = dz_office_resolve("", dz_xml_attr(a, "PartName"));
    typed->type = dup_view(dz_xml_attr(a, "ContentType"));
}

void
dz_types_load(struct dz_types *t, struct dz_office *o)
{
    static const struct dz_xml_events events = {.start = on_type};
    dz_office_xmls(o, "[Content_Types].xml", &events, t);
}

void
dz_types_done(struct dz_types *t)
{
    for (size_t i = 0; i < t->n; i++) {
        dz_free(t->list[i].member);
        dz_free(t->list[i].type);
    }
    dz_free(t->list);
    *t = (struct dz_types){0};
}

const char *
dz_types_find(const struct dz_types *t, const char *ending)
{
    size_t n = strlen(ending);
    for (size_t i = 0; i < t->n; i++) {
        size_t have = strlen(t->list[i].type);
        if (have >= n && strcmp(t->list[i].type + have - n, ending) == 0)
            return t->list[i].member;
    }
    return NULL;
}

/* ---- properties ---- */

struct properties {
    struct dz_office *o;
    struct dz_buf value;
    char custom[128]; /* name of the property that the file's owner made up */
    bool initial_creator;
};

static void
on_property_start(void *ctx, const char *name, const struct dz_xml_attrs *a)
{
    struct properties *p = ctx;
    dz_buf_reset(&p->value);
    bool named = strcmp(name, "property") == 0 || strcmp(name, "user-defined") == 0;
    struct dz_view own = dz_xml_attr(a, "name");
    if (named && own.p != NULL) {
        struct dz_buf line = DZ_BUF(sizeof p->custom - 1);
        dz_buf_add(&line, own.p, own.n < 100 ? own.n : 100);
        memcpy(p->custom, line.p, line.n + 1);
        dz_buf_done(&line);
    }
    if (strcmp(name, "document-statistic") == 0) {
        static const char *const counts[] = {"page-count", "word-count", "character-count",
                                             "table-count", "image-count"};
        for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
            struct dz_view v = dz_xml_attr(a, counts[i]);
            DZ_AUTO_FREE char *key = dz_asprintf("office.%s", counts[i]);
            if (v.n > 0)
                dz_work_meta(p->o->w, key, v);
        }
    }
}

static void
on_property_text(void *ctx, struct dz_view text)
{
    struct properties *p = ctx;
    if (text.n < 8192 - p->value.n)
        dz_buf_addv(&p->value, text);
}

static void
on_property_end(void *ctx, const char *name)
{
    struct properties *p = ctx;
    struct dz_view value = dz_view_trim(dz_buf_view(&p->value));
    if (value.n > 0 && p->custom[0] != '\0') {
        DZ_AUTO_FREE char *line = dz_asprintf("%s=%.*s", p->custom, (int)value.n, value.p);
        dz_work_meta(p->o->w, "office.Custom", dz_view_of(line));
    } else if (value.n > 0 && strlen(name) < 40) {
        DZ_AUTO_FREE char *key = dz_asprintf("office.%s", name);
        if (key[7] >= 'a' && key[7] <= 'z')
            key[7] = (char)(key[7] - 'a' + 'A');
        dz_work_meta(p->o->w, key, value);
        if (strcmp(name, "title") == 0)
            dz_work_field(p->o->w, "title", value);
        /* In OpenDocument "creator" is who saved it last, and the author is the initial one. */
        bool author = strcmp(name, p->initial_creator ? "initial-creator" : "creator") == 0;
        if (author)
            dz_work_field(p->o->w, "author", value);
        if (strcmp(name, "language") == 0)
            dz_work_field(p->o->w, "language", value);
    }
    if (strcmp(name, "property") == 0 || strcmp(name, "user-defined") == 0)
        p->custom[0] = '\0';
    dz_buf_reset(&p->value);
}

static void
read_properties(struct dz_office *o, const char *member, bool is_odf)
{
    static const struct dz_xml_events events = {
        .start = on_property_start, .end = on_property_end, .text = on_property_text};
    struct properties p = {.o = o, .value = DZ_BUF(16384), .initial_creator = is_odf};
    dz_office_xmls(o, member, &events, &p);
    dz_buf_done(&p.value);
}

void
dz_office_properties(struct dz_office *o)
{
    read_properties(o, "docProps/core.xml", false);
    read_properties(o, "docProps/app.xml", false);
    read_properties(o, "docProps/custom.xml", false);
}

void
dz_odf_properties(struct dz_office *o)
{
    read_properties(o, "meta.xml", true);
}
