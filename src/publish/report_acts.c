/* Acts by sphere, and statements with guidance that conflicts side by side. */
#include <string.h>

#include "dz_json.h"
#include "dz_tr.h"
#include "report_impl.h"

static void
put_all_words(struct dz_report_page *p, const struct dz_chrono_row *row)
{
    for (size_t i = 0; i < row->n_facts; i++) {
        const struct dz_report_fact *f = dz_report_fact_by_id(p->c, row->facts[i].id);
        for (size_t k = 0; f != NULL && k < f->n_quotes; k++) {
            dz_html_open_class(&p->h, "div", "said");
            dz_report_put_words(p, f->quotes[k]);
            dz_html_close(&p->h, "div");
        }
    }
}

static void
put_date_head(struct dz_report_page *p, const char *prefix, size_t ix,
              const struct dz_chrono_row *row)
{
    dz_html_open(&p->h, "tr");
    dz_html_attrf(&p->h, "id", "%s%zu", prefix, ix + 1);
    dz_html_open_class(&p->h, "th", "date");
    dz_html_attr(&p->h, "scope", "row");
    dz_report_put_row_date(p, row);
    dz_html_close(&p->h, "th");
}

/* ---- acts ---- */

static const char *const act_heads[] = {N_("Date"), N_("Place"), N_("What"),
                                        N_("Words of the source"), NULL};

static void
put_also(struct dz_report_page *p, const json_t *body)
{
    const json_t *also = json_object_get(body, "also");
    DZ_AUTO_BUF struct dz_buf words = DZ_BUF(16384);
    for (size_t i = 0; i < json_array_size(also); i++) {
        const char *code = json_string_value(json_array_get(also, i));
        if (code == NULL)
            continue;
        bool sphere = dz_rules_has(p->c->rules, "sphere", code);
        dz_buf_adds(&words, words.n > 0 ? "; " : "");
        dz_buf_adds(&words, dz_report_label(p, sphere ? "sphere" : "means", code));
    }
    if (words.n == 0)
        return;
    dz_html_open_class(&p->h, "span", "soft block");
    dz_html_textf(&p->h, _("also: %s"), words.p);
    dz_html_close(&p->h, "span");
}

/* A group and how many, as the source counts them; persons never stand here. */
static void
put_victims(struct dz_report_page *p, const json_t *body)
{
    const json_t *victims = json_object_get(body, "victims");
    const char *group = dz_json_str(victims, "group");
    const char *unit = dz_json_str(victims, "unit");
    int64_t number = dz_json_int(victims, "number", 0);
    if (group == NULL && number <= 0)
        return;
    dz_html_open_class(&p->h, "span", "soft block");
    dz_html_text(&p->h, _("whom: "));
    if (group != NULL)
        dz_html_text(&p->h, dz_report_label(p, "victim_group", group));
    if (number > 0)
        dz_html_textf(&p->h, "%s%lld (%s)", group != NULL ? ", " : "", (long long)number,
                      dz_report_label(p, "counting_unit", unit != NULL ? unit : "individual"));
    dz_html_close(&p->h, "span");
}

/* Offices and units as the source names them; never more than "named in the source". */
static void
put_perpetrators(struct dz_report_page *p, const json_t *body)
{
    const json_t *list = json_object_get(body, "perpetrators");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *actor = json_array_get(list, i);
        const char *name = dz_json_str(actor, "name");
        const char *type = dz_json_str(actor, "actor_type");
        if (name == NULL && type == NULL)
            continue;
        dz_html_open_class(&p->h, "span", "soft block");
        dz_html_textf(&p->h, _("named in the source: %s"),
                      name != NULL ? name : dz_report_label(p, "actor_type", type));
        dz_html_close(&p->h, "span");
    }
}

static void
put_act(struct dz_report_page *p, size_t ix)
{
    const struct dz_chrono_row *row = &p->c->chronology.rows[ix];
    const struct dz_report_fact *f =
        row->n_facts > 0 ? dz_report_fact_by_id(p->c, row->facts[0].id) : NULL;
    put_date_head(p, "a", ix, row);
    dz_report_open_cell(p, _(act_heads[1]), "place");
    dz_report_put_place(p, row->place, row->place_text);
    dz_html_close(&p->h, "td");
    dz_report_open_cell(p, _(act_heads[2]), "what");
    dz_html_text(&p->h, dz_report_label(p, "means", row->means));
    if (f != NULL)
        put_also(p, f->row.body);
    dz_html_element_class(&p->h, "span", "soft block",
                          row->specific ? _("specific event") : _("general claim"));
    dz_report_put_modality(p, row->modality);
    if (f != NULL) {
        put_victims(p, f->row.body);
        put_perpetrators(p, f->row.body);
    }
    dz_html_close(&p->h, "td");
    dz_report_open_cell(p, _(act_heads[3]), "words");
    put_all_words(p, row);
    dz_report_put_evidence_marks(p, row->facts, row->n_facts);
    dz_html_close(&p->h, "td");
    dz_html_close(&p->h, "tr");
}

static bool
act_of(const struct dz_chrono_row *row, const char *sphere)
{
    const char *own = row->sphere != NULL ? row->sphere : "";
    return row->kind == DZ_CHRONO_ACT && strcmp(own, sphere) == 0;
}

static void
put_sphere(struct dz_report_page *p, const char *sphere)
{
    const struct dz_chronology *c = &p->c->chronology;
    bool open = false;
    for (size_t i = 0; i < c->n; i++) {
        if (!act_of(&c->rows[i], sphere))
            continue;
        if (!open) {
            const char *label =
                sphere[0] != '\0' ? dz_report_label(p, "sphere", sphere) : _("Sphere not stated");
            const char *heads[] = {_(act_heads[0]), _(act_heads[1]), _(act_heads[2]),
                                   _(act_heads[3]), NULL};
            dz_html_open(&p->h, "h3");
            dz_html_attrf(&p->h, "id", "sphere-%s", sphere);
            dz_html_text(&p->h, label);
            dz_html_close(&p->h, "h3");
            dz_report_open_table(p, "acts stack", label, heads, DZ_CAPTION_UNSEEN);
            open = true;
        }
        put_act(p, i);
    }
    if (open)
        dz_report_close_table(p);
}

void
dz_report_put_acts(struct dz_report_page *p)
{
    dz_html_element(&p->h, "p",
                    _("What sources say was done to people to make them take the papers, or for "
                      "having none. Each act stands once, under its main sphere. Who did it is "
                      "named only where the source names an office, and is not judged here."));
    size_t n = 0;
    const char *const *spheres = dz_rules_ids(p->c->rules, "sphere", &n);
    for (size_t i = 0; i < n; i++)
        put_sphere(p, spheres[i]);
    put_sphere(p, "");
    if (p->c->summary.acts.n_facts == 0)
        dz_html_element_class(&p->h, "p", "empty",
                              _("No act is documented here. That does not mean that nothing "
                                "happened."));
}

/* ---- statements ---- */

static const char *const statement_heads[] = {N_("Date"), N_("Who"), N_("Position"),
                                              N_("Words of the source"), NULL};

static void
put_speaker(struct dz_report_page *p, const struct dz_chrono_row *row)
{
    if (row->who != NULL)
        dz_html_text(&p->h, row->who);
    else
        dz_html_element_class(&p->h, "span", "soft", _("nobody is named"));
    if (row->side != NULL && row->side[0] != '\0')
        dz_html_element_class(&p->h, "span", "soft block", dz_report_label(p, "side", row->side));
}

static void
put_statement(struct dz_report_page *p, size_t ix)
{
    const struct dz_chrono_row *row = &p->c->chronology.rows[ix];
    put_date_head(p, "s", ix, row);
    dz_report_open_cell(p, _(statement_heads[1]), NULL);
    put_speaker(p, row);
    dz_html_close(&p->h, "td");
    dz_report_open_cell(p, _(statement_heads[2]), NULL);
    dz_html_text(&p->h, dz_report_label(p, "stance", row->stance));
    dz_report_put_modality(p, row->modality);
    dz_html_close(&p->h, "td");
    dz_report_open_cell(p, _(statement_heads[3]), "words");
    put_all_words(p, row);
    dz_report_put_evidence_marks(p, row->facts, row->n_facts);
    dz_html_close(&p->h, "td");
    dz_html_close(&p->h, "tr");
}

/* Advice that cannot be followed at once. */
static bool
advises(const struct dz_chrono_row *row, const char *stance)
{
    return row->kind == DZ_CHRONO_STATEMENT && row->stance != NULL &&
           strcmp(row->stance, stance) == 0;
}

static void
put_advice(struct dz_report_page *p, const char *stance)
{
    const struct dz_chronology *c = &p->c->chronology;
    dz_html_open(&p->h, "td");
    dz_html_attr(&p->h, "data-head", dz_report_label(p, "stance", stance));
    for (size_t i = 0; i < c->n; i++) {
        if (!advises(&c->rows[i], stance))
            continue;
        dz_html_open_class(&p->h, "div", "advice");
        dz_html_open_class(&p->h, "strong", "date");
        dz_report_put_date(p, c->rows[i].date);
        dz_html_close(&p->h, "strong");
        dz_html_text(&p->h, " ");
        put_speaker(p, &c->rows[i]);
        put_all_words(p, &c->rows[i]);
        dz_report_put_evidence_marks(p, c->rows[i].facts, c->rows[i].n_facts);
        dz_html_close(&p->h, "div");
    }
    dz_html_close(&p->h, "td");
}

static void
put_conflicts(struct dz_report_page *p)
{
    const struct dz_chronology *c = &p->c->chronology;
    bool take = false, refuse = false;
    for (size_t i = 0; i < c->n; i++) {
        take = take || advises(&c->rows[i], "take_if_needed");
        refuse = refuse || advises(&c->rows[i], "do_not_take");
    }
    if (!take || !refuse)
        return;
    dz_html_element(&p->h, "h3", _("Guidance that conflicts, side by side"));
    dz_html_element(&p->h, "p",
                    _("People under occupation were told both. The dates show what could be known "
                      "when."));
    const char *heads[] = {dz_report_label(p, "stance", "take_if_needed"),
                           dz_report_label(p, "stance", "do_not_take"), NULL};
    dz_report_open_table(p, "conflicts", _("Conflicting guidance"), heads, DZ_CAPTION_SEEN);
    dz_html_open(&p->h, "tr");
    put_advice(p, "take_if_needed");
    put_advice(p, "do_not_take");
    dz_html_close(&p->h, "tr");
    dz_report_close_table(p);
}

void
dz_report_put_statements(struct dz_report_page *p)
{
    const struct dz_chronology *c = &p->c->chronology;
    bool open = false;
    for (size_t i = 0; i < c->n; i++) {
        if (c->rows[i].kind != DZ_CHRONO_STATEMENT)
            continue;
        if (!open) {
            const char *heads[] = {_(statement_heads[0]), _(statement_heads[1]),
                                   _(statement_heads[2]), _(statement_heads[3]), NULL};
            dz_report_open_table(p, "statements stack", _("Guidance and legal positions, by date"),
                                 heads, DZ_CAPTION_SEEN);
            open = true;
        }
        put_statement(p, i);
    }
    if (open)
        dz_report_close_table(p);
    else
        dz_html_element_class(&p->h, "p", "empty", _("No statement is documented here."));
    put_conflicts(p);
}
