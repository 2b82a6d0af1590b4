import { itemsOf } from '../mime.ts';
import type { MimeBundle, OutputEvent } from '../../jupyter/kernelMessages.ts';

/** An output as a terminal can show it: text, and images that open elsewhere. */
export interface TerminalOutput {
  text: string;
  images: { ending: string; bytes: Uint8Array }[];
  /** What of it no terminal shows and has no text of its own. */
  unshown?: string;
}

const endings: Record<string, string> = {
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/gif': 'gif',
  'image/webp': 'webp',
  'image/svg+xml': 'svg',
};

/** What a terminal shows of an output; undefined for what is not to be seen there. */
export function terminalOutput(event: OutputEvent): TerminalOutput | undefined {
  switch (event.kind) {
    case 'stream':
      return { text: event.text, images: [] };
    case 'error':
      return { text: `${event.traceback.join('\n') || `${event.name}: ${event.value}`}\n`, images: [] };
    case 'display':
    case 'update':
    case 'result':
      return rich(event.data);
    case 'clear':
      // As IPython does it in a terminal: what was printed cannot be taken back, the line can.
      return { text: '\r\x1b[2K', images: [] };
    case 'started':
    case 'limited':
    case 'lost':
      return undefined;
  }
}

function rich(data: MimeBundle): TerminalOutput {
  const items = itemsOf(data);
  const image = items.find(({ mime }) => mime in endings);
  const plain = items.find(({ mime }) => mime === 'text/plain') ?? items.find(({ mime }) => mime === 'text/markdown');
  const text = plain ? `${Buffer.from(plain.data).toString('utf8')}\n` : '';
  const images = image ? [{ ending: endings[image.mime]!, bytes: image.data }] : [];
  const unshown = text === '' && !image ? items[0]?.mime : undefined;
  return { text, images, ...(unshown ? { unshown } : {}) };
}
