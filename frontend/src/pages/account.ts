/** One's own account: tokens, alert channels. */
import "./lists.css";
import { ApiError, post } from "../api";
import { listenToActs } from "../lists/act";

listenToActs();

const kind = document.querySelector<HTMLSelectElement>("[data-kind]");
kind?.addEventListener("change", () => {
  const address = document.querySelector("[data-address]");
  const how = document.querySelector("[data-how-shown]");
  if (address) address.textContent = kind.value;
  if (how) how.textContent = kind.selectedOptions[0]?.dataset.how ?? "";
});

for (const button of document.querySelectorAll<HTMLButtonElement>("[data-test]")) {
  const words = button.closest("li")?.querySelector<HTMLElement>("[data-tested]");
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      const { sent, reason } = await post<{ sent: boolean; reason: string | null }>(button.dataset.test ?? "");
      if (words) words.textContent = sent ? "A test was sent: look whether it arrived." : `It could not be sent: ${reason}`;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (words) words.textContent = error.message;
    } finally {
      button.disabled = false;
    }
  });
}
