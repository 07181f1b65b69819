package config

import (
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

func example(t *testing.T) []byte {
	t.Helper()
	data, err := os.ReadFile("example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// The example is read, says every key, and means what it says.
func TestExample(t *testing.T) {
	dir := filepath.FromSlash("/etc/yingzao")
	c, err := Parse(filepath.Join(dir, ".yingzao.yaml"), example(t))
	if err != nil {
		t.Fatal(err)
	}
	if c.Cache.Budget != 50<<30 || c.Cache.MinAge != Duration(2*time.Hour) || c.Limits.Drain != Duration(30*time.Second) ||
		c.Listen != "0.0.0.0:8081" || len(c.Routes) != 5 || c.Routes[0].Git.MaxSize != 4<<30 {
		t.Errorf("%+v", c)
	}
	if got := c.Routes[0].TokenFile; got != filepath.Join(dir, "gitlab.token") {
		t.Errorf("token file: %s", got)
	}
	if got := Prefixes(c.Redirect.Clients); len(got) != 1 || got[0] != netip.MustParsePrefix("10.0.0.0/8") {
		t.Errorf("clients: %v", got)
	}
	if got := Prefixes(c.Fronts); len(got) != 1 || got[0].String() != "10.0.0.10/32" {
		t.Errorf("fronts: %v", got)
	}
	if r := c.Routes[1]; r.Name != "gitee.example/team/tool" || r.Git.URL != "ssh://git@gitee.example/team/tool.git" || !r.Hidden() || r.LFS != "refuse" {
		t.Errorf("short form: %+v", r)
	}
	for i, want := range []bool{true, true, true, false, false} {
		if c.Routes[i].Hidden() != want {
			t.Errorf("route %d: private %v", i, !want)
		}
	}
	if r := c.Routes[2]; !reflect.DeepEqual(r.Match, Strings{"*.corp.example/go", "shared.example"}) || !reflect.DeepEqual(r.Mirrors, Strings{"https://artifacts.corp.example/api/go"}) {
		t.Errorf("%+v", r)
	}
	for _, key := range keys(reflect.TypeFor[Config]()) {
		if !regexp.MustCompile(`(?m)^[ #-]*` + key + `:`).Match(example(t)) {
			t.Errorf("the example does not show %s", key)
		}
	}
}

// keys are all keys that the file may have.
func keys(t reflect.Type) []string {
	var all []string
	for i := range t.NumField() {
		f := t.Field(i)
		if name := f.Tag.Get("yaml"); name != "" {
			all = append(all, name)
		}
		ft := f.Type
		if ft.Kind() == reflect.Slice {
			ft = ft.Elem()
		}
		if ft.Kind() == reflect.Struct {
			all = append(all, keys(ft)...)
		}
	}
	return all
}

// What the comments of the example call a default is one.
func TestExampleDefaults(t *testing.T) {
	c, err := Parse("x", example(t))
	if err != nil {
		t.Fatal(err)
	}
	d := Default()
	for name, same := range map[string]bool{
		"admin.listen": c.Admin.Listen == d.Admin.Listen, "cache.dir": c.Cache.Dir == d.Cache.Dir,
		"mirrors": reflect.DeepEqual(c.Mirrors, d.Mirrors), "databases": reflect.DeepEqual(c.SumDB.Databases, d.SumDB.Databases),
		"mode": c.SumDB.Mode == d.SumDB.Mode, "downloads": reflect.DeepEqual(c.Downloads, d.Downloads),
		"min_size": c.Redirect.MinSize == d.Redirect.MinSize, "limits": c.Limits == d.Limits,
	} {
		if !same {
			t.Errorf("%s is not the default", name)
		}
	}
	if d.Listen != "127.0.0.1:8081" || d.Cache.Budget != 20<<30 || d.Cache.MinAge != Duration(time.Hour) || d.Log.Format != "text" {
		t.Errorf("%+v", d)
	}
}

func TestParseEmpty(t *testing.T) {
	for _, text := range []string{"version: 1\n", "version: 1\nproxy:\n", "version: 1\nproxy: {}\n", "version: 1\nrelease: {whatever: true}\n"} {
		c, err := Parse(".yingzao.yaml", []byte(text))
		if err != nil || !reflect.DeepEqual(c, Default()) {
			t.Errorf("%q: %+v, %v", text, c, err)
		}
	}
	c, err := Parse(".yingzao.yaml", []byte("version: 1\nproxy: {mirrors: [], downloads: {mirrors: []}, cache: {budget: none}, limits: {memory: none}, admin: {listen: \"off\"}}\n"))
	if err != nil || c.Mirrors == nil || len(c.Mirrors) != 0 || len(c.Downloads.Mirrors) != 0 || c.Cache.Budget != None || c.Limits.Memory != None || c.Admin.Listen != "off" {
		t.Errorf("%+v, %v", c, err)
	}
}

// Port 0 is another one for each side.
func TestPortsOfTheSystem(t *testing.T) {
	for listen, ok := range map[string]bool{"127.0.0.1:0": true, ":0": true, "[::1]:0": true, "127.0.0.1:8070": false, "127.0.0.1:10": false} {
		c, err := Parse("f", []byte("version: 1\nproxy: {listen: \""+listen+"\", admin: {listen: \""+listen+"\"}}\n"))
		if (err == nil) != ok || ok && (c.Listen != listen || c.Admin.Listen != listen) {
			t.Errorf("%s: %v %+v", listen, err, c)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for _, tt := range []struct {
		yaml string // below proxy:
		want string // where, and what is said
		hint string
	}{
		{"lisen: x", "2:9: unknown key \"lisen\" in proxy", "listen"},
		{"listen: 8081", `2:17: "8081" is no address`, "host:port"},
		{"listen: proxy.corp.example:8081", `2:17: "proxy.corp.example:8081" is no address`, ""},
		{"listen: 127.0.0.1:8082", "2:17: the public and the administrator's side", ""},
		{"admin: {listen: x}", `2:25: "x" is no address`, ""},
		{"tls: {cert: a.pem}", "2:14: tls needs both", ""},
		{"cache: {budget: 20 gigs}", `2:25: proxy.cache.budget: "20 gigs" is not a size`, "20GiB"},
		{"cache: {budget: 0}", `"0" is not a size`, "none"},
		{"cache: {budget: 9999999TiB}", "is not a size", ""},
		{"cache: {min_age: 3}", `"3" is not a time span`, "24h"},
		{"cache: {min_age: -1h}", "is not a time span", ""},
		{"cache: {store: \"ftp://x/y\"}", "2:24: store", ""},
		{"cache: {store: \"oss://b/p?region=r&secret=CANARY\"}", "looks like a secret", "environment"},
		{"cache: {store: \"oss://id:CANARY@b/p\"}", "2:24: ", ""},
		{"cache: {pins: [example.com/a@v1]}", `2:24: "example.com/a@v1" is no module`, "path@v1.2.3"},
		{"mirrors: [direct]", "2:19: this is no URL of a server", "direct, off"},
		{"mirrors: [\"file:///srv/mod\"]", "2:19: this is no URL", ""},
		{"mirrors: [https://u:CANARY@proxy.corp.example]", "2:19: a URL must not hold a password", "token_file"},
		{"mirrors: [https://CANARY@proxy.corp.example]", "a URL must not hold a password", ""},
		{"mirrors: [\"https://proxy.corp.example/?token=CANARY\"]", "a URL must not hold a password", ""},
		{"mirrors: [\"https://proxy.corp.example/%zzCANARY\"]", "this is no URL", ""},
		{"mirrors: https://proxy.corp.example", "expected a list", "brackets"},
		{"http: {allow: [10.0.0.0/99]}", "2:24: \"10.0.0.0/99\" is neither", ""},
		{"sumdb: {databases: [\"off\"]}", `2:29: "off" names no checksum database`, "mode: client"},
		{"sumdb: {databases: [sum.corp.example]}", "names no checksum database", ""},
		{"sumdb: {mode: strickt}", `2:23: unknown word "strickt"`, "strict"},
		{"sumdb: {mode: none}", "unknown word", "strict, async, client"},
		{"log: {format: xml}", `unknown word "xml"`, ""},
		{"limits: {fills: -1}", "-1 is no number", ""},
		{"limits: {fills: many}", "expected a number", ""},
		{"redirect: {clients: [10.0.0.0/8]}", "no bucket to redirect to", "cache.store"},
		{"redirect: {clients: [corp]}", `"corp" is not a range`, "10.0.0.0/8"},
		{"routes: [{block: x}]", "2:18: a route without match", "match"},
		{"routes: [{match: a.example, block: x, mirrors: https://b.example}]", "2:18: a route has one of", ""},
		{"routes: [{match: \"a.example,b.example\", block: x}]", "is no pattern", "one a line"},
		{"routes: [{match: https://a.example, block: x}]", "is no pattern", ""},
		{"routes: [{match: \"*.a.example\", git: \"https://a.example/{path}.git\"}]", "plain prefixes", "one route"},
		{"routes: [{match: a.example, versions: [v1.0.0]}]", "versions stands beside block", ""},
		{"routes: [{match: a.example, block: x, versions: [v1]}]", `"v1" is no version`, "v1.2.3"},
		{"routes: [{match: a.example, block: x, access: [ci]}]", "there is no tokens_file", ""},
		{"routes: [{match: a.example, token_file: t}]", "token_file stands beside", ""},
		{"routes: [{match: a.example, mirrors: https://b.example, user: u}]", "user stands beside", ""},
		{"routes: [{match: a.example, mirrors: http://b.example, token_file: t}]", "not sent over http", "https"},
		{"routes: [{match: a.example, mirrors: https://b.example, lfs: refuse}]", "lfs stands beside git", ""},
		{"routes: [{match: a.example, git: {depth: 3}}]", "git needs a url", ""},
		{"routes: [{match: a.example, git: \"http://a.example/{path}\"}]", "this is no URL", "https"},
		{"routes: [{match: a.example, git: \"https://oauth2:CANARY@a.example/{path}\"}]", "a URL must not hold", ""},
		{"routes: [{match: a.example, git: \"ext::sh -c CANARY\"}]", "this is no URL", ""},
		{"routes: [{match: a.example, git: {url: \"https://a.example/x.git\", depth: 2}}]", "with {path}", ""},
		{"routes: [{match: a.example, git: {url: \"https://a.example/{path}\", depth: 3, max_depth: 2}}]", "at least depth", ""},
		{"routes: [{match: [a.example, b.example], git: \"https://a.example/x.git\"}]", "several paths", ""},
		{"routes: [{match: a.example, git: \"ssh://git@a.example/{path}\"}]", "ssh needs both", "ssh-keyscan"},
		{"routes: [{match: a.example, git: \"ssh://git@a.example/{path}\", ssh_key_file: k, known_hosts_file: h, token_file: t}]", "not a token", ""},
		{"routes: [{match: a.example, git: \"https://a.example/{path}\", ssh_key_file: k}]", "ssh://", ""},
		{"routes: [{match: a.example, git: \"https://a.example/{path}\", lfs: fetch}]", "unknown word", ""},
		{"routes: [{match: a.example, blok: x}]", `unknown key "blok" in proxy.routes`, "block"},
	} {
		c, err := Parse("conf/.yingzao.yaml", []byte("version: 1\nproxy: {"+tt.yaml+"}\n"))
		if err == nil {
			t.Errorf("%s: accepted: %+v", tt.yaml, c)
			continue
		}
		en, zh := err.Error(), msg.In(err, msg.Chinese)
		hint := msg.Hint(err)
		if !strings.HasPrefix(en, "conf/.yingzao.yaml:2:") || !strings.Contains(en, tt.want) {
			t.Errorf("%s:\n%s; want %s", tt.yaml, en, tt.want)
		}
		if !strings.Contains(hint.EN, tt.hint) {
			t.Errorf("%s: hint %q; want %s", tt.yaml, hint.EN, tt.hint)
		}
		if strings.Contains(en+zh+hint.EN+hint.ZH, "CANARY") {
			t.Errorf("%s: a secret is shown: %s", tt.yaml, en)
		}
		if zh == en || msg.KindOf(err) != msg.Usage {
			t.Errorf("%s: %s, kind %v", tt.yaml, zh, msg.KindOf(err))
		}
	}
}

// All that is wrong is told at once.
func TestParseTellsAll(t *testing.T) {
	_, err := Parse("f", []byte("version: 1\nproxy:\n  listen: x\n  mirrors: [direct, off]\n  sumdb: {mode: y}\n"))
	if err == nil {
		t.Fatal("accepted")
	}
	for _, want := range []string{"f:3:", "f:4:13", "f:4:21", "f:5:"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%s is missing: %v", want, err)
		}
	}
}

func TestParseTokens(t *testing.T) {
	ci := "6a2da20943931e9834fc12cfe5bb47bbd9ae43489a30726962b576f4e3993e50"
	got, err := ParseTokens("tokens", []byte("# who may\n\nci "+ci+"\r\nteam-a\t"+strings.ToUpper(ci[:62])+"ff\n"))
	if err != nil || len(got) != 2 || got["ci"][0] != 0x6a || got["team-a"][31] != 0xff {
		t.Errorf("%v, %v", got, err)
	}
	for file, want := range map[string]string{
		"ci\n":                           "tokens:1: expected a name",
		"\nci glpat-CANARY\n":            "tokens:2: expected a name",
		"ci " + ci[1:] + "\n":            "tokens:1: expected",
		"ci " + ci[:63] + "g\n":          "tokens:1: expected",
		"ci " + ci + " x\n":              "tokens:1: expected",
		"ci " + ci + "\nci " + ci + "\n": "tokens:2: ci is named twice",
		"ci e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\n": "tokens:1: the token of ci is empty",
	} {
		_, err := ParseTokens("tokens", []byte(file))
		if err == nil || !strings.HasPrefix(err.Error(), want) || strings.Contains(err.Error()+msg.Hint(err).EN, "CANARY") {
			t.Errorf("%q: %v, want %s", file, err, want)
		}
	}
}

func TestSize(t *testing.T) {
	for text, want := range map[string]Size{"1": 1, "20GiB": 20 << 30, "20 GiB": 20 << 30, "64KiB": 64 << 10, "1GB": 1e9, "7B": 7, "2TiB": 2 << 40, "none": None} {
		var s Size
		if err := s.UnmarshalText([]byte(text)); err != nil || s != want {
			t.Errorf("%s: %d, %v", text, s, err)
		}
	}
	for _, text := range []string{"", "GiB", "-1GiB", "+1", "1.5GiB", "1gib", "0x10", "1e9", "9223372036854775808"} {
		var s Size
		if err := s.UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q is taken for %d", text, s)
		}
	}
}

func FuzzParse(f *testing.F) {
	data, err := os.ReadFile("example.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte("version: 1\nproxy: {cache: {budget: 1GiB}, routes: [{match: x.example, git: y}]}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := Parse("f", data)
		if err != nil {
			if msg.KindOf(err) != msg.Usage {
				t.Fatalf("%v", err)
			}
			return
		}
		if c.Listen == "" || c.Cache.Dir == "" || c.Limits.Fills <= 0 || c.Cache.Budget == 0 {
			t.Fatalf("%+v", c)
		}
	})
}

func FuzzTokens(f *testing.F) {
	f.Add([]byte("ci 6a2da20943931e9834fc12cfe5bb47bbd9ae43489a30726962b576f4e3993e50\n# x\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		tokens, err := ParseTokens("tokens", data)
		if _, open := tokens[""]; open || err == nil && tokens == nil {
			t.Fatal("a holder without a name")
		}
	})
}
