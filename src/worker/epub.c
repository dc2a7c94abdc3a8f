#define _GNU_SOURCE /* memmem */

#include <string.h>

#include "dz_decode.h"
#include "dz_html_reader.h"
#include "dz_mem.h"
#include "dz_office.h"

/* EPUB 2 and 3: META-INF/container.xml names the package file; its spine gives the order of
 * reading. */

#define ITEMS_MAX 20000
#define CHAPTER_MAX ((size_t)16 << 20) /* bytes */

struct item {
    char *id;
    char *member;
    char *type;
    bool locked;
};

struct book {
    struct dz_office *o;
    char *package;
    char *folder;
    struct item *items;
    size_t n_items;
    size_t items_cap;
    size_t *spine;
    size_t n_spine;
    size_t spine_cap;
    struct dz_buf value;
    bool in_metadata;
};

static char *
dup_view(struct dz_view v)
{
    return dz_strndup(v.p != NULL ? v.p : "", v.n);
}

static void
on_container(void *ctx, const char *name, const struct dz_xml_attrs *a)
{
    struct book *b = ctx;
    if (strcmp(name, "rootfile") == 0 && b->package == NULL)
        b->package = dz_office_resolve("", dz_xml_attr(a, "full-path"));
}

static void
add_to_spine(struct book *b, struct dz_view id)
{
    for (size_t i = 0; i < b->n_items && b->n_spine < ITEMS_MAX; i++) {
        if (!dz_view_is(id, b->items[i].id))
            continue;
        b->spine = dz_grow(b->spine, &b->spine_cap, b->n_spine + 1, sizeof *b->spine);
        b->spine[b->n_spine++] = i;
        return;
    }
}

static void
on_package_start(void *ctx, const char *name, const struct dz_xml_attrs *a)
{
    struct book *b = ctx;
    dz_buf_reset(&b->value);
    if (strcmp(name, "metadata") == 0)
        b->in_metadata = true;
    else if (strcmp(name, "item") == 0 && b->n_items < ITEMS_MAX) {
        b->items = dz_grow(b->items, &b->items_cap, b->n_items + 1, sizeof *b->items);
        struct item *item = &b->items[b->n_items++];
        item->id = dup_view(dz_xml_attr(a, "id"));
        item->type = dup_view(dz_xml_attr(a, "media-type"));
        item->member = dz_office_resolve(b->folder, dz_xml_attr(a, "href"));
    } else if (strcmp(name, "itemref") == 0) {
        add_to_spine(b, dz_xml_attr(a, "idref"));
    }
}

static void
on_package_text(void *ctx, struct dz_view text)
{
    struct book *b = ctx;
    if (b->in_metadata && text.n < 8192 - b->value.n)
        dz_buf_addv(&b->value, text);
}

static void
on_package_end(void *ctx, const char *name)
{
    static const struct {
        const char *name;
        const char *key;
        const char *field;
    } known[] = {
        {"title", "office.Title", "title"},
        {"creator", "office.Creator", "author"},
        {"language", "office.Language", "language"},
        {"date", "office.Date", "published"},
        {"publisher", "office.Publisher", NULL},
        {"identifier", "office.Identifier", NULL},
        {"contributor", "office.Contributor", NULL},
        {"subject", "office.Subject", NULL},
        {"description", "office.Description", NULL},
        {"rights", "office.Rights", NULL},
        {"source", "office.Source", NULL},
    };
    struct book *b = ctx;
    if (strcmp(name, "metadata") == 0)
        b->in_metadata = false;
    struct dz_view value = dz_view_trim(dz_buf_view(&b->value));
    for (size_t i = 0; b->in_metadata && i < sizeof known / sizeof *known; i++) {
        if (strcmp(name, known[i].name) != 0 || value.n == 0)
            continue;
        dz_work_meta(b->o->w, known[i].key, value);
        if (known[i].field != NULL)
            dz_work_field(b->o->w, known[i].field, value);
    }
    dz_buf_reset(&b->value);
}

/* Members whose bytes are scrambled. Fonts often are, against copying; chapters of sold books,
 * too. */
static void
on_encryption(void *ctx, const char *name, const struct dz_xml_attrs *a)
{
    struct book *b = ctx;
    if (strcmp(name, "CipherReference") != 0)
        return;
    DZ_AUTO_FREE char *member = dz_office_resolve("", dz_xml_attr(a, "URI"));
    for (size_t i = 0; i < b->n_items; i++) {
        if (strcmp(member, b->items[i].member) == 0)
            b->items[i].locked = true;
    }
}

/* The encoding in the XML declaration; a book without one is UTF-8. */
static const char *
declared_encoding(struct dz_view page, char *ret, size_t size)
{
    struct dz_view head = {.p = page.p, .n = page.n < 200 ? page.n : 200};
    const char *at = memmem(head.p, head.n, "encoding=", 9);
    if (at == NULL || at + 10 >= head.p + head.n)
        return NULL;
    const char *end = head.p + head.n;
    char quote = at[9];
    size_t n = 0;
    for (at += 10; at < end && *at != quote && n + 1 < size; at++)
        ret[n++] = *at;
    ret[n] = '\0';
    return quote == '"' || quote == '\'' ? ret : NULL;
}

static void
read_chapter(struct book *b, const struct item *item)
{
    struct dz_office *o = b->o;
    DZ_AUTO_BUF struct dz_buf bytes = DZ_BUF(CHAPTER_MAX);
    DZ_AUTO_BUF struct dz_buf page = DZ_BUF(3 * CHAPTER_MAX);
    DZ_AUTO_BUF struct dz_buf label = DZ_BUF(4096);
    if (dz_zip_find(&o->zip, item->member) == NULL) {
        o->damaged = true;
        return;
    }
    if (!dz_office_load(o, dz_view_of(item->member), &bytes))
        return;
    char encoding[40];
    struct dz_decoded decoded;
    struct dz_view raw = dz_buf_view(&bytes);
    if (dz_decode(raw, declared_encoding(raw, encoding, sizeof encoding), &page, &decoded, NULL) !=
        DZ_OK) {
        o->damaged = true;
        return;
    }
    dz_zip_name(dz_view_of(item->member), false, &label);
    dz_work_locator(o->w, "section", label.p != NULL ? label.p : "");
    static const struct dz_html_want want = {0};
    uint64_t before = dz_work_chars(o->w);
    enum dz_code code = dz_html_read(o->w, dz_buf_view(&page), &want, NULL);
    if (code == DZ_E_LIMIT && o->limit == NULL)
        o->limit = "nesting";
    o->text_bytes += dz_work_chars(o->w) - before;
    if (o->text_bytes > DZ_OFFICE_TEXT_MAX)
        o->limit = "too_large";
}

static void
done(struct book *b)
{
    for (size_t i = 0; i < b->n_items; i++) {
        dz_free(b->items[i].id);
        dz_free(b->items[i].member);
        dz_free(b->items[i].type);
    }
    dz_free(b->items);
    dz_free(b->spine);
    dz_free(b->package);
    dz_free(b->folder);
    dz_buf_done(&b->value);
}

static bool
is_page(const struct item *item)
{
    return strstr(item->type, "html") != NULL || strstr(item->member, ".htm") != NULL ||
           strstr(item->member, ".xhtml") != NULL;
}

void
dz_epub_read(struct dz_office *o)
{
    static const struct dz_xml_events container = {.start = on_container};
    static const struct dz_xml_events package = {
        .start = on_package_start, .end = on_package_end, .text = on_package_text};
    static const struct dz_xml_events encryption = {.start = on_encryption};
    struct book b = {.o = o};
    dz_office_xmls(o, "META-INF/container.xml", &container, &b);
    if (b.package != NULL) {
        const char *slash = strrchr(b.package, '/');
        b.folder = dz_strndup(b.package, slash != NULL ? (size_t)(slash - b.package) + 1 : 0);
        if (!dz_office_xmls(o, b.package, &package, &b))
            o->damaged = true;
    } else {
        o->damaged = true;
    }
    dz_office_xmls(o, "META-INF/encryption.xml", &encryption, &b);
    for (size_t i = 0; i < b.n_spine && !dz_office_stopped(o); i++) {
        const struct item *item = &b.items[b.spine[i]];
        if (item->locked)
            o->encrypted = true;
        else if (is_page(item))
            read_chapter(&b, item);
        dz_work_progress(o->w, i + 1, b.n_spine);
    }
    done(&b);
}
