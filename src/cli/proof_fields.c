#include "dz_proof_fields.h"

#include <string.h>

#include "dz_common.h"
#include "dz_fact.h"
#include "dz_json.h"
#include "dz_leak_cmd.h"
#include "dz_mem.h"
#include "dz_package_out.h"
#include "dz_source.h"

/* ---- the options ---- */

/* Names between commas, NULL-ended; they point into text. */
static enum dz_code
split(const char *option, char *text, const char *names[DZ_PROOF_NAMES_MAX + 1], struct dz_err *err)
{
    size_t n = 0;
    for (char *at = text; at != NULL;) {
        char *comma = strchr(at, ',');
        if (comma != NULL)
            *comma = '\0';
        if (*at == '\0')
            return dz_fail(err, DZ_E_USAGE, "--%s: a name is missing between the commas", option);
        if (n == DZ_PROOF_NAMES_MAX)
            return dz_fail(err, DZ_E_USAGE, "--%s: more than %d names", option, DZ_PROOF_NAMES_MAX);
        names[n++] = at;
        at = comma != NULL ? comma + 1 : NULL;
    }
    names[n] = NULL;
    return DZ_OK;
}

static bool
is_listed(const char *const *names, const char *name)
{
    for (; *names != NULL; names++)
        if (strcmp(*names, name) == 0)
            return true;
    return false;
}

enum dz_code
dz_proof_fields_begin(char *show, char *withhold, struct dz_proof_fields *ret, struct dz_err *err)
{
    *ret = (struct dz_proof_fields){0};
    DZ_TRY(split("show", show, ret->shown, err));
    DZ_TRY(split("withhold", withhold, ret->withheld, err));
    ret->show_all = is_listed(ret->shown, "all");
    for (const char *const *name = ret->shown; *name != NULL; name++)
        if (is_listed(ret->withheld, *name))
            return dz_fail(err, DZ_E_USAGE, "'%s' stands after --show and after --withhold", *name);
    ret->present = json_object();
    ret->seen = json_object();
    ret->kept_back = json_object();
    ret->judged = json_object();
    return DZ_OK;
}

void
dz_proof_fields_done(struct dz_proof_fields *p)
{
    json_decref(p->present);
    json_decref(p->seen);
    json_decref(p->kept_back);
    json_decref(p->judged);
}

/* ---- whether an item lies open ---- */

/* A source that is gone was purged, for a reason that nobody outside has to guess at. */
static enum dz_code
judge_source(struct dz_ctx *c, struct dz_proof_fields *p, const char *id, bool *ret_open,
             struct dz_err *err)
{
    const json_t *before = json_object_get(p->judged, id);
    if (before != NULL) {
        *ret_open = *ret_open && json_is_true(before);
        return DZ_OK;
    }
    DZ_AUTO_SOURCE struct dz_source s = {0};
    struct dz_err why = {0};
    enum dz_code code = dz_source_get(c->vault, id, &s, &why);
    if (code != DZ_OK && code != DZ_E_NOTFOUND)
        return dz_fail(err, code, "%s", why.msg);
    bool open =
        code == DZ_OK && strcmp(s.row.access, "open") == 0 && dz_basis_is_public(s.row.basis);
    if (code == DZ_OK) {
        dz_warn_leaving(c, &s.row);
        DZ_TRY(dz_warn_leaks(c, s.row.id, err));
    }
    json_object_set_new(p->judged, id, json_boolean(open));
    *ret_open = *ret_open && open;
    return DZ_OK;
}

/* Any field of a fact may stem from any source that it rests on, now or in the version that the
 * entry brought. What was withdrawn is not to be repeated. */
static enum dz_code
judge_fact(struct dz_ctx *c, struct dz_proof_fields *p, const json_t *body, bool *ret_open,
           struct dz_err *err)
{
    DZ_AUTO_FACT struct dz_fact f = {0};
    struct dz_err why = {0};
    enum dz_code code = dz_fact_get(c->vault, dz_json_str(body, "id"), &f, &why);
    if (code == DZ_E_NOTFOUND)
        return DZ_OK;
    if (code != DZ_OK)
        return dz_fail(err, code, "%s", why.msg);
    *ret_open = strcmp(f.row.state, "withdrawn") != 0;
    for (size_t i = 0; i < f.row.n_passages; i++)
        DZ_TRY(judge_source(c, p, f.row.passages[i].source, ret_open, err));
    size_t i;
    const json_t *passage;
    json_array_foreach(json_object_get(body, "passages"), i, passage)
    {
        const char *source = dz_json_str(passage, "source");
        if (source != NULL)
            DZ_TRY(judge_source(c, p, source, ret_open, err));
    }
    return DZ_OK;
}

/* Entries of kinds that are not known to say only what a source or fact says are shown like those
 * of sources that are not open. */
static enum dz_code
judge(struct dz_ctx *c, struct dz_proof_fields *p, const json_t *body, bool *ret_open,
      struct dz_err *err)
{
    static const char *const of_sources[] = {"source.added", "source.described", "access.changed",
                                             "text.derived", NULL};
    static const char *const of_facts[] = {"fact.recorded", "fact.revised", "fact.withdrawn", NULL};
    const char *kind = dz_json_str(body, "kind"), *id = dz_json_str(body, "id");
    *ret_open = false;
    if (kind != NULL && id != NULL && is_listed(of_facts, kind))
        return judge_fact(c, p, body, ret_open, err);
    const char *source = id != NULL ? id : dz_json_str(body, "source");
    if (kind == NULL || source == NULL || !is_listed(of_sources, kind))
        return DZ_OK;
    *ret_open = true;
    return judge_source(c, p, source, ret_open, err);
}

/* ---- one entry ---- */

enum dz_code
dz_proof_fields_of(struct dz_ctx *c, struct dz_proof_fields *p, const json_t *body, json_t **ret,
                   struct dz_err *err)
{
    bool open = false;
    DZ_TRY(judge(c, p, body, &open, err));
    /* jansson's iteration takes no constant object. */
    DZ_AUTO_JSON json_t *fields = json_deep_copy(body);
    json_t *names = json_array();
    const char *name;
    json_t *value;
    json_object_foreach(fields, name, value)
    {
        bool usually =
            open ? !dz_package_withholds(name, value) && !dz_package_withholds_claim(body, name)
                 : dz_package_shows_always(name);
        bool show =
            !is_listed(p->withheld, name) && (usually || p->show_all || is_listed(p->shown, name));
        json_object_set_new(p->present, name, json_true());
        json_object_set_new(show ? p->seen : p->kept_back, name, json_true());
        if (!show)
            json_array_append_new(names, json_string(name));
    }
    *ret = names;
    return DZ_OK;
}

/* Names with commas between, or a dash. */
static void
list(const json_t *set, struct dz_buf *out)
{
    DZ_AUTO_JSON json_t *names = json_deep_copy(set);
    const char *name;
    json_t *value;
    json_object_foreach (names, name, value) {
        dz_buf_addf(out, "%s%s", out->n > 0 ? ", " : "", name);
    }
    if (out->n == 0)
        dz_buf_adds(out, "-");
}

/* A name that was mistyped would show what should stay secret, or leave out what is needed. Those
 * that packages withhold may be named whether an entry has them or not. */
enum dz_code
dz_proof_fields_check(const struct dz_proof_fields *p, struct dz_err *err)
{
    const struct {
        const char *option;
        const char *const *names;
    } options[] = {{"show", p->shown}, {"withhold", p->withheld}};
    for (size_t i = 0; i < 2; i++)
        for (const char *const *name = options[i].names; *name != NULL; name++) {
            if (json_object_get(p->present, *name) != NULL || dz_package_withholds(*name, NULL) ||
                (i == 0 && strcmp(*name, "all") == 0))
                continue;
            DZ_AUTO_BUF struct dz_buf all = DZ_BUF(4096);
            list(p->present, &all);
            return dz_fail(err, DZ_E_USAGE, "--%s: there is no field '%s' here; there are: %s",
                           options[i].option, *name, all.p);
        }
    return DZ_OK;
}

/* ---- what is said about it ---- */

static void
say(struct dz_ctx *c, bool as_notice, const char *text)
{
    if (as_notice)
        dz_notice(c, "%s", text);
    else
        dz_out_wrap(&c->out, dz_view_of(text), 0, 0);
}

void
dz_proof_fields_tell(struct dz_ctx *c, const struct dz_proof_fields *p, bool as_notices)
{
    DZ_AUTO_BUF struct dz_buf seen = DZ_BUF(4096), kept_back = DZ_BUF(4096);
    if (json_object_size(p->present) == 0) {
        say(c, as_notices, _("It says nothing about the entry: its body was destroyed."));
        return;
    }
    list(p->seen, &seen);
    list(p->kept_back, &kept_back);
    DZ_AUTO_FREE char *reads = dz_asprintf(_("Whoever gets it reads: %s."), seen.p);
    say(c, as_notices, reads);
    if (json_object_size(p->kept_back) == 0)
        return;
    DZ_AUTO_FREE char *withheld = dz_asprintf(
        _("Withheld: %s. --show FIELD,... shows some of it, --show all everything."), kept_back.p);
    say(c, as_notices, withheld);
}
