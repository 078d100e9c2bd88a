/** What a share link shows: to be looked at and downloaded. */
import "./results.css";
import { watchCopies } from "../results/copy";
import { drawGait } from "../results/gait-plots";
import { duration } from "../times";
import { mountViewers } from "../viewer/mount";

for (const place of document.querySelectorAll<HTMLElement>("[data-seconds]")) {
  place.textContent = duration(Number(place.dataset.seconds));
}
const gait = document.querySelector<HTMLElement>("[data-gait]");
if (gait) void drawGait(gait);
watchCopies(document);
mountViewers(document);
