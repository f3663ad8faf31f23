/** GitHub's tokens, by its own pages on authentication; data, never code that scans. */
import { tokens } from './format.ts'

const FORMATS = 'github.blog: Behind GitHub’s new authentication token formats (30 characters and a CRC-32 in base 62)'
const ABOUT = 'docs.github.com: About authentication to GitHub, token formats; up to 255 characters are announced'

export const GITHUB = tokens([
  {
    id: 'github-pat',
    description: 'GitHub personal access token (classic)',
    format: 'ghp_<base62:36..251>',
    source: FORMATS,
    proof: 'github-crc32',
    match: ['ghp_<base62:30:7><crc62:30>'],
  },
  {
    id: 'github-oauth',
    description: 'GitHub OAuth access token',
    format: 'gho_<base62:36..251>',
    source: FORMATS,
    proof: 'github-crc32',
    match: ['gho_<base62:30:7><crc62:30>'],
  },
  {
    id: 'github-user',
    description: 'GitHub App user access token',
    format: 'ghu_<base62:36..251>',
    source: FORMATS,
    proof: 'github-crc32',
    match: ['ghu_<base62:30:7><crc62:30>'],
  },
  {
    id: 'github-installation',
    description: 'GitHub App installation token in the form of 2021',
    format: 'ghs_<base62:36..251>',
    source: FORMATS,
    proof: 'github-crc32',
    match: ['ghs_<base62:30:7><crc62:30>'],
  },
  {
    id: 'github-app-jwt',
    description: 'GitHub App token in the form of 2026: the app’s number and a JSON Web Token, about 520 characters',
    format: '(ghs|ghu)_<digits:1..20>_eyJ<base64url:8..>(|.<base64url:8..>|.<base64url:8..>.<base64url:8..>)',
    source: ABOUT,
    proof: 'github-jwt',
    match: ['ghs_1234567_eyJ<base62:34>.eyJ<base62:300:2>.<base64url:86:3>'],
  },
  {
    id: 'github-refresh',
    description: 'GitHub App refresh token',
    format: 'ghr_<base62:36..251>',
    source: FORMATS,
    proof: 'github-crc32',
  },
  {
    id: 'github-pat-fine-grained',
    description: 'GitHub fine-grained personal access token',
    format: 'github_pat_<base62:22>_<base62:59..221>',
    source: 'github.blog changelog of 18 October 2022; lengths as seen in public tokens',
  },
  {
    id: 'github-installation-old',
    description: 'GitHub App installation token of before April 2021',
    format: 'v1.<hex:40>',
    source: 'github.blog changelog of 31 March 2021: older tokens are 40 hexadecimal digits',
    exact: true,
  },
  {
    id: 'github-copilot',
    description: 'Copilot session token: signed fields such as tid, exp and sku',
    format: 'tid=<hex:32>;exp=<digits:10>(|;<fields:8..>:<hex:64>)',
    source: 'seen in public reports of Copilot clients (copilot_internal/v2/token)',
  },
])
