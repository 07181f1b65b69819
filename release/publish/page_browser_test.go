package publish

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// chrome returns a browser to test with.
func chrome(t *testing.T) string {
	t.Helper()
	for _, name := range []string{os.Getenv("CHROME"), "chromium", "chromium-browser", "google-chrome"} {
		if name == "" {
			continue
		}
		if p, err := exec.LookPath(name); err == nil {
			return p
		}
	}
	needs(t, "chromium (or CHROME)", false)
	return ""
}

// tab is one page in a browser, with all that it asked for and complained of.
type tab struct {
	context.Context
	mu       sync.Mutex
	requests []string
	errors   []string
}

func newTab(t *testing.T, lang string) *tab {
	t.Helper()
	profile, err := os.MkdirTemp("", "publish-browser-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { // its last processes may still be writing
		for try := 0; os.RemoveAll(profile) != nil && try < 20; try++ {
			time.Sleep(100 * time.Millisecond)
		}
	})
	opts := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(chrome(t)), chromedp.UserDataDir(profile), chromedp.Env("TMPDIR=" + profile), chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck, chromedp.WindowSize(1280, 1000),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
		chromedp.Flag("disable-dev-shm-usage", true), chromedp.Flag("no-proxy-server", true), chromedp.Flag("lang", lang), chromedp.Flag("accept-lang", lang),
	}
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), opts...)
	t.Cleanup(cancel)
	ctx, cancelTab := chromedp.NewContext(ctx)
	t.Cleanup(func() {
		_ = chromedp.Cancel(ctx) // waits until the browser is gone
		chromedp.FromContext(ctx).Allocator.Wait()
		cancelTab()
	})
	timed, cancelTime := context.WithTimeout(ctx, 60*time.Second)
	t.Cleanup(cancelTime)
	b := &tab{Context: timed}
	chromedp.ListenTarget(timed, func(ev any) {
		b.mu.Lock()
		defer b.mu.Unlock()
		switch e := ev.(type) {
		case *network.EventRequestWillBeSent:
			b.requests = append(b.requests, e.Request.URL)
		case *log.EventEntryAdded:
			b.errors = append(b.errors, e.Entry.Text)
		case *runtime.EventExceptionThrown:
			b.errors = append(b.errors, e.ExceptionDetails.Error())
		case *runtime.EventConsoleAPICalled:
			b.errors = append(b.errors, string(e.Type))
		}
	})
	return b
}

func (b *tab) do(t *testing.T, actions ...chromedp.Action) {
	t.Helper()
	if err := chromedp.Run(b.Context, actions...); err != nil {
		t.Fatal(err)
	}
}

func (b *tab) text(t *testing.T, selector string) (s string) {
	t.Helper()
	b.do(t, chromedp.Evaluate(`document.querySelector(`+"`"+selector+"`"+`).innerText`, &s))
	return s
}

// clean asserts that nothing but the page was asked for and nothing was wrong.
func (b *tab) clean(t *testing.T, page string) {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, r := range b.requests {
		if r != page && !strings.HasPrefix(r, "data:") {
			t.Errorf("the page asked for %s", r)
		}
	}
	if len(b.errors) > 0 {
		t.Errorf("the browser complains: %q", b.errors)
	}
}

const (
	uaLinux   = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36"
	uaLoong   = "Mozilla/5.0 (X11; Linux loongarch64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/114.0.0.0 Safari/537.36"
	uaArm     = "Mozilla/5.0 (X11; Linux aarch64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36"
	uaWindows = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36"
	uaMac     = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Safari/605.1.15"
	uaPhone   = "Mozilla/5.0 (Linux; Android 13; Pixel 7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Mobile Safari/537.36"
)

func as(ua, platform string) chromedp.Action {
	return emulation.SetUserAgentOverride(ua).WithPlatform(platform)
}

// The page in a browser: from a server and from the disk, in both languages.
func TestPageInBrowser(t *testing.T) {
	t.Parallel()
	chrome(t)
	st := pageStore(t)
	srv := httptest.NewServer(http.FileServer(http.Dir(st.Dir())))
	defer srv.Close()
	disk := (&url.URL{Scheme: "file", Path: filepath.Join(st.Dir(), "lingzao", PageName)}).String()
	for _, tc := range []struct{ name, lang, page, title, other string }{
		{"served, English", "en-US", srv.URL + "/lingzao/", "Download lingzao 1.1.0", "下载 lingzao 1.1.0"},
		{"from disk, Chinese", "zh-CN", disk, "下载 lingzao 1.1.0", "Download lingzao 1.1.0"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			b := newTab(t, tc.lang)
			b.do(t, network.Enable(), log.Enable(), runtime.Enable(), as(uaLinux, "Linux x86_64"), emulation.SetLocaleOverride().WithLocale(tc.lang),
				chromedp.Navigate(tc.page), chromedp.WaitVisible("#button"))
			if got := b.text(t, "#button strong"); got != tc.title {
				t.Errorf("button %q, want %q", got, tc.title)
			}
			if got := b.text(t, "#name"); got != "lingzao_1.1.0_linux_amd64.tar.gz" {
				t.Errorf("offered %q", got)
			}
			b.do(t, chromedp.Click("#lang"))
			if got := b.text(t, "#button strong"); got != tc.other {
				t.Errorf("after the toggle %q, want %q", got, tc.other)
			}
			b.do(t, chromedp.Reload(), chromedp.WaitVisible("#button"))
			if got := b.text(t, "#button strong"); got != tc.other {
				t.Errorf("the choice was forgotten: %q", got)
			}
			b.do(t, chromedp.Click("#lang"))

			// The copy button, read back by pasting.
			var sum, pasted string
			b.do(t, chromedp.Text("#sum", &sum), chromedp.Click("#copysum"), chromedp.WaitReady("#copysum.done"),
				chromedp.Evaluate(`document.body.appendChild(document.createElement("textarea")).focus()`, nil),
				input.DispatchKeyEvent(input.KeyDown).WithCommands([]string{"paste"}),
				chromedp.Value("textarea", &pasted))
			if pasted != sum || len(sum) != 64 {
				t.Errorf("copied %q, shown %q", pasted, sum)
			}
			command := b.text(t, "#installcmd")
			want := "curl -fsSL " + srv.URL + "/lingzao/install.sh | sh -s -- --base " + srv.URL + "/lingzao"
			if tc.page == disk {
				want = "sh " + filepath.Join(st.Dir(), "lingzao", "install.sh")
			}
			if command != want {
				t.Errorf("install command %q, want %q", command, want)
			}
			// The command to verify does what it says.
			verify := b.text(t, "#verifycmd")
			cmd := exec.Command("sh", "-c", verify)
			cmd.Dir, cmd.Env = t.TempDir(), append(os.Environ(), "no_proxy=*")
			if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "lingzao_1.1.0_linux_amd64.tar.gz: OK") {
				t.Errorf("%s: %v\n%s", verify, err, out)
			}
			b.clean(t, tc.page)
			if dir := os.Getenv("YINGZAO_SCREENSHOTS"); dir != "" {
				shoot(t, b, filepath.Join(dir, tc.lang+".png"))
			}
		})
	}
	t.Run("systems", func(t *testing.T) {
		b := newTab(t, "en-US")
		b.do(t, network.Enable(), log.Enable(), runtime.Enable())
		for _, tc := range []struct{ ua, platform, offered string }{
			{uaLinux, "Linux x86_64", "lingzao_1.1.0_linux_amd64.tar.gz"},
			{uaArm, "Linux aarch64", "lingzao_1.1.0_linux_arm64.tar.gz"},
			{uaLoong, "Linux loongarch64", "lingzao_1.1.0_linux_loong64.tar.gz"},
			{uaWindows, "Win32", "lingzao_1.1.0_windows_amd64.zip"},
			{uaMac, "MacIntel", "lingzao_1.1.0_darwin_arm64.tar.gz"},
			{uaPhone, "Linux armv81", ""},
		} {
			var offered, shown bool
			b.do(t, as(tc.ua, tc.platform), chromedp.Navigate(srv.URL+"/lingzao/"), chromedp.WaitReady("#hero"),
				chromedp.Evaluate(`!document.getElementById("offer").hidden`, &offered), chromedp.Evaluate(`!document.getElementById("install").hidden`, &shown))
			got := ""
			if offered {
				got = b.text(t, "#name")
			}
			if got != tc.offered || shown != (tc.ua != uaWindows) {
				t.Errorf("%s: offered %q, want %q; install command shown: %v", tc.platform, got, tc.offered, shown)
			}
		}
		b.clean(t, srv.URL+"/lingzao/")
	})
	// The digests in the policy must bite: a changed script does not run.
	t.Run("policy", func(t *testing.T) {
		page := strings.Replace(get(t, st, "lingzao/index.html"), "</body>", `<script>document.title="pwned"</script><img src="`+srv.URL+`/x.png" alt=""></body>`, 1)
		put(t, st, "lingzao/evil.html", page)
		b := newTab(t, "en-US")
		var title string
		b.do(t, network.Enable(), chromedp.Navigate(srv.URL+"/lingzao/evil.html"), chromedp.WaitVisible("#lang"), chromedp.Title(&title))
		if title == "pwned" {
			t.Error("a script that is not ours ran")
		}
	})
}

// shoot takes pictures for a person to look at: light, dark, narrow.
func shoot(t *testing.T, b *tab, name string) {
	t.Helper()
	b.do(t, chromedp.Evaluate(`document.querySelector("textarea").remove()`, nil), chromedp.Sleep(2*time.Second))
	for suffix, setUp := range map[string][]chromedp.Action{
		"":        nil,
		"-dark":   {emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}})},
		"-narrow": {emulation.SetDeviceMetricsOverride(390, 844, 1, true)},
	} {
		var png []byte
		b.do(t, append(setUp, chromedp.Sleep(300*time.Millisecond), chromedp.FullScreenshot(&png, 100))...)
		if err := os.WriteFile(strings.TrimSuffix(name, ".png")+suffix+".png", png, 0o600); err != nil {
			t.Fatal(err)
		}
		b.do(t, emulation.SetEmulatedMedia(), emulation.ClearDeviceMetricsOverride())
	}
}
