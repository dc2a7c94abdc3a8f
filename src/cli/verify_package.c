#include "dz_verify_package.h"

#include "dz_common.h"
#include "dz_json.h"

static const char *
class_word(enum dz_package_told told)
{
    switch (told) {
    case DZ_PACKAGE_FINDING:
        return "finding";
    case DZ_PACKAGE_NOTICE:
        return "notice";
    case DZ_PACKAGE_FACT:
        return "fact";
    }
    return "";
}

static const char *
heading(enum dz_package_told told)
{
    switch (told) {
    case DZ_PACKAGE_FINDING:
        return _("WRONG");
    case DZ_PACKAGE_NOTICE:
        return _("notice");
    case DZ_PACKAGE_FACT:
        return _("proven");
    }
    return "";
}

static void
told(void *ctx, enum dz_package_told cls, const char *code, const char *thing, const char *message)
{
    struct dz_ctx *c = ctx;
    if (c->json) {
        json_t *line = json_object();
        dz_json_set_str(line, "class", class_word(cls));
        dz_json_set_str(line, "code", code);
        dz_json_set_str(line, "thing", thing);
        dz_json_set_str(line, "message", message);
        dz_out_json_new(&c->out, line);
        return;
    }
    dz_out_f(&c->out, "%s: ", heading(cls));
    dz_out_line(&c->out, dz_view_of(thing), 400);
    dz_out_text(&c->out, ": ");
    dz_out_line(&c->out, dz_view_of(message), 1000);
    dz_out_text(&c->out, "\n");
}

static void
summary_json(struct dz_ctx *c, const struct dz_package_counts *r)
{
    const struct {
        const char *name;
        uint64_t n;
    } counts[] = {{"payload_files", r->n_payload}, {"payload_bytes", r->payload_bytes},
                  {"proofs", r->n_proofs},         {"files", r->n_files},
                  {"facts", r->n_facts},           {"quotes", r->n_quotes},
                  {"custody", r->n_custody},       {"timestamps", r->n_stamps},
                  {"findings", r->n_findings},     {"notices", r->n_notices}};
    json_t *line = json_object();
    dz_json_set_str(line, "class", "summary");
    dz_json_set_str(line, "what", r->is_package ? "package" : "bag");
    json_object_set_new(line, "signed", json_boolean(r->is_signed));
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        dz_json_set_int(line, counts[i].name, (int64_t)counts[i].n);
    dz_out_json_new(&c->out, line);
}

static void
summary(struct dz_ctx *c, const struct dz_package_counts *r)
{
    dz_out_f(&c->out, _("Checked: %llu files of %llu bytes."), (unsigned long long)r->n_payload,
             (unsigned long long)r->payload_bytes);
    if (r->is_package)
        dz_out_f(&c->out,
                 _(" They hold: %llu proofs, %llu originals and texts, %llu facts, %llu quotes, "
                   "%llu lines of custody, %llu timestamps."),
                 (unsigned long long)r->n_proofs, (unsigned long long)r->n_files,
                 (unsigned long long)r->n_facts, (unsigned long long)r->n_quotes,
                 (unsigned long long)r->n_custody, (unsigned long long)r->n_stamps);
    dz_out_text(&c->out, "\n");
    if (r->n_findings > 0)
        return;
    if (!r->is_package)
        dz_out_f(&c->out, "%s\n",
                 _("The bag is complete and its checksums hold; nothing beyond that is proven."));
    else
        dz_out_f(&c->out, "%s\n",
                 _("Every file, fact and quote is what the journal of the collection says. That is "
                   "no proof of where the originals came from, nor that what they say is true."));
}

enum dz_code
dz_verify_package(struct dz_ctx *c, const char *path, const struct dz_package_words *words,
                  struct dz_err *err)
{
    struct dz_package_counts r;
    DZ_TRY(dz_vault_verify_package(path, words, told, c, &r, err));
    if (c->json)
        summary_json(c, &r);
    else
        summary(c, &r);
    if (r.n_findings == 0)
        return DZ_OK;
    return dz_fail(err, DZ_E_CORRUPT,
                   dz_trn("%llu finding: the package is not what it claims to be",
                          "%llu findings: the package is not what it claims to be",
                          (unsigned long)r.n_findings),
                   (unsigned long long)r.n_findings);
}
