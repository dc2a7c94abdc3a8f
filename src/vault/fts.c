#include "dz_fts.h"

#include <math.h>
#include <string.h>

#include "fulltext_impl.h"
#include "vault_impl.h"

/* Asking the index. Measuring a match costs a third of a microsecond, so a word that stands in
 * every second source would cost milliseconds, and ten times as much in a collection ten times as
 * large. Therefore only matches are measured that can be among the best: those that have a mark
 * (fulltext.c) of the highest tiers. A source without it has x below the floor of the tier in each
 * frequent phrase, and so a score below what that gives; once enough better ones are found, nothing
 * outside can be one of them. */

#define SPREAD_EXACT 256 /* sources that are counted one by one */
#define FEW 1000         /* matches that are simply measured */
#define PLENTY 3000      /* too many even with a mark: try the next higher tier */
#define FIRST_TIER 3
#define MARKED_MOST 8000 /* sources with a mark, in all */

/* ---- entering ---- */

enum dz_code
dz_fts_drop(struct dz_db *db, const char *source, struct dz_err *err)
{
    int64_t row = 0;
    bool found = false;
    DZ_TRY(dz_db_get_int(db, DZ_Q_INDEX_ROW, &row, &found, err, DZ_ARGS(dz_arg_text(source))));
    if (!found)
        return DZ_OK;
    DZ_TRY(dz_db_exec(db, DZ_Q_INDEX_TEXT_DROP, err, DZ_ARGS(dz_arg_int(row))));
    return dz_db_exec(db, DZ_Q_INDEX_ROW_DROP, err, DZ_ARGS(dz_arg_int(row)));
}

static void
begin_text(struct fulltext *f, unsigned class)
{
    f->adding = true;
    f->in_body = false;
    f->norm = dz_fulltext_norm(class);
    if (f->words)
        f->words->fresh(f->splitter);
}

static void
end_text(struct fulltext *f)
{
    for (size_t i = 0; i < f->n_seen; i++)
        f->counts[f->seen[i].id] = 0;
    f->n_seen = 0;
    f->adding = false;
}

enum dz_code
dz_fts_put(struct dz_db *db, const char *source, struct dz_view title, struct dz_view text,
             struct dz_err *err)
{
    struct fulltext *f = dz_db_fulltext(db);
    int64_t last = 0;
    /* Asked before the old one goes, so that its number is not used again. */
    DZ_TRY(dz_db_get_int(db, DZ_Q_INDEX_LAST, &last, NULL, err, DZ_NO_ARGS));
    DZ_TRY(dz_fts_drop(db, source, err));
    unsigned class = dz_fulltext_class(text);
    int64_t row = ((last >> FULLTEXT_CLASS_BITS) + 1) * (1 << FULLTEXT_CLASS_BITS) + class;
    DZ_TRY(dz_db_exec(db, DZ_Q_INDEX_ROW_PUT, err, DZ_ARGS(dz_arg_int(row), dz_arg_text(source))));
    begin_text(f, class);
    enum dz_code code = dz_db_exec(db, DZ_Q_INDEX_TEXT_PUT, err,
                                   DZ_ARGS(dz_arg_int(row), dz_arg_text(source),
                                           dz_arg_view(title), dz_arg_view(text)));
    end_text(f);
    return code;
}

void
dz_fts_keep(struct dz_db *db)
{
    (void)!dz_db_run(db, "PRAGMA cache_size = -98304", NULL);
}

/* ---- how many ---- */

static void
add_quoted(struct dz_buf *out, struct dz_view words)
{
    dz_buf_addc(out, '"');
    dz_buf_addv(out, words);
    dz_buf_addc(out, '"');
}

/* Matches as far as `max`; beyond, as many as there would be if they went on as they began. */
static enum dz_code
spread(struct dz_db *db, const char *match, size_t max, int64_t last, size_t *ret,
       struct dz_err *err)
{
    struct dz_rows *rows = NULL;
    size_t n = 0;
    int64_t row = 0;
    DZ_TRY(dz_db_query(db, DZ_Q_INDEX_MATCHES, &rows, err, DZ_ARGS(dz_arg_text(match))));
    while (n < max && dz_rows_next(rows)) {
        row = dz_rows_int(rows, 0);
        n++;
    }
    DZ_TRY(dz_rows_end(rows, err));
    *ret = n < max || row <= 0 ? n : (size_t)((double)n * (double)last / (double)row);
    return DZ_OK;
}

enum dz_code
dz_fts_spread(struct dz_db *db, struct dz_view place, size_t *ret, struct dz_err *err)
{
    int64_t last = 0;
    DZ_AUTO_BUF struct dz_buf match = DZ_BUF(65536);
    DZ_TRY(dz_db_get_int(db, DZ_Q_INDEX_LAST, &last, NULL, err, DZ_NO_ARGS));
    add_quoted(&match, place);
    DZ_TRY(dz_buf_ok(&match, "search", err));
    return spread(db, match.p, SPREAD_EXACT, last, ret, err);
}

enum dz_code
dz_fts_count(struct dz_db *db, const struct dz_fts_query *q, size_t max, size_t *ret,
               struct dz_err *err)
{
    struct dz_rows *rows = NULL;
    size_t n = 0;
    bool wanted = true;
    enum dz_code code = DZ_OK;
    DZ_TRY(dz_db_query(db, DZ_Q_INDEX_MATCHES, &rows, err, DZ_ARGS(dz_arg_text(q->match))));
    while (code == DZ_OK && n < max && dz_rows_next(rows)) {
        if (q->wanted)
            code = q->wanted(q->ctx, dz_rows_int(rows, 0), &wanted, err);
        n += wanted;
    }
    enum dz_code end = dz_rows_end(rows, code == DZ_OK ? err : NULL);
    *ret = n;
    return code == DZ_OK ? end : code;
}

/* ---- the best so far: a heap with the worst on top ---- */

struct best {
    struct dz_fts_hit *hits;
    size_t n, max;
};

static bool
worse(const struct dz_fts_hit *a, const struct dz_fts_hit *b)
{
    return a->score < b->score || (a->score <= b->score && a->row < b->row);
}

static void
sink(struct best *b, size_t at)
{
    for (;;) {
        size_t child = 2 * at + 1;
        if (child + 1 < b->n && worse(&b->hits[child + 1], &b->hits[child]))
            child++;
        if (child >= b->n || !worse(&b->hits[child], &b->hits[at]))
            return;
        struct dz_fts_hit hit = b->hits[at];
        b->hits[at] = b->hits[child];
        b->hits[child] = hit;
        at = child;
    }
}

static void
keep(struct best *b, struct dz_fts_hit hit)
{
    if (b->n == b->max) {
        b->hits[0] = hit;
        sink(b, 0);
        return;
    }
    size_t at = b->n++;
    for (; at > 0 && worse(&hit, &b->hits[(at - 1) / 2]); at = (at - 1) / 2)
        b->hits[at] = b->hits[(at - 1) / 2];
    b->hits[at] = hit;
}

static void
sort_best(struct best *b)
{
    size_t n = b->n;
    for (; b->n > 1;) {
        struct dz_fts_hit hit = b->hits[0];
        b->hits[0] = b->hits[--b->n];
        b->hits[b->n] = hit;
        sink(b, 0);
    }
    b->n = n;
}

/* ---- finding ---- */

struct search {
    struct dz_db *db;
    const struct dz_fts_query *q;
    struct best best;
    int64_t last; /* row */
    double weights[DZ_FTS_PHRASES_MAX];
    bool frequent[DZ_FTS_PHRASES_MAX];
    bool light[DZ_FTS_PHRASES_MAX]; /* frequent, and weighs little beside another */
    struct dz_view rarest[DZ_FTS_PHRASES_MAX]; /* place of each phrase */
};

/* The place of a phrase that begins at *at; moves on. */
static bool
next_place(struct dz_view words, size_t *at, struct dz_view *ret)
{
    if (*at >= words.n)
        return false;
    const char *cut = memchr(words.p + *at, DZ_FTS_NEXT, words.n - *at);
    size_t end = cut ? (size_t)(cut - words.p) : words.n;
    *ret = (struct dz_view){words.p + *at, end - *at};
    *at = end + 1;
    return true;
}

static enum dz_code
weigh(struct search *s, size_t i, struct dz_err *err)
{
    const struct dz_fts_phrase *p = &s->q->phrases[i];
    double all = (double)(s->last >> FULLTEXT_CLASS_BITS) + 1;
    size_t least = SIZE_MAX;
    struct dz_view place;
    for (size_t at = 0; next_place(p->words, &at, &place);) {
        size_t n = 0;
        if (p->begins && at >= p->words.n)
            n = SPREAD_EXACT; /* endings are not counted */
        else
            DZ_TRY(dz_fts_spread(s->db, place, &n, err));
        s->weights[i] +=
            log(1 + (all > (double)n ? all - (double)n + 0.5 : 0.5) / ((double)n + 0.5));
        if (n < least) {
            least = n;
            s->rarest[i] = place;
        }
    }
    s->frequent[i] = !p->begins && least >= SPREAD_EXACT;
    return DZ_OK;
}

/* Of one word alone the weight changes nothing in the order, so it need not be known. */
static enum dz_code
weigh_all(struct search *s, struct dz_err *err)
{
    size_t n = 0, last = 0;
    for (size_t i = 0; i < s->q->n; i++) {
        n += !s->q->phrases[i].excluded;
        last = s->q->phrases[i].excluded ? last : i;
    }
    if (n == 1 && !memchr(s->q->phrases[last].words.p, DZ_FTS_NEXT, s->q->phrases[last].words.n)) {
        s->weights[last] = 1;
        s->frequent[last] = !s->q->phrases[last].begins;
        s->rarest[last] = s->q->phrases[last].words;
        return DZ_OK;
    }
    for (size_t i = 0; i < s->q->n; i++)
        if (!s->q->phrases[i].excluded)
            DZ_TRY(weigh(s, i, err));
    return DZ_OK;
}

/* Words that are everywhere are not looked for among the marks: the best have them anyway, and what
 * they weigh is taken as given in full. */
static void
set_light(struct search *s)
{
    double most = 0;
    for (size_t i = 0; i < s->q->n; i++)
        most = s->weights[i] > most ? s->weights[i] : most;
    for (size_t i = 0; i < s->q->n; i++)
        s->light[i] = s->frequent[i] && s->weights[i] < most / 2;
}

static bool
is_kept(const struct best *b, int64_t row)
{
    for (size_t i = 0; i < b->n; i++)
        if (b->hits[i].row == row)
            return true;
    return false;
}

/* When to stop measuring, the latest first. */
struct measuring {
    size_t skip;   /* phrases in front of the question's */
    size_t plenty; /* as soon as there will be more matches than this */
    int64_t reach; /* past this row, when there are enough */
    bool more;     /* beside what was found before */
};

/* Measure the matches. *ret_done false: stopped before the end. */
static enum dz_code
measure_all(struct search *s, const char *match, const struct measuring *how, bool *ret_done,
            struct dz_err *err)
{
    struct fulltext *f = dz_db_fulltext(s->db);
    struct dz_rows *rows = NULL;
    enum dz_code code = DZ_OK;
    size_t n = 0;
    s->best.n = how->more ? s->best.n : 0;
    *ret_done = true;
    f->weights = s->weights;
    f->n_weights = s->q->n;
    f->skip = how->skip;
    DZ_TRY(dz_db_query(s->db, DZ_Q_INDEX_MEASURED, &rows, err, DZ_ARGS(dz_arg_text(match))));
    while (code == DZ_OK && *ret_done && dz_rows_next(rows)) {
        struct dz_fts_hit hit = {dz_rows_int(rows, 0), f->score};
        bool full = s->best.n == s->best.max;
        if (full && hit.row < how->reach) {
            *ret_done = false;
            break;
        }
        bool wanted = !full || worse(&s->best.hits[0], &hit);
        if (wanted && s->q->wanted)
            code = s->q->wanted(s->q->ctx, hit.row, &wanted, err);
        if (code == DZ_OK && wanted && !(how->more && is_kept(&s->best, hit.row)))
            keep(&s->best, hit);
        n++;
        /* At this pace there will be too many. */
        *ret_done = n % 256 != 0 || n >= how->plenty ||
                    (double)n * (double)s->last <=
                        (double)how->plenty * (double)(s->last - hit.row + 1);
    }
    f->n_weights = 0;
    enum dz_code end = dz_rows_end(rows, code == DZ_OK ? err : NULL);
    return code == DZ_OK ? end : code;
}

/* The marks of a place's terms. */
static void
add_marked(struct dz_buf *out, struct dz_view place, unsigned tier)
{
    bool begins = true; /* of a term */
    for (size_t k = 0; k < place.n; k++) {
        if (begins)
            dz_buf_addc(out, (char)(tier + 1));
        begins = place.p[k] == DZ_FTS_OR;
        dz_buf_addc(out, place.p[k]);
    }
}

/* ("marks of phrase 1" OR "phrase 2, which is rare") AND (question). *ret_skip: phrases in
 * front. */
static void
narrow(const struct search *s, unsigned tier, struct dz_buf *out, size_t *ret_skip)
{
    size_t n = 0;
    dz_buf_addc(out, '(');
    for (size_t i = 0; i < s->q->n; i++) {
        const struct dz_fts_phrase *p = &s->q->phrases[i];
        if (p->excluded || s->light[i])
            continue;
        dz_buf_adds(out, n++ > 0 ? " OR \"" : "\"");
        if (s->frequent[i])
            add_marked(out, s->rarest[i], tier);
        else
            dz_buf_addv(out, p->words);
        dz_buf_adds(out, p->begins ? "\" *" : "\"");
    }
    dz_buf_addf(out, ") AND (%s)", s->q->match);
    *ret_skip = n;
}

/* The most that a match without these marks can have: of several terms at one place each can be
 * just
 * below the floor. */
static double
outside(const struct search *s, unsigned tier)
{
    double sum = 0;
    for (size_t i = 0; i < s->q->n; i++) {
        double x = dz_fulltext_floor(tier);
        if (!s->frequent[i])
            continue;
        for (size_t k = 0; k < s->rarest[i].n; k++)
            x += s->rarest[i].p[k] == DZ_FTS_OR ? dz_fulltext_floor(tier) : 0;
        sum += s->weights[i] * (s->light[i] ? 1 : x / (x + DZ_FULLTEXT_SATURATION));
    }
    return sum;
}

/* Whether so many sources have the marks of a tier that going through them is no gain. */
static enum dz_code
is_wide(struct search *s, unsigned tier, bool *ret, struct dz_err *err)
{
    size_t all = 0;
    for (size_t i = 0; i < s->q->n; i++) {
        DZ_AUTO_BUF struct dz_buf mark = DZ_BUF(65536);
        size_t n = 0;
        if (!s->frequent[i] || s->light[i])
            continue;
        add_marked(&mark, s->rarest[i], tier);
        DZ_TRY(dz_fts_spread(s->db, dz_buf_view(&mark), &n, err));
        all += n;
    }
    *ret = all > MARKED_MOST;
    return DZ_OK;
}

static enum dz_code
measure_tier(struct search *s, unsigned tier, size_t plenty, bool *ret_done, bool *ret_found,
             struct dz_err *err)
{
    DZ_AUTO_BUF struct dz_buf match = DZ_BUF(1u << 20);
    struct measuring how = {.plenty = plenty};
    narrow(s, tier, &match, &how.skip);
    DZ_TRY(dz_buf_ok(&match, "search", err));
    DZ_TRY(measure_all(s, match.p, &how, ret_done, err));
    *ret_found =
        *ret_done && s->best.n == s->best.max && s->best.hits[0].score >= outside(s, tier);
    return DZ_OK;
}

/* From a middle tier down until nothing outside can be better; up when it holds too many, and back
 * if they were needed after all. */
static enum dz_code
find_marked(struct search *s, bool *ret_found, struct dz_err *err)
{
    unsigned tier = FIRST_TIER;
    bool rose = false, down = false;
    size_t plenty = PLENTY;
    for (*ret_found = false; !*ret_found;) {
        bool wide = false, done = true;
        DZ_TRY(is_wide(s, tier, &wide, err));
        if (wide && !down && tier + 1 < FULLTEXT_TIERS) {
            rose = true;
            tier++;
            continue;
        }
        if (wide)
            break;
        DZ_TRY(measure_tier(s, tier, plenty, &done, ret_found, err));
        if (!done && tier + 1 < FULLTEXT_TIERS) {
            rose = true;
            tier++;
        } else if (rose || !done) {
            rose = false;
            plenty = SIZE_MAX;
            tier -= tier > 0;
            down = true;
        } else if (tier > 0) {
            tier = tier > 1 ? tier - 2 : 0;
            down = true;
        } else {
            break;
        }
    }
    return DZ_OK;
}

enum dz_code
dz_fts_find(struct dz_db *db, const struct dz_fts_query *q, struct dz_fts_hit *hits,
              size_t *ret_n, struct dz_err *err)
{
    struct search s = {.db = db, .q = q, .best = {.hits = hits, .max = q->limit}};
    if (q->n > DZ_FTS_PHRASES_MAX || q->limit == 0 || q->limit > DZ_FTS_LIMIT_MAX)
        return dz_fail(err, DZ_E_INPUT, "more than %d words to look for", DZ_FTS_PHRASES_MAX);
    DZ_TRY(dz_db_get_int(db, DZ_Q_INDEX_LAST, &s.last, NULL, err, DZ_NO_ARGS));
    DZ_TRY(weigh_all(&s, err));
    size_t reach = q->reach ? q->reach : DZ_FTS_REACH;
    struct measuring how = {.plenty = SIZE_MAX};
    bool done = false, marked = false;
    set_light(&s);
    for (size_t i = 0; i < q->n && !q->thorough; i++)
        marked = marked || s.frequent[i];
    if (marked) {
        how.plenty = FEW;
        how.reach = s.last - ((int64_t)reach << FULLTEXT_CLASS_BITS);
    }
    DZ_TRY(measure_all(&s, q->match, &how, &done, err));
    if (!done)
        DZ_TRY(find_marked(&s, &done, err));
    if (!done) {
        how.plenty = SIZE_MAX;
        how.more = true;
        DZ_TRY(measure_all(&s, q->match, &how, &done, err));
    }
    sort_best(&s.best);
    *ret_n = s.best.n;
    return DZ_OK;
}
