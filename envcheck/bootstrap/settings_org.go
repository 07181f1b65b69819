package bootstrap

import (
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck/mend"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/httpx"
)

// byOrg is what the journal remembers beside a changed env file of a setting that an
// organisation's file asked for.
func byOrg(key string) string { return "org:" + key }

// before is what stood in the env file before organisations' files set a key that the
// present one does not have; gone tells that nothing did, or what nobody shall have.
// Where what stands there is not theirs it is neither, and what was changed since is named.
func (p *Plan) before(key string) (value string, gone bool, err error) {
	env, err := mend.Read(p.desk.Snapshot.EnvFile.Path)
	if err != nil {
		return "", false, err
	}
	value, there := setting(env.Before, key)
	if !there { // whoever took it away: nothing is to be asked of the journal
		return "", false, nil
	}
	files, err := p.desk.Journal().Standing()
	if err != nil {
		return "", false, err
	}
	theirs := false
	for _, f := range files {
		was, wasThere := setting(f.Before, key)
		set, isSet := setting(f.After, key)
		if f.Path != env.Path || !slices.Contains(f.Codes, "settings") || was == set && wasThere == isSet {
			continue
		}
		if !slices.Contains(f.Codes, byOrg(key)) { // a profile's, or taken back already
			break
		}
		if set != value || !there {
			if !theirs && there {
				p.note("by-hand", "%s is %s, changed since an organisation's file set it; the present file says nothing about it, so it stays", "%s 为 %s，在组织配置文件设置之后又被改动；现行文件未提及它，因此保持不变", key, httpx.Redact(value))
			}
			break
		}
		value, there, theirs = was, wasThere, true
	}
	switch {
	case !theirs:
		return "", false, nil
	case value == "" || key == "GOSUMDB" && value == "off": // an empty one says nothing to go either
		return "", true, nil
	}
	return value, false, nil
}

// setting is what an env file says of a key.
func setting(data []byte, key string) (value string, ok bool) {
	data, _ = goenv.Decode(data)
	a, ok := goenv.ParseFile(data).Get(key)
	return strings.TrimSpace(a.Value), ok
}
