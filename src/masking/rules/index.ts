/** The built-in rules, in order: where two begin at once, the earlier one names the finding. Data, never code that scans. */
import type { MaskingRule } from '../rule.ts'
import { AI } from './ai.ts'
import { ASSIGNMENT } from './assignment.ts'
import { CHAT } from './chat.ts'
import { CLOUD } from './cloud.ts'
import { ENCODINGS } from './encodings.ts'
import { GATELOG } from './gatelog.ts'
import { GITHUB } from './github.ts'
import { GITLAB } from './gitlab.ts'
import { HEADERS } from './headers.ts'
import { INFRA } from './infra.ts'
import { KEYS } from './keys.ts'
import { PAYMENT } from './payment.ts'
import { REGISTRIES } from './registries.ts'
import { SERVICES } from './services.ts'
import { SHELL } from './shell.ts'
import { URLS } from './urls.ts'
import { WALLETS } from './wallets.ts'

/** By family: one reviewed file each. */
export const FAMILIES: Readonly<Record<string, readonly MaskingRule[]>> = {
  gatelog: GATELOG,
  github: GITHUB,
  gitlab: GITLAB,
  cloud: CLOUD,
  ai: AI,
  chat: CHAT,
  payment: PAYMENT,
  registries: REGISTRIES,
  infra: INFRA,
  keys: KEYS,
  wallets: WALLETS,
  encodings: ENCODINGS,
  urls: URLS,
  headers: HEADERS,
  shell: SHELL,
  services: SERVICES,
  assignment: ASSIGNMENT,
}

export { PERSONAL } from './personal.ts'

export const RULES: readonly MaskingRule[] = Object.values(FAMILIES).flat()
