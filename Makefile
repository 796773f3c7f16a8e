# One line a target. .ci/run calls test, race, lint and e2e. `make e2e` gets
# Keycloak where java and mvn are, 147 MB once; `make e2e KEYCLOAK=no` does not.

VERSION  ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo devel)
LDFLAGS  := -s -w -X main.version=$(VERSION)
TARGETS  := linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64
FUZZTIME ?= 10s
NODE     := testdata/e2e/oidc-provider
KEYCLOAK ?= yes

# The packages with a test that has the flag -update, and those with a fuzz test.
GOLDEN = $(sort $(dir $(shell grep -rl --include='*_test.go' 'flag.Bool."update"' .)))
FUZZED = $(sort $(dir $(shell grep -rl --include='*_test.go' '^func Fuzz' .)))

.PHONY: build test race lint golden e2e keycloak gen demo snapshot fuzz cover

build: ; go build -trimpath -ldflags "$(LDFLAGS)" -o bin/ ./cmd/immich-oidc-doctor
test: ; go test ./...
race: ; go test -race -short ./...
lint: ; .ci/lint
golden: ; go test $(GOLDEN) -update
e2e: $(NODE)/node_modules/.package-lock.json $(if $(filter-out no,$(KEYCLOAK)),keycloak) ; go test -count=1 -v -tags e2e -run E2E ./cmd/...
keycloak: ; testdata/e2e/keycloak/install.sh
gen: ; go generate ./...
demo: ; go run ./cmd/immich-oidc-doctor demo
snapshot: $(TARGETS:%=dist/%)
fuzz: ; set -e; for p in $(FUZZED); do for f in $$(go test -list '^Fuzz' $$p | grep ^Fuzz); do go test -run '^$$' -fuzz "^$$f$$" -fuzztime $(FUZZTIME) $$p; done; done
cover: ; go test -coverprofile=coverage.out ./... && go tool cover -func=coverage.out | tail -n 1

# Every target of a release, as dist/OS/ARCH/immich-oidc-doctor.
.PHONY: $(TARGETS:%=dist/%)
$(TARGETS:%=dist/%): dist/%: ; CGO_ENABLED=0 GOOS=$(*D) GOARCH=$(*F) go build -trimpath -ldflags "$(LDFLAGS)" -o $@/ ./cmd/immich-oidc-doctor

# npm writes this file last, so it is older than the lock only if the lock has changed since.
$(NODE)/node_modules/.package-lock.json: $(NODE)/package-lock.json ; cd $(NODE) && npm ci --no-audit --no-fund
