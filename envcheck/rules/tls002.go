package rules

import (
	"math"
	"time"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var tls002 = envcheck.Rule{
	Code:     "TLS002",
	Severity: envcheck.Warning,
	Basis:    envcheck.Measured,
	Online:   true,
	Title:    msg.Text{EN: "The clock of this machine is wrong", ZH: "本机时钟不准"},
	Why: msg.Text{
		EN: "Certificates are valid from one moment to another. With a wrong clock the go command says \"certificate has expired or is not yet valid\" of every host, and signatures carry false times.",
		ZH: "证书只在一段时间内有效。时钟不准时，go 命令会对每台主机报 “certificate has expired or is not yet valid”，签名里的时间也是错的。",
	},
	Fix:    msg.Text{EN: "Set the clock by NTP. A virtual machine that was suspended and a board without a battery are the usual cases.", ZH: "用 NTP 校时。常见于被挂起过的虚拟机，以及没有电池的开发板。"},
	Before: "date   # two days ago",
	After:  "timedatectl set-ntp true",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		skew, host := clockSkew(v)
		refused := handshakes(v, func(envcheck.HostProbe) envcheck.Finding { return envcheck.Finding{} }, "expired", "not-yet-valid")
		fix := &envcheck.Fix{Command: "timedatectl set-ntp true"}
		if v.Machine.OS == "windows" {
			fix.Command = "w32tm /resync"
		}
		if skew == 0 {
			// Servers do not go live with tomorrow's certificate: it is our clock.
			for _, f := range handshakes(v, func(envcheck.HostProbe) envcheck.Finding { return envcheck.Finding{} }, "not-yet-valid") {
				f.Severity, f.Fix = envcheck.Error, fix
				f.Message = msg.Textf("the certificate of %s is not valid yet: this machine's clock is most likely behind", "%s 的证书尚未生效：本机时钟很可能慢了", f.Subject)
				f.Subject = "clock"
				return []envcheck.Finding{f}
			}
			return nil
		}
		off := (time.Duration(math.Abs(skew)) * time.Second).String()
		f := envcheck.Finding{Subject: "clock", Fix: fix, Evidence: []envcheck.Evidence{{Name: "Date of " + host, Value: off}},
			Message: msg.Textf("this machine's clock is %s behind that of %s", "本机时钟比 %[2]s 慢 %[1]s", off, host)}
		if skew < 0 {
			f.Message = msg.Textf("this machine's clock is %s ahead of that of %s", "本机时钟比 %[2]s 快 %[1]s", off, host)
		}
		if len(refused) > 0 {
			f.Severity = envcheck.Error
		}
		return []envcheck.Finding{f}
	},
}
