package publish

import (
	"cmp"
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
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

// browser is one for all pages of a test; each page gets a tab of its own.
func browser(t *testing.T) context.Context {
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
		chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck, chromedp.WindowSize(1280, 1000), chromedp.WSURLReadTimeout(2 * time.Minute),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
		chromedp.Flag("disable-dev-shm-usage", true), chromedp.Flag("no-proxy-server", true), chromedp.Flag("host-resolver-rules", "MAP dl.example.test 127.0.0.1"),
	}
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), opts...)
	t.Cleanup(cancel)
	ctx, cancelBrowser := chromedp.NewContext(ctx)
	t.Cleanup(func() {
		_ = chromedp.Cancel(ctx) // waits until the browser is gone
		chromedp.FromContext(ctx).Allocator.Wait()
		cancelBrowser()
	})
	if err := chromedp.Run(ctx); err != nil {
		t.Fatal(err)
	}
	return ctx
}

// visitor is who looks at a page. The zero value is somebody at a Linux PC.
type visitor struct {
	ua, platform string
	lang         string // "" = en-US
	dark, noJS   bool
	width        int64 // 0 = 1280
}

func newTab(t *testing.T, browser context.Context, v visitor) *tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(browser)
	t.Cleanup(cancel)
	timed, cancelTime := context.WithTimeout(ctx, 5*time.Minute) // for a busy machine; nothing waits for it to pass
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
	lang, scheme := cmp.Or(v.lang, "en-US"), "light"
	if v.dark {
		scheme = "dark"
	}
	b.do(t, network.Enable(), log.Enable(), runtime.Enable(), emulation.SetFocusEmulationEnabled(true), // the clipboard is for who has the focus
		emulation.SetUserAgentOverride(cmp.Or(v.ua, uaLinux)).WithPlatform(cmp.Or(v.platform, "Linux x86_64")).WithAcceptLanguage(lang),
		emulation.SetLocaleOverride().WithLocale(lang), emulation.SetScriptExecutionDisabled(v.noJS),
		emulation.SetDeviceMetricsOverride(cmp.Or(v.width, 1280), 1000, 1, false),
		emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}))
	return b
}

func (b *tab) do(t *testing.T, actions ...chromedp.Action) {
	t.Helper()
	if err := chromedp.Run(b.Context, actions...); err != nil {
		t.Fatal(err)
	}
}

// visit opens a page and waits until its script has offered a file.
func (b *tab) visit(t *testing.T, page string) {
	t.Helper()
	b.do(t, chromedp.Navigate(page))
	b.until(t, `document.documentElement.dataset.ready === "1"`)
}

// until waits for something to become true on the page.
func (b *tab) until(t *testing.T, condition string) {
	t.Helper()
	for {
		var is bool
		b.do(t, chromedp.Evaluate(condition, &is))
		if is {
			return
		}
		select {
		case <-b.Done():
			t.Fatalf("it never happened: %s", condition)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func (b *tab) click(t *testing.T, selector string) {
	t.Helper()
	b.do(t, chromedp.Click(selector, chromedp.ByQuery))
}

func (b *tab) eval(t *testing.T, expression string) (s string) {
	t.Helper()
	b.do(t, chromedp.Evaluate("String("+expression+")", &s))
	return s
}

// text is what can be seen of an element.
func (b *tab) text(t *testing.T, selector string) string {
	t.Helper()
	return b.eval(t, "document.querySelector("+strconv.Quote(selector)+").innerText")
}

// shown counts what can be seen.
func (b *tab) shown(t *testing.T, selector string) string {
	t.Helper()
	return b.eval(t, "Array.prototype.filter.call(document.querySelectorAll("+strconv.Quote(selector)+"), function (e) { return e.getClientRects().length > 0 }).length")
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

// The page in a browser: from a server, from a server without TLS under a name
// of its own, where browsers give no clipboard, and from the disk.
func TestPageInBrowser(t *testing.T) {
	t.Parallel()
	all := browser(t)
	st := pageStore(t)
	srv := httptest.NewServer(http.FileServer(http.Dir(st.Dir())))
	defer srv.Close()
	named := strings.Replace(srv.URL, "127.0.0.1", "dl.example.test", 1)
	disk := (&url.URL{Scheme: "file", Path: filepath.Join(st.Dir(), "lingzao", PageName)}).String()
	const english, chinese = "Download lingzao 1.1.0", "下载 lingzao 1.1.0"
	for _, tc := range []struct {
		name, page, title, other, toast string
		v                               visitor
	}{
		{"served", srv.URL + "/lingzao/", english, chinese, "Copied", visitor{}},
		{"without TLS", named + "/lingzao/", english, chinese, "Copied", visitor{dark: true}},
		{"from disk", disk, chinese, english, "已复制", visitor{lang: "zh-CN", dark: true, width: 390}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			b := newTab(t, all, tc.v)
			b.visit(t, tc.page)
			if got := b.text(t, "#button strong"); got != tc.title {
				t.Errorf("button %q, want %q", got, tc.title)
			}
			if got := b.text(t, "#name"); got != "lingzao_1.1.0_linux_amd64.tar.gz" {
				t.Errorf("offered %q", got)
			}
			b.switches(t, tc.page, tc.title, tc.other)
			b.copies(t, tc.toast)
			b.commands(t, tc.page, st.Dir())
			b.looks(t, tc.v)
			b.clean(t, tc.page)
			b.shoot(t, tc.name)
		})
	}
	t.Run("without a script", func(t *testing.T) { pageWithoutScript(t, newTab(t, all, visitor{noJS: true}), srv.URL+"/lingzao/") })
	t.Run("systems", func(t *testing.T) { pageOnSystems(t, all, srv.URL+"/lingzao/") })
	t.Run("mirrors", func(t *testing.T) { pageWithMirrors(t, all) })
	// The digests in the policy must bite: a changed script does not run.
	t.Run("policy", func(t *testing.T) {
		page := strings.Replace(get(t, st, "lingzao/index.html"), "</body>", `<script>document.title="pwned"</script><img src="`+srv.URL+`/x.png" alt=""></body>`, 1)
		put(t, st, "lingzao/evil.html", page)
		b := newTab(t, all, visitor{})
		b.visit(t, srv.URL+"/lingzao/evil.html")
		if title := b.eval(t, "document.title"); title == "pwned" {
			t.Error("a script that is not ours ran")
		}
		for complaints := 0; complaints == 0; { // the news of it may come later than the page
			if b.Err() != nil {
				t.Fatal("the browser did not complain of the script")
			}
			time.Sleep(10 * time.Millisecond)
			b.mu.Lock()
			complaints = len(b.errors)
			b.mu.Unlock()
		}
	})
}

// switches exercises the language switch, and that it is remembered.
func (b *tab) switches(t *testing.T, page, title, other string) {
	t.Helper()
	seen := func() string { return b.text(t, "#button strong") }
	b.click(t, "#lang")
	if got := seen(); got != other {
		t.Errorf("after the switch %q, want %q", got, other)
	}
	if en, zh := b.shown(t, ".en"), b.shown(t, ".zh"); (en == "0") == (zh == "0") {
		t.Errorf("%s texts are shown in English, %s in Chinese", en, zh)
	}
	// The browser writes it down when it finds the time: visit until it has.
	for b.visit(t, page); seen() != other; b.visit(t, page) {
		if b.Err() != nil {
			t.Fatal("the choice was forgotten")
		}
	}
	b.click(t, "#lang")
	if got := seen(); got != title {
		t.Errorf("back again %q, want %q", got, title)
	}
}

// copies exercises copy buttons; what they copied is read back by pasting.
func (b *tab) copies(t *testing.T, toast string) {
	t.Helper()
	for button, shown := range map[string]string{
		"#copysum":                         "#sum",
		"#install .copy":                   "#install-curl",
		"tr[data-arch=arm64] .hash button": "tr[data-arch=arm64] .hash code",
	} {
		var want, pasted string
		b.do(t, chromedp.Evaluate(`(function () {
			window.pressed = document.querySelector(`+strconv.Quote(button)+`);
			window.toasts = [];
			if (!window.watching) {
				watching = new MutationObserver(function () { toasts.push(document.getElementById("toast").textContent + (pressed.classList.contains("done") ? " ✓" : "")); });
				watching.observe(document.getElementById("toast"), { childList: true });
			}
			return document.querySelector(`+strconv.Quote(shown)+`).textContent;
		})()`, &want))
		b.click(t, button)
		b.until(t, `toasts.length > 0`)
		if got := b.eval(t, "toasts[0]"); got != toast+" ✓" {
			t.Errorf("%s says %q, want %q and a mark on the button", button, got, toast)
		}
		b.do(t, chromedp.Evaluate(`document.body.appendChild(document.createElement("textarea")).focus()`, nil),
			input.DispatchKeyEvent(input.KeyDown).WithCommands([]string{"paste"}),
			chromedp.Evaluate(`(function () { var a = document.querySelector("textarea"), v = a.value; a.remove(); return v; })()`, &pasted))
		if pasted != want || len(want) < 20 {
			t.Errorf("%s copied %q, shown is %q", button, pasted, want)
		}
	}
}

// commands runs what the page tells people to type.
func (b *tab) commands(t *testing.T, page, dir string) {
	t.Helper()
	folder := page[:strings.LastIndex(page, "/")]
	want := "curl -fsSL " + folder + "/install.sh | sh -s -- --base " + folder
	if strings.HasPrefix(page, "file:") {
		want = "sh " + filepath.Join(dir, "lingzao", "install.sh")
	}
	if got := b.text(t, "#install-curl"); got != want {
		t.Errorf("install command %q, want %q", got, want)
	}
	if strings.Contains(page, ".test:") {
		return // a name that only the browser knows
	}
	for _, tool := range []string{"curl", "wget"} {
		if b.shown(t, "label[for="+tool+"]") == "1" {
			b.click(t, "label[for="+tool+"]")
			if n := b.shown(t, ".line"); n != "2" {
				t.Errorf("%s command lines are shown for %s", n, tool)
			}
		}
		if _, err := exec.LookPath(tool); err == nil {
			verified(t, b.eval(t, `document.getElementById("verify-`+tool+`").textContent`))
		}
	}
}

// verified asserts that a command line finds the file as it must be.
func verified(t *testing.T, line string) {
	t.Helper()
	cmd := exec.Command("sh", "-c", line)
	cmd.Dir, cmd.Env = t.TempDir(), append(os.Environ(), "no_proxy=*")
	if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "lingzao_1.1.0_linux_amd64.tar.gz: OK") {
		t.Errorf("%s: %v\n%s", line, err, out)
	}
}

// looks checks what eyes would: contrast, what sticks out, the scheme.
func (b *tab) looks(t *testing.T, v visitor) {
	t.Helper()
	b.do(t, chromedp.Evaluate(`document.querySelectorAll("details").forEach(function (d) { d.open = true; })`, nil))
	var low []string
	b.do(t, chromedp.Evaluate(contrastScript, &low))
	if len(low) > 0 {
		t.Errorf("hard to read: %q", low)
	}
	if got := b.eval(t, "document.documentElement.scrollWidth - innerWidth"); got != "0" {
		t.Errorf("the page is %s pixels too wide", got)
	}
	if got := b.eval(t, `getComputedStyle(document.body).backgroundColor === "rgb(24, 22, 19)"`); got != strconv.FormatBool(v.dark) {
		t.Errorf("dark: %s, want %v", got, v.dark)
	}
	for selector, want := range map[string]string{
		"details":                     "4",
		"details.yanked .gone":        "1",
		"details.yanked .note":        "1",
		"details a[href*='1.1.0-rc']": "5", // three files, SHA256SUMS, manifest.json
	} {
		if got := b.shown(t, selector); got != want {
			t.Errorf("%s × %s are shown, want %s", got, selector, want)
		}
	}
	if got := b.text(t, "details.yanked"); !strings.Contains(got, "loses <data> on restart") || !strings.Contains(got, "must not be installed") && !strings.Contains(got, "请勿再安装") {
		t.Errorf("yanked version: %q", got)
	}
}

// Without a script: every file, both languages, both tools, whole digests.
func pageWithoutScript(t *testing.T, b *tab, page string) {
	b.do(t, chromedp.Navigate(page))
	for selector, want := range map[string]string{".copy": "0", ".pick": "7", "#offer": "0", ".line": "2", "#files tbody tr": "13", "details": "4", ".noscript": "1"} {
		if got := b.shown(t, selector); got != want {
			t.Errorf("%s × %s are shown, want %s", got, selector, want)
		}
	}
	if got := b.text(t, ".hash code"); len(strings.Join(strings.Fields(got), "")) != 64 {
		t.Errorf("digest %q", got)
	}
	if got := b.text(t, "#choose .for"); got != "Choose the file for your computer" {
		t.Error(got)
	}
	b.click(t, "#lang")
	if got := b.text(t, "#choose .for"); got != "请选择适合您电脑的文件" {
		t.Error(got)
	}
	b.click(t, "label[for=wget]")
	if got := b.shown(t, "#verify-wget") + b.shown(t, "#verify-curl"); got != "10" {
		t.Errorf("wget and curl shown: %s", got)
	}
	b.shoot(t, "without a script")
}

// Each visitor is offered the right file, or told that there is none.
func pageOnSystems(t *testing.T, browser context.Context, page string) {
	for _, tc := range []struct{ name, ua, platform, offered, shown string }{
		{"x86-64", uaLinux, "Linux x86_64", "lingzao_1.1.0_linux_amd64.tar.gz", "#install"},
		{"arm64", uaArm, "Linux aarch64", "lingzao_1.1.0_linux_arm64.tar.gz", "#install"},
		{"loong64", uaLoong, "Linux loongarch64", "lingzao_1.1.0_linux_loong64.tar.gz", "#install #hero>#worlds #oldworld>a"},
		{"windows", uaWindows, "Win32", "lingzao_1.1.0_windows_amd64.zip", "#certutil"},
		{"macos", uaMac, "MacIntel", "lingzao_1.1.0_darwin_arm64.tar.gz", "#install"},
		{"freebsd", strings.Replace(uaLinux, "Linux", "FreeBSD", 1), "FreeBSD amd64", "", "#none"},
		{"phone", uaPhone, "Linux armv81", "", "#unknown #install"},
	} {
		b := newTab(t, browser, visitor{ua: tc.ua, platform: tc.platform})
		b.visit(t, page)
		got := ""
		if b.shown(t, "#offer") == "1" {
			got = b.text(t, "#name")
		}
		if got != tc.offered {
			t.Errorf("%s: offered %q, want %q", tc.name, got, tc.offered)
		}
		for _, selector := range []string{"#install", "#certutil", "#hero>#worlds", "#oldworld>a", "#none", "#unknown"} {
			if want := slices.Contains(strings.Fields(tc.shown), selector); (b.shown(t, selector) != "0") != want {
				t.Errorf("%s: %s shown: %v, want %v", tc.name, selector, !want, want)
			}
		}
		if also := b.eval(t, `document.getElementById("also").textContent`); strings.Contains(also, "abi1.0") {
			t.Errorf("%s: %s", tc.name, also)
		}
		b.clean(t, page)
		b.shoot(t, tc.name)
	}
}

// The commands of a page try its mirrors in their order, and take only what has
// the digest.
func pageWithMirrors(t *testing.T, browser context.Context) {
	st := newStore(t)
	var dead, bad atomic.Int32
	servers := [3]*httptest.Server{}
	for i, count := range []*atomic.Int32{&dead, &bad, nil} {
		servers[i] = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			switch {
			case strings.HasSuffix(r.URL.Path, "/") || count == nil:
				http.FileServer(http.Dir(st.Dir())).ServeHTTP(w, r)
			case count == &dead:
				count.Add(1)
				http.NotFound(w, r)
			default:
				count.Add(1)
				_, _ = w.Write([]byte("damaged"))
			}
		}))
		defer servers[i].Close()
	}
	o := quick
	o.BaseURL, o.Mirrors = servers[0].URL, []string{servers[1].URL, servers[2].URL + "/"}
	r := pageRelease("lingzao", "1.1.0", "linux/amd64")
	if _, err := Publish(t.Context(), st, r.Manifest, r.open, o); err != nil {
		t.Fatal(err)
	}
	page := servers[0].URL + "/lingzao/"
	b := newTab(t, browser, visitor{})
	b.visit(t, page)
	if got, want := b.text(t, "#install-curl"), "curl -fsSL "+servers[0].URL+"/lingzao/install.sh | sh"; got != want {
		t.Errorf("install command %q, want %q", got, want)
	}
	if got := b.eval(t, `Array.prototype.map.call(document.querySelectorAll("#mirrors a"), function (a) { return new URL(a.href).href })`); got !=
		servers[1].URL+"/lingzao/1.1.0/lingzao_1.1.0_linux_amd64.tar.gz,"+servers[2].URL+"/lingzao/1.1.0/lingzao_1.1.0_linux_amd64.tar.gz" {
		t.Errorf("mirrors %s", got)
	}
	for n, tool := range []string{"curl", "wget"} {
		if _, err := exec.LookPath(tool); err != nil {
			continue
		}
		verified(t, b.eval(t, `document.getElementById("verify-`+tool+`").textContent`))
		if int(dead.Load()) <= n || int(bad.Load()) <= n {
			t.Errorf("%s did not ask the first two places: %d, %d", tool, dead.Load(), bad.Load())
		}
	}
	b.shoot(t, "mirrors")
	b = newTab(t, browser, visitor{noJS: true})
	b.do(t, chromedp.Navigate(page))
	verified(t, b.eval(t, `document.getElementById("verify-curl").textContent`))
}

// shoot takes a picture for a person to look at.
func (b *tab) shoot(t *testing.T, name string) {
	t.Helper()
	dir := os.Getenv("YINGZAO_SCREENSHOTS")
	if dir == "" {
		return
	}
	var png []byte
	b.do(t, chromedp.FullScreenshot(&png, 100))
	if err := os.WriteFile(filepath.Join(dir, strings.ReplaceAll(name, " ", "-")+".png"), png, 0o600); err != nil {
		t.Fatal(err)
	}
}
