#include <math.h>

#include "dz_eval_priv.h"
#include "dz_mem.h"

/* The assignment problem by shortest augmenting paths (Kuhn, Munkres; the form with potentials for
 * rows and columns). Rows and columns count from 1; 0 is where a path begins. */

struct paths {
    const double *weights;
    size_t n, m, size;
    double *row, *column; /* potentials */
    size_t *of_column;    /* row that has the column */
    size_t *from;         /* column in front on the path */
    double *slack;
    bool *seen;
};

static double
cost(const struct paths *p, size_t i, size_t j)
{
    if (i > p->n || j > p->m)
        return 0;
    double weight = p->weights[(i - 1) * p->m + j - 1];
    return weight > 0 ? -weight : 0;
}

/* Widen the tree of tight edges from column `at` by the nearest column, which is returned. */
static size_t
widen(struct paths *p, size_t at)
{
    size_t row = p->of_column[at], nearest = 0;
    double least = HUGE_VAL;
    p->seen[at] = true;
    for (size_t j = 1; j <= p->size; j++) {
        if (p->seen[j])
            continue;
        double now = cost(p, row, j) - p->row[row] - p->column[j];
        if (now < p->slack[j]) {
            p->slack[j] = now;
            p->from[j] = at;
        }
        if (p->slack[j] < least) {
            least = p->slack[j];
            nearest = j;
        }
    }
    for (size_t j = 0; j <= p->size; j++) {
        if (p->seen[j]) {
            p->row[p->of_column[j]] += least;
            p->column[j] -= least;
        } else {
            p->slack[j] -= least;
        }
    }
    return nearest;
}

static void
place_row(struct paths *p, size_t row)
{
    p->of_column[0] = row;
    for (size_t j = 0; j <= p->size; j++) {
        p->slack[j] = HUGE_VAL;
        p->seen[j] = false;
    }
    size_t at = 0;
    do {
        at = widen(p, at);
    } while (p->of_column[at] != 0);
    while (at != 0) {
        p->of_column[at] = p->of_column[p->from[at]];
        at = p->from[at];
    }
}

void
dz_eval_assign(const double *weights, size_t n, size_t m, size_t *partner)
{
    for (size_t i = 0; i < n; i++)
        partner[i] = SIZE_MAX;
    if (n == 0 || m == 0)
        return;
    size_t size = n > m ? n : m;
    struct paths p = {.weights = weights, .n = n, .m = m, .size = size};
    p.row = dz_alloc_array(size + 1, sizeof *p.row);
    p.column = dz_alloc_array(size + 1, sizeof *p.column);
    p.slack = dz_alloc_array(size + 1, sizeof *p.slack);
    p.of_column = dz_alloc_array(size + 1, sizeof *p.of_column);
    p.from = dz_alloc_array(size + 1, sizeof *p.from);
    p.seen = dz_alloc_array(size + 1, sizeof *p.seen);
    for (size_t i = 1; i <= size; i++)
        place_row(&p, i);
    for (size_t j = 1; j <= m; j++) {
        size_t i = p.of_column[j];
        if (i > 0 && i <= n && weights[(i - 1) * m + j - 1] > 0)
            partner[i - 1] = j - 1;
    }
    dz_free(p.row);
    dz_free(p.column);
    dz_free(p.slack);
    dz_free(p.of_column);
    dz_free(p.from);
    dz_free(p.seen);
}
