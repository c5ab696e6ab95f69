// How pages look to whoever has the phone, also where it shows a kept one, which is nobody's: as the site last wrote it.
(() => {
  "use strict";

  const NAMES = ["text", "colours", "contrast", "spacing", "motion", "pictures"];
  const { dataset } = document.documentElement;
  try {
    if ("kept" in dataset) Object.assign(dataset, JSON.parse(localStorage.getItem("looks")));
    else localStorage.setItem("looks", JSON.stringify(Object.fromEntries(NAMES.filter((it) => dataset[it]).map((it) => [it, dataset[it]]))));
  } catch { /* a browser may refuse to remember */ }
})();
