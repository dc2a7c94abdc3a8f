#include "dz_rules_priv.h"

#include <pthread.h>
#include <string.h>

#include "dz_data.h"
#include "dz_json.h"
#include "dz_known.h"
#include "dz_persons.h"

static enum dz_code
load_json(const char *name, json_t **ret, struct dz_err *err)
{
    struct dz_data file;
    if (!dz_data_find(name, &file))
        return dz_fail(err, DZ_E_CORRUPT, "the built-in file '%s' is missing", name);
    struct dz_view text = {(const char *)file.bytes, file.size};
    if (dz_json_parse(text, ret, err) != DZ_OK)
        return dz_while(err, "reading the built-in file '%s'", name);
    return DZ_OK;
}

/* How the sections of one INI file become kinds of one word list. A section is a kind by its own
 * name, or
 * by its key `kind`, or all of the file is of one kind. */
struct lex_names {
    const char *name;
    unsigned kind;
};
static const struct lex_names date_names[] = {
    {"part", DZ_DW_PART},
    {"year_word", DZ_DW_YEAR_WORD},
    {"since", DZ_DW_SINCE},
    {"until", DZ_DW_UNTIL},
    {"by", DZ_DW_BY},
    {"deadline_after", DZ_DW_DEADLINE_AFTER},
    {"in", DZ_DW_IN},
    {"and", DZ_DW_AND},
    {"future", DZ_DW_FUTURE},
    {"season", DZ_DW_SEASON},
    {"ordinal", DZ_DW_ORDINAL},
    {"quarter", DZ_DW_QUARTER},
    {"half", DZ_DW_HALF},
    {"weekday", DZ_DW_WEEKDAY},
    {"day", DZ_DW_DAY},
    {"rel_year", DZ_DW_REL_YEAR},
    {"rel_month", DZ_DW_REL_MONTH},
    {"rel_season", DZ_DW_REL_SEASON},
    {"bare_season", DZ_DW_BARE_SEASON},
    {"published", DZ_DW_PUBLISHED},
    {"tens", DZ_DW_TENS},
    {"millennium", DZ_DW_MILLENNIUM},
    {"day_word", DZ_DW_DAY_WORD},
    {"event", DZ_DW_EVENT},
    {"roman", DZ_DW_ROMAN},
    {"holiday", DZ_DW_HOLIDAY},
    {"stated", DZ_DW_STATED},
    {"month_adj", DZ_DW_MONTH_ADJ},
    {"dated", DZ_DW_DATED},
    {"told", DZ_DW_TOLD},
    {"sets", DZ_DW_SETS},
    {NULL, 0},
};
static const struct lex_names month_names[] = {{"", DZ_DW_MONTH}, {NULL, 0}};
static const struct lex_names number_names[] = {
    {"number", DZ_NW_NUMBER},       {"scale", DZ_NW_SCALE}, {"factor", DZ_NW_FACTOR},
    {"qualifier", DZ_NW_QUALIFIER}, {"vague", DZ_NW_VAGUE}, {"share", DZ_NW_SHARE},
    {"every", DZ_NW_EVERY}, {"out_of", DZ_NW_OUT_OF}, {"rhythm", DZ_NW_RHYTHM},
    {"counted", DZ_NW_COUNTED}, {"thousandth", DZ_NW_THOUSANDTH}, {NULL, 0},
};
static const struct lex_names unit_names[] = {{"", DZ_NW_UNIT}, {NULL, 0}};
static const struct lex_names place_names[] = {
    {"oblast", DZ_PW_OBLAST},   {"krai", DZ_PW_KRAI},
    {"raion", DZ_PW_RAION},     {"republic", DZ_PW_REPUBLIC},
    {"city", DZ_PW_CITY},       {"and", DZ_PW_AND},
    {"of", DZ_PW_OF},           {"locative", DZ_PW_LOCATIVE},
    {"paper", DZ_PW_PAPER},     {"government", DZ_PW_GOVERNMENT},
    {"capital", DZ_PW_CAPITAL}, {"given", DZ_PW_GIVEN},
    {"lower", DZ_PW_LOWER},     {"common", DZ_PW_COMMON},
    {"water", DZ_PW_WATER},     {NULL, 0},
};

struct lex_job {
    struct dz_lex *lex;
    struct dz_arena *arena;
    const struct lex_names *names;
    struct dz_view section;
    const char *id;
    const char *kind;
    const char *value;
    bool unknown;
};

static void
add_phrases(struct lex_job *job, struct dz_view list)
{
    const struct lex_names *name = job->names;
    while (name->name && name->name[0] && strcmp(name->name, job->kind) != 0)
        name++;
    if (!name->name) {
        job->unknown = true;
        return;
    }
    while (list.n > 0) {
        const char *bar = memchr(list.p, '|', list.n);
        size_t n = bar ? (size_t)(bar - list.p) : list.n;
        dz_lex_add(job->lex, job->arena, (struct dz_view){list.p, n}, name->kind, job->id,
                   job->value);
        size_t step = n + (bar != NULL);
        list.p += step;
        list.n -= step;
    }
}

static void
take_line(void *arg, const struct dz_ini_line *line)
{
    struct lex_job *job = arg;
    if (line->section.p != job->section.p) {
        job->section = line->section;
        job->id = dz_arena_strndup(job->arena, line->section.p, line->section.n);
        job->kind = job->id;
        job->value = job->id;
    }
    if (dz_view_is(line->key, "kind"))
        job->kind = dz_arena_strndup(job->arena, line->value.p, line->value.n);
    else if (dz_view_is(line->key, "value"))
        job->value = dz_arena_strndup(job->arena, line->value.p, line->value.n);
    else
        add_phrases(job, line->value);
}

static enum dz_code
load_lex(struct dz_rules *r, struct dz_lex *lex, const char *file, const struct lex_names *names,
         struct dz_err *err)
{
    struct lex_job job = {.lex = lex, .arena = &r->arena, .names = names};
    enum dz_code code = dz_ini_each(file, take_line, &job, err);
    if (code == DZ_OK && job.unknown)
        return dz_fail(err, DZ_E_CORRUPT, "the built-in file '%s' has a section of unknown kind",
                       file);
    return code;
}

static enum dz_code
load_all(struct dz_rules *r, struct dz_err *err)
{
    const struct {
        const char *file;
        json_t **to;
    } tables[] = {
        {"codebook.json", &r->codebook}, {"measures.json", &r->measures},
        {"norms.json", &r->norms},       {"terms.json", &r->terms},
        {"offices.json", &r->offices},   {"gazetteer.json", &r->gazetteer},
        {"homonyms.json", &r->homonyms},
    };
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        enum dz_code code = load_json(tables[i].file, tables[i].to, err);
        if (code != DZ_OK)
            return code;
    }
    const struct {
        const char *file;
        struct dz_lex *to;
        const struct lex_names *names;
    } lists[] = {
        {"months.ini", &r->dates, month_names},
        {"date_words.ini", &r->dates, date_names},
        {"numbers.ini", &r->numbers, number_names},
        {"units.ini", &r->numbers, unit_names},
        {"place_words.ini", &r->place_words, place_names},
    };
    struct dz_lex *const own[DZ_LISTS] = {&r->dates, &r->numbers, &r->place_words};
    for (unsigned i = 0; i < DZ_LISTS; i++) {
        own[i]->owner = r;
        own[i]->place = i;
    }
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        enum dz_code code = load_lex(r, lists[i].to, lists[i].file, lists[i].names, err);
        if (code != DZ_OK)
            return code;
    }
    enum dz_code code = dz_codebook_load(r, err);
    if (code == DZ_OK)
        dz_person_holders(r);
    return code == DZ_OK ? dz_gaz_load(r, err) : code;
}

struct dz_late_lexicon {
    pthread_mutex_t lock;
    struct dz_lexicon *lexicon;
    struct dz_known_words *known;
};

struct dz_known_words *
dz_rules_known(const struct dz_rules *r)
{
    return r->late->known;
}

enum dz_code
dz_rules_lexicon(const struct dz_rules *r, const struct dz_lexicon **ret, struct dz_err *err)
{
    (void)pthread_mutex_lock(&r->late->lock);
    enum dz_code code = r->late->lexicon ? DZ_OK : dz_lexicon_load(&r->late->lexicon, err);
    *ret = r->late->lexicon;
    (void)pthread_mutex_unlock(&r->late->lock);
    return code;
}

enum dz_code
dz_rules_load(struct dz_rules **ret, struct dz_err *err)
{
    struct dz_rules *r = dz_alloc(sizeof *r);
    r->late = dz_alloc(sizeof *r->late);
    (void)pthread_mutex_init(&r->late->lock, NULL);
    r->late->known = dz_known_new();
    enum dz_code code = load_all(r, err);
    if (code != DZ_OK) {
        dz_rules_free(r);
        return code;
    }
    *ret = r;
    return DZ_OK;
}

void
dz_rules_free(struct dz_rules *r)
{
    if (!r)
        return;
    dz_known_free(r->late->known);
    dz_lexicon_free(r->late->lexicon);
    (void)pthread_mutex_destroy(&r->late->lock);
    dz_free(r->late);
    dz_free(r->holders);
    dz_codebook_done(r);
    dz_gaz_done(&r->gaz);
    dz_lex_done(&r->dates);
    dz_lex_done(&r->numbers);
    dz_lex_done(&r->place_words);
    dz_map_done(&r->place_ids);
    dz_map_done(&r->prefer);
    for (size_t i = 0; i < r->n_places; i++)
        dz_free((void *)(uintptr_t)r->places[i].members);
    dz_free(r->places);
    dz_free(r->more);
    dz_arena_done(&r->arena);
    json_decref(r->codebook);
    json_decref(r->measures);
    json_decref(r->norms);
    json_decref(r->terms);
    json_decref(r->offices);
    json_decref(r->gazetteer);
    json_decref(r->homonyms);
    dz_free(r);
}

const json_t *
dz_rules_table(const struct dz_rules *r, const char *name)
{
    const struct {
        const char *name;
        const json_t *table;
    } tables[] = {
        {"codebook", r->codebook}, {"measures", r->measures}, {"norms", r->norms},
        {"terms", r->terms},       {"offices", r->offices},   {"gazetteer", r->gazetteer},
        {"homonyms", r->homonyms},
    };
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        if (strcmp(tables[i].name, name) == 0)
            return tables[i].table;
    return NULL;
}
