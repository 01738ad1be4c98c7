// A form that does an act is sent by its page, once, and the page stays until it is answered.
// Without script the same form goes the browser's way; its key makes the act one in both.
(() => {
  const one = (what, within = document) => within.querySelector(what);
  const all = (what, within = document) => [...within.querySelectorAll(what)];
  const words = () => one("#live").dataset;
  const make = (kind, className, textContent) => Object.assign(document.createElement(kind), { className, textContent });
  const parse = (text) => new DOMParser().parseFromString(text, "text/html");
  const where = (form, by) => by?.getAttribute("formaction") || form.getAttribute("action") || location.href;

  // What there is to say of a form stands in it, above its button.
  const say = (form, text) => {
    let line = one(".sent-note", form);
    if (!text) return line?.remove();
    if (!line) (one(".form-end", form) || form.lastElementChild).before(line = make("p", "note warn sent-note"));
    line.setAttribute("role", "status");
    line.textContent = text;
  };
  const busy = (form, by) => {
    form.dataset.busy = "";
    form.setAttribute("aria-busy", "true");
    if (by) by.dataset.word = by.innerHTML, by.textContent = words().busy;
    form.slow = setTimeout(() => say(form, words().slow), 3000);
  };
  const free = (form) => {
    clearTimeout(form.slow);
    delete form.dataset.busy;
    form.removeAttribute("aria-busy");
    all("[data-word]", form).forEach((el) => { el.innerHTML = el.dataset.word; delete el.dataset.word; });
    say(form);
  };
  const body = (form, by) => {
    const data = new FormData(form);
    if (by?.name) data.append(by.name, by.value);
    return form.enctype === "multipart/form-data" ? data : new URLSearchParams(data);
  };

  addEventListener("submit", (e) => {
    const form = e.target, by = e.submitter;
    if (form.matches("#again form")) return e.preventDefault(), signIn(form);
    if (!form.matches("form[data-act]") || by?.formMethod === "get" || !window.fetch) return;
    e.preventDefault();
    if ("busy" in form.dataset) return;
    const sent = body(form, by);
    busy(form, by);
    fetch(where(form, by), { method: "POST", body: sent, headers: { "X-Form": "1", Accept: "text/html" }, credentials: "same-origin" })
      .then((answer) => answered(form, answer), () => { free(form); say(form, words().offline); });
  });

  const answered = async (form, answer) => {
    const text = await answer.text().catch(() => ""), { status } = answer;
    if (status < 400) {
      form.dataset.done = "";
      if (form.dataset.draft) localStorage.removeItem(name(form));
      return location.assign(status === 201 ? answer.headers.get("Location") : answer.url);
    }
    free(form);
    if (status === 401) return one("#again") ? (waiting = form, one("#again").showModal()) : say(form, words().fault);
    const page = parse(text), shown = all("main .empty h1, main .empty p:not(.acts)", page).map((el) => el.textContent.trim()).join("。");
    if (status === 409 || status === 422) return show(form, page, answer.url);
    say(form, shown ? `${shown} ${words().stays}` : status < 500 ? words().fault : words().offline);
  };

  // The same form with what is to be mended takes the place of this one; files that were chosen go along.
  const show = (form, page, url) => {
    const part = form.closest("#detail") && one("#detail", page) ? "#detail" : "main", files = all("input[type=file]", form);
    const fresh = one(part, page);
    if (!fresh) return say(form, words().fault);
    files.filter((el) => el.files.length).forEach((el) => all(`input[type=file][name="${CSS.escape(el.name)}"]`, fresh).forEach((to) => { to.files = el.files; }));
    one(part).replaceWith(fresh);
    if (part === "main" && url !== location.href) history.pushState(null, "", url);
    window.htmx?.process(fresh);
    document.dispatchEvent(new Event("htmx:after:swap"));
  };

  // The session has ended: name and password on the spot, and the form is as it was.
  let waiting;
  const signIn = (form) => {
    const shown = one(".wrong-why", form), why = (text) => { shown.textContent = text; shown.hidden = !text; };
    why("");
    fetch("/sign-in", { method: "POST", body: new URLSearchParams(new FormData(form)), redirect: "manual", credentials: "same-origin" })
      .then(async (answer) => {
        if (answer.type !== "opaqueredirect") return why(one(".summary-wrong", parse(await answer.text()))?.textContent.trim() || words().fault);
        form.reset();
        one("#again").close();
        say(waiting, words().back);
        one("button:not([type=button])", waiting)?.focus();
      }, () => why(words().offline));
  };

  // Back at a form that was done: a new one, with a key of its own.
  addEventListener("pageshow", ({ persisted }) => { if (persisted) one("form[data-done]") ? location.reload() : all("form[data-busy]").forEach(free); });

  // What was typed stays in this browser until it was sent; signing out forgets it all.
  const name = (form) => `draft:${form.dataset.draft}:${location.pathname}`, ticked = (el) => /radio|checkbox/.test(el.type);
  const typed = (form) => all("[name]:not([type=hidden], [type=password], [type=file], [name=q], button)", form);
  const read = (form) => typed(form).filter((el) => el.checked || !ticked(el)).map((el) => [el.name, el.value]);
  const moment = (at) => `${at.getMonth() + 1}月${at.getDate()}日 ${String(at.getHours()).padStart(2, "0")}:${String(at.getMinutes()).padStart(2, "0")}`;
  const offer = (form) => {
    const kept = JSON.parse(localStorage.getItem(name(form)));
    if (!kept || JSON.stringify(kept.values) === JSON.stringify(read(form))) return;
    const restore = make("button", "btn small", words().restore), drop = make("button", "btn small quiet", words().drop);
    const bar = make("div", "restore", words().kept.replace("TIME", moment(new Date(kept.at))));
    restore.onclick = () => typed(form).forEach((el) => {
      const values = kept.values.filter(([key]) => key === el.name).map(([, value]) => value);
      if (ticked(el)) el.checked = values.includes(el.value); else el.value = values[0] ?? el.value;
    });
    drop.onclick = () => localStorage.removeItem(name(form));
    bar.onclick = ({ target }) => { if (target !== bar) bar.remove(); };
    bar.append(restore, drop);
    form.before(bar);
  };
  addEventListener("input", ({ target: { form } }) => {
    if (form?.dataset.draft) localStorage.setItem(name(form), JSON.stringify({ at: Date.now(), values: read(form) }));
  });
  addEventListener("submit", ({ target: form }) => { if (form.action.endsWith?.("/sign-out")) localStorage.clear(); });
  const settle = () => {
    if (one(".summary-wrong, .conflict")) return;
    all("form[data-draft]:not([data-seen])").forEach((form) => { form.dataset.seen = ""; offer(form); });
  };
  ["DOMContentLoaded", "htmx:after:swap"].forEach((when) => document.addEventListener(when, settle));
})();
