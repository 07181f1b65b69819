package rules

import (
	"slices"
	"testing"

	"github.com/yingzao-dev/yingzao/envcheck"
)

func ciImageReproductions() []reproduction {
	return []reproduction{
		{code: "CI004", name: "the distribution's beside the image's", change: dockerfile("FROM golang:1.26-bookworm", "RUN apt-get update && apt-get install -y --no-install-recommends golang-go gcc"), finding: onLine(2)},
		{code: "CI004", name: "Alpine", change: dockerfile("FROM registry.example/library/golang:1.26-alpine AS build", "RUN apk add --no-cache git go")},
		{code: "CI004", name: "an archive beside a package", change: dockerfile("FROM kylin:v10", "RUN yum install -y golang", "RUN curl -O https://mirrors.aliyun.com/golang/go1.26.8.linux-arm64.tar.gz && tar xf go1.26.8.linux-arm64.tar.gz"), finding: messageHas("line 2 brought the first")},
		{code: "CI004", name: "one a stage", clean: true, change: dockerfile("FROM golang:1.26 AS build", "RUN go build", "FROM debian:12", "RUN apt-get install -y golang-go")},
		{code: "CI004", name: "only a program is copied", clean: true, change: dockerfile("FROM golang:1.26", "COPY --from=golang:1.25 /go/bin/tool /usr/local/bin/", "RUN apt-get install -y golangci-lint git")},

		{code: "CI005", name: "the article's", change: dockerfile("FROM debian:12", "ENV GOROOT=/usr/local/go GOPATH=/go PATH=$GOROOT/bin:$GOPATH/bin:$PATH"), finding: messageHas("PATH takes $GOROOT, $GOPATH from before this instruction")},
		{code: "CI005", name: "quoted, in braces", change: dockerfile("FROM debian:12", "ENV GOPATH /old", `ENV GOPATH="/new" PATH="${GOPATH}/bin:$PATH"`), finding: func(t *testing.T, f envcheck.Finding) {
			if len(f.Evidence) != 2 || f.Evidence[1].Value != "/old" || f.Where.Line != 3 {
				t.Errorf("%+v", f)
			}
		}},
		{code: "CI005", name: "extended", clean: true, change: dockerfile("FROM debian:12", "ENV PATH=/usr/local/go/bin:$PATH GOFLAGS=-trimpath")},
		{code: "CI005", name: "two instructions", clean: true, change: dockerfile("FROM debian:12", "ENV GOPATH=/go", "ENV PATH=$GOPATH/bin:$PATH")},
		{code: "CI005", name: "the same value as before", clean: true, change: dockerfile("FROM debian:12", "ARG GOPATH=/go", "ENV GOPATH=/go PATH=$GOPATH/bin:$PATH")},
		{code: "CI005", name: "escaped and literal", clean: true, change: dockerfile("FROM debian:12", `ENV GOPATH=/go A=\$GOPATH/bin B='$GOPATH/bin'`)},
		{code: "CI005", name: "RUN is a shell", clean: true, change: dockerfile("FROM debian:12", "RUN GOPATH=/go && PATH=$GOPATH/bin:$PATH go version")},
	}
}

func TestDockerPairs(t *testing.T) {
	for in, want := range map[string][]envPair{
		"A=1 B=2":         {{"A", "1"}, {"B", "2"}},
		`A="x y" B=z\ w`:  {{"A", "x y"}, {"B", `z\ w`}},
		"KEY a b":         {{"KEY", "a b"}},
		"KEY a=b":         {{"KEY", "a=b"}},
		"ONLY":            {{"ONLY", ""}},
		"A=":              {{"A", ""}},
		"":                nil,
		`A='$B' B=`:       {{"A", `\$B`}, {"B", ""}},
		"A=1 stray":       {{"A", "1"}, {"stray", ""}},
		`A="unclosed B=2`: {{"A", "unclosed B=2"}},
		"A=1   B=2":       {{"A", "1"}, {"B", "2"}},
		`A=\`:             {{"A", `\`}},
	} {
		if got := dockerPairs(in); !slices.Equal(got, want) {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func FuzzDockerPairs(f *testing.F) {
	f.Add(`GOROOT=/usr/local/go PATH="$GOROOT/bin:$PATH" A='b c' D\ E=1`)
	f.Add("KEY a b c")
	f.Fuzz(func(t *testing.T, in string) {
		total := 0
		for _, p := range dockerPairs(in) {
			total += len(p.key) + len(p.value)
		}
		if total > 2*len(in) {
			t.Errorf("%q grew to %d bytes", in, total)
		}
	})
}
