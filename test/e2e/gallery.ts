/** Cells that print every kind of output; lines of Python. */

const png = `import zlib, struct, base64
from IPython.display import *
def chunk(kind, data):
    body = kind + data
    return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))
def png(width, height, colour):
    rows = b"".join(b"\\0" + bytes(colour) * width for _ in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\\x89PNG\\r\\n\\x1a\\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
def raw(mime, text):
    display({mime: text, "text/plain": f"no {mime} here"}, raw=True)
`;

const gif = 'R0lGODlhAQABAIAAAP8AAP///yH5BAEAAAAALAAAAAABAAEAAAICRAEAOw==';
const jpeg =
  '/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//////////////////////////////////////////////////////////////////////////////////////wgALCAABAAEBAREA/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAAgBAQABPxA=';

export const cells = [
  `import sys
print("to stdout", flush=True)
print("to stderr", file=sys.stderr, flush=True)
print("\\x1b[31mred\\x1b[0m and \\x1b[1mbold\\x1b[0m")`,
  `${png}
display(HTML("<table class='scores'><tr><th>epoch</th><th>loss</th></tr><tr><td>1</td><td>0.42</td></tr></table>"))`,
  `display(Image(data=png(120, 30, (70, 130, 180))))
raw("image/jpeg", "${jpeg}")
raw("image/gif", "${gif}")
display(SVG("<svg xmlns='http://www.w3.org/2000/svg' width='120' height='30'><circle class='drawn' cx='15' cy='15' r='12' fill='teal'/></svg>"))`,
  `display(JSON({"model": {"layers": [64, 32], "name": "mnist", "frozen": False, "parent": None}}))`,
  `display(Markdown("A *Markdown* text with **bold** words and $a^2$"), Latex(r"$$\\sum_{i=1}^n x_i$$"))`,
  `display({"application/vnd.plotly.v1+json": {"data": [], "layout": {}}, "text/html": "<p>the figure as HTML</p>", "text/plain": "Figure()"}, raw=True)
display({"application/vnd.vegalite.v5+json": {"mark": "bar"}, "text/plain": "<VegaLite 5 object>"}, raw=True)
display({"application/geo+json": {"type": "Point"}, "text/plain": "a point as text"}, raw=True)`,
  `import time
for step in range(5):
    clear_output(wait=True)
    print(f"cleared and printed {step}")
    time.sleep(0.05)`,
  `shown = display(HTML("<i>first content</i>"), display_id=True)`,
  `shown.update(HTML("<i>updated by a later cell</i>"))
print("updated the cell above")`,
  `import time
for outer in range(3):
    for inner in range(4):
        # As tqdm writes two nested bars.
        sys.stderr.write(f"\\router: {outer + 1}/3\\n\\rinner: {inner + 1}/4\\x1b[A")
        sys.stderr.flush(); time.sleep(0.03)
sys.stderr.write("\\n\\n")`,
  `from pip._vendor.rich.console import Console
from pip._vendor.rich.progress import Progress
with Progress(console=Console(force_terminal=True, force_jupyter=False, width=60)) as bars:
    task = bars.add_task("Training", total=20)
    for step in range(20):
        time.sleep(0.02); bars.update(task, advance=1)`,
];

/** A module beside the notebook, whose line 3 goes wrong. */
export const trainer = `def fit(rows):
    total = 0
    return rows / total
`;

/** Goes wrong in a file of the server; warns and prints a traceback of Python's own on the way. */
export const failing = `import traceback, trainer
print(f"{trainer.__file__}:2: UserWarning: a warning of a file", file=sys.stderr)
try:
    trainer.fit(1)
except ZeroDivisionError:
    traceback.print_exc()
json_error = None
import json
trainer.fit(2)`;
