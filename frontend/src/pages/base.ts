/** What every page has: its looks, htmx, times in the reader's zone, the theme, keys and messages. */
import "../design/design.css";
import htmx from "htmx.org";
import { listenToKeys } from "../keys";
import { watchBell } from "../live/bell";
import { watchTheme } from "../theme";
import { showTimes } from "../times";
import { keepToastsInSight } from "../toast";
import { watchWays } from "../ways";

htmx.config.allowEval = false;
htmx.config.includeIndicatorStyles = false;
htmx.config.selfRequestsOnly = true;
htmx.config.attributesToSettle = ["class", "width", "height"]; // to write "style" is against the Content-Security-Policy
htmx.config.historyCacheSize = 0;
htmx.config.refreshOnHistoryMiss = true; // the way back loads the page, with all that listens in it

document.body.addEventListener("htmx:afterSettle", (event) => showTimes(event.target as HTMLElement));
showTimes(document.body);
watchTheme();
watchWays();
keepToastsInSight();
listenToKeys();
watchBell();
