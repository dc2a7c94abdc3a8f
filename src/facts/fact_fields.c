#include "dz_fact_fields.h"

#include <string.h>

#include "dz_edtf.h"
#include "dz_json.h"
#include "dz_utf8.h"

#define VICTIMS_MAX INT64_C(10000000000) /* more than there are people */

#define TEXT_MAX 2000
#define NOTE_MAX 20000
#define LIST_MAX 64

const struct dz_fact_field dz_fact_fields[] = {
    /* every fact */
    {"note", DZ_FIELD_NOTE, NULL, DZ_ON_ALL, 0},
    {"summary", DZ_FIELD_TEXT, NULL, DZ_ON_ALL, 0},
    {"tags", DZ_FIELD_TEXTS, NULL, DZ_ON_ALL, 0},
    {"modality", DZ_FIELD_CODE, "modality", DZ_ON_ALL, 0},
    {"assessment", DZ_FIELD_CODE, "assessment", DZ_ON_ALL, 0},
    {"assessment_by", DZ_FIELD_TEXT, NULL, DZ_ON_ALL, 0},
    {"assessment_date", DZ_FIELD_EDTF, NULL, DZ_ON_ALL, 0},
    {"assessment_basis", DZ_FIELD_TEXT, NULL, DZ_ON_ALL, 0},
    {"credibility", DZ_FIELD_CODE, "credibility", DZ_ON_ALL, 0},
    {"source_connection", DZ_FIELD_CODE, "source_connection", DZ_ON_ALL, 0},
    {"reviewed", DZ_FIELD_BOOL, NULL, DZ_ON_ALL, 0},
    {"place_id", DZ_FIELD_PLACE, NULL, DZ_ON_ALL, 0},
    {"date", DZ_FIELD_EDTF, NULL, DZ_ON_ALL, 0},
    {"norms", DZ_FIELD_TEXTS, NULL, DZ_ON_ACT | DZ_ON_MEASURE, 0},
    /* acts */
    {"scope", DZ_FIELD_CODE, "scope", DZ_ON_ACT, 0},
    {"sphere", DZ_FIELD_CODE, "sphere", DZ_ON_ACT | DZ_ON_FIGURE | DZ_ON_STATEMENT, DZ_ON_ACT},
    {"means", DZ_FIELD_CODE, "means", DZ_ON_ACT, DZ_ON_ACT},
    {"also", DZ_FIELD_CODES, "sphere means", DZ_ON_ACT, 0},
    {"place", DZ_FIELD_TEXT, NULL, DZ_ON_ACT | DZ_ON_STATEMENT, 0},
    {"victims", DZ_FIELD_VICTIMS, NULL, DZ_ON_ACT, 0},
    {"perpetrators", DZ_FIELD_PERPETRATORS, NULL, DZ_ON_ACT, 0},
    {"harm", DZ_FIELD_CODES, "harm", DZ_ON_ACT, 0},
    {"stated_reason", DZ_FIELD_TEXT, NULL, DZ_ON_ACT, 0},
    {"affected_step", DZ_FIELD_CODE, "affected_step", DZ_ON_ACT, 0},
    {"deportation_direction", DZ_FIELD_CODE, "deportation_direction", DZ_ON_ACT, 0},
    /* measures */
    {"title", DZ_FIELD_TEXT, NULL, DZ_ON_MEASURE, 0},
    {"issuer", DZ_FIELD_TEXT, NULL, DZ_ON_MEASURE, 0},
    {"issuer_level", DZ_FIELD_CODE, "issuer_level", DZ_ON_MEASURE, 0},
    {"instrument", DZ_FIELD_TEXT, NULL, DZ_ON_MEASURE, 0},
    {"measure_kind", DZ_FIELD_CODE, "measure_kind", DZ_ON_MEASURE, 0},
    {"number", DZ_FIELD_TEXT, NULL, DZ_ON_MEASURE, 0},
    {"adopted", DZ_FIELD_EDTF, NULL, DZ_ON_MEASURE, 0},
    {"effective", DZ_FIELD_EDTF, NULL, DZ_ON_MEASURE, 0},
    {"deadline", DZ_FIELD_EDTF, NULL, DZ_ON_MEASURE, 0},
    {"ended", DZ_FIELD_EDTF, NULL, DZ_ON_MEASURE, 0},
    {"territory", DZ_FIELD_TEXT, NULL, DZ_ON_MEASURE | DZ_ON_FIGURE, 0},
    {"spheres", DZ_FIELD_CODES, "sphere", DZ_ON_MEASURE, 0},
    {"status", DZ_FIELD_CODE, "measure_status", DZ_ON_MEASURE, 0},
    {"effect", DZ_FIELD_CODE, "effect", DZ_ON_MEASURE, 0},
    /* figures */
    {"value", DZ_FIELD_DECIMAL, NULL, DZ_ON_FIGURE, DZ_ON_FIGURE},
    {"value_max", DZ_FIELD_DECIMAL, NULL, DZ_ON_FIGURE, 0},
    {"qualifier", DZ_FIELD_SIGN, NULL, DZ_ON_FIGURE, 0},
    {"unit", DZ_FIELD_TEXT, NULL, DZ_ON_FIGURE, 0},
    {"of", DZ_FIELD_TEXT, NULL, DZ_ON_FIGURE, 0},
    {"change", DZ_FIELD_BOOL, NULL, DZ_ON_FIGURE, 0},
    {"from", DZ_FIELD_EDTF, NULL, DZ_ON_FIGURE, 0},
    {"to", DZ_FIELD_EDTF, NULL, DZ_ON_FIGURE, 0},
    {"as_of", DZ_FIELD_EDTF, NULL, DZ_ON_FIGURE, 0},
    {"asserted_by", DZ_FIELD_TEXT, NULL, DZ_ON_FIGURE, 0},
    {"via", DZ_FIELD_TEXT, NULL, DZ_ON_FIGURE, 0},
    {"derived_from", DZ_FIELD_TEXT, NULL, DZ_ON_FIGURE, 0},
    {"method", DZ_FIELD_TEXT, NULL, DZ_ON_FIGURE, 0},
    /* statements */
    {"speaker", DZ_FIELD_TEXT, NULL, DZ_ON_STATEMENT, 0},
    {"office", DZ_FIELD_TEXT, NULL, DZ_ON_STATEMENT, 0},
    {"stance", DZ_FIELD_CODE, "stance", DZ_ON_STATEMENT, DZ_ON_STATEMENT},
    {0},
};

unsigned
dz_fact_mask_of(const char *kind)
{
    static const char *const kinds[] = {"act", "measure", "figure", "statement"};
    for (unsigned i = 0; i < 4; i++) {
        if (strcmp(kinds[i], kind) == 0)
            return 1u << i;
    }
    return 0;
}

const struct dz_fact_field *
dz_fact_field_find(unsigned kind, const char *name)
{
    for (const struct dz_fact_field *f = dz_fact_fields; f->name; f++) {
        if ((f->on & kind) && strcmp(f->name, name) == 0)
            return f;
    }
    return NULL;
}

/* Rules 1 and 2 against harm: these have no field, under whatever name. */
bool
dz_fact_is_forbidden(const char *name)
{
    static const char *const parts[] = {
        "passport", "tax",      "inn_",        "ipn",         "snils",    "rnokpp",  "phone",
        "mobile",   "telegram", "address",     "email",       "e_mail",   "face",    "photo",
        "birth",    "ethnic",   "religio",     "loyal",       "voluntar", "willing", "traitor",
        "collab",   "score",    "citizenship", "nationality", "pasport", "viber", "whatsapp",
        "contact",  "iban",     "bank",        "card_n",      "dob",     "resid",
    };
    char lower[64];
    size_t n = 0;
    for (; n < sizeof lower - 1 && name[n]; n++)
        lower[n] = (char)(name[n] >= 'A' && name[n] <= 'Z' ? name[n] + 32 : name[n]);
    lower[n] = '\0';
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (strstr(lower, parts[i]))
            return true;
    }
    return strcmp(lower, "inn") == 0;
}

/* ---- values ---- */

static enum dz_code
check_text(const char *name, const json_t *value, size_t max, struct dz_err *err)
{
    if (!json_is_string(value))
        return dz_fail(err, DZ_E_INPUT, "%s: must be text", name);
    if (json_string_length(value) > max ||
        strlen(json_string_value(value)) != json_string_length(value))
        return dz_fail(err, DZ_E_INPUT, "%s: longer than %zu bytes or with a zero byte", name, max);
    return DZ_OK;
}

static enum dz_code
check_code(const struct dz_rules *rules, const char *name, const char *list, const char *code,
           struct dz_err *err)
{
    bool both = strcmp(list, "sphere means") == 0;
    bool known = both ? dz_rules_has(rules, "sphere", code) || dz_rules_has(rules, "means", code)
                      : dz_rules_has(rules, list, code);
    if (known)
        return DZ_OK;
    return dz_fail(err, DZ_E_INPUT, "%s: there is no code '%s'; 'dokaz codebook' lists them", name,
                   code);
}

static enum dz_code
check_list(const struct dz_rules *rules, const struct dz_fact_field *f, const json_t *value,
           struct dz_err *err)
{
    size_t i;
    const json_t *item;
    if (!json_is_array(value) || json_array_size(value) > LIST_MAX)
        return dz_fail(err, DZ_E_INPUT, "%s: must be a list of at most %d", f->name, LIST_MAX);
    json_array_foreach(value, i, item)
    {
        DZ_TRY(check_text(f->name, item, TEXT_MAX, err));
        if (f->type == DZ_FIELD_CODES)
            DZ_TRY(check_code(rules, f->name, f->list, json_string_value(item), err));
    }
    return DZ_OK;
}

static enum dz_code
check_edtf(const char *name, const char *text, struct dz_err *err)
{
    struct dz_edtf *e = NULL;
    if (dz_edtf_parse(dz_view_of(text), &e, err) != DZ_OK)
        return dz_while(err, "%s", name);
    dz_edtf_free(e);
    return DZ_OK;
}

/* 3500000, 3.5: digits with at most one point, no sign, no exponent. */
static bool
is_decimal(const char *s)
{
    size_t digits = 0, points = 0;
    for (; *s; s++) {
        if (*s == '.' && digits > 0 && points == 0 && s[1])
            points++;
        else if (*s >= '0' && *s <= '9')
            digits++;
        else
            return false;
    }
    return digits > 0 && digits <= 30;
}

static bool
is_pseudonym(const char *s)
{
    size_t n = strlen(s);
    if (n == 0 || n > 40)
        return false;
    /* "per-7k2m9x" or "[person 1]": nothing that could be a name. */
    if (s[0] == '[')
        return strncmp(s, "[person ", 8) == 0 && s[n - 1] == ']' && n > 9 &&
               strspn(s + 8, "0123456789") == n - 9;
    return strncmp(s, "per-", 4) == 0 && strspn(s + 4, "0123456789abcdefghjkmnpqrstvwxyz") == n - 4;
}

static enum dz_code
check_victims(const struct dz_rules *rules, const json_t *value, struct dz_err *err)
{
    static const char *const keys[] = {"persons", "group", "unit", "number"};
    if (!json_is_object(value))
        return dz_fail(err, DZ_E_INPUT,
                       "victims: must be an object with persons, group, unit, number");
    DZ_AUTO_JSON json_t *copy = json_deep_copy(value);
    const char *key;
    json_t *item;
    json_object_foreach(copy, key, item)
    {
        bool known = false;
        for (size_t i = 0; i < 4; i++)
            known = known || strcmp(keys[i], key) == 0;
        if (!known && dz_fact_is_forbidden(key))
            return dz_fail(err, DZ_E_DENIED, "victims: dokaz does not keep '%s' of a person", key);
        if (!known)
            return dz_fail(err, DZ_E_INPUT, "victims: there is no field '%s'", key);
    }
    size_t i;
    const json_t *persons = json_object_get(value, "persons");
    json_array_foreach(persons, i, item)
    {
        if (!json_is_string(item) || !is_pseudonym(json_string_value(item)))
            return dz_fail(
                err, DZ_E_DENIED,
                "victims: persons are named by pseudonym only ('[person 1]', 'per-...')");
    }
    if (persons && !json_is_array(persons))
        return dz_fail(err, DZ_E_INPUT, "victims: persons must be a list of pseudonyms");
    const char *group = dz_json_str(value, "group"), *unit = dz_json_str(value, "unit");
    if (group)
        DZ_TRY(check_code(rules, "victims", "victim_group", group, err));
    if (unit)
        DZ_TRY(check_code(rules, "victims", "counting_unit", unit, err));
    const json_t *number = json_object_get(value, "number");
    if (number && (!json_is_integer(number) || json_integer_value(number) < 1 ||
                   json_integer_value(number) > VICTIMS_MAX))
        return dz_fail(err, DZ_E_INPUT,
                       "victims: number must be a whole number from 1 to 10000000000");
    return DZ_OK;
}

static enum dz_code
check_perpetrators(const struct dz_rules *rules, const json_t *value, struct dz_err *err)
{
    size_t i;
    const json_t *item;
    if (!json_is_array(value) || json_array_size(value) > LIST_MAX)
        return dz_fail(err, DZ_E_INPUT, "perpetrators: must be a list of at most %d", LIST_MAX);
    json_array_foreach(value, i, item)
    {
        const char *type = dz_json_str(item, "actor_type"),
                   *part = dz_json_str(item, "involvement");
        const json_t *name = json_object_get(item, "name");
        size_t known = (type ? 1u : 0u) + (part ? 1u : 0u) + (name ? 1u : 0u);
        if (!json_is_object(item) || known == 0 || json_object_size(item) != known)
            return dz_fail(
                err, DZ_E_INPUT,
                "perpetrators: each has name (an office or unit), actor_type, involvement");
        if (name)
            DZ_TRY(check_text("perpetrators", name, TEXT_MAX, err));
        if (type)
            DZ_TRY(check_code(rules, "perpetrators", "actor_type", type, err));
        if (part)
            DZ_TRY(check_code(rules, "perpetrators", "involvement", part, err));
    }
    return DZ_OK;
}

static bool
is_sign(const char *s)
{
    static const char *const signs[] = {"~", ">", ">=", "<", "<="};
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        if (strcmp(signs[i], s) == 0)
            return true;
    }
    return false;
}

static enum dz_code
check_string(const struct dz_rules *rules, const struct dz_fact_field *f, const json_t *value,
             struct dz_err *err)
{
    DZ_TRY(check_text(f->name, value, f->type == DZ_FIELD_NOTE ? NOTE_MAX : TEXT_MAX, err));
    const char *s = json_string_value(value);
    if (!s[0])
        return DZ_OK;
    if (f->type == DZ_FIELD_CODE)
        return check_code(rules, f->name, f->list, s, err);
    if (f->type == DZ_FIELD_EDTF)
        return check_edtf(f->name, s, err);
    if (f->type == DZ_FIELD_PLACE && !dz_place_by_id(rules, s))
        return dz_fail(err, DZ_E_INPUT, "%s: the gazetteer has no place '%s'", f->name, s);
    if (f->type == DZ_FIELD_DECIMAL && !is_decimal(s))
        return dz_fail(err, DZ_E_INPUT, "%s: must be a number such as 3500000 or 2.5", f->name);
    if (f->type == DZ_FIELD_SIGN && !is_sign(s))
        return dz_fail(err, DZ_E_INPUT, "%s: must be one of ~ > >= < <=", f->name);
    return DZ_OK;
}

enum dz_code
dz_fact_field_check(const struct dz_rules *rules, const struct dz_fact_field *f,
                    const json_t *value, json_t **ret, struct dz_err *err)
{
    DZ_AUTO_JSON json_t *copy = json_deep_copy(value);
    switch (f->type) {
    case DZ_FIELD_BOOL:
        if (!json_is_boolean(copy))
            return dz_fail(err, DZ_E_INPUT, "%s: must be true or false", f->name);
        break;
    case DZ_FIELD_VICTIMS:
        DZ_TRY(check_victims(rules, copy, err));
        break;
    case DZ_FIELD_PERPETRATORS:
        DZ_TRY(check_perpetrators(rules, copy, err));
        break;
    case DZ_FIELD_TEXTS:
    case DZ_FIELD_CODES:
        DZ_TRY(check_list(rules, f, copy, err));
        break;
    case DZ_FIELD_DECIMAL:
        if (json_is_integer(copy) && json_integer_value(copy) >= 0) {
            DZ_AUTO_FREE char *text = dz_asprintf("%lld", (long long)json_integer_value(copy));
            json_decref(copy);
            copy = json_string(text);
        }
        DZ_TRY(check_string(rules, f, copy, err));
        break;
    case DZ_FIELD_TEXT:
    case DZ_FIELD_NOTE:
    case DZ_FIELD_CODE:
    case DZ_FIELD_EDTF:
    case DZ_FIELD_PLACE:
    case DZ_FIELD_SIGN:
        DZ_TRY(check_string(rules, f, copy, err));
        break;
    }
    bool empty = (json_is_string(copy) && json_string_length(copy) == 0) ||
                 (json_is_array(copy) && json_array_size(copy) == 0) ||
                 (json_is_object(copy) && json_object_size(copy) == 0);
    *ret = empty ? NULL : json_incref(copy);
    return DZ_OK;
}
