// One block deleted from a trained net: which block, and batch norm's averages as they
// were or estimated anew. Estimated anew, what it was before stays behind, pale.
plusxExplorer("deletion", function (config, state) {
  const { blocks, errors, intact, ratios } = config;
  const now = errors[state.averages];
  const k = blocks.indexOf(state.block);
  const percent = (error) => `${error.toFixed(1)}\u00a0%`; // stays on one line
  const sorted = [...now].sort((a, b) => a - b);
  const [middle, worst] = [sorted[sorted.length >> 1], sorted[sorted.length - 1]].map(percent);
  const steps = (heights) => // each block is as wide as one; a gap where one stays
    heights.flatMap((y, i) => {
      const [left, right] = [blocks[i] - 0.5, blocks[i] + 0.5];
      const gap = blocks[i + 1] > blocks[i] + 1 ? [[right, NaN]] : [];
      return [[left, y], [right, y], ...gap];
    });
  const anew = state.averages === "anew";
  const [english, chinese] = config.readout[state.averages];
  return {
    x: { label: config.x, range: [0.5, blocks[blocks.length - 1] + 0.5] },
    cursor: state.block,
    y: { label: config.y, range: [-1, Math.max(10, ...errors.kept, ...errors.anew) * 1.05] },
    series: [
      { ...config.series.kept, faint: anew, points: steps(errors.kept) },
      { ...config.series.anew, faint: false, points: anew ? steps(errors.anew) : [] },
      {
        name: [`without block ${state.block}`, `去掉第 ${state.block} 个块`],
        color: "purple",
        points: [[state.block, intact], [state.block, now[k]]],
      },
    ],
    levels: [{ at: intact, name: config.level }],
    readout: [
      `Without block ${state.block}, averages ${english}: ${percent(now[k])} of the test ` +
        `images wrong, ${percent(intact)} with it. Its branch is ${ratios[k].toFixed(2)} ` +
        `times as large as its input. All ${blocks.length} deletions: median ${middle}, ` +
        `worst ${worst}.`,
      `去掉第 ${state.block} 个块，平均值${chinese}：测试误差 ${percent(now[k])}，` +
        `一个块也不删时 ${percent(intact)}。这个块的分支，范数是输入的 ${ratios[k].toFixed(2)} 倍。` +
        `${blocks.length} 个块逐个去掉，误差的中位数 ${middle}，最差 ${worst}。`,
    ],
  };
});
