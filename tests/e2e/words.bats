#!/usr/bin/env bats
# Looking into the reading: words, sentences and mentions of a text on standard input.
load helpers

setup_more() {
    printf 'Лікарні Києва не приймали людей. Це було 12 травня 2024 р. у Мелітополі.\n' >uk.txt
}

@test "words: offset, form, lemma, language" {
    expect 0 "$DOKAZ" words <uk.txt
    [ "$(printf '%s\n' "$output" | head -n 1)" = "$(printf '0\tЛікарні\tлікарня\tuk\t')" ]
    says "$(printf '26\tлюдей\tлюдина\tuk')"
    expect 0 "$DOKAZ" words --json <uk.txt
    [ "$(printf '%s\n' "$output" | jq -s -r '.[1].lemma + .[1].language')" = "київuk" ]
    # Offsets count code points of the untouched text.
    printf '\360\237\230\200 e\314\201cole п\342\200\231ять' | "$DOKAZ" words --json >odd.json
    [ "$(jq -s -c '[.[].offset]' odd.json)" = "[2,9]" ]
}

@test "words of a language that is named" {
    printf 'паспорта' >short.txt
    expect 0 "$DOKAZ" words --lang uk <short.txt
    says "$(printf '0\tпаспорта\tпаспорт\tuk')"
    expect 0 "$DOKAZ" words --lang ru <short.txt
    says "$(printf '\tru')"
    expect 2 "$DOKAZ" words --lang fr <short.txt
    error_says words "en, uk or ru"
    # In front of the name it is still the language of messages.
    expect 2 "$DOKAZ" --lang fr words <short.txt
}

@test "sentences with their language" {
    printf 'Вона жила на вул. Миру. The U.S. office closed in Sept. 2023. Он уехал.' >three.txt
    expect 0 "$DOKAZ" sentences --json <three.txt
    [ "$(printf '%s\n' "$output" | jq -s -r '[.[].language] | join(",")')" = "uk,en,ru" ]
    [ "$(printf '%s\n' "$output" | jq -s '.[1].start')" = 24 ]
    expect 0 "$DOKAZ" sentences <three.txt
    [ "$(printf '%s\n' "$output" | wc -l)" -eq 3 ]
}

@test "mentions with what they mean and the rule" {
    expect 0 "$DOKAZ" mentions <uk.txt
    says "edtf=2024-05-12"
    says "date.day_month"
    expect 0 "$DOKAZ" mentions --json <uk.txt
    [ "$(printf '%s\n' "$output" | jq -r 'select(.text == "Мелітополі").name_en')" = Melitopol ]
    printf 'Він поїхав 12 травня.' >relative.txt
    expect 0 "$DOKAZ" mentions --published 2024-05-15 --json <relative.txt
    says '"edtf":"2024-05-12"'
    expect 2 "$DOKAZ" mentions --published 15.5.2024 <relative.txt
}

@test "what is no text is refused, and nothing is nothing" {
    for command in words sentences mentions; do
        printf '\377\376' >bytes.txt
        expect 1 "$DOKAZ" "$command" <bytes.txt
        error_says "$command" "standard input"
        expect 0 "$DOKAZ" "$command" </dev/null
        [ -z "$output" ]
    done
}
