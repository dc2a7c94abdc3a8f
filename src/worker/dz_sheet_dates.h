/* Numbers of an XLSX file: which are dates, by the number format of their cell's style, and how the
 * others are seen. */
#ifndef DZ_SHEET_DATES_H
#define DZ_SHEET_DATES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dz_office.h"

enum dz_sheet_kind { /* bits */
    DZ_SHEET_NUMBER = 0,
    DZ_SHEET_DATE = 1,
    DZ_SHEET_TIME = 2,
    DZ_SHEET_PERCENT = 4,
    DZ_SHEET_SPAN = 8,   /* of time: hours without end */
    DZ_SHEET_ZEROS = 16 /* times how many digits there are at least, zeros before them */
};
#define DZ_SHEET_ZEROS_MAX 15
#define DZ_SHEET_NUMBER_MAX 64

struct dz_sheet_format {
    uint64_t id;
    unsigned kind;
};
struct dz_sheet_styles {
    struct dz_sheet_format *formats; /* those the file declares */
    size_t n_formats;
    size_t formats_cap;
    uint8_t *kinds; /* of each style of cells */
    size_t n_kinds;
    size_t kinds_cap;
    bool in_cells; /* while reading */
};
void
dz_sheet_styles_load(struct dz_sheet_styles *s, struct dz_office *o, const char *member);
void
dz_sheet_styles_done(struct dz_sheet_styles *s);

/** What a format such as "dd.mm.yyyy hh:mm" shows: bits of enum dz_sheet_kind. */
unsigned
dz_sheet_kind_of(struct dz_view format);
/** The number as ISO 8601 ("2024-03-05", "2024-03-05T14:30:00", "14:30:00") when the style says so;
 * false: no date, or no number. ret: at least 40 bytes. */
bool
dz_sheet_date(const struct dz_sheet_styles *s, uint64_t style, struct dz_view number, bool date1904,
              char *ret);
/** The number as it is seen: 15 digits of it, "12.5%" when the style says so. False: no number, or
 * so large or small that it stays as it stands. ret: at least DZ_SHEET_NUMBER_MAX bytes. */
bool
dz_sheet_number(const struct dz_sheet_styles *s, uint64_t style, struct dz_view number, char *ret);

#endif
