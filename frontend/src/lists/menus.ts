/** Menus of rows: beside their button, with what can be done in the row's state. */

/** Place every menu when it opens. */
export function placeMenus(): void {
  document.addEventListener(
    "toggle",
    (event) => {
      const menu = event.target as HTMLElement;
      if (!menu.matches?.(".menu[popover]")) return;
      if ((event as ToggleEvent).newState !== "open") return menu.removeAttribute("style"); // htmx would copy it
      const button = document.querySelector<HTMLElement>(`[popovertarget="${menu.id}"]`);
      const state = button?.closest<HTMLElement>("[data-state]")?.dataset.state ?? "";
      for (const item of menu.querySelectorAll<HTMLElement>("[data-when]")) {
        item.hidden = !(item.dataset.when ?? "").split(" ").includes(state);
      }
      if (button) place(menu, button.getBoundingClientRect());
      menu.querySelector<HTMLElement>("a, button:not([hidden])")?.focus();
    },
    true,
  );
  document.addEventListener("keydown", (event) => {
    const menu = (event.target as Element).closest?.(".menu[popover]");
    if (!menu || !["ArrowDown", "ArrowUp"].includes(event.key)) return;
    event.preventDefault();
    const items = [...menu.querySelectorAll<HTMLElement>("a, button:not([hidden])")];
    const step = event.key === "ArrowDown" ? 1 : -1;
    items[(items.indexOf(document.activeElement as HTMLElement) + step + items.length) % items.length]?.focus();
  });
}

function place(menu: HTMLElement, at: DOMRect): void {
  const { width, height } = menu.getBoundingClientRect();
  const below = at.bottom + height < window.innerHeight;
  menu.style.left = `${Math.max(8, Math.min(at.right, window.innerWidth - 8) - width)}px`;
  menu.style.top = `${below ? at.bottom : Math.max(8, at.top - height)}px`;
}
