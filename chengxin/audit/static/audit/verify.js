/* Verify a receipt or proof of a Chengxin log in the browser (or node), offline. The same checks, in the same order and with the same
   verdict codes, as verify_chengxin.py beside this file. Licence: Apache-2.0. */
"use strict";
(function (root) {
  const hexOf = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const unhex = (text) => Uint8Array.from(text.match(/../g) || [], (pair) => parseInt(pair, 16));
  const utf8 = (text) => new TextEncoder().encode(text);
  const join = (...parts) => {
    const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    parts.reduce((at, part) => (out.set(part, at), at + part.length), 0);
    return out;
  };
  const same = (a, b) => a.length === b.length && a.every((byte, at) => byte === b[at]);
  const subtle = () => (root.crypto && root.crypto.subtle) || null; // absent on plain-http pages

  // ------------------------------------------------------------ SHA-2 (FIPS 180-4), used where WebCrypto is absent

  function sha2(bits, data) {
    const wide = bits === 512, word = wide ? 64n : 32n, mask = (1n << word) - 1n, block = wide ? 128 : 64, rounds = wide ? 80 : 64;
    const turn = (x, n) => ((x >> n) | (x << (word - n))) & mask;
    const table = constants(wide);
    const shifts = wide ? [28n, 34n, 39n, 14n, 18n, 41n, 1n, 8n, 7n, 19n, 61n, 6n] : [2n, 13n, 22n, 6n, 11n, 25n, 7n, 18n, 3n, 17n, 19n, 10n];
    const [a1, a2, a3, e1, e2, e3, s1, s2, s3, t1, t2, t3] = shifts;
    const state = table.start.slice();
    const padded = pad(data, block, wide ? 16 : 8);
    for (let at = 0; at < padded.length; at += block) {
      const w = [];
      for (let j = 0; j < 16; j += 1) w.push(BigInt("0x" + hexOf(padded.subarray(at + (j * block) / 16, at + ((j + 1) * block) / 16))));
      for (let j = 16; j < rounds; j += 1) {
        const x = w[j - 15], y = w[j - 2];
        w.push((w[j - 16] + (turn(x, s1) ^ turn(x, s2) ^ (x >> s3)) + w[j - 7] + (turn(y, t1) ^ turn(y, t2) ^ (y >> t3))) & mask);
      }
      let [a, b, c, d, e, f, g, h] = state;
      for (let j = 0; j < rounds; j += 1) {
        const first = h + (turn(e, e1) ^ turn(e, e2) ^ turn(e, e3)) + ((e & f) ^ (~e & mask & g)) + table.round[j] + w[j];
        const second = (turn(a, a1) ^ turn(a, a2) ^ turn(a, a3)) + ((a & b) ^ (a & c) ^ (b & c));
        [a, b, c, d, e, f, g, h] = [(first + second) & mask, a, b, c, (d + first) & mask, e, f, g];
      }
      [a, b, c, d, e, f, g, h].forEach((value, j) => { state[j] = (state[j] + value) & mask; });
    }
    return unhex(state.map((value) => value.toString(16).padStart(block / 8, "0")).join(""));
  }

  function pad(data, block, lengthBytes) {
    const zeros = (block - ((data.length + 1 + lengthBytes) % block)) % block;
    const length = unhex((BigInt(data.length) * 8n).toString(16).padStart(2 * lengthBytes, "0"));
    return join(data, Uint8Array.of(0x80), new Uint8Array(zeros), length);
  }

  const known = {};
  function constants(wide) {
    // the first bits of the fractional parts of square and cube roots of primes
    if (known[wide]) return known[wide];
    const word = wide ? 64n : 32n, mask = (1n << word) - 1n, primes = [];
    for (let n = 2; primes.length < 80; n += 1) if (primes.every((prime) => n % prime)) primes.push(n);
    const rootOf = (value, power) => {
      let low = 0n, high = value;
      while (high - low > 1n) {
        const middle = (low + high) / 2n;
        if (middle ** power <= value) low = middle; else high = middle;
      }
      return low;
    };
    const start = primes.slice(0, 8).map((prime) => rootOf(BigInt(prime) << (2n * word), 2n) & mask);
    const round = primes.slice(0, wide ? 80 : 64).map((prime) => rootOf(BigInt(prime) << (3n * word), 3n) & mask);
    known[wide] = { start, round };
    return known[wide];
  }

  const digest = async (bits, data) => (subtle() ? new Uint8Array(await subtle().digest(`SHA-${bits}`, data)) : sha2(bits, data));
  const sha256 = (data) => digest(256, data);

  // ------------------------------------------------------------ SM3 (GB/T 32905-2016)

  function sm3(data) {
    const turn = (x, n) => ((x << (n % 32)) | (x >>> (32 - (n % 32)))) >>> 0, turned = (x, n) => (n % 32 ? turn(x, n) : x >>> 0);
    const v = [0x7380166f, 0x4914b2b9, 0x172442d7, 0xda8a0600, 0xa96f30bc, 0x163138aa, 0xe38dee4d, 0xb0fb0e4e];
    const padded = pad(data, 64, 8), view = new DataView(padded.buffer);
    for (let at = 0; at < padded.length; at += 64) {
      const w = [];
      for (let j = 0; j < 16; j += 1) w.push(view.getUint32(at + 4 * j));
      for (let j = 16; j < 68; j += 1) {
        const x = w[j - 16] ^ w[j - 9] ^ turn(w[j - 3], 15);
        w.push((x ^ turn(x, 15) ^ turn(x, 23) ^ turn(w[j - 13], 7) ^ w[j - 6]) >>> 0);
      }
      let [a, b, c, d, e, f, g, h] = v;
      for (let j = 0; j < 64; j += 1) {
        const ss1 = turn((turn(a, 12) + e + turned(j < 16 ? 0x79cc4519 : 0x7a879d8a, j)) >>> 0, 7);
        const ff = j < 16 ? a ^ b ^ c : (a & b) | (a & c) | (b & c), gg = j < 16 ? e ^ f ^ g : (e & f) | (~e & g);
        const tt1 = ((ff >>> 0) + d + ((ss1 ^ turn(a, 12)) >>> 0) + ((w[j] ^ w[j + 4]) >>> 0)) >>> 0;
        const tt2 = ((gg >>> 0) + h + ss1 + w[j]) >>> 0;
        [a, b, c, d, e, f, g, h] = [tt1, a, turn(b, 9), c, (tt2 ^ turn(tt2, 9) ^ turn(tt2, 17)) >>> 0, e, turn(f, 19), g];
      }
      [a, b, c, d, e, f, g, h].forEach((value, j) => { v[j] = (v[j] ^ value) >>> 0; });
    }
    return unhex(v.map((value) => value.toString(16).padStart(8, "0")).join(""));
  }

  const HASHES = { "sha-256": sha256, sm3: async (data) => sm3(data) };

  // ------------------------------------------------------------ Ed25519 (RFC 8032 5.1), used where WebCrypto has none

  const P = 2n ** 255n - 19n, ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
  const mod = (x) => ((x % P) + P) % P;
  const power = (base, exponent) => {
    let out = 1n, factor = mod(base);
    for (let left = exponent; left > 0n; left >>= 1n) {
      if (left & 1n) out = (out * factor) % P;
      factor = (factor * factor) % P;
    }
    return out;
  };
  const D = mod(-121665n * power(121666n, P - 2n)), ROOT_OF_MINUS_ONE = power(2n, (P - 1n) / 4n);
  const little = (bytes) => BigInt("0x" + hexOf(Uint8Array.from(bytes).reverse()));

  function add(a, b) {
    const e = mod((a[1] - a[0]) * (b[1] - b[0])), f = mod((a[1] + a[0]) * (b[1] + b[0]));
    const g = mod(2n * a[3] * b[3] * D), h = mod(2n * a[2] * b[2]);
    const [w, x, y, z] = [f - e, h - g, h + g, f + e];
    return [mod(w * x), mod(y * z), mod(x * y), mod(w * z)];
  }

  function point(bytes) {
    const whole = little(bytes), sign = whole >> 255n, y = whole & ((1n << 255n) - 1n);
    if (y >= P) return null;
    const x2 = mod((y * y - 1n) * power(D * y * y + 1n, P - 2n));
    let x = power(x2, (P + 3n) / 8n);
    if (mod(x * x - x2) !== 0n) x = mod(x * ROOT_OF_MINUS_ONE);
    if (mod(x * x - x2) !== 0n || (x === 0n && sign)) return null;
    if ((x & 1n) !== sign) x = P - x;
    return [x, y, 1n, mod(x * y)];
  }

  function pointBytes(a) {
    const inverse = power(a[2], P - 2n), x = mod(a[0] * inverse), y = mod(a[1] * inverse);
    return unhex((y | ((x & 1n) << 255n)).toString(16).padStart(64, "0")).reverse();
  }

  async function ownEd25519(key, signature, message) {
    const a = point(key), s = little(signature.subarray(32));
    if (!a || s >= ORDER) return false;
    const h = little(await digest(512, join(signature.subarray(0, 32), key, message))) % ORDER;
    const base = point(unhex("58" + "66".repeat(31))), minus = [mod(-a[0]), a[1], 1n, mod(-a[3])], both = add(base, minus);
    let total = [0n, 1n, 1n, 0n];
    for (let bit = 255n; bit >= 0n; bit -= 1n) {
      total = add(total, total);
      const inS = (s >> bit) & 1n, inH = (h >> bit) & 1n;
      if (inS || inH) total = add(total, inS && inH ? both : inS ? base : minus);
    }
    return same(pointBytes(total), signature.subarray(0, 32));
  }

  async function ed25519Holds(key, signature, message) {
    if (!subtle()) return ownEd25519(key, signature, message);
    try {
      const imported = await subtle().importKey("raw", key, { name: "Ed25519" }, false, ["verify"]);
      return await subtle().verify({ name: "Ed25519" }, imported, signature, message);
    } catch (_) {
      return ownEd25519(key, signature, message);
    }
  }

  // ------------------------------------------------------------ the tree (RFC 9162 2.1); indices up to 2^53 need division, not shifts

  const nodeHash = (left, right) => sha256(join(Uint8Array.of(1), left, right));
  const odd = (n) => n % 2 === 1, half = (n) => Math.floor(n / 2);

  async function inclusionHolds(index, size, leaf, proof, top) {
    if (index >= size) return false;
    let fn = index, sn = size - 1, made = leaf;
    for (const step of proof) {
      if (sn === 0) return false;
      if (odd(fn) || fn === sn) {
        made = await nodeHash(step, made);
        while (!odd(fn) && fn) { fn = half(fn); sn = half(sn); }
      } else made = await nodeHash(made, step);
      fn = half(fn); sn = half(sn);
    }
    return sn === 0 && same(made, top);
  }

  async function consistencyHolds(old, now, oldRoot, newRoot, proof) {
    if (old === now) return proof.length === 0 && same(oldRoot, newRoot);
    if (!(old > 0 && old < now)) return false;
    const steps = Number.isInteger(Math.log2(old)) ? [oldRoot, ...proof] : proof;
    if (!steps.length) return false;
    let fn = old - 1, sn = now - 1, first = steps[0], second = steps[0];
    while (odd(fn)) { fn = half(fn); sn = half(sn); }
    for (const step of steps.slice(1)) {
      if (sn === 0) return false;
      if (odd(fn) || fn === sn) {
        first = await nodeHash(step, first);
        second = await nodeHash(step, second);
        while (!odd(fn) && fn) { fn = half(fn); sn = half(sn); }
      } else second = await nodeHash(second, step);
      fn = half(fn); sn = half(sn);
    }
    return sn === 0 && same(first, oldRoot) && same(second, newRoot);
  }

  // ------------------------------------------------------------ the files

  class Fails extends Error {}
  const fail = (code) => { throw new Fails(code); };
  const own = (given, name) =>
    given !== null && typeof given === "object" && !Array.isArray(given) && Object.prototype.hasOwnProperty.call(given, name) ? given[name] : fail("unreadable");
  const lone = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?:[^\uD800-\uDBFF]|^)[\uDC00-\uDFFF]/;
  const text = (value) => (typeof value === "string" && !lone.test(value) ? value : fail("unreadable"));
  const hex = (value, length) => (typeof value === "string" && new RegExp(`^[0-9a-f]{${2 * length}}$`).test(value) ? unhex(value) : fail("unreadable"));
  const whole = (value) => (typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : fail("unreadable"));
  const unbase64 = (value) => Uint8Array.from(atob(value), (sign) => sign.charCodeAt(0));
  const tobase64 = (bytes) => btoa(String.fromCharCode(...bytes));
  const parse = (source) => {
    try { return JSON.parse(source); } catch (_) { return fail("unreadable"); }
  };

  function proofOf(given) {
    const steps = own(given, "proof");
    if (!Array.isArray(steps) || steps.length > 64) fail("unreadable");
    return steps.map((step) => hex(step, 32));
  }

  async function signatureLine(lines, name, key) {
    const wanted = (await sha256(join(utf8(name), Uint8Array.of(10, 1), key))).subarray(0, 4);
    for (const line of lines.split("\n")) {
      const cut = line.lastIndexOf(" "), encoded = line.slice(cut + 1);
      if (line.slice(0, Math.max(cut, 0)) !== `\u2014 ${name}`) continue;
      if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(encoded)) continue;
      const blob = unbase64(encoded);
      if (same(blob.subarray(0, 4), wanted)) return blob.subarray(4);
    }
    return null;
  }

  async function readHead(value, key) {
    const note = text(value);
    const found = /^([^\n]+)\n(0|[1-9][0-9]{0,15})\n([A-Za-z0-9+/]{43}=)\n((?:[^\n]+\n)*)\n((?:[^\n]+\n)+)$/.exec(note);
    if (!found || !Number.isSafeInteger(Number(found[2])) || tobase64(unbase64(found[3])) !== found[3]) fail("unreadable");
    const signed = note.slice(0, note.length - found[5].length - 1);
    const signature = await signatureLine(found[5], found[1], key);
    if (!signature || signature.length !== 64 || !(await ed25519Holds(key, signature, utf8(signed)))) fail("head");
    return { origin: found[1], size: Number(found[2]), root: unbase64(found[3]) };
  }

  async function checkLeaf(given, key) {
    const leaf = own(given, "leaf"), proof = proofOf(given), head = await readHead(own(given, "head"), key);
    const index = whole(own(leaf, "index")), name = text(own(leaf, "hash_name")), body = text(own(leaf, "body"));
    if (!Object.prototype.hasOwnProperty.call(HASHES, name)) fail("unreadable");
    const made = await HASHES[name](join(Uint8Array.of(0), utf8(body)));
    if (!(await inclusionHolds(index, head.size, made, proof, head.root))) fail("inclusion");
    return { leaf: index, size: head.size, body: parse(body) };
  }

  async function checkDocument(signed, body, key) {
    const data = own(body, "data");
    const made = hexOf(await sha256(join(signed.nonce, utf8(signed.document))));
    if (own(data, "digest") !== made || own(data, "kind") !== signed.kind) fail("document");
    const statement = utf8(`chengxin-document/1\n${signed.kind}\n${hexOf(signed.nonce)}\n${signed.document}`);
    if (!(await ed25519Holds(key, signed.signature, statement))) fail("signature");
  }

  async function checkConsistency(given, key) {
    const proof = proofOf(given), old = await readHead(own(given, "old"), key), now = await readHead(own(given, "new"), key);
    if (old.origin !== now.origin || !(await consistencyHolds(old.size, now.size, old.root, now.root, proof))) fail("consistency");
    return now.size;
  }

  async function checked(given, trusted) {
    const key = hex(own(given, "key"), 32);
    if (trusted && trusted.trim().toLowerCase() !== hexOf(key)) fail("other_key");
    const kind = own(given, "format");
    const verdict = { code: "good", key: hexOf(key), leaf: null, size: null, document: null };
    if (kind === "chengxin-consistency/1") return { ...verdict, size: await checkConsistency(given, key) };
    if (kind !== "chengxin-receipt/1" && kind !== "chengxin-leaf/1") fail("unreadable");
    const signed = kind === "chengxin-receipt/1" ? {
      kind: text(own(given, "kind")), document: text(own(given, "document")),
      nonce: hex(own(given, "nonce"), 32), signature: hex(own(given, "signature"), 64),
    } : null;
    const found = await checkLeaf(given, key);
    if (signed) await checkDocument(signed, found.body, key);
    return { ...verdict, leaf: found.leaf, size: found.size, document: signed ? signed.document : JSON.stringify(found.body) };
  }

  // A PDF, then one comment line with its receipt, then the PDF's own last lines once more, and nothing else.
  const MARK = "\n%chengxin-receipt/1 ";

  function lastPlace(bytes, mark) {
    const wanted = utf8(mark);
    for (let at = bytes.length - wanted.length; at >= 0; at -= 1) {
      if (wanted.every((byte, place) => bytes[at + place] === byte)) return at;
    }
    return -1;
  }

  const latin5 = (bytes) => String.fromCharCode(...bytes.subarray(0, 5));

  async function checkedPdf(bytes, trusted) {
    const at = lastPlace(bytes, MARK), latin = (part) => Array.from(part, (byte) => String.fromCharCode(byte)).join("");
    if (at < 0) fail("unreadable");
    const pdf = bytes.subarray(0, at), rest = bytes.subarray(at + MARK.length), cut = rest.indexOf(10);
    const end = /startxref[ \t\n\v\f\r]+([0-9]{1,12})[ \t\n\v\f\r]+%%EOF[ \t\n\v\f\r]*$/.exec(latin(pdf.subarray(-64)));
    if (cut < 0 || !end || latin(rest.subarray(cut + 1)) !== `startxref\n${end[1]}\n%%EOF\n`) fail("unreadable");
    const given = parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(rest.subarray(0, cut)));
    if (own(given, "format") !== "chengxin-receipt/1") fail("unreadable");
    const verdict = await checked(given, trusted);
    if (own(parse(verdict.document), "pdf_sha256") !== hexOf(await sha256(pdf))) fail("document");
    return verdict;
  }

  /** The verdict on a file's bytes: {code: "good" or the check that failed, key, leaf, size, document}. */
  async function verify(bytes, trusted) {
    try {
      if (latin5(bytes) === "%PDF-") return await checkedPdf(bytes, trusted || null);
      const source = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
      return await checked(parse(source), trusted || null);
    } catch (error) {
      if (error instanceof Fails) return { code: error.message };
      return { code: "unreadable" };
    }
  }

  const made = { verify, ownEd25519, sha2, sm3, hexOf, unhex, utf8 };
  if (typeof module !== "undefined" && module.exports) module.exports = made;
  else root.chengxinVerify = made;
})(typeof globalThis !== "undefined" ? globalThis : this);
