/** Viewers of a page: each is loaded, three.js with it, when it scrolls into view. */
import "./viewer.css";
import type { Viewer } from "./viewer";

/** How far below the screen it begins to load [px]. */
const AHEAD = "200px";

/** Mount every `<div class="viewer" data-scene="URL" data-replay="URL" data-label="...">` below `root`. */
export function mountViewers(root: ParentNode): void {
  const seen = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        seen.unobserve(target);
        void mountPlace(target as HTMLElement);
      }
    },
    { rootMargin: AHEAD },
  );
  for (const place of root.querySelectorAll<HTMLElement>(".viewer[data-scene]:not([data-mounted])")) {
    place.dataset.mounted = "";
    seen.observe(place);
  }
}

/** Mount one place as its data say. */
export async function mountPlace(place: HTMLElement): Promise<Viewer> {
  const { scene = "", replay = "", label } = place.dataset;
  place.dataset.mounted = "";
  const { mountViewer } = await import("./viewer");
  return mountViewer(place, { scene, replay }, label === undefined ? {} : { label });
}
