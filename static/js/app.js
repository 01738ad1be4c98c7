// Makes better what already works without it; a test keeps its budget.
(() => {
  const root = document.documentElement;
  const one = (what) => document.querySelector(what);
  const all = (what, within = document) => [...within.querySelectorAll(what)];
  const seen = (what) => all(what).filter((el) => el.getClientRects().length);
  const make = (kind, className, textContent) => Object.assign(document.createElement(kind), { className, textContent });
  const toast = (text) => one("#live").replaceChildren(make("div", "toast", text));
  const say = (word) => toast(one("#live").dataset[word]);
  root.dataset.js = "";

  // A word being composed is not a word yet: hide it from every listener, then tell it once.
  addEventListener("input", (e) => { if (e.isComposing) e.stopImmediatePropagation(); }, true);
  addEventListener("compositionend", (e) => e.target.dispatchEvent(new Event("input", { bubbles: true })));
  addEventListener("keydown", (e) => {
    if (e.key === "Enter" && (e.isComposing || e.keyCode === 229)) { e.stopImmediatePropagation(); e.preventDefault(); }
  }, true);

  // Keys: data-hotkey acts, data-go follows g, j and k walk data-nav. data-keys="off" silences them (WCAG 2.1.4).
  let led = 0;
  addEventListener("keydown", (e) => {
    const key = e.key.toLowerCase(), command = e.ctrlKey || e.metaKey;
    if (key === "enter" && command) return e.target.form?.requestSubmit();
    if (key === "escape") return shut();
    if (command || e.altKey || root.dataset.keys === "off" || one("dialog[open]")
      || e.target.closest("textarea, select, input:not([type=checkbox], [type=radio])")) return;
    const rows = seen("[data-nav]"), at = rows.indexOf(one("[data-nav]:focus") || one("[data-nav][aria-current=true]"));
    const going = Date.now() - led < 1500 && one(`[data-go="${CSS.escape(key)}"]`);
    const el = going || { j: rows[at + 1], k: rows[at < 0 ? rows.length - 1 : at - 1], "?": one("[data-open=help]"),
      x: e.target.closest("tr")?.querySelector(".pick") }[key] || seen(`[data-hotkey="${CSS.escape(key)}"]`)[0];
    led = key === "g" ? Date.now() : 0;
    if (!el) return;
    e.preventDefault();
    !going && el.matches("[data-nav], input:not(.pick)") ? el.focus() : el.click();
    if (el.matches("summary")) one("details[open] textarea")?.focus();
  });

  // Menus close behind one's back; dialogs open, links are copied, a picker folds on its choice.
  const shut = (inside) => all("details.menu[open], details.mine[open]").forEach((el) => {
    if (el.contains(inside)) return;
    if (!inside && el.contains(document.activeElement)) el.firstElementChild.focus();
    el.open = false;
  });
  addEventListener("click", (e) => {
    const link = e.target.closest("[data-copy]"), item = e.target.closest("[data-nav][hx-get]");
    shut(e.target);
    if (item) all("[data-nav]").forEach((el) => el.setAttribute("aria-current", el === item));
    ({ help: () => one("#help").showModal(), print: () => print() })[e.target.closest("[data-open]")?.dataset.open]?.();
    if (e.detail && e.target.closest(".picker-list label")) setTimeout(() => document.activeElement.blur());
    if (!link) return;
    const box = document.body.appendChild(make("textarea", "", link.dataset.copy || location.href));
    box.select();
    document.execCommand("copy"); // navigator.clipboard is missing on plain http
    box.remove(), say("copied");
  });
  addEventListener("change", (e) => {
    const list = e.target.closest(".selectable"), picks = list ? all("tbody .pick", list) : [];
    if (e.target.matches("[data-pick-all]")) picks.forEach((el) => { el.checked = e.target.checked; });
    if (list) all("[data-picked]", list).forEach((el) => { el.textContent = picks.filter((p) => p.checked).length; });
  });

  addEventListener("submit", ({ target: form, submitter: by }) => {
    if (!by || !form.matches("[data-prefs]")) return;
    root.dataset[by.name] = by.value;
    all(`[data-prefs] [name=${by.name}]`).forEach((el) => el.setAttribute("aria-pressed", el.value === by.value));
  });

  // A card is dragged to another lane: the link or form in it that leads there is taken, or it is said why none does.
  let held = null;
  addEventListener("dragstart", ({ target }) => { held = target.closest?.("[draggable]"); });
  addEventListener("dragover", (e) => { if (held && e.target.closest?.("[data-lane]")) e.preventDefault(); });
  addEventListener("drop", (e) => {
    const lane = e.target.closest?.("[data-lane]");
    if (!lane || !held || lane.contains(held)) return;
    e.preventDefault();
    const by = (name) => held.querySelector(lane.dataset.lane.split(" ").map((to) => `[data-${name}~="${to}"]`).join());
    const way = by("to"), why = by("closed")?.dataset.why || lane.parentNode.dataset.refuses.replace("{to}", lane.dataset.name);
    if (way?.elements) way.elements.stage.value = lane.dataset.lane, way.requestSubmit();
    else way ? way.click() : toast(why);
  });

  // A table wider than its place says on which side more of it is.
  const edge = (wrap) => {
    const { scrollLeft: at, scrollWidth: all, clientWidth: seen } = wrap;
    wrap.dataset.more = [at > 1 && "start", at + seen < all - 1 && "end"].filter(Boolean).join(" ");
  };
  const sized = window.ResizeObserver && new ResizeObserver((found) => found.forEach(({ target }) => edge(target)));
  addEventListener("scroll", ({ target }) => { if (target.matches?.(".table-wrap")) edge(target); }, true);
  const tables = () => all(".table-wrap:not([data-more])").forEach((wrap) => { edge(wrap); sized?.observe(wrap); });

  // A refused form takes the focus; a failed request says so and keeps the page.
  const settle = () => {
    const refused = one(".summary-wrong:not([data-seen]), .conflict:not([data-seen])");
    if (refused) refused.dataset.seen = "", refused.focus();
  };
  ["DOMContentLoaded", "htmx:after:swap"].forEach((when) => document.addEventListener(when, () => { settle(); tables(); }));
  document.addEventListener("htmx:response:error", (e) => { if (e.detail.ctx.response.status >= 500) say("fault"); });
  document.addEventListener("htmx:error", () => say("offline"));
})();
