// What the playground draws: error curves, the strip of blocks, the plane, the digits.
function plusxDraw() {
  "use strict";
  const { marks: MARKS, colors: BARE } = "palette"; // the book's, put in by script()
  const color = (name) => `var(--plusx-${name},${BARE[name]})`;
  const clamp = (value) => Math.min(1, Math.max(0, value));
  const raised = (whole) =>
    String(whole).replace(/./g, (c) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(c)]);

  // A number in two figures: 0.38, 4200, or 1.5 × 10⁻⁷.
  function figure(value) {
    if (!Number.isFinite(value)) return "NaN";
    if (value === 0 || (value >= 1e-3 && value < 1e4)) return String(+value.toPrecision(2));
    const [mantissa, power] = value.toExponential(1).split("e");
    return `${mantissa} × 10${raised(+power)}`;
  }

  // The axis of a measure, from 0 to 1 over its height. It never moves, so that two
  // settings look alike only where they are.
  const AXES = {
    gradient: { low: -8, high: 4 },
    update: { low: -8, high: 0 },
    left: { low: 0, high: 1 },
    error: { low: 0, high: 100 },
    loss: { low: -4, high: 4 },
  };
  function place(axis, value) {
    const { low, high } = AXES[axis];
    const linear = axis === "left" || axis === "error";
    return clamp(((linear ? value : Math.log10(value)) - low) / (high - low));
  }
  function ticks(axis) {
    if (axis === "error") return [0, 25, 50, 75, 100].map((v) => [v, `${v}`]);
    if (axis === "left") return [[0, "0"], [1, "1"]];
    const { low, high } = AXES[axis];
    const powers = axis === "loss" ? [low, -2, 0, 2, high] : [low, high];
    return powers.map((p) => [10 ** p, p ? `10${raised(p)}` : "1"]);
  }

  // Curves of [x, loss, error], with recorded bands behind them.
  function curves({ axis, last, nets, step }, width) {
    const height = Math.round(Math.min(230, Math.max(150, width * 0.42)));
    const [left, right, top, bottom] = [38, width - 14, 8, height - 20];
    const X = (x) => +(left + ((right - left) * x) / last).toFixed(1);
    const Y = (y) => +(bottom - (bottom - top) * place(axis, y)).toFixed(1);
    const grid = ticks(axis).map(([value, text]) =>
      `<path d="M${left} ${Y(value)}H${right}" stroke="currentColor" stroke-opacity=".15"/>` +
      `<text x="${left - 6}" y="${Y(value) + 4}" text-anchor="end">${text}</text>`);
    for (let x = 0; x <= last; x += step)
      grid.push(`<text x="${X(x)}" y="${height - 4}" text-anchor="middle">${x}</text>`);
    const band = ({ band, kind }) => {
      if (!band || axis !== "error") return "";
      const edge = (sign) => band.mean.flatMap((m, k) =>
        m === null ? [] : [`${X(k + 1)} ${Y(m + sign * band.std[k])}`]);
      const points = [...edge(1), ...edge(-1).reverse()];
      return points.length ? `<path class="pg-band" d="M${points.join("L")}Z" ` +
        `style="fill:${color(kind)}" fill-opacity=".2"/>` : "";
    };
    const line = ({ points, broken, kind }) => {
      const found = points.map(([x, loss, error]) => [x, axis === "loss" ? loss : error])
        .filter((point) => Number.isFinite(point[1]));
      const [x, y] = found.length ? found[found.length - 1] : [0, AXES[axis].high];
      const path = found.map(([a, b]) => `${X(a)} ${Y(b)}`).join("L");
      const ink = color(kind);
      const place = `translate(${X(x)} ${Y(axis === "loss" && !found.length ? 1e4 : y)})`;
      const end = broken ? `<path d="M-5-5L5 5M5-5L-5 5" style="stroke:${ink}" ` +
          `stroke-width="2.6" transform="${place}"/><text x="9" y="5" style="fill:${ink}" ` +
          `font-weight="700" transform="${place}">NaN</text>`
        : found.length && `<path d="${MARKS[kind]}" style="fill:${ink}" transform="${place}"/>`;
      return `<g data-kind="${kind}"><path d="${path && `M${path}`}" fill="none" ` +
        `style="stroke:${ink}" stroke-width="2.2" stroke-linejoin="round"/>${end || ""}</g>`;
    };
    return `<svg viewBox="0 0 ${width} ${height}" height="${height}" aria-hidden="true" ` +
      `fill="currentColor" font-size="12" font-family="inherit">` +
      [...grid, ...nets.map(band), ...nets.map(line)].join("") + "</svg>";
  }

  // A bar for each block: its height and its strength of color say the same.
  function strip({ measure, values, kind, chance }, width) {
    const [left, top, height, foot] = [measure === "left" ? 18 : 32, 6, 52, 72];
    const slot = (width - left) / values.length;
    const Y = (value) => top + height * (1 - place(measure, value));
    const bars = values.map((value, k) => {
      const t = Number.isFinite(value) ? place(measure, value) : 0;
      const box = `x="${(left + k * slot).toFixed(1)}" width="${(slot * 0.84).toFixed(1)}"`;
      const tall = Math.max(Number.isFinite(value) ? 1.5 : 0, height * t);
      return `<rect ${box} y="${top}" height="${height}" fill-opacity=".07"/>` +
        `<rect ${box} y="${(top + height - tall).toFixed(1)}" height="${tall.toFixed(1)}" ` +
        `style="fill:${color(kind)}" fill-opacity="${(0.35 + 0.65 * t).toFixed(2)}"/>`;
    });
    const labels = ticks(measure).map(([value, text]) =>
      `<text x="${left - 5}" y="${Y(value) + 4}" text-anchor="end">${text}</text>`);
    const dotted = measure === "left" ? `<path d="M${left} ${Y(chance)}H${width}" ` +
      `stroke="currentColor" stroke-dasharray="2 3" stroke-opacity=".8"/>` : "";
    const ends = [[left, "start", 0], [width, "end", values.length - 1]];
    const under = ends.slice(values.length > 1 ? 0 : 1).map(([x, anchor, k]) =>
      `<text x="${x}" y="${foot}" text-anchor="${anchor}">` +
      `${k + 1}${width > 230 ? `: ${figure(values[k])}` : ""}</text>`);
    return `<svg viewBox="0 0 ${width} ${foot + 3}" height="${foot + 3}" aria-hidden="true" ` +
      `fill="currentColor" font-size="11" font-family="inherit">` +
      [...bars, ...labels, dotted, ...under].join("") + "</svg>";
  }

  const ink = (element, name) =>
    getComputedStyle(element).getPropertyValue(`--plusx-${name}`).trim() || BARE[name];
  const channels = (hex) => [1, 3, 5].map((k) => parseInt(hex.slice(k, k + 2), 16));

  // A canvas in the pixels of the screen, empty; its context and its side.
  function blank(canvas) {
    const side = canvas.clientWidth;
    const fine = Math.min(2, devicePixelRatio || 1);
    if (canvas.width !== Math.round(side * fine))
      canvas.width = canvas.height = Math.round(side * fine);
    const context = canvas.getContext("2d");
    context.setTransform(fine, 0, 0, fine, 0, 0);
    context.clearRect(0, 0, side, side);
    return [context, side];
  }

  // Where the net sees which class, and the examples: dots and rings.
  function plane(canvas, { cells, side: count, inputs, labels }) {
    const [context, side] = blank(canvas);
    const inks = [ink(canvas, "green"), ink(canvas, "purple")];
    if (cells) {
      const [first, second] = inks.map(channels);
      const image = new ImageData(count, count);
      cells.forEach((cell, k) => {
        const alpha = Math.abs(cell - 127.5) * 1.1;
        image.data.set([...(cell < 127.5 ? first : second), alpha], 4 * k);
      });
      const small = Object.assign(document.createElement("canvas"), { width: count, height: count });
      small.getContext("2d").putImageData(image, 0, 0);
      context.drawImage(small, 0, 0, side, side);
    }
    const size = Math.max(1.8, side / 100);
    for (let i = 0; i < labels.length; i++) {
      const [x, y] = [inputs[i], -inputs[labels.length + i]].map((v) => ((v + 1.2) / 2.4) * side);
      context.beginPath();
      context.arc(x, y, labels[i] ? size : size * 1.15, 0, 7);
      context.fillStyle = context.strokeStyle = inks[labels[i]];
      context.lineWidth = size * 0.8;
      if (labels[i]) context.stroke();
      else context.fill();
    }
  }

  // The first images and the net's answers; a wrong one is struck out.
  function images(canvas, { pixels, labels, answers }) {
    const [context, side] = blank(canvas);
    const style = getComputedStyle(canvas);
    const across = 5;
    const cell = side / across;
    const dot = (cell * 0.62) / 8;
    context.font = `600 ${Math.round(cell * 0.27)}px ${style.fontFamily}`;
    for (let i = 0; i < across * across; i++) {
      const [x, y] = [(i % across) * cell + cell * 0.19, Math.floor(i / across) * cell];
      context.fillStyle = style.color;
      for (let p = 0; p < 64; p++) {
        context.globalAlpha = pixels(i, p) / 16;
        context.fillRect(x + (p % 8) * dot, y + (p >> 3) * dot, dot + 0.5, dot + 0.5);
      }
      context.globalAlpha = 1;
      if (!answers) continue;
      const right = answers[i] === labels[i];
      context.globalAlpha = right ? 1 : 0.75;
      const [middle, foot] = [x + 3.6 * dot, y + cell * 0.9];
      context.fillText(answers[i], middle - cell * 0.04, foot);
      if (!right) context.fillRect(middle - cell * 0.1, foot - cell * 0.12, cell * 0.3, 1.5);
    }
    context.globalAlpha = 1;
  }

  return { figure, curves, strip, plane, images };
}
