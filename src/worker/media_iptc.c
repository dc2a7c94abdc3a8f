#include <string.h>

#include "media_impl.h"

/* IPTC-IIM, the resources of Photoshop in which it stands in JPEG, and names of colour profiles. */

#define IPTC_RESOURCE 0x0404u
#define RECORDS_MAX 1000

/* Datasets of the second record (IPTC-IIM 4.2, chapter 6). */
static const struct {
    uint8_t number;
    const char *key;
} datasets[] = {
    {5, "iptc.ObjectName"},        {15, "iptc.Category"},
    {25, "iptc.Keywords"},         {40, "iptc.SpecialInstructions"},
    {55, "iptc.DateCreated"},      {60, "iptc.TimeCreated"},
    {62, "iptc.DigitalCreationDate"}, {65, "iptc.OriginatingProgram"},
    {80, "iptc.By-line"},          {85, "iptc.By-lineTitle"},
    {90, "iptc.City"},             {92, "iptc.Sub-location"},
    {95, "iptc.Province-State"},   {101, "iptc.Country"},
    {103, "iptc.TransmissionReference"}, {105, "iptc.Headline"},
    {110, "iptc.Credit"},          {115, "iptc.Source"},
    {116, "iptc.CopyrightNotice"}, {118, "iptc.Contact"},
    {120, "iptc.Caption"},         {122, "iptc.Writer-Editor"},
};

static const char *
key_of(uint8_t number)
{
    for (size_t i = 0; i < sizeof datasets / sizeof *datasets; i++)
        if (datasets[i].number == number)
            return datasets[i].key;
    return NULL;
}

void
dz_media_iptc(struct dz_media *m, struct dz_view v)
{
    size_t at = 0;
    for (size_t i = 0; i < RECORDS_MAX && at + 5 <= v.n && v.p[at] == 0x1c; i++) {
        uint64_t n = dz_media_be(v, at + 3, 2);
        /* Lengths of 32 KiB and more are written in another way, which no field here needs. */
        if (n >= 0x8000 || n > v.n - at - 5)
            return;
        const char *key = (uint8_t)v.p[at + 1] == 2 ? key_of((uint8_t)v.p[at + 2]) : NULL;
        if (key)
            dz_media_say(m, key, (struct dz_view){v.p + at + 5, (size_t)n});
        at += 5 + (size_t)n;
    }
}

void
dz_media_photoshop(struct dz_media *m, struct dz_view v)
{
    size_t at = 0;
    for (size_t i = 0; i < RECORDS_MAX && dz_media_has(v, at, "8BIM", 4); i++) {
        uint64_t id = dz_media_be(v, at + 4, 2);
        size_t name = (size_t)dz_media_be(v, at + 6, 1) + 1;
        at += 6 + name + name % 2;
        uint64_t n = dz_media_be(v, at, 4);
        at += 4;
        if (at > v.n || n > v.n - at)
            return;
        if (id == IPTC_RESOURCE)
            dz_media_iptc(m, (struct dz_view){v.p + at, (size_t)n});
        at += (size_t)n + n % 2;
    }
}

/* ISO 15076-1, 10.15 and 10.13: the description is a string, or strings in several languages. */
void
dz_media_profile(struct dz_media *m, struct dz_view v)
{
    uint64_t count = dz_media_be(v, 128, 4);
    for (size_t i = 0; i < count && i < 100; i++) {
        if (!dz_media_has(v, 132 + 12 * i, "desc", 4))
            continue;
        size_t at = (size_t)dz_media_be(v, 136 + 12 * i, 4);
        struct dz_view tag = dz_media_part(v, at, (size_t)dz_media_be(v, 140 + 12 * i, 4));
        if (dz_media_has(tag, 0, "desc", 4)) {
            struct dz_view text = dz_media_part(tag, 12, (size_t)dz_media_be(tag, 8, 4));
            dz_media_say(m, "icc.description", dz_media_string(text));
        } else if (dz_media_has(tag, 0, "mluc", 4)) {
            DZ_AUTO_BUF struct dz_buf text = DZ_BUF(4096);
            size_t n = (size_t)dz_media_be(tag, 20, 4);
            size_t from = (size_t)dz_media_be(tag, 24, 4);
            dz_media_utf16(&text, dz_media_part(tag, from, n), false);
            dz_media_say(m, "icc.description", dz_buf_view(&text));
        }
        return;
    }
}
