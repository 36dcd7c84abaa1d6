// The few things only the browser can do.

// Times: "12 s ago", kept fresh here, so that the server need not render again; local and UTC time in the tooltip.
(() => {
  const words = (seconds) => {
    const s = Math.abs(seconds);
    const text = s < 1 ? "now" : s < 60 ? `${Math.floor(s)} s` : s < 3600 ? `${Math.floor(s / 60)} min` : s < 86400 ? `${Math.floor(s / 3600)} h` : `${Math.floor(s / 86400)} d`;
    return text === "now" ? text : seconds >= 0 ? `${text} ago` : `in ${text}`;
  };
  const update = () => {
    for (const element of document.querySelectorAll("time[data-relative]")) {
      const at = new Date(element.dateTime);
      const text = words((Date.now() - at) / 1000);
      if (element.firstChild && element.firstChild.nodeValue !== text) element.firstChild.nodeValue = text;
      const title = `${at.toLocaleString()} (${at.toISOString().replace("T", " ").replace("Z", " UTC")})`;
      if (element.title !== title) element.title = title;
    }
    for (const element of document.querySelectorAll("time[data-clock]")) {
      const at = new Date(element.dateTime);
      const text = at.toLocaleString();
      if (element.firstChild && element.firstChild.nodeValue !== text) element.firstChild.nodeValue = text;
      element.title = at.toISOString().replace("T", " ").replace("Z", " UTC");
    }
  };
  setInterval(update, 1000);
  // New rows are corrected at once, not a second later
  new MutationObserver(update).observe(document, { childList: true, subtree: true });
})();

// Fields with data-pause tell what was typed when the typist rests for so many milliseconds, not only when the field is left.
(() => {
  const waiting = new WeakMap();
  document.addEventListener("input", (event) => {
    const field = event.target;
    if (!field.dataset?.pause) return;
    clearTimeout(waiting.get(field));
    waiting.set(field, setTimeout(() => field.isConnected && field.dispatchEvent(new Event("change", { bubbles: true })), +field.dataset.pause));
  });
})();

// While the page is connected its root has data-live. A circuit that the server no longer knows, because it was started anew or
// the page was away for too long, cannot be taken up again: the page loads itself as soon as the server answers.
(() => {
  const banner = document.getElementById("components-reconnect-modal");
  const is = (...states) => states.some((state) => banner.classList.contains(`components-reconnect-${state}`));
  let waits = false;
  const loadWhenServerAnswers = async () => {
    if (waits) return;
    for (waits = true; ; await new Promise((resolve) => setTimeout(resolve, 3000))) {
      try {
        if ((await fetch("/health/live", { cache: "no-store" })).ok) return location.reload();
      } catch {
        // Not yet
      }
    }
  };
  new MutationObserver(() => {
    const isOver = is("failed", "rejected", "resume-failed");
    document.documentElement.toggleAttribute("data-live", !isOver && !is("show", "retrying", "paused"));
    if (isOver) loadWhenServerAnswers();
  }).observe(banner, { attributeFilter: ["class"] });
})();

// The link that skips to the content: taken for a link to Home by <base href="/">, and for a page by Blazor.
document.addEventListener("click", (event) => {
  if (!event.target.closest?.("a.skip")) return;
  event.preventDefault();
  document.getElementById("content").focus();
}, true);

window.tc = {
  /** Copies text; works without a secure context too. */
  async copy(text) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      const area = document.createElement("textarea");
      area.value = text;
      area.style.position = "fixed";
      area.style.opacity = "0";
      document.body.append(area);
      area.select();
      const done = document.execCommand("copy");
      area.remove();
      return done;
    }
  },
  focus: (element) => element?.focus(),
  reveal: (id) => document.getElementById(id)?.scrollIntoView({ block: "start" }),
  /** Minutes that the reader's clock is ahead of UTC. */
  zone: () => -new Date().getTimezoneOffset(),

  /** The reader's time zone: Europe/Berlin. */
  zoneName: () => Intl.DateTimeFormat().resolvedOptions().timeZone ?? null,
  focusId(id) {
    const element = document.getElementById(id);
    element?.focus({ preventScroll: true });
    element?.scrollIntoView({ block: "nearest" });
  },
  /** A box that stands for several, of which some are on. */
  mixed(id, on) {
    const box = document.getElementById(id);
    if (box) box.indeterminate = on;
  },
  revealTab: () => document.querySelector("nav.tabs .current, nav.side .current")?.scrollIntoView({ inline: "nearest", block: "nearest" }),
  toTop: () => document.querySelector("main")?.scrollTo(0, 0),
  /** Asks before leaving a page with changes that are not saved. */
  guard(on) {
    window.onbeforeunload = on ? (event) => event.preventDefault() : null;
  },
  /** Whether the reader has scrolled away from the top of the list, or holds something open in it. */
  isReading: () => document.querySelector("main")?.scrollTop > 40 || window.scrollY > 40 || !!document.querySelector("[data-holds-list]"),
  /** Keys for the whole page: ⌘K / Ctrl-K opens the palette, ? lists the keys, g and a letter goes somewhere. */
  keys(receiver) {
    document.documentElement.toggleAttribute("data-live", true); // the first thing a connected page calls
    let waiting = false;
    const inField = (event) => event.target.closest("input, textarea, select, [contenteditable]");
    const listen = (event) => {
      if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        receiver.invokeMethodAsync("OnKey", "palette");
      } else if (!inField(event) && !event.metaKey && !event.ctrlKey && !event.altKey) {
        if (event.key === "?") receiver.invokeMethodAsync("OnKey", "help");
        else if (waiting) receiver.invokeMethodAsync("OnKey", "g" + event.key.toLowerCase());
        else if (event.key === "/") {
          const search = document.querySelector("input[type=search]");
          if (search) {
            event.preventDefault();
            search.focus();
          }
        }
        waiting = event.key === "g" && !waiting;
      }
    };
    document.addEventListener("keydown", listen);
    return { stop: () => document.removeEventListener("keydown", listen) };
  },
};
