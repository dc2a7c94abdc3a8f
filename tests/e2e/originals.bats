#!/usr/bin/env bats
# Taking originals out: byte for byte, under their names, never over anything, and never unseen.
# What somebody told or lent leaves only when it is named.
load helpers
load hostile

setup_more() {
    new_vault
}

@test "everything comes out as it went in" {
    cd "$FILES"
    mkdir -p deep/er
    good_file a.txt
    good_file deep/a.txt "another one"
    good_file "deep/er/назва з пропуском.txt" third
    head -c 3000000 /dev/urandom >deep/blob.bin
    printf 'raw name' >"$(printf 'deep/\xff\xfe.bin')"
    cd ..
    expect 0 dokaz add files
    expect 0 dokaz originals out
    says "5 originals were written"
    diff -r files out
    [ "$(stat -c %a out/a.txt)" = 600 ]
    # Seen by the log, before the bytes.
    expect 0 dokaz log
    says "taken out"
    clean
}

@test "nothing is overwritten and nothing leaves the folder" {
    mkdir full
    echo mine >full/a.txt
    good_file files/a.txt
    expect 0 dokaz add files
    expect 1 dokaz originals full
    says "not empty" "$errors"
    [ "$(cat full/a.txt)" = mine ]
    # A refusal leaves no entry behind.
    expect 0 dokaz log
    says_not "taken out"
}

@test "two files with one name both come out" {
    mkdir -p files/x one two
    good_file one/same.txt first
    good_file two/same.txt second
    expect 0 dokaz add one/same.txt two/same.txt
    expect 0 dokaz originals out
    [ "$(ls out | wc -l)" -eq 2 ]
    cat out/* | sort >got
    cat one/* two/* | sort >want
    cmp got want
}

@test "restricted and sealed sources come out only when named" {
    good_file files/open.txt
    good_file files/kept.txt "for members only"
    expect 0 dokaz add files/open.txt
    expect 0 dokaz add --access restricted --json files/kept.txt
    id=$(json id | head -n 1)
    expect 0 dokaz originals out
    says "1 restricted or sealed source was left out" "$errors"
    [ ! -e out/kept.txt ]
    expect 0 dokaz originals --json --to "the court" out2 "$id"
    [ "$(json path)" = kept.txt ]
    says "the access to $id is 'Restricted'" "$errors"
    cmp files/kept.txt out2/kept.txt
    [ "$(ls out2)" = kept.txt ]
}

@test "testimonies and private documents come out only when named" {
    good_file files/article.txt
    good_file files/undecided.txt "nobody said what it is"
    good_file files/told.txt "what she told"
    good_file files/letter.txt "what he wrote"
    expect 0 dokaz add --basis published files/article.txt
    expect 0 dokaz add files/undecided.txt
    expect 0 dokaz add --basis private_document files/letter.txt
    expect 0 dokaz add --basis testimony --json files/told.txt
    id=$(json id | head -n 1)
    expect 0 dokaz originals out
    says "2 testimonies or private documents were left out" "$errors"
    says "the basis of 1 source that was taken out is not stated" "$errors"
    [ "$(ls out)" = "$(printf 'article.txt\nundecided.txt')" ]
    refute grep -rq "what she told" out
    # Named, it comes, and what it is was said before.
    expect 0 dokaz originals out2 "$id"
    says "the basis of $id is 'Testimony'" "$errors"
    says_not "left out" "$errors"
    cmp files/told.txt out2/told.txt
    # A basis that was described later counts as well.
    echo '{"basis":"official"}' | dokaz describe "$id"
    expect 0 dokaz originals out3
    [ -e out3/told.txt ]
    says "1 testimony or private document was left out" "$errors"
}

@test "a damaged original is named and the others come out" {
    good_file files/a.txt
    head -c 2000000 /dev/urandom >files/b.bin
    expect 0 dokaz add files
    large=$(find "$V/objects" -regextype posix-extended -regex '.*/[0-9a-f]{64}')
    printf 'x' | dd of="$large" bs=1 seek=70000 conv=notrunc status=none
    expect 3 dokaz originals out
    says "1 original is damaged" "$errors"
    [ "$(ls out)" = a.txt ]
}
