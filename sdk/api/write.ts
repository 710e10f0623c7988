/** `npm run api -w @earshot/sdk`: writes what the package promises, for a change of it to be seen and meant. */
import { writeFileSync } from 'node:fs';
import { apiReports } from './report.js';

for (const [name, text] of apiReports()) writeFileSync(new URL(name, import.meta.url), text);
