/* Lies and floods on the way out. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hostile_impl.h"

#define OUTPUT 4

/* Bytes past everything that watches over an honest reader. */
static void
raw(const void *p, size_t n)
{
    ssize_t ignored = write(OUTPUT, p, n);
    (void)ignored;
}

static void
raw_frame(unsigned type, const char *payload, size_t n)
{
    DZ_AUTO_BUF struct dz_buf b = DZ_BUF(1 << 16);
    dz_buf_add_u32be(&b, (uint32_t)n);
    dz_buf_add_u8(&b, (uint8_t)type);
    dz_buf_add(&b, payload, n);
    raw(b.p, b.n);
}

static const struct {
    const char *word;
    unsigned type;
    const char *payload;
    size_t n;
} frames[] = {
#define FRAME(word, type, payload) {word, type, payload, sizeof(payload) - 1}
    FRAME("wire-type-0", 0, ""),
    FRAME("wire-type-99", 99, "x"),
    FRAME("wire-exit", DZ_WIRE_EXIT, "\0\0\0\0\0"),
    FRAME("wire-hello-again", DZ_WIRE_HELLO, "\1hostile/1"),
    FRAME("wire-bad-text", DZ_WIRE_TEXT, "a\xC3"),
    FRAME("wire-nul-text", DZ_WIRE_TEXT, "a\0b"),
    FRAME("wire-no-pair", DZ_WIRE_FIELD, "title"),
    FRAME("wire-empty-key", DZ_WIRE_META, "\0value"),
    FRAME("wire-bad-value", DZ_WIRE_META, "key\0\xFF"),
    FRAME("wire-two-lines", DZ_WIRE_FIELD, "title\0one\ntwo"),
    FRAME("wire-bidi", DZ_WIRE_FIELD, "title\0one\xE2\x80\xAEtwo"),
    FRAME("wire-bad-kind", DZ_WIRE_LOCATOR, "Page 1\0" "1"),
    FRAME("wire-stray-part", DZ_WIRE_PART_DATA, "x"),
    FRAME("wire-part-end", DZ_WIRE_PART_END, ""),
    FRAME("wire-progress", DZ_WIRE_PROGRESS, "1"),
    FRAME("wire-status", DZ_WIRE_DONE, "splendid\0"),
    FRAME("wire-why", DZ_WIRE_DONE, "damaged\0Because"),
#undef FRAME
};

static void
flood(struct dz_work *w, const char *word)
{
    static char much[4096];
    memset(much, 'a', sizeof much);
    for (;;) {
        if (strcmp(word, "flood-text") == 0)
            dz_work_text(w, (struct dz_view){.p = much, .n = sizeof much});
        else
            dz_work_progress(w, 1, 2);
    }
}

static void
lie(struct dz_work *w, const char *word)
{
    if (strcmp(word, "wire-false-length") == 0)
        raw("\xFF\xFF\xFF\xFF\x04", 5);
    else if (strcmp(word, "wire-unfinished") == 0)
        raw("\0\0\xFF\xFF\x04half", 9);
    else if (strcmp(word, "wire-text-in-part") == 0)
        raw_frame(DZ_WIRE_PART, "a\0b", 3), raw_frame(DZ_WIRE_TEXT, "x", 1);
    else if (strcmp(word, "wire-done-in-part") == 0)
        raw_frame(DZ_WIRE_PART, "a\0b", 3), raw_frame(DZ_WIRE_DONE, "text\0", 5);
    else if (strcmp(word, "wire-done-twice") == 0)
        raw_frame(DZ_WIRE_DONE, "text\0", 5), raw_frame(DZ_WIRE_DONE, "text\0", 5);
    else if (strcmp(word, "wire-after-done") == 0)
        raw_frame(DZ_WIRE_DONE, "text\0", 5), raw_frame(DZ_WIRE_TEXT, "late", 4);
    else if (strcmp(word, "wire-close") == 0)
        (void)close(OUTPUT), (void)sleep(1000);
    else if (strcmp(word, "wire-done-and-live") == 0)
        raw_frame(DZ_WIRE_DONE, "text\0", 5), (void)close(OUTPUT), (void)sleep(1000);
    else if (strcmp(word, "wire-done-and-crash") == 0)
        raw_frame(DZ_WIRE_DONE, "text\0", 5), *(volatile char *)(uintptr_t)strlen(word) = 1;
    else if (strncmp(word, "flood-", 6) == 0)
        flood(w, word);
    _exit(0);
}

bool
hostile_wire(struct dz_work *w, const char *word)
{
    if (strncmp(word, "wire-", 5) != 0 && strncmp(word, "flood-", 6) != 0)
        return false;
    /* The greeting still waits in its buffer, and progress sends it. */
    if (strcmp(word, "wire-no-hello") == 0)
        raw_frame(DZ_WIRE_TEXT, "a", 1), _exit(0);
    dz_work_progress(w, 0, 0);
    for (size_t i = 0; i < sizeof frames / sizeof *frames; i++) {
        if (strcmp(frames[i].word, word) == 0) {
            raw_frame(frames[i].type, frames[i].payload, frames[i].n);
            /* Otherwise faultless: without the check this would count. */
            dz_work_done(w, "text", NULL);
        }
    }
    lie(w, word);
    return true;
}
