#!/usr/bin/env bats
# The checkers must refuse: each test lays out a tiny tree with one fault. A checker that passes
# everything would pass every other test here.

setup() {
    root=$BATS_TEST_TMPDIR/tree
    tools=$DOKAZ_SRC/tools
    mkdir -p "$root"/src/{base,crypto,journal,vault,coding} "$root"/{tests,tools,po}
    printf '#include "dz_a.h"\n\nint\ndz_a(void)\n{\n    return 1;\n}\n' >"$root/src/base/dz_a.c"
    printf 'int\ndz_a(void);\n' >"$root/src/base/dz_a.h"
    printf 'int\ndz_j(void);\n' >"$root/src/journal/dz_j.h"
}

layers() {
    "$tools/check-layers" --row base: --row crypto:base --row journal:base,crypto \
        --row vault:base,crypto,journal --row coding:base "$root" "$@"
}

archive() { # LAYER: compile its files into libLAYER.a
    (cd "$root" && for c in src/"$1"/*.c; do
        cc -Isrc/base -Isrc/journal -c "$c" -o "${c%.c}.o"
    done && ar rcs "lib$1.a" src/"$1"/*.o)
}

style_refuses() { # WORDS: the style checker must fail and say so
    run "$tools/check-style" "$root"
    [ "$status" -eq 1 ]
    [[ "$output" == *"$1"* ]]
}

@test "a clean tree passes both" {
    archive base
    "$tools/check-style" "$root"
    layers "$root/libbase.a"
}

@test "layers: an include that names a folder is refused" {
    printf '#include "../base/dz_a.h"\n' >"$root/src/coding/dz_c.c"
    run layers
    [ "$status" -eq 1 ]
    [[ "$output" == *"names a folder"* ]]
}

@test "layers: an include of a layer outside the row is refused" {
    printf '#include "dz_j.h"\n' >"$root/src/coding/dz_c.c"
    run layers
    [ "$status" -eq 1 ]
    [[ "$output" == *"coding may not use journal"* ]]
}

@test "layers: a foreign header outside its layer is refused" {
    printf '#include <sodium.h>\n' >"$root/src/coding/dz_c.c"
    run layers
    [ "$status" -eq 1 ]
    [[ "$output" == *"coding may not include sodium.h"* ]]
}

@test "layers: a hand-written prototype does not help" {
    printf 'int dz_j(void) { return 2; }\n' >"$root/src/journal/dz_j.c"
    printf 'int dz_j(void);\nint dz_c(void) { return dz_j(); }\n' >"$root/src/coding/dz_c.c"
    archive base
    archive journal
    archive coding
    run layers "$root/libbase.a" "$root/libjournal.a" "$root/libcoding.a"
    [ "$status" -eq 1 ]
    [[ "$output" == *"coding: uses dz_j of journal"* ]]
}

@test "layers: a cipher called in the journal is refused, a timestamp check is not" {
    printf 'int EVP_x(void);\nint TS_x(void);\nint dz_j(void) { return EVP_x() + TS_x(); }\n' \
        >"$root/src/journal/dz_j.c"
    archive journal
    run layers "$root/libjournal.a"
    [ "$status" -eq 1 ]
    [[ "$output" == *"journal: uses EVP_x"* ]]
    [[ "$output" != *"TS_x"* ]]
}

@test "layers: SQL and sqlite3 outside the vault are refused, inside they pass" {
    printf 'const char *dz_q = "SELECT id FROM source";\n' >"$root/src/vault/dz_v.c"
    layers
    cp "$root/src/vault/dz_v.c" "$root/src/coding/dz_c.c"
    run layers
    [ "$status" -eq 1 ]
    [[ "$output" == *"src/coding/dz_c.c:1: SQL outside vault"* ]]
    printf 'struct sqlite3_stmt;\n' >"$root/src/coding/dz_c.c"
    run layers
    [ "$status" -eq 1 ]
}

@test "layers: an external symbol without the prefix is refused" {
    printf 'int helper(void) { return 1; }\n' >"$root/src/base/helper.c"
    archive base
    run layers "$root/libbase.a"
    [ "$status" -eq 1 ]
    [[ "$output" == *"helper does not begin with dz_"* ]]
}

@test "style: a comment that ends on a line of its own is refused" {
    printf '/* A comment.\n * */\nint\ndz_a(void);\n' >"$root/src/base/dz_a.h"
    style_refuses "a comment ends on a line of its own"
}

@test "style: banned, printing, allocating and system calls are refused" {
    printf 'void\ndz_c(char *a)\n{\n    strcpy(a, "x");\n}\n' >"$root/src/coding/dz_c.c"
    style_refuses "strcpy: banned call"
    printf 'void\ndz_c(void)\n{\n    printf("x");\n}\n' >"$root/src/coding/dz_c.c"
    style_refuses "printf: printing below cli"
    printf 'void *\ndz_c(void)\n{\n    return malloc(1);\n}\n' >"$root/src/coding/dz_c.c"
    style_refuses "malloc: memory comes from dz_mem only"
    printf 'int\ndz_c(int f)\n{\n    return fsync(f);\n}\n' >"$root/src/coding/dz_c.c"
    style_refuses "fsync: the system is reached by dz_os only"
}

@test "style: the same words in comments, strings, members and longer names pass" {
    cat >"$root/src/coding/dz_c.c" <<'END'
/* strcpy(a, b) and malloc(1) in a comment. */
void
dz_c(struct dz_x *x)
{
    x->read(x, "printf(1)");
    dz_os_rename(x);
}
END
    "$tools/check-style" "$root"
}

@test "style: tabs, trailing space, invisible characters and a missing last newline are refused" {
    printf 'int x;\t\n' >"$root/src/coding/dz_c.c"
    style_refuses "dz_c.c:1: tab"
    printf 'int x; \n' >"$root/src/coding/dz_c.c"
    style_refuses "space at the end"
    printf 'int x; /* \342\200\256 */\n' >"$root/src/coding/dz_c.c"
    style_refuses "invisible character"
    printf 'int x;' >"$root/src/coding/dz_c.c"
    style_refuses "no newline"
    printf 'int x; /* \377 */\n' >"$root/src/coding/dz_c.c"
    style_refuses "not UTF-8"
}

@test "style: long files and long functions are refused" {
    yes '' | head -n 801 >"$root/src/coding/dz_c.c"
    style_refuses "file of more than 800 lines"
    { printf 'void\ndz_long(void)\n{\n'; yes '    dz_a();' | head -n 99; printf '}\n'; } \
        >"$root/src/coding/dz_c.c"
    style_refuses "dz_long: function of more than 100 lines"
}

@test "style: typedef of a struct, other goto labels and unfinished words are refused" {
    printf 'typedef struct dz_s dz_s;\n' >"$root/src/coding/dz_c.c"
    style_refuses "typedef of a struct"
    printf 'void\ndz_c(void)\n{\n    goto err1;\n}\n' >"$root/src/coding/dz_c.c"
    style_refuses "goto to another label"
    printf '/* TO''DO: later */\n' >"$root/src/coding/dz_c.c"
    style_refuses "finish it"
}

@test "catalogues: a string that is not translated is refused" {
    cp "$DOKAZ_SRC/po/en.po" "$DOKAZ_SRC/po/uk.po" "$root/po/"
    printf 'void\ndz_c(void)\n{\n    dz_show(_("Never said anywhere else"));\n}\n' \
        >"$root/src/coding/dz_c.c"
    run "$tools/check-po" "$root"
    [ "$status" -eq 1 ]
    [[ "$output" == *"uk.po is not complete"* ]]
}

@test "catalogues: the messages of errors are found, and a wrong placeholder is refused" {
    printf 'int\ndz_c(int n)\n{\n    return dz_fail(err, DZ_E_INPUT, "line %%d", n);\n}\n' \
        >"$root/src/coding/dz_c.c"
    "$tools/extract-strings" "$root" | grep -A1 'c-format' | grep 'msgid "line %d"'
    for lang in en uk; do
        sed -n '1,/Plural-Forms/p' "$DOKAZ_SRC/po/$lang.po" >"$root/po/$lang.po"
        printf '\n#, c-format\nmsgid "line %%d"\nmsgstr "line %%d"\n' >>"$root/po/$lang.po"
    done
    "$tools/check-po" "$root"
    sed -i 's/^#, c-format/#, fuzzy, c-format/' "$root/po/uk.po"
    run "$tools/check-po" "$root"
    [ "$status" -eq 1 ]
    sed -i 's/^#, fuzzy, c-format/#, c-format/' "$root/po/uk.po"
    sed -i 's/msgstr "line %d"/msgstr "line %s"/' "$root/po/uk.po"
    run "$tools/check-po" "$root"
    [ "$status" -eq 1 ]
}

@test "vectors: the proofs in the tree are what their generator writes" {
    "$DOKAZ_SRC/tests/tools/proof_vectors.py" "$root/proof"
    diff -r "$root/proof" "$DOKAZ_SRC/tests/vectors/proof"
}
