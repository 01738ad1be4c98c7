// Makes better what already works without it. Budget: 100 lines, kept by tests/server/test_look.py.
(() => {
  const root = document.documentElement;
  const all = (what, within = document) => [...within.querySelectorAll(what)];
  const seen = (what) => all(what).filter((el) => el.getClientRects().length);
  const live = () => document.getElementById("live");
  const make = (kind, name, ...parts) => {
    const el = Object.assign(document.createElement(kind), { className: name });
    el.append(...parts);
    return el;
  };
  const say = (text) => live()?.replaceChildren(make("div", "toast", text));
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
    const key = e.key.toLowerCase(), command = e.ctrlKey || e.metaKey || e.altKey;
    if (e.key === "Enter" && command && !e.altKey) return e.target.form?.requestSubmit();
    if (e.key === "Escape") return shut();
    if (command || e.isComposing || root.dataset.keys === "off" || seen("dialog[open]").length
      || e.target.closest("textarea, select, [contenteditable], input:not([type=checkbox], [type=radio])")) return;
    const going = Date.now() - led < 1500 && document.querySelector(`[data-go="${CSS.escape(key)}"]`);
    const rows = seen("[data-nav]"), at = rows.indexOf(document.activeElement);
    const el = going || (key === "j" ? rows[at + 1] : key === "k" ? rows[at < 0 ? rows.length - 1 : at - 1]
      : key === "x" ? e.target.closest("tr")?.querySelector(".pick")
      : key === "?" ? document.querySelector("[data-open=help]") : seen(`[data-hotkey="${CSS.escape(key)}"]`)[0]);
    led = key === "g" ? Date.now() : 0;
    if (!el) return;
    e.preventDefault();
    el.matches("input:not(.pick)") || (/[jk]/.test(key) && !going) ? el.focus() : el.click();
  });

  // Menus close behind one's back; dialogs open, links are copied, a picker closes on its choice.
  const shut = (inside) => all("details.menu[open], details.mine[open]").forEach((el) => {
    if (inside && el.contains(inside)) return;
    if (!inside && el.contains(document.activeElement)) el.firstElementChild.focus();
    el.open = false;
  });
  const copy = (text) => {
    const box = document.body.appendChild(Object.assign(document.createElement("textarea"), { value: text }));
    box.select();
    document.execCommand("copy"); // navigator.clipboard does not exist on plain http, where many offices are
    box.remove();
    say(live().dataset.copied);
  };
  addEventListener("click", (e) => {
    const opener = e.target.closest("[data-open]"), link = e.target.closest("[data-copy]");
    shut(e.target);
    if (opener) document.getElementById(opener.dataset.open).showModal();
    if (link) copy(link.dataset.copy || location.href);
    if (e.detail && e.target.closest(".picker-list label")) setTimeout(() => document.activeElement.blur());
  });
  addEventListener("change", (e) => {
    const list = e.target.closest(".selectable"), picks = list ? all("tbody .pick", list) : [];
    if (e.target.matches("[data-pick-all]")) picks.forEach((el) => { el.checked = e.target.checked; });
    if (list) all("[data-picked]", list).forEach((el) => { el.textContent = picks.filter((p) => p.checked).length; });
  });

  // What was typed stays in this browser until a page says it was sent; signing out forgets it.
  const drafts = () => Object.keys(localStorage).filter((key) => key.startsWith("draft:"));
  const name = (form) => `draft:${form.dataset.draft}:${location.pathname}`;
  const typed = (form) => all("[name]:not([type=hidden], [type=password], [type=file], button)", form);
  const read = (form) => typed(form).filter((el) => !/radio|checkbox/.test(el.type) || el.checked).map((el) => [el.name, el.value]);
  const offer = (form) => {
    const kept = JSON.parse(localStorage.getItem(name(form)) || "null"), words = live().dataset;
    if (!kept || JSON.stringify(kept.values) === JSON.stringify(read(form))) return;
    const restore = make("button", "btn small", words.restore), drop = make("button", "btn small quiet", words.drop);
    const bar = make("div", "restore", words.kept.replace("%s", new Date(kept.at).toLocaleString("zh-CN")), restore, drop);
    restore.onclick = () => typed(form).forEach((el) => {
      const values = kept.values.filter(([key]) => key === el.name).map(([, value]) => value);
      if (/radio|checkbox/.test(el.type)) el.checked = values.includes(el.value); else el.value = values[0] ?? el.value;
    });
    drop.onclick = () => localStorage.removeItem(name(form));
    bar.addEventListener("click", (e) => { if (e.target.matches("button")) bar.remove(); });
    form.before(bar);
  };
  addEventListener("input", (e) => {
    const form = e.target.form?.closest("[data-draft]");
    if (form) localStorage.setItem(name(form), JSON.stringify({ at: Date.now(), values: read(form) }));
  });
  addEventListener("submit", ({ target: form, submitter: by }) => {
    if (form.dataset.draft) sessionStorage.setItem("sent", name(form));
    if (form.action.endsWith("/sign-out")) drafts().forEach((key) => localStorage.removeItem(key));
    if (!form.matches("[data-prefs]") || !by) return;
    root.dataset[by.name] = by.value;
    all(`[data-prefs] [name=${by.name}]`).forEach((el) => el.setAttribute("aria-pressed", el.value === by.value));
  });

  // A refused form takes the focus; a failed request says so and keeps the page.
  const settle = () => {
    const refused = document.querySelector(".summary-wrong:not([data-seen]), .conflict:not([data-seen])");
    if (refused) { refused.dataset.seen = ""; refused.focus(); }
    if (document.querySelector(".note.done, [data-sent]")) localStorage.removeItem(sessionStorage.getItem("sent"));
    if (!refused) all("form[data-draft]:not([data-offered])").forEach((form) => { form.dataset.offered = ""; offer(form); });
  };
  document.addEventListener("DOMContentLoaded", settle);
  document.addEventListener("htmx:after:swap", settle);
  document.addEventListener("htmx:response:error", (e) => { if (e.detail.ctx.response.status >= 500) say(live().dataset.fault); });
  document.addEventListener("htmx:error", () => say(live().dataset.offline));
})();
