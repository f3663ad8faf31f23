/** The built-in rules, in order: where two begin at once, the earlier one names the finding. Data, never code that scans. */
import type { MaskingRule } from '../rule.ts'
import { AGENTS } from './agents.ts'
import { AI } from './ai.ts'
import { ASSIGNMENT } from './assignment.ts'
import { AWS } from './aws.ts'
import { AZURE } from './azure.ts'
import { BY_NAME } from './by-name.ts'
import { CALL_RULES } from './calls.ts'
import { CHAT } from './chat.ts'
import { CLOUDS } from './clouds.ts'
import { COMMAND_LINES } from './commands.ts'
import { COMMERCE } from './commerce.ts'
import { DATABASES } from './databases.ts'
import { DEVTOOLS } from './devtools.ts'
import { ENCODINGS } from './encodings.ts'
import { GATELOG } from './gatelog.ts'
import { GITHUB } from './github.ts'
import { GITLAB } from './gitlab.ts'
import { GOOGLE } from './google.ts'
import { HEADERS } from './headers.ts'
import { HOSTING } from './hosting.ts'
import { IDENTITY } from './identity.ts'
import { INFIX } from './infix.ts'
import { KEYS } from './keys.ts'
import { KUBERNETES } from './kubernetes.ts'
import { LANGUAGES } from './languages.ts'
import { LEDGERS } from './ledgers.ts'
import { MAIL } from './mail.ts'
import { MAKERS } from './makers.ts'
import { MODELS } from './models.ts'
import { OBSERVABILITY } from './observability.ts'
import { PAYMENT } from './payment.ts'
import { PERCENT } from './percent.ts'
import { PLATFORMS } from './platforms.ts'
import { PROSE } from './prose.ts'
import { REGISTRIES } from './registries.ts'
import { SAAS } from './saas.ts'
import { SETTINGS } from './settings.ts'
import { SHELL } from './shell.ts'
import { SOCIAL } from './social.ts'
import { SQL } from './sql.ts'
import { URLS } from './urls.ts'
import { VENDORS } from './vendors.ts'
import { WALLETS } from './wallets.ts'

/** By family: one reviewed file each. */
export const FAMILIES: Readonly<Record<string, readonly MaskingRule[]>> = {
  gatelog: GATELOG,
  github: GITHUB,
  gitlab: GITLAB,
  aws: AWS,
  google: GOOGLE,
  azure: AZURE,
  clouds: CLOUDS,
  models: MODELS,
  ai: AI,
  agents: AGENTS,
  chat: CHAT,
  mail: MAIL,
  payment: PAYMENT,
  commerce: COMMERCE,
  registries: REGISTRIES,
  hosting: HOSTING,
  databases: DATABASES,
  observability: OBSERVABILITY,
  identity: IDENTITY,
  devtools: DEVTOOLS,
  makers: MAKERS,
  saas: SAAS,
  social: SOCIAL,
  ledgers: LEDGERS,
  platforms: PLATFORMS,
  infix: INFIX,
  wallets: WALLETS,
  keys: KEYS,
  percent: PERCENT,
  encodings: ENCODINGS,
  urls: URLS,
  headers: HEADERS,
  shell: SHELL,
  commands: COMMAND_LINES,
  calls: CALL_RULES,
  sql: SQL,
  settings: SETTINGS,
  kubernetes: KUBERNETES,
  services: BY_NAME,
  vendors: VENDORS,
  assignment: ASSIGNMENT,
  languages: LANGUAGES,
  prose: PROSE,
}

export { PERSONAL } from './personal.ts'

export const RULES: readonly MaskingRule[] = Object.values(FAMILIES).flat()
