#include <string.h>

#include "dz_extract_priv.h"
#include "dz_tr.h"

/* Statuses and reasons: codes for entries, words for people. */

static const char *const statuses[] = {
    [DZ_EXTRACT_TEXT] = "text",           [DZ_EXTRACT_REPAIRED] = "repaired",
    [DZ_EXTRACT_EMPTY] = "empty",         [DZ_EXTRACT_PICTURE] = "picture",
    [DZ_EXTRACT_UNSUPPORTED] = "unsupported", [DZ_EXTRACT_DAMAGED] = "damaged",
    [DZ_EXTRACT_TOO_LARGE] = "too_large", [DZ_EXTRACT_FAILED] = "failed",
};

static const struct {
    const char *why;
    const char *words;
} reasons[] = {
    {"empty", N_("the file is empty")},
    {"blank", N_("there is no text in it")},
    {"no_text", N_("there is no text in it, only pictures")},
    {"ocr_off", N_("its words are a picture: reading those (--ocr) is off")},
    {"ocr_language",
     N_("words in pictures cannot be read: the data of a language is not installed")},
    {"media", N_("sound and film are preserved; what they say is not written down here")},
    {"kind", N_("this kind of file is preserved, not read")},
    {"old_office",
     N_("a file of Word, Excel or PowerPoint of before 2007 is preserved, not read: save a "
        "copy as DOCX, XLSX, PPTX or PDF, as LibreOffice does, and add that too")},
    {"old_outlook",
     N_("a message saved by Outlook (.msg) is preserved, not read: save it as EML, or "
        "print it to PDF, and add that too")},
    {"binary", N_("not text in any encoding that is known")},
    {"encrypted", N_("it is locked with a password: unlock a copy and add that too")},
    {"nesting", N_("it nests too deeply or holds too many elements to be read")},
    {"too_large", N_("it is larger than what is read: at most its beginning is there")},
    {"truncated", N_("it ends too early: what could be read is there")},
    {"damaged", N_("it is damaged: what could be read is there")},
    {"bomb", N_("it unpacks to far more than it should: the rest was left packed")},
    {"parts_limit", N_("it holds more files than are taken out: the rest was left packed")},
    {"depth", N_("files inside files inside files: the innermost were left packed")},
    {"worker_crashed", N_("the program that reads it died of it")},
    {"worker_memory", N_("reading it took more memory than is allowed")},
    {"worker_time", N_("reading it took more time than is allowed")},
    {"worker_output", N_("reading it gave more output than is allowed")},
    {"worker_lied", N_("the program that reads it gave answers that cannot be right")},
};

const char *
dz_extract_status_name(enum dz_extract_status s)
{
    return (size_t)s < sizeof statuses / sizeof *statuses ? statuses[s] : "failed";
}

bool
dz_extract_status_of(struct dz_view name, enum dz_extract_status *ret)
{
    /* What a worker says when a limit of its own was met. */
    if (dz_view_is(name, "limit")) {
        *ret = DZ_EXTRACT_TOO_LARGE;
        return true;
    }
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
        if (!dz_view_is(name, statuses[i]))
            continue;
        *ret = (enum dz_extract_status)i;
        return true;
    }
    return false;
}

const char *
dz_extract_why(struct dz_view code)
{
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (dz_view_is(code, reasons[i].why))
            return reasons[i].why;
    return NULL;
}

const char *
dz_extract_reason(const char *why)
{
    for (size_t i = 0; why && i < sizeof reasons / sizeof *reasons; i++)
        if (strcmp(reasons[i].why, why) == 0)
            return dz_tr(reasons[i].words);
    return "";
}

void
dz_extracted_done(struct dz_extracted *x)
{
    dz_buf_done(&x->text);
    dz_buf_done(&x->locators);
    dz_free(x->extractor);
    dz_free(x->title);
    dz_free(x->author);
    dz_free(x->published);
    dz_free(x->language);
    dz_free(x->address);
    dz_free(x->site);
    dz_free(x->encoding);
    dz_free(x->ocr);
    json_decref(x->meta);
    *x = (struct dz_extracted){0};
}
