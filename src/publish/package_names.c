/* Private persons in what is published: a source that names one keeps its bytes at home, and a
 * field
 * that names one is withheld. It errs towards withholding (dz_mask.h). */
#include <string.h>

#include "dz_json.h"
#include "dz_label.h"
#include "dz_mem.h"
#include "dz_tr.h"
#include "package_impl.h"

static void
add_name(void *ctx, struct dz_view name)
{
    struct pack *p = ctx;
    dz_needles_add(&p->names, N_("the name of a private person"), name);
}

bool
dz_pack_names_someone(struct pack *p, const char *source, const char *text)
{
    return dz_needles_find(&p->names, dz_view_of(text)) != NULL ||
           dz_masks_names_someone(&p->masks, source, dz_view_of(text));
}

bool
dz_pack_leaks(struct pack *p, const char *item, const char *field, const char *text)
{
    return p->o->leaks != NULL && text != NULL && p->o->for_publication &&
           dz_leaks_look(p->o->leaks, item, field, dz_view_of(text), DZ_LEAK_FIELD, NULL);
}

void
dz_pack_mask(struct pack *p, const char *source, const char *text, struct dz_buf *out)
{
    DZ_AUTO_BUF struct dz_buf masked = DZ_BUF(DZ_TEXT_MAX);
    dz_masks_apply(&p->masks, source, text, &masked);
    /* A name that only another source told as one of a private person: nothing is left of the
     * words. */
    if (dz_needles_find(&p->names, dz_buf_view(&masked)) != NULL)
        dz_buf_addf(out, "[%s]", _("name withheld"));
    else if (p->o->leaks != NULL)
        (void)dz_leaks_look(p->o->leaks, source, "quote", dz_buf_view(&masked), DZ_LEAK_FIELD, out);
    else
        dz_buf_addv(out, dz_buf_view(&masked));
}

static enum dz_code
learn(struct pack *p, struct pack_source *s, struct dz_err *err)
{
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(DZ_TEXT_MAX);
    if (s->text_sha256 == NULL) {
        s->bare = true;
        return DZ_OK;
    }
    DZ_TRY(dz_source_text_version(p->v, s->id, s->text_sha256, &text, err));
    struct dz_err why;
    enum dz_code code =
        dz_masks_learn(&p->masks, p->rules, s->id, dz_buf_view(&text), s->language, &why);
    /* What cannot be read is not shown. */
    if (code == DZ_E_LIMIT || code == DZ_E_INPUT)
        s->bare = true;
    else if (code != DZ_OK)
        return dz_fail(err, code, "%s: %s", s->id, why.msg);
    return DZ_OK;
}

enum dz_code
dz_pack_text_is_clean(struct pack *p, const struct pack_source *s, const char *sha256, bool *ret,
                      struct dz_err *err)
{
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(DZ_TEXT_MAX);
    DZ_TRY(dz_source_text_version(p->v, s->id, sha256, &text, err));
    /* A text with a zero byte in it cannot be looked through as one string. */
    *ret = text.n == 0 || (memchr(text.p, '\0', text.n) == NULL &&
                           !dz_pack_names_someone(p, s->id, text.p));
    if (*ret && p->o->leaks != NULL)
        *ret = !dz_leaks_look(p->o->leaks, s->id, "text", dz_buf_view(&text), DZ_LEAK_SOURCE,
                              NULL);
    return DZ_OK;
}

struct looking {
    struct pack *p;
    struct dz_needle_stream stream;
    bool found;
};

static enum dz_code
look(void *ctx, const void *bytes, size_t n, struct dz_err *err)
{
    struct looking *l = ctx;
    (void)err;
    l->found = l->found || dz_needles_feed(&l->p->names, &l->stream, bytes, n) != NULL;
    return DZ_OK;
}

/* The original holds more than the text that was read of it: comments, attributes, scripts. */
static enum dz_code
mark_bare(struct pack *p, struct pack_source *s, struct dz_err *err)
{
    bool clean = false;
    DZ_TRY(dz_pack_text_is_clean(p, s, s->text_sha256, &clean, err));
    struct looking l = {.p = p, .found = !clean};
    enum dz_code code =
        clean ? dz_vault_read_object(p->v, s->object, s->codec, look, &l, err) : DZ_OK;
    dz_needle_stream_done(&l.stream);
    s->bare = l.found;
    if (code == DZ_OK && !s->bare && !s->tells)
        code = dz_labels_tell(p->v, s->id, s->text_sha256, &s->tells, err);
    return code;
}

enum dz_code
dz_pack_learn_names(struct pack *p, struct dz_err *err)
{
    if (p->o->leaks != NULL)
        dz_leaks_teach(p->o->leaks, &p->masks);
    /* From what stays behind as well: who spoke in a testimony is not to be met in an article. */
    for (size_t i = 0; i < p->n_sources; i++)
        DZ_TRY(learn(p, &p->sources[i], err));
    dz_masks_each_name(&p->masks, add_name, p);
    if (p->o->leaks != NULL)
        dz_leaks_learn(p->o->leaks, &p->masks);
    for (size_t i = 0; i < p->n_sources; i++)
        if (p->sources[i].chosen && !p->sources[i].bare)
            DZ_TRY(mark_bare(p, &p->sources[i], err));
    return DZ_OK;
}
