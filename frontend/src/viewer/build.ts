/** Elements, made in one line each. */

/** An element with a class, attributes and children. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className = "",
  attributes: Record<string, string> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  if (className) element.className = className;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** A button that does something. */
export function button(text: string, title: string, act: () => void): HTMLButtonElement {
  const made = make("button", "button", { type: "button", title }, text);
  made.addEventListener("click", act);
  return made;
}
