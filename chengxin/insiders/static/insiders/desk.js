/* What the reporter's and the handler's pages share: files read and shown, messages drawn. Texts come from the page, in its language. */
import { decoded, encoded, open } from "./sealing.js";

export const MOST_FILES = 3000000; // bytes of all files of a message together
export const find = (selector, from = document) => from.querySelector(selector);
export const data = (id) => JSON.parse(document.getElementById(id).textContent);
export const said = (name) => find(`[data-said=${name}]`).textContent;

export function tell(box, text, wrong = false) {
  box.textContent = text;
  box.hidden = !text;
  box.classList.toggle("wrong", wrong);
}

/* [{name, type, data}] of a file field; null when they are too large. */
export async function filesOf(field) {
  const files = Array.from(field.files || []);
  if (files.reduce((sum, one) => sum + one.size, 0) > MOST_FILES) return null;
  return Promise.all(files.map(async (one) => ({ name: one.name, type: one.type, data: encoded(await one.arrayBuffer()) })));
}

/* One message with who wrote it; text stays text, files are only offered for saving. */
export function drawn(content, who) {
  const item = document.createElement("li"), head = document.createElement("p"), text = document.createElement("p");
  head.className = "small muted";
  head.textContent = who;
  text.className = "insider-text";
  text.textContent = content.text;
  item.append(head, text);
  for (const file of content.files || []) {
    const link = document.createElement("a"), line = document.createElement("p");
    link.href = URL.createObjectURL(new Blob([decoded(file.data)], { type: "application/octet-stream" }));
    link.download = file.name;
    link.textContent = `${said("save")} ${file.name}`;
    line.append(link);
    item.append(line);
  }
  return item;
}

/* All messages that one of the keys opens, in order; what none opens is said, never left out. Returns how many stayed closed. */
export async function draw(list, messages, keys, senders, about, who) {
  let closed = 0;
  list.textContent = "";
  for (const one of messages) {
    const key = keys.find((each) => each.id in one.sealed.to);
    let content = null;
    if (key) content = await open(one.sealed, key, senders, about).catch(() => null);
    if (!content) closed += 1;
    list.append(drawn(content || { text: said(key ? "changed" : "no-key") }, who(one)));
  }
  return closed;
}

/* A POST of these fields with the page's CSRF token. Throws with the status when it is refused. */
export async function posted(url, fields) {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  body.append("csrfmiddlewaretoken", find("[name=csrfmiddlewaretoken]").value);
  const answer = await fetch(url, { method: "POST", body, headers: { Accept: "application/json" }, referrerPolicy: "no-referrer" });
  if (!answer.ok) throw Object.assign(new Error(String(answer.status)), { status: answer.status });
  return answer.json();
}
