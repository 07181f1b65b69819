package scripts

import (
	"bytes"
	"io"
	"log"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

func quiet() *log.Logger { return log.New(io.Discard, "", 0) }

func TestBootstrapPins(t *testing.T) {
	t.Parallel()
	sums := map[string]string{"windows/amd64": strings.Repeat("a", 64), "linux/loong64-abi1.0": strings.Repeat("b", 64)}
	p := Pins{SHA256: sums, URLs: []string{"https://dl.example/yingzao", "http://10.0.0.1:8080/x"}}
	all, err := Bootstrap(p)
	if err != nil || len(all) != 3 {
		t.Fatal(err)
	}
	for name, text := range all {
		for _, want := range []string{"windows/amd64=" + sums["windows/amd64"], "linux/loong64-abi1.0=bbb", "https://dl.example/yingzao", "http://10.0.0.1:8080/x"} {
			if bytes.Count(text, []byte(want)) != 1 {
				t.Errorf("%s does not have %s", name, want)
			}
		}
		ascii, crlf := strings.IndexFunc(string(text), func(r rune) bool { return r > 127 }) < 0, bytes.Count(text, []byte("\r\n"))
		if windows := name != "bootstrap.sh"; windows != ascii || windows && crlf != bytes.Count(text, []byte("\n")) || !windows && crlf != 0 {
			t.Errorf("%s: ASCII %v, %d ends of lines for Windows", name, ascii, crlf)
		}
	}
	again, _ := Bootstrap(p)
	for name := range all {
		if !bytes.Equal(all[name], again[name]) {
			t.Errorf("%s is not always the same", name)
		}
	}
	if bytes.Contains(shell, []byte(sums["windows/amd64"])) {
		t.Error("the embedded script was changed")
	}
}

func TestBootstrapRefusesPins(t *testing.T) {
	t.Parallel()
	sum := strings.Repeat("a", 64)
	for name, p := range map[string]Pins{
		"sum":       {SHA256: map[string]string{"linux/amd64": strings.ToUpper(sum)}},
		"platform":  {SHA256: map[string]string{"linux": sum}},
		"injection": {SHA256: map[string]string{"linux/amd64'; x": sum}},
		"user":      {URLs: []string{"https://user:secret@dl.example"}},
		"query":     {URLs: []string{"https://dl.example/?sig=secret"}},
		"quote":     {URLs: []string{"https://dl.example/'"}},
		"percent":   {URLs: []string{"https://dl.example/%41"}},
		"blank":     {URLs: []string{"https://dl.example/a b"}},
		"store":     {URLs: []string{"oss://bucket/x"}},
		"nonsense":  {URLs: []string{"https://dl.example:x"}},
	} {
		_, err := Bootstrap(p)
		if msg.KindOf(err) != msg.Usage || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
