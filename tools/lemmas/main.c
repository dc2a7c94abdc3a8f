#include "lemmas.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FOLDER_MAX 4096

void
die(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fputs("lemmas: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    exit(1);
}

void
report(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vprintf(format, args);
    putchar('\n');
    va_end(args);
}

void *
grow(void *base, size_t *cap, size_t need, size_t size)
{
    if (base && need <= *cap)
        return base;
    size_t fresh = need > *cap * 2 ? need : *cap * 2;
    char *p = realloc(base, fresh > 0 ? fresh * size : 1);
    if (!p)
        die("no memory for %zu bytes", fresh * size);
    memset(p + *cap * size, 0, (fresh - *cap) * size);
    *cap = fresh;
    return p;
}

/* First all rules are counted, because the frequent ones come first in a set. */
static uint32_t
write_forms(struct automaton *a, struct rules *r, const struct language *l)
{
    for (size_t i = 0; i < r->n; i++)
        r->items[i].count = 0;
    for (size_t i = 0; i < l->n; i++) {
        uint32_t rule = rule_of(r, l, &l->readings[i]);
        r->items[rule].count++;
    }
    automaton_begin(a);
    for (size_t i = 0; i < l->n;) {
        const struct reading *first = &l->readings[i];
        size_t n = 1;
        while (i + n < l->n && l->readings[i + n].form_n == first->form_n &&
               memcmp(l->pool.p + l->readings[i + n].form, l->pool.p + first->form,
                      first->form_n) == 0)
            n++;
        automaton_add(a, l->pool.p + first->form, first->form_n, set_of(r, l, first, n));
        i += n;
    }
    return automaton_end(a);
}

static void
read_language(struct language *l, const char *folder, const char *name, const char *exceptions,
              const char *places)
{
    char aff[FOLDER_MAX], dic[FOLDER_MAX];
    snprintf(aff, sizeof aff, "%s/%s.aff", folder, name);
    snprintf(dic, sizeof dic, "%s/%s.dic", folder, name);
    read_dictionary(l, aff, dic);
    read_more_words(l, exceptions);
    if (strcmp(l->code, "ru") == 0)
        read_places(l, places);
    sort_readings(l);
    link_bare(l);
    sort_readings(l);
    if (strcmp(l->code, "ru") == 0)
        link_participles(l);
    read_exceptions(l, exceptions);
    sort_readings(l);
}

/* FNV-1a, for telling tables apart. */
static uint32_t
add_to_mark(uint32_t mark, const void *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        mark = (mark ^ ((const uint8_t *)p)[i]) * 16777619U;
    return mark;
}

static void
write_table(const char *path, const struct automaton *a, const struct rules *r,
            const uint32_t roots[4])
{
    uint32_t mark = add_to_mark(2166136261U, roots, 4 * sizeof *roots);
    mark = add_to_mark(mark, a->arcs, a->n * sizeof *a->arcs);
    mark = add_to_mark(mark, r->sets.p, r->sets.n);
    uint32_t head[9] = {0x4D4C5A44,      2,   roots[0], roots[1], roots[2], roots[3], (uint32_t)a->n,
                        (uint32_t)r->sets.n, mark};
    FILE *f = fopen(path, "wb");
    bool ok = f && fwrite(head, sizeof head, 1, f) == 1 &&
              fwrite(a->arcs, sizeof *a->arcs, a->n, f) == a->n &&
              fwrite(r->sets.p, 1, r->sets.n, f) == r->sets.n;
    if (!f || fclose(f) != 0 || !ok)
        die("%s cannot be written", path);
}

/* The assembler takes the table into the program as it is. */
static void
write_assembly(const char *path, const char *table)
{
    FILE *f = fopen(path, "w");
    bool ok = f && fprintf(f,
                           ".section .rodata\n.global dz_lemma_table\n.hidden dz_lemma_table\n"
                           ".type dz_lemma_table, %%object\n.balign 64\ndz_lemma_table:\n"
                           ".incbin \"%s\"\n.size dz_lemma_table, . - dz_lemma_table\n"
                           ".section .note.GNU-stack,\"\",%%progbits\n",
                           table) > 0;
    if (!f || fclose(f) != 0 || !ok)
        die("%s cannot be written", path);
}

int
main(int argc, char **argv)
{
    if (argc != 6)
        die("lemmas DICTIONARIES EXCEPTIONS GAZETTEER TABLE ASSEMBLY");
    struct automaton a;
    struct rules r = {0};
    uint32_t roots[4];
    static const char *const names[2][2] = {{"uk", "uk_UA"}, {"ru", "ru_RU"}};
    automaton_init(&a);
    for (size_t i = 0; i < 2; i++) {
        struct language l = {.code = names[i][0]};
        read_language(&l, argv[1], names[i][1], argv[2], argv[3]);
        roots[2 * i] = write_forms(&a, &r, &l);
        size_t arcs = a.n;
        roots[2 * i + 1] = learn_endings(&a, &r, &l);
        report("%s: %zu readings, %zu arcs, %zu of endings, %zu rules, %zu bytes of sets", l.code,
               l.n, a.n, a.n - arcs, r.n, r.sets.n);
        free(l.pool.p);
        free(l.readings);
    }
    automaton_order(&a);
    write_table(argv[4], &a, &r, roots);
    write_assembly(argv[5], argv[4]);
    return 0;
}
