# syntax=registry.example/docker/dockerfile:1
# check=skip=none
# An ordinary comment: directives end here.
# escape=`

ARG REGISTRY=registry.example
ARG GO=1.26.8  TAG
FROM --platform=$BUILDPLATFORM ${REGISTRY}/golang:${GO} AS Build
ARG TARGETOS TARGETARCH
WORKDIR /src
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod,sharing=locked \
    --mount=type=secret,id=netrc,target=/home/dev/.netrc \
    # the proxy is the site's
    GOPROXY=https://goproxy.cn|direct go mod download

COPY . .
RUN CGO_ENABLED=0 GOOS=$TARGETOS \

    go build -trimpath -ldflags="-s -w -X 'main.version=1.0 beta'" -o /out/app \
      ./cmd/app

from scratch as final
COPY --from=build --chown=65532:65532 ["/out/app", "/app"]
COPY --link --chmod=0755 a b "c d" /dest/
USER 65532:65532
HEALTHCHECK --interval=5s --timeout=3s CMD ["/app", "health"]
HEALTHCHECK NONE
ENTRYPOINT ["/app"]
CMD ["serve", "--listen", ":8080"]
EXPOSE 8080/tcp 9090
