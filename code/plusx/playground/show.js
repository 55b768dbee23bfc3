// Puts what is known of both nets on the page, once a frame at the most.
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
  // Digits are counted over an epoch, as in the record; a first look stands in till then.
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

  // Drawn again only for something new: a look, a size, a language, a theme.
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

  // The recorded band of a net, where the setting is that of the experiment.
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

  // What a reader is told, and a screen reader says, when training rests.
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
