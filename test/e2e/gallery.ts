/** What the gallery's cells use: a module beside the notebook. Line 3 of its `fit` goes wrong. */
export const trainer = `def fit(rows):
    total = 0
    return rows / total

import struct, zlib
def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
def png(width, height, colour):
    rows = (b"\\0" + bytes(colour) * width) * height
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\\x89PNG\\r\\n\\x1a\\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
`;

const gif = 'R0lGODlhAQABAIAAAP8AAP///yH5BAEAAAAALAAAAAABAAEAAAICRAEAOw==';
const jpeg =
  '/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//////////////////////////////////////////////////////////////////////////////////////wgALCAABAAEBAREA/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAAgBAQABPxA=';

/** Cells that print every kind of output. */
export const cells = [
  `import sys, time, trainer
from IPython.display import *
print("to stdout", flush=True); print("to stderr", file=sys.stderr, flush=True)
print("\\x1b[31mred\\x1b[0m and \\x1b[1mbold\\x1b[0m")`,
  `display(HTML("<table class='scores'><tr><th>epoch</th><th>loss</th></tr><tr><td>1</td><td>0.42</td></tr></table>"))
display(Image(data=trainer.png(120, 30, (70, 130, 180))))
display({"image/jpeg": "${jpeg}", "text/plain": "no jpeg"}, {"image/gif": "${gif}", "text/plain": "no gif"}, raw=True)
display(SVG("<svg xmlns='http://www.w3.org/2000/svg' width='120' height='30'><circle class='drawn' cx='15' cy='15' r='12' fill='teal'/></svg>"))`,
  `display(JSON({"name": "mnist", "layers": [64, 32]}))
display(Markdown("A *Markdown* text with **bold** words"), Latex(r"$$\\sum_{i=1}^n x_i$$"))`,
  `display({"application/vnd.plotly.v1+json": {"data": [], "layout": {}}, "text/html": "<p>the figure as HTML</p>", "text/plain": "Figure()"}, raw=True)
display({"application/vnd.vegalite.v5+json": {"mark": "bar"}, "text/plain": "<VegaLite 5 object>"}, raw=True)
display({"application/geo+json": {"type": "Point"}, "text/plain": "a point as text"}, raw=True)`,
  `shown = display(HTML("<i>first content</i>"), display_id=True)`,
  `for step in range(5):
    clear_output(wait=True); print(f"cleared and printed {step}"); time.sleep(0.05)
shown.update(HTML("<i>updated by a later cell</i>"))`,
  `for outer in range(3):
    for inner in range(4):
        # As tqdm writes two nested bars.
        print(f"\\router: {outer + 1}/3\\n\\rinner: {inner + 1}/4\\x1b[A", end="", file=sys.stderr, flush=True); time.sleep(0.03)
print("\\n\\n", end="", file=sys.stderr, flush=True)`,
  // A cell of its own: VS Code takes a stream away from below another one that it draws anew too late.
  `for step in range(21):
    # As rich and pip do: the colours of the first ones are longer.
    colour = "\\x1b[38;5;197m" if step < 20 else "\\x1b[32m"
    print(f"\\r\\x1b[2KTraining {colour}{'━' * step}\\x1b[0m {step * 5}%", end="", flush=True); time.sleep(0.03)`,
];

/** Goes wrong in a file of the server; warns and prints a traceback of Python's own on the way. */
export const failing = `import traceback
print(f"{trainer.__file__}:2: UserWarning: a warning of a file", file=sys.stderr)
try:
    trainer.fit(1)
except ZeroDivisionError:
    traceback.print_exc()
trainer.fit(2)`;
