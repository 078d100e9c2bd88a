/** What came of a session. */
import "./results.css";
import { watchCopies } from "../results/copy";
import { drawGait } from "../results/gait-plots";
import { watchOffers } from "../results/offers";
import { watchShare } from "../results/share";
import { watchVideo } from "../results/video";
import { duration } from "../times";
import { mountViewers } from "../viewer/mount";

for (const place of document.querySelectorAll<HTMLElement>("[data-seconds]")) {
  place.textContent = duration(Number(place.dataset.seconds));
}
const gait = document.querySelector<HTMLElement>("[data-gait]");
if (gait) void drawGait(gait);
watchCopies(document);
watchOffers(document);
watchShare();
watchVideo(document);
mountViewers(document);
