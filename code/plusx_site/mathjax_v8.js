// Runs in a bare V8 at build time, after MathJax's components: TeX in, SVG and
// MathML out. Nothing of this file reaches a page.
const { mathjax } = MathJax._.mathjax;
const adaptor = MathJax._.adaptors.liteAdaptor.liteAdaptor();
MathJax._.handlers.html_ts.RegisterHTMLHandler(adaptor);

// noundefined and noerrors stay out: what MathJax cannot read is an error here.
// newcommand stays out: a macro would hold in all formulas drawn after this one.
const packages = [
  'base', 'ams', 'boldsymbol', 'braket', 'cancel', 'cases', 'color', 'mathtools',
  'textmacros', 'unicode', 'upgreek',
];
// What counts and links equations is the page's, not that of a single drawing.
const FOREIGN = /\\(?:tag|label|ref|eqref)(?![A-Za-z])/;
const input = new MathJax._.input.tex_ts.TeX({
  packages,
  formatError(jax, error) { throw error; },
});
const output = new MathJax._.output.svg_ts.SVG({
  fontCache: 'none',
  font: new MathJax._.output.svg.fonts.tex_ts.TeXFont(),
});
const page = mathjax.document('', { InputJax: input, OutputJax: output });
const mathml = new MathJax._.core.MmlTree.SerializedMmlVisitor.SerializedMmlVisitor();

const escape = text =>
  text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/"/g, '&quot;');
const round = number => Math.round(number * 10) / 10;
function translate(x, y) {
  if (!x && !y) return '';
  return y ? `translate(${round(x)},${round(y)})` : `translate(${round(x)})`;
}
const SHIFT = /^translate\(\s*([-\d.]+)(?:[\s,]+([-\d.]+))?\s*\)\s*/;

// Split leading translations off a transform: [x, y, what is left].
function shifts(transform) {
  let x = 0;
  let y = 0;
  for (let found; (found = transform.match(SHIFT)); ) {
    x += +found[1];
    y += +(found[2] || 0);
    transform = transform.slice(found[0].length);
  }
  return [x, y, transform];
}

// The drawing without MathJax's bookkeeping: groups that only move their
// children are dissolved, so that a formula is nearly a list of placed glyphs.
function flatten(node, x, y, out) {
  for (const child of adaptor.childNodes(node)) {
    const kind = adaptor.kind(child);
    if (kind === '#text') {
      out.push(escape(adaptor.value(child)));
      continue;
    }
    const attributes = {};
    for (const { name, value } of adaptor.allAttributes(child)) {
      if (!/^data-(?!line|frame)|^font-family$/.test(name)) attributes[name] = value;
    }
    const [dx, dy, rest] = shifts(attributes.transform || '');
    delete attributes.transform;
    const glyph = kind === 'path' && adaptor.getAttribute(child, 'data-c');
    if (kind === 'g' && !rest && !Object.keys(attributes).length) {
      flatten(child, x + dx, y + dy, out);
      continue;
    }
    if (glyph && !attributes.d) continue;
    const place = [translate(x + dx, y + dy), rest].filter(Boolean).join(' ');
    const moved = place ? { transform: place, ...attributes } : attributes;
    const inner = [];
    flatten(child, 0, 0, inner);
    out.push(write(glyph ? 'glyph' : kind, moved, inner.join('')));
  }
}

function write(kind, attributes, inner) {
  const text = Object.entries(attributes)
    .map(([name, value]) => ` ${name}="${escape(String(value))}"`)
    .join('');
  return inner ? `<${kind}${text}>${inner}</${kind}>` : `<${kind}${text}/>`;
}

// At 1 the small letters are as high as those of the text; a little less keeps the
// capitals from standing out, since the text is set in a font with large small letters.
const SCALE = 0.92;
const scaled = length => `${+(parseFloat(length) * SCALE).toFixed(3)}ex`;

// One formula as JSON: its drawing (glyphs as <glyph d="outline">), its box in ex
// and its MathML, or the reason why MathJax cannot read it.
function render(tex, display) {
  try {
    const foreign = tex.match(FOREIGN);
    if (foreign) throw Error(`${foreign[0]}: label the equation, refer to it by {eq}`);
    const item = new page.options.MathItem(tex, input, display);
    item.start.node = adaptor.body(page.document);
    item.setMetrics(16, 8, 1280, 1e6, 1);
    item.convert(page);
    const svg = adaptor.firstChild(item.typesetRoot);
    const inner = [];
    flatten(adaptor.firstChild(svg), 0, 0, inner);
    return JSON.stringify({
      drawing: inner.join(''),
      width: scaled(adaptor.getAttribute(svg, 'width')),
      height: scaled(adaptor.getAttribute(svg, 'height')),
      drop: scaled(adaptor.getStyle(svg, 'vertical-align') || '0'),
      view: adaptor.getAttribute(svg, 'viewBox'),
      mathml: mathml.visitTree(item.root),
    });
  } catch (error) {
    return JSON.stringify({ error: String(error.message || error) });
  }
}
0;
