// A training run: the data of a setting, its net, what each step said, and what can be
// seen of the blocks. Runs in a Worker, and in tests without one.
function plusxRun(network) {
  "use strict";
  const BATCH = 128; // of the digits; the spirals are one batch
  const SIDE = 48; // of the grid that shows where the classes lie

  // Two spirals, point after point, in rows of one coordinate each.
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

  // The examples `order` names, as a batch; the data has rows of one input each.
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

  // The share of examples whose nearest neighbour, by the states after a block, is of
  // their own class: what is left of the input. By chance it is one in `classes`.
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

    // One step; at the end of an epoch [epoch, mean loss, error in %], else null.
    run.step = function () {
      if (at >= count) [order, at, total, wrong] = [shuffled(count, draw), 0, 0, 0];
      const batch = gather(data, order.subarray(at, at + BATCH));
      const said = network.step(net, batch.x, batch.y, batch.n, rate);
      [at, total, wrong] = [at + batch.n, total + said.loss * batch.n, wrong + said.wrong];
      run.steps++;
      run.broken = !net.parameters.every(({ value }) => value.every(Number.isFinite));
      return at < count ? null : [++run.epochs, total / count, (100 * wrong) / count];
    };

    // Loss, error and one measure of each block, on the first examples, without a step.
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

    // How sure the net is of the second class on a grid over the plane, from 0 to 255;
    // batch normalization uses the statistics of the examples.
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
