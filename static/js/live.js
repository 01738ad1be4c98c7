// Parts of a page that keep up: [data-live="inbox"] asks for itself again when that name moved.
// Names come without data; what is shown is asked for as anybody asks. Never over what somebody types.
(() => {
  const parts = () => [...document.querySelectorAll("[data-live]")], due = new Set();
  let source, hidden = 0, later;
  const typing = (part) => part.contains(document.activeElement) && document.activeElement.matches("input, textarea, select")
    || [...part.querySelectorAll("form")].some((form) => form.dataset.typed);
  const refresh = () => {
    if (document.hidden) return;
    const waiting = parts().filter((part) => due.has(part.dataset.live)), busy = waiting.filter(typing);
    due.clear();
    busy.forEach((part) => due.add(part.dataset.live));
    waiting.filter((part) => !busy.includes(part)).forEach((part) => part.dispatchEvent(new CustomEvent("live")));
  };
  const moved = (name) => { due.add(name); refresh(); };
  const close = () => { clearTimeout(later); source?.close(); source = null; };
  const listen = (missed) => {
    const names = [...new Set(parts().map((part) => part.dataset.live))];
    close();
    if (!names.length || !window.EventSource) return;
    source = new EventSource("/events?" + names.map((name) => "on=" + encodeURIComponent(name)).join("&"));
    names.forEach((name) => source.addEventListener(name, () => moved(name)));
    // What moved while nobody listened is not sent again: ask once.
    source.onopen = () => { if (missed) names.forEach(moved); missed = true; };
    source.onerror = () => { if (source?.readyState === 2) later = setTimeout(() => listen(true), 30000); };
  };
  // A browser opens six connections to a site: only the page that is looked at holds one of them.
  addEventListener("DOMContentLoaded", () => { if (!document.hidden) listen(false); });
  addEventListener("pagehide", close);
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) { hidden = setTimeout(close, 3000); return; }
    clearTimeout(hidden);
    source ? refresh() : listen(true);
  });
  addEventListener("input", ({ target }) => { if (target.form) target.form.dataset.typed = "1"; });
  addEventListener("focusout", () => setTimeout(refresh));
})();
