/** docs/controls.md, made of the table of controls. Writes nothing. */
import { type Control, type Proof, STANDARDS, type Standard } from './controls.ts'

const INTRO = `# Controls

What auditors ask of an audit trail, what Gatelog does for it, and the tests that prove it: each is named by its file and its
name, and a test holds that it exists. What is not covered is said in its row. This page is made by \`npm run controls\` from
\`test/controls/\`; the words are ours, the standards' are their publishers'. It is a map for whoever assesses an
installation, not an assessment.
`

/** The whole page. */
export const page = (): string => [INTRO, ...STANDARDS.map(section)].join('\n')

const section = ({ name, source, controls }: Standard): string =>
  `## ${name}\nSource: ${source}\n\n| control | asks | what there is | proved by | not covered |\n|---|---|---|---|---|\n${controls.map(row).join('\n')}\n`

const row = ({ id, asks, does, proofs = [], open }: Control): string =>
  `| ${[id, asks, does, proofs.map(proof).join('<br>') || '–', open ?? ''].join(' | ')} |`

const proof = ([file, name]: Proof): string => `[${shown(name)}](../${file})`

const shown = (name: string): string => name.trim().replace(/[:;]$/, '')
