package bootstrap

import (
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/httpx"
)

// lasting are the values of a variable in the registry of Windows: the user's,
// which wins, before the system's. A shell that was opened before they were changed
// has others.
func (d *Desk) lasting(key string) []envcheck.Setting {
	var all []envcheck.Setting
	for _, origin := range []string{envcheck.FromUserReg, envcheck.FromSysReg} {
		for _, s := range d.Snapshot.Settings {
			if s.Place.Origin == origin && strings.EqualFold(s.Key, key) {
				all = append(all, s)
			}
		}
	}
	return all
}

// registryNotes names variables that the user and the system set differently.
func (p *Plan) registryNotes() {
	var seen []string
	for _, s := range p.desk.Snapshot.Settings {
		both := p.desk.lasting(s.Key)
		if len(both) != 2 || both[0].Value == both[1].Value || slices.Contains(seen, s.Key) || s.Key == "TEMP" || s.Key == "TMP" {
			continue
		}
		seen = append(seen, s.Key)
		p.note("conflict", "%s is %s in %s and %s in %s: this user has the first, services have the second; keep one", "%[1]s 在 %[3]s 中为 %[2]s，在 %[5]s 中为 %[4]s：当前用户用的是前者，服务用的是后者；请只保留一处", s.Key,
			httpx.Redact(both[0].Value), place(both[0].Place), httpx.Redact(both[1].Value), place(both[1].Place))
	}
}
