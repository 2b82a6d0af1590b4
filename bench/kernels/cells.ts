/** A cell that is run again and again. It counts its runs, so that one's output is told from the last one's. */
export interface Cell {
  /** The notebook that holds it alone, for VS Code and for JupyterLab. */
  name: string;
  code: string;
  images: number;
  /** What our cell says of what it leaves out, once it is complete. */
  leftOut?: string;
}

const count = `bench = globals().get("bench", 0) + 1`;
const say = `f"run {bench:05d}"`;
/** What the cell's run of that number ends with. */
export const mark = (run: number) => `run ${String(run).padStart(5, '0')}`;

export const trivial: Cell = { name: 'trivial', images: 0, code: `${count}\nprint(${say})` };

/** 100,000 lines of 100 bytes. */
export const printing: Cell = {
  name: 'printing',
  images: 0,
  leftOut: '5.0 MB are left out',
  code: `import sys
${count}
for n in range(100_000):
    print(f"{n:08d}", "x" * 90)
print(${say}, file=sys.stderr)`,
};

/** 200 pictures of noise, 20 kB each. */
export const pictures: Cell = {
  name: 'pictures',
  images: 200,
  code: `import os, struct, zlib
from IPython.display import Image, display

def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

def png(side=141):
    rows = b"".join(b"\\0" + os.urandom(side) for _ in range(side))
    head = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return b"\\x89PNG\\r\\n\\x1a\\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows, 0)) + chunk(b"IEND", b"")

${count}
for _ in range(200):
    display(Image(data=png()))
print(${say})`,
};

/** The notebook as a file. */
export function notebookOf({ code }: Cell): object {
  const cell = { cell_type: 'code', id: 'first', execution_count: null, metadata: {}, outputs: [], source: code };
  const kernelspec = { name: 'python3', display_name: 'Python 3 (ipykernel)', language: 'python' };
  return { cells: [cell], metadata: { kernelspec }, nbformat: 4, nbformat_minor: 5 };
}
