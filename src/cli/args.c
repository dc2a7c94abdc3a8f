#include "dz_args.h"

#include <string.h>

#include "dz_buf.h"
#include "dz_codec.h"
#include "dz_edtf.h"
#include "dz_tr.h"
#include "dz_utf8.h"

#define NAME_MAX_BYTES 63

unsigned
dz_args_distance(const char *a, const char *b)
{
    size_t na = strlen(a);
    size_t nb = strlen(b);
    if (na > NAME_MAX_BYTES || nb > NAME_MAX_BYTES)
        return NAME_MAX_BYTES;
    /* Optimal string alignment: three rows of the table suffice. */
    unsigned rows[3][NAME_MAX_BYTES + 1];
    for (size_t j = 0; j <= nb; j++)
        rows[0][j] = (unsigned)j;
    for (size_t i = 1; i <= na; i++) {
        unsigned *row = rows[i % 3];
        const unsigned *above = rows[(i - 1) % 3];
        row[0] = (unsigned)i;
        for (size_t j = 1; j <= nb; j++) {
            unsigned cost = above[j - 1] + (a[i - 1] != b[j - 1]);
            if (above[j] + 1 < cost)
                cost = above[j] + 1;
            if (row[j - 1] + 1 < cost)
                cost = row[j - 1] + 1;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
                rows[(i - 2) % 3][j - 2] + 1 < cost)
                cost = rows[(i - 2) % 3][j - 2] + 1;
            row[j] = cost;
        }
    }
    return rows[na % 3][nb];
}

const char *
dz_args_nearest(const char *typed, const char *const *names)
{
    const char *best = NULL;
    unsigned best_cost = 3;
    size_t n = strlen(typed);
    for (size_t i = 0; names[i] != NULL; i++) {
        /* The beginning of a name counts as one slip, however much is missing. */
        unsigned cost =
            n >= 2 && strncmp(names[i], typed, n) == 0 ? 1 : dz_args_distance(typed, names[i]);
        /* Half of a short word wrong is another word. */
        if (cost < best_cost && cost * 2 <= n) {
            best_cost = cost;
            best = names[i];
        }
    }
    return best;
}

/* A found option and where its value goes. */
struct found {
    const struct dz_opt *opt;
    char *values;
};

static struct found
find_name(const struct dz_opt_set *sets, size_t n_sets, struct dz_view name)
{
    for (size_t s = 0; s < n_sets; s++)
        for (const struct dz_opt *o = sets[s].opts; o != NULL && o->name != NULL; o++)
            if (dz_view_is(name, o->name))
                return (struct found){o, sets[s].values};
    return (struct found){0};
}

static struct found
find_letter(const struct dz_opt_set *sets, size_t n_sets, char letter)
{
    for (size_t s = 0; s < n_sets; s++)
        for (const struct dz_opt *o = sets[s].opts; o != NULL && o->name != NULL; o++)
            if (o->letter != 0 && o->letter == letter)
                return (struct found){o, sets[s].values};
    return (struct found){0};
}

/* What was mistyped is repeated; what only begins like an option, say a key that was pasted, is
 * not. */
static bool
looks_like_option(const char *typed)
{
    size_t n = strspn(typed, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_");
    return n > 0 && n <= 40 && typed[n] == '\0' && typed[0] != '-';
}

static enum dz_code
unknown_option(const struct dz_opt_set *sets, size_t n_sets, struct dz_view name,
               struct dz_err *err)
{
    const char *names[128];
    size_t n = 0;
    for (size_t s = 0; s < n_sets; s++)
        for (const struct dz_opt *o = sets[s].opts; o != NULL && o->name != NULL; o++)
            if (n < sizeof names / sizeof *names - 1)
                names[n++] = o->name;
    names[n] = NULL;

    DZ_AUTO_FREE char *typed = dz_strndup(name.p, name.n);
    if (!looks_like_option(typed))
        return dz_fail(err, DZ_E_USAGE, "there is no such option: see --help");
    const char *near = dz_args_nearest(typed, names);
    if (near != NULL)
        return dz_fail(err, DZ_E_USAGE, "there is no option '--%s': did you mean '--%s'?", typed,
                       near);
    return dz_fail(err, DZ_E_USAGE, "there is no option '--%s': see --help", typed);
}

static enum dz_code
store_number(const struct dz_opt *o, char *member, const char *text, struct dz_err *err)
{
    uint64_t number;
    if (!dz_parse_u64(dz_view_of(text), &number) || number < o->min || number > o->max)
        return dz_fail(err, DZ_E_USAGE, "--%s: '%s' is not a number from %llu to %llu", o->name,
                       text, (unsigned long long)o->min, (unsigned long long)o->max);
    memcpy(member, &number, sizeof number);
    return DZ_OK;
}

static enum dz_code
store(struct found f, const char *text, struct dz_err *err)
{
    const struct dz_opt *o = f.opt;
    char *member = f.values + o->at;
    switch (o->kind) {
    case DZ_OPT_KIND_FLAG: {
        bool on = true;
        memcpy(member, &on, sizeof on);
        return DZ_OK;
    }
    case DZ_OPT_KIND_NUMBER:
        return store_number(o, member, text, err);
    case DZ_OPT_KIND_DATE: {
        struct dz_edtf *date = NULL;
        if (dz_edtf_parse(dz_view_of(text), &date, err) != DZ_OK) {
            if (err != NULL)
                err->code = DZ_E_USAGE;
            (void)dz_while(err, "--%s: '%s' is not an EDTF date", o->name, text);
            return DZ_E_USAGE;
        }
        dz_edtf_free(date);
        break;
    }
    case DZ_OPT_KIND_TEXT:
        if (dz_utf8_check(dz_view_of(text), NULL) != DZ_OK)
            return dz_fail(err, DZ_E_USAGE, "--%s: the value is not UTF-8", o->name);
        break;
    case DZ_OPT_KIND_PATH:
        break;
    }
    if (text[0] == '\0')
        return dz_fail(err, DZ_E_USAGE, "--%s: the value is empty", o->name);
    memcpy(member, &text, sizeof text);
    return DZ_OK;
}

static enum dz_code
wants_value(const struct dz_opt *o, struct dz_err *err)
{
    return dz_fail(err, DZ_E_USAGE, "--%s needs a value: --%s %s", o->name, o->name, _(o->arg));
}

/* "--name", "--name=value", "--name value". *i stays on the last argument read. */
static enum dz_code
read_long(const struct dz_opt_set *sets, size_t n_sets, int argc, char *const *argv, int *i,
          struct dz_err *err)
{
    const char *text = argv[*i] + 2;
    const char *equals = strchr(text, '=');
    struct dz_view name = {text, equals != NULL ? (size_t)(equals - text) : strlen(text)};
    struct found f = find_name(sets, n_sets, name);
    if (f.opt == NULL)
        return unknown_option(sets, n_sets, name, err);
    if (f.opt->kind == DZ_OPT_KIND_FLAG) {
        if (equals != NULL)
            return dz_fail(err, DZ_E_USAGE, "--%s takes no value", f.opt->name);
        return store(f, NULL, err);
    }
    if (equals != NULL)
        return store(f, equals + 1, err);
    if (*i + 1 >= argc)
        return wants_value(f.opt, err);
    return store(f, argv[++*i], err);
}

/* "-x", "-xVALUE", "-x VALUE", and flags together: "-xy". */
static enum dz_code
read_short(const struct dz_opt_set *sets, size_t n_sets, int argc, char *const *argv, int *i,
           struct dz_err *err)
{
    for (const char *p = argv[*i] + 1; *p != '\0'; p++) {
        struct found f = find_letter(sets, n_sets, *p);
        if (f.opt == NULL && !looks_like_option(argv[*i] + 1))
            return dz_fail(err, DZ_E_USAGE, "there is no such option: see --help");
        if (f.opt == NULL)
            return dz_fail(err, DZ_E_USAGE, "there is no option '%s': see --help", argv[*i]);
        if (f.opt->kind == DZ_OPT_KIND_FLAG) {
            DZ_TRY(store(f, NULL, err));
            continue;
        }
        if (p[1] != '\0')
            return store(f, p + 1, err);
        if (*i + 1 >= argc)
            return wants_value(f.opt, err);
        return store(f, argv[++*i], err);
    }
    return DZ_OK;
}

enum dz_code
dz_args_parse(const struct dz_opt_set *sets, size_t n_sets, enum dz_args_until until, int argc,
              char *const *argv, const char **words, size_t *ret_n, int *ret_used,
              struct dz_err *err)
{
    size_t n = 0;
    bool options = true;
    int i = 0;
    for (; i < argc; i++) {
        const char *arg = argv[i];
        if (!options || arg[0] != '-' || arg[1] == '\0') {
            /* "-" alone is a word: by custom it names standard input. */
            if (until == DZ_ARGS_FIRST_WORD)
                break;
            words[n++] = arg;
        } else if (strcmp(arg, "--") == 0) {
            options = false;
        } else if (arg[1] == '-') {
            DZ_TRY(read_long(sets, n_sets, argc, argv, &i, err));
        } else {
            DZ_TRY(read_short(sets, n_sets, argc, argv, &i, err));
        }
    }
    *ret_n = n;
    if (ret_used != NULL)
        *ret_used = i;
    return DZ_OK;
}
