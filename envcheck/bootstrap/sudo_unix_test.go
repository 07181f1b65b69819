//go:build unix

package bootstrap

import (
	"os"
	"strconv"
	"testing"
)

// What root makes in a user's home the user could neither change nor undo.
func TestSudoInTheUsersHome(t *testing.T) {
	dir, uid := home(t, "dev"), os.Getuid()
	if uid == 0 {
		uid = 1000
		if err := os.Chown(dir, uid, uid); err != nil {
			t.Fatal(err)
		}
	}
	s := look(t, dir).Snapshot
	s.Machine.UID = 0
	_, err := Look(s, environ(dir, "SUDO_UID="+strconv.Itoa(uid)))
	remedy(t, "sudo with the user's home", err, dir, "without sudo")
	for _, env := range []string{"SUDO_UID=0", "SUDO_UID=" + strconv.Itoa(uid+1), "A=B"} { // root itself, a home that root was given, a container
		if _, err := Look(s, environ(dir, env)); err != nil {
			t.Errorf("%s: %v", env, err)
		}
	}
}
