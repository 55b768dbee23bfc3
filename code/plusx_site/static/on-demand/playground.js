function plusxNet() {
  "use strict";
  const floats = (size) => new Float32Array(size);

  function random(seed) {
    let state = Math.imul(seed + 1, 2654435761) || 1;
    const next = () => {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      return (state >>> 0) / 2 ** 32;
    };
    for (let k = 0; k < 20; k++) next();
    return next;
  }

  const normal = (draw) =>
    Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw());

  function parameter(size, first) {
    const value = floats(size).map(first);
    return { value, gradient: floats(size), velocity: floats(size) };
  }

  function multiply(C, A, ai, ap, B, bp, bj, rows, inner, columns) {
    const tiled = columns - (columns % 4);
    for (let i = 0; i < rows; i += 2) {
      const up = i * columns;
      const down = i + 1 < rows ? up + columns : up; // an odd last row is done twice
      const next = down > up ? ai : 0;
      for (let j = 0; j < tiled; j += 4) {
        let s0 = 0, s1 = 0, s2 = 0, s3 = 0, t0 = 0, t1 = 0, t2 = 0, t3 = 0;
        for (let p = 0, a = i * ai, b = j * bj; p < inner; p++, a += ap, b += bp) {
          const x = A[a], y = A[a + next];
          const b0 = B[b], b1 = B[b + bj], b2 = B[b + 2 * bj], b3 = B[b + 3 * bj];
          s0 += x * b0; s1 += x * b1; s2 += x * b2; s3 += x * b3;
          t0 += y * b0; t1 += y * b1; t2 += y * b2; t3 += y * b3;
        }
        C[up + j] = s0; C[up + j + 1] = s1; C[up + j + 2] = s2; C[up + j + 3] = s3;
        C[down + j] = t0; C[down + j + 1] = t1; C[down + j + 2] = t2; C[down + j + 3] = t3;
      }
      for (let j = tiled; j < columns; j++) {
        let s = 0, t = 0;
        for (let p = 0, a = i * ai, b = j * bj; p < inner; p++, a += ap, b += bp) {
          s += A[a] * B[b]; t += A[a + next] * B[b];
        }
        C[up + j] = s; C[down + j] = t;
      }
    }
  }

  function linear(inputs, outputs, batch, draw) {
    const deviation = Math.sqrt(2 / inputs);
    const weight = parameter(inputs * outputs, () => deviation * normal(draw));
    const bias = parameter(outputs, () => 0);
    const [out, dx] = [floats(outputs * batch), floats(inputs * batch)];
    let input;
    return {
      parameters: [weight, bias], weight,
      forward(x, n) {
        input = x;
        multiply(out, weight.value, inputs, 1, x, n, 1, outputs, inputs, n);
        for (let j = 0, at = 0; j < outputs; j++)
          for (const end = at + n, b = bias.value[j]; at < end; at++) out[at] += b;
        return out;
      },
      backward(d, n) {
        multiply(weight.gradient, d, n, 1, input, 1, n, outputs, n, inputs);
        for (let j = 0, at = 0; j < outputs; j++) {
          let sum = 0;
          for (const end = at + n; at < end; at++) sum += d[at];
          bias.gradient[j] = sum;
        }
        multiply(dx, weight.value, 1, inputs, d, n, 1, inputs, outputs, n);
        return dx;
      },
    };
  }

  function norm(width, batch) {
    const [gamma, beta] = [parameter(width, () => 1), parameter(width, () => 0)];
    const [out, hat, dx] = [1, 2, 3].map(() => floats(width * batch));
    const [means, inverse] = [floats(width), floats(width)];
    return {
      parameters: [gamma, beta], gamma,
      forward(x, n, freeze) {
        for (let j = 0; j < width; j++) {
          const [start, end] = [j * n, j * n + n];
          if (!freeze) {
            let [sum, squares] = [0, 0];
            for (let k = start; k < end; k++) sum += x[k];
            const mean = sum / n;
            for (let k = start; k < end; k++) squares += (x[k] - mean) * (x[k] - mean);
            [means[j], inverse[j]] = [mean, 1 / Math.sqrt(squares / n + 1e-5)];
          }
          const [mean, scale, g, b] = [means[j], inverse[j], gamma.value[j], beta.value[j]];
          for (let k = start; k < end; k++) out[k] = g * (hat[k] = (x[k] - mean) * scale) + b;
        }
        return out;
      },
      backward(d, n) {
        for (let j = 0; j < width; j++) {
          const [start, end] = [j * n, j * n + n];
          let [sum, along] = [0, 0];
          for (let k = start; k < end; k++) { sum += d[k]; along += d[k] * hat[k]; }
          [beta.gradient[j], gamma.gradient[j]] = [sum, along];
          const [mean, slope, f] = [sum / n, along / n, gamma.value[j] * inverse[j]];
          for (let k = start; k < end; k++) dx[k] = f * (d[k] - mean - hat[k] * slope);
        }
        return dx;
      },
    };
  }

  function activation(name, width, batch) {
    const [out, dx] = [floats(width * batch), floats(width * batch)];
    return {
      parameters: [],
      forward(x, n) {
        const end = width * n;
        if (name === "relu") for (let k = 0; k < end; k++) out[k] = x[k] < 0 ? 0 : x[k];
        else if (name === "tanh") for (let k = 0; k < end; k++) out[k] = Math.tanh(x[k]);
        else for (let k = 0; k < end; k++) out[k] = 1 / (1 + Math.exp(-x[k]));
        return out;
      },
      backward(d, n) {
        const end = width * n;
        if (name === "relu") for (let k = 0; k < end; k++) dx[k] = out[k] > 0 ? d[k] : 0;
        else if (name === "tanh") for (let k = 0; k < end; k++) dx[k] = d[k] * (1 - out[k] * out[k]);
        else for (let k = 0; k < end; k++) dx[k] = d[k] * out[k] * (1 - out[k]);
        return dx;
      },
    };
  }

  function block(settings, scale, draw) {
    const { width, batch, residual, normed, activation: name } = settings;
    const layers = [linear(width, width, batch, draw), linear(width, width, batch, draw)];
    const norms = normed ? [norm(width, batch), norm(width, batch)] : [];
    const [first, last] = [0, 1].map((k) => [layers[k], ...norms.slice(k, k + 1)]);
    const branch = [...first, activation(name, width, batch), ...last];
    const after = activation(name, width, batch);
    const [sum, ds, dx] = [1, 2, 3].map(() => floats(width * batch));
    return {
      parameters: branch.flatMap((operation) => operation.parameters),
      layers, norms, state: null,
      forward(x, n, freeze) {
        let y = x;
        for (const operation of branch) y = operation.forward(y, n, freeze);
        for (let k = 0; k < width * n; k++) sum[k] = (residual ? x[k] : 0) + scale * y[k];
        return (this.state = after.forward(sum, n));
      },
      backward(d, n) {
        const e = after.backward(d, n);
        for (let k = 0; k < width * n; k++) ds[k] = scale * e[k];
        let g = ds;
        for (let k = branch.length - 1; k >= 0; k--) g = branch[k].backward(g, n);
        for (let k = 0; k < width * n; k++) dx[k] = g[k] + (residual ? e[k] : 0);
        return dx;
      },
    };
  }

  function startNear({ layers, norms }, { width, residual }) {
    if (!residual)
      for (const { weight: { value } } of layers)
        value.forEach((w, k) => (value[k] = 0.2 * w + (k % (width + 1) === 0)));
    else {
      const last = (norms[1] ? norms[1].gamma : layers[1].weight).value;
      last.forEach((w, k) => (last[k] = 0.2 * w));
    }
  }

  function build(settings) {
    const { inputs, classes, width, batch, layers, scaled, near, seed } = settings;
    const draw = random(seed);
    const count = layers / 2;
    const first = [linear(inputs, width, batch, draw), activation(settings.activation, width, batch)];
    const blocks = Array.from({ length: count }, () =>
      block(settings, scaled ? 1 / Math.sqrt(count) : 1, draw));
    if (near) for (const one of blocks) startNear(one, settings);
    const operations = [...first, ...blocks, linear(width, classes, batch, draw)];
    const parameters = operations.flatMap((operation) => operation.parameters);
    return { operations, blocks, parameters, classes, slope: floats(classes * batch) };
  }

  function forward(net, x, n, freeze = false) {
    return net.operations.reduce((y, operation) => operation.forward(y, n, freeze), x);
  }

  function loss(net, logits, labels, n) {
    let [total, wrong] = [0, 0];
    for (let i = 0; i < n; i++) {
      let [top, sum] = [0, 0];
      for (let c = 1; c < net.classes; c++) if (logits[c * n + i] > logits[top * n + i]) top = c;
      const most = logits[top * n + i];
      for (let c = 0; c < net.classes; c++) sum += Math.exp(logits[c * n + i] - most);
      for (let c = 0; c < net.classes; c++)
        net.slope[c * n + i] = (Math.exp(logits[c * n + i] - most) / sum - (c === labels[i])) / n;
      total += Math.log(sum) + most - logits[labels[i] * n + i];
      if (top !== labels[i]) wrong++;
    }
    return { loss: total / n, wrong };
  }

  function backward(net, n) {
    net.operations.reduceRight((d, operation) => operation.backward(d, n), net.slope);
  }

  function step(net, x, labels, n, rate, momentum = 0.9) {
    const said = loss(net, forward(net, x, n), labels, n);
    backward(net, n);
    for (const { value, gradient, velocity } of net.parameters)
      for (let k = 0; k < value.length; k++) {
        velocity[k] = momentum * velocity[k] + gradient[k];
        value[k] -= rate * velocity[k];
      }
    return said;
  }

  return { random, normal, multiply, build, forward, loss, backward, step };
}
function plusxRun(network) {
  "use strict";
  const BATCH = 128; // of the digits; the spirals are one batch
  const SIDE = 48; // of the grid that shows where the classes lie

  function spirals(seed) {
    const draw = network.random(seed + 1000);
    const inputs = new Float32Array(2 * BATCH);
    const labels = new Uint8Array(BATCH);
    for (let i = 0; i < BATCH; i++) {
      const label = i % 2;
      const way = (i - label) / (BATCH - 2);
      const angle = 3.5 * Math.PI * way + Math.PI * label;
      const radius = 0.1 + 0.9 * way;
      inputs[i] = radius * Math.cos(angle) + 0.03 * network.normal(draw);
      inputs[BATCH + i] = radius * Math.sin(angle) + 0.03 * network.normal(draw);
      labels[i] = label;
    }
    return { inputs, labels, count: BATCH, size: 2, width: 12, classes: 2 };
  }

  function gather({ inputs, labels, size, count }, order) {
    const n = order.length;
    const [x, y] = [new Float32Array(size * n), new Uint8Array(n)];
    for (let i = 0; i < n; i++) {
      y[i] = labels[order[i]];
      for (let p = 0; p < size; p++) x[p * n + i] = inputs[p * count + order[i]];
    }
    return { x, y, n };
  }

  function shuffled(count, draw) {
    const order = Uint16Array.from({ length: count }, (_, i) => i);
    for (let i = count - 1; i > 0; i--) {
      const k = Math.floor(draw() * (i + 1));
      [order[i], order[k]] = [order[k], order[i]];
    }
    return order;
  }

  const norm = (arrays) => Math.sqrt(arrays.reduce((sum, array) =>
    array.reduce((total, v) => total + v * v, sum), 0));

  function left(state, labels, n, width) {
    const centred = state.slice(0, width * n);
    for (let j = 0; j < width; j++) {
      const row = centred.subarray(j * n, j * n + n);
      const mean = row.reduce((sum, v) => sum + v, 0) / n;
      row.forEach((v, i) => (row[i] = v - mean));
    }
    const products = new Float32Array(n * n);
    network.multiply(products, centred, 1, n, centred, n, 1, n, width, n);
    let same = 0;
    for (let i = 0; i < n; i++) {
      let [best, nearest] = [-1, Infinity];
      for (let k = 0; k < n; k++) {
        const distance = products[k * n + k] - 2 * products[i * n + k];
        if (k !== i && distance < nearest) [best, nearest] = [k, distance];
      }
      if (best < 0) return NaN;
      same += labels[best] === labels[i];
    }
    return same / n;
  }

  function start(settings, data) {
    const { rate, seed } = settings;
    const { count, size, width, classes } = data;
    const net = network.build({ ...settings, inputs: size, width, classes, batch: BATCH });
    const draw = network.random(seed + 2000);
    const probe = gather(data, Array.from({ length: BATCH }, (_, i) => i));
    let [order, at, total, wrong] = [null, count, 0, 0];
    const run = { steps: 0, epochs: 0, broken: false };

    run.step = function () {
      if (at >= count) [order, at, total, wrong] = [shuffled(count, draw), 0, 0, 0];
      const batch = gather(data, order.subarray(at, at + BATCH));
      const said = network.step(net, batch.x, batch.y, batch.n, rate);
      [at, total, wrong] = [at + batch.n, total + said.loss * batch.n, wrong + said.wrong];
      run.steps++;
      run.broken = !net.parameters.every(({ value }) => value.every(Number.isFinite));
      return at < count ? null : [++run.epochs, total / count, (100 * wrong) / count];
    };

    run.look = function (measure) {
      const { x, y, n } = probe;
      const logits = network.forward(net, x, n);
      const { loss, wrong: missed } = network.loss(net, logits, y, n);
      const answers = Array.from(y, (_, i) => best(logits, n, i));
      network.backward(net, n);
      const blocks = net.blocks.map(({ layers, state }) => {
        if (measure === "left") return left(state, y, n, width);
        const gradient = norm(layers.map(({ weight }) => weight.gradient));
        if (measure === "gradient") return gradient;
        return (rate * gradient) / norm(layers.map(({ weight }) => weight.value));
      });
      return { loss, error: (100 * missed) / n, blocks, answers };
    };

    function best(logits, n, i) {
      let top = 0;
      for (let c = 1; c < classes; c++) if (logits[c * n + i] > logits[top * n + i]) top = c;
      return top;
    }

    run.map = function () {
      network.forward(net, probe.x, probe.n);
      const cells = new Uint8ClampedArray(SIDE * SIDE);
      const x = new Float32Array(2 * BATCH);
      for (let first = 0; first < cells.length; first += BATCH) {
        for (let i = 0; i < BATCH; i++) {
          const cell = first + i;
          x[i] = (2.4 * ((cell % SIDE) + 0.5)) / SIDE - 1.2;
          x[BATCH + i] = 1.2 - (2.4 * (Math.floor(cell / SIDE) + 0.5)) / SIDE;
        }
        const logits = network.forward(net, x, BATCH, true);
        for (let i = 0; i < BATCH; i++)
          cells[first + i] = 255 / (1 + Math.exp(logits[i] - logits[BATCH + i]));
      }
      return cells;
    };
    return run;
  }

  return { spirals, start, SIDE };
}
function plusxWorker(tools, post) {
  "use strict";
  let run, data, ends, id;

  function report(points, { measure, map }, begun) {
    const seen = measure && !run.broken ? run.look(measure) : null;
    const cells = map && !run.broken ? run.map() : null;
    const done = run.broken || run.epochs >= ends;
    const { steps, broken } = run;
    post({ id, steps, broken, done, points, seen, cells, time: performance.now() - begun });
  }

  return function ({ build, digits, steps = 0, ...wanted }) {
    const begun = performance.now();
    if (build) {
      data = digits || tools.spirals(build.seed);
      [run, ends, id] = [tools.start(build, data), build.epochs, wanted.id];
    }
    const points = [];
    for (let k = 0; k < steps && !run.broken && run.epochs < ends; k++) {
      const point = run.step();
      if (point) points.push(point);
    }
    report(points, wanted, begun);
  };
}
function plusxDraw() {
  "use strict";
  const { marks: MARKS, colors: BARE } = {"marks": {"plain": "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0", "residual": "M-4-4h8v8h-8z", "green": "M0-5L5 4H-5z", "rose": "M0 5L5-4H-5z", "purple": "M0-5L5 0L0 5L-5 0z", "ochre": "M-2-5h4v3h3v4h-3v3h-4v-3h-3v-4h3z"}, "colors": {"plain": "#ca5009", "residual": "#2c88e2", "green": "#0c7857", "rose": "#d75791", "purple": "#7e4fbf", "ochre": "#b38f19"}}; // the book's, put in by script()
  const color = (name) => `var(--plusx-${name},${BARE[name]})`;
  const clamp = (value) => Math.min(1, Math.max(0, value));
  const raised = (whole) =>
    String(whole).replace(/./g, (c) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(c)]);

  function figure(value) {
    if (!Number.isFinite(value)) return "NaN";
    if (value === 0 || (value >= 1e-3 && value < 1e4)) return String(+value.toPrecision(2));
    const [mantissa, power] = value.toExponential(1).split("e");
    return `${mantissa} × 10${raised(+power)}`;
  }

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
function plusxShow(page, draw, side, say, fill) {
  "use strict";
  const { words, state, nets } = page;
  const full = page.config.size === "full";
  const zh = (document.documentElement.dataset.lang || page.dataset.language) === "zh";
  const one = (pair) => (Array.isArray(pair) ? pair[+zh] : pair);
  const find = (selector) => page.querySelector(selector);
  const put = (element, html) => {
    if (element.dataset.html !== html) element.innerHTML = element.dataset.html = html;
  };
  const both = (pair, values) => pair.map((text, k) => fill(text,
    Object.fromEntries(Object.entries(values).map(([name, v]) => [name, Array.isArray(v) ? v[k] : v]))));
  const measure = page.measure || "gradient";
  const axis = page.axis || "error";
  const digits = state.data === "digits";
  const last = nets[0].settings.epochs;

  const percent = (value) => `${value.toFixed(1)}\u00a0%`;
  const said = (net) => {
    const [, loss, error] = net.points[net.points.length - 1] || [0, NaN, NaN];
    if (net.broken) return null;
    return net.points.length ? { loss, error } : net.seen;
  };

  function numbers(net) {
    const now = said(net);
    if (net.broken) return say(both(words.broken, { step: net.steps }));
    if (!now) return "&nbsp;";
    const values = { loss: draw.figure(now.loss), error: percent(now.error) };
    return say(both(words.numbers, values));
  }

  function fresh(net, what, ...signs) {
    const before = (net.drawn || (net.drawn = {}))[what] || [];
    net.drawn[what] = signs;
    return signs.some((sign, k) => sign !== before[k]);
  }

  function picture(net, canvas) {
    const { lang, theme } = document.documentElement.dataset;
    const wide = canvas.clientWidth;
    if (!wide || !fresh(net, "picture", wide, lang, theme, net.seen, net.cells, net.broken, page.turn)) return;
    const { labels, inputs } = page.data;
    const answers = net.seen && net.seen.answers;
    if (digits) draw.images(canvas, { pixels: page.digits.pixels, labels, answers });
    else draw.plane(canvas, { cells: net.broken ? null : net.cells, side, inputs, labels });
    const wrong = answers ? answers.filter((answer, i) => answer !== labels[i]).length : "?";
    const text = net.broken ? both(words.broken, { step: net.steps })
      : both(digits ? words.images : words.plane, { name: name(net), wrong, count: answers ? answers.length : 0 });
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", one(text));
  }

  function name(net) {
    return words.nets[net.kind];
  }

  function strip(net) {
    const place = net.pane.querySelector(".pg-strip");
    const wide = place.clientWidth;
    if (!full || !wide || !fresh(net, "strip", wide, zh, net.seen, measure, page.turn)) return;
    const values = net.seen ? net.seen.blocks : Array(state.layers / 2).fill(NaN);
    const chance = 1 / page.data.classes;
    put(place, draw.strip({ measure, values, kind: net.kind, chance }, wide));
    const ends = { first: draw.figure(values[0]), last: draw.figure(values[values.length - 1]),
      count: values.length, measure: words.measures.options.find((o) => o.value === measure).label };
    place.setAttribute("role", "img");
    place.setAttribute("aria-label", one(both(words.strip, ends)));
  }

  function band(net) {
    const { residual, normed, scaled, near, activation, rate, layers } = net.settings;
    if (!digits || near || activation !== "relu" || rate !== page.config.recorded.rate) return null;
    return page.config.recorded.bands[[+residual, +normed, +scaled, layers].join("/")] || null;
  }

  function chart() {
    const place = find(".pg-chart");
    const sizes = nets.map((net) => net.broken || net.points.length);
    const wide = place && place.clientWidth;
    if (!wide || !fresh(page, "chart", wide, axis, page.turn, ...sizes)) return;
    const drawn = nets.map(({ kind, points, broken, ...net }) => ({ kind, points, broken, band: band(net) }));
    const wanted = { axis, last, nets: drawn, step: digits ? 5 : 150 };
    const unit = say(digits ? words.epochs : words.steps);
    const label = say(words.axes.options.find((o) => o.value === axis).axis);
    put(place, `<div class="pg-axis">${label}</div>${draw.curves(wanted, wide)}` +
      `<div class="pg-axis pg-x">${unit}</div>`);
    const notes = drawn.filter((net) => net.band).map(({ kind, band }) => band.broken
      ? both(words.lost, { name: words.nets[kind], broken: band.broken }) : null).filter(Boolean);
    if (axis === "error" && drawn.some((net) => net.band && net.band.mean.some((m) => m !== null)))
      notes.unshift(words.band);
    put(find(".pg-note"), notes.map((note) => say(note)).join("<br>"));
  }

  function readout() {
    const [a, b] = nets.map((net) => net.broken ? words.nan
      : said(net) ? both(words.result, { error: percent(said(net).error) }) : ["…", "…"]);
    const steps = Math.max(...nets.map((net) => net.steps));
    const values = { steps, one: name(nets[0]), a, two: name(nets[1]), b };
    const told = page.running ? words.running : page.ended ? words.ended : steps ? words.paused : words.ready;
    put(find(".pg-readout"), say(both(told, values), ""));
  }

  for (const net of nets) {
    put(net.pane.querySelector(".pg-name"), say(name(net)));
    put(net.pane.querySelector(".pg-numbers"), numbers(net));
    net.pane.classList.toggle("pg-broken", net.broken);
    picture(net, net.pane.querySelector("canvas"));
    strip(net);
  }
  if (full) {
    chart();
    put(find(".pg-hint"), say(words.measures.options.find((o) => o.value === measure).hint));
  }
  const done = nets.every((net) => net.done);
  put(find("[data-act=run]"), say(page.running ? words.pause : done ? words.again : words.run));
  find("[data-act=step]").disabled = done;
  const steps = Math.max(...nets.map((net) => net.steps));
  const all = last * (digits ? Math.ceil(page.data.count / 128) : 1);
  put(find(".pg-clock"), say(both(words.clock, { steps, all })));
  readout();
}
function plusxChallenges(page, say) {
  "use strict";
  const place = page.querySelector(".pg-challenges");
  const { words } = page;
  const KEY = "plusx-playground";
  const GOOD = 10; // percent: a net below it has learned
  const BAD = 40; // percent: a net above it has not
  const DEEP = 40; // layers from which on the third one counts
  const results = [];
  let won = {};
  try {
    won = JSON.parse(localStorage.getItem(KEY)) || {};
  } catch { /* Without a memory the ticks last as long as the page. */ }

  const good = ({ error }) => error < GOOD;
  const bad = ({ error, broken }) => broken || error > BAD;
  const differs = (a, b) => Object.keys(a).filter((key) => a[key] !== b[key]);
  const usual = ({ set }) => set.layers >= DEEP && !set.scaled && !set.near;

  const TESTS = {
    plain: (now) => !now.set.residual && now.set.layers >= 60 && good(now),
    kill: (now) => now.set.residual && bad(now) && results.some((then) => {
      const changed = differs(then.set, now.set);
      return good(then) && changed.length === 1 && ["normed", "scaled"].includes(changed[0]);
    }),
    both: () => cells().every((cell) => cell !== null),
  };

  function cells() {
    const now = results.findLast(usual);
    return [[false, false], [false, true], [true, false], [true, true]].map(([normed, residual]) =>
      (now && results.findLast((one) => usual(one) && one.set.layers === now.set.layers &&
        one.data === now.data && one.set.activation === now.set.activation &&
        one.set.normed === normed && one.set.residual === residual)) || null);
  }

  function table() {
    const now = results.findLast(usual);
    if (!now) return "";
    const text = (cell) => !cell ? "?" : cell.broken ? "NaN" : `${cell.error.toFixed(0)}\u00a0%`;
    const [a, b, c, d] = cells().map(text);
    const row = (head, ...values) => `<tr><th scope="row">${say(head)}</th>` +
      values.map((value) => `<td>${value}</td>`).join("") + "</tr>";
    const heads = [words.nets.plain, words.nets.residual].map((head) => `<th scope="col">${say(head)}</th>`);
    const caption = words.tried.map((pair) => pair.replace("{layers}", now.set.layers));
    return `<table><caption>${say(caption)}</caption><tr><td></td>${heads.join("")}</tr>` +
      row(words.without, a, b) + row(words.normed, c, d) + "</table>";
  }

  function show() {
    if (!place) return;
    const items = Object.entries(words.challenges).map(([id, { task, reward }]) =>
      `<li data-won="${!!won[id]}"><span class="pg-tick" aria-hidden="true"></span><div>` +
      `<span class="pg-hidden">${say(won[id] ? words.won : words.open)}: </span>${say(task)}` +
      (won[id] ? `<p class="pg-reward">${say(reward)}</p>` : "") +
      (id === "both" ? table() : "") + "</div></li>");
    place.innerHTML = `<p class="pg-title">${say(words.title)}</p><ul>${items.join("")}</ul>`;
  }

  function judge() {
    for (const { settings, points, broken } of page.nets) {
      const { seed, epochs, ...set } = settings;
      const error = broken ? NaN : points[points.length - 1][2];
      const now = { set: { ...set, data: page.state.data }, data: page.state.data, error, broken };
      results.push(now);
      for (const [id, test] of Object.entries(TESTS)) won[id] = won[id] || !!test(now);
    }
    try {
      localStorage.setItem(KEY, JSON.stringify(won));
    } catch { /* See above. */ }
    show();
  }

  show();
  return { judge };
}
(function () {
  if (customElements.get("plusx-playground")) return;
  document.head.insertAdjacentHTML("beforeend", `<style>${".plusx-playground { display: block; max-width: 46rem; margin: auto; font-size: .95rem; line-height: 1.5; text-align: left; }\n.plusx-playground .lang-zh { line-height: inherit; }\n.plusx-playground.ready > .plusx-still { display: none; }\n.pg-ui { padding: .9rem; border: 1px solid color-mix(in srgb, currentColor 22%, transparent); border-radius: .6rem; }\n.pg-ui p { margin: 0; }\n.pg-hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }\n\n.pg-bar { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem; }\n.pg-bar button {\n  min-height: 2.25rem; padding: .2rem .9rem; font: inherit; color: inherit; cursor: pointer; background: none;\n  border: 1px solid color-mix(in srgb, currentColor 45%, transparent); border-radius: .4rem;\n}\n.pg-bar button:hover:not(:disabled) { background: color-mix(in srgb, currentColor 9%, transparent); }\n.pg-bar button:disabled { cursor: default; opacity: .45; }\n.pg-bar [data-act=run] { min-width: 7.5em; font-weight: 650; background: color-mix(in srgb, currentColor 12%, transparent); }\n.pg-ui :is(button, input):focus-visible { outline: 2px solid currentColor; outline-offset: 2px; }\n.pg-clock { margin-left: auto; font-variant-numeric: tabular-nums; }\n\n.pg-panes { display: grid; grid-template-columns: 1fr 1fr; gap: 1rem; }\n.pg-pane { min-width: 0; --kind: var(--plusx-plain,#ca5009); }\n.pg-pane[data-kind=residual] { --kind: var(--plusx-residual,#2c88e2); }\n.pg-head { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: .2rem .5rem; min-height: 2.2rem; margin-bottom: .3rem; border-bottom: 3px solid var(--kind); }\n.pg-name { font-weight: 650; color: var(--kind); }\n.pg-switch { display: inline-flex; align-items: center; min-height: 1.75rem; margin: 0; cursor: pointer; font-weight: 600; }\n.pg-switch input { width: 1.15rem; height: 1.15rem; margin: 0 .35rem 0 0; accent-color: var(--kind); }\n.pg-pane canvas { display: block; width: 100%; max-width: 16rem; aspect-ratio: 1; margin: auto; border: 1px solid color-mix(in srgb, currentColor 14%, transparent); border-radius: .3rem; }\n.pg-broken canvas { opacity: .45; }\n.pg-numbers { min-height: 1.5em; text-align: center; margin: .3rem 0; font-variant-numeric: tabular-nums; }\n.pg-broken .pg-numbers { font-weight: 650; color: var(--kind); }\n.pg-strip { min-height: 75px; }\n[data-size=small] .pg-strip { display: none; }\n.pg-strip svg, .pg-chart svg { display: block; width: 100%; overflow: visible; }\n.pg-hint, .pg-note, .pg-axis { font-size: .88rem; opacity: .85; }\n.pg-note { min-height: 1.5em; }\n.pg-x { text-align: center; }\n.pg-measure { margin: .8rem 0 1.1rem; }\n.pg-hint { min-height: 3em; margin-top: .3rem !important; }\n.pg-ui[data-size=full] .pg-chart > .pg-axis { margin-bottom: .2rem; }\n.pg-chart { min-height: 190px; margin-top: .5rem; }\n\n.pg-controls { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(11.5rem, 44%), 1fr)); gap: .7rem 1rem; margin-top: 1rem; }\n.pg-ui fieldset { min-width: 0; margin: 0; padding: 0; border: 0; }\n.pg-ui legend, .pg-range label { display: block; float: none; width: auto; margin: 0; padding: 0; font-size: inherit; font-weight: inherit; line-height: 1.5; }\n.pg-range input { width: 100%; height: 2rem; margin: 0; accent-color: var(--pst-color-text-muted, #5f6b76); touch-action: pan-y; }\n.pg-value { margin-left: .3em; font-variant-numeric: tabular-nums; }\n.pg-options { display: flex; flex-wrap: wrap; margin-top: .2rem; }\n.pg-options label { position: relative; margin: 0 -1px -1px 0; padding: .25rem .65rem; line-height: 1.5; cursor: pointer; border: 1px solid color-mix(in srgb, currentColor 35%, transparent); }\n.pg-options label:first-child { border-radius: .4rem 0 0 .4rem; }\n.pg-options label:last-child { border-radius: 0 .4rem .4rem 0; }\n.pg-options input { position: absolute; inset: 0; width: 100%; height: 100%; margin: 0; opacity: 0; cursor: pointer; }\n.pg-options label:has(:checked) { background: color-mix(in srgb, currentColor 14%, transparent); box-shadow: inset 0 -3px color-mix(in srgb, currentColor 75%, transparent); }\n@media (forced-colors: active) { .pg-options label:has(:checked) { background: Highlight; color: HighlightText; forced-color-adjust: none; } }\n.pg-options label:has(:focus-visible) { z-index: 1; outline: 2px solid currentColor; outline-offset: 2px; }\n\n.pg-readout { display: block; min-height: 1.5em; margin: .4rem 0 .6rem; font-variant-numeric: tabular-nums; }\n.pg-readout > span { display: block; }\n.pg-challenges { margin-top: 1.1rem; padding-top: .8rem; border-top: 1px solid color-mix(in srgb, currentColor 18%, transparent); }\n.pg-title { font-weight: 650; }\n.pg-challenges ul { margin: .4rem 0 0; padding: 0; list-style: none; }\n.pg-challenges li { display: flex; gap: .6rem; margin: .5rem 0; }\n.pg-challenges li > div { min-width: 0; }\n.pg-tick { flex: none; width: 1.15rem; height: 1.15rem; margin-top: .15rem; border: 2px solid color-mix(in srgb, currentColor 55%, transparent); border-radius: .3rem; }\n[data-won=true] > .pg-tick { color: var(--plusx-green,#0c7857); border-color: currentColor; }\n[data-won=true] > .pg-tick::after { content: \"\"; display: block; width: .3rem; height: .62rem; margin: 0 auto; rotate: 42deg; border: solid; border-width: 0 2.5px 2.5px 0; }\n.pg-reward { font-style: normal; color: var(--plusx-green,#0c7857); }\n.pg-challenges table { width: auto; margin: .4rem 0; border-collapse: collapse; font-variant-numeric: tabular-nums; }\n.pg-challenges caption { caption-side: top; padding: 0; color: inherit; text-align: left; font-size: .88rem; white-space: nowrap; }\n.pg-challenges :is(td, th) { padding: .15rem .8rem .15rem 0; text-align: left; font-weight: 400; }\n.pg-challenges td { font-weight: 650; }\n\n@media (max-width: 30rem) {\n  .pg-ui { padding: .6rem; }\n  .pg-panes { gap: .6rem; }\n  .pg-numbers { min-height: 3em; }\n  .pg-readout { min-height: 3em; }\n  .pg-measure .pg-options label { padding: .25rem .45rem; }\n}\n/* Where both languages show, a sentence in each has lines of its own. */\n:is(.pg-hint, .pg-numbers, .pg-note, .pg-reward, .pg-challenges li > div) > :is(.lang-en, .lang-zh) { display: block; }\n:is(.pg-hint, .pg-numbers, .pg-note, .pg-reward, .pg-challenges li > div) > .lang-sep { display: none; }\n/* A bare notebook has no style sheet that hides the other language. */\nhtml:not([data-lang]) .plusx-playground[data-language=en] :is(.lang-zh, .lang-sep),\nhtml:not([data-lang]) .plusx-playground[data-language=zh] :is(.lang-en, .lang-sep) { display: none; }\n@media print {\n  .pg-ui { display: none; }\n  .plusx-playground.ready > .plusx-still { display: block; }\n}\n"}</style>`);
  const draw = plusxDraw();
  const tools = plusxRun(plusxNet());
  const SOURCE = `const tools = (${plusxRun})((${plusxNet})());
    onmessage = (event) => answer(event.data);
    const answer = (${plusxWorker})(tools, postMessage);`;
  const KINDS = ["plain", "residual"];
  const LAST = { spirals: 600, digits: 15 }; // epochs of a run
  const PACE = { spirals: 0.15, digits: 0.06 }; // steps a millisecond at the most
  const ROUND = 25; // milliseconds that a Worker trains between two reports
  const LOOK = 160; // milliseconds between two looks at the blocks

  const escape = (text) => String(text).replace(/[&<>"]/g, (c) => `&#${c.charCodeAt()};`);
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  function say(pair, between = '<span class="lang-sep"> · </span>') {
    const [en, zh] = (Array.isArray(pair) ? pair : [pair, pair]).map(escape);
    if (en === zh) return en;
    return `<span class="lang-en" lang="en">${en}</span>${between}` +
      `<span class="lang-zh" lang="zh-Hans">${zh}</span>`;
  }

  function unpack({ pixels, labels, mean, deviation }) {
    const values = [...pixels].flatMap((c) =>
      c < "a" ? Array(c.charCodeAt() - 64).fill(0) : [c.charCodeAt() - 96]);
    const count = labels.length;
    const inputs = new Float32Array(64 * count);
    values.forEach((v, k) => (inputs[(k % 64) * count + (k >> 6)] = (v - mean) / deviation));
    const data = { inputs, labels: Uint8Array.from(labels), count, size: 64, width: 32, classes: 10 };
    return { data, pixels: (i, p) => values[64 * i + p] };
  }

  const choice = ({ id, label, options, value }, name) =>
    `<fieldset data-id="${id}"><legend>${say(label)}</legend><div class="pg-options">` +
    options.map((option) => `<label><input type="radio" name="${name}" data-id="${id}" ` +
      `value="${option.value}"${option.value === value ? " checked" : ""}>` +
      `<span>${say(option.label)}</span></label>`).join("") + "</div></fieldset>";
  const range = ({ id, label, min, max, step, values }, name) =>
    `<div class="pg-range"><label for="${name}">${say(label)} <b class="pg-value"></b></label>` +
    `<input type="range" id="${name}" data-id="${id}" min="${values ? 0 : min}" ` +
    `max="${values ? values.length - 1 : max}" step="${values ? 1 : step}"></div>`;
  const button = (act, label) => `<button type="button" data-act="${act}">${say(label)}</button>`;

  let count = 0;
  customElements.define("plusx-playground", class extends HTMLElement {
    connectedCallback() {
      this.addEventListener("focusin", ({ target }) => { target.dataset.lmSuppressShortcuts = "true"; });
      if (document.readyState !== "loading") this.start();
      else document.addEventListener("DOMContentLoaded", () => this.start(), { once: true });
    }
    disconnectedCallback() {
      this.abort.abort();
      for (const net of this.nets) if (net.worker) net.worker.terminate();
    }
    start() {
      if (this.abort && !this.abort.signal.aborted) return;
      this.config = JSON.parse(this.querySelector("script").textContent);
      this.words = this.config.words;
      this.abort = new AbortController();
      const { signal } = this.abort;
      const { controls, fixed } = this.config;
      this.state = { ...fixed, ...Object.fromEntries(controls.map(({ id, value }) => [id, value])) };
      this.first = { ...this.state };
      this.nets = KINDS.map((_, k) => ({ residual: k === 1 }));
      this.read();
      if (!this.querySelector(".pg-ui")) this.insertAdjacentHTML("afterbegin", this.html());
      this.querySelectorAll(".pg-pane").forEach((pane, k) => (this.nets[k].pane = pane));
      this.addEventListener("input", (event) => this.change(event.target), { signal });
      this.addEventListener("click", (event) => this.press(event.target.closest("button")), { signal });
      addEventListener("hashchange", () => this.read() && this.reset(), { signal });
      new ResizeObserver(() => this.redraw()).observe(this.querySelector(".pg-ui"));
      new MutationObserver(() => this.redraw()).observe(document.documentElement,
        { attributes: true, attributeFilter: ["data-lang", "data-theme"] });
      this.lab = plusxChallenges(this, say);
      this.wait();
      this.classList.add("ready");
      performance.mark("plusx-playground-ready");
    }
    wait() {
      const watch = new IntersectionObserver((seen) => {
        if (!seen.some((one) => one.isIntersecting)) return;
        watch.disconnect();
        if (!this.data) this.reset();
      }, { rootMargin: "200px" });
      watch.observe(this);
    }
    html() {
      const { controls, words, size } = this.config;
      const built = controls.map((c) => (c.options ? choice : range)(c, `pg-${++count}`));
      const pane = `<div class="pg-pane"><div class="pg-head"><span class="pg-name"></span>` +
        `<label class="pg-switch"><input type="checkbox"><span>+x</span></label></div>` +
        `<canvas></canvas><div class="pg-numbers"></div><div class="pg-strip"></div></div>`;
      const full = size === "full";
      return `<div class="pg-ui" data-size="${size}"><div class="pg-bar">${button("run", words.run)}` +
        `${button("step", words.step)}${button("reset", words.reset)}` +
        `<span class="pg-clock"></span></div><output class="pg-readout" aria-live="polite"></output>` +
        `<div class="pg-panes">${pane}${pane}</div>` +
        (full ? `<div class="pg-measure">${choice(words.measures, `pg-${++count}`)}` +
          `<p class="pg-hint"></p></div><div class="pg-curves">` +
          `${choice(words.axes, `pg-${++count}`)}<div class="pg-chart"></div>` +
          `<p class="pg-note"></p></div>` : "") +
        `<div class="pg-controls">${built.join("")}</div>` +
        `${full ? '<div class="pg-challenges"></div>' : ""}</div>`;
    }

    read() {
      const [id, text] = decodeURIComponent(location.hash.slice(1)).split(":");
      const own = this.closest("[id]");
      if (!text || !own || own.id !== id) return false;
      const asked = new URLSearchParams(text);
      for (const control of this.config.controls) {
        const value = asked.get(control.id);
        const fits = control.options ? control.options.some((o) => o.value === value)
          : control.values ? control.values.includes(+value) : +value >= control.min &&
            +value <= control.max && (value - control.min) % control.step === 0;
        this.state[control.id] = value !== null && fits ? (control.options ? value : +value)
          : this.first[control.id];
      }
      const both = asked.get("x") || "01";
      this.nets.forEach((net, k) => (net.residual = both[k] === "1"));
      if (!this.seen) requestAnimationFrame(() => own.scrollIntoView());
      return (this.seen = true);
    }
    write() {
      const own = this.closest("[id]");
      const changed = Object.entries(this.state).filter(([id, v]) => v !== this.first[id]);
      const both = this.nets.map((net) => +net.residual).join("");
      if (both !== "01") changed.push(["x", both]);
      const text = new URLSearchParams(changed).toString();
      try {
        history.replaceState(history.state, "", text ? `#${own.id}:${text}` : `#${own.id}`);
      } catch { /* A frame without an address has none to keep. */ }
    }

    change(input) {
      const { id } = input.dataset;
      const control = this.config.controls.find((one) => one.id === id);
      if (id === "measure" || id === "axis") {
        this[id] = input.value;
        if (id === "measure") this.ask(0);
        return this.redraw();
      }
      if (control) this.state[id] = control.options ? input.value
        : control.values ? control.values[input.value] : +input.value;
      else this.nets.find((net) => net.pane.contains(input)).residual = input.checked;
      if (id === "data") this.state.rate = this.config.rates[input.value];
      this.write();
      return this.reset();
    }
    press(pressed) {
      const act = pressed && pressed.dataset.act;
      if (act && !this.data) this.reset();
      if (act === "run") {
        if (this.nets.every((net) => net.done)) this.reset();
        this.running = !this.running;
        this.advance();
      } else if (act === "step") {
        this.running = false;
        this.ask(1);
      } else if (act === "reset") {
        this.running = false;
        this.reset();
      }
      this.redraw();
    }

    reset() {
      const { data, seed, layers, norm, scale, near, activation, rate } = this.state;
      this.turn = (this.turn || 0) + 1;
      [this.looked, this.ended] = [0, false];
      if (data === "digits" && !this.digits) this.digits = unpack(this.config.digits);
      this.data = data === "digits" ? this.digits.data : tools.spirals(seed);
      for (const net of this.nets) {
        Object.assign(net, { steps: 0, broken: false, done: false, points: [], seen: null, cells: null });
        net.kind = KINDS[+net.residual];
        net.settings = { seed, layers, normed: norm === "on", scaled: scale === "blocks",
          near: near === "on", activation, rate, residual: net.residual, epochs: LAST[data] };
        this.post(net, { build: net.settings, digits: data === "digits" && this.data });
      }
      this.label();
      this.redraw();
    }
    post(net, message) {
      if (!net.worker) {
        const address = URL.createObjectURL(new Blob([SOURCE], { type: "text/javascript" }));
        net.worker = new Worker(address);
        net.worker.onmessage = ({ data }) => this.hear(net, data);
      }
      net.busy = true;
      const look = { measure: this.measure || "gradient", map: this.state.data === "spirals" };
      net.worker.postMessage({ ...look, ...message, id: this.turn });
    }
    ask(steps, look = {}) {
      for (const net of this.nets) if (!net.done || !steps) this.post(net, { steps, ...look });
    }
    hear(net, reply) {
      if (reply.id !== this.turn) return;
      net.busy = false;
      const { steps, broken, done, points, seen, cells, time } = reply;
      if (!seen && !broken && steps > net.steps) net.pace = time / (steps - net.steps);
      Object.assign(net, { steps, broken, done, seen: seen || (broken ? null : net.seen), cells: cells || net.cells });
      net.points.push(...points);
      this.redraw();
      if (this.nets.some((one) => one.busy)) return;
      if (this.nets.every((one) => one.done) && !this.ended) this.end();
      else if (this.running) this.advance();
    }

    advance() {
      if (!this.running || this.nets.some((net) => net.busy)) return;
      const [now, fastest] = [performance.now(), PACE[this.state.data]];
      const slowest = Math.max(...this.nets.map((net) => net.pace || 10));
      const steps = Math.max(1, Math.round(Math.min(ROUND / slowest, ROUND * fastest)));
      const look = now - this.looked > LOOK;
      if (look) this.looked = now;
      const begin = () => this.running && this.nets.every((net) => !net.busy) &&
        this.ask(steps, look ? {} : { measure: null, map: false });
      setTimeout(begin, Math.max(0, (this.due || 0) - now));
      this.due = Math.max(now, this.due || 0) + steps / fastest;
    }
    end() {
      [this.ended, this.running] = [true, false];
      this.ask(0);
      this.lab.judge();
      this.redraw();
    }

    label() {
      for (const { id, options, values } of this.config.controls) {
        const value = this.state[id];
        const inputs = [...this.querySelectorAll(`input[data-id=${id}]`)];
        if (options) for (const input of inputs) input.checked = input.value === value;
        else {
          inputs[0].value = values ? values.indexOf(value) : value;
          inputs[0].setAttribute("aria-valuetext", value);
          inputs[0].previousElementSibling.lastElementChild.textContent = value;
        }
      }
      for (const net of this.nets) {
        net.pane.dataset.kind = net.kind;
        net.pane.querySelector("input").checked = net.residual;
      }
    }
    redraw() {
      if (this.frame || !this.data) return;
      this.frame = requestAnimationFrame(() => {
        this.frame = null;
        plusxShow(this, draw, tools.SIDE, say, fill);
      });
    }
  });
})();
