/* The reader's guide: for somebody who has the package and nothing else, and who has never heard of
 * dokaz. It is written once and said in both languages. */
#include <string.h>

#include "dz_mem.h"
#include "dz_time.h"
#include "dz_tr.h"
#include "dz_utf8.h"
#include "package_impl.h"

#define COLUMNS 78

struct guide {
    struct pack *p;
    struct dz_buf *out;
};

/* ---- writing ---- */

static void
put_indent(struct dz_buf *out, size_t indent)
{
    for (size_t i = 0; i < indent; i++)
        dz_buf_addc(out, ' ');
}

/* Words filled into lines; the first line hangs out by `hang`. */
static void
put_filled(struct dz_buf *out, const char *text, size_t indent, size_t hang)
{
    struct dz_view v = dz_view_of(text);
    size_t column = indent - hang;
    bool first = true;
    put_indent(out, column);
    for (size_t pos = 0; pos < v.n;) {
        size_t end = pos;
        while (end < v.n && v.p[end] != ' ')
            end++;
        struct dz_view word = {v.p + pos, end - pos};
        size_t n = dz_utf8_length(word);
        if (!first && column + 1 + n > COLUMNS) {
            dz_buf_addc(out, '\n');
            put_indent(out, indent);
            column = indent;
        } else if (!first) {
            dz_buf_addc(out, ' ');
            column++;
        }
        dz_buf_addv(out, word);
        column += n;
        first = false;
        pos = end + 1;
    }
    dz_buf_addc(out, '\n');
}

static void
put_heading(struct guide *g, const char *text)
{
    bool parted = g->out->n > 1 && g->out->p[g->out->n - 2] == '\n';
    dz_buf_addf(g->out, "%s%s\n", parted ? "" : "\n", text);
    for (size_t i = dz_utf8_length(dz_view_of(text)); i > 0; i--)
        dz_buf_addc(g->out, '-');
    dz_buf_adds(g->out, "\n\n");
}

static void
put_paragraph(struct guide *g, const char *text)
{
    put_filled(g->out, text, 0, 0);
    dz_buf_addc(g->out, '\n');
}

static void
put_point(struct guide *g, const char *text)
{
    DZ_AUTO_FREE char *point = dz_asprintf("* %s", text);
    put_filled(g->out, point, 2, 2);
}

/* A path or a command, and what it is. */
static void
put_term(struct guide *g, const char *term, const char *text)
{
    dz_buf_addf(g->out, "  %s\n", term);
    put_filled(g->out, text, 6, 0);
}

static void
put_command(struct guide *g, const char *command)
{
    dz_buf_addf(g->out, "    %s\n", command);
}

static void
put_value(struct guide *g, const char *label, const char *value)
{
    if (value == NULL || value[0] == '\0')
        return;
    dz_buf_addf(g->out, "%s: ", label);
    dz_utf8_line(g->out, dz_view_of(value), 1000);
    dz_buf_addc(g->out, '\n');
}

/* ---- sections ---- */

static void
put_head(struct guide *g)
{
    const struct dz_package_opts *o = g->p->o;
    /* "2026-11-21T09:30:00Z" -> "2026-11-21 09:30:00": seconds are enough for people. */
    char made[32];
    dz_time_format(g->p->made_us / 1000000 * 1000000, made);
    made[10] = ' ';
    made[19] = '\0';
    dz_buf_addf(g->out, "%s\n\n", _("PACKAGE OF PRESERVED SOURCES AND CODED FACTS"));
    if (o->purpose == NULL && !o->for_publication) {
        put_filled(g->out,
                   _("INTERNAL: this package was made without a stated purpose. It is for the "
                     "team that made it and not for passing on."),
                   0, 0);
        dz_buf_addc(g->out, '\n');
    }
    put_value(g, _("Made (UTC)"), made);
    if (o->purpose != NULL)
        put_value(g, _("Purpose"),
                  dz_rules_label(g->p->rules, "consent_purpose", o->purpose, dz_lang_get()));
    put_value(g, _("Made for"), o->recipient);
    if (o->for_publication)
        put_value(g, _("Status"), _("for publication"));
    dz_buf_addc(g->out, '\n');
    put_paragraph(g, _("This folder holds sources on forced passportization in the occupied "
                       "territories of Ukraine, the way they were preserved, and facts that people "
                       "coded from them. Each fact is tied to the exact words of a source. Nothing "
                       "but this folder is needed to check that it is complete and unaltered: no "
                       "password, no network, and no program of ours."));
}

static void
put_counts(struct guide *g)
{
    const struct dz_package_report *r = g->p->report;
    DZ_AUTO_BUF struct dz_buf line = DZ_BUF(4096);
    dz_buf_addf(&line, _("Sources: %llu. Facts: %llu. Journal entries with their proofs: %llu."),
                (unsigned long long)r->n_sources, (unsigned long long)r->n_facts,
                (unsigned long long)r->n_entries);
    put_paragraph(g, line.p);
    if (r->n_bulk == 0)
        return;
    dz_buf_reset(&line);
    dz_buf_addf(
        &line,
        dz_trn("%llu of the facts was proposed by a program and accepted in bulk: no person "
               "has compared it with its source. It is marked \"bulk\" in data/facts.jsonld.",
               "%llu of the facts were proposed by a program and accepted in bulk: no person "
               "has compared them with their sources. They are marked \"bulk\" in "
               "data/facts.jsonld.",
               (unsigned long)r->n_bulk),
        (unsigned long long)r->n_bulk);
    put_paragraph(g, line.p);
}

static void
put_contents(struct guide *g)
{
    put_heading(g, _("What is inside"));
    put_counts(g);
    put_term(g, "data/originals/", _("the sources, byte for byte as they were added"));
    put_term(g, "data/texts/",
             _("the text that was read from each source (UTF-8); quotes are "
               "positions in it, counted in characters (Unicode code points) from 0"));
    put_term(g, "data/facts.jsonld",
             _("the facts with their quotes, as W3C Web Annotations (JSON-LD); "
               "also what is known of each source, and the names of all codes "
               "in English and Ukrainian. Page, time or cell of a quote "
               "(\"dokaz:where\") help to find it in the original and are not proven"));
    put_term(g, "data/custody.jsonl",
             _("the custody log: one line for each thing that was done with a "
               "source or a fact, in order, with its time (UTC)"));
    put_term(g, "data/proofs/", _("one proof for each line of the custody log"));
    put_term(g, "data/checkpoints/",
             _("the signed state of the journal that all proofs lead to, and "
               "the public key of the journal"));
    if (g->p->n_stamps > 0)
        put_term(g, "data/timestamps/",
                 _("timestamps by independent authorities (RFC 3161), and the "
                   "certificates to check them with"));
    put_term(g, "data/package.json", _("the index: which proof belongs to which file and fact"));
    put_term(g, "manifest-sha256.txt, manifest-sha512.txt",
             _("the checksum of every file below data/"));
    put_term(g, "tagmanifest-sha256.txt, tagmanifest-sha512.txt",
             _("the checksums of the files beside data/, of the manifests too"));
    put_term(g, "tagmanifest-sha512.txt.sig, allowed_signers",
             _("the signature of whoever made the package, and the key to check it with"));
}

static void
put_checksums(struct guide *g)
{
    put_paragraph(g,
                  _("Open a terminal in this folder. On Linux the commands below are there or can "
                    "be installed; on macOS write \"shasum -a 256 -c\" in place of \"sha256sum "
                    "-c\", and \"shasum -a 512 -c\" in place of \"sha512sum -c\"."));
    put_paragraph(g,
                  _("1. Checksums: no file was changed or is missing. Every line of the answer has "
                    "to end in OK."));
    put_command(g, "sha256sum -c manifest-sha256.txt");
    put_command(g, "sha512sum -c manifest-sha512.txt");
    put_command(g, "sha256sum -c tagmanifest-sha256.txt");
    put_command(g, "sha512sum -c tagmanifest-sha512.txt");
    dz_buf_addc(g->out, '\n');
    put_paragraph(g,
                  _("Checksums alone show that the files fit the manifests. Somebody who exchanges "
                    "both is found by the next steps only."));
    put_paragraph(
        g, _("2. Signature: the manifests are those that the maker of the package signed. The "
             "answer has to begin with \"Good\"."));
    put_command(g, "ssh-keygen -Y verify -f allowed_signers -I dokaz -n dokaz-package \\");
    put_command(g, "    -s tagmanifest-sha512.txt.sig < tagmanifest-sha512.txt");
    dz_buf_addc(g->out, '\n');
    put_paragraph(
        g, _("The key stands in allowed_signers. Compare it with the one that the maker told "
             "you in another way: a key that came with the package vouches for nothing by "
             "itself."));
}

static void
put_seconds(struct guide *g, const char *time)
{
    int64_t us;
    if (time != NULL && dz_time_parse(dz_view_of(time), &us))
        dz_buf_addf(g->out, "    -attime %lld    (%s)\n", (long long)(us / 1000000), time);
}

static void
put_stamps(struct guide *g)
{
    put_paragraph(
        g, _("3. Timestamps: the journal stood as it is at the time that an independent "
             "authority named. The answer has to be \"Verification: OK\"; the second command "
             "shows the time."));
    for (size_t i = 0; i < g->p->n_stamps; i++) {
        const struct pack_stamp *s = &g->p->stamps[i];
        DZ_AUTO_FREE char *verify =
            dz_asprintf("openssl ts -verify -token_in -in %s \\", s->token);
        DZ_AUTO_FREE char *data = dz_asprintf("    -data %s \\", s->note);
        DZ_AUTO_FREE char *with =
            dz_asprintf("    -CAfile %s", s->certificates);
        DZ_AUTO_FREE char *reply =
            dz_asprintf("openssl ts -reply -token_in -in %s -text", s->token);
        put_value(g, _("Authority"), s->authority);
        put_command(g, verify);
        put_command(g, data);
        put_command(g, with);
        put_command(g, reply);
        put_seconds(g, s->time);
        dz_buf_addc(g->out, '\n');
    }
    put_paragraph(
        g, _("Where the answer is that a certificate has expired since, add \"-attime\" and the "
             "number that stands below the command: the seconds from 1970 to the stamping."));
    put_paragraph(
        g, _("The certificates came with the package, too. For a judgment that does not rest "
             "on it, get the authority's certificate from the authority and name that file "
             "behind -CAfile."));
}

static void
put_checking(struct guide *g)
{
    put_heading(g, _("How to check it"));
    put_checksums(g);
    if (g->p->n_stamps > 0)
        put_stamps(g);
    else
        put_paragraph(g,
                      _("3. Timestamps: there is none in this package. How old it is rests on the "
                        "word of whoever made it."));
    put_paragraph(
        g, _("4. Proofs: every entry of the custody log stands in the signed journal at its "
             "place, every file and every quote is what its entry says. This is what the free "
             "program dokaz-verify does, together with steps 1 to 3:"));
    put_command(g, "dokaz-verify .");
    dz_buf_addc(g->out, '\n');
    put_paragraph(
        g, _("The proofs are files of the public form C2SP tlog-proof over a tree of RFC 6962, "
             "so that other programs can check them as well. The formats are described with "
             "the program, in docs/format/package.md and docs/format/proof.md."));
}

static void
put_meaning(struct guide *g)
{
    put_heading(g, _("What is proven"));
    put_point(g, _("The files are complete, and are those that the package was made with."));
    put_point(g, _("Each source is, byte for byte, what was added to the collection, and what was "
                   "done with it from that moment on stands in the custody log in an order that "
                   "cannot be changed unseen."));
    put_point(g, _("Each quote stands, letter for letter, at its place in the text that is in this "
                   "package."));
    if (g->p->n_stamps > 0)
        put_point(g, _("What stood in the journal when it was stamped is at least as old as the "
                       "timestamp."));
    put_heading(g, _("What is not proven"));
    put_point(
        g, _("Where a source came from before it was added, who wrote it, and that its address is "
             "the true one. A hash proves custody after capture, not origin."));
    put_point(
        g,
        _("That what a source says is true, or that a fact was coded well. Facts say what sources "
          "say; read the quotes."));
    put_point(
        g, _("That nothing else exists. This is a choice from a collection, and no collection is "
             "complete: no record does not mean that nothing happened. Counts are what is "
             "documented here, never totals."));
    put_point(
        g,
        _("That the times in the custody log are right. They come from the clock of the computer "
          "on which the work was done."));
    if (g->p->n_stamps > 0)
        put_point(
            g,
            _("That the journal was never replaced before its first timestamp. Who keeps a journal "
              "can write another one in its place; what was stamped, or noted by somebody else, "
              "cannot be replaced unseen."));
    else
        put_point(
            g,
            _("That the journal was never replaced. Who keeps a journal can write another one in "
              "its place. A timestamp or a checkpoint that somebody else has kept excludes this; "
              "in this package there is none. If you were given a checkpoint earlier, compare "
              "it."));
}

static const char *
reason_words(size_t reason)
{
    static const char *const words[DZ_LEFT_REASONS] = {
        [DZ_LEFT_ACCESS] = N_("Sources were left out because access to them is restricted."),
        [DZ_LEFT_BASIS] =
            N_("Sources were left out because they are testimonies or private "
               "documents. Those leave with the consent of the people concerned only."),
        [DZ_LEFT_UNSTATED] = N_("Sources were left out because nobody has stated yet on what basis "
                                "they are held."),
        [DZ_LEFT_NAMES] = N_("Of some sources neither original nor text is here, because they name "
                             "private persons or could not be read. What was done with them is in "
                             "the custody log."),
        [DZ_LEFT_FILE] = N_("Of some sources the original is not here, because a file of its kind "
                            "may tell who made it, where, and with what device. Its text, where it "
                            "has one, and what was done with it are here."),
        [DZ_LEFT_INSIDE] =
            N_("Of some sources the original is not here: another file lies in it that "
               "must not be passed on. The text of the source itself, where it has one, "
               "and what was done with it are here."),
    };
    return _(words[reason]);
}

static void
put_left_out(struct guide *g)
{
    const struct dz_package_report *r = g->p->report;
    bool any = false;
    put_heading(g, _("What was left out"));
    put_paragraph(g,
                  _("Only sources that are openly accessible, and published or official, are in a "
                    "package, with the facts that rest on nothing else."));
    for (size_t i = 0; i < DZ_LEFT_REASONS; i++) {
        if (r->left[i] == 0)
            continue;
        put_point(g, reason_words(i));
        any = true;
    }
    if (!any)
        put_point(g, _("Of what was chosen, no source had to be left out."));
    put_heading(g, _("What is withheld"));
    put_paragraph(
        g, _("A proof can withhold single fields of an entry and still be checked. Withheld are "
             "always: who of the team did it, internal notes, reasons and tags, in which folder a "
             "file lay, and persons concerned, even by pseudonym. What an earlier version of a "
             "fact or description said is withheld where it no longer holds. Each line of the "
             "custody log names what it withholds."));
    if (g->p->o->for_publication)
        put_paragraph(
            g, _("This package is for publication: names of private persons are withheld as well, "
                 "and acts are told by month and raion. A name that was not recognised as one of a "
                 "private person may have been missed; if you find one, do not spread it, and tell "
                 "whoever made the package."));
}

static void
put_terms(struct guide *g)
{
    put_heading(g, _("Words"));
    put_term(g, _("source"), _("one preserved item: an article, a decree, a page"));
    put_term(g, _("fact"),
             _("what a source says, put into codes: an act, a measure, a figure or a "
               "statement. No fact is a finding about guilt, and none is about why a person "
               "took a passport"));
    put_term(g, _("journal"),
             _("the list of all that was done, to which entries can only be added"));
    put_term(g, _("checkpoint"),
             _("the signed state of the journal: how many entries it has, and one "
               "checksum over all of them"));
    put_term(g, _("proof"), _("what leads from one entry to the checkpoint"));
    dz_buf_addc(g->out, '\n');
    put_paragraph(
        g, _("People described here live, or have relatives, under occupation. Do not try to find "
             "out who they are, and do not put this package where others can read it unless it "
             "was made for publication."));
}

enum dz_code
dz_pack_guide(struct pack *p, struct dz_buf *out, struct dz_err *err)
{
    struct guide g = {.p = p, .out = out};
    put_head(&g);
    put_contents(&g);
    put_checking(&g);
    put_meaning(&g);
    put_left_out(&g);
    put_terms(&g);
    return dz_buf_ok(out, _("the reader's guide"), err);
}
