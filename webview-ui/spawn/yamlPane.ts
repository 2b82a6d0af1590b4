/** What Launch creates, as YAML in colours; the extension host makes the text. */
import { button } from '../controls.ts';
import { h } from '../dom.ts';
import type { FormState } from './state.ts';
import { tokens } from './yamlTokens.ts';

export class YamlPane {
  readonly element: HTMLElement;
  private readonly text: HTMLElement;

  constructor(state: FormState, openDocument: () => void) {
    const title = state.text('preview');
    const open = button({ label: state.text('openDocument'), appearance: 'secondary', onClick: openDocument });
    // Focusable, so that it can be scrolled by keyboard.
    this.text = h('pre', { tabindex: '0', role: 'region', 'aria-label': title });
    this.element = h(
      'aside',
      { class: 'yaml', 'aria-label': title },
      h('div', { class: 'yaml-head' }, h('h2', {}, title), open.element),
      this.text,
    );
  }

  show(yaml: string): void {
    this.text.replaceChildren(
      ...tokens(yaml).map(({ kind, text }) => (kind === 'plain' ? text : h('span', { class: `y-${kind}` }, text))),
    );
  }
}
