#include <string.h>

#include "dz_dates_priv.h"
#include "dz_known.h"
#include "dz_lemma.h"
#include "dz_names.h"

/* What a word is: a part of a name, a first name, an initial, a role, an everyday word. */

#define T(tail) DZ_VIEW_INIT(tail)

bool
dz_name_word(const struct dz_person_finder *f, size_t w)
{
    const struct dz_word *word = &f->rd->words[w];
    if (!word->capital || word->number || f->taken[w] || f->placed[w])
        return false;
    return !dz_person_is(f, f->id.not_name, w) && !dz_person_is(f, f->id.org_head, w) &&
           !dz_person_is(f, f->id.role_official, w) && !dz_person_is(f, f->id.honorific, w);
}

/* "Соціолог", "Врач": what somebody is, though a capital stands there. */
bool
dz_name_role(const struct dz_person_finder *f, size_t w)
{
    return dz_person_is(f, f->id.role_official, w) || dz_person_is(f, f->id.role_expert, w) ||
           dz_person_is(f, f->id.role_journalist, w) || dz_person_is(f, f->id.role_private, w);
}

bool
dz_name_everyday(const struct dz_person_finder *f, size_t w)
{
    return dz_person_everyday(f->rd->words[w].fold, f->rd->document->lang);
}

/* A place word may still be a surname behind a first name ("Ivan Kherson" is rare, "Vladimir
 * Rostov" is not). */
bool
dz_name_surname(const struct dz_person_finder *f, size_t w)
{
    const struct dz_word *word = &f->rd->words[w];
    bool plain = word->capital && !word->number && !f->taken[w] && word->before == DZ_BREAK_NONE &&
                 !word->opens_quote && !dz_name_bracket(f, w);
    return plain && !dz_person_is(f, f->id.not_name, w) && !dz_person_is(f, f->id.org_head, w);
}

#define T(tail) DZ_VIEW_INIT(tail)
/* Does a word end in one of them, with more than `rest` bytes in front? */
bool
dz_name_ends(struct dz_view fold, const struct dz_view *tails, size_t n, size_t rest)
{
    for (size_t i = 0; i < n; i++) {
        size_t length = tails[i].n;
        if (fold.n > length + rest && fold.p[fold.n - 1] == tails[i].p[length - 1] &&
            memcmp(fold.p + fold.n - length, tails[i].p, length) == 0)
            return true;
    }
    return false;
}

/* First names that are also everyday words need more than a capital letter at the start of a
 * sentence. */
bool
dz_name_single_fits(const struct dz_person_finder *f, size_t w)
{
    const struct dz_word *word = &f->rd->words[w];
    if (word->before < DZ_BREAK_HARD && !word->opens_quote)
        return true;
    if (!dz_person_is(f, f->id.name_or_word, w))
        return true;
    /* A verb of speech, an aside or "from" right behind makes it a person all the same. */
    return w + 1 < f->rd->n_words &&
           (dz_person_is(f, f->id.speech, w + 1) || f->rd->words[w + 1].before == DZ_BREAK_COMMA ||
            dz_view_is(f->rd->words[w + 1].fold, "from") || dz_name_bracket(f, w + 1) ||
            dz_person_is(f, f->id.name_changed, w + 1));
}

/* "Михайловского района": named after somebody, and nobody's first name. */
bool
dz_name_of_place(struct dz_view fold)
{
    static const struct dz_view tails[] = {
        T("ского"), T("ському"), T("ського"), T("скому"), T("ской"), T("ській"), T("ских"),
        T("ських"), T("ськими"), T("скими"),  T("ською"), T("ську"), T("цьку"),  T("ськ"),
        T("цьк"),   T("ск"),     T("скую"),   T("івка"),  T("івки"), T("івці"),  T("івку"),
        T("івкою"), T("ївка"),   T("ївки"),   T("ївці"),  T("ївку"), T("овка"),  T("овки"),
        T("овке"),  T("овку"),   T("овкой")};
    return dz_name_ends(fold, tails, sizeof tails / sizeof *tails, 0);
}

/* "Эдема Асанова": what stands behind the everyday word can only be somebody's surname. */
static bool
before_surname(const struct dz_person_finder *f, size_t w)
{
    size_t next = w + 1;
    return next < f->rd->n_words && dz_name_surname(f, next) && !f->placed[next] &&
           f->rd->words[next].quoted == f->rd->words[w].quoted && !dz_name_everyday(f, next) &&
           (unsigned char)f->rd->words[next].fold.p[0] >= 0x80;
}

/* "Эдем-ага", "Аліє-апте": how Crimean Tatars speak to their elders. */
bool
dz_name_addressed(const struct dz_person_finder *f, size_t w)
{
    const struct dz_word *words = f->rd->words;
    if (w + 1 >= f->rd->n_words || words[w + 1].start != words[w].end + 1 ||
        f->rd->document->text.p[words[w].end] != '-')
        return false;
    return dz_person_is(f, f->id.elder, w + 1);
}

/* "Магазин «Наденька»": the name of a shop, a ship, a newspaper. */
bool
dz_name_of_thing(const struct dz_person_finder *f, size_t w)
{
    return w > 0 && f->rd->words[w].opens_quote && dz_person_is(f, f->id.outlet_noun, w - 1);
}

/* A known first name, in any case. Where any word would bear the capital, a word that the
 * dictionary has for something else is none. */
bool
dz_name_first(const struct dz_person_finder *f, size_t w)
{
    const struct dz_word *word = &f->rd->words[w];
    bool all_caps = f->rd->document->tokens[word->token].all_caps;
    bool may_open = word->before >= DZ_BREAK_HARD && dz_person_is(f, f->id.not_name, w);
    if (dz_name_of_place(word->fold) || may_open)
        return false;
    bool heading = all_caps && dz_name_heading(f, w);
    if (all_caps && !heading &&
        (w + 1 >= f->rd->n_words || f->rd->words[w + 1].before != DZ_BREAK_NONE))
        return false;
    if (dz_person_is(f, f->id.first_name, w))
        return true;
    const struct dz_known *known = dz_known_at(f->rules, f->rd->document, word->token);
    bool known_name = known ? known->first_name
                            : dz_person_is_given(word->fold) || dz_person_is_first_form(word->fold);
    if ((all_caps && !heading) || !known_name)
        return false;
    bool opens = word->before >= DZ_BREAK_HARD || word->opens_quote;
    return !opens || !dz_name_everyday(f, w) || before_surname(f, w);
}

/* A capital with a full stop right behind it: "A." */
bool
dz_name_initial(const struct dz_person_finder *f, size_t w)
{
    if (w >= f->rd->n_words)
        return false;
    const struct dz_word *word = &f->rd->words[w];
    struct dz_view text = f->rd->document->text;
    size_t letter = (unsigned char)text.p[word->start] < 0x80 ? 1 : 2;
    return word->capital && !word->number && word->end - word->start == letter &&
           word->end < text.n && text.p[word->end] == '.' && !f->taken[w];
}

bool
dz_name_plain(const struct dz_person_finder *f, size_t w)
{
    if (w >= f->rd->n_words || f->rd->words[w].fold.n == 0)
        return false;
    size_t letter = (unsigned char)f->rd->words[w].fold.p[0] < 0x80 ? 1 : 2;
    return f->rd->words[w].capital && !f->rd->words[w].number &&
           f->rd->words[w].fold.n >= 3 * letter && !f->taken[w] &&
           !dz_person_is(f, f->id.not_name, w) && !dz_person_is(f, f->id.org_head, w);
}

/* How far apart two words of one name with initials may stand, in bytes: "И. В. Гордеев". */
#define INITIAL_GAP 4

bool
dz_name_close(const struct dz_person_finder *f, size_t w)
{
    return f->rd->words[w].start - f->rd->words[w - 1].end <= INITIAL_GAP;
}

/* "Ганна Петрівна", "Рустам Ильясович": the second word says that the first is a name. */
bool
dz_name_patronymic(struct dz_view fold)
{
    static const struct dz_view tails[] = {
        T("івна"),   T("івни"),  T("івні"),   T("івну"),   T("івною"),   T("ївна"),  T("ївни"),
        T("ївну"),   T("йович"), T("йовича"), T("йовичу"), T("ович"),    T("овича"), T("овичу"),
        T("овичем"), T("евич"),  T("евича"),  T("евичу"),  T("овна"),    T("овны"),  T("овне"),
        T("овну"),   T("овной"), T("евна"),   T("евны"),   T("евне"),    T("евну"),  T("евной"),
        T("ілліч"),  T("ильич"), T("івно"),   T("ївно"),   T("овичеві"), T("ьевич"), T("ильича"),
        T("ильичу"), T("лліча"), T("иваныч"), T("инична"), T("иничны"),  T("иничну")};
    return dz_name_ends(fold, tails, sizeof tails / sizeof *tails, 3);
}

/* "Студентів Донецького університету": an adjective is no name. */
bool
dz_name_adjective(struct dz_view fold)
{
    static const struct dz_view tails[] = {T("ого"),   T("ому"),  T("ої"),   T("их"),  T("ими"),
                                           T("ой"),    T("ий"),   T("ый"),   T("ая"),  T("ських"),
                                           T("ській"), T("ська"), T("ські"), T("ские")};
    return dz_name_ends(fold, tails, sizeof tails / sizeof *tails, 4);
}

/* "Семенівна", "Петровичу": neighbours call each other so. */
bool
dz_name_lone_patronymic(const struct dz_person_finder *f, size_t w)
{
    static const struct dz_view of_women[] = {T("ivna"), T("yivna"), T("ovna"), T("evna")};
    struct dz_view fold = f->rd->words[w].fold;
    if ((unsigned char)fold.p[0] < 0x80)
        return dz_name_ends(fold, of_women, sizeof of_women / sizeof *of_women, 2);
    return dz_person_is_patronymic_of_known(fold) && !dz_name_everyday(f, w);
}

/* "A woman named Mokryna", "просить називати її Ластівкою". */
bool
dz_name_called(const struct dz_person_finder *f, size_t w)
{
    const int concepts[] = {f->id.called, f->id.name_changed};
    if (f->rd->words[w].before != DZ_BREAK_NONE)
        return false;
    for (size_t back = 1; back <= 4 && back <= w; back++) {
        for (size_t k = 0; k < sizeof concepts / sizeof *concepts; k++) {
            const struct dz_hit *hit = dz_reading_hit(f->rd, concepts[k], w - back, w - back + 1);
            if (hit && hit->first + hit->n == w)
                return true;
        }
    }
    return false;
}

/* ", an analyst at ...": a role right behind the comma. */
bool
dz_name_aside(const struct dz_person_finder *f, size_t w)
{
    for (size_t k = w; k < w + 5 && k < f->rd->n_words; k++) {
        if (k > w && f->rd->words[k].before >= DZ_BREAK_COMMA)
            return false;
        if (dz_person_is(f, f->id.role_expert, k) || dz_person_is(f, f->id.role_official, k) ||
            dz_person_is(f, f->id.role_journalist, k) || dz_person_is(f, f->id.role_private, k))
            return true;
    }
    return false;
}

bool
dz_name_joined(const struct dz_person_finder *f, size_t w)
{
    const struct dz_word *words = f->rd->words;
    if (w == 0 || words[w].before == DZ_BREAK_NONE)
        return w > 0;
    return words[w].start - words[w - 1].end <= 2 && dz_person_is(f, f->id.honorific, w - 1) &&
           f->rd->document->text.p[words[w - 1].end] == '.';
}

bool
dz_name_common(const struct dz_person_finder *f, size_t w)
{
    struct dz_view fold = f->rd->words[w].fold;
    return dz_person_everyday(fold, DZ_TEXT_UK) || dz_person_everyday(fold, DZ_TEXT_RU);
}

/* A word in the dictionary is a verb when its lemma is an infinitive and another form than itself
 * ("отдел" is none, whatever its cases end in); other words by their ending. */
bool
dz_name_verb(const struct dz_person_finder *f, size_t w)
{
    static const struct dz_view infinitives[] = {
        T("ати"), T("яти"), T("ити"), T("іти"), T("їти"),  T("ути"), T("юти"), T("сти"),
        T("зти"), T("ися"), T("ать"), T("ять"), T("ить"),  T("еть"), T("уть"), T("ыть"),
        T("оть"), T("ься"), T("ись"), T("йти"), T("ерти"), T("чь"),  T("кти"), T("гти")};
    static const struct dz_view tails[] = {T("ав"), T("яв"), T("ив"),  T("ув"),  T("їв"), T("вів"),
                                           T("ев"), T("ла"), T("ло"),  T("ли"),  T("ть"), T("ся"),
                                           T("ет"), T("ит"), T("ют"),  T("ят"),  T("ал"), T("ил"),
                                           T("ел"), T("ял"), T("лся"), T("лась")};
    struct dz_view fold = f->rd->words[w].fold;
    if (fold.n == 0 || (unsigned char)fold.p[0] < 0x80)
        return dz_person_is(f, f->id.speech, w) || dz_date_is_past(fold);
    struct dz_lemmas l;
    dz_lemmas_of(fold, f->rd->document->lang == DZ_TEXT_RU ? DZ_TEXT_RU : DZ_TEXT_UK, &l);
    bool looks = dz_name_ends(fold, tails, sizeof tails / sizeof *tails, 2);
    if (!l.known)
        return looks;
    for (size_t i = 0; i < l.n - l.n_linked && (i == 0 || looks); i++) {
        if (!dz_view_eq(l.item[i], fold) &&
            dz_name_ends(l.item[i], infinitives, sizeof infinitives / sizeof *infinitives, 2))
            return true;
    }
    return false;
}

bool
dz_name_vocative(const struct dz_person_finder *f, size_t from, size_t to)
{
    static const struct dz_view calls[] = {T("е"), T("є"), T("о"), T("ю"), T("у")};
    static const struct dz_view dash = DZ_VIEW_INIT("—"), short_dash = DZ_VIEW_INIT("–");
    const struct dz_word *words = f->rd->words;
    bool closed = to >= f->rd->n_words || words[to].before >= DZ_BREAK_COMMA;
    if (to != from + 1 || from == 0 || !closed)
        return false;
    const struct dz_token *tokens = f->rd->document->tokens;
    uint32_t token = words[from].token;
    if (token > 0 && words[from].before == DZ_BREAK_SENTENCE && to < f->rd->n_words &&
        words[to].before == DZ_BREAK_COMMA &&
        (dz_view_eq(tokens[token - 1].fold, dash) ||
         dz_view_eq(tokens[token - 1].fold, short_dash)))
        return true;
    return words[from].before == DZ_BREAK_NONE && dz_person_is(f, f->id.honorific, from - 1) &&
           words[from - 1].before >= DZ_BREAK_COMMA &&
           dz_name_ends(words[from].fold, calls, sizeof calls / sizeof *calls, 2);
}

bool
dz_name_aside_private(const struct dz_person_finder *f, size_t w)
{
    const struct dz_word *words = f->rd->words;
    size_t n = f->rd->n_words;
    if (w >= n || words[w].before != DZ_BREAK_COMMA)
        return false;
    bool article = dz_view_is(words[w].fold, "a") || dz_view_is(words[w].fold, "an") ||
                   dz_view_is(words[w].fold, "the");
    for (size_t at = w + article; at < w + 3 && at < n; at++) {
        if (at > w && words[at].before >= DZ_BREAK_COMMA)
            return false;
        if (dz_person_is(f, f->id.role_private, at))
            return true;
    }
    return false;
}
