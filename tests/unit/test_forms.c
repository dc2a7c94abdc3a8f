/* Forms of names: what people write must be found (recall .99 of tests/gold/names), and what
 * is no name must not be. Both are counted and told. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <unicode/uchar.h>

#include "dz_buf.h"
#include "dz_mem.h"
#include "dz_forms.h"
#include "dz_utf8.h"

#define PEOPLE_MAX 256
#define RECALL_MIN 0.99

static char *
read_whole(const char *path, size_t *ret_n)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return NULL;
    size_t cap = (size_t)8 << 20;
    char *text = malloc(cap + 1);
    *ret_n = fread(text, 1, cap, file);
    text[*ret_n] = '\0';
    fclose(file);
    return text;
}

/* ---- sentences ---- */

struct frames {
    char *text;
    char *lines[128];
    size_t n;
    size_t next;
};

static void
read_frames(struct frames *f)
{
    size_t n;
    f->text = read_whole("tests/gold/names/frames.txt", &n);
    assert_non_null(f->text);
    for (char *p = f->text; p != NULL && *p != '\0' && f->n < 128;) {
        char *end = strchr(p, '\n');
        if (end != NULL)
            *end = '\0';
        if (*p != '#')
            f->lines[f->n++] = p;
        p = end != NULL ? end + 1 : NULL;
    }
}

/* The next sentence for that case; one of the accusative where a list has only the genitive. */
static const char *
frame_for(struct frames *f, const char *label)
{
    size_t m = strlen(label);
    for (size_t i = 0; i < f->n; i++) {
        const char *line = f->lines[(f->next + i) % f->n];
        if (strncmp(line, label, m) == 0 && line[m] == ' ') {
            f->next = (f->next + i + 1) % f->n;
            return line + m + 1;
        }
    }
    return "%";
}

/* \uXXXX and \n become what they stand for. */
static void
unescape(const char *s, size_t n, struct dz_buf *out)
{
    for (size_t i = 0; i < n;) {
        if (i + 5 < n && s[i] == '\\' && s[i + 1] == 'u') {
            uint32_t cp = 0;
            for (size_t k = 2; k < 6; k++)
                cp = cp * 16 + (uint32_t)u_digit((UChar32)s[i + k], 16);
            dz_utf8_put(out, cp);
            i += 6;
        } else if (i + 1 < n && s[i] == '\\' && s[i + 1] == 'n') {
            dz_buf_add(out, "\n", 1);
            i += 2;
        } else {
            dz_buf_add(out, s + i++, 1);
        }
    }
}

/* ---- the forms ---- */

struct totals {
    struct dz_forms *names;
    struct frames frames;
    uint32_t n_people;
    uint32_t first, last; /* people whom the forms at hand belong to */
    size_t forms;
    size_t found;
    size_t sure; /* found without counting given names that stand alone */
};

struct seen {
    const struct totals *t;
    char *covered;
    enum dz_form_strength least;
};

static void
cover(void *ctx, const struct dz_form_hit *hit)
{
    const struct seen *s = ctx;
    if (hit->person >= s->t->first && hit->person <= s->t->last && hit->strength >= s->least)
        memset(s->covered + hit->start, 1, hit->end - hit->start);
}

static bool
all_covered(const struct totals *t, struct dz_view text, size_t start, size_t end,
            enum dz_form_strength least)
{
    struct seen s = {t, calloc(text.n + 1, 1), least};
    bool all = true;
    dz_forms_find(t->names, text, least, cover, &s);
    for (size_t at = start; at < end;) {
        size_t here = at;
        uint32_t cp = dz_utf8_next(text, &at);
        all = all && (!u_isalpha((UChar32)cp) || s.covered[here]);
    }
    free(s.covered);
    return all;
}

static void
try_form(struct totals *t, struct dz_view text, size_t start, size_t end, const char *label)
{
    bool found = all_covered(t, text, start, end, DZ_FORM_GIVEN);
    t->forms++;
    t->found += found;
    t->sure += found && all_covered(t, text, start, end, DZ_FORM_SURNAME);
    if (!found)
        fprintf(stderr, "# missed (%s): %.*s\n", label, (int)(end - start), text.p + start);
}

static void
try_line(struct totals *t, const char *label, char *forms)
{
    for (char *form = forms; form != NULL;) {
        char *end = strstr(form, " | ");
        DZ_AUTO_BUF struct dz_buf text = DZ_BUF(65536);
        size_t n = end != NULL ? (size_t)(end - form) : strlen(form);
        const char *frame = frame_for(&t->frames, label);
        const char *place = strchr(frame, '%');
        dz_buf_add(&text, frame, (size_t)(place - frame));
        size_t start = text.n;
        unescape(form, n, &text);
        size_t stop = text.n;
        dz_buf_adds(&text, place + 1);
        try_form(t, dz_buf_view(&text), start, stop, label);
        form = end != NULL ? end + 3 : NULL;
    }
}

static void
try_raw(struct totals *t, const char *line)
{
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(65536);
    size_t starts[4], ends[4], n = 0;
    for (const char *p = line; *p != '\0';) {
        const char *open = strstr(p, "[["), *close = open != NULL ? strstr(open, "]]") : NULL;
        if (close == NULL) {
            unescape(p, strlen(p), &text);
            break;
        }
        unescape(p, (size_t)(open - p), &text);
        starts[n] = text.n;
        unescape(open + 2, (size_t)(close - open - 2), &text);
        ends[n++] = text.n;
        p = close + 2;
    }
    for (size_t i = 0; i < n; i++)
        try_form(t, dz_buf_view(&text), starts[i], ends[i], "raw");
}

static void
add_people(struct totals *t, const char *line, bool learn)
{
    t->first = t->n_people;
    for (const char *p = line; p != NULL;) {
        const char *end = strstr(p, " ; ");
        struct dz_view spelling = {p, end != NULL ? (size_t)(end - p) : strlen(p)};
        if (learn)
            dz_forms_add(t->names, t->n_people, spelling);
        t->n_people++;
        p = end != NULL ? end + 3 : NULL;
    }
    t->last = t->n_people - 1;
}

static void
each_line(struct totals *t, const char *path, bool learn)
{
    size_t n;
    char *text = read_whole(path, &n);
    assert_non_null(text);
    for (char *p = text; p != NULL && *p != '\0';) {
        char *end = strchr(p, '\n');
        if (end != NULL)
            *end = '\0';
        char *rest = strchr(p, ' ');
        if (*p == '=' && rest != NULL) {
            add_people(t, rest + 1, learn);
        } else if (!learn && *p != '#' && rest != NULL) {
            *rest = '\0';
            if (strcmp(p, "raw") == 0)
                try_raw(t, rest + 1);
            else
                try_line(t, p, rest + 1);
        }
        p = end != NULL ? end + 1 : NULL;
    }
    free(text);
}

static const char *const tables[] = {"tests/gold/names/forms-1.txt",
                                     "tests/gold/names/forms-2.txt",
                                     "tests/gold/names/forms-3.txt"};

static void
learn_all(struct totals *t)
{
    t->names = dz_forms_new();
    read_frames(&t->frames);
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        each_line(t, tables[i], true);
    t->n_people = 0;
}

static void
test_forms_are_found(void **state)
{
    (void)state;
    struct totals t = {0};
    learn_all(&t);
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        each_line(&t, tables[i], false);
    double recall = (double)t.found / (double)t.forms;
    printf("# forms: %zu forms, %zu found (%.4f), %zu of them by surname or whole name\n",
           t.forms, t.found, recall, t.sure);
    dz_forms_free(t.names);
    free(t.frames.text);
    assert_true(t.forms > 1000);
    assert_true(recall >= RECALL_MIN);
}

/* ---- texts in which these people are not ---- */

struct count {
    struct dz_view text;
    size_t hits[3];
};

static void
count_hit(void *ctx, const struct dz_form_hit *hit)
{
    struct count *c = ctx;
    c->hits[hit->strength]++;
    if (getenv("DZ_SHOW_HITS") != NULL && hit->strength > DZ_FORM_GIVEN)
        fprintf(stderr, "# %d: %.*s\n", hit->strength, (int)(hit->end - hit->start),
                c->text.p + hit->start);
}

static void
test_texts_without_them(void **state)
{
    (void)state;
    static const char *const folders[] = {"dev", "press", "field", "official", "spoken", "fresh"};
    struct totals t = {0};
    struct count c = {0};
    size_t words = 0;
    learn_all(&t);
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        DZ_AUTO_FREE char *folder = dz_asprintf("tests/gold/%s/docs", folders[i]);
        DIR *d = opendir(folder);
        for (struct dirent *e = d != NULL ? readdir(d) : NULL; e != NULL; e = readdir(d)) {
            size_t n = strlen(e->d_name);
            DZ_AUTO_FREE char *path = dz_asprintf("%s/%s", folder, e->d_name);
            char *text = n > 4 && strcmp(e->d_name + n - 4, ".txt") == 0 ? read_whole(path, &n)
                                                                         : NULL;
            if (text == NULL)
                continue;
            c.text = (struct dz_view){text, n};
            for (size_t k = 0; k < n; k++)
                words += text[k] == ' ' || text[k] == '\n';
            dz_forms_find(t.names, c.text, DZ_FORM_GIVEN, count_hit, &c);
            free(text);
        }
        if (d != NULL)
            closedir(d);
    }
    printf("# %zu words without them: whole names %zu, surnames %zu, given names %zu\n",
           words, c.hits[DZ_FORM_FULL], c.hits[DZ_FORM_SURNAME],
           c.hits[DZ_FORM_GIVEN]);
    dz_forms_free(t.names);
    free(t.frames.text);
    assert_true(words > 10000);
}

/* Bytes that are no text, in any order: nothing is read outside, and hits lie inside. */
static void
check_hit(void *ctx, const struct dz_form_hit *hit)
{
    const size_t *n = ctx;
    assert_true(hit->start < hit->end && hit->end <= *n);
}

static void
test_any_bytes(void **state)
{
    (void)state;
    static const char *const pieces[] = {
        "Олен", "а ", "Іва",      "-\n",   "ненко",       "\xD0",  "\xCC\x81",    "\xC2\xAD", "O",
        "lena", " ",  "\n",       "І в ",  "а н е н к о", "shch",  "tsch",        "'",        "\"я",
        ".",    "_",  "Ivanenko", "Olena", "\xFF",        "О. П.", "\xE2\x80\x8B"};
    struct dz_forms *names = dz_forms_new();
    uint32_t x = 2026;
    dz_forms_add(names, 0, dz_view_of("Олена Петрівна Іваненко"));
    dz_forms_add(names, 1, dz_view_of("Ющ-Щур \xFF я \xD0"));
    dz_forms_add(names, 2, dz_view_of(""));
    for (size_t round = 0; round < 3000; round++) {
        DZ_AUTO_BUF struct dz_buf text = DZ_BUF(4096);
        for (size_t i = 0; i < round % 20; i++) {
            x = x * 1664525 + 1013904223;
            dz_buf_adds(&text, pieces[(x >> 16) % (sizeof pieces / sizeof *pieces)]);
        }
        DZ_AUTO_FREE char *exact = dz_strndup(text.n > 0 ? text.p : "", text.n);
        dz_forms_find(names, (struct dz_view){exact, text.n}, DZ_FORM_GIVEN, check_hit, &text.n);
    }
    dz_forms_free(names);
}

/* A long text is read in pieces; a name may lie across any border of them. */
static void
count_one(void *ctx, const struct dz_form_hit *hit)
{
    (void)hit;
    ++*(size_t *)ctx;
}

static void
test_across_pieces(void **state)
{
    (void)state;
    static const char name[] = "Олені Петрівні Іваненко";
    struct dz_forms *names = dz_forms_new();
    dz_forms_add(names, 0, dz_view_of("Олена Петрівна Іваненко"));
    for (size_t at = 65536 - 60; at < 65536 + 20; at++) {
        DZ_AUTO_BUF struct dz_buf text = DZ_BUF(1u << 20);
        size_t hits = 0;
        while (text.n < at)
            dz_buf_adds(&text, " ");
        dz_buf_adds(&text, name);
        while (text.n < 140000)
            dz_buf_adds(&text, ".");
        dz_forms_find(names, dz_buf_view(&text), DZ_FORM_FULL, count_one, &hits);
        if (hits == 0)
            fail_msg("not found at byte %zu", at);
    }
    dz_forms_free(names);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_any_bytes),
        cmocka_unit_test(test_across_pieces),
        cmocka_unit_test(test_forms_are_found),
        cmocka_unit_test(test_texts_without_them),
    };
    return cmocka_run_group_tests_name("forms", tests, NULL, NULL);
}
