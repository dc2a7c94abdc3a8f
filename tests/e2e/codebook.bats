#!/usr/bin/env bats
# The codebook tried out: pages of examples in three languages, and its own check.
load helpers

EXAMPLES=$BATS_TEST_DIRNAME/../../data/codebook/examples

@test "every example is read as it says, in three languages" {
    for lang in en uk ru; do
        expect 0 "$DOKAZ" codebook test "$EXAMPLES/$lang.txt"
        says "examples, 0 not as wanted"
    done
}

@test "every sphere and every means stands in ten examples of each language" {
    for lang in en uk ru; do
        expect 0 python3 - "$EXAMPLES/$lang.txt" <<'END'
import collections, sys
spheres, means = collections.Counter(), collections.Counter()
for line in open(sys.argv[1], encoding="utf-8"):
    if line.startswith("#") or line.startswith("nothing"):
        continue
    for pair in line.split("|")[0].split(","):
        sphere, mean = pair.split()
        spheres[sphere] += 1
        means[mean.split("/")[0]] += 1
assert len(spheres) == 22 and min(spheres.values()) >= 10, spheres
assert len(means) == 22 and min(means.values()) >= 10, means
END
    done
}

@test "an example that is read otherwise is shown with what was found" {
    printf 'education denial | He could not see a doctor without a Russian passport.\n' >"$FILES/page"
    printf 'nothing | The weather was fine.\n' >>"$FILES/page"
    expect 1 "$DOKAZ" codebook test "$FILES/page"
    says "page:1"
    says "wanted education denial; found healthcare denial"
    says "2 examples, 1 not as wanted"
    printf 'gardening denial | text\n' >"$FILES/page"
    expect 1 "$DOKAZ" codebook test "$FILES/page"
    says "line 1" "$errors"
}

@test "the check of the codebook finds no fault" {
    expect 0 "$DOKAZ" codebook lint
    says "No fault was found"
}
