// @vitest-environment jsdom
import { expect, test } from "vitest";
import { said, shown } from "./video";

test("a machine that cannot draw says so in a sentence", () => {
  expect(said({ stage: "refused", sentence: "no video: neither EGL nor OSMesa can draw here" })).toBe(
    "No video: neither EGL nor OSMesa can draw here.",
  );
  expect(said({ stage: "drawing", sentence: "" })).toMatch(/^It is being drawn/);
  expect(said({ stage: "none", sentence: "" })).toBe("");
});

test("the video stands with a link that takes it away", () => {
  const [video, line] = shown("/api/v1/sessions/3/artifacts/video");
  expect((video as HTMLVideoElement).controls).toBe(true);
  expect(video?.getAttribute("src")).toBe("/api/v1/sessions/3/artifacts/video");
  expect(line?.querySelector("a")?.getAttribute("href")).toBe("/api/v1/sessions/3/artifacts/video");
});
