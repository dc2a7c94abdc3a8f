#include "dz_rules_priv.h"

#include <string.h>

#include "dz_data.h"

static bool
next_line(struct dz_view *rest, struct dz_view *ret)
{
    if (rest->n == 0)
        return false;
    const char *end = memchr(rest->p, '\n', rest->n);
    size_t n = end ? (size_t)(end - rest->p) : rest->n;
    *ret = (struct dz_view){rest->p, n};
    size_t step = n + (end != NULL);
    rest->p += step;
    rest->n -= step;
    return true;
}

/* Indented lines that continue a value; comments between them are passed over. */
static void
join_continuations(struct dz_view *rest, struct dz_buf *value)
{
    while (rest->n > 0 && (rest->p[0] == ' ' || rest->p[0] == '\t')) {
        struct dz_view more;
        if (!next_line(rest, &more))
            return;
        dz_buf_addc(value, ' ');
        dz_buf_addv(value, dz_view_trim(more));
    }
}

enum dz_code
dz_ini_each(const char *name, void (*each)(void *arg, const struct dz_ini_line *line), void *arg,
            struct dz_err *err)
{
    struct dz_data file;
    if (!dz_data_find(name, &file))
        return dz_fail(err, DZ_E_CORRUPT, "the built-in file '%s' is missing", name);
    return dz_ini_read((struct dz_view){(const char *)file.bytes, file.size}, name, each, arg, err);
}

enum dz_code
dz_ini_read(struct dz_view rest, const char *name,
            void (*each)(void *arg, const struct dz_ini_line *line), void *arg, struct dz_err *err)
{
    struct dz_view line, section = {0};
    struct dz_buf value DZ_AUTO_BUF = DZ_BUF((size_t)1 << 20);
    while (next_line(&rest, &line)) {
        line = dz_view_trim(line);
        if (line.n == 0 || line.p[0] == '#')
            continue;
        if (line.p[0] == '[' && line.p[line.n - 1] == ']') {
            section = (struct dz_view){line.p + 1, line.n - 2};
            continue;
        }
        const char *sign = memchr(line.p, '=', line.n);
        if (!sign || section.n == 0)
            return dz_fail(err, DZ_E_CORRUPT, "the built-in file '%s' has a line without a key",
                           name);
        size_t n = (size_t)(sign - line.p);
        dz_buf_reset(&value);
        dz_buf_addv(&value, dz_view_trim((struct dz_view){sign + 1, line.n - n - 1}));
        join_continuations(&rest, &value);
        struct dz_ini_line found = {
            .section = section,
            .key = dz_view_trim((struct dz_view){line.p, n}),
            .value = dz_buf_view(&value),
        };
        each(arg, &found);
    }
    return DZ_OK;
}
