#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "dz_decode.h"
#include "dz_time.h"
#include "dz_utf8.h"
#include "media_impl.h"

#define VALUE_MAX 16384u        /* bytes of a value that are looked at */
#define SIDE_MAX 10000000u      /* pixels: more is no picture */
#define SECONDS_MAX 100000000.0 /* three years */

/* The last whole character ends before max. */
static struct dz_view
cut(struct dz_view v)
{
    if (v.n > VALUE_MAX) {
        v.n = VALUE_MAX;
        while (v.n > 0 && ((unsigned char)v.p[v.n] & 0xc0) == 0x80)
            v.n--;
    }
    return v;
}

/* As UTF-8: the value itself, or what it is found to be, in room. */
static struct dz_view
decoded(struct dz_view value, struct dz_buf *room)
{
    struct dz_decoded how;
    value = dz_view_trim(cut(value));
    if (dz_utf8_valid_prefix(value) == value.n ||
        dz_decode(value, NULL, room, &how, NULL) != DZ_OK)
        return value;
    return dz_buf_view(room);
}

void
dz_media_say(struct dz_media *m, const char *key, struct dz_view value)
{
    DZ_AUTO_BUF struct dz_buf room = DZ_BUF((size_t)4 * VALUE_MAX);
    dz_work_meta(m->w, key, decoded(value, &room));
}

void
dz_media_field(struct dz_media *m, const char *key, struct dz_view value)
{
    DZ_AUTO_BUF struct dz_buf room = DZ_BUF((size_t)4 * VALUE_MAX);
    dz_work_field(m->w, key, decoded(value, &room));
}

void
dz_media_sayf(struct dz_media *m, const char *key, const char *fmt, ...)
{
    char line[256];
    va_list list;
    va_start(list, fmt);
    int n = vsnprintf(line, sizeof line, fmt, list);
    va_end(list);
    if (n > 0)
        dz_work_meta(m->w, key, dz_view_of(line));
}

void
dz_media_say_named(struct dz_media *m, const char *prefix, struct dz_view name,
                   struct dz_view value)
{
    char key[DZ_WIRE_KEY_MAX + 1];
    size_t n = strlen(prefix);
    memcpy(key, prefix, n);
    for (size_t i = 0; i < name.n && n < DZ_WIRE_KEY_MAX; i++) {
        unsigned char c = (unsigned char)name.p[i];
        bool plain = c > ' ' && c < 0x7f && c != '"' && c != '\\' && c != '=';
        if (plain)
            key[n++] = (char)c;
        else if (c == ' ' && key[n - 1] != '_')
            key[n++] = '_';
    }
    key[n] = '\0';
    if (n > strlen(prefix))
        dz_media_say(m, key, value);
}

void
dz_media_say_seconds(struct dz_media *m, const char *key, double seconds)
{
    if (seconds > 0.0 && seconds < SECONDS_MAX)
        dz_media_sayf(m, key, "%.3f", seconds);
}

void
dz_media_say_time(struct dz_media *m, const char *key, int64_t seconds)
{
    char text[32];
    if (seconds <= -2082844800 || seconds == 0 || seconds >= 253402300800)
        return;
    dz_time_format(seconds * 1000000, text);
    dz_work_meta(m->w, key, dz_view_of(text));
}

void
dz_media_say_sides(struct dz_media *m, const char *prefix, uint64_t width, uint64_t height)
{
    char key[DZ_WIRE_KEY_MAX];
    if (width == 0 || height == 0 || width > SIDE_MAX || height > SIDE_MAX)
        return;
    (void)snprintf(key, sizeof key, "%s.width", prefix);
    dz_media_sayf(m, key, "%llu", (unsigned long long)width);
    (void)snprintf(key, sizeof key, "%s.height", prefix);
    dz_media_sayf(m, key, "%llu", (unsigned long long)height);
}

void
dz_media_utf16(struct dz_buf *out, struct dz_view v, bool little)
{
    for (size_t at = 0; at + 2 <= v.n && !out->failed;) {
        uint32_t c = (uint32_t)(little ? dz_media_le(v, at, 2) : dz_media_be(v, at, 2));
        at += 2;
        if (c >= 0xd800 && c < 0xdc00 && at + 2 <= v.n) {
            uint32_t low = (uint32_t)(little ? dz_media_le(v, at, 2) : dz_media_be(v, at, 2));
            if (low >= 0xdc00 && low < 0xe000) {
                c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
                at += 2;
            }
        }
        if (c == 0)
            return;
        if (c != 0xfeff)
            dz_utf8_put(out, c);
    }
}
