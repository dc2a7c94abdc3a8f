#include <string.h>

#include "dz_codec.h"
#include "dz_json.h"
#include "dz_os.h"
#include "dz_tr.h"
#include "keyless_impl.h"

/* "dzK3" | vault id(16) | u64 epoch | u32 epoch of the key: docs/format/vault.md section 4 */
#define TABLE_HEAD 32u

/* One table a compartment, in two copies. */
static const char *const tables[][2] = {
    {"keytable/open.a", "keytable/open.b"},
    {"keytable/restricted.a", "keytable/restricted.b"},
    {"keytable/sealed.a", "keytable/sealed.b"},
    {"keytable/identities.a", "keytable/identities.b"},
};
#define TABLES (sizeof tables / sizeof *tables)

/* Whether a name ends in a suffix and has something in front of it. */
static bool
ends_with(const char *name, const char *end)
{
    size_t n = strlen(name);
    size_t n_end = strlen(end);
    return n > n_end && strcmp(name + n - n_end, end) == 0;
}

/* Hash of a file; *ret_file is false when it is something else, which is a finding. */
static enum dz_code
hash_file(struct keyless *k, const char *path, struct dz_hash32 *ret, uint64_t *ret_n,
          bool *ret_file, struct dz_err *err)
{
    DZ_AUTO_FD int fd = -1;
    struct dz_os_stat st = {.is_file = false};
    enum dz_code code = dz_os_open(k->vault, path, DZ_OS_READ, &fd, err);
    if (code == DZ_OK)
        code = dz_os_fstat(fd, &st, err);
    if (code == DZ_OK && st.is_file)
        code = dz_keyless_hash(k, fd, UINT64_MAX, ret, ret_n, err);
    if (code != DZ_OK)
        return dz_while(err, "reading '%s'", path);
    *ret_file = st.is_file;
    if (!st.is_file)
        dz_keyless_finding(k, path, DZ_SEQ_NONE, _("this is not a file"));
    return DZ_OK;
}

static enum dz_code
check_file(struct keyless *k, const char *path, struct dz_err *err)
{
    struct dz_hash32 own;
    uint64_t n = 0;
    bool is_file = false;
    enum dz_code code = hash_file(k, path, &own, &n, &is_file, err);
    if (code != DZ_OK || !is_file || dz_keyless_found(k, DZ_THING_FILE, &own, n, path))
        return code;
    k->unknown = dz_grow(k->unknown, &k->cap_unknown, k->n_unknown + 1, sizeof *k->unknown);
    k->unknown[k->n_unknown++] = dz_strdup(path);
    return DZ_OK;
}

void
dz_keyless_tell_unknown(struct keyless *k)
{
    for (size_t i = 0; i < k->n_unknown; i++) {
        if (k->file_missing && !ends_with(k->unknown[i], ".tmp"))
            dz_keyless_finding(k, k->unknown[i], DZ_SEQ_NONE,
                               _("its bytes are not those that were stored"));
        else
            dz_keyless_notice(k, k->unknown[i],
                              _("no entry names this file: left from an interrupted command, or "
                                "added from outside"));
    }
}

/* A member's key file names its member, and so does its own name. */
static enum dz_code
check_member_name(struct keyless *k, const char *name, const char *path, struct dz_err *err)
{
    uint8_t member[8];
    if (!ends_with(name, ".key") || strlen(name) != 20 ||
        !dz_hex_decode((struct dz_view){name, 16}, member, sizeof member))
        return DZ_OK;
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(65536);
    DZ_AUTO_JSON json_t *object = NULL;
    struct dz_err why = {.code = DZ_OK};
    enum dz_code code = dz_os_slurp(k->vault, path, 65536, &text, &why);
    if (code == DZ_E_IO)
        return dz_fail(err, code, "%s", why.msg);
    const char *named = NULL;
    if (code == DZ_OK && dz_json_parse(dz_buf_view(&text), &object, NULL) == DZ_OK)
        named = dz_json_str(object, "member");
    if (named == NULL || strncmp(named, name, 16) != 0 || named[16] != '\0')
        dz_keyless_finding(k, path, DZ_SEQ_NONE,
                           _("does not hold the key of the member after whom it is named"));
    return DZ_OK;
}

static enum dz_code
check_keys(struct keyless *k, struct dz_err *err)
{
    char **names = NULL;
    size_t n = 0;
    enum dz_code code = dz_os_list(k->vault, "keys", &names, &n, err);
    if (code == DZ_E_NOTFOUND) {
        dz_keyless_finding(k, "keys", DZ_SEQ_NONE, _("the folder is missing"));
        return DZ_OK;
    }
    for (size_t i = 0; i < n && code == DZ_OK; i++) {
        DZ_AUTO_FREE char *path = dz_asprintf("keys/%s", names[i]);
        code = check_file(k, path, err);
        if (code == DZ_OK)
            code = check_member_name(k, names[i], path, err);
    }
    dz_os_names_free(names, n);
    return code;
}

/* Names that nothing of ours has: perhaps somebody's own file, so it is told and no more. */
static enum dz_code
check_strangers(struct keyless *k, const char *folder, const char *const *known, struct dz_err *err)
{
    char **names = NULL;
    size_t n = 0;
    bool root = strcmp(folder, ".") == 0;
    enum dz_code code = dz_os_list(k->vault, folder, &names, &n, err);
    if (code != DZ_OK)
        return code == DZ_E_NOTFOUND ? DZ_OK : code;
    for (size_t i = 0; i < n; i++) {
        bool is_known = root && strncmp(names[i], "index-", 6) == 0;
        for (size_t j = 0; known[j] != NULL; j++)
            is_known = is_known || strcmp(names[i], known[j]) == 0;
        DZ_AUTO_FREE char *path =
            root ? dz_strdup(names[i]) : dz_asprintf("%s/%s", folder, names[i]);
        if (is_known)
            continue;
        dz_keyless_notice(k, path,
                          ends_with(names[i], ".tmp")
                              ? _("left from an interrupted command")
                              : _("this does not belong to the vault; dokaz does not read it"));
    }
    dz_os_names_free(names, n);
    return DZ_OK;
}

enum dz_code
dz_keyless_files(struct keyless *k, struct dz_err *err)
{
    static const char *const in_root[] = {"vault.json", "keys", "keytable", "journal",
                                          "objects",    "lock", NULL};
    const char *in_table[2 * TABLES + 1] = {NULL};
    for (size_t i = 0; i < 2 * TABLES; i++)
        in_table[i] = strchr(tables[i / 2][i % 2], '/') + 1;
    enum dz_code code = check_file(k, "vault.json", err);
    if (code == DZ_OK)
        code = check_keys(k, err);
    if (code == DZ_OK)
        code = check_strangers(k, ".", in_root, err);
    if (code == DZ_OK)
        code = check_strangers(k, "keytable", in_table, err);
    return code;
}

/* One copy of the key table: its hash and whether its head is of this vault. */
static enum dz_code
check_copy(struct keyless *k, const char *path, struct dz_hash32 *ret, bool *ret_good,
           struct dz_err *err)
{
    uint64_t n = 0;
    *ret_good = false;
    struct dz_err why = {.code = DZ_OK};
    enum dz_code code = hash_file(k, path, ret, &n, ret_good, &why);
    if (code == DZ_E_NOTFOUND) {
        dz_keyless_finding(k, path, DZ_SEQ_NONE, _("the file is missing"));
        return DZ_OK;
    }
    if (code != DZ_OK)
        return dz_fail(err, code, "%s", why.msg);
    if (!*ret_good)
        return DZ_OK;
    DZ_AUTO_FD int fd = -1;
    uint8_t head[TABLE_HEAD] = {0};
    if (n >= TABLE_HEAD) {
        code = dz_os_open(k->vault, path, DZ_OS_READ, &fd, err);
        if (code == DZ_OK)
            code = dz_os_pread_all(fd, head, sizeof head, 0, err);
        if (code != DZ_OK)
            return code;
    }
    *ret_good =
        memcmp(head, "dzK3", 4) == 0 && (!k->has_id || memcmp(head + 4, k->id, sizeof k->id) == 0);
    if (!*ret_good)
        dz_keyless_finding(k, path, DZ_SEQ_NONE, _("this is not a key table of this vault"));
    return DZ_OK;
}

static enum dz_code
check_table(struct keyless *k, const char *const copy[2], struct dz_err *err)
{
    struct dz_hash32 a;
    struct dz_hash32 b;
    bool good_a = false;
    bool good_b = false;
    enum dz_code code = check_copy(k, copy[0], &a, &good_a, err);
    if (code == DZ_OK)
        code = check_copy(k, copy[1], &b, &good_b, err);
    if (code != DZ_OK)
        return code;
    DZ_AUTO_FREE char *both = dz_asprintf("%s, %s", copy[0], copy[1]);
    if (good_a && good_b && memcmp(a.b, b.b, sizeof a.b) != 0)
        dz_keyless_notice(
            k, both,
            _("the two copies of the key table differ: left by an interrupted command, "
              "unless a finding names one of them"));
    return DZ_OK;
}

enum dz_code
dz_keyless_table(struct keyless *k, struct dz_err *err)
{
    for (size_t i = 0; i < TABLES; i++) {
        enum dz_code code = check_table(k, tables[i], err);
        if (code != DZ_OK)
            return code;
    }
    return DZ_OK;
}
