#include "fulltext_impl.h"
#include "vault_impl.h"

/* Tables of the projection. Everything here follows from the journal, except cache_* tables, which
 * hold what can be computed
 * again. Another schema version means: throw away, rebuild. Dates carry their bounds in days
 * beside the EDTF text, so that
 * ranges can be asked for without parsing. */

/* Sources and objects have random ids: their rows lie in the order in which they came, so that a
 * commit touches the last pages, and only the narrow indexes of ids are scattered. Of a hash these
 * hold the first 16 digits: three times as many of them lie in memory. */

#define SCHEMA_VERSION "9"

static const char schema_sql[] =
    "CREATE TABLE cache_meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;"
    /* How far each log has been applied. */
    "CREATE TABLE log_state (log TEXT PRIMARY KEY, size INTEGER NOT NULL, root TEXT NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE entry (log TEXT NOT NULL, seq INTEGER NOT NULL, clock INTEGER NOT NULL, time TEXT NOT NULL,"
    " member TEXT NOT NULL, kind TEXT NOT NULL, item TEXT, subject TEXT, PRIMARY KEY (log, seq)) WITHOUT ROWID;"
    "CREATE INDEX entry_item ON entry (item, clock);"
    "CREATE INDEX entry_clock ON entry (clock);"
    /* Objects that entries brought, with how they are stored; several entries may bring the
     * same. */
    "CREATE TABLE object (id TEXT NOT NULL, ref TEXT NOT NULL, item TEXT NOT NULL, role TEXT NOT NULL);"
    "CREATE INDEX object_id ON object (substr(id, 1, 16));"
    "CREATE INDEX object_item ON object (item);"
    /* Columns are what lists filter by; body holds all that was said: {"added", "described",
     * "text"}. */
    "CREATE TABLE source (id TEXT NOT NULL UNIQUE, clock INTEGER NOT NULL, ref TEXT NOT NULL, name TEXT NOT NULL,"
    " sha256 TEXT NOT NULL, size INTEGER NOT NULL, published TEXT, pub_lo INTEGER NOT NULL, pub_hi INTEGER NOT NULL,"
    " publisher TEXT, language TEXT, basis TEXT NOT NULL, access TEXT NOT NULL, text_status TEXT,"
    " body TEXT NOT NULL);"
    "CREATE INDEX source_sha ON source (substr(sha256, 1, 16));"
    "CREATE INDEX source_size ON source (size, clock);"
    "CREATE INDEX source_clock ON source (clock);"
    "CREATE INDEX source_kept ON source (access) WHERE access <> 'open';"
    /* Text versions; the last one of a source (largest clock) is current. */
    "CREATE TABLE text (source TEXT NOT NULL, clock INTEGER NOT NULL, ref TEXT NOT NULL, sha256 TEXT NOT NULL,"
    " object TEXT NOT NULL, codec TEXT NOT NULL, chars INTEGER NOT NULL, extractor TEXT NOT NULL,"
    " status TEXT NOT NULL, locators TEXT, locators_codec TEXT, PRIMARY KEY (source, clock, ref)) WITHOUT ROWID;"
    "CREATE TABLE fact (id TEXT PRIMARY KEY, ref TEXT NOT NULL, kind TEXT NOT NULL, state TEXT NOT NULL,"
    " sphere TEXT, means TEXT, place TEXT, date TEXT, lo INTEGER NOT NULL, hi INTEGER NOT NULL, modality TEXT NOT NULL,"
    " reviewed INTEGER NOT NULL, suggestion TEXT, coder TEXT NOT NULL, recorded TEXT NOT NULL,"
    /* passages: what is to be said of those that do not simply stand where the body says. */
    " body TEXT NOT NULL, passages TEXT) WITHOUT ROWID;"
    "CREATE INDEX fact_kind ON fact (kind, state, lo);"
    "CREATE INDEX fact_place ON fact (place);"
    "CREATE INDEX fact_suggestion ON fact (suggestion);"
    /* Every entry that changed a fact, and what it revises: two heads are a conflict. */
    "CREATE TABLE fact_version (fact TEXT NOT NULL, ref TEXT NOT NULL, revises TEXT, clock INTEGER NOT NULL,"
    " action TEXT NOT NULL, member TEXT NOT NULL, time TEXT NOT NULL, body TEXT NOT NULL,"
    " PRIMARY KEY (fact, ref)) WITHOUT ROWID;"
    /* Where each stands now: as recorded, or as confirmed by the entry `ref`; `state` compares that
     * with the current text of the source. */
    "CREATE TABLE passage (fact TEXT NOT NULL, ix INTEGER NOT NULL, source TEXT NOT NULL, text_sha TEXT NOT NULL,"
    " start INTEGER NOT NULL, stop INTEGER NOT NULL, exact TEXT NOT NULL, prefix TEXT NOT NULL, suffix TEXT NOT NULL,"
    " ref TEXT, state TEXT NOT NULL, PRIMARY KEY (fact, ix)) WITHOUT ROWID;"
    "CREATE INDEX passage_state ON passage (state) WHERE state <> 'same';"
    /* Confirmations of a person, for every version of the fact that has the passage. */
    "CREATE TABLE confirmed (fact TEXT NOT NULL, ref TEXT NOT NULL, clock INTEGER NOT NULL, body TEXT NOT NULL,"
    " PRIMARY KEY (fact, ref)) WITHOUT ROWID;"
    "CREATE INDEX passage_source ON passage (source, start);"
    "CREATE TABLE rejection (suggestion TEXT NOT NULL, ref TEXT NOT NULL, quote_hash TEXT NOT NULL, meaning TEXT,"
    " text_sha TEXT,"
    " PRIMARY KEY (suggestion, ref)) WITHOUT ROWID;"
    "CREATE INDEX rejection_meaning ON rejection (meaning);"
    "CREATE TABLE setting (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;"
    /* Words and their places, no text: what is taken out stays among the pieces until they are
     * merged, so shredding merges them all. */
    "CREATE VIRTUAL TABLE text_fts USING fts5(source UNINDEXED, title, body, content = '', contentless_delete = 1,"
    " contentless_unindexed = 1, tokenize = 'dokaz');"
    "CREATE VIRTUAL TABLE text_words USING fts5vocab(text_fts, row);"
    /* Suggestions as last computed; version is that of the rules. */
    "CREATE TABLE cache_read (source TEXT PRIMARY KEY, text_sha TEXT NOT NULL, version TEXT NOT NULL) WITHOUT ROWID;"
    /* By source, so that one reading touches few pages; ids are hashes and would scatter it. */
    "CREATE TABLE cache_suggestion (id TEXT NOT NULL, source TEXT NOT NULL, kind TEXT NOT NULL, start INTEGER NOT NULL,"
    " stop INTEGER NOT NULL, score INTEGER NOT NULL, sensitive INTEGER NOT NULL, body TEXT NOT NULL,"
    " PRIMARY KEY (source, start, id)) WITHOUT ROWID;"
    /* Row of each source in text_fts: a number that is not used again, and the length of its text
     * (fulltext_impl.h). */
    "CREATE TABLE cache_fts (row INTEGER PRIMARY KEY, source TEXT NOT NULL UNIQUE);"
    "CREATE INDEX cache_suggestion_id ON cache_suggestion (id, source);";

static const char compartment_sql[] =
    "CREATE TABLE member (id TEXT PRIMARY KEY, public TEXT NOT NULL, recipient TEXT NOT NULL, name TEXT,"
    " rights INTEGER NOT NULL, level TEXT NOT NULL, since TEXT NOT NULL, removed TEXT, clock INTEGER NOT NULL) WITHOUT ROWID;"
    /* Entries that their members had no right to make. */
    "CREATE TABLE overreach (ref TEXT PRIMARY KEY, member TEXT NOT NULL, kind TEXT NOT NULL) WITHOUT ROWID;"
    /* What was removed; epochs that entries ordered for key tables; and the compartment into which
     * an object ("hash") or a body ("log:seq") was moved last. */
    "CREATE TABLE purged (item TEXT PRIMARY KEY, ref TEXT NOT NULL, reason TEXT) WITHOUT ROWID;"
    "CREATE TABLE table_epoch (compartment TEXT NOT NULL, epoch INTEGER NOT NULL, PRIMARY KEY (compartment, epoch)) WITHOUT ROWID;"
    "CREATE TABLE moved (id TEXT PRIMARY KEY, compartment TEXT NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE compartment (name TEXT PRIMARY KEY, epoch INTEGER NOT NULL, recipient TEXT NOT NULL) WITHOUT ROWID;"
    /* How many entries of each compartment a log has, as far as they can be read. */
    "CREATE TABLE cache_ordinal (log TEXT PRIMARY KEY, n_open INTEGER NOT NULL, n_restricted INTEGER NOT NULL,"
    " n_sealed INTEGER NOT NULL, n_identities INTEGER NOT NULL) WITHOUT ROWID;";

static const char fulltext_sql[] =
    /* Bytes gathered before they become a segment of the index, which is merged with others. */
    "INSERT INTO text_fts(text_fts, rank) VALUES ('hashsize', 8388608);"
    /* Segments of a level that are merged into one of the next: with eight instead of four a word
     * is written less often as the index grows, and is looked for in a few segments more. */
    "INSERT INTO text_fts(text_fts, rank) VALUES ('automerge', 8);";

/* What lies in what: "added" when it was taken out, "found" when its bytes were here already,
 * "said"
 * by a person. */
static const char kin_sql[] =
    "CREATE TABLE IF NOT EXISTS kin (source TEXT NOT NULL, container TEXT NOT NULL, how TEXT NOT NULL,"
    " PRIMARY KEY (source, container, how)) WITHOUT ROWID;"
    "CREATE INDEX IF NOT EXISTS kin_container ON kin (container);";

static const char lineage_sql[] =
    /* Sketches of current texts, and what was found by comparing two of them. */
    "CREATE TABLE IF NOT EXISTS cache_sketch (source TEXT PRIMARY KEY, version TEXT NOT NULL, words INTEGER NOT NULL,"
    " sketch BLOB NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS cache_pair (source TEXT NOT NULL, origin TEXT NOT NULL, version TEXT NOT NULL, body TEXT NOT NULL,"
    " PRIMARY KEY (source, origin)) WITHOUT ROWID;"
    "CREATE INDEX IF NOT EXISTS cache_pair_origin ON cache_pair (origin);"
    /* What people decided about two sources; the later entry counts. */
    "CREATE TABLE IF NOT EXISTS lineage_decision (source TEXT NOT NULL, origin TEXT NOT NULL, ref TEXT NOT NULL, clock INTEGER NOT NULL,"
    " decision TEXT NOT NULL, PRIMARY KEY (source, origin, ref)) WITHOUT ROWID;"
    /* What people decided about findings of the leak scan; the later entry counts. */
    "CREATE TABLE IF NOT EXISTS finding (id TEXT NOT NULL, ref TEXT NOT NULL, clock INTEGER NOT NULL, decision TEXT NOT NULL,"
    " reason TEXT NOT NULL, PRIMARY KEY (id, ref)) WITHOUT ROWID;";

enum dz_code
dz_db_schema(struct dz_db *db, bool *ret_stale, struct dz_err *err)
{
    const struct dz_word_source *words = dz_db_fulltext(db)->words;
    DZ_AUTO_FREE char *wanted =
        dz_asprintf("%s/%s", SCHEMA_VERSION, words ? words->version() : "");
    int64_t tables = 0;
    DZ_TRY(dz_db_get_int(db, DZ_Q_META_EXISTS, &tables, NULL, err, DZ_NO_ARGS));
    *ret_stale = false;
    if (tables == 0) {
        DZ_TRY(dz_db_run(db, kin_sql, err));
        DZ_TRY(dz_db_run(db, compartment_sql, err));
        DZ_TRY(dz_db_run(db, lineage_sql, err));
        DZ_TRY(dz_db_run(db, schema_sql, err));
        DZ_TRY(dz_db_run(db, fulltext_sql, err));
        /* The version comes last: what was begun and not finished is begun again, or stale. */
        dz_db_allow_writes(db, true);
        enum dz_code code = dz_db_exec(db, DZ_Q_META_PUT, err,
                                       DZ_ARGS(dz_arg_text("schema"), dz_arg_text(wanted)));
        dz_db_allow_writes(db, false);
        return code;
    }
    DZ_AUTO_FREE char *version = NULL;
    DZ_TRY(dz_db_get_text(db, DZ_Q_META_GET, &version, err, DZ_ARGS(dz_arg_text("schema"))));
    *ret_stale = !version || !dz_view_is(dz_view_of(version), wanted);
    return DZ_OK;
}
