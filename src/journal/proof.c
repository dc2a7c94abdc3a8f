#include "dz_proof.h"

#include <string.h>

#include "dz_codec.h"
#include "dz_mem.h"
#include "dz_sign.h"
#include "proof_impl.h"

static const char first_line[] = "c2sp.org/tlog-proof@v1";
static const char extra_label[] = "extra ";
static const char index_label[] = "index ";

bool
dz_proof_line(struct dz_view *rest, struct dz_view *ret)
{
    const char *end = rest->n > 0 ? memchr(rest->p, '\n', rest->n) : NULL;
    if (end == NULL)
        return false;
    *ret = (struct dz_view){.p = rest->p, .n = (size_t)(end - rest->p)};
    *rest = (struct dz_view){.p = end + 1, .n = rest->n - ret->n - 1};
    return true;
}

/* line without its label; false when it has another one. */
static bool
cut_label(struct dz_view line, const char *label, struct dz_view *ret)
{
    size_t n = strlen(label);
    if (!dz_view_starts(line, label))
        return false;
    *ret = (struct dz_view){.p = line.p + n, .n = line.n - n};
    return true;
}

bool
dz_proof_number(struct dz_view line, const char *label, uint64_t *ret)
{
    struct dz_view digits;
    return cut_label(line, label, &digits) && dz_parse_u64(digits, ret) &&
           *ret <= DZ_MERKLE_MAX_SIZE;
}

enum dz_code
dz_proof_hashes(struct dz_view *rest, struct dz_hash32 ret[DZ_PROOF_HASHES_MAX], size_t *ret_n,
                struct dz_err *err)
{
    DZ_AUTO_BUF struct dz_buf bytes = DZ_BUF(64);
    size_t n = 0;
    for (;; n++) {
        struct dz_view line;
        if (!dz_proof_line(rest, &line))
            return dz_fail(err, DZ_E_INPUT, "the file ends before the checkpoint in it begins");
        if (line.n == 0)
            break;
        if (n >= DZ_PROOF_HASHES_MAX)
            return dz_fail(err, DZ_E_INPUT, "the file has more than %d hashes",
                           DZ_PROOF_HASHES_MAX);
        dz_buf_reset(&bytes);
        if (dz_b64_decode(&bytes, line, DZ_B64_PADDED, NULL) != DZ_OK || bytes.failed ||
            bytes.n != sizeof ret[n].b)
            return dz_fail(err, DZ_E_INPUT, "line %zu of the hashes is not a hash", n + 1);
        memcpy(ret[n].b, bytes.p, bytes.n);
    }
    *ret_n = n;
    return DZ_OK;
}

void
dz_proof_put_hashes(struct dz_buf *out, const struct dz_hash32 *hashes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        dz_b64_encode(out, hashes[i].b, sizeof hashes[i].b, DZ_B64_PADDED);
        dz_buf_addc(out, '\n');
    }
}

enum dz_code
dz_proof_checkpoint(struct dz_view note, struct dz_checkpoint *ret, struct dz_err *err)
{
    struct dz_view text;
    enum dz_code code = dz_note_text(note, &text, err);
    return code == DZ_OK ? dz_checkpoint_parse(text, ret, err) : code;
}

enum dz_code
dz_proof_parse(struct dz_view file, struct dz_proof *ret, struct dz_err *err)
{
    if (file.n > DZ_PROOF_MAX)
        return dz_fail(err, DZ_E_INPUT, "the file is longer than a proof can be (%u bytes)",
                       DZ_PROOF_MAX);
    struct dz_view rest = file;
    struct dz_view line;
    if (!dz_proof_line(&rest, &line) || !dz_view_is(line, first_line))
        return dz_fail(err, DZ_E_INPUT, "this is not a proof: the first line is not '%s'",
                       first_line);
    DZ_AUTO_PROOF struct dz_proof made = {.index = 0};
    DZ_AUTO_BUF struct dz_buf extra = DZ_BUF(DZ_PROOF_MAX);
    struct dz_view packed;
    if (!dz_proof_line(&rest, &line) || !cut_label(line, extra_label, &packed) ||
        dz_b64_decode(&extra, packed, DZ_B64_PADDED, NULL) != DZ_OK)
        return dz_fail(err, DZ_E_INPUT, "the second line of the proof is not 'extra' and base64");
    if (!dz_proof_line(&rest, &line) || !dz_proof_number(line, index_label, &made.index))
        return dz_fail(err, DZ_E_INPUT, "the third line of the proof is not 'index' and a number");
    DZ_TRY(dz_proof_hashes(&rest, made.hashes, &made.n_hashes, err));
    if (dz_proof_read_extra(dz_buf_view(&extra), &made, err) != DZ_OK)
        return dz_while(err, "the extra line of the proof");
    if (dz_proof_checkpoint(rest, &made.checkpoint, err) != DZ_OK)
        return dz_while(err, "the checkpoint in the proof");
    if (strcmp(made.checkpoint.origin, made.key.name) != 0)
        return dz_fail(err, DZ_E_INPUT, "the checkpoint in the proof is of another log: '%s'",
                       made.checkpoint.origin);
    made.note = (struct dz_buf)DZ_BUF(DZ_NOTE_MAX);
    dz_buf_addv(&made.note, rest);
    *ret = made;
    made = (struct dz_proof){.index = 0};
    return DZ_OK;
}

enum dz_code
dz_proof_write(const struct dz_proof *p, struct dz_buf *out, struct dz_err *err)
{
    DZ_AUTO_BUF struct dz_buf extra = DZ_BUF(DZ_PROOF_MAX);
    DZ_TRY(dz_proof_put_extra(p, &extra, err));
    DZ_AUTO_BUF struct dz_buf file = DZ_BUF(DZ_PROOF_MAX);
    dz_buf_addf(&file, "%s\n%s", first_line, extra_label);
    dz_b64_encode(&file, extra.p, extra.n, DZ_B64_PADDED);
    dz_buf_addf(&file, "\n%s%llu\n", index_label, (unsigned long long)p->index);
    dz_proof_put_hashes(&file, p->hashes, p->n_hashes);
    dz_buf_addc(&file, '\n');
    dz_buf_addv(&file, dz_buf_view(&p->note));
    DZ_TRY(dz_buf_ok(&file, "proof", err));
    dz_buf_addv(out, dz_buf_view(&file));
    return dz_buf_ok(out, "proof", err);
}

static enum dz_code
check_signed(const struct dz_proof *p, struct dz_err *err)
{
    struct dz_view text;
    return dz_note_open(dz_buf_view(&p->note), &p->key, 1, &text, err);
}

static enum dz_code
check_tree(const struct dz_proof *p, struct dz_err *err)
{
    const struct dz_checkpoint *c = &p->checkpoint;
    if (p->index >= c->size)
        return dz_fail(err, DZ_E_CORRUPT, "entry %llu is not in a log of %llu entries",
                       (unsigned long long)p->index, (unsigned long long)c->size);
    struct dz_hash32 leaf;
    dz_merkle_leaf(p->leaf_bytes.p, p->leaf_bytes.n, &leaf);
    if (!dz_merkle_check_inclusion(&leaf, p->index, c->size, p->hashes, p->n_hashes, &c->root))
        return dz_fail(err, DZ_E_CORRUPT,
                       "the entry is not in the log that the checkpoint signed: the hashes do not "
                       "lead to its root");
    return DZ_OK;
}

static enum dz_code
check_leaf(struct dz_proof *p, struct dz_err *err)
{
    dz_leaf_done(&p->leaf);
    enum dz_code code = dz_leaf_decode(dz_buf_view(&p->leaf_bytes), &p->leaf, err);
    if (code == DZ_E_INPUT) {
        code = DZ_E_CORRUPT;
        if (err != NULL)
            err->code = code;
    }
    return code;
}

/* The digests of everything that is shown and withheld, as the leaf commits to them. */
static enum dz_code
check_commitment(const struct dz_proof *p, struct dz_err *err)
{
    if (dz_proof_is_bare(p))
        return DZ_OK;
    size_t n_shown = json_object_size(p->shown);
    size_t n = n_shown + json_object_size(p->withheld);
    DZ_AUTO_FREE struct dz_field_digest *fields = dz_alloc_array(n, sizeof *fields);
    size_t i = 0;
    const char *name;
    json_t *field;
    json_object_foreach (p->shown, name, field) {
        uint8_t salt[DZ_SALT_BYTES];
        const char *hex = dz_json_str(field, "salt");
        bool good = dz_hex_decode(dz_view_of(hex), salt, sizeof salt);
        fields[i].name = name;
        if (!good || dz_entry_salted_digest(salt, name, json_object_get(field, "value"),
                                            &fields[i].digest, err) != DZ_OK)
            return dz_fail(err, DZ_E_CORRUPT, "field '%s' of the proof has no digest", name);
        i++;
    }
    json_object_foreach (p->withheld, name, field) {
        fields[i].name = name;
        if (!dz_hex_decode(dz_view_of(json_string_value(field)), fields[i].digest.b,
                           sizeof fields[i].digest.b))
            return dz_fail(err, DZ_E_CORRUPT, "field '%s' of the proof has no digest", name);
        i++;
    }
    struct dz_hash32 commitment;
    DZ_TRY(dz_entry_commit_digests(fields, n, &commitment, err));
    if (memcmp(commitment.b, p->leaf.commitment.b, sizeof commitment.b) != 0)
        return dz_fail(err, DZ_E_CORRUPT,
                       "what the proof shows is not what the entry says: a value, a salt or a "
                       "withheld field was changed");
    return DZ_OK;
}

static enum dz_code
check_place(const struct dz_proof *p, struct dz_err *err)
{
    const json_t *log = dz_proof_shown(p, "log");
    const json_t *seq = dz_proof_shown(p, "seq");
    if (log != NULL && (!json_is_string(log) || strcmp(json_string_value(log), p->log_hex) != 0))
        return dz_fail(err, DZ_E_CORRUPT, "the entry says that it stands in another log");
    if (seq != NULL && (!json_is_integer(seq) || json_integer_value(seq) < 0 ||
                        (uint64_t)json_integer_value(seq) != p->index))
        return dz_fail(err, DZ_E_CORRUPT, "the entry says that it stands at another place");
    return DZ_OK;
}

static enum dz_code
check_pinned(const struct dz_proof *p, const struct dz_note_key *pinned, struct dz_err *err)
{
    if (pinned == NULL)
        return DZ_OK;
    if (strcmp(pinned->name, p->key.name) != 0 ||
        memcmp(pinned->pk, p->key.pk, sizeof pinned->pk) != 0)
        return dz_fail(err, DZ_E_CORRUPT,
                       "the proof holds in itself, but it is of another log: its key is not the "
                       "expected one");
    return DZ_OK;
}

static enum dz_code
check_step(struct dz_proof *p, const struct dz_note_key *pinned, enum dz_proof_step step,
           struct dz_err *err)
{
    switch (step) {
    case DZ_PROOF_FORM:
        return DZ_OK; /* dz_proof_parse did it */
    case DZ_PROOF_SIGNED:
        return check_signed(p, err);
    case DZ_PROOF_TREE:
        return check_tree(p, err);
    case DZ_PROOF_LEAF:
        return check_leaf(p, err);
    case DZ_PROOF_COMMITMENT:
        return check_commitment(p, err);
    case DZ_PROOF_PLACE:
        return check_place(p, err);
    case DZ_PROOF_MEMBER:
        return p->has_signature ? dz_entry_check_signature(&p->leaf, p->log, p->index,
                                                           p->public_key, p->signature, err)
                                : DZ_OK;
    case DZ_PROOF_PINNED:
        return check_pinned(p, pinned, err);
    }
    return DZ_OK;
}

enum dz_code
dz_proof_check(struct dz_proof *p, const struct dz_note_key *pinned, enum dz_proof_step *ret_step,
               struct dz_err *err)
{
    for (unsigned step = DZ_PROOF_SIGNED; step <= DZ_PROOF_PINNED; step++) {
        enum dz_code code = check_step(p, pinned, (enum dz_proof_step)step, err);
        if (code == DZ_OK)
            continue;
        if (ret_step != NULL)
            *ret_step = (enum dz_proof_step)step;
        return code;
    }
    return DZ_OK;
}

void
dz_proof_done(struct dz_proof *p)
{
    dz_buf_done(&p->note);
    dz_buf_done(&p->leaf_bytes);
    dz_leaf_done(&p->leaf);
    json_decref(p->shown);
    json_decref(p->withheld);
    *p = (struct dz_proof){.index = 0};
}

const json_t *
dz_proof_shown(const struct dz_proof *p, const char *field)
{
    return json_object_get(json_object_get(p->shown, field), "value");
}

bool
dz_proof_withholds(const struct dz_proof *p, const char *field)
{
    return json_object_get(p->withheld, field) != NULL;
}

bool
dz_proof_is_bare(const struct dz_proof *p)
{
    return json_object_size(p->shown) == 0 && json_object_size(p->withheld) == 0;
}
