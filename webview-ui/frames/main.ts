import type { FramesAnswer, FramesQuestion } from './contract.ts';
import { FrameAnchors } from './anchors.ts';

/** What VS Code hands to a script that extends a renderer of outputs; its own types are of another package. */
interface RendererContext {
  postMessage?(message: FramesQuestion): void;
  onDidReceiveMessage?(listener: (message: FramesAnswer) => void): unknown;
}

/**
 * Runs beside VS Code's own renderer of texts and errors, in every notebook, and renders nothing itself: it makes the
 * frames of tracebacks lead to the files of the notebook server.
 */
export function activate(context: RendererContext): object {
  const waiting = new Map<number, (answer: FramesAnswer) => void>();
  let asked = 0;
  context.onDidReceiveMessage?.((answer) => {
    waiting.get(answer.id)?.(answer);
    waiting.delete(answer.id);
  });
  const anchors = new FrameAnchors(
    (paths, clicked) =>
      new Promise((resolve) => {
        const id = ++asked;
        waiting.set(id, ({ places }) => resolve(places));
        context.postMessage?.({ id, paths, clicked });
      }),
  );
  anchors.watch(document.body);
  return {};
}
