#include <string.h>

#include "dz_compose.h"
#include "dz_json.h"
#include "dz_rules_priv.h"

/* Dates, places and persons: once per distinct value, at the first clear mention. */

/* A later mention takes the place of the first when it is clearer by so many points of score. */
#define CLEARER 20

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

/* The clearest mention of each distinct value, in the order of first mentions. */
static void
keep_clearest(const struct dz_mention **list, size_t *n, struct dz_map *seen, const char *value,
              const struct dz_mention *m)
{
    uint32_t at = dz_map_get(seen, dz_view_of(value));
    if (at == DZ_MAP_NONE) {
        dz_map_put(seen, dz_view_of(value), (uint32_t)*n);
        list[(*n)++] = m;
    } else if (m->score >= list[at]->score + CLEARER) {
        list[at] = m;
    }
}

/* "Yesterday" and "on Friday" date facts but are no dates to list; "the occupied territories" is no
 * place of the gazetteer's kinds. */
static bool
is_listed(const struct dz_mention *m)
{
    if (m->kind == DZ_MENTION_DATE)
        return m->edtf[0] && strcmp(m->rule, "date.relative") != 0;
    bool collective = m->place_kind && strcmp(m->place_kind, "territory") == 0;
    return m->kind == DZ_MENTION_PLACE && !m->metonym && !collective &&
           (m->place_id || m->place_name);
}

void
dz_compose_values(struct dz_compose *c)
{
    const struct dz_mention **dates = dz_alloc_array(c->mentions->n + 1, sizeof *dates);
    const struct dz_mention **places = dz_alloc_array(c->mentions->n + 1, sizeof *places);
    struct dz_map seen_dates = {0}, seen_places = {0};
    size_t n_dates = 0, n_places = 0;
    for (size_t i = 0; i < c->mentions->n; i++) {
        const struct dz_mention *m = &c->mentions->items[i];
        if (!is_listed(m))
            continue;
        const char *value = m->place_id ? m->place_id : m->place_name;
        if (m->kind == DZ_MENTION_DATE)
            keep_clearest(dates, &n_dates, &seen_dates, m->edtf, m);
        else if (value)
            keep_clearest(places, &n_places, &seen_places, value, m);
    }
    for (size_t i = 0; i < n_dates; i++)
        emit_date(c, dates[i]);
    for (size_t i = 0; i < n_places; i++)
        emit_place(c, places[i]);
    dz_map_done(&seen_dates);
    dz_map_done(&seen_places);
    dz_free(dates);
    dz_free(places);
}

static void
emit_person(struct dz_compose *c, const struct dz_mention *m, bool victim)
{
    bool private = m->protect && m->role && strcmp(m->role, "witness") == 0;
    json_t *fields = json_object();
    dz_json_set_view(fields, "name", dz_person_shown(c->d, m->name));
    dz_json_set_str(fields, "role", private && victim ? "victim" : m->role);
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
    bool *victim = dz_alloc_array(most + 1, sizeof *victim);
    dz_compose_victims(c, victim);
    for (uint32_t p = 0; p < most; p++) {
        if (best[p])
            emit_person(c, best[p], victim[p]);
    }
    dz_free(victim);
    dz_free(best);
}
