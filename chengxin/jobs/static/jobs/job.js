/* Looks at a job's progress every two seconds and shows it; without JavaScript the page reloads itself instead. */
"use strict";
(function () {
  const box = document.getElementById("job");
  if (!box || box.dataset.finished === "yes") return;
  const set = (id, text) => { document.getElementById(id).textContent = text; };
  async function look() {
    try {
      const answer = await fetch(box.dataset.progress, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(String(answer.status));
      const job = await answer.json();
      if (job.finished) { window.location.reload(); return; }
      document.getElementById("job-bar").value = job.percent;
      set("job-state", job.label);
      set("job-count", job.total ? `${job.done} / ${job.total}` : "");
      set("job-note", job.note);
    } catch (_) { /* the server may be restarting; the job goes on and the next look will tell */ }
    window.setTimeout(look, 2000);
  }
  window.setTimeout(look, 2000);
})();
