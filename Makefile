# Hydra's commands. `make demo` shows the main job from nothing; `make test` checks everything that CI checks.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PREFIX ?= /usr/local
JOBS ?= $(shell getconf _NPROCESSORS_ONLN)
NATIVE := -Xcc -march=native
# Fused multiply-adds where the processor has them: for benchmarks only, since they change last bits.
FMA := $(shell grep -qsw fma /proc/cpuinfo && echo -Xswiftc -DHYDRA_FMA)
RELEASE := swift build -c release --static-swift-stdlib $(NATIVE) -Xswiftc -DHYDRA_BUILD_COMMIT
DEMO_OUT ?= demo
# Tests run optimised, in a folder of their own: numerical code takes thirty times as long without.
TESTING := -c release -Xswiftc -enable-testing --scratch-path .build/tests

.PHONY: help
help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

.PHONY: setup
setup: ## install the system packages that are missing (or say how)
	@Scripts/setup.sh

.PHONY: build
build: setup ## the release runner for this machine's processor, at bin/hydra
	@Scripts/write-commit.sh
	$(RELEASE) --product hydra
	@mkdir -p bin && cp -f "$$($(RELEASE) --show-bin-path)/hydra" bin/hydra
	@echo "built bin/hydra"

.PHONY: demo
demo: build ## generate a thin market, run the agent over it, write $(DEMO_OUT)/report.html
	bin/hydra demo --out $(DEMO_OUT)

.PHONY: test
test: ## format lint, declared imports, the whole suite, the notebooks, the consumer package, the public interface
	@Scripts/setup.sh test
	swift format lint --strict --recursive Package.swift Sources Tests Examples Benchmarks/Package.swift Benchmarks/Sources
	swift build $(TESTING) --build-tests --explicit-target-dependency-import-check error
	Scripts/within.sh 40 swift test $(TESTING) --skip-build --parallel
	Scripts/notebook-test.sh .build/tests/release/hydra
	Scripts/consumer-test.sh
	Scripts/api-check.sh

.PHONY: study
study: build ## long studies: the generator's targets, detection delay and false alarms over many worlds
	Scripts/study.sh

.PHONY: soak
soak: build ## ten simulated years live on paper with kills, feed gaps, a failing language model and a full disk
	Scripts/soak.py --hydra bin/hydra

.PHONY: fuzz
fuzz: setup ## 20 000 mutated files for all readers together, 5 000 models, 5 000 tables to train on, 100 000 market files; a crash fails
	$(RELEASE) --product hydra-fuzz
	"$$($(RELEASE) --show-bin-path)/hydra-fuzz" 20000
	"$$($(RELEASE) --show-bin-path)/hydra-fuzz" 10000 1 "LightGBM model" "table to train on"
	"$$($(RELEASE) --show-bin-path)/hydra-fuzz" 100000 1 "dbn" "dbn events" "dbn in zstd" "event files" "bar files"

.PHONY: sanitize
sanitize: setup ## the suite under the address and the thread sanitizer (long)
	@Scripts/sanitize.sh

.PHONY: bench-build
bench-build: setup ## the benchmark program at bin/hydra-bench
	swift build -c release --package-path Benchmarks $(NATIVE) $(FMA)
	@mkdir -p bin && cp -f "$$(swift build -c release --package-path Benchmarks $(NATIVE) $(FMA) --show-bin-path)/hydra-bench" bin/hydra-bench

.PHONY: bench
bench: bench-build ## time the hot paths
	bin/hydra-bench all

.PHONY: format
format: ## rewrite the sources in the project's format
	swift format --in-place --recursive Package.swift Sources Tests Examples Benchmarks/Package.swift Benchmarks/Sources

.PHONY: install
install: build ## copy the runner to $(PREFIX)/bin
	install -d "$(DESTDIR)$(PREFIX)/bin"
	install -m 755 bin/hydra "$(DESTDIR)$(PREFIX)/bin/hydra"

.PHONY: clean
clean: ## remove what was built
	rm -rf .build bin demo Benchmarks/.build
