/* doctor: what on this computer could hurt the vault or whoever relies on it. */
#define _GNU_SOURCE /* AT_FDCWD */
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "dz_box.h"
#include "dz_browser.h"
#include "dz_cmd.h"
#include "dz_db.h"
#include "dz_extract.h"
#include "dz_json.h"
#include "dz_mem.h"
#include "dz_os.h"
#include "dz_queue.h"
#include "dz_rules.h"
#include "dz_shot.h"
#include "dz_source.h"
#include "dz_vault.h"

/* Guarded memory for the keys of one open vault, with room for the passphrase and a copy. */
#define LOCK_LEAST ((rlim_t)256 << 10)

enum level { LEVEL_OK, LEVEL_WARNING, LEVEL_PROBLEM };

struct exam {
    struct dz_ctx *c;
    size_t n_warnings;
    size_t n_problems;
};

static void
say(struct exam *x, enum level level, const char *what, const char *found)
{
    static const char *const ids[] = {"ok", "warning", "problem"};
    static const char *const words[] = {N_("ok"), N_("warning"), N_("problem")};
    x->n_warnings += level == LEVEL_WARNING;
    x->n_problems += level == LEVEL_PROBLEM;
    if (x->c->json) {
        json_t *line = json_object();
        dz_json_set_str(line, "check", what);
        dz_json_set_str(line, "level", ids[level]);
        dz_json_set_str(line, "found", found);
        dz_out_json_new(&x->c->out, line);
        return;
    }
    DZ_AUTO_BUF struct dz_buf line = DZ_BUF(1 << 16);
    dz_buf_addf(&line, "%s: ", _(what));
    dz_buf_adds(&line, found);
    dz_out_text(&x->c->out, _(words[level]));
    size_t at = dz_out_columns(dz_view_of(_(words[level])));
    dz_out_wrap(&x->c->out, dz_buf_view(&line), 16, at < 16 ? at : 0);
}

static void
exam_program(struct exam *x)
{
    DZ_AUTO_FREE char *version =
        dz_asprintf(_("dokaz %s, codebook %s"), DZ_VERSION, dz_rules_version(x->c->rules));
    say(x, LEVEL_OK, N_("program"), version);
#ifdef DZ_WEAK_KDF
    say(x, LEVEL_WARNING, N_("build"),
        _("this is a test build: it accepts weak passphrase protection; never use it for real "
          "evidence"));
#endif
    const char *locale = setlocale(LC_CTYPE, NULL);
    bool utf8 = locale != NULL && strstr(locale, "UTF-8") != NULL;
    say(x, utf8 ? LEVEL_OK : LEVEL_WARNING, N_("locale"),
        utf8 ? "C.UTF-8" : _("C.UTF-8 is missing: messages are in English only"));
    /* A message that is the same in both languages has found no catalogue. */
    enum dz_lang lang = dz_lang_get();
    dz_lang_set(DZ_LANG_UK);
    bool translated = strcmp(_("problem"), "problem") != 0;
    dz_lang_set(lang);
    say(x, translated ? LEVEL_OK : LEVEL_WARNING, N_("translations"),
        translated ? _("found") : _("the Ukrainian messages were not found: install again"));
}

static void
exam_memory(struct exam *x)
{
    struct rlimit limit = {0};
    if (getrlimit(RLIMIT_MEMLOCK, &limit) == 0) {
        bool enough = limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur >= LOCK_LEAST;
        DZ_AUTO_FREE char *found =
            limit.rlim_cur == RLIM_INFINITY
                ? dz_strdup(_("unlimited"))
                : dz_asprintf(_("%llu KiB"), (unsigned long long)limit.rlim_cur / 1024);
        DZ_AUTO_FREE char *short_of =
            dz_asprintf(_("%s: keys may be written to swap; raise it with ulimit -l"), found);
        say(x, enough ? LEVEL_OK : LEVEL_WARNING, N_("locked memory"), enough ? found : short_of);
    }
    bool closed = prctl(PR_GET_DUMPABLE) == 0;
    say(x, closed ? LEVEL_OK : LEVEL_WARNING, N_("core dumps"),
        closed ? _("switched off") : _("could not be switched off: keys may land in a dump"));
}

/* Swap that is surely encrypted: device-mapper volumes of cryptsetup carry CRYPT in their uuid;
 * zram keeps in memory. */
static bool
swap_is_sealed(const char *device)
{
    const char *name = strrchr(device, '/');
    name = name != NULL ? name + 1 : device;
    if (strncmp(name, "zram", 4) == 0)
        return true;
    DZ_AUTO_FREE char *path = dz_asprintf("/sys/block/%s/dm/uuid", name);
    DZ_AUTO_BUF struct dz_buf uuid = DZ_BUF(4096);
    return dz_os_slurp(AT_FDCWD, path, 4000, &uuid, NULL) == DZ_OK &&
           dz_view_starts(dz_buf_view(&uuid), "CRYPT-");
}

static void
exam_swap(struct exam *x)
{
    DZ_AUTO_BUF struct dz_buf table = DZ_BUF(1 << 16);
    if (dz_os_slurp(AT_FDCWD, "/proc/swaps", 60000, &table, NULL) != DZ_OK || table.n == 0) {
        say(x, LEVEL_WARNING, N_("swap"), _("cannot be examined on this computer"));
        return;
    }
    /* One line a swap area after the head line; its first word is the device. */
    size_t open = 0;
    size_t areas = 0;
    const char *line = strchr(table.p, '\n');
    while (line != NULL && line[1] != '\0') {
        line++;
        DZ_AUTO_FREE char *device = dz_strndup(line, strcspn(line, " \t\n"));
        areas++;
        open += !swap_is_sealed(device);
        line = strchr(line, '\n');
    }
    if (open > 0)
        say(x, LEVEL_WARNING, N_("swap"),
            _("there is swap that is not known to be encrypted: texts shown by dokaz may be "
              "written there; encrypt it or switch it off with swapoff -a"));
    else
        say(x, LEVEL_OK, N_("swap"), areas == 0 ? _("none") : _("encrypted or in memory only"));
}

/* Pictures of captured pages are made by a browser that may not be there. */
static void
exam_pictures(struct exam *x, struct dz_box *box)
{
    struct dz_err err = {0};
    DZ_AUTO_FREE char *browser = NULL;
    if (dz_browser_find(NULL, &browser, NULL) != DZ_OK) {
        say(x, LEVEL_OK, N_("pictures of pages"),
            _("no Chromium in PATH: 'dokaz capture --screenshot' is refused"));
        return;
    }
    const struct dz_shot_opts how = {.box = box, .browser = browser};
    enum dz_code code = dz_shot_check(&how, &err);
    say(x, code == DZ_OK ? LEVEL_OK : LEVEL_WARNING, N_("pictures of pages"),
        code == DZ_OK ? _("Chromium is there and works when it is locked in") : err.msg);
}

/* Foreign files are read by other programs, which lock themselves in as the kernel allows. */
static void
exam_readers(struct exam *x)
{
    struct dz_err err = {0};
    DZ_AUTO_BOX struct dz_box *box = NULL;
    int abi = dz_box_landlock_abi();
    DZ_AUTO_FREE char *version = dz_asprintf(_("version %d of the kernel's interface"), abi);
    say(x, abi > 0 ? LEVEL_OK : LEVEL_WARNING, N_("Landlock"),
        abi > 0 ? version
                : _("this kernel has none: foreign files are only read with --without-landlock, "
                    "behind fewer locks"));
    struct dz_box_opts opts = {.without_landlock = abi == 0};
    enum dz_code code = dz_box_new(&opts, &box, &err);
    if (code == DZ_OK)
        code = dz_extract_try(box, &err);
    say(x, code == DZ_OK ? LEVEL_OK : LEVEL_PROBLEM, N_("reading of files"),
        code == DZ_OK ? _("every reader starts, locks itself in and answers") : err.msg);
    if (box != NULL)
        exam_pictures(x, box);
}

/* Each part of the key table has two copies, NAME.a and NAME.b: one alone is one accident away from
 * losing everything. */
static enum dz_code
exam_keytable(struct exam *x, struct dz_err *err)
{
    DZ_AUTO_FREE char *folder = dz_asprintf("%s/keytable", x->c->vault_path);
    char **names = NULL;
    size_t n = 0;
    size_t pairs = 0;
    DZ_TRY(dz_os_list(AT_FDCWD, folder, &names, &n, err));
    for (size_t i = 0; i + 1 < n; i++) {
        size_t stem = strlen(names[i]) - 1;
        pairs += stem > 0 && strcmp(names[i] + stem, "a") == 0 &&
                 strncmp(names[i], names[i + 1], stem) == 0 &&
                 strcmp(names[i + 1] + stem, "b") == 0;
    }
    dz_os_names_free(names, n);
    if (pairs > 0 && pairs * 2 == n)
        say(x, LEVEL_OK, N_("key table"), _("both copies are there"));
    else
        say(x, LEVEL_PROBLEM, N_("key table"),
            _("a copy is missing: make a backup now, then run 'dokaz verify'"));
    return DZ_OK;
}

static enum dz_code
exam_database(struct exam *x, struct dz_err *err)
{
    DZ_AUTO_FREE char *sqlite = NULL;
    DZ_AUTO_FREE char *cipher = NULL;
    struct dz_db *db = dz_vault_db(x->c->vault);
    DZ_TRY(dz_db_get_text(db, DZ_Q_SQLITE_VERSION, &sqlite, err, DZ_NO_ARGS));
    DZ_TRY(dz_db_get_text(db, DZ_Q_CIPHER_VERSION, &cipher, err, DZ_NO_ARGS));
    DZ_AUTO_FREE char *found = dz_asprintf("SQLCipher %s, SQLite %s", cipher != NULL ? cipher : "?",
                                           sqlite != NULL ? sqlite : "?");
    /* Without the cipher the tables would lie open on the disk. */
    say(x, cipher != NULL ? LEVEL_OK : LEVEL_PROBLEM, N_("database"), found);
    return DZ_OK;
}

static enum dz_code
exam_vault(struct exam *x, struct dz_err *err)
{
    struct dz_ctx *c = x->c;
    DZ_TRY(dz_ctx_open(c, DZ_OPEN_READ, err));
    char root[DZ_HEX32];
    uint64_t entries = dz_vault_version(c->vault, root);
    DZ_AUTO_FREE char *state = dz_asprintf(_("%s opens; %llu entries, tables up to date"),
                                           c->vault_path, (unsigned long long)entries);
    say(x, LEVEL_OK, N_("vault"), state);
    DZ_TRY(exam_database(x, err));
    DZ_TRY(exam_keytable(x, err));
    uint64_t unread = 0;
    uint64_t stale = 0;
    DZ_TRY(dz_sources_backlog(c->vault, &unread, err));
    DZ_TRY(dz_queue_backlog(c->vault, c->rules, &stale, err));
    DZ_AUTO_FREE char *waiting =
        dz_asprintf(_("%llu sources wait to be read, %llu to be searched for suggestions"),
                    (unsigned long long)unread, (unsigned long long)stale);
    say(x, unread > 0 ? LEVEL_WARNING : LEVEL_OK, N_("backlog"), waiting);
    return DZ_OK;
}

static enum dz_code
run(struct dz_ctx *c, const void *values, struct dz_err *err)
{
    (void)values;
    struct exam x = {.c = c};
    exam_program(&x);
    exam_memory(&x);
    exam_swap(&x);
    exam_readers(&x);
    if (c->vault_path != NULL)
        DZ_TRY(exam_vault(&x, err));
    else
        say(&x, LEVEL_OK, N_("vault"), _("none here; name one with -C VAULT to have it examined"));
    if (x.n_problems > 0)
        return dz_fail(err, DZ_E_IO, "there are problems: see the lines above");
    return DZ_OK;
}

const struct dz_cmd dz_cmd_doctor = {
    .name = "doctor",
    .group = DZ_GROUP_UPKEEP,
    .summary = N_("examine the installation, and the vault if there is one"),
    .usage = "",
    .help = N_("Warnings name what could leak or fail and what to do about it. The exit status is "
               "1 when there is a problem."),
    .needs = DZ_NEED_PATH | DZ_NEED_RULES | DZ_HAS_JSON,
    .run = run,
};
