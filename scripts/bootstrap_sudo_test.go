package scripts

import (
	"os"
	"strconv"
	"strings"
	"testing"
)

// Where sudo keeps HOME nothing is put there that its owner could not change.
func TestSudoKeepsHome(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	script := pinned(t, dir, Pins{})
	write(t, dir+"/yingzao_linux_amd64", program, 0o644)
	for _, shell := range shells() {
		d := newDesk(t).machine("Linux", "x86_64", "5.10.0", 64)
		d.shell = shell
		uid := os.Getuid()
		if uid == 0 {
			uid = 1000
			if err := os.Chown(d.home, uid, uid); err != nil {
				t.Fatal(err)
			}
		}
		d.fake("id", "echo 0")
		d.env = []string{"SUDO_UID=" + strconv.Itoa(uid)}
		for lang, want := range map[string]string{"en": "without sudo", "zh": "请不要使用 sudo"} {
			if code, out := d.run(script, "--lang", lang); code != 2 || !strings.Contains(out, want) || d.files() != "" {
				t.Errorf("%s: exit %d, files %q\n%s", shell, code, d.files(), out)
			}
		}
		d.env = []string{"SUDO_UID=" + strconv.Itoa(uid+1)} // a home that root was given
		if code, out := d.run(script, "plan"); code != 0 {
			t.Errorf("%s: exit %d\n%s", shell, code, out)
		}
	}
}
