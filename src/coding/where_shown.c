#include <string.h>

#include "dz_compose.h"
#include "dz_rules.h"

/* A place as a table shows it: in the nominative, in the language and the spelling family of the
 * source. What the gazetteer does not know, or knows under quite another name, stays as it is
 * written. */

#define SAME_BYTES 4 /* two letters that a name and its other cases share: Київ, Києва */

/* Bytes that two folded words share from their beginning. */
static size_t
shared(struct dz_view a, struct dz_view b)
{
    size_t n = 0;
    while (n < a.n && n < b.n && a.p[n] == b.p[n])
        n++;
    return n;
}

static size_t
words_in(struct dz_view text)
{
    size_t n = text.n > 0;
    for (size_t i = 0; i < text.n; i++)
        n += text.p[i] == ' ';
    return n;
}

/* "Херсонщині", "Донеччиною": the region by its other name. */
static bool
add_region_noun(struct dz_view text, struct dz_buf *out)
{
    static const char *const marks[] = {"щин", "ччин"};
    for (size_t k = 0; k < sizeof marks / sizeof *marks; k++) {
        size_t n = strlen(marks[k]);
        for (size_t i = n; i + n <= text.n; i++) {
            if (memcmp(text.p + i, marks[k], n) != 0)
                continue;
            dz_buf_add(out, text.p, i + n);
            dz_buf_addf(out, "а");
            return true;
        }
    }
    return false;
}

/* Word i of a name, counted from 0. */
static struct dz_view
word_at(struct dz_view name, size_t i)
{
    struct dz_view word = name;
    for (; i > 0; i--) {
        const char *blank = memchr(word.p, ' ', word.n);
        word.n -= (size_t)(blank + 1 - word.p);
        word.p = blank + 1;
    }
    const char *end = word.n > 0 ? memchr(word.p, ' ', word.n) : NULL;
    return (struct dz_view){word.p, end ? (size_t)(end - word.p) : word.n};
}

static bool
same_word(struct dz_view a, struct dz_view b)
{
    DZ_AUTO_BUF struct dz_buf x = DZ_BUF(512);
    DZ_AUTO_BUF struct dz_buf y = DZ_BUF(512);
    dz_text_fold(a, &x);
    dz_text_fold(b, &y);
    struct dz_view fold_a = dz_buf_view(&x), fold_b = dz_buf_view(&y);
    size_t most = fold_a.n < fold_b.n ? fold_a.n : fold_b.n;
    return shared(fold_a, fold_b) >= (most < SAME_BYTES ? most : SAME_BYTES);
}

/* "Донецкой и Луганской областях": one head for several names, which stays plural. */
static bool
add_shared_head(const struct dz_compose *c, struct dz_view text, struct dz_view name,
                struct dz_buf *out)
{
    static const char *const heads[] = {"областях", "областей", "областям", "областями"};
    const char *blank = memchr(name.p, ' ', name.n);
    bool plural = false;
    for (size_t i = 0; blank && i < sizeof heads / sizeof *heads; i++) {
        size_t n = strlen(heads[i]);
        plural = plural || (text.n > n && memcmp(text.p + text.n - n, heads[i], n) == 0);
    }
    if (!plural)
        return false;
    dz_buf_add(out, name.p, (size_t)(blank + 1 - name.p));
    dz_buf_addf(out, "%s", c->d->lang == DZ_TEXT_UK ? "області" : "области");
    return true;
}

/* The nominative of one place named as `text`; false: as it is written. */
static bool
add_nominative(const struct dz_compose *c, const struct dz_mention *m, struct dz_view text,
               struct dz_buf *out)
{
    const char *id = m->place_id;
    if (!id && m->n_candidates > 0)
        id = m->candidates[0]; /* places of one name */
    const struct dz_place *p = id ? dz_place_by_id(c->rules, id) : NULL;
    const char *known = !p ? NULL : c->d->lang == DZ_TEXT_UK ? p->name_uk : p->name_ru;
    struct dz_view name = dz_view_of(known ? known : "");
    if (name.n == 0)
        return false;
    if (words_in(text) == 1 && add_region_noun(text, out))
        return true;
    if (words_in(text) == words_in(name) && same_word(text, name)) {
        if (!add_shared_head(c, text, name, out))
            dz_buf_add(out, name.p, name.n);
        return true;
    }
    for (size_t i = 0; words_in(text) == 1 && i < words_in(name); i++) {
        struct dz_view word = word_at(name, i);
        if (same_word(text, word)) { /* "Криму" of "Автономна Республіка Крим" */
            dz_buf_add(out, word.p, word.n);
            return true;
        }
    }
    return false;
}

/* What stands between two names, without a preposition: "та в" joins them as "та". */
static void
add_between(struct dz_buf *out, struct dz_view text, bool before_name)
{
    static const char *const small[] = {" в ", " у ", " во ", " на "};
    for (size_t i = 0; before_name && i < sizeof small / sizeof *small; i++) {
        size_t n = strlen(small[i]);
        if (text.n > n && memcmp(text.p + text.n - n, small[i], n) == 0)
            text.n -= n - 1; /* the blank in front stays */
    }
    dz_buf_add(out, text.p, text.n);
}

struct dz_view
dz_where_shown(const struct dz_compose *c, struct dz_view words)
{
    if (words.n == 0 || (c->d->lang != DZ_TEXT_UK && c->d->lang != DZ_TEXT_RU))
        return words;
    DZ_AUTO_BUF struct dz_buf out = DZ_BUF(4096);
    size_t at = (size_t)(words.p - c->d->text.p), end = at + words.n;
    bool changed = false;
    while (at < end) {
        const struct dz_mention *m = dz_compose_mention(c, DZ_MENTION_PLACE, at, end);
        size_t start = m ? m->start : end, past = m && m->end <= end ? m->end : end;
        add_between(&out, (struct dz_view){c->d->text.p + at, start - at}, m != NULL);
        struct dz_view name = {c->d->text.p + start, past - start};
        if (m && add_nominative(c, m, name, &out))
            changed = true;
        else if (m)
            dz_buf_add(&out, name.p, name.n);
        at = past;
    }
    const char *kept = changed ? dz_arena_strndup(&c->d->arena, out.p, out.n) : NULL;
    return kept ? (struct dz_view){kept, out.n} : words;
}
