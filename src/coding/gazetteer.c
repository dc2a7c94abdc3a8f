#include "dz_rules_priv.h"

#include <string.h>

#include "dz_json.h"

static bool
is_word_char(uint32_t cp)
{
    return (cp >= '0' && cp <= '9') || (cp >= 'a' && cp <= 'z') || cp >= 0xC0;
}

/* Signs above ASCII that separate words of a name: quotes and dashes. */
static bool
is_wide_sign(uint32_t cp)
{
    return (cp >= 0x2000 && cp <= 0x206F) || cp == 0xAB || cp == 0xBB || cp == 0xA0 || cp == 0x2116;
}

size_t
dz_gaz_split(struct dz_view folded, struct dz_view *ret_words)
{
    size_t n = 0, pos = 0;
    while (pos < folded.n) {
        size_t start = pos, end = pos;
        bool latin = false;
        while (pos < folded.n) {
            size_t here = pos;
            uint32_t cp = dz_utf8_next(folded, &pos);
            bool inner = cp == '\'' && end > start && pos < folded.n &&
                         is_word_char((unsigned char)folded.p[pos]);
            bool possessive = inner && latin && folded.p[pos] == 's' &&
                              (pos + 1 == folded.n || folded.p[pos + 1] == ' ');
            if (possessive || is_wide_sign(cp) || (!is_word_char(cp) && !inner)) {
                pos = here;
                break;
            }
            latin = cp < 0x80;
            end = pos;
        }
        if (end == start) { /* a sign: over it, unless it opens 's */
            bool possessive = folded.p[pos] == '\'' && pos > 0 && folded.p[pos - 1] != ' ' &&
                              pos + 1 < folded.n && folded.p[pos + 1] == 's' &&
                              (pos + 2 == folded.n || folded.p[pos + 2] == ' ');
            if (!possessive) {
                (void)dz_utf8_next(folded, &pos);
                continue;
            }
            pos = end = start + 2;
        }
        if (n == DZ_GAZ_WORDS)
            return 0;
        ret_words[n++] = (struct dz_view){folded.p + start, end - start};
    }
    return n;
}

/* ---- building ---- */

struct builder {
    struct dz_rules *r;
    uint32_t word; /* whose forms are being put */
    struct dz_map *map;
};

static struct dz_view
keep(struct dz_rules *r, struct dz_view v)
{
    char *p = dz_arena_strndup(&r->arena, v.p, v.n);
    return (struct dz_view){p ? p : "", p ? v.n : 0};
}

static void
link_form(void *arg, struct dz_view form)
{
    struct builder *b = arg;
    struct dz_gaz *g = &b->r->gaz;
    uint32_t first = dz_map_get(b->map, form);
    for (uint32_t at = first; at != DZ_MAP_NONE; at = g->links[at].next)
        if (g->links[at].word == b->word)
            return;
    g->links = dz_grow(g->links, &g->cap_links, g->n_links + 1, sizeof *g->links);
    g->links[g->n_links] = (struct dz_gaz_link){.word = b->word, .next = first};
    dz_map_put(b->map, first == DZ_MAP_NONE ? keep(b->r, form) : form, (uint32_t)g->n_links);
    g->n_links++;
}

/* Words that two languages share ("Токмак") get the forms of both. */
static void
add_forms(struct dz_rules *r, uint32_t id, struct dz_view word, enum dz_text_lang lang)
{
    struct dz_gaz *g = &r->gaz;
    uint8_t bit = (uint8_t)(1U << lang);
    if (g->word_langs[id] & bit)
        return;
    g->word_langs[id] |= bit;
    struct builder b = {.r = r, .word = id, .map = &g->forms};
    dz_gaz_inflect(word, lang, link_form, &b);
}

static uint32_t
intern_word(struct dz_rules *r, struct dz_view word, enum dz_text_lang lang, bool inflects)
{
    struct dz_gaz *g = &r->gaz;
    uint32_t id = dz_map_get(&g->words, word);
    bool is_new = id == DZ_MAP_NONE;
    if (is_new) {
        id = (uint32_t)g->n_words++;
        g->word_langs = dz_grow(g->word_langs, &g->cap_words, g->n_words, sizeof *g->word_langs);
        dz_map_put(&g->words, keep(r, word), id);
    }
    add_forms(r, id, word, DZ_TEXT_EN); /* the word as it stands */
    if (inflects && lang != DZ_TEXT_RU)
        add_forms(r, id, word, DZ_TEXT_UK);
    if (inflects && lang != DZ_TEXT_UK)
        add_forms(r, id, word, DZ_TEXT_RU);
    if (is_new && lang == DZ_TEXT_EN) {
        struct builder b = {.r = r, .word = id, .map = &g->keys};
        struct dz_buf key DZ_AUTO_BUF = DZ_BUF(1024);
        dz_gaz_key(word, &key);
        if (key.n >= 5)
            link_form(&b, dz_buf_view(&key));
    }
    return id;
}

static size_t
edge_slot(const struct dz_gaz *g, uint64_t key)
{
    size_t at = (size_t)(key * 0x9E3779B97F4A7C15ULL >> 32) & (g->cap_edges - 1);
    while (g->edges[at].key != 0 && g->edges[at].key != key)
        at = (at + 1) & (g->cap_edges - 1);
    return at;
}

static uint64_t
edge_key(uint32_t node, uint32_t word)
{
    return ((uint64_t)node + 1) << 32 | word;
}

uint32_t
dz_gaz_edge(const struct dz_gaz *g, uint32_t node, uint32_t word)
{
    if (g->cap_edges == 0)
        return DZ_MAP_NONE;
    const struct dz_gaz_edge *e = &g->edges[edge_slot(g, edge_key(node, word))];
    return e->key ? e->to : DZ_MAP_NONE;
}

static uint32_t
new_node(struct dz_gaz *g)
{
    g->node_end = dz_grow(g->node_end, &g->cap_nodes, g->n_nodes + 1, sizeof *g->node_end);
    g->node_end[g->n_nodes] = DZ_MAP_NONE;
    return (uint32_t)g->n_nodes++;
}

static uint32_t
edge_add(struct dz_gaz *g, uint32_t node, uint32_t word)
{
    uint32_t to = dz_gaz_edge(g, node, word);
    if (to != DZ_MAP_NONE)
        return to;
    if (g->n_edges * 2 >= g->cap_edges) {
        struct dz_gaz bigger = {.cap_edges = g->cap_edges ? g->cap_edges * 2 : 1024};
        bigger.edges = dz_alloc_array(bigger.cap_edges, sizeof *bigger.edges);
        for (size_t i = 0; i < g->cap_edges; i++)
            if (g->edges[i].key)
                bigger.edges[edge_slot(&bigger, g->edges[i].key)] = g->edges[i];
        dz_free(g->edges);
        g->edges = bigger.edges;
        g->cap_edges = bigger.cap_edges;
    }
    to = new_node(g);
    g->edges[edge_slot(g, edge_key(node, word))] =
        (struct dz_gaz_edge){.key = edge_key(node, word), .to = to};
    g->n_edges++;
    return to;
}

static void
add_end(struct dz_gaz *g, uint32_t node, uint32_t place, bool base)
{
    for (uint32_t at = g->node_end[node]; at != DZ_MAP_NONE; at = g->ends[at].next)
        if (g->ends[at].place == place && g->ends[at].base == base)
            return;
    g->ends = dz_grow(g->ends, &g->cap_ends, g->n_ends + 1, sizeof *g->ends);
    g->ends[g->n_ends] =
        (struct dz_gaz_end){.place = place, .next = g->node_end[node], .base = base};
    g->node_end[node] = (uint32_t)g->n_ends++;
}

/* One name as a path; where its last word is a head word ("область", "raion"), also without it. */
static void
add_path(struct dz_rules *r, const struct dz_view *words, size_t n, enum dz_text_lang lang,
         uint32_t place, bool inflects)
{
    uint32_t node = 0;
    for (size_t i = 0; i < n; i++) {
        if (i > 0 && i == n - 1) {
            uint32_t head = dz_map_get(&r->place_words.exact, words[i]);
            bool is_head = false;
            for (; head != DZ_MAP_NONE; head = r->place_words.entries[head].next)
                is_head = is_head || r->place_words.entries[head].kind <= DZ_PW_RAION;
            if (is_head && strcmp(r->places[place].kind, "territory") != 0)
                add_end(&r->gaz, node, place, true);
        }
        if (i == 1 && n >= 3 && strcmp(r->places[place].kind, "republic") == 0)
            add_end(&r->gaz, node, place, true); /* "Donetsk" of "Donetsk People's Republic" */
        node = edge_add(&r->gaz, node, intern_word(r, words[i], lang, inflects));
    }
    add_end(&r->gaz, node, place, false);
}

/* The language whose case forms a name has; DZ_TEXT_OTHER for an alias that fits both. */
static enum dz_text_lang
script_lang(struct dz_view folded, enum dz_text_lang hint)
{
    size_t pos = 0;
    enum dz_text_lang lang = DZ_TEXT_EN;
    if (hint == DZ_TEXT_UK || hint == DZ_TEXT_RU)
        return hint;
    while (pos < folded.n) {
        uint32_t cp = dz_utf8_next(folded, &pos);
        if (cp == 0x0456 || cp == 0x0457 || cp == 0x0454 || cp == 0x0491)
            return DZ_TEXT_UK;
        if (cp == 0x044B || cp == 0x044D || cp == 0x044A)
            return DZ_TEXT_RU;
        if (cp >= 0x0400 && cp <= 0x052F)
            lang = DZ_TEXT_OTHER; /* either */
    }
    return lang;
}

/* Abbreviations in capitals (ДНР, США) have no case forms. */
static bool
is_abbreviation(struct dz_view raw)
{
    size_t pos = 0, letters = 0;
    while (pos < raw.n) {
        uint32_t cp = dz_utf8_next(raw, &pos);
        struct dz_buf low DZ_AUTO_BUF = DZ_BUF(64);
        struct dz_buf one DZ_AUTO_BUF = DZ_BUF(64);
        dz_utf8_put(&one, cp);
        dz_text_fold(dz_buf_view(&one), &low);
        if (dz_view_eq(dz_buf_view(&low), dz_buf_view(&one)) && cp != '-' && cp != ' ')
            return false;
        letters++;
    }
    return letters >= 2 && letters <= 6;
}

/* "Херсонська область" is also "Херсонщина", "Донецька" also "Донеччина". */
static void
add_popular(struct dz_rules *r, const struct dz_view *words, size_t n, enum dz_text_lang lang,
            uint32_t place)
{
    static const char *const ends[][2] = {
        {"цька", "ччина"}, {"зька", "жчина"}, {"ська", "щина"}, {"ская", "щина"}};
    if (n != 2 || !(dz_view_is(words[1], "область")))
        return;
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        size_t cut = strlen(ends[i][0]);
        if (words[0].n <= cut || memcmp(words[0].p + words[0].n - cut, ends[i][0], cut) != 0)
            continue;
        struct dz_buf name DZ_AUTO_BUF = DZ_BUF(512);
        dz_buf_add(&name, words[0].p, words[0].n - cut);
        dz_buf_adds(&name, ends[i][1]);
        struct dz_view word = dz_buf_view(&name);
        add_path(r, &word, 1, lang, place, true);
        return;
    }
}

static void
add_romanised(struct dz_rules *r, const struct dz_view *words, size_t n, enum dz_text_lang lang,
              uint32_t place)
{
    struct dz_buf latin[DZ_GAZ_WORDS] = {0};
    struct dz_view views[DZ_GAZ_WORDS] = {0};
    for (size_t i = 0; i < n; i++) {
        dz_gaz_romanise(words[i], lang, &latin[i]);
        views[i] = dz_buf_view(&latin[i]);
    }
    bool long_enough = views[0].n >= 4;
    if (long_enough)
        add_path(r, views, n, DZ_TEXT_EN, place, false);
    for (size_t i = 0; i < n; i++)
        dz_buf_done(&latin[i]);
}

static bool
is_conjunction(const struct dz_rules *r, struct dz_view word)
{
    uint32_t at = dz_map_get(&r->place_words.exact, word);
    for (; at != DZ_MAP_NONE; at = r->place_words.entries[at].next)
        if (r->place_words.entries[at].kind == DZ_PW_AND && r->place_words.entries[at].n_rest == 0)
            return true;
    return false;
}

/* "Чаплинка" is written "Чаплынка" in Russian by those who write it as it is said. */
static void
add_heard(struct dz_rules *r, struct dz_view name, uint32_t place)
{
    struct dz_buf heard DZ_AUTO_BUF = DZ_BUF(4096);
    size_t pos = 0;
    while (pos < name.n) {
        uint32_t cp = dz_utf8_next(name, &pos);
        /* и is ы, і and ї are и, є is е. */
        cp = cp == 0x0438 ? 0x044B : cp == 0x0456 || cp == 0x0457 ? 0x0438 : cp;
        dz_utf8_put(&heard, cp == 0x0454 ? 0x0435 : cp);
    }
    struct dz_view words[DZ_GAZ_WORDS];
    size_t n = dz_gaz_split(dz_buf_view(&heard), words);
    if (n > 0)
        add_path(r, words, n, DZ_TEXT_RU, place, true);
}

static void
add_name(struct dz_rules *r, const char *raw, enum dz_text_lang hint, uint32_t place)
{
    if (!raw || !raw[0])
        return;
    struct dz_buf fold DZ_AUTO_BUF = DZ_BUF(4096);
    dz_text_fold(dz_view_of(raw), &fold);
    struct dz_view words[DZ_GAZ_WORDS];
    size_t n = dz_gaz_split(dz_buf_view(&fold), words);
    if (n == 0)
        return;
    /* A territory named by its parts ("Crimea and Sevastopol") is found by its parts. */
    for (size_t i = 0; i < n && strcmp(r->places[place].kind, "territory") == 0; i++)
        if (is_conjunction(r, words[i]))
            return;
    enum dz_text_lang lang = script_lang(dz_buf_view(&fold), hint);
    bool inflects = lang != DZ_TEXT_EN && !is_abbreviation(dz_view_of(raw));
    add_path(r, words, n, lang, place, inflects);
    if (lang == DZ_TEXT_EN)
        return;
    add_popular(r, words, n, lang, place);
    if (inflects && hint == DZ_TEXT_UK && n == 1 &&
        strcmp(r->places[place].kind, "settlement") == 0)
        add_heard(r, dz_buf_view(&fold), place);
    if (inflects && strcmp(r->places[place].kind, "settlement") == 0)
        add_romanised(r, words, n, lang, place);
}

static void
add_names(struct dz_rules *r, const json_t *row, uint32_t place)
{
    const json_t *names = json_object_get(row, "name");
    add_name(r, dz_json_str(names, "en"), DZ_TEXT_EN, place);
    add_name(r, dz_json_str(names, "uk"), DZ_TEXT_UK, place);
    add_name(r, dz_json_str(names, "ru"), DZ_TEXT_RU, place);
    static const char *const more[] = {"aliases", "occupation_aliases"};
    for (size_t k = 0; k < 2; k++) {
        const json_t *list = json_object_get(row, more[k]);
        for (size_t i = 0; i < json_array_size(list); i++)
            add_name(r, json_string_value(json_array_get(list, i)), DZ_TEXT_EN, place);
    }
}

/* ---- loading ---- */

static int
rank_of(const char *class_id)
{
    static const struct {
        const char *class_id;
        int rank;
    } ranks[] = {{"city", 3}, {"town", 2}, {"urban_settlement", 1}, {"settlement", 1}};
    for (size_t i = 0; class_id && i < sizeof ranks / sizeof *ranks; i++)
        if (strcmp(ranks[i].class_id, class_id) == 0)
            return ranks[i].rank;
    return 0;
}

static const char *
filled(const json_t *object, const char *key)
{
    const char *s = dz_json_str(object, key);
    return s && s[0] ? s : NULL;
}

static enum dz_code
take_row(struct dz_rules *r, const json_t *row, struct dz_err *err)
{
    const json_t *names = json_object_get(row, "name");
    const json_t *occupied = json_object_get(row, "occupied");
    struct dz_place p = {
        .id = filled(row, "id"),
        .kind = filled(row, "kind"),
        .parent = filled(row, "parent"),
        .name_en = filled(names, "en"),
        .name_uk = filled(names, "uk"),
        .name_ru = filled(names, "ru"),
        .lat = filled(row, "lat"),
        .lon = filled(row, "lon"),
        .occupied_since = filled(occupied, "since"),
        .occupied_until = filled(occupied, "until"),
        .occupied_source = filled(occupied, "source"),
    };
    if (!p.id || !p.kind || !p.name_en)
        return dz_fail(err, DZ_E_CORRUPT, "the built-in gazetteer has a place without id or name");
    const json_t *members = json_object_get(row, "members");
    size_t n = json_array_size(members);
    if (n > 0) {
        const char **ids = dz_alloc_array(n, sizeof *ids);
        for (size_t i = 0; i < n; i++)
            ids[i] = json_string_value(json_array_get(members, i));
        p.members = ids;
        p.n_members = n;
    }
    const char *class_id = filled(row, "class");
    r->more[r->n_places] = (struct dz_place_more){class_id, rank_of(class_id)};
    r->places[r->n_places] = p;
    dz_map_put(&r->place_ids, dz_view_of(p.id), (uint32_t)r->n_places);
    r->n_places++;
    return DZ_OK;
}

static void
load_homonyms(struct dz_rules *r)
{
    for (size_t i = 0; i < json_array_size(r->homonyms); i++) {
        const json_t *row = json_array_get(r->homonyms, i);
        const char *prefer = filled(row, "prefer");
        const char *name = filled(row, "name");
        uint32_t at = prefer ? dz_map_get(&r->place_ids, dz_view_of(prefer)) : DZ_MAP_NONE;
        if (name && at != DZ_MAP_NONE)
            dz_map_put(&r->prefer, dz_view_of(name), at);
    }
}

enum dz_code
dz_gaz_load(struct dz_rules *r, struct dz_err *err)
{
    size_t n = json_array_size(r->gazetteer);
    r->places = dz_alloc_array(n + 1, sizeof *r->places);
    r->more = dz_alloc_array(n + 1, sizeof *r->more);
    for (size_t i = 0; i < n; i++) {
        enum dz_code code = take_row(r, json_array_get(r->gazetteer, i), err);
        if (code != DZ_OK)
            return code;
    }
    (void)new_node(&r->gaz);
    for (size_t i = 0; i < n; i++)
        add_names(r, json_array_get(r->gazetteer, i), (uint32_t)i);
    load_homonyms(r);
    return DZ_OK;
}

void
dz_gaz_done(struct dz_gaz *g)
{
    dz_map_done(&g->words);
    dz_map_done(&g->forms);
    dz_map_done(&g->keys);
    dz_free(g->links);
    dz_free(g->edges);
    dz_free(g->ends);
    dz_free(g->node_end);
    dz_free(g->word_langs);
    *g = (struct dz_gaz){0};
}
