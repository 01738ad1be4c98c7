// Tells the page around a widget how tall it is, growing and shrinking.
addEventListener("DOMContentLoaded", () => {
  const tell = () => parent.postMessage({ sixones: "height", value: Math.ceil(document.body.getBoundingClientRect().height) }, "*");
  new ResizeObserver(tell).observe(document.body);
  tell();
});
