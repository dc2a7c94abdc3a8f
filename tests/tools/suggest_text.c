/* suggest-text [--published EDTF] [--mentions] FILE...
 *
 * What dokaz would suggest for texts that stand in no vault, one JSON object a line in the shape of
 * `suggest --json` (without id and source). For measuring and for looking into the rules. */
#include <stdio.h>
#include <string.h>

#include "dz_json.h"
#include "dz_mention.h"
#include "dz_rules.h"
#include "dz_suggest.h"

static int
complain(const struct dz_err *err)
{
    (void)fprintf(stderr, "suggest-text: %s\n", err->msg);
    return 1;
}

static enum dz_code
read_file(const char *path, struct dz_buf *out, struct dz_err *err)
{
    FILE *f = fopen(path, "rb");
    if (!f)
        return dz_fail(err, DZ_E_IO, "'%s' cannot be opened", path);
    char piece[65536];
    for (size_t n; (n = fread(piece, 1, sizeof piece, f)) > 0;)
        dz_buf_add(out, piece, n);
    (void)fclose(f);
    return dz_buf_ok(out, path, err);
}

static json_t *
object_of(const char *doc, const struct dz_document *d, const struct dz_mention *m)
{
    json_t *o = json_object();
    dz_json_set_str(o, "doc", doc);
    dz_json_set_int(o, "start", (int64_t)dz_utf8_map_cp(&d->map, m->start));
    dz_json_set_int(o, "end", (int64_t)dz_utf8_map_cp(&d->map, m->end));
    dz_json_set_view(o, "quote", (struct dz_view){d->text.p + m->start, m->end - m->start});
    dz_json_set_str(o, "rule", m->rule);
    dz_json_set_int(o, "score", m->score);
    static const char *const kinds[] = {"date",   "quantity", "place",
                                        "person", "office",   "instrument"};
    dz_json_set_str(o, "kind", kinds[m->kind]);
    dz_json_set_str(o, "edtf", m->edtf);
    if (m->inferred)
        json_object_set_new(o, "inferred", json_true());
    if (m->kind == DZ_MENTION_DATE)
        dz_json_set_int(o, "role", m->date_role);
    dz_json_set_str(o, "value", m->value);
    dz_json_set_str(o, "value_max", m->value_max);
    dz_json_set_str(o, "qualifier", m->qualifier);
    dz_json_set_str(o, "unit", m->unit);
    dz_json_set_str(o, "name_en", m->place_name);
    dz_json_set_str(o, "type", m->place_kind);
    dz_json_set_str(o, "place_id", m->place_id);
    if (m->metonym)
        json_object_set_new(o, "metonym", json_true());
    return o;
}

static const char *
doc_name(const char *path, char *ret, size_t size)
{
    const char *slash = strrchr(path, '/');
    (void)snprintf(ret, size, "%s", slash ? slash + 1 : path);
    char *dot = strrchr(ret, '.');
    if (dot && dot != ret)
        *dot = '\0';
    return ret;
}

static enum dz_code
print_json(json_t *o, struct dz_err *err)
{
    struct dz_buf line DZ_AUTO_BUF = DZ_BUF(0);
    enum dz_code code = dz_json_line(&line, o, err);
    json_decref(o);
    if (code == DZ_OK)
        (void)printf("%.*s\n", (int)line.n, line.p);
    return code;
}

static enum dz_code
print_mentions(const struct dz_rules *r, const char *doc, struct dz_document *d,
               const struct dz_doc_info *info, struct dz_err *err)
{
    struct dz_mentions found = {0};
    enum dz_code code = dz_find_mentions(r, d, info, &found, err);
    for (size_t i = 0; code == DZ_OK && i < found.n; i++)
        code = print_json(object_of(doc, d, &found.items[i]), err);
    dz_mentions_done(&found);
    return code;
}

static enum dz_code
print_suggestions(const struct dz_rules *r, const char *doc, struct dz_document *d,
                  const struct dz_doc_info *info, struct dz_err *err)
{
    struct dz_suggestions found = {0};
    enum dz_code code = dz_suggest_document(r, d, info, &found, err);
    for (size_t i = 0; code == DZ_OK && i < found.n; i++) {
        const struct dz_suggestion *s = &found.items[i];
        json_t *o = s->fields ? json_copy(s->fields) : json_object();
        dz_json_set_str(o, "doc", doc);
        dz_json_set_str(o, "kind", s->kind);
        dz_json_set_int(o, "start", (int64_t)s->start);
        dz_json_set_int(o, "end", (int64_t)s->end);
        dz_json_set_view(o, "quote", s->quote);
        dz_json_set_str(o, "rule", s->rule);
        dz_json_set_int(o, "score", s->score);
        code = print_json(o, err);
    }
    dz_suggestions_done(&found);
    return code;
}

static enum dz_code
print_file(const struct dz_rules *r, const char *path, const struct dz_doc_info *info,
           bool mentions, struct dz_err *err)
{
    char name[256];
    struct dz_buf text DZ_AUTO_BUF = DZ_BUF(0);
    struct dz_document d;
    enum dz_code code = read_file(path, &text, err);
    if (code == DZ_OK)
        code = dz_document_init(&d, dz_buf_view(&text), err);
    if (code != DZ_OK)
        return code;
    (void)doc_name(path, name, sizeof name);
    code = mentions ? print_mentions(r, name, &d, info, err)
                    : print_suggestions(r, name, &d, info, err);
    dz_document_done(&d);
    return code;
}

int
main(int argc, char **argv)
{
    struct dz_err err = {0};
    struct dz_rules *r = NULL;
    struct dz_doc_info info = {0};
    if (dz_rules_load(&r, &err) != DZ_OK)
        return complain(&err);
    int result = 0;
    bool mentions = false;
    for (int i = 1; i < argc && result == 0; i++) {
        if (strcmp(argv[i], "--published") == 0 && i + 1 < argc) {
            info.published = argv[++i];
            continue;
        }
        if (strcmp(argv[i], "--mentions") == 0) {
            mentions = true;
            continue;
        }
        if (print_file(r, argv[i], &info, mentions, &err) != DZ_OK)
            result = complain(&err);
    }
    dz_rules_free(r);
    return result;
}
