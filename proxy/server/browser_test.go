package server

import (
	"net/http/httptest"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/proxy"
)

// chrome returns a browser to test with.
func chrome(t *testing.T) string {
	t.Helper()
	for _, name := range []string{os.Getenv("CHROME"), "chromium", "chromium-browser", "google-chrome"} {
		if p, err := exec.LookPath(name); name != "" && err == nil {
			return p
		}
	}
	if os.Getenv("YINGZAO_E2E") == "require" {
		t.Fatal("this needs chromium (or CHROME), and YINGZAO_E2E=require asks for it")
	}
	t.Skip("no chromium (or CHROME)")
	return ""
}

// looks returns what is wrong to the eye: text of less contrast than WCAG's 4.5 to 1,
// and a page wider than the window.
const looks = `(function () {
  var canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
  function rgb(c, under) {
    canvas.fillStyle = under || "#fff"; canvas.fillRect(0, 0, 1, 1);
    canvas.fillStyle = c; canvas.fillRect(0, 0, 1, 1);
    return canvas.getImageData(0, 0, 1, 1).data;
  }
  function light(d) {
    var w = [.2126, .7152, .0722];
    return w.reduce(function (sum, k, i) { var v = d[i] / 255; return sum + k * (v <= .03928 ? v / 12.92 : Math.pow((v + .055) / 1.055, 2.4)); }, 0);
  }
  function ground(e) {
    for (; e; e = e.parentElement) { var c = getComputedStyle(e).backgroundColor; if (c !== "rgba(0, 0, 0, 0)") return c; }
    return "#fff";
  }
  var bad = [], seen = 0;
  document.querySelectorAll("body *").forEach(function (e) {
    if (!e.getClientRects().length || !Array.prototype.some.call(e.childNodes, function (n) { return n.nodeType === 3 && n.textContent.trim(); })) return;
    var under = ground(e), a = light(rgb(getComputedStyle(e).color, under)), b = light(rgb(under));
    var ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    seen++;
    if (ratio < 4.5) bad.push(ratio.toFixed(2) + " " + e.tagName + " " + e.textContent.trim().slice(0, 30));
  });
  if (seen < 8) bad.push("only " + seen + " texts were looked at");
  if (document.documentElement.scrollWidth > innerWidth) bad.push("too wide: " + document.documentElement.scrollWidth + " in " + innerWidth);
  return bad;
})()`

// The pages in a browser: both languages, light and dark, wide and narrow, without
// a script; pictures of them are in YINGZAO_SCREENSHOTS, if that is set.
func TestPagesInBrowser(t *testing.T) {
	bin := chrome(t)
	profile, err := os.MkdirTemp("", "proxy-browser-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { // its last processes may still be writing
		for try := 0; os.RemoveAll(profile) != nil && try < 20; try++ {
			time.Sleep(100 * time.Millisecond)
		}
	})
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), chromedp.ExecPath(bin), chromedp.UserDataDir(profile), chromedp.Env("TMPDIR="+profile), chromedp.Headless, chromedp.NoSandbox,
		chromedp.DisableGPU, chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck, chromedp.WSURLReadTimeout(2*time.Minute), chromedp.Flag("disable-dev-shm-usage", true),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("no-proxy-server", true))
	t.Cleanup(cancel)
	all, cancelBrowser := chromedp.NewContext(ctx)
	t.Cleanup(func() {
		_ = chromedp.Cancel(all)
		chromedp.FromContext(all).Allocator.Wait()
		cancelBrowser()
	})
	if err := chromedp.Run(all); err != nil {
		t.Fatal(err)
	}

	f := files(t)
	s := New(Options{Files: f, Cache: f.c, Version: "v1.2.3", Databases: map[string]Database{"sum.golang.org": sums}, Tokens: tokens("ci", "x"), Archives: noArchives{},
		Routes: proxy.Routes{{Pattern: "git.corp.test", Private: true}, {Pattern: "*"}},
		Mirrors: func() []Mirror {
			return []Mirror{
				{Name: "https://goproxy.cn", State: "up", Latency: 38 * time.Millisecond, Success: 0.998, Since: time.Now().Add(-49 * time.Hour)},
				{Name: "https://mirrors.aliyun.com/goproxy", State: "held", Latency: 121 * time.Millisecond, Success: 0.91, Error: "server", Since: time.Now().Add(-3 * time.Minute)},
				{Name: "https://a-mirror-with-a-very-long-name.department.corp.example/artifactory/api/go/public", State: "down", Success: 0.02, Error: "timeout", Since: time.Now().Add(-7 * time.Hour)},
			}
		}})
	for i := range 60 {
		s.count.seen(&visit{kind: "zip", status: 200, cache: []string{fromMemory, fromCache, fromSource}[i%3], bytes: 1 << 20}, time.Millisecond)
	}
	s.denials.add(denial{Time: time.Now(), Client: netip.MustParseAddr("10.20.30.40"), Name: "team-a", Path: "/example.com/evil/@v/v1.0.0.zip", Status: 403, Why: said{msg.Text{EN: "fetch example.com/evil@v1.0.0 (.zip): blocked by rule: the rule says: it phones home <script>alert(1)</script>", ZH: "获取 example.com/evil@v1.0.0 (.zip)：被规则禁止：规则说明：it phones home <script>alert(1)</script>"}}})
	pages := map[string]string{}
	for name, h := range map[string]*httptest.Server{"status": httptest.NewServer(s.Admin()), "home": httptest.NewServer(s.Public())} {
		t.Cleanup(h.Close)
		pages[name] = h.URL + "/"
	}
	for _, tc := range []struct {
		name, page, lang, want string
		dark                   bool
		width                  int64
	}{
		{"status", "status", "en-US", "Answered without network", false, 1280},
		{"status dark zh", "status", "zh-CN", "无需联网的应答", true, 1280},
		{"status phone zh", "status", "zh-CN", "最近的拒绝", false, 390},
		{"home", "home", "en-US", "go env -w GOPROXY=", false, 1280},
		{"home phone dark zh", "home", "zh-CN", "私有模块", true, 390},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tab, cancel := chromedp.NewContext(all)
			defer cancel()
			tab, stop := newTimeout(tab)
			defer stop()
			var complaints []string
			chromedp.ListenTarget(tab, func(ev any) {
				switch e := ev.(type) {
				case *log.EventEntryAdded:
					complaints = append(complaints, e.Entry.Text)
				case *network.EventRequestWillBeSent:
					if e.Request.URL != pages[tc.page] && !strings.HasSuffix(e.Request.URL, "/favicon.ico") {
						complaints = append(complaints, "it asked for "+e.Request.URL)
					}
				}
			})
			scheme := map[bool]string{false: "light", true: "dark"}[tc.dark]
			var text, other, background string
			var bad []string
			var png []byte
			err := chromedp.Run(tab, network.Enable(), log.Enable(), emulation.SetScriptExecutionDisabled(true),
				emulation.SetUserAgentOverride("Mozilla/5.0").WithAcceptLanguage(tc.lang), emulation.SetDeviceMetricsOverride(tc.width, 900, 1, false),
				emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}),
				chromedp.Navigate(pages[tc.page]), chromedp.Evaluate(`document.body.innerText`, &text), chromedp.Evaluate(looks, &bad),
				chromedp.Evaluate(`getComputedStyle(document.body).backgroundColor`, &background), chromedp.FullScreenshot(&png, 100))
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(text, tc.want) || (background == "rgb(24, 22, 19)") != tc.dark {
				t.Errorf("background %s, text:\n%s", background, text)
			}
			if len(bad) > 0 || len(complaints) > 0 {
				t.Errorf("looks: %q; the browser says %q", bad, complaints)
			}
			save(t, tc.name, png)
			complaints = nil
			pages[tc.page] += "?lang=" + map[string]string{"en-US": "zh", "zh-CN": "en"}[tc.lang] // the switch leads there
			defer func() { pages[tc.page], _, _ = strings.Cut(pages[tc.page], "?") }()
			if err := chromedp.Run(tab, chromedp.Click("#lang", chromedp.ByQuery), chromedp.WaitVisible("html[lang="+map[string]string{"en-US": "zh", "zh-CN": "en"}[tc.lang]+"]", chromedp.ByQuery),
				chromedp.Evaluate(`document.body.innerText`, &other)); err != nil {
				t.Fatal(err)
			}
			if other == text || strings.Contains(other, tc.want) && tc.page == "status" {
				t.Errorf("the switch changed nothing:\n%s", other)
			}
		})
	}
}

func save(t *testing.T, name string, png []byte) {
	t.Helper()
	dir := os.Getenv("YINGZAO_SCREENSHOTS")
	if dir == "" {
		dir = t.TempDir()
	}
	put(t, filepath.Join(dir, "proxy-"+strings.ReplaceAll(name, " ", "-")+".png"), png)
	if len(png) < 10_000 {
		t.Errorf("a picture of %d bytes", len(png))
	}
}
