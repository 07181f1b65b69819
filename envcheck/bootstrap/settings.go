package bootstrap

import (
	"cmp"
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck/mend"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// planSettings changes the env file, by our own writer: a go command that is
// absent, or that this very file has bricked, is no hindrance. GOROOT is only ever
// removed from it, since it would lead the new go to the old one's library.
func (p *Plan) planSettings() error {
	s := p.desk.Snapshot.EnvFile
	set, unset, err := p.settings()
	if err != nil {
		return err
	}
	p.env = map[string]string{}
	for _, key := range []string{"GOPROXY", "GOSUMDB", "GOPRIVATE", "GONOPROXY", "GONOSUMDB", "GOVCS", "GOINSECURE", "GOAUTH"} {
		p.env[key] = p.desk.env.Get(key)
	}
	for _, kv := range set {
		p.env[kv[0]] = kv[1]
	}
	for _, key := range unset {
		p.env[key], _ = p.desk.env.Process(key)
	}
	if len(set)+len(unset) == 0 {
		return nil
	}
	if s.Path == "" || s.Off {
		return msg.Errorf("write Go settings: there is no env file: GOENV=off, or its folder is not known", "写入 Go 设置：没有 env 文件：GOENV=off，或无法得知其目录").WithKind(msg.Usage).
			WithHint("unset GOENV", "请取消 GOENV")
	}
	f, err := mend.Read(s.Path)
	if err != nil {
		return err
	}
	data, changed := goenv.Decode(f.Before) // as it was meant; in CRLF and UTF-16 values are not what they seem
	env := goenv.ParseFile(data)
	for _, kv := range set {
		if have, ok := env.Get(kv[0]); !ok || have.Value != kv[1] {
			env.Set(kv[0], kv[1])
			changed = true
		}
	}
	for _, key := range unset {
		env.Unset(key)
		changed = true
	}
	if changed {
		f.After = env.Bytes()
	}
	f.Codes = []string{"settings"}
	for _, kv := range p.wanted.Org.settings() {
		if kv[1] != "" {
			f.Codes = append(f.Codes, byOrg(kv[0]))
		}
	}
	p.files.Add(f, p.desk.Root)
	for _, kv := range set {
		p.shadowed(kv[0], kv[1])
	}
	return nil
}

// settings are what organisation and profile want, and what has to go.
func (p *Plan) settings() (set [][2]string, unset []string, err error) {
	org := p.wanted.Org
	file := goenv.ParseFile(p.desk.Snapshot.EnvFile.Data)
	have := func(key string) string { a, _ := file.Get(key); return strings.TrimSpace(a.Value) }
	want := func(key, value string) {
		if value != "" {
			set = append(set, [2]string{key, value})
		}
	}
	for _, kv := range org.settings() {
		key, value := kv[0], kv[1]
		if key == "GOPROXY" {
			value = cmp.Or(value, p.wanted.Profile.Mirrors)
		}
		gone := value == "" && key == "GOSUMDB" && have(key) == "off"
		if value == "" && !gone && p.org {
			if value, gone, err = p.before(key); err != nil {
				return nil, nil, err
			}
		}
		if gone {
			unset = append(unset, key)
		}
		want(key, value)
	}
	want("GOPRIVATE", union(have("GOPRIVATE"), org.Private))
	for _, v := range []struct {
		key  string
		list []string
	}{{"GONOPROXY", org.NoProxy}, {"GONOSUMDB", org.NoSumDB}} {
		old := have(v.key)
		if len(v.list) == 0 && old != "" && old != "none" {
			v.list = org.Private // a value of its own hides GOPRIVATE's
		}
		if len(v.list) > 0 {
			want(v.key, union(old, v.list))
		}
	}
	if _, ok := file.Get("GOROOT"); ok {
		unset = append(unset, "GOROOT")
	}
	return set, unset, nil
}

// settings are the keys of the env file that have one value, with what the organisation
// wants of each; "" = nothing.
func (o *Org) settings() [][2]string {
	return [][2]string{{"GOPROXY", o.GOPROXY}, {"GOSUMDB", o.GOSUMDB}, {"GOTOOLCHAIN", o.GOTOOLCHAIN}}
}

// union adds patterns to a list that its owner made: taking one away could tell
// strangers the name of a private module. Without additions it is "".
func union(old string, more []string) string {
	if len(more) == 0 {
		return ""
	}
	var all []string
	for _, p := range append(strings.Split(old, ","), more...) {
		if p = strings.TrimSpace(p); p != "" && p != "none" && !slices.Contains(all, p) {
			all = append(all, p)
		}
	}
	return strings.Join(all, ",")
}

// shadowed names a variable of the environment that hides what is written.
func (p *Plan) shadowed(key, value string) {
	now, _ := p.desk.env.Process(key)
	where := msg.Text{EN: "the environment", ZH: "环境变量"}
	for _, s := range p.desk.Snapshot.Settings {
		if s.Key == key && s.Place.File != "" {
			where = msg.Textf("%s", "%s", place(s.Place))
		}
	}
	if reg := p.desk.lasting(key); len(reg) > 0 { // new shells will have it, even if this one has not
		now, where = reg[0].Value, msg.Textf("%s", "%s", place(reg[0].Place))
	}
	if now == "" || now == value {
		return
	}
	p.note("shadowed", "%s is set to %s by %v, which hides what is written to the env file: remove it there", "%[1]s 已由 %[3]v 设为 %[2]s，会遮盖写入 env 文件的值：请在那里删除", key, httpx.Redact(now), where)
}
