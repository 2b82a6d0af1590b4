import tseslint from 'typescript-eslint';

/** Who may import whom: the arrows of docs/architecture.md. */
const never = (folders, why) => ({
  'no-restricted-imports': ['error', { patterns: folders.map((group) => ({ group: [group], message: why })) }],
});
const noVscode = ['vscode'];
const folder = (name) => `**/${name}/**`;

export default tseslint.config(
  { ignores: ['dist/', 'out/', 'node_modules/', 'test/shots/', '**/*.{js,mjs,cjs}'] },
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      'no-empty': ['error', { allowEmptyCatch: false }],
      eqeqeq: 'error',
    },
  },
  {
    files: ['src/k8s/**'],
    rules: never(
      [...noVscode, ...['kubeflow', 'jupyter', 'views', 'editor', 'commands', 'lab'].map(folder)],
      'k8s is Kubernetes as a client sees it: nothing above it',
    ),
  },
  {
    files: ['src/kubeflow/**'],
    rules: never(
      [...noVscode, ...['jupyter', 'views', 'editor', 'commands', 'lab'].map(folder)],
      'kubeflow stands on k8s only',
    ),
  },
  {
    files: ['src/jupyter/**'],
    rules: never(
      [...noVscode, ...['kubeflow', 'views', 'editor', 'commands', 'lab'].map(folder)],
      'jupyter stands on k8s only',
    ),
  },
  {
    files: ['webview-ui/**'],
    rules: never(
      [...noVscode, ...['jupyter', 'views', 'editor', 'commands', 'lab'].map(folder)],
      'a webview knows the pure form and its contract',
    ),
  },
  {
    files: ['src/views/**', 'src/editor/**', 'src/commands/**', 'src/extension.ts'],
    rules: never([folder('lab')], 'the product never imports the lab'),
  },
  {
    files: ['test/**'],
    rules: { '@typescript-eslint/no-floating-promises': ['error', { allowForKnownSafeCalls: ['describe', 'it'] }] },
  },
);
