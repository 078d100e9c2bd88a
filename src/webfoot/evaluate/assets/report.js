"use strict";
// Light or dark: as the system says, until the reader chooses.
(() => {
  const root = document.documentElement;
  const set = (dark) => { root.dataset.theme = dark ? "dark" : "light"; document.dispatchEvent(new Event("themechange")); };
  const system = matchMedia("(prefers-color-scheme: dark)");
  set(system.matches);
  system.addEventListener("change", (event) => set(event.matches));
  document.getElementById("theme").addEventListener("click", () => set(root.dataset.theme !== "dark"));
})();

// A cursor over every chart whose x axis is the time of the replay.
const timelines = [...document.querySelectorAll("svg.timeline")].map((svg) => {
  const cursor = document.createElementNS("http://www.w3.org/2000/svg", "line");
  const box = svg.viewBox.baseVal;
  cursor.setAttribute("class", "cursor");
  cursor.setAttribute("y1", 8);
  cursor.setAttribute("y2", box.height - 30);
  svg.append(cursor);
  const [low, high, left, right] = svg.dataset.range.split(" ").map(Number);
  return (time) => {
    const x = left + Math.min(Math.max((time - low) / (high - low), 0), 1) * (right - left);
    cursor.setAttribute("x1", x);
    cursor.setAttribute("x2", x);
  };
});
const showTime = (time) => timelines.forEach((move) => move(time));
showTime(0);
