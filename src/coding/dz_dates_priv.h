/* Dates on their way from words to EDTF: what the words say, before context fills in the rest. */
#ifndef DZ_DATES_PRIV_H
#define DZ_DATES_PRIV_H

#include "dz_rules_priv.h"

enum dz_date_rel {
    DZ_REL_NONE,
    DZ_REL_YEAR,
    DZ_REL_MONTH,
    DZ_REL_DAY,
    DZ_REL_WEEKDAY,
    DZ_REL_SEASON,
    DZ_REL_STORY,    /* the season of a story that has come to a year */
    DZ_REL_SAME,     /* "that same year": the last year of the story */
    DZ_REL_NAMED,    /* "last March", "this June": rel_by -1 or 0 */
    DZ_REL_MONTH_DAY /* "on the third": a day of the month that the story has come to */
};

struct dz_date_part {
    int year;  /* 0: not said */
    int month; /* 0: not said; 21..41 are seasons, quarters and halves (ISO 8601-2) */
    int day;   /* 0: not said */
};

struct dz_date_found {
    size_t first; /* tokens */
    size_t n;
    struct dz_date_part from;
    struct dz_date_part to; /* all zero: not a range */
    bool decade;
    bool listed; /* two dates of an enumeration, not a time between them */
    enum dz_date_rel
        rel; /* how rel_by counts; with a month it says the year ("September last year") */
    int rel_by;
    enum dz_date_role role;
    bool said;        /* the year was told behind the date, as part of a story */
    bool whole;       /* "в прошлом мае" is of last year, "last May" the latest */
    bool past;        /* the sentence tells of what was */
    bool clause_past; /* a verb of its own clause is in the past */
    bool happened;    /* the verb beside the date is in the past */
    bool aims;   /* "на вересень": what the words are meant for may be still to come */
    bool future; /* the sentence speaks of what is to come */
    const char *rule;
    int score;
};

struct dz_scan;

/** An ordinal number in words, "third", "двадцять восьме"; 1 to 39. Returns the tokens, or 0. */
size_t
dz_date_ordinal(const struct dz_scan *s, size_t i, int *ret);
/** A year as people say it, "двадцать третьего (года)", "22-го"; *ret_sure: it cannot be anything
 * else. Returns the tokens, or 0. */
size_t
dz_date_said_year(const struct dz_scan *s, size_t i, int *ret, bool *ret_sure);
/** A day of a month that is not named, "двадцятого числа", "on the third". */
size_t
dz_date_bare_day(const struct dz_scan *s, size_t i, struct dz_date_found *f);

/** "The first half of 2023", "у ІІ кварталі": from its first month to its last. */
size_t
dz_date_part_of_year(const struct dz_scan *s, size_t i, struct dz_date_found *f);
/** "Christmas 2022", "Великдень 2024 року": the day. Easter is that of the Orthodox churches. */
size_t
dz_date_holiday(const struct dz_scan *s, size_t i, struct dz_date_found *f);
/** "That October", "by the following spring", "с лета": of the year that the story has come to. */
size_t
dz_date_of_story(const struct dz_scan *s, size_t i, struct dz_date_found *f);
/** "Березневий указ": the month of a paper. */
size_t
dz_date_of_paper(const struct dz_scan *s, size_t i, struct dz_date_found *f);
/** The month in front of a paper whose year stands at token i, "квітневим указом Путіна 2023 року";
 * or 0. */
int
dz_date_month_of_paper(const struct dz_scan *s, size_t i);
/** A year behind a month or a season, "of 2023", ", 2023"; the tokens, or 0. */
size_t
dz_date_year_behind(const struct dz_scan *s, size_t i, int *ret);

/** A day to reckon with: the first of a month or season, June of a year. */
int32_t
dz_date_day_number(int year, const struct dz_date_part *p);
/** A deadline, or something that begins in what is told as to come. */
bool
dz_date_is_forward(const struct dz_date_found *f);
/** Does a folded word look like a verb in the past tense? */
bool
dz_date_is_past(struct dz_view fold);

struct dz_date_list {
    struct dz_date_found *items;
    size_t n;
    size_t cap;
    bool story; /* the text is an account of what somebody lived through */
};
void
dz_date_list_done(struct dz_date_list *l);

/** All dates that the words say, in order, not overlapping. */
void
dz_dates_scan(const struct dz_rules *r, const struct dz_document *d, struct dz_date_list *out);
/** Role and tense from the words around. */
void
dz_dates_set_roles(const struct dz_rules *r, const struct dz_document *d,
                   struct dz_date_list *list);
/** The publication date from the head of the text. */
bool
dz_dates_published(const struct dz_rules *r, const struct dz_document *d,
                   const struct dz_date_list *list, struct dz_date *ret);
/** Fill in years. Returns whether everything needed is known now; *ret_inferred whether something
 * was added. sure: published was stated, not estimated from the text. */
bool
dz_dates_complete(const struct dz_document *d, struct dz_date_list *list, size_t ix,
                  const struct dz_date *published, bool sure, bool *ret_inferred);
/** Best guess at "now" where no publication date is known: between the last past date and the
 * first deadline. */
bool
dz_dates_estimate_now(const struct dz_rules *r, const struct dz_document *d,
                      const struct dz_date_list *list, struct dz_date *ret);
void
dz_dates_print(const struct dz_date_found *f, char *ret, size_t size);

#endif
