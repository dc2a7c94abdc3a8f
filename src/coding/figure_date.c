#include <string.h>

#include "dz_figure_unit.h"
#include "dz_speakers.h"

/* As of when a figure holds: the date that stands nearest to it and not nearer to another figure,
 * else that of the figure it is a part of, else the head of an entry in a diary. */

#define FAR_BYTES 48     /* a date so far off may belong to another figure */
#define ACROSS_BYTES 60  /* what a comma or a bracket between them counts for */
#define HEAD_WORDS 4
#define YEAR_WORDS 14     /* between a number and "since the beginning of the year" */

static size_t
gap_bytes(const struct dz_mention *a, const struct dz_mention *b)
{
    if (a->end <= b->start)
        return b->start - a->end;
    return b->end <= a->start ? a->start - b->end : 0;
}

/* Does a comma or a bracket part the number from a date behind it? */
static bool
parted(const struct dz_compose *c, const struct dz_mention *date, const struct dz_mention *number)
{
    if (date->start < number->end)
        return false;
    struct dz_view gap = {c->d->text.p + number->end, date->start - number->end};
    return memchr(gap.p, ',', gap.n) != NULL || memchr(gap.p, '(', gap.n) != NULL ||
           memchr(gap.p, ';', gap.n) != NULL;
}

static size_t
far(const struct dz_compose *c, const struct dz_mention *date, const struct dz_mention *number)
{
    return gap_bytes(date, number) + (parted(c, date, number) ? ACROSS_BYTES : 0);
}

static bool
is_word(const struct dz_compose *c, size_t w, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (dz_view_is(c->rd->words[w].fold, list[i]))
            return true;
    }
    return false;
}
#define IS_WORD(c, w, list) is_word((c), (w), (list), sizeof(list) / sizeof *(list))

/* "As of November", "станом на листопад": at that time, and not from then on. */
static bool
is_as_of(const struct dz_compose *c, const struct dz_mention *date)
{
    static const char *const words[] = {"станом", "состоянию", "as"};
    size_t w = dz_reading_word_at(c->rd, date->start);
    for (size_t back = 1; back <= 3 && back <= w; back++) {
        if (IS_WORD(c, w - back, words))
            return true;
    }
    return false;
}

/* "Від лютого 2022 року видало": since then; "указ від ..." is the day of a paper. */
static bool
is_from(const struct dz_compose *c, struct dz_span sentence, const struct dz_mention *date)
{
    static const char *const words[] = {"від", "от"};
    size_t w = dz_reading_word_at(c->rd, date->start);
    if (date->date_role == DZ_DATE_SINCE)
        return true;
    if (w <= sentence.from || !IS_WORD(c, w - 1, words))
        return false;
    size_t from = w > sentence.from + 6 ? w - 6 : sentence.from;
    return !dz_compose_has(c, c->id.instrument, (struct dz_span){from, w});
}

static bool
comma_between(const struct dz_compose *c, const struct dz_mention *date,
              const struct dz_mention *number)
{
    return memchr(c->d->text.p + date->end, ',', number->start - date->end) != NULL;
}

static void
print(const struct dz_compose *c, struct dz_span sentence, const struct dz_mention *date,
      const struct dz_mention *number, struct dz_buf *out)
{
    dz_buf_adds(out, date->edtf);
    bool open = strstr(date->edtf, "/..") != NULL, behind = date->start > number->start;
    bool since = is_from(c, sentence, date) && !is_as_of(c, date) &&
                 /* "since March, when 5,000 ...": at that time */
                 (behind || !comma_between(c, date, number));
    if (since && !strchr(date->edtf, '/'))
        dz_buf_adds(out, "/..");
    if (!since && open) {
        out->n -= strlen("/..");
        out->p[out->n] = '\0';
    }
}

/* "9 травня. Після мітингу ...": the date that alone makes the first sentence of a paragraph. */
static const struct dz_mention *
head_of_entry(const struct dz_compose *c, size_t s)
{
    while (s > 0 && c->rd->pieces[s - 1].paragraph == c->rd->pieces[s].paragraph)
        s--;
    struct dz_span head = dz_compose_sentence(c, s);
    size_t i = c->sentence_mention[s];
    if (head.to - head.from > HEAD_WORDS || i >= c->sentence_mention[s + 1])
        return NULL;
    const struct dz_mention *m = &c->mentions->items[i];
    bool whole = m->kind == DZ_MENTION_DATE && dz_reading_word_at(c->rd, m->start) == head.from &&
                 dz_reading_word_at(c->rd, m->end) == head.to;
    return whole ? m : NULL;
}

/* "За листопад внесли 1 846 адрес, а мерія називала 640": the date in front of all numbers of a
 * sentence is that of those which have none. */
static const struct dz_mention *
leading(const struct dz_compose *c, size_t s, const struct dz_mention *first)
{
    const struct dz_mention *last = NULL;
    for (size_t i = c->sentence_mention[s]; i < c->sentence_mention[s + 1]; i++) {
        const struct dz_mention *date = &c->mentions->items[i];
        if (date->kind == DZ_MENTION_DATE && date->edtf[0] != '\0' && date->end <= first->start)
            last = date;
    }
    return last;
}

/* "1,127 since September: 402 on care, 288 on pay": what goes on in the same part of the sentence
 * holds as of the same time. */
static const struct dz_mention *
shared(const struct dz_compose *c, size_t s, const struct dz_mention *number)
{
    const struct dz_mention *only = NULL;
    for (size_t i = c->sentence_mention[s]; i < c->sentence_mention[s + 1]; i++) {
        const struct dz_mention *date = &c->mentions->items[i];
        if (date->kind != DZ_MENTION_DATE || date->edtf[0] == '\0')
            continue;
        if (only || date->end > number->start)
            return NULL;
        only = date;
    }
    struct dz_view gap = {c->d->text.p + (only ? only->end : 0),
                          only ? number->start - only->end : 0};
    if (!only || memchr(gap.p, ';', gap.n))
        return NULL;
    for (size_t w = dz_reading_word_at(c->rd, only->end);
         w < c->rd->n_words && c->rd->words[w].start < number->start; w++) {
        if (c->rd->words[w].before == DZ_BREAK_COMMA && dz_voice_contrast(c->rd->words, w))
            return NULL;
    }
    return only;
}

/* "Тогда", "by the end of that year", "к этой дате": the time that the sentence before tells, its
 * day rather than its year. */
static const struct dz_mention *
that_time(const struct dz_compose *c, size_t s)
{
    const struct dz_mention *best = NULL;
    if (c->id.that_time < 0 || s == 0 ||
        c->rd->pieces[s - 1].paragraph != c->rd->pieces[s].paragraph ||
        !dz_compose_has(c, c->id.that_time, dz_compose_sentence(c, s)))
        return NULL;
    for (size_t i = c->sentence_mention[s - 1]; i < c->sentence_mention[s]; i++) {
        const struct dz_mention *date = &c->mentions->items[i];
        if (date->kind == DZ_MENTION_DATE && date->edtf[0] != '\0' &&
            (!best || strlen(date->edtf) >= strlen(best->edtf)))
            best = date;
    }
    return best;
}

/* "Since the beginning of the year": of the year in which the text appeared. */
static bool
this_year(const struct dz_compose *c, struct dz_span sentence, const struct dz_mention *number,
          struct dz_buf *out)
{
    const char *day = c->info ? c->info->published : NULL;
    size_t at = dz_reading_word_at(c->rd, number->start);
    size_t from = at > sentence.from + YEAR_WORDS ? at - YEAR_WORDS : sentence.from;
    size_t to = at + YEAR_WORDS < sentence.to ? at + YEAR_WORDS : sentence.to;
    if (!day || strlen(day) < 4 ||
        !dz_compose_has(c, c->id.year_start, (struct dz_span){from, to}))
        return false;
    dz_buf_add(out, day, 4);
    return true;
}

void
dz_figure_as_of(const struct dz_compose *c, size_t s, const struct dz_mention *const *numbers,
                size_t n, size_t k, struct dz_buf *out)
{
    const struct dz_mention *best = NULL, *number = numbers[k];
    if (this_year(c, dz_compose_sentence(c, s), number, out))
        return;
    for (size_t i = c->sentence_mention[s]; i < c->sentence_mention[s + 1]; i++) {
        const struct dz_mention *date = &c->mentions->items[i];
        if (date->kind != DZ_MENTION_DATE || date->edtf[0] == '\0')
            continue;
        size_t mine = far(c, date, number);
        bool other = false;
        for (size_t j = 0; j < n; j++)
            other = other || (j != k && far(c, date, numbers[j]) < mine && mine > FAR_BYTES);
        if (!other && (!best || mine < far(c, best, number)))
            best = date;
    }
    if (!best)
        best = leading(c, s, numbers[0]);
    if (!best)
        best = that_time(c, s);
    if (!best)
        best = shared(c, s, number);
    if (!best)
        best = head_of_entry(c, s);
    if (best)
        print(c, dz_compose_sentence(c, s), best, number, out);
}
