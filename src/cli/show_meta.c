#include <string.h>

#include "dz_common.h"
#include "dz_json.h"
#include "dz_mem.h"
#include "dz_show.h"
#include "dz_utf8.h"

/* What a file says about itself, and which files it came out of or holds. All of it is shown to
 * members only: none of it leaves by itself. */

#define GROUP_ROWS 30    /* values of one group that are shown */
#define VALUE_COLUMNS 30 /* where values stand */
#define VALUE_CP 300     /* code points of a value that are shown */
#define KIN_ROWS 20

/* ---- metadata ---- */

struct printing {
    struct dz_ctx *c;
    char group[72]; /* what is being printed */
    size_t n;       /* values of it so far */
    size_t n_left;  /* and those that were not shown */
};

/* "exif.Model" belongs to "exif"; a key without a dot to itself. */
static void
group_of(const char *key, char ret[72])
{
    size_t n = strcspn(key, ".");
    n = n < 71 ? n : 71;
    memcpy(ret, key, n);
    ret[n] = '\0';
}

static void
end_group(struct printing *p)
{
    if (p->n_left > 0)
        dz_out_f(&p->c->out,
                 dz_trn("    and %zu more value (--json shows all)\n",
                        "    and %zu more values (--json shows all)\n", (unsigned long)p->n_left),
                 p->n_left);
    p->n = 0;
    p->n_left = 0;
}

static void
print_value(struct printing *p, const char *key, const char *value)
{
    struct dz_out *o = &p->c->out;
    if (++p->n > GROUP_ROWS) {
        p->n_left++;
        return;
    }
    DZ_AUTO_BUF struct dz_buf head = DZ_BUF(256);
    DZ_AUTO_BUF struct dz_buf line = DZ_BUF(1 << 16);
    const char *dot = strchr(key, '.');
    dz_buf_adds(&head, "    ");
    dz_utf8_line(&head, dz_view_of(dot != NULL ? dot + 1 : key), 64);
    dz_utf8_line(&line, dz_view_of(value), VALUE_CP);
    size_t at = dz_out_columns(dz_buf_view(&head));
    dz_out_bytes(o, head.p, head.n);
    dz_out_f(o, "%*s", at + 2 < VALUE_COLUMNS ? (int)(VALUE_COLUMNS - at) : 2, "");
    dz_out_wrap(o, dz_buf_view(&line), VALUE_COLUMNS,
                at + 2 < VALUE_COLUMNS ? VALUE_COLUMNS : at + 2);
}

static void
print_key(struct printing *p, const char *key, const json_t *value)
{
    size_t i;
    const json_t *one;
    if (json_is_string(value))
        print_value(p, key, json_string_value(value));
    json_array_foreach(value, i, one)
    {
        if (json_is_string(one))
            print_value(p, key, json_string_value(one));
    }
}

static void
print_group(struct printing *p, const json_t *meta)
{
    /* jansson's iteration takes no constant object. */
    DZ_AUTO_JSON json_t *all = json_deep_copy(meta);
    const char *key;
    json_t *value;
    dz_out_f(&p->c->out, "  %s\n", p->group);
    json_object_foreach(all, key, value)
    {
        char group[72];
        group_of(key, group);
        if (strcmp(group, p->group) == 0)
            print_key(p, key, value);
    }
    end_group(p);
}

static void
print_meta(struct dz_ctx *c, const json_t *meta, const char *title)
{
    if (json_object_size(meta) == 0)
        return;
    DZ_AUTO_JSON json_t *seen = json_object();
    DZ_AUTO_JSON json_t *all = json_deep_copy(meta);
    struct printing p = {.c = c};
    const char *key;
    json_t *value;
    dz_out_f(&c->out, "\n%s\n", title);
    json_object_foreach(all, key, value)
    {
        group_of(key, p.group);
        if (json_object_get(seen, p.group) != NULL)
            continue;
        json_object_set_new(seen, p.group, json_true());
        print_group(&p, meta);
    }
}

/* A picture or a PDF that a browser made of a captured page. */
static bool
is_rendering(const struct dz_source_row *row)
{
    const char *method = dz_json_str(json_object_get(row->body, "added"), "method");
    return method != NULL && strcmp(method, "rendering") == 0;
}

void
dz_show_meta(struct dz_ctx *c, const struct dz_source_row *row)
{
    /* Of a rendering that is the address of the page, which is shown above. */
    if (!is_rendering(row))
        print_meta(c, json_object_get(json_object_get(row->body, "added"), "meta"),
                   _("What it was said to be where it was taken out of"));
    print_meta(c, json_object_get(json_object_get(row->body, "text"), "meta"),
               _("What the file says about itself (stays here)"));
}

/* ---- kin ---- */

struct kin {
    struct dz_ctx *c;
    json_t *list; /* NULL: print */
    size_t n;
};

static enum dz_code
kin_one(void *ctx, const struct dz_source_row *row, struct dz_err *err)
{
    (void)err;
    struct kin *k = ctx;
    k->n++;
    if (k->list != NULL) {
        json_t *one = json_object();
        dz_json_set_str(one, "id", row->id);
        dz_json_set_str(one, "name", row->name);
        json_array_append_new(k->list, one);
        return DZ_OK;
    }
    if (k->n == 1)
        dz_out_f(&k->c->out, "\n%s\n", _("Holds"));
    if (k->n > KIN_ROWS)
        return DZ_OK;
    DZ_AUTO_BUF struct dz_buf name = DZ_BUF(8192);
    dz_utf8_line(&name, dz_view_of(row->name), 200);
    dz_out_f(&k->c->out, "  %s  %s\n", row->id, name.p != NULL ? name.p : "");
    return DZ_OK;
}

static enum dz_code
print_holder(struct dz_ctx *c, const char *label, const char *id, struct dz_err *err)
{
    DZ_AUTO_SOURCE struct dz_source holder = {0};
    struct dz_err why = {0};
    enum dz_code code = dz_source_get(c->vault, id, &holder, &why);
    if (code != DZ_OK && code != DZ_E_NOTFOUND)
        return dz_fail(err, code, "%s", why.msg);
    const char *name = code == DZ_OK ? holder.row.name : _("(destroyed)");
    DZ_AUTO_FREE char *text = dz_asprintf("%s  %s", id, name);
    dz_show_field(&c->out, label, text);
    return DZ_OK;
}

/* Further sources in which the same bytes lie. */
struct holders {
    struct dz_ctx *c;
    const char *first; /* named before, or NULL */
    json_t *list;      /* NULL: print */
    size_t n;
};

static enum dz_code
holder_one(void *ctx, const char *container, struct dz_err *err)
{
    struct holders *h = ctx;
    if (h->first != NULL && strcmp(container, h->first) == 0)
        return DZ_OK;
    if (h->list != NULL) {
        json_array_append_new(h->list, json_string(container));
        return DZ_OK;
    }
    return h->n++ < KIN_ROWS ? print_holder(h->c, _("also in"), container, err) : DZ_OK;
}

static void
show_rendering(struct dz_ctx *c, const struct dz_source_row *row)
{
    const json_t *made = json_object_get(json_object_get(row->body, "added"), "rendering");
    const char *browser = dz_json_str(made, "browser");
    const char *began = dz_json_str(made, "began");
    DZ_AUTO_FREE char *text = dz_asprintf(
        _("%s, in a window of %lld x %lld, from the preserved bytes, %.16s"),
        browser != NULL ? browser : "?", (long long)dz_json_int(made, "window_width", 0),
        (long long)dz_json_int(made, "window_height", 0), began != NULL ? began : "?");
    dz_show_field(&c->out, _("rendered by"), text);
}

static enum dz_code
show_holders(struct dz_ctx *c, const struct dz_source_row *row, json_t *object, struct dz_err *err)
{
    struct holders h = {.c = c, .first = row->derivative_of};
    if (object == NULL && row->derivative_of != NULL)
        DZ_TRY(print_holder(c, is_rendering(row) ? _("made from") : _("taken out of"),
                            row->derivative_of, err));
    if (object != NULL)
        h.list = json_array();
    enum dz_code code = dz_source_containers(c->vault, row->id, holder_one, &h, err);
    if (json_array_size(h.list) > 0)
        json_object_set(object, "also_in", h.list);
    json_decref(h.list);
    if (h.n > KIN_ROWS)
        dz_out_f(&c->out,
                 dz_trn("and in %zu more (--json shows all)\n",
                        "and in %zu more (--json shows all)\n", (unsigned long)(h.n - KIN_ROWS)),
                 h.n - KIN_ROWS);
    return code;
}

enum dz_code
dz_show_kin(struct dz_ctx *c, const struct dz_source_row *row, json_t *object, struct dz_err *err)
{
    struct kin k = {.c = c};
    DZ_TRY(show_holders(c, row, object, err));
    if (object == NULL && is_rendering(row))
        show_rendering(c, row);
    if (object != NULL) {
        k.list = json_array();
        json_object_set_new(object, "holds", k.list);
    }
    DZ_TRY(dz_sources_inside(c->vault, row->id, kin_one, &k, err));
    if (object == NULL && k.n > KIN_ROWS)
        dz_out_f(&c->out,
                 dz_trn("  and %zu more (--json shows all)\n",
                        "  and %zu more (--json shows all)\n", (unsigned long)(k.n - KIN_ROWS)),
                 k.n - KIN_ROWS);
    return DZ_OK;
}
