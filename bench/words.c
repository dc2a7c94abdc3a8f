/* Speed and quality of lemmas, for `make bench` and for whoever changes the tables.
 *
 *   words speed uk <TEXT         words a second of processor time over all words of the text
 *   words gold uk <FORMS.tsv     lines "form TAB lemma" of annotated running text: each form is a
 *                                query for the other forms of its lemma; recall, precision, F1 by
 *                                token (the method of docs/DATA.md)
 *   words misses uk <FORMS.tsv   what those that count most are
 *   words ready uk <TEXT         processor time of this program up to its first lemma, and from there
 *                                to the first of all words of the text
 *   words language <LINES.tsv    lines "uk TAB sentence": right, wrong and undecided */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "dz_lemma.h"
#include "dz_text.h"

static struct dz_buf
all_input(void)
{
    struct dz_buf b = DZ_BUF((size_t)1 << 30);
    char piece[65536];
    for (size_t n; (n = fread(piece, 1, sizeof piece, stdin)) > 0;)
        dz_buf_add(&b, piece, n);
    return b;
}

static double
seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int
speed(enum dz_text_lang lang)
{
    struct dz_buf text = all_input();
    struct dz_document d;
    if (dz_document_init(&d, dz_buf_view(&text), NULL) != DZ_OK)
        return 1;
    size_t words = 0, known = 0, items = 0;
    struct dz_lemmas l;
    double begin = seconds(), end;
    do {
        for (size_t i = 0; i < d.n_tokens; i++) {
            if (d.tokens[i].kind != DZ_TOKEN_WORD)
                continue;
            dz_lemmas_of(d.tokens[i].fold, lang, &l);
            words++;
            known += l.known;
            items += l.n;
        }
        end = seconds();
    } while (end - begin < 2);
    printf("%.2f million words a second, %.3f known, %.2f readings a word\n",
           (double)words / (end - begin) / 1e6, (double)known / (double)words,
           (double)items / (double)words);
    dz_document_done(&d);
    dz_buf_done(&text);
    return 0;
}

/* The tables are mapped with the program: there is nothing to open, and this shows it. */
static int
ready(enum dz_text_lang lang)
{
    struct dz_lemmas l;
    double begin = seconds();
    dz_lemmas_of(dz_view_of("лікарні"), lang, &l);
    double first = seconds();
    struct dz_buf text = all_input();
    struct dz_document d;
    if (dz_document_init(&d, dz_buf_view(&text), NULL) != DZ_OK)
        return 1;
    double read = seconds();
    for (size_t i = 0; i < d.n_tokens; i++)
        dz_lemmas_of(d.tokens[i].fold, lang, &l);
    printf("%.2f ms before the first lemma is asked for, %.3f ms for it; %.2f ms for those of %zu words\n",
           begin * 1e3, (first - begin) * 1e3, (seconds() - read) * 1e3, d.n_tokens);
    dz_document_done(&d);
    dz_buf_done(&text);
    return 0;
}

struct row {
    struct dz_buf form; /* folded */
    struct dz_buf lemma;
    size_t count;
    struct dz_lemmas found;
};

static int
compare_rows(const void *a, const void *b)
{
    const struct row *x = a, *y = b;
    int order = strcmp(x->form.p, y->form.p);
    return order != 0 ? order : strcmp(x->lemma.p, y->lemma.p);
}

static size_t
read_rows(struct row **ret)
{
    static char line[4096];
    struct row *rows = NULL;
    size_t n = 0, cap = 0, kept = 0;
    while (fgets(line, sizeof line, stdin)) {
        char *tab = strchr(line, '\t');
        char *stop = strpbrk(line, "\r\n");
        if (!tab)
            continue;
        if (stop)
            *stop = '\0';
        *tab = '\0';
        rows = dz_grow(rows, &cap, n + 1, sizeof *rows);
        dz_text_fold(dz_view_of(line), &rows[n].form);
        dz_text_fold(dz_view_of(tab + 1), &rows[n].lemma);
        rows[n++].count = 1;
    }
    if (n > 0)
        qsort(rows, n, sizeof *rows, compare_rows);
    for (size_t i = 0; i < n; i++)
        if (kept > 0 && compare_rows(&rows[kept - 1], &rows[i]) == 0)
            rows[kept - 1].count++;
        else
            rows[kept++] = rows[i];
    *ret = rows;
    return kept;
}

static bool
share(const struct dz_lemmas *a, const struct dz_lemmas *b)
{
    for (size_t i = 0; i < a->n; i++)
        for (size_t k = 0; k < b->n; k++)
            if (dz_view_eq(a->item[i], b->item[k]))
                return true;
    return false;
}

/* As in docs/DATA.md: for each token the other forms of its lemma are wanted; every other form that
 * shares a lemma with it by our tables is found. Sums are weighted by tokens on both sides. */
static int
gold(enum dz_text_lang lang, bool tell)
{
    struct row *rows;
    size_t n = read_rows(&rows);
    double wanted = 0, right = 0, found = 0;
    for (size_t i = 0; i < n; i++)
        dz_lemmas_of(dz_buf_view(&rows[i].form), lang, &rows[i].found);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < n; k++) {
            if (strcmp(rows[i].form.p, rows[k].form.p) == 0)
                continue;
            bool same = strcmp(rows[i].lemma.p, rows[k].lemma.p) == 0;
            bool hit = share(&rows[i].found, &rows[k].found);
            double weight = (double)rows[i].count * (double)rows[k].count;
            wanted += same ? weight : 0;
            right += same && hit ? weight : 0;
            found += hit ? weight : 0;
            if (tell && same != hit && i < k)
                printf("%s\t%s (%s)\t%s (%s)\t%.0f\n", same ? "missed" : "wrong", rows[i].form.p,
                       rows[i].lemma.p, rows[k].form.p, rows[k].lemma.p, weight);
        }
    double recall = right / wanted, precision = right / found;
    printf("recall %.4f precision %.4f F1 %.4f (%zu pairs of form and lemma)\n", recall, precision,
           2 * recall * precision / (recall + precision), n);
    return 0;
}

static int
language(void)
{
    static char line[65536];
    size_t right[4] = {0}, wrong[4] = {0}, undecided[4] = {0};
    while (fgets(line, sizeof line, stdin)) {
        char *tab = strchr(line, '\t');
        if (!tab)
            continue;
        *tab = '\0';
        enum dz_text_lang found = dz_text_guess(dz_view_of(tab + 1));
        for (int k = 0; k < 3; k++) {
            if (strcmp(dz_text_lang_code((enum dz_text_lang)k), line) != 0)
                continue;
            right[k] += found == (enum dz_text_lang)k;
            undecided[k] += found == DZ_TEXT_OTHER;
            wrong[k] += found != (enum dz_text_lang)k && found != DZ_TEXT_OTHER;
        }
    }
    for (int k = 0; k < 3; k++)
        printf("%s: %zu right, %zu wrong, %zu undecided\n",
               dz_text_lang_code((enum dz_text_lang)k), right[k], wrong[k], undecided[k]);
    return 0;
}

int
main(int argc, char **argv)
{
    enum dz_text_lang lang = DZ_TEXT_OTHER;
    for (int k = 0; argc > 2 && k < 3; k++)
        if (strcmp(argv[2], dz_text_lang_code((enum dz_text_lang)k)) == 0)
            lang = (enum dz_text_lang)k;
    if (argc > 2 && strcmp(argv[1], "speed") == 0)
        return speed(lang);
    if (argc > 2 && strcmp(argv[1], "ready") == 0)
        return ready(lang);
    if (argc > 2 && (strcmp(argv[1], "gold") == 0 || strcmp(argv[1], "misses") == 0))
        return gold(lang, argv[1][0] == 'm');
    if (argc > 1 && strcmp(argv[1], "language") == 0)
        return language();
    fputs("words speed LANG, words ready LANG, words gold LANG, words misses LANG, words language\n", stderr);
    return 2;
}
