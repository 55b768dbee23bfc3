// Curves from a table: each setting of the controls has its own, made beforehand.
// With `focus`, that control does not choose the curves but the one that stands out.
plusxExplorer("table", function (config, state) {
  const ids = config.controls.map((control) => control.id);
  const key = ids.map((id) => state[id]).join("/");
  const curves = config.curves[ids.filter((id) => id !== config.focus).map((id) => state[id]).join("/")];
  return {
    x: config.x,
    y: config.y,
    cursor: config.cursor ? state[config.cursor] : undefined,
    series: config.series.map((series, k) => ({
      ...series,
      faint: config.focus && series.id !== state[config.focus],
      points: curves[k].map((y, i) => [config.x.values[i], y === null ? NaN : y]),
    })),
    levels: config.levels[key] || [],
    readout: config.readouts[key],
  };
});
