#include <string.h>

#include "dz_address.h"
#include "dz_capture.h"
#include "dz_codec.h"
#include "dz_mem.h"
#include "dz_os.h"
#include "shot_impl.h"

/* What a capture brought, for the browser to be shown: heads in memory, bodies as they came over
 * the wire in a file that lies in memory alone. */

#define STORE_BYTES_MAX ((uint64_t)1 << 30)
#define STORE_ANSWERS_MAX 20000

struct dz_shot_store {
    int fd;
    uint64_t n_bytes;
    struct shot_answer *answers;
    size_t n_answers;
    size_t cap_answers;
};

enum dz_code
dz_shot_store_new(struct dz_shot_store **ret, struct dz_err *err)
{
    int fd = -1;
    DZ_TRY(dz_os_memory_file("captured", &fd, err));
    struct dz_shot_store *s = dz_alloc(sizeof *s);
    s->fd = fd;
    *ret = s;
    return DZ_OK;
}

void
dz_shot_store_free(struct dz_shot_store *s)
{
    if (s == NULL)
        return;
    for (size_t i = 0; i < s->n_answers; i++) {
        dz_free(s->answers[i].url);
        dz_free(s->answers[i].loose);
        dz_buf_done(&s->answers[i].head);
    }
    dz_free(s->answers);
    dz_os_close_quiet(&s->fd);
    dz_free(s);
}

/* Every %XX undone, so that addresses that differ in their escapes alone are the same. */
static char *
loosen(const char *url)
{
    DZ_AUTO_BUF struct dz_buf out = DZ_BUF(1 << 20);
    for (const char *p = url; *p != '\0'; p++) {
        uint8_t byte = 0;
        bool escape = p[0] == '%' && p[1] != '\0' && p[2] != '\0' &&
                      dz_hex_decode((struct dz_view){p + 1, 2}, &byte, 1) && byte != 0;
        dz_buf_addc(&out, escape ? (char)byte : *p);
        p += escape ? 2 : 0;
    }
    return dz_buf_take(&out);
}

/* As a browser writes an address: hosts in the letters of DNS. */
static char *
plain_form(const char *url)
{
    char *plain = dz_address_plain(url);
    return plain != NULL ? plain : dz_strdup(url);
}

enum dz_code
dz_shot_store_add(void *ctx, const char *url, const struct dz_exchange *x, struct dz_err *err)
{
    struct dz_shot_store *s = ctx;
    struct shot_answer a = {.status = x->status, .offset = s->n_bytes, .n = x->body.n};
    if (x->body.n > DZ_SHOT_BYTES_MAX || x->body.n > STORE_BYTES_MAX - s->n_bytes ||
        s->n_answers >= STORE_ANSWERS_MAX)
        return DZ_OK;
    DZ_TRY(dz_os_write_all(s->fd, x->body.p, x->body.n, err));
    s->n_bytes += x->body.n;
    a.url = plain_form(url);
    a.loose = loosen(a.url);
    a.head.max = DZ_EXCHANGE_HEAD_MAX;
    dz_buf_addv(&a.head, dz_buf_view(&x->head));
    s->answers = dz_grow(s->answers, &s->cap_answers, s->n_answers + 1, sizeof *s->answers);
    s->answers[s->n_answers++] = a;
    return DZ_OK;
}

static const struct shot_answer *
find_loose(const struct dz_shot_store *s, const char *loose)
{
    for (size_t i = 0; i < s->n_answers; i++)
        if (strcmp(s->answers[i].loose, loose) == 0)
            return &s->answers[i];
    return NULL;
}

/* First as it stands, then escaped otherwise, then by the other scheme: browsers turn http into
 * https by themselves where they know or are told that a site speaks it. */
const struct shot_answer *
dz_shot_find(const struct dz_shot_store *s, const char *url)
{
    static const char plain[] = "http://";
    static const char safe[] = "https://";
    for (size_t i = 0; i < s->n_answers; i++)
        if (strcmp(s->answers[i].url, url) == 0)
            return &s->answers[i];
    DZ_AUTO_FREE char *loose = loosen(url);
    const struct shot_answer *found = find_loose(s, loose);
    if (found != NULL || strncmp(loose, safe, sizeof safe - 1) != 0)
        return found;
    DZ_AUTO_FREE char *other = dz_asprintf("%s%s", plain, loose + sizeof safe - 1);
    return find_loose(s, other);
}

enum dz_code
dz_shot_body(struct dz_shot_store *s, const struct shot_answer *a, struct dz_box *box,
             const bool *cancel, struct dz_buf *out, struct dz_err *err)
{
    DZ_AUTO_FREE char *raw = dz_alloc(a->n);
    DZ_TRY(dz_os_pread_all(s->fd, raw, a->n, a->offset, err));
    return dz_capture_unpack(box, dz_buf_view(&a->head), (struct dz_view){raw, a->n}, cancel, out,
                             err);
}
