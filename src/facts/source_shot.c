#include "dz_source_shot.h"

#include <string.h>

#include "dz_capture.h"
#include "dz_facts_priv.h"
#include "dz_shot.h"
#include "dz_time.h"

/* A rendering becomes two sources, the picture and the PDF, both made from the captured page. Their
 * bytes come from the browser's messages and go straight into the seal. */

/* How it was made: what a rendering is worth hangs on that. */
static json_t *
made(const struct dz_shot *s, bool picture)
{
    json_t *o = json_object();
    dz_json_set_str(o, "of", "preserved_bytes");
    dz_json_set_str(o, "browser", s->browser);
    dz_json_set_int(o, "window_width", DZ_SHOT_WIDTH);
    dz_json_set_int(o, "window_height", DZ_SHOT_HEIGHT);
    dz_set_time(o, "began", s->began_us);
    dz_set_time(o, "ended", s->ended_us);
    dz_json_set_int(o, "answered", (int64_t)s->n_answered);
    dz_json_set_int(o, "missing", (int64_t)s->n_missing);
    if (s->unfinished)
        json_object_set_new(o, "unfinished", json_true());
    if (!picture)
        return o;
    dz_json_set_int(o, "width", (int64_t)s->width);
    dz_json_set_int(o, "height", (int64_t)s->height);
    if (s->page_height > s->height)
        dz_json_set_int(o, "page_height", (int64_t)s->page_height);
    return o;
}

static char *
name_of(const struct dz_captured *page, const char *ending)
{
    static const char warc[] = ".warc";
    DZ_AUTO_FREE char *name = dz_capture_name(page->asked);
    size_t n = strlen(name);
    if (n >= sizeof warc - 1 && strcmp(name + n - (sizeof warc - 1), warc) == 0)
        n -= sizeof warc - 1;
    return dz_asprintf("%.*s%s", (int)n, name, ending);
}

struct rendering {
    const char *page_id;
    const struct dz_captured *page;
    const struct dz_source_capture *what;
    const struct dz_shot *shot;
};

static enum dz_code
add(struct dz_batch *b, const struct rendering *r, bool picture, char ret_id[DZ_ID_MAX],
    struct dz_err *err)
{
    const struct dz_buf *bytes = picture ? &r->shot->png : &r->shot->pdf;
    struct dz_object_info info;
    DZ_TRY(dz_batch_object_begin(b, err));
    DZ_TRY(dz_batch_object_write(b, bytes->p, bytes->n, err));
    DZ_TRY(dz_batch_object_finish(b, &info, err));
    DZ_AUTO_JSON json_t *fields = json_object();
    json_t *meta = json_object();
    DZ_AUTO_FREE char *name = name_of(r->page, picture ? ".png" : ".pdf");
    dz_vault_new_id("src-", ret_id);
    dz_json_set_str(fields, "id", ret_id);
    dz_json_set_str(fields, "name", name);
    dz_json_set_str(fields, "sha256", info.sha256);
    dz_json_set_int(fields, "size", (int64_t)info.size_bytes);
    dz_json_set_str(fields, "object", info.id);
    dz_json_set_str(fields, "codec", info.codec);
    dz_json_set_str(fields, "media_type", picture ? "image/png" : "application/pdf");
    dz_json_set_str(fields, "basis", r->what->basis ? r->what->basis : "unstated");
    dz_json_set_str(fields, "access", r->what->access ? r->what->access : "open");
    dz_json_set_str(fields, "method", "rendering");
    dz_json_set_str(fields, "tool", "dokaz " DZ_VERSION);
    dz_json_set_str(fields, "derivative_of", r->page_id);
    dz_json_set_str(meta, "address", r->page->address);
    json_object_set_new(fields, "meta", meta);
    json_object_set_new(fields, "rendering", made(r->shot, picture));
    const char *brought[] = {info.id, NULL};
    return dz_batch_entry_in(b, dz_access_in(r->what->access), "source.added", fields, brought,
                             NULL, err);
}

/* It was drawn without the lock. */
static enum dz_code
check_page(struct dz_vault *v, const char *page_id, struct dz_err *err)
{
    bool here = false;
    DZ_TRY(dz_source_is_here(v, page_id, &here, err));
    return here ? DZ_OK
                : dz_fail(err, DZ_E_NOTFOUND,
                          "the page was removed meanwhile: no picture of it is kept");
}

enum dz_code
dz_source_keep_shot(struct dz_vault *v, const char *page_id, const struct dz_captured *page,
                    const struct dz_source_capture *what, const struct dz_shot *shot,
                    char ret_png[DZ_ID_MAX], char ret_pdf[DZ_ID_MAX], struct dz_err *err)
{
    const struct rendering r = {page_id, page, what, shot};
    struct dz_batch *b = NULL;
    DZ_TRY(dz_capture_begin(v, what, &b, err));
    enum dz_code code = check_page(v, page_id, err);
    if (code == DZ_OK)
        code = add(b, &r, true, ret_png, err);
    if (code == DZ_OK)
        code = add(b, &r, false, ret_pdf, err);
    if (code == DZ_OK)
        code = dz_batch_commit(b, err);
    dz_batch_end(b);
    return code;
}
