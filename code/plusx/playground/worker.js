// The Worker's side: builds a run when asked, advances it, and reports. The page has two
// of these, one for each net; `id` tells an answer to an earlier setting.
function plusxWorker(tools, post) {
  "use strict";
  let run, data, ends, id;

  // What the page wants to see after its steps: a measure of the blocks, and the map.
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
