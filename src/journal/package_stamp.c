/* Stamped checkpoints and their timestamps: docs/format/package.md section 5 numbers 8 and 9. */
#include <string.h>

#include "dz_consistency.h"
#include "dz_mem.h"
#include "dz_stamp.h"
#include "dz_time.h"
#include "dz_tr.h"
#include "package_read_impl.h"

static enum dz_code
bad_index(struct package *p)
{
    dz_package_say(p, DZ_CHECK_FINDING, "package-index", DZ_PACKAGE_INDEX,
                   _("a checkpoint or timestamp in it is not described as the format has it"));
    return DZ_OK;
}

/* The note is signed by its log and of the size that the index says. */
static bool
note_holds(const struct package_log *log, struct dz_view note, uint64_t size, struct dz_err *err)
{
    struct dz_view text;
    struct dz_checkpoint c;
    enum dz_code code = dz_note_open(note, &log->key, 1, &text, err);
    if (code == DZ_OK)
        code = dz_checkpoint_parse(text, &c, err);
    if (code != DZ_OK)
        return false;
    if (strcmp(c.origin, log->key.name) != 0 || c.size != size) {
        (void)!dz_fail(err, DZ_E_CORRUPT,
                       "it is a checkpoint of another log or size than the index says");
        return false;
    }
    return true;
}

/* The older checkpoint leads to the one of the log, by a consistency proof. */
static enum dz_code
leads_on(struct package *p, const struct package_log *log, struct dz_view note, const char *path,
         bool *ret_good, struct dz_err *err)
{
    DZ_AUTO_BUF struct dz_buf file = DZ_BUF(DZ_PROOF_MAX);
    struct dz_err own = {0};
    *ret_good = dz_package_path(p, path, "data/checkpoints/", DZ_PACKAGE_INDEX);
    if (*ret_good)
        DZ_TRY(dz_package_slurp(p, path, DZ_PROOF_MAX, &file, ret_good, err));
    if (!*ret_good)
        return DZ_OK;
    DZ_AUTO_CONSISTENCY struct dz_consistency c = {.old_size = 0};
    enum dz_code code = dz_consistency_parse(dz_buf_view(&file), &c, &own);
    if (code == DZ_OK && !dz_view_eq(dz_buf_view(&c.note), dz_buf_view(&log->note)))
        code = dz_fail(&own, DZ_E_CORRUPT, "it leads to another checkpoint than the index says");
    if (code == DZ_OK)
        code = dz_consistency_check(&c, note, &log->key, NULL, NULL, &own);
    *ret_good = code == DZ_OK;
    if (code != DZ_OK)
        dz_package_say(p, DZ_CHECK_FINDING, "consistency", path, own.msg);
    return DZ_OK;
}

/* Without a consistency proof it has to be the log's checkpoint itself: its text and the log's own
 * signature are the same, the lines of others may differ. */
static bool
is_the_last(const struct package_log *log, struct dz_view note)
{
    DZ_AUTO_BUF struct dz_buf one = DZ_BUF(DZ_NOTE_MAX);
    DZ_AUTO_BUF struct dz_buf other = DZ_BUF(DZ_NOTE_MAX);
    return dz_stamp_note(note, &log->key, &one, NULL, NULL) == DZ_OK &&
           dz_stamp_note(dz_buf_view(&log->note), &log->key, &other, NULL, NULL) == DZ_OK &&
           dz_view_eq(dz_buf_view(&one), dz_buf_view(&other));
}

static enum dz_code
check_point(struct package *p, struct package_point *point, const char *consistency,
            struct dz_err *err)
{
    const struct package_log *log = &p->logs[point->log];
    DZ_AUTO_BUF struct dz_buf note = DZ_BUF(DZ_NOTE_MAX);
    struct dz_err own = {0};
    bool good = dz_package_path(p, point->path, "data/checkpoints/", DZ_PACKAGE_INDEX);
    if (good)
        DZ_TRY(dz_package_slurp(p, point->path, DZ_NOTE_MAX, &note, &good, err));
    if (!good || !log->good)
        return DZ_OK;
    if (!note_holds(log, dz_buf_view(&note), point->size, &own)) {
        dz_package_say(p, DZ_CHECK_FINDING, "checkpoint", point->path, own.msg);
        return DZ_OK;
    }
    if (consistency != NULL)
        return leads_on(p, log, dz_buf_view(&note), consistency, &point->good, err);
    point->good = is_the_last(log, dz_buf_view(&note));
    if (!point->good)
        dz_package_say(p, DZ_CHECK_FINDING, "checkpoint", point->path,
                       _("nothing shows that it leads to the checkpoint of the proofs"));
    return DZ_OK;
}

enum dz_code
dz_package_add_point(struct package *p, const json_t *element, struct dz_err *err)
{
    struct package_log *log = dz_package_log_of(p, dz_json_str(element, "log"));
    const char *path = dz_json_str(element, "path");
    int64_t size = dz_json_int(element, "size", 0);
    const json_t *consistency = json_object_get(element, "consistency");
    if (log == NULL || path == NULL || size < 1 ||
        (consistency != NULL && !json_is_string(consistency)))
        return bad_index(p);
    if (p->n_points == DZ_PACKAGE_STAMPS_MAX)
        return dz_fail(err, DZ_E_LIMIT, "the package has more than %d stamped checkpoints",
                       DZ_PACKAGE_STAMPS_MAX);
    p->points = dz_grow(p->points, &p->cap_points, p->n_points + 1, sizeof *p->points);
    struct package_point *point = &p->points[p->n_points++];
    *point = (struct package_point){
        .log = (size_t)(log - p->logs), .size = (uint64_t)size, .path = dz_strdup(path)};
    return check_point(p, point, json_string_value(consistency), err);
}

/* --- timestamps --- */

static void
tell_stamp(struct package *p, const char *token, const struct package_stamp *s,
           const struct dz_tsp_result *r)
{
    char time[32];
    dz_time_format(s->time_us, time);
    if (r->chain == DZ_TSP_CHAIN_EXPIRED)
        dz_package_say(p, DZ_CHECK_NOTICE, "stamp-expired", token,
                       _("a certificate of it has expired since; it held when it was stamped"));
    dz_package_sayf(p, DZ_CHECK_FACT, "stamped", token,
                    N_("the first %llu entries existed before %s, says %s (certificate %s, SHA-256 "
                       "%s)"),
                    (unsigned long long)s->size, time, s->authority, r->anchor, r->anchor_sha256);
}

struct stamp_files {
    struct dz_buf note;
    struct dz_buf token;
    struct dz_buf pem;
};

static void
take_stamp(struct package *p, const struct package_point *point, const char *path,
           const struct stamp_files *f)
{
    struct dz_err own = {0};
    struct dz_stamp stamp;
    struct dz_view pem = dz_buf_view(&f->pem);
    bool trusted = p->trust->ca_pem.n > 0;
    enum dz_code code =
        dz_stamp_check(dz_buf_view(&f->note), &p->logs[point->log].key, dz_buf_view(&f->token),
                       trusted ? p->trust->ca_pem : pem, pem, p->trust->now_us, &stamp, &own);
    if (code != DZ_OK) {
        dz_package_say(p, DZ_CHECK_FINDING, "stamp", path, own.msg);
        return;
    }
    p->stamps = dz_grow(p->stamps, &p->cap_stamps, p->n_stamps + 1, sizeof *p->stamps);
    struct package_stamp *s = &p->stamps[p->n_stamps++];
    *s = (struct package_stamp){.log = point->log, .size = point->size};
    s->time_us = stamp.stamp.time_us;
    /* The authority's clock may be off by what it states; the later end is what is certain. */
    if (stamp.stamp.has_accuracy)
        s->time_us += stamp.stamp.accuracy_us;
    memcpy(s->authority, stamp.stamp.authority, sizeof s->authority);
    p->result.n_stamps++;
    tell_stamp(p, path, s, &stamp.stamp);
}

static const struct package_point *
point_of(const struct package *p, const char *path, size_t log, uint64_t size)
{
    for (size_t i = 0; i < p->n_points; i++)
        if (strcmp(p->points[i].path, path) == 0 && p->points[i].log == log &&
            p->points[i].size == size)
            return &p->points[i];
    return NULL;
}

static enum dz_code
check_stamp(struct package *p, const struct package_point *point, const char *token,
            const char *certificates, struct dz_err *err)
{
    struct stamp_files f = {.note = DZ_BUF(DZ_NOTE_MAX),
                            .token = DZ_BUF(DZ_TSP_TOKEN_MAX),
                            .pem = DZ_BUF(DZ_TSP_PEM_MAX)};
    bool good = dz_package_path(p, token, "data/timestamps/", DZ_PACKAGE_INDEX);
    good = dz_package_path(p, certificates, "data/timestamps/", DZ_PACKAGE_INDEX) && good;
    enum dz_code code = DZ_OK;
    if (good)
        code = dz_package_slurp(p, token, DZ_TSP_TOKEN_MAX, &f.token, &good, err);
    if (code == DZ_OK && good)
        code = dz_package_slurp(p, certificates, DZ_TSP_PEM_MAX, &f.pem, &good, err);
    if (code == DZ_OK && good)
        code = dz_package_slurp(p, point->path, DZ_NOTE_MAX, &f.note, &good, err);
    if (code == DZ_OK && good)
        take_stamp(p, point, token, &f);
    dz_buf_done(&f.note);
    dz_buf_done(&f.token);
    dz_buf_done(&f.pem);
    return code;
}

enum dz_code
dz_package_add_stamp(struct package *p, const json_t *element, struct dz_err *err)
{
    const struct package_log *log = dz_package_log_of(p, dz_json_str(element, "log"));
    const char *checkpoint = dz_json_str(element, "checkpoint");
    const char *token = dz_json_str(element, "token");
    const char *certificates = dz_json_str(element, "certificates");
    int64_t size = dz_json_int(element, "size", 0);
    if (log == NULL || checkpoint == NULL || token == NULL || certificates == NULL || size < 1)
        return bad_index(p);
    if (p->n_stamps == DZ_PACKAGE_STAMPS_MAX)
        return dz_fail(err, DZ_E_LIMIT, "the package has more than %d timestamps",
                       DZ_PACKAGE_STAMPS_MAX);
    const struct package_point *point =
        point_of(p, checkpoint, (size_t)(log - p->logs), (uint64_t)size);
    if (point == NULL) {
        dz_package_say(p, DZ_CHECK_FINDING, "stamp", token,
                       _("the checkpoint that it stamps is none of the index"));
        return DZ_OK;
    }
    if (!point->good) {
        /* The files are named all the same; what is wrong with the checkpoint was told. */
        (void)dz_package_path(p, token, "data/timestamps/", DZ_PACKAGE_INDEX);
        (void)dz_package_path(p, certificates, "data/timestamps/", DZ_PACKAGE_INDEX);
        return DZ_OK;
    }
    return check_stamp(p, point, token, certificates, err);
}

void
dz_package_existed(struct package *p, const char *thing, const struct dz_proof *proof)
{
    const struct package_log *log = dz_package_log_of(p, proof->log_hex);
    const struct package_stamp *first = NULL;
    for (size_t i = 0; log != NULL && i < p->n_stamps; i++) {
        const struct package_stamp *s = &p->stamps[i];
        if (&p->logs[s->log] == log && s->size > proof->index &&
            (first == NULL || s->time_us < first->time_us))
            first = s;
    }
    if (first == NULL)
        return;
    char time[32];
    dz_time_format(first->time_us, time);
    dz_package_sayf(p, DZ_CHECK_FACT, "existed", thing, N_("existed before %s (timestamp by %s)"),
                    time, first->authority);
}
