/** Home, sessions, motions, robots and alerts: lists that stay true, and what can be done with their rows. */
import "./lists.css";
import { listenToActs } from "../lists/act";
import { listenToChoices } from "../lists/bulk";
import { followRows } from "../lists/live-rows";
import { placeMenus } from "../lists/menus";
import { listenToShares } from "../lists/share";
import { listenToDrops } from "../lists/uploads";
import { refresh } from "../lists/refresh";
import { listen } from "../live/news";

listenToActs();
listenToChoices();
listenToDrops();
listenToShares(refresh);
placeMenus();
followRows();
if (document.querySelector("[data-alert-list]")) {
  listen((news) => {
    if (news.kind === "alert") refresh();
  });
}
