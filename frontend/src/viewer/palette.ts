/** The colours of the design that the 3D picture and the plots use, as the theme has them now. */
import { token } from "../theme";

export interface Palette {
  ground: string;
  line: string;
  edge: string;
  ink: string;
  quiet: string;
  accent: string;
  beak: string;
  wrong: string;
  curves: string[];
  dark: boolean;
}

const CURVES = 8;

export function palette(): Palette {
  const ground = token("--sunk");
  return {
    ground,
    line: token("--line"),
    edge: token("--edge"),
    ink: token("--ink"),
    quiet: token("--quiet"),
    accent: token("--accent"),
    beak: token("--beak"),
    wrong: token("--wrong"),
    curves: Array.from({ length: CURVES }, (_, k) => token(`--curve-${k + 1}`)),
    dark: (ground.match(/[\d.]+/g) ?? []).slice(0, 3).every((channel) => Number(channel) < 128),
  };
}

/** Hear of every change of the theme, by the page's button or by the system, until `signal`. */
export function onTheme(listener: () => void, signal: AbortSignal): void {
  window.addEventListener("themechange", listener, { signal });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", listener, { signal });
}
