#include "dz_dates_priv.h"

#include <stdio.h>
#include <string.h>

#include "dz_json.h"

/* The day of a page that does not say it, from what its text tells of as past and as to come. */

#define LEAD_SENTENCES 5

/* The last whole day that the opening of a text tells of as past: news begin with their day. */
static int32_t
day_of_lead(const struct dz_document *d, const struct dz_date_list *list)
{
    int32_t day = INT32_MIN;
    for (size_t i = 0; i < list->n; i++) {
        const struct dz_date_found *f = &list->items[i];
        if (d->tokens[f->first].sentence >= LEAD_SENTENCES)
            break;
        if (f->from.year && f->from.day && !f->to.year && !f->rel && !dz_date_is_forward(f) &&
            !f->future) {
            int32_t here = dz_date_day_number(f->from.year, &f->from);
            day = here > day ? here : day;
        }
    }
    return day;
}

/* The year of a deadline that everybody knows by its day: "до 10 вересня" is of 2025. 0: the reference
 * measures have none, or several, on that day. From a day on (since) much begins: then only what is
 * confirmed counts. */
static int
year_of_known_deadline(const struct dz_rules *r, const struct dz_date_part *day, bool since)
{
    size_t i;
    int found = 0;
    const json_t *m;
    char day_text[16];
    (void)snprintf(day_text, sizeof day_text, "-%02d-%02d", day->month, day->day);
    json_array_foreach(r->measures, i, m)
    {
        const char *text = dz_json_str(m, "deadline"), *side = dz_json_str(m, "side");
        const char *confidence = dz_json_str(m, "confidence");
        if (!text || !side || !confidence || strlen(text) != 10 || strcmp(side, "RU") != 0 ||
            (since && strcmp(confidence, "confirmed") != 0) || strcmp(text + 4, day_text) != 0)
            continue;
        int year = 0;
        for (size_t k = 0; k < 4; k++)
            year = year * 10 + (text[k] - '0');
        if (found && found != year)
            return 0;
        found = year;
    }
    return found;
}

/* The last such deadline of a text that is not over in it; INT32_MIN: none. */
static int32_t
known_deadline(const struct dz_rules *r, const struct dz_date_list *list)
{
    int32_t last = INT32_MIN;
    for (size_t i = 0; i < list->n; i++) {
        const struct dz_date_found *f = &list->items[i];
        if (f->from.year || !f->from.day || f->rel || f->role == DZ_DATE_PLAIN)
            continue;
        int year = year_of_known_deadline(r, &f->from, f->role == DZ_DATE_SINCE);
        int32_t day = year ? dz_date_day_number(year, &f->from) : INT32_MIN;
        last = day > last ? day : last;
    }
    return last;
}

#define FIRST_YEAR \
    2022 /* of the occupation that most texts tell of: five years have five weekdays */
#define LAST_YEAR 2026

/* "Tuesday, 18 November": the last day of which the weekday says the year; INT32_MIN: none. */
static int32_t
day_of_weekday(const struct dz_date_list *list)
{
    int32_t last = INT32_MIN;
    for (size_t i = 1; i < list->n; i++) {
        const struct dz_date_found *w = &list->items[i - 1], *f = &list->items[i];
        if (w->rel != DZ_REL_WEEKDAY || f->from.year || !f->from.day || f->rel ||
            w->first + w->n + 1 < f->first)
            continue;
        int32_t day = INT32_MIN;
        size_t fits = 0;
        for (int year = FIRST_YEAR; year <= LAST_YEAR; year++) {
            struct dz_date date = {year, (int8_t)f->from.month, (int8_t)f->from.day};
            if (date.day > dz_days_in_month(year, date.month) || dz_date_weekday(date) != w->rel_by)
                continue;
            day = dz_date_to_days(date);
            fits++;
        }
        if (fits == 1 && day > last)
            last = day;
    }
    return last;
}

bool
dz_dates_estimate_now(const struct dz_rules *r, const struct dz_document *d,
                      const struct dz_date_list *list, struct dz_date *ret)
{
    int32_t past = INT32_MIN, ahead = INT32_MAX;
    for (size_t i = 0; i < list->n; i++) {
        const struct dz_date_found *f = &list->items[i];
        if (f->from.year && !f->rel && !dz_date_is_forward(f) && !f->future &&
            f->from.month <= 12) {
            int32_t day = dz_date_day_number(f->from.year, &f->from);
            if (f->from.month && !f->from.day) /* as good as over */
                day += dz_days_in_month(f->from.year, (int8_t)f->from.month) - 1;
            past = day > past ? day : past;
        }
    }
    for (size_t i = 0; past != INT32_MIN && i < list->n; i++) {
        const struct dz_date_found *f = &list->items[i];
        if (f->from.year && !f->rel && dz_date_is_forward(f)) {
            int32_t day = dz_date_day_number(f->from.year, &f->from);
            ahead = day > past && day < ahead ? day : ahead;
        }
    }
    int32_t weekday = day_of_weekday(list);
    past = weekday > past ? weekday : past;
    int32_t known = known_deadline(r, list);
    if (known != INT32_MIN && known > past && (ahead == INT32_MAX || known < ahead)) {
        *ret = dz_date_from_days(known - 1);
        return true;
    }
    if (past == INT32_MIN)
        return false;
    if (day_of_lead(d, list) == past) {
        *ret = dz_date_from_days(past);
        return true;
    }
    *ret = dz_date_from_days(ahead != INT32_MAX && ahead - past < 550 ? ahead - 1 : past);
    return true;
}
