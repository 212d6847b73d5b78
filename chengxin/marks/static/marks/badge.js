// The badge by script: asks the city for a signed statement of this moment and says so, or warns on a page it was not issued for.
// No cookie, nothing is stored; the statement's own end makes it stale, and it is then asked for again.
(() => {
  const texts = {
    good: ["身份已核验", "Identity verified"],
    host: ["警告：该标识属于 ", "Warning: this mark belongs to "],
    bad: ["标识当前无效", "This mark does not hold"],
    stale: ["核验已过时，请刷新页面", "Out of date: reload the page"],
  };
  const chinese = (document.documentElement.lang || navigator.language || "zh").startsWith("zh");
  const say = (key) => texts[key][chinese ? 0 : 1];
  const decoded = (token) => {
    const packed = token.split(".")[1].replace(/-/g, "+").replace(/_/g, "/");
    return JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(packed), (sign) => sign.charCodeAt(0))));
  };
  const show = (place, text, colour) => {
    const link = document.createElement("a");
    link.href = place.dataset.chengxinMark;
    link.textContent = text;
    link.style.cssText = `color:${colour};border:1px solid;border-radius:4px;padding:4px 8px;text-decoration:none;display:inline-block`;
    place.replaceChildren(link);
  };
  const ask = async (place) => {
    try {
      const answer = await fetch(`${place.dataset.chengxinMark}statement.jwt`, { credentials: "omit", cache: "no-store" });
      if (!answer.ok) throw new Error(String(answer.status));
      const said = decoded(await answer.text());
      const time = new Date(said.iat * 1000).toLocaleTimeString();
      if (said.host !== location.hostname) return show(place, say("host") + said.host, "#a32020");
      if (said.standing !== "good") return show(place, say("bad"), "#5b6470");
      show(place, `${say("good")} · ${said.host} · ${time}`, "#0b6b3a");
      setTimeout(() => ask(place), Math.max(60, said.exp - said.iat) * 1000);
    } catch {
      show(place, say("stale"), "#5b6470");
    }
  };
  document.querySelectorAll("[data-chengxin-mark]").forEach(ask);
})();
