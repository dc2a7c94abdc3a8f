#include "dz_setting.h"

#include <string.h>

#include "dz_codec.h"
#include "dz_facts_priv.h"
#include "dz_fetch.h"
#include "dz_tsp.h"
#include "dz_utf8.h"

#define STAMP_PREFIX "timestamp."
#define CERTIFICATES ".certificates"
#define SECONDS_MAX 600
#define WORDS_MAX 200

static bool
is_name(struct dz_view name)
{
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-')
            return false;
    }
    return name.n > 0 && name.n <= DZ_SETTING_NAME_MAX && name.p[0] != '-';
}

enum dz_setting_kind
dz_setting_kind(const char *key)
{
    static const struct {
        const char *key;
        enum dz_setting_kind kind;
    } fixed[] = {
        {"network.proxy", DZ_SETTING_PROXY},
        {"network.certificates", DZ_SETTING_CERTIFICATES},
        {"network.timeout", DZ_SETTING_SECONDS},
        {"organization", DZ_SETTING_WORDS},
        {"reading.ocr", DZ_SETTING_LANGUAGES},
    };
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
        if (strcmp(key, fixed[i].key) == 0)
            return fixed[i].kind;
    struct dz_view name = dz_view_of(key);
    if (!dz_view_starts(name, STAMP_PREFIX))
        return DZ_SETTING_UNKNOWN;
    name.p += strlen(STAMP_PREFIX);
    name.n -= strlen(STAMP_PREFIX);
    enum dz_setting_kind kind = DZ_SETTING_ADDRESS;
    size_t n_end = strlen(CERTIFICATES);
    if (name.n > n_end && memcmp(name.p + name.n - n_end, CERTIFICATES, n_end) == 0) {
        name.n -= n_end;
        kind = DZ_SETTING_CERTIFICATES;
    }
    return is_name(name) ? kind : DZ_SETTING_UNKNOWN;
}

enum dz_code
dz_setting_check_key(const char *key, struct dz_err *err)
{
    if (dz_setting_kind(key) != DZ_SETTING_UNKNOWN)
        return DZ_OK;
    return dz_fail(
        err, DZ_E_USAGE,
        "there is no setting '%s': it is one of timestamp.NAME, "
        "timestamp.NAME.certificates, network.proxy, network.certificates, "
        "network.timeout, organization, reading.ocr; a NAME has up to %d of a to z, 0 to 9 and '-'",
        key, DZ_SETTING_NAME_MAX);
}

static enum dz_code
check_seconds(const char *value, struct dz_err *err)
{
    uint64_t seconds = 0;
    if (!dz_parse_u64(dz_view_of(value), &seconds) || seconds == 0 || seconds > SECONDS_MAX)
        return dz_fail(err, DZ_E_INPUT, "it is a number of seconds from 1 to %d", SECONDS_MAX);
    return DZ_OK;
}

/* Names of trained data of tesseract: three letters, some with a suffix. */
static enum dz_code
check_languages(const char *value, struct dz_err *err)
{
    size_t word = 0;
    bool good = strlen(value) <= 100;
    for (const char *p = value; good; p++) {
        bool ends = *p == '+' || *p == '\0';
        good = ends ? word >= 3 : (*p >= 'a' && *p <= 'z') || (*p == '_' && word >= 3);
        word = ends ? 0 : word + 1;
        if (*p == '\0')
            break;
    }
    return good ? DZ_OK
                : dz_fail(err, DZ_E_INPUT, "it is a set of languages such as ukr+rus+eng");
}

/* What stands in packages must be one line wherever it is printed. */
static enum dz_code
check_words(const char *value, struct dz_err *err)
{
    struct dz_view v = dz_view_of(value);
    bool plain = v.n > 0 && dz_utf8_check(v, NULL) == DZ_OK && dz_utf8_length(v) <= WORDS_MAX;
    for (size_t pos = 0; plain && pos < v.n;)
        plain = !dz_utf8_is_control(dz_utf8_next(v, &pos));
    if (!plain)
        return dz_fail(err, DZ_E_INPUT, "it is one line of up to %d characters", WORDS_MAX);
    return DZ_OK;
}

enum dz_code
dz_setting_check(const char *key, struct dz_view value, struct dz_buf *out, struct dz_err *err)
{
    DZ_TRY(dz_setting_check_key(key, err));
    enum dz_code code = DZ_OK;
    enum dz_setting_kind kind = dz_setting_kind(key);
    /* A key pasted in any place is refused before it could get into a message or the journal. */
    DZ_AUTO_BUF struct dz_buf certificates = DZ_BUF(2 * DZ_TSP_PEM_MAX);
    if (kind == DZ_SETTING_CERTIFICATES)
        code = dz_tsp_certificates(value, &certificates, err);
    DZ_AUTO_FREE char *text = dz_strndup(value.n > 0 ? value.p : "", value.n);
    if (kind != DZ_SETTING_CERTIFICATES && strlen(text) != value.n)
        code = dz_fail(err, DZ_E_INPUT, "a value is one line of text");
    else if (kind == DZ_SETTING_ADDRESS)
        code = dz_fetch_check_url(text, err);
    else if (kind == DZ_SETTING_PROXY)
        code = dz_fetch_check_proxy(text, err);
    else if (kind == DZ_SETTING_SECONDS)
        code = check_seconds(text, err);
    else if (kind == DZ_SETTING_WORDS)
        code = check_words(text, err);
    else if (kind == DZ_SETTING_LANGUAGES)
        code = check_languages(text, err);
    if (code != DZ_OK)
        return dz_while(err, "%s", key);
    dz_buf_addv(out, kind == DZ_SETTING_CERTIFICATES ? dz_buf_view(&certificates) : value);
    return dz_buf_ok(out, "setting", err);
}

enum dz_code
dz_setting_get(struct dz_vault *v, const char *key, char **ret, struct dz_err *err)
{
    return dz_db_get_text(dz_vault_db(v), DZ_Q_SETTING_GET, ret, err, DZ_ARGS(dz_arg_text(key)));
}

enum dz_code
dz_settings_each(struct dz_vault *v, dz_setting_fn *fn, void *ctx, struct dz_err *err)
{
    struct dz_rows *rows = NULL;
    DZ_TRY(dz_db_query(dz_vault_db(v), DZ_Q_SETTING_LIST, &rows, err, DZ_NO_ARGS));
    enum dz_code code = DZ_OK;
    while (code == DZ_OK && dz_rows_next(rows)) {
        DZ_AUTO_FREE char *key = dz_strdup(dz_rows_text(rows, 0));
        DZ_AUTO_FREE char *value = dz_strdup(dz_rows_text(rows, 1));
        code = fn(ctx, key, value, err);
    }
    enum dz_code end = dz_rows_end(rows, code == DZ_OK ? err : NULL);
    return code == DZ_OK ? end : code;
}

static enum dz_code
add_change(struct dz_vault *v, struct dz_batch *b, const struct dz_setting_change *c, size_t *n,
           struct dz_err *err)
{
    DZ_AUTO_BUF struct dz_buf clean = DZ_BUF(2 * DZ_TSP_PEM_MAX);
    DZ_AUTO_FREE char *before = NULL;
    if (c->value != NULL)
        DZ_TRY(dz_setting_check(c->key, dz_view_of(c->value), &clean, err));
    DZ_TRY(dz_setting_get(v, c->key, &before, err));
    if (c->value == NULL ? before == NULL
                         : before != NULL && dz_view_is(dz_buf_view(&clean), before))
        return DZ_OK;
    DZ_AUTO_JSON json_t *fields = json_object();
    dz_json_set_str(fields, "setting", c->key);
    if (c->value != NULL)
        dz_json_set_view(fields, "value", dz_buf_view(&clean));
    DZ_TRY(dz_batch_entry(b, "settings.changed", fields, NULL, NULL, err));
    ++*n;
    return DZ_OK;
}

enum dz_code
dz_settings_change(struct dz_vault *v, const struct dz_setting_change *changes, size_t n,
                   size_t *ret_n, struct dz_err *err)
{
    struct dz_batch *b = NULL;
    size_t changed = 0;
    /* All of them are good, or none is set. */
    for (size_t i = 0; i < n; i++) {
        DZ_AUTO_BUF struct dz_buf clean = DZ_BUF(2 * DZ_TSP_PEM_MAX);
        DZ_TRY(dz_setting_check_key(changes[i].key, err));
        if (changes[i].value != NULL)
            DZ_TRY(dz_setting_check(changes[i].key, dz_view_of(changes[i].value), &clean, err));
    }
    DZ_TRY(dz_batch_begin(v, &b, err));
    enum dz_code code = DZ_OK;
    for (size_t i = 0; i < n && code == DZ_OK; i++)
        code = add_change(v, b, &changes[i], &changed, err);
    if (code == DZ_OK && changed > 0)
        code = dz_batch_commit(b, err);
    dz_batch_end(b);
    if (code == DZ_OK && ret_n != NULL)
        *ret_n = changed;
    return code;
}
