(function () {
  "use strict";
  var root = document.documentElement;
  function by(id) { return document.getElementById(id); }
  function each(selector, f) { Array.prototype.forEach.call(document.querySelectorAll(selector), f); }
  root.className = "js"; // what only a script can do is shown only with one

  // The switch works without us; we only set it, and remember.
  var zh = by("zh");
  function speak() {
    root.lang = zh.checked ? "zh-CN" : "en";
    if (row) by("system").textContent = row.querySelector(zh.checked ? ".sys .zh" : ".sys .en").textContent;
  }
  function remembered() {
    try { return localStorage.getItem("yingzao-lang"); } catch (e) { return null; } // forbidden on some file:// pages
  }
  zh.addEventListener("change", function () {
    try { localStorage.setItem("yingzao-lang", zh.checked ? "zh" : "en"); } catch (e) { /* it lasts for this visit */ }
    speak();
  });

  // What the browser says about the computer; "" where it does not.
  function guess(hint) {
    var ua = navigator.userAgent + " " + (navigator.platform || "");
    var os = /Android|iPhone|iPad/.test(ua) ? "" : /Windows/.test(ua) ? "windows" : /Mac/.test(ua) ? "darwin" :
      /FreeBSD/.test(ua) ? "freebsd" : /OpenBSD/.test(ua) ? "openbsd" : /NetBSD/.test(ua) ? "netbsd" : /Linux|X11/.test(ua) ? "linux" : "";
    var arch = /aarch64|arm64/i.test(ua) ? "arm64" : /loongarch64|loong64/i.test(ua) ? "loong64" : /riscv64/i.test(ua) ? "riscv64" :
      /mips64/i.test(ua) ? "mips64le" : /armv[5-8]/i.test(ua) ? "arm" : /x86_64|x64|win64|wow64|amd64/i.test(ua) ? "amd64" : /i[3-6]86|win32/i.test(ua) ? "386" : "";
    if (os === "darwin") arch = "arm64"; // every Mac calls itself Intel; the newer ones are not
    if (hint && hint.architecture === "arm") arch = hint.bitness === "32" ? "arm" : "arm64";
    if (hint && hint.architecture === "x86") arch = hint.bitness === "32" ? "386" : "amd64";
    return { os: os, arch: arch };
  }
  var names = { linux: "Linux", windows: "Windows", darwin: "macOS", freebsd: "FreeBSD", openbsd: "OpenBSD", netbsd: "NetBSD" };

  var row = null;
  function offer(system) {
    var rows = [], some = false;
    each("tr[data-os]", function (r) {
      var here = !!system.os && r.dataset.os === system.os;
      var mine = here && r.dataset.arch === system.arch;
      some = some || here;
      r.classList.toggle("mine", mine);
      if (mine) rows.push(r);
    });
    rows.sort(function (a, b) { return a.dataset.rank - b.dataset.rank; });
    row = rows[0] || null;
    // No browser tells which LoongArch world it is in; the old one has its own line.
    var old = rows.filter(function (r) { return row.dataset.arch === "loong64" && row.dataset.world === "new" && r.dataset.world === "old"; });
    root.dataset.os = system.os;
    by("offer").hidden = !row;
    by("choose").hidden = !!row;
    by("none").hidden = some || !system.os;
    by("unknown").hidden = !by("none").hidden;
    by("nosystem").textContent = names[system.os] || "";
    if (row) {
      by("button").href = row.querySelector("a").href;
      by("name").textContent = row.dataset.name;
      by("size").textContent = row.dataset.size;
      by("sum").textContent = by("copysum").dataset.copy = row.dataset.sum;
      list("also", rows.filter(function (r) { return r !== row && old.indexOf(r) < 0; }));
      list("oldworld", old);
      each("#mirrors a", function (a) { a.href = a.dataset.folder + "/" + row.querySelector("a").getAttribute("href"); });
    }
    var worlds = by("worlds");
    if (worlds && system.arch === "loong64") by("hero").insertBefore(worlds, by("hero").querySelector(".meta"));
    speak();
    commands(system);
    root.dataset.ready = "1";
  }
  function list(id, rows) {
    by(id).hidden = rows.length === 0;
    each("#" + id + " a", function (a) { a.remove(); });
    rows.forEach(function (r) {
      var a = document.createElement("a");
      a.href = r.querySelector("a").href;
      a.download = "";
      a.textContent = r.dataset.name;
      by(id).appendChild(a);
    });
  }

  function quote(s) {
    return /^[\w.\/:@%+=,~-]+$/.test(s) ? s : "'" + s.replace(/'/g, "'\\''") + "'";
  }
  function commands(system) {
    var local = location.protocol === "file:", windows = system.os === "windows";
    var folder = new URL(".", location.href).href.replace(/\/$/, "");
    var base = by("main").dataset.base;
    by("tools").hidden = windows || local;
    by("commands").hidden = !by("none").hidden;
    var install = by("install");
    if (install) {
      install.hidden = windows; // it is a shell script
      var script = local ? "sh " + quote(decodeURIComponent(new URL("install.sh", location.href).pathname)) :
        quote(folder + "/install.sh") + (folder === base ? " | sh" : " | sh -s -- --base " + quote(folder));
      by("install-curl").textContent = local ? script : "curl -fsSL " + script;
      by("install-wget").textContent = local ? script : "wget -qO- " + script;
    }
    var chosen = row || document.querySelector("tr[data-name]");
    if (!chosen) return;
    var name = chosen.dataset.name, at = chosen.querySelector("a"), sum = chosen.dataset.sum;
    by("certutil").hidden = !windows;
    if (windows) {
      by("verify-curl").textContent = 'curl.exe -fLo "' + name + '" "' + at.href + '"\ncertutil -hashfile "' + name + '" SHA256 | findstr /i ' + sum;
      by("curl").checked = true;
      return;
    }
    var check = "echo " + quote(sum + "  " + name) + " | " + (system.os === "darwin" ? "shasum -a 256 -c -" : "sha256sum -c -");
    if (local) {
      by("verify-curl").textContent = by("verify-wget").textContent =
        "cd " + quote(decodeURIComponent(new URL(".", at.href).pathname)) + " && " + check;
      return;
    }
    var places = [folder, base].concat(by("main").dataset.mirrors.split(" ")).filter(function (p, i, all) { return p && all.indexOf(p) === i; });
    [["curl", "curl -fLo "], ["wget", "wget -O "]].forEach(function (tool) {
      var get = tool[1] + quote(name) + " ", path = "/" + at.getAttribute("href").replace(/^\.\//, "");
      by("verify-" + tool[0]).textContent = places.length === 1 ? get + quote(at.href) + "\n" + check :
        "for from in " + places.map(quote).join(" ") + "; do\n  " + get + '"$from"' + quote(path) + " &&\n  " + check + " && break\ndone";
    });
  }

  var fading;
  function copied(button, ok) {
    each(".copy.done", function (b) { b.classList.remove("done"); });
    button.classList.toggle("done", ok);
    by("toast").textContent = ok ? (zh.checked ? "已复制" : "Copied") : (zh.checked ? "无法复制，请手动选择" : "Could not copy; please select it by hand");
    by("toast").classList.add("on");
    clearTimeout(fading);
    fading = setTimeout(function () { button.classList.remove("done"); by("toast").classList.remove("on"); }, 2500);
  }
  // navigator.clipboard does not exist on plain http.
  function copyOldWay(text) {
    var area = document.createElement("textarea");
    area.value = text;
    area.setAttribute("readonly", "");
    document.body.appendChild(area);
    area.select();
    var ok = false;
    try { ok = document.execCommand("copy"); } catch (e) { /* reported below */ }
    area.remove();
    return ok;
  }
  document.addEventListener("click", function (event) {
    var button = event.target.closest("button.copy");
    if (!button) return;
    var text = button.dataset.from ? by(button.dataset.from).textContent : button.dataset.copy;
    if (!navigator.clipboard) return copied(button, copyOldWay(text));
    navigator.clipboard.writeText(text).then(function () { copied(button, true); }, function () { copied(button, copyOldWay(text)); });
  });

  var wanted = remembered();
  zh.checked = wanted ? wanted === "zh" : /^zh/i.test(navigator.language || "");
  speak();
  if (!by("offer")) return;
  offer(guess(null));
  var ua = navigator.userAgentData;
  if (ua && ua.getHighEntropyValues) {
    ua.getHighEntropyValues(["architecture", "bitness"]).then(function (hint) { offer(guess(hint)); }, function () {});
  }
})();
