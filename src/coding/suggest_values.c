#include <string.h>

#include "dz_compose.h"
#include "dz_json.h"

/* Dates, places and persons: once per distinct value, at the first clear mention. */

static bool
seen(const char **list, size_t n, const char *value)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(list[i], value) == 0)
            return true;
    }
    return false;
}

/* First mention of each value, or a later one that is clearer by this much. */
#define CLEARER 20 /* points of score */

static const struct dz_mention *
clearest(const struct dz_compose *c, size_t first, const char *value)
{
    const struct dz_mention *best = &c->mentions->items[first];
    for (size_t i = first + 1; i < c->mentions->n; i++) {
        const struct dz_mention *m = &c->mentions->items[i];
        if (m->kind != best->kind || m->score < best->score + CLEARER)
            continue;
        const char *other = m->kind == DZ_MENTION_DATE ? m->edtf : m->place_id;
        if (other && strcmp(other, value) == 0)
            best = m;
    }
    return best;
}

static void
emit_date(struct dz_compose *c, const struct dz_mention *m)
{
    json_t *fields = json_object();
    dz_json_set_str(fields, "edtf", m->edtf);
    if (m->inferred)
        json_object_set_new(fields, "inferred", json_true());
    dz_compose_emit_bytes(c, "date", m->start, m->end, m->rule, m->score, fields);
}

static void
emit_place(struct dz_compose *c, const struct dz_mention *m)
{
    json_t *fields = json_object();
    dz_json_set_str(fields, "name_en", m->place_name);
    dz_json_set_str(fields, "type", m->place_kind);
    dz_json_set_str(fields, "place_id", m->place_id);
    dz_compose_emit_bytes(c, "place", m->start, m->end, m->rule, m->score, fields);
}

void
dz_compose_values(struct dz_compose *c)
{
    const char **dates = dz_alloc_array(c->mentions->n + 1, sizeof *dates);
    const char **places = dz_alloc_array(c->mentions->n + 1, sizeof *places);
    size_t n_dates = 0, n_places = 0;
    for (size_t i = 0; i < c->mentions->n; i++) {
        const struct dz_mention *m = &c->mentions->items[i];
        bool relative = m->rule && strcmp(m->rule, "date.relative") == 0;
        if (m->kind == DZ_MENTION_DATE && m->edtf[0] && !relative &&
            !seen(dates, n_dates, m->edtf)) {
            dates[n_dates++] = m->edtf;
            emit_date(c, clearest(c, i, m->edtf));
        }
        const char *value = m->place_id ? m->place_id : m->place_name;
        bool vague = m->place_kind && strcmp(m->place_kind, "territory") == 0;
        if (m->kind == DZ_MENTION_PLACE && value && !m->metonym && !vague &&
            !seen(places, n_places, value)) {
            places[n_places++] = value;
            emit_place(c, m->place_id ? clearest(c, i, value) : m);
        }
    }
    dz_free(dates);
    dz_free(places);
}

static void
emit_person(struct dz_compose *c, const struct dz_mention *m)
{
    json_t *fields = json_object();
    dz_json_set_view(fields, "name", m->name);
    dz_json_set_str(fields, "role", m->role);
    json_object_set_new(fields, "protected", json_boolean(m->protect));
    struct dz_suggestion *s =
        dz_compose_emit_bytes(c, "person", m->start, m->end, m->rule, m->score, fields);
    if (s)
        s->sensitive = m->protect;
}

void
dz_compose_persons(struct dz_compose *c)
{
    uint32_t most = 0;
    for (size_t i = 0; i < c->mentions->n; i++) {
        const struct dz_mention *m = &c->mentions->items[i];
        if (m->kind == DZ_MENTION_PERSON && m->person_ix >= most)
            most = m->person_ix + 1;
    }
    /* The mention with the fullest form stands for the person. */
    const struct dz_mention **best = dz_alloc_array(most + 1, sizeof *best);
    for (size_t i = 0; i < c->mentions->n; i++) {
        const struct dz_mention *m = &c->mentions->items[i];
        if (m->kind != DZ_MENTION_PERSON)
            continue;
        const struct dz_mention **b = &best[m->person_ix];
        bool full = m->end - m->start == m->name.n;
        if (!*b || (full && (*b)->end - (*b)->start < m->name.n))
            *b = m;
    }
    for (uint32_t p = 0; p < most; p++) {
        if (best[p])
            emit_person(c, best[p]);
    }
    dz_free(best);
}
