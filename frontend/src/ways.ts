/** The ways at the head of a page: where they do not fit, they fade towards the side on which there are more. */

/** Let them fade, and begin where the reader is. */
export function watchWays(): void {
  const ways = document.querySelector<HTMLElement>(".ways");
  if (!ways) return;
  const here = ways.querySelector<HTMLElement>('[aria-current="page"]');
  if (here) ways.scrollLeft = here.offsetLeft - ways.offsetLeft - (ways.clientWidth - here.offsetWidth) / 2;
  const show = () => (ways.dataset.more = moreOf(ways));
  ways.addEventListener("scroll", show, { passive: true });
  new ResizeObserver(show).observe(ways);
  show();
}

/** The sides on which something is hidden: "left", "right", both or none. */
export function moreOf({ scrollLeft, clientWidth, scrollWidth }: Pick<HTMLElement, "scrollLeft" | "clientWidth" | "scrollWidth">): string {
  const sides = [scrollLeft > 1 ? "left" : "", scrollLeft + clientWidth < scrollWidth - 1 ? "right" : ""]; // 1: rounded
  return sides.filter(Boolean).join(" ");
}
