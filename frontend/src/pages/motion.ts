/** One motion or robot: in 3D, its report, versions and shares. */
import "./lists.css";
import { listenToActs } from "../lists/act";
import { placeMenus } from "../lists/menus";
import { listenToShares } from "../lists/share";
import { listenToDrops } from "../lists/uploads";
import { mountViewers } from "../viewer/mount";

listenToActs();
listenToShares();
listenToDrops();
placeMenus();
mountViewers(document);
