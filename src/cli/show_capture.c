#include <string.h>

#include "dz_capture.h"
#include "dz_cmd.h"
#include "dz_common.h"
#include "dz_json.h"
#include "dz_mem.h"
#include "dz_show.h"

/* How a page was captured: what the entry of its WARC records (docs/format/capture.md). An entry
 * may
 * come from a later version, so every field is taken for what it is, not for what it should be. */

#define HOPS_SHOWN 20

static void
field_number(struct dz_out *o, const char *label, const json_t *object, const char *key)
{
    const json_t *number = json_object_get(object, key);
    if (!json_is_integer(number))
        return;
    DZ_AUTO_FREE char *text = dz_asprintf("%lld", (long long)json_integer_value(number));
    dz_show_field(o, label, text);
}

/* The address itself stands among the fields of the source; here it is where the way led. */
static void
print_way(struct dz_out *o, const json_t *capture)
{
    size_t i;
    const json_t *hop;
    dz_show_field(o, _("asked for"), dz_json_str(capture, "asked"));
    json_array_foreach(json_object_get(capture, "redirects"), i, hop)
    {
        if (i > 0 && i <= HOPS_SHOWN)
            dz_show_field(o, _("redirected to"), json_string_value(hop));
    }
    dz_show_field(o, _("final address"), dz_json_str(capture, "address"));
    field_number(o, _("status"), capture, "status");
    dz_show_field(o, _("server"), dz_json_str(capture, "server_ip"));
}

static void
print_headers(struct dz_out *o, const json_t *capture)
{
    /* jansson's iteration takes no constant object. */
    DZ_AUTO_JSON json_t *headers = json_deep_copy(json_object_get(capture, "headers"));
    const char *name;
    json_t *value;
    json_object_foreach(headers, name, value)
    {
        DZ_AUTO_FREE char *text =
            dz_asprintf("%s: %s", name, json_is_string(value) ? json_string_value(value) : "");
        dz_show_field(o, _("header"), text);
    }
}

static void
print_certificate(struct dz_out *o, const json_t *capture)
{
    const json_t *tls = json_object_get(capture, "certificate");
    const char *sha256 = dz_json_str(tls, "sha256");
    if (sha256 == NULL)
        return;
    DZ_AUTO_FREE char *text =
        dz_asprintf("%s (%s)", sha256,
                    dz_json_bool(tls, "trusted", false) ? _("trusted") : _("not trusted"));
    dz_show_field(o, _("certificate"), text);
    dz_show_field(o, _("issued by"), dz_json_str(tls, "issuer"));
}

static void
print_amount(struct dz_out *o, const json_t *capture)
{
    const char *cut = dz_json_str(capture, "cut");
    dz_show_field(o, _("began"), dz_json_str(capture, "began"));
    dz_show_field(o, _("ended"), dz_json_str(capture, "ended"));
    field_number(o, _("fetched"), capture, "resources");
    field_number(o, _("not fetched"), capture, "failures");
    if (cut != NULL)
        dz_show_field(o, _("only in part"), dz_fault_words(cut));
    if (dz_json_bool(capture, "stopped", false))
        dz_show_field(o, _("only in part"), _("a person stopped it"));
}

/* This says something about who looked: packages and proofs withhold it. */
static void
print_from(struct dz_out *o, const json_t *from)
{
    if (json_object_size(from) == 0)
        return;
    dz_out_f(o, "\n%s\n", _("From where it was captured (stays here)"));
    dz_show_field(o, _("vantage"), dz_json_str(from, "vantage"));
    dz_show_field(o, _("called itself"), dz_json_str(from, "user_agent"));
    dz_show_field(o, _("proxy"),
                  dz_json_bool(from, "proxy", false) ? _("used") : _("not used"));
}

void
dz_show_capture(struct dz_ctx *c, const struct dz_source_row *row)
{
    const json_t *added = json_object_get(row->body, "added");
    const json_t *capture = json_object_get(added, "capture");
    if (json_object_size(capture) == 0)
        return;
    dz_out_f(&c->out, "\n%s\n", _("How it was captured"));
    print_way(&c->out, capture);
    print_headers(&c->out, capture);
    print_certificate(&c->out, capture);
    print_amount(&c->out, capture);
    dz_show_field(&c->out, _("tool"), dz_json_str(added, "tool"));
    print_from(&c->out, json_object_get(added, "captured_from"));
}
