#include <string.h>

#include "dz_json.h"
#include "dz_mem.h"
#include "dz_os.h"
#include "package_impl.h"

static void
sources_done(struct pack *p)
{
    for (size_t i = 0; i < p->n_sources; i++) {
        struct pack_source *s = &p->sources[i];
        dz_free(s->name);
        dz_free(s->sha256);
        dz_free(s->object);
        dz_free(s->codec);
        dz_free(s->text_sha256);
        dz_free(s->language);
        json_decref(s->described);
        json_decref(s->node);
    }
    for (size_t i = 0; i < p->n_texts; i++) {
        dz_free(p->texts[i].sha256);
        dz_free(p->texts[i].object);
        dz_free(p->texts[i].codec);
    }
    dz_free(p->sources);
    dz_free(p->texts);
    dz_free(p->facts);
}

static void
journal_done(struct pack *p)
{
    for (size_t i = 0; i < p->n_entries; i++) {
        dz_free(p->entries[i].proof);
        json_decref(p->entries[i].withheld);
    }
    for (size_t i = 0; i < p->n_logs; i++) {
        dz_free(p->logs[i].vkey);
        dz_free(p->logs[i].note);
    }
    for (size_t i = 0; i < p->n_stamps; i++) {
        dz_free(p->stamps[i].note);
        dz_free(p->stamps[i].consistency);
        dz_free(p->stamps[i].token);
        dz_free(p->stamps[i].certificates);
        dz_free(p->stamps[i].authority);
        dz_free(p->stamps[i].time);
    }
    dz_free(p->entries);
    dz_free(p->logs);
    dz_free(p->stamps);
}

static void
pack_done(struct pack *p)
{
    sources_done(p);
    journal_done(p);
    json_decref(p->source_ix);
    json_decref(p->fact_ix);
    json_decref(p->heads);
    json_decref(p->wanted);
    dz_where_done(&p->where);
    json_decref(p->taken);
    json_decref(p->concepts);
    dz_masks_done(&p->masks);
    dz_needles_done(&p->names);
    dz_needles_done(&p->secrets);
    dz_needles_done(&p->fields);
    dz_buf_done(&p->graph);
    dz_buf_done(&p->custody);
}

void
dz_package_report_done(struct dz_package_report *r)
{
    json_decref(r->told);
    r->told = NULL;
}

enum dz_code
dz_package_make(struct dz_vault *v, const struct dz_rules *rules,
                const struct dz_package_opts *opts, struct dz_package_report *ret,
                struct dz_err *err)
{
    struct dz_package_report report = {0};
    struct pack p = {
        .v = v,
        .where = {.v = v},
        .rules = rules,
        .o = opts,
        .report = &report,
        .made_us = dz_os_now_us(),
        .source_ix = json_object(),
        .fact_ix = json_object(),
        .heads = json_object(),
        .wanted = json_object(),
        .taken = json_object(),
        .concepts = json_object(),
        .graph = DZ_BUF(PACK_TEXT_MAX),
        .custody = DZ_BUF(PACK_TEXT_MAX),
    };
    if (opts->form == DZ_BAG_DRY) {
        report.told = json_object();
        json_object_set_new(report.told, "files", json_array());
        json_object_set_new(report.told, "entries", json_array());
        json_object_set_new(report.told, "left_out", json_array());
    }
    enum dz_code code = dz_pack_make(&p, err);
    pack_done(&p);
    if (code == DZ_OK)
        *ret = report;
    else
        dz_package_report_done(&report);
    return code;
}
