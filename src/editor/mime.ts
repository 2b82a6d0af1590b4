import type { MimeBundle } from '../jupyter/kernelMessages.ts';

export interface OutputItem {
  mime: string;
  data: Uint8Array;
}

/**
 * Richest first. VS Code sorts by an order of its own (its setting notebook.displayOrder comes before it): types of vendors
 * such as Plotly's and Vega's first, then JSON, HTML, SVG, images, text; and shows the first that it has a renderer for. So
 * everything is handed on, and what a bundle has beside such a type is its fallback.
 */
const order = [
  'application/vnd.*',
  'application/vdom.*',
  'application/geo+json',
  'application/x-nteract-model-debug+json',
  'text/html',
  'application/javascript',
  'image/gif',
  'text/latex',
  'text/markdown',
  'image/png',
  'image/svg+xml',
  'image/jpeg',
  'application/json',
  'text/plain',
];

/** Mime types that only the Jupyter extension can show; what else the bundle has is shown instead. */
export const needsJupyter = 'application/vnd.jupyter.widget-view+json';

/** A kernel's bundle as output items: images decoded, JSON as text, lines joined, the richest first. */
export function itemsOf(data: MimeBundle): OutputItem[] {
  return Object.entries(data)
    .map(([mime, value]) => ({ mime, data: bytesOf(mime, value) }))
    .sort((a, b) => rank(a.mime) - rank(b.mime));
}

function bytesOf(mime: string, value: unknown): Uint8Array {
  const text = typeof value === 'string' ? value : isLines(value) ? value.join('') : undefined;
  const isText = mime.startsWith('text/') || mime.endsWith('+xml') || mime === 'application/javascript';
  if (text !== undefined && !isText && /^(image|audio|video)\/|^application\/(pdf|octet-stream)$/.test(mime))
    return Buffer.from(text, 'base64');
  // A JSON mime type's string is JSON itself: it stays a string in the file.
  if (text !== undefined && !/[/+]json$/.test(mime)) return Buffer.from(text, 'utf8');
  // VS Code shows JSON as it is given; of a figure's, nobody reads the text.
  return Buffer.from(JSON.stringify(value ?? null, undefined, mime === 'application/json' ? 2 : undefined), 'utf8');
}

function isLines(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((line) => typeof line === 'string');
}

function rank(mime: string): number {
  // Nothing shows it without the Jupyter extension, so the plain text beside it has to win.
  if (mime === needsJupyter) return order.length + 1;
  const found = order.findIndex((known) =>
    known.endsWith('*') ? mime.startsWith(known.slice(0, -1)) : known === mime,
  );
  return found < 0 ? order.length - 1.5 : found;
}
