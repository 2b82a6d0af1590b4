import { bootstrap } from './bootstrap.mjs';

bootstrap(() => import('./cli.ts'));
