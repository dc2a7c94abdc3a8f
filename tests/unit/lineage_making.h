/* Made texts of known descent, for measuring lineage: origins, and what was taken from them in the
 * ways in which news travels. The words are built of roots and endings, so that there are several
 * thousand in each of three languages, frequent and rare ones as in real texts; no sentence stands
 * anywhere else. The same seed makes the same texts. */
#ifndef LINEAGE_MAKING_H
#define LINEAGE_MAKING_H

#include <stdio.h>
#include <string.h>

#include "dz_buf.h"
#include "dz_mem.h"
#include "dz_utf8.h"
#include "lineage_impl.h"

enum made_kind {
    MADE_ORIGIN,
    MADE_REPRINT,     /* word for word under another headline */
    MADE_TYPOGRAPHIC, /* the same with other quotes, hyphens, look-alikes, invisible characters */
    MADE_REWORDED,    /* one word in twelve is another */
    MADE_CUT,         /* its beginning */
    MADE_SUMMARY,     /* some of its sentences, and some of its own */
    MADE_QUOTE,       /* 15 words of it inside a text of its own */
    MADE_CHAIN,       /* an edited text that a later one was made of, edited again */
    MADE_ALONE,       /* nothing but footers and quoted laws in common with others */
    MADE_KINDS
};

struct made_text {
    char *text;
    size_t n;
    enum made_kind kind;
    size_t family; /* number of the origin's text */
    size_t parent; /* number of the text that it was made of; itself: of none */
};
struct made {
    struct made_text *texts;
    size_t n;
    size_t cap;
    size_t n_sentences; /* of an origin, about */
    uint64_t seed;
};

static inline uint64_t
made_random(struct made *m)
{
    uint64_t z = m->seed += 0x9E3779B97F4A7C15u;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
}

static inline size_t
made_below(struct made *m, size_t n)
{
    return (size_t)(made_random(m) % n);
}

static inline bool
made_chance(struct made *m, unsigned percent)
{
    return made_below(m, 100) < percent;
}

/* ---- words ---- */

#define MADE_LIST(...) ((const char *const[]){__VA_ARGS__, NULL})

struct made_language {
    const char *const *small; /* function words */
    const char *const *before;
    const char *const *roots;
    const char *const *endings;
};

static inline const struct made_language *
made_language(size_t i)
{
    static const char *const small[3][24] = {
        {"the", "of", "and", "to", "in", "that", "for", "was", "on", "with", "by", "at", "from",
         "were", "who", "not", "without", "after", "under", "said", "which", "their", "had", NULL},
        {"і", "в", "на", "що", "до", "з", "за", "не", "у", "та", "без", "після", "від", "про",
         "які", "для", "під", "було", "його", "їх", "сказав", "де", "щоб", NULL},
        {"и", "в", "на", "что", "до", "с", "за", "не", "у", "из", "без", "после", "от", "о",
         "которые", "для", "под", "было", "его", "их", "сказал", "где", "чтобы", NULL},
    };
    static const char *const before[3][9] = {
        {"", "re", "un", "over", "out", "under", "inter", "fore", NULL},
        {"", "пере", "за", "роз", "під", "ви", "най", "об’", NULL},
        {"", "пере", "за", "раз", "под", "вы", "при", "об", NULL},
    };
    static const char *const roots[3][49] = {
        {"settle", "clinic", "harbour", "ledger", "paper", "queue", "border", "teach", "doctor",
         "pension", "window", "stamp", "order", "letter", "village", "market", "office", "bridge",
         "school", "notice", "winter", "summer", "garden", "factory", "river", "orchard", "miner",
         "guard", "signal", "council", "record", "charter", "ration", "shelter", "tenant", "worker",
         "patient", "driver", "farmer", "sailor", "mayor", "clerk", "judge", "nurse", "pupil",
         "parent", "widow", "neighbour", NULL},
        {"лікар", "шкіл", "паспорт", "черг", "кордон", "вчител", "пенсі", "вікн", "печат", "наказ",
         "лист", "сел", "ринк", "установ", "міст", "школ", "оголош", "зим", "літ", "сад", "завод",
         "річк", "гірник", "варт", "сигнал", "рад", "запис", "статут", "пайк", "притулк", "мешкан",
         "робітник", "хвор", "водій", "хлібороб", "моряк", "голов", "писар", "судд", "сестр",
         "учн", "батьк", "вдов", "сусід", "їдальн", "п’ят", "ґанк", "йод", NULL},
        {"врач", "школ", "паспорт", "очеред", "границ", "учител", "пенси", "окн", "печат", "приказ",
         "письм", "сел", "рынк", "учрежден", "мост", "класс", "объявлен", "зим", "лет", "сад",
         "завод", "речк", "шахтер", "охран", "сигнал", "совет", "запис", "устав", "пайк", "приют",
         "жител", "рабоч", "больн", "водител", "фермер", "моряк", "глав", "писар", "суд", "сестр",
         "ученик", "родител", "вдов", "сосед", "столов", "пят", "ёлк", "йод", NULL},
    };
    static const char *const endings[3][13] = {
        {"", "s", "ed", "ing", "er", "ers", "less", "ment", "ship", "ward", "like", "ly", NULL},
        {"а", "у", "ом", "ів", "ами", "и", "ах", "ові", "ський", "ської", "ного", "ють", NULL},
        {"а", "у", "ом", "ов", "ами", "ы", "ах", "ские", "ского", "ской", "ного", "ёт", NULL},
    };
    static struct made_language all[3];
    all[i] = (struct made_language){small[i], before[i], roots[i], endings[i]};
    return &all[i];
}

static inline size_t
made_length(const char *const *list)
{
    size_t n = 0;
    while (list[n])
        n++;
    return n;
}

/* Frequent words come first: the cube of an even number stands in for the law of real texts. */
static inline void
made_word(struct made *m, size_t language, struct dz_buf *out)
{
    const struct made_language *l = made_language(language);
    if (made_chance(m, 35)) {
        dz_buf_adds(out, l->small[made_below(m, made_length(l->small))]);
        return;
    }
    size_t b = made_length(l->before), r = made_length(l->roots), e = made_length(l->endings);
    double u = (double)(made_random(m) >> 11) / (double)(UINT64_C(1) << 53);
    size_t rank = (size_t)((double)(b * r * e) * u * u * u);
    dz_buf_adds(out, l->before[rank / (r * e)]);
    dz_buf_adds(out, l->roots[rank % r]);
    dz_buf_adds(out, l->endings[rank / r % e]);
    if (made_chance(m, 3))
        dz_buf_addf(out, "-%zu", made_below(m, 90) + 10);
}

static inline void
made_sentence(struct made *m, size_t language, struct dz_buf *out)
{
    size_t n = 8 + made_below(m, 15);
    bool quoted = made_chance(m, 15);
    if (quoted)
        dz_buf_adds(out, "\"");
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            dz_buf_adds(out, made_chance(m, 8) ? ", " : " ");
        made_word(m, language, out);
    }
    dz_buf_adds(out, quoted ? "\". " : made_chance(m, 20) ? ".\n" : ". ");
}

/* ---- texts ---- */

/* Sentences end at a full stop and a blank or a line's end. */
static inline size_t
made_cut(const struct made_text *t, struct dz_view *ret, size_t max)
{
    size_t n = 0, from = 0;
    for (size_t i = 0; i + 1 < t->n && n < max; i++) {
        if (t->text[i] != '.' || (t->text[i + 1] != ' ' && t->text[i + 1] != '\n'))
            continue;
        ret[n++] = (struct dz_view){t->text + from, i + 2 - from};
        from = i + 2;
    }
    return n;
}

static inline size_t
made_add(struct made *m, struct dz_buf *text, enum made_kind kind, size_t family, size_t parent)
{
    m->texts = dz_grow(m->texts, &m->cap, m->n + 1, sizeof *m->texts);
    struct made_text *t = &m->texts[m->n];
    t->n = text->n;
    t->text = dz_buf_take(text);
    t->kind = kind;
    t->family = family == SIZE_MAX ? m->n : family;
    t->parent = parent == SIZE_MAX ? m->n : parent;
    return m->n++;
}

static inline void
made_own(struct made *m, size_t language, size_t n_sentences, struct dz_buf *out)
{
    for (size_t i = 0; i < n_sentences; i++)
        made_sentence(m, language, out);
}

/* A footer or a law that many quote: the same whoever asks. */
static inline void
made_common(size_t number, struct dz_buf *out)
{
    struct made m = {.seed = 77000 + number};
    made_own(&m, number % 3, 2 + number % 4, out);
}
#define MADE_FOOTERS 6
#define MADE_LAWS 4

static inline void
made_finish(struct made *m, struct dz_buf *out)
{
    if (made_chance(m, 35))
        made_common(MADE_FOOTERS + made_below(m, MADE_LAWS), out);
    if (made_chance(m, 60))
        made_common(made_below(m, MADE_FOOTERS), out);
}

/* Sentences of a text, each kept with this chance, else replaced or left out. */
static inline void
made_edited(struct made *m, const struct made_text *from, size_t language, unsigned keep,
            unsigned replace, struct dz_buf *out)
{
    struct dz_view sentences[4096];
    size_t n = made_cut(from, sentences, 4096);
    for (size_t i = 0; i < n; i++) {
        if (made_chance(m, keep))
            dz_buf_addv(out, sentences[i]);
        else if (made_chance(m, replace))
            made_sentence(m, language, out);
    }
}

static inline uint32_t
made_look_alike(uint32_t cp)
{
    static const uint32_t pairs[][2] = {{0x0430, 'a'}, {0x0435, 'e'}, {0x043E, 'o'}, {0x0440, 'p'},
                                        {0x0441, 'c'}, {0x0443, 'y'}, {0x0445, 'x'}, {0x0456, 'i'},
                                        {0x041D, 'H'}, {0x0412, 'B'}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (pairs[i][0] == cp)
            return pairs[i][1];
    return cp;
}

/* What a copy through editors, web pages and filters looks like. */
static inline void
made_typeset(struct made *m, const struct made_text *from, struct dz_buf *out)
{
    struct dz_view text = {from->text, from->n};
    bool open = true, capitals = made_chance(m, 20);
    for (size_t pos = 0; pos < text.n;) {
        uint32_t cp = dz_utf8_next(text, &pos);
        if (cp == '"') {
            dz_buf_adds(out, open ? "«" : "»");
            open = !open;
        } else if (cp == '-') {
            dz_utf8_put(out, made_chance(m, 50) ? 0x2011 : 0x2013);
        } else if (cp == 0x2019) {
            dz_utf8_put(out, made_chance(m, 50) ? '\'' : 0x02BC);
        } else if (cp == ' ' && made_chance(m, 10)) {
            dz_utf8_put(out, 0x00A0);
        } else if (cp == 0x0451) {
            dz_utf8_put(out, 0x0435);
        } else if (cp == 0x0439 && made_chance(m, 50)) {
            dz_buf_adds(out, "\u0438\u0306");
        } else if (capitals && cp >= 'a' && cp <= 'z') {
            dz_utf8_put(out, cp - 32);
        } else {
            dz_utf8_put(out, made_chance(m, 10) ? made_look_alike(cp) : cp);
            if (cp > ' ' && cp != '.' && cp != ',' && made_chance(m, 4))
                dz_utf8_put(out, 0x00AD);
        }
    }
}

static inline void
made_reworded(struct made *m, const struct made_text *from, size_t language, struct dz_buf *out)
{
    struct dz_text_words words = {0};
    size_t at = 0;
    dz_text_words_split(&words, (struct dz_view){from->text, from->n});
    for (size_t i = 0; i < words.n; i++) {
        if (made_below(m, 12) != 0)
            continue;
        dz_buf_add(out, from->text + at, words.items[i].start - at);
        made_word(m, language, out);
        at = words.items[i].end;
    }
    dz_buf_add(out, from->text + at, from->n - at);
    dz_text_words_done(&words);
}

/* n words in a row from the middle, without the signs at their ends. */
static inline void
made_words_of(struct made *m, const struct made_text *from, size_t n, struct dz_buf *out)
{
    struct dz_text_words words = {0};
    dz_text_words_split(&words, (struct dz_view){from->text, from->n});
    /* Not of the footer, which is everybody's. */
    size_t at = made_below(m, words.n / 2 - n);
    dz_buf_add(out, from->text + words.items[at].start,
               words.items[at + n - 1].end - words.items[at].start);
    dz_text_words_done(&words);
}

static inline size_t
made_derive(struct made *m, enum made_kind kind, size_t origin, size_t language)
{
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF((size_t)4 << 20);
    const struct made_text *from = &m->texts[origin];
    made_sentence(m, language, &text); /* a headline of its own */
    if (kind == MADE_REPRINT)
        dz_buf_add(&text, from->text, from->n);
    else if (kind == MADE_TYPOGRAPHIC)
        made_typeset(m, from, &text);
    else if (kind == MADE_REWORDED)
        made_reworded(m, from, language, &text);
    else if (kind == MADE_CUT)
        dz_buf_add(&text, from->text,
                   dz_utf8_valid_prefix((struct dz_view){from->text, from->n / 2}));
    else if (kind == MADE_SUMMARY)
        made_edited(m, from, language, 45, 15, &text);
    else if (kind == MADE_CHAIN)
        made_edited(m, from, language, 85, 80, &text);
    if (kind == MADE_QUOTE) {
        made_own(m, language, m->n_sentences / 2, &text);
        made_words_of(m, from, 15, &text);
        dz_buf_adds(&text, ". ");
        made_own(m, language, m->n_sentences / 2, &text);
    }
    made_finish(m, &text);
    return made_add(m, &text, kind, from->family, origin);
}

static inline size_t
made_origin(struct made *m, enum made_kind kind, size_t language)
{
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF((size_t)4 << 20);
    made_own(m, language, m->n_sentences * 2 / 3 + made_below(m, m->n_sentences * 2 / 3), &text);
    made_finish(m, &text);
    return made_add(m, &text, kind, SIZE_MAX, SIZE_MAX);
}

/* One origin and what was made of it: ten texts. */
static inline void
made_family(struct made *m, size_t language)
{
    size_t origin = made_origin(m, MADE_ORIGIN, language);
    for (enum made_kind kind = MADE_REPRINT; kind <= MADE_QUOTE; kind++)
        made_derive(m, kind, origin, language);
    size_t second = made_derive(m, MADE_CHAIN, origin, language);
    made_derive(m, MADE_CHAIN, second, language);
    made_origin(m, MADE_ALONE, language);
}

static inline void
made_done(struct made *m)
{
    for (size_t i = 0; i < m->n; i++)
        dz_free(m->texts[i].text);
    dz_free(m->texts);
    *m = (struct made){0};
}

/* ---- what lineage says of them ---- */

static inline void
made_set(const struct made *m, struct dz_sketch_set *set)
{
    struct dz_sketch s = {0};
    size_t cap = 0;
    *set = (struct dz_sketch_set){.at = dz_alloc_array(m->n + 1, sizeof *set->at), .n = m->n};
    for (size_t i = 0; i < m->n; i++) {
        dz_sketch_make(&s, (struct dz_view){m->texts[i].text, m->texts[i].n});
        set->hashes = dz_grow(set->hashes, &cap, set->at[i] + s.n + 1, sizeof *set->hashes);
        memcpy(set->hashes + set->at[i], s.hashes, s.n * sizeof *s.hashes);
        set->at[i + 1] = set->at[i] + s.n;
    }
    dz_sketch_done(&s);
}

static inline void
made_set_done(struct dz_sketch_set *set)
{
    dz_free(set->hashes);
    dz_free(set->at);
}

/* Compare all, in the order in which they were made. The caller gives l back with
 * made_lineage_done. */
static inline void
made_lineage(const struct made *m, const struct dz_candidates *c, struct dz_lineage *l)
{
    size_t cap = 0, last = SIZE_MAX;
    struct dz_judged_text b = {0};
    struct dz_marks_buf buf = {0};
    *l = (struct dz_lineage){.sources = dz_alloc_array(m->n, sizeof *l->sources), .n = m->n};
    for (size_t i = 0; i < c->n; i++) {
        const struct dz_candidate *k = &c->items[i];
        struct dz_judged_text a;
        struct dz_verdict v = {0};
        enum dz_lineage_relation relation;
        if (k->b != last) {
            dz_judged_text_done(&b);
            dz_judged_text_init(&b,
                                (struct dz_view){m->texts[k->b].text, m->texts[k->b].n});
            b.n_own = dz_candidates_own_words(c, k->b, b.words.n);
            last = k->b;
        }
        dz_judged_text_init(&a, (struct dz_view){m->texts[k->a].text, m->texts[k->a].n});
        a.n_own = dz_candidates_own_words(c, k->a, a.words.n);
        struct dz_marks marks = dz_candidates_marks(c, k->a, k->b, &buf);
        dz_judge(&a, &b, &marks, &v);
        if (dz_verdict_relation(&v, &relation)) {
            l->pairs = dz_grow(l->pairs, &cap, l->n_pairs + 1, sizeof *l->pairs);
            l->pairs[l->n_pairs++] =
                (struct dz_lineage_pair){.source = k->b,
                                         .origin = k->a,
                                         .relation = relation,
                                         .share = dz_verdict_share(&v),
                                         .origin_share = dz_verdict_origin_share(&v),
                                         .n_words = v.n_same};
        }
        dz_verdict_done(&v);
        dz_judged_text_done(&a);
    }
    dz_judged_text_done(&b);
    dz_free(buf.hashes);
    for (size_t i = 0; i < m->n; i++)
        l->sources[i].n_words = 1;
    dz_lineage_settle(l);
}

static inline void
made_lineage_done(struct dz_lineage *l)
{
    dz_free(l->sources);
    dz_free(l->pairs);
}

struct made_score {
    size_t found[MADE_KINDS]; /* of derived texts: the link to their origin */
    size_t of[MADE_KINDS];
    size_t links_right; /* of links to an origin */
    size_t links;
    size_t foreign;       /* links between families */
    size_t chain_right;   /* parents of the later chain texts */
    size_t chain;
    size_t together_right; /* pairs of texts counted as one origin that are of one family */
    size_t together;
    size_t together_of; /* pairs that should be: without quotes */
};

static inline bool
made_is_kin(const struct made *m, size_t i)
{
    return m->texts[i].kind != MADE_QUOTE && m->texts[i].kind != MADE_ALONE;
}

static inline void
made_measure(const struct made *m, const struct dz_lineage *l, struct made_score *s)
{
    *s = (struct made_score){0};
    bool *found = dz_alloc_array(m->n, sizeof *found);
    for (size_t i = 0; i < l->n_pairs; i++) {
        const struct made_text *t = &m->texts[l->pairs[i].source];
        bool kin = t->family == m->texts[l->pairs[i].origin].family;
        s->foreign += !kin;
        if (m->texts[l->pairs[i].origin].kind != MADE_ORIGIN)
            continue;
        s->links++;
        s->links_right += kin;
        found[l->pairs[i].source] = found[l->pairs[i].source] || kin;
    }
    for (size_t i = 0; i < m->n; i++) {
        const struct made_text *t = &m->texts[i];
        if (t->parent == i)
            continue;
        s->of[t->kind]++;
        s->found[t->kind] += found[i];
        if (t->kind == MADE_CHAIN && t->parent != t->family) {
            s->chain++;
            s->chain_right += l->sources[i].parent == t->parent;
        }
    }
    dz_free(found);
    /* A family is made in one go, so relatives are near each other; strangers are counted by
     * root. */
    for (size_t i = 0; i < m->n; i++) {
        for (size_t k = i + 1; k < m->n; k++) {
            bool kin = m->texts[i].family == m->texts[k].family && made_is_kin(m, i) &&
                       made_is_kin(m, k);
            bool together = l->sources[i].root == l->sources[k].root;
            s->together_of += kin;
            s->together += together;
            s->together_right += together && kin;
        }
    }
}

#endif
