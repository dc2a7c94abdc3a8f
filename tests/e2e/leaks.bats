#!/usr/bin/env bats
# The leak scan: names of protected persons leave in no form, what masking cannot replace stops what
# is published until somebody decides, and nothing that looks like personal data is repeated.
load helpers

setup_more() {
    new_vault
    cat >"$FILES/told.txt" <<'END'
Мешканка Токмака Олена Коваленко, медсестра, розповіла у квітні 2023 року, що в лікарні від неї вимагали
паспорт РФ. «Без паспорта інсуліну не дали», — каже Олена Коваленко.
END
    cat >"$FILES/other.txt" <<'END'
Людям відмовляють у медичній допомозі без паспорта РФ. Про це писала Елена Коваленко, а за нею Olena Kovalenko.
Без Оленки Коваленко ніхто б не дізнався. Лист підписано Коваленко О. П. у червні 2023 року.
END
    cat >"$FILES/plain.txt" <<'END'
Людям відмовляють у медичній допомозі без паспорта РФ у Мелітополі у червні 2023 року. Указ № 183 підписано.
Свідок мешкає: вул. Шевченка, 12, кв. 5, телефон невідомий.
END
    dokaz add --basis published "$FILES/told.txt" "$FILES/other.txt" "$FILES/plain.txt" \
        >/dev/null 2>&1
    PLAIN=$(id_of plain.txt)
    OTHER=$(id_of other.txt)
}

id_of() { # FILE NAME
    dokaz sources --json | python3 -c '
import json, sys
print(next(s["id"] for s in map(json.loads, sys.stdin) if s["name"] == sys.argv[1]))' "$1"
}

record() { # KIND JSON
    printf '%s' "$2" | dokaz record "$1" --json 2>"$BATS_TEST_TMPDIR/warned" | json id "$(cat)"
}

# nowhere WORD...: in no byte of the package and the report.
nowhere() {
    local word
    for word in "$@"; do
        if grep -rqiF -- "$word" out r.html; then
            grep -rliF -- "$word" out r.html
            echo "found: $word"
            return 1
        fi
    done
}

@test "no form of a protected name leaves, whichever source told it" {
    record statement '{"speaker": "Олени Коваленко", "stance": "take_if_needed", "passages":
        [{"source": "'"$OTHER"'", "exact": "Людям відмовляють у медичній допомозі без паспорта РФ"}]}'
    record measure '{"title": "Лист до Olena Kovalenko", "passages":
        [{"source": "'"$OTHER"'", "exact": "Лист підписано Коваленко О. П."}]}'
    record measure '{"title": "Указ, про який казала Коваленко Олена", "passages":
        [{"source": "'"$PLAIN"'", "exact": "Указ № 183 підписано"}]}'
    dokaz findings --json >"$BATS_TEST_TMPDIR/found"
    expect 0 dokaz export --public --mask-all bag out
    expect 0 dokaz report --public --mask-all r.html
    nowhere Коваленко Kovalenko Оленк Олени "Шевченка, 12"
}

@test "an undecided finding stops what is published, and is listed" {
    record measure '{"title": "Дзвонити +380 67 123 45 67", "passages":
        [{"source": "'"$PLAIN"'", "exact": "Указ № 183 підписано"}]}'
    expect 1 dokaz export --public bag out
    says "undecided findings of the leak scan" "$errors"
    says "title: a phone number" "$errors"
    says "text: a home address" "$errors"
    [ ! -e out ]
    expect 1 dokaz report --public r.html
    [ ! -e r.html ]
    says "title: a phone number" "$errors"
    # Without --public it is internal, and nothing is asked.
    expect 0 dokaz report r.html
    rm r.html

    expect 0 dokaz findings --json
    says_not "123 45 67"
    says_not "Шевченка"
    local ids id
    ids=$(printf '%s\n' "$output" | python3 -c '
import json, sys
for line in sys.stdin: print(json.loads(line)["id"])')
    [ "$(printf '%s\n' "$ids" | wc -l)" -ge 2 ]
    id=$(printf '%s\n' "$ids" | head -n 1)
    expect 2 dokaz findings decide "$id" keep
    expect 2 dokaz findings decide "$id" later
    expect 1 dokaz findings decide fnd-0000000000000000 mask
    for id in $ids; do
        expect 0 dokaz findings decide "$id" mask
    done
    expect 0 dokaz findings
    says "Nothing waits"
    expect 0 dokaz findings --all
    says "masked"
    expect 0 dokaz export --public bag out
    expect 0 dokaz report --public r.html
    nowhere "123 45 67" "Шевченка, 12"
    expect 0 dokaz log
    says "finding of the leak scan decided"
    expect 0 dokaz verify --deep

    # Taken back, it stops again; kept for a reason, it stands.
    expect 0 dokaz findings decide "$(printf '%s\n' "$ids" | head -n 1)" open
    rm -r out
    expect 1 dokaz export --public bag out
    for id in $ids; do
        expect 0 dokaz findings decide "$id" keep --reason "published by the ministry itself"
    done
    expect 0 dokaz export --public bag out
    grep -rqF "123 45 67" out
}

@test "what looks like personal data is told when it is typed, and not repeated" {
    record measure '{"title": "Указ", "note": "паспорт АВ123456, дзвонити 067 123-45-67",
        "passages": [{"source": "'"$PLAIN"'", "exact": "Указ № 183 підписано"}]}'
    local warned
    warned=$(cat "$BATS_TEST_TMPDIR/warned")
    says "note: this looks like a passport number" "$warned"
    says "note: this looks like a phone number" "$warned"
    [ "$(printf '%s\n' "$warned" | wc -l)" -eq 2 ]
    case $warned in *123456* | *067*) return 1 ;; esac
    printf '{"title": "Від olena@example.org"}' >"$BATS_TEST_TMPDIR/in"
    expect 0 sh -c '"$0" -C "$1" describe "$2" <"$3"' "$DOKAZ" "$V" "$PLAIN" "$BATS_TEST_TMPDIR/in"
    says "title: this looks like an e-mail address" "$errors"
    # Dates, decrees and sums are none.
    record measure '{"title": "Указ № 183 від 27.04.2023, 12 345 678 рублів", "passages":
        [{"source": "'"$PLAIN"'", "exact": "Указ № 183 підписано"}]}'
    [ ! -s "$BATS_TEST_TMPDIR/warned" ]
}

@test "an original that leaves as it is: how much of this it holds is told" {
    expect 0 dokaz clean "$PLAIN" copy.txt
    says "1 number or address of a person" "$errors"
}
