(function () {
  "use strict";
  var root = document.documentElement;
  function by(id) { return document.getElementById(id); }

  function speak(lang) {
    root.dataset.lang = lang;
    root.lang = lang === "zh" ? "zh-CN" : "en";
    showSystem();
  }
  function remembered() {
    try { return localStorage.getItem("yingzao-lang"); } catch (e) { return null; } // forbidden on some file:// pages
  }
  by("lang").addEventListener("click", function () {
    var lang = root.dataset.lang === "zh" ? "en" : "zh";
    try { localStorage.setItem("yingzao-lang", lang); } catch (e) { /* it lasts for this visit */ }
    speak(lang);
  });

  var row = null;
  function showSystem() {
    if (row) by("system").textContent = row.querySelector(".sys ." + root.dataset.lang).textContent;
  }

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

  function offer(system) {
    var rows = Array.prototype.filter.call(document.querySelectorAll("tr[data-os]"), function (r) {
      return system.os && r.dataset.os === system.os && r.dataset.arch === system.arch;
    });
    rows.sort(function (a, b) { return a.dataset.rank - b.dataset.rank; });
    document.querySelectorAll("tr.mine").forEach(function (r) { r.classList.remove("mine"); });
    row = rows[0] || null;
    root.dataset.os = system.os;
    by("known").hidden = by("offer").hidden = !row;
    by("unknown").hidden = !!row;
    if (row) {
      rows.forEach(function (r) { r.classList.add("mine"); });
      by("button").href = row.querySelector("a").href;
      by("name").textContent = row.dataset.name;
      by("size").textContent = row.dataset.size;
      by("sum").textContent = by("copysum").dataset.copy = row.dataset.sum;
      by("others").textContent = "";
      rows.slice(1).forEach(function (r) {
        var a = document.createElement("a");
        a.href = r.querySelector("a").href;
        a.download = "";
        a.textContent = r.dataset.name;
        by("others").appendChild(a);
      });
      by("also").hidden = rows.length < 2;
      showSystem();
    }
    commands(system);
  }

  function quote(s) {
    return /^[\w.\/:@%+=,~-]+$/.test(s) ? s : "'" + s.replace(/'/g, "'\\''") + "'";
  }
  function commands(system) {
    var local = location.protocol === "file:";
    var folder = new URL(".", location.href).href.replace(/\/$/, "");
    var install = by("install");
    if (install) {
      install.hidden = system.os === "windows";
      by("installcmd").textContent = local ? "sh " + quote(decodeURIComponent(new URL("install.sh", location.href).pathname)) :
        "curl -fsSL " + quote(folder + "/install.sh") + " | sh -s -- --base " + quote(folder);
    }
    var chosen = row || document.querySelector("tr[data-name]");
    if (!chosen) return;
    var name = chosen.dataset.name, href = chosen.querySelector("a").href;
    var save = encodeURIComponent(name) === name ? "-fLO " : "-fLo " + quote(name) + " ";
    var folderOfFile = decodeURIComponent(new URL(".", href).pathname);
    by("verifycmd").textContent =
      system.os === "windows" ? 'curl.exe -fLo "' + name + '" "' + href + '"\ncertutil -hashfile "' + name + '" SHA256' :
      local ? "cd " + quote(folderOfFile) + " && sha256sum -c SHA256SUMS" :
      "curl " + save + quote(href) + "\necho " + quote(chosen.dataset.sum + "  " + name) + " | " +
        (system.os === "darwin" ? "shasum -a 256 -c -" : "sha256sum -c -");
  }

  function copied(button, ok) {
    var zh = root.dataset.lang === "zh";
    button.classList.toggle("done", ok);
    by("toast").textContent = ok ? (zh ? "已复制" : "Copied") : (zh ? "无法复制，请手动选择" : "Could not copy; please select it by hand");
    by("toast").classList.add("on");
    setTimeout(function () { button.classList.remove("done"); by("toast").classList.remove("on"); }, 1500);
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

  speak(remembered() || (/^zh/i.test(navigator.language || "") ? "zh" : "en"));
  if (!by("hero") || !by("offer")) return;
  offer(guess(null));
  var ua = navigator.userAgentData;
  if (ua && ua.getHighEntropyValues) {
    ua.getHighEntropyValues(["architecture", "bitness"]).then(function (hint) { offer(guess(hint)); }, function () {});
  }
})();
