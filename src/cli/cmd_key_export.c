/* key export: one item as a standard age file, and a key made for it alone.
 *
 * The key is in a file of its own, not in the item's, and nobody who holds both needs dokaz or the
 * passphrase. The vault's own keys do not leave: the file key of the object is wrapped for a fresh
 * X25519 identity in an age header, and the sealed bytes follow as they are stored. */
#define _GNU_SOURCE /* AT_FDCWD */
#include <fcntl.h>
#include <string.h>

#include "dz_age.h"
#include "dz_common.h"
#include "dz_json.h"
#include "dz_key_cmd.h"
#include "dz_leak_cmd.h"
#include "dz_mem.h"
#include "dz_os.h"
#include "dz_secret.h"
#include "dz_source.h"
#include "dz_time.h"

struct values {
    const char *identity;
    const char *purpose;
    const char *to_whom;
    bool text;
};

static const struct dz_opt opts[] = {
    DZ_OPT_PATH(struct values, identity, "identity", N_("OUT.key"),
                N_("file for the key that opens it; needed")),
    DZ_OPT_FLAG(struct values, text, "text",
                N_("the text that was read from the source, not the original")),
    DZ_OPT_TEXT(struct values, purpose, "for", N_("PURPOSE"),
                N_("what it is for, as consents name purposes")),
    DZ_OPT_TEXT(struct values, to_whom, "to", N_("RECIPIENT"), N_("who gets it; recorded")),
    {0},
};

/* One object on its way out. Strings are borrowed from the source. */
struct leaving {
    const char *id;
    const char *part;
    const char *object;
    const char *codec;
    const char *sha256;
    bool compressed;
};

static bool
ends_with(const char *name, const char *end)
{
    size_t n = strlen(name), n_end = strlen(end);
    return n > n_end && strcmp(name + n - n_end, end) == 0;
}

static enum dz_code
check(const struct dz_ctx *c, const struct values *v, struct dz_err *err)
{
    if (v->identity == NULL)
        return dz_fail(err, DZ_E_USAGE,
                       "--identity OUT.key is needed: the key goes to a file of its own, so that "
                       "the two can be sent by different ways");
    if (!ends_with(c->words[1], ".age"))
        return dz_fail(err, DZ_E_USAGE, "'%s': it will be an age file; the name has to end in .age",
                       c->words[1]);
    const char *const paths[] = {c->words[1], v->identity};
    for (size_t i = 0; i < 2; i++)
        if (dz_os_exists(AT_FDCWD, paths[i]))
            return dz_fail(err, DZ_E_EXISTS, "'%s' is there already: name another file", paths[i]);
    return DZ_OK;
}

static enum dz_code
choose_part(const struct dz_source_row *row, bool text, struct leaving *ret, struct dz_err *err)
{
    if (text && row->text_object == NULL)
        return dz_fail(err, DZ_E_NOTFOUND, "%s has no text: leave --text away", row->id);
    *ret = (struct leaving){
        .id = row->id,
        .part = text ? "text" : "original",
        .object = text ? row->text_object : row->object,
        .codec = text ? row->text_codec : row->codec,
        .sha256 = text ? row->text_sha256 : row->sha256,
    };
    ret->compressed = ret->codec != NULL && strcmp(ret->codec, "zstd") == 0;
    return DZ_OK;
}

static enum dz_code
write_entry(struct dz_ctx *c, const struct values *v, const struct leaving *l,
            const char *recipient, struct dz_err *err)
{
    DZ_AUTO_JSON json_t *fields = dz_export_fields("age", v->purpose, v->to_whom, false);
    json_object_set_new(fields, "sources", json_pack("[s]", l->id));
    dz_json_set_str(fields, "part", l->part);
    dz_json_set_str(fields, "sha256", l->sha256);
    dz_json_set_str(fields, "sealed_for", recipient);
    return dz_export_record(c, fields, err);
}

/* ---- the two files ---- */

static enum dz_code
out_piece(void *ctx, const void *p, size_t n, struct dz_err *err)
{
    return dz_os_write_all(*(int *)ctx, p, n, err);
}

/* As age-keygen writes it. The file is readable for its owner alone. */
static enum dz_code
write_identity(const char *path, const char *recipient, const struct dz_secret *identity,
               struct dz_err *err)
{
    char now[40];
    struct dz_os_new f;
    DZ_AUTO_SECRET struct dz_secret *text = NULL;
    DZ_TRY(dz_age_identity_text(identity, &text, err));
    DZ_TRY(dz_os_new_file(AT_FDCWD, path, &f, err));
    dz_time_format(dz_os_now_us(), now);
    DZ_AUTO_FREE char *head = dz_asprintf("# created: %s\n# public key: %s\n", now, recipient);
    enum dz_code code = dz_os_write_all(f.fd, head, strlen(head), err);
    if (code == DZ_OK)
        code = dz_os_write_all(f.fd, dz_secret_peek(text), dz_secret_size(text) - 1, err);
    if (code == DZ_OK)
        code = dz_os_write_all(f.fd, "\n", 1, err);
    if (code != DZ_OK)
        code = dz_while(err, "writing '%s'", path);
    return dz_os_new_finish(&f, code, err);
}

static enum dz_code
write_item(struct dz_ctx *c, const struct leaving *l, const char *recipient, struct dz_err *err)
{
    struct dz_os_new f;
    DZ_TRY(dz_os_new_file(AT_FDCWD, c->words[1], &f, err));
    enum dz_code code =
        dz_vault_export_age(c->vault, l->object, recipient, NULL, out_piece, &f.fd, err);
    if (code != DZ_OK)
        code = dz_while(err, "writing '%s'", c->words[1]);
    return dz_os_new_finish(&f, code, err);
}

static void
tell(struct dz_ctx *c, const struct values *v, const struct leaving *l)
{
    struct dz_out *o = &c->out;
    dz_out_f(o, "%s\n%s\n\n", c->words[1], v->identity);
    dz_out_wrap(
        o, dz_view_of(_("It opens with the age tool, without dokaz and without the vault:")), 0, 0);
    dz_out_f(o, "  age -d -i %s %s%s > OUT\n", v->identity, c->words[1],
             l->compressed ? " | zstd -d" : "");
    if (l->compressed && !ends_with(c->words[1], ".zst.age"))
        dz_out_wrap(o,
                    dz_view_of(_("What age gives back is compressed with zstd; a name ending in "
                                 ".zst.age would say so.")),
                    0, 0);
    dz_out_f(o, "  SHA-256 %s\n\n", l->sha256);
    static const char *const facts[] = {
        N_("Whoever has both files reads the item, today and in years. It cannot be called back, "
           "not by purging the item either."),
        N_("Send the two by different ways, and delete the key file when it has arrived."),
        N_("A recipient who has an age key of their own needs no key file: 'dokaz cat ID "
           "--seal-for age1...'."),
    };
    dz_key_bullets(o, facts, sizeof facts / sizeof *facts);
}

static enum dz_code
run(struct dz_ctx *c, const void *values, struct dz_err *err)
{
    const struct values *v = values;
    DZ_TRY(check(c, v, err));
    DZ_TRY(dz_check_purpose(c, v->purpose, err));
    DZ_AUTO_SOURCE struct dz_source s = {0};
    struct leaving l;
    DZ_TRY(dz_source_get(c->vault, c->words[0], &s, err));
    DZ_TRY(choose_part(&s.row, v->text, &l, err));

    uint8_t pk[DZ_X25519_BYTES];
    DZ_AUTO_SECRET struct dz_secret *identity = NULL;
    DZ_AUTO_BUF struct dz_buf recipient = DZ_BUF(100);
    DZ_TRY(dz_age_identity_new(&identity, err));
    DZ_TRY(dz_age_identity_public(identity, pk, err));
    dz_age_recipient_text(pk, &recipient);

    dz_warn_leaving(c, &s.row);
    DZ_TRY(dz_warn_leaks(c, s.row.id, err));
    if (!v->text)
        DZ_TRY(dz_warn_holding(c, &s.row, err));
    DZ_TRY(write_entry(c, v, &l, recipient.p, err));
    /* Either both are there in the end or none is. */
    DZ_TRY(write_identity(v->identity, recipient.p, identity, err));
    enum dz_code code = write_item(c, &l, recipient.p, err);
    if (code != DZ_OK) {
        if (dz_os_unlink(AT_FDCWD, v->identity, NULL) != DZ_OK)
            return dz_while(err, "'%s' opens nothing: delete it", v->identity);
        return code;
    }
    tell(c, v, &l);
    return DZ_OK;
}

const struct dz_cmd dz_cmd_key_export = {
    .name = "key export",
    .group = DZ_GROUP_UPKEEP,
    .summary = N_("write one item as an age file, and a key that opens only it"),
    .usage = N_("ID OUT.age --identity OUT.key"),
    .help = N_("For an item that somebody has to read without dokaz. The original bytes of the "
               "source, or with --text its text, become a standard age file; the key in OUT.key is "
               "made for this file alone and opens nothing else. The export is an entry in the "
               "journal before the files are written.\n\nWhoever has both files reads the item, "
               "for ever. For a recipient who has an age key use 'dokaz cat ID --seal-for "
               "RECIPIENT': then no key has to travel.\n\nWhere the item was compressed, zstd has "
               "to unpack what age gives back; call such a file NAME.zst.age."),
    .opts = opts,
    .values_size = sizeof(struct values),
    .needs = DZ_NEED_VAULT | DZ_NEED_WRITE | DZ_NEED_RULES,
    .min_words = 2,
    .max_words = 2,
    .run = run,
};
