# For tests that hand dokaz what it should not have to bear. Loaded after helpers.

TOOLS=${BATS_TEST_DIRNAME:-.}/../tools

# No command may hang: what is not done in time is killed and fails its test.
dokaz() {
    timeout -k 5 "${LIMIT:-60}" "$DOKAZ" -C "$V" "$@"
}

# Leaks are looked for by tracing oneself, which a traced or unprivileged process cannot do.
without_leak_check() {
    export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0
}

# names_once PATH REASON: exactly one line of messages is about PATH, and it says why.
names_once() {
    local lines
    lines=$(grep -aF -- "dokaz: add: $1: " <<<"$errors") || lines=
    if [ -z "$lines" ] || [ "$(wc -l <<<"$lines")" -ne 1 ]; then
        printf 'wanted one line that names %q, in:\n%s\n' "$1" "$errors"
        return 1
    fi
    says "$2" "$lines"
}

# one_line COMMAND TEXT: the message is one line of that command and nothing else.
one_line() {
    if [ "$(grep -c . <<<"$errors")" -ne 1 ]; then
        printf 'not one line:\n%s\n' "$errors"
        return 1
    fi
    error_says "$1" "$2"
}

# Every sanitizer finding and every failed assertion would show here.
no_crash() {
    says_not "Sanitizer" "$errors"
    says_not "runtime error" "$errors"
}

clean() {
    expect 0 dokaz verify --deep
    says "Everything is as it was stored"
}

sources_are() { # NUMBER
    expect 0 dokaz sources --json
    local n
    n=$(grep -c . <<<"$output") || true
    [ "$n" -eq "$1" ] || { printf '%s sources, expected %s\n' "$n" "$1"; return 1; }
}

# Run a script with mounts of its own: nothing is left mounted whatever happens to the test.
in_own_mounts() { # SCRIPT [ARGUMENT...]
    local script=$1 how=-m
    shift
    [ "$(id -u)" -eq 0 ] || how=-rm
    unshare "$how" bash -c "set -eu; $script" script "$@"
}

# Whether a child of this shell has FILE open.
has_open() { # PID FILE
    local fd
    for fd in "/proc/$1/fd/"*; do
        [ "$(readlink "$fd")" != "$2" ] || return 0
    done
    return 1
}

good_file() { # FILE [WORDS]
    printf 'A notice on the door of the clinic, written for this test. %s\n' "${2-$1}" >"$1"
}
