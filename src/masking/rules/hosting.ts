/** Hosting, deployment and networking platforms; data, never code that scans. */
import { tokens } from './format.ts'

export const HOSTING = tokens([
  {
    id: 'heroku-key',
    description: 'Heroku API key',
    format: ['HRKU-<base64url:58..64>', 'HRKU-<uuid>'],
    source: 'devcenter.heroku.com: changelog 2842, keys begin with HRKU-',
  },
  {
    id: 'fly-token',
    description: 'Fly.io access token',
    format: ['FlyV1 <macaroons:40..>', 'FlyV1%20<anybase64:40..>', '(fm2_|fm1r_|fm1a_)<anybase64:60..>'],
    source: 'fly.io/docs: access tokens; superfly/macaroon: fm1r, fm1a and fm2 tokens, several after a comma',
  },
  {
    id: 'fly-oauth-token',
    description: 'Fly.io OAuth token of before macaroons',
    format: 'fo1_<base64url:43>',
    source: 'fly.io/docs: access tokens begin with fo1_',
  },
  {
    id: 'netlify-token',
    description: 'Netlify personal, CLI, OAuth, build or user token',
    format: '(nfp|nfc|nfo|nfu|nfb)_<base62:36..50>',
    source: 'docs.netlify.com: token prefixes',
  },
  {
    id: 'vercel-token',
    description: 'Vercel personal, integration, app or refresh token',
    format: '(vcp|vci|vca|vcr)_<base62:24..80>',
    source: 'vercel.com/changelog: new token formats with prefixes',
  },
  {
    id: 'vercel-blob-token',
    description: 'Vercel Blob read-write token',
    format: 'vercel_blob_rw_<base62:16>_<base62:30..40>',
    source: 'vercel.com/docs: Blob, BLOB_READ_WRITE_TOKEN',
  },
  {
    id: 'render-key',
    description: 'Render API key',
    format: 'rnd_<base62:28..40>',
    source: 'render.com/docs: API keys',
  },
  {
    id: 'deno-token',
    description: 'Deno Deploy personal or organisation token',
    format: '(ddp|ddo)_<base62:36..40>',
    source: 'docs.deno.com: Deploy access tokens begin with ddp_',
  },
  {
    id: 'scalingo-token',
    description: 'Scalingo token',
    format: 'tk-us-<base64url:48>',
    source: 'developers.scalingo.com: API tokens begin with tk-us-',
  },
  {
    id: 'tailscale-key',
    description: 'Tailscale auth, API, OAuth client, SCIM or webhook key',
    format: 'tskey-(auth|api|client|scim|webhook)-<base62:6..40>(|-<base62:10..60>)',
    source: 'tailscale.com/kb: key prefixes',
  },
  {
    id: 'tailscale-key-old',
    description: 'Tailscale key in its first form',
    format: 'tskey-<base62:12..40>',
    source: 'tailscale.com/kb: keys begin with tskey-',
    exact: true,
    checks: ['varied', 'mixed'],
  },
  {
    id: 'netbird-token',
    description: 'NetBird personal access token',
    format: 'nbp_<base62:36>',
    source: 'docs.netbird.io: personal access tokens begin with nbp_',
  },
  {
    id: 'ngrok-key',
    description: 'ngrok authtoken, where its name stands before it: an id of 27 characters and a secret',
    format: '(authtoken: |add-authtoken |NGROK_AUTHTOKEN=|authtoken=|authtoken ){{<base62:27>_<base62:20..24>}}',
    source: 'ngrok.com/docs: authtokens',
    exact: true,
  },
  {
    id: 'convex-key',
    description: 'Convex deploy key',
    format: '(prod|dev|preview|project):<slug:3..80>|{{eyJ2MiI6<padded:40..>}}',
    source: 'docs.convex.dev: deploy keys; base64 of {"v2":',
  },
  {
    id: 'pulumi-token',
    description: 'Pulumi access token',
    format: 'pul-<hex:40>',
    source: 'pulumi.com/docs: access tokens begin with pul-',
    exact: true,
  },
  {
    id: 'infracost-key',
    description: 'Infracost API key',
    format: 'ico-<base62:32>',
    source: 'infracost.io/docs: keys begin with ico-',
    exact: true,
  },
  {
    id: 'vantage-token',
    description: 'Vantage cost API token',
    format: 'vntg_tkn_<hex:40>',
    source: 'docs.vantage.sh: API tokens begin with vntg_tkn_',
  },
])
