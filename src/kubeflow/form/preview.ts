/** What a launch would make, as YAML that kubectl reads as the same. Pure; not for the webview. */
import { Document, visit } from 'yaml';
import type { Manifests } from './manifests.ts';

/**
 * Characters that YAML does not allow outside of escapes, and those that older readers, kubectl's among them, take for ends
 * of lines.
 */
const unprintable = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\ufeff]/;

/** The claims, then the Notebook, one document each. Texts that YAML 1.1 takes for something else are quoted. */
export function previewOf({ claims, notebook }: Manifests): string {
  return [...claims, notebook].map(toYaml).join('---\n');
}

/** One document that every reader of YAML takes for the same: texts that YAML 1.1 takes for something else are quoted. */
export function toYaml(made: object): string {
  const document = new Document(made, { compat: 'yaml-1.1', aliasDuplicateObjects: false });
  visit(document, {
    Scalar: (_, node) => {
      if (typeof node.value === 'string' && unprintable.test(node.value)) node.type = 'QUOTE_DOUBLE';
    },
  });
  // Such a character can only stand in double quotes now, where its escape means the same.
  return document
    .toString({ lineWidth: 0 })
    .replace(new RegExp(unprintable, 'g'), (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
