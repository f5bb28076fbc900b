# clusto: build, test, measure, install. "make help" lists the targets.

GO      ?= go
PREFIX  ?= /usr/local
DESTDIR ?=
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)

# What "make test" may be told: RACE=1 adds the race detector (needs a C
# compiler), FUZZTIME=20s fuzzes every fuzz test that long, BENCH=1 runs every
# benchmark once, PACKAGES=… limits what is tested, and DATABASES=… the kinds of
# database servers on which the tests run again that make databases.
RACE      ?=
FUZZTIME  ?=
BENCH     ?=
PACKAGES  ?= ./...
DATABASES ?= postgresql mariadb server

LINKS = clusto-dhcpd clusto-httpd clusto-shell clusto-snmptrapd
UNITS = clusto.service clusto.socket

.PHONY: help build test raceless databases lint web pictures fuzz bench performance performance-http performance-memory performance-dhcp performance-snmp performance-pages soak install clean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1	/p' $(MAKEFILE_LIST)

build: ## one static binary, bin/clusto
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '-s -w -X github.com/clusto/clusto/internal/cli.release=$(VERSION)' -o bin/clusto ./cmd/clusto

test: ## all tests, after installing the Debian packages they use where that is possible
	@.ci/packages
	$(MAKE) lint
	$(GO) test $(if $(RACE),-race) -timeout 20m $(PACKAGES)
	$(if $(RACE),$(MAKE) raceless)
	$(MAKE) databases
	$(if $(BENCH),$(GO) test -run '^$$' -bench . -benchtime 1x -short $(PACKAGES))
	$(if $(FUZZTIME),$(MAKE) fuzz FUZZTIME=$(FUZZTIME))

# What internal/racetest leaves out with the race detector, and what is made small there.
raceless:
	$(GO) test ./bench/dhcp/hosts ./bench/fleet ./cmd/clusto ./docs ./driver/all
	$(GO) test -run 'StatementCount|Transparent|TestPlans|Unmigrated|TestStatements|TestManyFindings|TestRandom|TestCopy|TestClassic$$|TestStore$$/^(Edits|History|Past|Prune|Random|Repeated|Strange)$$|TestGalera/Store|TestNaive|TestStories|TestCases|TestAllocs' \
		./internal/sqlstore/... ./internal/access ./internal/fsck ./internal/httpapi ./internal/snapshot ./internal/snmptrap ./internal/dhcp/v4 ./internal/webui

databases: ## the tests that make databases, on each of DATABASES that is installed
	@.ci/databases '$(PACKAGES)' $(DATABASES)

lint: ## formatting, vet, static checks, generated files, the contract of the API, the pages
	@out=$$(gofmt -l $$(git ls-files '*.go')); test -z "$$out" || { echo "not formatted with gofmt:"; echo "$$out"; exit 1; }
	$(GO) vet ./...
	$(GO) tool staticcheck ./...
	@GO='$(GO)' .ci/lint-generated
	@.ci/lint-openapi
	@.ci/web check

web: ## build the pages from web/ into internal/webui, which needs Node 20
	@.ci/web

pictures: build ## take pictures of all pages into PICTURES, those of the documents into docs/pictures
	@.ci/pictures $(PICTURES)

PICTURES ?= bin/pictures

fuzz: FUZZTIME := $(or $(FUZZTIME),20s)
fuzz: ## every fuzz test in turn, FUZZTIME each
	@.ci/fuzz $(FUZZTIME)

bench: ## the benchmarks, with the ratios to plain SQL
	$(GO) test -run '^$$' -bench . -benchtime 2s ./bench/

# What "make performance" may be told: a million servers take an hour, and 40
# GB of disk: make performance SERVERS=1000000 ENGINES=sqlite,postgres
SERVERS ?= 1000,100000
ENGINES ?= sqlite,postgres,mariadb

performance: ## measure large fleets in every database into docs/performance.md
	$(GO) test -run '^$$' -bench BenchmarkFleet -benchtime 2s -timeout 0 ./bench/ -servers $(SERVERS) -databases $(ENGINES) -table ../docs/performance.md

performance-http: ENGINES := sqlite
performance-http: ## measure HTTP under the load of wrk, and the server's memory, into docs/performance.md
	$(GO) test -run '^$$' -bench BenchmarkHTTP -benchtime 3x -timeout 0 ./bench/ -turn 2s -servers $(SERVERS) -http-databases $(ENGINES) -table ../docs/performance.md

performance-memory: ## measure the inventory in memory, beside SQLite, into docs/performance.md
	$(GO) test -run '^$$' -bench BenchmarkMemory -benchtime 1x -timeout 0 ./bench/ -servers $(SERVERS) -table ../docs/performance.md

# Hosts that DHCP servers are compared with.
HOSTS ?= 1000,10000,50000,500000

performance-dhcp: ## compare DHCP servers under load, as root, into docs/performance.md
	$(GO) test -run '^$$' -bench BenchmarkDHCP -benchtime 3x -timeout 0 ./bench/ -dhcp-turn 2s -dhcp-hosts $(HOSTS) -table ../docs/performance.md

# As root: a network namespace is made for it. 0 is as fast as possible.
TRAP_RATES ?= 5000,7000,10000,15000,20000,28000,40000,60000,80000,0

performance-snmp: ## measure traps that change nothing, beside snmptrapd, into docs/performance.md
	$(GO) test -run '^$$' -bench 'BenchmarkSNMP$$' -benchtime 1x -timeout 0 ./bench/ -trap-rates $(TRAP_RATES) -trap-turn 3s -trap-switches 40 -table ../docs/performance.md

performance-pages: ENGINES := sqlite
performance-pages: web ## measure the pages in Chromium, with a large fleet, into docs/performance.md
	$(GO) test -run '^$$' -bench BenchmarkPages -benchtime 1x -timeout 0 ./bench/ -servers $(SERVERS) -http-databases $(ENGINES) -table ../docs/performance.md

SOAK ?= 1h

soak: ## keep a server busy for SOAK while its database goes away again and again, as root
	$(GO) test -v -timeout 0 ./bench/soak -soak $(SOAK)

install: build ## into $(DESTDIR)$(PREFIX): the program, the names users know as links, units of systemd
	install -d $(DESTDIR)$(PREFIX)/bin
	install -m 755 bin/clusto $(DESTDIR)$(PREFIX)/bin/clusto
	for link in $(LINKS); do ln -sf clusto $(DESTDIR)$(PREFIX)/bin/$$link; done
	install -d $(DESTDIR)$(PREFIX)/lib/systemd/system
	for unit in $(UNITS); do \
		sed 's|/usr/local/bin/|$(PREFIX)/bin/|' packaging/systemd/$$unit >$(DESTDIR)$(PREFIX)/lib/systemd/system/$$unit && \
		chmod 644 $(DESTDIR)$(PREFIX)/lib/systemd/system/$$unit || exit 1; \
	done

clean: ## what build made
	rm -rf bin
