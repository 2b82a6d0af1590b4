// Bundles the extension (CJS for VS Code's extension host), the webview's scripts and, with --tests, the host suite.
import { existsSync, readdirSync } from 'node:fs';
import * as esbuild from 'esbuild';

const production = process.argv.includes('--production');
const tests = process.argv.includes('--tests');
const watch = process.argv.includes('--watch');

/** client-node declares no sideEffects; only KubeConfig is used of it, so the generated APIs are left out (ADR 0002). */
const treeShakeClientNode = {
  name: 'client-node-without-side-effects',
  setup(build) {
    build.onResolve({ filter: /^@kubernetes\/client-node/ }, async (args) => {
      if (args.pluginData === 'resolved') return undefined;
      const found = await build.resolve(args.path, { ...args, pluginData: 'resolved' });
      return { ...found, sideEffects: false };
    });
    build.onLoad({ filter: /@kubernetes\/client-node\/dist\/.*\.js$/ }, () => undefined);
    build.onResolve({ filter: /^\./ }, async (args) => {
      if (args.pluginData === 'resolved' || !args.importer.includes('@kubernetes/client-node/dist')) return undefined;
      const found = await build.resolve(args.path, { ...args, pluginData: 'resolved' });
      return { ...found, sideEffects: false };
    });
  },
};

const node = {
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node22',
  outExtension: { '.js': '.cjs' },
  external: ['vscode', 'bufferutil', 'utf-8-validate'],
  sourcemap: production ? false : 'linked',
  minify: production,
  logLevel: 'warning',
  metafile: true,
  plugins: [treeShakeClientNode],
};

const builds = [{ ...node, entryPoints: ['src/extension.ts'], outdir: 'dist' }];
if (existsSync('webview-ui/spawn/main.ts')) {
  builds.push({
    bundle: true,
    platform: 'browser',
    format: 'iife',
    target: 'chrome138',
    entryPoints: { spawn: 'webview-ui/spawn/main.ts' },
    outdir: 'dist/webview',
    loader: { '.ttf': 'file' },
    sourcemap: production ? false : 'inline',
    minify: production,
    logLevel: 'warning',
  });
}
if (tests) {
  builds.push({
    ...node,
    external: [...node.external, 'mocha'],
    minify: false,
    entryPoints: readdirSync('test/host')
      .filter((name) => name.endsWith('.ts'))
      .map((name) => `test/host/${name}`),
    outdir: 'out/test/host',
  });
}

for (const options of builds) {
  if (watch) await (await esbuild.context(options)).watch();
  else await esbuild.build(options);
}
