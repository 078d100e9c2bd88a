// The replay: triangles, a depth buffer, no library. World: x forward, y left, z up, metres.
(() => {
  const source = document.getElementById("replay-data");
  if (!source) return;
  const data = JSON.parse(source.textContent);
  const canvas = document.getElementById("view");
  const page = canvas.getContext("2d");
  const find = (id) => document.getElementById(id);

  const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer;
  let take, poses, ghostPoses, duration;
  const choose = (chosen) => {
    take = chosen;
    poses = new Int16Array(bytes(take.poses));
    ghostPoses = new Int16Array(bytes(take.ghost));
    duration = Math.max((take.frames - 1) * take.dt, take.dt);
    find("scrub").max = duration;
  };
  choose(data.takes[0]);
  const parts = data.parts.map((part) => ({
    body: part.body,
    colour: part.colour,
    vertices: Float32Array.from(new Int16Array(bytes(part.vertices)), (v) => v * data.unit),
    faces: new Uint16Array(bytes(part.faces)),
  }));
  const most = Math.max(...parts.map((part) => part.vertices.length / 3));
  const world = new Float32Array(most * 3);
  const screen = new Float32Array(most * 3);

  // Camera: turns around the base, which it follows; heights relative to the robot's own.
  const camera = { azimuth: -0.9, elevation: 0.28, distance: data.height * 3, x: 0, y: 0, z: data.height * 0.46 };
  let time = 0, playing = !matchMedia("(prefers-reduced-motion: reduce)").matches;
  let detail = 2, colours = {};

  const readColours = () => {
    const style = getComputedStyle(document.documentElement);
    colours = Object.fromEntries(["ground", "sky", "soft", "policy", "reference"].map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
    colours.dark = document.documentElement.dataset.theme === "dark";
  };
  readColours();
  document.addEventListener("themechange", () => { readColours(); draw(); });

  // Pose of one body between two frames: position, then a 3x3 matrix from the normalised mean of the quaternions.
  const matrix = new Float32Array(12);
  const pose = (all, body) => {
    const at = Math.min(Math.max(time / take.dt, 0), take.frames - 1);
    const frame = Math.min(Math.floor(at), take.frames - 1), next = Math.min(frame + 1, take.frames - 1), part = at - frame;
    const a = (frame * data.bodies + body) * 7, b = (next * data.bodies + body) * 7;
    let dot = 0;
    for (let k = 3; k < 7; k++) dot += all[a + k] * all[b + k];
    const q = [0, 0, 0, 0];
    for (let k = 0; k < 4; k++) q[k] = all[a + 3 + k] * (1 - part) + (dot < 0 ? -1 : 1) * all[b + 3 + k] * part;
    const size = Math.hypot(...q) || 1, [w, x, y, z] = q.map((v) => v / size);
    for (let k = 0; k < 3; k++) matrix[k] = (all[a + k] * (1 - part) + all[b + k] * part) * data.unit;
    matrix.set([1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y), 2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x), 2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)], 3);
    return matrix;
  };

  // Axes of the camera in the world and its place.
  let right, up, back, eye, focal, middleX, middleY;
  const aim = (width, height) => {
    const ca = Math.cos(camera.azimuth), sa = Math.sin(camera.azimuth), ce = Math.cos(camera.elevation), se = Math.sin(camera.elevation);
    back = [ce * ca, ce * sa, se];
    right = [-sa, ca, 0];
    up = [-se * ca, -se * sa, ce];
    eye = [camera.x + back[0] * camera.distance, camera.y + back[1] * camera.distance, camera.z + back[2] * camera.distance];
    focal = 1.75 * Math.min(height, width * 1.1);
    middleX = width / 2;
    middleY = height / 2;
  };
  const project = (x, y, z, out, at) => {
    const dx = x - eye[0], dy = y - eye[1], dz = z - eye[2];
    const depth = -(back[0] * dx + back[1] * dy + back[2] * dz);
    const scale = focal / Math.max(depth, 1e-3);
    out[at] = middleX + (right[0] * dx + right[1] * dy) * scale;
    out[at + 1] = middleY - (up[0] * dx + up[1] * dy + up[2] * dz) * scale;
    out[at + 2] = depth;
    return depth > 0.02;
  };

  const layer = document.createElement("canvas");
  const ink = layer.getContext("2d");
  let image, pixels, depths;
  const clearLayer = (width, height) => {
    if (!image || image.width !== width || image.height !== height) {
      layer.width = width;
      layer.height = height;
      image = ink.createImageData(width, height);
      pixels = new Uint32Array(image.data.buffer);
      depths = new Float32Array(width * height);
    }
    pixels.fill(0);
    depths.fill(0);
  };

  // Fill one triangle of `screen`; nearer (larger 1/depth) wins. Colour is 0xAABBGGRR.
  const fill = (a, b, c, colour) => {
    const ax = screen[a], ay = screen[a + 1], bx = screen[b], by = screen[b + 1], cx = screen[c], cy = screen[c + 1];
    const area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax);
    if (Math.abs(area) < 1e-4) return;
    const az = 1 / screen[a + 2], bz = 1 / screen[b + 2], cz = 1 / screen[c + 2];
    const left = Math.max(Math.floor(Math.min(ax, bx, cx)), 0), rightEnd = Math.min(Math.ceil(Math.max(ax, bx, cx)), image.width - 1);
    const top = Math.max(Math.floor(Math.min(ay, by, cy)), 0), bottom = Math.min(Math.ceil(Math.max(ay, by, cy)), image.height - 1);
    const ub = (cy - ay) / area, vb = -(cx - ax) / area, uc = -(by - ay) / area, vc = (bx - ax) / area;
    for (let y = top; y <= bottom; y++) {
      let wb = (left + 0.5 - ax) * ub + (y + 0.5 - ay) * vb, wc = (left + 0.5 - ax) * uc + (y + 0.5 - ay) * vc;
      for (let x = left, i = y * image.width + left; x <= rightEnd; x++, i++, wb += ub, wc += uc) {
        if (wb < 0 || wc < 0 || wb + wc > 1) continue;
        const near = az + wb * (bz - az) + wc * (cz - az);
        if (near > depths[i]) { depths[i] = near; pixels[i] = colour; }
      }
    }
  };

  const light = [0.35, 0.25, 0.9];
  const drawRobot = (all, tint, shadow) => {
    for (const part of parts) {
      const m = pose(all, part.body), v = part.vertices;
      let visible = true;
      for (let i = 0; i < v.length; i += 3) {
        let x = m[0] + m[3] * v[i] + m[4] * v[i + 1] + m[5] * v[i + 2];
        let y = m[1] + m[6] * v[i] + m[7] * v[i + 1] + m[8] * v[i + 2];
        let z = m[2] + m[9] * v[i] + m[10] * v[i + 1] + m[11] * v[i + 2];
        if (shadow) { const h = Math.max(z, 0); x -= h * 0.3; y -= h * 0.2; z = 0; }
        world[i] = x; world[i + 1] = y; world[i + 2] = z;
        visible = project(x, y, z, screen, i) && visible;
      }
      if (!visible) continue;
      for (let f = 0; f < part.faces.length; f += 3) {
        const a = part.faces[f] * 3, b = part.faces[f + 1] * 3, c = part.faces[f + 2] * 3;
        fill(a, b, c, shadow ? (colours.dark ? 0x70000000 : 0x30201810) : shade(a, b, c, tint || part.colour));
      }
    }
  };
  const shade = (a, b, c, colour) => {
    const ux = world[b] - world[a], uy = world[b + 1] - world[a + 1], uz = world[b + 2] - world[a + 2];
    const vx = world[c] - world[a], vy = world[c + 1] - world[a + 1], vz = world[c + 2] - world[a + 2];
    let nx = uy * vz - uz * vy, ny = uz * vx - ux * vz, nz = ux * vy - uy * vx;
    const facing = nx * (eye[0] - world[a]) + ny * (eye[1] - world[a + 1]) + nz * (eye[2] - world[a + 2]) < 0 ? -1 : 1;
    const size = facing / (Math.hypot(nx, ny, nz) || 1);
    nx *= size; ny *= size; nz *= size;
    const sun = Math.max(nx * light[0] + ny * light[1] + nz * light[2], 0), head = Math.max(nx * back[0] + ny * back[1] + nz * back[2], 0);
    const glow = 0.34 + 0.42 * sun + 0.3 * head;
    const lift = colours.dark ? 26 : 14; // black parts keep their shape
    const tone = (channel) => Math.min(255, (channel + lift) * glow) | 0;
    return 0xff000000 | (tone(colour[2]) << 16) | (tone(colour[1]) << 8) | tone(colour[0]);
  };

  // Floor: lines every tenth of a metre (or as fits the robot), fading away from the robot; the path behind it.
  const step = 10 ** Math.round(Math.log10(data.height * 0.3));
  const point = new Float32Array(3), other = new Float32Array(3);
  const segment = (x0, y0, x1, y1) => {
    if (!project(x0, y0, 0, point, 0) || !project(x1, y1, 0, other, 0)) return;
    page.moveTo(point[0], point[1]);
    page.lineTo(other[0], other[1]);
  };
  const drawFloor = () => {
    const reach = 14;
    const cx = Math.round(camera.x / step), cy = Math.round(camera.y / step);
    for (let k = -reach; k <= reach; k++) {
      for (let part = -reach; part < reach; part++) {
        const away = Math.hypot(k, part) / reach;
        if (away >= 1) continue;
        page.globalAlpha = (1 - away) * 0.55;
        page.beginPath();
        segment((cx + k) * step, (cy + part) * step, (cx + k) * step, (cy + part + 1) * step);
        segment((cx + part) * step, (cy + k) * step, (cx + part + 1) * step, (cy + k) * step);
        page.lineWidth = 1;
        page.strokeStyle = colours.soft;
        page.stroke();
      }
    }
    page.globalAlpha = 0.9;
    page.strokeStyle = colours.policy;
    page.lineWidth = 2;
    page.beginPath();
    const now = Math.min(Math.floor(time / take.dt), take.frames - 1);
    for (let frame = 1; frame <= now; frame++) {
      const a = (frame - 1) * data.bodies * 7, b = frame * data.bodies * 7;
      segment(poses[a] * data.unit, poses[a + 1] * data.unit, poses[b] * data.unit, poses[b + 1] * data.unit);
    }
    page.stroke();
    page.globalAlpha = 1;
  };

  const resize = () => {
    const ratio = Math.min(window.devicePixelRatio || 1, 2);
    canvas.width = Math.round(canvas.clientWidth * ratio);
    canvas.height = Math.round(canvas.clientHeight * ratio);
    draw();
  };
  const rgb = (hex) => [1, 3, 5].map((k) => parseInt(hex.slice(k, k + 2), 16));

  function draw() {
    const base = pose(poses, 0);
    camera.x = base[0];
    camera.y = base[1];
    page.clearRect(0, 0, canvas.width, canvas.height);
    aim(canvas.width, canvas.height);
    drawFloor();
    const scale = Math.max(1, Math.min(detail, 1800 / canvas.width));
    const width = Math.round(canvas.width * scale), height = Math.round(canvas.height * scale);
    aim(width, height);
    const stamp = (alpha) => {
      ink.putImageData(image, 0, 0);
      page.globalAlpha = alpha;
      page.drawImage(layer, 0, 0, canvas.width, canvas.height);
      page.globalAlpha = 1;
    };
    clearLayer(width, height);
    drawRobot(poses, null, true);
    stamp(1);
    if (find("ghost").checked) {
      clearLayer(width, height);
      drawRobot(ghostPoses, rgb(colours.reference), false);
      stamp(1);
    }
    clearLayer(width, height);
    drawRobot(poses, null, false);
    stamp(find("ghost").checked ? 0.72 : 1);
    find("clock").textContent = `${time.toFixed(2)} / ${duration.toFixed(1)} s`;
    const fell = take.fell_s !== null && time >= take.fell_s;
    find("hud").innerHTML = fell ? `<b>fell at ${take.fell_s.toFixed(2)} s</b>` : `${Math.hypot(base[0] - poses[0] * data.unit, base[1] - poses[1] * data.unit).toFixed(2)} m from the start`;
    find("scrub").value = time;
    showTime(time);
  }

  let before = null;
  const tick = (now) => {
    if (playing) {
      if (before !== null) time += Math.min((now - before) / 1000, 0.1) * Number(find("rate").value);
      if (time > duration) time = 0;
      const start = performance.now();
      draw();
      if (performance.now() - start > 24 && detail > 1) detail = 1;
      before = now;
      requestAnimationFrame(tick);
    } else before = null;
  };
  const setPlaying = (on) => {
    const was = playing;
    playing = on;
    find("play").textContent = on ? "Pause" : "Play";
    if (on && !was) { before = null; requestAnimationFrame(tick); }
  };

  if (data.takes.length > 1) {
    const which = find("take");
    which.hidden = false;
    which.append(...data.takes.map((one, number) => new Option(one.title, number)));
    which.addEventListener("change", () => { choose(data.takes[which.value]); time = 0; draw(); setPlaying(true); });
  }
  find("scrub").addEventListener("input", (event) => { setPlaying(false); time = Number(event.target.value); draw(); });
  find("play").addEventListener("click", () => setPlaying(!playing));
  find("ghost").addEventListener("change", draw);
  document.querySelectorAll("[data-view]").forEach((button) => button.addEventListener("click", () => {
    [camera.azimuth, camera.elevation] = button.dataset.view.split(" ").map(Number);
    draw();
  }));
  const turn = (dx, dy) => {
    camera.azimuth -= dx * 0.008;
    camera.elevation = Math.min(Math.max(camera.elevation + dy * 0.006, 0.02), 1.5);
    draw();
  };
  canvas.addEventListener("pointerdown", (event) => canvas.setPointerCapture(event.pointerId));
  canvas.addEventListener("pointermove", (event) => {
    if (canvas.hasPointerCapture(event.pointerId)) turn(event.movementX, event.movementY);
  });
  canvas.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && document.activeElement !== canvas) return; // a plain wheel scrolls the page until the view is chosen
    event.preventDefault();
    camera.distance = Math.min(Math.max(camera.distance * Math.exp(event.deltaY * 0.001), data.height), data.height * 12);
    draw();
  }, { passive: false });
  canvas.addEventListener("keydown", (event) => {
    const turns = { ArrowLeft: [12, 0], ArrowRight: [-12, 0], ArrowUp: [0, 12], ArrowDown: [0, -12] };
    if (event.key === " ") setPlaying(!playing);
    else if (turns[event.key]) turn(...turns[event.key]);
    else return;
    event.preventDefault();
  });
  new ResizeObserver(resize).observe(canvas);
  find("play").textContent = playing ? "Pause" : "Play";
  resize();
  if (playing) requestAnimationFrame(tick);
})();
