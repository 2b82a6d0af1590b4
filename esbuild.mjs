// Bundles the extension (CommonJS for VS Code's extension host), the webview's scripts and, with --tests, the host suite.
// --production minifies and leaves the source maps out, --watch builds again at each change, --sizes says what takes the room.
// --bench builds nothing but the programs of bench/scale, bundled as the extension is.
import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import * as esbuild from 'esbuild';
import { notices } from './notices.mjs';

const [production, tests, watch, sizes, bench] = ['production', 'tests', 'watch', 'sizes', 'bench'].map((flag) =>
  process.argv.includes(`--${flag}`),
);

/** client-node declares no sideEffects; of it only KubeConfig is used, so its generated API classes are left out (ADR 0002). */
const treeShakeClientNode = {
  name: 'tree-shake-client-node',
  setup(build) {
    build.onResolve({ filter: /^(@kubernetes\/client-node|\.)/ }, async ({ path, pluginData, ...from }) => {
      if (pluginData === treeShakeClientNode) return undefined;
      if (path.startsWith('.') && !/[/\\]@kubernetes[/\\]client-node[/\\]dist[/\\]/.test(from.importer))
        return undefined;
      const { importer, kind, resolveDir, namespace } = from;
      const found = await build.resolve(path, {
        importer,
        kind,
        resolveDir,
        namespace,
        pluginData: treeShakeClientNode,
      });
      return found.errors.length > 0 ? { errors: found.errors } : { path: found.path, sideEffects: false };
    });
  },
};

/** client-node takes longer to load than all the rest: a file of its own, which is read with the first kubeconfig. */
const clientNodeApart = {
  name: 'client-node-apart',
  setup(build) {
    build.onResolve({ filter: /\/clientNode\.ts$/ }, ({ kind }) =>
      kind === 'dynamic-import' ? { path: './clientNode.cjs', external: true } : undefined,
    );
  },
};

const common = { bundle: true, minify: production, logLevel: 'warning', metafile: true };
const node = {
  ...common,
  platform: 'node',
  format: 'cjs',
  target: 'node22',
  outExtension: { '.js': '.cjs' },
  // bufferutil and utf-8-validate are optional native helpers of ws.
  external: ['vscode', 'bufferutil', 'utf-8-validate'],
  sourcemap: production ? false : 'linked',
  plugins: [clientNodeApart, treeShakeClientNode],
  // A file of ours that is loaded later is CommonJS: Node's import() would read it twice, and take three times as long.
  supported: { 'dynamic-import': false },
};

const programs = {
  ...node,
  target: 'node20',
  entryPoints: ['bench/scale/subject.ts', 'bench/scale/load.ts', 'src/k8s/clientNode.ts'],
  entryNames: '[name]',
  outdir: 'out/bench',
};
const product = [
  {
    ...node,
    entryPoints: {
      extension: 'src/extension.ts',
      clientNode: 'src/k8s/clientNode.ts',
      // Runs in a terminal, in a process of its own.
      signIn: 'src/views/signInProgram.ts',
    },
    outdir: 'dist',
  },
  {
    ...common,
    platform: 'browser',
    format: 'iife',
    target: 'chrome138',
    entryPoints: { spawn: 'webview-ui/spawn/main.ts' },
    outdir: 'dist/webview',
    loader: { '.ttf': 'file' },
    sourcemap: production ? false : 'inline',
  },
  {
    // Loaded by VS Code's own script in the outputs of notebooks.
    ...common,
    platform: 'browser',
    format: 'esm',
    target: 'chrome138',
    entryPoints: { frames: 'webview-ui/frames/main.ts' },
    outdir: 'dist/webview',
    sourcemap: production ? false : 'inline',
  },
];
const builds = bench ? [programs] : product;
if (tests) {
  const files = readdirSync('test/host').filter((name) => name === 'index.ts' || name.endsWith('.test.ts'));
  builds.push({
    ...node,
    minify: false,
    // The suite must use the same mocha as its runner, and import.meta has no meaning in CommonJS.
    external: [...node.external, 'mocha'],
    entryPoints: [...files.map((name) => `test/host/${name}`), 'src/k8s/clientNode.ts'],
    entryNames: '[name]',
    outdir: 'out/test/host',
  });
  builds.push({
    ...node,
    entryPoints: ['test/host/support/jupyterExtension/extension.ts'],
    outdir: 'out/test/jupyterExtension',
  });
}

if (!bench) rmSync('dist', { recursive: true, force: true });
if (tests) {
  rmSync('out/test', { recursive: true, force: true });
  mkdirSync('out/test/jupyterExtension', { recursive: true });
  copyFileSync('test/host/support/jupyterExtension/package.json', 'out/test/jupyterExtension/package.json');
}
const shipped = [];
for (const options of builds.filter(({ entryPoints }) =>
  Object.values(entryPoints).every((path) => existsSync(path)),
)) {
  if (watch) {
    await (await esbuild.context(options)).watch();
    continue;
  }
  const { metafile } = await esbuild.build(options);
  shipped.push(metafile);
  if (sizes) console.log(await esbuild.analyzeMetafile(metafile));
}
if (production) writeFileSync('THIRD-PARTY-NOTICES.txt', notices(shipped));
