#include "dz_lexicon.h"

#include <string.h>

#include "dz_data.h"
#include "dz_json.h"
#include "dz_lexicon_priv.h"

/* Compiling: patterns become rows of elements; each element is a set of alternatives, each
 * alternative a term of the trie or a reference to another concept. */

static uint32_t
edge_slot(const struct dz_lexicon *l, uint32_t node, unsigned char byte)
{
    uint64_t key = ((uint64_t)node << 8 | byte) + 1;
    uint32_t slot = (uint32_t)((key * 0x9E3779B97F4A7C15u) >> 40) & (uint32_t)(l->n_edges - 1);
    while (l->edges[slot].key != 0 && l->edges[slot].key != key)
        slot = (slot + 1) & (uint32_t)(l->n_edges - 1);
    return slot;
}

static uint32_t
child_of(const struct dz_lexicon *l, uint32_t node, unsigned char byte)
{
    uint32_t slot = edge_slot(l, node, byte);
    return l->edges[slot].key ? l->edges[slot].to : 0;
}

static uint32_t
add_node(struct dz_lexicon *l)
{
    l->nodes = dz_grow(l->nodes, &l->node_cap, l->n_nodes + 1, sizeof *l->nodes);
    l->nodes[l->n_nodes] = (struct dz_trie_node){.exact = -1, .prefix = -1};
    return (uint32_t)l->n_nodes++;
}

static void
grow_edges(struct dz_lexicon *l)
{
    if ((l->used_edges + 1) * 2 <= l->n_edges)
        return;
    struct dz_trie_edge *old = l->edges;
    size_t n_old = l->n_edges;
    l->n_edges = n_old ? n_old * 2 : 1u << 15;
    l->edges = dz_alloc_array(l->n_edges, sizeof *l->edges);
    for (size_t i = 0; i < n_old; i++) {
        if (old[i].key == 0)
            continue;
        uint64_t key = old[i].key - 1;
        l->edges[edge_slot(l, (uint32_t)(key >> 8), (unsigned char)key)] = old[i];
    }
    dz_free(old);
}

/* Number of the term for a folded word; prefix: every word that begins so. */
static int
add_term(struct dz_lexicon *l, struct dz_view word, bool prefix)
{
    uint32_t node = 0;
    for (size_t i = 0; i < word.n; i++) {
        unsigned char byte = (unsigned char)word.p[i];
        uint32_t to = child_of(l, node, byte);
        if (to == 0) {
            grow_edges(l);
            to = add_node(l);
            uint32_t slot = edge_slot(l, node, byte);
            l->edges[slot].key = ((uint64_t)node << 8 | byte) + 1;
            l->edges[slot].to = to;
            l->used_edges++;
        }
        node = to;
    }
    int *term = prefix ? &l->nodes[node].prefix : &l->nodes[node].exact;
    if (*term < 0) {
        *term = (int)l->n_terms;
        l->term_uses = dz_grow(l->term_uses, &l->term_cap, l->n_terms + 1, sizeof *l->term_uses);
        l->common = dz_grow(l->common, &l->common_cap, l->n_terms + 1, sizeof *l->common);
        l->common[l->n_terms] = !prefix && (word.n <= 4 || dz_text_function_word_is(word));
        l->n_terms++;
    }
    return *term;
}

static void
add_use(struct dz_uses *uses, uint32_t pattern)
{
    if (uses->n > 0 && uses->items[uses->n - 1] == pattern)
        return;
    uses->items = dz_grow(uses->items, &uses->cap, uses->n + 1, sizeof *uses->items);
    uses->items[uses->n++] = pattern;
}

static void
add_alt(struct dz_lexicon *l, struct dz_element *e, int term, int concept)
{
    l->alts = dz_grow(l->alts, &l->alt_cap, l->n_alts + 1, sizeof *l->alts);
    l->alts[l->n_alts++] = (struct dz_alt){.term = term, .concept = concept};
    e->n_alts++;
}

static bool
in_group(const char *id, struct dz_view group)
{
    return strncmp(id, group.p, group.n) == 0 && id[group.n] == '_';
}

/* "<id>": the concept, or all whose id begins with "id_". */
static enum dz_code
add_reference(struct dz_lexicon *l, struct dz_element *e, struct dz_view name, int owner,
              struct dz_err *err)
{
    size_t before = e->n_alts;
    for (int i = 0; i < owner; i++) {
        if (!dz_view_is(name, l->concepts[i].id))
            continue;
        add_alt(l, e, -1, i);
        if (l->concepts[owner].level <= l->concepts[i].level)
            l->concepts[owner].level = l->concepts[i].level + 1;
        return DZ_OK;
    }
    for (int i = 0; i < owner; i++) {
        if (!in_group(l->concepts[i].id, name))
            continue;
        add_alt(l, e, -1, i);
        if (l->concepts[owner].level <= l->concepts[i].level)
            l->concepts[owner].level = l->concepts[i].level + 1;
    }
    if (e->n_alts == before)
        return dz_fail(err, DZ_E_CORRUPT, "the pattern of '%s' points to an unknown concept",
                       l->concepts[owner].id);
    return DZ_OK;
}

/* One written word: exact, "stem*", or with a star inside for the spellings with s and z. */
static void
add_folded(struct dz_lexicon *l, struct dz_element *e, struct dz_view word)
{
    if (word.n > 2 && word.p[word.n - 2] == '\'' && word.p[word.n - 1] == 's')
        word.n -= 2;
    const char *star = memchr(word.p, '*', word.n);
    bool prefix = star && star == word.p + word.n - 1;
    if (!star || prefix) {
        word.n -= prefix;
        add_alt(l, e, add_term(l, word, prefix), -1);
        return;
    }
    bool tail = word.p[word.n - 1] == '*';
    for (size_t i = 0; i < 2; i++) {
        struct dz_buf both = DZ_BUF(1024);
        dz_buf_add(&both, word.p, (size_t)(star - word.p));
        dz_buf_addc(&both, i == 0 ? 's' : 'z');
        dz_buf_add(&both, star + 1, (size_t)(word.p + word.n - star - 1) - tail);
        add_alt(l, e, add_term(l, dz_buf_view(&both), tail), -1);
        dz_buf_done(&both);
    }
}

/* Words are folded one by one: letters of two alphabets in one piece would be taken for a
 * disguise. */
static void
add_word(struct dz_lexicon *l, struct dz_element *e, struct dz_view word)
{
    struct dz_buf fold = DZ_BUF(1024);
    dz_text_fold(word, &fold);
    add_folded(l, e, dz_buf_view(&fold));
    dz_buf_done(&fold);
}

static enum dz_code
add_element(struct dz_lexicon *l, struct dz_view part, int owner, struct dz_err *err)
{
    struct dz_element e = {.alts = (uint32_t)l->n_alts};
    if (part.n > 0 && part.p[0] == '[') {
        e.optional = true;
        part.p++;
        part.n -= part.n > 1 && part.p[part.n - 2] == ']' ? 2 : 1;
    }
    if (part.n > 0 && part.p[0] == '~') {
        e.gap = part.n > 1 ? (uint8_t)(part.p[1] - '0') : 6;
        if (part.n > 2 || e.gap > 9)
            return dz_fail(err, DZ_E_CORRUPT, "a gap in the patterns of '%s' is not ~ or ~1 to ~9",
                           l->concepts[owner].id);
    }
    while (!e.gap && part.n > 0) {
        const char *cut = memchr(part.p, '/', part.n);
        struct dz_view alt = {part.p, cut ? (size_t)(cut - part.p) : part.n};
        if (alt.n > 2 && alt.p[0] == '<') {
            struct dz_view name = {alt.p + 1, alt.n - 2};
            enum dz_code code = add_reference(l, &e, name, owner, err);
            if (code != DZ_OK)
                return code;
        } else if (alt.n > 0) {
            add_word(l, &e, alt);
        }
        part.p += cut ? alt.n + 1 : alt.n;
        part.n -= cut ? alt.n + 1 : alt.n;
    }
    if (!e.gap && e.n_alts == 0)
        return dz_fail(err, DZ_E_CORRUPT, "an empty place in the patterns of '%s'",
                       l->concepts[owner].id);
    l->elements = dz_grow(l->elements, &l->element_cap, l->n_elements + 1, sizeof *l->elements);
    l->elements[l->n_elements++] = e;
    return DZ_OK;
}

/* Enter a pattern under every word or concept it can begin with. */
static void
index_pattern(struct dz_lexicon *l, uint32_t pattern)
{
    const struct dz_pattern *p = &l->patterns[pattern];
    for (size_t i = 0; i < p->n; i++) {
        const struct dz_element *e = &l->elements[p->first + i];
        for (size_t a = 0; a < e->n_alts; a++) {
            const struct dz_alt *alt = &l->alts[e->alts + a];
            add_use(alt->term >= 0 ? &l->term_uses[alt->term] : &l->concept_uses[alt->concept],
                    pattern);
        }
        if (!e->optional)
            break;
    }
}

static enum dz_code
add_pattern(struct dz_lexicon *l, const char *text, int owner, struct dz_err *err)
{
    struct dz_pattern p = {.concept = owner, .first = (uint32_t)l->n_elements};
    enum dz_code code = DZ_OK;
    size_t pos = 0;
    while (code == DZ_OK && text[pos]) {
        size_t n = strcspn(text + pos, " ");
        if (n > 0)
            code = add_element(l, (struct dz_view){text + pos, n}, owner, err);
        pos += n + strspn(text + pos + n, " ");
    }
    if (code != DZ_OK)
        return code;
    p.n = (uint32_t)l->n_elements - p.first;
    if (p.n == 0 || l->elements[p.first].gap)
        return dz_fail(err, DZ_E_CORRUPT, "a pattern of '%s' does not begin with a word",
                       l->concepts[owner].id);
    l->patterns = dz_grow(l->patterns, &l->pattern_cap, l->n_patterns + 1, sizeof *l->patterns);
    l->patterns[l->n_patterns] = p;
    index_pattern(l, (uint32_t)l->n_patterns++);
    return DZ_OK;
}

static const char *
keep(struct dz_lexicon *l, const json_t *object, const char *key)
{
    const char *text = dz_json_str(object, key);
    return text ? dz_arena_strndup(&l->arena, text, strlen(text)) : "";
}

static enum dz_concept_kind
kind_of(const struct dz_concept *c, const char *kind)
{
    if (strcmp(kind, "access") == 0)
        return DZ_CONCEPT_ACCESS;
    if (strcmp(kind, "harm") == 0)
        return DZ_CONCEPT_HARM;
    if (strcmp(kind, "threat") == 0)
        return DZ_CONCEPT_THREAT;
    if (c->stance[0])
        return DZ_CONCEPT_STANCE;
    if (c->role[0])
        return DZ_CONCEPT_ROLE;
    if (c->unit[0])
        return DZ_CONCEPT_UNIT;
    return c->sphere[0] ? DZ_CONCEPT_GOOD : DZ_CONCEPT_PLAIN;
}

/* "act.denial.deny-access": what a suggestion is traced to. */
static const char *
rule_name(struct dz_lexicon *l, const struct dz_concept *c)
{
    struct dz_buf name = DZ_BUF(256);
    bool act = c->kind == DZ_CONCEPT_ACCESS || c->kind == DZ_CONCEPT_HARM;
    dz_buf_addf(&name, "%s%s%s", act ? "act." : "", act ? c->means : "", act ? "." : "");
    for (const char *p = c->id; *p; p++)
        dz_buf_addc(&name, *p == '_' ? '-' : *p);
    const char *kept = dz_arena_strndup(&l->arena, name.p, name.n);
    dz_buf_done(&name);
    return kept;
}

static enum dz_code
add_concept(struct dz_lexicon *l, int ix, const json_t *item, struct dz_err *err)
{
    struct dz_concept *c = &l->concepts[ix];
    *c = (struct dz_concept){.id = keep(l, item, "id"),
                             .sphere = keep(l, item, "sphere"),
                             .means = keep(l, item, "means"),
                             .threatened = keep(l, item, "threatened"),
                             .stance = keep(l, item, "stance"),
                             .role = keep(l, item, "role"),
                             .unit = keep(l, item, "unit"),
                             .hides = -1};
    c->kind = kind_of(c, keep(l, item, "kind"));
    c->rule = rule_name(l, c);
    const char *slot = keep(l, item, "slot");
    c->slot = strcmp(slot, "before") == 0 ? DZ_SLOT_BEFORE
              : strcmp(slot, "any") == 0  ? DZ_SLOT_ANY
                                          : DZ_SLOT_AFTER;
    const char *hides = keep(l, item, "hides");
    for (int i = 0; i < ix && hides[0]; i++) {
        if (strcmp(l->concepts[i].id, hides) == 0)
            c->hides = i;
    }
    /* What is hidden has to be found by then. */
    if (c->hides >= 0)
        c->level = l->concepts[c->hides].level;
    size_t i;
    json_t *pattern;
    json_array_foreach(json_object_get(item, "patterns"), i, pattern)
    {
        enum dz_code code = add_pattern(l, json_string_value(pattern), ix, err);
        if (code != DZ_OK)
            return code;
    }
    if (c->level > l->max_level)
        l->max_level = c->level;
    return DZ_OK;
}

enum dz_code
dz_lexicon_new(const json_t *phrases, struct dz_lexicon **ret, struct dz_err *err)
{
    struct dz_lexicon *l = dz_alloc(sizeof *l);
    l->n_concepts = json_array_size(phrases);
    l->concepts = dz_alloc_array(l->n_concepts + 1, sizeof *l->concepts);
    l->concept_uses = dz_alloc_array(l->n_concepts + 1, sizeof *l->concept_uses);
    grow_edges(l);
    (void)add_node(l); /* the root; 0 also means "no edge" */
    for (size_t i = 0; i < l->n_concepts; i++) {
        enum dz_code code = add_concept(l, (int)i, json_array_get(phrases, i), err);
        if (code != DZ_OK) {
            dz_lexicon_free(l);
            return code;
        }
    }
    for (size_t i = 0; i < l->n_concepts; i++)
        dz_map_put(&l->by_id, dz_view_of(l->concepts[i].id), (uint32_t)i);
    dz_lexicon_pack(l);
    *ret = l;
    return DZ_OK;
}

enum dz_code
dz_lexicon_load(struct dz_lexicon **ret, struct dz_err *err)
{
    struct dz_data file;
    if (!dz_data_find("phrases.json", &file))
        return dz_fail(err, DZ_E_CORRUPT, "the built-in phrases are missing");
    DZ_AUTO_JSON json_t *phrases = NULL;
    struct dz_view text = {(const char *)file.bytes, file.size};
    enum dz_code code = dz_json_parse(text, &phrases, err);
    return code == DZ_OK ? dz_lexicon_new(phrases, ret, err) : code;
}

void
dz_lexicon_free(struct dz_lexicon *l)
{
    if (!l)
        return;
    for (size_t i = 0; i < l->n_terms; i++) {
        dz_free(l->term_uses[i].items);
        if (l->term_fits)
            dz_free(l->term_fits[i].items);
    }
    for (size_t i = 0; l->concept_keys && i < l->n_concepts; i++)
        dz_free(l->concept_keys[i].items);
    dz_free(l->concept_keys);
    dz_free(l->concept_tries);
    dz_free(l->common);
    dz_map_done(&l->by_id);
    for (size_t i = 0; i < l->n_concepts; i++)
        dz_free(l->concept_uses[i].items);
    dz_free(l->term_uses);
    dz_free(l->term_fits);
    dz_free(l->states);
    dz_free(l->concept_uses);
    dz_free(l->concepts);
    dz_free(l->patterns);
    dz_free(l->elements);
    dz_free(l->alts);
    dz_free(l->nodes);
    dz_free(l->edges);
    dz_arena_done(&l->arena);
    dz_free(l);
}

int
dz_lexicon_find(const struct dz_lexicon *l, const char *id)
{
    uint32_t ix = dz_map_get(&l->by_id, dz_view_of(id));
    return ix == DZ_MAP_NONE ? -1 : (int)ix;
}

size_t
dz_lexicon_size(const struct dz_lexicon *l)
{
    return l->n_concepts;
}

const struct dz_concept *
dz_lexicon_concept(const struct dz_lexicon *l, int ix)
{
    return &l->concepts[ix];
}
