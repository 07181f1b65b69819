# A builder of one's own on an rpm base, as it should be. Strings and comments speak
# of apt-get, curl | sh and GOROOT, and nothing of that is done.
ARG BASE=cr.kylinos.cn/kylin/kylin-server-platform:v10sp3-2403
ARG BASE_DIGEST=
FROM ${BASE}${BASE_DIGEST:+@${BASE_DIGEST}} AS tools
ARG TOOL_SHA256
RUN set -eu; \
    # apt-get install golang-go would be wrong here
    url=https://files.example/tool-1.2.tar.gz; \
    curl -fsSLo tool.tgz "$url"; \
    echo "$TOOL_SHA256  tool.tgz" | sha256sum -c -; \
    tar -xzf tool.tgz -C /usr/local/bin; \
    echo "never: curl https://get.example | sh"

FROM ${BASE}${BASE_DIGEST:+@${BASE_DIGEST}}
ARG GOPROXY
COPY --from=tools /usr/local/bin/tool /usr/local/bin/tool
COPY sdk/go /usr/local/go
RUN set -eu; \
    for pm in dnf microdnf yum apt-get; do \
        if command -v "$pm" >/dev/null 2>&1; then break; fi; \
    done; \
    case "$pm" in \
    apt-get) apt-get update; apt-get install -y --no-install-recommends git make; rm -rf /var/lib/apt/lists/* ;; \
    *) "$pm" install -y git make; "$pm" clean all ;; \
    esac; \
    mkdir -p /cache/go-build /cache/mod; chmod 1777 /cache/go-build /cache/mod
ENV PATH=/usr/local/go/bin:$PATH GOTOOLCHAIN=local CGO_ENABLED=0 \
    HOME=/home/builder GOCACHE=/cache/go-build GOMODCACHE=/cache/mod
LABEL note="apt-get install golang-go; GOROOT=/usr/lib/go; GOSUMDB=off"
USER 65532:65532
RUN go version
