#include <stdio.h>
#include <string.h>

#include "dz_cmd.h"
#include "dz_mem.h"

/* Help is printed from the command objects, so that it cannot drift from what they do. */

const char *const dz_group_titles[DZ_GROUPS] = {
    [DZ_GROUP_START] = N_("Begin"),         [DZ_GROUP_SOURCES] = N_("Sources"),
    [DZ_GROUP_FACTS] = N_("Facts"),         [DZ_GROUP_VIEWS] = N_("Views"),
    [DZ_GROUP_INTEGRITY] = N_("Integrity"), [DZ_GROUP_UPKEEP] = N_("Upkeep"),
};

static const struct dz_opt json_row = {
    .name = "json", .kind = DZ_OPT_KIND_FLAG, .help = N_("print one JSON object a line")};

/* "  -C, --vault VAULT", then the sentence, hanging. */
static void
print_option(struct dz_out *o, const struct dz_opt *opt)
{
    DZ_AUTO_BUF struct dz_buf head = DZ_BUF(4096);
    if (opt->letter != 0)
        dz_buf_addf(&head, "  -%c, --%s", opt->letter, opt->name);
    else
        dz_buf_addf(&head, "  --%s", opt->name);
    if (opt->kind != DZ_OPT_KIND_FLAG)
        dz_buf_addf(&head, " %s", _(opt->arg));
    size_t columns = dz_out_columns(dz_buf_view(&head));
    dz_out_bytes(o, head.p, head.n);
    if (columns + 2 > 28) {
        dz_out_text(o, "\n");
        columns = 0;
    }
    dz_out_wrap(o, dz_view_of(_(opt->help)), 28, columns);
}

static void
print_options(struct dz_out *o, const struct dz_opt *opts)
{
    for (; opts != NULL && opts->name != NULL; opts++)
        print_option(o, opts);
}

static void
help_family(struct dz_out *o, const struct dz_cmd *family)
{
    DZ_AUTO_FREE char *usage =
        dz_asprintf("%s dokaz %s %s", _("usage:"), family->name, _(family->usage));
    dz_out_wrap(o, dz_view_of(usage), 0, 0);
    dz_out_text(o, "\n");
    dz_out_wrap(o, dz_view_of(_(family->summary)), 0, 0);
    if (family->help != NULL) {
        dz_out_text(o, "\n");
        dz_out_wrap(o, dz_view_of(_(family->help)), 0, 0);
    }
    dz_out_text(o, "\n");
    for (size_t i = 0; family->subs[i] != NULL; i++) {
        dz_out_f(o, "  %-12s", dz_command_word(family->subs[i]));
        dz_out_wrap(o, dz_view_of(_(family->subs[i]->summary)), 15, 14);
    }
    dz_out_text(o, "\n");
    DZ_AUTO_FREE char *hint =
        dz_asprintf(_("'dokaz help %s WORD' explains one of them."), family->name);
    dz_out_wrap(o, dz_view_of(hint), 0, 0);
}

void
dz_help_command(struct dz_out *o, const struct dz_cmd *cmd)
{
    if (cmd->subs != NULL) {
        help_family(o, cmd);
        return;
    }
    DZ_AUTO_FREE char *usage = dz_asprintf("%s dokaz %s %s%s", _("usage:"), cmd->name,
                                           cmd->opts != NULL ? _("[OPTIONS] ") : "", _(cmd->usage));
    dz_out_wrap(o, dz_view_of(usage), 0, 0);
    dz_out_text(o, "\n");
    dz_out_wrap(o, dz_view_of(_(cmd->summary)), 0, 0);
    if (cmd->help != NULL) {
        dz_out_text(o, "\n");
        dz_out_wrap(o, dz_view_of(_(cmd->help)), 0, 0);
    }
    if (cmd->opts != NULL || (cmd->needs & DZ_HAS_JSON) != 0) {
        dz_out_f(o, "\n%s\n", _("Options:"));
        print_options(o, cmd->opts);
        if ((cmd->needs & DZ_HAS_JSON) != 0)
            print_option(o, &json_row);
    }
    dz_out_f(o, "\n%s\n", _("Options of every command:"));
    print_options(o, dz_global_opts);
}

void
dz_help_overview(struct dz_out *o)
{
    dz_out_wrap(o, dz_view_of(_("usage: dokaz [-C VAULT] COMMAND [OPTIONS] [WORDS]")), 0, 0);
    dz_out_text(o, "\n");
    dz_out_wrap(o,
                dz_view_of(_("An evidence desk for documenting forced passportization: it keeps "
                             "sources safe and provable, anchors each fact to an exact quote, and "
                             "answers what is documented where and when.")),
                0, 0);
    for (int group = 0; group < DZ_GROUPS; group++) {
        dz_out_f(o, "\n%s\n", _(dz_group_titles[group]));
        for (size_t i = 0; dz_commands[i] != NULL; i++) {
            const struct dz_cmd *cmd = dz_commands[i];
            if ((int)cmd->group != group || (cmd->needs & DZ_FOR_TESTS) != 0)
                continue;
            dz_out_f(o, "  %-12s", cmd->name);
            dz_out_wrap(o, dz_view_of(_(cmd->summary)), 15, 14);
        }
    }
    dz_out_f(o, "\n%s\n", _("Options of every command:"));
    print_options(o, dz_global_opts);
    dz_out_text(o, "\n");
    dz_out_wrap(o, dz_view_of(_("'dokaz help COMMAND' explains one command.")), 0, 0);
}

/* ---- the man page ---- */

/* Text in roff: no line may begin with a control character, and a hyphen stays one to search
 * for. */
static void
roff(struct dz_out *o, const char *s)
{
    bool fresh = true;
    for (; *s != '\0'; s++) {
        if (fresh && (*s == '.' || *s == '\''))
            dz_out_text(o, "\\&");
        fresh = *s == '\n';
        if (*s == '\\')
            dz_out_text(o, "\\e");
        else if (*s == '-')
            dz_out_text(o, "\\-");
        else
            dz_out_bytes(o, s, 1);
    }
}

static void
roff_paragraphs(struct dz_out *o, const char *s)
{
    for (;;) {
        const char *gap = strstr(s, "\n\n");
        DZ_AUTO_FREE char *one = dz_strndup(s, gap != NULL ? (size_t)(gap - s) : strlen(s));
        roff(o, one);
        dz_out_text(o, "\n");
        if (gap == NULL)
            return;
        dz_out_text(o, ".PP\n");
        s = gap + 2;
    }
}

static void
roff_option(struct dz_out *o, const struct dz_opt *opt)
{
    dz_out_text(o, ".TP\n");
    if (opt->letter != 0)
        dz_out_f(o, "\\fB\\-%c\\fR, ", opt->letter);
    dz_out_text(o, "\\fB\\-\\-");
    roff(o, opt->name);
    dz_out_text(o, "\\fR");
    if (opt->kind != DZ_OPT_KIND_FLAG) {
        dz_out_text(o, " \\fI");
        roff(o, _(opt->arg));
        dz_out_text(o, "\\fR");
    }
    dz_out_text(o, "\n");
    roff(o, _(opt->help));
    dz_out_text(o, "\n");
}

static void
roff_command(struct dz_out *o, const struct dz_cmd *cmd)
{
    for (size_t i = 0; cmd->subs != NULL && cmd->subs[i] != NULL; i++)
        roff_command(o, cmd->subs[i]);
    if (cmd->subs != NULL)
        return;
    dz_out_f(o, ".SS \"dokaz %s ", cmd->name);
    roff(o, _(cmd->usage));
    dz_out_text(o, "\"\n");
    roff(o, _(cmd->summary));
    dz_out_text(o, ".\n");
    if (cmd->help != NULL) {
        dz_out_text(o, ".PP\n");
        roff_paragraphs(o, _(cmd->help));
    }
    for (const struct dz_opt *opt = cmd->opts; opt != NULL && opt->name != NULL; opt++)
        roff_option(o, opt);
    if ((cmd->needs & DZ_HAS_JSON) != 0)
        roff_option(o, &json_row);
}

static void
roff_section(struct dz_out *o, const char *title)
{
    dz_out_f(o, ".SH \"%s\"\n", title);
}

static void
roff_row(struct dz_out *o, const char *term, const char *text)
{
    dz_out_text(o, ".TP\n\\fB");
    roff(o, term);
    dz_out_text(o, "\\fR\n");
    roff(o, text);
    dz_out_text(o, "\n");
}

void
dz_help_man(struct dz_out *o)
{
    dz_out_f(o, ".TH DOKAZ 1 \"\" \"dokaz %s\"\n", DZ_VERSION);
    roff_section(o, _("NAME"));
    dz_out_text(o, "dokaz \\- ");
    roff(o, _("an evidence desk for documenting forced passportization"));
    dz_out_text(o, "\n");
    roff_section(o, _("SYNOPSIS"));
    dz_out_f(o, "\\fBdokaz\\fR [\\fB\\-C\\fR \\fI%s\\fR] \\fI%s\\fR ...\n", _("VAULT"),
             _("COMMAND"));
    roff_section(o, _("DESCRIPTION"));
    roff_paragraphs(
        o,
        _("dokaz keeps sources sealed and provable, reads their text and proposes facts that are "
          "each anchored to an exact quote. A person accepts, corrects or rejects each. All "
          "that people decide is an entry in an append-only journal; every view is made from "
          "it.\n\nIt is not for use inside occupied territory or at a border. It is never a "
          "register of a population, a list of who took a passport, or a judge."));
    for (int group = 0; group < DZ_GROUPS; group++) {
        roff_section(o, _(dz_group_titles[group]));
        for (size_t i = 0; dz_commands[i] != NULL; i++)
            if ((int)dz_commands[i]->group == group && (dz_commands[i]->needs & DZ_FOR_TESTS) == 0)
                roff_command(o, dz_commands[i]);
    }
    roff_section(o, _("OPTIONS OF EVERY COMMAND"));
    for (const struct dz_opt *opt = dz_global_opts; opt->name != NULL; opt++)
        roff_option(o, opt);
    roff_section(o, _("ENVIRONMENT"));
    roff_row(o, "DOKAZ_PASSPHRASE_FILE", _("File that holds the passphrase."));
    roff_row(o, "DOKAZ_MEMBER", _("Acting member."));
    roff_row(o, "DOKAZ_LANG", _("Language of messages, en or uk; otherwise that of the locale."));
    roff_row(o, "XDG_STATE_HOME",
             _("Where the last checkpoint seen is kept, to notice a vault that was set back."));
    roff_section(o, _("EXIT STATUS"));
    roff_row(o, "0", _("All went well."));
    roff_row(o, "1", _("An error; one line on standard error says what, why and what to do."));
    roff_row(o, "2", _("Wrong usage."));
    roff_row(o, "3", _("The vault is not what was stored."));
}

/* ---- completion for bash ---- */

static void
completion_words(struct dz_out *o, const struct dz_opt *opts)
{
    for (; opts != NULL && opts->name != NULL; opts++)
        dz_out_f(o, " --%s", opts->name);
}

static void
completion_path_options(struct dz_out *o, const struct dz_opt *opts)
{
    for (const struct dz_opt *opt = opts; opt != NULL && opt->name != NULL; opt++)
        if (opt->kind == DZ_OPT_KIND_PATH)
            dz_out_f(o, "|--%s", opt->name);
}

/* Options whose value is a file or folder. */
static void
completion_paths(struct dz_out *o)
{
    dz_out_text(o, "    case $prev in\n    -C|--vault|--passphrase-file");
    for (size_t i = 0; dz_commands[i] != NULL; i++) {
        const struct dz_cmd *cmd = dz_commands[i];
        completion_path_options(o, cmd->opts);
        for (size_t s = 0; cmd->subs != NULL && cmd->subs[s] != NULL; s++)
            completion_path_options(o, cmd->subs[s]->opts);
    }
    dz_out_text(o, ")\n        mapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n"
                   "        return;;\n    --lang)\n"
                   "        mapfile -t COMPREPLY < <(compgen -W 'en uk' -- \"$cur\")\n"
                   "        return;;\n    esac\n");
}

void
dz_help_completion(struct dz_out *o)
{
    dz_out_text(o, "# bash completion for dokaz; printed by the program itself\n"
                   "_dokaz() {\n"
                   "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
                   "    local cmd='' i words=''\n"
                   "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
                   "        case ${COMP_WORDS[i]} in\n"
                   "        -C|--vault|--passphrase-file|--as|--lang) ((i++));;\n"
                   "        -*) ;;\n"
                   "        *) cmd=${COMP_WORDS[i]}; break;;\n"
                   "        esac\n"
                   "    done\n");
    completion_paths(o);
    dz_out_text(o, "    case $cmd in\n    '') words='");
    for (size_t i = 0; dz_commands[i] != NULL; i++)
        if ((dz_commands[i]->needs & DZ_FOR_TESTS) == 0)
            dz_out_f(o, "%s ", dz_commands[i]->name);
    dz_out_text(o, "';;\n");
    for (size_t i = 0; dz_commands[i] != NULL; i++) {
        const struct dz_cmd *cmd = dz_commands[i];
        if ((cmd->needs & DZ_FOR_TESTS) != 0)
            continue;
        dz_out_f(o, "    %s) words='", cmd->name);
        completion_words(o, cmd->opts);
        bool json = (cmd->needs & DZ_HAS_JSON) != 0;
        for (size_t s = 0; cmd->subs != NULL && cmd->subs[s] != NULL; s++) {
            dz_out_f(o, " %s", dz_command_word(cmd->subs[s]));
            completion_words(o, cmd->subs[s]->opts);
            json = json || (cmd->subs[s]->needs & DZ_HAS_JSON) != 0;
        }
        dz_out_f(o, "%s'", json ? " --json" : "");
        /* Behind the name of a family only one of its words can stand. */
        if (cmd->subs != NULL)
            dz_out_text(o, "; ((COMP_CWORD == i + 1)) && {\n"
                           "        mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n"
                           "        return; }");
        dz_out_text(o, ";;\n");
    }
    dz_out_text(o, "    esac\n    if [[ $cur == -* || -z $cmd ]]; then\n        words+='");
    completion_words(o, dz_global_opts);
    dz_out_text(o, "'\n        mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n"
                   "    else\n"
                   "        mapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n"
                   "    fi\n"
                   "}\n"
                   "complete -o filenames -F _dokaz dokaz\n");
}
