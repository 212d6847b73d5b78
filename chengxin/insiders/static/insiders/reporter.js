/* The reporter's two pages: write a first message, or open the mailbox by its code and go on. The code never leaves this browser. */
import { encoded, newCode, newPair, ofCode, openedByCode, plainCode, seal, wrappedByCode } from "./sealing.js";
import { data, draw, filesOf, find, posted, said, tell } from "./desk.js";

const REFUSED = { 404: "unknown", 409: "closed", 413: "large", 429: "slow" };
const why = (error) => said(REFUSED[error.status] || "failed");

function writing(form) {
  const channels = data("channels"), note = find("[data-note]", form), button = find("button", form);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const text = find("[data-text]", form).value.trim();
    const channel = find("[data-channel]:checked, select[data-channel]", form).value;
    const files = await filesOf(find("[data-files]", form));
    if (!text || !files) return tell(note, said(files ? "empty" : "large"), true);
    button.disabled = true;
    tell(note, said("sealing"));
    try {
      const code = newCode(), known = await ofCode(code), pair = await newPair();
      const about = { channel, tag: known.tag };
      const sealed = await seal({ text, files }, pair, channels[channel].keys, about);
      const { number } = await posted(form.action, {
        channel, lookup: known.lookup, tag: known.tag, key: pair.id, public: encoded(pair.raw),
        wrapped: JSON.stringify(await wrappedByCode(pair, known)), sealed: JSON.stringify(sealed),
      });
      form.reset();
      form.hidden = true;
      find("[data-code]").textContent = code;
      find("[data-number]").textContent = number;
      find("[data-sent]").hidden = false;
      find("[data-sent] h2").focus();
    } catch (error) {
      tell(note, why(error), true);
    }
    button.disabled = false;
  });
}

function reading(form) {
  const note = find("[data-note]", form), thread = find("[data-thread]"), answer = find("[data-answer]");
  let now = null;

  async function show(code) {
    const known = await ofCode(code);
    const box = await posted(form.action, { lookup: known.lookup });
    const own = await openedByCode(box.key, box.wrapped, known);
    const about = { channel: box.channel, tag: known.tag };
    const who = (one) => `${one.by === "reporter" ? said("you") : said("handler")} · ${one.at} · ${one.sealed.from}`;
    const senders = { ...box.handlers, [box.key]: box.public };
    const closed = await draw(find("ol", thread), box.messages, [own], senders, about, who);
    tell(find("[data-lost]", thread), box.lost ? said("lost") : closed ? said("some-closed") : "", true);
    find("[data-state]", thread).textContent = box.state;
    now = { own, about, known, receivers: [...box.receivers, { id: box.key, public: box.public }] };
    thread.hidden = false;
    answer.hidden = !box.open;
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const code = find("[data-code-field]", form).value;
    if (!plainCode(code)) return tell(note, said("no-code"), true);
    tell(note, said("opening"));
    try {
      await show(code);
      tell(note, "");
      find("h2", thread).focus();
    } catch (error) {
      tell(note, error.status ? why(error) : said("unknown"), true);
    }
  });

  answer.addEventListener("submit", async (event) => {
    event.preventDefault();
    const text = find("[data-text]", answer).value.trim(), told = find("[data-note]", answer);
    const files = await filesOf(find("[data-files]", answer));
    if (!text || !files) return tell(told, said(files ? "empty" : "large"), true);
    try {
      const sealed = await seal({ text, files }, now.own, now.receivers, now.about);
      await posted(answer.action, { lookup: now.known.lookup, sealed: JSON.stringify(sealed) });
      answer.reset();
      await show(find("[data-code-field]", form).value);
      tell(told, said("sent"));
    } catch (error) {
      tell(told, why(error), true);
    }
  });
}

if (window.crypto && crypto.subtle) {
  for (const one of document.querySelectorAll("[data-needs-script]")) one.hidden = false;
  for (const one of document.querySelectorAll("[data-without-script]")) one.hidden = true;
  const first = find("form[data-write]"), code = find("form[data-open]");
  if (first) writing(first);
  if (code) reading(code);
}
