package release

import (
	"strings"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/release/config"
	"github.com/yingzao-dev/yingzao/release/preflight"
)

func TestIdentify(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	repo := func(tag, previous string, dirty bool) *preflight.Git {
		return &preflight.Git{Found: true, Commit: strings.Repeat("ab", 20), ShortCommit: "abababa", CommitTime: at, Tag: tag, PreviousTag: previous, Dirty: dirty}
	}
	none := &preflight.Git{}
	for _, tc := range []struct {
		name    string
		git     *preflight.Git
		prefix  string
		o       Options
		version string // or, with a leading !, the error
		tag     string // what the plan records
		dotTag  string // what templates see
		time    time.Time
	}{
		{"tag", repo("v1.2.3", "v1.2.2", false), "", Options{}, "1.2.3", "v1.2.3", "v1.2.3", at},
		{"tag without v", repo("1.2.3", "", false), "", Options{}, "1.2.3", "1.2.3", "1.2.3", at},
		{"prerelease and build", repo("v1.2.3-rc.1+b7", "", false), "", Options{}, "1.2.3-rc.1+b7", "v1.2.3-rc.1+b7", "v1.2.3-rc.1+b7", at},
		{"monorepo", repo("cli/v2.0.1", "cli/v2.0.0", false), "cli/", Options{}, "2.0.1", "cli/v2.0.1", "cli/v2.0.1", at},
		{"version agrees with the tag", repo("v1.2.3", "", false), "", Options{Version: "v1.2.3"}, "1.2.3", "v1.2.3", "v1.2.3", at},
		{"version instead of the tag", repo("v1.2.3", "", false), "", Options{Version: "9.0.0"}, "9.0.0", "", "v9.0.0", at},
		{"version in a monorepo", repo("cli/v1.2.3", "", false), "cli/", Options{Version: "9.0.0"}, "9.0.0", "", "cli/v9.0.0", at},
		{"previous tag is no version", repo("", "v1.2.3", false), "", Options{}, "1.2.3", "", "v1.2.3", at}, // preflight refuses before
		{"no tag", repo("", "", false), "", Options{}, "!HEAD has no tag", "", "", at},
		{"no repository", none, "", Options{}, "!HEAD has no tag", "", "", epoch},
		{"version alone", none, "", Options{Version: "1.0.0"}, "1.0.0", "", "v1.0.0", epoch},
		{"snapshot of a tag", repo("v1.2.3", "", false), "", Options{Snapshot: true}, "1.2.3-SNAPSHOT-abababa", "v1.2.3", "v1.2.3", at},
		{"snapshot after a tag", repo("", "v1.2.3", false), "", Options{Snapshot: true}, "1.2.3-SNAPSHOT-abababa", "", "v1.2.3", at},
		{"dirty snapshot", repo("", "v1.2.3", true), "", Options{Snapshot: true}, "1.2.3-SNAPSHOT-abababa-dirty-01234567", "", "v1.2.3", at},
		{"snapshot of nothing", none, "", Options{Snapshot: true}, "0.0.0-SNAPSHOT-none-dirty-01234567", "", "v0.0.0", epoch},
		{"snapshot with a version", repo("", "", true), "", Options{Snapshot: true, Version: "3.0.0-test"}, "3.0.0-test", "", "v3.0.0-test", at},
		{"source date", none, "", Options{Version: "1.0.0", Environ: []string{"SOURCE_DATE_EPOCH=1700000000"}}, "1.0.0", "", "v1.0.0", time.Unix(1700000000, 0).UTC()},
		{"the commit beats the source date", repo("v1.0.0", "", false), "", Options{Environ: []string{"SOURCE_DATE_EPOCH=1"}}, "1.0.0", "v1.0.0", "v1.0.0", at},
		{"bad source date", none, "", Options{Version: "1.0.0", Environ: []string{"SOURCE_DATE_EPOCH=today"}}, `!"today" is not a number`, "", "", epoch},
		{"not a version", none, "", Options{Version: "latest"}, "!not a semantic version", "", "", epoch},
		{"slash", none, "", Options{Version: "1.0.0/../2"}, "!contains a path separator", "", "", epoch},
		{"line break", none, "", Options{Version: "1.0.0\n"}, "!control character", "", "", epoch},
		{"leading dash", none, "", Options{Version: "-rf"}, "!begins with a dash", "", "", epoch},
	} {
		t.Run(tc.name, func(t *testing.T) {
			short := tc.git.ShortCommit
			if short == "" {
				short = "none"
			}
			p := &project{o: tc.o, git: tc.git, cfg: &config.Project{TagPrefix: tc.prefix, SnapshotVersion: "{{ .Version }}-SNAPSHOT-{{ .ShortCommit }}"}}
			f := config.Fields{ShortCommit: short}
			id, err := p.identify(&f, "sha256:0123456789abcdef")
			if text, bad := strings.CutPrefix(tc.version, "!"); bad {
				says(t, err, text)
				if msg.Hint(err).IsZero() && !strings.Contains(text, "today") {
					t.Error("no hint")
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if id.version != tc.version || id.tag != tc.tag || f.Tag != tc.dotTag || !id.time.Equal(tc.time) || f.Version != tc.version {
				t.Errorf("version %q (templates %q) tag %q (templates %q) time %v\nwant %q %q %q %v", id.version, f.Version, id.tag, f.Tag, id.time, tc.version, tc.tag, tc.dotTag, tc.time)
			}
		})
	}
}

// A tag with a prefix is the version of a project in a folder of its own.
func TestMonorepoPlan(t *testing.T) {
	root := folder(t, files{"README.md": "all of it\n", "LICENSE": "one for all\n"})
	hello.with(files{"LICENSE": "-", ".yingzao.yaml": "version: 1\nrelease:\n  git:\n    tag_prefix: cli/\n  archives:\n    - files: [../LICENSE]\n"}).write(t, root+"/cli")
	commit(t, root, "v9.9.9", "cli/v1.4.0")
	p, err := plans(t, root+"/cli", Options{Version: "v1.4.0"})
	if err != nil {
		t.Fatal(err)
	}
	if p.Version != "1.4.0" || p.Tag != "cli/v1.4.0" || p.Sources != "" || p.Dirty {
		t.Errorf("version %q tag %q sources %q dirty %v", p.Version, p.Tag, p.Sources, p.Dirty)
	}
	if m := p.Archives[0].Members; len(m) != 2 || m[0].From != "../LICENSE" {
		t.Errorf("members %+v", m)
	}
}
