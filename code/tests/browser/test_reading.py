"""The book as readers have it: own colors, no storage, tabs, paper, copies."""

import re

import pytest

pytestmark = pytest.mark.browser
#: What a browser does that may keep nothing for a page.
NO_STORAGE = """for (const name of ["localStorage", "sessionStorage"])
  Object.defineProperty(window, name, { configurable: true,
    get() { throw new DOMException("denied", "SecurityError"); } });"""
WATCH = """window.shifts = [];
new PerformanceObserver(
  list => window.shifts.push(...list.getEntries().map(e => e.value))
).observe({ type: "layout-shift", buffered: true });"""
COPY = """selector => {
  const inside = p => p.checkVisibility() && p.querySelector(".formula, td");
  const part = [...document.querySelectorAll(selector)].find(inside);
  getSelection().selectAllChildren(part);
  const data = new DataTransfer();
  const event = new ClipboardEvent("copy", { clipboardData: data });
  document.dispatchEvent(event);
  const kinds = ["text/plain", "text/html"].map(kind => data.getData(kind));
  return [part.querySelector(".tex")?.textContent, ...kinds];
}"""
STYLE = "(e, name) => getComputedStyle(e)[name]"
LANGUAGE = "document.documentElement.dataset.lang"


def chapter(server, name="01_degradation", query=""):
    """Return the address of a chapter."""
    return f"{server.address}/chapters/{name}.html{query}"


def test_icons_and_choices_are_seen_in_own_colours(visit, server):
    """In forced colours icons have the colour of text, a choice that of a selection."""
    tab = visit(forced_colors="active").open(chapter(server, query="?lang=en"))
    system = """name => {
      const probe = document.body.appendChild(document.createElement("i"));
      probe.style.cssText = `forced-color-adjust: none; color: ${name}`;
      return getComputedStyle(probe).color;
    }"""
    text, chosen = tab.evaluate(system, "CanvasText"), tab.evaluate(system, "Highlight")
    icons = tab.locator("[class*='fa-']:visible")
    assert icons.count() > 2
    for icon in icons.all():
        assert icon.evaluate(STYLE, "backgroundColor") == text
    pressed = tab.locator(".lang-switch [aria-pressed=true]")
    assert pressed.evaluate(STYLE, "backgroundColor") == chosen
    other = tab.locator(".lang-switch [aria-pressed=false]").first
    assert other.evaluate(STYLE, "backgroundColor") != chosen


def test_book_works_without_storage(visit, server):
    """Search ends, links and the search form carry the language, the theme changes."""
    reader = visit(locale="en-GB", color_scheme="light")
    reader.context.add_init_script(NO_STORAGE)
    tab = reader.open(chapter(server))
    tab.click(".lang-switch [data-set=zh]")
    tab.click(".theme-switch-button")
    assert tab.evaluate("document.documentElement.dataset.mode") != "auto"
    with tab.expect_navigation():
        tab.click(".right-next")
    assert tab.evaluate(LANGUAGE) == "zh"
    tab.keyboard.press("Control+k")
    tab.keyboard.type("gradient")
    tab.keyboard.press("Enter")
    tab.wait_for_selector("#search-results .search > li")
    assert tab.evaluate(LANGUAGE) == "zh"
    assert reader.faults == []


def test_search_ends_in_a_frame_that_keeps_nothing(visit, server):
    """In a sandboxed frame of another site the titles are found."""
    tab = visit().open(f"{server.address}/search.html?lang=en")
    source = f"{server.address}/search.html?q=gradient"
    tab.set_content(f'<iframe sandbox="allow-scripts" src="{source}"></iframe>')
    frame = tab.frame_locator("iframe")
    frame.locator("#search-results .search > li").first.wait_for()
    frame.get_by_text("Found on").wait_for()


def test_tab_keeps_its_language(visit, server):
    """A choice in one tab does not move another one, and is that of a new tab."""
    reader = visit(locale="en-GB")
    first = reader.open(chapter(server))
    second = reader.context.new_page()
    second.goto(chapter(server))
    second.click(".lang-switch [data-set=zh]")
    with first.expect_navigation():
        first.click(".right-next")
    assert first.evaluate(LANGUAGE) == "en"
    third = reader.context.new_page()
    third.goto(chapter(server))
    assert third.evaluate(LANGUAGE) == "zh"


def test_copied_formula_is_tex(visit, server):
    """Copying a sentence takes its formulas as TeX, without stray lines."""
    tab = visit().open(chapter(server, query="?lang=en"))
    tex, text, html = tab.evaluate(COPY, "article p")
    assert tex.startswith("$") and tex in text and tex in html
    assert not re.search(r"\n\$", text)
    assert "<svg" not in html and "<math" not in html


def test_copied_table_stays_a_table(visit, server):
    """A table goes to the clipboard with its cells, in the language that shows."""
    tab = visit().open(f"{server.address}/chapters/index.html?lang=en")
    _, text, html = tab.evaluate(COPY, "article .pst-scrollable-table-container")
    assert html.count("<tr") > 3 and "<td" in html
    assert "\t" in text
    assert not re.search(r"[\u4e00-\u9fff]", html)


@pytest.mark.parametrize("mode", ["en", "both"])
@pytest.mark.parametrize("name", ["index", "01_degradation", "03_products"])
def test_nothing_jumps_at_load(visit, server, name, mode):
    """On a slow computer the layout of a page shifts by 0.02 at most."""
    reader = visit(viewport={"width": 1440, "height": 900})
    reader.context.add_init_script(WATCH)
    session = reader.context.new_cdp_session(reader.tab)
    session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    tab = reader.open(chapter(server, name, f"?lang={mode}"), until="networkidle")
    assert sum(tab.evaluate("shifts")) <= 0.02


def test_paper_has_no_stray_labels_and_whole_rows(visit, server, pages):
    """Printed, code has no box "Code" above it, and a row that fits is not broken."""
    reader = visit(viewport={"width": 718, "height": 1000})
    for page in pages:
        tab = reader.open(f"{server.address}/{page}?lang=en")
        tab.emulate_media(media="print")
        tab.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert tab.locator(".fold-code > summary:visible").count() == 0
        broken = tab.evaluate(
            """() => [...document.querySelectorAll(".cell_output pre")]
              .filter(pre => pre.checkVisibility() && !/.{105}/.test(pre.textContent))
              .filter(pre => {
                const line = parseFloat(getComputedStyle(pre).lineHeight);
                const lines = pre.textContent.trimEnd().split("\\n").length;
                return pre.getBoundingClientRect().height > (lines + 1.9) * line + 8;
              }).map(pre => pre.textContent.slice(0, 80))"""
        )
        assert (page, broken) == (page, [])
