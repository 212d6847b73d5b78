/* A department's secret is made here and stays here: the house gets its commitment, and the secret only when it is revealed. */
"use strict";
(function () {
  const FORMAT = "chengxin-draw/1";
  const hex = (bytes) => Array.from(bytes, (one) => one.toString(16).padStart(2, "0")).join("");
  const bytesOf = (text) => Uint8Array.from(text.match(/../g) || [], (pair) => parseInt(pair, 16));

  /* As verify_draw.py does it: SHA-256 over parts, each with its length before it. */
  async function commitment(draw, department, secret) {
    const words = new TextEncoder();
    const parts = [words.encode(`${FORMAT} share`), words.encode(draw), words.encode(department), bytesOf(secret)];
    const whole = [];
    for (const part of parts) {
      const length = new Uint8Array(8);
      new DataView(length.buffer).setBigUint64(0, BigInt(part.length));
      whole.push(...length, ...part);
    }
    return hex(new Uint8Array(await crypto.subtle.digest("SHA-256", new Uint8Array(whole))));
  }

  for (const box of document.querySelectorAll("[data-secret]")) {
    const { draw, department } = box.dataset;
    const key = `chengxin.secret.${draw}.${department}`;
    const make = box.querySelector("[data-make]"), save = box.querySelector("[data-save]");
    const secretField = box.querySelector("[name=secret]"), field = box.querySelector("[name=commitment]");
    const show = async (secret) => {
      field.value = await commitment(draw, department, secret);
      save.href = `data:text/plain,${secret}`;
      save.hidden = false;
    };
    if (secretField && !secretField.value) secretField.value = localStorage.getItem(key) || "";
    if (!make || !window.crypto || !crypto.subtle) continue;
    make.hidden = false;
    const known = localStorage.getItem(key);
    if (known && !field.value) show(known);
    make.addEventListener("click", () => {
      const secret = localStorage.getItem(key) || hex(crypto.getRandomValues(new Uint8Array(32)));
      localStorage.setItem(key, secret);
      show(secret);
    });
  }
})();
