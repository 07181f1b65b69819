package sources

import (
	"slices"
	"testing"

	"github.com/yingzao-dev/yingzao/envcheck"
)

func TestDockerfile(t *testing.T) {
	parseAll(t, Dockerfile, []parseCase{
		{"ENV and ARG", "FROM golang:1.26\nARG GOPROXY=https://goproxy.cn,direct\nENV GOSUMDB=off CGO_ENABLED=0\nENV GO111MODULE on\n", []string{
			"2 GOPROXY=https://goproxy.cn,direct", "3 GOSUMDB=off", "3 CGO_ENABLED=0", "4 GO111MODULE=on"}},
		{"the article's", "ENV GOROOT=/usr/local/go \\\n    GOPATH=/go \\\n    # a comment\n    PATH=$GOROOT/bin:$PATH\nRUN x", []string{
			"1 GOROOT=/usr/local/go", "2 GOPATH=/go", "4 PATH=$GOROOT/bin:$PATH <$GOROOT/bin:$PATH>"}},
		{"a pipe is a letter in ENV", "ENV GOPROXY=https://goproxy.cn|direct GOFLAGS=\"-mod=mod -v\"", []string{"1 GOPROXY=https://goproxy.cn|direct", `1 GOFLAGS=-mod=mod -v <"-mod=mod -v">`}},
		{"RUN", "RUN --mount=type=cache,target=/home/dev/.cache \\\n  go env -w GOPROXY=off && \\\n  CGO_ENABLED=0 go build", []string{"2 GOPROXY=off", "3 CGO_ENABLED=0"}},
		{"RUN with a pipe", "RUN go env -w GOPROXY=a|direct", []string{"1 GOPROXY=a <go env -w GOPROXY=a|direct>"}},
		{"exec form", `RUN ["go", "env", "-w", "GOPROXY=a|b"]` + "\n" + `RUN ["sh", "-c", "export GOSUMDB=off"]`, []string{"1 GOPROXY=a|b", "2 GOSUMDB=off"}},
		{"here document", "RUN <<EOF\nset -e\nexport GOPROXY=off\nEOF\nENV GOFLAGS=-v\n", []string{"3 GOPROXY=off", "5 GOFLAGS=-v"}},
		{"escape", "# escape=`\nENV GOPROXY=off `\n    GOSUMDB=off", []string{"2 GOPROXY=off", "3 GOSUMDB=off"}},
		{"onbuild", "ONBUILD ENV GOPROXY=off", []string{"1 GOPROXY=off"}},
		{"ends in the middle", "ENV GOPROXY=off \\", []string{"1 GOPROXY=off"}},
		{"empty", "", nil},
	})
}

func TestDockerfileLines(t *testing.T) {
	r := Parse(Source{Path: "Dockerfile", Data: []byte("FROM golang:1.26 AS build\n\nRUN go mod download && \\\n    go build\nENV API_TOKEN=hunter2\n")})
	want := []envcheck.CILine{{Text: "FROM golang:1.26 AS build", Line: 1}, {Text: "RUN go mod download && go build", Line: 3}, {Text: "ENV API_TOKEN=***", Line: 5}}
	if got := r.Files[0]; got.Kind != envcheck.FromDocker || !slices.Equal(got.Lines, want) {
		t.Errorf("%+v", got)
	}
}
