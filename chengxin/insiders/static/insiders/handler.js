/* The handler's pages: make a key (its private part leaves only under the passphrase), open a mailbox, answer. */
import { encoded, newPair, openedByPassphrase, seal, wrappedByPassphrase } from "./sealing.js";
import { data, draw, filesOf, find, said, tell } from "./desk.js";

const LEAST = 14; // characters of a passphrase: it has to hold against whoever has the database

function making(form) {
  form.addEventListener("submit", async (event) => {
    if (form.dataset.made) return;
    event.preventDefault();
    const [one, two] = ["[data-passphrase]", "[data-again]"].map((name) => find(name, form).value), note = find("[data-note]", form);
    if (one.length < LEAST) return tell(note, said("short"), true);
    if (one !== two) return tell(note, said("different"), true);
    tell(note, said("making"));
    const pair = await newPair();
    find("[name=key]", form).value = pair.id;
    find("[name=public]", form).value = encoded(pair.raw);
    find("[name=wrapped]", form).value = JSON.stringify(await wrappedByPassphrase(pair, one));
    form.dataset.made = "yes";
    form.submit(); // the two passphrase fields have no name: a browser never sends them
  });
}

function working(form) {
  const box = data("mailbox"), note = find("[data-note]", form), thread = find("[data-thread]"), answer = find("form[data-answer]");
  const about = { channel: box.channel, tag: box.tag }, keys = [];

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const passphrase = find("[data-passphrase]", form).value;
    tell(note, said("opening"));
    let opened = 0;
    for (const one of box.own) {
      const key = await openedByPassphrase(one.id, one.wrapped, passphrase).catch(() => null);
      if (key) opened += 1;
      if (key && !keys.some((each) => each.id === key.id)) keys.push(key);
    }
    if (!opened) return tell(note, said("wrong-passphrase"), true);
    find("[data-passphrase]", form).value = "";
    const closed = await draw(find("ol", thread), box.messages, keys, box.senders, about, (one) => `${one.who} · ${one.at}`);
    tell(note, closed ? said("some-closed") : "", true);
    thread.hidden = false;
    if (answer) answer.hidden = !keys.some((one) => one.id === box.current);
    find("h2", thread).focus();
  });

  if (!answer) return;
  answer.addEventListener("submit", async (event) => {
    if (answer.dataset.sealed) return;
    event.preventDefault();
    const text = find("[data-text]", answer).value.trim(), told = find("[data-note]", answer);
    const files = await filesOf(find("[data-files]", answer));
    if (!text || !files) return tell(told, said(files ? "empty" : "large"), true);
    const own = keys.find((one) => one.id === box.current);
    find("[name=sealed]", answer).value = JSON.stringify(await seal({ text, files }, own, box.receivers, about));
    answer.dataset.sealed = "yes";
    answer.submit();
  });
}

if (window.crypto && crypto.subtle) {
  for (const one of document.querySelectorAll("[data-needs-script]")) one.hidden = false;
  for (const one of document.querySelectorAll("[data-without-script]")) one.hidden = true;
  const key = find("form[data-make-key]"), passphrase = find("form[data-unlock]");
  if (key) making(key);
  if (passphrase) working(passphrase);
}
