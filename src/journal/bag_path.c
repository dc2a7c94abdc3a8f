#include <string.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

#include "bag_read_impl.h"
#include "dz_codec.h"
#include "dz_tr.h"

#define PATH_BYTES_MAX 8192u

/* The byte that three characters at p stand for in this version, or -1. RFC 8493 section 2.1.3
 * wants LF, CR and the percent sign written so, and nothing else; the last drafts of 0.97 knew LF
 * and CR. */
static int
encoded_byte(struct dz_view rest, struct bag_version v)
{
    if (rest.n < 3 || rest.p[0] != '%' || (!dz_bag_version_is_1(v) && v.minor < 97))
        return -1;
    int high = dz_hex_digit(rest.p[1]);
    int low = dz_hex_digit(rest.p[2]);
    if (high < 0 || low < 0)
        return -1;
    int byte = high * 16 + low;
    if (byte == '\n' || byte == '\r' || (byte == '%' && dz_bag_version_is_1(v)))
        return byte;
    return -1;
}

static void
decode(struct dz_view listed, struct bag_version v, struct dz_buf *out, unsigned *notes)
{
    for (size_t i = 0; i < listed.n; i++) {
        struct dz_view rest = {.p = listed.p + i, .n = listed.n - i};
        int byte = encoded_byte(rest, v);
        if (byte >= 0) {
            dz_buf_addc(out, (char)byte);
            *notes |= BAG_PATH_DECODED;
            i += 2;
            continue;
        }
        if (listed.p[i] == '%' && dz_bag_version_is_1(v))
            *notes |= BAG_PATH_PERCENT;
        if (listed.p[i] == '\\')
            *notes |= BAG_PATH_BACKSLASH;
        dz_buf_addc(out, listed.p[i]);
    }
}

static bool
is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Why a path could lead out of the bag here or on another system, or NULL. */
static const char *
leads_out(struct dz_view path)
{
    if (path.p[0] == '/')
        return _("the path is absolute: it leads out of the bag");
    if (path.p[0] == '~')
        return _("the path begins with '~': it could lead out of the bag");
    if (path.n >= 2 && is_letter(path.p[0]) && path.p[1] == ':')
        return _("the path begins with a drive letter: it could lead out of the bag");
    if (path.p[0] == '\\' || strstr(path.p, "..\\") != NULL || strstr(path.p, "\\..") != NULL)
        return _("the path is one of another system and could lead out of the bag");
    return NULL;
}

/* Why a path is no plain way down to a file, or NULL. */
static const char *
bad_names(struct dz_view path)
{
    size_t start = 0;
    for (size_t i = 0; i <= path.n; i++) {
        if (i < path.n && path.p[i] != '/')
            continue;
        struct dz_view name = {.p = path.p + start, .n = i - start};
        if (dz_view_is(name, ".."))
            return _("the path goes up with '..': it could lead out of the bag");
        if (name.n == 0 && i == path.n)
            return _("the path names a folder");
        if (name.n == 0 || dz_view_is(name, "."))
            return _("the path holds an empty name or '.'");
        start = i + 1;
    }
    return NULL;
}

const char *
dz_bag_path_take(struct dz_view listed, struct bag_version v, struct dz_buf *out,
                 unsigned *ret_notes)
{
    unsigned notes = 0;
    while (dz_view_starts(listed, "./")) {
        listed.p += 2;
        listed.n -= 2;
        notes |= BAG_PATH_DOT_SLASH;
    }
    if (listed.n == 0)
        return _("there is no path");
    if (listed.n > PATH_BYTES_MAX)
        return _("the path is too long");
    size_t before = out->n;
    decode(listed, v, out, &notes);
    if (out->failed)
        return _("the path is too long");
    struct dz_view path = {.p = out->p + before, .n = out->n - before};
    const char *why = leads_out(path);
    if (why == NULL)
        why = bad_names(path);
    if (why != NULL)
        dz_buf_cut(out, before);
    else
        *ret_notes = notes;
    return why;
}

/* Most paths are plain ASCII, whose normal forms are themselves. */
static bool
is_ascii(struct dz_view path)
{
    for (size_t i = 0; i < path.n; i++)
        if ((unsigned char)path.p[i] >= 0x80)
            return false;
    return true;
}

static void
ascii_form(struct dz_view path, enum bag_form form, struct dz_buf *out)
{
    for (size_t i = 0; i < path.n; i++) {
        char c = path.p[i];
        bool capital = form == BAG_FORM_FOLDED && c >= 'A' && c <= 'Z';
        dz_buf_addc(out, capital ? (char)(c - 'A' + 'a') : c);
    }
}

static bool
unicode_form(struct dz_view path, enum bag_form form, struct dz_buf *out)
{
    UChar in[PATH_BYTES_MAX];
    UChar normal[PATH_BYTES_MAX];
    UChar folded[PATH_BYTES_MAX];
    int32_t n_in = 0;
    UErrorCode status = U_ZERO_ERROR;
    if (path.n > INT32_MAX)
        return false;
    u_strFromUTF8(in, PATH_BYTES_MAX, &n_in, path.p, (int32_t)path.n, &status);
    const UNormalizer2 *n =
        form == BAG_FORM_NFD ? unorm2_getNFDInstance(&status) : unorm2_getNFCInstance(&status);
    int32_t n_normal =
        U_SUCCESS(status) ? unorm2_normalize(n, in, n_in, normal, PATH_BYTES_MAX, &status) : 0;
    const UChar *result = normal;
    if (U_SUCCESS(status) && form == BAG_FORM_FOLDED) {
        /* Folding can undo the form, so that it is brought into it once more. */
        int32_t n_folded =
            u_strFoldCase(folded, PATH_BYTES_MAX, normal, n_normal, U_FOLD_CASE_DEFAULT, &status);
        if (U_SUCCESS(status))
            n_normal = unorm2_normalize(n, folded, n_folded, normal, PATH_BYTES_MAX, &status);
    }
    char text[PATH_BYTES_MAX];
    int32_t n_text = 0;
    if (U_SUCCESS(status))
        u_strToUTF8(text, PATH_BYTES_MAX, &n_text, result, n_normal, &status);
    if (U_FAILURE(status))
        return false;
    dz_buf_add(out, text, (size_t)n_text);
    return true;
}

bool
dz_bag_path_form(struct dz_view path, enum bag_form form, struct dz_buf *out)
{
    if (!is_ascii(path))
        return unicode_form(path, form, out);
    ascii_form(path, form, out);
    return true;
}
