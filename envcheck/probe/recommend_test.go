package probe

import (
	"testing"

	"github.com/yingzao-dev/yingzao/envcheck"
)

func TestRecommend(t *testing.T) {
	const cn, ali, corp = "https://goproxy.cn", "https://mirrors.aliyun.com/goproxy/", "https://goproxy.corp.example"
	type probed struct {
		ms    float64
		class string
		sumDB string
	}
	well := func(ms float64) probed { return probed{ms, "ok", "yes"} }
	dead := probed{0, "timeout", "timeout"}
	for _, tc := range []struct {
		name    string
		goproxy string
		cands   []string
		answers map[string]probed
		profile envcheck.Profile
		policy  envcheck.Policy
		want    string
	}{
		{name: "one that is dead", goproxy: corp + ",direct", cands: []string{cn, ali}, answers: map[string]probed{corp: dead, cn: well(80), ali: well(20)}, want: ali + "|" + cn + ",direct"},
		{name: "none answers", goproxy: corp + ",direct", cands: []string{cn}, answers: map[string]probed{corp: dead, cn: dead}},
		{name: "one of two is dead", goproxy: cn + "|" + corp + ",direct", cands: []string{ali}, answers: map[string]probed{corp: dead, cn: well(20), ali: well(30)}, want: cn + "|" + ali + ",direct"},
		{name: "a single one, and no other is known", goproxy: cn + ",direct", answers: map[string]probed{cn: well(20)}},
		{name: "a single one, and another is known", goproxy: cn + ",direct", cands: []string{ali}, answers: map[string]probed{cn: well(20), ali: well(25)}, want: cn + "|" + ali + ",direct"},
		{name: "as it should be", goproxy: cn + "|" + ali + ",direct", cands: []string{cn, ali}, answers: map[string]probed{cn: well(20), ali: well(10)}},
		{name: "as good", goproxy: cn + "|" + ali + ",direct", cands: []string{corp}, answers: map[string]probed{cn: well(120), ali: well(130), corp: well(90)}},
		{name: "much faster", goproxy: cn + "|" + ali + ",direct", cands: []string{corp}, answers: map[string]probed{cn: well(120), ali: well(130), corp: well(20)}, want: corp + "|" + cn + ",direct"},
		{name: "no faster than anybody feels", goproxy: cn + "|" + ali + ",direct", cands: []string{corp}, answers: map[string]probed{cn: well(30), ali: well(130), corp: well(3)}},
		{name: "without database", goproxy: cn + ",direct", cands: []string{ali}, answers: map[string]probed{cn: {20, "ok", "no"}, ali: well(90)}, want: ali + ",direct"},
		{name: "lies about the database", goproxy: cn + ",direct", cands: []string{ali}, answers: map[string]probed{cn: {20, "ok", "content"}, ali: well(90)}, want: ali + ",direct"},
		{name: "direct alone", goproxy: "direct", cands: []string{cn}, answers: map[string]probed{cn: well(20)}, want: cn + ",direct"},
		{name: "nothing set", cands: []string{cn}, answers: map[string]probed{cn: well(20)}, want: cn + ",direct"},
		{name: "does not parse", goproxy: "Direct," + cn, cands: []string{cn}, answers: map[string]probed{cn: well(20)}, want: cn + ",direct"},
		{name: "off is somebody's will", goproxy: "off", cands: []string{cn}, answers: map[string]probed{cn: well(20)}},
		{name: "never more open: off", goproxy: corp + ",off", cands: []string{cn}, answers: map[string]probed{corp: dead, cn: well(20)}, want: cn + ",off"},
		{name: "never more open: no direct", goproxy: corp, cands: []string{cn}, answers: map[string]probed{corp: dead, cn: well(20)}, want: cn},
		{name: "air gap", goproxy: cn + ",direct", cands: []string{corp}, answers: map[string]probed{cn: dead, corp: well(5)}, profile: envcheck.Profile{AirGap: true}, want: corp},
		{name: "modules of its own", goproxy: corp + "," + cn + ",direct", cands: []string{ali}, answers: map[string]probed{corp: {4, "absent", "no"}, cn: dead, ali: well(20)}},
		{name: "no time to tell", goproxy: corp + ",direct", cands: []string{ali}, answers: map[string]probed{corp: {}, ali: well(20)}},
		{name: "credentials", goproxy: "https://u:p@goproxy.corp.example,direct", cands: []string{ali}, answers: map[string]probed{"https://u:p@goproxy.corp.example": dead, ali: well(20)}},
		{name: "a folder", goproxy: "file:///home/dev/mirror", cands: []string{ali}, answers: map[string]probed{ali: well(20)}},
		{name: "plain http", goproxy: corp + ",direct", cands: []string{"http://goproxy.example"}, answers: map[string]probed{corp: dead, "http://goproxy.example": well(5)}},
		{name: "the policy says", goproxy: cn + ",direct", answers: map[string]probed{cn: dead}, policy: envcheck.Policy{GOPROXY: corp + ",off"}, want: corp + ",off"},
		{name: "the policy is kept", goproxy: corp + ",off", answers: map[string]probed{corp: dead}, policy: envcheck.Policy{GOPROXY: corp + ",off"}},
	} {
		v := view("GOPROXY="+tc.goproxy, "GOSUMDB=sum.golang.org")
		v.Profile, v.Policy = tc.profile, tc.policy
		p := newProber(Options{View: v, Candidates: tc.cands})
		for i, target := range p.targets {
			a := tc.answers[target.url.String()]
			p.n.Mirrors[i] = envcheck.MirrorProbe{InUse: target.inUse, LatencyMS: a.ms, Class: a.class, SumDB: a.sumDB}
		}
		if got := p.recommend(); got != tc.want {
			t.Errorf("%s: %q, want %q", tc.name, got, tc.want)
		}
	}
}
