// Order and Match, to move and to tap where there would be boxes to pick from.
//
// The select boxes stay the form's true fields. What a <template data-sorting> holds is put in the place of the
// boxes before it, shows what they say, and sets them. Whatever goes wrong in here, the boxes come back.
// Every word stands in the page.
//
// An Order that nobody has touched is no answer. Its list begins as the page has it, which is never the right
// order, and its boxes say nothing: the server then asks her to put it in order first, as it asks whoever picks from
// boxes. Her first move sets all of them. After that, Check means "this is my order".
(() => {
  "use strict";

  const KINDS = { order, match };
  const EDGE = 72; // pixels from the top or the foot of the screen, from where a list being dragged scrolls
  const PACE = 8; // pixels a frame

  document.querySelectorAll("template[data-sorting]").forEach(standIn);

  function standIn(template) {
    const boxes = template.previousElementSibling;
    const selects = new Map();
    let shown;

    // What is done at an event; where it fails, what was there before comes back with all it says.
    function safely(act) {
      return (event) => {
        try {
          act(event);
        } catch (error) {
          if (shown) shown.remove();
          boxes.hidden = false;
          lead("sorting-", "a-");
          console.error(error);
        }
      };
    }

    // Links to a box, out of a message above all, are to lead to what stands for it, and back.
    // Its id can't just be handed on: the box's label would then name a button too, with nothing, as it is hidden.
    function lead(from, to) {
      selects.forEach((_, part) => {
        const links = document.querySelectorAll(`a[href="#${from}${part}"]`);
        links.forEach((link) => link.setAttribute("href", `#${to}${part}`));
      });
    }

    function tell(what, ...names) {
      const status = shown.querySelector("[role=status]");
      status.textContent = status.dataset[what].replace(/\{(\d)\}/g, (_, at) => names[at]);
    }

    safely(() => {
      boxes.querySelectorAll("select").forEach((it) => selects.set(it.id.slice(2), it));
      shown = document.importNode(template.content, true).firstElementChild;
      const draw = KINDS[template.dataset.sorting](shown, (item) => selects.get(item.dataset.part), safely, tell);
      draw();
      template.replaceWith(shown); // so that the script of a second question on the page does not find it again
      boxes.hidden = true;
      lead("a-", "sorting-");
      // A browser that comes back to the page fills the boxes in again, later than this.
      addEventListener("pageshow", safely(draw));
    })();
  }

  function order(shown, boxOf, safely, tell) {
    const list = shown.querySelector("ol");
    const first = [...list.children];
    let held = null; // { item, id, from, y } while one is dragged

    const items = () => [...list.children];
    const placeOf = (item) => Number(boxOf(item).value) || first.length + 1;

    function draw() {
      const sorted = [...first].sort((one, other) => placeOf(one) - placeOf(other));
      // Only what stands elsewhere is moved: what is moved loses the focus and the finger.
      if (!held && sorted.some((item, at) => item !== list.children[at])) list.append(...sorted);
      markEnds();
    }

    // At an end a button stays where it is, and in focus; it only says that there is nothing to do.
    function markEnds() {
      items().forEach((item) => item.querySelectorAll("button").forEach((button) => {
        const more = button.dataset.to === "up" ? item.previousElementSibling : item.nextElementSibling;
        button.setAttribute("aria-disabled", String(!more));
      }));
    }

    // The neighbour goes to the other side: the item itself keeps the focus and the finger.
    function shift(item, up) {
      const other = up ? item.previousElementSibling : item.nextElementSibling;
      if (other && up) item.after(other);
      else if (other) item.before(other);
      return Boolean(other);
    }

    function keep(item) {
      items().forEach((one, at) => { boxOf(one).value = String(at + 1); });
      markEnds();
      tell("now", item.dataset.name, items().indexOf(item) + 1, first.length);
    }

    function press(event) {
      const button = event.target.closest("button");
      const item = button && button.closest("li");
      if (item && shift(item, button.dataset.to === "up")) {
        keep(item);
        item.scrollIntoView({ block: "nearest" });
      }
    }

    function grasp(event) {
      const handle = event.target.closest("[data-handle]");
      if (!handle || held || event.button) return;
      event.preventDefault();
      const item = handle.closest("li");
      handle.setPointerCapture(event.pointerId);
      item.classList.add("sorting-held");
      held = { item, id: event.pointerId, from: items().indexOf(item) };
      requestAnimationFrame(scroll);
    }

    function drag(event) {
      if (!held || event.pointerId !== held.id) return;
      held.y = event.clientY;
      follow();
    }

    // Past the middle of a neighbour, the two change places.
    function follow() {
      const middle = (item) => item.getBoundingClientRect().top + item.offsetHeight / 2;
      const { item, y } = held;
      while (item.previousElementSibling && y < middle(item.previousElementSibling)) shift(item, true);
      while (item.nextElementSibling && y > middle(item.nextElementSibling)) shift(item, false);
    }

    const scroll = safely(() => {
      if (!held) return;
      const up = held.y < EDGE && held.item.previousElementSibling;
      const down = held.y > innerHeight - EDGE && held.item.nextElementSibling;
      if (up || down) {
        scrollBy(0, up ? -PACE : PACE);
        follow();
      }
      requestAnimationFrame(scroll);
    });

    function letGo(event) {
      if (!held || event.pointerId !== held.id) return;
      const { item, from } = held;
      held = null;
      item.classList.remove("sorting-held");
      if (items().indexOf(item) !== from) keep(item);
    }

    list.addEventListener("click", safely(press));
    list.addEventListener("pointerdown", safely(grasp));
    list.addEventListener("pointermove", safely(drag));
    list.addEventListener("lostpointercapture", safely(letGo));
    return draw;
  }

  function match(shown, boxOf, safely, tell) {
    const parts = [...shown.querySelectorAll("[data-part]")];
    const meanings = [...shown.querySelectorAll("[data-value]")];
    // With fewer meanings than parts they are groups to sort into: one is chosen again to add to it.
    const groups = meanings.length < parts.length;
    let held = null; // the part or the meaning that waits for its other half

    const withMeaning = (meaning) => parts.filter((part) => boxOf(part).value === meaning.dataset.value);

    function draw() {
      parts.forEach((part) => mark(part, [...boxOf(part).selectedOptions].filter((it) => it.value).map((it) => it.text)));
      meanings.forEach((meaning) => mark(meaning, withMeaning(meaning).map((part) => part.dataset.name)));
    }

    function mark(half, names) {
      const joined = half.querySelector("[data-and]");
      joined.hidden = !names.length;
      half.classList.toggle("sorting-joined", Boolean(names.length));
      joined.lastElementChild.textContent = names.join(joined.dataset.and);
      const chosen = half.querySelector("[data-chosen]");
      if (!chosen) return; // it is only to look at
      chosen.hidden = half !== held;
      half.setAttribute("aria-pressed", String(half === held));
    }

    function choose(half) {
      const part = [half, held].find((it) => it && it.dataset.part);
      const meaning = [half, held].find((it) => it && it.dataset.value);
      if (held === half) held = null;
      else if (part && meaning) {
        join(part, meaning);
        held = null;
      } else {
        undo(half);
        held = half;
      }
    }

    function join(part, meaning) {
      if (boxOf(part).value === meaning.dataset.value) return apart([part]);
      boxOf(part).value = meaning.dataset.value;
      tell("now", part.dataset.name, meaning.dataset.name);
    }

    // What is chosen again comes off what it was joined to.
    function undo(half) {
      if (half.dataset.part) apart([half].filter((part) => boxOf(part).value));
      else if (!groups) apart(withMeaning(half));
    }

    function apart(joined) {
      joined.forEach((part) => {
        boxOf(part).value = "";
        tell("apart", part.dataset.name);
      });
    }

    shown.addEventListener("click", safely((event) => {
      const half = event.target.closest("button");
      if (!half) return;
      choose(half);
      draw();
    }));
    return draw;
  }
})();
