"""Write the slides: `make slides`, a deck for each language in _build/slides.

Usage: .venv/bin/python code/tools/slides.py

A bet or a vote is one slide, and its answer the one below it (arrow down, or space).
The decks run on reveal.js, which npm has put into .venv, and work from the disk.
"""

import shutil
import sys
from pathlib import Path

import deck

OUT = deck.ROOT / "_build/slides"
REVEAL = Path(sys.prefix, "npm/node_modules/reveal.js")
FILES = ("dist/reveal.css", "dist/reveal.js", "LICENSE")
TITLE = ("One +x: slides", "一个 +x：幻灯片")
PAGE = """<!doctype html>
<html lang="{code}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="stylesheet" href="reveal/reveal.css">
<link rel="stylesheet" href="slides.css">
<div class="reveal"><div class="slides">
{slides}
</div></div>
<script src="reveal/reveal.js"></script>
<script>
  Reveal.initialize({{ width: 1280, height: 720, margin: 0.06, hash: true,
    slideNumber: "c/t", transition: "none", center: true }});
</script>
</html>
"""


def slide(part: deck.Slide, language: str) -> str:
    """A slide, or a question with its answer below."""
    drawing = deck.figure(part["figure"], language) if "figure" in part else ""
    if "bet" in part:
        bet, word = part["bet"], "vote" if part["bet"]["kind"] == "choice" else "bet"
        told = f'<p class="told">{deck.say(part["told"], language)}</p>'
        answer = f"<h2>{deck.measured(bet, language)}</h2>{drawing}{told}"
        return covered(deck.asked(bet, language), word, answer, language)
    if "check" in part:
        return vote(part["check"], drawing, language)
    title, text = (deck.say(part[key], language) for key in ("title", "text"))
    return f"<section><h1>{title}</h1>{drawing}<p>{text}</p></section>"


def vote(check: deck.Slide, drawing: str, language: str) -> str:
    """A self-check as a vote, its right answer with the reason below."""
    labels = [answer["text"] for answer in check["answers"]]
    question = f"<h2>{deck.say(check['question'], language)}</h2>"
    right = next(answer for answer in check["answers"] if answer["right"])
    head = deck.say(deck.WORDS["right"], language)
    told = deck.say(right["reason"], language)
    answer = (
        f"<h2>{head.format(deck.say(right['text'], language))}</h2>{drawing}"
        f'<p class="told">{told}</p>'
    )
    return covered(question + deck.options(labels, language), "vote", answer, language)


def covered(question: str, word: str, answer: str, language: str) -> str:
    """A question, and below it the slide that uncovers the answer."""
    ask = f'<p class="ask">{deck.say(deck.WORDS[word], language)}</p>'
    return (
        f"<section><section>{question}{ask}</section>"
        f"<section>{answer}</section></section>"
    )


def page(language: str) -> str:
    """The deck of a language."""
    parts = "\n".join(slide(part, language) for part in deck.load())
    code, title = deck.LANGUAGES[language], deck.say(TITLE, language)
    return PAGE.format(code=code, title=title, slides=parts)


def write(out: Path, reveal: Path) -> None:
    """Write both decks, with reveal.js beside them.

    Raises:
        FileNotFoundError: if reveal.js is not installed.
    """
    (out / "reveal").mkdir(parents=True, exist_ok=True)
    for name in FILES:
        shutil.copy(reveal / name, out / "reveal")
    shutil.copy(Path(__file__).with_suffix(".css"), out)
    for language in deck.LANGUAGES:
        (out / f"{language}.html").write_text(page(language), "utf8")


if __name__ == "__main__":
    write(OUT, REVEAL)
    print("The slides are in _build/slides: en.html and zh.html.")
