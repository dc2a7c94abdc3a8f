#include "dz_search.h"

#include <string.h>

#include "dz_facts_priv.h"
#include "dz_utf8.h"
#include "dz_where.h"

/* Search: what people type is never handed to the index as it is. Every word becomes a quoted
 * string, and the only operators are those written here. */

#define TERMS_MAX 64

struct term {
    struct dz_view words;
    bool excluded;
    bool begins; /* word* */
};

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Something the index could hold: a letter or digit, of any script. */
static bool
has_word(struct dz_view v)
{
    for (size_t i = 0; i < v.n; i++) {
        unsigned char c = (unsigned char)v.p[i];
        if (c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))
            return true;
    }
    return false;
}

/* One term at *p; moves on. */
static struct term
next_term(const char **p)
{
    struct term t = {0};
    const char *at = *p;
    if (*at == '-') {
        t.excluded = true;
        at++;
    }
    if (*at == '"') {
        const char *end = strchr(at + 1, '"');
        size_t n = end ? (size_t)(end - at - 1) : strlen(at + 1);
        t.words = (struct dz_view){at + 1, n};
        at += 1 + n + (end ? 1 : 0);
    } else {
        const char *start = at;
        while (*at && !is_blank(*at) && *at != '"')
            at++;
        t.words = (struct dz_view){start, (size_t)(at - start)};
    }
    bool star_inside = t.words.n > 0 && t.words.p[t.words.n - 1] == '*';
    if (star_inside)
        t.words.n--;
    else if (*at == '*')
        at++;
    t.begins = star_inside || (at > *p && at[-1] == '*');
    *p = at;
    return t;
}

static void
add_term(struct dz_buf *out, const struct term *t)
{
    dz_buf_addc(out, '"');
    for (size_t i = 0; i < t->words.n; i++) {
        if (t->words.p[i] == '"')
            dz_buf_addc(out, '"');
        dz_buf_addc(out, t->words.p[i]);
    }
    dz_buf_adds(out, t->begins ? "\" *" : "\"");
}

enum dz_code
dz_search_expression(const char *query, struct dz_buf *out, struct dz_err *err)
{
    struct term terms[TERMS_MAX];
    size_t n = 0, wanted = 0;
    if (dz_utf8_check(dz_view_of(query), err) != DZ_OK)
        return dz_while(err, "the words to look for");
    for (const char *p = query; *p;) {
        if (is_blank(*p)) {
            p++;
            continue;
        }
        const char *before = p;
        struct term t = next_term(&p);
        if (p == before)
            p++;
        if (!has_word(t.words))
            continue;
        if (n == TERMS_MAX)
            return dz_fail(err, DZ_E_INPUT, "more than %d words to look for", TERMS_MAX);
        wanted += !t.excluded;
        terms[n++] = t;
    }
    if (wanted == 0)
        return dz_fail(err, DZ_E_INPUT,
                       "nothing to look for: give at least one word that is to occur");
    for (int excluded = 0; excluded < 2; excluded++) {
        for (size_t i = 0, k = 0; i < n; i++) {
            if (terms[i].excluded != (excluded == 1))
                continue;
            dz_buf_adds(out, excluded ? " NOT " : k > 0 ? " AND " : "");
            add_term(out, &terms[i]);
            k++;
        }
    }
    return dz_buf_ok(out, "search", err);
}

/* The stretch of the text that a snippet shows around its first found word, without marks. */
static void
shown_words(struct dz_view snippet, struct dz_buf *out)
{
    const char *mark = dz_find(snippet, dz_view_of(DZ_MARK_OPEN));
    size_t at = mark ? (size_t)(mark - snippet.p) : 0;
    for (size_t i = at; i < snippet.n; i++) {
        struct dz_view rest = {snippet.p + i, snippet.n - i};
        if (dz_view_starts(rest, "…"))
            break;
        if (dz_view_starts(rest, DZ_MARK_OPEN) || dz_view_starts(rest, DZ_MARK_CLOSE))
            i += strlen(DZ_MARK_OPEN) - 1;
        else
            dz_buf_addc(out, rest.p[0]);
    }
}

/* Where the first found word of a snippet stands. The index does not say; so the words shown are
 * looked for in the text, which is read only where it has pages or times at all. */
static enum dz_code
say_where(struct dz_where *w, const struct dz_source_row *row, struct dz_view snippet,
          struct dz_buf *out, struct dz_err *err)
{
    DZ_AUTO_BUF struct dz_buf words = DZ_BUF(65536);
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(DZ_TEXT_MAX);
    bool has = dz_json_str(json_object_get(row->body, "text"), "locators") != NULL;
    if (!has || !row->text_sha256)
        return DZ_OK;
    shown_words(snippet, &words);
    struct dz_err why = {0};
    if (dz_source_text_version(w->v, row->id, row->text_sha256, &text, &why) != DZ_OK)
        return DZ_OK; /* damaged: verify names it */
    const char *found = dz_find(dz_buf_view(&text), dz_buf_view(&words));
    if (!found)
        return DZ_OK;
    size_t start = dz_utf8_cp_of(dz_buf_view(&text), (size_t)(found - text.p));
    return dz_where_say(w, row->id, row->text_sha256, start, start + 1, out, err);
}

static enum dz_code
give_hit(struct dz_vault *v, struct dz_rows *rows, size_t rank, dz_search_fn *fn, void *ctx,
         struct dz_err *err)
{
    DZ_AUTO_SOURCE struct dz_source s = {0};
    DZ_AUTO_BUF struct dz_buf line = DZ_BUF(65536);
    DZ_TRY(dz_source_get(v, dz_rows_text(rows, 0), &s, err));
    dz_utf8_line(&line, dz_rows_view(rows, 1), 2000);
    DZ_AUTO_BUF struct dz_buf where = DZ_BUF(4096);
    DZ_AUTO_WHERE struct dz_where w = {.v = v};
    DZ_TRY(say_where(&w, &s.row, dz_rows_view(rows, 1), &where, err));
    struct dz_search_hit hit = {.source = s.row.id,
                                .title = s.row.title,
                                .name = s.row.name,
                                .published = s.row.published,
                                .snippet = line.p ? line.p : "",
                                .where = where.n > 0 ? where.p : "",
                                .rank = rank};
    return fn(ctx, &hit, err);
}

enum dz_code
dz_search(struct dz_vault *v, const char *query, size_t limit, dz_search_fn *fn, void *ctx,
          struct dz_err *err)
{
    DZ_AUTO_BUF struct dz_buf expression = DZ_BUF(65536);
    struct dz_rows *rows = NULL;
    DZ_TRY(dz_search_expression(query, &expression, err));
    if (limit == 0 || limit > 1000)
        return dz_fail(err, DZ_E_USAGE, "a limit is 1 to 1000");
    DZ_TRY(dz_db_query(dz_vault_db(v), DZ_Q_FTS_FIND, &rows, err,
                       DZ_ARGS(dz_arg_text(expression.p), dz_arg_text(DZ_MARK_OPEN),
                               dz_arg_text(DZ_MARK_CLOSE), dz_arg_text("…"),
                               dz_arg_int((int64_t)limit))));
    enum dz_code code = DZ_OK;
    for (size_t rank = 1; code == DZ_OK && dz_rows_next(rows); rank++)
        code = give_hit(v, rows, rank, fn, ctx, err);
    enum dz_code end = dz_rows_end(rows, code == DZ_OK ? err : NULL);
    return code == DZ_OK ? end : code;
}
