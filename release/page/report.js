(function () {
  "use strict";
  var root = document.documentElement;
  root.classList.add("live");
  function by(id) { return document.getElementById(id); }
  function all(selector, from) { return Array.prototype.slice.call((from || document).querySelectorAll(selector)); }

  function speak(lang) {
    root.dataset.lang = lang;
    root.lang = lang === "zh" ? "zh-CN" : "en";
    var when = by("when");
    if (!when.title) when.title = when.textContent; // as written, in UTC
    when.textContent = new Date(when.dateTime).toLocaleString(lang === "zh" ? "zh-CN" : "en-GB", {
      year: "numeric", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit", timeZoneName: "short"
    });
  }
  function remembered() {
    try { return localStorage.getItem("yingzao-lang"); } catch (e) { return null; } // forbidden on some file:// pages
  }
  by("lang").addEventListener("click", function () {
    var lang = root.dataset.lang === "zh" ? "en" : "zh";
    try { localStorage.setItem("yingzao-lang", lang); } catch (e) { /* it lasts for this visit */ }
    speak(lang);
  });
  speak(remembered() || (/^zh/i.test(navigator.language || "") ? "zh" : "en"));

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
    try { ok = document.execCommand("copy"); } catch (e) { /* reported by the caller */ }
    area.remove();
    return ok;
  }
  document.addEventListener("click", function (event) {
    var button = event.target.closest("button.copy");
    if (!button) return;
    var text = button.dataset.copy;
    if (!navigator.clipboard) return copied(button, copyOldWay(text));
    navigator.clipboard.writeText(text).then(function () { copied(button, true); }, function () { copied(button, copyOldWay(text)); });
  });

  var gantt = by("gantt");
  if (!gantt) return;

  // One stop of the Tab key for all bars; the arrows move within.
  var rows = all(".row", gantt).map(function (r) { return all(".bit", r); }).filter(function (r) { return r.length; });
  var stop = rows[0][0];
  rows.forEach(function (r) { r.forEach(function (b) { b.tabIndex = b === stop ? 0 : -1; }); });
  gantt.addEventListener("focusin", function (event) {
    if (!event.target.classList.contains("bit")) return;
    stop.tabIndex = -1;
    stop = event.target;
    stop.tabIndex = 0;
  });
  function middle(b) { return b.offsetLeft + b.offsetWidth / 2; }
  gantt.addEventListener("keydown", function (event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    var y = rows.findIndex(function (r) { return r.indexOf(event.target) >= 0; });
    if (y < 0) return;
    var row = rows[y], x = row.indexOf(event.target), to = null;
    switch (event.key) {
    case "ArrowLeft": to = row[x - 1]; break;
    case "ArrowRight": to = row[x + 1]; break;
    case "Home": to = row[0]; break;
    case "End": to = row[row.length - 1]; break;
    case "Escape": event.target.blur(); return;
    case "ArrowUp":
    case "ArrowDown":
      var next = rows[y + (event.key === "ArrowUp" ? -1 : 1)];
      if (next) to = next.reduce(function (a, b) { return Math.abs(middle(b) - middle(event.target)) < Math.abs(middle(a) - middle(event.target)) ? b : a; });
      break;
    default: return;
    }
    event.preventDefault();
    if (to) to.focus();
  });

  var keys = all(".key", by("legend"));
  keys.forEach(function (key) {
    key.addEventListener("click", function () {
      var on = key.getAttribute("aria-pressed") !== "true";
      keys.forEach(function (k) { k.setAttribute("aria-pressed", String(on && k === key)); });
      gantt.classList.toggle("alone", on);
      all(".bit", gantt).forEach(function (b) { b.classList.toggle("chosen", b.dataset.phase === key.dataset.phase); });
    });
  });
})();
