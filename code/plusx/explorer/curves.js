// Recorded training curves: which error, which axis, a network that stands out, and a
// cursor that moves along the epochs and reads off the values.
plusxExplorer("curves", function (config, state) {
  const log = state.scale === "log";
  const lines = config.curves[state.what];
  const floor = 0.01; // percent: what lies below, 0 above all, is drawn there
  const at = (error) => (log ? Math.log10(Math.max(error, floor)) : error);
  const length = Math.max(...lines.map((line) => line.length));
  const highest = Math.max(...lines.flat());
  const said = config.series.map((series, k) => {
    const error = lines[k][Math.min(state.epoch, lines[k].length) - 1];
    return series.name.map((name) => `${name} ${error.toFixed(2)} %`);
  });
  return {
    x: { label: config.x, range: [0, length] },
    y: { label: config.y[state.what], log, range: log ? [-2.1, 2.1] : [-2, highest * 1.05] },
    series: config.series.map((series, k) => ({
      ...series,
      faint: state.net !== "all" && series.id !== state.net,
      points: lines[k].slice(0, state.epoch).map((error, i) => [i + 1, at(error)]),
    })),
    readout: [
      `After epoch ${state.epoch}: ${said.map((pair) => pair[0]).join(", ")}.`,
      `第 ${state.epoch} 轮以后：${said.map((pair) => pair[1]).join("，")}。`,
    ],
  };
});
