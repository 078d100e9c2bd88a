/** Buttons that do what the verdict proposes: train a clone with other options, or go on from the checkpoint. */
import { ApiError, post } from "../api";

/** Let them act; a refusal is said below the verdict. */
export function watchOffers(root: ParentNode): void {
  for (const button of root.querySelectorAll<HTMLButtonElement>("[data-clone]")) {
    act(button, async () => {
      const asked = { parameters: JSON.parse(button.dataset.edits ?? "{}") as unknown };
      const made = await post<{ id: number }>(button.dataset.clone ?? "", asked);
      location.assign(`/training/monitor/${made.id}`);
    });
  }
  for (const button of root.querySelectorAll<HTMLButtonElement>("[data-go-on]")) {
    act(button, async () => {
      await post(button.dataset.goOn ?? "");
      location.assign(button.dataset.then ?? "/");
    });
  }
}

function act(button: HTMLButtonElement, work: () => Promise<void>): void {
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      await work();
    } catch (error) {
      button.disabled = false;
      const place = document.querySelector<HTMLElement>("#form-error");
      if (!place || !(error instanceof ApiError)) throw error;
      place.textContent = error.message;
      place.hidden = false;
    }
  });
}
