/** Tells a value that somebody generated from words, names, paths and stand-ins; sees the value alone. */

/** Pairs of letters that make up three quarters of English words and of names in source code (counted over both). */
const COMMON = new Set(
  (
    'ab ac ad ag ai al am an ap ar as at au ba be bl bu ca ce ch ck cl co cr cs ct da dd de di do dr ds ea ec ed ee ' +
    'ef eg el em en ep er es et ev ew ex ff fi fo ge go ha he ho ia ic id ie if ig il im in io ir is it iz ke la ld le ' +
    'li ll lo ls lt ma me mi mo mp ms na nc nd ne nf ng ni no ns nt oc od of ol om on oo op or os ot ou ow pa pe pi pl ' +
    'po pr pt pu ra rc re ri rm ro rr rs rt sa sc se sh si so sp ss st su ta tc te th ti to tp tr ts tt tu ty ue ul un ' +
    'up ur us ut va ve xt yp ze'
  ).split(' '),
)
/** Random letters reach this share of common pairs once in fifty times at twenty characters, words nearly always. */
const WORDY = 0.55

const STOP = new RegExp(
  [
    'example|sample|placeholder|dummy|fake|redact|masked|removed|hidden|censored|insert|replace|todo|fixme|foobar',
    'change[-_ ]?(?:me|this|it)|your|my[-_]?(?:super|secret|token|key|pass)|secret[-_]?(?:key|token|here)|goes[-_]?here',
    'passw(?:or|0r|d)|p[a@4][s5$]{2}w|qwerty|letmein|hunter2$|correct.?horse|lorem|anoncvs|anonymous|deadbeef|not[-_ ]?(?:an?[-_ ]?|my[-_ ]?)?(?:real|secret|password|token)',
    '^pk_(?:test|live)_|my_?(?:value|string)|random[-_ ]?(?:string|value|secret|key)',
    'process\\.env|os\\.environ|getenv|secrets\\.|undefined|null|xxxx|\\*\\*\\*|\\.\\.|___|---',
    '0?12345678|87654321|abcdefg|abcdef1|abc123|123abc|(.)\\1{4}',
  ].join('|'),
  'i',
)
const WEAK =
  /^(?:s[3e]cr[3e]t|token|p[4a][s5$]{2}|pwd|admin|root|user|tests?|testing|guest|default|none|true|false|demo|local|key|dev|prod|staging|db|app|postgres|mysql|mariadb|mongo(?:db)?|redis|rabbit(?:mq)?|elastic|oracle)[-_]?\d*!?$/i
/** Variables, templates, tags and calls of shells, YAML, .NET and the like; one character again and again. */
const TEMPLATE =
  /^(?:\$[A-Za-z_{(]|(?:this|self|local|data|var|module|config|settings|options|props|params|ctx|env)\.[A-Za-z_]|[<{[(]|%\w+%|[*&][\w.]+$|[#@]\{|@Microsoft|\*\*|!(?:ref|sub|vault|secret|getatt|include|env))|[>}\])]$|^[,;)]|[:,(]$|\?[.?:[(]|^[\w.$]+\(|^(.)\1*$/i
/** Where a value is kept, instead of the value: addresses, paths, files, references to a vault. */
const ELSEWHERE =
  /:\/\/|^(?:[~.]{0,2}\/|[A-Za-z]:\\|\\\\|(?:urn|arn|vault|ssm|env|file|ref|data|aws|op|keyvault|secretsmanager):|sha\d+[-:]|h1:|[A-Z]+\/\d|\d{4}-\d\d-\d\d)|^v?\d+\.\d+\.\d|^[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}$|\.(?:[jt]sx?|json|ya?ml|pem|key|crt|cer|p12|txt|py|go|rb|rs|java|cs|php|html?|css|deb|rpm|zip|gz|tgz|jar|war|whl|exe|dll|log|conf|cfg|ini|toml|xml|lock|csv|sql|pdf|jpe?g|gif|ico|woff2?|ttf|tf|tfvars|env|ps1|bat|kt|swift|vue|scss|png|svg|md|sh|com|org|net|io)$/i

/** Shannon's entropy in bits a character. */
export function entropy(text: string): number {
  const counts = new Map<string, number>()
  for (const c of text) counts.set(c, (counts.get(c) ?? 0) + 1)
  let bits = 0
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length)
  return bits
}

/** A variable, a template, a call, or a word that says that it stands in for a secret; also padded base64 of one. */
export function isStandIn(value: string): boolean {
  return isPlainStandIn(value) || (BASE64.test(value) && isWord(Buffer.from(value, 'base64').toString('latin1')))
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})+[A-Za-z0-9+/]{2}(?:==|[A-Za-z0-9+/]=)$/
const isWord = (value: string): boolean => STOP.test(value) || WEAK.test(value)
const isPlainStandIn = (value: string): boolean => isWord(value) || TEMPLATE.test(value)

/** An address, a path, a file's name, or a reference to where the secret is kept. */
export const isElsewhere = (value: string): boolean => ELSEWHERE.test(value)

/** Lower case, upper case, digits, others: how many of them occur. */
export function kindsOf(value: string): number {
  return [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9]/].filter((kind) => kind.test(value)).length
}

/** Reads like words or a name: most neighbouring letters are common pairs. Too few letters tell nothing. */
export function isWordy(value: string): boolean {
  let pairs = 0
  let common = 0
  for (const run of value.match(/[A-Z]?[a-z]+|[A-Z]+(?![a-z])/g) ?? []) {
    for (let i = 1; i < run.length; i++) {
      pairs++
      if (COMMON.has(run.slice(i - 1, i + 1).toLowerCase())) common++
    }
  }
  return pairs >= 4 && common / pairs >= WORDY
}

/** How often the kind of character changes from one to the next, 0…1: words and names seldom, generated values often. */
export function restlessness(value: string): number {
  const kinds = value
    .replace(/[a-z]/g, 'a')
    .replace(/[A-Z]/g, 'A')
    .replace(/\d/g, '0')
    .replace(/[^a-zA-Z0-9]/g, '-')
  let changes = 0
  for (let i = 1; i < kinds.length; i++) if (kinds[i] !== kinds[i - 1]) changes++
  return changes / Math.max(1, value.length - 1)
}
