package publish

// contrastScript finds text that is shown with less contrast than WCAG asks of
// normal text, 4.5 to 1.
const contrastScript = `(function () {
  function parse(c) {
    var m = c.match(/[\d.]+/g).map(Number);
    if (/^color\(srgb/.test(c)) m = [m[0] * 255, m[1] * 255, m[2] * 255, m[3]];
    return [m[0], m[1], m[2], m[3] === undefined ? 1 : m[3]];
  }
  function light(c) {
    var a = c.slice(0, 3).map(function (v) { v /= 255; return v <= .03928 ? v / 12.92 : Math.pow((v + .055) / 1.055, 2.4); });
    return .2126 * a[0] + .7152 * a[1] + .0722 * a[2];
  }
  function over(front, back) { return [0, 1, 2].map(function (i) { return front[i] * front[3] + back[i] * (1 - front[3]); }).concat(1); }
  function behind(e) {
    var stack = [], back = [255, 255, 255, 1];
    for (; e; e = e.parentElement) {
      var c = parse(getComputedStyle(e).backgroundColor);
      if (c[3] > 0) stack.push(c);
      if (c[3] >= 1) break;
    }
    while (stack.length) back = over(stack.pop(), back);
    return back;
  }
  var low = [], seen = 0;
  document.querySelectorAll("body *").forEach(function (e) {
    var text = Array.prototype.some.call(e.childNodes, function (n) { return n.nodeType === 3 && n.textContent.trim(); });
    if (!text || !e.getClientRects().length) return;
    var opacity = 1;
    for (var x = e; x; x = x.parentElement) opacity *= +getComputedStyle(x).opacity;
    if (opacity === 0) return;
    var back = behind(e), front = parse(getComputedStyle(e).color);
    front[3] *= opacity;
    var a = light(over(front, back)), b = light(back), ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    seen++;
    if (ratio < 4.5) low.push(ratio.toFixed(2) + " " + e.tagName + " " + e.textContent.trim().slice(0, 20));
  });
  if (seen < 50) low.push("only " + seen + " texts were looked at");
  return low;
})()`
