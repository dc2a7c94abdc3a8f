/* Somebody who holds every table that was published and works out what a withheld cell can be. It
 * knows nothing of how cells are chosen: only told sums, that no cell is below zero, and which
 * elementary cells a cell is made of. The range of a cell under that is a linear program; the one
 * here is the two-phase simplex method on a dense table, with Bland's rule against cycles
 * (Chvatal, Linear Programming, 1983, chapters 2 and 8). */
#ifndef ATTACK_TABLE_H
#define ATTACK_TABLE_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define ATTACK_VARS 64
#define ATTACK_ROWS 64
#define ATTACK_NEAR 1e-7

struct attack {
    size_t n_vars;
    size_t n_rows;
    /* independent ones in echelon form, right side last */
    double row[ATTACK_ROWS][ATTACK_VARS + 1];
    size_t lead[ATTACK_ROWS];
};

/* Learn that the sum of some elementary cells is so much; what follows from the rest adds
 * nothing. */
static inline void
attack_learn(struct attack *a, const bool *in, double sum)
{
    double row[ATTACK_VARS + 1];
    for (size_t i = 0; i < a->n_vars; i++)
        row[i] = in[i];
    row[a->n_vars] = sum;
    for (size_t r = 0; r < a->n_rows; r++) {
        double by = row[a->lead[r]];
        for (size_t i = 0; by != 0 && i <= a->n_vars; i++)
            row[i] -= by * a->row[r][i];
    }
    size_t lead = 0;
    while (lead < a->n_vars && fabs(row[lead]) < ATTACK_NEAR)
        lead++;
    if (lead == a->n_vars || a->n_rows == ATTACK_ROWS)
        return;
    double scale = row[lead];
    for (size_t i = 0; i <= a->n_vars; i++)
        row[i] = fabs(row[i] / scale) < ATTACK_NEAR ? 0 : row[i] / scale;
    for (size_t r = 0; r < a->n_rows; r++) {
        double by = a->row[r][lead];
        for (size_t i = 0; by != 0 && i <= a->n_vars; i++)
            a->row[r][i] -= by * row[i];
    }
    memcpy(a->row[a->n_rows], row, sizeof row);
    a->lead[a->n_rows++] = lead;
}

struct attack_simplex {
    size_t n; /* columns without the right side */
    size_t m;
    /* the last row is what is minimised */
    double t[ATTACK_ROWS + 1][ATTACK_VARS + ATTACK_ROWS + 1];
    size_t basis[ATTACK_ROWS];
};

static inline void
attack_pivot(struct attack_simplex *s, size_t row, size_t column)
{
    double by = s->t[row][column];
    for (size_t i = 0; i <= s->n; i++)
        s->t[row][i] /= by;
    for (size_t r = 0; r <= s->m; r++) {
        double f = s->t[r][column];
        for (size_t i = 0; r != row && f != 0 && i <= s->n; i++)
            s->t[r][i] -= f * s->t[row][i];
    }
    s->basis[row] = column;
}

/* false: there is no end to it. */
static inline bool
attack_minimise(struct attack_simplex *s, size_t columns)
{
    for (;;) {
        size_t in = 0, out = s->m;
        while (in < columns && s->t[s->m][in] > -ATTACK_NEAR)
            in++;
        if (in == columns)
            return true;
        for (size_t r = 0; r < s->m; r++) {
            if (s->t[r][in] < ATTACK_NEAR)
                continue;
            double mine = s->t[r][s->n] / s->t[r][in];
            double best = out < s->m ? s->t[out][s->n] / s->t[out][in] : (double)INFINITY;
            if (mine < best - ATTACK_NEAR ||
                (mine < best + ATTACK_NEAR && out < s->m && s->basis[r] < s->basis[out]))
                out = r;
        }
        if (out == s->m)
            return false;
        attack_pivot(s, out, in);
    }
}

/* The least value (sign 1) or the greatest (sign -1) that a sum of elementary cells can have;
 * INFINITY without a bound. */
static inline double
attack_bound(const struct attack *a, const bool *in, int sign)
{
    static struct attack_simplex s;
    memset(&s, 0, sizeof s);
    s.m = a->n_rows;
    s.n = a->n_vars + a->n_rows;
    for (size_t r = 0; r < s.m; r++) {
        double turn = a->row[r][a->n_vars] < 0 ? -1 : 1;
        for (size_t i = 0; i < a->n_vars; i++)
            s.t[r][i] = turn * a->row[r][i];
        s.t[r][s.n] = turn * a->row[r][a->n_vars];
        s.t[r][a->n_vars + r] = 1;
        s.basis[r] = a->n_vars + r;
        for (size_t i = 0; i <= s.n; i++)
            s.t[s.m][i] -= i >= a->n_vars && i < s.n ? 0 : s.t[r][i];
    }
    if (!attack_minimise(&s, a->n_vars) || fabs(s.t[s.m][s.n]) > 1e-5)
        return NAN; /* there is a table that fits, so this is a mistake */
    for (size_t r = 0; r < s.m; r++)
        for (size_t i = 0; s.basis[r] >= a->n_vars && i < a->n_vars; i++)
            if (fabs(s.t[r][i]) > ATTACK_NEAR)
                attack_pivot(&s, r, i);
    memset(s.t[s.m], 0, sizeof s.t[s.m]);
    for (size_t i = 0; i < a->n_vars; i++)
        s.t[s.m][i] = in[i] ? sign : 0;
    for (size_t r = 0; r < s.m; r++) {
        double f = s.basis[r] < a->n_vars ? s.t[s.m][s.basis[r]] : 0;
        for (size_t i = 0; f != 0 && i <= s.n; i++)
            s.t[s.m][i] -= f * s.t[r][i];
    }
    if (!attack_minimise(&s, a->n_vars))
        return INFINITY;
    return -sign * s.t[s.m][s.n];
}

#endif
