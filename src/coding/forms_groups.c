#include <pthread.h>
#include <string.h>

#include "dz_data.h"
#include "dz_mem.h"
#include "dz_forms_priv.h"

/* Given names that are one name, from data/given_names.txt: Олена, Елена, Оленка, Helen. The set of
 * stems tells which lines a word stands in. */

struct dz_given_groups {
    struct dz_forms index;
    struct dz_letters *members;
    size_t n;
    size_t cap;
    size_t *first; /* of each line among the members */
    size_t n_lines;
    size_t cap_lines;
};

static void
add_member(struct dz_given_groups *g, struct dz_view word, uint32_t line)
{
    struct dz_letters l = {0};
    for (size_t at = 0; at < word.n;)
        (void)dz_letters_put(&l, dz_utf8_next(word, &at));
    if (l.n == 0)
        return;
    g->members = dz_grow(g->members, &g->cap, g->n + 1, sizeof *g->members);
    g->members[g->n++] = l;
    struct dz_form_owner owner = {line, 0};
    dz_forms_add_word(&g->index, &l, DZ_PART_GIVEN, owner);
    dz_forms_add_word(&g->index, &l, DZ_PART_PATRONYMIC, owner);
}

static void
add_line(struct dz_given_groups *g, struct dz_view line)
{
    if (line.n == 0 || line.p[0] == '#')
        return;
    g->first = dz_grow(g->first, &g->cap_lines, g->n_lines + 1, sizeof *g->first);
    g->first[g->n_lines] = g->n;
    for (size_t at = 0, start = 0; at <= line.n; at++) {
        if (at < line.n && line.p[at] != ' ')
            continue;
        add_member(g, (struct dz_view){line.p + start, at - start}, (uint32_t)g->n_lines);
        start = at + 1;
    }
    g->n_lines++;
}

static struct dz_given_groups shared;
static pthread_once_t loaded = PTHREAD_ONCE_INIT;

static void
load(void)
{
    struct dz_data data = {0};
    if (!dz_data_find("given_names.txt", &data))
        return;
    const char *text = (const char *)data.bytes;
    for (size_t at = 0, start = 0; at <= data.size; at++) {
        if (at < data.size && text[at] != '\n')
            continue;
        add_line(&shared, (struct dz_view){text + start, at - start});
        start = at + 1;
    }
}

const struct dz_given_groups *
dz_given_groups(void)
{
    (void)pthread_once(&loaded, load);
    return &shared;
}

bool
dz_given_groups_each(const struct dz_given_groups *g, const struct dz_letters *word,
                     bool patronymic, dz_given_member_fn *fn, void *ctx)
{
    struct dz_stem_hit hits[DZ_STEM_HITS];
    DZ_AUTO_FREE bool *told = dz_alloc_array(g->n_lines + 1, sizeof *told);
    size_t n = dz_forms_look_up(&g->index, word, hits);
    bool any = false;
    for (size_t i = 0; i < n; i++) {
        bool of_father = hits[i].stem->kind == DZ_PART_PATRONYMIC;
        if (of_father != patronymic || (!of_father && !hits[i].nominative) ||
            hits[i].cost > (word->cp[0] < 0x80 ? 1 : 0))
            continue;
        for (size_t k = 0; k < hits[i].stem->n_owners; k++) {
            size_t line = hits[i].stem->owners[k].person;
            size_t end = line + 1 < g->n_lines ? g->first[line + 1] : g->n;
            for (size_t m = g->first[line]; m < end && !told[line]; m++)
                fn(ctx, &g->members[m]);
            told[line] = true;
            any = true;
        }
    }
    return any;
}

bool
dz_given_groups_have(const struct dz_given_groups *g, const struct dz_letters *word)
{
    struct dz_stem_hit hits[DZ_STEM_HITS];
    size_t n = dz_forms_look_up(&g->index, word, hits);
    for (size_t i = 0; i < n; i++)
        if (hits[i].cost == 0 && hits[i].stem->kind == DZ_PART_GIVEN)
            return true;
    return false;
}
