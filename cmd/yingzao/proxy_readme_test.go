package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/proxy/config"
)

// What the proxy's READMEs tell people to type and to write is understood, and a
// test they name exists.
func TestProxyReadmes(t *testing.T) {
	yaml := regexp.MustCompile("(?s)```yaml\n(.*?)```")
	typed := regexp.MustCompile("(?m)^(?:\\$ )?yingzao (proxy .*?)(?:   .*|  +#.*)?$")
	named := regexp.MustCompile("`go (?:test|run) ([^`]*)`")
	for _, name := range []string{"README.md", "README.zh-CN.md", "proxy/README.md", "proxy/README.zh-CN.md"} {
		data, err := os.ReadFile(filepath.Join("..", "..", filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		commands := typed.FindAllSubmatch(data, -1)
		if len(commands) < 4 {
			t.Errorf("%s: only %d commands: the test looks for the wrong lines", name, len(commands))
		}
		for _, m := range commands {
			understood(t, name, strings.Fields(string(m[1])))
		}
		if !strings.HasPrefix(name, "proxy/") {
			continue
		}
		sections := yaml.FindAllSubmatch(data, -1)
		for _, m := range sections {
			if c, err := config.Parse(name, m[1]); err != nil || len(c.Routes) == 0 {
				t.Errorf("%s: %v: %v", name, err, msg.Hint(err))
			}
		}
		if len(sections) == 0 {
			t.Errorf("%s has no configuration", name)
		}
		for _, m := range named.FindAllSubmatch(data, -1) {
			for _, word := range strings.Fields(string(m[1])) {
				if dir, ok := strings.CutPrefix(word, "./"); ok {
					if fi, err := os.Stat(filepath.Join("..", "..", dir)); err != nil || !fi.IsDir() {
						t.Errorf("%s names %s: %v", name, word, err)
					}
				}
			}
		}
	}
}

// understood parses a command line and does not run it.
func understood(t *testing.T, name string, args []string) {
	t.Helper()
	var out bytes.Buffer
	a := &app{in: strings.NewReader(""), out: &out, err: &out}
	c, rest, err := a.root().Find(args)
	if err == nil && c.Name() == "proxy" {
		err = msg.Errorf("there is no such command", "没有这个命令")
	}
	if err == nil {
		err = c.ParseFlags(rest)
	}
	if err != nil {
		t.Errorf("%s: yingzao %s: %v", name, strings.Join(args, " "), err)
	}
}
