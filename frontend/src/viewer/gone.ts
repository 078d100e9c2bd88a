/** What is to be freed when its place leaves the page. */

/** Act once `place` is no part of the page any more, whoever took it away, until `signal`; moving it does not count. */
export function whenGone(place: Element, act: () => void, signal: AbortSignal): void {
  const watching = new MutationObserver(() => {
    if (place.isConnected) return;
    watching.disconnect();
    act();
  });
  watching.observe(document, { childList: true, subtree: true });
  signal.addEventListener("abort", () => watching.disconnect());
}
