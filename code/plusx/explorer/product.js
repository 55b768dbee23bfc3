// Products of derivatives along a scalar chain: plusx.gradients.chain_factors in the
// browser. A plain step is f(w h); a residual step is h + α f(w h), or f of that sum.
plusxExplorer("product", (function () {
  const sigmoid = (z) => 1 / (1 + Math.exp(-z));
  const FUNCTIONS = { // f, f′, and the steepest slope of f
    sigmoid: [sigmoid, (z) => sigmoid(z) * (1 - sigmoid(z)), 0.25],
    tanh: [Math.tanh, (z) => 1 - Math.tanh(z) ** 2, 1],
    relu: [(z) => Math.max(z, 0), (z) => (z > 0 ? 1 : 0), 1],
    linear: [(z) => z, () => 1, 1],
  };
  const SCALES = { one: () => 1, sqrt: (depth) => 1 / Math.sqrt(depth), linear: (depth) => 1 / depth };

  // log10 of the size of the partial products, and the sign of the whole.
  function products(depth, weight, activation, residual, scale, after, start) {
    const [f, slope, steepest] = FUNCTIONS[activation];
    const points = [[0, 0]];
    let [h, log, sign] = [start, 0, 1];
    for (let k = 1; k <= depth; k++) {
      let factor = scale * weight * (start === null ? steepest : slope(weight * h));
      let next = scale * f(weight * h);
      if (residual) [factor, next] = [factor + 1, next + h];
      if (after) [factor, next] = [factor * (start === null ? steepest : slope(next)), f(next)];
      [h, log, sign] = [next, log + Math.log10(Math.abs(factor)), sign * Math.sign(factor)];
      points.push([k, log]);
    }
    return { points, log, sign };
  }

  return function (config, state, number) {
    const { depth, weight, activation } = state;
    const start = state.start === "steepest" ? null : config.start;
    const alpha = SCALES[state.scale](depth);
    const chains = {
      plain: products(depth, weight, activation, false, 1, false, start),
      residual: products(depth, weight, activation, true, alpha, state.place === "after", start),
    };
    const fill = (text) => text.replace("{depth}", depth).replace(/{(plain|residual)}/g,
      (_, chain) => number(chains[chain].log, chains[chain].sign));
    const solves = ({ chain, depth: least, low, high }) =>
      depth >= least && chains[chain].log >= (low ?? -Infinity) && chains[chain].log <= high;
    return {
      x: config.x,
      y: config.y,
      series: config.series.map((one) => ({ ...one, points: chains[one.id].points })),
      readout: config.readout.map(fill),
      done: config.tasks.map(solves),
    };
  };
})());
