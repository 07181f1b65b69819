package envcheck

import (
	"path/filepath"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// FixSet is the remedy that gives a setting another value where it stands:
// a line of the env file is changed by --fix itself, a variable of the process
// or a line in somebody's file is for a person. safe is as in [Fix].
func (v *View) FixSet(s Setting, value string, safe bool) *Fix {
	switch s.Place.Origin {
	case "", string(goenv.FromFile), string(goenv.FromGoroot), string(goenv.BuiltIn):
		return &Fix{Command: "go env -w " + v.quote(s.Key+"="+value), Safe: safe,
			Changes: []Change{{Kind: SetEnv, Key: s.Key, Value: value}}}
	case string(goenv.FromProcess):
		return &Fix{Command: v.export(s.Key, value), Note: v.whereSet(s.Key)}
	}
	return &Fix{Note: msg.Textf("in %[1]s line %[2]d give %[3]s the value %[4]s", "在 %[1]s 第 %[2]d 行把 %[3]s 改为 %[4]s", v.short(s.Place.File), s.Place.Line, s.Key, value)}
}

// FixUnset is the remedy that takes a setting away where it stands.
func (v *View) FixUnset(s Setting, safe bool) *Fix {
	switch s.Place.Origin {
	case string(goenv.FromFile):
		return &Fix{Command: "go env -u " + s.Key, Safe: safe, Changes: []Change{{Kind: UnsetEnv, Key: s.Key}}}
	case string(goenv.FromProcess):
		return &Fix{Command: v.unset(s.Key), Note: v.whereSet(s.Key)}
	}
	return &Fix{Note: msg.Textf("take %[3]s out of %[1]s line %[2]d", "从 %[1]s 第 %[2]d 行删去 %[3]s", v.short(s.Place.File), s.Place.Line, s.Key)}
}

// whereSet tells which file most likely puts the variable into the environment.
func (v *View) whereSet(key string) msg.Text {
	for _, s := range v.Snapshot.Settings {
		if s.Key == key && (s.Place.Origin == FromShell || s.Place.Origin == FromUserReg || s.Place.Origin == FromSysReg) {
			return msg.Textf("%[1]s line %[2]d sets it", "由 %[1]s 第 %[2]d 行设置", s.Place.File, s.Place.Line)
		}
	}
	return msg.Textf("it comes from the environment of this process: also change it where it is set (shell start file, CI variable, service)", "它来自当前进程的环境：还需在设置它的地方修改（shell 启动文件、CI 变量、服务配置）")
}

// short is a file's name as it is seen from the project.
func (v *View) short(file string) string {
	if rel, err := filepath.Rel(v.Dir, file); err == nil && !strings.HasPrefix(rel, "..") {
		return rel
	}
	return file
}

func (v *View) windows() bool { return v.Machine.OS == "windows" }

func (v *View) export(key, value string) string {
	if v.windows() {
		return `set "` + key + "=" + value + `"`
	}
	return "export " + key + "=" + v.quote(value)
}

func (v *View) unset(key string) string {
	if v.windows() {
		return "set " + key + "="
	}
	return "unset " + key
}

// quote writes a word for the shell of the machine that was checked.
func (v *View) quote(word string) string {
	if !strings.ContainsAny(word, " \t|&;<>()$`\\\"'*?[]#~!{}^%") {
		return word
	}
	if v.windows() {
		return `"` + word + `"`
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// Recommended is the GOPROXY to recommend: the policy's, else the profile's.
// "" = remove the setting, which means Go's default.
func (v *View) Recommended() string {
	if v.Policy.GOPROXY != "" {
		return v.Policy.GOPROXY
	}
	return v.Profile.Mirrors
}

// FixProxy is the remedy that gives GOPROXY the recommended value.
func (v *View) FixProxy(s Setting, safe bool) *Fix {
	if r := v.Recommended(); r != "" {
		return v.FixSet(s, r, safe)
	}
	return v.FixUnset(s, safe)
}
