# pagewalk: everything a fresh machine with Python 3.11, make and git needs.
#
#   make demo      set up, then narrate every page fault of one small program
#   make test      set up, then check style, types and floors, and run every test
#   make try-wheel  build the wheel, install it into an environment of its own, and use it from another folder
#   make coverage  the lines and branches that the tests reach
#   make bench     benchmarks: ratios measured within one run
#   make oracles   independent assemblers and emulators for the tests, and a browser (root and apt-get)
#   make vectors   20,000 random accesses of each kind on every format of page tables, beside Spike and Unicorn
#   make musl      a C library for rv64ima, of its source: make musl MUSL=/path/to/musl-1.2.5
#   make linux     many random programs beside native Linux
#   make tlbs      very many random accesses and fences beside what an architecture allows
#   make docs      renew what is made from tables in the code: pages of docs/, the instruction loop, output in README.md
#   make pictures  draw the pictures of docs/pictures anew, in Chromium
#   make bugs      renew the tables of wrong kernels in docs/stale-entries.md and docs/wrong-kernels.md: half a minute
#   make lock      choose new versions for requirements.lock
#   make clean     remove what these targets made

SHELL := /bin/bash
.DELETE_ON_ERROR:

# python3.11 may exist and still not start (a version manager's shim), so it is tried, not just found.
PYTHON ?= $(shell python3.11 -c '' >/dev/null 2>&1 && echo python3.11 || echo python3)
VENV   ?= .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
PROGRAMS = $(sort $(wildcard programs/*.s programs/stale/*.s programs/wrong/*.s))
SVADE := programs/wrong/copies.s  # asks for what x86-64 has not

ORACLES := binutils-riscv64-unknown-elf gcc-riscv64-unknown-elf gcc qemu-user qemu-system-misc device-tree-compiler \
           chromium gdb-multiarch
# Spike comes in a package of Python's, 200 MB, into a folder that all checkouts share.
SPIKE := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/pagewalk-oracles/spike
export PATH := $(PATH):$(SPIKE)/bin

.PHONY: vectors demo bugs pictures test setup check test-jitted test-inside test-around test-plain test-bounds test-programs coverage linux tlbs musl bench docs oracles spike try-oracles try-wheel lock format clean

demo: setup
	@echo "A process forks and its child stores first into a shared page: each fault, who took it, why, and what it cost."
	@echo
	@$(BIN)/pagewalk explain programs/child_writes_first.s

# Two at a time, the longest first; what each prints appears when it is done.
test: setup try-oracles
	@$(BIN)/pagewalk compile
	@echo "Checking and testing: six stages, two at a time, a few minutes"
	@$(MAKE) --no-print-directory --jobs=2 --keep-going --output-sync=target \
	  test-inside test-around test-plain test-bounds check test-programs
	@echo "make test: all passed"

# ---------------------------------------------------------------- set-up
setup: $(READY)

# The lock is whole, so pip has nothing to resolve: left to resolve, it asks for a newer release of what the lock has
# without its extras. `check` would find a package missing.
$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "pagewalk needs Python 3.11 or later; $(PYTHON) is older (make PYTHON=...)"; exit 1; }
	@test -x $(BIN)/python || { echo "Making a virtual environment in $(VENV)"; $(PYTHON) -m venv $(VENV); }
	@echo "Installing the locked packages"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation \
	  --config-settings editable_mode=compat -e .
	@touch $@

# ---------------------------------------------------------------- a C library for programs of one's own
# docs/c-programs.md says where the source comes from; a minute or two of one core.
musl:
	@test -x "$(MUSL)/configure" \
	  || { echo "say where the source of musl 1.2.5 is: make musl MUSL=/path/to/musl-1.2.5 (docs/c-programs.md)"; exit 2; }
	@mkdir -p .musl/build
	@cd .musl/build && CROSS_COMPILE=riscv64-unknown-elf- CC=riscv64-unknown-elf-gcc \
	  CFLAGS="-O2 -march=rv64ima -mabi=lp64" $(abspath $(MUSL))/configure --target=riscv64-linux-musl \
	  --disable-shared --prefix=$(CURDIR)/.musl > configure.log
	@$(MAKE) --no-print-directory -C .musl/build install > .musl/build/make.log
	@echo "musl is in .musl; tests/c/musl-gcc OUT.elf SOURCE.c compiles with it"

# ---------------------------------------------------------------- tests
check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pip check

# Compiled, in two halves that take as long as each other: the machine from inside; what stands around it, or uses it
# whole. No test is in neither.
AROUND := $(addprefix tests/,docs lab linux look machine model native page stepper)

test-jitted: test-inside test-around

test-inside: setup
	$(BIN)/pytest -q $(AROUND:%=--ignore=%)

test-around: setup
	$(BIN)/pytest -q -p no:cacheprovider $(AROUND)

# The same source without the compiler: counters must be identical.
test-plain: setup
	NUMBA_DISABLE_JIT=1 $(BIN)/pytest -q -p no:cacheprovider -m both_engines

# Coverage sees the hot functions only there, and makes it four times as slow.
coverage: setup
	NUMBA_DISABLE_JIT=1 $(BIN)/pytest -q -p no:cacheprovider -m both_engines --cov --cov-report=term

# Checked array indices are compiled in; emulator.base.jit keeps these builds in a cache directory of their own.
test-bounds: setup
	NUMBA_BOUNDSCHECK=1 $(BIN)/pytest -q -p no:cacheprovider -m both_engines

test-programs: setup
	$(BIN)/pagewalk check --engine compiled $(PROGRAMS)
	$(BIN)/pagewalk check --engine compiled --paging x86-64 $(filter-out $(SVADE),$(PROGRAMS))
	$(BIN)/pagewalk check --engine compiled --paging arm64 $(PROGRAMS)

# What a user without a checkout has: programs, profiles and the laboratory, from any folder.
WHEEL := $(CURDIR)/.cache/wheel
PAGEWALK = $(WHEEL)/venv/bin/pagewalk

try-wheel: setup
	rm -rf build $(WHEEL)
	$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation --wheel-dir $(WHEEL) .
	$(PYTHON) -m venv $(WHEEL)/venv
	$(WHEEL)/venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes \
	  -r requirements.lock
	$(WHEEL)/venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps $(WHEEL)/*.whl
	mkdir $(WHEEL)/elsewhere
	cd $(WHEEL)/elsewhere && $(PAGEWALK) programs copy --all . && $(PAGEWALK) profiles skylake > mine.toml \
	  && $(PAGEWALK) check --engine plain --profile mine.toml hello.s fork_exec.s \
	  && $(PAGEWALK) lab flush --operation munmap --strategy asid --pages 1,2

tlbs: setup
	PAGEWALK_TLB_STEPS=100000 $(BIN)/pytest -q -s tests/model/test_tlb.py

vectors: setup try-oracles
	PAGEWALK_VECTORS=20000 $(BIN)/pytest -q tests/hardware/translation/test_spike.py tests/paging/test_unicorn.py \
	  tests/paging/test_arm_unicorn.py tests/paging/test_arm_walker.py

linux: setup
	PAGEWALK_LINUX_SEEDS=3000 $(BIN)/pytest -q tests/linux

bench: setup
	$(BIN)/pytest benchmarks --benchmark-enable --benchmark-only

format: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: setup
	$(BIN)/python -m docs.made

pictures: setup
	$(BIN)/python -m docs.pictures

bugs: setup
	$(BIN)/python -m docs.readme

# ---------------------------------------------------------------- oracles
oracles:
	apt-get update -qq
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(ORACLES)
	command -v spike >/dev/null || $(MAKE) --no-print-directory spike || echo "Spike: no package for this Python"

spike:
	rm -rf $(SPIKE)
	$(PYTHON) -m venv $(SPIKE)
	$(SPIKE)/bin/python -m pip install --quiet --disable-pip-version-check --no-cache-dir --no-deps --require-hashes \
	  -r tests/spike.txt

# Wanted, not needed: tests that compare with an oracle skip with a message where it is absent.
try-oracles:
	@if command -v riscv64-unknown-elf-as >/dev/null && command -v gcc >/dev/null && command -v qemu-riscv64 >/dev/null \
	  && command -v qemu-system-riscv64 >/dev/null && command -v chromium >/dev/null && command -v gdb-multiarch >/dev/null \
	  && command -v spike >/dev/null; then \
	  echo "oracles: present"; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  $(MAKE) --no-print-directory oracles >/dev/null 2>&1 && echo "oracles: installed" \
	    || echo "oracles: could not be installed; the tests that need them are skipped"; \
	else \
	  echo "oracles: absent (make oracles needs root and apt-get); the tests that need them are skipped"; \
	fi

# ---------------------------------------------------------------- upkeep
# Linux only; the same versions and hashes serve x86_64 and aarch64. setuptools is locked too because the editable
# install builds without isolation.
lock:
	$(PYTHON) -m venv .cache/lock
	.cache/lock/bin/python -m pip install --quiet uv
	echo setuptools | .cache/lock/bin/uv pip compile pyproject.toml - --extra dev --quiet --generate-hashes \
	  --no-emit-index-url --no-annotate --no-header --no-emit-package pagewalk \
	  --python-version 3.11 --python-platform linux --output-file requirements.lock

clean:
	rm -rf $(VENV) .musl .cache .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache .benchmarks \
	  .coverage build *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
