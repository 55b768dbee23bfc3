"""The playground's nets in V8, without a page."""

import json
from importlib.resources import files

ROOM = files("plusx.playground")


class Engine:
    """The network and the runs of the playground; `double` computes in 64 bits."""

    def __init__(self, double=False, fault=("", "")):
        import py_mini_racer

        self.context = py_mini_racer.MiniRacer()
        for name in ("net.js", "run.js"):
            source = (ROOM / name).read_text("utf8")
            if double:
                source = source.replace("Float32Array", "Float64Array")
            self.context.eval(source.replace(*fault) if fault[0] else source)
        self.context.eval("const network = plusxNet(), tools = plusxRun(network);")
        self.context.eval(
            "const digits = (rows, labels) => ({ count: labels.length, size: 64,"
            " width: 32, classes: 10, labels, inputs: Float32Array.from("
            "{ length: 64 * labels.length }, (_, k) =>"
            " rows[k % labels.length][Math.floor(k / labels.length)]) });"
        )

    def do(self, statements):
        """Run statements for what they leave behind."""
        self.context.eval(f"{{ {statements} }}")

    def ask(self, expression):
        """The value of an expression, through JSON."""
        return json.loads(self.context.eval(f"JSON.stringify({expression})"))
