/* Options as data: one table for each command, read into one struct of plain values.
 *
 * A table row names the member that it fills, and DZ_OPT_* checks at compile time that the
 * member has the type of its kind. Help, man page and completion are printed from the same rows.
 * Options may stand before, between and after the words; "--" ends them. */
#ifndef DZ_ARGS_H
#define DZ_ARGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dz_err.h"

enum dz_opt_kind {
    DZ_OPT_KIND_FLAG,   /* bool */
    DZ_OPT_KIND_TEXT,   /* const char *, checked UTF-8 */
    DZ_OPT_KIND_PATH,   /* const char *, bytes */
    DZ_OPT_KIND_DATE,   /* const char *, checked EDTF */
    DZ_OPT_KIND_NUMBER, /* uint64_t, min..max */
};

struct dz_opt {
    const char *name; /* without the dashes; NULL ends a table */
    char letter;      /* 0: none */
    enum dz_opt_kind kind;
    size_t at;        /* offset of the member in the struct of values */
    const char *arg;  /* name of the value in help, N_(); NULL for flags */
    const char *help; /* one sentence, N_() */
    uint64_t min;     /* NUMBER only */
    uint64_t max;
};

/* Offset of a member, and at compile time its type. */
#define DZ_OPT_AT(type, strct, member)                                                        \
    (offsetof(strct, member) +                                                                \
     0 * sizeof(struct {                                                                      \
         _Static_assert(__builtin_types_compatible_p(type, __typeof__(((strct *)0)->member)), \
                        "the option's kind does not fit the member " #member);                \
         int unused;                                                                          \
     }))

#define DZ_OPT_FLAG(strct, member, opt_name, ...)                                           \
    {                                                                                       \
        .name = (opt_name), .kind = DZ_OPT_KIND_FLAG, .at = DZ_OPT_AT(bool, strct, member), \
        .help = __VA_ARGS__                                                                 \
    }
#define DZ_OPT_TEXT(strct, member, opt_name, opt_arg, ...)                                  \
    {                                                                                       \
        .name = (opt_name), .kind = DZ_OPT_KIND_TEXT,                                       \
        .at = DZ_OPT_AT(const char *, strct, member), .arg = (opt_arg), .help = __VA_ARGS__ \
    }
#define DZ_OPT_PATH(strct, member, opt_name, opt_arg, ...)                                  \
    {                                                                                       \
        .name = (opt_name), .kind = DZ_OPT_KIND_PATH,                                       \
        .at = DZ_OPT_AT(const char *, strct, member), .arg = (opt_arg), .help = __VA_ARGS__ \
    }
#define DZ_OPT_DATE(strct, member, opt_name, ...)                                            \
    {                                                                                        \
        .name = (opt_name), .kind = DZ_OPT_KIND_DATE,                                        \
        .at = DZ_OPT_AT(const char *, strct, member), .arg = N_("DATE"), .help = __VA_ARGS__ \
    }
#define DZ_OPT_NUMBER(strct, member, opt_name, opt_arg, least, most, ...)                         \
    {                                                                                             \
        .name = (opt_name), .kind = DZ_OPT_KIND_NUMBER, .at = DZ_OPT_AT(uint64_t, strct, member), \
        .arg = (opt_arg), .min = (least), .max = (most), .help = __VA_ARGS__                      \
    }

/** A table and the struct that its values go to. */
struct dz_opt_set {
    const struct dz_opt *opts; /* NULL: none */
    void *values;
};

enum dz_args_until {
    DZ_ARGS_ALL,       /* read to the end */
    DZ_ARGS_FIRST_WORD /* stop in front of the first word */
};

/** Read options and words. Values point into argv.
 *  @param sets      tables in order; the first that knows a name gets it
 *  @param words     filled with the words, room for argc of them
 *  @param ret_n     number of words
 *  @param ret_used  arguments read (with DZ_ARGS_FIRST_WORD: index of the word), may be NULL
 *  @return DZ_OK; DZ_E_USAGE naming the option, and the nearest known one where it is unknown */
DZ_MUSTUSE enum dz_code
dz_args_parse(const struct dz_opt_set *sets, size_t n_sets, enum dz_args_until until, int argc,
              char *const *argv, const char **words, size_t *ret_n, int *ret_used,
              struct dz_err *err);

/** Edits (insert, drop, replace, swap of neighbours) between two short names, at most 63 bytes. */
unsigned
dz_args_distance(const char *a, const char *b);
/** The one of names (NULL-ended) that the typed word was probably meant to be, or NULL. */
const char *
dz_args_nearest(const char *typed, const char *const *names);

#endif
