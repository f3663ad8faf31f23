/** What lets systems, runtimes and editors trust the CA: exact commands, to be copied. Runs none of them. */
import { existsSync } from 'node:fs'

export interface Help {
  readonly system: string
  readonly title: string
  readonly lines: readonly string[]
}

const FILE = 'gatelog-ca.pem'
/** Where a user's own copy lies, in what follows. */
const HOME = `$HOME/.config/gatelog/${FILE}`

/** Sources: the systems' and programs' own documentation, 2026-11. The file is what `gatelog ca export` prints. */
const HELP: readonly Help[] = [
  {
    system: 'macos',
    title: 'macOS, whole machine (a certificate at a time; Safari, Chrome, VS Code, JetBrains, Xcode)',
    lines: [`sudo security add-trusted-cert -d -r trustRoot -k /Library/Keychains/System.keychain ${FILE}`],
  },
  {
    system: 'windows',
    title: 'Windows, whole machine, as administrator (Edge, Chrome, VS Code, Visual Studio)',
    lines: [
      `certutil -addstore -f Root ${FILE}`,
      'By group policy: Public Key Policies > Trusted Root Certification Authorities',
    ],
  },
  {
    system: 'debian',
    title: 'Debian, Ubuntu (the name must end in .crt)',
    lines: [`sudo cp ${FILE} /usr/local/share/ca-certificates/gatelog-ca.crt`, 'sudo update-ca-certificates'],
  },
  {
    system: 'rhel',
    title: 'RHEL, Fedora, CentOS',
    lines: [`sudo cp ${FILE} /etc/pki/ca-trust/source/anchors/gatelog-ca.pem`, 'sudo update-ca-trust extract'],
  },
  {
    system: 'firefox',
    title: 'Firefox (policies.json; it takes the system’s store with the first line alone)',
    lines: [
      '{"policies":{"Certificates":{"ImportEnterpriseRoots":true,"Install":["/path/to/gatelog-ca.pem"]}}}',
      'By hand: Settings > Privacy & Security > Certificates > View Certificates > Authorities > Import',
    ],
  },
  {
    system: 'node',
    title: 'Node, and what is built on it',
    lines: [
      `export NODE_EXTRA_CA_CERTS="${HOME}"`,
      'or, from Node 24.6 on, the system’s store: export NODE_USE_SYSTEM_CA=1',
    ],
  },
  {
    system: 'java',
    title: 'Java (the store of one JDK)',
    lines: [`keytool -importcert -noprompt -cacerts -storepass changeit -alias gatelog -file ${FILE}`],
  },
  {
    system: 'python',
    title: 'Python (requests, httpx), curl, git: a bundle of the system’s CAs and this one',
    lines: [
      `cat /etc/ssl/certs/ca-certificates.crt ${FILE} > "$HOME/.config/gatelog/bundle.pem"`,
      'export REQUESTS_CA_BUNDLE="$HOME/.config/gatelog/bundle.pem" SSL_CERT_FILE="$HOME/.config/gatelog/bundle.pem"',
    ],
  },
  {
    system: 'vscode',
    title: 'VS Code: the system’s store (above), and',
    lines: ['settings.json: "http.proxy": "http://user:<key>@gateway:8484", "http.systemCertificates": true'],
  },
  {
    system: 'jetbrains',
    title: 'JetBrains IDEs',
    lines: [
      'Settings > Appearance & Behavior > System Settings > HTTP Proxy: the gateway, its key as password',
      `Settings > Tools > Server Certificates > Accepted certificates > + : ${FILE}`,
    ],
  },
  {
    system: 'visual-studio',
    title: 'Visual Studio: the store of Windows (above), and the proxy in devenv.exe.config',
    lines: [
      '<system.net><defaultProxy useDefaultCredentials="true" enabled="true"><proxy proxyaddress="http://gateway:8484"/></defaultProxy></system.net>',
    ],
  },
  {
    system: 'xcode',
    title: 'Xcode (GitHub Copilot for Xcode): the keychain of macOS (above), and',
    lines: ['GitHub Copilot for Xcode > Advanced > Proxy: the gateway, its key as password'],
  },
  {
    system: 'eclipse',
    title: 'Eclipse: the store of its own Java (above), and',
    lines: ['Preferences > General > Network Connections: Manual, HTTPS, the gateway, its key as password'],
  },
  {
    system: 'neovim',
    title: 'Neovim, Vim (the Copilot language server runs on Node)',
    lines: [`export NODE_EXTRA_CA_CERTS="${HOME}"`, 'vim.g.copilot_proxy = "http://user:<key>@gateway:8484"'],
  },
  {
    system: 'copilot-cli',
    title: 'Copilot CLI, Claude Code',
    lines: [`export NODE_EXTRA_CA_CERTS="${HOME}"`, 'export HTTPS_PROXY="http://user:<key>@gateway:8484"'],
  },
  {
    system: 'codex',
    title: 'Codex (the file must hold every CA that it needs)',
    lines: [`export SSL_CERT_FILE="${HOME}"`, 'export HTTPS_PROXY="http://user:<key>@gateway:8484"'],
  },
]

/** One line that lets this system trust the file at `path`, as far as it is known which system it is. */
export function installLine(path: string): string {
  const system = SYSTEM[process.platform] ?? Object.keys(MARKS).find((each) => existsSync(MARKS[each] ?? ''))
  const lines = HELP.find((each) => each.system === system)?.lines.filter((each) => /^(sudo|certutil)/.test(each))
  return lines?.map((each) => each.replace(FILE, () => quoted(path))).join(' && ') ?? 'gatelog ca install-help'
}

const SYSTEM: Readonly<Partial<Record<NodeJS.Platform, string>>> = { darwin: 'macos', win32: 'windows' }
/** What a Linux of this kind has. */
const MARKS: Readonly<Record<string, string>> = { debian: '/etc/debian_version', rhel: '/etc/redhat-release' }

const quoted = (path: string): string => (/^[\w./~:\\-]+$/.test(path) ? path : `"${path}"`)

export const SYSTEMS: readonly string[] = HELP.map(({ system }) => system)

const FIRST: Help = {
  system: 'file',
  title: 'The file, first',
  lines: ['mkdir -p "$HOME/.config/gatelog"', `gatelog ca export | tee ${FILE} > "${HOME}"`],
}

/** Of one system, or of all. @param system one of `SYSTEMS` */
export const helpFor = (system: string | undefined): readonly Help[] => [
  FIRST,
  ...HELP.filter((each) => system === undefined || each.system === system),
]
