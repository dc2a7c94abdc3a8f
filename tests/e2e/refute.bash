# refute COMMAND...: it must not succeed. A line that begins with "!" would never fail a test.
refute() {
    ! "$@" || {
        printf 'succeeded: %s\n' "$*"
        return 1
    }
}
