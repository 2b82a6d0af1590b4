import { isCellMagic, type CodePiece } from './cells.ts';

/** The file that code comes from, as the kernel is to name it. */
export interface CodeFile {
  /** A path; with `here`, a name in the folder that the kernel started in. */
  name: string;
  here: boolean;
}

const mark = '#kubeflow:';

/**
 * What is sent to run a piece of a file: the code, and a comment at its end that tells the hooks of `namesFiles` where it
 * comes from. A cell magic gets none, as it takes all of its lines: IPython names those "Cell In[3]".
 */
export function requestOf({ code, line }: CodePiece, file: CodeFile): string {
  if (isCellMagic(code)) return code;
  const about = JSON.stringify({ name: file.name, here: file.here, line }).replace(
    /[^\x20-\x7e]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `${unindented(code)}\n${mark}${about}`;
}

/** Selected lines may stand in a block, whose indentation is none of theirs. */
function unindented(code: string): string {
  const indent = /^[ \t]+/.exec(code)?.[0];
  if (!indent) return code;
  const lines = code.split('\n');
  return lines.map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line)).join('\n');
}

/**
 * Python for the kernel, to be run silently before each piece, as the kernel may be another one by now: from then on code
 * with our mark is compiled under its file's name and at its lines. So tracebacks, warnings, `inspect` and `__file__` are
 * right, while displays, magics and `await` stay IPython's. By IPython's documented input transformers, and by the method
 * that names a cell's code. Where there is no IPython nothing happens, and the code runs all the same.
 *
 * The source that tracebacks show is kept as it was when it ran: the file may have changed since, or lie elsewhere.
 */
export const namesFiles = `
def _kubeflow():
    import json, linecache, os
    shell = get_ipython()
    if hasattr(shell, "kubeflow_sources"):
        return
    shell.kubeflow_sources = sources = {}
    start = os.getcwd()
    mark = "${mark}"
    name_of = shell.compile.cache

    def about(lines):
        return json.loads(lines[-1][len(mark):]) if lines and lines[-1].startswith(mark) else None

    def at_its_lines(lines):
        told = about(lines)
        return ["\\n"] * told["line"] + lines if told else lines

    def cache(code, *more, **named):
        lines = code.splitlines(keepends=True)
        told = about(lines)
        if not told:
            return name_of(code, *more, **named)
        name = os.path.join(start, told["name"]) if told["here"] else told["name"]
        known = sources.setdefault(name, [])
        end = len(lines) - 1
        known.extend(["\\n"] * (end - len(known)))
        known[told["line"]:end] = lines[told["line"]:end]
        linecache.cache[name] = (sum(map(len, known)), None, list(known), name)
        shell.user_ns["__file__"] = name
        return name

    shell.input_transformers_cleanup.append(at_its_lines)
    shell.compile.cache = cache

try:
    _kubeflow()
except Exception:
    pass
finally:
    del _kubeflow
`;
