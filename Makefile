# `make run` examines this terminal; `make test` runs every test. Each sets up what it needs first.
VENV := .venv
PY := $(VENV)/bin/python
.PHONY: help setup run hashes facts test test-busy test-random test-traces test-adb test-arm test-pythons test-suites test-standalone test-usb test-system test-pages test-fleet longrun deb deb-fleet standalone lint bench lab learning clean

help:
	@echo "make setup   make .venv with the pinned packages and posdiag itself"
	@echo "make run     one examination of this machine now (posdiag --check)"
	@echo "make test    every test (as root also those in network namespaces)"
	@echo "make test-busy the same beside two busy loops: what a busy machine must not change (LOOPS=4 for more)"
	@echo "make test-random the tests that make up their examples, with others each time"
	@echo "make test-traces  what ended an incident, done for real in small worlds, and docs/traces.md (as root; about ten minutes)"
	@echo "make test-usb  USB devices plugged in and out of a real kernel, in an emulated machine (as root once)"
	@echo "make test-adb  an Android terminal looked into through a real adbd and adb server (as root)"
	@echo "make test-arm  the package of each architecture, installed and run in a Debian of it under qemu (as root; half an hour)"
	@echo "make test-pythons  the package on the Pythons of Debian 12, 13 and testing (as root)"
	@echo "make test-suites  every test of make test, on Python 3.12, 3.13 and 3.14 (VERSIONS=3.14 for one alone; as root)"
	@echo "make test-standalone  the standalone archive in an empty root, beside musl, and as a service of each service manager (as root)"
	@echo "make test-pages   every paper as a picture, on screens and printed, in both languages, of hostile texts too; three minutes"
	@echo "make test-fleet   the fleet's part against real brokers, alert managers, engines and collectors (root installs what it needs)"
	@echo "make test-system  the package and the service in a Debian of their own, in a container (as root; SUITE=trixie for another than 12)"
	@echo "make longrun 20,000 cycles of the service, compressed into an hour and a half (as root)"
	@echo "make deb     the package for Debian 12 and later, and an archive for systems without dpkg; ARCH=arm64 or armhf for ARM"
	@echo "make standalone  the archive for terminals without Python, which brings Debian's; ARCH=armhf for another machine"
	@echo "make deb-fleet the package posdiag-fleet, for whoever collects the status files"
	@echo "make lint    ruff and mypy"
	@echo "make hashes  the hashes in requirements*.txt, after a version was changed there"
	@echo "make facts   the tables of facts (docs/architecture.md) and rights (docs/service.md)"
	@echo "make lab     the fault lab: every scenario, and docs/accuracy.md (as root; about half an hour)"
	@echo "make learning the order of the steps: what learning is worth, by simulation, and docs/learning.md"
	@echo "make bench   what it costs and how soon it knows, beside its peers (as root, about 25 minutes; BENCH=--hour: an hour)"
	@echo "make clean   remove what was made"

setup: $(VENV)/.ready

$(VENV)/.ready: pyproject.toml requirements.txt requirements-fleet.txt requirements-dev.txt tools/setup.sh
	@bash tools/setup.sh $(VENV)
	@touch $@

# an exit status of 1 or 2 is a verdict about the terminal, no failure of this command
run: setup
	@$(VENV)/bin/posdiag --check; status=$$?; [ $$status -le 2 ]

# most tests wait for something, so three at a time fit on two cores
test: setup
	@PY=$(PY) bash tools/test.sh --numprocesses 3 --dist worksteal

test-busy: setup
	@PY=$(PY) bash tools/test-busy.sh bash tools/test.sh --numprocesses 3 --dist worksteal

test-random: setup
	@RANDOM_EXAMPLES=1 PY=$(PY) bash tools/test.sh --numprocesses 2 $$(grep -rl "^from hypothesis" tests --include=test_*.py)

test-usb: setup
	@PY=$(PY) bash tools/test-usb.sh

test-adb: setup
	@PY=$(PY) bash tools/test-adb.sh

test-arm: setup
	@PY=$(PY) bash tools/test-arm.sh

test-pythons: setup
	@PY=$(PY) bash tools/test-pythons.sh

test-suites: setup
	@PY=$(PY) VERSIONS="$(VERSIONS)" bash tools/test-suites.sh --numprocesses 3 --dist worksteal

test-standalone: setup
	@PY=$(PY) bash tools/test-standalone.sh

test-traces: setup
	@bash tools/test-packages.sh
	@PATH="$$PATH:/usr/sbin:/sbin" $(PY) -m tests.lab.traces

test-system: setup
	@PY=$(PY) SUITE="$(or $(SUITE),bookworm)" bash tools/test-system.sh

test-pages: setup
	@PY=$(PY) bash tools/test.sh --numprocesses 2 tests/pages

test-fleet: setup
	@PY=$(PY) bash tools/test-fleet.sh

longrun: setup
	@bash tools/test-packages.sh
	@PATH="$$PATH:/usr/sbin:/sbin" $(PY) -m tests.longrun $(CYCLES) --write

deb: setup
	@PY=$(PY) bash tools/package.sh

standalone: setup
	@PY=$(PY) bash tools/package-standalone.sh

deb-fleet: setup
	@PY=$(PY) bash tools/package-fleet.sh

hashes: setup
	@PY=$(PY) bash tools/hashes.sh

facts: setup
	@$(PY) -m tests.support.facts_table --write
	@$(PY) -m tests.support.rights_table

lint: setup
	@$(VENV)/bin/ruff check --quiet .
	@$(VENV)/bin/ruff format --quiet --check .
	@$(VENV)/bin/mypy

bench: setup
	@bash tools/test-packages.sh
	@bash tools/bench-peers.sh
	@PATH="$$PATH:/usr/sbin:/sbin" $(PY) -m tests.bench $(BENCH)
	@$(PY) -m tests.bench.fleet --write

lab: setup
	@bash tools/test-packages.sh
	@PATH="$$PATH:/usr/sbin:/sbin" $(PY) -m tests.lab.field
	@PATH="$$PATH:/usr/sbin:/sbin" $(PY) -m tests.lab.beside
	@PATH="$$PATH:/usr/sbin:/sbin" $(PY) -m tests.lab.month --write today
	@PATH="$$PATH:/usr/sbin:/sbin" $(PY) -m tests.lab

learning: setup
	@$(PY) -m tests.learning

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
