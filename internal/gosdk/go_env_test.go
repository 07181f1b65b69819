package gosdk

import (
	"reflect"
	"strings"
	"testing"
)

func TestGoEnvChanges(t *testing.T) {
	proxy := GoEnvChange{Name: "GOPROXY", Removed: true}
	sumdb := GoEnvChange{Name: "GOSUMDB", Official: "sum.golang.org", Removed: true}
	chain := GoEnvChange{Name: "GOTOOLCHAIN", Official: "auto", Removed: true}
	for _, c := range []struct {
		name, text string
		want       []GoEnvChange
	}{
		{"nothing", "", []GoEnvChange{proxy, sumdb, chain}},
		{"lines the go command does not read", "gosumdb=x\n GOSUMDB=x\nexport GOPROXY=x\n#GOTOOLCHAIN=x\n=\n", []GoEnvChange{proxy, sumdb, chain}},
		{"as released", "GOSUMDB=sum.golang.org\nGOTOOLCHAIN=auto", []GoEnvChange{proxy}},
		{"last one wins", "GOTOOLCHAIN=local\nGOTOOLCHAIN=auto\nGOSUMDB=sum.golang.org\nGOSUMDB=off\n", []GoEnvChange{proxy, {Name: "GOSUMDB", Value: "off", Official: "sum.golang.org"}}},
		{"CRLF stays in the value", "GOTOOLCHAIN=auto\r\nGOSUMDB=sum.golang.org\n", []GoEnvChange{proxy, {Name: "GOTOOLCHAIN", Value: "auto\r", Official: "auto"}}},
		{"empty is not gone", "GOPROXY=\nGOSUMDB=sum.golang.org\nGOTOOLCHAIN=auto\n", []GoEnvChange{{Name: "GOPROXY"}}},
		{"a distribution's", "GOPROXY=direct\nGOSUMDB=off\nGOTOOLCHAIN=local\n", []GoEnvChange{
			{Name: "GOPROXY", Value: "direct"}, {Name: "GOSUMDB", Value: "off", Official: "sum.golang.org"}, {Name: "GOTOOLCHAIN", Value: "local", Official: "auto"}}},
		{"more", "GOSUMDB=sum.golang.org\nGOTOOLCHAIN=auto\nGOAUTH=netrc\nGOFLAGS=-mod=mod\n", []GoEnvChange{{Name: "GOAUTH", Added: true}, {Name: "GOFLAGS", Added: true}, proxy}},
	} {
		if got := goEnvChanges(c.text); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
}

func TestGoEnvTexts(t *testing.T) {
	for _, c := range []struct {
		change GoEnvChange
		en, zh string
	}{
		{GoEnvChange{Name: "GOTOOLCHAIN", Value: "local", Official: "auto"}, "GOTOOLCHAIN=local instead of auto", "GOTOOLCHAIN=local（原为 auto）"},
		{GoEnvChange{Name: "GOPROXY", Value: "https://goproxy.cn,direct"}, "GOPROXY=https://goproxy.cn,direct instead of Go's default", "GOPROXY=https://goproxy.cn,direct（原为 Go 的默认值）"},
		{GoEnvChange{Name: "GOSUMDB", Official: "sum.golang.org", Removed: true}, "no GOSUMDB instead of sum.golang.org", "缺少 GOSUMDB（原为 sum.golang.org）"},
		{GoEnvChange{Name: "GOTOOLCHAIN", Value: "auto\r", Official: "auto"}, `GOTOOLCHAIN="auto\r" instead of auto`, `GOTOOLCHAIN="auto\r"（原为 auto）`},
		{GoEnvChange{Name: "GOFLAGS", Added: true}, "GOFLAGS was added", "增加了 GOFLAGS"},
	} {
		if got := c.change.Text(); got.EN != c.en || got.ZH != c.zh {
			t.Errorf("%q %q", got.EN, got.ZH)
		}
	}
}

func TestMask(t *testing.T) {
	for in, want := range map[string]string{
		"https://goproxy.cn,direct":                             "https://goproxy.cn,direct",
		"https://u:p@a.test,https://b.test":                     "https://***@a.test,https://b.test",
		"https://a.test,https://u:p@b.test|direct":              "https://***@b.test|direct",
		"https://u:p,w@x/y@a.test/x":                            "https://***@a.test/x",
		"u:p@a.test":                                            "***@a.test",
		"https://a.test/x?token=1,direct":                       "https://a.test/x?***",
		"https://a.test#x":                                      "https://a.test#***",
		"sum.corp.test+033de0ae+Ac4z https://u@sum.corp.test?x": "sum.corp.test+033de0ae+Ac4z https://***@sum.corp.test?***",
	} {
		if got := mask(in); got != want {
			t.Errorf("%q: %q", in, got)
		}
	}
}

func FuzzGoEnv(f *testing.F) {
	f.Add("GOPROXY=https://u:", "@a.test,direct\nGOSUMDB=off")
	f.Add("GOFLAGS=-x ", "\n")
	f.Add("GOTOOLCHAIN=local\r\nGOPROXY=https://a.test/?", "")
	f.Fuzz(func(t *testing.T, before, after string) {
		const secret = "hunter2"
		if strings.Contains(before, secret) || strings.ContainsAny(after, "\n") || !strings.HasPrefix(after, "@") && !strings.HasSuffix(before, "?") {
			return
		}
		for _, c := range goEnvChanges(before + secret + after) {
			// A secret as a name of a variable is not ours to see.
			if strings.Contains(c.Value, secret) {
				t.Errorf("%q: %+v", before+secret+after, c)
			}
		}
	})
}
