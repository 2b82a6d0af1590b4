/** Small helpers over the DOM. */

/** An element with attributes and children. */
export function h(
  tag: string,
  attributes: Record<string, string> = {},
  ...children: (Node | string | undefined)[]
): HTMLElement {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children.filter((child) => child !== undefined));
  return element;
}

const paths = {
  error:
    'M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13Zm2.9 8.7-.7.7L8 8.7l-2.2 2.2-.7-.7L7.3 8 5.1 5.8l.7-.7L8 7.3l2.2-2.2.7.7L8.7 8l2.2 2.2Z',
  warning: 'M8 1.2.9 14h14.2L8 1.2Zm-.5 4.6h1v4.4h-1V5.8Zm.5 6.9a.7.7 0 1 1 0-1.4.7.7 0 0 1 0 1.4Z',
  note: 'M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13Zm.5 9.7h-1V7h1v4.2ZM8 5.7a.7.7 0 1 1 0-1.4.7.7 0 0 1 0 1.4Z',
  done: 'm6.2 12.6-4-4 .8-.8 3.2 3.2 6.9-7.4.8.8-7.7 8.2Z',
  remove: 'm8 7.3 3.6-3.6.7.7L8.7 8l3.6 3.6-.7.7L8 8.7l-3.6 3.6-.7-.7L7.3 8 3.7 4.4l.7-.7L8 7.3Z',
} as const;
export type IconName = keyof typeof paths;

/** A 16 px icon in the current colour, hidden from screen readers: the text beside it says the same. */
export function icon(name: IconName): SVGSVGElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 16 16');
  svg.setAttribute('class', `icon ${name}`);
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  path.setAttribute('d', paths[name]);
  path.setAttribute('fill-rule', 'evenodd');
  svg.append(path);
  return svg;
}

/** The field of text that has the focus, also inside a control. */
export function activeInput(): HTMLInputElement | undefined {
  let active = document.activeElement;
  while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
  return active instanceof HTMLInputElement ? active : undefined;
}
