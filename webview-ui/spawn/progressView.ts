/** After Launch: the steps with their true state and times, and at the end Connect. */
import { button } from '../controls.ts';
import type { Control } from '../controls.ts';
import { fill } from '../contract.ts';
import type { FormWords, Progress, ProgressLine } from '../contract.ts';
import { h, icon } from '../dom.ts';

const readerWords = {
  running: 'stepRunning',
  done: 'stepDone',
  failed: 'stepFailed',
  waiting: 'stepWaiting',
} as const;

export class ProgressView {
  readonly element: HTMLElement;
  private readonly list = h('ol', { class: 'steps', 'aria-live': 'polite' });
  private readonly hint = h('p', { class: 'hint' });
  private readonly connect: Control;
  private readonly back: Control;
  private readonly times = new Map<string, { line: ProgressLine; element: HTMLElement }>();
  private timer: ReturnType<typeof setInterval> | undefined;
  private ended: Progress['end'];

  constructor(
    private readonly words: FormWords,
    name: string,
    actions: { connect: () => void; back: () => void; close: () => void },
  ) {
    const close = button({ label: words.close, appearance: 'secondary', onClick: actions.close });
    this.connect = button({ label: words.connect, appearance: 'primary', onClick: actions.connect });
    this.back = button({ label: words.back, appearance: 'primary', onClick: actions.back });
    this.connect.element.hidden = this.back.element.hidden = true;
    const title = h('h1', {}, fill(words.progressTitle, { name }));
    this.element = h(
      'div',
      { class: 'page' },
      h('main', { class: 'progress' }, title, this.list),
      h(
        'footer',
        {},
        h(
          'div',
          { class: 'bar' },
          h('div', { class: 'says' }, this.hint),
          h('div', { class: 'buttons' }, close.element, this.back.element, this.connect.element),
        ),
      ),
    );
  }

  show(progress: Progress): void {
    this.times.clear();
    this.list.replaceChildren(...progress.lines.map((line) => this.line(line)));
    this.connect.element.hidden = progress.end !== 'ready';
    this.back.element.hidden = progress.end !== 'refused';
    this.hint.textContent =
      progress.end === 'ready' ? this.words.progressReady : progress.end === 'refused' ? '' : this.words.progressHint;
    if (progress.end !== this.ended) {
      this.ended = progress.end;
      if (progress.end === 'ready') this.connect.focus();
      if (progress.end === 'refused') this.back.focus();
    }
    this.tick();
    clearInterval(this.timer);
    this.timer = progress.end === undefined ? setInterval(() => this.tick(), 1000) : undefined;
  }

  dispose(): void {
    clearInterval(this.timer);
  }

  private line(line: ProgressLine): HTMLElement {
    const mark =
      line.state === 'running'
        ? h('span', { class: 'spinner', 'aria-hidden': 'true' })
        : icon(line.state === 'done' ? 'done' : line.state === 'failed' ? 'error' : 'warning');
    const time = h('span', { class: 'time' });
    this.times.set(line.id, { line, element: time });
    return h(
      'li',
      { class: line.state },
      mark,
      h(
        'div',
        { class: 'step' },
        h('span', { class: 'for-readers' }, `${this.words[readerWords[line.state]]}: `),
        h('span', {}, line.text),
        line.detail === undefined ? undefined : h('p', { class: 'detail' }, line.detail),
      ),
      time,
    );
  }

  private tick(): void {
    for (const { line, element } of this.times.values()) {
      const ms = line.ms ?? Date.now() - line.since;
      // Short steps have no time worth reading.
      element.textContent = ms < 1000 ? '' : duration(this.words, ms);
      // A running clock is not worth a word every second.
      element.setAttribute('aria-live', 'off');
    }
  }
}

function duration(words: FormWords, ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return fill(words.seconds, { count: seconds });
  return fill(words.minutes, { minutes: Math.floor(seconds / 60), seconds: seconds % 60 });
}
