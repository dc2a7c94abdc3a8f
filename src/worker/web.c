#include <locale.h>
#include <string.h>

#include "dz_families.h"
#include "dz_json.h"
#include "dz_mem.h"
#include "dz_wacz.h"
#include "dz_web.h"

#define PIECE_BYTES 65536

/* ---- titles of pages ---- */

#define TITLES_MAX 50000
#define TITLE_LINE_MAX ((size_t)1 << 20)

struct title {
    char *address;
    char *text;
};
struct dz_web_titles {
    struct title *list; /* an open table of slots, by a hash of the address */
    size_t n;
    size_t n_slots;
};

static size_t
slot_of(const struct dz_web_titles *t, struct dz_view address)
{
    uint64_t hash = 1469598103934665603u; /* FNV-1a, 64 bits */
    for (size_t i = 0; i < address.n; i++)
        hash = (hash ^ (uint8_t)address.p[i]) * 1099511628211u;
    size_t slot = (size_t)(hash % t->n_slots);
    while (t->list[slot].address != NULL && !dz_view_is(address, t->list[slot].address))
        slot = (slot + 1) % t->n_slots;
    return slot;
}

struct dz_view
dz_web_title(const struct dz_web_titles *t, struct dz_view address)
{
    if (t == NULL || address.n == 0)
        return (struct dz_view){0};
    return dz_view_of(t->list[slot_of(t, address)].text);
}

static void
add_title(struct dz_web_titles *t, struct dz_view line)
{
    DZ_AUTO_JSON json_t *page = NULL;
    if (line.n == 0 || line.n > TITLE_LINE_MAX || t->n == TITLES_MAX ||
        dz_json_parse(line, &page, NULL) != DZ_OK)
        return;
    const char *address = dz_json_str(page, "url");
    const char *text = dz_json_str(page, "title");
    if (address == NULL || text == NULL)
        return;
    struct title *slot = &t->list[slot_of(t, dz_view_of(address))];
    if (slot->address != NULL)
        return;
    *slot = (struct title){.address = dz_strdup(address), .text = dz_strdup(text)};
    t->n++;
}

void
dz_web_titles_add(struct dz_web_titles **t, struct dz_view lines)
{
    if (*t == NULL) {
        *t = dz_alloc(sizeof **t);
        (*t)->n_slots = 2 * TITLES_MAX + 1; /* never more than half full */
        (*t)->list = dz_alloc_array((*t)->n_slots, sizeof *(*t)->list);
    }
    while (lines.n > 0) {
        const char *stop = memchr(lines.p, '\n', lines.n);
        size_t n = stop != NULL ? (size_t)(stop - lines.p) : lines.n;
        add_title(*t, dz_view_trim((struct dz_view){.p = lines.p, .n = n}));
        n += stop != NULL;
        lines.p += n;
        lines.n -= n;
    }
}

void
dz_web_titles_free(struct dz_web_titles *t)
{
    if (t == NULL)
        return;
    for (size_t i = 0; i < t->n_slots; i++) {
        dz_free(t->list[i].address);
        dz_free(t->list[i].text);
    }
    dz_free(t->list);
    dz_free(t);
}

/* ---- the document ---- */

static void
say_number(struct dz_web *web, const char *key, uint64_t n)
{
    if (n == 0)
        return;
    DZ_AUTO_FREE char *number = dz_asprintf("%llu", (unsigned long long)n);
    dz_work_meta(web->w, key, dz_view_of(number));
}

static void
finish(struct dz_web *web, bool known)
{
    say_number(web, "warc.records", web->n_records);
    say_number(web, "warc.resources", web->n_counted);
    say_number(web, "warc.revisits", web->n_revisits);
    say_number(web, "warc.redirects", web->n_redirects);
    say_number(web, "warc.bad_digests", web->n_bad_digests);
    if (web->limit != NULL)
        dz_work_done(web->w, "limit", web->limit);
    else if (!known && web->n_records == 0)
        dz_work_done(web->w, "unsupported", "kind");
    else if (web->cut)
        dz_work_done(web->w, "damaged", "truncated");
    else if (web->damaged || web->n_bad_digests > 0)
        dz_work_done(web->w, "damaged", "damaged");
    else if (dz_work_chars(web->w) == 0)
        dz_work_done(web->w, "empty", "no_text");
    else
        dz_work_done(web->w, "text", NULL);
}

static void
read_warc(struct dz_web *web, const char *piece, size_t n)
{
    DZ_AUTO_FREE char *room = dz_alloc(PIECE_BYTES);
    struct dz_warc *x = dz_warc_new(web);
    bool wanted = dz_warc_feed(x, piece, n);
    while (wanted && n > 0) {
        if (dz_work_next(web->w, room, PIECE_BYTES, &n, NULL) != DZ_OK) {
            web->cut = true;
            break;
        }
        wanted = dz_warc_feed(x, room, n);
    }
    dz_warc_finish(x);
}

static void
read_web(struct dz_work *w)
{
    struct dz_web web = {.w = w};
    const char *parts = dz_work_option(w, "parts");
    web.wants_parts = parts != NULL && strcmp(parts, "yes") == 0;
    struct dz_view whole = {0};
    enum dz_code code = dz_work_map(w, &whole, NULL);
    if (code == DZ_OK) {
        bool is_zip = whole.n >= 2 && memcmp(whole.p, "PK", 2) == 0;
        if (whole.n == 0) {
            dz_work_done(w, "empty", "empty");
            return;
        }
        bool known = dz_view_starts(whole, "WARC/") || dz_view_starts(whole, "\x1f\x8b");
        if (is_zip) {
            known = dz_wacz_read(&web, whole, NULL, 0);
        } else {
            struct dz_warc *x = dz_warc_new(&web);
            (void)dz_warc_feed(x, whole.p, whole.n);
            dz_warc_finish(x);
        }
        finish(&web, known);
    } else if (code != DZ_E_LIMIT) {
        dz_work_done(w, "damaged", "truncated");
    } else {
        DZ_AUTO_FREE char *piece = dz_alloc(PIECE_BYTES);
        size_t n = 0;
        if (dz_work_next(w, piece, PIECE_BYTES, &n, NULL) != DZ_OK)
            n = 0;
        bool known = true;
        if (n >= 2 && memcmp(piece, "PK", 2) == 0)
            known = dz_wacz_read(&web, (struct dz_view){0}, piece, n);
        else
            read_warc(&web, piece, n);
        finish(&web, known);
    }
    dz_web_titles_free(web.titles);
}

/* Paths in a WACZ are declared to be UTF-8 and stay it only in a locale of that. */
static void
warm_web(void)
{
    (void)setlocale(LC_CTYPE, "C.UTF-8");
}

const struct dz_family dz_family_web = {
    .name = "web",
    .extractor = "web/1",
    .warm = warm_web,
    .read = read_web,
};
