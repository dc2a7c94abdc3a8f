/* What checks of foreign folders say, line by line, to whoever asked: dz_bag.h, dz_package.h. */
#ifndef DZ_CHECK_H
#define DZ_CHECK_H

enum dz_check_class {
    DZ_CHECK_FINDING, /* it is not what it claims to be */
    DZ_CHECK_NOTICE,  /* it holds, and there is something to know about it */
    DZ_CHECK_FACT     /* what was proven */
};

struct dz_check_line {
    enum dz_check_class cls;
    const char *code;    /* stable name of the kind of line, in every language: "bag-checksum" */
    const char *thing;   /* path inside the folder, or an id; not cleaned for a terminal */
    const char *message; /* translated, one line */
};

/** Gets each line as it is found; nothing of it lives longer than the call. */
typedef void
dz_check_fn(void *ctx, const struct dz_check_line *line);

#endif
