#include <limits.h>
#include <string.h>

#include "dz_mem.h"
#include "dz_forms_priv.h"

/* Stems of names, and which words are forms of them.
 *
 * A stem is a name without the vowels at its end. A word is a form of it when its first consonants
 * are those of the stem, the vowels between them differ little, and what is left is a case ending
 * of Ukrainian or Russian. Whatever changes inside a stem is a vowel that comes and goes (Швець,
 * Шевця), і that becomes о (Кіт, Кота), or the last consonant (Ольга, Ользі). */

#define REST_CONSONANTS 3 /* of a patronymic: овичем */

/* ---- what may differ ---- */

static unsigned
one_of(char a, char b, const char *pairs, unsigned cost)
{
    for (const char *p = pairs; p[0] != '\0'; p += 2)
        if ((p[0] == a && p[1] == b) || (p[0] == b && p[1] == a))
            return cost;
    return UINT_MAX;
}

static unsigned
consonant_cost(char a, char b, bool latin)
{
    if (a == b)
        return 0;
    if (one_of(a, b, "HX", 0) == 0)
        return latin ? 0 : 2;
    /* s for з, z for ц, c for ч, s for ш, sch for ж; -off. */
    return latin ? one_of(a, b, "SZCZCSCQSWGWGZFV", 1) : UINT_MAX;
}

static unsigned
vowel_cost(const char *a, const char *b)
{
    size_t n = strlen(a), m = strlen(b);
    if (n == m && memcmp(a, b, n) == 0)
        return 0;
    if (n == 1 && m == 1) {
        unsigned cost = one_of(*a, *b, "EIEOIO", 1);
        return cost == 1 ? 1 : one_of(*a, *b, "AEAOIUOU", 2);
    }
    if (n + m == 1)
        return strchr("EOI", n == 1 ? *a : *b) != NULL ? 1 : UINT_MAX;
    if (n + 1 == m || m + 1 == n)
        return strncmp(a, b, n < m ? n : m) == 0 ? 1 : 2;
    return UINT_MAX;
}

/* Before the last consonant: Горобець, Горобця; Заєць, Зайця; Кіт, Кота. */
static bool
is_regular(const char *nominative, const char *oblique)
{
    size_t n = strlen(nominative);
    if (n == 0)
        return false;
    char last = nominative[n - 1];
    if ((last == 'E' || last == 'O') && strlen(oblique) == n - 1)
        return memcmp(nominative, oblique, n - 1) == 0;
    return last == 'I' && n == 1 && (strcmp(oblique, "O") == 0 || strcmp(oblique, "E") == 0);
}

/* What it costs that they differ up to the stem's last consonant; UINT_MAX: they are others. */
static unsigned
cost_of(const struct dz_stem *stem, const struct dz_sounds *word, bool has_ending)
{
    const struct dz_sounds *s = &stem->s;
    unsigned total = 0;
    for (size_t i = 0; i < s->n; i++) {
        unsigned cost = consonant_cost(s->cons[i], word->cons[i], s->latin || word->latin);
        if (cost == UINT_MAX)
            return UINT_MAX;
        total += cost;
        bool last = i > 0 && i + 1 == s->n && has_ending;
        if (last && is_regular(s->vow[i], word->vow[i]))
            continue;
        cost = vowel_cost(s->vow[i], word->vow[i]);
        if (cost == UINT_MAX)
            return UINT_MAX;
        total += cost;
    }
    return total;
}

/* ---- endings ---- */

/* As sounds, without glides: ої is O, ію is U, ого is OHO. */
static const char *const endings[] = {
    "",    "A",   "E",   "I",   "O",   "U",   "OU",  "EU",  "OM",  "EM",  "IM",  "AM",  "OVI",
    "EVI", "IV",  "OV",  "EV",  "OHO", "EHO", "OMU", "EMU", "IMI", "AMI", "IX",  "AX",  "IH",
    "AH",  "AE",  "AU",  "EA",  "OE",  "OA",  "UE",
};

static bool
is_ending(const char *rest)
{
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        if (strcmp(endings[i], rest) == 0)
            return true;
    return false;
}

/* "OVIQ", "IVNA": the ending of a patronymic in some case. What vowels it begins with differs:
 * Миколайович, Николаевич. */
static bool
is_patronymic(const char *rest)
{
    static const char *const kinds[] = {"VIQ", "IQ", "VN", "NIQN", "IQN"};
    static const char *const cases[] = {"", "A", "U", "EM", "E", "EVI", "I", "OU", "O"};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        const char *p = rest;
        while (*p != '\0' && *p != kinds[i][0] && strchr("AEIOU", *p) != NULL)
            p++;
        size_t n = strlen(kinds[i]);
        if (strncmp(p, kinds[i], n) != 0)
            continue;
        for (size_t k = 0; k < sizeof cases / sizeof *cases; k++)
            if (strcmp(p + n, cases[k]) == 0)
                return true;
    }
    return false;
}

/* What stands behind the first n consonants. */
static void
rest_of(const struct dz_sounds *w, size_t n, char *out)
{
    size_t at = strlen(w->vow[n]);
    memcpy(out, w->vow[n], at);
    for (size_t i = n; i < w->n; i++) {
        size_t m = strlen(w->vow[i + 1]);
        out[at++] = w->cons[i];
        memcpy(out + at, w->vow[i + 1], m);
        at += m;
    }
    out[at] = '\0';
}
#define REST_MAX ((REST_CONSONANTS + 1) * (DZ_WORD_VOWELS + 1) + 1)

static bool
fits(const struct dz_stem *s, const char *rest, bool latin)
{
    if (s->kind == DZ_PART_PATRONYMIC)
        return is_patronymic(rest);
    if (s->keep != 0) {
        if (rest[0] != s->keep)
            return false;
        rest++;
    }
    if (s->odd != 0 && rest[0] != 'I' && rest[0] != 'E')
        return false;
    bool weak = s->s.n == 1 && s->s.vow[0][0] == '\0' && s->keep == 0;
    if (weak && strpbrk(rest, "VMHX") != NULL)
        return false;
    if (is_ending(rest))
        return true;
    /* Миколая, Николаем: the vowel before a glide belongs to the stem. */
    if (strlen(s->s.last) >= 2 && s->keep == 0 && rest[0] == s->s.last[0])
        return is_ending(rest + 1);
    return latin && (strcmp(rest, "S") == 0 || strcmp(rest, "OS") == 0);
}

/* ---- stems ---- */

/* The stem of a nominative: what its cases have in common. False: too little is left. */
static bool
make_stem(const struct dz_letters *word, const struct dz_sounds *reading, struct dz_stem *ret)
{
    *ret = (struct dz_stem){.s = *reading};
    const char *last = reading->last;
    if (word->n < 2 || reading->n == 0)
        return false;
    /* Зоя, Гай: a stem of one consonant keeps its vowel, and so does Бугай; Толстая does not. */
    bool of_adjective = strcmp(last, "AA") == 0 || strcmp(last, "AIA") == 0;
    if (strlen(last) >= 2 && strchr("AOU", last[0]) != NULL &&
        (reading->n == 1 || (reading->n == 2 && !of_adjective)))
        ret->keep = last[0];
    return true;
}

static size_t
slot_of(const struct dz_forms *n, const struct dz_sounds *s, size_t length)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (uint8_t)dz_sound_class(s->cons[i])) * UINT64_C(0x100000001b3);
    return (size_t)(hash >> 20) & (n->n_heads - 1);
}

static bool
same_stem(const struct dz_stem *a, const struct dz_stem *b)
{
    if (a->kind != b->kind || a->keep != b->keep || a->odd != b->odd || a->s.n != b->s.n ||
        a->s.latin != b->s.latin || memcmp(a->s.cons, b->s.cons, a->s.n) != 0 ||
        strcmp(a->s.last, b->s.last) != 0)
        return false;
    for (size_t i = 0; i < a->s.n; i++)
        if (strcmp(a->s.vow[i], b->s.vow[i]) != 0)
            return false;
    return true;
}

static void
hang_in(struct dz_forms *n, size_t ix)
{
    size_t slot = slot_of(n, &n->stems[ix].s, n->stems[ix].s.n);
    n->stems[ix].next = n->heads[slot];
    n->heads[slot] = (uint32_t)ix + 1;
}

static void
grow_table(struct dz_forms *n)
{
    if (n->n_heads >= 2 * (n->n + 1))
        return;
    dz_free(n->heads);
    n->n_heads = n->n_heads == 0 ? 1024 : n->n_heads * 4;
    n->heads = dz_alloc_array(n->n_heads, sizeof *n->heads);
    for (size_t i = 0; i < n->n; i++)
        hang_in(n, i);
}

static struct dz_stem *
the_stem(struct dz_forms *n, const struct dz_stem *stem)
{
    grow_table(n);
    for (uint32_t i = n->heads[slot_of(n, &stem->s, stem->s.n)]; i != 0; i = n->stems[i - 1].next)
        if (same_stem(&n->stems[i - 1], stem))
            return &n->stems[i - 1];
    n->stems = dz_grow(n->stems, &n->cap, n->n + 1, sizeof *n->stems);
    n->stems[n->n] = *stem;
    hang_in(n, n->n);
    return &n->stems[n->n++];
}

static void
add_owner(struct dz_forms *n, const struct dz_stem *stem, struct dz_form_owner owner)
{
    struct dz_stem *s = the_stem(n, stem);
    for (size_t i = 0; i < s->n_owners; i++)
        if (s->owners[i].person == owner.person && s->owners[i].slot == owner.slot)
            return;
    s->owners = dz_grow(s->owners, &s->cap_owners, s->n_owners + 1, sizeof *s->owners);
    s->owners[s->n_owners++] = owner;
}

/* The stem, and what its last consonant becomes before і and е. */
static void
add_stem(struct dz_forms *n, struct dz_stem *stem, struct dz_form_owner owner)
{
    static const char changes[][3] = {"HZ", "HG", "XS", "KC", "KQ", "CQ"};
    add_owner(n, stem, owner);
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        struct dz_stem odd = *stem;
        char *last = &odd.s.cons[odd.s.n - 1];
        if (stem->kind == DZ_PART_PATRONYMIC || *last != changes[i][0])
            continue;
        *last = changes[i][1];
        odd.odd = 'I';
        add_owner(n, &odd, owner);
    }
}

/* ---- words of a recorded name ---- */

void
dz_forms_add_word(struct dz_forms *n, const struct dz_letters *word, enum dz_form_kind kind,
                  struct dz_form_owner owner)
{
    struct dz_sounds readings[DZ_WORD_READINGS];
    size_t n_readings = dz_sounds_of(word, readings);
    for (size_t i = 0; i < n_readings; i++) {
        struct dz_stem stem;
        if (!make_stem(word, &readings[i], &stem))
            continue;
        stem.kind = (uint8_t)kind;
        add_stem(n, &stem, owner);
    }
}

struct adding {
    struct dz_forms *n;
    struct dz_form_owner owner;
    enum dz_form_kind kind;
};

static void
add_member(void *ctx, const struct dz_letters *word)
{
    struct adding *a = ctx;
    dz_forms_add_word(a->n, word, a->kind, a->owner);
}

struct words {
    struct dz_letters item[8];
    bool given[8]; /* one of the known names */
    bool father[8]; /* a patronymic of a known name */
    bool shaped[8]; /* ends as patronymics do */
    size_t n;
};

static void
ignore_member(void *ctx, const struct dz_letters *member)
{
    (void)ctx;
    (void)member;
}

static bool
has_shape(const struct dz_letters *word)
{
    struct dz_sounds readings[DZ_WORD_READINGS];
    size_t n = dz_sounds_of(word, readings);
    for (size_t i = 0; i < n; i++) {
        char rest[REST_MAX];
        const struct dz_sounds *s = &readings[i];
        size_t stem = s->n > 2 ? s->n - 2 : 0;
        if (stem == 0)
            continue;
        rest_of(s, stem, rest);
        if (is_patronymic(rest))
            return true;
    }
    return false;
}

static void
cut_words(const struct dz_given_groups *groups, struct dz_view name, struct words *w)
{
    for (size_t at = 0; at <= name.n && w->n < 8;) {
        struct dz_letters *l = &w->item[w->n];
        size_t before = at;
        uint32_t cp = at < name.n ? dz_utf8_next(name, &at) : 0;
        /* An apostrophe inside a word is no end of it. */
        bool inside = cp == '\'' || cp == '"' || cp == '`' || (cp >= 0x2018 && cp <= 0x201D) ||
                      cp == 0x02BC || cp == 0x02B9 || cp == 0x2032;
        if (before < name.n && (inside || dz_letters_put(l, cp)))
            continue;
        if (l->n >= 2)
            w->n++;
        else
            l->n = 0;
        if (before == name.n)
            break;
    }
    for (size_t i = 0; i < w->n; i++) {
        w->given[i] = dz_given_groups_each(groups, &w->item[i], false, ignore_member, NULL);
        w->father[i] = dz_given_groups_each(groups, &w->item[i], true, ignore_member, NULL);
        w->shaped[i] = has_shape(&w->item[i]);
    }
}

#define NONE ((size_t)8)

/* Олена Петрівна Іваненко, Іваненко Олена Петрівна; Їжакевич is no patronymic. */
static void
tell_apart(const struct words *w, size_t *ret_given, size_t *ret_patronymic)
{
    *ret_given = *ret_patronymic = NONE;
    for (size_t i = w->n; i-- > 0;)
        if (w->given[i] && !w->shaped[i])
            *ret_given = i;
    for (size_t i = w->n; i-- > 1;)
        if (w->father[i] && (*ret_patronymic == NONE || i == *ret_given + 1))
            *ret_patronymic = i;
    for (size_t i = 1; i < w->n && w->n > 2 && *ret_patronymic == NONE; i++)
        if (w->shaped[i])
            *ret_patronymic = i;
    if (*ret_given == NONE && *ret_patronymic != NONE)
        *ret_given = *ret_patronymic - 1;
    if (*ret_given == NONE && w->n > 1)
        *ret_given = 0;
}

void
dz_forms_add(struct dz_forms *n, uint32_t person, struct dz_view spelling)
{
    struct words w = {0};
    size_t given, patronymic;
    const struct dz_given_groups *groups = dz_given_groups();
    cut_words(groups, spelling, &w);
    tell_apart(&w, &given, &patronymic);
    for (size_t i = 0; i < w.n; i++) {
        struct adding a = {.n = n,
                           .owner = {person, (uint16_t)(n->n_spellings * 8 + i)},
                           .kind = i == given        ? DZ_PART_GIVEN
                                   : i == patronymic ? DZ_PART_PATRONYMIC
                                                     : DZ_PART_SURNAME};
        if (i == patronymic) {
            (void)dz_given_groups_each(groups, &w.item[i], true, add_member, &a);
            a.kind = w.n > 2 ? DZ_PART_GIVEN : DZ_PART_SURNAME;
        } else if (i == given || w.given[i]) {
            a.kind = DZ_PART_GIVEN;
            (void)dz_given_groups_each(groups, &w.item[i], false, add_member, &a);
            a.kind = i == given ? DZ_PART_GIVEN : DZ_PART_SURNAME;
        }
        add_member(&a, &w.item[i]);
    }
    n->n_spellings++;
}

/* ---- looking up ---- */

static unsigned
limit_of(const struct dz_stem *s)
{
    size_t size = s->s.n;
    size += s->s.vow[0][0] != '\0' ? 1 : 0;
    size += s->keep != 0 ? 1 : 0;
    if (s->kind == DZ_PART_SURNAME)
        return size < 3 ? 0 : size < 6 ? 1 : 2;
    return size < 4 ? 0 : 1;
}

static void
keep_hit(struct dz_stem_hit hit, struct dz_stem_hit ret[DZ_STEM_HITS], size_t *count)
{
    for (size_t i = 0; i < *count; i++) {
        if (ret[i].stem != hit.stem)
            continue;
        if (hit.cost < ret[i].cost)
            ret[i] = hit;
        return;
    }
    if (*count < DZ_STEM_HITS)
        ret[(*count)++] = hit;
}

size_t
dz_forms_look_up(const struct dz_forms *n, const struct dz_letters *word,
                 struct dz_stem_hit ret[DZ_STEM_HITS])
{
    struct dz_sounds readings[DZ_WORD_READINGS];
    size_t count = 0, n_readings = n->n_heads > 0 ? dz_sounds_of(word, readings) : 0;
    for (size_t i = 0; i < n_readings; i++) {
        const struct dz_sounds *w = &readings[i];
        size_t shortest = w->n > REST_CONSONANTS ? w->n - REST_CONSONANTS : 1;
        for (size_t length = w->n; length >= shortest && length > 0; length--) {
            char rest[REST_MAX];
            rest_of(w, length, rest);
            for (uint32_t k = n->heads[slot_of(n, w, length)]; k != 0; k = n->stems[k - 1].next) {
                const struct dz_stem *s = &n->stems[k - 1];
                if (s->s.n != length || !fits(s, rest, w->latin))
                    continue;
                struct dz_stem_hit hit = {.stem = s,
                                          .limit = limit_of(s),
                                          .nominative = strcmp(rest, s->s.vow[length]) == 0};
                hit.cost = cost_of(s, w, rest[0] != '\0');
                if (hit.cost != UINT_MAX && hit.cost <= hit.limit + 1)
                    keep_hit(hit, ret, &count);
            }
        }
    }
    return count;
}

/* ---- the set ---- */

struct dz_forms *
dz_forms_new(void)
{
    return dz_alloc(sizeof(struct dz_forms));
}

void
dz_forms_free(struct dz_forms *n)
{
    for (size_t i = 0; n != NULL && i < n->n; i++)
        dz_free(n->stems[i].owners);
    if (n != NULL) {
        dz_free(n->stems);
        dz_free(n->heads);
    }
    dz_free(n);
}

bool
dz_forms_empty(const struct dz_forms *n)
{
    return n->n == 0;
}
