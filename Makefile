# make            builds (debug)
# make test       everything that has to hold: format, imports, tests, and a booted systemd
# make demo       trains a small model here and publishes it, in about ten seconds
# make release    static, stripped programs in .build/dist
# make install    puts them in place ([DESTDIR=...] [PREFIX=/usr/local]); enables nothing
# make uninstall  removes them again; state and configuration stay
# make bench, make soak   measurements; long runs under faults
# make simulate SEED=n    tells the history of one seed of the simulation, step by step

SHELL := /bin/bash
PREFIX ?= /usr/local
SYSCONFDIR ?= /etc
DESTDIR ?=
SWIFT ?= swift
# Where `install` takes the programs from.
DIST ?= .build/dist

programs := traind traind-runner trainctl
units := traind.service traind.socket traind-runner.service traind-runner.socket
# ViamAPI is generated, and formatted by its generator.
formatted := Package.swift Tests $(filter-out Sources/ViamAPI,$(wildcard Sources/*))
# A module may import only what its target names.
imports := --explicit-target-dependency-import-check error

bin := $(PREFIX)/bin
lib := $(PREFIX)/lib
doc := $(PREFIX)/share/doc/traind

.PHONY: build test packages lint tests booted host demo bench soak simulate release install uninstall

build:
	@.ci/packages build
	@echo "building (the first time takes minutes)"
	@$(SWIFT) build --quiet $(imports)

test:
	@.ci/packages build test
	@$(MAKE) --no-print-directory lint
	@echo "building the tests (the first time takes minutes)"
	@$(SWIFT) build --quiet --build-tests $(imports)
	@$(MAKE) --no-print-directory booted
	@$(MAKE) --no-print-directory host
	@$(MAKE) --no-print-directory tests

lint:
	@$(SWIFT) format lint --strict --recursive $(formatted)
	@Tests/lint/boundaries
	@Tests/lint/packages

# Ends in the total.
tests:
	@Tests/each

# In a real systemd of its own, as root; elsewhere it says why it is skipped.
booted:
	@Tests/booted/run .build/debug

# The real programs under faults of their host: full disks, dead networks, clocks that jump. As root, like `booted`.
host:
	@Tests/host/run .build/debug

demo: build
	@.ci/packages demo
	@etc/demo/run .build/debug

bench soak:
	@.ci/packages build test $(filter bench,$@)
	@Tests/$@/run

simulate:
	@[ -n "$(SEED)" ] || { echo "make simulate: say which: make simulate SEED=n" >&2; exit 64; }
	@$(SWIFT) build --quiet --build-tests $(imports)
	@TRAIND_SIMULATE_SEED=$(SEED) $(SWIFT) test --skip-build --disable-xctest --filter 'SimulationTests.*told step by step'

release:
	@.ci/packages build
	@echo "building for release (the first time takes minutes)"
	@for program in $(programs); do \
	  $(SWIFT) build --quiet --configuration release --static-swift-stdlib --product $$program $(imports) || exit; \
	done
	@mkdir -p .build/dist
	@for program in $(programs); do \
	  strip -o .build/dist/$$program "$$($(SWIFT) build --configuration release --static-swift-stdlib --show-bin-path)/$$program"; \
	done
	@ls -l .build/dist

install:
	@for program in $(programs); do \
	  [ -x $(DIST)/$$program ] || { echo "make install: there is no $(DIST)/$$program: run \`make release\` first" >&2; exit 1; }; \
	done
	@install -d $(DESTDIR)$(bin) $(DESTDIR)$(lib)/systemd/system $(DESTDIR)$(lib)/systemd/catalog \
	  $(DESTDIR)$(lib)/sysusers.d $(DESTDIR)$(doc) $(DESTDIR)$(SYSCONFDIR)/traind/jobs.d
	@install -m 755 $(programs:%=$(DIST)/%) $(DESTDIR)$(bin)
	@for unit in $(units); do \
	  sed -e 's|/usr/bin/|$(bin)/|; s|/usr/share/doc/traind|$(doc)|' systemd/$$unit >$(DESTDIR)$(lib)/systemd/system/$$unit; \
	done
	@sed -e 's|/usr/share/doc/traind|$(doc)|' systemd/traind.catalog >$(DESTDIR)$(lib)/systemd/catalog/traind.catalog
	@install -m 644 systemd/traind.sysusers.conf $(DESTDIR)$(lib)/sysusers.d/traind.conf
	@install -m 644 README.md CHANGELOG.md LICENSE Docs/*.* $(DESTDIR)$(doc)
	@rm -rf $(DESTDIR)$(doc)/examples && cp -r etc $(DESTDIR)$(doc)/examples
	@[ -n "$(DESTDIR)" ] || systemd/after-install $(lib)

uninstall:
	@rm -f $(programs:%=$(DESTDIR)$(bin)/%) $(units:%=$(DESTDIR)$(lib)/systemd/system/%) \
	  $(DESTDIR)$(lib)/systemd/catalog/traind.catalog $(DESTDIR)$(lib)/sysusers.d/traind.conf
	@rm -rf $(DESTDIR)$(doc)
	@[ -n "$(DESTDIR)" ] || ! [ -d /run/systemd/system ] || systemctl daemon-reload
	@echo "removed; /var/lib/traind, /var/lib/traind-runner and $(SYSCONFDIR)/traind are left as they are"
