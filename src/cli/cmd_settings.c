/* settings: what this vault is told about the world outside. */
#define _GNU_SOURCE /* AT_FDCWD */
#include <fcntl.h>
#include <string.h>

#include "dz_cmd.h"
#include "dz_json.h"
#include "dz_os.h"
#include "dz_setting.h"
#include "dz_time.h"
#include "dz_tsp.h"
#include "dz_vault.h"

struct values {
    bool remove;
    const char *certificates;
};

static const struct dz_opt opts[] = {
    DZ_OPT_FLAG(struct values, remove, "remove", N_("take the setting back")),
    DZ_OPT_PATH(struct values, certificates, "certificates", N_("FILE"),
                N_("with timestamp.NAME: also set the certificates of that authority")),
    {0},
};

/* ---- showing ---- */

struct summary {
    struct dz_buf *out;
    size_t n;
};

static void
add_certificate(void *ctx, const struct dz_tsp_certificate *c)
{
    struct summary *s = ctx;
    char until[40];
    dz_time_format(c->valid_until_us, until);
    until[10] = '\0'; /* the day */
    dz_buf_adds(s->out, s->n++ > 0 ? "; " : "");
    dz_buf_addf(s->out, _("%s, valid until %s, SHA-256 %s"), c->subject, until, c->sha256);
}

/* One line for people: an address as it is, certificates by their names and hashes. */
static void
value_words(const char *key, const char *value, struct dz_buf *out)
{
    struct summary s = {.out = out};
    if (dz_setting_kind(key) != DZ_SETTING_CERTIFICATES ||
        dz_tsp_each_certificate(dz_view_of(value), add_certificate, &s, NULL) != DZ_OK)
        dz_buf_adds(out, value);
}

static enum dz_code
list_one(void *ctx, const char *key, const char *value, struct dz_err *err)
{
    (void)err;
    struct dz_ctx *c = ctx;
    DZ_AUTO_BUF struct dz_buf words = DZ_BUF(1u << 20);
    if (c->json) {
        json_t *line = json_object();
        dz_json_set_str(line, "setting", key);
        dz_json_set_str(line, "value", value);
        dz_out_json_new(&c->out, line);
        return DZ_OK;
    }
    value_words(key, value, &words);
    dz_out_f(&c->out, "%s = ", key);
    dz_out_line(&c->out, dz_buf_view(&words), 4000);
    dz_out_text(&c->out, "\n");
    return DZ_OK;
}

struct counting {
    struct dz_ctx *c;
    size_t n;
};

static enum dz_code
list_counted(void *ctx, const char *key, const char *value, struct dz_err *err)
{
    struct counting *counting = ctx;
    counting->n++;
    return list_one(counting->c, key, value, err);
}

static enum dz_code
list(struct dz_ctx *c, struct dz_err *err)
{
    struct counting counting = {.c = c};
    DZ_TRY(dz_ctx_open(c, DZ_OPEN_READ, err));
    DZ_TRY(dz_settings_each(c->vault, list_counted, &counting, err));
    if (counting.n == 0 && !c->json)
        dz_out_f(&c->out, "%s\n", _("Nothing is set. 'dokaz help settings' says what can be."));
    return DZ_OK;
}

static enum dz_code
show(struct dz_ctx *c, const char *key, struct dz_err *err)
{
    DZ_TRY(dz_setting_check_key(key, err));
    DZ_TRY(dz_ctx_open(c, DZ_OPEN_READ, err));
    DZ_AUTO_FREE char *value = NULL;
    DZ_TRY(dz_setting_get(c->vault, key, &value, err));
    if (value == NULL)
        return dz_fail(err, DZ_E_NOTFOUND, "%s is not set", key);
    if (c->json)
        return list_one(c, key, value, err);
    dz_out_lines(&c->out, dz_view_of(value));
    if (value[0] != '\0' && value[strlen(value) - 1] != '\n')
        dz_out_text(&c->out, "\n");
    return DZ_OK;
}

/* ---- changing ---- */

static enum dz_code
read_certificates(const char *path, struct dz_buf *out, struct dz_err *err)
{
    DZ_AUTO_BUF struct dz_buf file = DZ_BUF(DZ_TSP_PEM_MAX);
    if (dz_os_slurp(AT_FDCWD, path, DZ_TSP_PEM_MAX, &file, err) != DZ_OK ||
        dz_tsp_certificates(dz_buf_view(&file), out, err) != DZ_OK)
        return dz_while(err, "'%s'", path);
    return DZ_OK;
}

static enum dz_code
change(struct dz_ctx *c, const struct dz_setting_change *changes, size_t n, struct dz_err *err)
{
    size_t n_changed = 0;
    DZ_TRY(dz_settings_change(c->vault, changes, n, &n_changed, err));
    if (c->json)
        return DZ_OK;
    for (size_t i = 0; i < n && n_changed > 0; i++) {
        if (changes[i].value == NULL)
            dz_out_f(&c->out, _("%s is not set any more."), changes[i].key);
        else {
            DZ_AUTO_BUF struct dz_buf words = DZ_BUF(1u << 20);
            value_words(changes[i].key, changes[i].value, &words);
            dz_out_f(&c->out, "%s = ", changes[i].key);
            dz_out_line(&c->out, dz_buf_view(&words), 4000);
        }
        dz_out_text(&c->out, "\n");
    }
    if (n_changed == 0)
        dz_out_f(&c->out, "%s\n", _("Nothing had to be changed."));
    return DZ_OK;
}

static enum dz_code
remove_setting(struct dz_ctx *c, const char *key, struct dz_err *err)
{
    DZ_TRY(dz_setting_check_key(key, err));
    DZ_TRY(dz_ctx_open(c, DZ_OPEN_WRITE, err));
    DZ_AUTO_FREE char *value = NULL, *certificates = NULL;
    DZ_TRY(dz_setting_get(c->vault, key, &value, err));
    if (value == NULL)
        return dz_fail(err, DZ_E_NOTFOUND, "%s is not set", key);
    /* An authority goes with its certificates. */
    DZ_AUTO_FREE char *also = dz_asprintf("%s.certificates", key);
    if (dz_setting_kind(key) == DZ_SETTING_ADDRESS)
        DZ_TRY(dz_setting_get(c->vault, also, &certificates, err));
    const struct dz_setting_change changes[] = {{.key = key}, {.key = also}};
    return change(c, changes, certificates != NULL ? 2 : 1, err);
}

/* An authority without certificates could not be believed, so the first setting takes both. */
static enum dz_code
set_authority(struct dz_ctx *c, const char *key, const char *address, const char *file,
              struct dz_err *err)
{
    DZ_AUTO_BUF struct dz_buf pem = DZ_BUF(2 * DZ_TSP_PEM_MAX);
    DZ_AUTO_BUF struct dz_buf checked = DZ_BUF(65536);
    DZ_AUTO_FREE char *known = NULL;
    DZ_AUTO_FREE char *also = dz_asprintf("%s.certificates", key);
    DZ_TRY(dz_setting_check(key, dz_view_of(address), &checked, err));
    if (file != NULL)
        DZ_TRY(read_certificates(file, &pem, err));
    DZ_TRY(dz_ctx_open(c, DZ_OPEN_WRITE, err));
    if (file == NULL)
        DZ_TRY(dz_setting_get(c->vault, also, &known, err));
    if (file == NULL && known == NULL)
        return dz_fail(err, DZ_E_USAGE,
                       "--certificates FILE is needed: the authority publishes the certificates "
                       "that its timestamps lead to; without them anybody could have made one");
    const struct dz_setting_change changes[] = {{.key = key, .value = address},
                                                {.key = also, .value = pem.p}};
    return change(c, changes, file != NULL ? 2 : 1, err);
}

static enum dz_code
set(struct dz_ctx *c, const char *key, const char *value, const struct values *v,
    struct dz_err *err)
{
    DZ_TRY(dz_setting_check_key(key, err));
    enum dz_setting_kind kind = dz_setting_kind(key);
    if (kind == DZ_SETTING_ADDRESS)
        return set_authority(c, key, value, v->certificates, err);
    if (v->certificates != NULL)
        return dz_fail(err, DZ_E_USAGE, "--certificates belongs to timestamp.NAME ADDRESS");
    DZ_AUTO_BUF struct dz_buf kept = DZ_BUF(2 * DZ_TSP_PEM_MAX);
    if (kind == DZ_SETTING_CERTIFICATES)
        DZ_TRY(read_certificates(value, &kept, err));
    else
        DZ_TRY(dz_setting_check(key, dz_view_of(value), &kept, err));
    DZ_TRY(dz_ctx_open(c, DZ_OPEN_WRITE, err));
    const struct dz_setting_change one = {.key = key, .value = kept.p};
    return change(c, &one, 1, err);
}

static enum dz_code
run(struct dz_ctx *c, const void *values, struct dz_err *err)
{
    const struct values *v = values;
    if (c->vault_path == NULL)
        return dz_fail(err, DZ_E_NOTFOUND,
                       "there is no vault here or above: name one with -C VAULT");
    if (v->remove && (c->n_words != 1 || v->certificates != NULL))
        return dz_fail(err, DZ_E_USAGE, "--remove takes the name of one setting and nothing else");
    if (v->certificates != NULL && c->n_words != 2)
        return dz_fail(err, DZ_E_USAGE, "--certificates belongs to timestamp.NAME ADDRESS");
    if (v->remove)
        return remove_setting(c, c->words[0], err);
    if (c->n_words == 0)
        return list(c, err);
    return c->n_words == 1 ? show(c, c->words[0], err) : set(c, c->words[0], c->words[1], v, err);
}

const struct dz_cmd dz_cmd_settings = {
    .name = "settings",
    .group = DZ_GROUP_UPKEEP,
    .summary = N_("show or change what this vault is told about the network, and its name"),
    .usage = N_("[KEY [VALUE]]"),
    .help = N_(
        "Without words everything that is set is listed; with KEY one value is shown, with VALUE "
        "it is set. Settings are kept in the journal and travel with the vault. Nothing is set at "
        "first, and dokaz goes nowhere by itself.\n\n"
        "timestamp.NAME ADDRESS --certificates FILE sets an authority for 'dokaz timestamp'; NAME "
        "is yours to choose. FILE holds the certificates (PEM) that the authority publishes: "
        "compare their SHA-256 with what it says elsewhere. Set several authorities, so that no "
        "single one has to be believed.\n\n"
        "network.proxy is http://HOST:PORT or socks5h://HOST:PORT (Tor: "
        "socks5h://127.0.0.1:9050); proxies of the environment are not used. network.timeout is in "
        "seconds. network.certificates FILE names certificates of servers that are trusted besides "
        "the system's.\n\n"
        "organization NAME stands in packages as where they come from; without it nothing does."),
    .opts = opts,
    .values_size = sizeof(struct values),
    .needs = DZ_NEED_PATH | DZ_HAS_JSON,
    .max_words = 2,
    .run = run,
};
