/** The buttons of a session: they act at once, and what they do can be taken back. */
import { ApiError, post } from "../api";
import { toast } from "../toast";
import type { Standing } from "./standing";

const SAYS: Record<string, string> = {
  pause: "It pauses after this epoch.",
  stop: "It stops after this epoch, with a checkpoint.",
  resume: "It goes on as soon as a worker is free.",
  retry: "It is tried again as soon as a worker is free.",
};
/** What takes an act back, and the states in which that can be done. */
const BACK: Record<string, { way: string; states: string[] }> = {
  pause: { way: "resume", states: ["paused"] },
  stop: { way: "retry", states: ["cancelled"] },
  resume: { way: "pause", states: ["queued", "running"] },
  retry: { way: "cancel", states: ["queued", "running"] },
};

/** Listen to the buttons below an element, whichever stand there. */
export function listenToActions(place: HTMLElement, standing: Standing, session: string): void {
  let undone: { way: string; states: string[] } | null = null;
  const send = async (way: string) => {
    try {
      await post(`/api/v1/sessions/${session}/${way}`);
    } catch (error) {
      toast(error instanceof ApiError ? error.message : String(error));
    }
    await standing.refresh();
  };
  const takeBack = async () => {
    if (!undone?.states.includes(standing.state)) return; // it is on its way there
    const { way } = undone;
    undone = null;
    await send(way);
  };
  standing.onChange(() => void takeBack());
  place.addEventListener("click", async (event) => {
    const button = (event.target as HTMLElement).closest<HTMLButtonElement>("[data-act]");
    if (!button) return;
    const act = button.dataset.act ?? "";
    button.disabled = true;
    undone = null;
    await send((button.dataset.url ?? "").split("/").at(-1) ?? "");
    const back = BACK[act];
    toast(SAYS[act] ?? "Done.", back && (async () => {
      undone = back;
      await takeBack();
    }));
  });
}
