#include "dz_consistency.h"

#include <string.h>

#include "proof_impl.h"

static const char old_label[] = "old ";

enum dz_code
dz_consistency_parse(struct dz_view file, struct dz_consistency *ret, struct dz_err *err)
{
    if (file.n > DZ_PROOF_MAX)
        return dz_fail(err, DZ_E_INPUT, "the file is longer than a proof can be (%u bytes)",
                       DZ_PROOF_MAX);
    struct dz_view rest = file;
    struct dz_view line;
    struct dz_consistency made = {.old_size = 0};
    if (!dz_proof_line(&rest, &line) || !dz_proof_number(line, old_label, &made.old_size))
        return dz_fail(err, DZ_E_INPUT,
                       "this is not a proof of consistency: the first line is not 'old' and a "
                       "number");
    if (made.old_size == 0)
        return dz_fail(err, DZ_E_INPUT, "every log begins with the empty one: 'old' cannot be 0");
    DZ_TRY(dz_proof_hashes(&rest, made.hashes, &made.n_hashes, err));
    if (dz_proof_checkpoint(rest, &made.checkpoint, err) != DZ_OK)
        return dz_while(err, "the checkpoint in the proof");
    made.note = (struct dz_buf)DZ_BUF(DZ_NOTE_MAX);
    dz_buf_addv(&made.note, rest);
    *ret = made;
    return DZ_OK;
}

enum dz_code
dz_consistency_write(const struct dz_consistency *c, struct dz_buf *out, struct dz_err *err)
{
    DZ_AUTO_BUF struct dz_buf file = DZ_BUF(DZ_PROOF_MAX);
    dz_buf_addf(&file, "%s%llu\n", old_label, (unsigned long long)c->old_size);
    dz_proof_put_hashes(&file, c->hashes, c->n_hashes);
    dz_buf_addc(&file, '\n');
    dz_buf_addv(&file, dz_buf_view(&c->note));
    DZ_TRY(dz_buf_ok(&file, "proof", err));
    dz_buf_addv(out, dz_buf_view(&file));
    return dz_buf_ok(out, "proof", err);
}

static enum dz_code
check_origin(const struct dz_checkpoint *c, const struct dz_note_key *key, struct dz_err *err)
{
    if (strcmp(c->origin, key->name) != 0)
        return dz_fail(err, DZ_E_INPUT, "a checkpoint is of another log: '%s'", c->origin);
    return DZ_OK;
}

static enum dz_code
check_signed(struct dz_view note, const struct dz_note_key *key, struct dz_err *err)
{
    struct dz_view text;
    return dz_note_open(note, key, 1, &text, err);
}

/* Step 1 for what is not in the file. */
static enum dz_code
check_form(const struct dz_consistency *c, struct dz_view earlier_note,
           const struct dz_note_key *key, struct dz_checkpoint *ret, struct dz_err *err)
{
    if (dz_proof_checkpoint(earlier_note, ret, err) != DZ_OK)
        return dz_while(err, "the earlier checkpoint");
    DZ_TRY(check_origin(ret, key, err));
    return check_origin(&c->checkpoint, key, err);
}

static enum dz_code
check_size(const struct dz_consistency *c, const struct dz_checkpoint *earlier, struct dz_err *err)
{
    if (c->old_size != earlier->size)
        return dz_fail(err, DZ_E_CORRUPT,
                       "the proof begins at %llu entries, and the earlier checkpoint has %llu",
                       (unsigned long long)c->old_size, (unsigned long long)earlier->size);
    if (c->old_size > c->checkpoint.size)
        return dz_fail(err, DZ_E_CORRUPT,
                       "the later checkpoint has fewer entries (%llu) than the earlier one (%llu)",
                       (unsigned long long)c->checkpoint.size, (unsigned long long)earlier->size);
    return DZ_OK;
}

static enum dz_code
check_tree(const struct dz_consistency *c, const struct dz_checkpoint *earlier, struct dz_err *err)
{
    if (!dz_merkle_check_consistency(c->old_size, c->checkpoint.size, &earlier->root,
                                     &c->checkpoint.root, c->hashes, c->n_hashes))
        return dz_fail(err, DZ_E_CORRUPT,
                       "the later log does not begin with the earlier one: the hashes do not lead "
                       "to both roots");
    return DZ_OK;
}

enum dz_code
dz_consistency_check(const struct dz_consistency *c, struct dz_view earlier_note,
                     const struct dz_note_key *key, struct dz_checkpoint *ret_earlier,
                     enum dz_consistency_step *ret_step, struct dz_err *err)
{
    struct dz_checkpoint earlier = {.size = 0};
    enum dz_consistency_step step = DZ_CONSISTENCY_FORM;
    enum dz_code code = check_form(c, earlier_note, key, &earlier, err);
    if (code == DZ_OK) {
        step = DZ_CONSISTENCY_SIGNED;
        code = check_signed(earlier_note, key, err);
        if (code == DZ_OK)
            code = check_signed(dz_buf_view(&c->note), key, err);
    }
    if (code == DZ_OK) {
        step = DZ_CONSISTENCY_SIZE;
        code = check_size(c, &earlier, err);
    }
    if (code == DZ_OK) {
        step = DZ_CONSISTENCY_TREE;
        code = check_tree(c, &earlier, err);
    }
    if (code != DZ_OK) {
        if (ret_step != NULL)
            *ret_step = step;
        return code;
    }
    if (ret_earlier != NULL)
        *ret_earlier = earlier;
    return DZ_OK;
}

void
dz_consistency_done(struct dz_consistency *c)
{
    dz_buf_done(&c->note);
    *c = (struct dz_consistency){.old_size = 0};
}
