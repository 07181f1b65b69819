package lint

import (
	"slices"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/images/matrix"
)

// one is a Dockerfile and the lines on which a rule finds something in it. Cases
// without lines are what looks as if it had to be found.
type one struct {
	code, name string
	src        string
	lines      []int
}

var none []int

var cases = []one{
	{"DKR001", "the article's base", "FROM kylinos/server:10sp3\nRUN apt-get update", []int{2}},
	{"DKR001", "full reference, sudo, a continued line", "FROM cr.kylinos.cn/kylin/kylin-server-platform:v10sp3-2403\nRUN echo x && \\\n  # c\n  sudo -E apt-get install -y git", []int{4}},
	{"DKR001", "by an argument, in a later stage", "ARG B=openanolis/anolisos:8.9\nFROM ${B} AS a\nFROM a\nRUN apt update", []int{4}},
	{"DKR001", "in sh -c, in the JSON form", "FROM rockylinux:9\nRUN [\"/bin/sh\", \"-c\", \"apt-get update\"]\nRUN bash -ec 'set -x; apt-get update'", []int{2, 3}},
	{"DKR001", "here-document", "FROM opencloudos/opencloudos9-minimal:9\nRUN <<EOF\nset -e\napt-get update\nEOF", []int{4}},
	{"DKR001", "a test for something else", "FROM centos:7\nRUN if [ \"$(uname -m)\" = aarch64 ]; then apt-get update; fi", []int{2}},
	{"DKR001", "strings and comments", "FROM centos:7\nRUN echo 'apt-get update' \"apt-get install\" # apt-get\nRUN : apt-get; printf '%s' apt-get\n# RUN apt-get update", none},
	{"DKR001", "behind command -v", "FROM centos:7\nRUN if command -v apt-get >/dev/null 2>&1; then apt-get update; else yum -y install git; yum clean all; fi\nRUN command -v apt-get && apt-get update || true\nRUN [ -x /usr/bin/apt-get ] && apt-get update || :", none},
	{"DKR001", "behind os-release", "FROM centos:7\nRUN . /etc/os-release; case $ID in debian|ubuntu) apt-get update ;; *) yum makecache ;; esac\nRUN if [ -f /etc/debian_version ]; then apt-get update; fi\nRUN command -v apt-get || exit 0; apt-get update", none},
	{"DKR001", "one of several", "FROM centos:7\nRUN apt-get install -y git || dnf install -y git || yum install -y git", none},
	{"DKR001", "nobody knows the base", "FROM registry.example/base:1\nRUN apt-get update\nFROM $UNKNOWN\nRUN apt-get update", none},
	{"DKR001", "apt was installed", "FROM fedora:42\nRUN dnf install -y apt dpkg\nRUN apt update", none},

	{"DKR002", "yum on Debian, dnf on golang", "FROM debian:12\nRUN yum install -y git\nFROM golang:1.26\nRUN dnf -y install git", []int{2, 4}},
	{"DKR002", "apt on Alpine, apk on rpm, anything on scratch", "FROM golang:1.26-alpine\nRUN apt-get update\nFROM rockylinux:9\nRUN apk add git\nFROM scratch\nRUN yum install x", []int{2, 4, 6}},
	{"DKR002", "the right ones", "FROM alpine:3.22\nRUN apk add --no-cache git\nFROM ubuntu:24.04\nRUN apt-get update\nFROM cr.loongnix.cn/library/golang:1.26-rhel\nRUN yum install -y git", none},
	{"DKR002", "yum was installed", "FROM debian:12\nRUN apt-get update && apt-get install -y yum\nRUN yum --installroot=/x install y", none},

	{"DKR003", "all three", "FROM uos/server:20 AS a\nFROM docker.io/kylinos/server:10sp3\nFROM openeuler/kylin:v10", []int{1, 2, 3}},
	{"DKR003", "a mirror's own name, and the real ones", "FROM registry.corp.example/uos/server:20\nFROM registry.uniontech.com/uos-server-base/uos-server-20-1070a:x\nFROM openeuler/openeuler:24.03-lts\nFROM uos/server-tools:1", none},

	{"DKR004", "no tag, latest, by an argument", "ARG B=debian:latest\nFROM debian\nFROM localhost:5000/x\nFROM ${B}", []int{2, 3, 4}},
	{"DKR004", "digest, scratch, a stage, a place for the digest", "ARG B=registry.example/os:latest\nARG D=\nFROM debian@sha256:00 AS base\nFROM scratch\nFROM base\nFROM ${B}${D:+@${D}}\nFROM ${NOBODY_KNOWS}", none},
	{"DKR005", "a tag", "FROM debian:12\nFROM localhost:5000/x:1 AS y", []int{1, 2}},
	{"DKR005", "pinned, or to be pinned", "ARG B=debian:12\nFROM debian:12@sha256:00\nFROM $B\nFROM debian:${T:-12}\nFROM debian", none},

	{"DKR010", "each manager", "FROM debian:12\nRUN apt-get update && apt-get install -y git && apt-get clean\nFROM debian:12", none}, // not in the image
	{"DKR010", "apt-get clean leaves the lists", "FROM debian:12\nRUN apt-get update && apt-get install -y git && apt-get clean", []int{2}},
	{"DKR010", "a later RUN is too late", "FROM rockylinux:9\nRUN dnf -y install git\nRUN dnf clean all", []int{2}},
	{"DKR010", "apk, microdnf, a parent stage", "FROM alpine:3.22 AS a\nRUN apk add git\nFROM a\nRUN microdnf install git", []int{2, 4}},
	{"DKR010", "cleaned", "FROM x:1\nRUN apt-get update && apt-get install -y git && rm -rf /var/lib/apt/lists/*\nRUN yum install -y git && yum clean all && rm -rf /var/cache/yum\nRUN apk add --no-cache git\nRUN dnf -y install git; rm -rf /var/cache/dnf", none},
	{"DKR010", "a cache mount, nothing fetched, the build stage", "FROM x:1 AS build\nRUN apt-get update\nFROM x:1\nRUN --mount=type=cache,target=/var/lib/apt,sharing=locked --mount=type=cache,target=/var/cache/apt apt-get update && apt-get install -y git\nRUN apt-get remove -y git\nRUN apt-get install -y ./local.deb", none},

	{"DKR011", "names and versions", "FROM x:1\nRUN apt-get install -y golang-1.21 ca-certificates\nRUN dnf install -y golang\nRUN apk add go=1.24.1-r0\nRUN yum -y install golang-1.15.7", []int{2, 3, 4, 5}},
	{"DKR011", "what begins alike", "FROM x:1\nRUN apt-get install -y golangci-lint google-cloud-cli gogs golang-google-protobuf-dev goreleaser\nRUN apt-get remove -y golang-go\nRUN echo apt-get install golang", none},

	{"DKR020", "Docker Hub", "# syntax=docker/dockerfile:1\nFROM a:1", []int{1}},
	{"DKR020", "in capitals, behind escape", "# escape=\\\n# Syntax = docker.io/docker/dockerfile-upstream:master\nFROM a:1", []int{2}},
	{"DKR020", "a registry of one's own, and comments", "# syntax=registry.corp.example/docker/dockerfile:1\nFROM a:1\n# syntax=docker/dockerfile:1", none},
	{"DKR020", "too late to be a directive", "# Some words.\n# syntax=docker/dockerfile:1\nFROM a:1", none},

	{"DKR021", "each way", "FROM a:1\nRUN curl https://x.example/i | sudo bash -s -- -y\nRUN wget -qO- https://x.example/i | sh\nRUN bash -c \"$(curl -fsSL https://x.example/i)\"\nRUN bash <(curl https://x.example/i)\nRUN eval \"$(curl https://x.example/i)\"\nRUN curl https://x.example/i.py | sed s/a/b/ | python3 -", []int{2, 3, 4, 5, 6, 7}},
	{"DKR021", "shown, saved, looked at", "FROM a:1\nRUN echo 'curl https://x.example | sh'\nRUN curl https://x.example/i | tee i.sh\nRUN v=$(curl https://x.example/version) && echo \"$v\" | sh\nRUN curl https://x.example/k.gpg | gpg --dearmor >k\nRUN sh -c 'curl -fsS https://x.example/health'", none},

	{"DKR022", "saved, piped, added, a program", "FROM a:1\nRUN curl -fsSLO https://x.example/a.tar.gz\nRUN wget -qO- https://x.example/a | tar xz\nADD https://x.example/a.zip /a.zip\nRUN curl -Lo /usr/local/bin/kubectl https://x.example/kubectl && chmod +x /usr/local/bin/kubectl", []int{2, 3, 4, 5}},
	{"DKR022", "by variables", "FROM a:1\nARG V=1.26.8\nENV U=https://x.example/go$V.linux-amd64.tar.gz\nRUN curl -o go.tgz \"$U\"\nRUN u=\"https://x.example/go$V.tgz\"; wget \"$u\"", []int{4, 5}},
	{"DKR022", "the sum is only shown", "FROM a:1\nRUN curl -O https://x.example/a.tgz && sha256sum a.tgz", []int{2}},
	{"DKR022", "verified", "FROM a:1\nRUN curl -O https://x.example/a.tgz && echo '00  a.tgz' | sha256sum --check --strict -\nRUN wget https://x.example/a.tgz && [ \"$(sha256sum a.tgz | cut -c1-64)\" = 00 ]\nRUN curl -O https://x.example/a.tgz && gpg --batch --verify a.asc a.tgz\nADD --checksum=sha256:00 https://x.example/a.tgz /\nRUN sha512sum -c sums && curl -O https://x.example/a.tgz", none},
	{"DKR022", "verified after ADD, a repository, no archive, local", "FROM a:1\nADD https://x.example/a.tgz /\nRUN sha256sum -c sums\nFROM a:1\nADD https://x.example/r.git#v1 /r\nRUN curl -o /etc/x.conf https://x.example/x.conf\nRUN curl -O http://localhost:8080/a.tgz\nADD ./a.tgz /", none},
	{"DKR023", "a file, an archive, ADD", "FROM a:1\nRUN wget http://x.example/a.repo -O /etc/yum.repos.d/a.repo\nRUN curl http://x.example/go.tar.gz | tar xz\nADD http://x.example/k.asc /", []int{2, 3, 4}},
	{"DKR023", "a proxy, a question, with a sum", "FROM a:1\nRUN curl -x http://proxy.example:3128 -o x https://x.example/x\nRUN curl -f http://x.example/health\nRUN curl -O http://x.example/a.tgz && sha256sum -c sums\nRUN sed -i s,http://deb.example,https://mirror.example, /etc/apt/sources.list", none},
	{"DKR024", "each program", "FROM a:1\nENV GIT_SSL_NO_VERIFY=1\nRUN curl -fsSLko x https://x.example/x\nRUN wget --no-check-certificate https://x.example/x\nRUN git -c http.sslVerify=false clone https://x.example/x\nRUN yum --nogpgcheck install -y x\nRUN git config --global http.sslVerify false", []int{2, 3, 4, 5, 6, 7}},
	{"DKR024", "on, or something else", "FROM a:1\nENV NODE_TLS_REJECT_UNAUTHORIZED=1 GIT_SSL_NO_VERIFY=\nRUN curl -fsS --cacert k.pem https://x.example/x\nRUN echo curl -k; tar -k -xf x\nRUN git config http.sslVerify true", none},
	{"DKR025", "both", "FROM a:1\nADD --checksum=sha256:00 https://x.example/x /\nCOPY <<EOF /x\ny\nEOF", []int{2, 3}},
	{"DKR025", "a shell's own", "FROM a:1\nRUN echo \"<<EOF\" $((1<<2))\nRUN --mount=type=cache,target=/x true", none},

	{"DKR030", "each way Go comes", "FROM debian:12\nCOPY --from=golang:1.26 /usr/local/go/ /usr/local/go/\nRUN make\nFROM debian:12\nADD go1.26.8.linux-amd64.tar.gz /usr/local/\nRUN go version\nFROM x:1\nRUN dnf install -y golang", []int{2, 5, 8}},
	{"DKR030", "set, by any means", "FROM x:1\nCOPY go /usr/local/go\nRUN go env -w GOTOOLCHAIN=local\nFROM x:1 AS base\nENV GOTOOLCHAIN local\nFROM base\nCOPY go /usr/local\nFROM x:1\nARG GOTOOLCHAIN=local\nCOPY go /opt/go", none},
	{"DKR030", "golang has it set, a stage that only holds Go", "FROM golang:1.26\nRUN go version\nFROM x:1 AS sdk\nCOPY go /usr/local/go\nFROM golang:1.26\nCOPY app.go /src/\nCOPY . /go/src", none},
	{"DKR031", "go build", "FROM golang:1.26 AS b\nRUN cd /src && go install ./...\nFROM x:1", []int{2}},
	{"DKR031", "an image with Go", "FROM debian:12\nCOPY go /usr/local/go", []int{2}},
	{"DKR031", "decided", "FROM golang:1.26\nRUN CGO_ENABLED=0 go build\nFROM golang:1.26\nENV CGO_ENABLED=1\nRUN go build\nFROM golang:1.26\nARG CGO_ENABLED=0\nRUN go test ./...\nFROM golang:1.26\nRUN export CGO_ENABLED=0; go build\nFROM golang:1.26\nRUN env CGO_ENABLED=0 go build", none},
	{"DKR031", "nothing is built", "FROM golang:1.26\nRUN go version && go mod download && echo go build", none},
	{"DKR032", "by ENV, ARG, export, go env -w", "FROM a:1\nENV GOROOT /usr/lib/go\nARG GOROOT=/x\nRUN export GOROOT=/x && go build\nRUN go env -w GOROOT=/x", []int{2, 3, 4, 5}},
	{"DKR032", "others, and a shell's variable", "FROM a:1\nENV GOROOT_BOOTSTRAP=/x PATH=$GOROOT/bin:$PATH\nRUN echo GOROOT=/x; GOROOT=$(go env GOROOT); ls \"$GOROOT\"", none},
	{"DKR033", "each", "FROM a:1\nENV GOSUMDB=off\nENV GONOSUMDB=* \nARG GOPRIVATE=\"git.example,*\"\nRUN GOFLAGS=\"-v -insecure\" go get x\nENV GOINSECURE=*", []int{2, 3, 4, 5, 6}},
	{"DKR033", "one's own modules", "FROM a:1\nENV GOSUMDB=sum.golang.org GONOSUMDB=*.corp.example GOPRIVATE=git.corp.example GOFLAGS=-mod=vendor\nRUN echo GOSUMDB=off", none},
	{"DKR034", "in the image", "FROM a:1 AS b\nENV GOPROXY=https://goproxy.cn\nFROM b", []int{2}},
	{"DKR034", "an argument, a RUN, a build stage", "FROM a:1 AS b\nENV GOPROXY=https://goproxy.cn\nFROM a:1\nARG GOPROXY=https://goproxy.cn\nRUN GOPROXY=https://goproxy.cn go mod download", none},

	{"DKR040", "new world, another processor", "FROM lcr.loongnix.cn/library/golang:1.25\nENV GOPROXY=http://goproxy.loongnix.cn:3000\nFROM golang:1.26\nRUN go env -w GOPROXY=http://goproxy.loongnix.cn:3000,direct", []int{2, 4}},
	{"DKR040", "the old world", "FROM cr.loongnix.cn/library/golang:1.26-buster\nENV GOPROXY=http://goproxy.loongnix.cn:3000\nFROM --platform=linux/loong64 cr.kylinos.cn/kylin/kylin-server-platform:v10sp3-2403\nENV GOPROXY=http://goproxy.loongnix.cn:3000", none},
	{"DKR041", "copied across, by name and by image", "FROM lcr.loongnix.cn/library/golang:1.25 AS b\nFROM cr.loongnix.cn/loongson/loongnix:20.7\nCOPY --from=b /app /app\nCOPY --from=lcr.loongnix.cn/library/alpine:3.22 /x /x", []int{3, 4}},
	{"DKR041", "another platform", "FROM --platform=linux/amd64 lcr.loongnix.cn/library/debian:sid", []int{1}},
	{"DKR041", "two targets that share nothing", "FROM --platform=linux/loong64 lcr.loongnix.cn/library/debian:sid AS new\nCOPY app /app\nFROM cr.loongnix.cn/loongson/loongnix:20.7 AS old\nCOPY app.old /app\nCOPY --from=debian:12 /etc/ssl /etc/ssl", none},
	{"DKR042", "upstream on old, ABI1.0 on new", "FROM cr.loongnix.cn/loongson/loongnix:20.7\nRUN curl -fsSL https://mirrors.aliyun.com/golang/go1.26.8.linux-loong64.tar.gz | tar xz\nFROM lcr.loongnix.cn/library/debian:sid\nADD https://ftp.loongnix.cn/toolchain/golang/go-1.26/abi1.0/go1.26.4.linux-loong64.tar.gz /tmp/\nFROM cr.loongnix.cn/loongson/loongnix:20.7\nCOPY --from=golang:1.26 /usr/local/go /usr/local/go", []int{2, 4, 6}},
	{"DKR042", "each its own", "FROM cr.loongnix.cn/loongson/loongnix:20.7\nADD https://ftp.loongnix.cn/toolchain/golang/go-1.26/abi1.0/go1.26.4.linux-loong64.tar.gz /tmp/\nFROM debian:12\nCOPY --from=golang:1.26 /usr/local/go /usr/local/go\nADD https://golang.google.cn/dl/go1.26.8.linux-amd64.tar.gz /tmp/", none},

	{"DKR050", "nobody, root, 0 by a variable", "FROM a:1\n", []int{1}},
	{"DKR050", "root at the end", "FROM a:1\nUSER app\nARG U=0\nUSER ${U}:0", []int{4}},
	{"DKR050", "the build stage, a parent, nonroot", "FROM a:1 AS b\nUSER root\nFROM a:1 AS c\nUSER 1000\nFROM c", none},
	{"DKR050", "the base decides", "FROM a:1 AS b\nFROM gcr.example/distroless/static:nonroot", none},
	{"DKR051", "names", "ARG NPM_TOKEN\nFROM a:1\nENV DB_PASSWORD=hunter2 AWS_SECRET_ACCESS_KEY=x\nARG api_key=1\nENV OSS_ACCESS_KEY_ID x", []int{1, 3, 3, 4, 5}},
	{"DKR051", "values", "FROM a:1\nENV GOPROXY=https://dev:hunter2@goproxy.example\nRUN git config x && GIT=https://oauth2:hunter2@git.example go mod download\nARG X=glpat-abcdefghijklmnopqrst", []int{2, 3, 4}},
	{"DKR051", "what only sounds like it", "FROM a:1\nENV TOKEN_URL=https://x.example PASSWORD_FILE=/run/secrets/p KEYBOARD=us API_KEY= SSH_PUBLIC_KEYS=x GPG_KEY=0D96 PWD=/src TOKENIZER=x NETRC=/run/secrets/netrc\nARG GOSUMDB=sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8\nENV U=https://x.example:8080/@v/list V=https://$USER:$PASS@x.example", none},
	{"DKR052", "in a program, a file, tar", "FROM a:1\nRUN go build -ldflags=\"-X main.t=$(date -u)\"\nRUN date > /built\nRUN echo \"built $(date)\" >> /etc/motd\nRUN tar -xzmf x.tgz", []int{2, 3, 4, 5}},
	{"DKR052", "told, or only shown", "FROM a:1\nRUN date; echo \"begin $(date)\"\nRUN date -d \"@$SOURCE_DATE_EPOCH\" >/built\nRUN tar -xzf x.tgz && tar -cmf y x", none},

	{"DKR090", "no reason, no rule, nothing there", "FROM a:1@sha256:0\n# yingzao:ignore DKR050\nUSER root\n# yingzao:ignore DKR777 because\n# yingzao:ignore DKR001 because\nRUN true\n# yingzao:ignore", []int{2, 4, 5, 7}},
	{"DKR090", "another word", "FROM a:1\n# yingzao:ignored DKR050\n# see yingzao:ignore\nUSER app", none},
}

func TestCases(t *testing.T) {
	bad, good := map[string]bool{}, map[string]bool{}
	for _, c := range cases {
		if len(c.lines) > 0 {
			bad[c.code] = true
		} else {
			good[c.code] = true
		}
		var got []int
		for _, f := range check(t, c.src) {
			if f.Code == c.code {
				got = append(got, f.Line)
			}
			if strings.Contains(f.Message.EN+f.Message.ZH+f.Subject, "hunter2") {
				t.Errorf("%s %s: a secret is shown: %+v", c.code, c.name, f)
			}
		}
		if !slices.Equal(got, c.lines) {
			t.Errorf("%s %s: on lines %v, want %v\n%s", c.code, c.name, got, c.lines, c.src)
		}
	}
	for _, r := range Rules() {
		if !bad[r.Code] || !good[r.Code] {
			t.Errorf("%s has no bad or no good case", r.Code)
		}
	}
}

func TestIgnore(t *testing.T) {
	src := "# yingzao:ignore DKR005 the site pins it\n# yingzao:ignore DKR050 tests need root\nFROM centos:7\nRUN true && \\\n    # yingzao:ignore DKR001 there is an apt for rpm here\n    apt-get update && \\\n    apt-get install x\n# yingzao:ignore DKR032 an experiment\nENV A=1 \\\n    GOROOT=/x\n"
	if got, want := codes(check(t, src)), []string{"6 DKR010", "7 DKR001"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// The matrix tells what the rules do not know by themselves.
func TestMatrixKnowsBases(t *testing.T) {
	m := &matrix.Matrix{Bases: []matrix.Base{
		{Ref: "registry.corp.example/os/base:3", Family: matrix.RPM, Platforms: []matrix.Platform{{Arch: "amd64"}, {Arch: "loong64", World: "old"}, {Arch: "arm64", Ref: "registry.corp.example/os/arm:3"}}},
		{Family: matrix.None},
	}}
	src := "FROM --platform=linux/loong64 registry.corp.example/os/base:3@sha256:0 AS a\nRUN apt-get update\nENV GOPROXY=http://goproxy.loongnix.cn:3000\nFROM registry.corp.example/os/arm:3\nRUN apt-get update\nUSER 1\n"
	for _, tc := range []struct {
		m    *matrix.Matrix
		want []string
	}{
		{m, []string{"2 DKR001", "4 DKR005", "5 DKR001", "5 DKR010"}},
		{nil, []string{"3 DKR040", "4 DKR005", "5 DKR010"}},
	} {
		out, err := Check(t.Context(), "Dockerfile", []byte(src), Options{Matrix: tc.m})
		if err != nil || !slices.Equal(codes(out), tc.want) {
			t.Errorf("got %v %v, want %v", codes(out), err, tc.want)
		}
	}
}
