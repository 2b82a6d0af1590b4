#!/usr/bin/env node
// Stands in for the `code` of a desktop VS Code, so that @vscode/test-electron works with the browser-based one unchanged.
import { bootstrap } from '../../lab/bootstrap.mjs';

bootstrap(() => import('./standIn.ts'));
