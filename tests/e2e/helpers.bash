# What every end-to-end test rests on: a vault of its own, and the oracle of the rebuild.
#
# $DOKAZ is the built program (test build: cheap key derivation). Each test has HOME and the state
# folder inside its own temporary folder, and English messages. After each test the database is
# deleted, made again from the journal, and must hold the same rows as before.

setup() {
    : "${DOKAZ:?run the tests through tools/run-tests}"
    export HOME=$BATS_TEST_TMPDIR/home
    export XDG_STATE_HOME=$BATS_TEST_TMPDIR/state
    mkdir -p "$HOME" "$XDG_STATE_HOME"
    unset DOKAZ_MEMBER LC_ALL LC_MESSAGES LANGUAGE
    export DOKAZ_LANG=en LANG=C.UTF-8
    printf 'a long enough passphrase\n' >"$BATS_TEST_TMPDIR/pass"
    export DOKAZ_PASSPHRASE_FILE=$BATS_TEST_TMPDIR/pass
    V=$BATS_TEST_TMPDIR/vault
    FILES=$BATS_TEST_TMPDIR/files
    mkdir -p "$FILES"
    cd "$BATS_TEST_TMPDIR" || return 1
    if declare -F setup_more >/dev/null; then
        setup_more
    fi
}

# Run dokaz on the test's vault.
dokaz() {
    "$DOKAZ" -C "$V" "$@"
}

new_vault() {
    "$DOKAZ" init "$V" >/dev/null
}

# A test that leaves its vault damaged on purpose says so.
damaged() {
    DAMAGED=1
}

teardown() {
    [ -d "$V" ] && [ -z "${DAMAGED-}" ] || return 0
    rebuild_oracle "$V"
}

# The database is a cache: deleted and made again it must hold the same rows.
rebuild_oracle() { # VAULT
    local before=$BATS_TEST_TMPDIR/dump.before after=$BATS_TEST_TMPDIR/dump.after
    "$DOKAZ" -C "$1" debug-dump >"$before" || return 1
    rm -f "$1"/index-sealed.db*
    "$DOKAZ" -C "$1" rebuild >/dev/null || return 1
    "$DOKAZ" -C "$1" debug-dump >"$after" || return 1
    [ -s "$before" ] || { echo "the dump is empty"; return 1; }
    cmp "$before" "$after" || {
        diff "$before" "$after" | head -n 20
        return 1
    }
}

# ---- assertions ----

# expect STATUS COMMAND...: run and check the exit status; output in $output, messages in $errors.
expect() {
    local wanted=$1 got=0
    shift
    output=$("$@" 2>"$BATS_TEST_TMPDIR/errors") || got=$?
    errors=$(cat "$BATS_TEST_TMPDIR/errors")
    if [ "$got" -ne "$wanted" ]; then
        printf 'exit %s, expected %s: %s\n%s\n%s\n' "$got" "$wanted" "$*" "$output" "$errors"
        return 1
    fi
}

load refute

# says TEXT [IN]: the output (or IN) holds the text.
says() {
    local in=${2-$output}
    case $in in
    *"$1"*) return 0 ;;
    esac
    printf 'not found: %s\nin:\n%s\n' "$1" "$in"
    return 1
}

says_not() {
    local in=${2-$output}
    case $in in
    *"$1"*)
        printf 'found: %s\nin:\n%s\n' "$1" "$in"
        return 1
        ;;
    esac
}

# An error is one line on standard error that begins with the program and the command.
error_says() { # COMMAND TEXT
    [ "$(printf '%s\n' "$errors" | grep -c "^dokaz: $1: ")" -ge 1 ] || {
        printf 'no error of %s in:\n%s\n' "$1" "$errors"
        return 1
    }
    says "$2" "$errors"
}

# Wait until CONDITION (a command) holds, a minute at most.
until_true() {
    local tries=1200
    until "$@"; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || { echo "waited in vain for: $*"; return 1; }
        sleep 0.05
    done
}

# Value of a field in every JSON line of the output: json FIELD, nested as a.b.0.c
json() {
    python3 -c '
import json, sys
for line in sys.stdin:
    value = json.loads(line)
    for key in sys.argv[1].split("."):
        value = value[int(key)] if isinstance(value, list) else value.get(key)
        if value is None:
            break
    if value is not None:
        print(json.dumps(value) if isinstance(value, (dict, list, bool)) else value)
' "$1" <<<"${2-$output}"
}

# A site on this machine, for a whole file of tests: its folder is $SITE, its ports are $PORT and,
# where it speaks TLS, $TLS. In setup_file and teardown_file.
start_site() { # PROGRAM of tests/tools
    export SITE=$BATS_FILE_TMPDIR/site PORT TLS
    mkdir -p "$SITE"
    python3 "$BATS_TEST_DIRNAME/../tools/$1" "$SITE" >"$SITE/ports" 3>&- &
    echo $! >"$SITE/pid"
    until_true test -s "$SITE/ports"
    read -r PORT TLS <"$SITE/ports"
}

stop_site() {
    kill "$(cat "$SITE/pid")"
}

# ---- sample documents, written for the tests ----

# A source in English that names a denial, a rule with a deadline, a figure and a statement.
sample_en() { # FILE
    cat >"$1" <<'TEXT'
Clinic doors close for patients without papers
Published 12 March 2024

In Melitopol the city hospital refused to treat patients who had no Russian passport, a nurse said. A decree signed on 27 April 2023 set 1 July 2024 as the deadline for taking Russian citizenship in the occupied regions.

Interior Minister Viktor Gladkov said that 2.8 million Russian passports had been issued to residents by March 2024. Ukraine's ombudsman Olena Tkachuk advised residents to take the passport if they needed it to survive.
TEXT
}

sample_uk() { # FILE
    cat >"$1" <<'TEXT'
Пенсії лише за новими паспортами
Опубліковано 5 жовтня 2023 року

У Бердянську пенсіонерам відмовляли у виплатах без російського паспорта. Окупаційна адміністрація оголосила, що з 1 січня 2025 року без паспорта не прийматимуть дітей до школи.
TEXT
}
