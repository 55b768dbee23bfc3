"""What an explorer teaches by: fixed axes, the setting before, tasks, a cursor."""

import re

import pytest

from plusx.pictures import trained

pytestmark = pytest.mark.browser


@pytest.fixture
def page(visit, explorer_folder):
    """An English page with explorers, from a file."""
    return visit().open(f"{explorer_folder.as_uri()}/en.html")


def set_slider(figure, name, value):
    """Drag a slider to a value in one go."""
    figure.locator(f"input[name={name}]").evaluate(
        """(input, value) => {
          input.value = value;
          for (const kind of ["input", "change"])
            input.dispatchEvent(new Event(kind, { bubbles: true }));
        }""",
        value,
    )


def labels(figure):
    """The numbers along both axes of the chart."""
    return figure.locator(".px-chart svg > text:not(.px-off)").all_text_contents()


def ends(figure):
    """Where the lines of the chart end, in its own pixels."""
    paths = figure.locator(".px-chart g[data-series] path")
    found = (paths.nth(k).get_attribute("d") for k in range(paths.count()))
    return [float(re.split("[LM]", d)[-1].split()[1]) for d in found]


def test_weights_that_differ_look_different(page):
    """w = 1 and w = 8: the same axes, other lines, and a number at the edge."""
    figure = page.locator("#fig-product")
    axes, before = labels(figure), ends(figure)
    set_slider(figure, "weight", 8)
    assert labels(figure) == axes
    assert ends(figure)[0] > before[0] + 100
    assert "10⁻²⁵⁶" in figure.locator(".px-off").text_content()
    set_slider(figure, "weight", 1)
    assert ends(figure) == before and figure.locator(".px-off").count() == 0


def test_the_setting_before_stays_behind(page):
    """A ghost with its entry in the legend, of the last setting and of no other."""
    figure = page.locator("#fig-product")
    ghosts = figure.locator(".px-chart .px-ghost path")
    entry = figure.locator(".px-legend > span", has_text="the setting before")
    first = figure.locator(".px-chart g[data-series=plain] path").get_attribute("d")
    assert ghosts.count() == 0 and not entry.is_visible()
    set_slider(figure, "weight", 4)
    assert ghosts.first.get_attribute("d") == first and entry.is_visible()
    figure.get_by_role("slider", name="weight w").press("ArrowRight")
    assert ghosts.first.get_attribute("d") != first


def test_task_is_ticked_once_it_is_solved(page):
    """Said when a setting solves it; the tick stays when the reader moves on."""
    figure = page.locator("#fig-product")
    tasks, said = figure.locator(".px-tasks li"), figure.locator("output")
    assert tasks.count() == 2 and figure.locator(".px-solved").count() == 0
    figure.get_by_role("radio", name="none").check(force=True)
    assert "This setting solves the task" in said.inner_text()
    assert figure.locator(".px-solved").count() == 1
    assert "(done)" in tasks.first.inner_text()
    figure.get_by_role("radio", name="tanh").check(force=True)
    assert "solves" not in said.inner_text()
    assert figure.locator(".px-solved").count() == 1


def test_scale_opens_on_lines_and_in_decimals(page):
    """The first λ has a line for each seed; λ and its task are decimals."""
    figure = page.locator("#fig-scale")
    assert figure.get_by_role("slider").get_attribute("aria-valuetext") == "0.25"
    assert all(
        "L" in d
        for d in figure.locator(".px-chart g[data-series] path").evaluate_all(
            "all => all.map(p => p.getAttribute('d'))"
        )
    )
    slider = figure.get_by_role("slider")
    while slider.get_attribute("aria-valuetext") != "0.9":
        slider.press("ArrowRight")
    assert figure.locator("output").inner_text().startswith("λ = 0.9, 56 layers")
    assert figure.locator(".px-solved").count() == 1


def test_cursor_reads_the_recorded_curves(page):
    """A press on the chart reads its epoch; a net can be left out; the axes stay."""
    figure = page.locator("#fig-curves")
    record = trained.select(trained.load_all(), "short", "digits")["resnet56"]
    chart, axes = figure.locator(".px-chart > svg"), labels(figure)
    right = chart.bounding_box()["width"] - 11
    chart.click(position={"x": right, "y": 50})
    mean = record["results"]["test_error"]["mean"]
    assert "After epoch 20: " in figure.locator("output").inner_text()
    assert f"ResNet-56 {mean:.2f}\u00a0%" in figure.locator("output").inner_text()
    figure.get_by_role("checkbox", name="plain-56").uncheck(force=True)
    assert "plain-56" not in figure.locator("output").inner_text()
    assert labels(figure) == axes
    figure.get_by_role("radio", name="second half").check(force=True)
    assert labels(figure) != axes


def test_curves_can_be_smoothed(page):
    """A mean of five epochs changes the line, and by no more than the line varies."""
    figure = page.locator("#fig-curves")
    line = figure.locator(".px-chart g[data-series] path").nth(1)
    before = line.get_attribute("d")
    set_slider(figure, "smooth", 2)
    heights = [
        [float(y) for y in re.findall(r" ([\d.]+)", d)]
        for d in (before, line.get_attribute("d"))
    ]
    turns = [
        sum((a - b) * (b - c) < 0 for a, b, c in zip(h, h[1:], h[2:], strict=False))
        for h in heights
    ]
    assert turns[1] < turns[0]


def test_chart_stands_above_the_controls_and_does_not_move(visit, explorer_folder):
    """On a phone the chart and its first slider fit one screen, and stay in place."""
    reader = visit(viewport={"width": 390, "height": 800})
    page = reader.open(f"{explorer_folder.as_uri()}/en.html")
    figure = page.locator("#fig-product")
    chart, slider = figure.locator(".px-chart"), figure.get_by_role("slider").first
    top, low = chart.bounding_box()["y"], slider.bounding_box()
    assert top < low["y"] < top + 500
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    tall = [slider.bounding_box()["y"]]
    for weight in (-8, 0, 8, 1):
        set_slider(figure, "weight", weight)
        tall.append(slider.bounding_box()["y"])
    assert tall == sorted(tall)


def test_chosen_option_shows_in_forced_colors(visit, explorer_folder):
    """The pressed button has the system's highlight behind it, the others have not."""
    reader = visit(forced_colors="active")
    page = reader.open(f"{explorer_folder.as_uri()}/en.html")
    grounds = (
        page.locator("#fig-product fieldset")
        .first.locator("label")
        .evaluate_all(
            "all => all.map(label => getComputedStyle(label).backgroundColor)"
        )
    )
    assert grounds[0] not in grounds[1:] and len(set(grounds[1:])) == 1


def test_explorer_that_is_taken_away_watches_no_more(page):
    """Its observer is disconnected, and works again when it is put back."""
    figure = page.locator("#fig-product")
    found = figure.evaluate(
        """async figure => {
          const one = figure.querySelector("plusx-product");
          const [place, next] = [one.parentNode, one.nextSibling];
          let draws = 0;
          const draw = one.draw.bind(one);
          one.draw = () => { draws += 1; draw(); };
          const wait = () => new Promise(done => setTimeout(done, 100));
          one.remove();
          document.body.style.width = "500px";
          await wait();
          const away = draws;
          place.insertBefore(one, next);
          await wait();
          return [away, draws > away, one.querySelectorAll(".px-ui").length];
        }"""
    )
    assert found == [0, True, 1]
