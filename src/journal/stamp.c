#include "dz_stamp.h"

#include <string.h>

#include "dz_codec.h"
#include "dz_hash.h"

/* Em dash and a space: how every signature line begins. */
static const char line_start[] = "\xe2\x80\x94 ";

/* Whether a signature line is of this key: its name, and the key id before the signature. */
static bool
is_line_of(struct dz_view line, const struct dz_note_key *key)
{
    size_t n_start = sizeof line_start - 1, n_name = strlen(key->name);
    size_t n_head = n_start + n_name + 1;
    if (line.n <= n_head || !dz_view_starts(line, line_start) ||
        memcmp(line.p + n_start, key->name, n_name) != 0 || line.p[n_head - 1] != ' ')
        return false;
    DZ_AUTO_BUF struct dz_buf bytes = DZ_BUF(DZ_NOTE_MAX);
    if (dz_b64_decode(&bytes, (struct dz_view){line.p + n_head, line.n - n_head}, DZ_B64_PADDED,
                      NULL) != DZ_OK)
        return false;
    struct dz_reader r = dz_reader_of(bytes.p, bytes.n);
    return dz_read_u32be(&r) == key->id && !r.failed;
}

/* First line of the key among the signatures, with its newline: the one that dz_note_open checked.
 */
static struct dz_view
line_of(struct dz_view signatures, const struct dz_note_key *key)
{
    while (signatures.n > 0) {
        const char *end = memchr(signatures.p, '\n', signatures.n);
        size_t n = end == NULL ? signatures.n : (size_t)(end - signatures.p);
        if (end != NULL && is_line_of((struct dz_view){signatures.p, n}, key))
            return (struct dz_view){signatures.p, n + 1};
        n += end != NULL;
        signatures = (struct dz_view){signatures.p + n, signatures.n - n};
    }
    return (struct dz_view){0};
}

enum dz_code
dz_stamp_note(struct dz_view note, const struct dz_note_key *key, struct dz_buf *out,
              struct dz_checkpoint *ret, struct dz_err *err)
{
    struct dz_view text;
    struct dz_checkpoint checkpoint;
    DZ_TRY(dz_note_open(note, key, 1, &text, err));
    DZ_TRY(dz_checkpoint_parse(text, &checkpoint, err));
    if (strcmp(checkpoint.origin, key->name) != 0)
        return dz_fail(err, DZ_E_INPUT, "the checkpoint is of another log");
    /* Behind the text stand a newline and the signatures. */
    struct dz_view line =
        line_of((struct dz_view){text.p + text.n + 1, note.n - text.n - 1}, key);
    if (line.n == 0)
        return dz_fail(err, DZ_E_CORRUPT, "the note is not signed by its log");
    dz_buf_addv(out, text);
    dz_buf_addc(out, '\n');
    dz_buf_addv(out, line);
    DZ_TRY(dz_buf_ok(out, "note", err));
    if (ret != NULL)
        *ret = checkpoint;
    return DZ_OK;
}

void
dz_stamp_imprint(struct dz_view single_note, uint8_t ret[32])
{
    dz_sha256(single_note.p, single_note.n, ret);
}

enum dz_code
dz_stamp_check(struct dz_view note, const struct dz_note_key *key, struct dz_view token,
               struct dz_view ca_pem, struct dz_view other_pem, int64_t now_us,
               struct dz_stamp *ret, struct dz_err *err)
{
    DZ_AUTO_BUF struct dz_buf single = DZ_BUF(DZ_NOTE_MAX);
    struct dz_stamp made;
    uint8_t imprint[32];
    DZ_TRY(dz_stamp_note(note, key, &single, &made.checkpoint, err));
    dz_stamp_imprint(dz_buf_view(&single), imprint);
    DZ_TRY(dz_tsp_check_token(token, imprint, ca_pem, other_pem, now_us, &made.stamp, err));
    *ret = made;
    return DZ_OK;
}
