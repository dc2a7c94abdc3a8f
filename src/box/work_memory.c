#include "dz_worker.h"

#include <string.h>

#include "dz_codec.h"
#include "work_impl.h"

static const char *const words[] = {
    [DZ_WIRE_FIELD] = "field",        [DZ_WIRE_META] = "meta",
    [DZ_WIRE_LOCATOR] = "locator",    [DZ_WIRE_PART] = "part",
    [DZ_WIRE_PART_META] = "part-meta", [DZ_WIRE_DONE] = "done",
};

static void
add_text(struct dz_work *w, struct dz_view text)
{
    struct dz_buf *out = w->out;
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];
        if (!w->in_line)
            dz_buf_adds(out, "text ");
        w->in_line = c != '\n';
        if (c == '\n')
            dz_buf_adds(out, "\\n\n");
        else if (c == '\\')
            dz_buf_adds(out, "\\\\");
        else if (c == '\t')
            dz_buf_adds(out, "\\t");
        else if (c == '\r')
            dz_buf_adds(out, "\\r");
        else if (c < 0x20 || c == 0x7F)
            dz_buf_addf(out, "\\x%02X", c);
        else
            dz_buf_addc(out, (char)c);
    }
}

static void
add_pair_line(struct dz_work *w, enum dz_wire_type type, struct dz_view payload)
{
    struct dz_view a;
    struct dz_view b;
    if (!dz_wire_pair(payload, &a, &b))
        return;
    dz_buf_addf(w->out, "%s ", words[type]);
    if (type == DZ_WIRE_LOCATOR)
        dz_buf_addf(w->out, "%llu ", (unsigned long long)w->chars);
    bool key = type == DZ_WIRE_FIELD || type == DZ_WIRE_META || type == DZ_WIRE_PART_META;
    /* A name may hold spaces, a media type none: it stands first. */
    dz_buf_addv(w->out, type == DZ_WIRE_PART ? b : a);
    struct dz_view second = type == DZ_WIRE_PART ? a : b;
    if (key || second.n > 0)
        dz_buf_addc(w->out, key ? '=' : ' ');
    dz_buf_addv(w->out, second);
    dz_buf_addc(w->out, '\n');
}

/* One line a frame; lines of text end where the text has a newline, so that it does not show in how
 * many pieces it was said. */
static void
print(struct dz_work *w, enum dz_wire_type type, struct dz_view payload)
{
    if (type == DZ_WIRE_PROGRESS)
        return;
    if (type == DZ_WIRE_TEXT) {
        add_text(w, payload);
    } else {
        if (w->in_line)
            dz_buf_addc(w->out, '\n');
        w->in_line = false;
    }
    switch (type) {
    case DZ_WIRE_PART:
        w->part_bytes = 0;
        w->part_crc = 0;
        add_pair_line(w, type, payload);
        break;
    case DZ_WIRE_FIELD:
    case DZ_WIRE_META:
    case DZ_WIRE_LOCATOR:
    case DZ_WIRE_PART_META:
    case DZ_WIRE_DONE:
        add_pair_line(w, type, payload);
        break;
    case DZ_WIRE_PART_DATA:
        w->part_bytes += payload.n;
        w->part_crc = dz_crc32c(w->part_crc, payload.p, payload.n);
        break;
    case DZ_WIRE_PART_END:
        dz_buf_addf(w->out, "part-end %llu bytes %08x\n", (unsigned long long)w->part_bytes,
                    w->part_crc);
        break;
    case DZ_WIRE_HELLO:
    case DZ_WIRE_TEXT:
    case DZ_WIRE_PROGRESS:
    case DZ_WIRE_EXIT:
        break;
    }
    /* Nobody has room for more: as good as nobody listening. */
    if (w->out->failed)
        w->done = true;
}

static void
end_in_memory(struct dz_work *w)
{
    (void)w; /* the reader goes back to its caller, and what it still says is not heard */
}

struct dz_work *
dz_work_memory(struct dz_view document, const char *name, const char *media_type,
               const char *options, struct dz_buf *out)
{
    struct dz_work *w = dz_work_new(name, media_type, options);
    w->bytes = document;
    w->emit = print;
    w->end = end_in_memory;
    w->out = out;
    return w;
}
