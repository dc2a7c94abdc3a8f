#include "dz_kind.h"

#include <string.h>

#include "dz_codec.h"

/* Bytes decide before names: a name is a claim of whoever made the file. Names only part what looks
 * alike, and name what has no mark of its own. */

enum kind_id {
    UNKNOWN,
    PLAIN,
    MARKDOWN,
    CSV,
    TSV,
    SUBRIP,
    VTT,
    HTML,
    CHAT_JSON,
    CHAT_HTML,
    PDF,
    DOCX,
    XLSX,
    PPTX,
    ODT,
    ODS,
    ODP,
    ODG,
    EPUB,
    RTF,
    OLE,
    MAIL,
    MBOX,
    MHTML,
    TNEF,
    ZIP,
    TAR,
    GZIP,
    SEVENZIP,
    BZIP2,
    XZ,
    ZSTD,
    RAR,
    WARC,
    WARC_GZ,
    WACZ,
    JPEG,
    PNG,
    TIFF,
    GIF,
    BMP,
    WEBP,
    HEIC,
    MP4,
    QUICKTIME,
    MATROSKA,
    AVI,
    OGG,
    MP3,
    WAV,
    FLAC,
    M4A,
    JSON,
    XML,
    SVG,
    SQLITE,
};

#define OOXML "application/vnd.openxmlformats-officedocument."
#define ODF "application/vnd.oasis.opendocument."

static const struct dz_kind kinds[] = {
    [UNKNOWN] = {"application/octet-stream", NULL, false, false},
    [PLAIN] = {"text/plain", "text", true, false},
    [MARKDOWN] = {"text/markdown", "text", true, false},
    [CSV] = {"text/csv", "text", true, false},
    [TSV] = {"text/tab-separated-values", "text", true, false},
    [SUBRIP] = {"application/x-subrip", "text", true, false},
    [VTT] = {"text/vtt", "text", true, false},
    [HTML] = {"text/html", "html", false, false},
    [CHAT_JSON] = {"application/json", "chat", true, false},
    [CHAT_HTML] = {"text/html", "chat", false, false},
    [PDF] = {"application/pdf", "pdf", false, false},
    [DOCX] = {OOXML "wordprocessingml.document", "office", false, false},
    [XLSX] = {OOXML "spreadsheetml.sheet", "office", false, false},
    [PPTX] = {OOXML "presentationml.presentation", "office", false, false},
    [ODT] = {ODF "text", "office", false, false},
    [ODS] = {ODF "spreadsheet", "office", false, false},
    [ODP] = {ODF "presentation", "office", false, false},
    [ODG] = {ODF "graphics", "office", false, false},
    [EPUB] = {"application/epub+zip", "office", false, false},
    [RTF] = {"application/rtf", "rtf", true, false},
    [OLE] = {"application/x-ole-storage", "office", false, false},
    [MAIL] = {"message/rfc822", "mail", true, false},
    [MBOX] = {"application/mbox", "mail", true, false},
    [MHTML] = {"multipart/related", "mail", true, false},
    [TNEF] = {"application/ms-tnef", "mail", true, false},
    [ZIP] = {"application/zip", "archive", true, false},
    [TAR] = {"application/x-tar", "archive", true, false},
    [GZIP] = {"application/gzip", "archive", true, false},
    [SEVENZIP] = {"application/x-7z-compressed", "archive", false, false},
    [BZIP2] = {"application/x-bzip2", "archive", true, false},
    [XZ] = {"application/x-xz", "archive", true, false},
    [ZSTD] = {"application/zstd", "archive", true, false},
    [RAR] = {"application/vnd.rar", "archive", true, false},
    [WARC] = {"application/warc", "web", true, false},
    [WARC_GZ] = {"application/warc", "web", true, false},
    [WACZ] = {"application/wacz", "web", true, false},
    [JPEG] = {"image/jpeg", "media", true, true},
    [PNG] = {"image/png", "media", true, true},
    [TIFF] = {"image/tiff", "media", false, true},
    [GIF] = {"image/gif", "media", true, true},
    [BMP] = {"image/bmp", "media", true, true},
    [WEBP] = {"image/webp", "media", true, true},
    [HEIC] = {"image/heic", "media", true, false},
    [MP4] = {"video/mp4", "media", true, false},
    [QUICKTIME] = {"video/quicktime", "media", true, false},
    [MATROSKA] = {"video/x-matroska", "media", true, false},
    [AVI] = {"video/x-msvideo", "media", true, false},
    [OGG] = {"audio/ogg", "media", true, false},
    [MP3] = {"audio/mpeg", "media", true, false},
    [WAV] = {"audio/wav", "media", true, false},
    [FLAC] = {"audio/flac", "media", true, false},
    [M4A] = {"audio/mp4", "media", true, false},
    [JSON] = {"application/json", NULL, true, false},
    [XML] = {"application/xml", NULL, true, false},
    [SVG] = {"image/svg+xml", NULL, true, false},
    [SQLITE] = {"application/vnd.sqlite3", NULL, false, false},
};

/* ---- marks in the bytes ---- */

struct mark {
    size_t at;
    struct dz_view bytes;
    enum kind_id kind;
};
static const struct mark marks[] = {
    {0, DZ_VIEW_INIT("%PDF-"), PDF},
    {0, DZ_VIEW_INIT("{\\rtf"), RTF},
    {0, DZ_VIEW_INIT("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), OLE},
    {0, DZ_VIEW_INIT("\x78\x9f\x3e\x22"), TNEF},
    {0, DZ_VIEW_INIT("WARC/"), WARC},
    {0, DZ_VIEW_INIT("\xff\xd8\xff"), JPEG},
    {0, DZ_VIEW_INIT("\x89PNG\r\n\x1a\n"), PNG},
    {0, DZ_VIEW_INIT("GIF8"), GIF},
    {0, DZ_VIEW_INIT("II*\0"), TIFF},
    {0, DZ_VIEW_INIT("MM\0*"), TIFF},
    {0, DZ_VIEW_INIT("\x1a\x45\xdf\xa3"), MATROSKA},
    {0, DZ_VIEW_INIT("OggS"), OGG},
    {0, DZ_VIEW_INIT("fLaC"), FLAC},
    {0, DZ_VIEW_INIT("ID3"), MP3},
    {0, DZ_VIEW_INIT("7z\xbc\xaf\x27\x1c"), SEVENZIP},
    {0, DZ_VIEW_INIT("BZh"), BZIP2},
    {0, DZ_VIEW_INIT("\xfd" "7zXZ\0"), XZ},
    {0, DZ_VIEW_INIT("\x28\xb5\x2f\xfd"), ZSTD},
    {0, DZ_VIEW_INIT("Rar!\x1a\x07"), RAR},
    {0, DZ_VIEW_INIT("SQLite format 3\0"), SQLITE},
    {257, DZ_VIEW_INIT("ustar"), TAR},
};

static bool
has_at(struct dz_view head, size_t at, struct dz_view what)
{
    return head.n >= at + what.n && memcmp(head.p + at, what.p, what.n) == 0;
}

/* ISO base media and RIFF name what they hold a little further in. */
static enum kind_id
of_container(struct dz_view head)
{
    if (has_at(head, 4, DZ_VIEW("ftyp"))) {
        if (has_at(head, 8, DZ_VIEW("qt  ")))
            return QUICKTIME;
        if (has_at(head, 8, DZ_VIEW("heic")) || has_at(head, 8, DZ_VIEW("heix")) ||
            has_at(head, 8, DZ_VIEW("mif1")) || has_at(head, 8, DZ_VIEW("avif")))
            return HEIC;
        return has_at(head, 8, DZ_VIEW("M4A ")) ? M4A : MP4;
    }
    if (has_at(head, 0, DZ_VIEW("RIFF"))) {
        if (has_at(head, 8, DZ_VIEW("WAVE")))
            return WAV;
        if (has_at(head, 8, DZ_VIEW("WEBP")))
            return WEBP;
        if (has_at(head, 8, DZ_VIEW("AVI ")))
            return AVI;
    }
    if (has_at(head, 0, DZ_VIEW("BM")) && has_at(head, 6, DZ_VIEW("\0\0\0\0")))
        return BMP;
    if (head.n >= 2 && (unsigned char)head.p[0] == 0xff &&
        ((unsigned char)head.p[1] & 0xe6) == 0xe2)
        return MP3;
    return UNKNOWN;
}

/* ---- names ---- */

static bool
ends_with(const char *name, const char *ending)
{
    size_t n = strlen(name), m = strlen(ending);
    if (n < m)
        return false;
    for (size_t i = 0; i < m; i++) {
        char c = name[n - m + i];
        if ((c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c) != ending[i])
            return false;
    }
    return true;
}

struct ending {
    const char *text;
    enum kind_id kind;
};

static enum kind_id
by_ending(const char *name, const struct ending *list, size_t n, enum kind_id otherwise)
{
    for (size_t i = 0; i < n; i++)
        if (ends_with(name, list[i].text))
            return list[i].kind;
    return otherwise;
}
#define BY_ENDING(name, list, otherwise)                                                           \
    by_ending(name, list, sizeof(list) / sizeof *(list), otherwise)

/* ---- inside a ZIP ---- */

static uint32_t
little(const char *p, int n)
{
    uint32_t v = 0;
    for (int i = n - 1; i >= 0; i--)
        v = v << 8 | (unsigned char)p[i];
    return v;
}

static const struct {
    const char *media_type;
    enum kind_id kind;
} mimetypes[] = {
    {"application/epub+zip", EPUB},
    {ODF "text", ODT},
    {ODF "spreadsheet", ODS},
    {ODF "presentation", ODP},
    {ODF "graphics", ODG},
    {ODF "text-template", ODT},
    {ODF "spreadsheet-template", ODS},
    {ODF "presentation-template", ODP},
    {ODF "graphics-template", ODG},
};

/* What the name of a member, and for "mimetype" its stored bytes, say of the whole. */
static enum kind_id
by_member(struct dz_view name, struct dz_view stored)
{
    if (dz_view_is(name, "mimetype"))
        for (size_t i = 0; i < sizeof mimetypes / sizeof *mimetypes; i++)
            if (dz_view_eq(dz_view_trim(stored), dz_view_of(mimetypes[i].media_type)))
                return mimetypes[i].kind;
    if (dz_view_starts(name, "word/"))
        return DOCX;
    if (dz_view_starts(name, "xl/"))
        return XLSX;
    if (dz_view_starts(name, "ppt/"))
        return PPTX;
    if (dz_view_is(name, "pages/pages.jsonl") ||
        (dz_view_starts(name, "archive/") && name.n > 8 && memchr(name.p, '.', name.n)))
        return WACZ;
    return UNKNOWN;
}

/* Follows the local headers as far as the head goes; where a length stands behind the data the
 * walk ends, and the ending of the name decides. */
static enum kind_id
of_zip(struct dz_view head, const char *name)
{
    static const struct ending endings[] = {
        {".docx", DOCX}, {".xlsx", XLSX}, {".pptx", PPTX}, {".odt", ODT},
        {".ods", ODS},   {".odp", ODP},   {".epub", EPUB}, {".wacz", WACZ},
        {".docm", DOCX}, {".dotx", DOCX}, {".xlsm", XLSX}, {".xltx", XLSX},
        {".pptm", PPTX}, {".ppsx", PPTX}, {".ott", ODT},   {".ots", ODS},
        {".otp", ODP},   {".odg", ODG},   {".otg", ODG},
    };
    for (size_t at = 0; at + 30 <= head.n && has_at(head, at, DZ_VIEW("PK\x03\x04"));) {
        const char *p = head.p + at;
        size_t name_n = little(p + 26, 2), extra_n = little(p + 28, 2), data_n = little(p + 18, 4);
        size_t data = at + 30 + name_n + extra_n;
        bool is_stored = little(p + 8, 2) == 0, is_known = (little(p + 6, 2) & 8) == 0;
        if (at + 30 + name_n > head.n)
            break;
        struct dz_view stored = {0};
        if (is_stored && is_known && data < head.n)
            stored = (struct dz_view){head.p + data,
                                      data_n < head.n - data ? data_n : head.n - data};
        enum kind_id found = by_member((struct dz_view){p + 30, name_n}, stored);
        if (found != UNKNOWN)
            return found;
        if (!is_known || data_n > head.n)
            break;
        at = data + data_n;
    }
    return BY_ENDING(name, endings, ZIP);
}

/* ---- text ---- */

static bool
is_no_case(const char *p, const char *what, size_t n)
{
    size_t i = 0;
    while (i < n && (p[i] | 0x20) == (what[i] | 0x20))
        i++;
    return i == n;
}

/* A character of the word that has no case, and the rarer the better: it is looked for. */
static size_t
telling_place(const char *what)
{
    const char *rare = strchr(what, '_');
    return rare ? (size_t)(rare - what) : strcspn(what, "\"-<:\n=");
}

static bool
has_no_case(struct dz_view text, const char *what)
{
    size_t n = strlen(what), place = telling_place(what);
    if (text.n < n)
        return false;
    const char *last = text.p + (text.n - n);
    if (place == n) {
        for (const char *p = text.p; p <= last; p++)
            if (is_no_case(p, what, n))
                return true;
        return false;
    }
    for (const char *p = text.p; p <= last; p++) {
        const char *sign = memchr(p + place, what[place], (size_t)(last - p) + 1);
        if (!sign)
            return false;
        p = sign - place;
        if (is_no_case(p, what, n))
            return true;
    }
    return false;
}

static bool
starts_no_case(struct dz_view text, const char *what)
{
    size_t n = strlen(what);
    return text.n >= n && is_no_case(text.p, what, n);
}

static struct dz_view
part_of(struct dz_view v, size_t max)
{
    return (struct dz_view){v.p, v.n < max ? v.n : max};
}

static struct dz_view
skip_mark(struct dz_view v)
{
    return has_at(v, 0, DZ_VIEW("\xef\xbb\xbf")) ? (struct dz_view){v.p + 3, v.n - 3} : v;
}

/* Comments and an XML declaration may stand in front of what tells the kind. */
static struct dz_view
skip_prolog(struct dz_view head)
{
    head = dz_view_trim(head);
    for (int i = 0; i < 8; i++) {
        bool is_comment = starts_no_case(head, "<!--");
        if (!is_comment && !starts_no_case(head, "<?"))
            break;
        const char *end = NULL;
        for (size_t at = 2; at < head.n && !end; at++)
            if (head.p[at] == '>' &&
                (!is_comment || (at >= 6 && memcmp(head.p + at - 2, "--", 2) == 0)))
                end = head.p + at + 1;
        if (!end)
            break;
        head = dz_view_trim((struct dz_view){end, head.n - (size_t)(end - head.p)});
    }
    return head;
}

/* Header fields as mails begin with: names with a colon, one of them of the usual ones. */
static bool
looks_like_mail(struct dz_view head)
{
    static const char *const usual[] = {"received:",     "return-path:", "mime-version:",
                                        "message-id:",   "delivered-to:", "from:",
                                        "dkim-signature:", "x-mozilla-status:"};
    size_t n_usual = 0, n_lines = 0;
    while (head.n > 0 && n_lines < 40) {
        const char *end = memchr(head.p, '\n', head.n);
        size_t n = end ? (size_t)(end - head.p) : head.n;
        struct dz_view line = {head.p, n};
        head = (struct dz_view){head.p + n + (end ? 1 : 0), head.n - n - (end ? 1 : 0)};
        if (dz_view_trim(line).n == 0)
            break;
        n_lines++;
        if (line.p[0] == ' ' || line.p[0] == '\t')
            continue;
        size_t colon = 0;
        while (colon < line.n && line.p[colon] > ' ' && line.p[colon] < 0x7f &&
               line.p[colon] != ':')
            colon++;
        if (colon == 0 || colon == line.n || line.p[colon] != ':')
            return false;
        for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
            n_usual += starts_no_case(line, usual[i]);
    }
    return n_usual >= 2;
}

static bool
has_any(struct dz_view text, const char *const *words)
{
    while (*words && !has_no_case(text, *words))
        words++;
    return *words != NULL;
}

/* One chat, or a whole account, as Telegram Desktop exports it. */
static bool
looks_like_telegram(struct dz_view head)
{
    static const char *const types[] = {"\"personal_chat\"", "\"saved_messages\"", "_channel\"",
                                        "group\"",          "\"bot_chat\"",       NULL};
    struct dz_view start = part_of(head, 4096);
    if (has_no_case(start, "\"about\"") && has_no_case(start, "telegram"))
        return true;
    if (has_no_case(start, "\"chats\"") && has_no_case(start, "\"list\""))
        return true;
    return has_no_case(start, "\"messages\"") && has_no_case(start, "\"type\"") &&
           has_any(start, types);
}

static enum kind_id
of_markup(struct dz_view head)
{
    struct dz_view body = skip_prolog(head);
    if (starts_no_case(body, "<!doctype html") || starts_no_case(body, "<html")) {
        bool chat =
            has_no_case(head, "class=\"page_wrap\"") && has_no_case(head, "class=\"history\"");
        return chat ? CHAT_HTML : HTML;
    }
    if (starts_no_case(body, "<svg") || starts_no_case(body, "<!doctype svg"))
        return SVG;
    return body.p != dz_view_trim(head).p ? XML : UNKNOWN;
}

static enum kind_id
of_text(struct dz_view head, const char *name)
{
    static const struct ending endings[] = {
        {".md", MARKDOWN}, {".markdown", MARKDOWN}, {".csv", CSV},   {".tsv", TSV},
        {".srt", SUBRIP},  {".vtt", VTT},           {".html", HTML}, {".htm", HTML},
        {".xhtml", HTML},  {".json", JSON},         {".xml", XML},   {".svg", SVG},
        {".eml", MAIL},    {".mbox", MBOX},         {".mhtml", MHTML}, {".mht", MHTML},
    };
    struct dz_view text = skip_mark(head);
    struct dz_view start = dz_view_trim(text);
    if (starts_no_case(start, "WEBVTT"))
        return VTT;
    enum kind_id markup = start.n && start.p[0] == '<' ? of_markup(text) : UNKNOWN;
    if (markup != UNKNOWN)
        return markup;
    if (dz_view_starts(text, "From ") && memchr(text.p, '\n', text.n) &&
        (ends_with(name, ".mbox") || has_no_case(part_of(text, 4096), "\nfrom:")))
        return MBOX;
    if (looks_like_mail(text))
        return ends_with(name, ".mht") || ends_with(name, ".mhtml") ||
                       has_no_case(part_of(text, 4096), "snapshot-content-location:")
                   ? MHTML
                   : MAIL;
    if (start.n && start.p[0] == '{' && looks_like_telegram(start))
        return CHAT_JSON;
    enum kind_id named = BY_ENDING(name, endings, PLAIN);
    bool is_markup_name = named == XML || named == SVG || named == HTML;
    if (is_markup_name && (!start.n || start.p[0] != '<'))
        return PLAIN;
    return named == JSON && (!start.n || (start.p[0] != '{' && start.p[0] != '[')) ? PLAIN : named;
}

/* Bytes before the next control character, by eights: a byte below 0x20 borrows when 0x20 is taken
 * from it (one behind such a byte may be stopped at for nothing). */
static size_t
without_controls(const char *p, size_t n)
{
    size_t i = 0;
    for (uint64_t eight; i + sizeof eight <= n; i += sizeof eight) {
        memcpy(&eight, p + i, sizeof eight);
        if (((eight - 0x2020202020202020U) & ~eight & 0x8080808080808080U) != 0)
            break;
    }
    return i;
}

/* Control characters tell bytes from words. Words in UTF-16 have a NUL in every other byte, on one
 * side as long as they are Latin; Cyrillic has a 4 there. */
static bool
looks_like_text(struct dz_view head)
{
    size_t controls = 0, side[2] = {0, 0};
    if (has_at(head, 0, DZ_VIEW("\xff\xfe")) || has_at(head, 0, DZ_VIEW("\xfe\xff")))
        return true;
    for (size_t i = 0; i < head.n; i++) {
        i += without_controls(head.p + i, head.n - i);
        unsigned char c = i < head.n ? (unsigned char)head.p[i] : '\n';
        if (c >= 0x20 || c == '\n')
            continue;
        side[i % 2] += c == 0 || c == 4;
        controls += c != '\t' && c != '\r' && c != '\f' && c != 0x1b;
    }
    bool is_wide = head.n >= 8 && (side[0] * 10 > head.n * 4) != (side[1] * 10 > head.n * 4);
    return is_wide || controls * 100 <= head.n;
}

const struct dz_kind *
dz_kind_of(struct dz_view head, const char *name)
{
    enum kind_id kind = UNKNOWN;
    if (!name)
        name = "";
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (has_at(head, marks[i].at, marks[i].bytes))
            return &kinds[marks[i].kind];
    if (has_at(head, 0, DZ_VIEW("PK\x03\x04")))
        return &kinds[of_zip(head, name)];
    if (has_at(head, 0, DZ_VIEW("PK\x05\x06")))
        return &kinds[ZIP];
    if (has_at(head, 0, DZ_VIEW("\x1f\x8b")))
        return &kinds[ends_with(name, ".warc.gz") ? WARC_GZ : GZIP];
    kind = of_container(head);
    if (kind == UNKNOWN && looks_like_text(head))
        kind = of_text(head, name);
    return &kinds[kind];
}
