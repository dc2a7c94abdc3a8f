#!/usr/bin/env bats
# Finding sources by their words, in three languages.
load helpers

# text NAME DATE TEXT: a source whose title is its name.
text() {
    printf '%s\n' "$3" >"$FILES/$1.txt"
    printf '%s.txt,%s,%s\n' "$1" "$1" "$2" >>"$BATS_TEST_TMPDIR/table.csv"
}

setup_more() {
    new_vault
    echo 'file,title,published' >"$BATS_TEST_TMPDIR/table.csv"
    text one 2023-05-02 'Люди говорили про наслідки примусової паспортизації у місті.'
    text two 2023-09-14 'Влада оголосила паспортизацію завершеною, а паспорти видавали далі.'
    text three 2024-02-20 'У лікарні не приймали без нового документа, черги стояли до вечора.'
    text four 2024-06-30 'Врач принимал в больнице Мелитополя только утром.'
    text five 2024-11-11 'The hospital in Melitopol refused patients who had no passport.'
    text six 2025-01-05 'Лікар приїхав до Мелітополя сам і нікому не відмовляв.'
    dokaz add --basis published --describe "$BATS_TEST_TMPDIR/table.csv" "$FILES" >/dev/null 2>&1
}

# Titles of what a search finds, in one line.
found() {
    dokaz search --json "$@" | python3 -c "import json,sys; print(' '.join(sorted(json.loads(l)['title'] for l in sys.stdin)))"
}

@test "a word finds its forms, and no other word" {
    [ "$(found паспортизація)" = 'one two' ]
    [ "$(found паспортизацію)" = 'one two' ]
    [ "$(found '"примусова паспортизація"')" = one ]
    [ "$(found паспорт)" = two ]
    [ "$(found лікарня)" = three ]
    [ "$(found лікар)" = six ]
    [ "$(found больницы)" = four ]
    [ "$(found refusing)" = five ]
    [ "$(found =паспортизацію)" = two ]
    [ -z "$(found =паспортизація)" ]
}

@test "operators, fields, beginnings" {
    [ "$(found 'паспортизація паспорт')" = two ]
    [ "$(found 'лікар OR лікарня')" = 'six three' ]
    [ "$(found 'паспортизація NOT паспорт')" = one ]
    [ "$(found -- '-паспорт паспортизація')" = one ]
    [ "$(found '(лікар OR лікарня) AND черга')" = three ]
    [ "$(found 'паспорт*')" = 'one two' ]
    [ "$(found 'title:two')" = two ]
    [ -z "$(found 'body:two')" ]
}

@test "dates, language, basis" {
    [ "$(found паспортизація --since 2023-09)" = two ]
    [ "$(found паспортизація --until 2023-05-02)" = one ]
    [ "$(found паспортизація --since 2023 --until 2023)" = 'one two' ]
    [ "$(found 'паспорт OR passport' --language en)" = five ]
    [ -z "$(found паспорт --basis official)" ]
    expect 2 dokaz search паспорт --since yesterday
    error_says search "yesterday"
    expect 2 dokaz search паспорт --since 2024 --until 2023
    error_says search "the last day lies before the first"
}

@test "a concept is looked for in all three languages, and says as what" {
    [ "$(found --concept healthcare)" = 'five four six three' ]
    [ "$(found --concept healthcare черга)" = three ]
    expect 0 dokaz search --concept healthcare
    says "healthcare was looked for as: "
    says "hospital*, "
    says "больниц*"
    expect 1 dokaz search --concept weather
    error_says search "no concept 'weather'"
}

@test "names are found in the other letters when that is asked for" {
    [ "$(found Melitopol)" = five ]
    [ "$(found Melitopol --translit)" = 'five four six' ]
    [ "$(found Мелітополь --translit)" = 'five six' ]
}

@test "words of the same root are offered, not joined" {
    expect 0 dokaz search паспортизація
    says "2 sources found."
    says "of the same root: паспорт"
    expect 0 dokaz search пасіка
    says "0 sources found."
    says "No record does not mean that nothing happened."
}

@test "a snippet shows the source's own words whole, marked" {
    expect 0 dokaz search --json паспортизація --since 2023-09
    [ "$(json snippet)" = 'Влада оголосила паспортизацію завершеною, а паспорти видавали далі.' ]
    [ "$(json marks.0.0)" = 16 ]
    [ "$(json marks.0.1)" = 29 ]
    expect 0 dokaz search паспортизація
    says "⟦паспортизації⟧"
}

@test "what cannot be read is said in one line" {
    expect 1 dokaz search '"паспорт'
    error_says search "a quotation mark is opened and not closed"
    expect 1 dokaz search '(паспорт'
    error_says search "a bracket is opened and not closed"
    expect 1 dokaz search 'паспорт)'
    error_says search "a bracket is closed and was not opened"
    expect 1 dokaz search -- -паспорт
    error_says search "nothing to look for"
    expect 2 dokaz search
    error_says search "needs a WORD"
}

@test "nothing of a purged source is found, and a new title is" {
    expect 0 dokaz search --json =паспортизацію
    id=$(json source)
    expect 0 dokaz purge "$id" --reason "added in error"
    [ "$(found паспортизація)" = one ]
    expect 0 dokaz search --json лікарня
    id=$(json source)
    printf '{"title": "зачинені двері"}' | dokaz describe "$id"
    [ "$(found title:двері)" = 'зачинені двері' ]
    [ -z "$(found title:three)" ]
    expect 0 dokaz verify
}
