/** Colours of the charts from the design's tokens, as the theme has them now. */
import { token } from "../theme";

export const CURVES = 8;

let colours = new Map<string, string>();
const forget = () => (colours = new Map());
window.addEventListener("themechange", forget);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", forget);

/** The colour of a token such as "--curve-1"; a canvas cannot read the token itself. */
export function colour(name: string): string {
  const known = colours.get(name) ?? token(name);
  colours.set(name, known);
  return known;
}

/** The token of a curve by its number, from 1. */
export function curveToken(number: number): string {
  return `--curve-${((number - 1) % CURVES) + 1}`;
}

/** Hear that the theme changed; gives what stops that. */
export function watchColours(listener: () => void): () => void {
  const system = matchMedia("(prefers-color-scheme: dark)");
  window.addEventListener("themechange", listener);
  system.addEventListener("change", listener);
  return () => {
    window.removeEventListener("themechange", listener);
    system.removeEventListener("change", listener);
  };
}
