/** What the tests of templates share. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv } from 'ajv';
import type { Template } from '../../../src/kubeflow/form/template.ts';
import { parseTemplate } from '../../../src/kubeflow/form/templateParse.ts';

export const head = 'apiVersion: kubeflow-notebooks/v1\n';

export const schema = JSON.parse(
  readFileSync(path.join(import.meta.dirname, '../../../schemas/notebook-template.schema.json'), 'utf8'),
) as { properties: object; definitions: Record<string, { anyOf: { pattern?: string }[] }> };
export const validate = new Ajv({ allowUnionTypes: true, strictTypes: false, strictRequired: false }).compile(schema);

export function read(text: string): Template {
  const found = parseTemplate(text);
  assert.ok('template' in found, JSON.stringify(found));
  return found.template;
}

/** What is said about a text, as "line code field". */
export function said(text: string): string[] {
  const found = parseTemplate(text);
  return 'problems' in found
    ? found.problems.map((p) => [p.line, p.code, 'field' in p ? p.field : ''].join(' ').trim())
    : [];
}
