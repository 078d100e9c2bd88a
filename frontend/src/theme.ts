/** Light, dark, or as the system is. The server writes the choice into the page, so that nothing flashes. */

const CHOICES = ["system", "light", "dark"] as const;
const A_YEAR_S = 365 * 86400;

/** Let the button of the page's head choose. */
export function watchTheme(): void {
  const button = document.querySelector<HTMLButtonElement>("[data-theme-switch]");
  if (!button) return;
  const root = document.documentElement;
  const show = () => {
    const now = root.dataset.theme ?? "system";
    button.setAttribute("aria-label", `Colours: ${now}. Press for the next.`);
    button.title = `Colours: ${now}`;
  };
  button.addEventListener("click", () => {
    const now = CHOICES.indexOf((root.dataset.theme ?? "system") as (typeof CHOICES)[number]);
    const next = CHOICES[(now + 1) % CHOICES.length] ?? "system";
    if (next === "system") delete root.dataset.theme;
    else root.dataset.theme = next;
    document.cookie = `theme=${next}; path=/; max-age=${A_YEAR_S}; samesite=lax`;
    show();
    window.dispatchEvent(new Event("themechange"));
  });
  show();
}

/** The value of a custom property of the design, as the theme has it now: `token("--accent")`. */
export function token(name: string): string {
  const probe = document.createElement("span");
  probe.hidden = true;
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
}
