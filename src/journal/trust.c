#include "dz_trust.h"

#include <fcntl.h>
#include <string.h>

#include "dz_os.h"
#include "dz_sshsig.h"
#include "dz_tsp.h"

#define KEY_FILE_MAX 65536u

static enum dz_code
add_key(struct dz_trust *t, struct dz_view text, struct dz_err *err)
{
    if (t->n_keys == DZ_TRUST_MAX)
        return dz_fail(err, DZ_E_LIMIT, "more than %d keys", DZ_TRUST_MAX);
    DZ_TRY(dz_note_vkey_parse(dz_view_trim(text), &t->keys[t->n_keys], err));
    t->n_keys++;
    return DZ_OK;
}

enum dz_code
dz_trust_add_key(struct dz_trust *t, const char *word, struct dz_err *err)
{
    DZ_AUTO_BUF struct dz_buf file = DZ_BUF(KEY_FILE_MAX);
    enum dz_code code = add_key(t, dz_view_of(word), NULL);
    if (code == DZ_OK)
        return DZ_OK;
    /* What is no key may be the name of a file that holds one. */
    code = dz_os_slurp(AT_FDCWD, word, KEY_FILE_MAX, &file, err);
    if (code == DZ_OK)
        code = add_key(t, dz_buf_view(&file), err);
    return code == DZ_OK ? DZ_OK : dz_while(err, "taking the key '%s'", word);
}

enum dz_code
dz_trust_add_ca(struct dz_trust *t, const char *path, struct dz_err *err)
{
    DZ_AUTO_BUF struct dz_buf file = DZ_BUF(DZ_TSP_PEM_MAX);
    enum dz_code code = dz_os_slurp(AT_FDCWD, path, DZ_TSP_PEM_MAX, &file, err);
    if (code == DZ_OK)
        code = dz_tsp_certificates(dz_buf_view(&file), &t->ca_pem, err);
    return code == DZ_OK ? DZ_OK : dz_while(err, "taking the certificates of '%s'", path);
}

/* What follows the options and names that may stand before a key; empty when there is none. */
static struct dz_view
key_part(struct dz_view line)
{
    while (line.n > 0 && line.p[0] != '#' && !dz_view_starts(line, "ssh-ed25519 ")) {
        line.p++;
        line.n--;
    }
    if (line.n > 0 && line.p[0] == '#')
        line.n = 0;
    return line;
}

static enum dz_code
add_signers(struct dz_trust *t, struct dz_view file, struct dz_err *err)
{
    size_t before = t->n_signers;
    while (file.n > 0) {
        const char *end = memchr(file.p, '\n', file.n);
        size_t n = end != NULL ? (size_t)(end - file.p) : file.n;
        struct dz_view line = key_part((struct dz_view){.p = file.p, .n = n});
        file.p += n + (end != NULL ? 1 : 0);
        file.n -= n + (end != NULL ? 1 : 0);
        if (line.n == 0)
            continue;
        if (t->n_signers == DZ_TRUST_MAX)
            return dz_fail(err, DZ_E_LIMIT, "more than %d keys", DZ_TRUST_MAX);
        DZ_TRY(dz_sshsig_public_parse(line, t->signers + t->n_signers * DZ_SIGN_PUBLIC_BYTES, err));
        t->n_signers++;
    }
    if (t->n_signers == before)
        return dz_fail(err, DZ_E_INPUT, "no ssh-ed25519 key stands in it");
    return DZ_OK;
}

enum dz_code
dz_trust_add_signers(struct dz_trust *t, const char *path, struct dz_err *err)
{
    DZ_AUTO_BUF struct dz_buf file = DZ_BUF(KEY_FILE_MAX);
    enum dz_code code = dz_os_slurp(AT_FDCWD, path, KEY_FILE_MAX, &file, err);
    if (code == DZ_OK)
        code = add_signers(t, dz_buf_view(&file), err);
    return code == DZ_OK ? DZ_OK : dz_while(err, "taking the keys of '%s'", path);
}

struct dz_package_trust
dz_trust_view(const struct dz_trust *t, int64_t now_us)
{
    return (struct dz_package_trust){.keys = t->keys,
                                     .n_keys = t->n_keys,
                                     .ca_pem = dz_buf_view(&t->ca_pem),
                                     .signers = t->signers,
                                     .n_signers = t->n_signers,
                                     .now_us = now_us};
}

const struct dz_note_key *
dz_trust_key(const struct dz_trust *t, const char *name)
{
    for (size_t i = 0; i < t->n_keys; i++)
        if (strcmp(t->keys[i].name, name) == 0)
            return &t->keys[i];
    return t->n_keys > 0 ? &t->keys[0] : NULL;
}

void
dz_trust_done(struct dz_trust *t)
{
    dz_buf_done(&t->ca_pem);
    *t = (struct dz_trust){.n_keys = 0};
}
