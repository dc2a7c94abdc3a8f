#!/usr/bin/env bats
# A vault whose files were damaged, taken away, or replaced by older ones: it is told, never hidden,
# and nothing crashes.
load helpers
load hostile

setup_more() {
    new_vault
    sample_en files/a.txt
    head -c 1500000 /dev/urandom >files/large.bin
    "$DOKAZ" -C "$V" add --basis published files >/dev/null 2>&1
    damaged
}

# Every file but the database and the lock.
vault_files() {
    (cd "$V" && find . -type f ! -name 'index-*' ! -name lock | sort)
}

# found NAME: verify says exit 3 (or 1 when the vault cannot be opened at all) and names something.
found() { # WHAT
    local got=0
    output=$(dokaz verify --deep 2>errors_now) || got=$?
    errors=$(cat errors_now)
    no_crash
    if [ "$got" -ne 3 ] && [ "$got" -ne 1 ]; then
        printf '%s was not found: exit %s\n%s\n%s\n' "$1" "$got" "$output" "$errors"
        return 1
    fi
    [ -n "$errors" ]
}

@test "a file that is cut, emptied, overwritten or gone is found" {
    cp -a "$V" whole
    n=0
    for file in $(vault_files); do
        for how in cut empty garbage gone; do
            case $how in
            cut) truncate -s -1 "$V/$file" ;;
            empty) : >"$V/$file" ;;
            garbage) head -c 3000 /dev/urandom >"$V/$file" ;;
            gone) rm "$V/$file" ;;
            esac
            # What only makes reading faster is not missed, and may be deleted.
            case $file:$how in
            */index:garbage) found "$file: $how" ;;
            */index:*) clean ;;
            *) found "$file: $how" ;;
            esac
            rm -rf "$V"
            cp -a whole "$V"
            n=$((n + 1))
        done
    done
    [ "$n" -ge 40 ]
    clean
}

@test "a file put back from an earlier state is found" {
    cp -a "$V" earlier
    sample_uk files/b.txt
    expect 0 dokaz add --basis published files/b.txt
    cp -a "$V" whole
    n=0
    for file in $(vault_files); do
        [ -e "earlier/$file" ] || continue
        if cmp -s "earlier/$file" "$V/$file"; then
            continue
        fi
        cp "earlier/$file" "$V/$file"
        case $file in
        */index) clean ;;
        *) found "$file put back" ;;
        esac
        rm -rf "$V"
        cp -a whole "$V"
        n=$((n + 1))
    done
    [ "$n" -ge 4 ]
    # The whole vault as it was: only what this device remembers can tell.
    rm -rf "$V"
    cp -a earlier "$V"
    expect 3 dokaz sources
    one_line sources "older copy"
    expect 3 dokaz add files
    one_line add "older copy"
    expect 3 dokaz verify
}

@test "the database may be deleted, cut, replaced or put back" {
    cp "$V/index-sealed.db" earlier.db
    sample_uk files/b.txt
    expect 0 dokaz add --basis published files/b.txt
    spoil() {
        sources_are 3
        clean
    }
    rm "$V"/index-sealed.db*
    spoil
    truncate -s 5000 "$V/index-sealed.db"
    spoil
    head -c 100000 /dev/urandom >"$V/index-sealed.db"
    spoil
    : >"$V/index-sealed.db"
    spoil
    cp earlier.db "$V/index-sealed.db"
    spoil
    head -c 100000 /dev/urandom >"$V/index-sealed.db-wal"
    spoil
    rm "$V"/index-sealed.db*
    mkdir "$V/index-sealed.db"
    expect 1 dokaz sources
    one_line sources "index"
    rmdir "$V/index-sealed.db"
    spoil
}

@test "an object that is gone is named with the source that rests on it" {
    id=$("$DOKAZ" -C "$V" sources --json | jq -r 'select(.name == "large.bin").id')
    object=$(find "$V/objects" -type f -size +1000k)
    mv "$object" kept
    expect 3 dokaz verify
    says "$(basename "$object")"
    expect 3 dokaz cat "$id"
    [ "$(grep -c . <<<"$errors")" -eq 1 ]
    # What else is there can still be read and added to.
    good_file files/c.txt
    expect 0 dokaz add files/c.txt
    mv kept "$object"
    clean
}

@test "files that do not belong into the vault are told and do no harm" {
    : >"$V/objects/stranger"
    expect 3 dokaz verify
    says "objects/stranger"
    rm "$V/objects/stranger"
    mkdir "$V/journal/stranger"
    expect 3 dokaz verify
    says "journal/stranger"
    rmdir "$V/journal/stranger"
    ln -s /dev/zero "$V/objects/$(printf '0%.0s' {1..64})"
    got=0
    expect 3 dokaz verify || got=$?
    no_crash
    rm "$V/objects/$(printf '0%.0s' {1..64})"
    [ "$got" -eq 0 ]
    mkfifo "$V/objects/seg-000000ff"
    got=0
    expect 3 dokaz verify || got=$?
    no_crash
    rm "$V/objects/seg-000000ff"
    [ "$got" -eq 0 ]
    clean
}
