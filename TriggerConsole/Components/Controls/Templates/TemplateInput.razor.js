// The browser's part of a template field: paints marks behind the text, and offers placeholders on { or Ctrl-Space.

const IDLE_MS = 150; // typing rests: the server is told
const MOST_PAINTED = 100_000; // longer texts are not painted: marks are a help, lag is none
const MOST_OFFERED = 60;
const PLACEHOLDER = /\{\{|\}\}|\{[^{}\r\n]*\}/g;

/** @param known The text as the server has it: the field may have been typed into before this was loaded. */
export function attach(root, server, known) {
  const source = root.querySelector(".source");
  const mirror = root.querySelector(".mirror");
  const list = root.querySelector(".choices");
  list.id = source.id + "-choices";
  source.setAttribute("aria-controls", list.id);

  let faults = [];
  let isJson = false;
  let timer = 0;
  let told = known.replaceAll("\r\n", "\n"); // as a field has its lines
  let choices = null; // what is on offer, null while the list is closed
  let shown = [];
  let selected = 0;

  // ---- marks

  function paint() {
    const text = source.value;
    mirror.replaceChildren();
    if (text.length <= MOST_PAINTED) {
      let at = 0;
      for (const [start, end, name] of pieces(text)) {
        mirror.append(text.slice(at, start), mark(name, text.slice(start, end)));
        at = end;
      }
      mirror.append(text.slice(at), "\u200b"); // a last empty line has height too
    }
    follow();
  }

  // Faults first, placeholders where there are none
  function pieces(text) {
    const found = faults.filter((f) => f.end <= text.length).map((f) => [f.start, f.end, "bad"]);
    for (const match of text.matchAll(PLACEHOLDER)) {
      const [start, end] = [match.index, match.index + match[0].length];
      if (match[0].length > 2 && !found.some(([s, e]) => s < end && start < e)) found.push([start, end, "hole"]);
    }
    found.sort((a, b) => a[0] - b[0]);
    return found.filter(([start], i) => i === 0 || start >= found[i - 1][1]);
  }

  function mark(name, text) {
    const span = document.createElement("span");
    span.className = name;
    span.textContent = text;
    return span;
  }

  function follow() {
    mirror.style.width = `${source.clientWidth}px`; // a scroll bar takes its part
    mirror.scrollTop = source.scrollTop;
    mirror.scrollLeft = source.scrollLeft;
  }

  // ---- telling the server

  function tell() {
    clearTimeout(timer);
    if (source.value === told) return;
    told = source.value;
    source.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function later() {
    clearTimeout(timer);
    if (!choices) timer = setTimeout(tell, IDLE_MS); // half a placeholder is no fault yet
  }

  // ---- completion

  /** What is being written at the caret: where it begins, and the text so far. Null when no placeholder is. */
  function writing() {
    const caret = source.selectionStart;
    if (caret !== source.selectionEnd) return null;
    const match = /(\{+)([^{}\r\n]*)$/.exec(source.value.slice(0, caret));
    return match && match[1].length % 2 === 1 ? { start: caret - match[2].length - 1, typed: match[2] } : null;
  }

  /** In JSON a brace outside of a string begins an object. */
  function inString(offset) {
    let inside = false;
    for (let i = 0; i < offset; i++) {
      const c = source.value[i];
      if (c === "\\" && inside) i++;
      else if (c === '"') inside = !inside;
    }
    return inside;
  }

  async function open() {
    const asked = source.value;
    const offered = await server.invokeMethodAsync("Choices");
    // Whoever typed on meanwhile still writes a placeholder, or has gone past it
    if (document.activeElement !== source || (source.value !== asked && !writing())) return;
    choices = offered;
    clearTimeout(timer);
    offer();
  }

  function offer() {
    const typed = (writing()?.typed ?? "").toLowerCase();
    const name = (choice) => choice.insert.slice(1, -1).toLowerCase();
    // Names that begin so first, then those of which a part does, then those that hold it anywhere
    const rank = (n) => (n.startsWith(typed) ? 0 : n.split(/[.:_\-[\]']/).some((part) => part.startsWith(typed)) ? 1 : n.includes(typed) ? 2 : 3);
    shown = choices
      .map((choice) => ({ choice, rank: rank(name(choice)) }))
      .filter((c) => c.rank < 3)
      .sort((a, b) => a.rank - b.rank)
      .map((c) => c.choice)
      .slice(0, MOST_OFFERED);
    if (shown.length === 0) return close();
    selected = 0;
    list.replaceChildren(...rows(typed));
    list.hidden = false;
    sayOpen(true);
    place();
    choose(0);
  }

  /** A field with an open list is a combobox: what reads the page aloud tells of the list and its choices. */
  function sayOpen(isOpen) {
    if (!isOpen) {
      for (const name of ["role", "aria-expanded", "aria-activedescendant"]) source.removeAttribute(name);
      return;
    }
    source.setAttribute("role", "combobox");
    source.setAttribute("aria-expanded", "true");
  }

  // In the order of what fits best, groups would be torn apart
  function rows(typed) {
    const elements = [];
    let group = null;
    shown.forEach((choice, i) => {
      if (!typed && choice.group !== group) {
        const head = document.createElement("li");
        head.className = "group";
        head.textContent = group = choice.group;
        head.setAttribute("role", "presentation");
        elements.push(head);
      }
      const row = document.createElement("li");
      row.id = `${list.id}-${i}`;
      row.setAttribute("role", "option");
      const code = document.createElement("code");
      code.textContent = choice.insert.slice(1, -1);
      const detail = document.createElement("small");
      detail.textContent = choice.detail;
      row.append(code, detail);
      row.addEventListener("mousedown", (event) => {
        event.preventDefault(); // the focus stays in the field
        accept(i);
      });
      elements.push(row);
    });
    return elements;
  }

  // Below the caret, or above it where there is no room; never beyond the window
  function place() {
    const text = source.value.slice(0, writing()?.start ?? source.selectionStart);
    const caret = mark("", "\u200b");
    mirror.replaceChildren(text, caret);
    follow();
    const at = caret.getBoundingClientRect();
    paint();
    const box = list.getBoundingClientRect();
    const below = at.bottom + 8 + box.height <= innerHeight;
    list.style.left = `${Math.max(8, Math.min(at.left, innerWidth - box.width - 8))}px`;
    list.style.top = `${below ? at.bottom + 8 : Math.max(8, at.top - box.height - 8)}px`;
  }

  function choose(i) {
    selected = i;
    for (const row of list.querySelectorAll("[role=option]")) row.setAttribute("aria-selected", row.id === `${list.id}-${i}`);
    const row = list.querySelector("[aria-selected=true]");
    row?.scrollIntoView({ block: "nearest" });
    source.setAttribute("aria-activedescendant", row?.id ?? "");
  }

  function close() {
    if (!choices) return;
    choices = null;
    list.hidden = true;
    sayOpen(false);
    later();
  }

  function accept(i) {
    const choice = shown[i];
    const caret = source.selectionStart;
    const start = writing()?.start ?? caret;
    // The rest of a placeholder that was already closed is replaced with it
    const rest = start < caret || source.value[caret - 1] === "{" ? /^[^{}\r\n"]*\}/.exec(source.value.slice(caret)) : null;
    const quote = isJson && !inString(start) ? '"' : "";
    const text = quote + choice.insert + quote;
    choices = null;
    list.hidden = true;
    sayOpen(false);
    source.setSelectionRange(start, caret + (rest ? rest[0].length : 0));
    // Keeps the browser's undo; deprecated, and still the only thing that does
    if (!document.execCommand("insertText", false, text)) source.setRangeText(text, start, source.selectionEnd, "end");
    if (choice.select) {
      const from = start + text.indexOf(choice.select);
      source.setSelectionRange(from, from + choice.select.length);
    }
    typed();
  }

  // ---- events

  function typed() {
    // What stands before the caret has not moved; the rest is marked again when the server has looked at it
    faults = faults.filter((f) => f.end < source.selectionStart);
    paint();
    later();
  }

  function onInput(event) {
    typed();
    if (event.inputType === "insertText" && event.data === "{") {
      const now = writing();
      if (now && (!isJson || inString(now.start))) open();
    } else if (choices) {
      if (writing()) offer();
      else close();
    }
  }

  function onKeyDown(event) {
    if (event.key === " " && event.ctrlKey) {
      event.preventDefault();
      open();
      return;
    }
    if (!choices) return;
    const last = shown.length - 1;
    const act = {
      ArrowDown: () => choose(selected === last ? 0 : selected + 1),
      ArrowUp: () => choose(selected === 0 ? last : selected - 1),
      PageDown: () => choose(Math.min(last, selected + 8)),
      PageUp: () => choose(Math.max(0, selected - 8)),
      Enter: () => accept(selected),
      Tab: () => accept(selected),
      Escape: close,
    }[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  // A caret that goes elsewhere ends the choice
  function onCaret() {
    if (choices && !writing()) close();
  }

  // The browser's own change event comes before; it does not come when the text is back at what it was
  function onBlur() {
    close();
    tell();
  }

  function onChange() {
    told = source.value;
  }

  const listeners = [["input", onInput], ["change", onChange], ["keydown", onKeyDown], ["scroll", follow], ["blur", onBlur], ["click", onCaret]];
  for (const [name, listener] of listeners) source.addEventListener(name, listener);
  const resized = new ResizeObserver(follow);
  resized.observe(source);
  const away = (event) => {
    if (event.target !== list && event.target !== source) close();
  };
  addEventListener("resize", away);
  document.addEventListener("scroll", away, true);
  paint();
  if (source.value !== told) later();

  return {
    mark(ranges, json) {
      isJson = json;
      faults = ranges;
      paint();
    },
    select(start, end) {
      source.focus();
      source.setSelectionRange(start, end);
      // Bring the line into view: browsers only scroll to a selection that is typed
      const lines = source.value.slice(0, start).split("\n").length - 1;
      source.scrollTop = Math.max(0, lines * 20 - source.clientHeight / 2);
    },
    stop() {
      clearTimeout(timer);
      for (const [name, listener] of listeners) source.removeEventListener(name, listener);
      resized.disconnect();
      removeEventListener("resize", away);
      document.removeEventListener("scroll", away, true);
    },
  };
}
