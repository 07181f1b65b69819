package publish

import (
	"crypto/sha256"
	"encoding/base64"
	"html"
	"regexp"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/store/file"
	"github.com/yingzao-dev/yingzao/release/manifest"
)

// pageRelease has something of everything that the page shows.
func pageRelease(project, version string, targets ...string) *release {
	r := newRelease(project, version)
	r.Commit = "8f0c1d5be1a0f3c2"
	for i, s := range targets {
		tt := mustTarget(s)
		format := "tar.gz"
		if tt.OS == "windows" {
			format = "zip"
		}
		name := project + "_" + version + "_" + tt.Slug()
		size := 10_000
		if i == 0 && len(targets) > 1 {
			size = 4_300_000
		}
		r.add(manifest.Artifact{Name: name + "." + format, Kind: manifest.KindArchive, Target: tt, Format: format,
			Binaries: []manifest.Binary{{Path: project, Target: *tt}}}, []byte(strings.Repeat(string(rune('a'+i)), size)))
		if tt.OS == "linux" && tt.Level == "" {
			r.add(manifest.Artifact{Name: name + ".deb", Kind: manifest.KindPackage, Target: tt, Format: "deb"}, []byte(strings.Repeat("d", size/2)))
		}
	}
	r.add(manifest.Artifact{Name: project + "_" + version + "_source.tar.gz", Kind: manifest.KindSource, Format: "tar.gz"}, []byte("source"))
	return r
}

func pageStore(t *testing.T) *file.Store {
	st := newStore(t)
	for _, v := range []string{"0.9.0", "1.0.0", "1.1.0-rc.1"} {
		mustPublish(t, st, pageRelease("lingzao", v, "linux/amd64"))
	}
	mustPublish(t, st, pageRelease("lingzao", "1.1.0", "linux/amd64", "linux/amd64/v3", "linux/arm64", "linux/loong64", "linux/loong64-abi1.0",
		"windows/amd64", "darwin/arm64", "darwin/amd64"))
	mustYank(t, st, "lingzao", "0.9.0", "loses <data> on restart")
	snapshot := pageRelease("lingzao", "1.1.1-SNAPSHOT", "linux/amd64")
	snapshot.Snapshot = true
	mustPublish(t, st, snapshot)
	return st
}

// The page asks for nothing, runs nothing but its own script, and says
// everything in both languages.
func TestPageIsSelfContained(t *testing.T) {
	t.Parallel()
	st := pageStore(t)
	page := get(t, st, "lingzao/index.html")
	for name, forbidden := range map[string]string{
		"an absolute or protocol-relative address": `(?i)(src|href)\s*=\s*["']?\s*(https?:)?//`,
		"an event handler":                         `(?i)<[^>]+\son[a-z]+\s*=`,
		"a style attribute":                        `(?i)<[^>]+\sstyle\s*=`,
		"an import":                                `@import|url\(`,
		"a script from elsewhere":                  `(?i)<script[^>]+src`,
		"an escape that failed":                    `ZgotmplZ`,
	} {
		if m := regexp.MustCompile(forbidden).FindString(page); m != "" {
			t.Errorf("%s: %s", name, m)
		}
	}
	policy := html.UnescapeString(regexp.MustCompile(`Content-Security-Policy" content="([^"]*)"`).FindStringSubmatch(page)[1])
	if !strings.HasPrefix(policy, "default-src 'none'; ") || strings.Contains(policy, "unsafe") {
		t.Errorf("policy %s", policy)
	}
	for tag, directive := range map[string]string{"style": "style-src", "script": "script-src"} {
		all := regexp.MustCompile(`(?s)<`+tag+`>(.*?)</`+tag+`>`).FindAllStringSubmatch(page, -1)
		if len(all) != 1 {
			t.Fatalf("%d of <%s>", len(all), tag)
		}
		sum := sha256.Sum256([]byte(all[0][1]))
		if want := directive + " 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"; !strings.Contains(policy, want) {
			t.Errorf("policy %s does not allow what is there: %s", policy, want)
		}
	}
	if en, zh := strings.Count(page, `class="en"`), strings.Count(page, `class="zh"`); en != zh || en < 30 {
		t.Errorf("%d texts in English, %d in Chinese", en, zh)
	}
	for _, want := range []string{"LoongArch is two worlds", "龙架构分两个世界", "海光", "鲲鹏", "4.1 MiB", `class="gone">0.9.0`, "已撤回", "loses &lt;data&gt; on restart", "快照版", "8f0c1d5be1a0"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if len(page) > 100_000 {
		t.Errorf("the page has %d bytes", len(page))
	}
}

func TestPageWithoutTwoWorlds(t *testing.T) {
	t.Parallel()
	st := newStore(t)
	mustPublish(t, st, pageRelease("demo", "1.0.0", "linux/amd64"))
	if strings.Contains(get(t, st, "demo/index.html"), "two worlds") {
		t.Error("a page without LoongArch files explains its worlds")
	}
}

// What stands in an index is text, never markup.
func TestPageEscapes(t *testing.T) {
	t.Parallel()
	evil := `"><script>alert(1)</script>'`
	ix := &Index{Schema: 1, Project: evil, Base: "https://x/" + evil, Mirrors: []string{"javascript:alert(1)", "https://x/" + evil, "https://m.example.cn"}, Versions: []Entry{
		{Version: "1.0.0", Commit: evil, Sequence: 2, Files: []File{{Name: evil, Kind: evil, Target: evil, SHA256: strings.Repeat("a", 64)}, {Name: "javascript:alert(1)", SHA256: strings.Repeat("a", 64)}}},
		{Version: "0" + evil, Sequence: 1, Files: []File{{Name: "a", SHA256: strings.Repeat("a", 64)}}},
	}}
	page, _, err := render(ix, choose(ix, nil))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(page), "<script>alert") || strings.Contains(string(page), `href="javascript`) {
		t.Errorf("not escaped:\n%s", page)
	}
}

// All versions yanked, or none at all: a page all the same.
func TestPageWithoutLatest(t *testing.T) {
	t.Parallel()
	for _, ix := range []*Index{{Project: "demo"}, {Project: "demo", Versions: []Entry{{Version: "1.0.0", Yanked: true, Sequence: 1, Files: []File{{Name: "a", SHA256: strings.Repeat("a", 64)}}}}}} {
		page, install, err := render(ix, choose(ix, nil))
		if err != nil || !strings.Contains(string(page), "There is no current version") || !strings.Contains(string(install), "latest=''") {
			t.Errorf("%v\n%s", err, page)
		}
	}
}

func TestHumanSize(t *testing.T) {
	t.Parallel()
	for n, want := range map[int64]string{0: "0 B", 1023: "1023 B", 1024: "1 KiB", 4_300_000: "4.1 MiB", 3 << 30: "3.00 GiB"} {
		if got := humanSize(n); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
}
