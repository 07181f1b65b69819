package cred

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
	"gopkg.in/ini.v1"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// section is a part of a file that may hold one set of keys. Names of fields
// are in lower case and without _ and -.
type section struct {
	name   string
	fields map[string]string
}

// found is what a file holds. Without keys, why may say what is there instead.
type found struct {
	keys    *Keys
	profile string
	why     msg.Text
}

// pick reads any of the known forms and takes the keys of a profile; "" is the
// file's own choice. Its errors never quote the file.
func (f *finder) pick(content []byte, profile string) (found, error) {
	sections, current, ok := parse(content)
	if !ok {
		return found{}, msg.Errorf("the file cannot be read: neither INI nor JSON nor YAML", "无法解析文件：不是 INI、JSON 或 YAML").
			WithHint("%s", "%s", fileHint)
	}
	if profile != "" {
		current = profile
	}
	i := slices.IndexFunc(sections, func(s section) bool {
		return current != "" && (strings.EqualFold(s.name, current) || strings.EqualFold(s.name, "profile "+current))
	})
	if i < 0 && profile != "" {
		return found{}, msg.Errorf("no profile %q in it", "其中没有名为 %q 的配置", profile)
	}
	for _, fields := range [][]string{slices.Concat(idFields, secretFields), {"mode", "type"}} {
		if i < 0 {
			i = slices.IndexFunc(sections, func(s section) bool { return firstSet(s.fields, fields) != "" })
		}
	}
	if i < 0 { // lines NAME=value
		for _, s := range sections {
			if k, name, err := fromGroups(f.Cloud, s.upper()); err != nil || name != "" {
				return found{keys: &k}, err
			}
		}
		return found{}, nil
	}
	got, err := sections[i].keys()
	if current != "" && got.keys != nil {
		got.profile = sections[i].name
	}
	return got, err
}

var (
	idFields     = []string{"accesskeyid", "secretid", "awsaccesskeyid", "tmpsecretid"}
	secretFields = []string{"accesskeysecret", "secretkey", "awssecretaccesskey", "secretaccesskey", "tmpsecretkey"}
	// plainModes are those of the aliyun tool, coscli, Aliyun's libraries and AWS's
	// instances.
	plainModes  = []string{"ak", "ststoken", "secretkey", "access_key", "sts", "aws-hmac"}
	tokenFields = []string{"ststoken", "securitytoken", "sessiontoken", "awssessiontoken", "token"}
)

// keys judges one section. Modes other than plain keys need more than a file,
// and coscli writes keys encrypted unless told otherwise.
func (s section) keys() (found, error) {
	id, secret := s.fields[firstSet(s.fields, idFields)], s.fields[firstSet(s.fields, secretFields)]
	switch mode := cmp.Or(s.fields["mode"], s.fields["type"]); {
	case mode != "" && !slices.Contains(plainModes, strings.ToLower(mode)):
		return found{why: msg.Textf("the mode %q is not plain keys", "模式 %q 不是直接的密钥", mode)}, nil
	case id == "" && secret == "":
		return found{}, nil
	case id == "" || secret == "":
		half := []msg.Text{{EN: "the key's ID", ZH: "密钥 ID"}, {EN: "the secret", ZH: "密钥"}}
		if secret == "" {
			slices.Reverse(half)
		}
		return found{}, msg.Errorf("%v is there, but %v is not", "其中有%v，但缺少%v", half[1], half[0])
	case strings.EqualFold(s.name, "cos") && s.fields["disableencryption"] != "true" && !strings.HasPrefix(id, "AKID"):
		return found{why: msg.Text{
			EN: "coscli has encrypted the keys; run coscli config set --disable_encryption true, or use environment variables",
			ZH: "coscli 已将密钥加密；请将其配置改为不加密（disableencryption: true），或使用环境变量",
		}}, nil
	}
	k := Keys{ID: id, Secret: secret, Token: s.fields[firstSet(s.fields, tokenFields)]}
	if at, err := time.Parse(time.RFC3339, s.fields["expiration"]); err == nil {
		k.Expires = at
	}
	return found{keys: &k}, nil
}

// upper gives the fields the names of variables back, as far as fromGroups asks.
func (s section) upper() map[string]string {
	env := map[string]string{}
	for _, c := range []Cloud{Aliyun, Tencent, S3} {
		for _, g := range groups(c) {
			for _, name := range slices.Concat(g.id, g.secret, g.token) {
				if v := s.fields[fold(name)]; v != "" {
					env[name] = v
				}
			}
		}
	}
	return env
}

func fold(name string) string {
	return strings.NewReplacer("_", "", "-", "", " ", "").Replace(strings.ToLower(name))
}

// parse tells the forms apart by the first line that says something. current is
// the section that the file itself prefers.
func parse(content []byte) (sections []section, current string, ok bool) {
	content = bytes.TrimPrefix(content, []byte("\xef\xbb\xbf"))
	first := ""
	for line := range strings.Lines(string(content)) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' && line[0] != ';' && line != "---" {
			first = line
			break
		}
	}
	switch {
	case first == "":
		return nil, "", true
	case first[0] == '{':
		return parseTree(content, json.Unmarshal)
	case first[0] == '[' || strings.Contains(first, "="):
		return parseINI(content)
	}
	return parseTree(content, yaml.Unmarshal)
}

func parseINI(content []byte) ([]section, string, bool) {
	file, err := ini.LoadSources(ini.LoadOptions{
		IgnoreInlineComment: true, IgnoreContinuation: true, SkipUnrecognizableLines: true, // secrets have any character
	}, content)
	if err != nil {
		return nil, "", false
	}
	var sections []section
	current := ""
	for _, s := range file.Sections() {
		out := section{name: s.Name(), fields: map[string]string{}}
		for _, key := range s.Keys() {
			out.fields[fold(strings.TrimPrefix(key.Name(), "export "))] = key.Value()
		}
		if len(out.fields) == 0 {
			continue
		}
		if s.Name() == "default" {
			current = "default"
		}
		sections = append(sections, out)
	}
	return sections, current, true
}

// parseTree reads JSON and YAML: one object, an object of objects, or a list of
// profiles with the name of the current one.
func parseTree(content []byte, unmarshal func([]byte, any) error) ([]section, string, bool) {
	var tree map[string]any
	if unmarshal(content, &tree) != nil {
		return nil, "", false
	}
	sections := []section{flat("", tree)}
	for name, v := range tree {
		switch v := v.(type) {
		case map[string]any:
			if base, ok := v["base"].(map[string]any); ok { // coscli
				v = base
			}
			sections = append(sections, flat(name, v))
		case []any:
			for _, p := range v {
				if p, ok := p.(map[string]any); ok && name == "profiles" {
					sections = append(sections, flat(fmt.Sprint(p["name"]), p))
				}
			}
		}
	}
	slices.SortStableFunc(sections, func(a, b section) int { return strings.Compare(a.name, b.name) }) // maps have no order
	current, _ := tree["current"].(string)
	return sections, current, true
}

func flat(name string, tree map[string]any) section {
	s := section{name: name, fields: map[string]string{}}
	for k, v := range tree {
		switch v := v.(type) {
		case string:
			s.fields[fold(k)] = strings.TrimSpace(v)
		case bool:
			s.fields[fold(k)] = fmt.Sprint(v)
		case time.Time: // YAML
			s.fields[fold(k)] = v.Format(time.RFC3339)
		}
	}
	return s
}
