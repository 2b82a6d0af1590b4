/** One or more codes of colours and weights. */
const sequences = /\x1b\[([\d;]*)m/g;

/**
 * A traceback as VS Code's error output is to show it. IPython marks what went wrong with black on yellow; VS Code leaves
 * backgrounds out, so that black on a dark editor would remain: such parts are bold instead. The notebook's file keeps the
 * traceback as it came.
 */
export function readableStack(traceback: readonly string[]): string {
  return traceback.join('\n').replace(sequences, (whole: string, codes: string) => {
    // What follows 38 is one colour, whatever its numbers.
    const all: string[] = codes.match(/[34]8;(?:5;\d+|2;\d+;\d+;\d+)|\d+/g) ?? [];
    const isBackground = (code: string) => /^(4[0-7]|48;.*)$/.test(code);
    const marks = all.some(isBackground);
    if (!marks && !all.includes('49')) return whole;
    const others = all.filter((code) => !isBackground(code) && code !== '49' && !(marks && code === '30'));
    return `${others.length > 0 ? `\x1b[${others.join(';')}m` : ''}\x1b[${marks ? 1 : 22}m`;
  });
}
