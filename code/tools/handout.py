"""Write the handout: `make handout`, two pages of A4 for each language.

Usage: .venv/bin/python code/tools/handout.py

The first page asks six bets, to be filled in with a pen; the second one answers them.
_build/handout holds each as HTML, to be changed, and as PDF.
"""

from pathlib import Path

import browsing
import deck

OUT = deck.ROOT / "_build/handout"
WORDS = {
    "title": ("One +x: six bets", "一个 +x：下六次注"),
    "ask": (
        "Mark your bet on each scale, and draw the first curve, before you turn over.",
        "翻到背面之前，先在每条线上标出你猜的值，再画出第一题的曲线。",
    ),
    "answers": ("What was measured", "测得的结果"),
    "reason": ("My reason:", "我的理由："),
    "end": (
        "So what +x changes is the origin: a block starts from “keep it, add a"
        " little” instead of from “keep nothing”. All of this was seen in small nets"
        " on small images; all errors are training errors where nothing else is said.",
        "所以，+x 换的是原点：块从“先留住，再加一点”出发，"
        "而不是从“什么都不留”出发。"
        "以上都是在小图像、小网络上看到的；没有另外说明的，都是训练误差。",
    ),
    "mine": ("+x helps because", "+x 管用，是因为"),
    "refuted": ("It would be refuted by", "如果出现这样的结果，就算推翻了："),
    "rights": (
        "From the book One +x, text and figures under CC BY 4.0.",
        "出自《一个 +x》，文字和图采用 CC BY 4.0 许可。",
    ),
}
PAGE = """<!doctype html>
<html lang="{code}">
<meta charset="utf-8">
<title>{title}</title>
<style>
{style}</style>
<section><h1>{title}</h1><p>{ask}</p><ol>{questions}</ol></section>
<section><h1>{answers}</h1><ol class="answers">{told}</ol><p><b>{end}</b></p>
<p class="line">{mine}</p><p class="line">{refuted}</p><footer>{rights}</footer>
</section>
</html>
"""


def parts() -> list[deck.Slide]:
    """The bets of the handout."""
    return [slide for slide in deck.load() if slide.get("handout")]


def page(language: str) -> str:
    """The two pages of a language."""
    words = {key: deck.say(pair, language) for key, pair in WORDS.items()}
    reason = f'<p class="line">{words.pop("reason")}</p>'
    questions = "".join(
        f"<li>{deck.asked(part['bet'], language)}{reason}</li>" for part in parts()
    )
    told = "".join(
        f"<li><h2>{deck.measured(part['bet'], language)}</h2>"
        f"{deck.figure(part['figure'], language)}"
        f"<p>{deck.say(part['told'], language)}</p></li>"
        for part in parts()
    )
    style = Path(__file__).with_suffix(".css").read_text("utf8")
    code = deck.LANGUAGES[language]
    return PAGE.format(code=code, style=style, questions=questions, told=told, **words)


def write(out: Path) -> None:
    """Write HTML and PDF of both languages."""
    out.mkdir(parents=True, exist_ok=True)
    with browsing.chromium() as browser:
        for language in deck.LANGUAGES:
            path = out / f"handout-{language}.html"
            path.write_text(page(language), "utf8")
            tab = browser.new_page()
            tab.goto(path.as_uri())
            tab.pdf(path=path.with_suffix(".pdf"), prefer_css_page_size=True)
            tab.close()


if __name__ == "__main__":
    write(OUT)
    print("The handout is in _build/handout, for each language as HTML and as PDF.")
