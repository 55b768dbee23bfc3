// A film of training: for each measure a row of bars, one a block, of plain-56 and of the
// net beside it, at the step that the slider stands on. Heights are shares of an axis.
plusxExplorer("film", function (config, state, number) {
  const frame = config.steps.indexOf(state.step);
  const shown = [config.nets[0], config.nets.find(({ id }) => id === state.net)];

  function scene({ frames, color }, measure, k) {
    const [low, high] = measure.range;
    const height = (value) => (100 * (Math.min(high, Math.max(low, value)) - low)) / (high - low);
    const ticks = measure.ticks.map(([at, text]) => `<span style="top:${100 - height(at)}%">${text}</span>`);
    const lines = measure.lines.map((at) => `<b style="bottom:${height(at)}%"></b>`);
    const bars = frames[frame][k].map((value) => height(value).toFixed(1));
    return { bars, html: `<div class="px-scene">${ticks.join("")}<div class="px-bars" ` +
      `style="--bar:${color}">${lines.join("")}${"<i></i>".repeat(bars.length)}</div></div>` };
  }

  function paint(chart, say) {
    const scenes = config.measures.map((measure, k) => shown.map((net) => scene(net, measure, k)));
    const names = shown.map(({ name, color }) =>
      `<div class="px-net" style="border-color:${color}">${say(name)}</div>`);
    const rows = config.measures.map((measure, k) => `<div class="px-measure">` +
      `<div class="px-axis">${say(measure.label)}</div>` +
      `<div class="px-pair">${scenes[k].map(({ html }) => html).join("")}</div></div>`);
    const blocks = `<div class="px-blocks"><span>1</span><span>${say(config.blocks)}</span><span>27</span></div>`;
    const html = `<div class="px-pair">${names.join("")}</div>${rows.join("")}` +
      `<div class="px-pair">${blocks}${blocks}</div>`;
    if (chart.dataset.net !== state.net) {
      chart.innerHTML = `<div aria-hidden="true">${html}</div>`;
      chart.dataset.net = state.net;
    }
    const bars = scenes.flatMap((row) => row.flatMap((one) => one.bars));
    chart.querySelectorAll(".px-bars i").forEach((bar, k) => { bar.style.height = `${bars[k]}%`; });
  }

  // What stands at the two ends of each net, in words.
  const told = shown.map(({ name, frames }) => {
    const [read, gradient, update] = frames[frame];
    const values = { read: read.at(-1), ratio: number(gradient[0] - gradient.at(-1)),
      update: number(update[0]) };
    return [0, 1].map((k) => config.sentence[k].replace(/\{(\w+)\}/g, (_, key) =>
      (key === "name" ? name[k] : values[key])));
  });
  const when = config.when[frame];
  return { paint, series: [], readout: [0, 1].map((k) => [when[k], told[0][k], told[1][k]].join("\n")) };
});
