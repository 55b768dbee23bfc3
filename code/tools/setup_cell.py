"""The set-up cell: the first code of every chapter, the same in all of them.

It takes a clone's own code, or the package that is installed, or the book's zip over
https, in that order; where none is to be had, it ends in one sentence.
"""

import re

MISSING = {
    "en": "plusx is missing: open this notebook in a clone of the book, or go online.",
    "zh": "缺少 plusx：请在克隆下来的整本书里打开这个笔记本，或者连上网络。",
}
TEXT = """\
import os
import subprocess
import sys
from importlib.util import find_spec

BOOK = "{book}"
if os.path.isdir("{code}/plusx"):  # in a clone of the book: its own code
    sys.path.insert(0, os.path.abspath("{code}"))
if find_spec("plusx") is None and "github.com/" in BOOK:  # Colab, Kaggle: by https
    code = f"plusx @ {{BOOK}}/archive/HEAD.zip#subdirectory=code"
    subprocess.run([sys.executable, "-m", "pip", "install", code], capture_output=True)
if find_spec("plusx") is None:
    get_ipython().InteractiveTB.set_mode("Minimal")  # without a traceback
    raise ImportError(
        {missing}
    )

import torch

from plusx import figures

torch.set_num_threads(1)
{choice}figures.use(language="{language}")"""
CHOICE = """\
# Figures and tables outside the site speak English; "zh" is Chinese, "both" is both.
# 不在网站上看时，图和表里的文字是英文：改成 "zh" 就是中文，改成 "both" 就是中英对照。
"""
BOOK = re.compile(r'^BOOK = "(\S+)"$', re.MULTILINE)


def bilingual(book: str) -> str:
    """The cell of the chapters; `book` is the address of the repository."""
    missing = f'"{MISSING["en"]}\\n"\n        "{MISSING["zh"]}"'
    names = {"code": "../code", "missing": missing, "language": "en", "choice": CHOICE}
    return TEXT.format(book=book, **names)


def translated(source: str, language: str, code: str) -> str:
    """The cell of a copy in one language; `code` leads from there to a clone's code."""
    (book,) = BOOK.findall(source)
    missing = f'"{MISSING[language]}"'
    names = {"code": code, "missing": missing, "language": language, "choice": ""}
    return TEXT.format(book=book, **names)
