/* A visit on a telephone: what is typed is kept on the device until it is sent; a signature is drawn on a canvas. */
"use strict";
(function () {
  const visit = document.querySelector("[data-visit]");
  if (!visit) return;
  const key = `chengxin.visit.${visit.dataset.visit}`, form = document.getElementById("report");
  const notice = document.getElementById("draft"), said = notice && notice.querySelector("span");
  const tell = (name) => { notice.hidden = !name; if (name) said.textContent = said.dataset[name]; };

  /* -- the draft */
  if ("sent" in visit.dataset) localStorage.removeItem(key);
  if (form) {
    const fields = () => Array.from(form.elements).filter((one) => one.name && !["csrfmiddlewaretoken", "act", "version"].includes(one.name));
    const keep = () => {
      const values = {};
      for (const one of fields()) if (one.type !== "radio" || one.checked) values[one.name] = one.value;
      localStorage.setItem(key, JSON.stringify({ version: visit.dataset.version, values }));
      tell(navigator.onLine ? "kept" : "offline");
    };
    const kept = JSON.parse(localStorage.getItem(key) || "null");
    if (kept && kept.version === visit.dataset.version) {
      for (const one of fields()) {
        if (!(one.name in kept.values)) continue;
        if (one.type === "radio") one.checked = one.value === kept.values[one.name];
        else one.value = kept.values[one.name];
      }
      tell("kept");
    }
    form.addEventListener("input", keep);
    form.addEventListener("change", keep);
    form.addEventListener("submit", (event) => {
      if (navigator.onLine) return;
      event.preventDefault();
      keep();
      notice.scrollIntoView();
    });
  }

  /* -- the signature */
  const sign = document.getElementById("sign");
  if (!sign) return;
  const canvas = sign.querySelector("canvas"), pen = canvas.getContext("2d");
  let down = false, drawn = false;
  pen.lineWidth = 3; pen.lineCap = "round"; pen.lineJoin = "round";
  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    return [((event.clientX - box.left) * canvas.width) / box.width, ((event.clientY - box.top) * canvas.height) / box.height];
  };
  canvas.addEventListener("pointerdown", (event) => { down = true; canvas.setPointerCapture(event.pointerId); pen.beginPath(); pen.moveTo(...place(event)); });
  canvas.addEventListener("pointermove", (event) => { if (!down) return; pen.lineTo(...place(event)); pen.stroke(); drawn = true; });
  canvas.addEventListener("pointerup", () => { down = false; });
  sign.querySelector("[data-clear]").addEventListener("click", () => { pen.clearRect(0, 0, canvas.width, canvas.height); drawn = false; });
  sign.addEventListener("submit", () => { sign.elements.signature.value = drawn ? canvas.toDataURL("image/png") : ""; });
})();
