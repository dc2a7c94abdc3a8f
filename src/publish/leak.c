#include "dz_leak.h"

#include <jansson.h>
#include <string.h>

#include "dz_db.h"
#include "dz_json.h"
#include "dz_mem.h"
#include "dz_personal.h"
#include "dz_tr.h"
#include "dz_utf8.h"

struct dz_leaks {
    struct dz_vault *v;
    const struct dz_leak_names *names;
    struct dz_forms *surnames;
    bool mask_all;
    json_t *decided; /* id -> {"decision", "reason"} */
    json_t *index;   /* id -> number */
    struct dz_leak *items;
    size_t n;
    size_t cap;
    size_t n_open;
};

/* ---- decisions ---- */

static enum dz_code
load_decisions(struct dz_leaks *l, struct dz_err *err)
{
    struct dz_rows *rows = NULL;
    DZ_TRY(dz_db_query(dz_vault_db(l->v), DZ_Q_FINDING_LIST, &rows, err, DZ_NO_ARGS));
    while (dz_rows_next(rows)) {
        json_t *one = json_object();
        dz_json_set_str(one, "decision", dz_rows_text(rows, 1));
        dz_json_set_str(one, "reason", dz_rows_text(rows, 2));
        json_object_set_new(l->decided, dz_rows_text(rows, 0), one);
    }
    return dz_rows_end(rows, err);
}

enum dz_code
dz_leaks_new(struct dz_vault *v, const struct dz_leak_names *names, bool mask_all,
             struct dz_leaks **ret, struct dz_err *err)
{
    struct dz_leaks *l = dz_alloc(sizeof *l);
    *l = (struct dz_leaks){.v = v,
                           .names = names,
                           .surnames = dz_forms_new(),
                           .mask_all = mask_all,
                           .decided = json_object(),
                           .index = json_object()};
    enum dz_code code = load_decisions(l, err);
    if (code != DZ_OK) {
        dz_leaks_free(l);
        return code;
    }
    *ret = l;
    return DZ_OK;
}

void
dz_leaks_free(struct dz_leaks *l)
{
    if (l == NULL)
        return;
    for (size_t i = 0; i < l->n; i++) {
        dz_free(l->items[i].field);
        dz_free(l->items[i].reason);
    }
    dz_free(l->items);
    json_decref(l->decided);
    json_decref(l->index);
    dz_forms_free(l->surnames);
    dz_free(l);
}

/* ---- names ---- */

void
dz_leaks_teach(const struct dz_leaks *l, struct dz_masks *m)
{
    for (size_t i = 0; l->names != NULL && i < l->names->n; i++)
        dz_masks_add_name(m, dz_view_of(l->names->names[i]));
}

static void
learn_name(void *ctx, struct dz_view name)
{
    dz_forms_add(ctx, 0, name);
}

void
dz_leaks_learn(struct dz_leaks *l, const struct dz_masks *m)
{
    dz_masks_each_name(m, learn_name, l->surnames);
}

/* ---- looking ---- */

struct looking {
    struct dz_leaks *l;
    const char *item;
    const char *field;
    struct dz_view text;
    enum dz_leak_words words;
    struct dz_buf *out;
    size_t done; /* bytes of the text that are written */
    bool masked;
};

/* The same words in the same item are one finding, wherever they stand: the id is a keyed hash of
 * them, so that it tells nothing without the vault. */
static void
id_of(const struct looking *k, const char *kind, struct dz_view words, char ret[DZ_LEAK_ID])
{
    char hex[DZ_HEX32];
    DZ_AUTO_BUF struct dz_buf message = DZ_BUF(0);
    dz_buf_addf(&message, "%s|%s|", k->item, kind);
    dz_buf_addv(&message, words);
    dz_vault_keyed_hash(k->l->v, "finding", dz_buf_view(&message), hex);
    memcpy(ret, "fnd-", 4);
    memcpy(ret + 4, hex, DZ_LEAK_ID - 5);
    ret[DZ_LEAK_ID - 1] = '\0';
}

static struct dz_leak *
finding(struct looking *k, const char *kind, size_t start, size_t end)
{
    struct dz_leaks *l = k->l;
    char id[DZ_LEAK_ID];
    id_of(k, kind, (struct dz_view){k->text.p + start, end - start}, id);
    const json_t *known = json_object_get(l->index, id);
    if (known != NULL)
        return &l->items[json_integer_value(known)];
    const json_t *decided = json_object_get(l->decided, id);
    const char *decision = dz_json_str(decided, "decision");
    const char *reason = dz_json_str(decided, "reason");
    l->items = dz_grow(l->items, &l->cap, l->n + 1, sizeof *l->items);
    struct dz_leak *f = &l->items[l->n];
    *f = (struct dz_leak){.field = dz_strdup(k->field),
                          .kind = kind,
                          .start = dz_utf8_cp_of(k->text, start),
                          .end = dz_utf8_cp_of(k->text, end),
                          .reason = reason != NULL ? dz_strdup(reason) : NULL};
    memcpy(f->id, id, sizeof id);
    memcpy(f->item, k->item, strnlen(k->item, DZ_ID_MAX - 1));
    if (decision != NULL && strcmp(decision, "mask") == 0)
        f->state = DZ_LEAK_MASK;
    else if (decision != NULL && strcmp(decision, "keep") == 0)
        f->state = DZ_LEAK_KEEP;
    l->n_open += f->state == DZ_LEAK_OPEN && !l->mask_all;
    json_object_set_new(l->index, id, json_integer((json_int_t)l->n));
    l->n++;
    return f;
}

static void
take(struct looking *k, const char *kind, size_t start, size_t end)
{
    const struct dz_leak *f = finding(k, kind, start, end);
    if (f->state == DZ_LEAK_KEEP || (f->state == DZ_LEAK_OPEN && !k->l->mask_all))
        return;
    k->masked = true;
    if (k->out == NULL || start < k->done)
        return;
    dz_buf_add(k->out, k->text.p + k->done, start - k->done);
    dz_buf_addf(k->out, "[%s]", _("withheld"));
    k->done = end;
}

/* Found by two searches, told in the order of the text. */
struct place {
    size_t start;
    size_t end;
    const char *kind;
};
struct places {
    struct place *items;
    size_t n;
    size_t cap;
    enum dz_leak_words words;
};

static void
add_place(struct places *p, struct place one)
{
    size_t at = p->n;
    p->items = dz_grow(p->items, &p->cap, p->n + 1, sizeof *p->items);
    for (; at > 0 && p->items[at - 1].start > one.start; at--)
        p->items[at] = p->items[at - 1];
    p->items[at] = one;
    p->n++;
}

static void
take_personal(void *ctx, const struct dz_personal *found)
{
    struct places *p = ctx;
    static const bool of_one_person[DZ_PERSONAL_KINDS] = {[DZ_PERSONAL_PASSPORT] = true,
                                                          [DZ_PERSONAL_TAX] = true,
                                                          [DZ_PERSONAL_CARD] = true,
                                                          [DZ_PERSONAL_BIRTH] = true,
                                                          [DZ_PERSONAL_ADDRESS] = true};
    if (p->words == DZ_LEAK_FIELD || of_one_person[found->kind])
        add_place(p, (struct place){found->start, found->end, dz_personal_id(found->kind)});
}

/* "Сергій Коваль" is not the protected Олена Коваль; "Коваль" may be. */
static void
take_surname(void *ctx, const struct dz_form_hit *hit)
{
    struct places *p = ctx;
    bool again = p->n > 0 && p->items[p->n - 1].start == hit->start;
    if (!hit->of_another && !again)
        add_place(p, (struct place){hit->start, hit->end, "surname"});
}

bool
dz_leaks_look(struct dz_leaks *l, const char *item, const char *field, struct dz_view text,
              enum dz_leak_words words, struct dz_buf *out)
{
    struct looking k = {
        .l = l, .item = item, .field = field, .text = text, .words = words, .out = out};
    struct places p = {.words = words};
    if (words == DZ_LEAK_FIELD)
        dz_forms_find(l->surnames, text, DZ_FORM_SURNAME, take_surname, &p);
    dz_personal_find(text, take_personal, &p);
    for (size_t i = 0; i < p.n; i++)
        take(&k, p.items[i].kind, p.items[i].start, p.items[i].end);
    dz_free(p.items);
    if (out != NULL)
        dz_buf_add(out, text.p + k.done, text.n - k.done);
    return k.masked;
}

/* ---- what came of it ---- */

size_t
dz_leaks_open(const struct dz_leaks *l)
{
    return l->n_open;
}

const struct dz_leak *
dz_leaks_at(const struct dz_leaks *l, size_t ix)
{
    return ix < l->n ? &l->items[ix] : NULL;
}

enum dz_code
dz_leaks_check(const struct dz_leaks *l, struct dz_err *err)
{
    if (l->n_open == 0)
        return DZ_OK;
    return dz_fail(
        err, DZ_E_DENIED,
        "undecided findings of the leak scan: %zu: nothing was written; decide each with "
        "'dokaz findings decide ID mask' or '... keep --reason REASON', or mask all "
        "with --mask-all",
        l->n_open);
}

static const char *const decisions[] = {
    [DZ_LEAK_OPEN] = "open", [DZ_LEAK_MASK] = "mask", [DZ_LEAK_KEEP] = "keep"};

enum dz_code
dz_leak_decide(struct dz_vault *v, const struct dz_leak *leak, enum dz_leak_state decision,
               const char *reason, struct dz_err *err)
{
    if (decision == DZ_LEAK_KEEP && (reason == NULL || reason[0] == '\0'))
        return dz_fail(err, DZ_E_USAGE,
                       "--reason is needed: why may this stand in what is published?");
    if (reason != NULL && strlen(reason) > 500)
        return dz_fail(err, DZ_E_USAGE, "the reason is longer than 500 bytes");
    struct dz_batch *b = NULL;
    DZ_AUTO_JSON json_t *fields = json_object();
    dz_json_set_str(fields, "finding", leak->id);
    dz_json_set_str(fields, "item", leak->item);
    dz_json_set_str(fields, "field", leak->field);
    dz_json_set_str(fields, "finding_kind", leak->kind);
    dz_json_set_str(fields, "decision", decisions[decision]);
    dz_json_set_str(fields, "reason", reason);
    DZ_TRY(dz_batch_begin(v, &b, err));
    enum dz_code code = dz_batch_entry(b, "finding.decided", fields, NULL, NULL, err);
    if (code == DZ_OK)
        code = dz_batch_commit(b, err);
    dz_batch_end(b);
    return code;
}

const char *
dz_leak_words(const char *kind)
{
    for (size_t i = 0; i < DZ_PERSONAL_KINDS; i++)
        if (strcmp(kind, dz_personal_id((enum dz_personal_kind)i)) == 0)
            return dz_personal_words((enum dz_personal_kind)i);
    return _("the surname of a protected person");
}
