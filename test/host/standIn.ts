import { cp } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { format, parseArgs } from 'node:util';
import { launchBrowser } from '../../lab/vscode/browser.ts';
import { installVscode } from '../../lab/vscode/install.ts';
import { keepLogs, makeProfile } from '../../lab/vscode/profile.ts';
import { logTail, startServer, traceOurs, workbenchUrl } from '../../lab/vscode/server.ts';
import { keepForSearch } from '../run/secrets.ts';

// Called as `code FOLDER --extensionDevelopmentPath=... --extensionTestsPath=...`: opens the folder in the browser-based VS Code
// in a headless Chromium, lets it run the tests in its extension host and ends with their exit code.

const { values, positionals } = parseArgs({
  strict: false,
  allowPositionals: true,
  options: { extensionDevelopmentPath: { type: 'string', multiple: true }, extensionTestsPath: { type: 'string' } },
});
const extensions = (values.extensionDevelopmentPath ?? []).map((path) => resolve(String(path)));
const tests = resolve(String(values.extensionTestsPath));
const folder = resolve(positionals[0] ?? '.');

const profile = await makeProfile();
// A page takes one development path: further extensions count as installed ones.
for (const path of extensions.splice(1))
  await cp(path, join(profile.extensions, `test.${basename(path)}-0.0.1`), { recursive: true });
const vscode = await installVscode();
const server = await startServer(vscode, profile, { smokeTestDriver: true });
const browser = await launchBrowser(profile);
const stop = async () => {
  await browser.close();
  await server.stop();
  await profile.remove();
};
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void stop().finally(() => process.exit(130)));

/** VS Code's console, with the extension host's; only a failure makes it worth reading. */
const said: string[] = [];
let code = 1;
try {
  const page = browser.pages()[0] ?? (await browser.newPage());
  const done = new Promise<number>((resolveDone, reject) => {
    page.once('crash', () => reject(new Error('the browser page crashed')));
    void server.ended.then(() => reject(new Error("VS Code's server ended")));
    // VS Code's workbench calls these two functions of the window when it runs extension tests.
    const bound = Promise.all([
      page.exposeFunction('codeAutomationExit', resolveDone),
      page.exposeFunction('codeAutomationLog', (type: string, args: unknown[]) =>
        said.push(`[${type}] ${format(...args)}`),
      ),
    ]);
    // The extension host sees the files of the machine that the page was loaded from.
    const remote = (path: string) => `vscode-remote://${new URL(server.url).host}${path}`;
    const payload: [string, string][] = [
      ...extensions.map((path): [string, string] => ['extensionDevelopmentPath', remote(path)]),
      ['extensionTestsPath', remote(tests)],
      traceOurs,
    ];
    bound.then(() => page.goto(workbenchUrl(server, { folder, payload }))).catch(reject);
  });
  code = await done;
  if (code !== 0) console.error(`--- VS Code's console\n${said.join('\n').slice(-8000)}`);
} catch (error) {
  console.error(
    error,
    `\n--- VS Code's server\n${await logTail(server)}\n--- its console\n${said.join('\n').slice(-8000)}`,
  );
} finally {
  if (code !== 0) await keepLogs(profile, 'host');
  await keepForSearch(join(profile.userData, 'logs'), 'host');
  await stop();
}
process.exit(code);
