/** What the reader has set: kept in the address, so that a reload or a link loses nothing, and for the next page. */
import type { Range } from "../charts/zoom";

export interface Settings {
  /** How much earlier values count, 0 to 0.99. */
  smooth: number;
  log: boolean;
  x: "epochs" | "time";
  /** Series beside the usual ones. */
  add: string[];
  /** Usual ones that are left out. */
  less: string[];
  zoom: Range | null;
}

const KEPT = "webfoot.monitor";
const MOST_SMOOTH = 0.99;
export const USUAL: Settings = { smooth: 0.6, log: false, x: "epochs", add: [], less: [], zoom: null };

/** Settings out of an address, over those that were kept; what cannot be read is as usual. */
export function readSettings(search: string, kept: string | null): Settings {
  const earlier = new URLSearchParams(kept ?? "");
  const asked = new URLSearchParams(search);
  const value = (name: string) => asked.get(name) ?? earlier.get(name);
  const list = (name: string) => (value(name) ?? "").split(",").filter(Boolean);
  const smooth = value("smooth") === null ? Number.NaN : Number(value("smooth"));
  const [from, to] = [asked.get("from"), asked.get("to")].map((text) => (text ? Number(text) : Number.NaN));
  return {
    smooth: Number.isFinite(smooth) ? Math.min(MOST_SMOOTH, Math.max(0, smooth)) : USUAL.smooth,
    log: ["1", "on"].includes(value("log") ?? ""),
    x: value("x") === "time" ? "time" : "epochs",
    add: list("add"),
    less: list("less"),
    zoom: (from as number) < (to as number) ? [from as number, to as number] : null,
  };
}

/** The address's part behind "?", with these settings and all else that stands there. */
export function writeSettings(settings: Settings, search: string): string {
  const asked = new URLSearchParams(search);
  for (const name of ["from", "to", "show", "search"]) asked.delete(name);
  for (const [name, value] of Object.entries(lasting(settings))) asked.set(name, value);
  if (settings.zoom) {
    asked.set("from", String(Number(settings.zoom[0].toPrecision(6))));
    asked.set("to", String(Number(settings.zoom[1].toPrecision(6))));
  }
  return `?${asked}`;
}

function lasting({ smooth, log, x, add, less }: Settings): Record<string, string> {
  return { smooth: String(smooth), log: log ? "1" : "0", x, add: add.join(","), less: less.join(",") };
}

/** As they are on this page. */
export function loadSettings(): Settings {
  return readSettings(location.search, remembered());
}

/** Into the address, and for the next page. */
export function saveSettings(settings: Settings): void {
  history.replaceState(history.state, "", writeSettings(settings, location.search) + location.hash);
  try {
    localStorage.setItem(KEPT, new URLSearchParams(lasting(settings)).toString());
  } catch {
    // a browser that keeps nothing: the address does
  }
}

function remembered(): string | null {
  try {
    return localStorage.getItem(KEPT);
  } catch {
    return null;
  }
}
