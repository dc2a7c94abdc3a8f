#include <stdlib.h>
#include <string.h>

#include "dz_cmd.h"
#include "dz_common.h"
#include "dz_json.h"
#include "dz_leak_cmd.h"
#include "dz_lineage.h"
#include "dz_mem.h"
#include "dz_queue.h"
#include "dz_sketches.h"
#include "dz_source.h"
#include "dz_utf8.h"
#include "dz_view.h"

/* Which source comes from which, each verdict with the passages that it rests on. */

#define SHOWN 3         /* passages of a pair, the longest ones */
#define SHOWN_CHARS 300 /* of one */

struct values {
    const char *note;
    bool all;
};

static const struct dz_opt opts[] = {
    DZ_OPT_FLAG(struct values, all, "all", N_("show every passage, whole")),
    DZ_OPT_TEXT(struct values, note, "note", N_("TEXT"),
                N_("with decide: why, kept in the journal")),
    {0},
};

/* A text that passages are cut from; sources come in turns, so two are kept. */
struct held {
    size_t source; /* index plus one */
    struct dz_buf text;
    struct dz_utf8_map map;
};
struct listing {
    struct dz_ctx *c;
    const struct values *values;
    struct dz_lineage l;
    bool *wanted; /* NULL: all */
    struct held held[2];
    size_t *order; /* of sources by root, then time */
};

/* ---- words of passages ---- */

static void
held_done(struct held *h)
{
    dz_utf8_map_done(&h->map);
    dz_buf_done(&h->text);
    *h = (struct held){0};
}

/* What stands there; nothing where the text cannot be read: verify says so. */
static struct dz_view
words_of(struct listing *l, size_t slot, size_t source, size_t start, size_t end)
{
    struct held *h = &l->held[slot];
    if (h->source != source + 1) {
        held_done(h);
        h->text.max = DZ_TEXT_MAX;
        if (dz_source_text(l->c->vault, l->l.sources[source].id, &h->text, NULL, NULL) != DZ_OK)
            dz_buf_reset(&h->text);
        dz_utf8_map_init(&h->map, dz_buf_view(&h->text));
        h->source = source + 1;
    }
    size_t from = dz_utf8_map_byte(&h->map, start), to = dz_utf8_map_byte(&h->map, end);
    return (struct dz_view){h->text.p ? h->text.p + from : "", to > from ? to - from : 0};
}

/* ---- JSON ---- */

static void
set_share(json_t *line, const char *key, unsigned thousandths)
{
    DZ_AUTO_FREE char *text =
        dz_asprintf("%u.%03u", thousandths / 1000, thousandths % 1000);
    dz_json_set_str(line, key, text);
}

static const char *
decision_word(enum dz_lineage_decision d)
{
    return d == DZ_LINEAGE_INDEPENDENT ? "independent" : d == DZ_LINEAGE_DERIVED ? "derived" : NULL;
}

static void
print_pair_json(struct listing *l, const struct dz_lineage_pair *p)
{
    const struct dz_lineage_source *source = &l->l.sources[p->source];
    json_t *line = json_object();
    json_t *passages = json_array();
    dz_json_set_str(line, "source", source->id);
    dz_json_set_str(line, "origin", l->l.sources[p->origin].id);
    dz_json_set_str(line, "relation", dz_lineage_relation_id(p->relation));
    dz_json_set_str(line, "order", p->by_date ? "published" : "added");
    set_share(line, "share", p->share);
    set_share(line, "origin_share", p->origin_share);
    dz_json_set_int(line, "words", (int64_t)p->n_words);
    dz_json_set_str(line, "decision", decision_word(p->decision));
    dz_json_set_str(line, "claimant", p->claimant);
    dz_json_set_str(line, "value", p->value);
    json_object_set_new(line, "parent",
                        json_boolean(source->parent == p->origin));
    dz_json_set_str(line, "root", l->l.sources[source->root].id);
    for (size_t i = 0; i < p->n_passages; i++) {
        const struct dz_lineage_passage *g = &p->passages[i];
        json_t *one = json_object();
        dz_json_set_int(one, "start", (int64_t)g->start);
        dz_json_set_int(one, "end", (int64_t)g->end);
        dz_json_set_view(one, "exact", words_of(l, 0, p->source, g->start, g->end));
        dz_json_set_int(one, "origin_start", (int64_t)g->origin_start);
        dz_json_set_int(one, "origin_end", (int64_t)g->origin_end);
        dz_json_set_view(one, "origin_exact",
                         words_of(l, 1, p->origin, g->origin_start, g->origin_end));
        if (g->n_words > 0)
            dz_json_set_int(one, "words", (int64_t)g->n_words);
        json_array_append_new(passages, one);
    }
    json_object_set_new(line, "passages", passages);
    dz_out_json_new(&l->c->out, line);
}

/* ---- for people ---- */

static enum dz_code
source_words(struct listing *l, size_t source, struct dz_buf *out, struct dz_err *err)
{
    const struct dz_lineage_source *s = &l->l.sources[source];
    DZ_AUTO_SOURCE struct dz_source full = {0};
    DZ_TRY(dz_source_get(l->c->vault, s->id, &full, err));
    dz_buf_adds(out, s->id);
    dz_view_part(out, s->published ? s->published : _("no date"));
    dz_view_part(out, s->publisher);
    dz_buf_adds(out, " · ");
    dz_utf8_line(out, dz_view_of(full.row.title), 100);
    return DZ_OK;
}

static void
relation_words(const struct dz_lineage_pair *p, struct dz_buf *out)
{
    unsigned share = (p->share + 5) / 10, origin_share = (p->origin_share + 5) / 10;
    switch (p->relation) {
    case DZ_LINEAGE_REPRINT:
        dz_buf_addf(out, _("repeats it: %u %% of its words, %u %% of the origin's"), share,
                    origin_share);
        break;
    case DZ_LINEAGE_EXTRACT:
        dz_buf_addf(out, _("taken out of it: %u %% of its words, %u %% of the origin's"), share,
                    origin_share);
        break;
    case DZ_LINEAGE_INCLUDES:
        dz_buf_addf(out, _("includes it, and has more: %u %% of its words, %u %% of the origin's"),
                    share, origin_share);
        break;
    case DZ_LINEAGE_QUOTE:
        dz_buf_addf(out, _("shares passages: %u %% of its words, %u %% of the origin's"), share,
                    origin_share);
        break;
    case DZ_LINEAGE_STATEMENT:
        dz_buf_addf(out, _("gives the same statement of %s"), p->claimant ? p->claimant : "");
        dz_view_part(out, p->value);
        break;
    case DZ_LINEAGE_SAID:
        dz_buf_adds(out, _("no words in common were found"));
        break;
    }
    if (!p->by_date)
        dz_view_part(out, _("which came first their dates do not say"));
    if (p->decision == DZ_LINEAGE_DERIVED)
        dz_view_part(out, _("decided: derived"));
    if (p->decision == DZ_LINEAGE_INDEPENDENT)
        dz_view_part(out, _("decided: independent"));
}

static int
by_length(const void *a, const void *b)
{
    const struct dz_lineage_passage *x = a, *y = b;
    size_t n = x->end - x->start, m = y->end - y->start;
    if (n != m)
        return n > m ? -1 : 1;
    return (x->start > y->start) - (x->start < y->start);
}

static void
print_passages(struct listing *l, const struct dz_lineage_pair *p)
{
    size_t shown = l->values->all || p->n_passages < SHOWN ? p->n_passages : SHOWN;
    if (p->n_passages == 0)
        return;
    struct dz_lineage_passage *list = dz_alloc_array(p->n_passages, sizeof *list);
    memcpy(list, p->passages, p->n_passages * sizeof *list);
    qsort(list, p->n_passages, sizeof *list, by_length);
    for (size_t i = 0; i < shown; i++) {
        DZ_AUTO_BUF struct dz_buf line = DZ_BUF(DZ_TEXT_MAX);
        dz_out_f(&l->c->out, "      %zu–%zu = %zu–%zu\n", list[i].start, list[i].end,
                 list[i].origin_start, list[i].origin_end);
        dz_utf8_line(&line, words_of(l, 0, p->source, list[i].start, list[i].end),
                     l->values->all ? DZ_TEXT_MAX : SHOWN_CHARS);
        dz_out_wrap(&l->c->out, dz_buf_view(&line), 8, 0);
        if (p->relation != DZ_LINEAGE_STATEMENT)
            continue;
        DZ_AUTO_BUF struct dz_buf other = DZ_BUF(DZ_TEXT_MAX);
        dz_utf8_line(&other, words_of(l, 1, p->origin, list[i].origin_start, list[i].origin_end),
                     l->values->all ? DZ_TEXT_MAX : SHOWN_CHARS);
        dz_out_wrap(&l->c->out, dz_buf_view(&other), 8, 0);
    }
    if (shown < p->n_passages) {
        dz_out_f(&l->c->out,
                 dz_trn("      and %zu shorter passage (--all)",
                        "      and %zu shorter passages (--all)",
                        (unsigned long)(p->n_passages - shown)),
                 p->n_passages - shown);
        dz_out_text(&l->c->out, "\n");
    }
    dz_free(list);
}

static bool
is_wanted(const struct listing *l, const struct dz_lineage_pair *p)
{
    return !l->wanted || l->wanted[p->source] || l->wanted[p->origin];
}

static enum dz_code
print_source(struct listing *l, const char *before, size_t source, struct dz_err *err)
{
    DZ_AUTO_BUF struct dz_buf line = DZ_BUF(1 << 16);
    dz_buf_adds(&line, before);
    DZ_TRY(source_words(l, source, &line, err));
    dz_out_wrap(&l->c->out, dz_buf_view(&line), 4, 4);
    return DZ_OK;
}

/* Those that go back to one origin, in the order of time, each under the one that it was taken
 * from. */
static enum dz_code
print_member(struct listing *l, size_t source, struct dz_err *err)
{
    const struct dz_lineage_source *s = &l->l.sources[source];
    const struct dz_lineage_pair *p = &l->l.pairs[s->by];
    DZ_AUTO_BUF struct dz_buf line = DZ_BUF(1 << 16);
    DZ_TRY(print_source(l, "← ", source, err));
    dz_buf_addf(&line, _("of %s: "), l->l.sources[s->parent].id);
    relation_words(p, &line);
    dz_out_text(&l->c->out, "    ");
    dz_out_wrap(&l->c->out, dz_buf_view(&line), 4, 4);
    print_passages(l, p);
    return DZ_OK;
}

static struct listing *sorting;

static int
by_root(const void *a, const void *b)
{
    const size_t *x = a, *y = b;
    size_t p = sorting->l.sources[*x].root, q = sorting->l.sources[*y].root;
    if (p != q)
        return p < q ? -1 : 1;
    return (*x > *y) - (*x < *y);
}

static enum dz_code
print_group(struct listing *l, size_t from, size_t to, struct dz_err *err)
{
    bool wanted = !l->wanted;
    for (size_t i = from; i < to && !wanted; i++)
        wanted = l->wanted[l->order[i]];
    if (!wanted || to - from < 2)
        return DZ_OK;
    size_t root = l->l.sources[l->order[from]].root;
    DZ_TRY(print_source(l, "", root, err));
    for (size_t i = from; i < to; i++)
        if (l->order[i] != root)
            DZ_TRY(print_member(l, l->order[i], err));
    dz_out_text(&l->c->out, "\n");
    return DZ_OK;
}

static enum dz_code
print_groups(struct listing *l, struct dz_err *err)
{
    size_t n = l->l.n;
    l->order = dz_alloc_array(n, sizeof *l->order);
    for (size_t i = 0; i < n; i++)
        l->order[i] = i;
    sorting = l;
    if (n > 0)
        qsort(l->order, n, sizeof *l->order, by_root);
    for (size_t from = 0, to; from < n; from = to) {
        for (to = from + 1; to < n && l->l.sources[l->order[to]].root ==
                                          l->l.sources[l->order[from]].root;
             to++)
            continue;
        DZ_TRY(print_group(l, from, to, err));
    }
    return DZ_OK;
}

/* What two origins have in common although neither comes from the other; of two that go back to
 * one origin it has been said. */
static enum dz_code
print_others(struct listing *l, struct dz_err *err)
{
    bool first = true;
    for (size_t i = 0; i < l->l.n_pairs; i++) {
        const struct dz_lineage_pair *p = &l->l.pairs[i];
        if (l->l.sources[p->source].root == l->l.sources[p->origin].root || !is_wanted(l, p))
            continue;
        if (first)
            dz_out_f(&l->c->out, "%s\n\n", _("Shared by sources of different origin"));
        first = false;
        DZ_AUTO_BUF struct dz_buf line = DZ_BUF(1 << 16);
        DZ_TRY(print_source(l, "", p->source, err));
        DZ_TRY(print_source(l, "↔ ", p->origin, err));
        relation_words(p, &line);
        dz_out_text(&l->c->out, "    ");
        dz_out_wrap(&l->c->out, dz_buf_view(&line), 4, 4);
        print_passages(l, p);
        dz_out_text(&l->c->out, "\n");
    }
    return DZ_OK;
}

static enum dz_code
print_all(struct listing *l, struct dz_err *err)
{
    struct dz_ctx *c = l->c;
    if (c->json) {
        for (size_t i = 0; i < l->l.n_pairs; i++)
            if (is_wanted(l, &l->l.pairs[i]))
                print_pair_json(l, &l->l.pairs[i]);
        return DZ_OK;
    }
    DZ_TRY(print_groups(l, err));
    DZ_TRY(print_others(l, err));
    DZ_AUTO_BUF struct dz_buf line = DZ_BUF(4096);
    dz_buf_addf(&line,
                dz_trn("%zu source with a text", "%zu sources with a text",
                       (unsigned long)l->l.n_texts),
                l->l.n_texts);
    dz_buf_adds(&line, ", ");
    dz_buf_addf(&line,
                dz_trn("at most %zu independent origin.", "at most %zu independent origins.",
                       (unsigned long)l->l.n_roots),
                l->l.n_roots);
    dz_out_wrap(&c->out, dz_buf_view(&line), 0, 0);
    if (l->l.n > l->l.n_texts) {
        dz_out_f(&c->out,
                 dz_trn("%zu source has no text and was not compared.",
                        "%zu sources have no text and were not compared.",
                        (unsigned long)(l->l.n - l->l.n_texts)),
                 l->l.n - l->l.n_texts);
        dz_out_text(&c->out, "\n");
    }
    dz_out_wrap(&c->out,
                dz_view_of(_("Only words are compared: a translation, or a common origin that "
                             "nobody quotes, is not seen.")),
                0, 0);
    return DZ_OK;
}

static enum dz_code
list(struct listing *l, struct dz_err *err)
{
    struct dz_ctx *c = l->c;
    DZ_TRY(dz_queue_update(c->vault, c->rules, NULL, c->cancel, NULL, err));
    DZ_TRY(dz_lineage_build(c->vault, c->rules, true, c->cancel, &l->l, err));
    if (c->n_words > 0)
        l->wanted = dz_alloc_array(l->l.n, sizeof *l->wanted);
    for (size_t i = 0; i < c->n_words; i++) {
        char id[DZ_ID_MAX];
        DZ_TRY(dz_item_resolve(c->vault, c->words[i], id, err));
        size_t source = dz_lineage_find(&l->l, id);
        if (source == DZ_LINEAGE_NONE)
            return dz_fail(err, DZ_E_INPUT, "%s is no source", id);
        l->wanted[source] = true;
    }
    return print_all(l, err);
}

/* ---- deciding ---- */

static enum dz_code
decide(struct dz_ctx *c, const struct values *v, struct dz_err *err)
{
    static const char *const decisions[] = {"independent", "derived", "open"};
    if (c->n_words != 4)
        return dz_fail(err, DZ_E_USAGE, "give: decide SOURCE ORIGIN independent|derived|open");
    size_t i = 0;
    while (i < 3 && strcmp(decisions[i], c->words[3]) != 0)
        i++;
    if (i == 3)
        return dz_fail(err, DZ_E_USAGE, "'%s' is not one of independent, derived, open",
                       c->words[3]);
    DZ_TRY(dz_ctx_open(c, DZ_OPEN_WRITE, err));
    dz_warn_personal_text(c, "note", v->note);
    DZ_TRY(dz_lineage_decide(c->vault, c->words[1], c->words[2], decisions[i], v->note, err));
    if (c->json) {
        json_t *line = json_object();
        dz_json_set_str(line, "outcome", "decided");
        dz_json_set_str(line, "decision", decisions[i]);
        dz_out_json_new(&c->out, line);
        return DZ_OK;
    }
    dz_out_f(&c->out, "%s\n",
             i == 0   ? _("Decided: they are independent of each other.")
             : i == 1 ? _("Decided: the first comes from the second.")
                      : _("The decision is taken back; the texts decide again."));
    return DZ_OK;
}

static enum dz_code
run(struct dz_ctx *c, const void *values, struct dz_err *err)
{
    const struct values *v = values;
    if (c->vault_path == NULL)
        return dz_fail(err, DZ_E_NOTFOUND,
                       "there is no vault here or above: name one with -C VAULT");
    if (c->n_words > 0 && strcmp(c->words[0], "decide") == 0)
        return decide(c, v, err);
    if (v->note)
        return dz_fail(err, DZ_E_USAGE, "--note belongs to decide");
    DZ_TRY(dz_ctx_open(c, DZ_OPEN_READ, err));
    struct listing l = {.c = c, .values = v};
    enum dz_code code = list(&l, err);
    held_done(&l.held[0]);
    held_done(&l.held[1]);
    dz_free(l.wanted);
    dz_free(l.order);
    dz_lineage_done(&l.l);
    return code;
}

const struct dz_cmd dz_cmd_lineage = {
    .name = "lineage",
    .group = DZ_GROUP_VIEWS,
    .summary =
        N_("which sources repeat or quote which, and how many independent origins there are"),
    .usage = N_("[SOURCE...] | decide SOURCE ORIGIN independent|derived|open"),
    .help = N_(
        "Texts are compared by the words that they share; what very many sources share, like "
        "footers and quoted laws, does not count. Sources that go back to one origin stand "
        "together, each with the passages that show it: characters of the source = characters of "
        "the origin. The earlier one is taken for the origin, by the date of publication, else by "
        "the order in which they were added.\n\n"
        "decide says that SOURCE is independent of ORIGIN, or derived from it, whatever the texts "
        "say; open takes that back. All views count by it."),
    .opts = opts,
    .values_size = sizeof(struct values),
    .needs = DZ_NEED_PATH | DZ_NEED_RULES | DZ_HAS_JSON | DZ_STOPS_IN_ORDER,
    .max_words = SIZE_MAX,
    .run = run,
};
