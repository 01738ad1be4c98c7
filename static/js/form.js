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
    if (status === 200 && !answer.redirected) return free(form), show(form, parse(text), answer.url);
    if (status < 400) {
      form.dataset.done = "";
      if (form.elements.draft) forget(form);
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
    const another = one("#live", page)?.dataset.person !== words().person; // signed in meanwhile
    const part = another ? "body" : form.closest("#detail") && one("#detail", page) ? "#detail" : "main", files = all("input[type=file]", form);
    const fresh = one(part, page);
    if (!fresh) return say(form, words().fault);
    files.filter((el) => el.files.length && !one(`[name="held.${el.name}"]`, fresh)).forEach((el) => all(`input[type=file][name="${CSS.escape(el.name)}"]`, fresh).forEach((to) => { to.files = el.files; }));
    one(part).replaceWith(fresh);
    if (part === "main" && url !== location.href) history.pushState(null, "", url);
    if (!one(".summary-wrong, .conflict", fresh)) scrollTo(0, 0), one("h1", fresh)?.setAttribute("tabindex", -1), one("h1", fresh)?.focus();
    window.htmx?.process(fresh);
    document.dispatchEvent(new Event("htmx:after:swap"));
  };

  // The session has ended: name and password on the spot, and the form is as it was.
  let waiting;
  const signIn = (form) => {
    const shown = one(".wrong-why", form), why = (text) => { shown.textContent = text; shown.hidden = !text; };
    why("");
    const sent = new URLSearchParams(new FormData(form));
    sent.append("by", waiting.elements.by?.value || "");
    fetch("/sign-in", { method: "POST", body: sent, redirect: "manual", credentials: "same-origin" })
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

  // What is typed is kept at the server a moment after typing stops; without a network, in this browser, until
  // there is one. Whoever signs in next finds nothing of it here.
  const local = "draft:", mine = (form) => `${local}${form.elements.by.value}:${form.elements.draft.value}`;
  const typed = (form) => {
    const data = new URLSearchParams();
    new FormData(form).forEach((value, key) => value instanceof File ? value.name && data.append("draft.file", key) : data.append(key, value));
    data.append("draft.page", location.pathname + location.search);
    return data;
  };
  const note = (form, html) => {
    const line = one(".draft-note", form) || make("p", "draft-note hint");
    line.innerHTML = html;
    if (html) (one(".form-end", form) || form.lastElementChild).after(line); else line.remove();
  };
  const send = (data, signal) => fetch("/drafts", { method: "POST", body: data, headers: { "X-Form": "1", Accept: "text/html" }, credentials: "same-origin", signal });
  const keep = (form) => {
    const data = typed(form), stop = form.keeping = new AbortController();
    send(data, stop.signal).then(async (answer) => {
      const text = await answer.text(), bar = form.previousElementSibling;
      if (answer.status >= 500) throw text;
      if (answer.ok) localStorage.removeItem(mine(form)), bar?.matches(":has(.restore form)") && bar.remove();
      note(form, one(".empty p", parse(text))?.innerHTML ?? text);
    }).catch(() => {
      if (stop.signal.aborted) return;
      localStorage.setItem(mine(form), `${data}&draft.at=${Date.now()}`);
      note(form, words().unkept);
    });
  };
  // How many of the fields that are folded away hold something.
  addEventListener("input", ({ target }) => {
    const fold = target.closest("[data-fold]"), count = fold && one("summary .faint", fold);
    if (!count) return;
    const filled = new Set(all("[name]", fold).filter((el) => (ticked(el) ? el.checked : el.value)).map((el) => el.name));
    count.textContent = count.textContent.replace(/\d+/, filled.size);
  });
  const ticked = (el) => /radio|checkbox/.test(el.type);
  const forget = (form) => { clearTimeout(form.typing); form.keeping?.abort(); localStorage.removeItem(mine(form)); };
  addEventListener("input", ({ target: { form } }) => {
    if (!form?.matches("form[data-act]") || !form.elements.draft) return;
    clearTimeout(form.typing);
    form.typing = setTimeout(keep, 1200, form);
  });
  addEventListener("submit", (e) => {
    const form = e.target, bar = form.closest(".restore")?.parentElement;
    if (form.action.endsWith?.("/sign-out")) localStorage.clear();
    if (form.matches("form[data-act]") && form.elements.draft) clearTimeout(form.typing), form.keeping?.abort();
    if (!bar) return;
    e.preventDefault();
    fetch(form.action, { method: "POST", redirect: "manual", credentials: "same-origin" }).then(() => bar.remove(), () => say(form, words().offline));
  });
  const later = async () => {
    let found;
    for (const key of Object.keys(localStorage).filter((each) => each.startsWith(local))) {
      if (!key.startsWith(`${local}${words().person}:`)) localStorage.removeItem(key);
      else if ((await send(localStorage[key])).ok) localStorage.removeItem(key), found = true;
    }
    if (found && !all("form").some((form) => form.typing)) location.reload();
  };
  const settle = () => later().catch(() => {});
  addEventListener("DOMContentLoaded", settle);
  addEventListener("online", () => { all("form[data-act]").filter((form) => form.typing && !("done" in form.dataset)).forEach(keep); });
})();
