/* words, sentences, mentions: what dokaz sees in a text, stage by stage. They read standard input
 * and need no vault: for tests, and for people who ask why. */
#include <string.h>

#include "dz_cmd.h"
#include "dz_common.h"
#include "dz_json.h"
#include "dz_lemma.h"
#include "dz_mention.h"
#include "dz_rules.h"
#include "dz_text.h"
#include "dz_utf8.h"

#define TEXT_MAX ((size_t)16 << 20)
#define CELL_CP 4000 /* code points of a text in a column */

struct text_values {
    const char *lang;
    const char *published;
};

static const struct dz_opt words_opts[] = {
    DZ_OPT_TEXT(struct text_values, lang, "lang", N_("LANG"),
                N_("read every word as one of this language: en, uk or ru")),
    {0},
};
static const struct dz_opt mentions_opts[] = {
    DZ_OPT_DATE(struct text_values, published, "published",
                N_("when the text came out (EDTF): relative dates need it")),
    {0},
};

/* The text of standard input, and what was read in it; the bytes belong to text. */
static enum dz_code
read_input(struct dz_buf *text, struct dz_document *d, struct dz_err *err)
{
    DZ_TRY(dz_prompt_stdin(TEXT_MAX, text, err));
    if (dz_document_init(d, dz_buf_view(text), err) != DZ_OK)
        return dz_while(err, "standard input");
    return DZ_OK;
}

static void
cell(struct dz_ctx *c, struct dz_view text, const char *behind)
{
    dz_out_line(&c->out, text, CELL_CP);
    dz_out_text(&c->out, behind);
}

static void
set_span(json_t *line, const struct dz_document *d, size_t start, size_t end)
{
    dz_json_set_int(line, "start", (int64_t)dz_utf8_map_cp(&d->map, start));
    dz_json_set_int(line, "end", (int64_t)dz_utf8_map_cp(&d->map, end));
}

static struct dz_view
span(const struct dz_document *d, size_t start, size_t end)
{
    return (struct dz_view){d->text.p + start, end - start};
}

/* ---- words ---- */

static enum dz_code
language_named(const char *name, enum dz_text_lang *ret, struct dz_err *err)
{
    static const enum dz_text_lang all[] = {DZ_TEXT_EN, DZ_TEXT_UK, DZ_TEXT_RU};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (strcmp(name, dz_text_lang_code(all[i])) == 0) {
            *ret = all[i];
            return DZ_OK;
        }
    return dz_fail(err, DZ_E_USAGE, "--lang: '%s' is not known: en, uk or ru", name);
}

static void
print_word(struct dz_ctx *c, const struct dz_document *d, const struct dz_token *t,
           enum dz_text_lang lang)
{
    struct dz_lemmas l;
    dz_lemmas_of(t->fold, lang, &l);
    if (!c->json) {
        dz_out_f(&c->out, "%zu\t", dz_utf8_map_cp(&d->map, t->start));
        cell(c, span(d, t->start, t->end), "\t");
        cell(c, l.item[0], "\t");
        dz_out_f(&c->out, "%s\t", dz_text_lang_code(lang));
        for (size_t i = 1; i < l.n; i++)
            cell(c, l.item[i], i + 1 < l.n ? " " : "");
        dz_out_text(&c->out, "\n");
        return;
    }
    json_t *line = json_object();
    dz_json_set_int(line, "offset", (int64_t)dz_utf8_map_cp(&d->map, t->start));
    dz_json_set_view(line, "form", span(d, t->start, t->end));
    dz_json_set_view(line, "lemma", l.item[0]);
    dz_json_set_str(line, "language", dz_text_lang_code(lang));
    json_object_set_new(line, "known", json_boolean(l.known));
    if (l.n > 1) {
        json_t *also = json_array();
        for (size_t i = 1; i < l.n; i++)
            json_array_append_new(also, json_stringn_nocheck(l.item[i].p, l.item[i].n));
        json_object_set_new(line, "also", also);
    }
    dz_out_json_new(&c->out, line);
}

static enum dz_code
run_words(struct dz_ctx *c, const void *values, struct dz_err *err)
{
    const struct text_values *v = values;
    enum dz_text_lang forced = DZ_TEXT_OTHER;
    if (v->lang != NULL)
        DZ_TRY(language_named(v->lang, &forced, err));
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(TEXT_MAX);
    struct dz_document d = {0};
    DZ_TRY(read_input(&text, &d, err));
    for (size_t i = 0; i < d.n_tokens; i++) {
        const struct dz_token *t = &d.tokens[i];
        if (t->kind == DZ_TOKEN_WORD)
            print_word(c, &d, t, v->lang != NULL ? forced : d.sentences[t->sentence].lang);
    }
    dz_document_done(&d);
    return DZ_OK;
}

/* ---- sentences ---- */

static enum dz_code
run_sentences(struct dz_ctx *c, const void *values, struct dz_err *err)
{
    (void)values;
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(TEXT_MAX);
    struct dz_document d = {0};
    DZ_TRY(read_input(&text, &d, err));
    for (size_t i = 0; i < d.n_sentences; i++) {
        const struct dz_sentence *s = &d.sentences[i];
        if (c->json) {
            json_t *line = json_object();
            set_span(line, &d, s->start, s->end);
            dz_json_set_str(line, "language", dz_text_lang_code(s->lang));
            dz_json_set_int(line, "paragraph", (int64_t)s->paragraph);
            dz_json_set_view(line, "text", span(&d, s->start, s->end));
            dz_out_json_new(&c->out, line);
            continue;
        }
        dz_out_f(&c->out, "%zu\t%zu\t%s\t", dz_utf8_map_cp(&d.map, s->start),
                 dz_utf8_map_cp(&d.map, s->end), dz_text_lang_code(s->lang));
        cell(c, span(&d, s->start, s->end), "\n");
    }
    dz_document_done(&d);
    return DZ_OK;
}

/* ---- mentions ---- */

static const char *
kind_name(enum dz_mention_kind kind)
{
    switch (kind) {
    case DZ_MENTION_DATE:
        return "date";
    case DZ_MENTION_QUANTITY:
        return "quantity";
    case DZ_MENTION_PLACE:
        return "place";
    case DZ_MENTION_PERSON:
        return "person";
    case DZ_MENTION_OFFICE:
        return "office";
    case DZ_MENTION_INSTRUMENT:
        return "instrument";
    }
    return "";
}

static void
add_place(json_t *line, const struct dz_mention *m)
{
    dz_json_set_str(line, "place_id", m->place_id);
    dz_json_set_str(line, "name_en", m->place_name);
    dz_json_set_str(line, "type", m->place_kind);
    if (m->n_candidates > 0) {
        json_t *ids = json_array();
        for (size_t i = 0; i < m->n_candidates; i++)
            json_array_append_new(ids, json_string(m->candidates[i]));
        json_object_set_new(line, "candidates", ids);
    }
    if (m->metonym)
        json_object_set_new(line, "metonym", json_true());
}

/* The fields of its kind, by the names that suggestions have. */
static json_t *
fields_of(const struct dz_mention *m)
{
    static const char *const roles[] = {"", "since", "until", "by"};
    json_t *line = json_object();
    if (m->kind == DZ_MENTION_DATE) {
        dz_json_set_str(line, "edtf", m->edtf);
        dz_json_set_str(line, "date_role", roles[m->date_role]);
        if (m->inferred)
            json_object_set_new(line, "inferred", json_true());
    } else if (m->kind == DZ_MENTION_QUANTITY) {
        dz_json_set_str(line, "qualifier", m->qualifier);
        dz_json_set_str(line, "value", m->value);
        dz_json_set_str(line, "value_max", m->value_max);
        dz_json_set_str(line, "unit", m->unit);
    } else if (m->kind == DZ_MENTION_PLACE) {
        add_place(line, m);
    } else if (m->kind == DZ_MENTION_PERSON) {
        dz_json_set_view(line, "name", m->name);
        dz_json_set_str(line, "role", m->role);
        json_object_set_new(line, "protected", json_boolean(m->protect));
        dz_json_set_int(line, "person", (int64_t)m->person_ix);
    } else {
        dz_json_set_str(line, "office_id", m->office_id);
    }
    return line;
}

/* For a column: "key=value" with blanks between, in the order of the keys. */
static void
print_fields(struct dz_ctx *c, json_t *fields)
{
    const char *key;
    json_t *value;
    const char *between = "";
    json_object_foreach(fields, key, value)
    {
        DZ_AUTO_BUF struct dz_buf text = DZ_BUF(1 << 16);
        if (json_is_string(value))
            dz_buf_adds(&text, json_string_value(value));
        else if (json_is_integer(value))
            dz_buf_addf(&text, "%lld", (long long)json_integer_value(value));
        else if (json_is_boolean(value))
            dz_buf_adds(&text, json_is_true(value) ? "yes" : "no");
        for (size_t i = 0; i < json_array_size(value); i++)
            dz_buf_addf(&text, "%s%s", i > 0 ? "," : "",
                        json_string_value(json_array_get(value, i)));
        dz_out_f(&c->out, "%s%s=", between, key);
        dz_out_line(&c->out, dz_buf_view(&text), CELL_CP);
        between = "; ";
    }
}

static void
print_mention(struct dz_ctx *c, const struct dz_document *d, const struct dz_mention *m)
{
    json_t *line = fields_of(m);
    if (!c->json) {
        dz_out_f(&c->out, "%zu\t%zu\t%s\t", dz_utf8_map_cp(&d->map, m->start),
                 dz_utf8_map_cp(&d->map, m->end), kind_name(m->kind));
        cell(c, span(d, m->start, m->end), "\t");
        print_fields(c, line);
        dz_out_f(&c->out, "\t%s\n", m->rule);
        json_decref(line);
        return;
    }
    set_span(line, d, m->start, m->end);
    dz_json_set_str(line, "kind", kind_name(m->kind));
    dz_json_set_view(line, "text", span(d, m->start, m->end));
    dz_json_set_str(line, "rule", m->rule);
    dz_json_set_int(line, "score", m->score);
    dz_out_json_new(&c->out, line);
}

static enum dz_code
run_mentions(struct dz_ctx *c, const void *values, struct dz_err *err)
{
    const struct text_values *v = values;
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(TEXT_MAX);
    struct dz_document d = {0};
    struct dz_mentions found = {0};
    DZ_TRY(read_input(&text, &d, err));
    char guess[64] = "";
    const char *published = v->published;
    if (published == NULL && dz_guess_published(c->rules, &d, guess))
        published = guess;
    struct dz_doc_info info = {.language = dz_text_lang_code(d.lang), .published = published};
    enum dz_code code = dz_find_mentions(c->rules, &d, &info, &found, err);
    for (size_t i = 0; code == DZ_OK && i < found.n; i++)
        print_mention(c, &d, &found.items[i]);
    dz_mentions_done(&found);
    dz_document_done(&d);
    return code;
}

const struct dz_cmd dz_cmd_words = {
    .name = "words",
    .group = DZ_GROUP_FACTS,
    .summary = N_("the words of a text on standard input, with their lemmas"),
    .usage = N_("<TEXT"),
    .help = N_("Prints a line for each word: where it begins (in code points), the word as it is "
               "written, its lemma, the language, and further lemmas that it may have; parted by "
               "tabs. The language is that of its sentence, unless --lang names one. No vault is "
               "needed."),
    .opts = words_opts,
    .values_size = sizeof(struct text_values),
    .needs = DZ_HAS_JSON,
    .run = run_words,
};

const struct dz_cmd dz_cmd_sentences = {
    .name = "sentences",
    .group = DZ_GROUP_FACTS,
    .summary = N_("the sentences of a text on standard input, with their language"),
    .usage = N_("<TEXT"),
    .help = N_("Prints a line for each sentence: where it begins and ends (in code points), its "
               "language (en, uk, ru, or und when it is none of them), and the sentence; parted by "
               "tabs. No vault is needed."),
    .needs = DZ_HAS_JSON,
    .run = run_sentences,
};

const struct dz_cmd dz_cmd_mentions = {
    .name = "mentions",
    .group = DZ_GROUP_FACTS,
    .summary = N_("dates, quantities, places, persons and offices in a text on standard input"),
    .usage = N_("<TEXT"),
    .help = N_("Prints a line for each mention: where it begins and ends (in code points), its "
               "kind, the words, what they mean, and the rule that found them; parted by tabs. "
               "Persons who are to be protected are named like all others: the text is yours, and "
               "nothing of it is kept. No vault is needed."),
    .opts = mentions_opts,
    .values_size = sizeof(struct text_values),
    .needs = DZ_NEED_RULES | DZ_HAS_JSON,
    .run = run_mentions,
};
