import { bootstrap } from './bootstrap.mjs';

bootstrap(() => import('./start/main.ts'));
