// Three things to find out, each with a tick that the reader's own runs earn.
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

  // The four combinations of norm and +x at the depth and the data that was tried last.
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

  // Take in the run that has ended.
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
