# The two commands: `make run` and `make test`. HACKING.md says the rest.
.DELETE_ON_ERROR:
.PHONY: all deps run test lint format fuzz bench prove po install clean

FUZZ_SECONDS ?= 60

all: deps
	@tools/build release

deps:
	@tools/deps

run: all
	@tools/demo

test: deps
	@tools/run-tests

# clang-tidy and cppcheck over src/; both must be clean.
lint: deps
	@tools/lint

format: deps
	@git ls-files -co --exclude-standard -- 'src/*.[ch]' 'tests/*.[ch]' | xargs -r clang-format -i

# Every fuzz target for FUZZ_SECONDS, starting from its saved corpus.
fuzz: deps
	@tools/fuzz $(FUZZ_SECONDS)

bench: all
	@bench/run
	@bench/reading
	@tools/build release bench/lineage >/dev/null
	@build/bench/lineage
	@bench/search
	@tools/build release --quiet bench/suggest bench/words >/dev/null
	@build/bench/suggest tests/gold/dev/docs 100
	@for l in uk ru en; do cat tests/gold/*/docs/*-$$l-*.txt | build/bench/words speed $$l; done

prove: all
	@if [ -x tools/prove ]; then tools/prove; else echo "prove: there is no tools/prove" >&2; exit 1; fi

# Bring the catalogues in po/ up to date with the strings in src/.
po: deps
	@tools/update-po

install: all
	@meson install -C build --no-rebuild

clean:
	@rm -rf build build-test build-fuzz build-lint
