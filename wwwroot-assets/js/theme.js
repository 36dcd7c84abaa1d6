// Light, dark, or as the system has it. Runs before the page is painted, so that it does not flash.
window.tcTheme = {
  get: () => document.documentElement.dataset.theme || "auto",
  set(theme) {
    document.documentElement.dataset.theme = theme;
    document.cookie = `theme=${theme};path=/;max-age=31536000;samesite=lax${location.protocol === "https:" ? ";secure" : ""}`;
    for (const link of document.querySelectorAll("link[data-theme-of]")) {
      const of = link.dataset.themeOf;
      link.media = theme === "auto" ? `(prefers-color-scheme: ${of})` : theme === of ? "all" : "not all";
    }
  },
  /** What is shown right now. */
  shown() {
    const theme = this.get();
    return theme !== "auto" ? theme : matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  },
  toggle() {
    this.set(this.shown() === "dark" ? "light" : "dark");
    return this.shown();
  },
};
