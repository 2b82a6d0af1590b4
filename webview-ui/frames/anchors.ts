import type { FramesAnswer } from './contract.ts';
import { frameOfLink, framesIn, type Frame } from './find.ts';

type Ask = (paths: string[], clicked: boolean) => Promise<FramesAnswer['places']>;

/** What VS Code's renderer puts texts of programs into; HTML of a program is none of these. */
const texts = '.traceback, .output-stream, .output-plaintext';

/**
 * The links of tracebacks, in the outputs of one notebook. VS Code makes some of its own, which lead to files of this
 * computer: those are held back until it is known whose they are. Frames that it makes no link of get one.
 */
export class FrameAnchors {
  private readonly observer: MutationObserver;
  /** Links that lead where VS Code wants: their notebook is none of ours. */
  private readonly passed = new WeakSet<Element>();

  constructor(private readonly ask: Ask) {
    this.observer = new MutationObserver((records) => {
      const added = records.flatMap(({ addedNodes }) => [...addedNodes]);
      void this.link(added.filter((node) => isText(node)));
    });
  }

  /** From now on, everything that is or will be below `root`. */
  watch(root: HTMLElement): void {
    // Before VS Code, which opens what is clicked.
    window.addEventListener('click', (event) => void this.clicked(event), true);
    this.observer.observe(root, { childList: true, subtree: true });
    void this.link([...root.querySelectorAll(texts)]);
  }

  private async link(nodes: readonly Node[]): Promise<void> {
    const anchors = nodes.flatMap(anchorsIn);
    const found = nodes.flatMap(textsIn);
    const paths = [...anchors.map(({ frame }) => frame), ...found.flatMap(({ frames }) => frames)].map(
      (one) => one.path,
    );
    if (paths.length === 0) return;
    const places = await this.ask([...new Set(paths)], false);
    if (places === undefined || places === 'other') return;
    for (const { anchor, frame } of anchors) lead(anchor, frame, places);
    for (const { text, frames } of found) {
      // From the end: what stands before stays where it is.
      for (const frame of [...frames].reverse()) {
        const place = places[frame.path];
        if (place === undefined || !text.isConnected) continue;
        const named = text.splitText(frame.start);
        named.splitText(frame.end - frame.start);
        const anchor = document.createElement('a');
        anchor.href = addressOf(place, frame);
        named.replaceWith(anchor);
        anchor.append(named);
      }
    }
    // Our own changes are no news.
    this.observer.takeRecords();
  }

  /** A link that leads to a file of this computer waits until somebody says that it should. */
  private async clicked(event: MouseEvent): Promise<void> {
    const anchor = event.composedPath().find((one) => one instanceof HTMLAnchorElement);
    const frame = anchor?.closest(texts) ? frameOfLink(anchor.getAttribute('href') ?? '#') : undefined;
    if (!anchor || !frame) return;
    if (this.passed.delete(anchor)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const places = await this.ask([frame.path], true);
    if (places === undefined) return;
    if (places === 'other') this.passed.add(anchor);
    else if (!lead(anchor, frame, places)) return;
    anchor.click();
  }
}

/** Makes a link lead to the server's file; where there is none, a text of it. False then. */
function lead(anchor: HTMLAnchorElement, frame: Frame, places: Record<string, string>): boolean {
  const place = places[frame.path];
  if (place === undefined) anchor.replaceWith(...anchor.childNodes);
  else anchor.href = addressOf(place, frame);
  return place !== undefined;
}

/** As VS Code's outputs take it: the line behind the path. */
function addressOf(place: string, { line }: Frame): string {
  return `${place}:${line}`;
}

function isText(node: Node): boolean {
  const element = node instanceof Element ? node : node.parentElement;
  return Boolean(element?.closest(texts));
}

function anchorsIn(node: Node): { anchor: HTMLAnchorElement; frame: Frame }[] {
  if (!(node instanceof Element)) return [];
  const all = [...node.querySelectorAll('a[href]'), ...(node.matches('a[href]') ? [node] : [])];
  return all.flatMap((anchor) => {
    const frame = anchor instanceof HTMLAnchorElement ? frameOfLink(anchor.getAttribute('href')!) : undefined;
    return frame ? [{ anchor: anchor as HTMLAnchorElement, frame }] : [];
  });
}

function textsIn(node: Node): { text: Text; frames: ReturnType<typeof framesIn> }[] {
  const walker = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
  const found: ReturnType<typeof textsIn> = [];
  for (let next = node instanceof Text ? node : walker.nextNode(); next; next = walker.nextNode()) {
    if (!(next instanceof Text) || next.parentElement?.closest('a')) continue;
    const frames = framesIn(next.data);
    if (frames.length > 0) found.push({ text: next, frames });
  }
  return found;
}
