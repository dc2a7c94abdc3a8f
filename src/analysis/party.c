#include "dz_party.h"

#include <string.h>

#include "dz_json.h"
#include "dz_mem.h"
#include "dz_text.h"
#include "dz_utf8.h"

/* Names are compared word by word in folded form. A word of a pattern may end in "*"; a holder's
 * name matches in its case endings and close transliterations, so that a claimant quoted in three
 * languages is one claimant. */

#define WORDS_MAX 24  /* words of a name that are looked at; a longer one is no name */
#define STEM_LEAST 4  /* letters that two inflected forms must share */
#define ENDING_MOST 3 /* letters by which they may differ at the end */

static const char *const languages[] = {"en", "uk", "ru"};

struct words {
    struct dz_view w[WORDS_MAX];
    size_t n;
};

struct pattern {
    char *text; /* folded; the words point into it */
    struct words words;
    const char *office;
};
struct holder {
    char *text;
    struct words words;
    const char *office;
};

/* Keys that were asked for: a collection names few parties, each many times. */
struct known {
    char *name;
    char *key;
};
struct cache {
    struct known *slots; /* open addressing; a power of two */
    size_t n_slots;
    size_t n;
};
#define CACHE_MOST 65536 /* names kept; what comes after is looked up each time */

struct dz_parties {
    const struct dz_rules *rules;
    struct cache *cache;
    const json_t *offices;
    struct pattern *patterns;
    size_t n_patterns;
    size_t cap_patterns;
    struct holder *holders;
    size_t n_holders;
    size_t cap_holders;
};

/* ---- words ---- */

static bool
parts_words(uint32_t cp)
{
    if (cp < 0x80)
        return !((cp >= 'a' && cp <= 'z') || (cp >= 'A' && cp <= 'Z') || (cp >= '0' && cp <= '9') ||
                 cp == '\'' || cp == '*');
    return cp == 0xAB || cp == 0xBB || cp == 0xA0 || (cp >= 0x2000 && cp <= 0x206F);
}

static void
split(struct dz_view text, struct words *ret)
{
    ret->n = 0;
    size_t pos = 0, start = 0;
    bool inside = false;
    while (pos <= text.n && ret->n < WORDS_MAX) {
        size_t at = pos;
        bool parts = pos == text.n || parts_words(dz_utf8_next(text, &pos));
        if (parts && inside)
            ret->w[ret->n++] = (struct dz_view){text.p + start, at - start};
        if (!parts && !inside)
            start = at;
        inside = !parts;
        if (at == text.n)
            break;
    }
}

/* y for i, so that Dmytro is Dmitro: transliterations waver here most. */
static uint32_t
plain(uint32_t cp)
{
    return cp == 'y' ? 'i' : cp;
}

/* Do two words mean one name, endings and spellings aside? */
static bool
near(struct dz_view a, struct dz_view b)
{
    size_t i = 0, k = 0, same = 0;
    while (i < a.n && k < b.n) {
        size_t ni = i, nk = k;
        if (plain(dz_utf8_next(a, &ni)) != plain(dz_utf8_next(b, &nk)))
            break;
        i = ni;
        k = nk;
        same++;
    }
    struct dz_view rest_a = {a.p + i, a.n - i}, rest_b = {b.p + k, b.n - k};
    size_t left_a = dz_utf8_length(rest_a), left_b = dz_utf8_length(rest_b);
    if (left_a == 0 && left_b == 0)
        return true;
    return same >= STEM_LEAST && left_a <= ENDING_MOST && left_b <= ENDING_MOST;
}

static bool
fits(struct dz_view pattern, struct dz_view word)
{
    if (pattern.n > 0 && pattern.p[pattern.n - 1] == '*')
        return word.n >= pattern.n - 1 && memcmp(pattern.p, word.p, pattern.n - 1) == 0;
    return dz_view_eq(pattern, word);
}

static char *
folded(const char *text)
{
    struct dz_buf b = DZ_BUF(4096);
    dz_text_fold(dz_view_of(text), &b);
    if (b.failed)
        dz_buf_reset(&b);
    return dz_buf_take(&b);
}

/* ---- tables ---- */

static void
add_pattern(struct dz_parties *p, const char *text, const char *office)
{
    if (!text || !*text)
        return;
    p->patterns = dz_grow(p->patterns, &p->cap_patterns, p->n_patterns + 1, sizeof *p->patterns);
    struct pattern *new = &p->patterns[p->n_patterns++];
    new->text = folded(text);
    new->office = office;
    split(dz_view_of(new->text), &new->words);
}

static void
add_holder(struct dz_parties *p, const char *text, const char *office)
{
    if (!text || !*text)
        return;
    p->holders = dz_grow(p->holders, &p->cap_holders, p->n_holders + 1, sizeof *p->holders);
    struct holder *new = &p->holders[p->n_holders++];
    new->text = folded(text);
    new->office = office;
    split(dz_view_of(new->text), &new->words);
}

static void
add_office(struct dz_parties *p, const json_t *office)
{
    const char *id = dz_json_str(office, "id");
    const json_t *name = json_object_get(office, "name");
    const json_t *stems = json_object_get(office, "stems");
    for (size_t i = 0; id && i < sizeof languages / sizeof *languages; i++) {
        add_pattern(p, dz_json_str(name, languages[i]), id);
        const json_t *list = json_object_get(stems, languages[i]);
        for (size_t k = 0; k < json_array_size(list); k++)
            add_pattern(p, json_string_value(json_array_get(list, k)), id);
    }
}

struct dz_parties *
dz_parties_new(const struct dz_rules *rules)
{
    struct dz_parties *p = dz_alloc(sizeof *p);
    p->rules = rules;
    p->cache = dz_alloc(sizeof *p->cache);
    const json_t *table = dz_rules_table(rules, "offices");
    p->offices = json_object_get(table, "offices");
    for (size_t i = 0; i < json_array_size(p->offices); i++)
        add_office(p, json_array_get(p->offices, i));
    const json_t *holders = json_object_get(table, "holders");
    for (size_t i = 0; i < json_array_size(holders); i++) {
        const json_t *h = json_array_get(holders, i);
        const char *office = dz_json_str(h, "office");
        const json_t *aliases = json_object_get(h, "aliases");
        for (size_t k = 0; office && k < sizeof languages / sizeof *languages; k++)
            add_holder(p, dz_json_str(json_object_get(h, "name"), languages[k]), office);
        for (size_t k = 0; office && k < json_array_size(aliases); k++)
            add_holder(p, json_string_value(json_array_get(aliases, k)), office);
    }
    return p;
}

void
dz_parties_free(struct dz_parties *p)
{
    if (!p)
        return;
    for (size_t i = 0; i < p->n_patterns; i++)
        dz_free(p->patterns[i].text);
    for (size_t i = 0; i < p->n_holders; i++)
        dz_free(p->holders[i].text);
    for (size_t i = 0; i < p->cache->n_slots; i++) {
        dz_free(p->cache->slots[i].name);
        dz_free(p->cache->slots[i].key);
    }
    dz_free(p->cache->slots);
    dz_free(p->cache);
    dz_free(p->patterns);
    dz_free(p->holders);
    dz_free(p);
}

/* ---- finding ---- */

static bool
has_word(const struct words *name, struct dz_view word)
{
    for (size_t i = 0; i < name->n; i++) {
        if (near(name->w[i], word))
            return true;
    }
    return false;
}

/* Is a word one that offices are called by: "president", "minister", "Russian"? */
static bool
is_title(const struct dz_parties *p, struct dz_view word)
{
    for (size_t i = 0; i < p->n_patterns; i++) {
        for (size_t k = 0; k < p->patterns[i].words.n; k++) {
            if (fits(p->patterns[i].words.w[k], word))
                return true;
        }
    }
    return false;
}

/* Is a name this holder's: the whole name, or the surname with nothing beside it but titles? A
 * namesake with another first name is somebody else. */
static bool
is_holder(const struct dz_parties *p, const struct holder *h, const struct words *name)
{
    const struct words *own = &h->words;
    if (own->n == 0 || !has_word(name, own->w[own->n - 1]))
        return false;
    bool whole = own->n > 1;
    for (size_t i = 0; i + 1 < own->n; i++)
        whole = whole && has_word(name, own->w[i]);
    if (whole)
        return true;
    for (size_t i = 0; i < name->n; i++) {
        if (!near(name->w[i], own->w[own->n - 1]) && !is_title(p, name->w[i]))
            return false;
    }
    return true;
}

/* Nobody when holders of two offices fit. */
static const char *
find_holder(const struct dz_parties *p, const struct words *name)
{
    const char *found = NULL;
    for (size_t i = 0; i < p->n_holders; i++) {
        const struct holder *h = &p->holders[i];
        if ((found && strcmp(found, h->office) == 0) || !is_holder(p, h, name))
            continue;
        if (found)
            return NULL;
        found = h->office;
    }
    return found;
}

static bool
stands_in(const struct words *pattern, const struct words *name)
{
    for (size_t at = 0; at + pattern->n <= name->n; at++) {
        size_t k = 0;
        while (k < pattern->n && fits(pattern->w[k], name->w[at + k]))
            k++;
        if (k == pattern->n)
            return true;
    }
    return false;
}

/* The office whose longest pattern stands in the name. */
static const char *
find_office(const struct dz_parties *p, const struct words *name)
{
    const struct pattern *best = NULL;
    for (size_t i = 0; i < p->n_patterns; i++) {
        const struct pattern *q = &p->patterns[i];
        if (q->words.n == 0 || (best && q->words.n <= best->words.n))
            continue;
        if (stands_in(&q->words, name))
            best = q;
    }
    return best ? best->office : NULL;
}

/* "Russia" and "Ukraine" as issuers are the states. */
static const char *
find_state(const struct dz_parties *p, const char *name)
{
    const struct dz_place *found[2];
    if (dz_place_lookup(p->rules, dz_view_trim(dz_view_of(name)), found, 2) != 1)
        return NULL;
    for (size_t i = 0; i < json_array_size(p->offices); i++) {
        const json_t *office = json_array_get(p->offices, i);
        const char *kind = dz_json_str(office, "kind");
        const char *territory = dz_json_str(office, "territory");
        if (kind && territory && strcmp(kind, "state") == 0 && strcmp(territory, found[0]->id) == 0)
            return dz_json_str(office, "id");
    }
    return NULL;
}

static void
find_key(const struct dz_parties *p, const char *name, struct dz_buf *out)
{
    DZ_AUTO_FREE char *fold = folded(name);
    struct words words;
    split(dz_view_of(fold), &words);
    if (words.n == 0)
        return;
    const char *office = find_holder(p, &words);
    if (!office)
        office = find_office(p, &words);
    if (!office)
        office = find_state(p, name);
    if (office) {
        dz_buf_adds(out, office);
        return;
    }
    for (size_t i = 0; i < words.n; i++) {
        dz_buf_addc(out, i == 0 ? '=' : ' ');
        dz_buf_addv(out, words.w[i]);
    }
}

/* ---- the cache ---- */

/* The slot that holds the name, or the empty one where it belongs. There is always room. */
static struct known *
slot_of(const struct cache *c, const char *name)
{
    uint64_t hash = 14695981039346656037u; /* FNV-1a */
    for (const char *at = name; *at; at++)
        hash = (hash ^ (unsigned char)*at) * 1099511628211u;
    size_t i = (size_t)hash & (c->n_slots - 1);
    while (c->slots[i].name && strcmp(c->slots[i].name, name) != 0)
        i = (i + 1) & (c->n_slots - 1);
    return &c->slots[i];
}

static void
make_room(struct cache *c)
{
    if (c->n_slots > 0 && c->n < c->n_slots / 2)
        return;
    struct cache wider = {.n_slots = c->n_slots > 0 ? 2 * c->n_slots : 64, .n = c->n};
    wider.slots = dz_alloc_array(wider.n_slots, sizeof *wider.slots);
    for (size_t i = 0; i < c->n_slots; i++) {
        if (c->slots[i].name)
            *slot_of(&wider, c->slots[i].name) = c->slots[i];
    }
    dz_free(c->slots);
    *c = wider;
}

void
dz_party_key(const struct dz_parties *p, const char *name, struct dz_buf *out)
{
    struct cache *c = p->cache;
    if (!name || !*name)
        return;
    make_room(c);
    struct known *at = slot_of(c, name);
    if (at->name) {
        dz_buf_adds(out, at->key);
        return;
    }
    struct dz_buf key = DZ_BUF(4096);
    find_key(p, name, &key);
    dz_buf_addv(out, dz_buf_view(&key));
    if (c->n >= CACHE_MOST) {
        dz_buf_done(&key);
        return;
    }
    *at = (struct known){dz_strdup(name), dz_buf_take(&key)};
    c->n++;
}

static const json_t *
office_of(const struct dz_parties *p, const char *key)
{
    for (size_t i = 0; key && i < json_array_size(p->offices); i++) {
        const json_t *office = json_array_get(p->offices, i);
        const char *id = dz_json_str(office, "id");
        if (id && strcmp(id, key) == 0)
            return office;
    }
    return NULL;
}

const char *
dz_party_side(const struct dz_parties *p, const char *key)
{
    const char *side = dz_json_str(office_of(p, key), "side");
    return side ? side : "";
}

const char *
dz_party_name(const struct dz_parties *p, const char *key, enum dz_lang lang)
{
    const json_t *office = office_of(p, key);
    return office ? dz_json_str(json_object_get(office, "name"), dz_lang_code(lang)) : NULL;
}
