/* The page around verify.js: a chosen or dropped file, a key, and the verdict in words. */
"use strict";
(function () {
  const box = document.getElementById("verify"), file = document.getElementById("file"), key = document.getElementById("key");
  const drop = document.getElementById("drop"), verdict = document.getElementById("verdict"), shown = document.getElementById("document");
  if (!box) return;
  const words = (code) => box.getAttribute(`data-${code}`);
  let bytes = null;

  function say(found) {
    const good = found.code === "good";
    const lines = [words(found.code)];
    if (good && found.leaf !== null) lines.push(`${box.dataset.leafLabel} ${found.leaf}, ${box.dataset.sizeLabel} ${found.size}`);
    if (good && !key.value.trim()) lines.push(`${words("unpinned")} ${found.key}`);
    verdict.textContent = lines.join("\n");
    verdict.className = `notice ${good ? "notice-success" : "notice-error"}`;
    verdict.dataset.code = found.code;
    verdict.hidden = false;
    shown.hidden = !(good && found.document);
    shown.textContent = shown.hidden ? "" : JSON.stringify(JSON.parse(found.document), null, 2);
  }

  async function check() {
    if (bytes) say(await window.chengxinVerify.verify(bytes, key.value));
  }

  async function take(chosen) {
    if (!chosen) return;
    bytes = new Uint8Array(await chosen.arrayBuffer());
    await check();
  }

  file.addEventListener("change", () => take(file.files[0]));
  key.addEventListener("change", check);
  drop.addEventListener("dragover", (event) => { event.preventDefault(); drop.classList.add("over"); });
  drop.addEventListener("dragleave", () => drop.classList.remove("over"));
  drop.addEventListener("drop", (event) => { event.preventDefault(); drop.classList.remove("over"); take(event.dataTransfer.files[0]); });
})();
