/* A shop's score computed again in the browser from its document (chengxin-score/1). The same figures, bit for bit, as score.py beside
   this room's code: sums and quotients are BigInt, rounded down as Python's are. Licence: Apache-2.0. */
"use strict";
(function (root) {
  const STAR = 1000000n, FULL = 65536n;
  const floor = (a, b) => { const q = a / b; return a % b !== 0n && (a < 0n) !== (b < 0n) ? q - 1n : q; };
  const known = new Map();

  function decay(age, halfLife) {
    if (age <= 0) return FULL;
    if (age >= halfLife) return decay(age % halfLife, halfLife) >> BigInt(Math.floor(age / halfLife));
    const name = `${age}/${halfLife}`;
    if (known.has(name)) return known.get(name);
    let low = 0n, high = FULL;
    const h = BigInt(halfLife), bound = 1n << (16n * h), turned = BigInt(age);
    while (high - low > 1n) {
      const middle = (low + high) / 2n;
      if (middle ** h << turned <= bound) low = middle; else high = middle;
    }
    known.set(name, low);
    return low;
  }

  function isqrt(n) {
    if (n < 2n) return n;
    let x = 1n << BigInt((n.toString(2).length + 1) >> 1);
    for (;;) {
      const y = (x + n / x) >> 1n;
      if (y >= x) return x;
      x = y;
    }
  }

  const clip = (x, low, high) => (x < low ? low : x > high ? high : x);
  const month = (day) => { const d = new Date(day * 86400000); return `${d.getUTCFullYear()}-${d.getUTCMonth()}`; };

  function recompute(given) {
    const rule = given.rule.content, city = given.city, today = given.day;
    const rows = given.reviews.filter((row) => !row[5]).map((row) => {
      return [(BigInt(row[4]) * decay(today - row[2], rule.half_life_days)) >> 16n, BigInt(row[1]) * STAR];
    });
    let mass = 0n, squares = 0n, total = 0n, apart = 0n;
    for (const [w, s] of rows) { mass += w; squares += w * w; total += w * s; }
    const [lowest, highest] = rule.scale.map((one) => BigInt(one) * STAR);
    const prior = BigInt(city.prior);
    const score = clip(floor(total + prior * BigInt(city.middle), mass + prior) + BigInt(city.shift), lowest, highest);
    for (const [w, s] of rows) { const far = floor(s - score, 1000n); apart += w * far * far; }
    const firm = BigInt(rule.prior_ratings) * FULL, z = BigInt(rule.z_hundredths);
    const spread = floor(apart + firm * BigInt(city.spread), mass + firm);
    const effective = squares ? (1000n * mass * mass) / squares : 0n;
    const half = isqrt(floor(z * z * spread * 100000n, effective + 1000n * BigInt(rule.prior_ratings)));
    const points = pointsOf(given);
    return {
      score: Number(score), low: Number(clip(score - half, lowest, highest)), high: Number(clip(score + half, lowest, highest)),
      ratings: rows.length, excluded: given.reviews.length - rows.length, effective_milli: Number(effective), points,
      level: rule.levels.filter((one) => points >= one.from).length, ...year(given), ...drift(given),
    };
  }

  function pointsOf(given) {
    const rule = given.rule.content, last = new Map(), used = new Map();
    const order = (a, b) => a[2] - b[2] || (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0);
    let points = 0;
    for (const [, stars, day, pair, , decision] of [...given.reviews].sort(order)) {
      const monthly = `${pair} ${month(day)}`, times = used.get(monthly) || 0;
      if (decision || (last.has(pair) && day - last.get(pair) < rule.repeat_days) || times >= rule.pair_cap) continue;
      last.set(pair, day);
      used.set(monthly, times + 1);
      points += stars >= rule.good_from ? 1 : stars <= rule.bad_to ? -1 : 0;
    }
    return points;
  }

  function year(given) {
    const rule = given.rule.content;
    const stars = given.reviews.filter((row) => !row[5] && given.day - row[2] < rule.year_days).map((row) => row[1]);
    const good = stars.filter((one) => one >= rule.good_from).length, bad = stars.filter((one) => one <= rule.bad_to).length;
    return { good, neutral: stars.length - good - bad, bad };
  }

  function drift(given) {
    const recent = new Array(11).fill(0), before = new Array(11).fill(0), sum = (all) => all.reduce((x, y) => x + y, 0);
    for (const row of given.reviews) {
      if (!row[5]) (given.day - row[2] < given.rule.content.drift_days ? recent : before)[row[1]] += 1;
    }
    const a = sum(recent), b = sum(before);
    let apart = 0n;
    recent.forEach((one, at) => { const far = BigInt(one) * BigInt(b) - BigInt(before[at]) * BigInt(a); apart += far < 0n ? -far : far; });
    return { recent: a, drift_milli: a && b ? Number((1000n * apart) / (2n * BigInt(a) * BigInt(b))) : -1 };
  }

  const spelled = (value) => JSON.stringify(Object.keys(value).sort().map((name) => [name, value[name]]));

  /** "good", "score" when the result is not what the inputs give, "unreadable". */
  function check(given) {
    try {
      const whole = (row) => row.length === 6 && [row[1], row[2], row[4]].every(Number.isSafeInteger) && row[1] >= 0 && row[1] <= 10 && row[4] >= 0 && row[4] <= 65536;
      if (given.format !== "chengxin-score/1" || !given.reviews.every(whole)) return "unreadable";
      return spelled(recompute(given)) === spelled(given.result) ? "good" : "score";
    } catch (_) {
      return "unreadable";
    }
  }

  const made = { recompute, check, decay, isqrt };
  if (typeof module !== "undefined" && module.exports) module.exports = made;
  else root.chengxinScore = made;
})(typeof globalThis !== "undefined" ? globalThis : this);
