/* The page around verify.js and score.js: a chosen file, the city's key, and the verdict in words. The file is not sent anywhere. */
"use strict";
(function () {
  const box = document.getElementById("recompute");
  if (!box) return;
  const file = document.getElementById("file"), key = document.getElementById("key"), verdict = document.getElementById("verdict");
  const shown = document.getElementById("figures");
  const stars = (micro) => (micro / 1000000).toFixed(2);
  let bytes = null;

  function say(code, document) {
    verdict.textContent = box.getAttribute(`data-${code}`) || box.getAttribute("data-unreadable");
    if (code === "good" && !key.value.trim()) verdict.textContent += ` ${box.getAttribute("data-unpinned")}`;
    verdict.className = `notice ${code === "good" ? "notice-success" : "notice-error"}`;
    verdict.dataset.code = code;
    verdict.hidden = false;
    const result = document && document.result;
    shown.hidden = !(code === "good" && result);
    shown.textContent = shown.hidden ? "" : [
      `${document.shop.name} (${document.shop.platform}/${document.shop.shop_id}) ${document.as_of} ${document.rule.number}`,
      `${stars(result.score)} [${stars(result.low)}, ${stars(result.high)}]  n = ${result.ratings}  (${result.excluded})`,
      JSON.stringify(result, null, 2),
    ].join("\n");
  }

  /** The code of a file: what verify.js says of it, or of the score in it. */
  async function verdictOf(data, trusted) {
    const found = await window.chengxinVerify.verify(data, trusted);
    if (found.code !== "good") return [found.code, null];
    const given = JSON.parse(found.document);
    return [given.format === "chengxin-score/1" ? window.chengxinScore.check(given) : "other", given];
  }

  async function check() {
    if (bytes) say(...(await verdictOf(bytes, key.value)));
  }

  window.chengxinRecompute = { verdictOf };
  file.addEventListener("change", async () => {
    if (!file.files[0]) return;
    bytes = new Uint8Array(await file.files[0].arrayBuffer());
    await check();
  });
  key.addEventListener("change", check);
  if (box.dataset.receipt) {
    fetch(box.dataset.receipt).then((answer) => answer.arrayBuffer()).then((data) => { bytes = new Uint8Array(data); return check(); });
  }
})();
