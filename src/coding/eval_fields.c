#include <string.h>

#include "dz_eval_priv.h"
#include "dz_json.h"

/* Fields of a matched pair: only what gold states is asked. */

struct asking {
    const json_t *gold;
    const json_t *found;
    struct dz_eval_agree *ret;
    size_t n;
};

static void
answer(struct asking *a, const char *name, bool ok, bool key)
{
    a->ret[a->n++] = (struct dz_eval_agree){name, ok, key};
}

static bool
same_text(const json_t *a, const json_t *b)
{
    const char *x = json_string_value(a), *y = json_string_value(b);
    return (!x && !y) || (x && y && strcmp(x, y) == 0);
}

/* The value, or one of those that gold calls right too. */
static bool
lenient(const struct asking *a, const char *field)
{
    const json_t *found = json_object_get(a->found, field);
    bool ok = same_text(found, json_object_get(a->gold, field));
    const json_t *others = json_object_get(json_object_get(a->gold, "alt"), field);
    for (size_t i = 0; i < json_array_size(others); i++)
        ok = ok || same_text(found, json_array_get(others, i));
    return ok;
}

static bool
states(const struct asking *a, const char *field)
{
    const char *text = dz_json_str(a->gold, field);
    return text && *text;
}

/* Does one of two folded texts hold the other? An empty find agrees with nothing. */
static bool
holds_other(const char *gold, const char *found)
{
    DZ_AUTO_FREE char *a = dz_eval_fold(gold);
    DZ_AUTO_FREE char *b = dz_eval_fold(found);
    return strstr(b, a) != NULL || (found && *found && strstr(a, b) != NULL);
}

/* Same EDTF, how sure or exact it is aside; gold is compared as it was written. */
static bool
same_date(const struct asking *a, const char *field)
{
    const char *found = dz_json_str(a->found, field);
    struct dz_buf bare = DZ_BUF(4096);
    for (const char *p = found; p && *p; p++) {
        if (!strchr("~?%", *p))
            dz_buf_addc(&bare, *p);
    }
    bool same = dz_view_is(dz_buf_view(&bare), dz_json_str(a->gold, field));
    dz_buf_done(&bare);
    return same;
}

/* A decimal number, written or as JSON has it. */
static bool
number_of(const json_t *value, double *ret)
{
    if (json_is_number(value)) {
        *ret = json_number_value(value);
        return true;
    }
    double whole = 0, scale = 0;
    bool any = false;
    for (const char *p = json_string_value(value); p && *p; p++) {
        bool blank = *p == ' ' || *p == ',' || (unsigned char)*p == 0xC2 || *p == '\xA0';
        if (*p >= '0' && *p <= '9') {
            whole = whole * 10 + (*p - '0');
            scale *= 10;
            any = true;
        } else if (*p == '.' && scale == 0) {
            scale = 1;
        } else if (!blank) {
            return false;
        }
    }
    *ret = scale > 1 ? whole / scale : whole;
    return any;
}

static bool
same_number(const struct asking *a)
{
    double x = 0, y = 0;
    bool gold = number_of(json_object_get(a->gold, "value"), &x);
    bool found = number_of(json_object_get(a->found, "value"), &y);
    return gold == found && !(x < y) && !(y < x);
}

static bool
same_folded(const struct asking *a, const char *field)
{
    DZ_AUTO_FREE char *x = dz_eval_fold(dz_json_str(a->gold, field));
    DZ_AUTO_FREE char *y = dz_eval_fold(dz_json_str(a->found, field));
    return strcmp(x, y) == 0;
}

static bool
names_meet(const struct asking *a, const char *field, bool as_persons)
{
    DZ_AUTO_FREE char *x = dz_eval_fold(dz_json_str(a->gold, field));
    DZ_AUTO_FREE char *y = dz_eval_fold(dz_json_str(a->found, field));
    return (as_persons && dz_eval_same_person(x, y)) || dz_eval_share_word(x, y);
}

static void
ask_act(struct asking *a)
{
    answer(a, "sphere",
           same_text(json_object_get(a->found, "sphere"), json_object_get(a->gold, "sphere")),
           false);
    answer(a, "sphere_lenient", lenient(a, "sphere"), true);
    answer(a, "means",
           same_text(json_object_get(a->found, "means"), json_object_get(a->gold, "means")), false);
    answer(a, "means_lenient", lenient(a, "means"), true);
    if (states(a, "date")) {
        DZ_AUTO_FREE char *x = dz_eval_date_key(a->gold);
        DZ_AUTO_FREE char *y = dz_eval_date_key(a->found);
        answer(a, "act_date", strcmp(x, y) == 0, false);
    }
    if (states(a, "place"))
        answer(a, "act_place",
               holds_other(dz_json_str(a->gold, "place"), dz_json_str(a->found, "place")), false);
}

static void
ask_figure(struct asking *a)
{
    const json_t *value = json_object_get(a->gold, "value");
    if (value && !json_is_null(value))
        answer(a, "value", same_number(a), true);
    answer(a, "unit", same_folded(a, "unit"), false);
    if (states(a, "asserted_by"))
        answer(a, "asserted_by", names_meet(a, "asserted_by", false), false);
    if (states(a, "as_of"))
        answer(a, "as_of", same_date(a, "as_of"), false);
}

size_t
dz_eval_agreement(enum dz_eval_kind kind, const json_t *gold, const json_t *found,
                  struct dz_eval_agree ret[DZ_EVAL_AGREES_MAX])
{
    struct asking a = {gold, found, ret, 0};
    if (kind == DZ_EVAL_ACT)
        ask_act(&a);
    if (kind == DZ_EVAL_FIGURE)
        ask_figure(&a);
    if (kind == DZ_EVAL_MEASURE && states(&a, "deadline"))
        answer(&a, "measure_deadline", same_date(&a, "deadline"), true);
    if (kind == DZ_EVAL_MEASURE && states(&a, "date"))
        answer(&a, "measure_date", same_date(&a, "date"), true);
    const char *type = dz_json_str(gold, "type");
    if (kind == DZ_EVAL_PLACE && !(type && strcmp(type, "region") == 0))
        answer(&a, "type",
               same_text(json_object_get(found, "type"), json_object_get(gold, "type")), false);
    if (kind == DZ_EVAL_PERSON) {
        answer(&a, "protected",
               dz_json_bool(gold, "protected", false) == dz_json_bool(found, "protected", false),
               false);
        answer(&a, "role",
               same_text(json_object_get(found, "role"), json_object_get(gold, "role")), false);
    }
    if (kind == DZ_EVAL_STATEMENT) {
        answer(&a, "stance",
               same_text(json_object_get(found, "stance"), json_object_get(gold, "stance")), true);
        if (states(&a, "speaker"))
            answer(&a, "speaker", names_meet(&a, "speaker", true), false);
    }
    return a.n;
}
