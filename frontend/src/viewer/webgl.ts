/** What the browser can draw in 3D with. */

export type Drawing = "none" | "software" | "hardware";

/** Whether there is WebGL 2, and whether a graphics card stands behind it. */
export function drawingBy(): Drawing {
  const canvas = document.createElement("canvas");
  const gl = canvas.getContext("webgl2");
  if (!gl) return "none";
  const told = gl.getExtension("WEBGL_debug_renderer_info");
  const name = String(told ? gl.getParameter(told.UNMASKED_RENDERER_WEBGL) : "");
  gl.getExtension("WEBGL_lose_context")?.loseContext(); // a page may hold few of them
  return /swiftshader|llvmpipe|softpipe|software|basic render/i.test(name) ? "software" : "hardware";
}
