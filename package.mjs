// Builds the extension for production and packs it: `npm run package`, or `node package.mjs FILE.vsix`.
import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(fileURLToPath(import.meta.url));
const vsix = process.argv[2] ?? join(root, 'kubeflow-notebooks.vsix');
const node = (...args) => execFileSync(process.execPath, args, { cwd: root, stdio: 'inherit' });

node('esbuild.mjs', '--production');
node(
  join('node_modules', '@vscode', 'vsce', 'vsce'),
  'package',
  '--no-dependencies',
  '--allow-missing-repository',
  // The README's picture ships in media/; there is no address to rewrite its link to.
  '--no-rewrite-relative-links',
  '-o',
  vsix,
);

const kB = (bytes) => `${Math.round(bytes / 1000)} kB`;
for (const name of readdirSync(join(root, 'dist'), { recursive: true })) {
  const { size } = statSync(join(root, 'dist', String(name)));
  if (/\.(cjs|js|css)$/.test(String(name))) console.log(`dist/${name}  ${kB(size)}`);
}
console.log(`${vsix}  ${kB(statSync(vsix).size)}`);
