// Chapter 1 in four steps: what a reader picks is drawn, as a strip of 27 blocks between an
// image and an answer, with one block of it below, whose +x a switch turns on and off.
plusxExplorer("story", function (config, state) {
  const step = config.steps[state.step];
  const added = state.x === "on";
  const PITCH = 20; // of the blocks; there are 3 old ones after each 2 new ones
  const [INK, PLAIN, BLUE] = ["currentColor", ...config.colors];

  function strip() {
    const top = 34;
    const shown = [...Array(27).keys()].filter((k) => step.inserted !== "none" || k % 3 === 0);
    const boxes = shown.map((k) => {
      const [x, old] = [60 + PITCH * k, k % 3 === 0];
      const kind = old ? "old" : step.inserted;
      const [fill, edge] = { old: [INK, INK], nothing: ["none", INK], random: [PLAIN, PLAIN], wired: [PLAIN, PLAIN] }[kind];
      const inside = kind === "nothing" ? `<path d="M${x} ${top + 14}h14" style="stroke:${INK}" stroke-width="2"/>`
        : old ? "" : [4, 8, 12, 17, 22].map((y, n) =>
          `<path d="M${x + 2 + ((7 * k + 5 * n) % 4)} ${top + y}l${6 + ((k + n) % 4)} ${((3 * k + n) % 7) - 3}" ` +
          `style="stroke:${PLAIN}" stroke-width="1.6"/>`).join("");
      const wire = kind === "wired" ? `<path d="M${x - 2} ${top + 14}v-24h18v24" style="stroke:${BLUE}" fill="none" stroke-width="2.2"/>` : "";
      return `<rect x="${x}" y="${top}" width="14" height="28" rx="2" style="fill:${fill};stroke:${edge}" ` +
        `fill-opacity="${old ? 0.55 : 0.12}"/>${inside}${wire}`;
    });
    const pixels = [...config.image].map((v, i) =>
      `<rect x="${4 + 5 * (i % 8)}" y="${top - 6 + 5 * (i >> 3)}" width="5" height="5" fill-opacity="${v / 9}"/>`);
    return `<svg viewBox="0 0 640 84" class="px-strip"><path d="M46 ${top + 14}H604" stroke="currentColor" stroke-opacity=".35"/>` +
      `${pixels.join("")}${boxes.join("")}<text x="622" y="${top + 23}" font-size="26" text-anchor="middle">${step.answer}</text></svg>`;
  }

  // One block from left to right: two layers, and the way round them.
  function block() {
    const color = added ? BLUE : PLAIN;
    const layer = (x) => `<rect x="${x}" y="60" width="62" height="36" rx="5" style="fill:${color};stroke:${color}" fill-opacity=".14"/>`;
    const arrow = (x, to) => `<path d="M${x} 78H${to - 6}" stroke="currentColor"/><path d="M${to} 78l-8-4v8z"/>`;
    const wire = `<path d="M62 78V24H282V60" fill="none" style="stroke:${BLUE}" stroke-width="3"/>` +
      `<path d="M282 66l-5-9h10z" style="fill:${BLUE}"/>`;
    const plus = `<circle cx="282" cy="78" r="12" style="stroke:${BLUE};fill:${BLUE}" fill-opacity=".12" stroke-width="2"/>` +
      `<path d="M275 78h14M282 71v14" style="stroke:${BLUE}" stroke-width="2"/>`;
    return `<svg viewBox="0 0 420 112" class="px-block" font-size="18"><text x="28" y="84">x</text>${arrow(44, 84)}` +
      `${layer(84)}${arrow(146, 176)}${layer(176)}${arrow(238, added ? 270 : 318)}` +
      `${added ? `${plus}${arrow(294, 318)}${wire}<text x="165" y="18" text-anchor="middle" style="fill:${BLUE}">x</text>` : ""}` +
      `<text x="161" y="52" text-anchor="middle">F</text><text x="326" y="84">${added ? "x + F(x)" : "F(x)"}</text></svg>`;
  }

  const paint = (chart) => { chart.innerHTML = `<div aria-hidden="true">${strip()}${block()}</div>`; };
  return { paint, series: [], readout: [0, 1].map((k) => `${step.text[k]}\n${config.blocks[state.x][k]}`) };
});
