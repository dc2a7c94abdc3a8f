#include "fulltext_impl.h"

#include <sqlite3.h>
#include <string.h>

#include "vault_impl.h"

/* What FTS5 is told: the words of a text, and behind them, once for each term that the text has
 * plenty of, marks of how much: a byte 1 to 8 and the term. A mark is a word like any other to
 * FTS5, so the sources in which a frequent word counts most are found without looking at the rest
 * (search_index.c). */

#define BODY_LENGTH 6000.0 /* characters of a text that is neither short nor long */
#define TITLE_COUNTS 4
#define TERM_MAX 160
#define N_CLASSES (1U << FULLTEXT_CLASS_BITS)
#define SHORTEST 64.0 /* characters; the longest are three million */
#define HALF_OCTAVE 1.41421356

unsigned
dz_fulltext_class(struct dz_view text)
{
    /* Characters, not bytes, so that scripts compare. */
    size_t n = 0;
    for (size_t i = 0; i < text.n; i++)
        n += ((unsigned char)text.p[i] & 0xC0) != 0x80;
    unsigned class = 0;
    double length = SHORTEST * HALF_OCTAVE;
    while (class < N_CLASSES - 1 && (double)n > length) {
        length *= HALF_OCTAVE;
        class++;
    }
    return class;
}

double
dz_fulltext_norm(unsigned class)
{
    static const double half[2] = {1.18921, 1.68179}; /* the middle of each step */
    return 0.5 + 0.5 * SHORTEST * (double)(1U << class / 2) * half[class % 2] / BODY_LENGTH;
}

double
dz_fulltext_floor(unsigned tier)
{
    static const double floors[FULLTEXT_TIERS] = {2.5, 4, 6.4, 10.2, 16.4, 26.2, 42, 67};
    return floors[tier];
}

/* ---- tokenizer ---- */

struct giving {
    struct fulltext *f;
    void *ctx;
    int (*token)(void *, int, const char *, int, int, int);
};

static void
count(struct fulltext *f, const struct dz_fts_word *w)
{
    f->counts = dz_grow(f->counts, &f->counts_cap, w->id + 1, sizeof *f->counts);
    if (f->counts[w->id] == 0) {
        f->seen = dz_grow(f->seen, &f->seen_cap, f->n_seen + 1, sizeof *f->seen);
        f->seen[f->n_seen++] = (struct fulltext_seen){w->term, w->id};
    }
    f->counts[w->id] += f->in_body ? 1 : TITLE_COUNTS;
}

static int
give_word(void *ctx, const struct dz_fts_word *w)
{
    struct giving *g = ctx;
    if (g->f->adding)
        count(g->f, w);
    return g->token(g->ctx, w->same_place ? FTS5_TOKEN_COLOCATED : 0, w->term.p, (int)w->term.n, 0,
                    0);
}

static int
give_marks(struct giving *g)
{
    struct fulltext *f = g->f;
    double least = dz_fulltext_floor(0) * f->norm;
    char mark[TERM_MAX];
    for (size_t i = 0; i < f->n_seen; i++) {
        const struct fulltext_seen *s = &f->seen[i];
        double x = f->counts[s->id];
        if (x < least || s->term.n + 1 > sizeof mark)
            continue;
        memcpy(mark + 1, s->term.p, s->term.n);
        for (unsigned tier = 0; tier < FULLTEXT_TIERS && x >= dz_fulltext_floor(tier) * f->norm;
             tier++) {
            mark[0] = (char)(tier + 1);
            int rc = g->token(g->ctx, FTS5_TOKEN_COLOCATED, mark, (int)s->term.n + 1, 0, 0);
            if (rc != SQLITE_OK)
                return rc;
        }
    }
    return SQLITE_OK;
}

/* A question brings its terms ready: places parted by DZ_FTS_NEXT, terms by DZ_FTS_OR. */
static int
give_terms(struct giving *g, struct dz_view v)
{
    int flags = 0;
    for (size_t from = 0, at = 0; at <= v.n; at++) {
        if (at < v.n && v.p[at] != DZ_FTS_NEXT && v.p[at] != DZ_FTS_OR)
            continue;
        int rc = at > from ? g->token(g->ctx, flags, v.p + from, (int)(at - from), 0, 0)
                           : SQLITE_OK;
        if (rc != SQLITE_OK)
            return rc;
        flags = at < v.n && v.p[at] == DZ_FTS_OR ? FTS5_TOKEN_COLOCATED : 0;
        from = at + 1;
    }
    return SQLITE_OK;
}

static int
tokenize(Fts5Tokenizer *tokenizer, void *ctx, int flags, const char *p, int n,
         int (*token)(void *, int, const char *, int, int, int))
{
    struct fulltext *f = (struct fulltext *)(void *)tokenizer;
    struct giving g = {f, ctx, token};
    struct dz_view text = {p ? p : "", p ? (size_t)n : 0};
    if (flags & FTS5_TOKENIZE_QUERY)
        return give_terms(&g, text);
    if (!f->words)
        return SQLITE_OK;
    int rc = f->words->split(f->splitter, text, give_word, &g);
    if (rc == SQLITE_OK && f->adding && f->in_body)
        rc = give_marks(&g);
    f->in_body = true; /* the title comes first */
    return rc;
}

static int
create(void *user, const char **args, int n_args, Fts5Tokenizer **ret)
{
    (void)args;
    (void)n_args;
    *ret = user;
    return SQLITE_OK;
}

static void
delete(Fts5Tokenizer *tokenizer)
{
    (void)tokenizer;
}

/* ---- measure ---- */

static double
times(const Fts5ExtensionApi *api, Fts5Context *fts, int phrase)
{
    Fts5PhraseIter at;
    int column = -1, offset = 0;
    double n = 0;
    if (api->xPhraseFirst(fts, phrase, &at, &column, &offset) != SQLITE_OK)
        return 0;
    /* Column 0 is the id of the source, which is not indexed. */
    for (; column >= 0; api->xPhraseNext(fts, &at, &column, &offset))
        n += column == 1 ? TITLE_COUNTS : 1;
    return n;
}

static void
measure(const Fts5ExtensionApi *api, Fts5Context *fts, sqlite3_context *out, int n_args,
        sqlite3_value **args)
{
    (void)n_args;
    (void)args;
    struct fulltext *f = api->xUserData(fts);
    unsigned class = (unsigned)(api->xRowid(fts) & (N_CLASSES - 1));
    double norm = dz_fulltext_norm(class), score = 0;
    int n = api->xPhraseCount(fts);
    for (int i = (int)f->skip; i < n && (size_t)i - f->skip < f->n_weights; i++) {
        double weight = f->weights[(size_t)i - f->skip];
        if (weight <= 0)
            continue;
        double x = times(api, fts, i) / norm;
        score += weight * x / (x + DZ_FULLTEXT_SATURATION);
    }
    f->score = score;
    sqlite3_result_int(out, 0);
}

/* ---- registering ---- */

int
dz_fulltext_register(sqlite3 *sqlite, struct fulltext *f)
{
    fts5_api *api = NULL;
    sqlite3_stmt *stmt = NULL;
    fts5_tokenizer tokenizer = {create, delete, tokenize};
    int rc = sqlite3_prepare_v2(sqlite, "SELECT fts5(?1)", -1, &stmt, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_bind_pointer(stmt, 1, (void *)&api, "fts5_api_ptr", NULL);
    if (rc == SQLITE_OK)
        (void)sqlite3_step(stmt);
    sqlite3_finalize(stmt);
    if (rc != SQLITE_OK || !api)
        return rc != SQLITE_OK ? rc : SQLITE_ERROR;
    if (f->words)
        f->splitter = f->words->open();
    rc = api->xCreateTokenizer(api, "dokaz", f, &tokenizer, NULL);
    return rc == SQLITE_OK ? api->xCreateFunction(api, "dz_score", f, measure, NULL) : rc;
}

void
dz_fulltext_done(struct fulltext *f)
{
    if (f->words && f->splitter)
        f->words->close(f->splitter);
    dz_free(f->counts);
    dz_free(f->seen);
    *f = (struct fulltext){0};
}
