// One tag puts a widget on any page:
//   <script async src="https://HOST/embed.js" data-widget="ranking" data-theme="auto"></script>
// data-theme, data-lang, data-accent and every other data-* word go along as the widget's query.
(() => {
  const tag = document.currentScript, home = new URL(tag.src), { widget, title, height, ...words } = tag.dataset;
  const frame = Object.assign(document.createElement("iframe"), {
    src: new URL(`widgets/${encodeURIComponent(widget)}?${new URLSearchParams(words)}`, home),
    title: title || "资阳招商", loading: "lazy", referrerPolicy: "strict-origin-when-cross-origin",
  });
  frame.setAttribute("sandbox", "allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox");
  Object.assign(frame.style, { border: "0", display: "block", width: "100%", height: `${height || 320}px` });
  tag.after(frame);
  addEventListener("message", (e) => {
    if (e.source !== frame.contentWindow || e.origin !== home.origin || e.data?.sixones !== "height") return;
    frame.style.height = `${Math.min(Math.max(e.data.value, 40), 4000)}px`;
  });
})();
