#include <stdio.h>
#include <string.h>

#include "dz_json.h"
#include "dz_tr.h"
#include "dz_utf8.h"
#include "verify_impl.h"

#define LINE_MAX_CP 2000

static void
print_json(json_t *object)
{
    DZ_AUTO_BUF struct dz_buf line = DZ_BUF(1u << 20);
    if (dz_json_line(&line, object, NULL) == DZ_OK)
        printf("%s\n", line.p);
    json_decref(object);
}

static const char *
class_word(enum dz_check_class cls)
{
    switch (cls) {
    case DZ_CHECK_FINDING:
        return "finding";
    case DZ_CHECK_NOTICE:
        return "notice";
    case DZ_CHECK_FACT:
        return "fact";
    }
    return "";
}

/* Names come from strangers: what could move the cursor or turn the line round is shown as a
 * space. */
static void
print_clean(const char *before, const char *thing, const char *message)
{
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(64u << 10);
    DZ_AUTO_BUF struct dz_buf line = DZ_BUF(64u << 10);
    dz_utf8_line(&text, dz_view_of(thing), LINE_MAX_CP);
    dz_utf8_line(&line, dz_view_of(message), LINE_MAX_CP);
    printf("%s: %s: %s\n", before, text.n > 0 ? text.p : "", line.n > 0 ? line.p : "");
}

/* What an entry says, below the line that says that it holds. */
static void
print_field(const char *message)
{
    DZ_AUTO_BUF struct dz_buf line = DZ_BUF(64u << 10);
    dz_utf8_line(&line, dz_view_of(message), LINE_MAX_CP);
    printf("  %s\n", line.n > 0 ? line.p : "");
}

void
verify_say(const struct verify_args *a, const struct dz_check_line *line)
{
    if (a->json) {
        json_t *object = json_object();
        dz_json_set_str(object, "class", class_word(line->cls));
        dz_json_set_str(object, "code", line->code);
        dz_json_set_str(object, "thing", line->thing);
        dz_json_set_str(object, "message", line->message);
        print_json(object);
        return;
    }
    if (strcmp(line->code, "field") == 0) {
        print_field(line->message);
        return;
    }
    switch (line->cls) {
    case DZ_CHECK_FINDING:
        print_clean(_("WRONG"), line->thing, line->message);
        break;
    case DZ_CHECK_NOTICE:
        print_clean(_("notice"), line->thing, line->message);
        break;
    case DZ_CHECK_FACT:
        print_clean(_("proven"), line->thing, line->message);
        break;
    }
}

void
verify_line(void *ctx, const struct dz_check_line *line)
{
    const struct verify_args *a = ctx;
    verify_say(a, line);
}

enum verify_exit
verify_fail(const char *path, const struct dz_err *err)
{
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(64u << 10);
    dz_utf8_line(&text, dz_view_of(path), LINE_MAX_CP);
    fprintf(stderr, "dokaz-verify: %s: %s\n", text.n > 0 ? text.p : "", err->msg);
    return err->code == DZ_E_CORRUPT || err->code == DZ_E_ROLLBACK ? EXIT_DAMAGED : EXIT_FAILED;
}

/* --- the end of a check --- */

static void
set_count(json_t *object, const char *key, uint64_t n)
{
    dz_json_set_int(object, key, (int64_t)n);
}

static void
print_verdict(uint64_t n_findings)
{
    if (n_findings > 0)
        printf(dz_trn("WRONG: %llu finding\n", "WRONG: %llu findings\n", (unsigned long)n_findings),
               (unsigned long long)n_findings);
}

static void
package_json(const struct dz_package_result *r)
{
    json_t *object = json_object();
    dz_json_set_str(object, "class", "summary");
    dz_json_set_str(object, "what", r->is_package ? "package" : "bag");
    dz_json_set_str(object, "version", r->bag.version);
    dz_json_set_str(object, "algorithms", r->bag.algorithms);
    set_count(object, "payload_files", r->bag.n_payload);
    set_count(object, "payload_bytes", r->bag.payload_bytes);
    set_count(object, "tag_files", r->bag.n_tag);
    set_count(object, "logs", r->n_logs);
    set_count(object, "proofs", r->n_proofs);
    set_count(object, "files", r->n_files);
    set_count(object, "facts", r->n_facts);
    set_count(object, "quotes", r->n_quotes);
    set_count(object, "custody", r->n_custody);
    set_count(object, "timestamps", r->n_stamps);
    json_object_set_new(object, "signed", json_boolean(r->is_signed));
    set_count(object, "findings", r->n_findings);
    set_count(object, "notices", r->n_notices);
    print_json(object);
}

/* What a sound package proves, and what it does not: the answer is only worth what its reader
 * understands by it. */
static void
print_meaning(const struct dz_package_result *r)
{
    if (!r->is_package) {
        printf("%s\n",
               _("sound: the bag is complete and its checksums hold. They show that nothing "
                 "was damaged by accident; whoever changes a bag on purpose writes new "
                 "ones."));
        return;
    }
    printf("%s\n",
           _("sound: every file, fact and quote is what the journal of the collection says, "
             "and stands in the log that the named key signed."));
    if (r->n_stamps == 0)
        printf("%s\n", _("Not proven: when. There is no timestamp; the times in it are those of "
                         "the collection itself."));
    printf("%s\n",
           _("Not proven: where the originals came from, and that what they say is true. A hash "
             "shows that nothing changed since it came into the collection."));
}

void
verify_end_package(const struct verify_args *a, const struct dz_package_result *r)
{
    if (a->json) {
        package_json(r);
        return;
    }
    printf(_("bag of version %s: %llu payload files of %llu bytes, %llu other files; %s\n"),
           r->bag.version[0] != '\0' ? r->bag.version : "?", (unsigned long long)r->bag.n_payload,
           (unsigned long long)r->bag.payload_bytes, (unsigned long long)r->bag.n_tag,
           r->bag.algorithms);
    if (r->is_package)
        printf(_("package: logs %llu, proofs %llu, files %llu, facts %llu, quotes %llu, custody "
                 "lines %llu, timestamps %llu\n"),
               (unsigned long long)r->n_logs, (unsigned long long)r->n_proofs,
               (unsigned long long)r->n_files, (unsigned long long)r->n_facts,
               (unsigned long long)r->n_quotes, (unsigned long long)r->n_custody,
               (unsigned long long)r->n_stamps);
    print_verdict(r->n_findings);
    if (r->n_findings == 0)
        print_meaning(r);
}

void
verify_end_vault(const struct verify_args *a, const struct dz_keyless_report *r)
{
    if (a->json) {
        json_t *object = json_object();
        dz_json_set_str(object, "class", "summary");
        dz_json_set_str(object, "what", "vault");
        set_count(object, "logs", r->n_logs);
        set_count(object, "entries", r->n_entries);
        set_count(object, "bodies", r->n_bodies);
        set_count(object, "checkpoints", r->n_checkpoints);
        set_count(object, "stored", r->n_things);
        set_count(object, "bytes", r->bytes_checked);
        set_count(object, "findings", r->n_findings);
        set_count(object, "notices", r->n_notices);
        print_json(object);
        return;
    }
    printf(_("logs %llu, entries %llu (bodies %llu), checkpoints %llu, stored things %llu, "
             "%llu bytes\n"),
           (unsigned long long)r->n_logs, (unsigned long long)r->n_entries,
           (unsigned long long)r->n_bodies, (unsigned long long)r->n_checkpoints,
           (unsigned long long)r->n_things, (unsigned long long)r->bytes_checked);
    if (r->n_findings == 0)
        printf("%s\n", _("sound: all that is stored is what was stored"));
    else
        printf(dz_trn("DAMAGED: %llu finding\n", "DAMAGED: %llu findings\n",
                      (unsigned long)r->n_findings),
               (unsigned long long)r->n_findings);
}

void
verify_end_file(const struct verify_args *a, const char *path, const char *kind, bool good)
{
    if (!a->json)
        return;
    json_t *object = json_object();
    dz_json_set_str(object, "class", "summary");
    dz_json_set_str(object, "what", kind);
    dz_json_set_str(object, "path", path);
    set_count(object, "findings", good ? 0 : 1);
    print_json(object);
}
