/** The bell in the head of every page: how many alerts were not seen, and a word when one comes. */
import "./bell.css";
import { get } from "../api";
import { toast } from "../toast";
import { listen } from "./news";

const MOST_SHOWN = 99;

/** Keep the number right. */
export function watchBell(): void {
  const bell = document.querySelector<HTMLElement>("#bell");
  if (!bell) return;
  listen((news) => {
    if (news.kind !== "alert") return;
    showUnseen(Number(bell.dataset.unseen) + 1);
    toast(news.alert.message);
  });
}

/** Ask how many there are, after some were marked. */
export async function countUnseen(): Promise<void> {
  const { unread } = await get<{ unread: number }>("/api/v1/alerts?per_page=1");
  showUnseen(unread);
}

function showUnseen(count: number): void {
  const bell = document.querySelector<HTMLElement>("#bell");
  const number = bell?.querySelector<HTMLElement>(".bell-number");
  if (!bell || !number) return;
  bell.dataset.unseen = String(Math.max(0, count));
  bell.setAttribute("aria-label", `Alerts, ${Math.max(0, count)} not seen`);
  number.textContent = count > MOST_SHOWN ? `${MOST_SHOWN}+` : String(count);
  number.hidden = count <= 0;
}
