#include "dz_office_media.h"

#include <string.h>
#include <strings.h>

static const struct {
    const char *ending;
    const char *type;
} known[] = {
    {"txt", "text/plain"},
    {"md", "text/markdown"},
    {"csv", "text/csv"},
    {"htm", "text/html"},
    {"html", "text/html"},
    {"xhtml", "application/xhtml+xml"},
    {"xml", "application/xml"},
    {"json", "application/json"},
    {"srt", "application/x-subrip"},
    {"vtt", "text/vtt"},
    {"pdf", "application/pdf"},
    {"rtf", "application/rtf"},
    {"doc", "application/msword"},
    {"xls", "application/vnd.ms-excel"},
    {"ppt", "application/vnd.ms-powerpoint"},
    {"docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
    {"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
    {"pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"},
    {"odt", "application/vnd.oasis.opendocument.text"},
    {"ods", "application/vnd.oasis.opendocument.spreadsheet"},
    {"odp", "application/vnd.oasis.opendocument.presentation"},
    {"odg", "application/vnd.oasis.opendocument.graphics"},
    {"epub", "application/epub+zip"},
    {"eml", "message/rfc822"},
    {"msg", "application/vnd.ms-outlook"},
    {"mbox", "application/mbox"},
    {"mht", "multipart/related"},
    {"mhtml", "multipart/related"},
    {"zip", "application/zip"},
    {"warc", "application/warc"},
    {"wacz", "application/wacz"},
    {"gz", "application/gzip"},
    {"tar", "application/x-tar"},
    {"7z", "application/x-7z-compressed"},
    {"png", "image/png"},
    {"jpg", "image/jpeg"},
    {"jpeg", "image/jpeg"},
    {"gif", "image/gif"},
    {"bmp", "image/bmp"},
    {"tif", "image/tiff"},
    {"tiff", "image/tiff"},
    {"webp", "image/webp"},
    {"svg", "image/svg+xml"},
    {"emf", "image/emf"},
    {"wmf", "image/wmf"},
    {"mp3", "audio/mpeg"},
    {"m4a", "audio/mp4"},
    {"ogg", "audio/ogg"},
    {"oga", "audio/ogg"},
    {"opus", "audio/ogg"},
    {"wav", "audio/wav"},
    {"mp4", "video/mp4"},
    {"mov", "video/quicktime"},
    {"avi", "video/x-msvideo"},
    {"mkv", "video/x-matroska"},
    {"webm", "video/webm"},
};

const char *
dz_office_media_type(struct dz_view name)
{
    size_t dot = name.n;
    while (dot > 0 && name.p[dot - 1] != '.' && name.p[dot - 1] != '/')
        dot--;
    if (dot > 0 && name.p[dot - 1] == '.') {
        for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
            if (strlen(known[i].ending) == name.n - dot &&
                strncasecmp(known[i].ending, name.p + dot, name.n - dot) == 0)
                return known[i].type;
        }
    }
    return "application/octet-stream";
}
