// Recorded training curves: which networks, which error, how smooth, which part of the
// run, and a cursor along the epochs that reads off the values. The axes belong to the
// part, the error and the axis, so that networks and smoothness never move them.
plusxExplorer("curves", (function () {
  const FLOOR = 0.01; // percent: on the logarithmic axis what lies below is drawn there

  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  // The mean over as many epochs round each; at the ends over those that are there.
  const smooth = (line, window) => line.map((_, i) => {
    const reach = Math.min((window - 1) / 2, i, line.length - 1 - i);
    return mean(line.slice(i - reach, i + reach + 1));
  });

  return function (config, state) {
    const log = state.scale === "log";
    const at = (error) => (log ? Math.log10(Math.max(error, FLOOR)) : error);
    const raw = config.curves[state.what];
    const length = Math.max(...raw.map((line) => line.length));
    const [from, to] = { all: [0, length], start: [0, Math.ceil(length / 5)], end: [Math.floor(length / 2), length] }[state.part];
    const shown = raw.flatMap((line) => line.slice(Math.max(from - 1, 0), to)).map(at);
    const [low, high] = [Math.min(...shown), Math.max(...shown)];
    const room = (high - low || 1) * 0.05;
    const epoch = Math.min(Math.max(state.epoch, from || 1), to);
    const chosen = config.series.map((series, k) => ({ ...series, line: smooth(raw[k], state.smooth) }))
      .filter(({ id }) => state.nets.includes(id));
    const told = chosen.map(({ name, line }) =>
      name.map((half) => `${half} ${line[Math.min(epoch, line.length) - 1].toFixed(2)}\u00a0%`));
    const [english, chinese] = told.length ? [0, 1].map((k) => told.map((pair) => pair[k]).join(k ? "，" : ", "))
      : ["no network chosen", "没有选网络"];
    return {
      x: { label: config.x, range: [from, to] },
      y: { label: config.y[state.what], log, range: [low - room, high + room] },
      cursor: epoch,
      series: chosen.map(({ line, ...series }) => ({
        ...series,
        points: line.map((error, i) => [i + 1, at(error)]).slice(Math.max(from - 1, 0), to),
        at: [Math.min(epoch, line.length), at(line[Math.min(epoch, line.length) - 1])],
      })),
      readout: [`After epoch ${epoch}: ${english}.`, `第 ${epoch} 轮以后：${chinese}。`],
    };
  };
})());
