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
  private readonly title = h('h1');
  private readonly list = h('ol', { class: 'steps', 'aria-live': 'polite' });
  private readonly hint = h('p', { class: 'hint', role: 'status' });
  private readonly connect: Control;
  private readonly browser: Control;
  private readonly cancel: Control;
  private readonly back: Control;
  private readonly edit: Control;
  private readonly close: Control;
  private readonly times = new Map<string, { line: ProgressLine; element: HTMLElement }>();
  private timer: ReturnType<typeof setInterval> | undefined;
  private ended: Progress['end'];

  constructor(
    private readonly words: FormWords,
    actions: { connect: () => void; back: () => void; cancel: () => void; edit: () => void; close: () => void },
  ) {
    this.close = button({ label: words.close, appearance: 'secondary', onClick: actions.close });
    this.connect = button({ label: words.connect, appearance: 'primary', onClick: actions.connect });
    this.back = button({ label: words.back, appearance: 'primary', onClick: actions.back });
    // One of the two, by what the server is; the host knows what it does.
    this.browser = button({ label: words.openInBrowser, appearance: 'primary', onClick: actions.connect });
    this.cancel = button({ label: words.cancel, appearance: 'secondary', onClick: actions.cancel });
    this.edit = button({ label: words.editServer, appearance: 'primary', onClick: actions.edit });
    const later = [this.cancel, this.back, this.edit, this.connect, this.browser];
    for (const one of later) one.element.hidden = true;
    this.element = h(
      'div',
      { class: 'page' },
      h('main', { class: 'progress' }, this.title, this.list),
      h(
        'footer',
        {},
        h(
          'div',
          { class: 'bar' },
          h('div', { class: 'says' }, this.hint),
          h('div', { class: 'buttons' }, ...[this.close, ...later].map(({ element }) => element)),
        ),
      ),
    );
  }

  show(progress: Progress): void {
    this.times.clear();
    this.list.replaceChildren(...progress.lines.map((line) => this.line(line)));
    const open = progress.opens === 'browser' ? this.browser : this.connect;
    const hadFocus = this.cancel.element.contains(document.activeElement);
    const isBack = progress.end === 'refused' || progress.end === 'cancelled';
    open.element.hidden = progress.end !== 'ready';
    this.back.element.hidden = !isBack;
    this.cancel.element.hidden = !progress.canCancel;
    this.edit.element.hidden = !progress.canEdit;
    this.hint.textContent = this.hintOf(progress);
    this.title.textContent = fill(this.titleOf(progress), { name: progress.name });
    if (progress.end !== this.ended) {
      this.ended = progress.end;
      if (progress.end === 'ready') open.focus();
      if (isBack) this.back.focus();
      if (progress.end === 'saved') this.close.focus();
    }
    // What has gone cannot keep it.
    if (hadFocus && this.cancel.element.hidden && progress.end === undefined) this.close.focus();
    this.tick();
    clearInterval(this.timer);
    this.timer = progress.end === undefined ? setInterval(() => this.tick(), 1000) : undefined;
  }

  private hintOf({ end, cancelling, saved }: Progress): string {
    const { words } = this;
    if (end === 'saved') return saved ?? '';
    if (end === 'ready') return words.progressReady;
    if (end === 'cancelled') return words.progressCancelled;
    if (end === 'refused') return '';
    return cancelling ? words.progressCancelling : words.progressHint;
  }

  private titleOf({ end }: Progress): string {
    const { words } = this;
    if (end === 'ready') return words.progressTitleReady;
    if (end === 'saved') return words.progressTitleSaved;
    return end === undefined ? words.progressTitle : words.progressTitleNot;
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
