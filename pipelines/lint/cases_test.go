package lint

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/yingzao-dev/yingzao/internal/lint"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// one is a pipeline and the lines on which a rule finds something in it. Cases
// without lines are what looks as if it had to be found.
type one struct {
	code, name string
	src        string
	lines      []int
}

var none []int

const component = "include:\n  - component: $CI_SERVER_FQDN/infra/yingzao/go-release@1\n    inputs:\n"

var cases = []one{
	{"PPL001", "default and top level", "default:\n  cache:\n  paths: [.a]\ncache:\nkey: x\npaths:\n  - .a\na: {script: [make]}", []int{3, 5, 6}},
	{"PPL001", "half of it", "a:\n  script: [make]\n  cache:\n    paths: [.a]\n  key: x\n  policy: pull", []int{5, 6}},
	{"PPL001", "where they belong, and jobs of those names", "cache:\n  key: x\n  paths: [.a]\npaths:\n  script: [make]\nartifacts:\n  script: [make]\n  artifacts: {paths: [a], untracked: true}", none},
	{"PPL001", "no cache at all", "a:\n  script: [make]\n  cache: []\nb:\n  script: [make]\n  cache: {}", none},

	{"PPL002", "home, absolute, by a variable, up", "variables:\n  D: $HOME/x\na:\n  script: [make]\n  cache:\n    - paths: [~/.cache, /go/pkg/mod, $D, ../x, $GOPATH/pkg, $CI_PROJECT_DIR/../y]", []int{6, 6, 6, 6, 6, 6}},
	{"PPL002", "in default, in a hidden job, in a list", "default:\n  cache: {paths: [$HOME/a]}\n.c:\n  cache:\n    - {paths: [\"${HOME}/b\"]}", []int{2, 5}},
	{"PPL002", "inside, by variables", "variables:\n  GOPATH: $CI_PROJECT_DIR/.go\na:\n  script: [make]\n  variables: {GOMODCACHE: \"${CI_PROJECT_DIR}/.m\"}\n  cache: {paths: [$GOPATH/pkg/mod, $GOMODCACHE, .cache/, ./x, $UNKNOWN/y, $CI_PROJECT_DIR/z, /builds/a/b/.cache]}", none},
	{"PPL002", "an include may set it, an input may be anything", "include: {project: a/b, file: c.yml}\na:\n  script: [make]\n  cache: {paths: [$GOPATH/pkg/mod, \"$[[ inputs.dir ]]/.cache\"]}", none},
	{"PPL002", "an anchor is judged where it stands", ".c: &c\n  paths: [.cache]\na:\n  script: [make]\n  cache: *c\nb:\n  script: [make]\n  cache:\n    <<: *c\n    policy: pull", none},

	{"PPL003", "five", "a:\n  script: [make]\n  cache:\n    - {paths: [.a]}\n    - {paths: [.b]}\n    - {paths: [.c]}\n    - {paths: [.d]}\n    - {paths: [.e]}", []int{4}},
	{"PPL003", "five paths, four caches", "a:\n  script: [make]\n  cache:\n    - {paths: [.a, .b, .c, .d, .e]}\n    - {paths: [.b]}\n    - {paths: [.c]}\n    - {paths: [.d]}", none},
	{"PPL004", "three", "cache:\n  key:\n    files:\n      - go.mod\n      - go.sum\n      - a/go.sum\n  paths: [.a]", []int{3}},
	{"PPL004", "two, and three paths", "cache: {key: {files: [go.mod, go.sum], prefix: x}, paths: [.a, .b, .c]}\na: {script: [make]}", none},

	{"PPL010", "a plain folder", "variables:\n  GOMODCACHE: ${CI_PROJECT_DIR}/go/mod\na: {image: x:1, script: [go build]}", []int{2}},
	{"PPL010", "GOPATH, in a script, in Jenkins", "pipeline {\n  environment {\n    GOPATH = \"${WORKSPACE}/gopath\"\n  }\n  stages { stage('a') { steps { sh 'go build' } } }\n}", none}, // what Groovy puts in is not known
	{"PPL010", "in a script", "a:\n  image: x:1\n  script:\n    - export GOMODCACHE=$PWD/mod\n    - go build", []int{4}},
	{"PPL010", "dot, underscore, outside, the project itself", "variables:\n  GOMODCACHE: $CI_PROJECT_DIR/.cache/mod\na: {image: x:1, script: [go build], variables: {GOMODCACHE: $CI_PROJECT_DIR/_mod}}\nb: {image: x:1, script: [go build], variables: {GOMODCACHE: /cache/mod}}\nc: {image: x:1, script: [go build], variables: {GOMODCACHE: $CI_PROJECT_DIR/$X}}", none},
	{"PPL010", "GOPATH with GOMODCACHE elsewhere", "variables:\n  GOPATH: $CI_PROJECT_DIR/go\n  GOMODCACHE: $CI_PROJECT_DIR/.mod\na: {image: x:1, script: [go build]}", none},

	{"PPL011", "no image", "variables:\n  GOMODCACHE: $CI_PROJECT_DIR/.mod\na:\n  script: [go test ./...]", []int{2}},
	{"PPL011", "an image, the flag, no go, a template that may have an image", "variables:\n  GOMODCACHE: $CI_PROJECT_DIR/.mod\na: {image: x:1, script: [go build]}\nb: {script: [go build], variables: {GOFLAGS: -modcacherw -trimpath}}\nc: {script: [make]}\nd: {extends: .unknown, script: [go build]}", none},
	{"PPL011", "image of default", "default: {image: x:1}\nvariables:\n  GOMODCACHE: $CI_PROJECT_DIR/.mod\na: {script: [go build]}", none},

	{"PPL012", "both, in a script, in Jenkins", "variables:\n  GOFLAGS: -trimpath -mod=mod\na: {script: [\"export GOFLAGS=-mod=readonly\"]}", []int{2, 3}},
	{"PPL012", "Jenkins", "node {\n  withEnv(['GOFLAGS=-mod=readonly']) { sh 'go build' }\n}", []int{2}},
	{"PPL012", "vendor, another flag, on the command line", "variables:\n  GOFLAGS: -mod=vendor -modfile=x\na: {script: [go build -mod=mod .]}", none},

	{"PPL013", "two mirrors", "variables:\n  GOPROXY: https://goproxy.cn,https://goproxy.io,direct\na: {script: [\"GOPROXY=https://a.example,https://b.example go build\"]}", []int{2, 3}},
	{"PPL013", "one mirror, a pipe, direct first, not known", "variables:\n  GOPROXY: https://goproxy.cn,direct\na: {script: [make], variables: {GOPROXY: \"https://a.example|https://b.example,direct\"}}\nb: {script: [make], variables: {GOPROXY: \"direct,https://b.example\"}}\nc: {script: [make], variables: {GOPROXY: \"$MIRROR,https://b.example\"}}", none},

	{"PPL014", "off, patterns, in scripts", "variables:\n  GOSUMDB: off\n  GONOSUMDB: \"*\"\n  GOPRIVATE: \"git.corp.example,*\"\na:\n  script:\n    - go env -w GOSUMDB=off\n    - env GOSUMDB=off go build\n    - GOSUMDB=off go build", []int{2, 3, 4, 7, 8, 9}},
	{"PPL014", "Jenkins", "pipeline {\n  environment {\n    GOSUMDB = 'off'\n  }\n  stages { stage('a') { steps { sh 'export GOSUMDB=off' } } }\n}", []int{3, 5}},
	{"PPL014", "BlueKing", "version: v3.0\nvariables:\n  GOSUMDB: \"off\"\n  GONOSUMDB:\n    value: \"*\"\nsteps:\n  - run: |\n      go build\n      export GOSUMDB=off", []int{3, 4, 9}},
	{"PPL014", "private hosts, a comment, a string", "variables:\n  GOSUMDB: sum.golang.google.cn\n  GOPRIVATE: \"*.corp.example,git.corp.example/*\"\na:\n  script:\n    - echo GOSUMDB=off # GOSUMDB=off\n    - 'echo \"never GOSUMDB=off\"'", none},

	{"PPL020", "by name and form", "variables:\n  API_TOKEN: 8f3bcanary\n  MIRROR: https://u:canary@git.corp.example\n  X: glpat-canarycanarycanary\na:\n  script: [\"export OSS_ACCESS_KEY_SECRET=canarycanary\"]\n  variables:\n    DB_PASSWORD: {value: canarycanary, description: x}", []int{2, 3, 4, 6, 8}},
	{"PPL020", "Jenkins and BlueKing", "pipeline {\n  environment {\n    NEXUS_PASSWORD = 'canarycanary'\n  }\n  stages { stage('a') { steps { sh 'make' } } }\n}", []int{3}},
	{"PPL020", "BlueKing", "version: v3.0\nvariables:\n  cosSecretKey: canarycanary\n  OSS_ACCESS_KEY_SECRET:\n    value: canarycanary\nsteps:\n  - run: make", []int{3, 4}},
	{"PPL020", "variables, paths, files, names that only look so", "variables:\n  DEPLOY_TOKEN: $TOKEN\n  SSH_PRIVATE_KEY: /etc/keys/id\n  USE_TOKEN: \"true\"\n  TOKEN_FILE: a\n  SECRET_NAME: my-secret\n  OSS_ACCESS_KEY_ID: \"\"\n  KEYBOARD: x\n  BYPASS: yes please\n  COMPASS: x\n  VAULT_SECRET: kv/data/app/token\n  SIGNING_KEY: 0x1A2B3C4D5E6F7081\n  API_KEY: <yours>\n  URL: https://git.corp.example/a?b=c\n  GIT: https://oauth2:$TOKEN@git.corp.example\na: {script: [make], id_tokens: {YINGZAO_OIDC_TOKEN: {aud: yingzao}}}", none},
	{"PPL020", "the database of a test", "test:\n  services: [\"postgres:16\"]\n  variables:\n    POSTGRES_PASSWORD: throwaway\n    DATABASE_URL: postgres://u:throwaway@postgres/db\n  script: [go test ./...]", none},
	{"PPL020", "Jenkins credentials", "pipeline {\n  environment {\n    TOKEN = credentials('token')\n    PASSWORD = \"${params.P}\"\n  }\n  stages { stage('a') { steps { sh 'make' } } }\n}", none},
	{"PPL020", "BlueKing's own", "version: v3.0\nvariables:\n  PASSWORD: ${{ settings.cos.password }}\nsteps:\n  - run: make\n    env:\n      TOKEN: ${{ settings.t.token }}", none},

	{"PPL021", "goreleaser, release:, an upload", "a:\n  script: [make, goreleaser release --clean]\nb:\n  script: [make]\n  release: {tag_name: v1, description: x}\npublish:\n  script: [ossutil cp dist/a oss://b/a]\n  rules: [{if: $CI_COMMIT_BRANCH}]", []int{2, 5, 7}},
	{"PPL021", "by a template of the file", ".r:\n  script: [goreleaser release]\nrelease:\n  extends: .r", []int{3}},
	{"PPL021", "tag rules of every kind", "a: {script: [goreleaser release], rules: [{if: $CI_COMMIT_TAG}]}\nb: {script: [goreleaser release], only: [tags]}\nc: {script: [goreleaser release], only: [/^v.*$/], except: [branches]}\nd: {script: [goreleaser release], when: manual}\ne: {script: [goreleaser release --snapshot]}\nf: {script: [goreleaser release --skip=publish]}\ng: {script: [\"if [ -n \\\"$CI_COMMIT_TAG\\\" ]; then goreleaser release; fi\"]}\nh: {extends: .unknown, script: [goreleaser release]}\ni: {script: [goreleaser build]}\nj: {script: [echo goreleaser release]}\nupload-docs: {script: [ossutil cp a oss://b]}\nk: {only: {variables: [$CI_COMMIT_TAG]}, script: [yingzao release --to oss://a/b]}", none},
	{"PPL021", "rules by reference, by a template, by workflow", ".r:\n  rules: [{if: '$CI_COMMIT_TAG =~ /^v/'}]\na:\n  script: [goreleaser release]\n  rules:\n    - !reference [.r, rules]\nb:\n  extends: .r\n  script: [goreleaser release]\nc:\n  <<: &t\n    only: [tags]\n  script: [goreleaser release]", none},
	{"PPL021", "workflow", "workflow:\n  rules:\n    - if: $CI_MERGE_REQUEST_IID\n      when: never\n    - if: $CI_COMMIT_TAG\na: {script: [goreleaser release]}", none},
	{"PPL021", "workflow for both", "workflow:\n  rules: [{if: $CI_COMMIT_TAG}, {if: $CI_COMMIT_BRANCH}]\na:\n  script: [goreleaser release]", []int{4}},
	{"PPL021", "Jenkins", "pipeline {\n  stages { stage('a') { steps {\n    sh 'goreleaser release --clean'\n  } } }\n}", []int{3}},
	{"PPL021", "Jenkins for tags", "pipeline {\n  stages { stage('a') {\n    when { buildingTag() }\n    steps { sh 'goreleaser release --clean' }\n  } }\n}", none},
	{"PPL021", "BlueKing", "version: v3.0\non:\n  push: {branches: [main]}\nsteps:\n  - run: goreleaser release", []int{5}},
	{"PPL021", "BlueKing for tags", "version: v3.0\non:\n  tag: {tags: [v*]}\nsteps:\n  - run: goreleaser release", none},

	{"PPL022", "junit and code quality", "a:\n  script: [gotestsum --junitfile r.xml]\n  artifacts:\n    reports:\n      junit: r.xml\n      codequality: q.json\nb:\n  script: [go test]\n  artifacts: {when: on_success, reports: {junit: r.xml}}", []int{5, 6, 9}},
	{"PPL022", "by a template of the file", ".t:\n  artifacts:\n    reports: {junit: r.xml}\na: {extends: .t, script: [go test]}\nb: {extends: .t, script: [go vet]}", []int{3}},
	{"PPL022", "always, on failure, by a template, cannot fail, unknown", ".t: {artifacts: {when: always}}\na: {extends: .t, script: [go test], artifacts: {reports: {junit: r.xml}}}\nb: {script: [go test], artifacts: {when: on_failure, reports: {junit: r.xml}}}\nc:\n  script: [golangci-lint run --issues-exit-code 0 > q.json]\n  artifacts: {reports: {codequality: q.json}}\nd: {script: [\"golangci-lint run > q.json || true\"], artifacts: {reports: {codequality: q.json}}}\ne: {extends: .unknown, script: [go test], artifacts: {reports: {junit: r.xml}}}\nf: {script: [make], artifacts: {reports: {dotenv: b.env}}}", none},
	{"PPL022", "Jenkins, after the test", "pipeline {\n  stages { stage('a') { steps {\n    sh 'gotestsum --junitfile r.xml'\n    junit 'r.xml'\n  } } }\n}", []int{4}},
	{"PPL022", "Jenkins, never", "node {\n  sh 'yingzao check --report junit=r.xml'\n}", []int{2}},
	{"PPL022", "Jenkins, as it should be", "pipeline {\n  stages { stage('a') {\n    steps { sh 'gotestsum --junitfile r.xml' }\n    post { always { junit 'r.xml' } }\n  } }\n}\ndef f() {\n  try { sh 'go test' } finally { junit 'r.xml' }\n  int rc = sh(script: 'go test', returnStatus: true)\n  junit 'r.xml'\n  if (rc) { error 'x' }\n}\ndef g() {\n  sh 'go test || true'\n  junit 'r.xml'\n}", none},

	{"PPL030", "in a job and in default", "default:\n  tags: []\na:\n  tags: []\n  script: [make]", []int{2, 4}},
	{"PPL030", "a tag, a variable, a reference", "a: {tags: [linux], script: [make]}\nb: {tags: [$RUNNER], script: [make]}\nc:\n  tags: !reference [a, tags]\n  script: [make]", none},
	{"PPL031", "braces and brackets", "spec: {inputs: {m: {type: array}}}\n---\na:\n  parallel: {matrix: $[[ inputs.m ]]}\n  tags: [$[[ inputs.m ]]]\n  script: [make]", []int{4, 5}},
	{"PPL031", "quoted, in lines, in a script", "spec: {inputs: {m: {type: array}, t: {}}}\n---\na:\n  tags: [\"$[[ inputs.t ]]\"]\n  parallel:\n    matrix: $[[ inputs.m ]]\n  script:\n    - echo [$[[ inputs.t ]]]", none},
	{"PPL032", "in a block", "a:\n  script:\n    - |\n      echo a\n      echo $[[ component.sha ]]", []int{5}},
	{"PPL032", "declared", "spec:\n  component: [version]\n---\na:\n  script:\n    - echo $[[ component.version ]]", none},
	{"PPL033", "a job twice, variables twice", "a: {script: [make]}\nb:\n  variables: {A: b}\n  script: [make]\n  variables: {C: d}\na: {script: [make]}", []int{5, 6}},
	{"PPL033", "two merges, the same in two jobs", ".a: &a {x: y}\n.b: &b {z: y}\nc:\n  <<: *a\n  <<: *b\n  script: [make]\nd: {script: [make]}", none},

	{"PPL040", "misspelled", component + "      publish_too: [/srv]\n      Targets: [linux/amd64]\n      nonsense_word: 1", []int{4, 5, 6}},
	{"PPL040", "Jenkins", "@Library('yingzao@v1') _\ngoRelease publishto: 'oss://b/a',\n  targets: ['linux/amd64'],\n  publish_when: 'tag'", []int{2, 4}},
	{"PPL040", "Jenkins, in brackets, as a map", "@Library('yingzao') _\nnode {\n  goRelease(publishto: 'x')\n  goRelease([\n    publishto: 'x'\n  ])\n}", []int{3, 5}},
	{"PPL040", "BlueKing", "version: v3.0\nsteps:\n  - uses: yingzao@1.*\n    with:\n      publishto: x\n      stage: release", []int{5}},
	{"PPL040", "right ones, other people's", component + "      publish_to: [/srv]\n      dir: api\n  - component: a/b/go-release@1\n    inputs: {anything: x}\n  - component: a/yingzao/other@1\n    inputs: {anything: x}", none},
	{"PPL040", "Jenkins, right, with a closure; a step of another library", "@Library('yingzao') _\ngoRelease(publishTo: 'x', labels: [a: 'b'].size()) {\n  checkout scm\n}\ndef config = [goRelease: 1]", []int{2}},
	{"PPL040", "another library", "@Library('corp') _\ngoRelease anything: 'x'", none},

	{"PPL041", "types and values", component + "      publish_to: /srv\n      offline: 'yes'\n      profile: cnn\n      version: 1.2\n      targets: [Linux]\n      gosumdb: 'off'", []int{4, 5, 6, 7, 8, 9}},
	{"PPL041", "Jenkins", "@Library('yingzao') _\ngoRelease profile: 'cnn', offline: 'yes'", []int{2, 2}},
	{"PPL041", "BlueKing", "version: v3.0\nsteps:\n  - uses: yingzao@1.*\n    with:\n      stage: relase\n      offline: ${{ variables.X }}", []int{5}},
	{"PPL041", "filled in later, texts in Jenkins", component + "      profile: $PROFILE\n      publish_to: [$STORE]\n      offline: true\n      version: ''", none},
	{"PPL041", "texts in Jenkins", "@Library('yingzao') _\ngoRelease targets: 'linux/amd64,linux/arm64', offline: true, profile: params.P, version: \"${v}\", publishTo: ['/srv']", none},

	{"PPL050", "images everywhere", "image: golang\ndefault:\n  image: {name: \"golang:latest\"}\na:\n  services: [\"docker:latest\", {name: redis}]\n  script: [make]", []int{1, 3, 5, 5}},
	{"PPL050", "Jenkins and BlueKing", "pipeline {\n  agent { docker { image 'golang:latest' } }\n  stages { stage('a') { steps { script { docker.image('golang').inside { sh 'make' } } } } }\n}", []int{2, 3}},
	{"PPL050", "BlueKing", "version: v3.0\nstages:\n  - jobs:\n      a:\n        runs-on:\n          pool-name: docker\n          container: {image: golang}\n        steps: [{run: make}]", []int{7}},
	{"PPL050", "images that are made, not run", "node {\n  docker.image('corp/app').push('v1')\n  docker.build('corp/app')\n}", none},
	{"PPL050", "a plug-in's input", "version: v3.0\nsteps:\n  - uses: build-image@1.*\n    with: {image: corp/app}", none},
	{"PPL050", "versions, digests, variables, a registry's port", "image: golang:1.26\na: {image: \"registry.example:5000/go:1\", script: [make]}\nb: {image: $IMAGE, script: [make]}\nc: {image: \"golang@sha256:00\", script: [make]}\nd: {image: \"golang:${V}\", script: [make]}\ne: {script: [docker build -t a:latest .]}", none},

	{"PPL051", "install, run, get", "a:\n  script:\n    - go install golang.org/x/vuln/cmd/govulncheck@latest\n    - |\n      set -e\n      go run a.example/b@main ./...\n    - go get -u a.example/c@latest", []int{3, 6, 7}},
	{"PPL051", "versions, strings, an environment's own", "a:\n  script:\n    - go install a.example/b@v1.2.3\n    - echo go install a.example/b@latest\n    - '# go install a.example/b@latest'\n    - go install a.example/b@$VERSION\n    - npm install x@latest", none},

	{"PPL052", "pipes and substitutions", "a:\n  script:\n    - curl -sSf https://a.example/x | sudo -E bash -s -- -b bin\n    - sh -c \"$(curl -fsSL https://a.example/x)\"\n    - bash <(wget -qO- https://a.example/x)\n    - curl $URL | tee x | sh", []int{3, 4, 5, 6}},
	{"PPL052", "Jenkins and BlueKing", "node {\n  sh '''\n    set -e\n    curl https://a.example/x | sh\n  '''\n  sh \"wget -O- ${url} https://b.example/$x | bash\"\n}", []int{4, 6}},
	{"PPL052", "saved and compared, data, this machine, strings", "a:\n  script:\n    - curl -fo x https://a.example/x && echo \"$SUM  x\" | sha256sum -c && sh x\n    - curl https://a.example/x | tar xz\n    - V=$(curl https://a.example/v | jq -r .v)\n    - curl http://localhost:8080/x | sh\n    - echo 'curl https://a.example/x | sh'\n    - curl https://a.example/x | python3 -m json.tool\n    - curl https://a.example/x | perl -ne 'print'\n    - curl https://a.example/x | bash ./parse.sh\n    - curl https://a.example/x | python3 -c 'import sys'", none},
	{"PPL052", "interpreters that read their script", "a:\n  script:\n    - curl https://a.example/x | python3 -\n    - curl https://a.example/x | bash -es -- v1\n    - curl https://a.example/x | perl", []int{3, 4, 5}},
}

func TestCases(t *testing.T) {
	for _, c := range slices.Concat(cases, jenkinsCases) {
		got := []int{}
		for _, f := range checkEvenBroken(t, c.src) {
			if f.Code == c.code {
				got = append(got, f.Line)
			}
			for _, s := range []string{f.Message.EN, f.Message.ZH, f.Subject} {
				if strings.Contains(s, "canary") {
					t.Errorf("%s, %s: a secret is shown: %s", c.code, c.name, s)
				}
			}
		}
		if !slices.Equal(got, c.lines) && len(got)+len(c.lines) > 0 {
			t.Errorf("%s, %s: lines %v, want %v in\n%s", c.code, c.name, got, c.lines, c.src)
		}
	}
}

func checkEvenBroken(t *testing.T, src string) []lint.Finding {
	out, err := Check(t.Context(), nameOf(src), []byte(src), Options{Project: vendored})
	if err != nil {
		t.Errorf("%v in\n%s", err, src)
	}
	return out
}

// Each rule has a case with a finding and one without.
func TestCasesAreComplete(t *testing.T) {
	bad, good := map[string]int{}, map[string]int{}
	for _, c := range slices.Concat(cases, jenkinsCases) {
		if len(c.lines) > 0 {
			bad[c.code]++
		} else {
			good[c.code]++
		}
	}
	for _, r := range Rules() {
		if r.Code != "PPL090" && (bad[r.Code] == 0 || good[r.Code] == 0) {
			t.Errorf("%s has %d bad cases and %d good ones", r.Code, bad[r.Code], good[r.Code])
		}
	}
}

// Messages name the nearest input, the component that has it, and what a local file
// declares.
func TestInputs(t *testing.T) {
	project := fstest.MapFS{"ci/t.yml": {Data: []byte("spec:\n  inputs:\n    level: {options: [a, b]}\n    n: {type: number, default: 1}\n    r: {regex: ^v, default: v1}\n---\n.base:\n  rules: [{if: $CI_COMMIT_TAG}]\n")}, "ci/c.yml": {Data: []byte("spec:\n  component: [sha]\n---\na: {script: [x]}\n")}}
	for src, want := range map[string][]string{
		component + "      publish_too: [a]":                                                                            {"4 PPL040 go-release has no input publish_too; did you mean publish_to?"},
		"include:\n  component: a/yingzao/go-env-check@1\n  inputs:\n    publish_to: [a]":                               {"4 PPL040 go-env-check has no input publish_to; go-release has it"},
		component + "      publish_when: tags":                                                                          {`4 PPL041 publish_when: "tags" is none of tag, always, never; did you mean tag?`},
		component + "      publish_to: a":                                                                               {"4 PPL041 publish_to: wanted: array, given: string"},
		"include:\n  - local: /ci/t.yml\n    inputs:\n      n: x\n      levle: a":                                       {"2 PPL041 ci/t.yml needs level", "4 PPL041 n: wanted: number, given: string", "5 PPL040 ci/t.yml has no input levle; did you mean level?"},
		"include: {local: ci/t.yml, inputs: {level: c, r: x}}":                                                          {`1 PPL041 level: "c" is none of a, b; did you mean a?`, `1 PPL041 r: "x" does not match ^v`},
		"include: [{local: ci/t.yml, inputs: {level: a}}]\nx: {extends: .base, script: [goreleaser release]}":           {},
		"include: [{local: ci/none.yml, inputs: {level: a}}, ci/*.yml, 'https://a.example/b.yml']\nx: {script: [make]}": {},
		"include: [{local: ci/c.yml}]":                                                                                  {"1 PPL032 ci/c.yml is a component that uses component.…, and is included as a local file"},
		"x:\n  trigger:\n    include:\n      - local: ci/t.yml\n        inputs: {level: 1}":                             {"5 PPL041 level: wanted: string, given: number"},
	} {
		out, err := Check(t.Context(), ".gitlab-ci.yml", []byte(src), Options{Project: project})
		if err != nil {
			t.Fatal(err)
		}
		got := []string{}
		for i, f := range out {
			got = append(got, codes(out)[i]+" "+f.Message.In(msg.English))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s:\ngot  %q\nwant %q", src, got, want)
		}
	}
}

// Comments silence one rule on one line, and say why.
func TestIgnore(t *testing.T) {
	for src, want := range map[string][]string{
		"a:\n  # yingzao:ignore PPL050 newest is wanted\n  image: golang\n  script: [make]":                                                  {},
		"a:\n  # yingzao:ignore PPL050 newest is wanted\n  # and more\n\n  image: golang\n  script: [make]":                                  {},
		"a:\n  # yingzao:ignore PPL050\n  image: golang\n  script: [make]":                                                                   {"2 PPL090", "3 PPL050"},
		"a:\n  # yingzao:ignore PPL999 why\n  image: golang\n  script: [make]":                                                               {"2 PPL090", "3 PPL050"},
		"a:\n  # yingzao:ignore PPL051 why\n  image: golang\n  script: [make]":                                                               {"2 PPL090", "3 PPL050"},
		"a:\n  script:\n    - |\n      # yingzao:ignore PPL052 ours\n      curl https://a.example | sh\n      curl https://a.example/2 | sh": {"6 PPL052"},
		"node {\n  // yingzao:ignore PPL052 ours\n  sh 'curl https://a.example | sh'\n}":                                                     {},
		"node {\n  // yingzao:ignore PPL052\n  sh 'curl https://a.example | sh'\n}":                                                          {"2 PPL090", "3 PPL052"},
		"a:\n  # yingzao:ignored PPL050 x\n  image: golang:1\n  script: [make]":                                                              {},
	} {
		if got := codes(check(t, src)); !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", src, got, want)
		}
	}
}
