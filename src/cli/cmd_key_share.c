/* key split and key recover: the member's key as shares on paper, and back.
 *
 * Shares are as secret as the passphrase. They go straight from guarded memory to standard output
 * and from standard input into guarded memory, not through the buffers of other output. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "dz_age.h"
#include "dz_key_cmd.h"
#include "dz_mem.h"
#include "dz_os.h"
#include "dz_secret.h"
#include "dz_slip39.h"

#define INPUT_MAX ((size_t)DZ_SLIP39_GIVEN_MAX * (DZ_SLIP39_TEXT_MAX + 1))

/* Said on standard error, so that standard output holds the shares and nothing else. */
static void
say(const char *text)
{
    if (dz_os_write_all(STDERR_FILENO, text, strlen(text), NULL) != DZ_OK)
        return; /* nobody reads it */
}

/* ---- split ---- */

struct split_values {
    uint64_t shares;
    uint64_t needed;
    bool one_by_one;
};

static const struct dz_opt split_opts[] = {
    DZ_OPT_NUMBER(struct split_values, shares, "shares", N_("N"), 2, DZ_KEY_SHARES_MAX,
                  N_("how many shares to make, at most 16; needed")),
    DZ_OPT_NUMBER(struct split_values, needed, "threshold", N_("K"), 2, DZ_KEY_SHARES_MAX,
                  N_("how many of them open the vault, at least 2; needed")),
    DZ_OPT_FLAG(struct split_values, one_by_one, "one-by-one",
                N_("on a terminal: show one share, wait for Enter, wipe the screen, show the "
                   "next")),
    {0},
};

static enum dz_code
put(const void *p, size_t n, struct dz_err *err)
{
    if (dz_os_write_all(STDOUT_FILENO, p, n, err) != DZ_OK)
        return dz_while(err, "not all shares were printed: they are void, make new ones");
    return DZ_OK;
}

/* For copying onto paper: numbered words, four in a row. */
static enum dz_code
print_for_people(const struct dz_secret *share, unsigned number, unsigned n, unsigned needed,
                 struct dz_err *err)
{
    DZ_AUTO_FREE char *head =
        dz_asprintf(_("Share %u of %u. Any %u of them open the vault."), number, n, needed);
    DZ_TRY(put("\n", 1, err));
    DZ_TRY(put(head, strlen(head), err));
    const char *at = (const char *)dz_secret_peek(share);
    for (unsigned i = 0; *at != '\0'; i++) {
        char place[16];
        size_t n_word = strcspn(at, " ");
        snprintf(place, sizeof place, "%s%2u ", i % 4 == 0 ? "\n  " : "", i + 1);
        DZ_TRY(put(place, strlen(place), err));
        DZ_TRY(put(at, n_word, err));
        DZ_TRY(put("            ", n_word < 12 ? 12 - n_word : 1, err));
        at += n_word;
        at += *at == ' ';
    }
    return put("\n", 1, err);
}

/* Wait for Enter; the next share is shown on an empty screen, also without what was scrolled
 * off. */
static enum dz_code
wait_and_wipe(struct dz_err *err)
{
    static const char wipe[] = "\033[2J\033[3J\033[H";
    say(_("Write it down, then press Enter; the screen is wiped."));
    for (char c = '\0'; c != '\n';) {
        size_t got = 0;
        DZ_TRY(dz_os_read(STDIN_FILENO, &c, 1, &got, err));
        if (got == 0)
            break;
    }
    return put(wipe, sizeof wipe - 1, err);
}

static enum dz_code
print_shares(struct dz_ctx *c, struct dz_secret *const *made, const struct split_values *v,
             struct dz_err *err)
{
    unsigned n = (unsigned)v->shares;
    for (unsigned i = 0; i < n; i++) {
        if (c->out.tty) {
            DZ_TRY(print_for_people(made[i], i + 1, n, (unsigned)v->needed, err));
        } else {
            DZ_TRY(put(dz_secret_peek(made[i]), dz_secret_size(made[i]) - 1, err));
            DZ_TRY(put("\n", 1, err));
        }
        if (v->one_by_one)
            DZ_TRY(wait_and_wipe(err));
    }
    return DZ_OK;
}

static void
tell_split(const struct split_values *v)
{
    DZ_AUTO_FREE char *whoever = dz_asprintf(
        _("* Whoever holds %u of these shares opens everything in this vault, and every "
          "copy of it, without the passphrase. A new passphrase does not change that."),
        (unsigned)v->needed);
    const char *const lines[] = {
        whoever,
        _("* Write each share on paper, by hand. Do not photograph it, send it, or keep it in a "
          "file."),
        _("* Give them to different people in different places, who would not hand them over "
          "together. Not inside occupied territory."),
        _("* dokaz keeps no copy and cannot show them again. Check now that they are right, with "
          "'dokaz key recover' on a copy of the vault."),
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        say(lines[i]);
        say("\n");
    }
}

static enum dz_code
run_split(struct dz_ctx *c, const void *values, struct dz_err *err)
{
    const struct split_values *v = values;
    if (v->shares == 0 || v->needed == 0)
        return dz_fail(err, DZ_E_USAGE,
                       "--shares and --threshold are needed, for example --shares 5 --threshold 3");
    if (v->needed > v->shares)
        return dz_fail(err, DZ_E_USAGE, "--threshold %u is more than the %u shares there are",
                       (unsigned)v->needed, (unsigned)v->shares);
    if (v->one_by_one && (!c->out.tty || isatty(STDIN_FILENO) != 1))
        return dz_fail(err, DZ_E_USAGE, "--one-by-one needs a terminal");
    struct dz_secret *made[DZ_KEY_SHARES_MAX] = {NULL};
    DZ_TRY(dz_vault_split_key(c->vault, (unsigned)v->needed, (unsigned)v->shares, made, err));
    enum dz_code code = print_shares(c, made, v, err);
    for (size_t i = 0; i < v->shares; i++)
        dz_secret_free(made[i]);
    if (code == DZ_OK)
        tell_split(v);
    return code;
}

const struct dz_cmd dz_cmd_key_split = {
    .name = "key split",
    .group = DZ_GROUP_UPKEEP,
    .summary = N_("print shares of the key, some of which open the vault together"),
    .usage = N_("--shares N --threshold K"),
    .help = N_("For the day on which the passphrase is lost, or on which the person who knew it "
               "cannot be asked. Any K of the N shares open the vault with 'dokaz key recover'; "
               "fewer say nothing. A share is 33 words, in the public form SLIP-0039 that other "
               "programs read, too: docs/format/recovery.md says how to open a vault with them "
               "and the age tool, without dokaz.\n\nThe shares go to standard output and nowhere "
               "else; the journal says that they were made and not what they are. Write them on "
               "paper and give them to different people. Whoever holds K of them can open "
               "everything, and shares cannot be taken back.\n\nOf several sets that were made one "
               "after the other each stands alone: shares of two sets do not mix."),
    .opts = split_opts,
    .values_size = sizeof(struct split_values),
    .needs = DZ_NEED_VAULT | DZ_NEED_WRITE,
    .run = run_split,
};

/* ---- recover ---- */

/* One share a line; on a terminal an empty line ends them. */
static enum dz_code
read_shares(struct dz_secret *room, struct dz_view *lines, size_t *ret_n, struct dz_err *err)
{
    bool person = isatty(STDIN_FILENO) == 1;
    char *from = (char *)dz_secret_at(room);
    size_t used = 0, begun = 0, n = 0;
    if (person)
        say(_("Type the shares, one a line, in any order; an empty line ends them.\n"));
    for (bool ended = false; !ended;) {
        size_t got = 0;
        if (used == dz_secret_size(room))
            return dz_fail(err, DZ_E_LIMIT, "standard input is longer than any shares are");
        if (dz_os_read(STDIN_FILENO, from + used, dz_secret_size(room) - used, &got, err) != DZ_OK)
            return dz_while(err, "standard input");
        ended = got == 0;
        used += got;
        while (begun < used || ended) {
            char *end = begun < used ? memchr(from + begun, '\n', used - begun) : NULL;
            size_t n_line = (end != NULL ? (size_t)(end - from) : used) - begun;
            if (end == NULL && !ended)
                break;
            struct dz_view line = dz_view_trim((struct dz_view){from + begun, n_line});
            begun += n_line + (end != NULL);
            if (line.n > 0 && n == DZ_SLIP39_GIVEN_MAX)
                return dz_fail(err, DZ_E_LIMIT, "more than %d shares were given", (int)n);
            if (line.n > 0)
                lines[n++] = line;
            else if (person)
                ended = true;
            if (begun >= used)
                break;
        }
    }
    *ret_n = n;
    return DZ_OK;
}

static enum dz_code
identity_of_shares(struct dz_secret **ret, struct dz_err *err)
{
    DZ_AUTO_SECRET struct dz_secret *room = NULL;
    DZ_AUTO_SECRET struct dz_secret *identity = NULL;
    DZ_TRY(dz_secret_new(INPUT_MAX, &room, err));
    DZ_AUTO_FREE struct dz_view *lines = dz_alloc_array(DZ_SLIP39_GIVEN_MAX, sizeof *lines);
    size_t n = 0;
    DZ_TRY(read_shares(room, lines, &n, err));
    DZ_TRY(dz_slip39_combine(lines, n, "", &identity, err));
    if (dz_secret_size(identity) != DZ_X25519_BYTES)
        return dz_fail(err, DZ_E_INPUT, "these shares are of something else than a vault's key");
    *ret = identity;
    identity = NULL;
    return DZ_OK;
}

static enum dz_code
run_recover(struct dz_ctx *c, const void *values, struct dz_err *err)
{
    const struct dz_new_passphrase *v = values;
    enum dz_strength strength = DZ_STRENGTH_USUAL;
    DZ_TRY(dz_key_strength(v->strength, &strength, err));
    DZ_TRY(dz_ctx_has_vault(c, err));
    DZ_TRY(identity_of_shares(&c->identity, err));
    DZ_TRY(dz_ctx_open(c, DZ_OPEN_WRITE, err));
    DZ_AUTO_SECRET struct dz_secret *fresh = NULL;
    DZ_TRY(dz_prompt_passphrase(v->file, true, &fresh, err));
    DZ_TRY(dz_vault_change_passphrase(c->vault, fresh, strength, true, err));
    dz_out_f(&c->out, "%s\n\n", _("The vault was opened with shares and has a new passphrase."));
    dz_key_tell_changed(&c->out);
    return DZ_OK;
}

static const struct dz_opt recover_opts[] = {
    DZ_KEY_NEW_PASSPHRASE,
    {0},
};

const struct dz_cmd dz_cmd_key_recover = {
    .name = "key recover",
    .group = DZ_GROUP_UPKEEP,
    .summary = N_("open the vault with shares of its key, and set a new passphrase"),
    .usage = "",
    .help = N_("Reads the shares from standard input, one a line, in any order; upper case and "
               "words cut to their first four letters will do. Then asks for a new passphrase. "
               "The journal says that shares were used.\n\nThe shares stay valid. When they have "
               "been lying on one table, think of who saw them: a new passphrase does not make "
               "them void."),
    .opts = recover_opts,
    .values_size = sizeof(struct dz_new_passphrase),
    .needs = DZ_NEED_PATH,
    .run = run_recover,
};
