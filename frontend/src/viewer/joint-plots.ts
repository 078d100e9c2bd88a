/** Plots of the joints that the reader chooses, policy and reference, with the cursor of the scrubber. */
import { button, make } from "./build";
import type { Replay } from "./documents";
import { angleAt, jointRange, mostMoved, trackingError } from "./joint-curves";
import type { Palette } from "./palette";
import { type Pen, Track } from "./track";

const MARGIN = 5;
const DASH = [5, 4];

interface Plot {
  joint: number;
  track: Track;
  value: HTMLElement;
}

export class JointPlots {
  readonly element = make("details", "viewer-joints", { open: "" });
  readonly #choice = make("div", "viewer-choice");
  readonly #rows = make("div", "viewer-rows");
  #chosen: Set<string> | null = null;
  #plots: Plot[] = [];
  #replay: Replay | null = null;

  /**
   * @param seek hears where the reader points, from 0 to 1
   * @param changed hears that other plots have to be drawn
   */
  constructor(
    readonly seek: (part: number) => void,
    readonly changed: () => void,
  ) {
    this.element.addEventListener("toggle", changed);
  }

  /** The strips that are to be drawn. */
  get tracks(): Track[] {
    return this.element.open ? this.#plots.map((plot) => plot.track) : [];
  }

  /** Plot another movement; joints stay chosen. */
  take(replay: Replay): void {
    this.#replay = replay;
    this.element.hidden = !replay.jointNames.length;
    this.#chosen ??= new Set(mostMoved(replay).map((joint) => replay.jointNames[joint]!));
    this.element.replaceChildren(
      make("summary", "", {}, `Joint angles (${replay.jointNames.length})`),
      make("div", "viewer-keys help", {}, ...legend(replay)),
      this.#rows,
      make("details", "viewer-chooser", {}, make("summary", "", {}, "Choose joints"), this.#choice),
    );
    this.#offer(replay);
    this.#plot();
  }

  /** Write the angles at a time [s]. */
  tell(seconds: number): void {
    const replay = this.#replay;
    if (!replay || !this.element.open) return;
    for (const { joint, value } of this.#plots) {
      const own = angleAt(replay, replay.joints, joint, seconds).toFixed(2);
      const due = replay.referenceJoints && angleAt(replay, replay.referenceJoints, joint, seconds).toFixed(2);
      value.textContent = due === null ? own : `${own} / ${due}`;
    }
  }

  #offer(replay: Replay): void {
    const boxes = replay.jointNames.map((name) => {
      const box = make("input", "", { type: "checkbox" });
      box.checked = this.#chosen!.has(name);
      box.addEventListener("change", () => {
        if (box.checked) this.#chosen!.add(name);
        else this.#chosen!.delete(name);
        this.#plot();
      });
      return make("label", "", {}, box, spaced(name));
    });
    const all = (on: boolean) => () => {
      this.#chosen = new Set(on ? replay.jointNames : []);
      this.#offer(replay);
      this.#plot();
    };
    const none = button("None", "Plot no joint", all(false));
    this.#choice.replaceChildren(button("All", "Plot every joint", all(true)), none, ...boxes);
  }

  #plot(): void {
    const replay = this.#replay!;
    const joints = replay.jointNames.flatMap((name, joint) => (this.#chosen!.has(name) ? [joint] : []));
    this.#plots = joints.map((joint) => {
      const name = spaced(replay.jointNames[joint]!);
      const track = new Track(said(replay, joint), "viewer-joint", (pen) => paint(replay, joint, pen), this.seek);
      const value = make("span", "figures");
      track.head.append(make("span", "", {}, name), value);
      return { joint, track, value };
    });
    this.#rows.replaceChildren(...this.#plots.map((plot) => plot.track.element));
    this.changed();
  }
}

function paint(replay: Replay, joint: number, { context, x, width, height, palette }: Pen): void {
  const { low, high } = jointRange(replay, joint);
  const y = (angle: number) => MARGIN + ((height - 2 * MARGIN) * (high - angle)) / (high - low);
  const curve = (angles: Float32Array) => {
    context.beginPath();
    for (let frame = 0; frame < replay.frames; frame++) {
      context.lineTo(x(frame / replay.hz), y(angles[frame * replay.jointNames.length + joint]!));
    }
    context.stroke();
  };
  context.strokeStyle = palette.line;
  if (low < 0 && high > 0) context.strokeRect(0, Math.round(y(0)) + 0.5, width, 0);
  context.lineWidth = 1.5;
  context.strokeStyle = palette.curves[0]!;
  curve(replay.joints);
  if (replay.referenceJoints) {
    context.setLineDash(DASH);
    context.strokeStyle = palette.curves[1]!;
    curve(replay.referenceJoints);
  }
  context.font = "11px system-ui, sans-serif";
  write(context, high.toFixed(2), 12, palette);
  write(context, low.toFixed(2), height - 3, palette);
}

/** On the ground's colour, so that curves do not cross it. */
function write(context: CanvasRenderingContext2D, text: string, y: number, { ground, quiet }: Palette): void {
  context.setLineDash([]);
  context.lineWidth = 4;
  context.strokeStyle = ground;
  context.strokeText(text, 2, y);
  context.fillStyle = quiet;
  context.fillText(text, 2, y);
}

function legend(replay: Replay): HTMLElement[] {
  if (!replay.referenceJoints) return [make("span", "", {}, "Angle over time [rad]; drag to move through the time.")];
  return [
    make("span", "viewer-key policy", {}, "policy"),
    make("span", "viewer-key reference", {}, "reference"),
    make("span", "", {}, "[rad]; drag to move through the time."),
  ];
}

function said(replay: Replay, joint: number): string {
  const { low, high } = jointRange(replay, joint);
  const error = trackingError(replay, joint);
  const far = error === null ? "" : `, ${error.toFixed(2)} rad from the reference (root mean square)`;
  return `Angle of ${spaced(replay.jointNames[joint]!)}: from ${low.toFixed(2)} to ${high.toFixed(2)} rad${far}`;
}

function spaced(name: string): string {
  return name.replaceAll("_", " ");
}
