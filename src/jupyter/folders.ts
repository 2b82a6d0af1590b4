/**
 * The folder whose files a server shows, as a program in it would name it; with ~ where it lies below home. No REST call
 * tells it: it is in the settings that JupyterLab's page (Notebook 7's: tree) carries for its own script. Undefined where
 * no page tells; rejects where nothing answers.
 */
export async function rootFolder(
  server: { fetch: typeof globalThis.fetch; baseUrl: string },
  signal?: AbortSignal,
): Promise<string | undefined> {
  for (const page of ['lab', 'tree']) {
    const response = await server.fetch(`${server.baseUrl}${page}`, { signal });
    const text = await response.text();
    const root = response.ok ? rootIn(text) : undefined;
    if (root) return root;
  }
  return undefined;
}

/** @returns undefined when the page carries no settings, or none with a root */
export function rootIn(html: string): string | undefined {
  const data = /<script[^>]*\bid="jupyter-config-data"[^>]*>([\s\S]*?)<\/script>/.exec(html)?.[1];
  if (!data) return undefined;
  try {
    const { serverRoot } = JSON.parse(data) as { serverRoot?: unknown };
    return typeof serverRoot === 'string' && serverRoot !== '' ? serverRoot : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Python that tells a kernel's home and what a folder is without symbolic links. Hexadecimal: no quoting is in the way. */
export function foldersExpression(root: string): string {
  const path = "__import__('os').path";
  const real = `${path}.realpath(${path}.expanduser(${JSON.stringify(root)}))`;
  return `__import__('json').dumps([${path}.expanduser('~'), ${real}]).encode().hex()`;
}

/** What a kernel answered to `foldersExpression`; undefined when it speaks another language. */
export function foldersOf(reply: object): { home: string; realRoot: string } | undefined {
  const { user_expressions } = reply as { user_expressions?: { folders?: { data?: Record<string, unknown> } } };
  const hex = /^'([0-9a-f]+)'$/.exec(String(user_expressions?.folders?.data?.['text/plain']))?.[1];
  if (!hex) return undefined;
  const [home, realRoot] = JSON.parse(Buffer.from(hex, 'hex').toString('utf8')) as [string, string];
  return { home, realRoot };
}
