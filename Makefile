# Everything that is typed by hand: demo, test, bench, accuracy, systems, lint, install; for the real
# kernels test-kernels, test-arm, test-host, bench-kernels; for the recorders test-recorders; for sweeps
# that are killed test-sweeps.
# Each target installs the Debian packages that it needs and builds only what has changed.

PREFIX ?= /usr/local
DESTDIR ?=

LACUNA := .build/release/lacuna
STATIC := .build/static/release/lacuna
# Folders are among the sources, so that a file that is added or removed counts as a change.
SOURCES := Package.swift $(shell find Sources -path Sources/Recorders -prune -o -print)
EXAMPLES = $(sort $(wildcard scenarios/examples/*.yaml)) \
  $(sort $(wildcard scenarios/examples/trace-driven/*.yaml))
FORMATTED := $(wildcard Sources Tests Benchmarks Package.swift)

RECORDERS := Sources/Recorders
# A virtual environment outside of the sources, for the Python package alone.
PYTHON_ENV := .build/recorders

BIN := $(DESTDIR)$(PREFIX)/bin
SHARE := $(DESTDIR)$(PREFIX)/share
DATA := $(SHARE)/lacuna

.PHONY: demo test test-kernels test-arm test-host test-recorders test-sweeps bench bench-kernels accuracy systems lint \
  install packages
.DELETE_ON_ERROR:

# Predictions of the examples beside what was measured or published. Exit code 1 says that a counted
# expectation was missed: the table shows which, and the next example follows.
demo: $(LACUNA)
	@missed=; for scenario in $(EXAMPLES); do \
	  printf '\n== lacuna simulate %s\n\n' "$$scenario"; \
	  $(LACUNA) simulate "$$scenario"; status=$$?; \
	  case $$status in \
	    0) ;; \
	    1) missed="$$missed $$scenario" ;; \
	    *) echo "make demo: lacuna ended with code $$status" >&2; exit $$status ;; \
	  esac; \
	done; \
	if [ -n "$$missed" ]; then printf '\nWith missed rows:%s\n' "$$missed"; fi

# Optimised, because the tests play and fit for most of their time: they take an eighth of what they
# take in debug, and overflow and preconditions trap all the same. For one suite while working, 'swift
# test --filter NAME'.
test: packages
	swift test -c release -Xswiftc -enable-testing --scratch-path .build/testing

# The C kernels against their references: as they are, with 16 lanes, under AddressSanitizer (with
# undefined behaviour) and under ThreadSanitizer.
test-kernels:
	@$(MAKE) -s -C Tests/KernelHarness check wide asan tsan

# The same on aarch64, cross-compiled and emulated.
test-arm:
	@.ci/packages gcc-aarch64-linux-gnu:aarch64-linux-gnu-gcc qemu-user:qemu-aarch64 \
	  libc6-dev-arm64-cross:/usr/aarch64-linux-gnu/include/stdio.h
	@$(MAKE) -s -C Tests/KernelHarness arm

# This machine, calibrated with all of its cores, and its predictions beside new shapes and replays.
test-host: $(LACUNA)
	@mkdir -p .build/host
	$(LACUNA) calibrate host --out .build/host/host.yaml --threads $(shell nproc) --quiet
	$(LACUNA) hardware check .build/host/host.yaml
	$(LACUNA) validate --host .build/host/host.yaml --traces scenarios/traces \
	  --plots .build/host/plots --quiet

# A sweep that is killed with SIGKILL 50 times at random moments gives the same bytes.
test-sweeps: $(LACUNA)
	@Tests/SweepHarness/kill.sh $(LACUNA)

# Kernels beside their dense twins on one core, dense products beside OpenBLAS.
bench-kernels:
	@.ci/packages libopenblas-dev:/usr/include/$(shell uname -m)-linux-gnu/cblas.h
	@$(MAKE) -s -C Tests/KernelHarness bench

# Python: not part of 'test', because torch is a large download (docs/recorders.md says how large).
# The built lacuna, where there is one, reads and plays what the tests write.
test-recorders: $(PYTHON_ENV)/ready
	cd $(RECORDERS) && $(abspath $(PYTHON_ENV))/bin/ruff check --no-cache .
	cd $(RECORDERS) && $(abspath $(PYTHON_ENV))/bin/mypy --cache-dir $(abspath $(PYTHON_ENV))/mypy
	cd $(RECORDERS) && PYTHONDONTWRITEBYTECODE=1 LACUNA=$(abspath $(LACUNA)) \
	  $(abspath $(PYTHON_ENV))/bin/python -m pytest -q -p no:cacheprovider

$(PYTHON_ENV)/ready: $(RECORDERS)/tests/requirements.txt
	python3 -m venv $(PYTHON_ENV)
	$(PYTHON_ENV)/bin/pip install -q -r $<
	@touch $@

bench: packages
	@if [ -x Benchmarks/run.sh ]; then Benchmarks/run.sh; \
	else swift package --package-path Benchmarks benchmark; fi

# Kernels of attention that the other tables do not time.
SUPPLEMENT := decode_fa2 prefill_fa2 prefill_gathered prefill_masked prefill_mma2
# docs/accuracy.md from the shipped tables; MEASUREMENTS="DIR …" adds others.
accuracy: $(LACUNA)
	$(LACUNA) validate measurements/h200_lab measurements/a100_sxm \
	  $(SUPPLEMENT:%=measurements/h200_supplement/attention_%.csv) $(MEASUREMENTS) --quiet \
	  --plots docs/accuracy --page docs/accuracy.md

# docs/systems.md from the scenarios of published systems.
systems: $(LACUNA)
	$(LACUNA) validate scenarios/systems --quiet --page docs/systems.md

lint:
	swift format lint --strict --parallel -r $(FORMATTED)

# A binary without shared libraries, its data and its completions.
install: $(STATIC)
	install -D -m 755 $(STATIC) $(BIN)/lacuna
	rm -rf $(DATA)/hardware-profiles $(DATA)/scenarios
	install -d $(DATA)
	cp -R hardware-profiles scenarios $(DATA)/
	install -d $(SHARE)/bash-completion/completions $(SHARE)/zsh/site-functions \
	  $(SHARE)/fish/vendor_completions.d
	$(STATIC) --generate-completion-script bash > $(SHARE)/bash-completion/completions/lacuna
	$(STATIC) --generate-completion-script zsh > $(SHARE)/zsh/site-functions/_lacuna
	$(STATIC) --generate-completion-script fish > $(SHARE)/fish/vendor_completions.d/lacuna.fish

packages:
	@.ci/packages

$(LACUNA): $(SOURCES) | packages
	swift build -c release --product lacuna
	@touch $@

# lld, because the system's linker warns of glibc calls in Swift's own Foundation that nothing here
# makes; -s, because symbols are half of the file.
$(STATIC): $(SOURCES) | packages
	swift build -c release --product lacuna --scratch-path .build/static \
	  --static-swift-stdlib -Xswiftc -static-executable -Xswiftc -use-ld=lld -Xlinker -s
	@touch $@
