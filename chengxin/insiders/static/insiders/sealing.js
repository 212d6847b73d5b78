/* chengxin-insider/1: what is written here is sealed in this browser, for named keys, and for nobody else.

   P-256 ECDH (SEC 1), HKDF-SHA-256 (RFC 5869), AES-256-GCM (SP 800-38D), put together as HPKE's authenticated mode does (RFC 9180, 5.1.3),
   for several receivers of one message. The same format in Python: chengxin/insiders/reference.py. Nothing here speaks to the network. */

export const SUITE = "chengxin-insider/1";
export const ROUNDS = 600000; // of PBKDF2-HMAC-SHA-256: OWASP password storage, 2023
const CURVE = { name: "ECDH", namedCurve: "P-256" };
const SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; // Crockford: no I, L, O, U
const BLOCK = 4096; // bytes: a short report and a long one look alike
const words = new TextEncoder();

export const encoded = (bytes) => {
  let text = "";
  for (const one of new Uint8Array(bytes)) text += String.fromCharCode(one);
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
};
export const decoded = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (one) => one.charCodeAt(0));
export const hex = (bytes) => Array.from(new Uint8Array(bytes), (one) => one.toString(16).padStart(2, "0")).join("");
const random = (length) => crypto.getRandomValues(new Uint8Array(length));
const joined = (...parts) => new Uint8Array(parts.flatMap((part) => Array.from(new Uint8Array(part))));

/* The name of a public key: half of its SHA-256. Whoever compares it with a printed one knows whose key it is. */
export async function keyId(raw) {
  return hex(await crypto.subtle.digest("SHA-256", raw)).slice(0, 32);
}

async function derived(secret, info, bytes) {
  const key = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveBits"]);
  const how = { name: "HKDF", hash: "SHA-256", salt: words.encode(SUITE), info: words.encode(info) };
  return new Uint8Array(await crypto.subtle.deriveBits(how, key, bytes * 8));
}

async function locked(key, iv, about, data) {
  const made = await crypto.subtle.importKey("raw", key, "AES-GCM", false, ["encrypt"]);
  return crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: words.encode(about) }, made, data);
}

async function unlocked(key, iv, about, data) {
  const made = await crypto.subtle.importKey("raw", key, "AES-GCM", false, ["decrypt"]);
  return new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv, additionalData: words.encode(about) }, made, data));
}

/* ---- keys */

export async function newPair() {
  const pair = await crypto.subtle.generateKey(CURVE, true, ["deriveBits"]);
  const raw = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  return { id: await keyId(raw), raw, publicKey: pair.publicKey, privateKey: pair.privateKey };
}

const publicKey = (raw) => crypto.subtle.importKey("raw", raw, CURVE, false, []);
const privateKey = (data) => crypto.subtle.importKey("pkcs8", data, CURVE, false, ["deriveBits"]);
const shared = async (own, other) => crypto.subtle.deriveBits({ name: "ECDH", public: other }, own, 256);

async function ofPassphrase(passphrase, salt, rounds) {
  const key = await crypto.subtle.importKey("raw", words.encode(passphrase.normalize("NFKC")), "PBKDF2", false, ["deriveBits"]);
  return new Uint8Array(await crypto.subtle.deriveBits({ name: "PBKDF2", hash: "SHA-256", salt, iterations: rounds }, key, 256));
}

/* A private key as it may leave this browser: under a passphrase that does not. */
export async function wrappedByPassphrase(pair, passphrase) {
  const salt = random(16), iv = random(12);
  const data = await crypto.subtle.exportKey("pkcs8", pair.privateKey);
  const box = await locked(await ofPassphrase(passphrase, salt, ROUNDS), iv, `${SUITE}\nkey\n${pair.id}`, data);
  return { rounds: ROUNDS, salt: encoded(salt), iv: encoded(iv), box: encoded(box) };
}

export async function openedByPassphrase(id, wrapped, passphrase) {
  const key = await ofPassphrase(passphrase, decoded(wrapped.salt), wrapped.rounds);
  return { id, privateKey: await privateKey(await unlocked(key, decoded(wrapped.iv), `${SUITE}\nkey\n${id}`, decoded(wrapped.box))) };
}

/* ---- the reporter's code: 100 bits. What the house is told of it (lookup, tag) says nothing about the rest. */

export function newCode() {
  const signs = Array.from(random(20), (one) => SIGNS[one % 32]);
  return [0, 5, 10, 15].map((from) => signs.slice(from, from + 5).join("")).join("-");
}

export function plainCode(text) {
  const plain = text.normalize("NFKC").toUpperCase().replace(/[^0-9A-Z]/g, "").replaceAll("O", "0").replace(/[IL]/g, "1");
  return plain.length === 20 && Array.from(plain).every((one) => SIGNS.includes(one)) ? plain : "";
}

export async function ofCode(code) {
  const secret = words.encode(plainCode(code));
  return {
    lookup: hex(await derived(secret, "lookup", 16)),
    tag: hex(await derived(secret, "tag", 16)),
    key: await derived(secret, "mailbox key", 32),
  };
}

export async function wrappedByCode(pair, known) {
  const iv = random(12);
  const data = await crypto.subtle.exportKey("pkcs8", pair.privateKey);
  return { iv: encoded(iv), box: encoded(await locked(known.key, iv, `${SUITE}\nkey\n${pair.id}`, data)) };
}

export async function openedByCode(id, wrapped, known) {
  const data = await unlocked(known.key, decoded(wrapped.iv), `${SUITE}\nkey\n${id}`, decoded(wrapped.box));
  return { id, privateKey: await privateKey(data) };
}

/* ---- a message. about = {channel, tag}; receivers = [{id, public}] with the public key as text */

const place = (about, message, from) => [SUITE, about.channel, about.tag, message, from].join("\n");

async function boxKey(secrets, bound, ephemeral, receiver) {
  const made = await derived(joined(...secrets), [bound, ephemeral, receiver].join("\n"), 44);
  return [made.slice(0, 32), made.slice(32)];
}

/* Content (an object) sealed for every receiver under one content key; one ephemeral pair for this message alone. */
export async function seal(content, sender, receivers, about) {
  const ephemeral = await newPair(), message = hex(random(16)), key = random(32), iv = random(12);
  const bound = place(about, message, sender.id), eph = encoded(ephemeral.raw), to = {};
  for (const one of receivers) {
    const raw = decoded(one.public);
    if ((await keyId(raw)) !== one.id) throw new Error("a key does not have the name it was given");
    const theirs = await publicKey(raw);
    const secrets = [await shared(ephemeral.privateKey, theirs), await shared(sender.privateKey, theirs)];
    const [boxed, boxIv] = await boxKey(secrets, bound, eph, one.id);
    to[one.id] = encoded(await locked(boxed, boxIv, `${bound}\n${one.id}`, key));
  }
  const plain = words.encode(JSON.stringify(content));
  const padded = new Uint8Array(Math.ceil(plain.length / BLOCK) * BLOCK).fill(32); // JSON may end in blanks
  padded.set(plain);
  return { suite: SUITE, message, from: sender.id, eph, iv: encoded(iv), body: encoded(await locked(key, iv, bound, padded)), to };
}

/* The content of a sealed message; fails when anything was changed, or when it is not from the key that it names. senders = {id: public} */
export async function open(sealed, own, senders, about) {
  const raw = decoded(senders[sealed.from] || "");
  if (sealed.suite !== SUITE || (await keyId(raw)) !== sealed.from) throw new Error("nobody known has sent this");
  const bound = place(about, sealed.message, sealed.from);
  const secrets = [await shared(own.privateKey, await publicKey(decoded(sealed.eph))), await shared(own.privateKey, await publicKey(raw))];
  const [boxed, boxIv] = await boxKey(secrets, bound, sealed.eph, own.id);
  const key = await unlocked(boxed, boxIv, `${bound}\n${own.id}`, decoded(sealed.to[own.id]));
  return JSON.parse(new TextDecoder().decode(await unlocked(key, decoded(sealed.iv), bound, decoded(sealed.body))));
}
