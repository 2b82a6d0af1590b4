import { keeps, type Figure } from './measure.ts';

/** The figures as a Markdown table, which reads well in a terminal too. */
export function table(figures: readonly Figure[]): string {
  const rows = [['what', 'here', 'beside it', 'ratio', 'budget', ''], ...figures.map(row)];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((cells) => cells[column]!.length)));
  const line = (cells: readonly string[]) => `| ${cells.map((cell, n) => cell.padEnd(widths[n]!)).join(' | ')} |`;
  return [
    line(rows[0]!),
    `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`,
    ...rows.slice(1).map(line),
  ].join('\n');
}

function row(figure: Figure): string[] {
  const { what, value, unit, peer } = figure;
  const kept = keeps(figure);
  return [
    what,
    `${short(value)} ${unit}`,
    peer ? `${short(peer.value)} ${unit} (${peer.name})` : '',
    peer ? (value / peer.value).toFixed(2) : '',
    budget(figure),
    kept === undefined ? '' : kept ? 'kept' : 'missed',
  ];
}

function budget({ budget: limit, unit, higherIsBetter, peer }: Figure): string {
  if (!limit) return '';
  const bound = higherIsBetter ? 'at least' : 'at most';
  switch (limit.of) {
    case 'value':
      return `${bound} ${limit.value} ${unit}`;
    case 'ratio':
      return `${bound} ${limit.value} x ${peer?.name ?? ''}`.trim();
    case 'difference':
      return `${bound} ${limit.value} ${unit} over ${peer?.name ?? ''}`.trim();
  }
}

const short = (value: number) => (value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2));
