import { randomBytes } from 'node:crypto';
import type { BenchServer } from '../server.ts';

/** Writes a notebook through Jupyter itself. */
export async function putNotebook({ jupyter }: BenchServer, path: string, content: object): Promise<void> {
  const xsrf = randomBytes(16).toString('hex');
  const headers = { 'content-type': 'application/json', cookie: `_xsrf=${xsrf}`, 'x-xsrftoken': xsrf };
  const body = JSON.stringify({ type: 'notebook', format: 'json', content });
  const answer = await fetch(new URL(`api/contents/${path}`, jupyter), { method: 'PUT', headers, body });
  if (!answer.ok) throw new Error(`Jupyter took no notebook: ${answer.status}`);
}
