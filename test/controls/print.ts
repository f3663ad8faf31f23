/** `npm run controls`: writes docs/controls.md anew. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { page } from './page.ts'

writeFileSync(join(import.meta.dirname, '../../docs/controls.md'), page())
