#include "rebuild_impl.h"

#include "dz_utf8.h"

/* Characters that nobody sees. Between words they can carry a mark that tells copies apart, and no
 * text in the languages of the project needs them: soft hyphens, joiners, marks of direction,
 * variation selectors, tags, fillers (Unicode 15, property Default_Ignorable_Code_Point). */
static const struct {
    uint32_t from;
    uint32_t to;
} unseen[] = {
    {0x00AD, 0x00AD},   {0x034F, 0x034F},   {0x061C, 0x061C}, {0x115F, 0x1160}, {0x17B4, 0x17B5},
    {0x180B, 0x180F},   {0x200B, 0x200F},   {0x202A, 0x202E}, {0x2060, 0x206F}, {0x3164, 0x3164},
    {0xFE00, 0xFE0F},   {0xFEFF, 0xFEFF},   {0xFFA0, 0xFFA0}, {0xFFF0, 0xFFFB}, {0x1BCA0, 0x1BCA3},
    {0x1D173, 0x1D17A}, {0xE0000, 0xE0FFF},
};

static bool
is_unseen(uint32_t c)
{
    for (size_t i = 0; i < sizeof unseen / sizeof *unseen; i++)
        if (c >= unseen[i].from && c <= unseen[i].to)
            return true;
    return false;
}

/* Spaces of unusual widths are told apart by machines only. */
static bool
is_space(uint32_t c)
{
    return c == ' ' || c == 0xA0 || (c >= 0x2000 && c <= 0x200A) || c == 0x202F || c == 0x205F ||
           c == 0x3000 || c == 0x1680;
}

static bool
is_newline(uint32_t c)
{
    return c == '\n' || c == '\v' || c == '\f' || c == 0x85 || c == 0x2028 || c == 0x2029;
}

static void
end_line(struct dz_buf *out, size_t line)
{
    size_t n = out->n;
    while (n > line && (out->p[n - 1] == ' ' || out->p[n - 1] == '\t'))
        n--;
    dz_buf_cut(out, n);
    dz_buf_addc(out, '\n');
}

void
dz_rebuild_text(struct dz_buf *out, struct dz_view utf8)
{
    size_t line = out->n; /* where the line begins */
    uint32_t last = 0;
    for (size_t pos = 0; pos < utf8.n && !out->failed;) {
        uint32_t c = dz_utf8_next(utf8, &pos);
        bool pair = c == '\n' && last == '\r';
        last = c;
        if (pair || is_unseen(c))
            continue;
        if (c == '\r' || is_newline(c)) {
            end_line(out, line);
            line = out->n;
        } else if (is_space(c)) {
            dz_buf_addc(out, ' ');
        } else if (c == '\t' || !dz_utf8_is_control(c)) {
            dz_utf8_put(out, c);
        }
    }
    if (out->n > line)
        end_line(out, line);
}
