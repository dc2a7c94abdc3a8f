# prove, log --checkpoint and verify --since as a user types them. The files are read by the
# independent checker of tests/checker, too.

load helpers

# A vault with one source and one fact-free history.
setup_more() {
    CHECK=$DOKAZ_SRC/tests/checker/check.py
    new_vault
    sample_en "$FILES/a.txt"
    dokaz add --basis published "$FILES/a.txt" >/dev/null 2>&1
    id=$(dokaz sources --json | json_first id)
    dokaz log --vkey >key.vkey
    KEY=$(cat key.vkey)
}

json_first() { # FIELD, of the first line of standard input
    python3 -c 'import json,sys; print(json.loads(sys.stdin.readline())[sys.argv[1]])' "$1"
}

# The JSON object in a proof, on one line.
extra_of() { # FILE
    sed -n 's/^extra //p' "$1" | base64 -d
}

# Nothing in what a proof says fits the pattern.
hides() { # FILE PATTERN
    extra_of "$1" >hides.json
    [ -s hides.json ]
    refute grep "$2" hides.json
}

@test "prove writes a file that stands alone" {
    expect 0 dokaz prove "$id" p.tlog-proof
    says "Whoever gets it reads: "
    # What packages withhold of every entry, a proof withholds as well.
    says "Withheld: member, n. --show FIELD,... shows"
    [ -z "$errors" ]
    expect 0 "$CHECK" proof p.tlog-proof "$KEY"
    says "holds"
    # The id may be shortened, and without a name the file goes to standard output.
    expect 0 dokaz prove "${id:0:9}"
    says "c2sp.org/tlog-proof@v1"
    says_not "Withheld"
    says "Withheld: member, n." "$errors"
    [ "$(extra_of p.tlog-proof | json_first log)" = "$(dokaz log --checkpoints --json | json_first log)" ]
    extra_of p.tlog-proof | grep -q '"value":"source.added"'
    # A file that is there is not replaced, and nothing is recorded for what was not written.
    before=$(dokaz log --json | wc -l)
    expect 1 dokaz prove "$id" p.tlog-proof
    error_says prove "there already"
    [ "$(dokaz log --json | wc -l)" -eq "$before" ]
}

@test "what is withheld is not in the file, and the proof holds" {
    member=$(dokaz log --json | json_first member)
    dokaz prove --show all "$id" whole
    extra_of whole | grep -q "$member"
    extra_of whole | grep -q '"signature"'
    dokaz prove --show member,n "$id" by
    cmp <(extra_of whole) <(extra_of by)
    expect 0 "$CHECK" proof by "$KEY"
    expect 0 dokaz prove --withhold name "$id" part
    expect 0 "$CHECK" proof part "$KEY"
    hides part "$member"
    hides part 'a\.txt'
    hides part '"signature"'
    extra_of part | grep -q '"withheld":{"member":"[0-9a-f]\{64\}","n":"[0-9a-f]\{64\}","name":"[0-9a-f]\{64\}"}'
    expect 0 dokaz prove --withhold member,tags "$id" other
    says "Withheld: member, n."
    expect 0 dokaz prove --show all --withhold size "$id" all_but
    says "Withheld: size."
    expect 2 dokaz prove --withhold member,,name "$id"
    error_says prove "missing"
    expect 2 dokaz prove --show member --withhold name,member "$id"
    error_says prove "'member' stands after --show and after --withhold"
    # A mistyped name would show what should stay secret.
    before=$(dokaz log --json | wc -l)
    expect 2 dokaz prove --withhold membr "$id" typo
    error_says prove "no field 'membr' here; there are: "
    expect 2 dokaz prove --show membr "$id" typo
    error_says prove "no field 'membr' here; there are: "
    [ ! -e typo ]
    [ "$(dokaz log --json | wc -l)" -eq "$before" ]
}

@test "a source that is not open, or told in confidence, shows nothing by itself" {
    # By its id, by its number, and in its history.
    number=$(dokaz log --json --kind source.added | json_first seq)
    for what in '{"access":"restricted"}' '{"access":"open","basis":"testimony"}' \
        '{"basis":"unstated"}' '{"basis":"private_document"}'; do
        echo "$what" | dokaz describe "$id"
        rm -rf p q all
        expect 0 dokaz prove "$id" p
        says "Whoever gets it reads: clock, id, kind, log, seq, time."
        expect 0 "$CHECK" proof p "$KEY"
        expect 0 dokaz prove "$number" q
        expect 0 dokaz prove --all all "$id"
        for f in p q all/*; do
            hides "$f" 'a\.txt\|"value":"\(restricted\|testimony\|private\)\|"sha256":{'
        done
    done
    says "told in confidence" "$errors"
    [ "$(printf '%s\n' "$errors" | wc -l)" -eq 1 ]
    echo '{"access":"restricted"}' | dokaz describe "$id"
    expect 0 dokaz prove "$id"
    says "access to $id is 'Restricted'" "$errors"
    # Shown on purpose, one field or all.
    dokaz prove --show sha256,name "$id" some
    extra_of some | grep -q "$(sha256sum <"$FILES/a.txt" | cut -c1-64)"
    hides some '"public"'
    expect 0 dokaz prove --show all "$id" everything
    says "access to $id is 'Restricted'" "$errors"
    says_not "Withheld"
    expect 0 dokaz prove --consistency 1
    [ -z "$errors" ]
}

@test "a fact shows no more than the sources it rests on" {
    sample_en "$FILES/en.txt"
    second=$(dokaz add --basis published --json "$FILES/en.txt" 2>/dev/null | json_first id)
    fact() { # SOURCE WORDS
        printf '{"sphere":"healthcare","means":"denial","note":"ask her again",
            "passages":[{"source":"%s","exact":"%s"}]}' "$1" "$2" | dokaz record act
    }
    act=$(fact "$second" "a nurse said")
    number=$(dokaz log --json | wc -l)
    expect 0 dokaz prove "$act" open
    extra_of open | grep -q "a nurse said"
    hides open "ask her again"
    hides open '"public"'
    echo '{"basis":"testimony"}' | dokaz describe "$second"
    expect 0 dokaz prove "$act" told
    says "the basis of $second is 'Testimony'" "$errors"
    hides told "a nurse said\|healthcare"
    expect 0 dokaz prove "$((number - 1))" by_number
    cmp <(extra_of told) <(extra_of by_number)
    # What was taken back is not repeated either.
    echo '{"basis":"published"}' | dokaz describe "$second"
    dokaz prove "$act" again
    cmp <(extra_of open) <(extra_of again)
    dokaz withdraw "$act" --reason "she asked for it"
    dokaz prove --all history "$act"
    for f in history/*; do
        hides "$f" "a nurse said\|she asked"
    done
    # Entries about neither say what they are, unless somebody asks for more.
    dokaz log --json --kind export.made | json_first seq >seq
    expect 0 dokaz prove "$(cat seq)" export
    hides export '"format":{'
    dokaz prove --show format "$(cat seq)" export2
    extra_of export2 | grep -q '"format":{'
}

@test "every entry can be proven by its number" {
    n=$(dokaz log --json | wc -l)
    for ((i = 0; i < n; i++)); do
        dokaz prove "$i" "p$i"
        "$CHECK" proof "p$i" "$KEY" | grep -q "entry $i "
    done
    log=$(dokaz log --vkey --json | json_first log)
    expect 0 dokaz prove "${log:0:8}:1"
    says "index 1"
    expect 1 dokaz prove 99999
    error_says prove "no entry"
    expect 2 dokaz prove "${log:0:8}:x"
    expect 1 dokaz prove ffff:1
    expect 2 dokaz prove
}

@test "prove --all writes the history of an item, and a destroyed entry stays provable" {
    echo '{"title":"A title"}' | dokaz describe "$id"
    expect 0 dokaz prove --all history "$id"
    says "3 proofs written."
    for f in history/*.tlog-proof; do
        expect 0 "$CHECK" proof "$f" "$KEY"
    done
    expect 1 dokaz prove --all history "$id"
    expect 2 dokaz prove --all other "$id" more
    expect 2 dokaz prove --all other 0
    dokaz purge "$id" --reason "added in error" >/dev/null
    expect 0 dokaz prove 1 bare
    expect 0 "$CHECK" proof bare "$KEY"
    says "0 fields shown, 0 withheld"
    expect 0 dokaz prove 1 bare2
    says "its body was destroyed"
    hides bare '"signature"'
    # What was proven before the body was destroyed still holds.
    for f in history/*.tlog-proof; do
        expect 0 "$CHECK" proof "$f" "$KEY"
    done
}

@test "taking a proof out is recorded before it leaves" {
    dokaz prove --withhold member "$id" p
    expect 0 dokaz log --kind export.made --json
    [ "$(json format)" = tlog-proof ]
    [ "$(json item)" = "$id" ]
    [ "$(json withheld.0)" = member ]
    expect 0 dokaz log --kind export.made
    says "taken out: $id (proof"
    # The entry is under the checkpoint that the proof carries.
    size=$(sed -n '/^$/,$p' p | sed -n 3p)
    [ "$size" -eq "$(dokaz log --json | wc -l)" ]
}

@test "checkpoints are listed and printed, and later ones begin with them" {
    dokaz log --checkpoint last >old.note
    old=$(sed -n 2p old.note)
    for n in 1 2 3; do
        sample_uk "$FILES/$n.txt"
        echo "$n" >>"$FILES/$n.txt"
        dokaz add --basis published "$FILES/$n.txt" >/dev/null 2>&1
    done
    expect 0 dokaz log --checkpoints --json
    says "\"size\":$old,"
    expect 0 dokaz log --checkpoints
    says "$(sed -n 3p old.note)"
    expect 0 dokaz log --checkpoint "$old"
    [ "$output" = "$(cat old.note)" ]
    # By file and by size, up to the last one and to an earlier one.
    expect 0 dokaz prove --consistency old.note c1
    expect 0 dokaz prove --consistency "$old"
    [ "$output" = "$(cat c1)" ]
    expect 0 "$CHECK" consistency old.note c1 "$KEY"
    middle=$(dokaz log --checkpoints --json | sed -n 5p | json_first size)
    expect 0 dokaz prove --consistency old.note --to "$middle" c2
    expect 0 "$CHECK" consistency old.note c2 "$KEY"
    dokaz log --checkpoint last >new.note
    expect 0 dokaz prove --consistency old.note --to new.note c3
    cmp c1 c3
    # A proof of one pair is none of another.
    dokaz log --checkpoint "$middle" >middle.note
    expect 3 "$CHECK" consistency middle.note c1 "$KEY"
    # Nothing is shown, so nothing is recorded.
    [ -z "$(dokaz log --kind export.made --json)" ]
    expect 2 dokaz prove --consistency 0
    expect 2 dokaz prove --consistency 99999
    # Two files in one commit: nothing was signed between them.
    last=$(dokaz log --checkpoints --json | tail -n 1 | json_first size)
    printf 'one\n' >"$FILES/one.txt"
    printf 'two\n' >"$FILES/two.txt"
    dokaz add --basis published --preserve-only "$FILES/one.txt" "$FILES/two.txt" >/dev/null
    expect 1 dokaz log --checkpoint $((last + 1))
    error_says log "no checkpoint of $((last + 1)) entries"
    expect 2 dokaz log --checkpoint first
}

@test "verify --since finds a vault that was put back" {
    damaged
    dokaz log --checkpoint last >first.note
    cp -a "$V" before
    echo '{"title":"A title"}' | dokaz describe "$id"
    dokaz log --checkpoint last >kept.note
    expect 0 dokaz verify --since kept.note
    says "contains the checkpoint in 'kept.note'"
    expect 0 dokaz verify --keyless --since kept.note --json
    says '"contains":'
    # Put back as a whole; this device's own memory of it is gone as well.
    rm -rf "$V" "$XDG_STATE_HOME"/*
    cp -a before "$V"
    expect 0 dokaz verify
    expect 0 dokaz verify --since first.note
    expect 3 dokaz verify --since kept.note
    says "an older copy was put in its place"
    expect 3 dokaz verify --keyless --since kept.note
    says "an older copy was put in its place"
}

@test "verify --since finds a copy that went another way" {
    damaged
    cp -a "$V" copy
    cp -a "$XDG_STATE_HOME" state.copy
    echo '{"title":"One title"}' | dokaz describe "$id"
    dokaz log --checkpoint last >kept.note
    # The copy, on another computer with the same memory, goes on by itself.
    rm -rf "$V" "$XDG_STATE_HOME"
    cp -a copy "$V"
    cp -a state.copy "$XDG_STATE_HOME"
    echo '{"title":"Another title"}' | dokaz describe "$id"
    expect 0 dokaz verify
    expect 3 dokaz verify --since kept.note
    says "forked"
    expect 3 dokaz verify --keyless --since kept.note
    says "forked"
    expect 3 dokaz prove --consistency kept.note
    error_says prove "forked"
}

@test "verify --since tells a foreign, changed or unreadable checkpoint apart" {
    dokaz log --checkpoint last >kept.note
    expect 1 dokaz verify --since nowhere
    error_says verify "reading the checkpoint"
    expect 1 dokaz verify --since "$FILES/a.txt"
    error_says verify "is not a checkpoint"
    size=$(sed -n 2p kept.note)
    sed "2s/.*/$((size + 1))/" kept.note >changed.note
    expect 3 dokaz verify --since changed.note
    says "signature"
    "$DOKAZ" init other >/dev/null
    "$DOKAZ" -C other log --checkpoint last >foreign.note
    expect 3 dokaz verify --since foreign.note
    says "not in this vault"
    expect 3 dokaz verify --keyless --since foreign.note
    says "not in this vault"
}

@test "log filters by member and log, and numbers its entries" {
    expect 0 dokaz log
    says "the vault was made #0"
    member=$(dokaz log --json | json_first member)
    expect 0 dokaz log --by "${member:0:6}"
    says "the vault was made #0"
    expect 0 dokaz log --by ffffffffffff
    [ -z "$output" ]
    log=$(dokaz log --vkey --json | json_first log)
    expect 0 dokaz log --log "${log:0:4}"
    says "the vault was made #0"
    expect 1 dokaz log --log zzzz
    error_says log "no log 'zzzz'"
    # A second device begins a log of its own: then entries carry the log as well.
    rm -rf "$XDG_STATE_HOME"/*
    echo '{"title":"A title"}' | dokaz describe "$id"
    expect 0 dokaz log
    says "the vault was made #${log:0:8}:0"
    says "this device began a log of its own"
    expect 2 dokaz log --checkpoint last
    error_says log "several logs"
    expect 0 dokaz log --checkpoint last --log "${log:0:8}"
    expect 2 dokaz prove 0
    expect 0 dokaz prove "${log:0:8}:0"
    expect 0 dokaz log --vkey
    [ "$(printf '%s\n' "$output" | wc -l)" -eq 2 ]
    expect 2 dokaz log --checkpoints --vkey
}
